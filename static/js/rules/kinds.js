/* How each kind of step reads an entry: (raw, around) -> [body, faults]; as the server's `steps/*`. `around` is {facts,
   protocol, prices, walk, step, act, at}. */
import * as clock from './clock.js';
import * as effect from './effect.js';
import * as form from './form.js';
import { aheadFaults, boughtFaults, entered, fieldsOf, loaners, need, promiseFaults, within } from './inputs.js';
import { RUNGS, untried } from './ladder.js';
import { SIGNED, sign } from './signing.js';
import { agreedTerm, BASES, LONGEST_MONTH, termFault } from './warranty.js';

/* 'Not recorded', with its reason. */
export const readPassed = (raw, around) => entered('reason!@pass_reason text', raw, around);

const ASKED = {
  slot: 'slot!:datetime',
  rebook_reason: 'rebook_reason!@rebook_reason',
  consent: 'consent!:tick',
  back_at: 'back_at!:datetime',
  answer_by: 'answer_by!:date',
  left_out: 'left_out@pass_reason',
};

/* A problem met: which, what was recorded of it, and the way on that was chosen. */
export const readProblem = (raw, around) => {
  const { step } = around;
  const problem = step.problems.find((one) => one.id === form.first(raw, 'problem'));
  if (!problem) return [{}, { problem: 'not_an_option' }];
  const only = problem.remedies.length === 1 ? problem.remedies[0].id : '';
  const remedy = problem.remedies.find((one) => one.id === (form.first(raw, 'remedy') || only));
  const [body, faults] = form.read(problem.fields, raw);
  if (!remedy) return [body, { ...faults, remedy: 'required' }];
  const asked = effect.asks(remedy.effects);
  const [more, wrong] = form.read([...remedy.fields, ...fieldsOf(asked.map((name) => ASKED[name]).join(' '), around)], raw);
  for (const [name, furthest] of [['slot', 365], ['back_at', 31]]) {
    if (name in more && asked.includes(name)) aheadFaults(wrong, name, more[name], clock.us(around.at), furthest);
  }
  if (asked.includes('answer_by')) promiseFaults(more, wrong, 'answer_by', around);
  if (remedy.effects.includes('no_access')) {
    const left = untried(around.walk.steps[step.id].log, around.at, around.protocol.settings.knock_total_s ?? 300);
    if (left.length) more.untried = left;
    if (form.isSet(more.untried) && !('left_out' in more)) wrong.left_out ??= 'not_all_was_tried';
  }
  return [{ ...body, problem: problem.id, remedy: remedy.id, ...more }, { ...faults, ...wrong }];
};

const DATA = 'name! address!/300 phone:tel brand model serial purchase_date:date symptom:longtext/500 request:longtext/500';

const accept = (raw, around) => {
  const fields = fieldsOf(DATA, around);
  const [data, faults] = form.read(fields, raw);
  const verified = {};
  const allBy = form.first(raw, 'all_by');
  for (const { id } of fields) {
    let who = form.first(raw, `${id}_by`) || 'unverified';
    if (who === 'unverified' && allBy && data[id]) who = allBy;
    if (!['dispatcher', 'customer', 'unverified'].includes(who)) faults[id] = 'not_an_option';
    verified[id] = who;
  }
  boughtFaults(data, faults, around);
  const [declared, wrong] = checklist(raw, around);
  return [{ data, verified, ...declared }, { ...faults, ...wrong }];
};

const analyse = (raw, around) => {
  const { items } = around.prices;
  const { appliance } = around.facts;
  const fits = ({ kind, appliance_kinds: kinds }) => kind === 'part' && (!kinds.length || kinds.includes(appliance.kind));
  return within(
    'causes:choices@cause parts:choices parts_text place!=home|take_back_likely|unsure loaner time!=enough|tight source',
    raw, around, { parts: Object.keys(items).filter((code) => fits(items[code])), loaner: loaners(around) },
  );
};

