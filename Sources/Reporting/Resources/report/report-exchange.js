// One exchange: request and response side by side, as sent and received.

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
  } catch { /* not JSON: no token */ }
  const claims = found.map(jwt).find((text) => text !== undefined);
  if (!claims) return null;
  return el('details', {}, el('summary', {}, 'The token as a JWT (not verified)'), el('pre', {}, claims));
}

/** Only measured phases: libcurl reports none that did not happen. */
function timingText(timings) {
  const ms = (seconds) => `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
  const names = { dns: 'DNS', connect: 'connected', tls: 'TLS', 'first-byte': 'first byte', total: 'complete' };
  const parts = Object.entries(names)
    .filter(([key]) => timings?.[key] !== undefined).map(([key, name]) => `${name} ${ms(timings[key])}`);
  return parts.length ? `after: ${parts.join(' · ')}` : '';
}

function exchangeView(step) {
  const exchange = step.exchange, command = curlCommand(exchange);
  const query = exchange.url.split('?').slice(1).join('?').split('#')[0];
  const labels = JSON.stringify(exchange).match(/\$\{?[A-Z][A-Z0-9_]*/g) ?? [];
  const masked = [...new Set(labels.map((label) => label.replace('{', '')))];
  return el('div', {},
    el('div', { class: 'bar' }, command === undefined ? null : copyButton('Copy as curl', command),
      copyButton('Copy step as JSON', () => JSON.stringify(step, null, 2)),
      el('span', { class: 'source' }, timingText(exchange.timings))),
    masked.length ? el('p', { class: 'source' }, `Masked secrets: ${masked.join(', ')}`) : null,
    el('div', { class: 'sides' },
      el('div', {}, el('h4', {}, 'Request'), el('pre', {}, `${exchange.method} ${exchange.url}`),
        query ? pairTable(formPairs(query), 'Query') : null,
        headerTable(exchange['request-headers'], 'Header fields of the request'),
        bodyView(exchange['request-body'], headerOf(exchange['request-headers'], 'content-type')),
        tokenClaims(exchange['request-headers'], exchange['request-body'])),
      el('div', {}, el('h4', {}, 'Response'),
        command === undefined ? null : el('pre', {}, `HTTP/${exchange.version} ${exchange.status}`),
        headerTable(exchange['response-headers'], 'Header fields of the response'),
        bodyView(exchange['response-body'], headerOf(exchange['response-headers'], 'content-type')),
        tokenClaims([], exchange['response-body']))));
}
