// A timeline as a drawing: lanes of bars, the moves of the clock across them.

let drawn = 0;

const laneRow = 10, labels = 150, mostBars = 5000;

/** Puts each lane's bars on as few rows as show them side by side. */
function packed(items, names, head) {
  const lanes = new Map(names.map((name) => [name, { name, rows: [] }]));
  for (const item of [...items].sort((a, b) => a.wall - b.wall)) {
    const lane = lanes.get(item.lane);
    let row = lane.rows.findIndex((end) => end <= item.wall);
    if (row < 0) row = lane.rows.length < 6 ? lane.rows.push(0) - 1 : lane.rows.length - 1;
    lane.rows[row] = item.end;
    item.row = row;
  }
  let y = head;
  for (const lane of lanes.values()) { lane.y = y; lane.height = Math.max(1, lane.rows.length) * laneRow + 10; y += lane.height + 3; }
  return { lanes, height: y + 22 };
}

/**
 * A timeline with its switch between the clocks.
 *
 * items: [{lane, wall, end, simulated, simulatedEnd, label, verdict, open}], moves: [{from, to, wall}].
 */
function timelineView(items, moves, title) {
  if (items.length === 0) return el('p', { class: 'note' }, 'Nothing was sent.');
  const names = [...new Set(items.map((item) => item.lane))];
  const status = el('p', { class: 'status', 'aria-live': 'polite' }, 'Point at a bar, or walk along them with the arrow keys; Enter opens one.');
  const chart = el('div', { class: 'chart', tabindex: '0', role: 'group', 'aria-label': `${title}. Arrow keys go from bar to bar, Enter opens one.` });
  let zoom = 1, chosen = -1, bars = [];
  const ordered = [...items].sort((a, b) => a.wall - b.wall);
  // room for how far the clock was moved, written upwards
  const head = moves.length ? 124 : 12;
  const { lanes, height } = packed(items, names, head);

  const choose = (index) => {
    bars[chosen]?.classList.remove('at');
    chosen = index;
    bars[chosen]?.classList.add('at');
    const item = ordered[index];
    status.textContent = visible(`${item.label} · simulated ${simulatedText(item.simulated)} · wall ${wallText(item.wall)}, ${span(item.end - item.wall)}`);
    bars[chosen]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const draw = () => {
    const room = Math.max(320, (chart.clientWidth || 900) - labels - 4) * zoom;
    const axis = state.clock === 'wall' ? wallAxis(items, moves, room) : simulatedAxis(items, moves, room);
    const svg = el('svg', { width: axis.width, height, role: 'img', 'aria-label': `${title}, by the ${state.clock} clock` });
    for (const lane of lanes.values()) svg.append(el('rect', { class: 'lane', x: 0, y: lane.y, width: axis.width, height: lane.height }));
    for (const tick of axis.ticks) {
      const line = el('line', { class: 'tick', x1: tick.x, x2: tick.x, y1: head - 4, y2: height - 16 });
      if (tick.title) line.append(el('title', {}, tick.title));
      svg.append(line);
      if (tick.label) svg.append(el('text', { x: tick.x + 2, y: height - 4 }, tick.label));
    }
    let last = -Infinity;
    for (const one of axis.marks) {
      svg.append(el('line', { class: 'move', x1: one.x, x2: one.x, y1: head - 6, y2: height - 16 }));
      if (one.gap > 0) {
        const left = one.x - 5, y = head - 10;
        svg.append(el('path', { class: 'gap', d: `M${left} ${y + 6} l2.5 -8 l2.5 8 l2.5 -8 l2.5 8` }));
      }
      if (one.x - last >= 12) {
        svg.append(el('text', { x: one.x + 3, y: head - 18, transform: `rotate(-90 ${one.x + 3} ${head - 18})` }, one.label));
        last = one.x;
      }
    }
    bars = ordered.map((item, index) => {
      const lane = lanes.get(item.lane), x = axis.x(item.wall, item.simulated), end = axis.x(item.end, item.simulatedEnd);
      // what broke is taller: colour alone tells nothing to many
      const inset = item.verdict === 'passed' ? 2 : 0;
      if (item.isCheck) {
        const check = el('path', { class: `check is-${item.verdict}`, d: `M${x} ${lane.y + 4} l5 6 l-5 6 l-5 -6 z` }, el('title', {}, item.label));
        check.addEventListener('mouseenter', () => choose(index));
        svg.append(check);
        return check;
      }
      const bar = el('rect', {
        class: `item is-${item.verdict}`, x, y: lane.y + 5 + item.row * laneRow + inset, width: Math.max(2, end - x), height: laneRow - 1 - 2 * inset,
        onclick: () => { if (item.open) item.open(); }, onmouseenter: () => choose(index),
      }, el('title', {}, `${item.label}\nsimulated ${simulatedText(item.simulated)}\nwall ${wallText(item.wall)}, ${span(item.end - item.wall)}`));
      svg.append(bar);
      return bar;
    });
    const side = el('svg', { width: labels, height, 'aria-hidden': 'true' });
    side.append(el('rect', { x: 0, y: 0, width: labels, height, fill: 'var(--back)' }));
    for (const lane of lanes.values()) side.append(el('text', { x: 6, y: lane.y + 14 }, lane.name.length > 24 ? `${lane.name.slice(0, 23)}…` : lane.name));
    side.style.cssText = 'position:sticky;left:0;flex:none';
    const row = el('div', {}, side, svg);
    row.style.display = 'flex';
    chart.replaceChildren(row);
  };

  const group = `clock-${drawn += 1}`;
  const radios = [['simulated', 'Simulated clock'], ['wall', 'Wall clock']].map(([value, label]) => el('label', {},
    el('input', { type: 'radio', name: group, value, checked: state.clock === value, onchange: () => go({ clock: value === 'simulated' ? undefined : value }) }), label));
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
    for (const radio of view.querySelectorAll('input')) radio.checked = radio.value === state.clock;
    draw();
  };
  return view;
}

