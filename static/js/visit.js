/* A visit's later steps: what is right there, what to say and the lists to choose from come from the norm's own
   document, once; their two helpers open the same sheets as the present step's, made when they are pressed.
   Without this file, or when the norm cannot be had, links lead to pages of the same content. */
(() => {
  'use strict';
  const steps = document.querySelector('.steps[data-protocol]');
  if (!steps) return;
  let norm = null;
  const readNorm = () => {
    norm = norm || fetch(steps.dataset.protocol)
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)))
      .then((text) => new DOMParser().parseFromString(text, 'text/html'));
    norm.catch(() => { norm = null; });
    return norm;
  };
  const known = JSON.parse(steps.dataset.fill || '{}');
  const filled = (line) => line.replace(/\{([a-z_]+)\}/g, (place, name) => known[name] || '…');
  const fillStandards = (page) => {
    for (const lede of document.querySelectorAll('[data-standard]')) {
      const source = page.getElementById(lede.closest('.step').dataset.step);
      const standard = source && source.querySelector('h2 + p');
      const say = source && source.querySelector('h2 ~ blockquote.say');
      if (!standard) continue;
      lede.textContent = standard.textContent;
      lede.removeAttribute('data-standard');
      if (!say) continue;
      const here = document.importNode(say, true);
      for (const line of here.children) line.textContent = filled(line.textContent);
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
    for (const list of document.querySelectorAll('select[data-codes]')) {
      const source = page.querySelector(`template[data-codes="${list.dataset.codes}"]`);
      if (!source) continue;
      const { value } = list;
      const empty = list.querySelector('option[value=""]');
      list.replaceChildren(...(empty ? [empty] : []), document.importNode(source.content, true));
      list.value = value;
      list.removeAttribute('data-codes');
    }
    for (const list of document.querySelectorAll('[data-ticks]')) {
      const source = page.querySelector(`template[data-codes="${list.dataset.ticks}"]`);
      const rows = list.querySelector('.rows');
      if (!source || !rows) continue;
      const ticked = new Set([...rows.querySelectorAll('input:checked')].map((input) => input.value));
      rows.replaceChildren(...[...source.content.children].map((option) => tickRow(list.dataset.name, option, ticked)));
      list.removeAttribute('data-ticks');
    }
  };
  if (document.querySelector('[data-standard], [data-codes], [data-ticks]')) {
    const bring = () => readNorm().then((page) => { fillStandards(page); fillLists(page); }).catch(() => {});
    if (window.requestIdleCallback) requestIdleCallback(bring, { timeout: 1500 });
    else setTimeout(bring, 300);
  }
  const sheetOf = (kind) => document.getElementById(`later-${kind}`).content.firstElementChild.cloneNode(true);
  const fillPass = (sheet, section, place) => {
    const form = sheet.querySelector('form');
    const base = section.querySelector('input[name="base"]');
    form.action = place;
    form.elements.base.value = base ? base.value : '';
    if (crypto.randomUUID) form.elements.key.value = crypto.randomUUID();
  };
  const fillElse = (sheet, section, place, page) => {
    const mine = `[data-step="${section.dataset.step}"][data-problem], [data-safety]`;
    const rows = [...page.querySelectorAll(mine)].map((problem) => {
      const row = document.createElement('a');
      const words = document.createElement('span');
      const then = problem.querySelector('h3 + p');
      row.className = problem.hasAttribute('data-safety') ? 'option safety' : 'option';
      row.href = `${place}/problems/${problem.dataset.problem}`;
      words.textContent = problem.querySelector('h3').textContent;
      if (then) words.append(Object.assign(document.createElement('small'), { textContent: then.textContent }));
      row.append(words);
      return row;
    });
    sheet.querySelector('[data-sheet-panel]').append(...rows);
  };
  document.addEventListener('click', async (event) => {
    const link = event.target.closest && event.target.closest('[data-later]');
    if (!link || !window.doorstep || !window.HTMLDialogElement) return;
    event.preventDefault();
    const section = link.closest('.step');
    const place = link.pathname.replace(/\/problems$/, '');
    const sheet = sheetOf(link.dataset.later);
    try {
      if (link.dataset.later === 'pass') fillPass(sheet, section, place);
      else fillElse(sheet, section, place, await readNorm());
    } catch {
      location.assign(link.href);
      return;
    }
    link.replaceWith(sheet);
    window.doorstep.openSheet(sheet);
  });

  /* A smaller form of a step (a line of the quote, a call, a fitted part) is saved for itself and brings the page again.
     What stands typed in the step's main form meanwhile comes back with it. Photos cannot: the browser keeps no files. */
  const nameOf = (form) => `typed:${steps.dataset.visit}:${form.id}`;
  const baseOf = (form) => (form.elements.base ? form.elements.base.value : '');
  const isTicked = (input) => input.type === 'checkbox' || input.type === 'radio';
  const inputsOf = (form) => [...form.elements].filter((one) => one.name && !['hidden', 'file', 'submit'].includes(one.type));
  const keepTyped = (form) => {
    const typed = inputsOf(form).filter((one) => (isTicked(one) ? one.checked : one.value))
      .map((one) => [one.name, one.value, one.selectedOptions ? one.selectedOptions[0].text : '']);
    sessionStorage.setItem(nameOf(form), JSON.stringify([baseOf(form), typed]));
  };
  const putBack = (form) => {
    const [base, typed] = JSON.parse(sessionStorage.getItem(nameOf(form)) || '[]');
    sessionStorage.removeItem(nameOf(form));
    if (!typed || base !== baseOf(form)) return; // saved meanwhile: what stands there now is newer
    const inputs = inputsOf(form);
    inputs.filter((one) => one.type === 'checkbox').forEach((box) => { box.checked = false; });
    for (const [name, value, text] of typed) {
      const mine = inputs.filter((one) => one.name === name);
      const [first] = mine;
      if (!first) continue;
      if (isTicked(first)) mine.forEach((one) => { if (one.value === value) one.checked = true; });
      else if (first.options && ![...first.options].some((one) => one.value === value)) first.add(new Option(text, value, true, true));
      else first.value = value;
    }
  };
  const mainForms = () => [...document.querySelectorAll('section.step form[id^="f-"]')];
  try {
    mainForms().forEach(putBack);
    document.addEventListener('submit', (event) => {
      const section = event.target.closest('section.step');
      if (!section || event.target.id.startsWith('f-') || event.target.dataset.act === 'passed') return;
      section.querySelectorAll('form[id^="f-"]').forEach(keepTyped);
    });
  } catch { /* no storage in this browser: what was typed is typed again */ }
})();
