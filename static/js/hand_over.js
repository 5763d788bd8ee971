/* Handing the phone to the customer: the entry and the lock are stored in one transaction, then the customer's page
   comes in this page's place. What the customer's pages need is laid in the phone first, so that they need no network.
   Without a worker nothing would hold the lock offline: then the office must know of it before, or it is not done. */
(() => {
  'use strict';
  const here = () => self.doorstep;
  let busy = false;

  const json = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected) throw new Error(address);
    return answer.json();
  };
  const prepared = async (visit) => {
    const { data: held } = here().visit || {}; // what the page reads is as new as what this phone has let go of
    const data = held && held.visit === visit ? held : await json(`/visits/${visit}/data`);
    const [rules, prices] = await Promise.all([json(`/protocols/${data.protocol}/rules`), json(`/prices/${data.prices}`)]);
    const kit = `/c/${data.token}/kit/${data.facts.language}`;
    if (!(await caches.match(kit, { ignoreSearch: true, ignoreVary: true }))) { // nobody waits for a slow line when it is here
      const answer = await fetch(kit);
      if (!answer.ok || answer.redirected) throw new Error('kit');
    }
    return { visit, data, rules, prices };
  };
  const cannot = (form) => here().keep.cry(form, 'customer.cannot', 'customer.cannot_text');
  const faulty = (form, made) => {
    try {
      const { faults } = here().visit.judge(made.step, made.act, made.fields, made);
      if (!faults || !Object.keys(faults).length) return false;
      here().paint.faults(form, faults);
      return true;
    } catch { return false; }
  };

  const onPhone = async (form, made) => {
    const { store, outbox } = here();
    const bundle = await prepared(made.visit);
    const { token, facts } = bundle.data;
    const key = form.dataset.key || crypto.randomUUID();
    const lang = facts.language;
    await store.set('customer', bundle);
    const lock = { token, visit: made.visit, step: made.step, key, person: made.person ?? bundle.data.person, lang, at: new Date().toISOString() };
    await outbox.save({ ...made, key, lock });
    localStorage.setItem('customer-lock', JSON.stringify({ token, lang })); // after the lock: other tabs leave at once, by way of the worker
    location.replace(`/c/${token}`);
  };
  const atOffice = async (form, made) => { // no worker: the office's own pages, and its own lock
    const { store, outbox } = here();
    await fetch('/healthz', { cache: 'no-store' });
    const { token } = await json(`/visits/${made.visit}/data`);
    const entry = await outbox.save({ ...made, key: form.dataset.key });
    for (let round = 0; round < 3; round += 1) {
      await outbox.pump('hand-over');
      const { state } = (await store.entry(entry.key)) || { state: 'applied' };
      if (state === 'applied') { location.replace(`/c/${token}`); return; }
    }
    throw new Error('not delivered');
  };

  document.addEventListener('outbox:before', (event) => {
    const made = event.detail;
    if (made.act !== 'handed_over') return;
    event.preventDefault();
    const form = event.target;
    if (busy || faulty(form, made)) return;
    busy = true;
    const way = navigator.serviceWorker?.controller ? onPhone : atOffice;
    way(form, made).catch(() => cannot(form)).finally(() => { busy = false; });
  });
  here().handOver = true;
})();
