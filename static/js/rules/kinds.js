/* How each kind of step reads an entry: (act, step, raw, around) -> [body, faults]; as the server's `steps/*`.
   `around` is {facts, protocol, prices, walk, at}. */
import * as clock from './clock.js';
import * as effect from './effect.js';
import * as form from './form.js';
import { RUNGS, untried } from './ladder.js';
import { BASES } from './warranty.js';

const MUST = { required: true };
const OR_REASON = { required: true, or_reason: true };
const MODES = ['on_site', 'take_back', 'no_fault', 'not_repaired'];
const F = (id, type, more) => ({ id, type, ...more });
const pick = (id, options, more) => F(id, 'choice', { options, ...more });
const coded = ({ protocol }, id, codes, more) => F(id, 'choice', { options: protocol.codes[codes] || [], ...more });
const CODES = { type: 'choices' };

const within = (fields, step, raw) => {
  const [body, faults] = form.read(fields, raw);
  const [more, wrong] = form.read(step.fields, raw);
  return [{ ...body, ...more }, { ...faults, ...wrong }];
};

const need = (body, faults, name) => {
  if (!(name in body)) faults[name] ??= 'required';
};

const aheadFaults = (faults, name, moment, at, furthestDays) => {
  const ahead = clock.us(moment) - at;
  if (ahead <= 0) faults[name] = 'in_the_past';
  else if (ahead > furthestDays * clock.DAY) faults[name] = 'too_far_ahead';
};

const today = (around) => around.at.slice(0, 10);

const promiseFaults = (body, faults, name, around) => {
  const days = body[name] ? clock.days(today(around), body[name]) : 0;
  if (days < 0) faults[name] = 'in_the_past';
  else if (days > 365) faults[name] = 'too_far_ahead';
};

const boughtFaults = (body, faults, around) => {
  if ((body.purchase_date || '') > today(around)) faults.purchase_date = 'in_the_future';
};

const loaners = ({ facts }) => ['none', ...facts.loaners.map((one) => String(one.id))];

/* 'Not recorded', with its reason. */
export const readPassed = (raw, around) => form.read([coded(around, 'reason', 'pass_reason', MUST), F('text', 'text')], raw);

const EFFECT_FIELDS = {
  slot: () => F('slot', 'datetime', MUST),
  rebook_reason: (around) => coded(around, 'rebook_reason', 'rebook_reason', MUST),
  consent: () => F('consent', 'tick', MUST),
  back_at: () => F('back_at', 'datetime', MUST),
  left_out: (around) => coded(around, 'left_out', 'pass_reason'),
};

/* A problem met: which, what was recorded of it, and the way on that was chosen. */
export const readProblem = (step, raw, around) => {
  const problem = step.problems.find((one) => one.id === form.first(raw, 'problem'));
  if (!problem) return [{}, { problem: 'not_an_option' }];
  const only = problem.remedies.length === 1 ? problem.remedies[0].id : '';
  const remedy = problem.remedies.find((one) => one.id === (form.first(raw, 'remedy') || only));
  const [body, faults] = form.read(problem.fields, raw);
  if (!remedy) return [body, { ...faults, remedy: 'required' }];
  const asked = effect.asks(remedy.effects);
  const [more, wrong] = form.read([...remedy.fields, ...asked.map((name) => EFFECT_FIELDS[name](around))], raw);
  for (const [name, furthest] of [['slot', 365], ['back_at', 31]]) {
    if (name in more && asked.includes(name)) aheadFaults(wrong, name, more[name], clock.us(around.at), furthest);
  }
  if (remedy.effects.includes('no_access')) {
    const left = untried(around.walk.steps[step.id].log, around.at, around.protocol.settings.knock_total_s ?? 300);
    if (left.length) more.untried = left;
    if (form.isSet(more.untried) && !('left_out' in more)) wrong.left_out ??= 'not_all_was_tried';
  }
  return [{ ...body, problem: problem.id, remedy: remedy.id, ...more }, { ...faults, ...wrong }];
};

const DATA = [
  F('name', 'text', MUST), F('address', 'text', { required: true, max: 300 }), F('phone', 'tel'), F('brand', 'text'),
  F('model', 'text'), F('serial', 'text'), F('purchase_date', 'date'), F('symptom', 'longtext', { max: 500 }),
  F('request', 'longtext', { max: 500 }),
];

