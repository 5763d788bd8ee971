/* What the customer is shown and signs, as JSON values ready to be sealed; as the server's `content`. Codes, not words. */
import { digestNow, short_code } from './seal.js';
import { agreedTerm } from './warranty.js';

const valuesOf = (walk, kind) => {
  const state = walk.of_kind(kind);
  return state?.applies ? state.values : {};
};

const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
const CUSTOMER = ['name', 'address', 'phone'];
const APPLIANCE = ['kind', 'brand', 'model', 'serial', 'purchase_date'];

const head = (layer, { facts, protocol, prices }, walk, language) => ({
  v: 1, layer, ref: facts.reference, language,
  protocol: pick(protocol, ['id', 'version', 'hash']),
  price_list: pick(prices, ['id', 'hash', 'currency', 'tax_rate_bp', 'tax_included']),
  outlet: facts.outlet,
  engineer: { name: facts.engineer.name, permit_no: facts.engineer.permit_no ?? '' },
  customer: pick(walk.data, CUSTOMER),
  appliance: pick(walk.data, APPLIANCE),
});

const sentences = ({ protocol }, language, names) => {
  const texts = protocol.texts[language] || protocol.texts.en;
  return Object.fromEntries(names.map((name) => [name, texts[name] ?? '']));
};

const faultOf = ({ fault = null, fault_text: text = null }) => ({ code: fault, text });

/* The term on this repair, whose scope stands before it: as agreed before it, else the usual one. */
export const repair_term = (walk, prices) => {
  const { days, ...given } = agreedTerm(valuesOf(walk, 'term'), prices.repair_warranty_months);
  return { scope: 'original_fault', ...given, ...(days ? { days } : {}) };
};

/* What is taken to the workshop and what is lent meanwhile, or null. */
export const take_back = (facts, walk) => {
  const taken = valuesOf(walk, 'take_back');
  if (walk.mode !== 'take_back' || !('condition' in taken)) return null;
  const lent = facts.loaners.find((one) => String(one.id) === taken.loaner);
  return {
    ...pick(taken, ['condition', 'accessories', 'reason', 'reason_text']),
    photos: taken.photos || [],
    promised_at: taken.promised_on ?? null,
    loaner: lent ? {
      ...pick(lent, ['id', 'kind', 'brand', 'model', 'serial']),
      condition: taken.loaner_condition ?? null,
      accessories: taken.loaner_accessories ?? null,
      due: taken.promised_on ?? null,
    } : null,
  };
};

/* Of a return: what the IOU said, and how product and loaner were found; its signature discharges the IOU. */
const broughtBack = ({ job: { brings_back: home } }, walk) => {
  const state = walk.all.find(({ applies, step }) => applies && step.settings.paper === 'brought_back');
  if (!home || !state) return {};
  const found = pick(state.values, ['product', 'changed', 'loaner', 'loaner_note']);
  return { brought_back: { ref: home.reference, taken: home.taken, ...found } };
};

/* What the product did before it was opened, where the norm has a step for it: coded answers, a note. */
const testBefore = (walk) => {
  const state = walk.all.find(({ applies, step }) => applies && step.settings.paper === 'test_before');
  if (!state) return {};
  const { step: { fields }, values } = state;
  const given = (types) => fields.filter((one) => types.includes(one.type) && values[one.id]);
  const [noted] = given(['text', 'longtext']);
  return { before: {
    answers: given(['choice']).map((one) => ({ list: one.codes, code: values[one.id] })),
    note: noted ? values[noted.id] : null,
  } };
};

const findings = (facts, walk) => {
  const [listened, repaired, tested, found] = ['listen', 'repair', 'test', 'diagnose'].map((kind) => valuesOf(walk, kind));
  return {
    reported: { codes: facts.job.symptom_codes || [], text: walk.data.symptom },
    statement: { codes: listened.symptoms || [], text: listened.words ?? null },
    fault: faultOf(found),
    cause: { code: found.cause ?? null, text: found.cause_text ?? null },
    measure: { codes: repaired.measures || [], text: repaired.measure_text ?? null },
    tests: { ...testBefore(walk), final: { ...pick(tested, ['result', 'reason', 'note']), customer_saw: Boolean(tested.customer_saw) } },
  };
};

const payment = (paid, total) => {
  if (!('method' in paid)) return null;
  return {
    method: paid.method,
    paid: paid.paid,
    rest: total - paid.paid,
    later_by: paid.later_by ?? null,
    refused: paid.rest === 'refused',
    invoice: paid.invoice ? {
      title: paid.invoice_title ?? null, tax_id: paid.invoice_tax_id ?? null, to: paid.invoice_to ?? null,
    } : null,
  };
};

const money = (walk, prices) => ({
  lines: walk.fee.charges.map((charge) => {
    const { reason = null, ...fitted } = walk.fitted[charge.key] || {};
    return {
      ...charge,
      name: prices.items[charge.item].names,
      ...pick(fitted, ['serial_new', 'serial_old', 'old_part']),
      old_part_reason: reason,
    };
  }),
  fee: { ...pick(walk.fee, ['net', 'tax', 'total', 'reduction', 'currency']), rule_table: walk.fee.table },
  payment: payment(valuesOf(walk, 'pay'), walk.fee.total),
  consent: walk.agreed ? pick(walk.agreed, ['total', 'at']) : null,
});

const customerSteps = (walk) => walk.all.filter((state) => state.applies && state.step.layer === 'customer');

const photos = (walk) => [...new Set(customerSteps(walk).flatMap(({ step, values }) => {
  const declared = step.fields.filter((one) => one.type.startsWith('photo')).map((one) => one.id);
  return ['photos', ...declared].flatMap((name) => values[name] || []);
}))];

/* Everything of the visit that the customer is shown and signs. */
export const customer_layer = (visit, walk, language) => {
  const { facts, prices } = visit;
  return {
    ...head('customer', visit, walk, language),
    warranty: walk.warranty,
    visit: { arrived: walk.arrived_at, ...pick(walk, ['appointment', 'mode', 'outcome', 'danger']) },
    ...findings(facts, walk),
    ...money(walk, prices),
    repair_warranty: walk.outcome === 'repaired' ? repair_term(walk, prices) : null,
    take_back: take_back(facts, walk),
    ...broughtBack(facts, walk),
    notes: [],
    not_recorded: customerSteps(walk).filter((state) => state.status === 'passed')
      .map(({ step, values }) => ({ step: step.id, reason: values.passed?.reason ?? null })),
    photos: photos(walk),
    sentences: sentences(visit, language, ['signature', 'privacy', 'scope', ...(walk.danger ? ['danger'] : [])]),
  };
};

/* What is taken away and what is lent, as the customer signs it when the product leaves the home. */
export const iou_layer = (visit, walk, language) => ({
  ...head('iou', visit, walk, language),
  fault: faultOf(valuesOf(walk, 'diagnose')),
  take_back: take_back(visit.facts, walk),
  photos: valuesOf(walk, 'take_back').photos || [],
  sentences: sentences(visit, language, ['iou', 'loaner', 'privacy']),
});

/* {content, digest, code} of what is signed at this step. */
export const shown = (visit, walk, stepId, language = visit.facts.language) => {
  const layer = walk.steps[stepId]?.step.kind === 'take_back' ? iou_layer : customer_layer;
  const content = layer(visit, walk, language);
  const digest = digestNow(content);
  return { content, digest, code: short_code(digest) };
};
