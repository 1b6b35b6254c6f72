// The data of the page: lines of the run log, as the program wrote them. Steps are read when they are shown.

/**
 * The lines of the log, after a first line for the page alone: {omitted, alone, findings: {case: [{message, entry}]}}.
 * `alone` are the words of the command that runs one case, before and after its id.
 */
const [pageLine, ...logLines] = $('data').textContent.split('\n');

/** cases: by number, in the order of the table; each is read from its line when it is first used. */
const data = { ...JSON.parse(pageLine), run: {}, advances: [], cases: {} };

/** The lines of the steps of each case, and the steps that were read from them. */
const stepLines = new Map(), readSteps = new Map();

function addCase(number, line) {
  let one;
  const get = () => { one ??= caseOf(JSON.parse(line)); return one; };
  Object.defineProperty(data.cases, number, { get, enumerable: true, configurable: true });
}

for (const line of logLines) {
  const [, event, number] = /^\{"event":"([a-z-]+)"(?:,"n":(\d{1,9}),)?/.exec(line) ?? [];
  if (event === 'step-finished') {
    if (!stepLines.has(number)) stepLines.set(number, []);
    stepLines.get(number).push(line);
  } else if (event === 'case-finished') {
    addCase(number, line);
  } else if (event === 'clock-advanced') {
    data.advances.push(JSON.parse(line));
  } else if (event === 'run-started') data.run = JSON.parse(line);
}

/** A case whose findings have the same sentences as in the other reports. */
function caseOf(one) {
  data.findings[one.n]?.forEach(({ message }, index) => { one.findings[index].message = message; });
  return one;
}

/** The steps of a case, in the order in which they ended. */
function stepsOf(number) {
  if (!readSteps.has(number)) {
    const steps = (stepLines.get(number) ?? []).map(stepOf).filter(Boolean);
    readSteps.set(number, steps.length ? steps : violations(data.cases[number]));
  }
  return readSteps.get(number);
}

/** A step, or undefined if its line is not one: only complete lines that are shown were checked by the program. */
function stepOf(line) {
  let step;
  try { step = JSON.parse(line); } catch { return undefined; }
  const { step: sentence, wall, simulated, exchange, checks = [] } = step;
  const isText = (...values) => values.every((value) => typeof value === 'string');
  const isList = (...values) => values.every((value) => value === undefined || Array.isArray(value));
  if (!isText(sentence) || !Number.isFinite(wall) || !Number.isFinite(simulated) || !isList(checks)) return undefined;
  if (exchange === undefined) return step;
  const fields = ['request-headers', 'response-headers'].map((name) => exchange?.[name]);
  const isExchange = exchange !== null && isText(exchange.method, exchange.url) && isList(...fields)
    && fields.flat().every((field) => field === undefined || isText(field?.name, field?.value));
  return isExchange ? step : undefined;
}

/** An invariant has no steps of its own: the exchanges that violate it are shown as its steps. */
function violations(one) {
  return (one.findings ?? []).filter((finding) => finding.exchange).map((finding) => ({
    shows: finding,
    line: finding.place?.line ?? one.line, step: finding.step ?? one.title, wall: finding.wall ?? one['started-at'],
    simulated: finding.simulated ?? one['simulated-start'], exchange: finding.exchange,
    checks: [{ subject: finding.subject ?? one.title, severity: finding.verdict === 'warned' ? 'should' : 'must' }],
  }));
}

/**
 * The index of the step of a finding, or undefined: by its id, since sentences are not unique and what is masked in an
 * exchange can differ between lines of the log.
 */
function stepIndex(finding, steps) {
  const found = finding['step-id'] === undefined
    ? steps.findIndex((step) => step.shows === finding) : steps.findIndex((step) => step.id === finding['step-id']);
  return found < 0 ? undefined : found;
}

/** What is known about each finding of a case: {step: index of its step, entry: entry of an expected deviation}. */
function linksOf(one) {
  const steps = stepsOf(String(one.n));
  return (one.findings ?? []).map((finding, index) => (
    { step: stepIndex(finding, steps), entry: data.findings[one.n]?.[index]?.entry }));
}
