// One case: what was wrong, and each step with its exchange.

/** Which step a problem belongs to: the first of its sentence that was noted after it and has the check that broke. */
function stepOf(problem, steps) {
  const broken = (step) => (step.checks ?? []).some((check) => !check.holds && (problem.subject === undefined || check.subject === problem.subject));
  let index = steps.findIndex((step) => step.step === problem.step && step.wall >= (problem.wall ?? 0) && broken(step));
  if (index < 0) index = steps.findIndex((step) => step.step === problem.step && broken(step));
  return index;
}

function problemView(problem) {
  const lines = [el('p', {}, mark(problem.verdict), ' ', problem.message)];
  if (problem.expected !== undefined && problem.actual !== undefined) lines.push(diffView(problem.expected, problem.actual));
  for (const requirement of problem.requirements ?? []) lines.push(el('p', { class: 'source' }, requirementText(requirement)));
  if (problem.place) lines.push(el('p', { class: 'source' }, `${problem.place.file}:${problem.place.line}`));
  return el('div', { class: `problem is-${problem.verdict}` }, lines);
}

function requirementText(requirement) {
  const row = $(`req=${encodeURIComponent(requirement.id)}`);
  return `${requirement.id} (${requirement.level})${row ? `: ${row.cells[2].textContent}` : ''}`;
}

function stepView(one, step, index, problems, isOpen) {
  const checks = (step.checks ?? []).map((check) => {
    const verdict = check.holds ? 'passed' : check.severity === 'must' ? 'failed' : 'warned';
    return el('li', { class: `is-${verdict}` }, el('span', { 'aria-hidden': 'true' }, icons[verdict]), el('span', { class: 'sr' }, verdict), ` ${check.subject}`);
  });
  const verdict = (step.checks ?? []).every((check) => check.holds) ? (checks.length ? 'passed' : 'skipped') : problems.some((p) => p.verdict === 'failed') ? 'failed' : 'warned';
  const details = step.exchange ? el('details', {}, el('summary', {}, `${step.exchange.method} ${step.exchange.url.slice(0, 200)} → ${step.exchange.status}`)) : null;
  // made when it is opened: a case may have hundreds
  const open = () => { if (details.childElementCount === 1) details.append(exchangeView(step)); };
  if (details) {
    details.addEventListener('toggle', () => { if (details.open) open(); });
    if (isOpen) { open(); details.open = true; }
  }
  const offset = step.simulated - one['simulated-start'];
  return el('li', { class: `step is-${verdict}`, id: `step-${index + 1}` },
    el('div', { class: 'line' },
      el('span', { class: 'when' }, `+${span(step.wall - one['started-at'])} wall`, el('br'), `+${span(offset)} simulated`),
      el('span', { class: 'what' }, `${index + 1}. ${step.step}`, el('span', { class: 'source' }, ` line ${step.line}`)),
      copyButton('Link', () => linkTo({ case: one.id, step: String(index + 1) }))),
    checks.length ? el('ul', { class: 'checks' }, checks) : null, problems.map(problemView), details);
}

/** Steps in their order, and between them how far the clock was moved. */
function stepList(one, steps, wanted) {
  const problems = new Map();
  const loose = [];
  for (const problem of one.findings ?? []) {
    const index = stepOf(problem, steps);
    if (index < 0) loose.push(problem); else problems.set(index, [...(problems.get(index) ?? []), problem]);
  }
  const list = el('ol', { class: 'steps' });
  let simulated = one['simulated-start'];
  steps.forEach((step, index) => {
    if (step.simulated > simulated) {
      const jump = step.simulated - simulated;
      list.append(el('li', { class: 'moved' }, `the clock moves on by ${span(jump)}, to ${simulatedText(step.simulated)}`));
    }
    simulated = step.simulated;
    list.append(stepView(one, step, index, problems.get(index) ?? [], problems.has(index) || wanted === index + 1));
  });
  return { list, loose };
}

/** What one pastes into an issue. Text of the endpoint stands in fences that it cannot end. */
function bugReport(one, steps) {
  const fence = (text) => { const ticks = '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? ['']).map((run) => run.length + 1))); return `${ticks}text\n${text}\n${ticks}`; };
  const lines = [`**${one.id}** ${one.verdict} against a target under test`, '', fence(one.title), ''];
  for (const problem of one.findings ?? []) {
    const text = [problem.message, problem.expected === undefined ? '' : `- expected: ${problem.expected}`, problem.actual === undefined ? '' : `+ actual:   ${problem.actual}`,
      problem.step ? `step: ${problem.step}` : '', (problem.requirements ?? []).map((r) => `requirement: ${r.id} (${r.level})`).join('\n'),
      problem.place ? `at ${problem.place.file}:${problem.place.line}` : '', steps[stepOf(problem, steps)]?.curl ? `again: ${steps[stepOf(problem, steps)].curl}` : ''];
    lines.push(fence(text.filter(Boolean).join('\n')), '');
  }
  return lines.join('\n');
}

/** The run's own command for one scenario, as the page has it below the problem. */
function again(one) { return $(`case=${encodeURIComponent(one.id)}`)?.querySelector('[data-copy]')?.firstChild?.textContent; }

function caseView(number, wanted) {
  const one = data.cases[number], steps = data.steps[number] ?? [];
  const { list, loose } = stepList(one, steps, wanted);
  const problems = problemNumbers(), at = problems.indexOf(number);
  const go_ = (offset, label) => {
    const next = problems[at + offset];
    return next === undefined || at < 0 ? null : el('button', { type: 'button', onclick: () => go({ case: data.cases[next].id, step: undefined }) }, label);
  };
  const command = again(one);
  const timeline = steps.some((step) => step.exchange) ? caseTimeline(one, steps) : null;
  const view = el('div', {},
    el('div', { class: 'bar' }, el('a', { href: `#${hashOf({ ...state, case: undefined, step: undefined })}` }, '← all cases'), go_(-1, '← previous problem'), go_(1, 'next problem →'),
      copyButton('Copy link', () => linkTo({ case: one.id })), (one.findings ?? []).length ? copyButton('Copy bug report', () => bugReport(one, steps)) : null),
    el('h2', { tabindex: '-1' }, mark(one.verdict), ` ${one.title}`),
    el('p', { class: 'source' }, `${one.id} · ${one.file}:${one.line} · ${one.seconds.toFixed(3)} s of work · `, wallTime(one['started-at']),
      ` · simulated ${simulatedText(one['simulated-start'])}${one['simulated-end'] > one['simulated-start'] ? ` to ${simulatedText(one['simulated-end'])}, ${span(one['simulated-end'] - one['simulated-start'])}` : ''}`),
    one.reason ? el('p', {}, one.reason) : null,
    el('ul', { class: 'tags' }, (one.covers ?? []).map((r) => el('li', {}, el('a', { href: `#view=requirements&req=${encodeURIComponent(r.id)}` }, r.id), ` ${r.level}`)), (one.tags ?? []).map((tag) => el('li', {}, tag))),
    command ? el('p', { class: 'command' }, el('span', {}, 'Run again'), ' ', el('code', {}, command), copyButton('Copy', command)) : null,
    loose.map(problemView),
    timeline ? el('h3', {}, 'Timeline') : null, timeline,
    el('h3', {}, 'Steps'),
    steps.length ? list : el('p', { class: 'note' }, data.omitted && one.exchanges ? 'The steps of this case are in the run log: a page with those of all cases would be too large.' : 'No step was played.'));
  view.redraw = () => timeline?.redraw();
  view.zoomBy = (factor) => timeline?.zoomBy(factor);
  return view;
}
