/* Where a visit stands, read off its records; as the server's `walk`, names and all. Moments are ISO text. */
import * as effect from './effect.js';
import * as fees from './fee.js';
import * as warranties from './warranty.js';

const VOIDING_ACTS = ['done', 'passed', 'line', 'unline', 'fitted', 'agreed', 'refused'];
const VOIDING_EFFECTS = ['done', 'skip', 'mode', 'danger', 'safe', 'outcome', 'goto'];
const LOG_ACTS = ['attempt', 'bout', 'ladder', 'problem', 'fitted', 'ruled', 'late'];
const TOTALS = { fees: 'total', pay: 'due' };
const LOOSE_KINDS = ['consent', 'take_back', 'fees', 'pay', 'sign'];
const FROM_PLATE = ['brand', 'model', 'serial', 'purchase_date'];

class StepState {
  constructor(step) {
    Object.assign(this, {
      step, status: 'open', applies: true, locked_by: [], values: {}, log: [], at: null, reopened: false, base: '',
    });
  }

  get settled() { return !this.applies || this.status !== 'open'; }
}

class Walk {
  constructor(protocol, facts) {
    const { name, address, phone = '' } = facts.customer;
    const { kind, brand = '', model = '', serial = '', purchase_date = null } = facts.appliance;
    const { symptom = '', request = '', brings_back: home } = facts.job;
    const mode = home ? { repaired: 'on_site' }[home.result] ?? 'not_repaired' : null;
    Object.assign(this, {
      steps: Object.fromEntries(protocol.steps.map((step) => [step.id, new StepState(step)])),
      data: { name, address, phone, kind, brand, model, serial, purchase_date, symptom, request },
      appointment: facts.slot_start, state: 'scheduled', outcome: null, next_step: null, mode, danger: false,
      lines: {}, fitted: {}, fee: null, warranty: null, agreed: null, refused: null, hand_over: null, signature: null,
      iou_signature: null, rated: false, paused: null, ended: null, ended_as: '', rulings: [], version: 0,
    });
  }

  get all() { return Object.values(this.steps); }

  get values() { return Object.fromEntries(this.all.map((state) => [state.step.id, state.values])); }

  get ended_by_desk() { return this.ended !== null && this.ended.role === 'desk'; }

  get consented() { return !this.fee.chargeable || (this.agreed !== null && this.agreed.total >= this.fee.total); }

  get unfitted() {
    return Object.keys(this.lines).filter((key) => this.lines[key].kind === 'part' && !Object.hasOwn(this.fitted, key));
  }

  get old_parts_taken() {
    return Object.keys(this.fitted).some((key) => this.fitted[key].old_part === 'taken' && Object.hasOwn(this.lines, key));
  }

  get cash_due() {
    const { method, paid } = this.of_kind('pay')?.values || {};
    return method === 'cash' && Boolean(paid);
  }

  get arrived_at() {
    const arrived = this.of_kind('arrive');
    return arrived?.status === 'done' ? arrived.at : null;
  }

  get stage() { return this.next_step ? this.steps[this.next_step].step.stage : null; }

  of_kind(kind) { return this.all.find((state) => state.step.kind === kind) || null; }

  bouts() { return (this.of_kind('knock')?.log || []).filter((record) => record.act === 'bout').map((record) => record.at); }
}

/* The effects of the remedy that a problem record chose. */
export const effects_of = (step, { body }) => {
  const problem = step.problems.find((one) => one.id === body.problem);
  return problem?.remedies.find((one) => one.id === body.remedy)?.effects || [];
};

const setMode = (walk, mode, record) => {
  walk.mode = mode;
  const state = walk.of_kind('repair');
  if (!state || mode === 'on_site') return;
  Object.assign(state, { status: 'done', at: record.at, base: record.key, values: { ...state.values, mode } });
};

const reopen = (walk, target, origin) => {
  const ids = Object.keys(walk.steps);
  const from = ids.indexOf(target);
  for (const id of ids.slice(from, Math.max(ids.indexOf(origin), from) + 1)) {
    const state = walk.steps[id];
    if (state.status !== 'open' && (id === target || !LOOSE_KINDS.includes(state.step.kind))) {
      Object.assign(state, { status: 'open', reopened: true });
    }
  }
};

const setDanger = (walk, danger, record) => {
  walk.danger = danger;
  const tested = walk.of_kind('test');
  if (!tested) return;
  if (danger) Object.assign(tested, { status: 'done', at: record.at, values: { result: 'dangerous', told_danger: true } });
  else if (tested.values.result === 'dangerous') Object.assign(tested, { status: 'open', reopened: true, values: {} });
};

