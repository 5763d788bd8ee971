/* What the outbox needs rarely: numbers put in order with the office, a save withdrawn, the tally, the export, the wipe.
   Loaded by outbox.js when asked for. */
(() => {
  'use strict';
  const { store, outbox } = self.doorstep;
  const ALL = ['entries', 'blobs', 'drafts', 'meta', 'ledger'];
  const GONE = ['applied', 'superseded'];

  /* The office knows numbers that this phone has not used (it was restored from a backup): begin as another device. */
  const renumber = async () => {
    const device = crypto.randomUUID();
    await store.write(['entries', 'meta', 'ledger'], async (tx) => {
      const [entries, meta, ledger] = ['entries', 'meta', 'ledger'].map((name) => tx.objectStore(name));
      const pending = (await entries.getAll()).filter(({ state }) => state === 'pending').sort((a, b) => a.visit - b.visit || a.seq - b.seq);
      for (const name of await meta.getAllKeys()) if (/^(seq|tally):/.test(name)) meta.delete(name);
      ledger.clear();
      const last = {};
      for (const entry of pending) {
        const { key, visit, sha } = entry;
        const seq = (last[visit] || 0) + 1;
        last[visit] = seq;
        entries.put({ ...entry, device, seq });
        ledger.put({ visit, seq, key, sha });
      }
      for (const [visit, value] of Object.entries(last)) meta.put({ name: `seq:${visit}`, value });
      meta.put({ name: 'device', value: device });
    });
  };
  /* The office waits for number n: it is sent again, or said to be empty when this phone has none. */
  const fill = async (visit, seq) => {
    const empty = await outbox.entryOf({ visit, step: 'void', act: 'void' });
    Object.assign(empty, { seq, device: await store.get('device') });
    await store.write(['entries', 'ledger'], async (tx) => {
      const entries = tx.objectStore('entries');
      const mine = (await entries.index('visit').getAll(visit)).find((one) => one.seq === seq && one.device === empty.device && one.state !== 'superseded');
      if (mine) { entries.put({ ...mine, state: 'pending' }); return; }
      const { key, sha } = empty;
      tx.objectStore('ledger').put({ visit, seq, key, sha });
      entries.put(empty);
    });
  };

  /* A refused one that is not to be put right: an empty entry with the reason takes its place. */
  const withdraw = async (key, reason) => {
    const wrong = await store.entry(key);
    if (!wrong || wrong.state !== 'refused') return null;
    const made = wrong.unknown ? await store.write(['entries'], (tx) => tx.store.delete(key)) : await outbox.save({ visit: wrong.visit, step: wrong.step, act: 'void', corrects: key, fields: { reason }, label: wrong.label, person: wrong.person });
    const named = new Set((await store.entriesOf()).filter(({ state }) => state !== 'superseded').flatMap(({ fields }) => Object.values(fields).flat()));
    await store.write(['blobs', 'drafts'], async (tx) => {
      const blobs = tx.objectStore('blobs');
      for (const blob of await blobs.getAll()) if (blob.visit === wrong.visit && !named.has(`sha256:${blob.sha}`)) blobs.delete(blob.sha);
      if (wrong.draft) tx.objectStore('drafts').delete(wrong.draft);
    });
    outbox.tell('state', { visit: wrong.visit });
    return made;
  };

  /* The same count and digest as the office has, when it has all. */
  const tally = async (visit) => {
    const rows = await store.run((db) => db.getAll('ledger', IDBKeyRange.bound([Number(visit), 0], [Number(visit), Infinity])));
    return { count: rows.length, digest: await outbox.digest(rows.map(({ seq, key, sha }) => `${seq} ${key} ${sha}\n`).join('')) };
  };

  /* What the office has of a visit: whole only when both sides reckon the same digest. Null: nothing was ever saved. */
  const told = async (visit) => {
    const [{ count: total, digest }, office, entries] = await Promise.all([tally(visit), store.get(`tally:${visit}`), store.entriesOf(visit)]);
    const n = Math.min(office?.count || 0, total);
    if (!total) return null;
    if (office?.digest === digest) return { n, total, kind: 'done', icon: 'check', key: 'office_has' };
    const isOther = office?.count >= total && !entries.some(({ state }) => state === 'pending');
    return { n, total, ...(isOther ? { kind: 'trouble', icon: 'circle-alert', key: 'office_other' } : { kind: 'waiting', icon: 'cloud-off', key: 'office_has' }) };
  };

  /* The last way out: everything that the office has not got, photos too, as one file. */
  const base64 = (bytes) => {
    let text = '';
    new Uint8Array(bytes).forEach((byte) => { text += String.fromCharCode(byte); });
    return btoa(text);
  };
  const exported = async () => {
    const entries = (await store.entriesOf()).filter(({ state }) => !GONE.includes(state))
      .map((entry) => ({ ...outbox.wire(entry), proof: null, person: entry.person, device: entry.device, state: entry.state, sha: entry.sha }));
    const photos = (await store.all('blobs')).map(({ bytes, ...blob }) => ({ ...blob, base64: base64(bytes) }));
    return new Blob([JSON.stringify({ v: 1, made: outbox.iso(), entries, photos }, null, 1)], { type: 'application/json' });
  };

  /* A visit leaves the phone, all of it being with the office. Its counter stays: no number is used twice. */
  const evict = (visit) => store.write(ALL, async (tx) => {
    const [entries, blobs, drafts, meta, ledger] = ALL.map((name) => tx.objectStore(name));
    const mine = await entries.index('visit').getAll(Number(visit));
    const photos = (await blobs.getAll()).filter((blob) => blob.visit === Number(visit));
    if (photos.length || !mine.every(({ state }) => GONE.includes(state))) return false;
    mine.forEach(({ key }) => entries.delete(key));
    ledger.delete(IDBKeyRange.bound([Number(visit), 0], [Number(visit), Infinity]));
    drafts.delete(IDBKeyRange.bound(`${visit}:`, `${visit}:\uffff`));
    ['tally', 'title'].forEach((name) => meta.delete(`${name}:${visit}`));
    return true;
  });

  /* A clean sign-out, or one from elsewhere: nothing stays but what only this phone has. */
  const wipe = async (person, gone = GONE) => {
    await store.write(ALL, async (tx) => {
      const [entries, , drafts, meta, ledger] = ALL.map((name) => tx.objectStore(name));
      const kept = new Set();
      for (const { key, visit, state } of await entries.getAll()) if (gone.includes(state)) entries.delete(key); else kept.add(String(visit));
      drafts.clear();
      for (const [visit, seq] of await ledger.getAllKeys()) if (!kept.has(String(visit))) ledger.delete([visit, seq]);
      for (const name of await meta.getAllKeys()) {
        const [kind, visit] = name.split(':');
        if (/^(prepared|person|halt|lock|customer|rating_key)$/.test(name) || (/^(tally|title)$/.test(kind) && !kept.has(visit))) meta.delete(name);
      }
      meta.put({ name: 'wiped', value: outbox.iso() });
    });
    outbox.tell('wipe', { person });
  };

  self.doorstep.outboxMore = { renumber, fill, withdraw, tally, told, exported, evict, wipe };
})();
