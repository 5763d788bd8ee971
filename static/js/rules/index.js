/* The rules as the phone reads them: the server's `domain` in JavaScript, without a page, a network or a clock.
   The server is right where the two differ; tests/rules runs both over the same cases.

   load(data, rules, prices)        of /visits/<id>/data, /protocols/<hash>/rules, /prices/<hash>
                                    -> visit {facts, protocol, prices, records}
   walk.read(protocol, facts, prices, records)
                                    -> {steps: {id: {step, status, applies, locked_by, values, log, at, reopened, base,
                                    settled}}, data, appointment, state, outcome, next_step, mode, danger, lines, fitted,
                                    fee, warranty, agreed, refused, hand_over, signature, iou_signature, rated, paused,
                                    ended, ended_as, rulings, version, values, consented, unfitted, old_parts_taken,
                                    cash_due, arrived_at, stage, of_kind(kind), bouts()}
   steps.judge(visit, walk, entry)  -> {body|null, faults: {field: code}, refused: null|reason, needs: [step]}
   steps.record(seq, entry, body)   -> {seq, key, step, act, at, role, body}
   steps.sha_of(entry)              -> Promise of 64 hex digits
   content.shown(visit, walk, step, language) -> {content, digest, code}
   clock.settled({device, mono, boot, seen})  -> {at, trust, skew_s} */
import * as clock from './clock.js';
import * as content from './content.js';
import * as effect from './effect.js';
import * as fee from './fee.js';
import * as form from './form.js';
import * as seal from './seal.js';
import * as steps from './steps.js';
import * as walk from './walk.js';

const load = (data, protocol, list) => ({
  facts: data.facts,
  protocol,
  prices: {
    ...list,
    items: Object.fromEntries(list.item.map((one) => [one.code, one])),
    table: seal.digestNow(list.fee_rules),
  },
  records: data.records,
});

export { load, walk, content, seal, fee, form, steps, clock, effect };
