/* The lock over the pages of whoever set a PIN on this phone: a cold start and five minutes without a touch ask for it.
   It signs nobody in or out and needs no network; what was typed beneath stays, timers run on.

   Loaded in <head> without defer: a locked page is hidden before its first paint. Kept by person:
     localStorage pin-*      a PIN is set (pin.js writes it)
     localStorage touched-*  time of the last touch or key, in any tab
     sessionStorage open-*   this tab was opened; a cold start has none, so a new tab asks the other tabs
     localStorage lock-page  the dialog itself, and what it was made for; the same for every page, so none carries it
     localStorage customer-lock  {token, lang}: the phone is in a customer's hands. No page of the engineer's shows then:
                             it is hidden and the customer's comes in its place, whatever brought it (Back, another tab).
   The cookie `opened` is the server's word after a password. */
(() => {
  'use strict';
  /* A tap before the page's scripts have run waits for them: a plain form would leave the phone's own store aside, and
     be lost without a network. If they never come, it goes as a plain form. */
  let isRead = false;
  let early = null;
  document.addEventListener('DOMContentLoaded', () => {
    isRead = true;
    if (early) setTimeout(() => early.target.requestSubmit(early.submitter));
  });
  addEventListener('submit', (event) => {
    if (isRead || !event.target.matches('form[data-outbox]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    early = early || { target: event.target, submitter: event.submitter };
  }, true);
  const script = document.currentScript;
  const { person, pin: pinAddress, page: pageAddress } = script.dataset;
  const PAGE = 'lock-page';
  const made = [script.src, pageAddress, person].join(' '); // another version, language or person is another dialog
  const IDLE = 5 * 60 * 1000;
  const EVERY = 5000;
  const root = document.documentElement;
  let phone;
  let tab;
  try { phone = localStorage; tab = sessionStorage; } catch { return; } // where nothing is kept, no PIN is either
  let locked = false;
  /* The truth stands in the outbox's store (store.js); a killed browser may bring an older localStorage back. */
  const inStore = (name, table, key) => new Promise((done, failed) => {
    const asked = indexedDB.open(name);
    asked.onupgradeneeded = () => asked.transaction.abort(); // there is none: what is left says locked
    asked.onerror = failed;
    asked.onsuccess = () => {
      const db = asked.result;
      try {
        const read = db.transaction(table).objectStore(table).get(key);
        read.onsuccess = () => { db.close(); done(read.result); };
        read.onerror = failed;
      } catch (fault) { failed(fault); }
    };
  });
  const giveWay = () => {
    const held = phone.getItem('customer-lock');
    if (!held) return;
    root.classList.add('locked');
    const { token, lang } = JSON.parse(held);
    // Without a worker the kit's own address is the one that answers whatever the office knows by now.
    const leave = () => location.replace(navigator.serviceWorker?.controller ? `/c/${token}` : `/c/${token}/kit/${lang}`);
    inStore('doorstep-outbox', 'meta', 'lock').then((lock) => {
      if (lock?.value) { leave(); return; }
      phone.removeItem('customer-lock');
      if (!locked) root.classList.remove('locked');
    }, leave);
  };
  addEventListener('pageshow', giveWay);
  addEventListener('storage', ({ key }) => { if (key === 'customer-lock') giveWay(); });
  document.addEventListener('outbox:lock', giveWay); // another tab has handed over
  giveWay();
  if (!window.crypto || !crypto.subtle || !window.HTMLDialogElement) return;
  const others = window.BroadcastChannel && new BroadcastChannel('doorstep-lock');
  const tell = (news) => { if (others) others.postMessage(news); };
  const PIN = `pin-${person}`;
  const TOUCHED = `touched-${person}`;
  const OPEN = `open-${person}`;
  const ASK = `ask-${person}`;
  let title = '';
  let dialog = null;
  let loading = null;

  const hasPin = () => phone.getItem(PIN) !== null;
  const isFresh = () => Math.abs(Date.now() - phone.getItem(TOUCHED)) < IDLE; // a clock set back is no fresh touch
  const isOpen = () => tab.getItem(OPEN) !== null && isFresh();
  const note = () => { try { phone.setItem(TOUCHED, Date.now()); tab.setItem(OPEN, '1'); } catch { /* asks again */ } };

  /* pin.js, unless the page has it; fetched before it is wanted, because the lock may fall without a network. */
  const here = () => window.doorstep?.pin;
  const pinScript = async () => {
    if (document.readyState === 'loading') await new Promise((done) => addEventListener('DOMContentLoaded', done));
    loading = loading || (!here() && new Promise((done) => {
      const script = document.createElement('script');
      script.src = pinAddress;
      script.onload = script.onerror = done;
      document.head.append(script);
    }));
    await loading;
    return here();
  };

  const say = (form, text) => {
    const place = form.querySelector('.error');
    place.textContent = text;
    place.hidden = !text;
  };
  const passwordOnly = (used) => {
    const form = dialog.querySelector('[data-pin-form]');
    form.querySelectorAll('.field, .btn').forEach((part) => { part.hidden = true; });
    if (used) say(form, form.dataset.locked);
    dialog.querySelector('details').open = true;
    dialog.querySelector('details [type="password"]').focus();
  };
  const open = () => {
    note();
    if (!locked) return;
    locked = false;
    root.classList.remove('locked');
    document.title = title;
    const shut = dialog;
    dialog = null;
    if (shut) { shut.close(); shut.remove(); } // gives the focus back
  };
  const kept = () => {
    try { const [from, html] = JSON.parse(phone.getItem(PAGE)); return from === made ? html : ''; } catch { return ''; }
  };
  const bring = async () => {
    const answer = await fetch(pageAddress);
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const html = await answer.text();
    phone.setItem(PAGE, JSON.stringify([made, html]));
    return html;
  };
  const show = async () => {
    if (!locked || dialog || !document.body) return;
    const html = kept() || await bring().catch(() => '');
    if (!locked || dialog) return;
    if (!html) { location.assign('/sign-in'); return; } // nothing is kept here and nobody answers
    const mine = new DOMParser().parseFromString(html, 'text/html').querySelector('dialog');
    dialog = document.adoptNode(mine);
    mine.addEventListener('cancel', (event) => event.preventDefault());
    mine.addEventListener('close', () => { if (dialog === mine) mine.showModal(); }); // Back closes dialogs on some phones
    mine.addEventListener('pin:locked', passwordOnly);
    document.body.append(mine);
    mine.showModal();
    mine.querySelector('[data-pin]').focus();
    pinScript().then((pin) => pin.state(person)).then(({ set, left }) => {
      if (dialog !== mine) return;
      if (!set) open(); else if (!left) passwordOnly(true);
    }).catch(() => { if (dialog === mine) passwordOnly(); }); // no pin.js, or its store cannot be read
  };
  const showSoon = () => { if (others && isFresh()) setTimeout(show, 150); else show(); };
  const lock = () => {
    locked = true;
    tab.removeItem(OPEN);
    root.classList.add('locked');
    title = document.title; // it names the customer
    document.title = 'Doorstep';
    tell(ASK);
    showSoon();
  };
  const look = () => { if (!locked && hasPin() && !isOpen()) lock(); };

  const openAll = () => { open(); tell(OPEN); };
  const byPassword = async (form) => {
    say(form, '');
    try {
      const answer = await fetch(form.action, {
        method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' },
      });
      if (answer.status === 204) { openAll(); return; }
      say(form, (await answer.json()).text);
      form.querySelector('[data-again]').hidden = answer.status !== 401;
    } catch { say(form, form.dataset.offline); }
  };
  addEventListener('submit', (event) => { // the first to see it, since this file came first
    const form = event.target;
    if (!dialog || !dialog.contains(form)) return;
    const digits = form.matches('[data-pin-form]');
    if (digits && !form.dataset.pinDone && here()) return; // pin.js tries the digits, then sends it again
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!digits) byPassword(form); else if (form.dataset.pinDone) openAll();
  }, true);

  const touch = () => {
    look();
    if (!locked && hasPin() && Date.now() - phone.getItem(TOUCHED) > EVERY) note();
  };
  ['pointerdown', 'keydown'].forEach((name) => addEventListener(name, touch, { capture: true, passive: true }));
  document.addEventListener('visibilitychange', look);
  addEventListener('pageshow', look);
  addEventListener('DOMContentLoaded', () => { if (locked) showSoon(); });
  setInterval(look, EVERY);
  if (others) {
    others.onmessage = ({ data }) => {
      look();
      if (data === ASK && !locked && hasPin()) tell(OPEN);
      if (data === OPEN && locked) open();
    };
  }

  if (document.cookie.split('; ').includes(`opened=${person}`)) {
    document.cookie = 'opened=; path=/; max-age=0';
    note();
  }
  /* The desk's code opened the phone: a new PIN is chosen as soon as the office has what the old one proved; asked for
     once a tab. */
  const RENEW = `renew-${person}`;
  const renew = async () => {
    const { outbox } = window.doorstep || {};
    if (!outbox || tab.getItem(RENEW)) return;
    const { fault, busy } = await outbox.pump('renew');
    if (fault || busy || locked || (await outbox.state()).pending) return;
    tab.setItem(RENEW, '1');
    location.assign(`/pin?next=${encodeURIComponent(location.pathname + location.hash)}`);
  };
  if (phone.getItem(RENEW)) ['load', 'online'].forEach((name) => addEventListener(name, () => renew().catch(() => {})));
  document.addEventListener('outbox:receipts', () => { if (phone.getItem(RENEW)) renew().catch(() => {}); });
  const arm = () => (window.requestIdleCallback || setTimeout)(() => {
    pinScript();
    if (!kept()) bring().catch(() => {});
  });
  if (hasPin()) arm();
  else inStore('doorstep-pin', 'locks', person).then((lock) => { // set just before the browser was killed
    if (!lock || hasPin()) return;
    phone.setItem(PIN, '1');
    arm();
    look();
  }, () => {});
  look();
})();
