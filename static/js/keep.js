/* Saves on pages: a form's fields are kept as a draft while typed, become an entry when pressed, and the badge says
   where everything is. What an entry is and how it leaves the phone is outbox.js's; what a step then shows, the page's.

   A form[data-outbox] names its act by the input `act`; visit and step by its address or data-visit, data-step.
   `outbox:before` on the form (detail: what will be saved) lets a page add to it (lock, proof, extra) or, prevented,
   do it itself. Without IndexedDB or crypto the forms stay plain forms. */
(() => {
  'use strict';
  const { store, outbox } = self.doorstep;
  if (!self.indexedDB || !self.crypto?.subtle || !navigator.locks) return;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const here = () => self.doorstep;
  const words = () => here().words().catch(() => ({ say: () => '' }));

  /* Who keeps: the page knows who is signed in; a customer's page leaves it as it is. */
  const badge = document.getElementById('outbox-badge');
  const mark = document.querySelector('[data-person]');
  const person = mark ? Number(mark.dataset.person) : null;
  const noted = (async () => {
    if (!person) return;
    if ((await store.get('person')) !== person) { await store.set('person', person); await store.set('halt', null); }
    const { name } = document.querySelector('[data-name]')?.dataset || {};
    if (name && (await store.get(`name:${person}`)) !== name) await store.set(`name:${person}`, name);
  })().catch(() => {});

  /* A form's fields, named as the server names them. */
  const ENVELOPE = ['key', 'base', 'at', 'act', 'device', 'csrf_token', 'corrects', 'next'];
  const offsetAt = (ms, zone) => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric',
      day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(ms / 1000) * 1000;
  };
  const withOffset = (value, zone) => {
    const found = zone && /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/.exec(value);
    const local = found ? Date.parse(`${value}Z`) : NaN;
    if (Number.isNaN(local)) return value;
    // An hour that comes twice means its first; one that is left out goes by the clock before.
    const [before, after] = [offsetAt(local - 864e5, zone), offsetAt(local + 864e5, zone)];
    const shift = offsetAt(local - before, zone) !== before && offsetAt(local - after, zone) === after ? after : before;
    const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, '0');
    return `${found[1]}${found[2] || ':00'}${shift < 0 ? '-' : '+'}${two(shift / 36e5)}:${two((shift / 6e4) % 60)}`;
  };
  const fieldsOf = (pairs, zone) => {
    const chosen = pairs.find(([name]) => name === 'remedy')?.[1] || '';
    const fields = {};
    for (const name of new Set(pairs.map(([one]) => one))) {
      const dot = name.indexOf('.');
      if (ENVELOPE.includes(name) || (dot >= 0 && name.slice(0, dot) !== chosen)) continue;
      const typed = pairs.filter(([one]) => one === name).map(([, value]) => withOffset(value, zone));
      fields[dot >= 0 ? name.slice(dot + 1) : name] = typed.length > 1 ? typed : typed[0];
    }
    return fields;
  };
  const placeOf = (form) => {
    const [, visit, step] = /\/visits\/(\d+)(?:\/steps\/([\w-]+))?/.exec(form.getAttribute('action') || '') || [];
    return { visit: Number(form.dataset.visit || visit), step: form.dataset.step || step };
  };
  const hidden = (form, name) => form.querySelector(`[name="${name}"]`)?.value;
  const actOf = (form) => hidden(form, 'act') || form.dataset.act || 'done';
  const nameOf = (form) => {
    const { visit, step } = placeOf(form);
    return `${visit}:${form.id || [step, actOf(form), hidden(form, 'problem') || hidden(form, 'line') || ''].join(':')}`;
  };
  const labelOf = (form) => (form.closest('section.step') || document).querySelector('h2.title, h1')?.textContent.trim() || '';
  const collect = async (form, submitter) => {
    const data = [...new FormData(form)];
    if (submitter?.name) data.push([submitter.name, submitter.value]);
    const fields = fieldsOf(data.filter(([, value]) => typeof value === 'string'), document.querySelector('[data-zone]')?.dataset.zone);
    const photos = [];
    for (const [raw, file] of data) {
      if (typeof file === 'string' || !file.size) continue;
      const [owner, rest] = raw.includes('.') ? raw.split('.') : ['', raw];
      if (owner && owner !== fields.remedy) continue;
      const bytes = await file.arrayBuffer();
      const sha = await outbox.sha256(bytes);
      photos.push({ name: rest, type: file.type, bytes, sha });
      fields[rest] = [...new Set([fields[rest] || [], `sha256:${sha}`].flat().filter(Boolean))];
    }
    return { ...placeOf(form), act: actOf(form), fields, photos, base: hidden(form, 'base') ?? null, corrects: form.dataset.corrects || null,
      draft: nameOf(form), label: labelOf(form), ...(person ? { person } : {}) };
  };

  /* Saying something in a form's place. */
  const icon = (name) => {
    const sprite = (document.querySelector('.icon use')?.getAttribute('href') || '').split('#')[0];
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `${sprite}#${name}`);
    svg.append(use);
    return svg;
  };
  const banner = (kind, title, text, name) => {
    const box = Object.assign(document.createElement('div'), { className: `banner ${kind}` });
    const body = Object.assign(document.createElement('div'), { className: 'banner-body' });
    body.append(Object.assign(document.createElement('p'), { className: 'banner-title', textContent: title }));
    if (text) body.append(Object.assign(document.createElement('p'), { textContent: text }));
    box.append(icon(name), body);
    return box;
  };
  const hush = (form) => all('[data-not-saved]', form).forEach((box) => box.remove());
  const cry = async (form, code) => {
    const { say } = await words();
    const box = banner('trouble', say(`outbox.not_saved_${code}`) || 'NOT saved', say('outbox.not_saved_text'), 'triangle-alert');
    box.dataset.notSaved = '';
    box.setAttribute('role', 'alert');
    box.tabIndex = -1;
    form.prepend(box);
    box.focus();
  };

  /* The press. Its key stays on the form until it is stored: three taps are one save. */
  const AGAIN_MS = 1000;
  const busy = new WeakSet();
  const storedAt = new WeakMap();
  const judged = async (form, made) => {
    try {
      const found = await here().visit?.judge?.(made.step, made.act, made.fields, made);
      if (!found?.faults || !Object.keys(found.faults).length) return true;
      here().paint.faults(form, found.faults);
      return false;
    } catch { return true; } // the office judges it as well; a save is never lost because the rules could not be read
  };
  const press = async (form, submitter) => {
    form.dataset.key = form.dataset.key || crypto.randomUUID();
    hush(form);
    await noted;
    const made = await collect(form, submitter);
    if (!form.dispatchEvent(new CustomEvent('outbox:before', { bubbles: true, cancelable: true, detail: made }))) return null;
    if (!(await judged(form, made))) return null;
    await flush();
    const entry = await outbox.save({ ...made, key: form.dataset.key });
    delete form.dataset.key;
    delete form.dataset.corrects;
    storedAt.set(form, Date.now());
    here().shutSheets?.();
    return entry;
  };
  let refused = false; // a store that cannot be opened: plain forms
  store.open().catch(() => { refused = true; });
  addEventListener('submit', (event) => {
    const form = event.target;
    if (refused || !form.matches('form[data-outbox]')) return;
    event.preventDefault();
    event.stopPropagation();
    if (busy.has(form) || Date.now() - (storedAt.get(form) || 0) < AGAIN_MS) return;
    busy.add(form);
    event.submitter?.classList.add('is-sending');
    press(form, event.submitter).then((entry) => { if (entry) goOn(entry); }, (fault) => cry(form, fault.code === 'full' ? 'full' : 'store'))
      .finally(() => { busy.delete(form); event.submitter?.classList.remove('is-sending'); });
  }, true);

  /* Onwards. A page that paints what was saved does so itself; any other is loaded anew once the office has it. */
  const STAYS = ['attempt', 'bout', 'ladder', 'line', 'unline', 'fitted'];
  let leaving = null;
  const goOn = (entry) => {
    if (!here().paint) leaving = entry;
    else if (!document.querySelector('.steps, [data-customer]')) location.assign(`/visits/${entry.visit}#s-${entry.step}`);
    outbox.pump('save').then(({ fault }) => {
      if (fault) navigator.serviceWorker?.ready.then((worker) => worker.sync?.register('outbox')).catch(() => {});
    });
  };
  document.addEventListener('outbox:receipts', ({ detail }) => {
    if (!leaving || detail.elsewhere || !detail.keys.includes(leaving.key)) return;
    const anchor = STAYS.includes(leaving.act) ? `?at=${leaving.step}#s-${leaving.step}` : '';
    location.assign(`/visits/${leaving.visit}${anchor}`);
  });

  /* Drafts: what is typed, and photos as their bytes, since a browser keeps no files. */
  const isTicked = (input) => input.type === 'checkbox' || input.type === 'radio';
  const inputsOf = (form) => [...form.elements].filter((one) => one.name && !['hidden', 'file', 'submit'].includes(one.type));
  const filesOf = (form) => [...form.elements].filter((one) => one.type === 'file' && one.name);
  const touched = new Set();
  const snapshot = async (form) => {
    const typed = inputsOf(form).filter((one) => (isTicked(one) ? one.checked : one.value))
      .map((one) => [one.name, one.value, one.selectedOptions?.[0]?.text || '']);
    const photos = [];
    const kept = filesOf(form).flatMap((input) => [...input.files].map((file) => [input.name, file]));
    for (const [input, file] of kept) photos.push({ input, name: file.name, type: file.type, bytes: await file.arrayBuffer() });
    return { base: hidden(form, 'base') ?? '', typed, photos };
  };
  let writing = 0;
  const flush = () => {
    clearTimeout(writing);
    const forms = [...touched];
    touched.clear();
    return Promise.all(forms.map(async (form) => store.keepDraft(nameOf(form), await snapshot(form)))).catch(() => {});
  };
  const keepSoon = (form) => {
    if (!form?.matches?.('form[data-outbox]') || !(inputsOf(form).length || filesOf(form).length)) return;
    touched.add(form);
    clearTimeout(writing);
    writing = setTimeout(flush, 200);
  };
  ['input', 'change'].forEach((name) => document.addEventListener(name, ({ target }) => {
    const { form } = target;
    if (target.type === 'file' && here().ready) here().ready(form).then(() => keepSoon(form)); else keepSoon(form);
  }));
  document.addEventListener('click', ({ target }) => {
    const form = target.closest?.('[data-photo]')?.closest('form');
    if (form) { keepSoon(form); if (target.closest('label, [type="file"]')) flush(); } // phones may drop the page behind the camera
  });
  addEventListener('pagehide', flush);

  const put = (form, typed) => {
    const inputs = inputsOf(form);
    inputs.filter(isTicked).forEach((box) => { box.checked = false; });
    for (const [name, value, text] of typed) {
      if (value.startsWith('sha256:')) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value })); // kept photos
      const mine = inputs.filter((one) => one.name === name);
      const [first] = mine;
      if (!first) continue;
      if (isTicked(first)) mine.forEach((one) => { if (one.value === value) one.checked = true; });
      else {
        if (first.options && ![...first.options].some((one) => one.value === value)) first.add(new Option(text || value, value, true, true));
        first.value = first.type === 'datetime-local' ? value.slice(0, 16) : value;
      }
      for (let fold = first.closest('details'); fold && form.contains(fold); fold = fold.parentElement.closest('details')) fold.open = true;
    }
  };
  const putPhotos = (form, photos) => {
    for (const input of filesOf(form)) {
      const files = photos.filter((one) => one.input === input.name).map(({ bytes, name, type }) => new File([bytes], name, { type }));
      if (files.length) here().putPhotos?.(input, files);
    }
  };
  const restore = async (root = document) => {
    const forms = all('form[data-outbox]', root);
    for (const form of forms) {
      const kept = await store.draft(nameOf(form));
      if (!kept) continue;
      if (kept.fields.base !== (hidden(form, 'base') ?? '')) { await store.dropDraft(kept.name); continue; } // saved meanwhile
      put(form, kept.fields.typed);
      putPhotos(form, kept.fields.photos);
    }
  };

  /* The badge: where everything is, and what to do. */
  const KINDS = { sent: ['done', 'check'], saved: ['waiting', 'cloud-off'], held: ['waiting', 'clock'], photos: ['waiting', 'camera'],
    others: ['waiting', 'user'], sign_in: ['trouble', 'lock'], other_person: ['trouble', 'user'], correct: ['trouble', 'circle-alert'] };
  const saying = (now) => {
    const unsent = now.pending + now.photos;
    if (now.refused + now.photosRefused) return ['correct', { n: now.refused + now.photosRefused }];
    if (now.needsSignIn && (unsent || now.held)) return ['sign_in', {}];
    if (now.otherPerson && now.pending) return ['other_person', {}];
    if (now.pending) return ['saved', { n: now.pending }];
    if (now.held) return ['held', { n: now.held }];
    if (now.photos) return ['photos', { n: now.photos }];
    if (now.others.length) return ['others', now.others[0]];
    return ['sent', {}];
  };
  const paintBadge = async () => {
    if (!badge) return;
    const [now, lock, { say }] = await Promise.all([outbox.state(), store.lock(), words()]);
    const [what, values] = saying(now);
    const text = say(`outbox.badge_${what}`, values);
    if (!text) return;
    badge.className = `badge ${KINDS[what][0]}`;
    badge.dataset.state = what;
    badge.lastElementChild.textContent = text;
    badge.querySelector('use').setAttribute('href', icon(KINDS[what][1]).firstChild.getAttribute('href'));
    if (lock) badge.removeAttribute('href'); // in a customer's hands it is no door
    else badge.href = what === 'sign_in' || what === 'other_person' ? `/sign-in?next=${encodeURIComponent(location.pathname)}` : '/outbox';
  };
  const repaint = () => paintBadge().catch(() => {});
  ['stored', 'receipts', 'state', 'lock'].forEach((type) => document.addEventListener(`outbox:${type}`, repaint));

  /* A sign-out that happened elsewhere: the office has everything, the phone keeps nothing. */
  const forget = async (who) => {
    navigator.serviceWorker?.controller?.postMessage({ type: 'wipe' });
    if (here().pin) await here().pin.forget(who).catch(() => {});
    if (self.caches) await Promise.all((await caches.keys()).filter((name) => name.endsWith(`-${who}`)).map((name) => caches.delete(name)));
  };
  document.addEventListener('outbox:wipe', ({ detail }) => {
    if (document.querySelector('[data-sign-out]')) return; // that page is doing it
    forget(detail.person).catch(() => {}).then(() => location.replace('/sign-in'));
  });

  /* When to send. What the browser believes about the network is never taken as proof. */
  const poke = (event) => { if (document.visibilityState === 'visible') noted.then(() => outbox.pump(event?.type || 'load')).catch(() => {}); };
  ['online', 'focus', 'pageshow'].forEach((name) => addEventListener(name, poke));
  document.addEventListener('visibilitychange', poke);
  const start = async () => {
    if (document.readyState !== 'complete') await new Promise((done) => addEventListener('DOMContentLoaded', done)); // what paints is there then
    await noted;
    const steps = document.querySelector('.steps[data-visit][data-version]');
    const title = document.querySelector('.top-text')?.textContent.trim();
    const visit = steps?.dataset.visit || /^\/visits\/(\d+)/.exec(location.pathname)?.[1];
    if (visit && title && (await store.get(`title:${visit}`)) !== title) await store.set(`title:${visit}`, title);
    if (steps && !here().paint) await outbox.settle(Number(steps.dataset.visit), Number(steps.dataset.version));
    await restore();
    await paintBadge();
    poke();
  };
  start().catch(() => {});
  const standalone = matchMedia('(display-mode: standalone)').matches || navigator.standalone;
  const isApple = /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.maxTouchPoints > 1 && /Mac/.test(navigator.platform));
  if (isApple && !standalone) all('[data-forgets]').forEach((line) => { line.hidden = false; });

  here().keep = { restore, fieldsOf, withOffset, banner, icon, forget, flush };
})();
