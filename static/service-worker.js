/* The worker: it only reads. It answers every GET of the app: while a customer holds the phone with the customer's pages
   alone, else from the network, and from what is kept (js/kept.js) when the network is absent, slow or not ours.
   It never touches a POST; a `sync` only calls the sender (js/outbox.js).

   The server puts a first line before this file: self.DOORSTEP = {version, dev, languages, scripts, shell}.
   Pages say {type: 'prepare', changed?: [visits]} | {type: 'take-over'} | {type: 'claim'} | {type: 'wipe', person} and may give a port for the answer.
   All pages hear on the channel `doorstep-offline`: {type: 'prepared', …} and {type: 'wiped', person}. */
'use strict';
const { version, dev, languages, scripts } = self.DOORSTEP;
importScripts(...scripts);
const { store, kept, outbox } = self.doorstep;
const PATIENCE = 2500; // ms that a page may take when there is one here
const READING = 3000; // ms for our own store, after which the door is shut
const channel = new BroadcastChannel('doorstep-offline');

// Never looked at here: they hold nothing of a visit, and the browser must be able to fetch this file itself.
const OPEN = /^\/(service-worker\.js|healthz|manifest\.webmanifest|favicon\.ico|robots\.txt|doorstep-ca\.crt)$/;
const FILES = /^\/(static|phone-words|offline)\//;
const NORM = /^\/(protocols|prices)\//;
// Pages and data that may be kept; what is not here goes to the network and nowhere else.
const SIGNED_IN = /^\/(account|sign-out)$/; // about the session itself: when it has ended they are of no use
const KEPT = /^\/(outbox|account|norm(\/quiz)?|sign-out|lock\/\w+|visits\/\d+(\/data|\/identity|\/calls\/\d+)?|c\/[\w-]+\/kit\/\w+|(protocols|prices)\/.+|blobs\/[0-9a-f]+|id\/[\w-]+\/photo)?$/;
const INSIDE = /^(\/visits\/\d+)\/steps\/([\w-]+)/; // an address within a visit's document

const after = (ms) => new Promise((_done, failed) => { setTimeout(() => failed(new Error('late')), ms); });
const isPage = (request) => request.mode === 'navigate';
const waiting = (event, promise) => { event.waitUntil(promise.catch(() => {})); return promise; };

/* Who holds the phone: read anew for each answer, since the worker may have been killed in between. */
const standing = () => Promise.race([after(READING), store.run(async (db) => {
  const meta = db.transaction('meta').store;
  const names = ['lock', 'person', 'prepared', 'leaving'];
  const [lock, person, prepared, leaving] = (await Promise.all(names.map((name) => meta.get(name)))).map((one) => one?.value ?? null);
  return { lock, prepared, leaving, person: leaving === null ? person : null }; // whoever signs out reads nothing more
})]);

/* Files hold their version in the address; a page of another version gets ours when its own is out of reach. */
const file = async (request, path) => {
  const found = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  if (found) return found;
  try { return await fetch(request); } catch (fault) {
    const ours = await kept.ofShell(path.replace(/^\/static\/v\/[^/]+/, `/static/v/${version}`));
    if (ours) return ours;
    throw fault;
  }
};

const speech = (about) => {
  const wanted = [about?.prepared?.language, ...navigator.languages.map((tag) => tag.replace('-', '_'))];
  const chinese = /^zh_(tw|hk|mo|hant)/i;
  const known = wanted.filter(Boolean).map((one) => languages.find((own) => own === one)
    || (one.startsWith('zh') && (chinese.test(one) ? 'zh_Hant' : 'zh_Hans')) || languages.find((own) => own === one.slice(0, 2)));
  return known.find(Boolean) || 'en';
};
const standIn = async (about, end = '') => {
  const page = await kept.ofShell(`/offline/${speech(about)}${end}`);
  const headers = page ? page.headers : { 'Content-Type': 'text/plain; charset=utf-8' };
  return new Response(page ? page.body : 'Doorstep', { status: 503, headers });
};