const applyEffects = (walk, state, record) => {
  for (const name of effects_of(state.step, record)) {
    const { kind, argument, step, ends, outcome, pauses } = effect.read(name);
    const { at, key: base, body } = record;
    if (step) Object.assign(state, { status: step, at, base, values: { ...state.values, ...body } });
    if (ends && !walk.ended_by_desk) Object.assign(walk, { ended: record, ended_as: ends });
    if (pauses) walk.paused = record;
    if (outcome || kind === 'outcome') walk.outcome = outcome || argument;
    if (kind === 'mode') setMode(walk, argument, record);
    else if (kind === 'goto') reopen(walk, argument, state.step.id);
    else if (kind === 'danger' || kind === 'safe') setDanger(walk, kind === 'danger', record);
  }
};

const applyDone = (walk, state, { body, at, key }) => {
  Object.assign(state, { status: 'done', reopened: false, at: body.done_about || at, base: key, values: { ...body } });
  const { kind } = state.step;
  if (kind === 'accept') {
    for (const [name, value] of Object.entries(body.data || {})) if (value) walk.data[name] = value;
  } else if (kind === 'call') {
    const { time, ...corrected } = body.corrected || {};
    walk.appointment = time || walk.appointment;
    Object.assign(walk.data, corrected);
  } else if (kind === 'diagnose') {
    for (const name of FROM_PLATE) if (body[name]) walk.data[name] = body[name];
  } else if (kind === 'repair') {
    walk.mode = body.mode ?? null;
  } else if (kind === 'test' && body.result === 'dangerous') {
    walk.danger = true;
  }
};

const applySigned = (walk, state, record) => {
  const { act, body, key, step, at } = record;
  const how = act === 'signed' ? body.how ?? 'declined' : 'declined';
  const found = { key, step, at, how, body, void: false };
  if (state.step.kind === 'sign') walk.signature = found;
  else if (act === 'declined') setMode(walk, 'not_repaired', record); // unsigned, the product stays where it is
  else walk.iou_signature = found;
};

const ACTS = {
  done: applyDone,
  passed: (walk, state, { at, key, body }) => (
    Object.assign(state, { status: 'passed', at, base: key, values: { ...state.values, passed: body } })),
  problem: applyEffects,
  resumed: (walk) => { walk.paused = null; },
  line: (walk, state, { key, body }) => {
    const { item, kind, qty, standard, certificate_price: certificate = null } = body;
    walk.lines[key] = { key, item, kind, qty, standard, certificate };
  },
  unline: (walk, state, { body }) => {
    delete walk.lines[body.line];
    delete walk.fitted[body.line];
  },
  fitted: (walk, state, { body }) => { walk.fitted[body.line] = { ...body }; },
  ruled: (walk, state, record) => walk.rulings.push(record),
  handed_over: (walk, state, { key, step, at }) => { walk.hand_over = { key, step, at }; },
  handed_back: (walk) => { walk.hand_over = null; },
  agreed: (walk, state, { at, key, body }) => {
    Object.assign(walk, { agreed: { ...body, at }, refused: null });
    Object.assign(state, { base: key, at });
  },
  refused: (walk, state, { at, body }) => Object.assign(walk, { refused: { ...body, at }, agreed: null }),
  rated: (walk) => { walk.rated = true; },
  signed: applySigned,
  declined: applySigned,
};

/* Acts that belong to no step: the desk's. */
const applyToVisit = (walk, record) => {
  const ends = { cancelled: 'cancelled', reassigned: 'transferred' }[record.act];
  if (ends) Object.assign(walk, { ended: record, ended_as: ends });
  else if (record.act === 'moved') walk.appointment = record.body.to;
};

const voids = (step, record) => {
  if (record.act === 'problem') return effects_of(step, record).some((name) => VOIDING_EFFECTS.includes(effect.read(name).kind));
  if (record.act === 'ruled') return fees.RULINGS.includes(record.body.ruling);
  return VOIDING_ACTS.includes(record.act);
};

const ruling = (rulings) => {
  const last = rulings.map((record) => record.body)
    .filter((body) => body.ruling === 'waive' || (body.ruling === 'reduce_to' && Number.isInteger(body.amount))).pop();
  return last ? { kind: last.ruling, amount: last.amount } : null;
};

const price = (walk, facts, prices, protocol) => {
  const found = walk.of_kind('diagnose')?.values || {};
  const months = prices.product_warranty_months[walk.data.kind] ?? 12;
  walk.warranty = warranties.decide(walk.data.purchase_date, months, facts.day, found.basis ?? null);
  const installed = facts.appliance.installed_on;
  const repaired = walk.mode === null || walk.mode === 'on_site';
  // Nothing was agreed and nothing was repaired, so nothing is owed, the journey included.
  const lines = repaired || walk.agreed ? Object.values(walk.lines) : [];
  walk.fee = fees.compute(lines, {
    warranty: walk.warranty.status,
    cause_chargeable: (protocol.codes.chargeable_cause || []).includes(found.cause),
    job_kind: facts.job.kind ?? 'repair',
    months_since_install: installed ? warranties.monthsSince(installed, facts.day) : null,
    repaired,
    price_list: prices,
    repair_warranty: warranties.reworkIsFree(facts.job.rework_of, found.fault, facts.day),
    ruling: ruling(walk.rulings),
  });
};

