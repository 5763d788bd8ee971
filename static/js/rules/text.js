/* Cleaning of what people type, sign for sign as the server does it (`text`). Lengths count whole characters. */

// Python knows Unicode 14 and drops what came later, except the ideographs of planes 2 and 3, which are in names. These are
// the spans that Unicode 15 to 17 began to use: gap and length in base 36.
const SPANS =
  '1ov 8 qt 3k n d7 2dd-s 2r-1 1c 7e-1 tz o6-2 1gt va-3 dh-b na4-4 3 2 6-n gk2-f ce-1 1j-6 1ki-1f nh-p rr-27'
  + ' 8j-1p n4-2 8v-2q ku-j t9-6x c7-1l 7r-2i 445 h-33u 5qe-1l 2dj-1l 87-1f 7z-4 4qq-7 zk a-6h 6yo z 59n-kw r4-j'
  + ' 2fm-5 7a-2n u9-fj 34p-4 48-b 2i 61-12 ak-3 u-2 g-8 u-2 c-4 7-9 b-5 9-7 8-1 5v-10 b';
let end = 0;
const NEWER = new RegExp(`[${SPANS.split(' ').map((span) => {
  const [gap, more = 0] = span.split('-').map((n) => parseInt(n, 36));
  const from = end + gap;
  end = from + more;
  return `\\u{${from.toString(16)}}-\\u{${end.toString(16)}}`;
}).join('')}]`, 'gu');
const KEPT = /[\t\n\u200c\u200d\u{20000}-\u{3fffd}\u{e0020}-\u{e007f}]/u;
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const EDGES = new RegExp(`^${SPACE}|${SPACE}$`, 'g');

/* Without white space at both ends, in Python's sense of it. */
export const strip = (text) => text.replace(EDGES, '');

export const count = (text) => [...text].length;

export const head = (text, limit) => (text.length <= limit ? text : [...text].slice(0, limit).join(''));

/* A mark that has a place in the canonical order; U+0345 is the last in it. */
const isCombining = (sign) => sign === '\u0345' || !`\u0345${sign}`.normalize('NFD').startsWith('\u0345');

const cut = (text, limit) => {
  const signs = [...text];
  if (signs.length <= limit) return text;
  const isJoined = (at) => /[\u200c\u200d\ufe00-\ufe0f]/.test(signs[at]) || signs[at - 1] === '\u200d' || isCombining(signs[at]);
  let last = limit;
  while (last > 0 && isJoined(last)) last -= 1;
  return signs.slice(0, last).join('').trimEnd();
};

export const clean = (text, limit = 2000) => {
  if (!text) return '';
  const kept = head(text, limit * 4)
    .replace(/\r\n|[\r\v\f\x85\u2028\u2029]/g, '\n').normalize('NFC')
    .replace(/\p{C}/gu, (sign) => (KEPT.test(sign) ? sign : '')).replace(NEWER, '');
  const lines = kept.replace(/[^\S\n]+/g, ' ').split('\n').map((line) => line.trim());
  return cut(lines.join('\n').replace(/\n{3,}/g, '\n\n').trim().normalize('NFC'), limit);
};

export const cleanLine = (text, limit = 200) => cut(clean(text, limit * 2).split(/\s+/).join(' '), limit);
