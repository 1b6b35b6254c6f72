// A timeline: lanes of bars, crossed by the clock advances.

let drawn = 0;

const laneRow = 10, maxBars = 5000;

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

/** The declared lifetime of a token in milliseconds. */
function tokenLifetime() {
  const fact = (data.run.environment ?? []).find((one) => one.name === 'target.behaviour.token-lifetime');
  return (parseInt(fact?.value, 10) || 86400) * 1000;
}

/** A text that is longer than its room, without its end; a path without its start, since paths differ at their ends. */
function shortened(text, room) {
  const count = Math.max(4, Math.floor(room / 6.7));
  if (text.length <= count) return text;
  return text.includes('/') ? `…${text.slice(1 - count)}` : `${text.slice(0, count - 1)}…`;
}

/** The advances and the border of an axis, with their labels: none overlaps another. borderTexts: [long, short]. */
function drawAxis(svg, axis, head, height, borderTexts) {
  const isTimed = axis.labels.length > 0;
  for (const tick of axis.ticks) {
    const line = { class: 'tick', x1: tick.x, x2: tick.x, y1: head - 4, y2: height - 16 };
    svg.append(el('line', line, el('title', {}, tick.title)));
  }
  const lines = [...axis.marks.map((mark) => mark.x), axis.border];
  for (const { x, text } of axis.labels) {
    svg.append(el('text', { class: 'time', x, y: height - 4 }, text));
    // above the lanes, unless a line would cross it
    if (lines.some((line) => line >= x - 1 && line <= x + textWidth(text))) continue;
    svg.append(el('text', { class: 'time', x, y: head - 8 }, text));
  }
  let last = -Infinity;
  for (const { x, gap, text, title } of axis.marks) {
    if (gap === undefined || gap > 0) {
      const middle = gap > 0 ? x - gap / 2 : x, line = { class: 'advance', x1: middle, x2: middle };
      svg.append(el('line', { ...line, y1: head - 6, y2: height - 16 }, el('title', {}, title)));
      if (gap > 0) svg.append(el('path', { class: 'gap', d: `M${middle - 5} ${head - 6} l2.5 -6 l2.5 6 l2.5 -6 l2.5 6` }));
    }
    // the border has its own label
    if (x - last < labelHeight - 0.5 || (gap !== undefined && x === axis.border)) continue;
    last = x;
    const [tx, ty] = [x + 4, head - (isTimed ? 24 : 14)];
    const label = { class: 'mark', x: tx, y: ty, transform: `rotate(-90 ${tx} ${ty})` };
    svg.append(el('text', label, el('title', {}, title), text));
  }
  if (axis.border === undefined) return;
  const x = axis.border, [long, short] = borderTexts;
  const text = textWidth(long) * 1.1 < axis.room - 12 ? long : short, width = textWidth(text) * 1.1;
  // in two parts: between them are the labels of the advances
  for (const [y1, y2] of [[3, 17], [head - (isTimed ? 22 : 12), height - 16]]) {
    svg.append(el('line', { class: 'border', x1: x, x2: x, y1, y2 }));
  }
  const place = x + 5 + width <= axis.width ? { x: x + 5 } : x - 5 >= width ? { x: x - 5, 'text-anchor': 'end' } : { x: 2 };
  svg.append(el('text', { class: 'border-label', y: 13, ...place }, text));
}

/**
 * A timeline with its switch between the clocks.
 *
 * items: [{lane, wall, end, simulated, simulatedEnd, label, verdict, open}], advances: [{from, to, wall}], start: the
 * simulated instant from which times count.
 */
