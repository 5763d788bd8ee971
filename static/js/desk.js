/* Keeps the desk's boards fresh: asks again every fifteen seconds, not while the page is hidden, and says when it cannot.
   Without this file the page loads itself again once a minute. */
(() => {
  'use strict';
  const EVERY = 15000;
  const live = document.getElementById('live');
  let reached = new Date();
  const say = (good) => {
    if (!live) return;
    const time = reached.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    const text = good ? live.dataset.live : live.dataset.lost.replace('{time}', time);
    live.classList.toggle('done', good);
    live.classList.toggle('waiting', !good);
    const words = live.querySelector('span');
    if (words.textContent !== text) words.textContent = text;
  };
  const ask = () => {
    if (document.hidden || !window.htmx) return;
    document.querySelectorAll('[data-poll]').forEach((part) => window.htmx.trigger(part, 'poll'));
  };
  setInterval(ask, EVERY);
  document.addEventListener('visibilitychange', ask);
  document.addEventListener('htmx:beforeSwap', (event) => { // signed out meanwhile: the answer is another page
    const { xhr, pathInfo } = event.detail;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(pathInfo.finalRequestPath, location).pathname) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) reached = new Date();
    say(Boolean(event.detail.successful));
  });
})();
