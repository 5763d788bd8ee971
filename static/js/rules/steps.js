/* The judge of an entry: what the server would make of it now, or why it would not take it. Stores nothing. */
import * as clock from './clock.js';
import { shown } from './content.js';
import * as form from './form.js';
import { KINDS, readPassed, readProblem } from './kinds.js';
import { digest } from './seal.js';
import { strip } from './text.js';

const COMMON = ['passed', 'problem', 'resumed'];
const CUSTOMERS = ['agreed', 'refused', 'rated', 'signed', 'declined'];
const GATED = ['done', 'handed_over', 'agreed', 'signed'];

const refusal = (refused, needs = []) => ({ body: null, faults: {}, refused, needs });
const invalid = (faults) => ({ body: {}, faults, refused: null, needs: [] });

const roleFault = ({ walk, step, act, role }) => {
  if (CUSTOMERS.includes(act) !== (role === 'customer')) return refusal('not_found');
  return role === 'customer' && walk.hand_over?.step !== step.id ? refusal('not_open', [step.id]) : null;
};

const openFault = ({ walk, step, act, base }) => {
  const state = walk.steps[step.id];
  const gated = GATED.includes(act);
  const isOver = walk.state === 'finished' && step.layer === 'customer' && act !== 'rated' && act !== 'handed_back';
  if ((walk.ended && !walk.ended_by_desk) || isOver) return refusal('ended');
  if (gated && walk.paused) return refusal('not_open', [walk.paused.step]);
  // A total that was agreed to without a network stands, so its consent is no gate.
  const shut = state.locked_by.filter((id) => !walk.agreed?.differs || walk.steps[id].step.kind !== 'consent');
  if (gated && (shut.length || !state.applies)) return refusal('not_open', state.locked_by);
  if (act === 'handed_over' && step.kind === 'take_back' && !('condition' in state.values)) return refusal('not_open', [step.id]);
  if (act === 'rated' && walk.rated) return invalid({ quality: 'already_rated' });
  if (act === 'passed' && (step.gate || step.kind === 'sign')) return invalid({ reason: 'cannot_be_passed' });
  return ['done', 'passed'].includes(act) && (base ?? state.base) !== state.base ? refusal('moved') : null;
};

const read = (fields, around) => {
  const { step, act } = around;
  if (act === 'passed') return readPassed(fields, around);
  if (act === 'problem') return readProblem(fields, around);
  return act === 'resumed' ? [{}, {}] : KINDS[step.kind][1](fields, around);
};

/* The time that was entered afterwards, at most a month back. */
const doneAbout = (fields, at, body, faults) => {
  const about = strip(form.first(fields, 'done_about'));
  if (!about) return;
  const moment = form.moment(about);
  const ago = moment && clock.us(at) - clock.us(moment);
  if (moment && ago >= 0 && ago <= 31 * clock.DAY) body.done_about = moment;
  else faults.done_about = 'bad_time';
};

/* What the server adds: a line's standard price, and what exactly was signed. */
const enriched = (visit, walk, step, act, fields, body) => {
  if (act === 'line') {
    const { kind, price } = visit.prices.items[body.item];
    return { ...body, kind, standard: price };
  }
  if (act !== 'signed' && act !== 'declined') return body;
  const language = form.text(fields, 'language', 10);
  const seen = shown(visit, walk, step.id, Object.hasOwn(visit.protocol.texts, language) ? language : undefined);
  const { shown: digestShown, ...kept } = body;
  return digestShown === seen.digest ? { ...kept, ...seen } : null;
};

/* {body, faults, refused: null|'not_found'|'not_open'|'moved'|'ended', needs} of an entry {step, act, fields, at, base, role}. */
export const judge = (visit, walk, { step: id, act, fields, at, base, role = 'engineer' }) => {
  const step = visit.protocol.steps.find((one) => one.id === id);
  if (!step || ![...COMMON, ...KINDS[step.kind][0]].includes(act)) return refusal('not_found');
  const around = { ...visit, walk, step, act, base, role, at: clock.parse(at).text };
  const fault = roleFault(around) || openFault(around);
  if (fault) return fault;
  const [body, faults] = read(fields, around);
  doneAbout(fields, around.at, body, faults);
  if (Object.keys(faults).length) return { ...invalid(faults), body };
  const whole = enriched(visit, walk, step, act, fields, body);
  return whole ? { ...invalid(faults), body: whole } : refusal('moved');
};

/* The record that the entry becomes. */
export const record = (seq, { key, step, act, at, role = 'engineer' }, body) => (
  { seq, key, step, act, at: clock.parse(at).text, role, body });

/* What makes two entries the same. */
export const sha_of = ({ visit, step, act, fields }) => digest([visit, step, act, fields]);
