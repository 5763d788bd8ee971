/* What the overlay shows in one kind of step alone: calls, the ring and the ladder, lines and totals, fitted parts, the
   review before signing. Read off the walk; which section is painted when is visit_paint.js's business. */
(() => {
  'use strict';
  const { doorstep } = window;
  if (!doorstep.paint) return;
  const { visit, say, paint } = doorstep;
  const { t, h } = say;
  const { all, put, head, hide } = paint;
  const money = (minor) => say.money(minor, visit.visit().prices.currency);
  const itemName = (code) => { const item = visit.item(code); return item ? item.names[visit.language] || code : code; };
  const textOf = (element) => (element ? element.firstChild.textContent.trim() : '');
  const input = (name, value) => h('input', { type: 'hidden', name, value });
  const form = (step, act, hidden, ...inside) => h('form', { class: 'flow', method: 'post', action: `/visits/${visit.id}/steps/${step}`, 'data-outbox': '', 'data-act': act },
    input('act', act), input('key', ''), input('at', ''), Object.entries(hidden).map(([name, value]) => input(name, value)), inside);
  const many = (name, n) => t(n === 1 ? `${name}_one` : `${name}_many`, { n });
  /* Telephone numbers are written as this page writes them. */
  const readable = (number) => {
    const calls = number ? all(`a[href="tel:${number.replace(/ /g, '')}"]`) : [];
    return calls.map((call) => /\+[\d ]+/.exec(call.textContent)).filter(Boolean).map(([found]) => found)[0] || number;
  };
  const { code } = doorstep.norm;
  const radio = (kind, name, value, walk) => {
    const state = walk.of_kind(kind);
    const found = value && state && document.querySelector(`#s-${state.step.id} input[name="${name}"][value="${value}"] + .row-text`);
    return found ? textOf(found) : value || '';
  };

  /* --- money */
  const lineRows = (charges) => charges.map((line) => {
    const parts = [t('list_price', { price: money(line.standard) })];
    if (line.certificate !== null && line.certificate !== undefined) parts.push(t('certificate_price', { price: money(line.certificate) }));
    return { name: itemName(line.item) + (line.qty > 1 ? ` × ${line.qty}` : ''), note: parts.join(' · '), rule: t(`rule.${line.rule}`), amount: money(line.amount) };
  });
  const lines = (walk, big) => {
    const { fee } = walk;
    if (!fee.charges.length) return [];
    const totals = [[big || t('total'), money(fee.total)]];
    if (fee.reduction) totals.unshift([t('taken_off'), money(-fee.reduction)]);
    if (fee.tax && !visit.visit().prices.tax_included) totals.unshift([t('tax'), money(fee.tax)]);
    const note = fee.provisional && say.banner('waiting', t('not_verified'), t('not_verified_text'));
    return [say.fees(lineRows(fee.charges), totals, t('price')), note];
  };
  const box = (...inside) => h('div', 'flow', ...inside);

  const diagnose = (section, state, walk) => {
    const anchor = section.querySelector(`#${state.step.id}-lines`);
    if (!anchor) return;
    const { status, until } = walk.warranty;
    const kind = { in: 'done', out: 'plain' }[status] || 'waiting';
    const runs = until && status !== 'unverified' && h('span', 'quiet', t(status === 'out' ? 'since_day' : 'until_day', { day: say.day(until) }));
    anchor.replaceChildren(...[say.badge(kind, t(`warranty.${status}`)), runs].filter(Boolean));
    for (let one = anchor.nextElementSibling; one && !one.matches('.fold, .dock'); one = one.nextElementSibling) one.hidden = !one.dataset.o;
    const out = walk.fee.charges.length > 0 && form(state.step.id, 'unline', {}, walk.fee.charges.map((line) => h('button', { type: 'submit', class: 'text-link', name: 'line', value: line.key },
      say.icon('x'), h('span', '', t('take_out', { item: itemName(line.item) })))));
    if (out) out.className = '';
    const dropped = !walk.fee.charges.length && Object.keys(walk.lines).length > 0 && h('p', 'hint', t('nothing_charged_not_repaired'));
    put(section, 'lines', box(lines(walk, t('at_most')), out, dropped), (made) => anchor.after(made));
  };
  const consent = (section, state, walk) => {
    hide(all(':scope > .fees, :scope > .banner:not([data-o])', section));
    const { refused, agreed } = walk;
    const told = refused ? say.banner('trouble', t('did_not_agree'), `${code('refuse_reason', refused.reason)} · ${say.clock(refused.at)}`)
      : agreed && say.banner('waiting', t('agreed_to', { total: money(agreed.total) }), t('costs_more'));
    put(section, 'lines', box(told, lines(walk, t('at_most'))), head(section));
  };
  const fees = (section, state, walk) => {
    const main = section.querySelector('form[data-act="done"]');
    if (!main) return;
    hide(all(':scope > :not(input, [data-o])', main));
    const nothing = h('div', 'big', h('p', 'big-number num', money(walk.fee.total)), h('p', '', t('nothing_charged')));
    const more = !walk.consented && [say.banner('waiting', t('more_than_agreed'), t('show_price_again')), say.link('text-link', t('show_price'), '#s-consent', 'chevron-right')];
    put(main, 'lines', box(walk.fee.charges.length ? lines(walk) : nothing, more, say.link('text-link', t('change_lines'), '#diagnose-lines', 'pen')), (made) => main.prepend(made));
  };
  const pay = (section, state, walk) => {
    const number = section.querySelector('.big-number');
    if (number) number.textContent = money(walk.fee.total);
  };

  /* --- before the visit: what the analysis decided to bring */
  const brought = (state, walk) => {
    const analysis = state.step.fields.some((one) => one.id === 'parts') && walk.of_kind('analyse');
    return analysis ? [...(analysis.values.parts || []).map(itemName), analysis.values.parts_text].filter(Boolean) : [];
  };
  const checklist = (section, state, walk) => {
    const parts = brought(state, walk);
    hide(all(':scope > [data-bring]:not([data-o])', section));
    put(section, 'bring', parts.length ? box(say.facts([[t('bring'), parts.join(' + ')]])) : null, head(section));
  };

  /* --- at the door */
  const log = (state, act) => state.log.filter((record) => record.act === act);
  const call = (section, state, walk) => {
    const attempts = log(state, 'attempt');
    hide(all('.ring', section), attempts.length > 0);
    const asked = section.querySelector('form[data-act="attempt"]');
    const rows = attempts.map((one) => ['phone', `${say.clock(one.at)} · ${textOf(asked && asked.querySelector(`[value="${one.body.result}"]`)) || one.body.result}`]);
    if (asked) {
      hide(all(':scope > .met:not([data-o])', asked.parentNode));
      put(asked.parentNode, 'calls', rows.length ? say.met(rows) : null, (made) => asked.after(made));
    }
    const { data } = walk;
    const known = { time: say.moment(walk.appointment), address: data.address, model: [data.brand, data.model].filter(Boolean).join(' '), purchase_date: say.day(data.purchase_date || ''), symptom: data.symptom };
    for (const [name, value] of Object.entries(known)) {
      const place = section.querySelector(`#${state.step.id}-${name}-ask .known`);
      if (place) place.textContent = value || '–';
    }
  };
  const knock = (section, state, walk) => {
    const bouts = log(state, 'bout');
    const dock = section.querySelector(':scope > .dock > .dock-row');
    const ring = section.querySelector('[data-ring]');
    hide(all(':scope > .pair', section), bouts.length > 0);
    hide(all(':scope > .lede', section), bouts.length > 0);
    if (bouts.length && ring) {
      if (ring.dataset.start !== bouts[0].at) { delete ring.dataset.gone; ring.dataset.start = bouts[0].at; }
      const sum = ring.querySelector('.ring-sum') || h('p', 'ring-sum');
      const [before, after] = many('knocked', bouts.length).split('{left}');
      const left = ring.querySelector('[data-ring-sum]') || h('span', { 'data-ring-sum': '' }, `${Math.floor(ring.dataset.total / 60)}:${String(ring.dataset.total % 60).padStart(2, '0')}`);
      sum.replaceChildren(before, left, after || '');
      if (!ring.classList.contains('is-late')) ring.querySelector('[data-ring-caption]').textContent = t('then_knock_again');
      ring.querySelector('[data-ring-caption]').after(sum);
    }
    if (dock && bouts.length && !dock.querySelector('form[data-act="bout"]')) {
      const again = form(state.step.id, 'bout', { way: 'knock' }, say.button('helper', t('knocked_again'), 'hand'));
      again.className = 'fill';
      hide(all(':scope > :first-child:not(:only-child)', dock));
      dock.prepend(again);
    }
    const rungs = log(state, 'ladder');
    for (const { at, body } of rungs) {
      const row = document.getElementById(`${state.step.id}-${body.rung}`);
      if (!row || row.classList.contains('done')) continue;
      const asked = row.querySelector('form');
      row.classList.add('done');
      asked.before(h('p', 'inline', say.badge('done', textOf(asked.querySelector(`[value="${body.result}"]`)), 'check'), h('span', 'quiet', say.clock(at))));
      asked.hidden = true;
    }
    if (rungs.length) section.querySelector('.ladder').closest('details').open = true;
  };
  document.addEventListener('ring:over', (event) => {
    const ladder = event.target.closest('.step').querySelector('.ladder');
    if (ladder) ladder.closest('details').open = true;
  });
  const arrive = (section, state, walk) => {
    if (walk.next_step !== state.step.id) return;
    const minutes = Math.floor((Date.now() + doorstep.offset() - Date.parse(walk.appointment)) / 60000);
    const late = minutes > 0 && minutes < 180;
    const tier2 = Number(visit.visit().protocol.settings.late_tier2_min || 15);
    const made = late ? say.banner(minutes >= tier2 ? 'trouble' : 'waiting', t('minutes_late', { n: minutes }), t(minutes >= tier2 ? 'late_very' : 'late_some'))
      : minutes < -10 && minutes > -180 && say.banner('info', t('minutes_early', { n: -minutes }), t('wait_outside'), 'clock');
    if (section.querySelector('form > .banner:not([data-o])')) return;
    put(section, 'late', made || null, head(section));
    if (late) section.querySelector('form .fold').open = true;
  };

  /* --- the work */
  const field = (id, name, label, value) => h('div', 'field', h('label', { class: 'label', for: id }, label),
    h('div', 'input', h('input', { id, name, value, autocomplete: 'off', autocapitalize: 'characters' })));
  const fold = (label, image, open, inside) => h('details', { class: 'fold plain', open: open ? '' : null },
    h('summary', '', say.icon(image), h('span', '', label), say.icon('chevron-down')), h('div', 'fold-body', inside));
  const part = (step, key, line, kept) => {
    const id = `${step}-${key.slice(0, 8)}`;
    const choice = (value) => h('label', 'row', h('input', { type: 'radio', name: 'old_part', value, checked: kept.old_part === value ? '' : null }), h('span', 'row-text', t(`old.${value}`)));
    const reasons = doorstep.norm.page && doorstep.norm.page.querySelector('template[data-codes="old_part_reason"]');
    const list = h('select', { id: `${id}-reason`, name: 'reason' }, h('option', { value: '' }), reasons && document.importNode(reasons.content, true));
    const asked = form(step, 'fitted', { line: key }, field(`${id}-new`, 'serial_new', t('serial_new'), kept.serial_new), field(`${id}-old`, 'serial_old', t('serial_old'), kept.serial_old),
      h('div', 'ask', h('div', 'field', h('fieldset', { class: 'choices side', id: `${id}-part`, tabindex: '-1' }, h('legend', 'label', t('old_part')), h('div', 'rows', choice('taken'), choice('left')))),
        h('div', 'if-left', h('div', 'field', h('label', { class: 'label', for: list.id }, t('why_stays')), h('div', 'select', list, say.icon('chevron-down'))))),
      say.button('second', t('part_fitted'), 'check'));
    list.value = kept.reason || '';
    const title = itemName(line.item) + (line.qty > 1 ? ` × ${line.qty}` : '') + (kept.old_part ? ` · ${t(`old.${kept.old_part}`)}` : '');
    return fold(title, kept.old_part ? 'circle-check' : 'package', !kept.old_part, asked);
  };
  const repair = (section, state, walk) => {
    const step = state.step.id;
    const { status } = walk.warranty;
    const unquoted = !Object.keys(walk.lines).length && !walk.mode && status !== 'in' && state.status === 'open';
    hide(all(':scope > .banner.waiting:not([data-o])', section));
    put(section, 'unquoted', unquoted ? say.banner('waiting', t(`warranty.${status}`), t('add_what_it_needs')) : null, head(section));
    const parts = Object.entries(walk.lines).filter(([, line]) => line.kind === 'part');
    const isBusy = doorstep.refresh.isBusy(section);
    const theirs = new Set(); // forms as the office drew them, in which somebody types: they stay until they are saved
    for (const old of all('form[data-act="fitted"]', section)) {
      const own = old.closest('[data-o]');
      const { value } = old.elements.line;
      const line = parts.find(([key]) => key === value);
      if (!own && isBusy && line && !walk.fitted[value] && !old.closest('details').hidden) theirs.add(value);
      else if (!own) old.closest('details').hidden = true;
      else if (!line) own.remove();
    }
    let place = section.querySelector(`#${step}-fitted`);
    if (!place && parts.length) { place = h('h2', { class: 'group', id: `${step}-fitted`, tabindex: '-1' }, t('parts_and_old')); head(section)(place); }
    if (place) place.hidden = !parts.length;
    for (const [key, line] of parts.reverse()) {
      if (theirs.has(key)) continue;
      const kept = walk.fitted[key];
      const before = paint.mine(section, key);
      const sign = JSON.stringify(kept || null);
      if (before && before.sign === sign) continue;
      const made = Object.assign(part(step, key, line, kept || {}), { sign });
      put(section, key, made, (one) => place.after(one));
    }
  };
  const takeBack = (section, state) => {
    const main = section.querySelector('form[data-act="done"]');
    const is = 'condition' in state.values && state.status === 'open';
    const entry = visit.entries().filter((one) => one.step === state.step.id && one.act === 'done' && one.state !== 'refused').pop();
    if (!is || !main || !entry || section.querySelector('form[data-act="handed_over"]:not([data-o] *)')) return;
    section.dataset.over = 'card';
    const change = h('button', { class: 'btn second', type: 'button' }, say.icon('pen'), h('span', '', t('change')));
    change.addEventListener('click', () => paint.reopen(section, entry));
    const hand = form(state.step.id, 'handed_over', {});
    hand.id = `hand-${state.step.id}`;
    put(section, 'card', h('div', 'flow fill', h('p', 'inline', say.badge('plain', t('saved_here', { at: say.clock(entry.at) }), 'check')), say.facts(paint.entered(main, entry.fields)), change, hand,
      h('div', 'dock', say.button('main', t('hand_over'), 'user', { form: hand.id }))), (made) => section.append(made));
  };
  const test = (section, state, walk) => put(section, 'danger', walk.danger ? say.banner('trouble', t('do_not_power'), t('do_not_power_text')) : null, head(section));
  const handIn = (section, state, walk) => {
    for (const [name, wanted] of [['money', walk.cash_due], ['old_parts', walk.old_parts_taken]]) {
      const row = section.querySelector(`[data-if="${name}"]`);
      if (row) row.hidden = !wanted;
    }
  };

  /* --- what the customer signs, as review.py gathers it */
  const term = ({ months, days, case: reason }) => (months || days ? t(months === 1 ? 'month' : months ? 'months' : 'days', { n: months || days })
    : t('no_term', { case: code('no_warranty_case', reason) }));
  const review = (walk) => {
    const { content } = visit.rules();
    const found = content.customer_layer(visit.visit(), walk, visit.language);
    const { customer, appliance, warranty } = found;
    const step = (kind) => { const state = walk.of_kind(kind); return state && state.applies ? state.step.id : ''; };
    const coded = (group, codes, text) => [...(codes || []).filter(Boolean).map((one) => code(group, one)), text].filter(Boolean).join(' · ');
    const until = warranty.status === 'in' ? ` ${t('until_day', { day: say.day(warranty.until) })}` : '';
    const { final: tested, before } = found.tests;
    const paid = found.payment;
    const rest = paid && paid.rest ? (paid.refused ? radio('pay', 'rest', 'refused', walk) : t('rest_by', { day: say.day(paid.later_by || '') })) : '';
    const rows = [
      ['customer', [customer.name, readable(customer.phone)].filter(Boolean).join(' · '), 'accept'],
      ['address', customer.address, 'accept'],
      ['appliance', [t(`appliance.${appliance.kind}`), appliance.brand, appliance.model].filter(Boolean).join(' '), 'diagnose'],
      ['serial', appliance.serial || '–', 'diagnose'],
      ['bought', say.day(appliance.purchase_date || '') || '–', 'diagnose'],
      ['warranty', t(`warranty.${warranty.status}`) + until, 'diagnose'],
      ['arrived', found.visit.arrived ? say.clock(found.visit.arrived) : '–', 'arrive'],
      ['in_words', coded('fault', found.statement.codes, found.statement.text), 'listen'],
      ['test_before', before && [...before.answers.map((one) => code(one.list, one.code)), before.note].filter(Boolean).join(' · ')],
      ['fault', coded('fault', [found.fault.code], found.fault.text), 'diagnose'],
      ['cause', coded('cause', [found.cause.code], found.cause.text), 'diagnose'],
      ['what_done', coded('measure', found.measure.codes, found.measure.text), 'repair'],
      ['test', [radio('test', 'result', tested.result, walk), code('not_tested_reason', tested.reason), tested.note].filter(Boolean).join(' · '), 'test'],
      ['result', found.visit.outcome && t(`outcome.${found.visit.outcome}`), 'repair'],
      ['back_by', found.take_back && say.day(found.take_back.promised_at || ''), 'take_back'],
      ['repair_warranty', found.repair_warranty && term(found.repair_warranty), 'term'],
      ['payment', paid && [`${radio('pay', 'method', paid.method, walk)} · ${money(paid.paid)}`, rest].filter(Boolean).join(' · '), 'pay'],
    ];
    const missing = found.not_recorded.map((one) => ['minus', `${paint.titleOf(one.step)} – ${code('pass_reason', one.reason)}`]);
    return box(say.facts(rows.filter((row) => row[1]).map(([name, value, kind]) => [t(`of.${name}`), value, kind && step(kind)])),
      say.fees(lineRows(found.lines), [[t('total'), money(found.fee.total)]], t('price')),
      missing.length > 0 && [h('p', 'label', t('not_recorded_title')), say.met(missing)]);
  };
  const sign = (section, state, walk) => {
    hide(all(':scope > .facts, :scope > .fees, :scope > .label, :scope > .met, :scope > .banner.trouble:not([data-o])', section));
    const { signature } = walk;
    const void_ = signature && signature.void && say.banner('trouble', t('no_longer_counts'), t('no_longer_counts_text', { at: say.clock(signature.at) }));
    put(section, 'review', state.locked_by.length ? null : box(void_, h('p', 'label', t('customer_signs_this')), review(walk)), head(section));
  };

  const agreed = (section, state, walk) => (walk.agreed ? box(h('p', '', h('b', '', t('agreed_to', { total: money(walk.agreed.total) })), ' ', h('span', 'quiet', say.moment(walk.agreed.at))), lines(walk, t('at_most'))) : null);
  const signed = (section, state, walk) => (walk.signature ? h('p', '', h('b', '', t(`signed.${walk.signature.how}`))) : null);
  const total = (section, state, walk) => say.facts([[t('total'), money(walk.fee.total)]]);
  const WATCHED = {
    checklist: (walk, state) => brought(state, walk),
    diagnose: (walk) => [walk.fee, walk.warranty], consent: (walk) => [walk.fee, walk.agreed, walk.refused], fees: (walk) => [walk.fee, walk.agreed], pay: (walk) => walk.fee.total,
    call: (walk, state) => [state.log.length, walk.data, walk.appointment], knock: (walk, state) => state.log.length, repair: (walk) => [Object.keys(walk.lines), walk.fitted, walk.warranty.status],
    sign: () => visit.records().length, test: (walk) => walk.danger, hand_in: (walk) => [walk.cash_due, walk.old_parts_taken], take_back: (walk, state) => state.values,
  };
  doorstep.kinds = {
    paint: { checklist, diagnose, consent, fees, pay, call, knock, arrive, repair, take_back: takeBack, test, hand_in: handIn, sign },
    settled: { diagnose, repair, call }, // what goes on being added to a step that is settled
    card: { consent: agreed, sign: signed, fees: total },
    seen: (state, walk) => (WATCHED[state.step.kind] ? WATCHED[state.step.kind](walk, state) : ''),
    review,
    lineRows,
  };
})();
