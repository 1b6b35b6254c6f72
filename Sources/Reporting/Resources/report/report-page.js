// The page as a whole. Its state is in the fragment of the URL, so that links and the back button work.

/** {view, case, step, q, s, sort, clock, req, rq, rs}; the URL has what differs from the default. */
let state = { clock: 'simulated' };
const names = ['view', 'case', 'step', 'q', 's', 'sort', 'clock', 'req', 'rq', 'rs'];

function readState() {
  const read = { clock: 'simulated' };
  for (const part of location.hash.slice(1).split('&')) {
    const [name, ...rest] = part.split('=');
    if (!names.includes(name) || rest.length === 0) continue;
    try { read[name] = decodeURIComponent(rest.join('=')); } catch { /* a malformed link shows the results */ }
  }
  if (read.clock !== 'wall') read.clock = 'simulated';
  return read;
}

function hashOf(wanted) {
  const encode = (value) => encodeURIComponent(value)
    .replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%2C', ',');
  return names.filter((name) => wanted[name] !== undefined && !(name === 'clock' && wanted.clock === 'simulated'))
    .map((name) => `${name}=${encode(wanted[name])}`).join('&');
}

function linkTo(wanted) { return `${location.href.split('#')[0]}#${hashOf(wanted)}`; }

/** Changes the state. While a search is typed, the URL is replaced instead of added to the history. */
function go(change, replaces = false) {
  const wanted = { ...state, ...change };
  if (wanted.clock === undefined) wanted.clock = 'simulated';
  const address = `#${hashOf(wanted)}`;
  if (replaces) { history.replaceState(null, '', address); show(); } else location.hash = address;
}

let shown = '', current, runView;
function show() {
  // the skip link, not a state
  if (location.hash === '#main') return;
  state = readState();
  const number = state.case === undefined ? undefined : numberOf(state.case);
  const isView = ['timeline', 'requirements', 'environment', 'coverage'].includes(state.view) && $(state.view) !== null;
  const view = number !== undefined ? 'case' : isView ? state.view : 'results';
  for (const section of document.querySelectorAll('[data-view]')) section.hidden = section.dataset.view !== view;
  for (const link of document.querySelectorAll('.views a')) {
    if (link.hash === `#view=${view === 'case' ? 'results' : view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (view === 'results') {
    sortRows();
    filterRows();
    if (state.case !== undefined) announce(`There is no case ${state.case} in this run.`);
  }
  if (view === 'case') showCase(number);
  if (view === 'timeline') {
    if (!runView) { runView = runTimeline(); $('run-timeline').replaceChildren(runView); }
    runView.redraw?.();
  }
  if (view === 'requirements') {
    filterRequirements();
    for (const one of document.querySelectorAll('.matrix tr.at')) one.classList.remove('at');
    const row = state.req ? $(`req=${encodeURIComponent(state.req)}`) : null;
    row?.scrollIntoView({ block: 'center' });
    row?.classList.add('at');
  }
  if (view !== 'case') shown = '';
}

function showCase(number) {
  const key = `${number} ${state.step ?? ''}`;
  if (shown !== key) {
    shown = key;
    current = caseView(number, Number(state.step));
    $('case').replaceChildren(current);
    const step = state.step === undefined ? null : $(`step-${Number(state.step)}`);
    step?.classList.add('at');
    (step ?? $('case')).scrollIntoView({ block: step ? 'center' : 'start', behavior: 'instant' });
    if (!step) showExchange(current.querySelector('.step.is-failed'));
    current.querySelector('h2').focus({ preventScroll: true });
  }
  current.redraw();
}

/** Scrolls to a step if its exchange is not yet in view. */
function showExchange(step) {
  const exchange = step?.querySelector('.sides');
  if (exchange && exchange.getBoundingClientRect().top > innerHeight - 120) step.scrollIntoView({ behavior: 'instant' });
}

function nextFinding(offset) {
  const numbers = findingNumbers();
  if (numbers.length === 0) return;
  const at = state.case === undefined ? -1 : numbers.indexOf(numberOf(state.case)), last = numbers.length - 1;
  const index = at < 0 ? (offset > 0 ? 0 : last) : at + offset;
  const next = numbers[Math.min(last, Math.max(0, index))];
  go({ case: data.cases[next].id, step: undefined, view: undefined });
}

function keyPressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== 'radio';
  if (event.key === 'Escape') {
    if (isTyping) {
      const field = event.target;
      field.value = '';
      field.blur();
      if (field.id === 'q' || field.id === 'rq') go({ [field.id]: undefined }, true);
    } else if (state.case !== undefined) go({ case: undefined, step: undefined });
    return;
  }
  if (isTyping) return;
  const views = { 1: undefined, 2: 'timeline', 3: 'requirements', 4: 'environment', 5: $('coverage') ? 'coverage' : undefined };
  if (event.key in views) go({ view: views[event.key], case: undefined, step: undefined });
  else if (event.key === '/') {
    event.preventDefault();
    const field = state.view === 'requirements' && state.case === undefined ? 'rq' : 'q';
    if (field === 'q' && (state.case !== undefined || state.view)) go({ case: undefined, step: undefined, view: undefined });
    setTimeout(() => $(field).focus());
  } else if (event.key === 'j') nextFinding(1);
  else if (event.key === 'k') nextFinding(-1);
  else if (event.key === 'w') go({ clock: state.clock === 'wall' ? undefined : 'wall' });
  else if (['+', '-', '0'].includes(event.key)) {
    (state.case === undefined ? runView : current)?.zoomBy?.({ '+': 1.6, '-': 1 / 1.6, 0: 0 }[event.key]);
  } else if (event.key === '?') $('help').click();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  $('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
}

function prepareTools() {
  setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  const isDark = () => document.documentElement.dataset.theme === 'dark';
  $('theme').addEventListener('click', () => setTheme(isDark() ? 'light' : 'dark'));
  $('zone').addEventListener('click', () => {
    isLocal = !isLocal;
    $('zone').setAttribute('aria-pressed', String(isLocal));
    for (const time of document.querySelectorAll('[data-wall]')) {
      time.textContent = wallText(Number(time.dataset.wall));
    }
  });
  $('help').addEventListener('click', () => {
    $('keys').hidden = !$('keys').hidden;
    $('help').setAttribute('aria-expanded', String(!$('keys').hidden));
  });
  $('raw').addEventListener('click', () => {
    try {
      const link = el('a', { download: 'conform-run.jsonl' });
      link.href = URL.createObjectURL(new Blob([logLines.join('\n'), '\n'], { type: 'application/x-ndjson' }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch {
      const area = el('textarea', { 'aria-label': 'The lines of the run log', readonly: true });
      area.value = logLines.join('\n');
      $('keys').after(area);
    }
  });
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('.groups details')) details.open = true;
  });
}

for (const element of document.querySelectorAll('.needs-script')) element.hidden = false;
prepareResults();
prepareRequirements();
prepareTools();
addEventListener('hashchange', show);
document.addEventListener('keydown', keyPressed);
let resized;
addEventListener('resize', () => {
  clearTimeout(resized);
  resized = setTimeout(() => { if (state.view === 'timeline' || state.case) show(); }, 150);
});
show();
