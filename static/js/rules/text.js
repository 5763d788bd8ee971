/* Cleaning of what people type, sign for sign as the server does it (`text`). Lengths count whole characters. */

// Python knows Unicode 14. What came later it drops, except ideographs of planes 2 and 3, which are in people's names.
const NEWER = /[\ufffe]/gu;
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
  let end = limit;
  while (end > 0 && (/[\u200c\u200d\ufe00-\ufe0f]/.test(signs[end]) || signs[end - 1] === '\u200d' || isCombining(signs[end]))) end -= 1;
  return signs.slice(0, end).join('').trimEnd();
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
