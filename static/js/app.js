/* What every page may use: theme, ring, sheet, one-time submit, photos, copy and share.
   A page does all of its work without this file; nothing that is saved is decided here. */
(() => {
  'use strict';
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const remembered = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } },
  };
  root.classList.add('js');
  const doorstep = window.doorstep = window.doorstep || {};

  /* Theme: the server says which; what it said last is remembered for pages from the cache, without a network. */
  const paintTheme = (theme) => {
    root.dataset.theme = theme;
    const paper = getComputedStyle(root).getPropertyValue('--paper').trim();
    all('meta[name="theme-color"]').forEach((meta) => { meta.content = paper; });
    all('[data-theme-choice]').forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.themeChoice === theme)));
  };
  if (navigator.onLine) remembered.set('theme', root.dataset.theme);
  else if (remembered.get('theme') && remembered.get('theme') !== root.dataset.theme) paintTheme(remembered.get('theme'));
  const chooseTheme = (theme) => {
    remembered.set('theme', theme);
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
    paintTheme(theme);
  };

  /* The ring: painted once a second from its saved start, so it is right after sleep or reload. */
  const offset = () => Number(remembered.get('clock-offset')) || 0;
  const clock = (iso) => { // called with the server's time at each receipt
    const gap = Date.parse(iso) - Date.now();
    if (Number.isFinite(gap)) remembered.set('clock-offset', String(Math.abs(gap) < 1500 ? 0 : Math.round(gap)));
  };
  const askClock = () => fetch('/healthz', { method: 'HEAD', cache: 'no-store' })
    .then((answer) => answer.ok && clock(answer.headers.get('Date'))).catch(() => {});
  const minutes = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
  const put = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
  let sound = null;
  let awake = null;
  const buzz = (pattern, beeps) => {
    if (navigator.vibrate) { navigator.vibrate(pattern); return; }
    if (!sound) return; // phones that cannot shake may beep once a tap has allowed it
    for (let n = 0; n < beeps; n += 1) {
      const tone = sound.createOscillator();
      const level = sound.createGain();
      level.gain.value = 0.08;
      tone.connect(level).connect(sound.destination);
      tone.start(sound.currentTime + n * 0.3);
      tone.stop(sound.currentTime + n * 0.3 + 0.15);
    }
  };
  const paintRing = (ring) => {
    const { start, interval, total, over } = ring.dataset;
    const drift = ring.dataset.clock === 'device' ? 0 : offset();
    const gone = Math.max(0, Math.floor((Date.now() + drift - Date.parse(start)) / 1000));
    if (Number.isNaN(gone) || String(gone) === ring.dataset.gone) return;
    const before = ring.dataset.gone === undefined ? gone : Number(ring.dataset.gone);
    const late = gone >= total;
    const left = late ? 0 : Math.min(interval - (gone % interval), total - gone);
    ring.dataset.gone = gone;
    ring.classList.toggle('is-late', late);
    put(ring.querySelector('[data-ring-time]'), minutes(late ? Math.min(gone, 5999) : left));
    put(ring.querySelector('[data-ring-sum]'), minutes(Math.max(0, total - gone)));
    ring.querySelector('[data-ring-arc]').setAttribute('stroke-dashoffset', late ? 0 : Math.round(1000 - (1000 * left) / interval) / 10);
    if (late && over) { // also on a page that came after the time: it is read out as soon as it stands there
      put(ring.querySelector('[data-ring-caption]'), over);
      put(ring.querySelector('[data-ring-live]'), over);
    }
    if (late && before < total) {
      buzz([300, 150, 300, 150, 300], 3);
      ring.dispatchEvent(new CustomEvent('ring:over', { bubbles: true }));
    } else if (!late && Math.floor(before / interval) !== Math.floor(gone / interval)) {
      buzz([120, 80, 120], 2);
      ring.dispatchEvent(new CustomEvent('ring:again', { bubbles: true }));
    }
  };
  const keepAwake = async () => {
    if (awake || !navigator.wakeLock || document.hidden) return;
    awake = 'asked';
    awake = await navigator.wakeLock.request('screen').catch(() => null);
    if (awake) awake.addEventListener('release', () => { awake = null; });
  };
  const tick = () => {
    const running = all('[data-ring][data-start]:not([data-start=""])');
    running.forEach(paintRing);
    if (running.some((ring) => ring.offsetParent && !ring.classList.contains('is-late'))) keepAwake();
    const first = running[0];
    const phase = first ? (Date.now() - Date.parse(first.dataset.start)) % 1000 : 0;
    setTimeout(tick, 1010 - (Number.isFinite(phase) ? Math.abs(phase) : 0));
  };
  if (document.querySelector('[data-ring]')) {
    if (remembered.get('clock-offset') === null) askClock();
    addEventListener('pointerdown', () => {
      const Sound = window.AudioContext || window.webkitAudioContext;
      if (!sound && !navigator.vibrate && Sound) sound = new Sound();
    }, { passive: true });
    tick();
  }

  /* The sheet: <details> becomes a real dialog, beside it, so that its buttons stay in their form. */
  const openSheet = (details) => {
    let dialog = details.nextElementSibling;
    if (!dialog || dialog.tagName !== 'DIALOG') {
      dialog = document.createElement('dialog');
      dialog.className = 'sheet-dialog';
      const panel = details.querySelector('[data-sheet-panel]');
      const title = panel.querySelector('.sheet-title');
      dialog.setAttribute('aria-label', title ? title.textContent : '');
      const shut = document.createElement('button');
      shut.type = 'button';
      shut.className = 'btn second';
      shut.dataset.shut = '';
      shut.textContent = details.querySelector('.when-open').textContent;
      panel.append(shut);
      dialog.append(panel);
      details.after(dialog);
    }
    dialog.showModal();
  };
  const shutSheets = () => all('dialog.sheet-dialog[open]').forEach((dialog) => dialog.close());
  addEventListener('hashchange', shutSheets);

  /* Photos: shrunk to 1600 px before they leave; drawing them again also drops the place they were taken. What cannot be
     drawn is no photo for the office, or too large for it: its `fault` says why. */
  const LARGEST = 8 * 1024 * 1024; // bytes that the office takes
  const MOST_PIXELS = 5e7; // and pixels
  const shrink = async (file) => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    try {
      image.src = url;
      await image.decode();
      const scale = Math.min(1, 1600 / Math.max(image.naturalWidth, image.naturalHeight));
      const canvas = document.createElement('canvas');
      canvas.width = Math.round(image.naturalWidth * scale);
      canvas.height = Math.round(image.naturalHeight * scale);
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.75); });
      if (blob) return { file: new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }) };
      return { file, fault: file.size > LARGEST ? 'photo_too_large' : '' };
    } catch {
      const pixels = image.naturalWidth * image.naturalHeight;
      return { file, fault: file.size > LARGEST ? 'photo_too_large' : pixels > MOST_PIXELS ? 'photo_too_many_pixels' : 'not_a_photo' };
    } finally { URL.revokeObjectURL(url); }
  };
  const kept = new WeakMap();
  const pending = new WeakMap();
  const showPhotos = (input) => {
    const box = input.closest('[data-photo]');
    const files = kept.get(input) || [];
    const parcel = new DataTransfer();
    files.forEach((file) => parcel.items.add(file));
    input.files = parcel.files;
    all('.thumb:not([data-kept])', box).forEach((thumb) => { URL.revokeObjectURL(thumb.firstChild.src); thumb.remove(); });
    files.forEach((file, n) => {
      const thumb = document.createElement('button');
      thumb.type = 'button';
      thumb.className = 'thumb';
      thumb.setAttribute('aria-label', `${box.dataset.remove} ${n + 1}`);
      const image = new Image(88, 88);
      image.alt = '';
      image.src = URL.createObjectURL(file);
      thumb.append(image);
      thumb.addEventListener('click', () => { kept.set(input, files.filter((other) => other !== file)); showPhotos(input); });
      box.querySelector('[data-photo-row]').append(thumb);
    });
  };
  const putPhotos = (input, files) => { kept.set(input, files); showPhotos(input); };
  const takePhotos = (input) => {
    const chosen = [...input.files];
    const before = kept.get(input) || [];
    const work = Promise.all(chosen.map(shrink)).then((found) => {
      const { refuse } = doorstep.forms || {}; // where nothing here can say why, the office judges
      const fault = refuse ? found.map((one) => one.fault).find(Boolean) : '';
      const files = found.filter((one) => !refuse || !one.fault).map(({ file }) => file);
      kept.set(input, input.multiple || !files.length ? [...before, ...files] : files); // a bad one takes no good one away
      showPhotos(input);
      if (refuse) refuse(input, fault);
    }).finally(() => pending.delete(input));
    pending.set(input, work);
  };
  const ready = (form) => Promise.all([...form.elements].map((element) => pending.get(element)).filter(Boolean));

  /* A form goes out once. The button keeps its words and dims; it is never disabled before it is pressed. */
  addEventListener('submit', (event) => { // before the outbox sees it: wait for photos that are being shrunk
    const form = event.target;
    if (![...form.elements].some((element) => pending.has(element))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    if (submitter) submitter.classList.add('is-sending');
    ready(form).then(() => {
      if (submitter) { submitter.classList.remove('is-sending'); submitter.click(); } else form.requestSubmit();
    });
  }, true);
  const wake = (form) => {
    delete form.dataset.sent;
    all('.is-sending', form).forEach((b) => { b.classList.remove('is-sending'); b.removeAttribute('aria-busy'); });
  };
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.closest('dialog') && !event.defaultPrevented) setTimeout(shutSheets);
    const says = (name) => (form.getAttribute(name) || '').toLowerCase(); // a field may be called "method"
    if (event.defaultPrevented || says('method') !== 'post' || says('target')) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    if (event.submitter) { event.submitter.classList.add('is-sending'); event.submitter.setAttribute('aria-busy', 'true'); }
    setTimeout(wake, 10000, form); // an answer that was a file leaves the page standing
  });
  addEventListener('pageshow', (event) => { if (event.persisted) all('form[data-sent]').forEach(wake); });

  /* Copy and share: data-copy="text", data-share="address"; data-done is said in the button afterwards. */
  const hand = async (button) => {
    const text = button.dataset.share || button.dataset.copy;
    if (button.dataset.share && navigator.share) { await navigator.share({ title: document.title, url: text }).catch(() => {}); return; }
    await navigator.clipboard.writeText(text);
    put(button.querySelector('span') || button, button.dataset.done || button.textContent);
  };

  document.addEventListener('click', (event) => {
    const hit = (selector) => event.target.closest && event.target.closest(selector);
    const theme = hit('[data-theme-choice]');
    const summary = hit('[data-sheet] > summary');
    const button = hit('[data-copy], [data-share]');
    if (theme) { chooseTheme(theme.dataset.themeChoice); if (!theme.form) event.preventDefault(); }
    if (summary && window.HTMLDialogElement) { event.preventDefault(); openSheet(summary.parentElement); }
    const photo = hit('[data-kept]');
    if (photo) { // its name travels in a hidden input
      const own = photo.closest('[data-photo]').querySelector('[type="file"]');
      const named = [...photo.form.elements].find((one) => one.type === 'hidden' && one.name === own.name && one.value === `sha256:${photo.dataset.kept}`);
      if (named) named.remove();
      photo.remove();
      own.focus();
    }
    if (button) { event.preventDefault(); hand(button).catch(() => {}); }
    if (hit('[data-shut]') || event.target.matches('dialog.sheet-dialog') || hit('dialog.sheet-dialog a')) shutSheets();
  });
  document.addEventListener('change', (event) => {
    const { target } = event;
    if (target.type === 'file' && target.closest('[data-photo]')) takePhotos(target);
    if (target.matches('[data-auto]')) target.form.requestSubmit();
  });
  const focusErrors = () => {
    const box = all('[data-focus]').find((element) => element.offsetParent);
    if (box) { box.focus(); box.removeAttribute('data-focus'); }
  };
  document.addEventListener('htmx:afterSwap', focusErrors);
  focusErrors();

  Object.assign(doorstep, { clock, offset, ready, openSheet, shutSheets, putPhotos });
})();