function timelineView(items, advances, title, start) {
  if (items.length === 0) return el('p', { class: 'note' }, 'Nothing was sent.');
  const names = [...new Set(items.map((item) => item.lane))];
  const status = el('p', { class: 'status', 'aria-live': 'polite' }, 'Point at a bar, or select one by the arrow keys.');
  const label = `${title}. Arrow keys select a bar, n the next failure, Enter opens it; plus, minus and 0 zoom.`;
  const chart = el('div', { class: 'chart', tabindex: '0', role: 'group', 'aria-label': label });
  let zoom = 1, chosen = -1, bars = [];
  const ordered = [...items].sort((a, b) => a.wall - b.wall);
  const lifetime = tokenLifetime();
  const borderTexts = [`${span(lifetime)}: tokens issued at the start expire`, `${span(lifetime)}: expiry`];

  const timesOf = (item, separator) => [`simulated ${simulatedText(item.simulated)}`,
    `wall ${wallText(item.wall)}, ${duration(item.end - item.wall)}`].join(separator);

  const choose = (index, scrolls = true) => {
    bars[chosen]?.classList.remove('at');
    chosen = index;
    const item = ordered[index], bar = bars[index];
    bar.classList.add('at');
    status.textContent = visible(`${item.label} · ${timesOf(item, ' · ')}`);
    if (!scrolls) return;
    // the names of the lanes cover the left side
    const box = chart.getBoundingClientRect(), { left, right } = bar.getBoundingClientRect();
    const first = box.left + sideWidth() + 20, last = box.right - 20;
    if (left < first || right > last) chart.scrollLeft += (left + right) / 2 - (first + last) / 2;
    bar.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const sideWidth = () => (chart.clientWidth && chart.clientWidth < 600 ? 90 : 150);

  const draw = () => {
    const side = sideWidth(), room = Math.max(220, (chart.clientWidth || 900) - side) * zoom;
    const makeAxis = state.clock === 'wall' ? wallAxis : simulatedAxis;
    const axis = makeAxis(items, advances, room, start, lifetime);
    axis.room = Math.min(axis.width, room / zoom);
    const longest = Math.max(0, ...axis.marks.map((mark) => textWidth(mark.text)));
    const head = longest + (axis.border === undefined ? 20 : 36) + (axis.labels.length ? 10 : 0);
    const { lanes, height } = pack(items, names, head);
    const description = `${title}, by the ${state.clock} clock`;
    const svg = el('svg', { class: 'bars', width: axis.width, height, role: 'img', 'aria-label': description });
    for (const { y, height: laneHeight } of lanes.values()) {
      svg.append(el('rect', { class: 'lane', x: 0, y, width: axis.width, height: laneHeight }));
    }
    drawAxis(svg, axis, head, height, borderTexts);
    bars = ordered.map((item, index) => {
      const lane = lanes.get(item.lane);
      const x = axis.x(item.wall, item.simulated), end = axis.x(item.end, item.simulatedEnd);
      // failures are taller: colour alone is not enough
      const inset = item.verdict === 'passed' ? 2 : 0;
      const text = el('title', {}, `${item.label}\n${timesOf(item, '\n')}`);
      const listeners = { onmouseenter: () => choose(index, false), onclick: () => { if (!dragged) item.open?.(); } };
      const bar = item.isCheck
        ? el('path', { class: `check is-${item.verdict}`, d: `M${x} ${lane.y + 4} l5 6 l-5 6 l-5 -6 z`, ...listeners }, text)
        : el('rect', {
          class: `item is-${item.verdict}`, x, y: lane.y + 5 + item.row * laneRow + inset,
          width: Math.max(2, end - x), height: laneRow - 1 - 2 * inset, ...listeners,
        }, text);
      svg.append(bar);
      return bar;
    });
    bars[chosen]?.classList.add('at');
    const sideView = el('svg', { class: 'lanes', width: side, height, 'aria-hidden': 'true' });
    for (const lane of lanes.values()) {
      const name = el('text', { x: 6, y: lane.y + 14 }, el('title', {}, lane.name), shortened(lane.name, side - 8));
      sideView.append(name);
    }
    chart.replaceChildren(el('div', { class: 'track' }, sideView, svg));
  };

  /** Changes the zoom; what is at `at`, in pixels of the chart, or in its middle, does not move. 0 shows the whole. */
  const zoomBy = (factor, at = (sideWidth() + chart.clientWidth) / 2) => {
    const side = sideWidth(), before = chart.querySelector('.bars')?.clientWidth || 1;
    const place = (chart.scrollLeft + at - side) / before;
    zoom = factor === 0 ? 1 : Math.min(60, Math.max(1, zoom * factor));
    draw();
    chart.scrollLeft = place * chart.querySelector('.bars').clientWidth - at + side;
  };

  const nextFailure = (offset) => {
    const failed = [...ordered.keys()].filter((index) => ['failed', 'errored'].includes(ordered[index].verdict));
    const next = offset > 0 ? failed.find((index) => index > chosen) : failed.findLast((index) => index < chosen);
    if (next !== undefined) choose(next);
    else status.textContent = failed.length ? 'No further failure.' : 'Nothing failed here.';
  };

  const group = `clock-${drawn += 1}`;
  const radio = (value, text) => el('label', {}, el('input', {
    type: 'radio', name: group, value, checked: state.clock === value,
    onchange: () => go({ clock: value === 'simulated' ? undefined : value }),
  }), text);
  const radios = [radio('simulated', 'Simulated clock'), radio('wall', 'Wall clock')];
  const button = (text, name, onclick) => el('button', { type: 'button', 'aria-label': name, title: name, onclick }, text);
  const view = el('div', {},
    el('div', { class: 'bar' }, el('fieldset', { class: 'clock' }, el('legend', { class: 'sr' }, 'Clock'), radios),
      button('+', 'Zoom in', () => zoomBy(1.6)), button('−', 'Zoom out', () => zoomBy(1 / 1.6)),
      button('Fit', 'Whole timeline', () => zoomBy(0)),
      button('← failure', 'Previous failure', () => nextFailure(-1)),
      button('failure →', 'Next failure', () => nextFailure(1))),
    chart, status,
    el('p', { class: 'source' }, 'Mouse: drag or Shift+wheel scrolls, Ctrl+wheel zooms. Keys in the chart: ',
      '← → select a bar, Enter opens it, n and p next and previous failure, Page Up and Page Down scroll, + − 0 zoom.'));

  const keys = {
    ArrowRight: () => choose(Math.min(ordered.length - 1, chosen + 1)),
    ArrowLeft: () => choose(Math.max(0, chosen - 1)),
    Home: () => choose(0), End: () => choose(ordered.length - 1),
    PageDown: () => { chart.scrollLeft += (chart.clientWidth - sideWidth()) * 0.9; },
    PageUp: () => { chart.scrollLeft -= (chart.clientWidth - sideWidth()) * 0.9; },
    n: () => nextFailure(1), p: () => nextFailure(-1),
    Enter: () => ordered[chosen]?.open?.(),
  };
  chart.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  chart.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1.25 : 1 / 1.25, event.clientX - chart.getBoundingClientRect().left);
  }, { passive: false });
  // a drag scrolls, and does not open the bar at its end
  let held, dragged = false;
  chart.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse' || event.button !== 0) return;
    held = { x: event.clientX, left: chart.scrollLeft };
    dragged = false;
  });
  chart.addEventListener('pointermove', (event) => {
    if (!held) return;
    if (event.buttons === 0) { held = undefined; return; }
    if (Math.abs(event.clientX - held.x) > 4) dragged = true;
    if (dragged) chart.scrollLeft = held.left + held.x - event.clientX;
  });
  chart.addEventListener('pointerup', () => { held = undefined; });

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

