/* Whether a product is in warranty (A-CHECK-06). Days are ISO text, terms whole months. */

import { days } from './clock.js';

export const LONGEST_MONTH = 31;
export const BASES = ['certificate', 'invoice', 'plate', 'statement'];

/* The same day `months` later, or the last day of that month when it has no such day. */
export const addMonths = (start, months) => {
  const [year, month, day] = start.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  last.setUTCDate(Math.min(day, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
};

/* What is promised on a repair {months, days, case}: as the answers of a step of kind `term` say, else `usual` months. */
export const agreedTerm = ({ term = '', days: agreed = 0, case: reason = null }, usual) => {
  if (term === 'shorter' || term === 'longer') return { months: 0, days: agreed, case: null };
  if (term === 'none') return { months: 0, days: 0, case: reason };
  return { months: term.startsWith('months_') ? Number(term.slice(7)) : usual, days: 0, case: null };
};

/* Why such a term may not be given, or null: the law's shortest first, then the customer's consent outside 1-3 months. */
export const termFault = ({ months, days: given }, minimum, agreed) => {
  if ((given ? Math.floor(given / LONGEST_MONTH) : months) < minimum) return 'below_minimum';
  return (months < 1 || months > 3) && !agreed ? 'consent_missing' : null;
};

/* {status: in|out|unverified, until, basis} */
export const decide = (bought, months, today, basis) => {
  const until = bought && addMonths(bought, months);
  const proven = bought && BASES.includes(basis) && bought <= today;
  const status = !proven ? 'unverified' : today > until ? 'out' : basis === 'statement' ? 'unverified' : 'in';
  return { status, until: until || null, basis };
};

/* Begun months from `start` to `today`; 0 on the day itself. */
export const monthsSince = (start, today) => {
  if (today <= start) return 0;
  let full = (today.slice(0, 4) - start.slice(0, 4)) * 12 + (today.slice(5, 7) - start.slice(5, 7));
  while (addMonths(start, full) >= today) full -= 1;
  return full + 1;
};

/* Whether the earlier repair that a job names answers for the fault that was found now. */
export const reworkIsFree = (earlier, fault, today) => {
  if (!earlier?.signed_on || !fault || fault !== earlier.fault || today < earlier.signed_on) return false;
  if (earlier.days) return days(earlier.signed_on, today) <= earlier.days;
  return earlier.months > 0 && today <= addMonths(earlier.signed_on, earlier.months);
};
