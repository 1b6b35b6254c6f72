// The bodies of requests and responses: pretty-printed, as a form, raw or as hex.

function headerOf(headers, name) {
  return (headers ?? []).find((field) => field.name.toLowerCase() === name)?.value;
}

function bytesOf(body) {
  if (body.base64 === undefined) return new TextEncoder().encode(body.text ?? '');
  try { return decodeBase64(body.base64); } catch { return new TextEncoder().encode(body.base64); }
}

function decodeBase64(text) { return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)); }

function hex(bytes) {
  const lines = [];
  for (let start = 0; start < Math.min(bytes.length, 4096); start += 16) {
    const row = [...bytes.subarray(start, start + 16)];
    const digits = row.map((b) => b.toString(16).padStart(2, '0')).join(' ').padEnd(48);
    const text = row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
    lines.push(`${start.toString(16).padStart(6, '0')}  ${digits} ${text}`);
  }
  if (bytes.length > 4096) lines.push(`… ${bytes.length} bytes in total`);
  return lines.join('\n');
}

/** JSON with sorted members, for a comparison; other text unchanged. */
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
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON */ }
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
  const rows = pairs.map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value)));
  return el('table', {}, el('caption', { class: 'sr' }, caption), el('tbody', {}, rows));
}

/** The header and claims of a JWT, not verified. */
function jwt(token) {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts[0].startsWith('eyJ')) return undefined;
  const part = (text) => {
    const bytes = decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 2);
  };
  try { return `${part(parts[0])}\n${part(parts[1])}`; } catch { return undefined; }
}

/** A body with a button for each form. */
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
  const size = [
    `${body.size} bytes`, body.omitted ? `${body.omitted} of them omitted from the middle` : '',
    body.cut ? 'truncated: the response exceeds the size limit' : '', body.base64 === undefined ? '' : 'not UTF-8',
  ].filter(Boolean).join(', ');
  const copyText = body.base64 === undefined ? copyButton('Copy', text) : null;
  return el('div', {}, el('div', { class: 'bar' }, buttons, copyText, el('span', { class: 'source' }, size)), shown);
}
