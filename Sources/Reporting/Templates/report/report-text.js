// Elements and texts. What comes from the run gets into the page by textContent alone.

const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const svgSpace = 'http://www.w3.org/2000/svg';

/** An element with attributes, listeners (onclick: f) and children: elements, or texts. */
function el(name, attributes, ...children) {
  const element = ['svg', 'g', 'rect', 'line', 'path', 'text', 'title'].includes(name)
    ? document.createElementNS(svgSpace, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat()) if (child !== undefined && child !== null) element.append(child instanceof Node ? child : visible(String(child)));
  return element;
}

/** Characters that are not seen, or that turn the direction of writing, as their numbers. */
function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g,
    (c) => `\\u{${c.charCodeAt(0).toString(16).toUpperCase()}}`);
}

const icons = { passed: '✓', failed: '✗', warned: '!', skipped: '–', errored: '⚠', pending: '…' };

function mark(verdict, word = verdict) {
  return el('span', { class: `result is-${verdict}` }, el('span', { 'aria-hidden': 'true' }, icons[verdict]), ` ${word}`);
}

function say(text) { $('said').textContent = text; }

/** Copies a text, also where a page has no right to the clipboard: it is selected there instead. */
async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    const area = el('textarea', { 'aria-label': 'To copy' });
    area.value = text;
    button.after(area);
    area.select();
    button.textContent = document.execCommand('copy') ? 'Copied' : 'Copy it from here';
    if (button.textContent === 'Copied') area.remove();
  }
  say(button.textContent);
  setTimeout(() => { button.textContent = before; }, 2000);
}

function copyButton(label, text) {
  return el('button', { type: 'button', onclick: (event) => copy(typeof text === 'function' ? text() : text, event.currentTarget) }, label);
}

/** `23h 59m 59s` of milliseconds. */
function span(ms) {
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(ms);
  const parts = [];
  for (const [unit, size] of [['d', 86400000], ['h', 3600000], ['m', 60000], ['s', 1000]]) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  if (rest > 0) parts.push(`${Math.round(rest)}ms`);
  return sign + (parts.join(' ') || '0s');
}

let isLocal = false;

/** An instant of the wall clock, in UTC or in the time zone of whoever reads. */
function wallTime(ms) { return el('time', { datetime: new Date(ms).toISOString(), 'data-wall': ms }, wallText(ms)); }

function wallText(ms) {
  if (!isLocal) return new Date(ms).toISOString();
  return new Date(ms).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

/** An instant of the simulated clock: always UTC. */
function simulatedText(ms) {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString().replace('.000Z', 'Z');
}
