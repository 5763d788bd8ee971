/* A visit's later steps: their two helpers open the same sheets as the present step's, made when they are pressed.
   Without this file, or when the norm cannot be had, the helpers lead to a page of the same content. */
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
})();
