/* Draws a page of the kit: its template with the values of a scope in the marks. Knows no visit and decides nothing.

   {a.b.0}              in texts and attributes: the value there; what is not in the scope stays as it stands
   data-if="a.b"        only when there is a value; "!a.b" only when there is none
   data-each="a.b"      once for each, as {each}, {n} (from 1) and {last} ("total" for the last); data-rows="2": with the
                        element behind it */
const look = (path, scope) => path.split('.').reduce((value, name) => (Array.isArray(value) && /^-?\d+$/.test(name) ? value.at(Number(name)) : value?.[name]), scope);
const put = (text, scope) => text.replace(/\{([\w.-]+)\}/g, (mark, path) => (path.split('.')[0] in scope ? String(look(path, scope) ?? '') : mark));
const holds = (name, scope) => (name.startsWith('!') ? !look(name.slice(1), scope) : Boolean(look(name, scope)));

const repeat = (node, scope) => {
  const { each, rows = '1' } = node.dataset;
  const group = rows === '2' ? [node, node.nextElementSibling] : [node];
  const list = look(each, scope) || [];
  node.removeAttribute('data-each');
  node.removeAttribute('data-rows');
  const made = list.flatMap((one, index) => group.map((part) => {
    const copy = part.cloneNode(true);
    const box = document.createDocumentFragment();
    box.append(copy);
    fill(copy, { ...scope, each: one, n: index + 1, last: index === list.length - 1 ? 'total' : '' });
    return box;
  }));
  node.before(...made);
  group.forEach((part) => part.remove());
};
const fill = (node, scope) => {
  if (node.nodeType === Node.TEXT_NODE) { node.data = put(node.data, scope); return; }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const { each, if: only } = node.dataset;
  if (only !== undefined && !each && !holds(only, scope)) { node.remove(); return; }
  if (each) { repeat(node, scope); return; }
  for (const attribute of node.attributes) if (attribute.value.includes('{')) attribute.value = put(attribute.value, scope);
  [...node.childNodes].filter((child) => child.parentNode === node).forEach((child) => fill(child, scope));
};
const template = (name) => document.querySelector(`template[data-page="${name}"]`);
const made = (name, scope) => {
  const { content } = template(name).cloneNode(true);
  [...content.childNodes].filter((node) => node.parentNode === content).forEach((node) => { if (node.parentNode) fill(node, scope); });
  return content;
};

/* The page `name` in front, with its title, language and heading; the language switch not on the engineer's page. */
export const draw = (name, scope, { again = false } = {}) => {
  const main = document.getElementById('main');
  const { lang, dataset } = template(name);
  const nav = document.querySelector('nav.languages');
  const how = new URLSearchParams(location.search).get('how');
  main.replaceChildren(nav, made(name, scope));
  nav.hidden = name === 'return';
  nav.querySelectorAll('a').forEach((link) => {
    const { pathname, searchParams } = new URL(link.href);
    link.href = `${pathname}?lang=${searchParams.get('lang')}${how ? `&how=${how}` : ''}`;
  });
  document.documentElement.lang = lang;
  document.title = dataset.title;
  document.querySelector('.top .top-text').textContent = dataset.owner;
  if (!again) scrollTo(0, 0);
  window.doorstep.watchSignatures?.(main);
};

/* What is wrong with a form, on top and beside its inputs. `faults`: name -> code or sentence; '' is about no input. */
export const complain = (form, faults, { faults: known, say }) => {
  document.querySelectorAll('#errors, p.error:not([data-pin-error])').forEach((old) => old.remove());
  form.querySelectorAll('.has-error').forEach((field) => field.classList.remove('has-error'));
  const rows = Object.entries(faults).map(([id, code]) => ({ id, text: id === '' || id === 'password' ? code : known[id] || known['*'] }));
  for (const { id, text } of rows) {
    const field = id && (form.querySelector(`[data-field="${id}"]`) || document.getElementById(id));
    const input = field && field.querySelector('input:not([type="hidden"]), select, textarea');
    if (!field) continue;
    field.classList.add('has-error');
    (field.querySelector('.label') || field).after(made('error', { id, text }));
    if (input) { input.setAttribute('aria-invalid', 'true'); input.setAttribute('aria-describedby', `${id}-error`); }
    const fold = field.closest('details');
    if (fold) fold.open = true;
  }
  const heading = document.querySelector('#main h1');
  heading.before(made('errors', { heading: rows.length > 1 ? say.fix_many.replace('{n}', rows.length) : say.fix_one, rows }));
  document.getElementById('errors').focus();
};
