/* The forms of the visit's steps: what was entered in them, in the words that stand beside its inputs; what is wrong, beside
   the field, as on a page that came back. Which form is shown is visit_paint.js's business. */
(() => {
  'use strict';
  const page = document.querySelector('.steps[data-visit]');
  if (!page || !window.doorstep.visit) return;
  const { doorstep } = window;
  const { visit, say } = doorstep;
  const { t, h, icon } = say;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const sectionOf = (id) => document.getElementById(`s-${id}`);
  const titleOf = (id) => (sectionOf(id) ? sectionOf(id).querySelector('.title').textContent : id);
  const words = (element) => (element ? [...element.childNodes]
    .filter((one) => !one.matches || !one.matches('small, .optional, .known, .visually-hidden')).map((one) => one.textContent).join('').trim() : '');

  const unfold = (element) => { for (let up = element; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true; };

  /* --- what was entered, in the form's own words */
  const formsOf = (section, act) => all(`form[data-act="${act}"]`, section);
  const ofName = (form, name) => [...form.elements].filter((one) => one.name === name && one.type !== 'hidden');
  const isTick = (controls) => controls.length === 1 && controls[0].type === 'checkbox' && controls[0].value === '1';
  const rowText = (input) => words(input.parentNode.querySelector('.row-text'));
  const labelOf = (form, name) => {
    const controls = ofName(form, name);
    const [first] = controls;
    if (!first) return '';
    if (isTick(controls)) return rowText(first);
    if (/^(radio|checkbox)$/.test(first.type)) {
      const fold = first.closest('.choices.side') && first.type === 'checkbox' && first.closest('.fold');
      return fold ? words(fold.querySelector('summary > span')).replace(/ · \d+$/, '') : words(first.closest('fieldset').querySelector('legend'));
    }
    const label = first.type === 'file' ? document.getElementById(`${first.id}-label`) : first.labels && first.labels[0];
    return words(label) || first.getAttribute('aria-label') || '';
  };
  const saidBy = (controls, value) => {
    const [first] = controls;
    if (first.options) return words([...first.options].find((one) => one.value === value)) || value;
    if (/^(radio|checkbox)$/.test(first.type)) return rowText(controls.find((one) => one.value === value) || first);
    if (first.type === 'date') return say.day(value);
    if (first.type === 'datetime-local') return say.moment(value);
    const unit = first.parentNode.querySelector('.unit');
    return unit ? `${value} ${unit.textContent}` : value;
  };
  const photo = (sha) => {
    const image = h('img', { alt: '', width: 88, height: 88, loading: 'lazy' });
    doorstep.store.run((db) => db.get('blobs', sha)).catch(() => null).then((kept) => {
      image.src = kept && kept.bytes ? URL.createObjectURL(new Blob([kept.bytes], { type: kept.type })) : `/blobs/${sha}?visit=${visit.id}`;
    });
    return image;
  };
  const entered = (form, fields) => {
    const rows = [];
    const ticked = [];
    for (const name of new Set([...form.elements].map((one) => one.name))) {
      const typed = [].concat(fields[name] || []).filter(Boolean);
      const controls = ofName(form, name);
      const of = (end) => (name.endsWith(end) ? name.slice(0, -end.length) : '');
      if (!typed.length || !controls.length || (of('_by') && of('_by') in fields) || `${name}_is` in fields) continue;
      if (isTick(controls)) { ticked.push(rowText(controls[0])); continue; }
      let value = controls[0].type === 'file' ? h('span', 'photo-row', typed.map((one) => photo(one.replace('sha256:', '')))) : typed.map((one) => saidBy(controls, one)).join(', ');
      let label = labelOf(form, name);
      if (of('_is') && fields[of('_is')] && typed[0] === 'corrected') value += `: ${saidBy(ofName(form, of('_is')), fields[of('_is')])}`;
      if (of('_reason') && isTick(ofName(form, of('_reason')))) [label, value] = [rowText(ofName(form, of('_reason'))[0]), t('no_because', { reason: value })];
      const by = ofName(form, `${name}_by`)[0];
      if (by) value = h('span', '', value, h('small', 'quiet', ` ${saidBy([by], fields.all_by || fields[by.name])}`));
      rows.push([label, value]);
    }
    return ticked.length ? [[t('checked'), ticked.join(' · ')], ...rows] : rows;
  };
  const fill = (form, fields) => {
    for (const [name, value] of Object.entries(fields)) {
      const typed = [].concat(value);
      const controls = ofName(form, name);
      controls.forEach((one, n) => {
        if (/^(radio|checkbox)$/.test(one.type)) one.checked = typed.includes(one.value);
        else if (one.type === 'datetime-local') one.value = visit.local(Date.parse(typed[0])).slice(0, 16);
        else if (one.type === 'file') keepPhotos(form, one, typed);
        else one.value = typed[n] || '';
      });
    }
    for (const box of form.elements) if (box.type === 'checkbox' && !(box.name in fields)) box.checked = false;
  };
  const keepPhotos = (form, input, shas) => {
    const row = input.closest('[data-photo]').querySelector('[data-photo-row]');
    all('[data-kept]', row).forEach((one) => one.remove());
    [...form.elements].filter((one) => one.type === 'hidden' && one.name === input.name).forEach((one) => one.remove());
    for (const name of shas) {
      const sha = name.replace('sha256:', '');
      form.prepend(h('input', { type: 'hidden', name: input.name, value: name }));
      row.append(h('button', { type: 'button', class: 'thumb', 'data-kept': sha, 'aria-label': input.closest('[data-photo]').dataset.remove }, photo(sha)));
    }
  };

  /* --- faults beside the fields, as on a page that came back */
  const typeOf = (controls) => {
    const [first] = controls;
    if (!first || isTick(controls)) return '';
    if (first.type === 'file') return first.multiple ? 'photos' : 'photo';
    return first.type === 'checkbox' ? 'choices' : first.type === 'radio' || first.options ? 'choice' : '';
  };
  const faultWords = (code, type) => [`fault.${code}:${type}`, `fault.${code}`].map((key) => t(key)).find((text) => !text.startsWith('fault.')) || t('check_field');
  const placeOf = (form, name) => {
    const way = form.elements.remedy && (form.elements.remedy.value || '');
    const controls = [ofName(form, name), ofName(form, `${way}.${name}`)].find((found) => found.length) || [];
    const step = form.closest('[data-step]');
    const [first] = controls;
    const group = first && /^(radio|checkbox)$/.test(first.type) && !isTick(controls) && first.closest('fieldset');
    return { controls, anchor: group || first || document.getElementById(`${step ? step.dataset.step : ''}-${name}`) };
  };
  const unmark = (scope) => {
    all('.errors, [data-fault]', scope).forEach((one) => one.remove());
    all('.has-error', scope).forEach((one) => one.classList.remove('has-error'));
    all('[aria-invalid]', scope).forEach((one) => one.removeAttribute('aria-invalid'));
  };
  const mark = (anchor, controls, sentence) => {
    const box = anchor.closest('.check, .ask, .field') || anchor.parentNode;
    const error = h('p', { class: 'error', id: `${anchor.id || box.id}-error`, 'data-fault': '' }, icon('circle-alert'), h('span', '', sentence));
    const inner = anchor.matches('fieldset.choices') ? anchor : box;
    const before = inner.querySelector(':scope > .rows, :scope > .select, :scope > .input, :scope > textarea, :scope > .photo, :scope > .if-corrected');
    if (before && !box.matches('.check')) before.before(error); else inner.append(error);
    box.classList.add('has-error');
    controls.forEach((one) => { one.setAttribute('aria-invalid', 'true'); one.setAttribute('aria-describedby', error.id); });
    unfold(anchor);
  };
  const faults = (form, found, quietly) => {
    if (found['']) { stopped(form, found[''], visit.needs); return; }
    const scope = form.closest('dialog, .step') || form;
    unmark(scope);
    const rows = Object.entries(found).map(([name, code]) => {
      const { controls, anchor } = placeOf(form, name);
      const sentence = name === 'remedy' ? t('choose_how') : faultWords(code, typeOf(controls));
      if (anchor) mark(anchor, controls, sentence);
      const label = controls.length && form.dataset.act !== 'problem' ? labelOf(form, controls[0].name) : '';
      const way = h('a', { href: `#${anchor ? anchor.id : ''}` }, label ? `${label}: ${sentence}` : sentence);
      way.addEventListener('click', (event) => {
        event.preventDefault();
        if (anchor) { anchor.scrollIntoView({ block: 'center' }); anchor.focus({ preventScroll: true }); }
      });
      return h('li', '', way);
    });
    const title = rows.length === 1 ? t('fix_one') : t('fix_many', { n: rows.length });
    const box = h('div', { class: 'errors', id: 'errors', role: 'alert', tabindex: '-1' }, h('h2', '', title), h('ul', '', rows));
    const bar = scope.querySelector(':scope > .bar');
    if (bar) bar.after(box); else form.prepend(box);
    if (quietly) return;
    box.focus();
    box.scrollIntoView({ block: 'nearest' });
  };
  /* Nothing was stored, because something else comes first: which, above the form that stays as it is. */
  const stopped = (form, why, needs = []) => {
    const scope = form.closest('dialog, .step') || form;
    unmark(scope);
    const list = h('ul', '', needs.filter(sectionOf).map((id) => h('li', '', say.link('text-link', titleOf(id), `#s-${id}`))));
    const box = say.banner('trouble', t(`stop.${why}`), h('div', '', h('p', '', t(`stop.${why}.text`)), list));
    Object.assign(box, { tabIndex: -1 }).dataset.fault = '';
    const step = form.closest('[data-step]');
    const state = why === 'moved' && step && visit.walk().steps[step.dataset.step];
    if (state && form.elements.base) form.elements.base.value = state.base; // seen now: the next press builds on it
    const bar = scope.querySelector(':scope > .bar');
    if (bar) bar.after(box); else form.prepend(box);
    box.focus();
  };

  /* A picture that the office would not take: said beside its field at once. A save that comes before that was read is
     stopped once, with the same words on top; the next one goes without it. */
  const refused = new WeakMap(); // input -> why
  const refuse = (input, fault) => {
    const field = input.closest('.field');
    field.classList.remove('has-error');
    unmark(field);
    refused.delete(input);
    if (!fault) return;
    refused.set(input, fault);
    mark(input, [input], faultWords(fault, ''));
    field.querySelector('[data-fault]').setAttribute('role', 'alert');
  };
  document.addEventListener('outbox:before', (event) => {
    const { target: form, detail: { step, act, fields, ...about } } = event;
    const photos = [...form.elements].filter((one) => refused.has(one));
    if (!photos.length) return;
    const { faults: others = {} } = visit.judge(step, act, fields, about);
    if (others['']) return; // what comes first is told first
    event.preventDefault();
    faults(form, { ...others, ...Object.fromEntries(photos.map((one) => [one.name, refused.get(one)])) });
    photos.forEach((one) => refused.delete(one));
  });

  doorstep.forms = { all, sectionOf, titleOf, unfold, entered, fill, faults, stopped, unmark, refuse };
})();
