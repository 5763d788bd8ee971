/* What the worker keeps of the server: caches by version of the app and by person. Which request gets what is decided
   in service-worker.js; pages never load this file.

   doorstep-shell-<version>      files, the scripts' words, the pages of last resort: nobody's
   doorstep-<version>-<person>   today, the day's visits with all that they need, by path alone */
(() => {
  'use strict';
  const { version, shell, dev } = self.DOORSTEP;
  const { store } = self.doorstep;
  const SHELL = `doorstep-shell-${version}`;
  const PAGES = /^doorstep-([^-]+)-(\d+)$/;
  const ANY = { ignoreSearch: true, ignoreVary: true };
  const LASTING = /^\/(protocols|prices)\//;
  const PICTURES = /(?:src|href)="((?:\/blobs\/[0-9a-f]{64}|\/id\/[\w-]+\/photo)(?:\?[^"]*)?)"/g;
  // Asked for again only after so long: an identity card would be issued anew, a kit is drawn slowly and holds no values.
  const LASTS = [[/\/identity$/, 15 * 60 * 1000], [/^\/c\/[\w-]+\/kit\//, 12 * 3600 * 1000]];
  const STORES = ['entries', 'blobs', 'drafts', 'meta', 'ledger'];
  const AT_ONCE = 4;
  const PATIENT = 60000; // ms: nobody waits for what is brought beforehand
  let wiped = 0; // counts: a preparing that began before a wipe must not put anything back

  const pathOf = (address) => new URL(address, location.origin).pathname;
  const isData = (address) => pathOf(address).endsWith('/data');
  const nameOf = (person, of = version) => `doorstep-${of}-${person}`;
  const isOurs = (answer) => answer.type === 'basic' && answer.headers.has('X-Doorstep-Version');
  const notOurs = (answer) => Object.assign(new Error('not ours'), { answer });

  /* A GET as the worker asks it. What does not come from our server (a portal of a hotel) is as good as no answer. */
  const ask = async (address, { had, accept = 'text/html', limit = 20000 } = {}) => {
    const headers = new Headers({ 'X-Doorstep-Worker': '1', Accept: accept });
    const etag = had && had.headers.get('ETag');
    if (etag) headers.set('If-None-Match', etag);
    const answer = await fetch(address, {
      headers, credentials: 'same-origin', redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(limit),
    });
    if (!isOurs(answer)) throw notOurs(answer);
    return answer;
  };
  /* A body that nobody reads holds its line to the server: six of them, and nothing more is brought. */
  const unread = (answer) => { answer.body?.cancel().catch(() => {}); };
  const isGood = (answer) => answer.status === 200 && !answer.headers.has('X-Doorstep-Location');

  const put = async (cache, address, answer) => {
    const headers = new Headers(answer.headers);
    ['Content-Encoding', 'Content-Length', 'Vary'].forEach((name) => headers.delete(name));
    headers.set('X-Kept', new Date().toISOString());
    await cache.put(pathOf(address), new Response(await answer.blob(), { status: 200, headers }));
  };
  /* A page of another version of the app belongs to that version's cache, if there is one: it names other files.
     Records are the same for every version, and the page lets go of what it has seen in them: they are kept here too. */
  const cachesOf = async (address, answer) => {
    const person = answer.headers.get('X-Doorstep-Person');
    const of = answer.headers.get('X-Doorstep-Version');
    if (!person) return [];
    // The files of a version that waits for its turn may be here before any page of it is.
    const has = of === version || await caches.has(nameOf(person, of)) || await caches.has(`doorstep-shell-${of}`);
    const names = has ? [nameOf(person, of)] : [];
    if (of !== version && isData(address)) names.push(nameOf(person));
    return Promise.all(names.map((name) => caches.open(name)));
  };
  /* Of two answers on their way at once the older one may come last; records never go back. */
  const isOlder = async (cache, address, answer) => {
    if (!isData(address)) return false;
    const had = await cache.match(pathOf(address), ANY);
    return Boolean(had) && (await had.json()).version > (await answer.clone().json()).version;
  };
  let turn = Promise.resolve(); // one after the other, or both would compare with the same
  const keep = (address, answer) => {
    const before = wiped;
    const done = turn.then(async () => {
      const those = await cachesOf(address, answer);
      for (const cache of those) {
        if (before === wiped && !(await isOlder(cache, address, answer))) await put(cache, address, answer.clone());
      }
      return those.length > 0;
    });
    turn = done.catch(() => {});
    return done;
  };

  const pageCaches = async () => (await caches.keys()).map((name) => [name, ...(PAGES.exec(name) || [])])
    .filter((found) => found.length > 1).map(([name, , of, person]) => ({ name, of, person }));
  /* This version's page first; one of a version that waits for its turn is better than none. */
  const find = async (address, person) => {
    const path = pathOf(address);
    const own = person !== undefined && await caches.match(path, { ...ANY, cacheName: nameOf(person) });
    if (own) return own;
    for (const one of await pageCaches()) {
      const found = (person === undefined || one.person === String(person)) && await caches.match(path, { ...ANY, cacheName: one.name });
      if (found) return found;
    }
    return undefined;
  };
  const ofShell = (address) => caches.match(pathOf(address), { ...ANY, cacheName: SHELL });

  /* Runs `act` over all, a few at once. */
  const each = async (all, act) => {
    const waiting = [...all];
    const line = async () => { while (waiting.length) await act(waiting.shift()); };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
  };

  const isFresh = (path, had) => had && had.headers.get('X-Doorstep-Version') === version && (LASTING.test(path)
    || LASTS.some(([which, ms]) => which.test(path) && Date.now() - Date.parse(had.headers.get('X-Kept')) < ms));
  /* Brings one address up to date. 'kept', 'gone' (the server has no such page any more), or 'failed'. */
  const bring = async (address, person, isAnew) => {
    const had = await find(address, person);
    if (!isAnew && isFresh(pathOf(address), had)) return 'kept';
    const answer = await ask(address, { had, accept: '*/*', limit: PATIENT });
    if (answer.status === 304) return 'kept';
    if ((answer.status === 404 || answer.status === 410) && answer.headers.has('X-Doorstep-Person')) {
      unread(answer);
      await forget([pathOf(address)], person);
      return 'gone';
    }
    const isKept = isGood(answer) && await keep(address, answer);
    if (!isKept) unread(answer);
    return isKept ? 'kept' : 'failed';
  };
  const forget = async (paths, person) => {
    for (const one of await pageCaches()) {
      if (one.person !== String(person)) continue;
      const cache = await caches.open(one.name);
      await Promise.all(paths.map((path) => cache.delete(path)));
    }
  };

  const picturesOf = async (person) => {
    const found = new Map();
    for (const one of (await pageCaches()).filter(({ person: owner }) => owner === String(person))) {
      const cache = await caches.open(one.name);
      for (const { url } of await cache.keys()) {
        if (!/^\/visits\/\d+(\/identity)?$/.test(pathOf(url))) continue;
        const html = await (await cache.match(url)).text();
        for (const [, address] of html.matchAll(PICTURES)) found.set(pathOf(address), address);
      }
    }
    return found;
  };
  const UNSENT = new Set(['pending', 'held', 'refused']);
  const unsent = async () => (await store.entriesOf()).filter((entry) => UNSENT.has(entry.state));

  /* Today's list; null when nobody is signed in or somebody else than an engineer is. */
  const listNow = async () => {
    const had = await find('/offline.json', await store.get('person'));
    const answer = await ask('/offline.json', { had, accept: 'application/json' });
    if (answer.status === 304) return had.json();
    if (!isGood(answer)) { unread(answer); return null; }
    await keep('/offline.json', answer.clone());
    return answer.json();
  };
  const visitOf = (path, tokens) => {
    const [, kind, id] = path.split('/');
    if (kind === 'visits') return Number(id);
    return kind === 'c' ? tokens[id] : undefined;
  };
  const addressesOf = (list) => [...new Set([...list.urls, ...list.visits.flatMap((visit) => visit.urls)])];
  const openOnes = async () => (await self.clients.matchAll({ type: 'window' })).map(({ url }) => pathOf(url));

  /* What today's list no longer names leaves, unless saves of it wait or somebody is looking at it. */
  const tidy = async (list, tokens) => {
    const waiting = await unsent();
    const busy = new Set(waiting.map(({ visit }) => visit));
    (await openOnes()).forEach((path) => busy.add(visitOf(path, tokens)));
    const lock = await store.lock();
    if (lock) busy.add(lock.visit || tokens[lock.token]);
    const wanted = new Set(['/offline.json', ...addressesOf(list).map(pathOf)]);
    const pictures = await picturesOf(list.person);
    const stays = (path) => wanted.has(path) || pictures.has(path) || busy.has(visitOf(path, tokens))
      || (LASTING.test(path) && busy.size > 0);
    for (const { name, person } of await pageCaches()) {
      if (person === String(list.person)) {
        const cache = await caches.open(name);
        const paths = (await cache.keys()).map(({ url }) => pathOf(url));
        await Promise.all(paths.filter((path) => !stays(path)).map((path) => cache.delete(path)));
      } else if (!waiting.some((entry) => String(entry.person) === person)) await caches.delete(name);
    }
    list.visits.forEach(({ id }) => busy.add(id));
    const here = new Set([...await store.entriesOf(), ...await store.all('ledger')].map(({ visit }) => visit));
    for (const visit of here) if (!busy.has(visit)) await letGo(visit);
  };
  /* A visit leaves the store: all of it is with the office. Its counter stays, so that no number is used twice. */
  const letGo = (visit) => store.write(STORES, async (tx) => {
    const [entries, blobs, drafts, meta, ledger] = STORES.map((name) => tx.objectStore(name));
    const mine = await entries.index('visit').getAll(visit);
    const photos = (await blobs.getAll()).filter((blob) => blob.visit === visit);
    if (photos.length || mine.some(({ state }) => UNSENT.has(state))) return;
    mine.forEach(({ key }) => entries.delete(key));
    ledger.delete(IDBKeyRange.bound([visit, 0], [visit, Infinity]));
    drafts.delete(IDBKeyRange.bound(`${visit}:`, `${visit}:\uffff`));
    ['tally', 'title'].forEach((name) => meta.delete(`${name}:${visit}`));
  });
  const pictures = async (person) => {
    for (const [path, address] of await picturesOf(person)) {
      if (!await find(path, person)) await bring(address, person).catch(() => 'failed');
    }
  };
  /* "Prepare for offline": the day's list, everything that it names, and away with what it does not. After a receipt,
     when the list names the same visits as before, only the pages of `changed` visits. */
  const prepare = async ({ changed } = {}) => {
    const before = wiped;
    const list = await listNow();
    if (!list || before !== wiped) return { state: 'signed_out' };
    if (await store.get('person') !== list.person) await store.set('person', list.person);
    if (!await caches.has(nameOf(list.person))) await caches.open(nameOf(list.person));
    const old = await store.get('prepared');
    const isSame = Boolean(old) && old.person === list.person && old.language === list.language;
    const ids = list.visits.map(({ id }) => id);
    const isPart = Boolean(changed) && isSame && !old.missing.length && `${[...old.visits].sort()}` === `${[...ids].sort()}`;
    const part = (changed || []).filter((id) => ids.includes(id)).flatMap((id) => [`/visits/${id}`, `/visits/${id}/data`]);
    const lost = new Set();
    await each(isPart ? ['/', ...part] : addressesOf(list), async (address) => {
      if (before !== wiped) return;
      const how = await bring(address, list.person, !isSame && !LASTING.test(address)).catch(() => 'failed');
      if (how === 'gone' || (how === 'failed' && !await find(address, list.person))) lost.add(address);
    });
    if (before !== wiped) return { state: 'signed_out' };
    await pictures(list.person);
    const tokens = { ...old?.tokens, ...Object.fromEntries(list.visits.map(({ id, token }) => [token, id])) };
    if (!isPart) await tidy(list, tokens);
    const [missing, visits] = [true, false].map((isLost) => list.visits
      .filter(({ urls }) => urls.some((address) => lost.has(address)) === isLost).map(({ id }) => id));
    const listed = new Set(ids);
    const waits = new Set((await unsent()).map(({ visit }) => visit));
    for (const [token, id] of Object.entries(tokens)) if (!listed.has(id) && !waits.has(id)) delete tokens[token];
    const prepared = {
      at: isPart ? old.at : new Date().toISOString(), day: list.day, person: list.person, language: list.language, visits, missing, tokens,
      urls: addressesOf(list),
    };
    if (before === wiped) await store.set('prepared', prepared);
    await Promise.all(list.visits.map(({ id, title }) => title && before === wiped && store.set(`title:${id}`, title)));
    return { state: 'prepared', ...prepared };
  };

  /* The files of this version: all of them, fresh, or none. */
  const fillShell = async () => {
    const cache = await caches.open(SHELL);
    await each(shell, async (address) => {
      const answer = await fetch(address, { cache: 'no-cache', credentials: 'omit', redirect: 'error' });
      const lasts = dev || !address.startsWith(`/static/v/`) || /immutable/.test(answer.headers.get('Cache-Control'));
      // Without our header it comes from a portal; a file of another version is told not to be kept.
      if (!answer.ok || !answer.headers.has('Cross-Origin-Resource-Policy') || !lasts) throw new Error(address);
      await put(cache, address, answer);
    });
  };
  /* Every page that older versions hold for whoever is signed in, as this version draws it. A page that is gone for
     good is dropped; one that merely does not answer stops the update, so that the old version stays whole. */
  const carryOver = async () => {
    const olds = (await pageCaches()).filter(({ of }) => of !== version);
    const held = new Set();
    for (const { name } of olds) (await (await caches.open(name)).keys()).forEach(({ url }) => held.add(pathOf(url)));
    if (!held.size) return;
    const list = await listNow();
    if (!list) throw new Error('signed out');
    const busy = new Set((await unsent()).map(({ visit }) => visit));
    const { tokens = {} } = await store.get('prepared') || {};
    const wanted = new Set(addressesOf(list).map(pathOf));
    const needed = [...held].filter((path) => wanted.has(path) || busy.has(visitOf(path, tokens)));
    const cache = await caches.open(nameOf(list.person));
    await each(needed, async (path) => {
      const answer = await ask(path, { accept: '*/*', limit: PATIENT });
      if (!isGood(answer)) unread(answer);
      if (answer.status === 404 || answer.status === 410) return;
      if (!isGood(answer) || answer.headers.get('X-Doorstep-Version') !== version) throw new Error(path);
      await put(cache, path, answer);
    });
    await pictures(list.person);
  };
  const install = async () => {
    const before = new Set(await caches.keys());
    try {
      await fillShell();
      await carryOver();
    } catch (fault) {
      const made = (await caches.keys()).filter((name) => !before.has(name) && name.includes(`-${version}`));
      await Promise.all(made.map((name) => caches.delete(name)));
      await store.set('update_fault', { version, at: new Date().toISOString(), why: String(fault) }).catch(() => {});
      throw fault;
    }
  };
  const dropOthers = async () => {
    const isOld = (name) => name.startsWith('static-') || (name.startsWith('doorstep-') && name !== SHELL
      && (PAGES.exec(name) || [])[1] !== version);
    await Promise.all((await caches.keys()).filter(isOld).map((name) => caches.delete(name)));
  };

  const forgetPin = (person) => new Promise((done) => {
    const asked = indexedDB.open('doorstep-pin');
    asked.onupgradeneeded = () => asked.transaction.abort(); // there was none
    asked.onerror = done;
    asked.onsuccess = () => {
      const db = asked.result;
      const end = () => { db.close(); done(); };
      if (!db.objectStoreNames.contains('locks')) { end(); return; }
      const tx = db.transaction('locks', 'readwrite');
      tx.objectStore('locks').delete(String(person));
      tx.oncomplete = tx.onabort = end;
    };
  });
  /* The pages of this person leave, and what the PIN opens; what stays of the saves is the outbox's to know. */
  const wipe = async (person) => {
    wiped += 1;
    for (const one of await pageCaches()) if (one.person === String(person)) await caches.delete(one.name);
    await forgetPin(person);
  };

  self.doorstep.kept = { unsent, ask, unread, isGood, keep, find, ofShell, prepare, install, dropOthers, wipe, listNow };
})();
