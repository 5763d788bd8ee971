/* What a step's form asks for, in short, and what several kinds of step find wrong with an entry. */
import * as clock from './clock.js';
import * as form from './form.js';

/* Inputs in short: `id! ` must be there, `id?` that or a reason; then `:type` (text unless it has options), `>least`,
   `/most`, `@list of codes`, `=one|other`. `lists` holds options that depend on the visit. */
const FIELD = /^(\w+)([!?]?)(?::(\w+))?(?:>(\d+))?(?:\/(\d+))?(?:@(\w+))?(?:=(.+))?$/;

export const fieldsOf = (spec, { protocol }, lists = {}) => (spec.match(/\S+/g) || []).map((one) => {
  const [, id, mark, type, min, max, codes, options] = FIELD.exec(one);
  const list = lists[id] || (codes ? protocol.codes[codes] || [] : options?.split('|'));
  return {
    id, type: type || (list ? 'choice' : 'text'), options: list, min: min && Number(min), max: max && Number(max),
    required: mark !== '', or_reason: mark === '?',
  };
});

export const entered = (spec, raw, around, lists) => form.read(fieldsOf(spec, around, lists), raw);

/* A kind's own inputs, then those that the norm declares. */
export const within = (spec, raw, around, lists) => {
  const [body, faults] = entered(spec, raw, around, lists);
  const [more, wrong] = form.read(around.step.fields, raw);
  return [{ ...body, ...more }, { ...faults, ...wrong }];
};

export const need = (body, faults, name) => {
  if (!(name in body)) faults[name] ??= 'required';
};

export const aheadFaults = (faults, name, moment, at, furthestDays) => {
  const ahead = clock.us(moment) - at;
  if (ahead <= 0) faults[name] = 'in_the_past';
  else if (ahead > furthestDays * clock.DAY) faults[name] = 'too_far_ahead';
};

const today = (around) => around.at.slice(0, 10);

export const promiseFaults = (body, faults, name, around) => {
  const days = body[name] ? clock.days(today(around), body[name]) : 0;
  if (days < 0) faults[name] = 'in_the_past';
  else if (days > 365) faults[name] = 'too_far_ahead';
};

export const boughtFaults = (body, faults, around) => {
  if ((body.purchase_date || '') > today(around)) faults.purchase_date = 'in_the_future';
};

export const loaners = ({ facts }) => ['none', ...facts.loaners.map((one) => String(one.id))];