const accept = (act, step, raw, around) => {
  const [data, faults] = form.read(DATA, raw);
  const verified = {};
  const allBy = form.first(raw, 'all_by');
  for (const { id } of DATA) {
    let who = form.first(raw, `${id}_by`) || 'unverified';
    if (who === 'unverified' && allBy && data[id]) who = allBy;
    if (!['dispatcher', 'customer', 'unverified'].includes(who)) faults[id] = 'not_an_option';
    verified[id] = who;
  }
  boughtFaults(data, faults, around);
  const [declared, wrong] = form.read(step.fields, raw);
  return [{ data, verified, ...declared }, { ...faults, ...wrong }];
};

const analyse = (act, step, raw, around) => {
  const { items } = around.prices;
  const fits = ({ kind, appliance_kinds: kinds }) => kind === 'part' && (!kinds.length || kinds.includes(around.facts.appliance.kind));
  return within([
    coded(around, 'causes', 'cause', CODES),
    F('parts', 'choices', { options: Object.keys(items).filter((code) => fits(items[code])) }),
    F('parts_text', 'text'),
    pick('place', ['home', 'take_back_likely', 'unsure'], MUST),
    pick('loaner', loaners(around)),
    pick('time', ['enough', 'tight'], MUST),
    F('source', 'text'),
  ], step, raw);
};

const ITEMS = [
  F('time', 'datetime'), F('address', 'text', { max: 300 }), F('model', 'text'), F('purchase_date', 'date'),
  F('symptom', 'longtext', { max: 500 }),
];

const call = (act, step, raw, around) => {
  if (act === 'attempt') {
    const result = pick('result', ['answered', 'no_answer', 'busy', 'refused'], MUST);
    return form.read([pick('channel', ['phone', 'message'], MUST), F('number', 'tel'), result], raw);
  }
  const [values, faults] = form.read(ITEMS, raw);
  const confirmed = [];
  const corrected = {};
  for (const { id } of ITEMS) {
    const answer = form.first(raw, `${id}_is`);
    if (answer === 'confirmed') {
      confirmed.push(id);
      delete faults[id];
    } else if (answer !== 'corrected') faults[id] = 'confirm_or_correct';
    else if (id in values) corrected[id] = values[id];
    else faults[id] ??= 'required';
  }
  boughtFaults(corrected, faults, around);
  if (corrected.time) aheadFaults(faults, 'time', corrected.time, clock.us(around.at) - clock.DAY, 365);
  const [declared, wrong] = form.read(step.fields, raw);
  return [{ confirmed, corrected, ...declared }, { ...faults, ...wrong }];
};

const checklist = (act, step, raw) => form.read(step.fields, raw);

/* The step's values, with the time of the act under `name`. */
const timed = (name, fields) => (act, step, raw, around) => {
  const [body, faults] = within(fields, step, raw);
  return [{ ...body, [name]: around.at }, faults];
};

const depart = timed('left_at', [F('travel_minutes', 'number', { required: true, min: 0, max: 600 })]);
const enter = timed('entered_at', [
  F('introduced', 'tick', OR_REASON), F('customer_confirmed', 'tick', OR_REASON), F('card_shown', 'tick', OR_REASON),
  pick('who', ['customer', 'family', 'helper'], MUST),
]);

const arrive = (act, step, raw, around) => {
  const found = clock.arrival(around.walk.appointment, around.at, around.protocol.settings.late_tier2_min ?? 15);
  const [body, faults] = within(found.tier ? [
    coded(around, 'late_cause', 'late_cause', MUST),
    F('told_ahead', 'tick'),
    F('apologised', 'tick', OR_REASON),
    pick('accepted', ['accepted', 'not_accepted', 'not_yet']),
  ] : [], step, raw);
  return [{ ...body, arrived_at: around.at, minutes_late: found.minutes, tier: found.tier }, faults];
};

const RESULTS = {
  telephone: ['answered', 'no_answer', 'off'],
  neighbour: ['out', 'in', 'unknown', 'none'],
  note: ['left'],
  centre: ['told'],
  downstairs: ['not_there', 'found'],
};

const rung = (raw) => {
  const name = form.first(raw, 'rung');
  if (!RUNGS.includes(name)) return [{}, { rung: 'not_an_option' }];
  const note = name === 'note' ? [pick('place', ['door', 'letterbox', 'other'], MUST), F('photo', 'photo')] : [];
  const [body, faults] = form.read([pick('result', RESULTS[name], MUST), ...note], raw);
  return [{ rung: name, ...body }, faults];
};

