/* What the customer's pages show, as plain rows in the customer's language: the same that app/web/customer_view.py and
   customer_price.py write. The words come from the kit, the values from the content that is about to be sealed.
   Nothing is decided here, and no page is touched. */
const NBSP = '\u00a0';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NEAR = { zh_Hans: ['zh_Hant'], zh_Hant: ['zh_Hans'] };

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/* Speaks one kit's language. */
export const wording = ({ language, zone, currency, say, paper, codes, rules, titles, phones }) => {
  const chinese = language.startsWith('zh');
  const spanish = language === 'es';
  const plain = (code) => code.replaceAll('_', ' ');
  const value = (name, values = {}) => filled(paper.value[name], values);
  const figures = (minor) => {
    const digits = String(Math.abs(minor)).padStart(currency.digits + 1, '0');
    const cut = digits.length - currency.digits;
    const whole = digits.slice(0, cut);
    const grouped = spanish && whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, spanish ? NBSP : ',');
    return (minor < 0 ? '\u2212' : '') + grouped + (currency.digits ? (spanish ? ',' : '.') + digits.slice(cut) : '');
  };
  const money = (minor) => {
    const { symbol } = currency;
    const text = figures(minor);
    if (spanish) return `${text}${NBSP}${symbol}`;
    const joint = symbol + (/\p{L}$/u.test(symbol) ? NBSP : '');
    return minor < 0 ? `\u2212${joint}${text.slice(1)}` : joint + text;
  };
  const read = (text) => { // [year, month, day, clock]; a moment is told as the place's clocks show it
    if (/^\d{4}-\d\d-\d\d$/.test(text || '')) return text.split('-').map(Number);
    if (!Number.isFinite(Date.parse(text))) return null;
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
    const part = Object.fromEntries(format.formatToParts(new Date(text)).map((one) => [one.type, one.value]));
    return [Number(part.year), Number(part.month), Number(part.day), `${part.hour}:${part.minute}`];
  };
  const two = (n) => String(n).padStart(2, '0');
  const day = (text) => {
    const found = read(text);
    if (!found) return text || value('not_known');
    const [year, month, date] = found;
    if (chinese) return `${year}年${month}月${date}日`;
    return spanish ? `${two(date)}/${two(month)}/${year}` : `${date} ${MONTHS[month - 1]} ${year}`;
  };
  return {
    money, day, value, language,
    say: (name, values = {}) => filled(say[name], values),
    paper: (group, name, values = {}) => filled(paper[group][name], values),
    moment: (text) => { const clock = read(text)?.[3]; return clock ? `${day(text)} ${clock}` : day(text); },
    known: (group, name) => (name ? paper[group][name] || plain(name) : value('not_known')),
    code: (group, name) => (name ? codes[group]?.[name] || plain(name) : ''),
    named: (names) => {
      const order = [language, ...(NEAR[language] || []), 'en', ...Object.keys(names || {})];
      return (names && names[order.find((one) => names[one])]) || '';
    },
    joined: (parts) => parts.filter(Boolean).join(chinese ? '；' : '; '),
    typed: (text) => (text ? value('typed_text', { text }) : ''),
    phone: (number) => phones[number] || number || '',
    why: (rule) => rules[rule] || '',
    title: (step) => titles[step] || step,
  };
};

/* --- prices */

const standards = (charge, w) => {
  if (charge.certificate === null && charge.amount === charge.standard) return '';
  const listed = w.say('list', { price: w.money(charge.standard) });
  return charge.certificate === null ? listed : `${listed} · ${w.say('certificate', { price: w.money(charge.certificate) })}`;
};
const lines = (charges, w) => charges.map((charge) => ({
  name: w.named(charge.name) + (charge.qty > 1 ? ` × ${charge.qty}` : ''),
  why: [standards(charge, w), w.why(charge.rule)].filter(Boolean).join(' · '),
  amount: w.money(charge.amount),
}));
const taxRows = ({ tax, reduction = 0 }, { tax_rate_bp: basis, tax_included: included }, w) => {
  const rows = [];
  const rate = `${String(basis / 100).replace('.', w.language === 'es' ? ',' : '.')}${NBSP}%`;
  if (tax) rows.push({ label: w.say(included ? 'tax_included' : 'tax', { rate }), amount: w.money(tax) });
  if (reduction) rows.push({ label: w.say('reduction'), amount: w.money(-reduction) });
  return rows;
};
const itemsOf = (prices) => prices.item; // as the price list came, in its order

