/* The outbox: every save of a visit becomes an entry on the phone first, then goes to the office in order, once.
   For pages and worker alike; no DOM. What a save means is decided by the rules, where it lies by store.js.

   Only a receipt counts as delivered: 2xx, JSON, our batch's name, a result for every key. Anything else (a portal's
   page, a sign-in page, a cut line) leaves the entries where they are. A sent entry stays until a page that shows it
   has been loaded (`settle`), or a reload without a network would show the step undone. */
(() => {
  'use strict';
  const { store } = self.doorstep;
  const inPage = typeof document !== 'undefined';
  const COUNT = 25;
  const SIZE = 200000;
  const LIMIT_S = 20;
  const HEADERS = { 'X-Outbox': '1', Accept: 'application/json' };
  const ALL = ['entries', 'blobs', 'drafts', 'meta', 'ledger'];
  const boot = String(Math.round(performance.timeOrigin));
  const mono = () => Math.round(performance.now());
  const plain = (value) => String(value).replace(/\p{Surrogate}/gu, '?').normalize('NFC');
  const each = (fields, act) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [plain(name),
    Array.isArray(value) ? value.map(act) : act(value)]));

  /* News: to this page as an event, to the other tabs and the worker by the channel. */
  const channel = self.BroadcastChannel && new BroadcastChannel('doorstep-outbox');
  const show = (news) => { if (inPage) document.dispatchEvent(new CustomEvent(`outbox:${news.type}`, { detail: news })); };
  const tell = (type, more = {}) => { const news = { type, ...more }; show(news); if (channel) channel.postMessage(news); };
  if (channel) channel.onmessage = ({ data }) => show({ ...data, elsewhere: true });

  /* Time: what the device says, with all that is needed to judge it later. */
  const iso = (date = new Date()) => {
    const shift = -date.getTimezoneOffset();
    const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, '0');
    const local = new Date(date.getTime() + shift * 60000).toISOString().slice(0, 23);
    return `${local}${shift < 0 ? '-' : '+'}${two(shift / 60)}:${two(shift % 60)}`;
  };
  const rules = inPage ? import(new URL('rules/clock.js', document.currentScript.src)).catch(() => null) : null;
  const heard = async (at) => { // the server's time, whenever it is told
    if (!Number.isFinite(Date.parse(at))) return;
    if (self.doorstep.clock) self.doorstep.clock(at);
    await store.set('server', { at: new Date(at).toISOString(), mono: mono(), boot, device: iso() });
  };

  /* The same on both sides: SHA-256 of [visit, step, act, fields] in the canonical form of the seal. */
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const sha256 = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes));
  const digest = (text) => sha256(new TextEncoder().encode(text));
  const shaOf = ({ visit, step, act, fields }) => {
    const body = Object.keys(fields).sort().map((name) => `${JSON.stringify(name)}:${JSON.stringify(fields[name])}`);
    return digest(`[${Number(visit)},${JSON.stringify(step)},${JSON.stringify(act)},{${body}}]`);
  };

  const full = (fault) => Object.assign(new Error(fault.message), { code: fault.name === 'QuotaExceededError' ? 'full' : 'store', fault });

  /* One save. Everything slow happens before the transaction; it is said to be saved after it. */
  const save = async (made) => {
    const { visit, step, act = 'done', base = null, corrects = null, role = 'engineer', photos = [], lock, proof = null, extra = {} } = made;
    const clock = { device: iso(), mono: mono(), boot, seen: (await store.get('server')) || null };
    const settled = (await rules)?.settled?.(clock);
    const entry = {
      key: made.key || crypto.randomUUID(), person: made.person || await store.get('person'), visit: Number(visit), step, act,
      label: made.label, draft: made.draft, formv: made.formv || '1', at: settled?.at || clock.device, clock,
      fields: each(made.fields || {}, plain), base, corrects, role, shown: null, proof, ...extra,
      state: 'pending', reason: null, ver: null, tries: 0,
    };
    entry.sha = await shaOf(entry);
    const fresh = crypto.randomUUID();
    let stored = entry;
    try {
      await store.write(ALL, async (tx) => {
        const [entries, blobs, drafts, meta, ledger] = ALL.map((name) => tx.objectStore(name));
        const twin = await entries.get(entry.key);
        if (twin) { stored = twin; return; } // the same tap again
        entry.device = (await meta.get('device'))?.value;
        if (!entry.device) { entry.device = fresh; meta.put({ name: 'device', value: fresh }); }
        // The same act of the same step again puts the refused one right: it takes its place in the order.
        const alike = (one) => one.state === 'refused' && one.step === step && one.act === act && one.fields.problem === entry.fields.problem;
        const wrong = corrects ? await entries.get(corrects) : (await entries.index('visit').getAll(entry.visit)).find(alike);
        if (wrong && wrong.state === 'refused') {
          Object.assign(entry, { seq: wrong.seq, corrects: wrong.key });
          entries.put({ ...wrong, state: 'superseded' });
        } else {
          const counter = `seq:${entry.visit}`;
          entry.seq = ((await meta.get(counter))?.value || 0) + 1;
          entry.corrects = null;
          meta.put({ name: counter, value: entry.seq });
        }
        photos.forEach(({ sha, type, bytes }) => blobs.put({ sha, visit: entry.visit, person: entry.person, type, bytes, sent: false }));
        if (made.draft) drafts.delete(made.draft);
        if (lock !== undefined) meta.put({ name: 'lock', value: lock });
        ledger.put({ visit: entry.visit, seq: entry.seq, key: entry.key, sha: entry.sha });
        await entries.add(entry);
      });
    } catch (fault) { throw full(fault); }
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
  const nextBatch = async () => {
    const person = await store.get('person');
    const mine = person ? (await store.entriesOf()).filter((entry) => entry.person === person) : [];
    const pending = mine.filter((entry) => entry.state === 'pending');
    const device = pending[0]?.device || await store.get('device');
    const entries = [];
    let size = 0;
    for (const entry of pending.filter((one) => one.device === device)) {
      const packed = wire(entry);
      size += JSON.stringify(packed).length;
      if (entries.length && (entries.length >= most || size > SIZE)) break;
      entries.push(packed);
    }
    const watch = mine.filter(({ state }) => state === 'held' || state === 'refused').map(({ key }) => key);
    return { batch: crypto.randomUUID(), user: person, device, watch: watch.slice(0, 200), entries };
  };
  const ask = async (address, options) => {
    const answer = await fetch(address, { redirect: 'error', cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(LIMIT_S * 1000), ...options });
    const said = await answer.json().catch(() => null);
    return { ok: answer.ok, status: answer.status, said: said || {} };
  };
  const haltOf = ({ status, said }) => {
    if (status === 401 && said.code) return said.code === 'revoked' ? 'revoked' : 'sign_in';
    return status === 409 ? 'other' : '';
  };
  const isReceipt = ({ ok, said }, body) => ok && said.ack === body.batch && body.entries.every(({ key }) => said.results?.[key]?.state);

  const SETTLED = ['superseded', 'withdrawn'];
  const note = (entry, result, receipt) => {
    const { state, reason, fields, text } = typeof result === 'string' ? { state: result } : result;
    const changed = { ...entry, state };
    if (state === 'mismatch') Object.assign(changed, { state: 'refused', reason: 'mismatch' });
    if (state === 'refused') Object.assign(changed, { reason: reason ?? entry.reason, fault: fields ? { fields } : entry.fault, text: text ?? entry.text });
    if (state === 'applied') Object.assign(changed, { ver: receipt.versions?.[entry.visit] ?? 0, proof: null, reason: null });
    return changed;
  };
  /* What was refused stands typed in its form again. */
  const asDraft = ({ draft, base, fields }) => ({ name: draft, at: iso(), fields: { base: base || '', photos: [],
    typed: Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one, ''])) } });
  const takeReceipt = (receipt) => store.write(['entries', 'meta', 'drafts'], async (tx) => {
    const [entries, meta, drafts] = ['entries', 'meta', 'drafts'].map((name) => tx.objectStore(name));
    const touched = [];
    for (const [key, result] of Object.entries({ ...receipt.watch, ...receipt.results })) {
      const entry = await entries.get(key);
      const changed = entry && result.state !== 'reseq' && note(entry, result, receipt);
      if (!changed || (entry.state === 'superseded' && changed.state !== 'applied')) continue;
      if (changed.state !== entry.state || changed.reason !== entry.reason) touched.push(changed);
      if (changed.state === 'refused' && entry.state !== 'refused' && entry.draft && entry.act !== 'done') drafts.put(asDraft(entry));
      if (SETTLED.includes(changed.state)) entries.delete(key); else entries.put(changed);
      if (entry.corrects) entries.delete(entry.corrects); // the office knows now that it was put right
    }
    for (const [visit, tally] of Object.entries(receipt.tallies || {})) meta.put({ name: `tally:${visit}`, value: { ...tally, at: receipt.now } });
    meta.put({ name: 'halt', value: null });
    return touched;
  });

  /* The office knows numbers that this phone has used already (it was restored from a backup): begin as another device. */
  const renumber = async () => {
    const device = crypto.randomUUID();
    await store.write(['entries', 'meta', 'ledger'], async (tx) => {
      const [entries, meta, ledger] = ['entries', 'meta', 'ledger'].map((name) => tx.objectStore(name));
      const pending = (await entries.getAll()).filter(({ state }) => state === 'pending').sort((a, b) => a.visit - b.visit || a.seq - b.seq);
      for (const name of await meta.getAllKeys()) if (name.startsWith('seq:') || name.startsWith('tally:')) meta.delete(name);
      ledger.clear();
      const last = {};
      for (const entry of pending) {
        last[entry.visit] = (last[entry.visit] || 0) + 1;
        const { key, visit, sha } = entry;
        entries.put({ ...entry, device, seq: last[visit] });
        ledger.put({ visit, seq: last[visit], key, sha });
      }
      for (const [visit, value] of Object.entries(last)) meta.put({ name: `seq:${visit}`, value });
      meta.put({ name: 'device', value: device });
    });
  };
  /* The office waits for number n: it is sent again, or said to be empty when this phone has none. */
  const fill = async (visit, seq) => {
    const clock = { device: iso(), mono: mono(), boot, seen: (await store.get('server')) || null };
    const empty = { key: crypto.randomUUID(), person: await store.get('person'), device: await store.get('device'), visit: Number(visit), seq, step: 'void',
      act: 'void', formv: '1', at: clock.device, clock, fields: {}, base: null, corrects: null, role: 'engineer', shown: null, proof: null, state: 'pending', reason: null, ver: null, tries: 0 };
    empty.sha = await shaOf(empty);
    await store.write(['entries', 'ledger'], async (tx) => {
      const entries = tx.objectStore('entries');
      const mine = (await entries.index('visit').getAll(empty.visit)).find((one) => one.seq === seq && one.device === empty.device && one.state !== 'superseded');
      if (mine) { if (mine.state !== 'pending') entries.put({ ...mine, state: 'pending' }); return; }
      tx.objectStore('ledger').put({ visit: empty.visit, seq, key: empty.key, sha: empty.sha });
      entries.put(empty);
    });
  };

  const halt = async (why) => { await store.set('halt', why); tell('state'); };
  const sendEntries = async () => {
    const done = { sent: 0, receipts: 0 };
    for (let round = 0; round < 40; round += 1) {
      const body = await nextBatch();
      if (!body.entries.length && !(round === 0 && body.watch.length)) return done;
      const answer = await ask('/outbox', { method: 'POST', headers: { ...HEADERS, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
      if (!isReceipt(answer, body)) {
        const why = haltOf(answer);
        if (why) await halt(why);
        most = answer.status >= 400 && answer.status < 500 ? 1 : COUNT; // one that the server cannot read must not hold back the rest
        throw Object.assign(new Error('not delivered'), { halted: why });
      }
      most = COUNT;
      const receipt = answer.said;
      const touched = await takeReceipt(receipt);
      await heard(receipt.now);
      if (Object.values(receipt.results || {}).some(({ state }) => state === 'reseq')) await renumber();
      for (const [visit, seq] of Object.entries(receipt.missing || {})) await fill(visit, seq);
      done.sent += body.entries.length;
      done.receipts += 1;
      const visits = [...new Set(body.entries.map(({ visit }) => visit))];
      tell('receipts', { visit: visits[0], visits, keys: Object.keys(receipt.results || {}), entries: touched, versions: receipt.versions });
      if (receipt.wipe) { await wipe(body.user); throw Object.assign(new Error('revoked'), { halted: 'revoked' }); }
    }
    return done;
  };
  const sendPhotos = async () => {
    const person = await store.get('person');
    const waiting = (await store.all('blobs')).filter((blob) => blob.person === person && !blob.refused);
    for (const blob of waiting) {
      const answer = await ask(`/blobs/${blob.sha}`, { method: 'PUT', headers: { ...HEADERS, 'Content-Type': blob.type || 'image/jpeg' }, body: blob.bytes });
      const { ok, status, said } = answer;
      const why = haltOf(answer);
      if (ok && said.ack === blob.sha) await store.write(['blobs'], (tx) => tx.objectStore('blobs').delete(blob.sha));
      else if (why) { await halt(why); throw Object.assign(new Error('not delivered'), { halted: why }); }
      else if ([413, 415, 422].includes(status) && said.code) await store.write(['blobs'], (tx) => tx.objectStore('blobs').put({ ...blob, refused: said.code, text: said.text }));
      else if (status !== 404) throw new Error('not delivered'); // 404: its entry waits for another one to be put right
      tell('state', { visit: blob.visit });
    }
  };

  let wait = 1000;
  let timer = 0;
  const later = (ms) => {
    if (!inPage) return;
    clearTimeout(timer);
    timer = setTimeout(() => pump('timer'), ms * (0.75 + Math.random() / 2));
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
      if (!fault.halted) { later(wait); wait = Math.min(60000, wait * 2); }
      tell('state');
      return { sent: 0, receipts: 0, fault: fault.halted || fault.name };
    }
  };
  const pump = (why) => {
    clearTimeout(timer);
    if (why !== 'timer') wait = 1000;
    return navigator.locks.request('outbox-pump', { ifAvailable: true }, (mine) => {
      if (mine) return drain();
      later(1000); // another tab sends; it may have looked before this save was there
      return { sent: 0, receipts: 0, busy: true };
    });
  };

  /* What is here. */
  const state = async (visit) => {
    const [entries, blobs, person, why] = await Promise.all([store.entriesOf(visit), store.all('blobs'), store.get('person'), store.get('halt')]);
    const mine = entries.filter((entry) => entry.person === person);
    const count = (name) => mine.filter((entry) => entry.state === name).length;
    const unsent = mine.filter((entry) => entry.state === 'pending');
    const strangers = new Map();
    entries.filter((entry) => entry.person !== person && entry.state === 'pending').forEach((entry) => strangers.set(entry.person, (strangers.get(entry.person) || 0) + 1));
    const others = [];
    for (const [who, n] of strangers) others.push({ person: who, n, name: (await store.get(`name:${who}`)) || '' });
    const photos = blobs.filter((blob) => blob.person === person && (visit === undefined || blob.visit === Number(visit)));
    return {
      pending: unsent.length, held: count('held'), refused: count('refused'), photos: photos.filter((blob) => !blob.refused).length,
      photosRefused: photos.filter((blob) => blob.refused).length, oldest: unsent.map(({ at }) => at).sort((a, b) => Date.parse(a) - Date.parse(b))[0] || null,
      others, needsSignIn: why === 'sign_in', revoked: why === 'revoked', otherPerson: why === 'other',
    };
  };
  const tally = async (visit) => {
    const rows = await store.run((db) => db.getAll('ledger', IDBKeyRange.bound([Number(visit), 0], [Number(visit), Infinity])));
    return { count: rows.length, digest: await digest(rows.map(({ seq, key, sha }) => `${seq} ${key} ${sha}\n`).join('')) };
  };
  const exported = async () => {
    const text = (bytes) => { let s = ''; new Uint8Array(bytes).forEach((byte) => { s += String.fromCharCode(byte); }); return btoa(s); };
    const entries = (await store.entriesOf()).filter((entry) => entry.state !== 'applied' && entry.state !== 'superseded');
    const photos = (await store.all('blobs')).map(({ bytes, ...blob }) => ({ ...blob, base64: text(bytes) }));
    const told = entries.map((entry) => ({ ...wire(entry), proof: null, person: entry.person, device: entry.device, state: entry.state, sha: entry.sha }));
    return new Blob([JSON.stringify({ v: 1, made: iso(), entries: told, photos }, null, 1)], { type: 'application/json' });
  };

  /* A refused one that is not to be put right: an empty entry takes its place, with the reason. */
  const withdraw = async (key, reason) => {
    const wrong = await store.entry(key);
    if (!wrong || wrong.state !== 'refused') return null;
    const made = await save({ visit: wrong.visit, step: wrong.step, act: 'void', corrects: key, fields: { reason }, label: wrong.label, person: wrong.person });
    const named = new Set((await store.entriesOf()).filter((one) => one.state !== 'superseded').flatMap((one) => Object.values(one.fields).flat()));
    await store.write(['blobs'], async (tx) => {
      for (const blob of await tx.store.getAll()) if (blob.visit === wrong.visit && !named.has(`sha256:${blob.sha}`)) tx.store.delete(blob.sha);
    });
    return made;
  };
  /* A page or data of this version was loaded: what it holds need not be painted over it any more. */
  const settle = async (visit, version) => {
    const gone = await store.write(['entries'], async (tx) => {
      const done = (await tx.store.index('visit').getAll(Number(visit))).filter((entry) => entry.state === 'applied' && entry.ver <= version);
      done.forEach(({ key }) => tx.store.delete(key));
      return done.map(({ key }) => key);
    });
    if (gone.length) tell('state', { visit: Number(visit), keys: gone });
    return gone;
  };
  /* A visit leaves the phone: all of it is with the office. Its counter stays, so that a number is never used twice. */
  const evict = (visit) => store.write(ALL, async (tx) => {
    const [entries, blobs, drafts, meta, ledger] = ALL.map((name) => tx.objectStore(name));
    const mine = await entries.index('visit').getAll(Number(visit));
    const photos = (await blobs.getAll()).filter((blob) => blob.visit === Number(visit));
    if (photos.length || mine.some((entry) => !['applied', 'superseded'].includes(entry.state))) return false;
    mine.forEach(({ key }) => entries.delete(key));
    ledger.delete(IDBKeyRange.bound([Number(visit), 0], [Number(visit), Infinity]));
    drafts.delete(IDBKeyRange.bound(`${visit}:`, `${visit}:\uffff`));
    ['tally', 'title'].forEach((name) => meta.delete(`${name}:${visit}`));
    return true;
  });
  /* A clean sign-out, or one from elsewhere: nothing of this person stays but what only this phone has. */
  const wipe = async (person) => {
    await store.write(ALL, async (tx) => {
      const [entries, , drafts, meta, ledger] = ALL.map((name) => tx.objectStore(name));
      const kept = new Set();
      for (const { key, visit, state: now } of await entries.getAll()) {
        if (now === 'applied' || now === 'superseded') entries.delete(key); else kept.add(String(visit));
      }
      drafts.clear();
      for (const [visit, seq] of await ledger.getAllKeys()) if (!kept.has(String(visit))) ledger.delete([visit, seq]);
      for (const name of await meta.getAllKeys()) {
        const [kind, visit] = name.split(':');
        if (['prepared', 'person', 'halt', 'lock'].includes(name) || (['tally', 'title'].includes(kind) && !kept.has(visit))) meta.delete(name);
      }
      meta.put({ name: 'wiped', value: iso() });
    });
    tell('wipe', { person });
  };

  self.doorstep.outbox = { save, pump, state, withdraw, exported, tally, settle, evict, wipe, heard, shaOf, sha256, iso, tell };
})();
