// One exchange: request and answer side by side, as they went over the wire.

function headerTable(headers, caption) {
  if (!headers || headers.length === 0) return el('p', { class: 'source' }, 'no header fields');
  return pairTable(headers.map((field) => [field.name, field.value]), caption);
}

function tokenClaims(headers, body) {
  const found = [];
  const bearer = /^bearer +(.+)$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1];
  if (bearer) found.push(bearer);
  try {
    const token = JSON.parse(body?.text ?? '').access_token;
    if (typeof token === 'string') found.push(token);
  } catch { /* no JSON, no token */ }
  const claims = found.map(jwt).find((text) => text !== undefined);
  return claims ? el('details', {}, el('summary', {}, 'The token read as a JWT (not verified)'), el('pre', {}, claims)) : null;
}

/** Only what was measured: libcurl tells nothing of phases that did not happen. */
function timingText(timings) {
  const ms = (seconds) => `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
  const parts = [['dns', 'name'], ['connect', 'connected'], ['tls', 'TLS'], ['first-byte', 'first byte'], ['total', 'whole']]
    .filter(([key]) => timings?.[key] !== undefined).map(([key, name]) => `${name} ${ms(timings[key])}`);
  return parts.length ? `after: ${parts.join(' · ')}` : '';
}

function exchangeView(step) {
  const exchange = step.exchange;
  const query = exchange.url.split('?').slice(1).join('?').split('#')[0];
  const masked = [...new Set(JSON.stringify(exchange).match(/\$[A-Z][A-Z0-9_]*/g) ?? [])];
  return el('div', {},
    el('div', { class: 'bar' }, step.curl === undefined ? null : copyButton('Copy as curl', step.curl), copyButton('Copy step as JSON', () => JSON.stringify(step, null, 2)),
      el('span', { class: 'source' }, timingText(exchange.timings))),
    masked.length ? el('p', { class: 'source' }, `Masked, since they are secrets: ${masked.join(', ')}`) : null,
    el('div', { class: 'sides' },
      el('div', {}, el('h4', {}, 'Request'), el('pre', {}, `${exchange.method} ${exchange.url}`),
        query ? pairTable(formPairs(query), 'Query') : null,
        headerTable(exchange['request-headers'], 'Header fields of the request'),
        bodyView(exchange['request-body'], headerOf(exchange['request-headers'], 'content-type')),
        tokenClaims(exchange['request-headers'], exchange['request-body'])),
      el('div', {}, el('h4', {}, 'Answer'), step.curl === undefined ? null : el('pre', {}, `HTTP/${exchange.version} ${exchange.status}`),
        headerTable(exchange['response-headers'], 'Header fields of the answer'),
        bodyView(exchange['response-body'], headerOf(exchange['response-headers'], 'content-type')),
        tokenClaims([], exchange['response-body']))));
}