/* The price before the work: at most this. */
export const quote = (walk, prices, w) => {
  const named = Object.fromEntries(itemsOf(prices).map((item) => [item.code, item.names]));
  return {
    lines: lines(walk.fee.charges.map((charge) => ({ ...charge, name: named[charge.item] })), w),
    totals: [...taxRows(walk.fee, prices, w), { label: w.say('at_most'), amount: w.money(walk.fee.total) }],
    notes: walk.fee.provisional ? [w.say('provisional')] : [],
  };
};

export const priceList = (prices, kind, w) => ({
  lines: itemsOf(prices)
    .filter(({ appliance_kinds: kinds }) => !kinds?.length || kinds.includes(kind))
    .map(({ names, price }) => ({ name: w.named(names), why: '', amount: w.money(price) })),
});

/* The warranty on the repair, its scope standing before the term (O-SCOPE-10). */
export const repairTerm = ({ months, days, case: reason }, w) => {
  const scope = w.paper('term', 'scope');
  if (months) return w.say(months === 1 ? 'term_one' : 'term', { scope, months });
  if (days) return w.say('term_days', { scope, days });
  return reason ? w.paper('term', 'none', { scope, case: w.code('no_warranty_case', reason) }) : w.paper('term', 'none_plain', { scope });
};

const bill = ({ fee, price_list: terms, payment: paid, lines: charges }, w) => {
  const totals = taxRows(fee, terms, w);
  const add = (label, minor) => totals.push({ label, amount: w.money(minor) });
  const by = () => w.say('paid', { method: w.known('method', paid.method) });
  if (!paid || !fee.total || paid.paid === 0) add(w.say('you_pay'), fee.total);
  else if (paid.rest === 0) add(by(), paid.paid);
  else {
    add(w.paper('label', 'total'), fee.total);
    add(by(), -paid.paid);
    add(w.say('still_pay'), paid.rest);
  }
  const notes = [
    paid?.rest && paid.later_by && w.say('pay_by', { day: w.day(paid.later_by) }),
    paid?.rest && paid.refused && w.say('pay_refused'),
    paid?.invoice && w.say('invoice'),
  ].filter(Boolean);
  return { lines: lines(charges, w), totals, notes };
};

/* --- the slip */

