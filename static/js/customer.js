/* Customer mode: the phone shows one page. Back shows it again, a page kept by the browser is checked with the server,
   ten idle minutes cover it. The lock itself is the server's; this file only keeps old pages from view. */
(() => {
  'use strict';
  const IDLE = 10 * 60 * 1000;
  const top = document.querySelector('[data-customer]');
  if (!top) return;
  const home = top.dataset.customer;
  const isResting = () => location.pathname === `${home}/rest`;

  // One entry of ours lies above the page; going back takes it away and it is laid there again.
  const guard = () => history.pushState({ guard: true }, '');
  if (!(history.state && history.state.guard)) {
    history.replaceState({ guard: false }, '');
    guard();
  }
  addEventListener('popstate', (event) => { if (!(event.state && event.state.guard)) guard(); });
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  const stamp = () => {
    const now = new Date();
    const shift = -now.getTimezoneOffset();
    const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, '0');
    const local = new Date(now.getTime() + shift * 60000).toISOString().slice(0, 19);
    return `${local}${shift < 0 ? '-' : '+'}${two(shift / 60)}:${two(shift % 60)}`;
  };
  document.addEventListener('submit', (event) => {
    const at = event.target.querySelector('[data-at]');
    if (at) at.value = stamp();
  });

  let touched = Date.now();
  ['pointerdown', 'keydown', 'scroll'].forEach((name) => addEventListener(name, () => { touched = Date.now(); }, { passive: true }));
  const rest = () => {
    touched = Date.now();
    const { customer } = window.doorstep || {}; // the phone's own pages, which need no network
    if (customer) customer.go(`${home}/rest`); else location.replace(`${home}/rest`);
  };
  const look = () => { if (!isResting() && Date.now() - touched >= IDLE) rest(); };
  setInterval(look, 15000);
  document.addEventListener('visibilitychange', look);

  // Without the PIN (none left, or a browser that cannot compute it) the password lies open.
  const openPassword = () => document.querySelectorAll('details.fold').forEach((fold) => { fold.open = true; });
  const form = document.querySelector('[data-pin-form]');
  if (form) {
    form.addEventListener('pin:locked', openPassword);
    addEventListener('load', () => {
      const { pin } = window.doorstep || {};
      if (!pin || !pin.available) { form.hidden = true; openPassword(); return; }
      pin.state(form.dataset.pinForm).then(({ set, left }) => {
        if (set && left) return;
        form.hidden = true;
        openPassword();
      }).catch(openPassword);
    });
  }
})();
