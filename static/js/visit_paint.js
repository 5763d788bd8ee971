/* The overlay: what the phone knows and the page's HTML does not say yet is painted over it, section by section: which
   steps are settled, what was saved here, what is shut, what is next. Sections that the server has brought up to date
   are left alone. What belongs to one kind of step alone stands in visit_kinds.js. */
(() => {
  'use strict';
  const page = document.querySelector('.steps[data-visit]');
  if (!page || !window.doorstep.visit) return;
  const { doorstep } = window;
  const { visit, say } = doorstep;
  const { t, h, icon } = say;
  const { all, sectionOf, titleOf, unfold, entered, fill, faults, stopped, unmark } = doorstep.forms;
  const SETTLES = new Set(['done', 'passed', 'problem']);
  const states = () => { const walk = visit.walk(); return walk ? walk.all : []; };
  const isSettled = (status) => status === 'done' || status === 'passed';
  /* What is put over a section is marked, so that the next painting finds it; `name` says what it is. */
  const mine = (section, name) => section.querySelector(`[data-o="${name}"]`);
  const put = (section, name, made, place) => {
    const before = mine(section, name);
    if (made) made.dataset.o = name;
    if (before) { if (made) before.replaceWith(made); else before.remove(); } else if (made) place(made);
  };
  const head = (section) => (made) => {
    let above = all(':scope > .say, :scope > .lede, :scope > .title', section).pop();
    while (above.nextElementSibling && above.nextElementSibling.dataset.o) above = above.nextElementSibling;
    above.after(made);
  };
  const hide = (elements, hidden = true) => elements.forEach((one) => { if (one) one.hidden = hidden; });

  /* --- one section */
  const stateWords = (entry) => {
    if (!entry) return say.badge('done', t('done'), 'check');
    const at = say.clock(entry.at);
    if (entry.state === 'held') return say.badge('waiting', t('held'), 'clock');
    if (entry.state === 'applied') return h('p', 'inline', say.badge('done', t('with_office'), 'check'), h('span', 'quiet', at));
    return say.badge('plain', t('saved_here', { at }), 'check');
  };
  const problemOf = (id, body) => { const found = doorstep.norm.problem(id, body.problem); return found ? found.querySelector('h3').textContent : ''; };
  const reasonOf = (body) => [doorstep.norm.code('pass_reason', body.reason), body.text].filter(Boolean).join(': ');
  const onward = () => {
    const next = visit.walk() && visit.walk().next_step;
    const made = next ? say.link('btn main', t('go_on', { step: titleOf(next) }), `#s-${next}`) : say.link('btn second', t('to_overview'), '#sheet');
    made.dataset.onward = '';
    return made;
  };
  const mainForm = (section) => section.querySelector('form[data-act="done"]');
  const reopen = (section, entry) => {
    const form = mainForm(section);
    if (!form) return;
    section.dataset.over = 'form';
    if (entry && entry.act === 'done') fill(form, entry.fields);
    unfold(form);
    const first = [...form.elements].find((one) => one.offsetParent && one.matches('input, select, textarea'));
    if (first) first.focus();
  };
  const card = (section, state, entry) => {
    const fields = entry ? entry.fields : {};
    const form = entry && entry.act === 'done' && mainForm(section);
    const rows = form ? entered(form, fields) : [];
    const change = h('button', { class: 'btn second', type: 'button' }, icon('pen'), h('span', '', state.status === 'done' ? t('change') : t('enter_now')));
    change.addEventListener('click', () => reopen(section, entry));
    const told = entry && entry.act === 'passed' ? reasonOf(fields) : entry && entry.act === 'problem' ? problemOf(state.step.id, fields) : '';
    const own = doorstep.kinds && doorstep.kinds.card[state.step.kind];
    return h('div', 'flow fill', stateWords(entry), told && h('p', '', told), own && own(section, state, visit.walk()), rows.length && say.facts(rows),
      mainForm(section) && !isOver(state) && change, h('div', 'dock', onward()));
  };
  const hasFaults = (entry) => Boolean(entry.faults && Object.keys(entry.faults).length);
  const isOver = (state) => {
    const walk = visit.walk();
    return Boolean(walk.ended) || (walk.state === 'finished' && state.step.layer === 'customer');
  };
  const refusal = (entry) => {
    const made = say.banner('trouble', t('refused'), h('div', '', h('p', '', entry.text || ''), say.link('text-link', t('see_outbox'), `/outbox#e-${entry.key}`)));
    made.dataset.outboxNote = entry.key;
    return made;
  };
  const here = new Set(); // keys of what was saved on this page; another tab's saves are news to who types here
  document.addEventListener('outbox:stored', ({ detail }) => { if (!detail.elsewhere) here.add(detail.key); });
  const base = (section, state) => {
    const known = here.has(state.base);
    for (const input of all('input[name="base"]', section)) if (known || !doorstep.refresh.isBusy(section)) input.value = state.base || '';
  };
  const locks = (section, state, status) => {
    const shut = status === 'locked';
    hide(all(':scope > [data-lock]', section), true);
    const list = h('ul', '', state.locked_by.map((need) => h('li', '', say.link('text-link', titleOf(need), `#s-${need}`))));
    put(section, 'lock', shut ? say.banner('info', t('first_these'), list, 'lock') : null, head(section));
    hide(all(':scope > [data-idle-note]', section), true);
    section.toggleAttribute('data-idle', !state.applies);
    put(section, 'idle', state.applies || isSettled(status) ? null : say.banner('info', t('not_needed')), head(section));
  };
  const signature = (state, status, own) => JSON.stringify([status, state.applies, state.reopened, state.locked_by, state.base, own.map((one) => one.key + one.state),
    visit.walk().next_step, isOver(state), Boolean(doorstep.norm.page), doorstep.kinds ? doorstep.kinds.seen(state, visit.walk()) : '']);
  const paintStep = (state) => {
    const section = sectionOf(state.step.id);
    if (!section) return;
    const status = state.status === 'open' && state.locked_by.length ? 'locked' : state.status;
    const own = visit.entries().filter((entry) => entry.step === state.step.id && entry.state !== 'superseded');
    const sign = signature(state, status, own);
    if (section.sign === sign) return;
    const isTyped = doorstep.refresh.isBusy(section) && (section.dataset.over === 'form' || (isSettled(status) && !here.has(state.base)));
    if (isTyped) return; // painted when it is saved
    section.sign = sign;
    if (section.was === undefined) section.was = section.dataset.status;
    section.dataset.status = status;
    base(section, state);
    const settling = own.filter((entry) => SETTLES.has(entry.act) && entry.state !== 'refused');
    const last = settling.find((entry) => entry.key === state.base) || null;
    const refused = own.filter((entry) => entry.state === 'refused').pop();
    all('[data-outbox-note]:not([data-o])', section).forEach((one) => one.remove());
    put(section, 'refused', refused ? refusal(refused) : null, head(section));
    const covered = isSettled(status) && !refused && (last || !isSettled(section.was));
    if (covered) {
      section.dataset.over = 'card';
      put(section, 'card', card(section, state, last), (made) => section.append(made));
      return;
    }
    put(section, 'card', null);
    delete section.dataset.over;
    const again = !isSettled(status) && (state.reopened || isSettled(section.was)) && !isOver(state);
    if (again && isSettled(section.was)) again_(section);
    put(section, 'again', again ? say.banner('waiting', t('look_again'), t('look_again_text')) : null, head(section));
    if (isOver(state) && !isSettled(status)) {
      section.dataset.over = 'card';
      put(section, 'card', h('div', 'flow fill', h('p', 'quiet', t('not_recorded')), h('div', 'dock', onward())), (made) => section.append(made));
      return;
    }
    locks(section, state, status);
    if (refused && refused.act === 'done') putRight(section, refused);
    const kind = doorstep.kinds && doorstep.kinds[isSettled(status) ? 'settled' : 'paint'][state.step.kind];
    if (kind && !isOver(state)) kind(section, state, visit.walk());
  };
  /* A step that the page shows as settled is to be looked at again: its form stands open. */
  const again_ = (section) => {
    unfold(mainForm(section));
    hide(all(':scope > .inline, :scope > .dock', section));
  };
  const putRight = (section, entry) => {
    const form = mainForm(section);
    if (!form || form.refused === entry.key) return;
    form.refused = entry.key;
    form.dataset.corrects = entry.key;
    fill(form, entry.fields);
    unfold(form);
    if (hasFaults(entry)) faults(form, entry.faults, true);
  };

  /* --- the whole page */
  const stages = (walk, norm) => norm.stages.map((stage) => {
    const those = walk.all.filter((state) => state.step.stage === stage && state.applies);
    const done = (state) => !state.applies || state.status !== 'open';
    if (those.some((state) => state.reopened && !done(state))) return 'attention';
    if (walk.stage === stage && !walk.ended) return 'now';
    return those.length && those.every(done) ? 'done' : 'todo';
  });
  const MARKS = { done: ['done', 'stage_done'], now: ['now', 'stage_now'], attention: ['trouble', 'needs_you'] };
  let drawn = '';
  const paintStages = (walk, found) => {
    const sign = JSON.stringify([found, walk.next_step, walk.all.map((state) => [state.status, state.applies, state.locked_by.length])]);
    if (sign === drawn && document.getElementById('sheet').sign) return;
    drawn = sign;
    document.getElementById('sheet').sign = sign;
    all('.bar-row').forEach((bar) => bar.replaceChildren(...found.map((one) => h('i', one))));
    const rows = all('#sheet .stages > li');
    rows.forEach((row, n) => {
      const one = found[n];
      row.className = one;
      row.querySelector('.stage-mark').replaceChildren(one === 'done' ? icon('check') : String(n + 1));
      const summary = row.querySelector('summary');
      all('.badge', summary).forEach((old) => old.remove());
      if (MARKS[one]) summary.append(say.badge(MARKS[one][0], t(MARKS[one][1])));
      if (one === 'now' || one === 'attention') row.querySelector('details').open = true;
      const those = walk.all.filter((state) => state.step.stage === visit.visit().protocol.stages[n] && state.applies);
      row.querySelector('.stage-steps').replaceChildren(...those.map((state) => {
        const next = state.step.id === walk.next_step;
        const kind = next ? 'now' : isSettled(state.status) ? state.status : 'todo';
        const image = state.status === 'done' ? 'check' : state.status === 'passed' ? 'minus' : state.locked_by.length ? 'lock' : 'chevron-right';
        return h('li', kind, icon(image), h('a', { href: `#s-${state.step.id}` }, titleOf(state.step.id)));
      }));
    });
    const title = document.querySelector('#sheet h3');
    if (title) title.textContent = t('stages_done', { n: found.filter((one) => one === 'done').length, total: found.length });
  };
  const paintEnd = (walk) => {
    const sheet = document.getElementById('sheet');
    const how = walk.ended ? walk.state : walk.state === 'finished' ? 'finished' : '';
    const shown = sheet.querySelector(':scope > .banner:first-child:not([data-o])');
    const why = walk.ended && walk.ended.body.problem ? problemOf(walk.ended.step, walk.ended.body) : '';
    const byDesk = walk.ended && walk.ended.role === 'desk' ? [walk.ended.body.text, t('ended_by_desk')].filter(Boolean).join(' ') : why;
    const made = how && !(shown && page.dataset.state === how) ? say.banner(how === 'finished' ? 'done' : 'waiting', t(`ended.${how}`), byDesk) : null;
    put(sheet, 'ended', made, (one) => sheet.prepend(one));
    const pause = walk.paused && !walk.ended ? say.banner('waiting', t('paused_at', { at: say.clock(walk.paused.at) }), resume(walk.paused), 'pause') : null;
    hide(all('form[data-act="resumed"]').map((form) => form.closest('.banner')).filter((one) => !one.dataset.o));
    put(page.parentNode, 'pause', pause, (one) => page.before(one));
  };
  const resume = (paused) => {
    const form = h('form', { method: 'post', action: `/visits/${visit.id}/steps/${paused.step}`, 'data-outbox': '', 'data-act': 'resumed' },
      h('input', { type: 'hidden', name: 'act', value: 'resumed' }), h('input', { type: 'hidden', name: 'key' }), h('input', { type: 'hidden', name: 'at' }),
      say.button('second', t('go_on_visit'), 'rotate-ccw'));
    const until = paused.body.back_at;
    return h('div', 'flow', until && h('p', '', t('goes_on_at', { at: say.moment(until) })), form);
  };
  const isNews = () => visit.records().some((record) => record.seq > Number(page.dataset.version)) || visit.entries().some((entry) => entry.state === 'refused');
  let painted = false;
  const paint = () => {
    const walk = visit.walk();
    if (!walk || (!painted && !isNews())) return;
    painted = true;
    for (const state of walk.all) try { paintStep(state); } catch (fault) { reportError(fault); } // the others are painted all the same
    for (const line of all('.say > p')) if (line.said) line.textContent = doorstep.norm.filled(line.said);
    paintStages(walk, stages(walk, visit.visit().protocol));
    paintEnd(walk);
    all('[data-onward]').forEach((one) => { if (one.getAttribute('href') !== `#${walk.next_step ? `s-${walk.next_step}` : 'sheet'}`) one.replaceWith(onward()); });
    if (walk.next_step && !location.hash && page.dataset.next !== walk.next_step) stand(sectionOf(walk.next_step));
  };
  const stand = (section) => {
    if (!section || all('.step.is-here').some(doorstep.refresh.isBusy)) return; // nobody is led away from what they type
    all('.step.is-here').forEach((one) => one.classList.remove('is-here'));
    section.classList.add('is-here');
  };
  document.addEventListener('visit:news', () => {
    paint();
  });

  doorstep.paint = { faults, stopped, paint, put, mine, head, hide, all, titleOf, sectionOf, states, problemOf, reopen, entered, fill, unmark, isSettled };
})();
