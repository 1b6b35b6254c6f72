// Elements and texts. Text of the run is added to the page as text nodes only.

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
  for (const child of children.flat()) {
    if (child !== undefined && child !== null) element.append(child instanceof Node ? child : visible(String(child)));
  }
  return element;
}

/** Shows invisible characters and bidi controls by their code points. */
function visible(text) {
  const controls = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f';
  const bidi = '\\u061c\\u200e-\\u200f\\u202a-\\u202e\\u2066-\\u2069';
  const unseen = '\\u180e\\u200b-\\u200d\\u2028-\\u2029\\u2060-\\u2065\\u206a-\\u206f\\ufeff\\ufff9-\\uffff';
  const hidden = new RegExp(`[${controls}${bidi}${unseen}]`, 'g');
  return text.replace(hidden, (c) => `\\u{${c.charCodeAt(0).toString(16).toUpperCase()}}`);
}

const icons = { passed: '✓', failed: '✗', warned: '!', skipped: '–', errored: '⚠', pending: '…' };

function mark(verdict, word = verdict) {
  const icon = el('span', { 'aria-hidden': 'true' }, icons[verdict]);
  return el('span', { class: `result is-${verdict}` }, icon, ` ${word}`);
}

/** Announces a text to screen readers. */
function announce(text) { $('announcement').textContent = text; }

/** Copies a text. If the page may not write to the clipboard, the text is selected for copying. */
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
    button.textContent = document.execCommand('copy') ? 'Copied' : 'Copy the selected text';
    if (button.textContent === 'Copied') area.remove();
  }
  announce(button.textContent);
  setTimeout(() => { button.textContent = before; }, 2000);
}

function copyButton(label, text) {
  const onclick = (event) => copy(typeof text === 'function' ? text() : text, event.currentTarget);
  return el('button', { type: 'button', onclick }, label);
}

/** A duration in milliseconds as `23h 59m 59s`. */
function duration(ms) {
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

const aDay = 86400000, aYear = 365.2425 * aDay;

/** A span on the simulated clock, short enough for a label: in years from one year on, in days from two days on. */
function span(ms) {
  if (ms >= 365 * aDay) return `${Number((ms / aYear).toFixed(1))}y`;
  if (ms >= 2 * aDay) return duration(Math.floor(ms / 3600000) * 3600000);
  // 24h, not 1d: tokens last 24 hours
  const hours = Math.floor(ms / 3600000), rest = ms % 3600000;
  return [hours ? `${hours}h` : '', rest ? duration(rest) : ''].filter(Boolean).join(' ') || '0s';
}

/** A span on the simulated clock, exact; in years too, if it is years. */
function exactSpan(ms) {
  if (ms < 365 * aDay) return duration(ms);
  const years = Number((ms / aYear).toFixed(1));
  return `${years} ${years === 1 ? 'year' : 'years'} (${duration(ms)})`;
}

let isLocal = false;

/** A wall time, in UTC or in the time zone of the browser. */
function wallTime(ms) {
  return el('time', { datetime: new Date(ms).toISOString(), 'data-wall': ms }, wallText(ms));
}

function wallText(ms) {
  if (!isLocal) return new Date(ms).toISOString();
  return new Date(ms).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

/** A simulated time, always in UTC. */
function simulatedText(ms) {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString().replace('.000Z', 'Z');
}