const knock = (act, step, raw) => {
  if (act === 'bout') return form.read([pick('way', ['bell', 'knock'], MUST)], raw);
  if (act === 'ladder') return rung(raw);
  const [body, faults] = form.read(step.fields, raw);
  return [{ ...body, opened: true }, faults];
};

const covers = (act, step, raw, around) => {
  const [body, faults] = within([pick('worn', ['on', 'waived'], MUST), coded(around, 'reason', 'covers_reason')], step, raw);
  if (body.worn === 'waived') need(body, faults, 'reason');
  if (body.worn === 'on') delete body.reason;
  return [body, faults];
};

const listen = (act, step, raw, around) => within([
  F('words', 'longtext', MUST), coded(around, 'symptoms', 'fault', CODES), coded(around, 'mood', 'mood'),
], step, raw);

const line = (raw, around) => {
  const [body, faults] = form.read([
    pick('item', Object.keys(around.prices.items), MUST),
    F('qty', 'number', { required: true, min: 1, max: 99 }),
    F('certificate_price', 'money', { min: 1 }),
  ], { qty: '1', ...raw });
  if (Object.keys(around.walk.lines).length >= 40) faults.item = 'too_many_lines';
  return [body, faults];
};

const unline = (raw, around) => form.read([pick('line', Object.keys(around.walk.lines), MUST)], raw);

/* Lines are put on and taken off at several steps; what is left is the kind's own. */
const withLines = (own) => (act, step, raw, around) => {
  if (act === 'line') return line(raw, around);
  return act === 'unline' ? unline(raw, around) : own(act, step, raw, around);
};

const diagnose = withLines((act, step, raw, around) => {
  const [body, faults] = within([
    coded(around, 'fault', 'fault', MUST), F('fault_text', 'longtext', { max: 500 }),
    coded(around, 'cause', 'cause', MUST), F('cause_text', 'longtext', { max: 500 }),
    F('brand', 'text'), F('model', 'text'), F('serial', 'text'), F('purchase_date', 'date'),
    pick('basis', BASES, MUST), F('photos', 'photos'),
  ], step, raw);
  boughtFaults(body, faults, around);
  return [body, faults];
});

const consent = withLines((act, step, raw, around) => {
  const { walk } = around;
  if (act === 'agreed') {
    const [body, faults] = form.read([F('total', 'number', { required: true, min: 0 })], raw);
    if (!faults.total && body.total !== walk.fee.total) faults.total = 'changed_meanwhile';
    return [{ ...body, currency: walk.fee.currency }, faults];
  }
  if (act === 'refused') return form.read([coded(around, 'reason', 'refuse_reason', MUST), F('text', 'text')], raw);
  if (act === 'done') return [{}, walk.consented ? {} : { consent: 'customer_has_not_agreed' }];
  return form.read(step.fields, raw);
});

const fitted = (raw, around) => {
  const { lines } = around.walk;
  const [body, faults] = form.read([
    pick('line', Object.keys(lines).filter((key) => lines[key].kind === 'part'), MUST),
    F('serial_new', 'text'), F('serial_old', 'text'), pick('old_part', ['taken', 'left'], MUST),
    coded(around, 'reason', 'old_part_reason'),
  ], raw);
  if (body.old_part === 'left') need(body, faults, 'reason');
  return [body, faults];
};

const repair = withLines((act, step, raw, around) => {
  if (act === 'fitted') return fitted(raw, around);
  const [body, faults] = within([
    pick('mode', MODES, MUST), coded(around, 'measures', 'measure', CODES), F('measure_text', 'longtext', { max: 500 }),
    F('live_work', 'tick'), F('live_work_reason', 'text'), F('height_cm', 'number', { min: 0, max: 5000 }),
    F('belt', 'tick'), F('photos', 'photos'),
  ], step, raw);
  const { mode, measures = [] } = body;
  if ((body.height_cm || 0) >= (around.protocol.settings.height_limit_cm ?? 200) && !body.belt) faults.belt = 'no_belt_no_work';
  if (measures.length > 1 && measures.includes('none')) faults.measures = 'contradicts';
  if (mode === 'on_site' && !measures.length && !body.measure_text) faults.measures ??= 'required';
  if (mode === 'on_site' && !Object.keys(faults).length && around.walk.unfitted.length) faults.fitted = 'parts_without_old_part';
  return [body, faults];
});

