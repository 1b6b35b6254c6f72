// The two scales of a timeline. On the wall scale a clock advance has no width. On the simulated scale no time passes
// between two advances: what happens there is drawn as one station, and long gaps are shortened.

/** Labels that are nearer to each other than this overlap; a rotated label is as wide as its line is high. */
const labelHeight = 14;

/** How wide a text of a chart is, in pixels; rather too wide. */
function textWidth(text) { return text.length * 6.5 + 4; }

/** Distances of ticks, in milliseconds. */
const roundSpans = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 604800].map((span) => span * 1000));

/**
 * The wall scale: {width, x(wall, simulated), ticks, labels, marks, border}.
 *
 * `border` is where the simulated clock passed the instant `lifetime` after `start`, if it did.
 * ticks: [{x, title}] are lines. labels: [{x, text}] are above and below the lanes, with room for each. marks: [{x, text, title}]
 * are clock advances, those that are too near to each other in one.
 */
function wallAxis(items, advances, width, start, lifetime) {
  const [first, last] = ends([...items, ...advances]);
  const x = (wall) => 8 + ((wall - first) / Math.max(1, last - first)) * (width - 24);
  const multiples = (one) => Array.from({ length: Math.floor((last - first) / one) + 1 }, (_, index) => index * one);
  const isWide = (one) => {
    const room = x(first + one) - x(first) - 12;
    return room >= textWidth('+1s') && multiples(one).every((at) => textWidth(sinceStart(at)) <= room);
  };
  const distance = roundSpans.find(isWide) ?? last - first + 1;
  const labels = [], ticks = [];
  for (const at of multiples(distance)) {
    const text = sinceStart(at);
    ticks.push({ x: x(first + at), title: text });
    // the width is an estimate
    const left = x(first + at) + 2;
    if (left + textWidth(text) * 1.1 <= width) labels.push({ x: left, text });
  }
  const marks = [];
  for (const one of [...advances].sort((a, b) => a.wall - b.wall)) {
    const at = x(one.wall), near = marks.at(-1);
    if (near && at - near.x < labelHeight) { near.count += 1; near.length += one.to - one.from; }
    else marks.push({ x: at, count: 1, length: one.to - one.from });
  }
  for (const mark of marks) {
    mark.text = `+${span(mark.length)}`;
    mark.title = `${mark.count > 1 ? `${mark.count} clock advances` : 'clock advance'}: ${exactSpan(mark.length)}`;
  }
  const passing = [...advances].sort((a, b) => a.to - b.to).find((one) => one.to >= start + lifetime);
  return { width, x, ticks, labels, marks, border: passing && x(passing.wall) };
}

/** A wall time since the start, as a label: `+1.5s`. */
function sinceStart(ms) { return ms % 1000 && ms > 1000 && ms < 60000 ? `+${ms / 1000}s` : `+${duration(ms)}`; }

/** The first and the last wall time. */
function ends(items) {
  let first = Infinity, last = -Infinity;
  for (const item of items) { first = Math.min(first, item.wall); last = Math.max(last, item.end ?? item.wall); }
  return [first, last];
}

/** The intervals between clock advances, each with the advance before it. */
function stations(items, advances) {
  // by the simulated clock: several advances can have the same wall time in milliseconds
  const sorted = [...items].sort((a, b) => a.simulated - b.simulated || a.wall - b.wall);
  // in a merged log, each shard advanced its own clock over the same times
  const sortedAdvances = [...advances].sort((a, b) => a.to - b.to);
  const list = [];
  let next = 0, gap = 0, from = sortedAdvances[0]?.from ?? sorted[0]?.simulated ?? 0;
  for (let index = 0; index <= sortedAdvances.length; index += 1) {
    const advance = sortedAdvances[index];
    const until = advance?.to ?? Infinity;
    const station = { items: 0, wall: Infinity, end: -Infinity, simulated: from, gap };
    while (next < sorted.length && sorted[next].simulated < until) {
      station.items += 1;
      station.wall = Math.min(station.wall, sorted[next].wall);
      station.end = Math.max(station.end, sorted[next].end);
      next += 1;
    }
    // advances with nothing between them are joined
    if (station.items > 0) { list.push(station); gap = 0; }
    if (advance) { gap += advance.to - Math.max(advance.from, from); from = advance.to; }
  }
  return list;
}

/**
 * The simulated scale, as the wall scale. Its marks are the stations and the gaps before them, with the simulated time
 * since `start` as text.
 */
function simulatedAxis(items, advances, width, start, lifetime) {
  const list = stations(items, advances);
  for (const station of list) {
    station.gapWidth = station.gap > 0 ? 16 + 5 * Math.log10(station.gap / 1000 + 1) : 0;
    station.width = Math.max(10, 5 * Math.sqrt(station.items));
  }
  const natural = list.reduce((sum, station) => sum + station.gapWidth + station.width, 1);
  // every station has room for its label; the rest is distributed by what is at it
  const rest = Math.max(0, width - 24 - labelHeight * list.length) / natural;
  let x = 8;
  for (const station of list) {
    const own = station.gapWidth + station.width, factor = labelHeight / own + rest;
    station.gapWidth *= factor;
    station.width *= factor;
    x += station.gapWidth;
    station.x = x;
    x += station.width;
  }
  const stationAt = (simulated) => {
    let low = 0, high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle].simulated <= simulated) low = middle; else high = middle - 1;
    }
    return list[low];
  };
  const at = (wall, simulated) => {
    const station = stationAt(simulated);
    if (!station) return 8;
    const length = Math.max(1, station.end - station.wall);
    return station.x + Math.min(1, Math.max(0, (wall - station.wall) / length)) * Math.max(0, station.width - 4);
  };
  const ticks = list.map((station) => ({ x: station.x, title: simulatedText(station.simulated) }));
  const marks = list.map((station) => ({
    x: station.x, gap: station.gapWidth, text: station.simulated > start ? span(station.simulated - start) : '0',
    later: station.gap > 0 ? `+${span(station.gap)}` : '',
    title: `${exactSpan(station.simulated - start)} after the start: ${simulatedText(station.simulated)}`
      + (station.gap > 0 ? `\nclock advance: ${exactSpan(station.gap)}` : ''),
  }));
  // in years, neighbours can have equal labels
  for (let index = marks.length - 1; index > 0; index -= 1) {
    if (marks[index].text === marks[index - 1].text && marks[index].later) marks[index].text = marks[index].later;
  }
  const next = lifetime > 0 ? list.find((station) => station.simulated >= start + lifetime) : undefined;
  let border;
  // within the gap, if no request was sent at that instant
  if (next?.gap > 0) {
    const before = next.simulated - start - lifetime;
    border = next.x - next.gapWidth * Math.min(0.9, before > 0 ? Math.max(0.1, before / next.gap) : 0);
  }
  return { width: Math.max(width, x + 16), x: at, ticks, labels: [], marks, border };
}
