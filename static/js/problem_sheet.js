/* "Something else" and "Not recorded" as sheets over the page, made of the norm's own document, so that they open without
   a network. Without this file, or when the norm cannot be had, the links lead to pages of the same content. */
(() => {
  'use strict';
  const page = document.querySelector('.steps[data-protocol]');
  if (!page || !window.HTMLDialogElement) return;
  const { doorstep } = window;
  const { say, norm } = doorstep;
  const { t, h } = say;
  const visitId = page.dataset.visit;
  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : '');
  const hidden = (name, value = '') => h('input', { type: 'hidden', name, value });

  const title = (text) => h('h2', { class: 'sheet-title', tabindex: '-1', autofocus: '' }, text);
  const open = (made, label) => {
    const sheet = h('dialog', { class: 'sheet-dialog', 'aria-label': label }, h('div', 'sheet-panel', made));
    sheet.addEventListener('close', () => sheet.remove());
    document.body.append(sheet);
    sheet.showModal();
    if (doorstep.keep) doorstep.keep.restore(sheet).catch(() => {});
    return sheet;
  };
  const shut = () => h('button', { type: 'button', class: 'btn second', 'data-shut': '' }, t('back'));
  const copy = (element) => document.importNode(element, true);

  /* The ways on of who is not safe are buttons: there is nothing to fill in first. */
  const wayButtons = (inputs) => {
    const ways = [...inputs.querySelectorAll('.way, :scope > [name="remedy"]')];
    return ways.map((way, n) => {
      const radio = way.matches('input') ? way : way.querySelector('[name="remedy"]');
      const named = way.querySelector && way.querySelector('.row-text');
      return h('button', { class: n ? 'btn second' : 'btn main danger', type: 'submit', name: 'remedy', value: radio.value }, h('span', '', named ? named.firstChild.textContent : t('save_what_happened')));
    });
  };
  const problem = (step, id) => {
    const source = norm.problem(step, id);
    if (!source) return null;
    const safety = source.hasAttribute('data-safety');
    const then = source.querySelector('h3 + p');
    const lines = source.querySelector(':scope > .say');
    const inputs = copy(source.querySelector('[data-inputs]'));
    inputs.disabled = false;
    const buttons = safety ? wayButtons(inputs) : [h('button', { class: 'btn main', type: 'submit' }, h('span', '', source.dataset.main || t('save_what_happened')))];
    if (safety) inputs.querySelectorAll('[name="remedy"]').forEach((one) => (one.closest('fieldset.choices') || one).remove());
    const phone = safety && norm.known().hotline;
    const call = phone && h('a', { class: 'btn call', href: `tel:${phone.replace(/ /g, '')}` }, say.icon('phone'), h('span', '', t('call_desk', { number: phone })));
    const { police } = norm.known();
    const siren = safety && police && h('a', { class: 'btn second', href: `tel:${police}` }, say.icon('shield-alert'), h('span', '', t('call_police', { number: police })));
    const alone = safety && !navigator.onLine && say.banner('trouble', t('no_signal'), t('no_signal_text'));
    const words = lines && copy(lines);
    if (words) for (const line of words.children) line.textContent = norm.filled(line.textContent);
    return h('form', { class: 'fill', method: 'post', action: `/visits/${visitId}/steps/${step}`, novalidate: '', 'data-outbox': '', 'data-act': 'problem', 'data-step': step, 'data-visit': visitId, enctype: inputs.querySelector('[type="file"]') ? 'multipart/form-data' : null },
      hidden('act', 'problem'), hidden('problem', id), hidden('key', newKey()), hidden('at'),
      title( source.querySelector('h3').textContent), then && h('p', 'lede', then.textContent), alone, call, siren || [], words, inputs, h('div', 'dock', buttons, shut()));
  };
  /* Where somebody is who is not safe, so that help finds them: only here, and only if the phone may tell (K-CONFL-09). */
  const locate = (form) => {
    const where = form.elements.where;
    if (!where || !navigator.geolocation) return;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      where.value ||= `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)} ±${Math.round(coords.accuracy)} m`;
    }, () => {}, { enableHighAccuracy: true, maximumAge: 60000, timeout: 10000 });
  };
  const others = (found, step, place) => [...found.querySelectorAll(`[data-step="${step}"][data-problem], [data-safety]`)].map((one) => {
    const then = one.querySelector('h3 + p');
    return h('a', { class: one.hasAttribute('data-safety') ? 'option safety' : 'option', href: `${place}/problems/${one.dataset.problem}` },
      h('span', '', one.querySelector('h3').textContent, then && h('small', '', then.textContent)));
  });
  /* Not recorded: one tap with its reason; where the dock has no room for it, it ends the list of what else happened. */
  const stands = (link) => Boolean(link) && !link.hidden;
  const openElse = (found, section, place) => {
    const rows = others(found, section.dataset.step, place);
    const pass = !section.hasAttribute('data-gate') && !stands(section.querySelector('.dock-row [href$="#not-recorded"]'))
      && h('a', { class: 'option', href: `${place}/problems#not-recorded` }, t('not_recorded_title'));
    open([title( t('what_happened')), h('div', 'options', rows, pass || []), shut()], t('what_happened'));
  };
  const openPass = (found, section, place) => {
    const base = section.querySelector('input[name="base"]');
    const reasons = [...found.querySelector('template[data-codes="pass_reason"]').content.children];
    const form = h('form', { class: 'options', method: 'post', action: place, 'data-outbox': '', 'data-act': 'passed' },
      hidden('act', 'passed'), hidden('key', newKey()), hidden('at'), hidden('base', base ? base.value : ''),
      reasons.map((one) => h('button', { type: 'submit', class: 'option', name: 'reason', value: one.value }, one.textContent)));
    open([title( t('why_not_recorded')), form, shut()], t('why_not_recorded'));
  };
  const PLACE = /^(\/visits\/\d+\/steps\/([a-z_]+))\/problems(?:\/([a-z_]+))?$/;
  document.addEventListener('click', async (event) => {
    const link = event.target.closest && event.target.closest('a[href*="/problems"]');
    const match = link && PLACE.exec(link.pathname);
    if (!match || link.origin !== location.origin) return;
    event.preventDefault();
    const [, place, step, id] = match;
    const section = document.getElementById(`s-${step}`);
    try {
      const [found] = await Promise.all([norm.read(), say.ready]);
      if (id && navigator.onLine && norm.problem(step, id)?.hasAttribute('data-rights')) { location.assign(link.href); return; } // with the table of conditions
      if (link.hash === '#not-recorded') { doorstep.shutSheets(); openPass(found, section, place); return; }
      const made = id && problem(step, id);
      if (id && !made) throw new Error(id);
      doorstep.shutSheets();
      if (id && made.querySelector('[name="remedy"][value="silent"]')) locate(made);
      if (id) open(made, made.querySelector('.sheet-title').textContent); else openElse(found, section, place);
    } catch {
      location.assign(link.href);
    }
  });
  doorstep.problems = { problem };
})();
