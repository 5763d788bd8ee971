/* Moments and days as ISO text, worked with but never asked for; whole microseconds and seconds, as the server's. */

export const SECOND = 1e6;
export const MINUTE = 60 * SECOND;
export const DAY = 1440 * MINUTE;
const TRUSTED_SKEW_S = 120;
const MOMENT = /^(\d{4})(-?)(\d\d)\2(\d\d).(\d\d)(?:(:?)(\d\d)(?:\6(\d\d))?)?(?:[.,](\d+))?(?:Z|([+-])(\d\d)(?:(:?)(\d\d)(?:\12(\d\d))?)?)$/su;

const two = (n) => String(n).padStart(2, '0');

/* A day as YYYY-MM-DD from ISO text, null when it is none. */
export const day = (typed) => {
  const found = /^(\d{4})(-?)(\d\d)\2(\d\d)$/.exec(typed);
  if (!found) return null;
  const text = `${found[1]}-${found[3]}-${found[4]}`;
  const made = new Date(`${text}T00:00Z`);
  return made >= 0 || made < 0 ? made.toISOString().slice(0, 10) === text && found[1] > '0000' ? text : null : null;
};

/* {us: microseconds since 1970, offset: seconds, text} of ISO text with an offset, or null. */
export const parse = (typed) => {
  const f = MOMENT.exec(typed);
  const date = f && day(`${f[1]}-${f[3]}-${f[4]}`);
  if (!date || f[5] > 23 || f[7] > 59 || f[8] > 59) return null;
  const part = (n) => Number(f[n] || 0);
  const offset = (f[10] === '-' ? -1 : 1) * (part(11) * 3600 + part(13) * 60 + part(14));
  if (Math.abs(offset) >= 86400) return null;
  const ms = Date.parse(`${date}T00:00Z`) + ((part(5) * 60 + part(7)) * 60 + part(8) - offset) * 1000;
  const us = ms * 1000 + Number((f[9] || '').slice(0, 6).padEnd(6, '0'));
  return { us, offset, text: format(us, offset) };
};

/* As Python writes it: microseconds only when there are some. */
export const format = (us, offset) => {
  const micro = ((us % SECOND) + SECOND) % SECOND;
  const local = new Date((us - micro) / 1000 + offset * 1000).toISOString().slice(0, 19);
  const away = Math.abs(offset);
  const seconds = away % 60 ? `:${two(away % 60)}` : '';
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(away / 3600))}:${two(Math.floor(away / 60) % 60)}${seconds}`;
  return `${local}${micro ? `.${String(micro).padStart(6, '0')}` : ''}${zone}`;
};

export const us = (text) => parse(text).us;

/* Days from one day to another. */
export const days = (from, to) => (Date.parse(to) - Date.parse(from)) / 864e5;

/* {at, trust: good|corrected|assumed|unknown, skew_s} of {device, mono, boot, seen: {at, device, mono, boot}|null}. */
export const settled = ({ device, mono, boot, seen }) => {
  const now = parse(device);
  if (!seen) return { at: now.text, trust: 'unknown', skew_s: null };
  const then = us(seen.device);
  const server = us(seen.at);
  const ran = (Math.trunc(mono) - Math.trunc(seen.mono)) * 1000;
  // The count stands still while a phone sleeps: a clock that went further than it may simply be right.
  const assumed = (boot ?? null) !== (seen.boot ?? null) || now.us - then - ran > TRUSTED_SKEW_S * SECOND;
  const ahead = assumed ? then - server : now.us - server - ran;
  const skew = Math.floor((ahead + SECOND / 2) / SECOND);
  const near = Math.abs(skew) <= TRUSTED_SKEW_S;
  return {
    at: near ? now.text : format(now.us - ahead, now.offset),
    trust: assumed ? 'assumed' : near ? 'good' : 'corrected',
    skew_s: skew,
  };
};

/* How punctual an arrival is: whole minutes after the appointment, tier 0 (not late), 1 or 2. */
export const arrival = (appointment, at, tier2) => {
  const minutes = Math.trunc((us(at) - us(appointment)) / MINUTE) + 0;
  return { minutes, tier: minutes >= tier2 ? 2 : minutes > 0 ? 1 : 0 };
};
