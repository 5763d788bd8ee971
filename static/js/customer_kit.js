/* Customer mode on the phone: draws the customer's present page from the kit's templates, with the office's rules over
   what was handed over and what was saved here since, and keeps what the customer does in the outbox. No network needed.

   meta.lock       {token, visit, step, key, person, lang, at}: the phone is in the customer's hands
   meta.customer   {visit, data, rules, prices}: what the rules read, laid there when the phone was handed over
   Without either (a phone that was handed over on a plain page) the server's own pages are asked for (?plain=1). */
import * as rules from './rules/index.js';
import { priceList, quote, receipt, repairTerm, slip, wording } from './customer_view.js';
import { draw, complain } from './customer_draw.js';
import { sealed } from './customer_seal.js';

const { doorstep } = window;
const { store, outbox } = doorstep;
const kit = JSON.parse(document.getElementById('kit').textContent);
const words = wording(kit);
const home = `/c/${kit.token}`;
const WAYS = ['drawn', 'typed', 'paper', 'declined'];
const OUT = ['refused', 'superseded'];
const ENVELOPE = ['key', 'base', 'at', 'act', 'how_page'];
let lock = null;
let visit = null;
let bundle = null;
let shown = null; // what stands on the page to be signed: {content, digest, code}

/* --- where the visit stands */

const readAll = (records) => rules.walk.read(visit.protocol, visit.facts, visit.prices, records);
const present = async () => {
  const own = (await store.entriesOf(visit.id)).filter(({ state }) => !OUT.includes(state));
  const known = new Set(visit.records.map(({ key }) => key));
  const records = [...visit.records];
  for (const entry of own.filter(({ key }) => !known.has(key))) {
    const judged = entry.act === 'rated' ? {} : await rules.steps.judge(visit, readAll(records), entry);
    const body = { ...(judged.body || entry.fields), ...(entry.code ? { code: entry.code } : {}) };
    records.push(rules.steps.record((records.at(-1)?.seq || 0) + 1, entry, body));
  }
  return { records, walk: readAll(records) };
};
const ended = async () => (await store.entriesOf(visit.id)).some(({ state, reason }) => state === 'refused' && reason === 'ended');

/* --- which page, with what values */

const route = () => {
  const { pathname, searchParams } = new URL(location.href);
  const [, place = ''] = /\/(return|rest)$/.exec(searchParams.get('at') || pathname) || [];
  return { place, how: searchParams.get('how') || '' };
};
const toSign = async (walk, kind, how) => {
  const { content, digest, code } = await rules.content.shown(visit, walk, lock.step, kit.language);
  shown = { content, digest: await digest, code: await code };
  const way = WAYS.includes(how) ? how : 'drawn';
  const view = kind === 'sign' ? slip(content, words) : receipt(content, words);
  return [`${way}-${kind}`, { content: view, shown: shown.digest }];
};
const thanks = (signature, isSlip) => {
  const declined = signature.how === 'declined';
  return ['thanks', {
    signature, signed: !declined, declined_slip: declined && isSlip, declined_receipt: declined && !isSlip, copy: isSlip || !declined,
  }];
};
const consent = ({ walk, records }, how) => {
  const { seq } = records.find(({ key }) => key === walk.hand_over.key) || { seq: 0 };
  const answered = records.some((record) => record.seq > seq && ['agreed', 'refused'].includes(record.act));
  if (answered && !['again', 'refused'].includes(how)) {
    return ['answered', { agreed: walk.agreed, agreed_total: walk.agreed ? words.money(walk.agreed.total) : '' }];
  }
  const price = quote(walk, bundle.prices, words);
  if (how === 'refused') return ['refuse', { price }];
  return ['consent', {
    price, listed: priceList(bundle.prices, walk.data.kind, words), total: walk.fee.total,
    term: repairTerm(rules.content.repair_term(walk, visit.prices), words),
  }];
};
const choose = async () => {
  const { place, how } = route();
  if (place) return [place, {}];
  if (await ended()) return ['ended', {}];
  const now = await present();
  const { walk } = now;
  const { kind } = bundle.rules.steps.find(({ id }) => id === lock.step);
  if (!walk.hand_over) return ['return', {}]; // an office page was here meanwhile: only the engineer can go on
  if (kind === 'consent') return consent(now, how);
  const isSlip = kind === 'sign';
  const signature = isSlip ? walk.signature : walk.iou_signature;
  if (!signature || signature.void) return toSign(walk, kind, how);
  if (isSlip && !walk.rated && how !== 'skipped') return ['rating', {}];
  return thanks(signature, isSlip);
};
let drawn = '';
const show = async () => {
  const [name, scope] = await choose();
  const noPin = name === 'return' && await pinIsOut(); // known first: a fold that opened by itself would be shut by a tap
  draw(name, scope, { again: name === drawn });
  drawn = name;
  const photos = document.querySelectorAll('.photo-row img[src*="/photo/"]');
  for (const image of photos) {
    const kept = await store.run((db) => db.get('blobs', image.getAttribute('src').split('/').pop()));
    if (kept) image.src = URL.createObjectURL(new Blob([kept.bytes], { type: kept.type }));
  }
  if (name === 'return') onlyOtherWays(noPin);
};
const go = (href) => {
  const { pathname, search } = new URL(href, location.href);
  const alone = location.pathname.includes('/kit/'); // opened by its own address, because no worker answers for others
  if (!alone) history.replaceState(history.state, '', pathname + search);
  else history.replaceState(history.state, '', `${location.pathname}${search || (pathname === home ? '' : `?at=${pathname}`)}`);
  return show();
};

