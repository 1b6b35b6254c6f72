// One case: its findings, and each step with its exchange.

/** The path of a file of a case, from the folder of its pack on. */
function packPath(one, file) {
  const at = `/${one.file}`.lastIndexOf(`/${one.suite}/`);
  const root = one.file.slice(0, at >= 0 ? at : one.file.lastIndexOf('/') + 1);
  return file.startsWith(root) ? file.slice(root.length) : file;
}

/** before: the finding above it, whose requirements are not explained again. */
function findingView(one, finding, entry, before) {
  const lines = [el('p', {}, mark(finding.verdict), ' ', finding.message)];
  if (finding.expected !== undefined && finding.actual !== undefined) {
    lines.push(diffView(finding.expected, finding.actual));
  }
  const idsOf = (some) => (some?.requirements ?? []).map((requirement) => requirement.id).join(', ');
  const isRepeated = before !== undefined && idsOf(finding) === idsOf(before);
  if (isRepeated && idsOf(finding)) lines.push(el('p', { class: 'source' }, `${idsOf(finding)}, as before`));
  for (const requirement of isRepeated ? [] : finding.requirements ?? []) {
    lines.push(el('p', { class: 'source' }, requirementSentence(requirement), ' ', sourceOf(requirement)));
  }
  if (finding.place) {
    lines.push(el('p', { class: 'source' }, shownPlace(one, finding)));
  }
  if (entry !== undefined) lines.push(copyButton('Copy as expected deviation', entry));
  return el('div', { class: `finding is-${finding.verdict}` }, lines);
}

/** The place of a finding, and that of the step that uses its fragment. */
function shownPlace(one, finding) {
  const used = finding['used-at'];
  const shown = ({ file, line }) => `${packPath(one, file)}:${line}`;
  return shown(finding.place) + (used ? `, used at ${shown(used)}` : '');
}

function requirementSentence({ id, level }) {
  const row = $(`req=${encodeURIComponent(id)}`);
  // a log without the texts of its requirements has an empty cell
  const text = row?.cells[2].firstChild?.textContent.trim();
  return `${id} (${level})${text ? `: ${text}` : ''}`;
}

/** The documents and sections that a requirement is from, with their links. */
function sourceOf({ id }) {
  return $(`req=${encodeURIComponent(id)}`)?.cells[2].querySelector('.source')?.cloneNode(true);
}

function stepVerdict(step, findings) {
  const checks = step.checks ?? [];
  if (checks.every((check) => check.holds)) return checks.length ? 'passed' : 'skipped';
  return findings.some(({ finding }) => finding.verdict === 'failed') ? 'failed' : 'warned';
}

function stepView(one, step, index, findings, isOpen) {
  const checks = (step.checks ?? []).map((check) => {
    const verdict = check.holds ? 'passed' : check.severity === 'must' ? 'failed' : 'warned';
    return el('li', { class: `is-${verdict}` }, el('span', { 'aria-hidden': 'true' }, icons[verdict]),
      el('span', { class: 'sr' }, verdict), ` ${check.subject}`);
  });
  const exchange = step.exchange;
  const summary = exchange ? `${exchange.method} ${exchange.url.slice(0, 200)} → ${exchange.status}` : '';
  const details = exchange ? el('details', {}, el('summary', {}, summary)) : null;
  // rendered when opened: a case may have hundreds
  const open = () => { if (details.childElementCount === 1) details.append(exchangeView(step)); };
  if (details) {
    details.addEventListener('toggle', () => { if (details.open) open(); });
    if (isOpen) { open(); details.open = true; }
  }
  const offset = step.simulated - one['simulated-start'];
  return el('li', { class: `step is-${stepVerdict(step, findings)}`, id: `step-${index + 1}` },
    el('div', { class: 'line' },
      el('span', { class: 'when' }, `+${duration(step.wall - one['started-at'])} wall`, el('br'),
        `+${exactSpan(offset)} simulated`),
      el('span', { class: 'what' }, `${index + 1}. ${step.step}`,
        el('span', { class: 'source' }, ` line ${step.line}${step['not-run'] ? `; not run: ${step['not-run']}` : ''}`)),
      copyButton('Link', () => linkTo({ case: one.id, step: String(index + 1) }))),
    checks.length ? el('ul', { class: 'checks' }, checks) : null,
    el('div', { class: 'findings' }, findings.map(
      ({ finding, entry }, at) => findingView(one, finding, entry, findings[at - 1]?.finding))), details);
}