/* The phone is in a customer's hands. */
const forCustomer = async (event, url, about) => {
  const { request } = event;
  const { lock } = about;
  const place = `/c/${lock.token}`;
  const isTheirs = url.pathname === place || url.pathname.startsWith(`${place}/`);
  if (isPage(request) && isTheirs && url.searchParams.has('plain')) return drawn(event, url, about);
  if (isPage(request)) return isTheirs ? kit(event, url, about) : Response.redirect(place, 302);
  const [, photo] = isTheirs && /\/photo\/([0-9a-f]+)$/.exec(url.pathname) || []; // kept for the engineer's page already
  if (isTheirs || NORM.test(url.pathname)) return await kept.find(photo ? `/blobs/${photo}` : url.pathname, about.person ?? undefined) || fetch(request);
  return new Response('', { status: 403 });
};
const kit = async (event, url, about) => {
  const { token, lang } = about.lock;
  for (const one of [url.searchParams.get('lang'), lang, ...languages]) {
    const found = one && await kept.find(`/c/${token}/kit/${one}`);
    if (found) return found;
  }
  return drawn(event, url, about);
};
const drawn = async (event, url, about) => { // by the server, for a phone that has not got what the kit reads
  try { return await fromNetwork(event, url, about); } catch (fault) {
    return fault.answer && fault.answer.headers.has('X-Doorstep-Version') ? fault.answer : standIn(about, '/closed');
  }
};
/* Our own store cannot be read: nobody knows who holds the phone. */
const shut = async (event) => (isPage(event.request) ? standIn(null, '/closed') : new Response('', { status: 503 }));

/* Our server's answer, or a fault that holds the answer that was none: nobody signed in, a fault of the server. */
const fromNetwork = async (event, url, about, had) => {
  const { request } = event;
  const accept = request.headers.get('Accept') || '*/*';
  const answer = await kept.ask(url.pathname + url.search, { had: url.search ? null : had, accept });
  const person = answer.headers.get('X-Doorstep-Person');
  if (person && person !== String(about.person)) waiting(event, store.set('person', Number(person)));
  if (person && about.leaving !== null) waiting(event, store.set('leaving', null)); // signed in after all
  if (answer.headers.get('X-Doorstep-Version') !== version) waiting(event, self.registration.update());
  if (answer.status === 304) return had;
  const place = answer.headers.get('X-Doorstep-Location');
  if (!person && /^\/sign-in\b/.test(place) && about.leaving !== null) waiting(event, signedOut(about.leaving)); // killed on the way out
  // To nobody much is not found that its owner has: what is kept is better then.
  // The phone was given back, and the office does not know yet: it would show the customer's page, which sends nothing.
  const isBack = about.lock === null && /^\/c\//.test(place) && !url.pathname.startsWith('/c/') && (await kept.unsent()).length > 0;
  if (isBack) waiting(event, self.doorstep.outbox.pump('given back').catch(() => {}));
  const isAway = isBack || answer.status === 401 || answer.status >= 500 || (answer.status === 404 && !person) || (/^\/sign-in\b/.test(place) && !SIGNED_IN.test(url.pathname));
  const mine = place === null ? answer : Response.redirect(new URL(place, location.origin), 303);
  if (place !== null) kept.unread(answer);
  if (answer.headers.get('X-Doorstep-Wipe') === String(about.person)) {
    waiting(event, revoked(about.person));
    return mine;
  }
  if (isAway) throw Object.assign(new Error('away'), { answer: mine, isOurs: true });
  if (had && !url.search && kept.isGood(answer) && answer.headers.has('ETag')) {
    const done = waiting(event, kept.keep(url.pathname, answer.clone()));
    // A page that has read these records lets go of its own saves in them: they must be here before it does.
    if (url.pathname.endsWith('/data')) await done.catch(() => {});
  }
  return mine;
};
const page = async (event, url, about) => {
  const had = about.person === null ? undefined : await kept.find(url.pathname, about.person);
  const asked = waiting(event, fromNetwork(event, url, about, had));
  if (!had) {
    return asked.catch((fault) => (fault.isOurs ? fault.answer : absent(event, url, about)));
  }
  const patience = navigator.onLine ? PATIENCE : PATIENCE / 5;
  return Promise.race([asked, after(patience)]).catch((fault) => {
    if (fault.answer) kept.unread(fault.answer);
    return had.clone();
  });
};
/* Not kept, and nobody answers. */
const absent = async (event, url, about) => {
  if (!isPage(event.request)) return Response.error();
  const [, visit, step] = INSIDE.exec(url.pathname) || [];
  if (visit && await kept.find(visit, about.person)) return Response.redirect(new URL(`${visit}#s-${step}`, location.origin), 302);
  return standIn(about);
};
const lasting = async (event, url, about) => await kept.find(url.pathname, about.person) || page(event, url, about);
const pass = (event, url, about) => fetch(event.request).catch(() => absent(event, url, about));

