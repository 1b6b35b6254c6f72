// The two scales of a timeline. On the wall scale a clock advance has no width. On the simulated scale no time passes
// between two advances: what happens there is drawn as one station, and long gaps are shortened.

/** The wall scale: {width, x(wall, simulated), marks: [{x, label, gap: 0}], ticks: [{x, label}]}. */
function wallAxis(items, advances, width) {
  const [first, last] = ends(items, advances);
  const start = Math.min(...first), end = Math.max(...last, start + 1);
  const x = (wall) => 8 + ((wall - start) / (end - start)) * (width - 24);
  const ticks = [];
  const step = 10 ** Math.floor(Math.log10((end - start) / 2));
  const distance = step * ((end - start) / step > 8 ? 2 : 1);
  for (let at = 0; at <= end - start; at += distance) ticks.push({ x: x(start + at), label: `+${duration(at)}` });
  const marks = advances.map((one) => ({ x: x(one.wall), label: `+${duration(one.to - one.from)}`, gap: 0 }));
  return { width, x, marks, ticks };
}

function ends(items, advances) {
  const first = [], last = [];
  // without spreading all of them into one call: there may be thousands
  for (const list of [items, advances]) {
    let low = Infinity, high = -Infinity;
    for (const item of list) { low = Math.min(low, item.wall); high = Math.max(high, item.end ?? item.wall); }
    if (list.length) { first.push(low); last.push(high); }
  }
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

function simulatedAxis(items, advances, width) {
  const list = stations(items, advances);
  let x = 8;
  for (const station of list) {
    station.gapWidth = station.gap > 0 ? 16 + 5 * Math.log10(station.gap / 1000 + 1) : 0;
    station.width = Math.max(10, 5 * Math.sqrt(station.items));
  }
  const natural = list.reduce((sum, station) => sum + station.gapWidth + station.width, 24);
  const factor = Math.max(1, width / natural);
  for (const station of list) {
    station.gapWidth *= factor;
    station.width *= factor;
    x += station.gapWidth;
    station.x = x;
    x += station.width;
  }
  const at = (wall, simulated) => {
    let low = 0, high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle].simulated <= simulated) low = middle; else high = middle - 1;
    }
    const station = list[low];
    if (!station) return 8;
    const length = Math.max(1, station.end - station.wall);
    return station.x + Math.min(1, Math.max(0, (wall - station.wall) / length)) * (station.width - 4);
  };
  const ticks = list.map((station) => ({ x: station.x, title: simulatedText(station.simulated) }));
  const marks = list.filter((station) => station.gap > 0).map((station) => (
    { x: station.x - station.gapWidth / 2, label: `+${duration(station.gap)}`, gap: station.gapWidth }));
  return { width: Math.max(width, x + 16), x: at, ticks, marks };
}