/** The steps in their order, with the clock advances between them. What passed before the first finding is folded. */
function stepList(one, steps, wanted) {
  const findings = new Map();
  const loose = [];
  const links = linksOf(one);
  (one.findings ?? []).forEach((finding, number) => {
    const { step, entry } = links[number];
    if (steps[step] === undefined) loose.push({ finding, entry });
    else findings.set(step, [...(findings.get(step) ?? []), { finding, entry }]);
  });
  const list = el('ol', { class: 'steps' });
  const count = foldedSteps(steps, Math.min(...findings.keys()));
  const folded = el('ol', { class: 'steps' });
  if (count > 0) {
    const names = repetitions(steps.slice(0, count).map((step) => step.step)).join('; ');
    const summary = el('summary', {}, `${count} steps before passed: `, el('span', { class: 'source' }, names));
    list.append(el('li', { class: 'folded' }, el('details', { open: wanted <= count }, summary, folded)));
  }
  let simulated = one['simulated-start'];
  steps.forEach((step, index) => {
    const part = index < count ? folded : list;
    if (step.simulated > simulated) {
      const length = exactSpan(step.simulated - simulated);
      part.append(el('li', { class: 'advanced' }, `clock advance: ${length}, to ${simulatedText(step.simulated)}`));
    }
    simulated = step.simulated;
    const isOpen = findings.has(index) || wanted === index + 1;
    part.append(stepView(one, step, index, findings.get(index) ?? [], isOpen));
  });
  return { list, loose };
}

/** Texts in which equal ones in a row are one: `list the clients (3 times)`. */
function repetitions(texts) {
  const runs = [];
  for (const text of texts) {
    if (runs.at(-1)?.text === text) runs.at(-1).count += 1; else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count > 1 ? `${text} (${count} times)` : text));
}

/** How many steps are folded: those with a request before the first finding, and what is between them. */
function foldedSteps(steps, first) {
  if (!Number.isFinite(first)) return 0;
  const count = steps.slice(0, first).findLastIndex((step) => step.exchange) + 1;
  const areMet = steps.slice(0, count).every((step) => (step.checks ?? []).every((check) => check.holds));
  return count > 1 && areMet ? count : 0;
}

function repetitionText(one) {
  return `run ${one.attempts} times; the result is that of the last${one.rerun ? `: ${one.rerun}` : ''}`;
}

/** The steps that were not reached. */
function notRunView(one) {
  const steps = one['not-run'] ?? [];
  if (steps.length === 0) return null;
  const list = el('ul', { class: 'not-run' }, steps.map((step) => el('li', {}, step)));
  return el('div', {}, el('h3', {}, `Not run: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`), list);
}

function extraLines(one) {
  return [
    ...(one['not-run'] ?? []).map((step) => `not run: ${step}`),
    ...(one.attempts > 1 ? [repetitionText(one)] : []),
    ...(one.notes ?? []).map((note) => `note: ${note}`),
  ];
}