const product = ({ kind, brand, model }, w) => [w.known('appliance', kind), brand, model].filter(Boolean).join(' ');
const coded = (group, { code, text } = {}, w) => w.joined([w.code(group, code), w.typed(text)]);
const part = (line, w) => {
  const notes = [
    line.serial_new && w.paper('label', 'new_no', { serial: line.serial_new }),
    line.old_part && w.say('old_part', { where: w.paper('old', line.old_part) }),
  ].filter(Boolean);
  return w.named(line.name) + (notes.length ? ` (${notes.join(', ')})` : '');
};
/* Of a return: which IOU this discharges, how the product left and is now, and the loaner. */
const home = (found, w) => {
  if (!found) return [];
  const { ref, taken, product: now, changed, loaner, loaner_note: note } = found;
  const lent = taken.loaner;
  return [
    [w.paper('label', 'iou_settled'), ref],
    [w.paper('label', 'taken_as'), w.typed(taken.condition)],
    [w.paper('label', 'brought_back'), w.joined([w.code('home_product', now), w.typed(changed)])],
    ...(lent ? [[w.paper('label', 'loaner_back'), w.joined([
      [product(lent, w), lent.serial].filter(Boolean).join(' '), w.code('home_loaner', loaner), w.typed(note)])]] : []),
  ];
};
const work = (content, w) => {
  const { tests: { final, before }, measure, visit, repair_warranty: term } = content;
  return [
    [w.say('told'), w.typed(content.statement.text || content.reported.text)],
    ...home(content.brought_back, w),
    ...(before ? [[w.paper('label', 'test_before'), w.joined([...before.answers.map(({ list, code }) => w.code(list, code)), w.typed(before.note)])]] : []),
    [w.say('fault_found'), coded('fault', content.fault, w)],
    [w.say('cause'), coded('cause', content.cause, w)],
    [w.say('done'), w.joined([...measure.codes.map((code) => w.code('measure', code)), w.typed(measure.text)])],
    [w.say('parts'), w.joined(content.lines.filter(({ kind }) => kind === 'part').map((line) => part(line, w)))],
    [w.say('test'), w.joined([final.result ? w.known('result', final.result) : '', w.typed(final.note)])],
    [w.say('result'), visit.outcome ? w.known('outcome', visit.outcome) : ''],
    [w.say('repair_warranty'), term ? repairTerm(term, w) : ''],
  ].filter((row) => row[1]);
};
const cover = ({ status, until }, w) => {
  const named = w.known('status', status);
  return until ? w.value(status === 'out' ? 'warranty_since' : 'warranty_until', { status: named, date: w.day(until) }) : named;
};
const details = (content, w) => {
  const { customer, appliance, visit, outlet, consent } = content;
  const rows = [
    [w.say('customer'), w.joined([customer.name, w.phone(customer.phone)])],
    [w.say('address'), customer.address],
    [w.say('appliance'), product(appliance, w)],
    [w.say('serial'), appliance.serial || w.value('not_known')],
    [w.say('bought'), w.day(appliance.purchase_date)],
    [w.say('product_warranty'), cover(content.warranty, w)],
    [w.say('appointment'), w.moment(visit.appointment)],
    [w.say('arrived'), visit.arrived ? w.moment(visit.arrived) : w.value('not_known')],
    [w.say('engineer'), content.engineer.name],
    [w.say('point'), w.joined([outlet.name, w.phone(outlet.phone)])],
    [w.say('reference'), content.ref],
  ];
  if (consent) rows.push([w.say('agreed'), w.say('agreed_value', { total: w.money(consent.total), moment: w.moment(consent.at) })]);
  return rows;
};
/* What is not known is said as plainly as what is (O-HIDE-03). */
const unknown = (content, w) => {
  const { fault, cause, tests: { final } } = content;
  const or = (text) => text || w.value('not_known');
  const gaps = {
    no_fault: !fault.code && !fault.text,
    cause_not_found: cause.code === 'not_found',
    no_cause: !cause.code && !cause.text,
    no_test: !final.result,
    not_tested: final.result === 'not_tested',
    unverified: content.warranty.status === 'unverified',
    no_serial: !content.appliance.serial,
    no_payment: content.fee.total && !content.payment,
  };
  const found = Object.keys(gaps).filter((name) => gaps[name])
    .map((name) => w.say(name, { reason: or(w.code('not_tested_reason', final.reason)) }));
  return [...found, ...content.not_recorded.map(({ step, reason }) => (
    w.say('not_recorded', { step: w.title(step), reason: or(w.code('pass_reason', reason)) })))];
};

/* The slip as the customer reads it before signing. */
export const slip = (content, w) => ({
  price: bill(content, w),
  work: work(content, w),
  unknown: unknown(content, w),
  details: details(content, w),
  danger: Boolean(content.visit.danger) || content.tests.final.result === 'dangerous',
});

/* What is taken to the workshop and what is lent meanwhile. */
export const receipt = (content, w) => {
  const taken = content.take_back || {};
  const { appliance } = content;
  const { loaner } = taken;
  return {
    rows: [
      [w.say('taken'), product(appliance, w)],
      [w.say('serial'), appliance.serial || w.value('not_known')],
      [w.say('fault'), coded('fault', content.fault, w) || w.value('not_known')],
      [w.say('condition'), w.typed(taken.condition)],
      [w.say('accessories'), w.typed(taken.accessories) || w.value('none')],
      [w.say('why_taken'), coded('take_back_reason', { code: taken.reason, text: taken.reason_text }, w)],
      [w.say('back_by'), w.day(taken.promised_at)],
    ],
    loaner: loaner ? [
      [w.say('lent'), product(loaner, w)],
      [w.say('serial'), loaner.serial || w.value('not_known')],
      [w.say('condition'), w.typed(loaner.condition)],
      [w.say('accessories'), w.typed(loaner.accessories) || w.value('none')],
      [w.say('until'), w.day(loaner.due)],
    ] : [],
    photos: (taken.photos || []).map((sha) => sha.replace('sha256:', '')),
  };
};