const sealed = (signature) => ({ status: signature && !signature.void ? 'done' : 'open', reopened: Boolean(signature?.void) });

const settleByCustomer = (walk, state) => {
  const { kind } = state.step;
  if (kind === 'consent') {
    const agreed = walk.agreed !== null;
    state.reopened = agreed && !walk.consented;
    state.status = agreed && walk.consented ? 'done' : 'open';
  } else if (kind === 'sign') {
    Object.assign(state, sealed(walk.signature), { at: walk.signature ? walk.signature.at : null });
  } else if (kind === 'take_back' && state.status === 'done') {
    Object.assign(state, sealed(walk.iou_signature));
  } else if (TOTALS[kind] && state.status === 'done' && state.values[TOTALS[kind]] !== walk.fee.total) {
    Object.assign(state, { status: 'open', reopened: true });
  }
};

const NOT = 'not:';
const matches = (found, want) => {
  if (typeof want === 'string' && want.startsWith(NOT)) return found !== want.slice(NOT.length);
  return Array.isArray(want) ? want.includes(found) : found === want;
};

const settle = (walk, facts) => {
  walk.all.forEach((state) => settleByCustomer(walk, state));
  const derived = {
    'fee.chargeable': walk.fee.chargeable,
    'visit.outcome': walk.outcome,
    'warranty.status': walk.warranty.status,
    'repair.mode': walk.mode,
    'job.kind': facts.job.kind ?? 'repair',
  };
  const fact = (key) => {
    if (key in derived) return derived[key];
    const [id, name] = key.split(/\.(.*)/s);
    return walk.steps[id]?.values[name];
  };
  const earlier = [];
  for (const state of walk.all) {
    const { when, needs, kind } = state.step;
    state.applies = Object.entries(when).every(([key, want]) => matches(fact(key), want));
    const shut = needs.filter((id) => !walk.steps[id].settled);
    const open = earlier.filter((one) => !one.settled).map((one) => one.step.id);
    state.locked_by = kind === 'sign' ? [...new Set([...shut, ...open])] : shut;
    earlier.push(state);
  }
};

const outcome = (walk) => {
  if (walk.mode === null) return null;
  if (walk.mode !== 'on_site') return walk.mode === 'take_back' ? 'taken_back' : walk.mode;
  return walk.danger || walk.of_kind('test')?.values.result === 'fails' ? 'not_repaired' : 'repaired';
};

const BEGUN = { enter: 'in_service', arrive: 'at_door', depart: 'travelling', accept: 'accepted' };

const stateOf = (walk, facts) => {
  if (facts.cancelled) return 'cancelled';
  if (walk.ended) return walk.ended_as;
  if (walk.paused) return 'paused';
  if (walk.all.every((state) => state.settled || state.step.kind === 'hand_in')) return 'finished';
  const sign = walk.of_kind('sign');
  if (sign?.settled) return 'in_service';
  if (sign && (walk.hand_over || !sign.locked_by.length)) return 'to_sign';
  const begun = Object.keys(BEGUN).find((kind) => (walk.of_kind(kind)?.status ?? 'open') !== 'open');
  return BEGUN[begun] || (walk.bouts().length ? 'at_door' : 'scheduled');
};

const next = (walk) => {
  if (walk.hand_over) return walk.hand_over.step;
  const state = walk.all.find((one) => !one.settled && (!one.locked_by.length || one.step.kind === 'sign'));
  return state ? state.step.id : null;
};

/* Where the visit stands after these records, in their order. */
export const read = (protocol, facts, prices, records) => {
  const walk = new Walk(protocol, facts);
  let [signedSeq, iouSeq, voided, iouVoided] = [0, 0, 0, 0];
  for (const record of records) {
    walk.version = record.seq;
    const state = Object.hasOwn(walk.steps, record.step) ? walk.steps[record.step] : null;
    if (!state) {
      applyToVisit(walk, record);
      continue;
    }
    if (LOG_ACTS.includes(record.act)) state.log.push(record);
    if (Object.hasOwn(ACTS, record.act)) ACTS[record.act](walk, state, record);
    const { kind, layer } = state.step;
    if (record.act === 'signed' || record.act === 'declined') {
      if (kind === 'sign') signedSeq = record.seq;
      else iouSeq = record.seq;
    } else if (layer === 'customer' && kind !== 'sign' && voids(state.step, record)) {
      voided = record.seq;
      if (kind === 'take_back') iouVoided = record.seq;
    }
  }
  if (walk.signature) walk.signature.void = voided > signedSeq;
  if (walk.iou_signature) walk.iou_signature.void = iouVoided > iouSeq;
  price(walk, facts, prices, protocol);
  settle(walk, facts);
  walk.outcome = walk.outcome || outcome(walk);
  walk.state = stateOf(walk, facts);
  walk.next_step = walk.ended ? null : next(walk);
  return walk;
};
