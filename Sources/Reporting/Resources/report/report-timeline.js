// A timeline: lanes of bars, crossed by the clock advances.

let drawn = 0;

const laneRow = 10, labels = 150, maxBars = 5000;

/** Distributes the bars of each lane over as few rows as possible. */
function pack(items, names, head) {
  const lanes = new Map(names.map((name) => [name, { name, rows: [] }]));
  for (const item of [...items].sort((a, b) => a.wall - b.wall)) {
    const lane = lanes.get(item.lane);
    let row = lane.rows.findIndex((end) => end <= item.wall);
    if (row < 0) row = lane.rows.length < 6 ? lane.rows.push(0) - 1 : lane.rows.length - 1;
    lane.rows[row] = item.end;
    item.row = row;
  }
  let y = head;
  for (const lane of lanes.values()) {
    lane.y = y;
    lane.height = Math.max(1, lane.rows.length) * laneRow + 10;
    y += lane.height + 3;
  }
  return { lanes, height: y + 22 };
}

/**
 * A timeline with its switch between the clocks.
 *
 * items: [{lane, wall, end, simulated, simulatedEnd, label, verdict, open}], advances: [{from, to, wall}].
 */
function timelineView(items, advances, title) {
  if (items.length === 0) return el('p', { class: 'note' }, 'Nothing was sent.');
  const names = [...new Set(items.map((item) => item.lane))];
  const hint = 'Point at a bar, or use the arrow keys and Enter.';
  const status = el('p', { class: 'status', 'aria-live': 'polite' }, hint);
  const label = `${title}. Arrow keys select a bar, Enter opens it.`;
  const chart = el('div', { class: 'chart', tabindex: '0', role: 'group', 'aria-label': label });
  let zoom = 1, chosen = -1, bars = [];
  const ordered = [...items].sort((a, b) => a.wall - b.wall);
  // room for the vertical labels of the clock advances
  const head = advances.length ? 124 : 12;
  const { lanes, height } = pack(items, names, head);

  const timesOf = (item, separator) => [`simulated ${simulatedText(item.simulated)}`,
    `wall ${wallText(item.wall)}, ${duration(item.end - item.wall)}`].join(separator);

  const choose = (index) => {
    bars[chosen]?.classList.remove('at');
    chosen = index;
    bars[chosen]?.classList.add('at');
    const item = ordered[index];
    status.textContent = visible(`${item.label} · ${timesOf(item, ' · ')}`);
    bars[chosen]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const draw = () => {
    const room = Math.max(320, (chart.clientWidth || 900) - labels - 4) * zoom;
    const axis = state.clock === 'wall' ? wallAxis(items, advances, room) : simulatedAxis(items, advances, room);
    const description = `${title}, by the ${state.clock} clock`;
    const svg = el('svg', { width: axis.width, height, role: 'img', 'aria-label': description });
    for (const { y, height: laneHeight } of lanes.values()) {
      svg.append(el('rect', { class: 'lane', x: 0, y, width: axis.width, height: laneHeight }));
    }
    for (const tick of axis.ticks) {
      const line = el('line', { class: 'tick', x1: tick.x, x2: tick.x, y1: head - 4, y2: height - 16 });
      if (tick.title) line.append(el('title', {}, tick.title));
      svg.append(line);
      if (tick.label) svg.append(el('text', { x: tick.x + 2, y: height - 4 }, tick.label));
    }
    let last = -Infinity;
    for (const one of axis.marks) {
      svg.append(el('line', { class: 'advance', x1: one.x, x2: one.x, y1: head - 6, y2: height - 16 }));
      if (one.gap > 0) {
        const left = one.x - 5, y = head - 10;
        svg.append(el('path', { class: 'gap', d: `M${left} ${y + 6} l2.5 -8 l2.5 8 l2.5 -8 l2.5 8` }));
      }
      if (one.x - last >= 12) {
        const [tx, ty] = [one.x + 3, head - 18];
        svg.append(el('text', { x: tx, y: ty, transform: `rotate(-90 ${tx} ${ty})` }, one.label));
        last = one.x;
      }
    }
    bars = ordered.map((item, index) => {
      const lane = lanes.get(item.lane);
      const x = axis.x(item.wall, item.simulated), end = axis.x(item.end, item.simulatedEnd);
      // failures are taller: colour alone is not enough
      const inset = item.verdict === 'passed' ? 2 : 0;
      if (item.isCheck) {
        const d = `M${x} ${lane.y + 4} l5 6 l-5 6 l-5 -6 z`;
        const check = el('path', { class: `check is-${item.verdict}`, d }, el('title', {}, item.label));
        check.addEventListener('mouseenter', () => choose(index));
        svg.append(check);
        return check;
      }
      const bar = el('rect', {
        class: `item is-${item.verdict}`, x, y: lane.y + 5 + item.row * laneRow + inset,
        width: Math.max(2, end - x), height: laneRow - 1 - 2 * inset,
        onclick: () => { if (item.open) item.open(); }, onmouseenter: () => choose(index),
      }, el('title', {}, `${item.label}\n${timesOf(item, '\n')}`));
      svg.append(bar);
      return bar;
    });
    const side = el('svg', { width: labels, height, 'aria-hidden': 'true' });
    side.append(el('rect', { x: 0, y: 0, width: labels, height, fill: 'var(--back)' }));
    for (const lane of lanes.values()) {
      const name = lane.name.length > 24 ? `${lane.name.slice(0, 23)}…` : lane.name;
      side.append(el('text', { x: 6, y: lane.y + 14 }, name));
    }
    side.style.cssText = 'position:sticky;left:0;flex:none';
    const row = el('div', {}, side, svg);
    row.style.display = 'flex';
    chart.replaceChildren(row);
  };

  const group = `clock-${drawn += 1}`;
  const radio = (value, text) => el('label', {}, el('input', {
    type: 'radio', name: group, value, checked: state.clock === value,
    onchange: () => go({ clock: value === 'simulated' ? undefined : value }),
  }), text);
  const radios = [radio('simulated', 'Simulated clock'), radio('wall', 'Wall clock')];
  const zoomBy = (factor) => { zoom = factor === 0 ? 1 : Math.min(40, Math.max(1, zoom * factor)); draw(); };
  const view = el('div', {},
    el('div', { class: 'bar' }, el('fieldset', { class: 'clock' }, el('legend', { class: 'sr' }, 'Clock'), radios),
      el('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => zoomBy(1.6) }, '+'),
      el('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => zoomBy(1 / 1.6) }, '−'),
      el('button', { type: 'button', 'aria-label': 'Whole timeline', onclick: () => zoomBy(0) }, '0')),
    chart, status);
  chart.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      event.preventDefault();
      choose(Math.min(ordered.length - 1, Math.max(0, chosen + (event.key === 'ArrowRight' ? 1 : -1))));
    } else if (event.key === 'Enter' && chosen >= 0) {
      event.stopPropagation();
      ordered[chosen].open?.();
    }
  });
  view.zoomBy = zoomBy;
  view.redraw = () => {
    for (const input of view.querySelectorAll('input')) input.checked = input.value === state.clock;
    draw();
  };
  return view;
}

