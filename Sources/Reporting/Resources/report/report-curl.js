// The curl command that repeats a request: the same as in the other reports.

const hiddenCharacters = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e'
  + '\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff]', 'u');
const maxData = 8192;

function utf8(text) { return new TextEncoder().encode(text); }

/** A command for bash, with variables for masked secrets; undefined for what a program or a person did. */
function curlCommand(exchange, environment = data.run.environment ?? []) {
  if (/^(command|prompt):/.test(exchange.url)) return undefined;
  const headers = exchange['request-headers'] ?? [];
  const body = { size: 0, text: '', omitted: 0, ...exchange['request-body'] };
  const sendsBody = body.size > 0 || ['POST', 'PUT', 'PATCH'].includes(exchange.method);
  const words = ['curl', '-i', ...routeOptions(exchange, environment), ...urlOptions(exchange)];
  if (exchange.method === 'HEAD' && !sendsBody) words.push('-I');
  else if (exchange.method !== (sendsBody ? 'POST' : 'GET')) words.push('-X', shellQuote(exchange.method));
  words.push(...headerOptions(headers, body, sendsBody));
  const { options, input = '', notes = [] } = sendsBody ? requestData(headers, body) : { options: [] };
  words.push(...options, shellQuote(exchange.url));
  const all = [...notes, ...basicNotes(headers)];
  return `${input}${words.join(' ')}${all.length ? `   # ${all.join('; ')}` : ''}`;
}

/** How the requests of the run reached the target. No password is in its facts. */
function routeOptions({ url, certificate }, environment) {
  const all = [], tls = [], common = [];
  for (const { name, value } of environment) {
    if (name === 'proxy' && value === 'none') all.push('--noproxy', "'*'");
    else if (['proxy', 'resolve', 'unix-socket'].includes(name)) all.push(`--${name}`, shellQuote(value));
    else if (name === 'tls.cacert') tls.push('--cacert', shellQuote(value));
    else if (['tls.cert', 'tls.key'].includes(name)) common.push(`--${name.slice(4)}`, shellQuote(value));
    else if (name === 'tls.verified' && value === 'false') tls.push('--insecure');
  }
  if (!url.startsWith('https:')) return all;
  const own = certificate && Object.entries({ '--cert': certificate.file, '--key': certificate.key })
    .filter(([, file]) => file !== undefined).flatMap(([option, file]) => [option, shellQuote(file)]);
  return [...all, ...tls, ...(own ?? common)];
}

