// The table of cases: search, filters and sorting. The page already contains its rows.

const rows = [...document.querySelectorAll('#table tbody tr')];
const findingVerdicts = ['failed', 'errored', 'warned'];
const searched = new Map();

/** The verdict of each row, without reading its case. */
function verdictOf(row) { return row.className.slice(3); }

/** The number of the case with an id, or undefined. */
let numbersByID;
function numberOf(id) {
  const idOf = (row) => decodeURIComponent(row.cells[1].firstElementChild.hash.slice(6));
  numbersByID ??= new Map(rows.map((row) => [idOf(row), row.dataset.n]));
  return numbersByID.get(id);
}

/** The numbers of the cases with findings: failed, errored, warned, each in the order of the plan. */
let findingOrder;
function findingNumbers() {
  const numbers = (verdict) => rows.filter((row) => verdictOf(row) === verdict).map((row) => row.dataset.n);
  findingOrder ??= findingVerdicts.flatMap(numbers);
  return findingOrder;
}

/** The text of a case that a search looks at, made once. */
function searchText(number) {
  if (!searched.has(number)) {
    const one = data.cases[number];
    const texts = [one.id, one.title, one.suite, ...(one.tags ?? []), ...(one.covers ?? []).map((r) => r.id),
      one.reason ?? '', ...(one.findings ?? []).map((finding) => finding.message)];
    searched.set(number, texts.join('\n').toLowerCase());
  }
  return searched.get(number);
}

function statuses(number) {
  return stepsOf(number).map((step) => String(step.exchange?.status ?? ''));
}

/** One word of a search: `s:`, `suite:`, `req:`, `status:`, or text. The prefix `-` negates it. */
function matches(number, word) {
  if (word.startsWith('-') && word.length > 1) return !matches(number, word.slice(1));
  const one = data.cases[number];
  const [key, ...rest] = word.split(':');
  const value = rest.join(':').toLowerCase();
  if (value === '') return searchText(number).includes(word.toLowerCase());
  switch (key) {
    case 's': return one.verdict.startsWith(value);
    case 'suite': return one.suite.toLowerCase().startsWith(value);
    case 'req': return (one.covers ?? []).some((r) => r.id.toLowerCase().startsWith(value));
    case 'tag': return (one.tags ?? []).some((tag) => tag.toLowerCase() === value);
    case 'status': return statuses(number).some((status) => status.startsWith(value));
    default: return searchText(number).includes(word.toLowerCase());
  }
}

/** The verdicts that are shown. By default only cases with findings, if there are any. */
function shownVerdicts() {
  if (state.s === 'all') return Object.keys(icons);
  if (state.s) return state.s.split(',');
  if (state.q) return Object.keys(icons);
  return findingNumbers().length ? findingVerdicts : Object.keys(icons);
}

function filterRows() {
  const verdicts = new Set(shownVerdicts());
  const words = (state.q ?? '').match(/\S+/g) ?? [];
  let count = 0;
  for (const row of rows) {
    const number = row.dataset.n;
    const isShown = verdicts.has(verdictOf(row)) && words.every((word) => matches(number, word));
    row.hidden = !isShown;
    if (isShown) count += 1;
  }
  $('found').textContent = `${count} of ${rows.length} cases shown`;
  for (const chip of document.querySelectorAll('#chips button')) {
    chip.setAttribute('aria-pressed', String(verdicts.has(chip.dataset.verdict)));
  }
  const isOnly = verdicts.size === 3 && findingVerdicts.every((verdict) => verdicts.has(verdict));
  $('only').setAttribute('aria-pressed', String(isOnly));
  $('table').tBodies[0].classList.add('ready');
  if (document.activeElement !== $('q')) $('q').value = state.q ?? '';
}

const sortKeys = {
  verdict: (n) => ['failed', 'errored', 'warned', 'pending', 'skipped', 'passed'].indexOf(data.cases[n].verdict),
  title: (n) => data.cases[n].title.toLowerCase(),
  suite: (n) => data.cases[n].suite,
  requirements: (n) => (data.cases[n].covers ?? []).map((r) => r.id).join(' '),
  seconds: (n) => data.cases[n].seconds,
  simulated: (n) => data.cases[n]['simulated-end'] - data.cases[n]['simulated-start'],
};

let sortedBy = '';
function sortRows() {
  if (sortedBy === (state.sort ?? '')) return;
  sortedBy = state.sort ?? '';
  const isDown = sortedBy.startsWith('-'), name = sortedBy.replace(/^-/, '');
  const key = sortKeys[name] ?? ((n) => Number(n));
  const keyed = rows.map((row) => [key(row.dataset.n), Number(row.dataset.n), row]);
  keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (isDown ? -1 : 1) || a[1] - b[1]);
  $('table').tBodies[0].append(...keyed.map(([, , row]) => row));
  const order = isDown ? 'descending' : 'ascending';
  for (const th of document.querySelectorAll('[data-sort]')) {
    th.setAttribute('aria-sort', th.dataset.sort === name ? order : 'none');
  }
}

/** With more rows than this, only the visible ones are laid out. */
const manyRows = 500;

function prepareTable() {
  const table = $('table');
  if (rows.length > manyRows) {
    table.classList.add('many');
    if (table.tHead.rows[0].cells.length > 6) table.classList.add('strips');
    table.setAttribute('role', 'table');
    for (const group of [table.tHead, table.tBodies[0]]) group.setAttribute('role', 'rowgroup');
    for (const row of table.rows) {
      row.setAttribute('role', 'row');
      for (const cell of row.cells) {
        const header = cell.scope === 'col' ? 'columnheader' : 'rowheader';
        cell.setAttribute('role', cell.tagName === 'TD' ? 'cell' : header);
      }
    }
  }
}

function prepareResults() {
  prepareTable();
  for (const span of [...document.querySelectorAll('#chips .chip')]) {
    const verdict = span.dataset.verdict;
    const chip = el('button', {
      type: 'button', class: span.className, 'data-verdict': verdict, 'aria-pressed': 'false', onclick: () => {
        const chosen = new Set(shownVerdicts());
        if (chosen.has(verdict)) chosen.delete(verdict); else chosen.add(verdict);
        go({ s: chosen.size === 6 ? 'all' : [...chosen].join(',') || 'none', view: undefined, case: undefined });
      },
    });
    chip.append(...span.childNodes);
    span.replaceWith(chip);
  }
  for (const th of document.querySelectorAll('[data-sort]')) {
    const name = th.dataset.sort;
    const next = () => (state.sort === name ? `-${name}` : state.sort === `-${name}` ? undefined : name);
    th.replaceChildren(el('button', { type: 'button', onclick: () => go({ sort: next() }) }, th.textContent));
  }
  const search = () => go({ q: $('q').value || undefined, view: undefined, case: undefined }, true);
  $('q').addEventListener('input', search);
  $('only').addEventListener('click', () => {
    go({ s: $('only').getAttribute('aria-pressed') === 'true' ? 'all' : findingVerdicts.join(',') });
  });
  for (const code of document.querySelectorAll('[data-copy]')) {
    code.after(copyButton(code.dataset.copy || 'Copy', code.textContent));
  }
}
