/* What the scripts say, in the page's language: fetched once per version of the app, kept by worker or browser.
   `(await doorstep.words()).say('outbox.saved', { n: 3 })`; a key without a sentence says nothing. */
(() => {
  'use strict';
  const version = /\/v\/([^/]+)\//.exec(document.currentScript.src)?.[1] || '';
  const known = new Map();
  const words = (language = document.documentElement.lang.replace('-', '_')) => {
    if (!known.has(language)) {
      const asked = fetch(`/phone-words/${language}?v=${version}`)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
        .then((sentences) => ({
          say: (key, values = {}) => (sentences[key] || '').replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place),
        }));
      asked.catch(() => known.delete(language)); // asked again the next time
      known.set(language, asked);
    }
    return known.get(language);
  };
  self.doorstep = Object.assign(self.doorstep || {}, { words });
})();