/* --- what the customer does */

const photosOf = async (form) => {
  const files = [...form.querySelectorAll('[type="file"]')].flatMap(({ name, files: chosen }) => [...chosen].map((file) => ({ name, file })));
  return Promise.all(files.map(async ({ name, file }) => {
    const bytes = await file.arrayBuffer();
    return { name, type: file.type, bytes, sha: await outbox.sha256(bytes) };
  }));
};
const fieldsOf = (form, photos) => {
  const fields = {};
  new FormData(form).forEach((value, name) => {
    if (typeof value === 'string' && value !== '' && !ENVELOPE.includes(name)) fields[name] = value;
  });
  photos.forEach(({ name, sha }) => { fields[name] = `sha256:${sha}`; });
  return fields;
};
const save = async (form) => {
  const act = form.elements.act.value;
  const photos = await photosOf(form);
  let fields = fieldsOf(form, photos);
  const extra = {};
  if (act === 'rated') {
    if (!Object.keys(fields).length) return go(`${home}?how=skipped`);
    fields = { sealed: await sealed(fields, kit.rating_key) };
  } else {
    fields.language = kit.language;
    const { walk } = await present();
    const entry = { step: lock.step, act, fields, role: 'customer', at: new Date().toISOString(), base: null };
    const { faults = {}, refused } = await rules.steps.judge(visit, walk, entry);
    if (Object.keys(faults).length) return complain(form, faults, kit);
    if (refused) return show();
    if (act === 'signed' || act === 'declined') Object.assign(extra, { shown: shown.content, code: shown.code });
  }
  form.dataset.key = form.dataset.key || crypto.randomUUID();
  await outbox.save({ visit: visit.id, step: lock.step, act, fields, role: 'customer', key: form.dataset.key, photos, person: lock.person, extra });
  outbox.pump('save');
  return go(home);
};

/* --- the way back: the engineer's digits, the desk's code, or the password */

