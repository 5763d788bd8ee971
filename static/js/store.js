/* What the phone keeps: one IndexedDB for pages and worker. Which entry is made or sent when is outbox.js's business.

   entries  {key, person, device, visit, seq, step, act, …, state}, by key; found by visit
   blobs    {sha, visit, person, type, bytes, sent}: photos that the office has not got yet
   drafts   {name, fields, at}: typed, not saved; the name is `visit:form`
   meta     {name, value}: device, person, seq:<visit>, lock, server, …
   ledger   {visit, seq, key, sha}: what was ever saved of a visit, for the tally with the office */
(() => {
  'use strict';
  const NAME = 'doorstep-outbox';
  let opening = null;

  const open = () => {
    opening = opening || self.idb.openDB(NAME, 1, {
      upgrade(db) {
        db.createObjectStore('entries', { keyPath: 'key' }).createIndex('visit', 'visit');
        db.createObjectStore('blobs', { keyPath: 'sha' });
        db.createObjectStore('drafts', { keyPath: 'name' });
        db.createObjectStore('meta', { keyPath: 'name' });
        db.createObjectStore('ledger', { keyPath: ['visit', 'seq'] });
      },
      blocking(_now, _wanted, event) { opening = null; event.target.close(); },
      terminated() { opening = null; },
    });
    opening.catch(() => { opening = null; });
    return opening;
  };

  /* Some phones drop the connection of an app in the background: open it once more, then give up. */
  const run = async (act) => {
    try {
      return await act(await open());
    } catch (fault) {
      if (fault.name !== 'InvalidStateError' && fault.name !== 'UnknownError') throw fault;
      opening = null;
      return act(await open());
    }
  };

  /* One transaction, committed when the promise is: `act` may wait for nothing but requests of `tx`. Strict: on the disk. */
  const write = (stores, act, durability = 'strict') => run(async (db) => {
    const tx = db.transaction(stores, 'readwrite', { durability });
    tx.done.catch(() => {}); // told below, once
    try {
      const made = await act(tx);
      await tx.done;
      return made;
    } catch (fault) {
      try { tx.abort(); } catch { /* it is over already */ }
      throw tx.error || fault;
    }
  });

  const get = async (name) => (await run((db) => db.get('meta', name)))?.value;
  const set = (name, value) => write(['meta'], (tx) => tx.objectStore('meta').put({ name, value }));
  const all = (store) => run((db) => db.getAll(store));
  const bySeq = (one, other) => one.visit - other.visit || one.seq - other.seq;
  const entriesOf = async (visit) => {
    const found = await run((db) => (visit === undefined ? db.getAll('entries') : db.getAllFromIndex('entries', 'visit', Number(visit))));
    return found.sort(bySeq);
  };
  const entry = (key) => run((db) => db.get('entries', key));
  const lock = () => get('lock'); // throws when the store cannot be read, so that its reader can shut the door
  const draft = (name) => run((db) => db.get('drafts', name));
  const keepDraft = (name, fields) => write(['drafts'], (tx) => tx.objectStore('drafts').put({ name, fields, at: new Date().toISOString() }), 'relaxed');
  const dropDraft = (name) => write(['drafts'], (tx) => tx.objectStore('drafts').delete(name));

  self.doorstep = Object.assign(self.doorstep || {}, {
    store: { open, run, write, get, set, all, entriesOf, entry, lock, draft, keepDraft, dropDraft },
  });
})();