const takeBack = (act, step, raw, around) => {
  if (act === 'signed' || act === 'declined') return signature(act, raw, around);
  if (act === 'handed_over') {
    const chosen = around.walk.of_kind('take_back')?.values.loaner ?? 'none';
    return [{}, loaners(around).includes(chosen) ? {} : { loaner: 'lent_elsewhere' }];
  }
  if (act !== 'done') return [{}, {}];
  const [body, faults] = within([
    F('condition', 'longtext', { required: true, max: 500 }), F('photos', 'photos', OR_REASON), F('accessories', 'text'),
    coded(around, 'reason', 'take_back_reason', MUST), F('reason_text', 'text'), F('promised_on', 'date', MUST),
    pick('loaner', loaners(around), MUST), F('loaner_condition', 'text'), F('loaner_accessories', 'text'),
  ], step, raw);
  promiseFaults(body, faults, 'promised_on', around);
  if ((body.loaner ?? 'none') === 'none') {
    delete body.loaner_condition;
    delete body.loaner_accessories;
  } else if (!body.loaner_condition) faults.loaner_condition ??= 'required';
  return [body, faults];
};

const test = (act, step, raw, around) => {
  const [body, faults] = within([
    pick('result', ['works', 'fails', 'not_tested', 'dangerous'], MUST), coded(around, 'reason', 'not_tested_reason'),
    F('note', 'longtext', { max: 500 }), F('customer_saw', 'tick'), F('told_danger', 'tick'), F('photos', 'photos'),
  ], step, raw);
  if (body.result === 'not_tested') need(body, faults, 'reason');
  if (['works', 'fails'].includes(body.result) && around.walk.danger) faults.result = 'make_safe_first';
  if (body.result === 'dangerous' && !body.told_danger) faults.told_danger ??= 'required';
  return [body, faults];
};

const fees = withLines((act, step, raw, around) => {
  const [body, faults] = form.read(step.fields, raw);
  return [{ ...body, total: around.walk.fee.total }, faults];
});

const NEEDED = { later: 'later_by', refused: 'refuse_reason' };

const pay = (act, step, raw, around) => {
  const [body, faults] = within([
    pick('method', ['cash', 'card', 'wechat', 'alipay', 'transfer', 'none'], MUST), F('amount', 'money'),
    pick('rest', Object.keys(NEEDED)), F('later_by', 'date'), coded(around, 'refuse_reason', 'pay_refuse_reason'),
    F('invoice', 'tick'), F('invoice_title', 'text'), F('invoice_tax_id', 'text', { max: 40 }), F('invoice_to', 'text'),
  ], step, raw);
  const { total } = around.walk.fee;
  const { method } = body;
  const paid = method === 'none' ? 0 : body.amount ?? total;
  delete body.amount;
  if (paid > total) faults.amount = 'more_than_the_total';
  else if (method && method !== 'none' && paid === 0 && total) faults.amount = 'required';
  const rest = paid < total ? body.rest : undefined;
  for (const name of ['rest', 'later_by', 'refuse_reason']) {
    if (!rest || (name !== 'rest' && name !== NEEDED[rest])) delete body[name];
  }
  if (paid < total && !('amount' in faults)) {
    need(body, faults, rest ? NEEDED[rest] : 'rest');
    promiseFaults(body, faults, 'later_by', around);
  }
  if (body.invoice && !body.invoice_title) faults.invoice_title ??= 'required';
  return [{ ...body, paid, due: total }, faults];
};

const STARS = ['1', '2', '3', '4', '5'];

const sign = (act, step, raw, around) => {
  if (act === 'rated') {
    return form.read([
      pick('quality', STARS), pick('attitude', STARS), pick('satisfied', ['yes', 'no']), F('comment', 'longtext'),
    ], raw);
  }
  return act === 'signed' || act === 'declined' ? signature(act, raw, around) : [{}, {}];
};

