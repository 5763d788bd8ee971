/* The page's side of the worker: registers it, has the day prepared, says what is on this phone and that a new version
   waits, and empties the phone at a sign-out. What is kept and answered is the worker's business.
   Begins when all other scripts have run: it listens after them. */
document.addEventListener('DOMContentLoaded', () => {
  'use strict';
  const { serviceWorker } = navigator;
  const here = () => window.doorstep || {}; // not every page has the outbox
  const isDesk = document.body.classList.contains('desk') || document.body.classList.contains('customer');
  const person = document.querySelector('script[data-person]')?.dataset.person;
  const SEEN_EVERY = 60 * 1000;
  const TAKEN_EVERY = 2000;
  let before = 0;

  const say = async (key, values) => (await here().words()).say(`offline.${key}`, values);
  const clock = (iso) => new Date(iso).toLocaleTimeString('en-GB', {
    hour: '2-digit', minute: '2-digit', timeZone: document.querySelector('[data-zone]')?.dataset.zone,
  });
  const tell = (message, limit = 30000) => new Promise((done) => {
    const worker = serviceWorker?.controller;
    if (!worker) { done({ state: 'no_worker' }); return; }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    setTimeout(() => done({ state: 'late' }), limit);
    worker.postMessage(message, [port2]);
  });

  /* "Today's 5 visits are on this phone, 07:42", or which are not. */
  const ready = document.querySelector('[data-offline-ready]');
  const showReady = async ({ state, at, visits, missing }) => {
    if (!ready || state !== 'prepared') return;
    const names = missing.map((id) => document.querySelector(`.card[data-visit="${id}"] .card-lead`)?.textContent || id);
    const key = names.length ? 'missing' : ['none', 'ready_one'][visits.length] || 'ready';
    ready.textContent = await say(key, { n: visits.length, at: clock(at), visits: names.join(', ') });
    ready.hidden = !ready.textContent;
    ready.classList.toggle('is-missing', names.length > 0);
  };
  const showKept = async () => {
    const prepared = await here().store?.get('prepared');
    if (prepared) await showReady({ state: 'prepared', ...prepared });
  };
  /* At sign-in and each time the app comes to the front, but not at every page; after a receipt, what it changed. */
  const isDue = async () => {
    const prepared = await here().store?.get('prepared');
    const isRead = prepared?.language === document.documentElement.lang.replace('-', '_');
    if (isRead && Date.now() - before < SEEN_EVERY) return false;
    before = Date.now();
    return !isRead || String(prepared.person) !== person || Date.now() - Date.parse(prepared.at) > SEEN_EVERY;
  };
  const canPrepare = () => person && !isDesk && !document.hidden && serviceWorker.controller;
  const prepare = async () => {
    if (canPrepare() && await isDue()) await tell({ type: 'prepare' });
  };
  const changed = new Set();
  let soon = 0;
  const prepareSoon = ({ detail }) => {
    if (detail.elsewhere || !canPrepare()) return; // the tab that sent it does so
    (detail.visits || []).forEach((visit) => changed.add(visit));
    clearTimeout(soon);
    soon = setTimeout(() => {
      tell({ type: 'prepare', changed: [...changed] });
      changed.clear();
    }, 1000);
  };

  /* A new version waits until somebody taps; what is typed is kept as a draft, so that a reload loses nothing. */
  let isTapped = false;
  const offer = async (worker) => {
    if (!worker || !serviceWorker.controller || !here().words || document.querySelector('[data-update]')) return;
    const banner = Object.assign(document.createElement('div'), { className: 'banner info' });
    const button = Object.assign(document.createElement('button'), { className: 'btn small', type: 'button' });
    banner.dataset.update = '';
    button.textContent = await say('update');
    if (!button.textContent) return;
    button.onclick = () => {
      isTapped = true;
      button.disabled = true;
      const take = () => worker.postMessage({ type: 'take-over' });
      take();
      // An old worker that is still at work holds the new one up: asked again, and at last without its page.
      setInterval(take, TAKEN_EVERY);
      setTimeout(() => location.reload(), 5 * TAKEN_EVERY);
    };
    banner.append(button);
    document.querySelector('.flash').append(banner);
  };
  const watch = (registration) => {
    if (!registration) return;
    // A page that was on its way while its first worker came to life is passed over by it, and would never be prepared.
    serviceWorker.ready.then(({ active }) => { if (!serviceWorker.controller) active.postMessage({ type: 'claim' }); });
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const coming = registration.installing;
      coming.addEventListener('statechange', () => { if (coming.state === 'installed') offer(coming); });
    });
    let asked = Date.now();
    document.addEventListener('visibilitychange', () => {
      if (document.hidden || Date.now() - asked < 10 * SEEN_EVERY) return;
      asked = Date.now();
      registration.update().catch(() => {});
    });
  };

  /* Whoever signs out leaves nothing behind, but no save may be lost by it. */
  const forgetHere = (whose) => {
    try {
      ['pin', 'touched'].forEach((name) => localStorage.removeItem(`${name}-${whose}`));
      localStorage.removeItem('lock-page');
      sessionStorage.clear();
    } catch { /* nothing was kept */ }
  };
  const notice = (form, text) => {
    const place = document.getElementById('unsent') || form;
    const banner = Object.assign(document.createElement('div'), { className: 'banner trouble' });
    banner.append(Object.assign(document.createElement('p'), { className: 'banner-title', textContent: text }));
    place.querySelectorAll('.banner').forEach((old) => old.remove());
    place.prepend(banner);
  };
  const unsent = async () => {
    const { pending, held, refused, photos } = await here().outbox.state();
    return pending + held + refused + photos;
  };
  const isOnline = () => fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.headers.has('X-Doorstep-Version')).catch(() => false);
  /* sign_out.js has asked before, where there is one: then the form is clean. */
  const signOut = async (form) => {
    if (!form.dataset.clean) {
      if (!await isOnline()) { notice(form, await say('sign_out_offline')); return; }
      await here().outbox.pump('sign-out');
      const left = await unsent();
      if (left) { notice(form, await say('sign_out_unsent', { n: left })); return; }
    }
    await here().store.set('leaving', Number(person)); // killed on the way: the worker goes on with it
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (!answer?.ok || !answer.redirected) {
      await here().store.set('leaving', null);
      notice(form, await say('sign_out_offline'));
      return;
    }
    await tell({ type: 'wipe', person: Number(person) }, 8000);
    forgetHere(person);
    location.replace('/sign-in');
  };
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-sign-out]');
    if (!form || !serviceWorker?.controller || !here().outbox) return;
    event.preventDefault();
    event.stopPropagation();
    signOut(form).catch(() => form.submit());
  }, true);

  /* The page that stands in for one that is not here: what waits to be sent, and what can be opened. */
  const stand = document.querySelector('[data-unsent]');
  const list = (section, rows) => {
    const place = section.querySelector('ul');
    rows.forEach(({ href, ...values }) => {
      const row = document.createElement('li');
      const text = place.dataset.line.replace(/\{(\w+)\}/g, (_place, name) => values[name]);
      row.append(href ? Object.assign(document.createElement('a'), { href, textContent: text }) : text);
      place.append(row);
    });
    section.hidden = rows.length === 0;
  };
  const fillStandIn = async () => {
    const { store } = here();
    if (await store.lock()) return;
    const person = await store.get('person');
    const title = async (visit) => (await store.get(`title:${visit}`) || `${visit}`).split(' · ')[0]; // the time; no PIN lies over this page
    const waits = (await store.entriesOf()).filter((entry) => entry.person === person && ['pending', 'refused'].includes(entry.state));
    const visits = [...new Set(waits.map(({ visit }) => visit))];
    const unsent = visits.map(async (visit) => {
      const mine = waits.filter((entry) => entry.visit === visit);
      const [at] = mine.map((entry) => entry.at).sort((one, other) => Date.parse(one) - Date.parse(other));
      return { visit: await title(visit), n: mine.length, at: clock(at) };
    });
    list(stand, await Promise.all(unsent));
    const prepared = person && await store.get('prepared');
    const open = (prepared?.visits || []).map(async (visit) => ({ visit: await title(visit), href: `/visits/${visit}` }));
    list(document.querySelector('[data-kept]'), await Promise.all(open));
  };
  if (stand) fillStandIn().catch(() => {});

  if (!serviceWorker || !window.isSecureContext) return;
  addEventListener('load', () => {
    serviceWorker.register('/service-worker.js', { scope: '/', updateViaCache: 'none' }).then(watch).catch(() => {});
  });
  serviceWorker.addEventListener('controllerchange', () => { if (isTapped) location.reload(); else { before = 0; prepare(); } });
  document.addEventListener('visibilitychange', () => prepare());
  addEventListener('pageshow', () => prepare());
  document.addEventListener('outbox:receipts', prepareSoon);
  new BroadcastChannel('doorstep-offline').onmessage = ({ data }) => {
    if (data.type === 'prepared') showReady(data);
    if (data.type !== 'wiped') return;
    forgetHere(data.person);
    if (String(data.person) === person && !document.querySelector('form[data-sign-out]')) location.replace('/sign-in');
  };
  showKept().catch(() => {});
});
