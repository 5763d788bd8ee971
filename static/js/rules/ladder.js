/* The ladder at a closed door: what was not recorded before leaving (F-KNOCK-11..14). */
import { SECOND, us } from './clock.js';

export const RUNGS = ['telephone', 'neighbour', 'note', 'centre', 'downstairs'];

export const untried = (log, at, totalS) => {
  const bouts = log.filter((record) => record.act === 'bout').map((record) => us(record.at));
  const tried = log.filter((record) => record.act === 'ladder').map((record) => record.body.rung);
  const waited = bouts.length && us(at) - Math.min(...bouts) >= totalS * SECOND;
  return [...(waited ? [] : ['wait']), ...RUNGS.filter((rung) => !tried.includes(rung))];
};