/** All exchanges of the run; of a large one the cases, those with findings first. */
function runTimeline() {
  const all = [...stepLines.values()].reduce((sum, lines) => sum + lines.length, 0);
  const start = data.run['simulated-start'], numbers = rows.map((row) => row.dataset.n);
  if (all <= maxBars && data.omitted === 0) {
    const items = numbers.flatMap((number) => {
      const one = data.cases[number];
      if (one.exchanges === 0) return [];
      return stepsOf(number).map((step, index) => (step.exchange ? stepBar(one, step, index, one.suite) : null));
    });
    return timelineView(items.filter(Boolean), data.advances, 'All exchanges of the run by suite', start);
  }
  const found = new Set(findingNumbers());
  const ordered = [...found, ...numbers.filter((number) => !found.has(number))];
  const items = ordered.slice(0, maxBars).map((number) => data.cases[number]).filter((one) => one.exchanges !== 0)
    .map((one) => ({
      lane: one.suite, wall: one['started-at'], end: one['started-at'] + one.seconds * 1000,
      simulated: one['simulated-start'], simulatedEnd: one['simulated-end'],
      label: `${one.verdict}: ${one.id}`, verdict: one.verdict,
      open: () => go({ view: undefined, case: one.id, step: undefined }),
    }));
  const view = timelineView(items, data.advances, 'The cases of the run by suite', start);
  const count = Math.min(ordered.length, maxBars);
  view.prepend(el('p', { class: 'note' }, `${count} of ${ordered.length} cases are drawn, those with findings first.`));
  return view;
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
  const [first, last] = ends(items);
  const within = data.advances.filter((advance) => advance.wall >= first && advance.wall <= last);
  return timelineView(items, within, `Exchanges of ${one.id}`, one['simulated-start']);
}
