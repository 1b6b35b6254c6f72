// Bodies of requests and answers, in the ways in which one wants to read them.

function headerOf(headers, name) { return (headers ?? []).find((field) => field.name.toLowerCase() === name)?.value; }

function bytesOf(body) {
  if (body.base64 === undefined) return new TextEncoder().encode(body.text ?? '');
  try { return Uint8Array.from(atob(body.base64), (c) => c.charCodeAt(0)); } catch { return new TextEncoder().encode(body.base64); }
}

function hex(bytes) {
  const lines = [];
  for (let start = 0; start < Math.min(bytes.length, 4096); start += 16) {
    const row = [...bytes.subarray(start, start + 16)];
    const digits = row.map((b) => b.toString(16).padStart(2, '0')).join(' ').padEnd(48);
    lines.push(`${start.toString(16).padStart(6, '0')}  ${digits} ${row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('')}`);
  }
  if (bytes.length > 4096) lines.push(`… ${bytes.length} bytes in all`);
  return lines.join('\n');
}

/** JSON with sorted members, so that two of them can be compared; anything else as it is. */
function normalised(text) {
  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  };
  try { return JSON.stringify(sorted(JSON.parse(text)), null, 2); } catch { return text; }
}

function pretty(text, type) {
  if (/json/.test(type) || /^\s*[[{]/.test(text)) {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { /* it is none */ }
  }
  if (/xml/.test(type) && text.length < 100000) {
    let depth = 0;
    return text.replace(/>\s*</g, '>\n<').split('\n').map((line) => {
      if (/^<\//.test(line)) depth = Math.max(0, depth - 1);
      const shown = '  '.repeat(Math.min(depth, 40)) + line;
      if (/^<[^!?/][^>]*[^/]>$/.test(line) && !/<\//.test(line)) depth += 1;
      return shown;
    }).join('\n');
  }
  return undefined;
}

function formPairs(text) {
  return text.split('&').filter(Boolean).slice(0, 500).map((pair) => {
    const [name, ...rest] = pair.split('=');
    const decode = (part) => { try { return decodeURIComponent(part.replaceAll('+', ' ')); } catch { return part; } };
    return [decode(name), decode(rest.join('='))];
  });
}

function pairTable(pairs, caption) {
  return el('table', {}, el('caption', { class: 'sr' }, caption), el('tbody', {}, pairs.map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value)))));
}

/** Header and claims of a JWT, read and not verified. */
function jwt(token) {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts[0].startsWith('eyJ')) return undefined;
  const part = (text) => JSON.stringify(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)))), null, 2);
  try { return `${part(parts[0])}\n${part(parts[1])}`; } catch { return undefined; }
}

/** A body with buttons for its forms. */
function bodyView(body, type) {
  if (!body || body.size === 0) return el('p', { class: 'source' }, 'no body');
  const text = body.text ?? '';
  const forms = {};
  if (body.base64 === undefined) {
    const well = pretty(text, type ?? '');
    if (well !== undefined && well !== text) forms.Pretty = () => el('pre', {}, well);
    if (/x-www-form-urlencoded/.test(type ?? '')) forms.Form = () => pairTable(formPairs(text), 'Form parameters');
    forms.Raw = () => el('pre', {}, text);
  }
  forms.Hex = () => el('pre', {}, hex(bytesOf(body)));
  const shown = el('div', {});
  const buttons = Object.keys(forms).map((name, index) => el('button', {
    type: 'button', 'aria-pressed': String(index === 0), onclick: (event) => {
      for (const button of buttons) button.setAttribute('aria-pressed', String(button === event.currentTarget));
      shown.replaceChildren(forms[name]());
    },
  }, name));
  shown.append(Object.values(forms)[0]());
  const size = `${body.size} bytes${body.omitted ? `, ${body.omitted} of them left out of the middle` : ''}${body.cut ? ', cut there: the answer was larger than the harness takes' : ''}${body.base64 === undefined ? '' : ', not UTF-8'}`;
  return el('div', {}, el('div', { class: 'bar' }, buttons, body.base64 === undefined ? copyButton('Copy', text) : null, el('span', { class: 'source' }, size)), shown);
}