const answer = async (event, url) => {
  let about;
  try { about = await standing(); } catch { return shut(event); }
  const { pathname } = url;
  if (about.lock) return forCustomer(event, url, about);
  if (!KEPT.test(pathname) || event.request.headers.has('HX-Request')) return pass(event, url, about);
  return (NORM.test(pathname) || pathname.startsWith('/blobs/') ? lasting : page)(event, url, about);
};

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin || OPEN.test(url.pathname)) return;
  event.respondWith(FILES.test(url.pathname) && !isPage(request) ? file(request, url.pathname) : answer(event, url));
});

addEventListener('install', (event) => {
  event.waitUntil(kept.install().then(() => dev && self.skipWaiting()));
});
addEventListener('activate', (event) => {
  event.waitUntil(kept.dropOthers().then(() => self.clients.claim()));
});

let preparing = null; // several tabs come to the front at once: one answer for all
let turn = Promise.resolve();
const prepareNow = (about) => {
  turn = turn.catch(() => {}).then(() => kept.prepare(about)).then((made) => {
    channel.postMessage({ type: 'prepared', ...made });
    return made;
  });
  return turn;
};
const prepare = (about) => {
  if (about.changed) return prepareNow(about);
  preparing = preparing || prepareNow(about).finally(() => { preparing = null; });
  return preparing;
};
const wipe = async (person) => {
  await kept.wipe(person);
  channel.postMessage({ type: 'wiped', person });
  return { state: 'wiped' };
};
const signedOut = async (person) => {
  await outbox.wipe(person);
  await store.set('leaving', null);
  return wipe(person);
};
/* Signed out from elsewhere: what was saved goes to the office first, then nothing stays. */
const revoked = async (person) => {
  await outbox.pump('revoked').catch(() => {});
  await outbox.wipe(person);
  return wipe(person);
};
const acts = {
  prepare,
  wipe: ({ person }) => (person ? signedOut(person) : null),
  'take-over': () => self.skipWaiting(),
  claim: () => self.clients.claim(),
};
addEventListener('message', (event) => {
  const act = event.data && acts[event.data.type];
  if (!act) return;
  const done = Promise.resolve().then(() => act(event.data)).catch((fault) => ({ state: 'failed', why: String(fault) }));
  event.waitUntil(done.then((made) => event.ports[0]?.postMessage(made)));
});
addEventListener('sync', (event) => {
  if (event.tag === 'outbox') event.waitUntil(outbox.pump('sync'));
});
// The sender's own news, also from this worker: a receipt that says this phone is signed out for good.
new BroadcastChannel('doorstep-outbox').onmessage = async ({ data }) => {
  if (data?.type === 'wipe' && data.person) await wipe(data.person);
};
