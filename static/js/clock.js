/* The identity card's running clock: shows that the page is live and no picture of one. */
(() => {
  'use strict';
  const face = document.querySelector('[data-clock]');
  if (!face) return;
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: face.dataset.zone || undefined,
  });
  const paint = () => { face.textContent = format.format(new Date()); };
  paint();
  setInterval(paint, 1000);
})();