function urlOptions({ url, version }) {
  const options = [];
  // over TLS curl may negotiate HTTP/2 although the exchange did not
  if (version === '1.1' && url.startsWith('https:')) options.push('--http1.1');
  if (/[[\]{}]/.test(url)) options.push('--globoff');
  if (/\/\.\.?(\/|$)/.test(url.replace(/[?#].*$/s, ''))) options.push('--path-as-is');
  return options;
}

function headerOptions(headers, body, sendsBody) {
  const named = (name) => headers.filter((field) => field.name.toLowerCase() === name);
  const options = [];
  // the first line with a name is the one that counts for curl; without a value it removes curl's own field
  if (named('host').length > 1) options.push('-H', "'Host:'");
  for (const { name, value } of headers) {
    options.push('-H', shellQuote(/^[ \t]*$/.test(value) ? `${name};` : `${name}: ${value}`));
  }
  if (sendsBody && !named('content-type').length) options.push('-H', "'Content-Type:'");
  // curl waits for 100 (Continue) before it sends a large body
  if (body.size > 1024 && !named('expect').length) options.push('-H', "'Expect:'");
  return options;
}

/** How to set the variables of Basic credentials, which no one has at hand. */
function basicNotes(headers) {
  const names = headers.flatMap(({ value }) => shellParts(value)).map((part) => part.variable)
    .filter((name) => name?.endsWith('_BASIC'));
  return [...new Set(names)].sort().map((name) => `${name} is the Base64 of id:secret, each form-encoded`);
}

/** How curl gets a body: as an argument, from standard input, or from a file. */
function requestData(headers, body) {
  const text = body.base64 ?? body.text, isBinary = body.base64 !== undefined;
  const isWhole = body.omitted === 0 && !body.cut && utf8(text).length <= maxData;
  const encoded = isWhole ? base64Of(body, text, isBinary) : undefined;
  if (encoded !== undefined) {
    return { input: `base64 -d <<< '${encoded}' | `, options: ['--data-binary', '@-'] };
  }
  if (isBinary || !isWhole || text.includes('\0')) {
    const note = `put the ${body.size} bytes of the body into the file BODY`;
    return { options: ['--data-binary', '@BODY'], notes: [note] };
  }
  // --data-binary reads a file if the text starts with @
  const plain = [text.startsWith('@') ? '--data-raw' : '--data-binary', shellQuote(text)];
  return { options: formOptions(headers, text) ?? plain };
}

/** The Base64 of a body that no argument can contain; undefined if it is not whole. */
function base64Of(body, text, isBinary) {
  if (isBinary) {
    try { return decodeBase64(text).length === body.size ? text : undefined; } catch { return undefined; }
  }
  const bytes = utf8(text);
  if (!text.includes('\0') || bytes.length !== body.size) return undefined;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** A form with masked secrets: curl encodes their values, which the variables contain as they are. */
function formOptions(headers, text) {
  const type = (headerOf(headers, 'content-type') ?? '').toLowerCase();
  if (!type.startsWith('application/x-www-form-urlencoded')) return undefined;
  const options = [];
  let plain = [];
  const end = () => {
    if (plain.length) options.push('--data-raw', shellQuote(plain.join('&')));
    plain = [];
  };
  for (const pair of text.split('&')) {
    if (!shellParts(pair).some((part) => part.variable)) {
      plain.push(pair);
      continue;
    }
    const equals = pair.indexOf('='), name = pair.slice(0, equals + 1);
    const value = equals < 0 ? undefined : decodedForm(pair.slice(equals + 1));
    if (value === undefined || name.includes('$')) return undefined;
    end();
    options.push('--data-urlencode', quoteParts([{ literal: name }, ...value]));
  }
  end();
  return options.includes('--data-urlencode') ? options : undefined;
}

/** The parts of a form-encoded value, decoded; undefined for broken percent-encoding. */
function decodedForm(value) {
  const parts = shellParts(value).map((part) => {
    if (part.variable) return part;
    try { return { literal: decodeURIComponent(part.literal.replaceAll('+', ' ')) }; } catch { return undefined; }
  });
  return parts.some((part) => part === undefined || part.literal?.includes('\0')) ? undefined : parts;
}

/** A text in quotes for the shell; masked secrets in it become variables, which the shell expands. */
/** A word of a command, quoted only if necessary, without any expansion. */
function shellWord(text) { return /^[\w\-./:=,+@%]+$/.test(text) ? text : quoteLiteral(text); }

function shellQuote(text) { return quoteParts(shellParts(text)); }

function quoteParts(parts) {
  return parts.map((part) => (part.variable ? `"$${part.variable}"` : quoteLiteral(part.literal))).join('') || "''";
}

/** In single quotes; in $'…' for characters that a console does not show, and for commands of CI systems. */
function quoteLiteral(text) {
  if (!hiddenCharacters.test(text) && !text.includes('##')) return `'${text.replaceAll("'", "'\\''")}'`;
  const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t', "'": "\\'", '\\': '\\\\' };
  const octal = (byte) => `\\${byte.toString(8).padStart(3, '0')}`;
  const quoted = Array.from(text, (character) => {
    if (known[character]) return known[character];
    // bytes, since the meaning of \u depends on the locale
    if (character === '#' || hiddenCharacters.test(character)) return Array.from(utf8(character), octal).join('');
    return character;
  });
  return `$'${quoted.join('')}'`;
}

/** Splits a text at the names of masked secrets: $NAME, or ${NAME} if a character of a name follows. */
function shellParts(text) {
  const secret = /\$(?:([A-Z][A-Z0-9_]*)|\{([A-Z][A-Z0-9_]*)\}(?=[A-Z0-9_]|\$[A-Z{]))/g;
  const parts = [];
  let start = 0;
  for (const match of text.matchAll(secret)) {
    if (match.index > start) parts.push({ literal: text.slice(start, match.index) });
    parts.push({ variable: match[1] ?? match[2] });
    start = match.index + match[0].length;
  }
  if (start < text.length) parts.push({ literal: text.slice(start) });
  return parts;
}
