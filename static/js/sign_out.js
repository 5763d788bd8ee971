/* Signing out with saves that only this phone has: first they are sent; what cannot be sent keeps the person signed in, or
   stays here under its owner's name. Nothing is ever thrown away. */
(() => {
  'use strict';
  const { outbox, keep, store } = self.doorstep;
  const form = document.querySelector('form[data-sign-out]');
  const place = document.getElementById('unsent');
  if (!form || !keep) return;
  const mark = document.querySelector('[data-person]');
  const person = Number(mark.dataset.person);
  const words = () => self.doorstep.words().catch(() => ({ say: () => '' }));
  const isOnline = () => fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.json()).then(({ ok }) => ok === true).catch(() => false);

  const button = (kind, text, act) => {
    const made = Object.assign(document.createElement('button'), { type: 'button', className: `btn ${kind}` });
    made.append(Object.assign(document.createElement('span'), { textContent: text }));
    made.addEventListener('click', act);
    return made;
  };
  const show = (box, ...buttons) => {
    box.lastElementChild.append(...buttons);
    place.replaceChildren(box);
    box.tabIndex = -1;
    box.focus();
  };
  const count = async () => {
    const { pending, photos } = await outbox.state();
    return pending + photos;
  };
  const go = async () => {
    if (!navigator.serviceWorker?.controller) { // else the worker empties the phone once the office has answered
      await outbox.wipe(person);
      await keep.forget(person);
    }
    form.dataset.clean = '1';
    form.requestSubmit();
  };
  const offline = async () => {
    const { say } = await words();
    show(keep.banner('trouble', say('outbox.out_offline'), say('outbox.out_offline_text'), 'cloud-off'));
  };
  const unsent = async (n) => {
    const { say } = await words();
    const name = (await store.get(`name:${person}`)) || mark.dataset.name || '';
    const again = button('main', say('outbox.out_send'), () => attempt());
    const leave = button('second', say('outbox.out_keep'), async () => { if (await isOnline()) { form.dataset.keep = '1'; go(); } else offline(); });
    show(keep.banner('trouble', say('outbox.out_unsent', { n, name }), say('outbox.out_unsent_text', { name }), 'triangle-alert'), again, leave);
  };
  const attempt = async () => {
    if (!(await isOnline())) { await offline(); return; }
    await outbox.pump('sign-out');
    const n = await count();
    if (n) await unsent(n); else await go();
  };
  addEventListener('submit', (event) => {
    if (event.target !== form || form.dataset.clean) return;
    event.preventDefault();
    event.stopPropagation();
    attempt().catch(offline);
  }, true);
  count().then((n) => { if (n) unsent(n); }).catch(() => {});
})();