const moves = data.moves.map(([from, to, wall, woken]) => ({ from, to, wall, woken }));

/** A step as a bar; its exchange ended when it was noted. */
function stepBar(one, step, index, lane) {
  const failed = (step.checks ?? []).some((check) => !check.holds && check.severity === 'must');
  const warned = (step.checks ?? []).some((check) => !check.holds);
  const length = (step.exchange?.timings?.total ?? 0) * 1000;
  return {
    lane, wall: step.wall - length, end: step.wall, simulated: step.simulated, simulatedEnd: step.simulated,
    label: `${step.step}${step.exchange ? `: ${step.exchange.status}` : ''} · ${one.id}`, verdict: failed ? 'failed' : warned ? 'warned' : 'passed',
    open: () => go({ view: undefined, case: one.id, step: String(index + 1) }),
  };
}

function runTimeline() {
  const items = [];
  const all = Object.values(data.steps).reduce((sum, steps) => sum + steps.length, 0);
  for (const [number, one] of Object.entries(data.cases)) {
    if (one.exchanges === 0) continue;
    if (all <= mostBars && data.omitted === 0) {
      (data.steps[number] ?? []).forEach((step, index) => { if (step.exchange) items.push(stepBar(one, step, index, one.suite)); });
    } else if (items.length < mostBars) {
      items.push({
        lane: one.suite, wall: one['started-at'], end: one['started-at'] + one.seconds * 1000, simulated: one['simulated-start'], simulatedEnd: one['simulated-end'],
        label: `${one.verdict}: ${one.id}`, verdict: one.verdict, open: () => go({ view: undefined, case: one.id, step: undefined }),
      });
    }
  }
  return timelineView(items, moves, 'All exchanges of the run by suite');
}

/** One lane for each address that the case spoke to. */
function caseTimeline(one, steps) {
  const path = (url) => url.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?')[0] || '/';
  const items = [];
  steps.forEach((step, index) => {
    const bar = stepBar(one, step, index, step.exchange ? path(step.exchange.url) : 'expectations');
    if (step.exchange) items.push(bar);
    if ((step.checks ?? []).length) {
      const label = step.checks.map((check) => `${check.holds ? icons.passed : icons.failed} ${check.subject}`).join(', ');
      items.push({ ...bar, lane: 'expectations', wall: bar.end, isCheck: true, label: `${label} · ${step.step}` });
    }
  });
  const first = Math.min(...items.map((item) => item.wall)), last = Math.max(...items.map((item) => item.end));
  return timelineView(items, moves.filter((move) => move.wall >= first && move.wall <= last), `Exchanges of ${one.id}`);
}
