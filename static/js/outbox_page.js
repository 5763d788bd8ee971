/* The page of what lies on this phone: per visit what is saved here, sent, waiting or refused, what the office has of it,
   and the ways on: send, put right, withdraw, export. It only reads the store and calls the outbox. */
(() => {
  'use strict';
  const { store, outbox, keep } = self.doorstep;
  const place = document.getElementById('outbox');
  if (!place || !keep) return;
  const { lang } = document.documentElement;
  const { zone } = document.querySelector('[data-zone]')?.dataset || {};
  let say = () => '';

  const h = (tag, about, ...inside) => {
    const made = document.createElement(tag);
    Object.entries(typeof about === 'string' ? { class: about } : about || {}).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside.flat().filter(Boolean));
    return made;
  };
  const part = (options) => new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { timeZone: zone, ...options });
  const clock = (at) => part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
  const dayOf = (at) => part({ day: 'numeric', month: 'short' }).format(new Date(at));
  const when = (at) => (dayOf(at) === dayOf(Date.now()) ? [clock(at)] : [dayOf(at), h('br'), clock(at)]);
  const age = (at) => {
    const minutes = Math.round((Date.parse(at) - Date.now()) / 6e4);
    const [n, unit] = minutes > -60 ? [minutes, 'minute'] : minutes > -2880 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1440), 'day'];
    return new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }).format(Math.min(0, n), unit);
  };
  const badge = (kind, text, icon) => h('span', `badge ${kind}`, keep.icon(icon), h('span', '', text));

  /* Why and what to do, in one box on top. */
  const head = (now) => {
    const box = (kind, name, values, icon) => keep.banner(kind, say(`outbox.${name}`, values), say(`outbox.${name}_text`, values), icon);
    const signIn = () => h('p', '', h('a', { class: 'text-link', href: `/sign-in?next=${encodeURIComponent('/outbox')}` }, h('span', '', say('outbox.sign_in'))));
    const boxes = [];
    if (now.needsSignIn || now.revoked || now.otherPerson) {
      const trouble = box('trouble', now.otherPerson ? 'other_person' : 'needs_sign_in', {}, 'lock');
      trouble.lastElementChild.append(signIn());
      boxes.push(trouble);
    }
    if (now.refused + now.photosRefused) boxes.push(box('trouble', 'to_correct', { n: now.refused + now.photosRefused }, 'circle-alert'));
    if (now.pending + now.photos) {
      const n = now.pending || now.photos;
      const waits = box('waiting', now.pending ? 'unsent' : 'unsent_photos', { n }, 'cloud-off');
      if (now.oldest) waits.lastElementChild.append(h('p', '', say('outbox.oldest', { age: age(now.oldest) })));
      boxes.push(waits);
    }
    now.others.forEach(({ n, name, person }) => boxes.push(box('waiting', 'of_others', { n, name: name || person }, 'user')));
    return boxes.length ? boxes : [box('done', 'all_sent', {}, 'circle-check')];
  };

  const placeOf = ({ visit, step, act, fields }) => (act === 'problem' ? `/visits/${visit}/steps/${step}/problems/${fields.problem}` : `/visits/${visit}#s-${step}`);
  const withdrawal = (entry) => {
    const fold = document.getElementById('outbox-withdraw').content.firstElementChild.cloneNode(true);
    const form = fold.querySelector('form');
    const input = form.querySelector('input');
    const label = form.querySelector('label');
    input.id = `why-${entry.key}`;
    if (label) label.htmlFor = input.id;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const reason = input.value.trim();
      if (!reason) { input.focus(); return; }
      outbox.withdraw(entry.key, reason).then(() => { outbox.pump('withdraw'); return paint(); });
    });
    return fold;
  };
  const KINDS = { pending: 'waiting', held: 'waiting', refused: 'trouble' };
  const row = (entry) => {
    const body = h('div', '', h('p', 'timeline-title', entry.act === 'void' ? say('outbox.withdrawal', { label: entry.label || '' }) : say(`outbox.act_${entry.act}`) || entry.label || entry.step),
      h('p', 'timeline-text', say(`outbox.is_${entry.state}`)));
    if (entry.state === 'refused') {
      if (entry.text) body.append(h('p', '', entry.text));
      const right = entry.act !== 'void' && entry.role !== 'customer' && h('p', '', h('a', { class: 'btn small', href: placeOf(entry) }, keep.icon('pen'), h('span', '', say('outbox.put_right'))));
      body.append(h('div', 'flow', right, withdrawal(entry)));
    }
    return h('li', { class: KINDS[entry.state], id: `e-${entry.key}` }, h('p', 'timeline-time', when(entry.at)), body);
  };
  const photoRow = (blob) => {
    const remove = h('button', { class: 'btn small', type: 'button' }, h('span', '', say('outbox.photo_remove')));
    remove.addEventListener('click', () => store.write(['blobs'], (tx) => tx.store.delete(blob.sha)).then(() => { outbox.tell('state'); return paint(); }));
    const image = h('img', { class: 'thumb', alt: '', width: 88, height: 88 });
    image.src = URL.createObjectURL(new Blob([blob.bytes], { type: blob.type }));
    return h('li', 'trouble', h('p', 'timeline-time'), h('div', '', h('p', 'timeline-title', say('outbox.photo_refused')), blob.text && h('p', 'timeline-text', blob.text), image, h('p', '', remove)));
  };
  const told = async (visit) => {
    const found = await outbox.told(visit);
    return found && h('p', '', badge(found.kind, say(`outbox.${found.key}`, found), found.icon));
  };
  const section = async (visit, entries, blobs) => {
    const title = (await store.get(`title:${visit}`)) || say('outbox.visit', { n: visit });
    const open = entries.filter(({ state }) => KINDS[state]);
    const waiting = blobs.filter((blob) => !blob.refused).length;
    const rows = [...open.map(row), ...blobs.filter((blob) => blob.refused).map(photoRow)];
    return h('section', 'flow', h('h2', '', h('a', { class: 'text-link', href: `/visits/${visit}` }, h('span', '', title))), await told(visit),
      waiting && h('p', '', badge('waiting', say('outbox.photos_wait', { n: waiting }), 'camera')), rows.length && h('ol', 'timeline', rows));
  };
  const visitsOf = async (entries, blobs) => {
    const ledger = await store.all('ledger');
    return [...new Set([...entries, ...blobs, ...ledger].map(({ visit }) => visit))];
  };
  const visitsHere = async () => visitsOf(await store.entriesOf(), []);
  let painting = 0;
  const paint = async () => {
    painting += 1;
    const turn = painting;
    const person = await store.get('person');
    const [now, all, kept] = await Promise.all([outbox.state(), store.entriesOf(), store.all('blobs')]);
    const [entries, blobs] = [all, kept].map((those) => those.filter((one) => one.person === person));
    const sections = [];
    const strange = (visit) => all.some((one) => one.visit === visit) && !entries.some((one) => one.visit === visit);
    for (const visit of await visitsOf(entries, blobs)) {
      if (!strange(visit)) sections.push(await section(visit, entries.filter((one) => one.visit === visit), blobs.filter((one) => one.visit === visit)));
    }
    if (turn !== painting || place.querySelector('details[open] input:focus')) return; // nobody is interrupted while typing why
    const fresh = h('div', '', head(now), sections);
    if (fresh.textContent !== place.textContent) { // what is open, with its reason, stays so
      for (const input of place.querySelectorAll('details[open] input')) {
        const same = fresh.querySelector(`#${input.id}`);
        if (same) { same.value = input.value; same.closest('details').open = true; }
      }
      place.replaceChildren(...fresh.childNodes);
    }
    const anything = now.pending + now.held + now.refused + now.photos + now.photosRefused + now.others.length;
    document.querySelector('[data-send]').hidden = !(now.pending + now.photos + now.held);
    document.querySelector('[data-export]').hidden = !anything;
    place.dataset.painted = turn;
  };
  const soon = () => paint().catch(() => {});

  const busy = (button, work) => {
    if (button.classList.contains('is-sending')) return;
    button.classList.add('is-sending');
    work().catch(() => ({ fault: 'TypeError' })).then((made) => {
      button.classList.remove('is-sending');
      return paint().then(() => { if (made?.fault && !['sign_in', 'other', 'revoked'].includes(made.fault)) place.prepend(keep.banner('trouble', say('outbox.no_answer'), say('outbox.no_answer_text'), 'cloud-off')); });
    });
  };
  const download = async () => {
    const link = h('a', { download: `doorstep-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-')}.json` });
    link.href = URL.createObjectURL(await outbox.exported());
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  document.querySelector('[data-send]').addEventListener('click', ({ currentTarget }) => busy(currentTarget, async () => outbox.pump('now', await visitsHere())));
  document.querySelector('[data-export]').addEventListener('click', ({ currentTarget }) => busy(currentTarget, download));
  ['stored', 'receipts', 'state'].forEach((type) => document.addEventListener(`outbox:${type}`, soon));
  self.doorstep.words().catch(() => null).then((words) => { if (words) say = words.say; return paint(); }).then(async () => {
    outbox.pump('tally', await visitsHere());
    if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
  }).catch(() => {});
})();
