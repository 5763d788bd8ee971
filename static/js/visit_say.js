/* How the visit's scripts speak: the page's words, money, days and times as the server writes them, and elements made
   of them. Nothing is read from the visit here. */
(() => {
  'use strict';
  const page = document.querySelector('.steps[data-visit]');
  if (!page) return;
  const language = page.dataset.protocol.split('/').pop();
  const zone = page.dataset.zone || 'UTC';
  const locale = { en: 'en-GB', zh_Hans: 'zh-Hans-CN', zh_Hant: 'zh-Hant-TW', es: 'es-ES' }[language];
  const sprite = (document.querySelector('svg use') || document.createElement('i')).getAttribute('href');
  let sentence = () => '';
  const t = (key, values) => sentence(`v.${key}`, values) || key;
  const ready = window.doorstep.words ? window.doorstep.words(language).then(({ say }) => { sentence = say; }) : Promise.reject();
  ready.catch(() => {});

  /* h('p', 'quiet', 'text', child, …); the second word is the class, or an object of attributes. */
  const h = (tag, about, ...inside) => {
    const made = document.createElement(tag);
    const named = typeof about === 'string' ? { class: about } : about || {};
    for (const [name, value] of Object.entries(named)) if (value || value === '') made.setAttribute(name, value);
    made.append(...inside.flat(Infinity).filter((one) => one || one === 0));
    return made;
  };
  const icon = (name) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `${(sprite || '').split('#')[0]}#${name}`);
    svg.append(use);
    return svg;
  };
  const ICONS = { done: 'circle-check', waiting: 'clock', trouble: 'triangle-alert', info: 'info' };
  const banner = (kind, title, text, image) => h('div', `banner ${kind}`, icon(image || ICONS[kind]),
    h('div', 'banner-body', h('p', 'banner-title', title), text && (text.nodeType ? text : h('p', '', text))));
  const badge = (kind, text, image) => h('span', `badge ${kind}`, image && icon(image), h('span', '', text));
  const button = (kind, text, image, more) => h('button', { class: `btn ${kind}`, type: 'submit', ...more }, image && icon(image), h('span', '', text));
  const link = (kind, text, href, image) => h('a', { class: kind, href }, image && icon(image), h('span', '', text));
  const facts = (rows) => h('dl', 'facts', rows.map(([label, value, step]) => h('div', '', h('dt', '', label), h('dd', '', value),
    step && h('dd', 'facts-change', h('a', { class: 'text-link', href: `#s-${step}` }, t('change'), h('span', 'visually-hidden', ` ${label}`))))));
  const met = (rows) => h('ul', 'met', rows.map(([image, text]) => h('li', '', icon(image), h('span', '', text))));
  const fees = (lines, totals, caption) => h('table', 'fees', h('caption', 'visually-hidden', caption),
    h('tbody', '', lines.map((line) => h('tr', '', h('th', { scope: 'row' }, line.name, h('small', '', line.note), h('small', 'rule', line.rule)), h('td', '', line.amount)))),
    h('tfoot', '', totals.map(([label, value], n) => h('tr', n === totals.length - 1 ? 'total' : '', h('th', { scope: 'row' }, label), h('td', '', value)))));

  /* Money: whole minor units. */
  const SYMBOLS = { CNY: '¥', TWD: 'NT$', HKD: 'HK$', SGD: 'S$', EUR: '€', USD: 'US$', GBP: '£', MXN: 'MX$', JPY: 'JP¥', CLP: 'CLP$' };
  const money = (minor, code, tongue = language) => {
    const digits = code === 'JPY' || code === 'CLP' ? 0 : 2;
    const spanish = tongue === 'es';
    const size = 10 ** digits;
    const whole = Math.floor(Math.abs(minor) / size);
    const rest = digits ? (spanish ? ',' : '.') + String(Math.abs(minor) % size).padStart(digits, '0') : '';
    const apart = spanish ? '\u00a0' : ',';
    const grouped = spanish && whole < 10000 ? String(whole) : String(whole).replace(/\B(?=(\d{3})+$)/g, apart);
    const symbol = SYMBOLS[code] || code;
    const sign = minor < 0 ? '\u2212' : '';
    if (spanish) return `${sign}${grouped}${rest}\u00a0${symbol}`;
    return `${sign}${symbol}${/\p{L}$/u.test(symbol) ? '\u00a0' : ''}${grouped}${rest}`;
  };

  /* Days and times, as the place counts them. */
  const made = {};
  const format = (name, options) => {
    if (!made[name]) made[name] = new Intl.DateTimeFormat(locale, { timeZone: name === 'day' ? 'UTC' : zone, ...options });
    return made[name];
  };
  const clock = (iso) => format('clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(iso));
  const moment = (iso) => {
    const chinese = language.startsWith('zh');
    const parts = format('short', { day: 'numeric', month: chinese ? 'numeric' : 'short' }).formatToParts(new Date(iso));
    const part = (name) => parts.find((one) => one.type === name).value.replace('月', '').replace('日', '');
    return chinese ? `${part('month')}月${part('day')}日 ${clock(iso)}` : `${part('day')} ${part('month')}, ${clock(iso)}`;
  };
  const day = (iso) => (/^\d{4}-\d\d-\d\d/.test(iso) ? format('day', { dateStyle: 'long' }).format(new Date(`${iso.slice(0, 10)}T00:00Z`)) : '');

  window.doorstep.say = { t, h, icon, banner, badge, button, link, facts, met, fees, money, clock, moment, day, ready };
})();