let giving = null; // this page stands until the next one has come: what is pressed meanwhile is the same giving back
const giveBack = async (proof) => {
  if (!(await store.lock())) return; // killed after it was stored, and opened again
  const { walk } = await present();
  await outbox.save({ visit: visit.id, step: (walk.hand_over || lock).step, act: 'handed_back', person: lock.person, lock: null, proof });
};
const leave = async (proof, byCode) => {
  giving = giving || giveBack(proof).catch((fault) => { giving = null; throw fault; });
  await giving;
  localStorage.removeItem('customer-lock');
  const after = (await present()).walk.next_step;
  await Promise.race([outbox.pump('save'), new Promise((done) => { setTimeout(done, 4000); })]);
  await store.set('customer', null);
  const place = `/visits/${visit.id}#${after ? `s-${after}` : 'sheet'}`;
  const isTold = byCode && !(await outbox.state()).pending; // what the old PIN proves has to be there before it changes
  location.replace(isTold ? `/pin?next=${encodeURIComponent(place)}` : place); // the code opened once: a new PIN
};
const byPassword = async (form) => {
  const say = (name) => complain(form, { password: kit.say[name] }, { faults: {}, say: kit.say });
  if (!form.elements.password.value) return say('password_empty');
  await outbox.pump('return');
  const { pending } = await outbox.state(visit.id);
  try {
    if (pending) return say('password_unsent');
    const answer = await fetch(`${home}/return`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(new FormData(form)) });
    if (answer.type !== 'opaqueredirect') return say('password_wrong');
  } catch { return say('password_offline'); }
  return leave(null);
};
const pinIsOut = async () => {
  const { set, left } = await doorstep.pin.state(lock.person).catch(() => ({}));
  return !set || !left;
};
const onlyOtherWays = (noPin) => {
  const form = document.querySelector('[data-pin-form]');
  const open = () => document.querySelectorAll('main details').forEach((fold) => { fold.open = true; });
  form.addEventListener('pin:locked', open);
  if (!noPin) return;
  form.hidden = true;
  open();
};

document.addEventListener('submit', (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = '1';
  const work = () => {
    if (form.elements.unlock_secret) return leave(form.elements.unlock_secret.value, form.dataset.pinBy === 'code');
    return form.elements.password ? byPassword(form) : save(form);
  };
  work().catch((fault) => complain(form, { '': kit.say[fault.code === 'full' ? 'storage_full' : 'not_saved'] }, kit))
    .finally(() => { delete form.dataset.busy; });
}, true);
document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('a[href^="/c/"]');
  if (!link) return;
  event.preventDefault();
  const { searchParams } = new URL(link.href);
  const lang = searchParams.get('lang');
  if (!lang) { go(link.href); return; }
  if (lang === kit.language) return;
  await store.set('lock', { ...lock, lang });
  location.replace(location.pathname.includes('/kit/') ? `${home}/kit/${lang}${location.search}` : `${home}?lang=${lang}&how=${route().how}`);
});

/* --- the beginning */

const mirror = () => localStorage.setItem('customer-lock', JSON.stringify({ token: lock.token, lang: lock.lang }));
const elsewhere = async () => { // this phone does not know that it was handed over
  localStorage.removeItem('customer-lock');
  const own = (await store.entriesOf(kit.visit)).filter(({ act, state }) => act.startsWith('handed_') && !OUT.includes(state));
  if (own.at(-1)?.act === 'handed_back') { location.replace(`/visits/${kit.visit}`); return; } // it is back already
  await outbox.pump('page').catch(() => {});
  if (new URLSearchParams(location.search).has('plain')) location.replace(`/visits/${kit.visit}`);
  else location.replace(`${location.pathname.replace(/\/kit\/.*/, '')}?plain=1`);
};
const start = async () => {
  lock = await store.lock();
  bundle = await store.get('customer');
  if (lock && lock.token !== kit.token) { location.replace(`/c/${lock.token}`); return; }
  if (!lock || !bundle || bundle.visit !== kit.visit) { await elsewhere(); return; }
  mirror();
  if (lock.lang !== kit.language) { lock = { ...lock, lang: kit.language }; await store.set('lock', lock); }
  visit = { ...rules.load(bundle.data, bundle.rules, bundle.prices), id: kit.visit };
  await show();
  const pump = () => outbox.pump('page').catch(() => {});
  ['online', 'focus'].forEach((name) => addEventListener(name, pump));
  pump();
};
/* A photo that the phone no longer has is the office's to show, once it knows that the phone was handed over. */
const askAgain = (image) => { image.src = image.getAttribute('src'); };
document.addEventListener('error', async ({ target }) => {
  const tried = Number(target.dataset?.tried || 0);
  if (target.tagName !== 'IMG' || tried > 3 || (await outbox.state(visit.id)).pending) return;
  target.dataset.tried = tried + 1;
  askAgain(target);
}, true);
document.addEventListener('outbox:receipts', () => {
  if (drawn === 'thanks') show();
  [...document.images].filter((image) => image.complete && !image.naturalWidth).forEach(askAgain);
});
document.addEventListener('outbox:lock', async ({ detail }) => { if (detail.elsewhere) location.reload(); });
doorstep.customer = { go, home };
start().catch(() => { draw('rest', {}); });
