/* Where the visit on this page stands as this phone knows it: the server's records and the own saves that it has not
   applied yet, read by the same rules as the server's. Tells the page when it changed; draws nothing. */
(() => {
  'use strict';
  const page = document.querySelector('.steps[data-visit]');
  if (!page) return;
  const { doorstep } = window;
  const id = Number(page.dataset.visit);
  const here = document.currentScript.src;
  const language = page.dataset.protocol.split('/').pop();
  const OUT = new Set(['refused', 'superseded']);
  const bodies = new Map(); // key of an own save -> what the rules read from its fields
  const LATER = ['problem_sheet.js', 'hand_over.js']; // what only a tap asks for: fetched with the rules
  const IDLE_MS = 2000;
  let rules = null;
  let visit = null;
  let own = [];
  let turn = 0;
  let now = null;
  let records = [];
  let items = new Map();

  const json = async (address, options) => {
    const answer = await fetch(address, options);
    const kind = answer.headers.get('content-type') || '';
    if (!answer.ok || answer.redirected || !kind.includes('json')) throw new Error(address);
    return answer.json();
  };

  const coming = new Map();
  const script = (name) => { // what could not be had is asked for again the next time
    if (!coming.has(name)) {
      coming.set(name, new Promise((done) => {
        const onerror = () => { coming.delete(name); done(); };
        document.head.append(Object.assign(document.createElement('script'), { src: new URL(name, here).href, onload: done, onerror }));
      }));
    }
    return coming.get(name);
  };
  const read = () => Promise.all([import(new URL('rules/index.js', here)), ...LATER.map(script)]);

  /* Times as the place writes them: 2026-11-22T10:30:00+08:00. */
  const parts = (() => {
    const options = { timeZone: page.dataset.zone || 'UTC', hourCycle: 'h23', year: 'numeric', month: '2-digit' };
    const format = new Intl.DateTimeFormat('en-GB', { ...options, day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return (moment) => Object.fromEntries(format.formatToParts(moment).map((part) => [part.type, part.value]));
  })();
  const local = (moment) => {
    const { year, month, day, hour, minute, second } = parts(moment);
    return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  };
  const placed = (moment) => {
    const text = local(moment);
    const gap = Math.round((Date.parse(`${text}Z`) - moment) / 60000);
    const two = (n) => String(Math.floor(n)).padStart(2, '0');
    return `${text}${gap < 0 ? '-' : '+'}${two(Math.abs(gap) / 60)}:${two(Math.abs(gap) % 60)}`;
  };

  const readAll = () => rules.walk.read(visit.protocol, visit.facts, visit.prices, records);
  const compute = () => {
    const kept = new Set(visit.records.map((record) => record.key));
    records = [...visit.records];
    now = null;
    for (const entry of own) {
      if (OUT.has(entry.state) || kept.has(entry.key)) continue;
      if (entry.body) bodies.set(entry.key, entry.body);
      if (!bodies.has(entry.key)) bodies.set(entry.key, rules.steps.judge(visit, readAll(), entry).body);
      const last = records[records.length - 1];
      const body = bodies.get(entry.key);
      if (body) records.push(rules.steps.record(last ? last.seq + 1 : 1, entry, body));
    }
    now = readAll();
  };

  const state = {
    id,
    language,
    data: null,
    later: read,
    json,
    local,
    placed,
    walk: () => now,
    entries: () => own,
    records: () => records,
    rules: () => rules,
    visit: () => visit,
    item: (code) => items.get(code),
    get version() { return state.data ? state.data.version : 0; },
    /* What the rules say of a form before it is stored; what cannot be judged yet is left to the server. A fault
       without a field (`''`) is why nothing of it can be stored now. */
    judge(step, act, fields, { base: builds = null, role = 'engineer', corrects = null } = {}) {
      if (!now) return { body: null, faults: {}, refused: null, needs: [] };
      const found = rules.steps.judge(visit, now, { step, act, fields, role, at: placed(Date.now()), base: builds });
      if (!found.refused || corrects) return found;
      state.needs = found.needs || [];
      return { ...found, faults: { '': found.refused } };
    },
    async load() {
      const data = await json(`/visits/${id}/data`);
      const [[module], norm, prices] = await Promise.all([
        read(), json(`/protocols/${data.protocol}/rules`), json(`/prices/${data.prices}`), doorstep.say.ready,
      ]);
      rules = module;
      items = new Map(prices.item.map((item) => [item.code, item]));
      state.data = data;
      visit = rules.load(data, norm, prices);
    },
    /* `fresh`: the one that was stored just now, so that nothing has to be read before it is painted. */
    async update(fresh) {
      const mine = state.data ? state.data.person : null;
      if (fresh) turn += 1; // only what was stored makes a reading old: two readings at once must not chase each other
      const mineTurn = turn;
      const kept = fresh ? [...own.filter((one) => one.key !== fresh.key && one.key !== fresh.corrects), fresh] : await doorstep.store.entriesOf(id);
      if (mineTurn !== turn) return state.update(); // something was stored while this was read
      own = kept.filter((one) => one.act !== 'void' && (mine === null || one.person === mine)).sort((one, other) => one.seq - other.seq);
      if (visit) compute();
      document.dispatchEvent(new CustomEvent('visit:news'));
      return now;
    },
  };
  Object.assign(doorstep, { visit: state, state });
  // What the rules read is kept with the entry, so that it stands even if an earlier one is refused later.
  document.addEventListener('outbox:before', ({ detail }) => {
    if (detail.visit !== id || !now) return;
    const { body } = state.judge(detail.step, detail.act, detail.fields, detail);
    if (body) detail.extra = { ...detail.extra, body };
  });
  if (!doorstep.store) return;
  /* The page shows what the office knew. The rules are read at once where this phone has saved more, else at the first
     touch or when nothing else is to be done. */
  let begun = null;
  let tell = null;
  state.ready = new Promise((done) => { tell = done; });
  state.soon = () => {
    begun = begun || state.load().catch(() => {}).then(() => state.update()).finally(tell);
    return begun;
  };
  ['pointerdown', 'keydown'].forEach((name) => addEventListener(name, state.soon, { capture: true, once: true, passive: true }));
  doorstep.store.entriesOf(id).then((kept) => { if (kept.length) state.soon(); }, state.soon);
  if (window.requestIdleCallback) requestIdleCallback(state.soon, { timeout: IDLE_MS });
  else setTimeout(state.soon, IDLE_MS / 4);
})();
