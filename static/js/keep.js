/* Saves on pages: what is typed is kept as a draft, becomes an entry when pressed, and the badge says where everything
   is. What an entry is and how it leaves the phone is outbox.js's business; what a step then shows, the page's.

   A form[data-outbox] names its act by the input `act`, visit and step by its address or data-visit and data-step.
   `outbox:before` on the form (detail: what will be saved) lets a page add to it (lock, proof, extra) or, prevented,
   do it by itself. Without IndexedDB or crypto the forms stay plain forms. */
(() => {
  'use strict';
  const { doorstep } = self;
  const { store, outbox } = doorstep;
  if (!self.indexedDB || !self.crypto?.subtle || !navigator.locks) return;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = () => doorstep.words().catch(() => ({ say: () => '' }));
  const wanted = (name) => document.querySelector(`[data-${name}]`)?.dataset[name];

  /* Who keeps: the page knows who is signed in; a customer's page leaves it as it is. */
  const person = Number(wanted('person')) || null;
  const noted = (async () => {
    if (!person) return;
    if (await store.get('person') !== person) { await store.set('person', person); await store.set('halt', null); }
    const name = wanted('name');
    if (name && await store.get(`name:${person}`) !== name) await store.set(`name:${person}`, name);
  })().catch(() => {});

  /* What a form builds on is right only when the page has painted what lies on this phone. */
  const settled = (now) => Promise.race([now ? doorstep.visit?.soon?.() : doorstep.visit?.ready, new Promise((done) => { setTimeout(done, 2000); })]);

  /* A form's fields, named and written as the server does. */
  const ENVELOPE = ['key', 'base', 'at', 'act', 'device', 'csrf_token', 'corrects', 'next'];
  const offsetAt = (ms, timeZone) => {
    const numbers = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' };
    const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numbers }).formatToParts(ms);
    const [year, month, day, hour, minute, second] = Object.keys(numbers).map((name) => Number(parts.find(({ type }) => type === name).value));
    return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
  };
  const withOffset = (value, zone) => {
    const local = zone && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value) ? Date.parse(`${value}Z`) : NaN;
    if (Number.isNaN(local)) return value;
    // An hour that comes twice means its first; one that is left out goes by the clock before.
    const [before, after] = [-864e5, 864e5].map((day) => offsetAt(local + day, zone));
    const shift = offsetAt(local - before, zone) !== before && offsetAt(local - after, zone) === after ? after : before;
    const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, '0');
    return `${value.padEnd(19, ':00')}${shift < 0 ? '-' : '+'}${two(shift / 36e5)}:${two((Math.abs(shift) / 6e4) % 60)}`;
  };
  const partsOf = (name) => (name.includes('.') ? [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)] : ['', name]);
  const fieldsOf = (pairs, zone) => {
    const chosen = pairs.find(([name]) => name === 'remedy')?.[1] || '';
    const fields = {};
    for (const name of new Set(pairs.map(([one]) => one))) {
      const [owner, rest] = partsOf(name);
      if (ENVELOPE.includes(name) || (name !== rest && owner !== chosen)) continue;
      const typed = pairs.filter(([one]) => one === name).map(([, value]) => withOffset(value, zone));
      fields[rest] = typed.length > 1 ? typed : typed[0];
    }
    return fields;
  };
  const hidden = (form, name) => form.querySelector(`[name="${name}"]`)?.value;
  const placeOf = (form) => {
    const [, visit, step] = /\/visits\/(\d+)(?:\/steps\/([\w-]+))?/.exec(form.getAttribute('action')) || [];
    return { visit: Number(form.dataset.visit || visit), step: form.dataset.step || step, act: hidden(form, 'act') || form.dataset.act || 'done' };
  };
  const nameOf = (form) => {
    const { visit, step, act } = placeOf(form);
    return `${visit}:${form.id || [step, act, hidden(form, 'problem') || hidden(form, 'line') || ''].join(':')}`;
  };
  const collect = async (form, submitter) => {
    const data = [...new FormData(form)];
    if (submitter?.name) data.push([submitter.name, submitter.value]);
    const fields = fieldsOf(data.filter(([, value]) => typeof value === 'string'), wanted('zone'));
    const photos = [];
    for (const [raw, file] of data) {
      const [owner, name] = partsOf(raw);
      if (typeof file === 'string' || !file.size || (raw !== name && owner !== fields.remedy)) continue;
      const bytes = await file.arrayBuffer();
      const sha = await outbox.sha256(bytes);
      photos.push({ name, type: file.type, bytes, sha });
      fields[name] = [...new Set([fields[name] || [], `sha256:${sha}`].flat().filter(Boolean))];
    }
    return { ...placeOf(form), fields, photos, person, base: hidden(form, 'base') ?? null, corrects: form.dataset.corrects || null, draft: nameOf(form),
      label: (form.closest('.step, dialog') || document).querySelector('.title, .sheet-title, h1')?.textContent.trim() || '' };
  };

  /* Saying something in a form's place. */
  const icon = (name) => {
    const [svg, use] = ['svg', 'use'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `${(document.querySelector('svg use')?.getAttribute('href') || '').split('#')[0]}#${name}`);
    svg.append(use);
    return svg;
  };
  const element = (tag, className, ...inside) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...inside);
    return made;
  };
  const banner = (kind, title, text, name) => element('div', `banner ${kind}`, icon(name),
    element('div', 'banner-body', element('p', 'banner-title', title), ...(text ? [element('p', '', text)] : [])));
  const cry = async (form, title, text = 'outbox.not_saved_text') => {
    const { say } = await words().catch(() => ({ say: () => '' }));
    all('[data-not-saved]', form).forEach((old) => old.remove());
    const box = banner('trouble', say(title) || 'NOT saved', say(text), 'triangle-alert');
    Object.assign(box, { tabIndex: -1, role: 'alert' }).dataset.notSaved = '';
    form.prepend(box);
    box.focus();
  };

  /* The press. Its key stays on the form until it is stored: three taps are one save. */
  const AGAIN_MS = 1000;
  const TWICE_MS = 300; // the second half of a double tap falls on the next step's button: it was not meant
  // By what a form is for: a page painted anew in the middle of three taps has another form in the same place.
  // Where something is entered the form itself counts: the next line of a bill may look like the last one.
  const PASSING = ['key', 'at', 'base', 'csrf_token']; // new each time
  const purposeOf = (form) => ([...form.elements].some(({ type }) => !['hidden', 'submit', 'button'].includes(type)) ? form : [
    form.getAttribute('action'), form.dataset.act, ...[...form.elements].filter(({ type, name }) => type === 'hidden' && !PASSING.includes(name)).map(({ value }) => value)].join());
  const busy = new Set();
  const storedAt = new Map();
  let pressed = 0; // when the last press was, taken or not: taps in one breath are one
  const isRight = (form, made) => {
    try {
      const { faults = {}, refused, needs } = doorstep.visit.judge(made.step, made.act, made.fields, made);
      if (Object.keys(faults).length) doorstep.paint.faults(form, faults);
      else if (refused) doorstep.paint.stopped(form, refused, needs);
      else return true;
      return false;
    } catch { return true; } // the office judges it as well: no save is lost because the rules could not be read
  };
  /* A page without the visit's rules (a problem's own address) cannot say what is wrong with a form. The office can, as
     long as nothing waits that would have to come before. */
  const isBare = async (visit) => {
    const { pending, held, refused } = await outbox.state(visit);
    return navigator.onLine && !pending && !held && !refused;
  };
  const plainly = (form, submitter) => {
    flush();
    if (submitter?.name) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: submitter.name, value: submitter.value }));
    form.submit();
  };
  const press = async (form, submitter) => {
    const clock = outbox.clockNow(); // the time of the tap, not of what is waited for
    form.dataset.key = form.dataset.key || crypto.randomUUID();
    all('[data-not-saved]', form).forEach((box) => box.remove());
    await noted;
    await settled(true);
    const made = { ...await collect(form, submitter), clock: await clock };
    if (!doorstep.visit && await isBare(made.visit)) { plainly(form, submitter); return true; }
    if (made.act === 'handed_over' && !doorstep.handOver) { // its script could not be had: nothing would hold the lock
      await doorstep.visit?.later().catch(() => {});
      if (!doorstep.handOver) { await cry(form, 'customer.cannot', 'customer.cannot_text'); return false; }
    }
    const isOurs = form.dispatchEvent(new CustomEvent('outbox:before', { bubbles: true, cancelable: true, detail: made }));
    if (!isOurs || !isRight(form, made)) return false;
    touched.delete(form); // its draft leaves with the save
    await flush();
    const entry = await outbox.save({ ...made, key: form.dataset.key });
    delete form.dataset.key;
    delete form.dataset.corrects;
    storedAt.set(purposeOf(form), Date.now());
    doorstep.shutSheets?.();
    if (!document.querySelector('.steps')) location.assign(`/visits/${entry.visit}#s-${entry.step}`); // where it is painted
    const { fault } = await outbox.pump('save');
    if (fault) navigator.serviceWorker?.ready.then((worker) => worker.sync?.register('outbox')).catch(() => {});
    return true;
  };
  let isPlain = false; // no store in this browser: plain forms
  store.open().catch(() => { isPlain = true; });
  addEventListener('input', ({ target }) => { if (target.form) storedAt.delete(purposeOf(target.form)); }); // entered since: the next press is meant
  addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (isPlain || !form.matches('form[data-outbox]') || submitter?.formMethod === 'get') return; // a question, not a save
    event.preventDefault();
    event.stopPropagation();
    const now = Date.now();
    const purpose = purposeOf(form);
    const inOneBreath = now - pressed < TWICE_MS;
    pressed = now;
    if (inOneBreath || busy.has(purpose) || now - (storedAt.get(purpose) || 0) < AGAIN_MS) return;
    busy.add(purpose);
    submitter?.classList.add('is-sending');
    const rest = () => { busy.delete(purpose); submitter?.classList.remove('is-sending'); };
    const again = () => { pressed = 0; }; // nothing was stored: the next press is meant, however soon it comes
    press(form, submitter).then((isTaken) => isTaken || again(), (fault) => { again(); cry(form, `outbox.not_saved_${fault.code === 'full' ? 'full' : 'store'}`); }).finally(rest);
  }, true);

  /* Drafts: what is typed, and photos as their bytes, since a browser keeps no files. */
  const isTicked = ({ type }) => type === 'checkbox' || type === 'radio';
  const inputsOf = (form) => [...form.elements].filter(({ name, type }) => name && !['hidden', 'file', 'submit'].includes(type));
  const filesOf = (form) => [...form.elements].filter(({ name, type }) => name && type === 'file');
  const touched = new Set();
  const typedIn = new WeakSet(); // since the page was loaded: newer than any draft
  let writing = 0;
  let written = Promise.resolve();
  const flush = () => {
    clearTimeout(writing);
    const forms = [...touched];
    touched.clear();
    const work = Promise.all(forms.map(async (form) => {
      const typed = inputsOf(form).filter((one) => (isTicked(one) ? one.checked : one.value)).map((one) => [one.name, one.value, one.selectedOptions?.[0]?.text || '']);
      const photos = filesOf(form).flatMap((input) => [...input.files].map(async (file) => ({ input: input.name, name: file.name, type: file.type, bytes: await file.arrayBuffer() })));
      await store.keepDraft(nameOf(form), { base: hidden(form, 'base') ?? '', typed, photos: await Promise.all(photos) });
    })).catch(() => {});
    written = Promise.all([written, work]); // a save waits for it, or an older draft would come after
    return written;
  };
  const keepSoon = (form) => {
    if (!form?.matches?.('form[data-outbox]') || !(inputsOf(form).length + filesOf(form).length)) return;
    touched.add(form);
    typedIn.add(form);
    clearTimeout(writing);
    writing = setTimeout(flush, 200);
  };
  ['input', 'change'].forEach((name) => document.addEventListener(name, ({ target: { type, form } }) => {
    if (type === 'file' && doorstep.ready) doorstep.ready(form).then(() => keepSoon(form)); else keepSoon(form);
  }));
  document.addEventListener('click', ({ target }) => {
    if (!target.closest?.('[data-photo]')) return;
    keepSoon(target.closest('form'));
    if (target.closest('label, [type="file"]')) flush(); // phones may drop the page behind the camera
  });
  addEventListener('pagehide', flush);

  const put = (form, typed) => {
    const inputs = inputsOf(form);
    inputs.filter(isTicked).forEach((box) => { box.checked = false; });
    for (const [name, value, text] of typed) {
      const mine = inputs.filter((one) => one.name === name || partsOf(one.name)[1] === name);
      const [first] = mine;
      if (value.startsWith('sha256:')) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value })); // taken before
      else if (first && isTicked(first)) mine.forEach((one) => { if (one.value === value) one.checked = true; });
      else if (first) {
        if (first.options && ![...first.options].some((one) => one.value === value)) first.add(new Option(text || value, value));
        first.value = first.type === 'datetime-local' ? value.slice(0, 16) : value;
      }
      for (let fold = first?.closest('details'); fold && form.contains(fold); fold = fold.parentNode.closest('details')) fold.open = true;
    }
  };
  const restore = async (root = document) => {
    for (const form of all('form[data-outbox]', root)) {
      const kept = await store.draft(nameOf(form));
      if (!kept || typedIn.has(form)) continue;
      const { base, typed, photos } = kept.fields;
      if (base !== (hidden(form, 'base') ?? '')) { await store.dropDraft(kept.name); continue; } // saved meanwhile
      put(form, typed);
      for (const input of filesOf(form)) {
        const files = photos.filter((one) => one.input === input.name).map(({ bytes, name, type }) => new File([bytes], name, { type }));
        if (files.length) doorstep.putPhotos?.(input, files);
      }
    }
  };

  /* The badge: where everything is, and what to do. */
  const badge = document.getElementById('outbox-badge');
  const KINDS = { sent: 'done check', saved: 'waiting cloud-off', held: 'waiting clock', photos: 'waiting camera', others: 'waiting user',
    sign_in: 'trouble lock', other_person: 'trouble user', correct: 'trouble circle-alert' };
  const saying = ({ pending, held, photos, refused, photosRefused, needsSignIn, revoked, otherPerson, others }) => {
    if ((needsSignIn || revoked) && pending + held + photos) return ['sign_in', {}];
    if (otherPerson && pending) return ['other_person', {}];
    if (refused + photosRefused) return ['correct', { n: refused + photosRefused }];
    if (pending) return ['saved', { n: pending }];
    if (held) return ['held', { n: held }];
    if (photos) return ['photos', { n: photos }];
    return others.length ? ['others', others[0]] : ['sent', {}];
  };
  const paintBadge = async () => {
    if (!badge) return;
    const [now, lock, { say }] = await Promise.all([outbox.state(), store.lock(), words()]);
    const [what, values] = saying(now);
    const [kind, sign] = KINDS[what].split(' ');
    badge.className = `badge ${kind}`;
    badge.dataset.state = what;
    badge.replaceChildren(icon(sign), element('span', '', say(`outbox.badge_${what}`, values) || badge.textContent));
    if (lock) badge.removeAttribute('href'); // in a customer's hands it is no door
    else badge.href = ['sign_in', 'other_person'].includes(what) ? `/sign-in?next=${encodeURIComponent(location.pathname)}` : '/outbox';
  };
  /* On the visit's overview: what the office has of it. */
  const paintTally = async () => {
    const place = document.querySelector('[data-tally]');
    const found = place && await outbox.told(Number(wanted('visit')));
    if (!found) return;
    const { say } = await words();
    place.replaceChildren(element('span', `badge ${found.kind}`, icon(found.icon), element('span', '', say(`outbox.${found.key}`, found))));
    place.hidden = false;
  };
  const paint = () => Promise.all([paintBadge(), paintTally()]).catch(() => {});
  ['stored', 'receipts', 'state', 'lock'].forEach((type) => document.addEventListener(`outbox:${type}`, paint));

  /* A sign-out: of this phone's half of the PIN and the kept pages nothing stays. The worker hears of it by itself. */
  const forget = async (who) => {
    try { [`pin-${who}`, `touched-${who}`, 'customer-lock'].forEach((name) => localStorage.removeItem(name)); } catch { /* nothing was kept */ }
    await doorstep.pin?.forget(who).catch(() => {});
    const mine = (await self.caches?.keys() || []).filter((name) => name.endsWith(`-${who}`));
    await Promise.all(mine.map((name) => caches.delete(name)));
  };
  let leaving = null;
  document.addEventListener('outbox:wipe', ({ detail }) => {
    if (document.querySelector('[data-sign-out]')) return; // that page is doing it
    leaving = leaving || forget(detail.person).catch(() => {}).then(() => location.replace('/sign-in'));
  });

  /* When to send. What the browser believes about the network is never taken as proof. The clock is compared once a page,
     so that a save without a network knows how far the device's may be trusted. */
  let comparing = null;
  const compare = async () => {
    const seen = await store.get('server');
    if (seen && seen.boot === outbox.boot && performance.now() - seen.mono < 6e5) return;
    const answer = await fetch('/healthz', { method: 'HEAD', cache: 'no-store' });
    if (answer.ok && answer.headers.has('X-Request-Id')) await outbox.heard(answer.headers.get('Date'));
  };
  const poke = () => {
    if (document.visibilityState !== 'visible') return;
    noted.then(() => outbox.pump('page')).catch(() => {});
    comparing = comparing || compare().catch(() => {}).then(() => { comparing = null; });
  };
  ['online', 'focus', 'pageshow'].forEach((name) => addEventListener(name, poke));
  document.addEventListener('visibilitychange', poke);
  const start = async () => {
    if (document.readyState !== 'complete') await new Promise((done) => { addEventListener('DOMContentLoaded', done); }); // what paints is there then
    await noted;
    const [, visit] = /^\/visits\/(\d+)/.exec(location.pathname) || [];
    const title = document.querySelector('.top-text')?.textContent.trim();
    if (visit && title && await store.get(`title:${visit}`) !== title) await store.set(`title:${visit}`, title);
    await paintBadge();
    await settled();
    await restore();
    await paintTally();
  };
  start().catch(() => {});
  const isApple = /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.maxTouchPoints > 1 && /Mac/.test(navigator.platform));
  if (isApple && !navigator.standalone && !matchMedia('(display-mode: standalone)').matches) all('[data-forgets]').forEach((line) => { line.hidden = false; });

  doorstep.keep = { restore, fieldsOf, withOffset, banner, icon, forget, flush, cry };
})();
