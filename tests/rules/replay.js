/* Runs the cases of the vectors through the phone's rules, in a page or in any other place that can import them; tells
   what differs. The answers to compare with are Python's. */
async (given) => {
  const rules = await import(given.address);
  const { seal, walk, steps, fee, form, content, clock } = rules;
  const wrong = [];
  const same = (a, b) => seal.canonical(a) === seal.canonical(b);
  const differs = (where, found, wanted) => { if (!same(found, wanted)) wrong.push({ where, found, wanted }); };
  const caught = (act, names) => {
    try {
      return { ok: act() };
    } catch (error) {
      return { error: Object.fromEntries(names.map((name) => [name, error[name] ?? String(error.stack)])) };
    }
  };

  const plain = (found) => {
    const same = ['data', 'state', 'outcome', 'next_step', 'mode', 'danger', 'fitted', 'agreed', 'refused', 'rated', 'ended_as',
      'version', 'consented', 'unfitted', 'old_parts_taken', 'cash_due', 'stage', 'ended_by_desk', 'appointment',
      'arrived_at', 'lines', 'warranty', 'fee'];
    const state = (one) => [one.status, one.applies, one.locked_by, one.values, one.log.map((record) => record.seq), one.at,
      one.reopened, one.base, one.settled];
    const sign = (one) => one && [one.key, one.step, one.at, one.how, one.void];
    return {
      ...Object.fromEntries(same.map((name) => [name, found[name]])),
      steps: Object.fromEntries(Object.entries(found.steps).map(([id, one]) => [id, state(one)])),
      signature: sign(found.signature), iou_signature: sign(found.iou_signature), bouts: found.bouts(),
      hand_over: found.hand_over && [found.hand_over.key, found.hand_over.step, found.hand_over.at],
      paused: found.paused && found.paused.seq, ended: found.ended && found.ended.seq,
      rulings: found.rulings.map((record) => record.seq),
    };
  };

  const answered = ({ body, faults, refused, needs }) => {
    if (refused) return { refused, needs: refused === 'not_open' ? needs : [] };
    return Object.keys(faults).length ? { faults } : { body };
  };

  const times = [];
  const read = (visit) => {
    const began = performance.now();
    const found = walk.read(visit.protocol, visit.facts, visit.prices, visit.records);
    if (visit.records.length >= 50) times.push(performance.now() - began);
    return found;
  };

  const replay = (played) => {
    const visit = rules.load({ facts: played.facts, records: [] }, given.protocols[played.protocol], given.prices[played.prices]);
    let now = read(visit);
    for (const [number, turn] of played.turns.entries()) {
      if (turn.facts) visit.facts = { ...visit.facts, ...turn.facts };
      if (!turn.entry && !turn.record) continue;
      const where = `seed ${played.seed}, turn ${number}: ${turn.entry ? `${turn.entry.act} at ${turn.entry.step}` : turn.record.act}`;
      let { record } = turn;
      if (turn.entry) {
        const { ok, error } = caught(() => answered(steps.judge(visit, now, turn.entry)), ['stack']);
        if (error) wrong.push({ where, found: error });
        const found = ok && ok.body && turn.answer.digest ? { digest: seal.digestNow(ok.body).slice(0, 12) } : ok;
        if (!error) differs(where, found, turn.answer);
        if (wrong.length) return;
        record = ok.body && steps.record(now.version + 1, turn.entry, ok.body);
      }
      if (!record) continue;
      visit.records.push(record);
      now = read(visit);
      if (seal.digestNow(plain(now)).slice(0, 12) !== turn.walk) wrong.push({ where: `${where}, the walk`, found: plain(now) });
      if (wrong.length) return;
    }
    for (const [step, language, canonical] of played.slips || []) {
      const found = content.shown(visit, now, step, language);
      if (seal.canonical(found.content) !== canonical) differs(`seed ${played.seed}, ${step} in ${language}`, found.content, JSON.parse(canonical));
    }
  };

  /* What the server's addresses give, as they give it. */
  const told = ({ data, norm, prices, walk: wanted, shown }) => {
    const visit = rules.load(data, norm, prices);
    const now = read(visit);
    differs(`told at ${data.version}`, seal.digestNow(plain(now)).slice(0, 12), wanted);
    differs(`told at ${data.version}, shown`, content.shown(visit, now, 'sign', 'en').digest, shown);
  };

  const fees = ({ price_lists: lists, fee_rules: table, cases }) => {
    const hash = seal.digestNow(table);
    for (const { name, price_list: id, given: facts, lines, expect = null, error = null } of cases) {
      const list = { ...lists[id], fee_rules: table, table: hash };
      const found = caught(() => fee.compute(lines, { ...facts, price_list: list }), ['code', 'line', 'rule']);
      if (error || found.error) {
        differs(`fee: ${name}`, found.error ?? found.ok, error);
        continue;
      }
      const { charges, table: used, ...figures } = found.ok;
      const brief = charges.map(({ key, applied, amount, rule }) => ({ key, applied, amount, rule }));
      differs(`fee: ${name}`, { ...figures, charges: brief }, expect);
      differs(`fee: ${name}, table`, used, hash);
    }
  };

  const seals = ({ cases = [], refused = [], typed = [], digests = [] }) => {
    for (const one of cases) {
      const value = JSON.parse(one.json);
      differs(`seal: ${one.name}`, seal.canonical(value), one.canonical);
      differs(`seal: ${one.name}, digest`, seal.digestNow(value), one.digest);
      differs(`seal: ${one.name}, code`, seal.short_code(one.digest), one.code);
    }
    for (const one of refused) {
      const found = caught(() => seal.canonical(JSON.parse(one.json)), ['code', 'path']);
      differs(`seal: ${one.name}`, found.error || found.ok, one.error);
    }
    for (const one of typed) differs(`seal: typed ${one.typed}`, seal.read_code(one.typed), one.read);
    for (const [text, wanted] of digests) differs(`seal: ${text}`, seal.digestNow(JSON.parse(text)).slice(0, 12), wanted);
  };

  const forms = (cases) => {
    for (const [field, typed, wanted] of cases) {
      differs(`form: ${field.type} ${JSON.stringify(typed)}`, form.readOne(field, { [field.id]: typed }), wanted);
    }
  };

  const clocks = ({ cases }) => {
    for (const [reading, wanted] of cases) differs(`clock: ${JSON.stringify(reading)}`, clock.settled(reading), wanted);
  };

  const { walks = [], fee: feeCases, seal: sealCases, forms: formCases = [], clock: clockCases } = given;
  walks.forEach((played) => { if (wrong.length < 20) replay(played); });
  (given.told || []).forEach(told);
  for (const [entry, wanted] of given.shas || []) differs(`sha of ${entry.key}`, await steps.sha_of(entry), wanted);
  if (feeCases) fees(feeCases);
  if (sealCases) seals(sealCases);
  forms(formCases);
  if (clockCases) clocks(clockCases);
  const read_ms = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? null;
  return { wrong: wrong.slice(0, 20), count: wrong.length, read_ms };
};
