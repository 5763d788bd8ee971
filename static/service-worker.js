/* The worker: keeps the static files of one version, so that the app opens without a network. It never touches a POST.
   The server puts a first line before this file: self.DOORSTEP = {version, shell: [addresses]}. */
'use strict';
const { version, shell } = self.DOORSTEP;
const CACHE = `static-${version}`;

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(shell)).then(() => self.skipWaiting()));
});

addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith('static-') && name !== CACHE;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Only addresses that hold a version: anything else may have changed.
  if (request.method !== 'GET' || origin !== location.origin || !pathname.startsWith('/static/v/')) return;
  event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
});
