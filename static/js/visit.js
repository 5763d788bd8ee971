/* The visit's page as it goes: sentences and lists of later steps come from the norm's own document, once; after a save
   the next step stands in front; what the server changed is brought section by section. What is painted over a section
   stands in visit_paint.js, the sheets in problem_sheet.js. */
(() => {
  'use strict';
  const steps = document.querySelector('.steps[data-protocol]');
  if (!steps) return;
  const { doorstep } = window;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  /* --- the norm's document */
  let reading = null;
  const given = JSON.parse(steps.dataset.fill || '{}');
  const norm = {
    page: null,
    read() {
      reading = reading || fetch(steps.dataset.protocol)
        .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)))
        .then((text) => { norm.page = new DOMParser().parseFromString(text, 'text/html'); return norm.page; });
      reading.catch(() => { reading = null; });
      return reading;
    },
    /* The word of a coded choice, the title of a problem; what the norm no longer holds stays as it is. */
    code(group, value) {
      const list = norm.page && norm.page.querySelector(`template[data-codes="${group}"]`);
      const option = value && list && list.content.querySelector(`[value="${value}"]`);
      return option ? option.textContent : value || '';
    },
    problem(step, id) {
      const page = norm.page || document.createElement('i');
      return page.querySelector(`[data-step="${step}"][data-problem="${id}"]`) || page.querySelector(`[data-safety][data-problem="${id}"]`);
    },
    known() {
      const walk = doorstep.visit && doorstep.visit.walk();
      if (!walk) return given;
      const arrived = walk.of_kind('arrive');
      const late = arrived && arrived.status === 'done' ? arrived.values.minutes_late : 0;
      return { ...given, customer: walk.data.name, time: doorstep.say.clock(walk.appointment), minutes_late: late > 0 ? String(late) : '',
        total: doorstep.say.money(walk.fee.total, doorstep.visit.visit().prices.currency) };
    },
    filled: (line) => { const known = norm.known(); return line.replace(/\{([a-z_]+)\}/g, (place, name) => known[name] || '…'); },
  };
  const fillStandards = (page) => {
    for (const lede of all('[data-standard]')) {
      const source = page.getElementById(lede.closest('.step').dataset.step);
      const standard = source && source.querySelector('h2 + p');
      const say = source && source.querySelector(':scope > .say');
      if (!standard) continue;
      lede.textContent = standard.textContent;
      lede.removeAttribute('data-standard');
      if (!say) continue;
      const here = document.importNode(say, true);
      for (const line of here.children) { line.said = line.textContent; line.textContent = norm.filled(line.said); }
      lede.after(here);
    }
  };
  const tickRow = (name, option, ticked) => {
    const row = Object.assign(document.createElement('label'), { className: 'row' });
    const { value, textContent } = option;
    row.append(Object.assign(document.createElement('input'), { type: 'checkbox', name, value, checked: ticked.has(value) }));
    row.append(Object.assign(document.createElement('span'), { className: 'row-text', textContent }));
    return row;
  };
  const fillLists = (page) => {
    for (const list of all('select[data-codes]')) {
      const source = page.querySelector(`template[data-codes="${list.dataset.codes}"]`);
      if (!source) continue;
      const { value } = list;
      const empty = list.querySelector('option[value=""]');
      list.replaceChildren(...(empty ? [empty] : []), document.importNode(source.content, true));
      list.value = value;
      list.removeAttribute('data-codes');
    }
    for (const list of all('[data-ticks]')) {
      const source = page.querySelector(`template[data-codes="${list.dataset.ticks}"]`);
      const rows = list.querySelector('.rows');
      if (!source || !rows) continue;
      const ticked = new Set(all('input:checked', rows).map((input) => input.value));
      rows.replaceChildren(...[...source.content.children].map((option) => tickRow(list.dataset.name, option, ticked)));
      list.removeAttribute('data-ticks');
    }
  };
  const bring = () => norm.read().then((page) => {
    fillStandards(page);
    fillLists(page);
    if (doorstep.paint) doorstep.paint.paint();
  }).catch(() => {});
  if (window.requestIdleCallback) requestIdleCallback(bring, { timeout: 1500 });
  else setTimeout(bring, 300);
  doorstep.norm = norm;
  if (!doorstep.visit) return;
  const { visit } = doorstep;

  /* --- a sheet that is asked for before what opens it is here */
  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[href*="/problems"]');
    if (!link || doorstep.problems) return;
    event.preventDefault();
    await visit.later().catch(() => {});
    if (doorstep.problems) link.click(); else location.assign(link.href);
  });

  /* --- going on: once a step is stored, the one that the walk says is next stands in front */
  const LEADS_ON = new Set(['done', 'passed', 'problem', 'resumed']);
  const nextOf = (step) => {
    const walk = visit.walk();
    if (walk) return walk.ended || !walk.next_step ? 'sheet' : `s-${walk.next_step}`;
    const open = all('.step[data-step]').filter((one) => one.dataset.step !== step && !one.hasAttribute('data-idle') && !['done', 'passed'].includes(one.dataset.status));
    return (open[0] || document.getElementById('sheet')).id;
  };
  const goOn = (entry) => {
    const id = nextOf(entry.step);
    if (location.hash !== `#${id}`) location.hash = id;
    doorstep.shutSheets();
    const section = document.getElementById(id);
    scrollTo(0, 0);
    section.focus({ preventScroll: true });
  };
  const typing = new Set(); // sections in which something was typed and not saved
  document.addEventListener('input', (event) => {
    const section = event.target.closest('.step');
    if (section && event.target.type !== 'hidden') typing.add(section.id);
  });
  document.addEventListener('outbox:stored', ({ detail: entry }) => {
    if (Number(entry.visit) !== visit.id) return;
    if (entry.elsewhere) { visit.update(); return; }
    const start = performance.now();
    const section = document.getElementById(`s-${entry.step}`);
    if (section && doorstep.paint) doorstep.paint.unmark(section);
    if (section && LEADS_ON.has(entry.act)) {
      typing.delete(section.id);
      if (section.contains(document.activeElement)) document.activeElement.blur();
    }
    visit.update(entry);
    if (LEADS_ON.has(entry.act)) goOn(entry); else doorstep.shutSheets();
    steps.dataset.took = Math.round(performance.now() - start);
    steps.dataset.saves = Number(steps.dataset.saves || 0) + 1;
  });

  /* --- what the server changed */
  const isBusy = (section) => typing.has(section.id) || Boolean(section.querySelector('dialog[open]'))
    || (section.contains(document.activeElement) && document.activeElement.matches('input, select, textarea'));
  const replace = (old, fresh) => {
    const open = all('details', old).map((one) => one.open);
    const { activeElement } = document;
    const focused = old.contains(activeElement) && activeElement !== old ? all('a, button, summary', old).indexOf(activeElement) : -1;
    const here = old.classList.contains('is-here');
    for (const { name, value } of fresh.attributes) if (name !== 'class') old.setAttribute(name, value);
    for (const name of ['data-over', 'data-idle']) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    old.replaceChildren(...fresh.childNodes);
    old.classList.toggle('is-here', here);
    if (doorstep.keep) doorstep.keep.restore(old).catch(() => {});
    delete old.sign;
    delete old.was;
    const folds = all('details', old);
    if (folds.length === open.length) folds.forEach((one, n) => { one.open = one.open || open[n]; });
    if (focused >= 0) (all('a, button, summary', old)[focused] || old).focus({ preventScroll: true });
  };
  const swap = (text) => {
    const found = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-version]');
    if (!found) return;
    let whole = true;
    for (const fresh of [...found.children]) {
      const old = document.getElementById(fresh.id);
      if (!old) continue;
      if (isBusy(old)) { whole = false; continue; }
      replace(old, document.adoptNode(fresh));
    }
    if (found.dataset.bar) all('.bar-row').forEach((bar) => { bar.innerHTML = found.dataset.bar; });
    if (found.dataset.onward) all('[data-onward]').forEach((one) => { one.outerHTML = found.dataset.onward; });
    steps.dataset.next = found.dataset.next;
    steps.dataset.state = found.dataset.state;
    if (whole) steps.dataset.version = found.dataset.version; // else the same sections come again, the busy one too
    if (norm.page) { fillStandards(norm.page); fillLists(norm.page); }
    if (location.hash && !document.querySelector(':target')) { // what it named came anew
      const { scrollX, scrollY } = window;
      location.replace(location.hash);
      scrollTo(scrollX, scrollY);
    }
  };
  let work = null;
  let again = false;
  const bringNews = async () => {
    if (visit.version > Number(steps.dataset.version) || !steps.dataset.version) {
      const answer = await fetch(`/visits/${visit.id}/sections?have=${steps.dataset.version}`, { cache: 'no-store' });
      if (!answer.ok || answer.redirected) return;
      swap(await answer.text());
    }
    if (doorstep.outbox && doorstep.outbox.settle) await doorstep.outbox.settle(visit.id, Math.min(visit.version, Number(steps.dataset.version)));
  };
  const refresh = () => {
    again = Boolean(work);
    work = work || visit.load().then(bringNews).catch(() => {}).then(() => visit.update()).finally(() => {
      work = null;
      if (again) refresh();
    });
    return work;
  };
  document.addEventListener('outbox:receipts', refresh);
  document.addEventListener('outbox:state', () => visit.update());
  addEventListener('pageshow', (event) => { if (event.persisted) refresh(); });
  if (visit.ready) visit.ready.then(() => visit.data && bringNews()).then(() => visit.update()).catch(() => {});
  doorstep.refresh = Object.assign(refresh, { isBusy });
})();
