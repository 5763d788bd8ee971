/* The canonical form of what is signed, its SHA-256 and the short code, to the byte as the server's `seal`. */
import { strip } from './text.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const K = [];
const START = [];
const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
for (let n = 2; K.length < 64; n += 1) {
  if ([2, 3, 5, 7, 11, 13, 17].some((p) => p < n && n % p === 0)) continue; // 311 is the last prime wanted
  if (START.length < 8) START.push(fraction(n ** 0.5));
  K.push(fraction(n ** (1 / 3)));
}

const fault = (code, path) => Object.assign(new Error(`${code} at ${path || 'the top'}`), { code, path });
const under = (path, part) => (path ? `${path}.${part}` : String(part));
const text = (value, path) => {
  if (/\p{Cs}/u.test(value)) throw fault('lone_surrogate', path);
  return value.normalize('NFC');
};

const sorted = (value, path) => {
  const named = new Map();
  for (const [key, each] of Object.entries(value)) {
    const name = text(key, path);
    if (named.has(name)) throw fault('key_twice', under(path, name));
    named.set(name, canonical(each, under(path, name)));
  }
  return `{${[...named.keys()].sort().map((name) => `${JSON.stringify(name)}:${named.get(name)}`)}}`;
};

/* JSON without spaces, keys sorted by UTF-16 unit, NFC, whole numbers only; throws {code, path}. */
export const canonical = (value, path = '') => {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(text(value, path));
  if (Array.isArray(value)) return `[${value.map((each, index) => canonical(each, under(path, index)))}]`;
  if (typeof value === 'object') return sorted(value, path);
  if (typeof value !== 'number') throw fault('not_json', path);
  if (!Number.isInteger(value)) throw fault('float', path);
  if (!Number.isSafeInteger(value)) throw fault('integer_too_large', path);
  return JSON.stringify(value);
};

const turn = (x, n) => (x >>> n) | (x << (32 - n));

const block = (state, view, at) => {
  const w = [];
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    w[i] = i < 16 ? view.getInt32(at + i * 4)
      : (w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const other = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + other) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) | 0);
};

/* SHA-256 of text, 64 hex digits; at once, because a form cannot wait for it. */
export const sha256 = (content) => {
  const bytes = new TextEncoder().encode(content);
  const size = Math.ceil((bytes.length + 9) / 64) * 64;
  const padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(size - 8, bytes.length / 2 ** 29);
  view.setUint32(size - 4, bytes.length * 8);
  let state = START;
  for (let at = 0; at < size; at += 64) state = block(state, view, at);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
};

export const digestNow = (content) => sha256(canonical(content));
export const digest = async (content) => digestNow(content);

const coded = (letters) => `${letters.slice(0, 4)}-${letters.slice(4)}`;

/* The first 40 bits of a digest as XXXX-XXXX. */
export const short_code = (hex) => {
  const bits = parseInt(hex.slice(0, 10), 16);
  return coded([7, 6, 5, 4, 3, 2, 1, 0].map((n) => CROCKFORD[Math.floor(bits / 32 ** n) % 32]).join(''));
};

/* A code as a person typed it, or null. */
export const read_code = (typed) => {
  const letters = strip(typed).toUpperCase().replace(/[- ]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(letters) ? coded(letters) : null;
};
