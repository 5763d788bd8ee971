/* What a visit costs: each line judged by the one table of rules (`fee_rules` of the price list), tax once on the sum. */

const KINDS = ['part', 'labour', 'travel', 'upgrade', 'software'];
const WAIVED = 'N-WAIVE-09';
export const RULINGS = ['waive', 'reduce_to'];

const fault = (code, line = '', rule = '') => Object.assign(new Error(`${code} ${line}`), { code, line, rule });
const halfUp = (numerator, denominator) => Math.floor((2 * numerator + denominator) / (2 * denominator));
const netOf = (total, rate) => halfUp(total * 10000, 10000 + rate);

const holds = (fact, want) => {
  if (Array.isArray(want)) return want.includes(fact);
  if (typeof want === 'object') return fact !== null && (want.min ?? fact) <= fact && fact <= (want.max ?? fact);
  return fact === want;
};

const judged = (line, facts, rules) => {
  const { certificate, standard, qty } = line;
  const all = { ...facts, kind: line.kind, item: line.item, prices_differ: certificate !== null && certificate !== standard };
  const rule = rules.find((one) => Object.entries(one.when).every(([key, want]) => holds(all[key], want)));
  const lower = certificate === null ? standard : Math.min(standard, certificate);
  const applied = { nothing: 0, standard, lower }[rule.apply];
  return { ...line, applied, amount: qty * applied, rule: rule.id };
};

const check = (lines) => {
  const seen = new Set();
  for (const { key, kind, qty, standard, certificate } of lines) {
    if (seen.has(key)) throw fault('line_twice', key);
    seen.add(key);
    if (!KINDS.includes(kind)) throw fault('unknown_kind', key);
    if (!Number.isInteger(qty) || qty < 1 || qty > 999) throw fault('quantity', key);
    for (const price of [standard, certificate]) {
      if (price !== null && !Number.isInteger(price)) throw fault('not_whole', key);
      if (price !== null && price < 0) throw fault('negative_money', key, 'N-OLD-03');
    }
  }
  if (lines.reduce((sum, line) => sum + line.qty * line.standard, 0) > 1e11) throw fault('sum_too_large');
};

const made = (charges, net, total, prices, reduction = 0) => ({
  charges, net, tax: total - net, total, currency: prices.currency, table: prices.table, reduction,
  chargeable: total > 0,
  provisional: charges.some((charge) => charge.rule === 'A-CHECK-06' && charge.amount > 0),
});

const summed = (charges, prices) => {
  const amount = charges.reduce((sum, charge) => sum + charge.amount, 0);
  const rate = prices.tax_rate_bp;
  if (prices.tax_included) return made(charges, netOf(amount, rate), amount, prices);
  return made(charges, amount, amount + halfUp(amount * rate, 10000), prices);
};

const ruled = (fee, ruling, prices) => {
  if (!ruling) return fee;
  if (!RULINGS.includes(ruling.kind)) throw fault('unknown_ruling', '', WAIVED);
  const limit = ruling.kind === 'waive' ? 0 : ruling.amount;
  if (!Number.isInteger(limit)) throw fault('not_whole', '', WAIVED);
  if (limit < 0) throw fault('negative_money', '', WAIVED);
  if (limit >= fee.total) return fee;
  if (limit) return made(fee.charges, netOf(limit, prices.tax_rate_bp), limit, prices, fee.total - limit);
  return summed(fee.charges.map((one) => (one.amount ? { ...one, applied: 0, amount: 0, rule: WAIVED } : one)), prices);
};

/* Lines {key, item, kind, qty, standard, certificate} and what is known -> {charges, net, tax, total, …}. */
export const compute = (lines, { warranty, cause_chargeable, job_kind, months_since_install, repaired, price_list,
  repair_warranty = false, ruling = null }) => {
  if (!['in', 'out', 'unverified'].includes(warranty)) throw fault('unknown_warranty');
  const facts = { warranty, cause_chargeable, job_kind, months: months_since_install, repaired, repair_warranty,
    software_gap: price_list.software_gap };
  check(lines);
  return ruled(summed(lines.map((line) => judged(line, facts, price_list.fee_rules.rules)), price_list), ruling, price_list);
};
