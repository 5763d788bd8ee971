/* What the customer enters on their own pages: a rating, a signature, or why there is none. */
import * as form from './form.js';
import { entered } from './inputs.js';

const STARS = '1|2|3|4|5';
export const SIGNED = ['signed', 'declined'];

export const sign = (raw, around) => {
  if (around.act === 'rated') {
    return entered(`quality=${STARS} attitude=${STARS} satisfied=yes|no comment:longtext`, raw, around);
  }
  return SIGNED.includes(around.act) ? signature(raw, around) : [{}, {}];
};

const signature = (raw, around) => {
  const shown = form.text(raw, 'shown', 64);
  if (around.act === 'declined') {
    const [body, faults] = entered('reason!@decline_reason text', raw, around);
    return [{ ...body, shown }, faults];
  }
  const by = (how) => (form.first(raw, 'how') === how ? '!' : '');
  const [found, faults] = entered(
    `how!=drawn|typed|paper name${by('typed')}/80 relation=self|family|colleague|helper|neighbour|other photo${by('paper')}:photo`,
    raw, around,
  );
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