/** Markdown for a bug tracker. Text of the endpoint is inside fences that it cannot end. */
function bugReport(one, steps) {
  const fence = (text) => {
    const ticks = '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? ['']).map((run) => run.length + 1)));
    return `${ticks}text\n${text}\n${ticks}`;
  };
  const { target, version, pack } = data.run;
  const facts = [one.title, `target: ${target}`, `conform ${version}${pack ? `, pack ${pack.version}` : ''}`];
  const lines = [`**${one.id}** ${one.verdict}`, '', fence(facts.join('\n')), ''];
  const links = linksOf(one);
  (one.findings ?? []).forEach((finding, number) => {
    const exchange = steps[links[number].step]?.exchange;
    const curl = exchange ? curlCommand(exchange) : undefined;
    const text = [
      finding.message, finding.expected === undefined ? '' : `- expected: ${finding.expected}`,
      finding.actual === undefined ? '' : `+ actual:   ${finding.actual}`,
      finding.step ? `step: ${finding.step}` : '',
      (finding.requirements ?? []).map((r) => `requirement: ${r.id} (${r.level})`).join('\n'),
      finding.place ? `at ${shownPlace(one, finding)}` : '', curl ? `repeat: ${curl}` : '',
    ];
    lines.push(fence(text.filter(Boolean).join('\n')), '');
  });
  if (extraLines(one).length) lines.push(fence(extraLines(one).join('\n')), '');
  const command = commandOf(one);
  if (command) lines.push(fence(`run this case alone: ${command}`), '');
  return lines.join('\n');
}

/** The command that runs one case alone; undefined if the log is not of such a run. */
function commandOf(one) {
  if (!data.alone) return undefined;
  const [before, after] = data.alone;
  return [before, shellWord(one.id), after].filter(Boolean).join(' ');
}

function simulatedTimes(one) {
  const start = one['simulated-start'], end = one['simulated-end'];
  return `simulated ${simulatedText(start)}${end > start ? ` to ${simulatedText(end)}, ${exactSpan(end - start)}` : ''}`;
}

function caseView(number, wanted) {
  const one = data.cases[number], steps = stepsOf(number);
  const { list, loose } = stepList(one, steps, wanted);
  const numbers = findingNumbers(), at = numbers.indexOf(number);
  const nextButton = (offset, label) => {
    const next = numbers[at + offset];
    if (next === undefined || at < 0) return null;
    return el('button', { type: 'button', onclick: () => go({ case: data.cases[next].id, step: undefined }) }, label);
  };
  const command = commandOf(one);
  const timeline = steps.some((step) => step.exchange) ? caseTimeline(one, steps) : null;
  const view = el('div', {},
    el('div', { class: 'bar' },
      el('a', { href: `#${hashOf({ ...state, case: undefined, step: undefined })}` }, '← all cases'),
      nextButton(-1, '← previous finding'), nextButton(1, 'next finding →'),
      copyButton('Copy link', () => linkTo({ case: one.id })),
      (one.findings ?? []).length ? copyButton('Copy bug report', () => bugReport(one, steps)) : null),
    el('h2', { tabindex: '-1' }, mark(one.verdict), ` ${one.title}`),
    el('p', { class: 'source' }, `${one.id} · ${packPath(one, one.file)}:${one.line} · ${one.seconds.toFixed(3)} s · `,
      wallTime(one['started-at']), ` · ${simulatedTimes(one)}`),
    one.reason ? el('p', {}, one.reason) : null,
    el('ul', { class: 'tags' }, (one.covers ?? []).map((r) => el('li', {},
      el('a', { href: `#view=requirements&req=${encodeURIComponent(r.id)}` }, r.id), ` ${r.level}`)),
    (one.tags ?? []).map((tag) => el('li', {}, tag))),
    command ? el('p', { class: 'command' }, el('span', {}, 'Run this case alone'), ' ', el('code', {}, command),
      copyButton('Copy', command)) : null,
    one.attempts > 1 ? el('p', { class: 'note' }, repetitionText(one)) : null,
    (one.notes ?? []).map((note) => el('p', { class: 'note' }, `note: ${note}`)),
    loose.map(({ finding, entry }) => findingView(one, finding, entry)),
    el('h3', {}, 'Steps'),
    steps.length ? list : el('p', { class: 'note' }, data.omitted && one.exchanges
      ? 'The steps of this case are only in the run log: the page would be too large.' : 'No step was run.'),
    notRunView(one), timeline ? el('h3', {}, 'Timeline') : null, timeline);
  view.redraw = () => timeline?.redraw();
  view.zoomBy = (factor) => timeline?.zoomBy(factor);
  return view;
}