const call = (raw, around) => {
  if (around.act === 'attempt') {
    return entered('channel!=phone|message number:tel result!=answered|no_answer|busy|refused', raw, around);
  }
  const fields = fieldsOf('time:datetime address/300 model purchase_date:date symptom:longtext/500', around);
  const [values, faults] = form.read(fields, raw);
  const confirmed = [];
  const corrected = {};
  for (const { id } of fields) {
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
  const [declared, wrong] = checklist(raw, around);
  return [{ confirmed, corrected, ...declared }, { ...faults, ...wrong }];
};

/* Within the norm's hour of the call, or longer as the company's last ruling on this step let it be. */
const promise = (raw, around) => {
  const { walk, step, protocol } = around;
  const [body, faults] = checklist(raw, around);
  const begins = walk.of_kind('call')?.at ?? around.at;
  const minutes = (clock.us(walk.appointment) - clock.us(begins)) / clock.MINUTE;
  if (body.promise === 'within_hour' && minutes > (protocol.settings.arrival_promise_min ?? 60)) faults.promise = 'later_than_promised';
  const last = walk.rulings.filter((record) => record.step === step.id).pop();
  if (body.promise === 'longer_approved' && last?.body.ruling !== 'approved') faults.promise = 'not_approved';
  return [body, faults];
};

const checklist = (raw, { step }) => form.read(step.fields, raw);

/* The step's values, with the time of the act under `name`. */
const timed = (name, spec) => (raw, around) => {
  const [body, faults] = within(spec, raw, around);
  return [{ ...body, [name]: around.at }, faults];
};

const depart = timed('left_at', 'travel_minutes!:number>0/600');
const enter = timed('entered_at', 'introduced?:tick customer_confirmed?:tick card_shown?:tick who!=customer|family|helper');

const LATE = 'late_cause!@late_cause told_ahead:tick apologised?:tick accepted=accepted|not_accepted|not_yet';

const arrive = (raw, around) => {
  const { minutes, tier } = clock.arrival(around.walk.appointment, around.at, around.protocol.settings.late_tier2_min ?? 15);
  const [body, faults] = within(tier ? LATE : '', raw, around);
  return [{ ...body, arrived_at: around.at, minutes_late: minutes, tier }, faults];
};

const RESULTS = {
  telephone: 'answered|no_answer|off',
  neighbour: 'out|in|unknown|none',
  note: 'left place!=door|letterbox|other photo:photo',
  centre: 'told',
  downstairs: 'not_there|found',
};

const knock = (raw, around) => {
  if (around.act === 'bout') return entered('way!=bell|knock', raw, around);
  const rung = form.first(raw, 'rung');
  if (around.act !== 'ladder') {
    const [body, faults] = checklist(raw, around);
    return [{ ...body, opened: true }, faults];
  }
  if (!RUNGS.includes(rung)) return [{}, { rung: 'not_an_option' }];
  const [body, faults] = entered(`result!=${RESULTS[rung]}`, raw, around);
  return [{ rung, ...body }, faults];
};

const covers = (raw, around) => {
  const [body, faults] = within('worn!=on|waived reason@covers_reason', raw, around);
  if (body.worn === 'waived') {
    need(body, faults, 'reason');
    const allowed = Object.entries(around.step.settings.waive_when || {});
    if (allowed.some(([name, values]) => name in body && !values.includes(body[name]))) faults.worn ??= 'not_waived_here';
  }
  if (body.worn === 'on') delete body.reason;
  return [body, faults];
};

const listen = (raw, around) => within('words!:longtext symptoms:choices@fault mood@mood', raw, around);

/* No price before what the diagnosis's `lines_after` lists was done or passed. */
const isInspected = ({ protocol, walk }) => {
  const before = walk.of_kind('diagnose')?.step.settings.lines_after || [];
  return protocol.settings.price_before_inspection === true || before.every((id) => walk.steps[id].settled);
};

/* Lines are put on and taken off at several steps; what is left is the kind's own. */
const withLines = (own) => (raw, around) => {
  const line = Object.keys(around.walk.lines);
  if (around.act === 'unline') return entered('line!', raw, around, { line });
  if (around.act !== 'line') return own(raw, around);
  const lists = { item: Object.keys(around.prices.items) };
  const [body, faults] = entered('item! qty!:number>1/99 certificate_price:money>1', { qty: '1', ...raw }, around, lists);
  if (line.length >= 40) faults.item = 'too_many_lines';
  if (!isInspected(around)) faults.item = 'inspect_first';
  return [body, faults];
};

const diagnose = withLines((raw, around) => {
  const [body, faults] = within(
    'fault!@fault fault_text:longtext/500 cause!@cause cause_text:longtext/500 brand model serial purchase_date:date basis! '
    + 'photos:photos', raw, around, { basis: BASES },
  );
  boughtFaults(body, faults, around);
  return [body, faults];
});

const TERM_NEEDS = { shorter: 'days', longer: 'days', none: 'case' };

const term = (raw, around) => {
  const [body, faults] = checklist(raw, around);
  const needed = TERM_NEEDS[body.term];
  for (const name of ['days', 'case']) {
    if (name !== needed) {
      delete body[name];
      delete faults[name];
    }
  }
  if (needed) need(body, faults, needed);
  if (body.term === 'shorter' && body.days >= LONGEST_MONTH) faults.days = 'too_large';
  if (body.term === 'longer' && body.days < 3 * LONGEST_MONTH) faults.days = 'too_small';
  if (!Object.keys(faults).length && body.term !== 'no_repair') {
    const fault = termFault(agreedTerm(body, 0), around.prices.repair_warranty_min, body.agreed);
    if (fault === 'below_minimum') faults.term = fault;
    else if (fault) faults.agreed = 'required';
  }
  return [body, faults];
};

const consent = withLines((raw, around) => {
  const { walk: { fee, consented }, act } = around;
  if (act === 'agreed') {
    const [body, faults] = entered('total!:number>0', raw, around);
    if (!faults.total && body.total !== fee.total) faults.total = 'changed_meanwhile';
    return [{ ...body, currency: fee.currency }, faults];
  }
  if (act === 'refused') return entered('reason!@refuse_reason text', raw, around);
  if (act === 'done') return [{}, consented ? {} : { consent: 'customer_has_not_agreed' }];
  return checklist(raw, around);
});

const fitted = (raw, around) => {
  const { lines } = around.walk;
  const [body, faults] = entered(
    'line! serial_new serial_old old_part!=taken|left reason@old_part_reason', raw, around,
    { line: Object.keys(lines).filter((key) => lines[key].kind === 'part') },
  );
  if (body.old_part === 'left') need(body, faults, 'reason');
  return [body, faults];
};

const repair = withLines((raw, around) => {
  if (around.act === 'fitted') return fitted(raw, around);
  const [body, faults] = within(
    'mode!=on_site|take_back|no_fault|not_repaired measures:choices@measure measure_text:longtext/500 live_work:tick '
    + 'live_work_reason height_cm:number>0/5000 belt:tick photos:photos', raw, around,
  );
  const { mode, measures = [] } = body;
  if ((body.height_cm || 0) >= (around.protocol.settings.height_limit_cm ?? 200) && !body.belt) faults.belt = 'no_belt_no_work';
  if (measures.length > 1 && measures.includes('none')) faults.measures = 'contradicts';
  if (mode === 'on_site' && !measures.length && !body.measure_text) faults.measures ??= 'required';
  if (mode === 'on_site' && !Object.keys(faults).length && around.walk.unfitted.length) faults.fitted = 'parts_without_old_part';
  return [body, faults];
});

const takeBack = (raw, around) => {
  const { act } = around;
  const loaner = loaners(around);
  if (act === 'handed_over') {
    const chosen = around.walk.of_kind('take_back')?.values.loaner ?? 'none';
    return [{}, loaner.includes(chosen) ? {} : { loaner: 'lent_elsewhere' }];
  }
  if (act !== 'done') return sign(raw, around);
  const [body, faults] = within(
    'condition!:longtext/500 photos?:photos accessories reason!@take_back_reason reason_text promised_on!:date loaner! '
    + 'loaner_condition loaner_accessories', raw, around, { loaner },
  );
  promiseFaults(body, faults, 'promised_on', around);
  if ((body.loaner ?? 'none') === 'none') {
    delete body.loaner_condition;
    delete body.loaner_accessories;
  } else if (!body.loaner_condition) faults.loaner_condition ??= 'required';
  return [body, faults];
};

const test = (raw, around) => {
  const [body, faults] = within(
    'result!=works|fails|not_tested|dangerous reason@not_tested_reason note:longtext/500 customer_saw:tick told_danger:tick '
    + 'photos:photos', raw, around,
  );
  if (body.result === 'not_tested') {
    need(body, faults, 'reason');
    if (body.reason && !(around.step.settings.untested_for || [body.reason]).includes(body.reason)) faults.reason = 'cannot_be_passed';
  }
  if (['works', 'fails'].includes(body.result) && around.walk.danger) faults.result = 'make_safe_first';
  if (body.result === 'dangerous' && !body.told_danger) faults.told_danger ??= 'required';
  return [body, faults];
};

const fees = withLines((raw, around) => {
  const [body, faults] = checklist(raw, around);
  return [{ ...body, total: around.walk.fee.total }, faults];
});

const NEEDED = { later: 'later_by', refused: 'refuse_reason' };

const pay = (raw, around) => {
  const [body, faults] = within(
    'method!=cash|card|wechat|alipay|transfer|none amount:money rest=later|refused later_by:date '
    + 'refuse_reason@pay_refuse_reason invoice:tick invoice_title invoice_tax_id/40 invoice_to', raw, around,
  );
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

const leave = (raw, around) => {
  const asked = (thing) => `${thing}!=yes|no ${thing}_reason${form.first(raw, thing) === 'no' ? '!' : ''}@not_left_reason`;
  return within((around.step.settings.things || ['gift', 'card', 'sticker']).map(asked).join(' '), raw, around);
};

const confidence = (raw, around) => within('sure!=yes|no', raw, around);

const handIn = (raw, around) => {
  const { cash_due: cash, old_parts_taken: parts } = around.walk;
  const more = `${cash ? 'money?:tick' : ''} ${parts ? 'old_parts?:tick' : ''}`;
  const spec = `card?:tick ${more} late_reason@hand_in_late_reason promised_on:date`;
  const [body, faults] = timed('handed_in_at', spec)(raw, around);
  promiseFaults(body, faults, 'promised_on', around);
  return [body, faults];
};

const DONE = ['done'];
const LINES = ['line', 'unline', 'done'];
const HANDS = ['handed_over', 'handed_back'];

/* kind -> [its acts, its reader] */
export const KINDS = {
  accept: [DONE, accept],
  analyse: [DONE, analyse],
  call: [['attempt', 'done'], call],
  promise: [DONE, promise],
  checklist: [DONE, checklist],
  depart: [DONE, depart],
  arrive: [DONE, arrive],
  knock: [['bout', 'ladder', 'done'], knock],
  enter: [DONE, enter],
  covers: [DONE, covers],
  listen: [DONE, listen],
  diagnose: [LINES, diagnose],
  term: [DONE, term],
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
