/* Strings as typed become checked values, or a fault (a code) per field; the same as the server's `form`. */
import * as clock from './clock.js';
import { clean, cleanLine, count, head, strip } from './text.js';

export const BLOB = /^sha256:[0-9a-f]{64}$/;
const PHONE = /^(?=(?:[^0-9]*[0-9]){3})[0-9+()\-. /ext]{3,40}$/i;
const MONEY = /^(?:([1-9]\d{0,2}([., ])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,](\d{1,2}))?|(\d{1,10})(?:[.,](\d{1,2}))?)$/;

const halfWidth = (typed) => head(typed, 200).normalize('NFKC');
const isEmpty = (value) => value === null || value === '' || (Array.isArray(value) && !value.length);
export const isSet = (value) => Boolean(value) && !isEmpty(value);

/* The value of a name that should occur once. */
export const first = (raw, name) => {
  const value = raw[name] ?? '';
  return typeof value === 'string' ? value : value[0] ?? '';
};

export const many = (raw, name) => {
  const value = raw[name] ?? [];
  return [...new Set((typeof value === 'string' ? [value] : value).filter(Boolean))].slice(0, 60);
};

export const text = (raw, name, limit = 200) => cleanLine(first(raw, name), limit);

/* '1,234.50' -> 123450, or null. */
export const money = (typed) => {
  const found = MONEY.exec(halfWidth(typed).replace(/^[¥€$元圆 ]+|[¥€$元圆 ]+$/g, ''));
  if (!found) return null;
  const whole = (found[1] || found[4]).replace(/[., ]/g, '');
  const amount = whole * 100 + Number((found[3] || found[5] || '').padEnd(2, '0'));
  return amount <= 1e10 ? amount : null;
};

const within = (date) => date >= '1950-01-01' && date <= '2100-01-01';

/* An ISO time with its offset, as Python writes it, or null. */
export const moment = (typed) => {
  const found = clock.parse(typed);
  return found && within(found.text.slice(0, 10)) ? found.text : null;
};

const day = (typed) => {
  const found = clock.day(typed);
  return found && within(found) ? found : null;
};

const tooLong = (typed, limit) => (count(strip(typed).replace(/\r\n/g, '\n')) > limit ? 'too_long' : '');

const bounded = (one, value) => {
  if (one.min != null && value < one.min) return [null, 'too_small'];
  return one.max == null || value <= one.max ? [value, ''] : [null, 'too_large'];
};

const typedAs = (read, code) => (one, raw) => {
  const typed = strip(first(raw, one.id));
  const found = typed ? read(typed) : null;
  return [found, typed && found === null ? code : ''];
};

const worded = (cleaned, usual) => (one, raw) => {
  const limit = one.max || usual;
  const typed = first(raw, one.id);
  return [cleaned(typed, limit), tooLong(typed, limit)];
};

const photo = (one, raw) => {
  const found = many(raw, one.id);
  if (!found.every((value) => BLOB.test(value))) return [null, 'not_a_photo'];
  return [one.type === 'photos' ? found : found[0] ?? null, ''];
};

const number = (one, raw) => {
  const typed = strip(halfWidth(first(raw, one.id)));
  if (!typed) return [null, ''];
  return /^-?\d{1,9}$/.test(typed) ? bounded(one, Number(typed) || 0) : [null, 'not_a_number'];
};

const amount = (one, raw) => {
  const [value, fault] = typedAs(money, 'not_money')(one, raw);
  return fault || value === null ? [value, fault] : bounded(one, value);
};

const tel = (one, raw) => {
  const typed = cleanLine(halfWidth(first(raw, one.id)), 40);
  return [typed, !typed || PHONE.test(typed) ? '' : 'not_a_phone'];
};

const choice = (one, raw) => {
  const value = first(raw, one.id);
  return [value, !value || one.options.includes(value) ? '' : 'not_an_option'];
};

const choices = (one, raw) => {
  const found = many(raw, one.id);
  return [found, found.every((value) => one.options.includes(value)) ? '' : 'not_an_option'];
};

const READERS = {
  tick: (one, raw) => [['1', 'on', 'true', 'yes'].includes(first(raw, one.id).toLowerCase()), ''],
  choice,
  choices,
  text: worded(cleanLine, 200),
  longtext: worded(clean, 2000),
  number,
  money: amount,
  date: typedAs(day, 'bad_date'),
  datetime: typedAs(moment, 'bad_time'),
  photo,
  photos: photo,
  tel,
};

/* [value, fault] of one field {id, type, required, or_reason, options, min, max}. */
export const readOne = (one, raw) => {
  const [value, fault] = READERS[one.type](one, raw);
  const missing = !fault && one.required && (value === false || isEmpty(value));
  return [value, missing ? (one.or_reason ? 'required_or_reason' : 'required') : fault];
};

/* [values, faults] of all these fields. */
export const read = (fields, raw) => {
  const values = {};
  const faults = {};
  for (const one of fields) {
    const [value, fault] = readOne(one, raw);
    if (fault) faults[one.id] = fault;
    else if (!isEmpty(value)) values[one.id] = value;
    const reason = one.or_reason && !isSet(value) && text(raw, `${one.id}_reason`);
    if (reason) {
      values[`${one.id}_reason`] = reason;
      if (fault === 'required_or_reason') delete faults[one.id];
    }
  }
  return [values, faults];
};
