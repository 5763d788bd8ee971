/* The day's page: which visits hold saves that only this phone has, and the page anew when the office has them. What a
   visit's own page shows is not said here. */
(() => {
  'use strict';
  const { doorstep } = window;
  const main = document.getElementById('main');
  if (!doorstep?.outbox || !main.querySelector('[data-offline-ready]')) return;
  const cards = () => [...main.querySelectorAll('[data-visit]')];
  const paint = async () => {
    const { say } = await doorstep.words();
    for (const card of cards()) {
      const { pending, held, refused } = await doorstep.outbox.state(Number(card.dataset.visit));
      const n = pending + held + refused;
      let note = card.querySelector('[data-unsent]');
      if (!n) { if (note) note.remove(); continue; }
      if (!note) {
        note = Object.assign(document.createElement('span'), { className: 'badge waiting' });
        note.dataset.unsent = '';
        card.querySelector('.card-body').append(note);
      }
      note.textContent = say('outbox.badge_saved', { n });
    }
  };
  let soon = 0;
  const renew = () => {
    clearTimeout(soon);
    soon = setTimeout(async () => {
      const answer = await fetch('/', { headers: { Accept: 'text/html' } });
      const page = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-offline-ready]');
      const ready = main.querySelector('[data-offline-ready]');
      if (!page) return;
      const fresh = page.closest('main');
      page.replaceWith(ready);
      main.replaceChildren(...fresh.childNodes);
      await paint();
    }, 600);
  };
  document.addEventListener('outbox:receipts', () => renew());
  ['outbox:stored', 'outbox:state'].forEach((name) => document.addEventListener(name, () => paint().catch(() => {})));
  paint().catch(() => {});
})();
