/* The outbox: every save of a visit becomes an entry on the phone first, then goes to the office in order, once.
   For pages and worker; no DOM. What a save means the rules say, where it lies store.js; what is rarely needed is in
   outbox_more.js.

   Delivered is only what a receipt names: 2xx, JSON, our batch, a result for every key. Anything else (a portal's page, a
   sign-in page, a cut line) leaves the entries where they are. A sent entry stays until a page that shows it was
   loaded (`settle`), or a reload without a network would show its step undone. */
(() => {
  'use strict';
  const { store } = self.doorstep;
  const inPage = typeof document !== 'undefined';
  const address = inPage ? document.currentScript.src : '';
  const COUNT = 25;
  const SIZE = 200000;
  const LIMIT_MS = 20000;
  const ALL = ['entries', 'blobs', 'drafts', 'meta', 'ledger'];
  const boot = String(Math.round(performance.timeOrigin));
  const mono = () => Math.round(performance.now());

  /* News: to this page as an event, to the other tabs by the channel. */
  const channel = self.BroadcastChannel && new BroadcastChannel('doorstep-outbox');
  const show = (news) => inPage && document.dispatchEvent(new CustomEvent(`outbox:${news.type}`, { detail: news }));
  const tell = (type, more) => { const news = { ...more, type }; show(news); if (channel) channel.postMessage(news); };
  if (channel) channel.onmessage = ({ data }) => show({ ...data, type: data.type === 'stored' ? 'state' : data.type, elsewhere: true });

  /* Time: what the device says, with all that is needed to judge it later. */
  const iso = () => {
    const date = new Date();
    const shift = -date.getTimezoneOffset();
    const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, '0');
    return `${new Date(date.getTime() + shift * 6e4).toISOString().slice(0, 23)}${shift < 0 ? '-' : '+'}${two(shift / 60)}:${two(shift % 60)}`;
  };
  const clockNow = async () => ({ device: iso(), mono: mono(), boot, seen: (await store.get('server')) || null });
  const rules = inPage ? import(new URL('rules/clock.js', address)).catch(() => null) : null;
  const heard = async (at) => { // the server's time, whenever it is told
    if (Number.isNaN(Date.parse(at))) return;
    self.doorstep.clock?.(at);
    await store.set('server', { at: new Date(at).toISOString(), mono: mono(), boot, device: iso() });
  };

  /* The same on both sides: SHA-256 of [visit, step, act, fields] in the canonical form of the seal. */
  const sha256 = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const digest = (text) => sha256(new TextEncoder().encode(text));
  const shaOf = ({ visit, step, act, fields }) => {
    const [text, names] = [JSON.stringify, Object.keys(fields).sort()];
    return digest(`[${visit},${text(step)},${text(act)},{${names.map((name) => `${text(name)}:${text(fields[name])}`)}}]`);
  };
  const plain = (value) => (Array.isArray(value) ? value.map(plain) : String(value).replace(/\p{Surrogate}/gu, '?').normalize('NFC'));

  /* An entry without its place in the order. */
  const entryOf = async ({ key, person, visit, step, act = 'done', label, draft, formv = '1', fields = {}, base = null, corrects = null, role = 'engineer', proof = null, extra, clock: read }) => {
    const clock = read || await clockNow();
    const at = (await rules)?.settled?.(clock).at || clock.device;
    const typed = Object.fromEntries(Object.entries(fields).map(([name, value]) => [plain(name), plain(value)]));
    const entry = { key: key || crypto.randomUUID(), person: person || await store.get('person'), visit: Number(visit), step, act, label, draft, formv, at, clock,
      fields: typed, base, corrects, role, shown: null, proof, ...extra, state: 'pending', reason: null, ver: null, tries: 0 };
    return { ...entry, sha: await shaOf(entry) };
  };

  /* One save. Everything slow happens before the transaction; it is said to be saved after it. */
  const save = async ({ photos = [], lock, ...made }) => {
    const entry = await entryOf(made);
    const device = crypto.randomUUID();
    let stored = entry;
    try {
      await store.write(ALL, async (tx) => {
        const [entries, blobs, drafts, meta, ledger] = ALL.map((name) => tx.objectStore(name));
        const twin = await entries.get(entry.key);
        if (twin) { stored = twin; return; } // the same tap again
        entry.device = (await meta.get('device'))?.value || device;
        // The same act of the same step again puts the refused one right: it takes its place in the order.
        const alike = (one) => one.state === 'refused' && one.step === entry.step && one.act === entry.act && one.fields.problem === entry.fields.problem;
        const wrong = entry.corrects ? await entries.get(entry.corrects) : (await entries.index('visit').getAll(entry.visit)).find(alike);
        const counter = `seq:${entry.visit}`;
        const replaces = wrong?.state === 'refused' && !wrong.unknown;
        entry.corrects = replaces ? wrong.key : null;
        entry.was = replaces ? { key: wrong.key, sha: wrong.sha } : null;
        entry.seq = replaces ? wrong.seq : ((await meta.get(counter))?.value || 0) + 1;
        await Promise.all([
          entries.add(entry),
          ledger.put({ visit: entry.visit, seq: entry.seq, key: entry.key, sha: entry.sha }),
          meta.put({ name: 'device', value: entry.device }),
          replaces ? entries.put({ ...wrong, state: 'superseded' }) : meta.put({ name: counter, value: entry.seq }),
          wrong?.unknown && entries.delete(wrong.key),
          lock !== undefined && meta.put({ name: 'lock', value: lock }),
          made.draft && drafts.delete(made.draft),
          ...photos.map(({ sha, type, bytes }) => blobs.put({ sha, visit: entry.visit, person: entry.person, type, bytes, sent: false })),
        ]);
      });
    } catch (fault) {
      throw Object.assign(new Error(fault.message), { code: fault.name === 'QuotaExceededError' ? 'full' : 'store' });
    }
    tell('stored', { ...stored, proof: null, keys: [stored.key] });
    if (lock !== undefined) tell('lock', { lock });
    if (inPage && navigator.storage?.persist && !(await store.get('persist'))) {
      store.set('persist', true).then(() => navigator.storage.persist()).catch(() => {});
    }
    return stored;
  };

  /* Sending. */
  const ON_WIRE = ['key', 'visit', 'seq', 'step', 'act', 'fields', 'at', 'base', 'corrects', 'role', 'formv', 'clock', 'shown', 'proof'];
  const wire = (entry) => Object.fromEntries(ON_WIRE.map((name) => [name, entry[name] ?? null]));
  let most = COUNT;
  let asked = []; // visits whose tally is wanted, sent or not
  const nextBatch = async () => {
    const person = await store.get('person');
    const mine = person ? (await store.entriesOf()).filter((entry) => entry.person === person) : [];
    const pending = mine.filter(({ state: now }) => now === 'pending');
    const device = pending[0]?.device || await store.get('device');
    const entries = [];
    let size = 0;
    for (const entry of pending.filter((one) => one.device === device)) {
      const packed = wire(entry);
      size += JSON.stringify(packed).length;
      if (entries.length && (entries.length >= most || size > SIZE)) break;
      entries.push(packed);
    }
    const waiting = mine.filter(({ state: now }) => now === 'held' || now === 'refused').slice(0, 200);
    const visits = [...new Set([...asked, ...waiting.map(({ visit }) => visit)])].slice(0, COUNT);
    return { batch: crypto.randomUUID(), user: person, device, watch: waiting.map(({ key }) => key), visits, entries };
  };
  const ask = async (place, method, type, body) => {
    const headers = { 'X-Outbox': '1', Accept: 'application/json', 'Content-Type': type };
    const answer = await fetch(place, { method, headers, body, redirect: 'error', cache: 'no-store', signal: AbortSignal.timeout(LIMIT_MS) });
    return { ok: answer.ok, status: answer.status, said: (await answer.json().catch(() => null)) || {} };
  };
  const undelivered = async ({ status, said }) => {
    const why = status === 401 && said.code ? { revoked: 'revoked' }[said.code] || 'sign_in' : status === 409 ? 'other' : '';
    if (why) await store.set('halt', why);
    return Object.assign(new Error('not delivered'), { halted: why });
  };

  /* What was refused stands typed in its form again. */
  const asDraft = ({ draft, base, fields }) => ({ name: draft, at: iso(), fields: { base: base || '', photos: [],
    typed: Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one, ''])) } });
  const noted = (entry, result, { versions = {} }) => {
    const { state: now, reason, fields, text } = typeof result === 'string' ? { state: result } : result;
    const fieldsNow = entry.act === 'rated' && now !== 'refused' ? {} : entry.fields; // a rating leaves the phone with its receipt
    if (now === 'applied') return { ...entry, fields: fieldsNow, state: now, reason: null, proof: null, ver: versions[entry.visit] ?? entry.ver ?? Infinity };
    if (now === 'mismatch') return { ...entry, state: 'refused', reason: now };
    return { ...entry, fields: fieldsNow, state: now, reason: reason ?? entry.reason, fault: fields ? { fields } : entry.fault, text: text ?? entry.text };
  };
  const takeReceipt = (receipt, watch) => store.write(['entries', 'meta', 'drafts', 'ledger'], async (tx) => {
    const [entries, meta, drafts, ledger] = ['entries', 'meta', 'drafts', 'ledger'].map((name) => tx.objectStore(name));
    const giveBack = ({ visit, seq, was }) => was && ledger.put({ visit, seq, ...was }); // the desk settled it before: its place is not ours
    for (const [key, result] of Object.entries({ ...receipt.watch, ...receipt.results })) {
      const entry = await entries.get(key);
      if (!entry || result.state === 'reseq') continue;
      const changed = noted(entry, result, receipt);
      if (entry.corrects) entries.delete(entry.corrects); // the office knows now that it was put right
      if (changed.state === 'refused' && entry.state !== 'refused' && entry.draft && entry.act !== 'done') drafts.put(asDraft(entry));
      if (changed.state === 'superseded') giveBack(entry);
      if (changed.state === 'superseded' || changed.state === 'withdrawn') entries.delete(key); else entries.put(changed);
    }
    for (const key of watch.filter((one) => receipt.watch && !receipt.watch[one])) { // it did not even keep this one: nothing there to put right
      const entry = await entries.get(key);
      if (entry?.state !== 'refused' || receipt.results?.[key]) continue;
      giveBack(entry);
      entries.put({ ...entry, unknown: true });
    }
    for (const [visit, tally] of Object.entries(receipt.tallies || {})) meta.put({ name: `tally:${visit}`, value: { ...tally, at: receipt.now } });
    meta.put({ name: 'halt', value: null });
  });
  let loading = null;
  const more = () => { // in a worker it is there or not at all
    loading = loading || (self.doorstep.outboxMore || !inPage ? Promise.resolve() : new Promise((done, failed) => {
      document.head.append(Object.assign(document.createElement('script'), { src: new URL('outbox_more.js', address).href, onload: done, onerror: failed }));
    }));
    loading.catch(() => { loading = null; });
    return loading.then(() => self.doorstep.outboxMore || Promise.reject(new Error('outbox_more.js')));
  };
  const sendEntries = async () => {
    const done = { sent: 0, receipts: 0 };
    let wipes = null;
    for (let round = 0; round < 40; round += 1) {
      const body = await nextBatch();
      if (!body.entries.length && (round || !(body.watch.length + asked.length))) break;
      const answer = await ask('/outbox', 'POST', 'application/json', JSON.stringify(body));
      const { ok, status, said } = answer;
      if (!ok || said.ack !== body.batch || !body.entries.every(({ key }) => said.results?.[key]?.state)) {
        most = status >= 400 && status < 500 ? 1 : COUNT; // one that the server cannot read must not hold back those before it
        throw await undelivered(answer);
      }
      most = COUNT;
      await takeReceipt(said, body.watch);
      await heard(said.now);
      if (body.entries.some(({ key }) => said.results[key].state === 'reseq')) await (await more()).renumber();
      for (const [visit, seq] of Object.entries(said.missing || {})) await (await more()).fill(Number(visit), seq);
      done.sent += body.entries.length;
      done.receipts += 1;
      const visits = [...new Set(body.entries.map(({ visit }) => visit))];
      tell('receipts', { visit: visits[0], visits, keys: Object.keys(said.results || {}), versions: said.versions });
      if (said.wipe) wipes = body.user;
    }
    asked = [];
    if (wipes) { // signed out from elsewhere; the office has it all now
      await (await more()).wipe(wipes, ['applied', 'superseded', 'held', 'refused']);
      throw Object.assign(new Error('signed out'), { halted: 'revoked' });
    }
    return done;
  };
  const sendPhotos = async () => {
    const person = await store.get('person');
    const waiting = (await store.all('blobs')).filter((blob) => blob.person === person && !blob.refused);
    for (const blob of waiting) {
      const answer = await ask(`/blobs/${blob.sha}`, 'PUT', blob.type || 'image/jpeg', blob.bytes);
      const { ok, status, said } = answer;
      const settled = ok && said.ack === blob.sha;
      if (settled) await store.write(['blobs'], (tx) => tx.store.delete(blob.sha));
      else if ([413, 415, 422].includes(status) && said.code) await store.write(['blobs'], (tx) => tx.store.put({ ...blob, refused: said.code, text: said.text }));
      else if (status !== 404) throw await undelivered(answer);
      else if (!(await store.entriesOf(blob.visit)).some((entry) => entry.state !== 'superseded' && JSON.stringify(entry.fields).includes(blob.sha))) {
        await store.write(['blobs'], (tx) => tx.store.delete(blob.sha)); // what named it was put right without it, or withdrawn
      } // else its entry waits at the office until another one is put right
    }
    if (waiting.length) tell('state');
  };

  let wait = 1000;
  let timer = 0;
  const later = (ms) => {
    clearTimeout(timer);
    if (inPage) timer = setTimeout(() => pump('timer'), ms * (0.75 + Math.random() / 2));
  };
  const drain = async () => {
    try {
      const done = await sendEntries();
      await sendPhotos();
      wait = 1000;
      const { held, refused, photos } = await state();
      if (held || refused || photos) later(60000);
      return done;
    } catch (fault) {
      if (!fault.halted) { later(wait); wait = Math.min(60000, wait * 2); } // a halt ends by signing in, not by waiting
      tell('state');
      return { sent: 0, receipts: 0, fault: fault.halted || fault.name };
    }
  };
  /* One sender at a time, of all tabs and the worker; a tab that has died holds nothing up. */
  let running = null;
  let again = false;
  const rounds = async () => {
    let done;
    do { again = false; done = await drain(); } while (again && !done.fault);
    return done;
  };
  const pump = (why, visits) => {
    if (visits) asked = visits;
    if (why !== 'timer') wait = 1000;
    again = Boolean(running);
    running = running || navigator.locks.request('outbox-pump', rounds).finally(() => { running = null; });
    return running;
  };

  /* What is here. */
  const state = async (visit) => {
    const [entries, blobs, person, why] = await Promise.all([store.entriesOf(visit), store.all('blobs'), store.get('person'), store.get('halt')]);
    const mine = entries.filter((entry) => entry.person === person);
    const those = (name) => mine.filter((entry) => entry.state === name);
    const others = [];
    for (const entry of entries.filter((one) => one.person !== person && one.state === 'pending')) {
      const known = others.find((one) => one.person === entry.person);
      if (known) known.n += 1; else others.push({ person: entry.person, n: 1, name: (await store.get(`name:${entry.person}`)) || '' });
    }
    const photos = blobs.filter((blob) => blob.person === person && (visit === undefined || blob.visit === Number(visit)));
    const photosRefused = photos.filter((blob) => blob.refused).length;
    return {
      pending: those('pending').length, held: those('held').length, refused: those('refused').length,
      photos: photos.length - photosRefused, photosRefused, others,
      oldest: those('pending').map(({ at }) => at).sort((a, b) => Date.parse(a) - Date.parse(b))[0] || null,
      needsSignIn: why === 'sign_in', revoked: why === 'revoked', otherPerson: why === 'other',
    };
  };
  /* A page or data of this version was loaded: what it holds need not be painted over it any more. */
  const settle = async (visit, version) => {
    const keys = await store.write(['entries'], async (tx) => {
      const done = (await tx.store.index('visit').getAll(Number(visit))).filter((entry) => entry.state === 'applied' && entry.ver <= version);
      done.forEach(({ key }) => tx.store.delete(key));
      return done.map(({ key }) => key);
    });
    if (keys.length) tell('state', { visit: Number(visit), keys });
    return keys;
  };
  const rarely = (name) => async (...told) => (await more())[name](...told);

  self.doorstep.outbox = { save, pump, state, settle, heard, shaOf, sha256, digest, iso, tell, entryOf, wire, more, clockNow,
    boot,
    withdraw: rarely('withdraw'), exported: rarely('exported'), tally: rarely('tally'), told: rarely('told'), evict: rarely('evict'), wipe: rarely('wipe') };
})();