const signature = (act, raw, around) => {
  const shown = form.text(raw, 'shown', 64);
  if (act === 'declined') {
    const [body, faults] = form.read([coded(around, 'reason', 'decline_reason', MUST), F('text', 'text')], raw);
    return [{ ...body, shown }, faults];
  }
  const byHow = (how) => ({ required: form.first(raw, 'how') === how });
  const [found, faults] = form.read([
    pick('how', ['drawn', 'typed', 'paper'], MUST), F('name', 'text', { ...byHow('typed'), max: 80 }),
    pick('relation', ['self', 'family', 'colleague', 'helper', 'neighbour', 'other']),
    F('photo', 'photo', byHow('paper')),
  ], raw);
  const body = { ...found, shown, relation: found.relation ?? 'self' };
  if (body.how === 'drawn') {
    const strokes = strokesOf(form.first(raw, 'strokes'), form.first(raw, 'size'));
    if (!strokes) faults.strokes = 'draw_first';
    [body.strokes, body.size] = strokes || [null, []];
  }
  if (body.relation !== 'self' && !body.name) faults.name ??= 'required';
  return [body, faults];
};

/* [strokes, size], or null when nobody drew anything. Only whole numbers: '1.0' is none to the server. */
const strokesOf = (text, sizeText) => {
  if (/[^\d\s,[\]-]/.test(text + sizeText)) return null;
  let strokes;
  let size;
  try {
    [strokes, size] = [JSON.parse(text || '[]'), JSON.parse(sizeText || '[]')];
  } catch {
    return null;
  }
  const isPair = Array.isArray(size) && size.length === 2 && size.every((side) => side > 0 && side <= 4000 && !side.map);
  if (!isPair || !Array.isArray(strokes) || !strokes.length || strokes.length > 200) return null;
  const isPoint = (value, i) => Number.isInteger(value) && value >= -size[i % 2] && value <= 2 * size[i % 2];
  if (!strokes.every((one) => Array.isArray(one) && one.length >= 2 && one.length % 2 === 0 && one.every(isPoint))) return null;
  let length = 0;
  for (const one of strokes) {
    for (let i = 2; i < one.length; i += 2) length += Math.hypot(one[i] - one[i - 2], one[i + 1] - one[i - 1]);
  }
  const points = strokes.reduce((sum, one) => sum + one.length, 0);
  return points > 12000 || length < 40 ? null : [strokes, size];
};

const leave = (act, step, raw, around) => {
  const fields = ['gift', 'card', 'sticker'].flatMap((thing) => [
    pick(thing, ['yes', 'no'], MUST),
    coded(around, `${thing}_reason`, 'not_left_reason', { required: form.first(raw, thing) === 'no' }),
  ]);
  return within(fields, step, raw);
};

const confidence = (act, step, raw) => within([pick('sure', ['yes', 'no'], MUST)], step, raw);

const handIn = (act, step, raw, around) => {
  const { walk } = around;
  const [body, faults] = timed('handed_in_at', [
    F('card', 'tick', OR_REASON),
    ...(walk.cash_due ? [F('money', 'tick', OR_REASON)] : []),
    ...(walk.old_parts_taken ? [F('old_parts', 'tick', OR_REASON)] : []),
    coded(around, 'late_reason', 'hand_in_late_reason'),
    F('promised_on', 'date'),
  ])(act, step, raw, around);
  promiseFaults(body, faults, 'promised_on', around);
  return [body, faults];
};

const DONE = ['done'];
const LINES = ['line', 'unline', 'done'];
const HANDS = ['handed_over', 'handed_back'];
const SIGNED = ['signed', 'declined'];

/* kind -> [its acts, its reader] */
export const KINDS = {
  accept: [DONE, accept],
  analyse: [DONE, analyse],
  call: [['attempt', 'done'], call],
  checklist: [DONE, checklist],
  depart: [DONE, depart],
  arrive: [DONE, arrive],
  knock: [['bout', 'ladder', 'done'], knock],
  enter: [DONE, enter],
  covers: [DONE, covers],
  listen: [DONE, listen],
  diagnose: [LINES, diagnose],
  consent: [[...HANDS, 'agreed', 'refused', ...LINES], consent],
  repair: [['fitted', ...LINES], repair],
  take_back: [['done', ...HANDS, ...SIGNED], takeBack],
  test: [DONE, test],
  fees: [LINES, fees],
  pay: [DONE, pay],
  sign: [[...HANDS, 'rated', ...SIGNED], sign],
  leave: [DONE, leave],
  confidence: [DONE, confidence],
  hand_in: [DONE, handIn],
};