/** A step as a bar. The wall time of a step is the end of its exchange. */
function stepBar(one, step, index, lane) {
  const failed = (step.checks ?? []).some((check) => !check.holds && check.severity === 'must');
  const warned = (step.checks ?? []).some((check) => !check.holds);
  const length = (step.exchange?.timings?.total ?? 0) * 1000;
  return {
    lane, wall: step.wall - length, end: step.wall, simulated: step.simulated, simulatedEnd: step.simulated,
    label: `${step.step}${step.exchange ? `: ${step.exchange.status}` : ''} · ${one.id}`,
    verdict: failed ? 'failed' : warned ? 'warned' : 'passed',
    open: () => go({ view: undefined, case: one.id, step: String(index + 1) }),
  };
}

function runTimeline() {
  const items = [];
  const all = [...stepLines.values()].reduce((sum, lines) => sum + lines.length, 0);
  for (const [number, one] of Object.entries(data.cases)) {
    if (one.exchanges === 0) continue;
    if (all <= maxBars && data.omitted === 0) {
      stepsOf(number).forEach((step, index) => {
        if (step.exchange) items.push(stepBar(one, step, index, one.suite));
      });
    } else if (items.length < maxBars) {
      items.push({
        lane: one.suite, wall: one['started-at'], end: one['started-at'] + one.seconds * 1000,
        simulated: one['simulated-start'], simulatedEnd: one['simulated-end'],
        label: `${one.verdict}: ${one.id}`, verdict: one.verdict,
        open: () => go({ view: undefined, case: one.id, step: undefined }),
      });
    }
  }
  return timelineView(items, data.advances, 'All exchanges of the run by suite');
}

/** One lane for each path that the case requested. */
function caseTimeline(one, steps) {
  const path = (url) => url.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?')[0] || '/';
  const items = [];
  steps.forEach((step, index) => {
    const bar = stepBar(one, step, index, step.exchange ? path(step.exchange.url) : 'expectations');
    if (step.exchange) items.push(bar);
    if ((step.checks ?? []).length) {
      const checks = step.checks.map((check) => `${check.holds ? icons.passed : icons.failed} ${check.subject}`);
      const label = checks.join(', ');
      items.push({ ...bar, lane: 'expectations', wall: bar.end, isCheck: true, label: `${label} · ${step.step}` });
    }
  });
  const first = Math.min(...items.map((item) => item.wall)), last = Math.max(...items.map((item) => item.end));
  const within = data.advances.filter((advance) => advance.wall >= first && advance.wall <= last);
  return timelineView(items, within, `Exchanges of ${one.id}`);
}
