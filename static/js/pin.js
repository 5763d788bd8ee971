/* The six digits that unlock this phone. They never leave it, and the server never accepts them (they do not sign in).
   A random 32-byte secret is wrapped with a key made from the digits (PBKDF2-SHA-256, 600,000 rounds -> AES-GCM) and
   kept in IndexedDB with the count of tries. The server knows only the secret's SHA-256, told once when it is set.

   doorstep.pin.available                    false without crypto.subtle (plain http): then the password is asked for
   doorstep.pin.set(pin, person, code) -> hex     SHA-256 of the new secret, to be posted once; `code` opens it too
   doorstep.pin.open(pin, person) -> hex | null   the secret, or null: wrong, none set, or five tries used
   doorstep.pin.spare(code, person) -> hex | null the same by the code that the desk reads out; it opens once, then
                                             localStorage renew-<person> has lock.js ask for a new PIN
   doorstep.pin.state(person)     -> {set, left}
   doorstep.pin.forget(person)               a clean sign-out

   Forms: data-pin-form="<person>" with an <input data-pin> (no name, so it is never sent) and
     a hidden `unlock_secret`: filled on submit; when the digits are wrong the form stays and says so, or
     a hidden `unlock_hash` on a form that also has data-pin-set: made from [data-pin] and equal to [data-pin-again];
     a hidden `unlock_code` there takes the code for the desk. With data-pin-by="code" [data-pin] is that code.
   Words come from the form: data-wrong (with {left}), data-locked, data-unequal, data-short; shown in [data-pin-error]. */
(() => {
  'use strict';
  const ROUNDS = 600000;
  const TRIES = 5;
  const available = Boolean(window.crypto && crypto.subtle && window.indexedDB);
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

  const database = () => new Promise((done, failed) => {
    const asked = indexedDB.open('doorstep-pin', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('locks');
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const store = async (mode, act) => {
    const db = await database();
    try {
      return await new Promise((done, failed) => {
        const transaction = db.transaction('locks', mode, { durability: 'strict' });
        const request = act(transaction.objectStore('locks'));
        transaction.oncomplete = () => done(request.result);
        transaction.onerror = () => failed(transaction.error);
        transaction.onabort = () => failed(transaction.error);
      });
    } finally { db.close(); }
  };
  /* What lock.js reads: a PIN is set here, and this tab was opened just now. */
  const note = (person) => {
    try {
      localStorage.setItem(`pin-${person}`, '1');
      localStorage.setItem(`touched-${person}`, Date.now());
      sessionStorage.setItem(`open-${person}`, '1');
    } catch { /* private mode: the pages stay without a lock */ }
  };
  const lockOf = (person) => store('readonly', (locks) => locks.get(String(person)));
  const keep = (person, lock) => store('readwrite', (locks) => locks.put(lock, String(person)));

  const keyFrom = async (pin, salt) => {
    const raw = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey']);
    return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, raw,
      { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  };

  /* Twelve signs that are told apart on the telephone (60 bits): no I, L, O, U. */
  const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const newCode = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => SIGNS[byte % 32]).join('');
  const readCode = (typed) => typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');

  const wrap = async (word, secret) => {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { salt, iv, wrapped: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyFrom(word, salt), secret) };
  };
  const unwrap = async (word, { salt, iv, wrapped }) => crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await keyFrom(word, salt), wrapped);

  const set = async (pin, person, code) => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const spare = code ? await wrap(code, secret) : null;
    await keep(person, { ...(await wrap(pin, secret)), spare, tries: 0 });
    note(person);
    try { localStorage.removeItem(`renew-${person}`); } catch { /* nothing was kept */ }
    return hex(await crypto.subtle.digest('SHA-256', secret));
  };

  const open = async (pin, person) => {
    const lock = await lockOf(person);
    if (!lock || lock.tries >= TRIES) return null;
    await keep(person, { ...lock, tries: lock.tries + 1 }); // counted first: closing the page does not win a try back
    try {
      const secret = await unwrap(pin, lock);
      await keep(person, { ...lock, tries: 0 });
      note(person);
      return hex(secret);
    } catch { return null; }
  };

  const spare = async (code, person) => {
    const lock = await lockOf(person);
    if (!lock || !lock.spare) return null;
    try {
      const secret = await unwrap(readCode(code), lock.spare);
      await keep(person, { ...lock, spare: null, tries: 0 }); // used once
      try { localStorage.setItem(`renew-${person}`, '1'); } catch { /* then nobody asks for a new PIN */ }
      note(person);
      return hex(secret);
    } catch { return null; }
  };

  const state = async (person) => {
    const lock = available ? await lockOf(person) : null;
    return { set: Boolean(lock), left: lock ? Math.max(0, TRIES - lock.tries) : 0 };
  };
  const forget = (person) => {
    try { localStorage.removeItem(`pin-${person}`); } catch { /* nothing was kept */ }
    return store('readwrite', (locks) => locks.delete(String(person)));
  };

  const complain = (form, text) => {
    const place = form.querySelector('[data-pin-error]');
    const input = form.querySelector('[data-pin]');
    if (place) { place.textContent = text; place.hidden = false; }
    input.setAttribute('aria-invalid', 'true');
    input.value = '';
    input.focus();
  };

  const work = async (form) => {
    const words = form.dataset;
    const pin = form.querySelector('[data-pin]').value;
    const again = form.querySelector('[data-pin-again]');
    if (words.pinBy === 'code') {
      const opened = await spare(pin, words.pinForm);
      if (opened) form.elements.unlock_secret.value = opened; else complain(form, words.wrong || '');
      return Boolean(opened);
    }
    if (!/^\d{6}$/.test(pin)) { complain(form, words.short || ''); return false; }
    if ('pinSet' in words) {
      if (again && again.value !== pin) { complain(form, words.unequal || ''); return false; }
      const { unlock_code: told } = form.elements;
      if (told) told.value = newCode();
      form.elements.unlock_hash.value = await set(pin, words.pinForm, told?.value);
      return true;
    }
    const secret = await open(pin, words.pinForm);
    if (secret) { form.elements.unlock_secret.value = secret; return true; }
    const { left } = await state(words.pinForm);
    complain(form, left ? (words.wrong || '').replace('{left}', left) : words.locked || '');
    if (!left) form.dispatchEvent(new CustomEvent('pin:locked', { bubbles: true }));
    return false;
  };

  addEventListener('submit', (event) => { // first in line: nothing else sees the form before the digits are right
    const form = event.target;
    if (!form.matches('[data-pin-form]') || form.dataset.pinDone || !available) return;
    if (!form.querySelector('[data-pin]').value && form.querySelector('[data-pin-other]')?.value) return; // the password way
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.pinBusy) return;
    form.dataset.pinBusy = '1';
    const { submitter } = event;
    if (submitter) submitter.classList.add('is-sending');
    work(form).catch(() => false).then((right) => {
      delete form.dataset.pinBusy;
      if (submitter) submitter.classList.remove('is-sending');
      if (!right) return;
      form.dataset.pinDone = '1';
      if (submitter) submitter.click(); else form.requestSubmit();
      delete form.dataset.pinDone;
    });
  }, true);

  if (!available) document.querySelectorAll('[data-pin-form]').forEach((form) => form.classList.add('no-pin'));
  window.doorstep = Object.assign(window.doorstep || {}, { pin: { available, set, open, spare, state, forget } });
})();
