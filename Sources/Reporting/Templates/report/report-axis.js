// The two scales of a timeline. On the wall clock a move of the simulated clock takes no room; on the simulated clock the time
// between two moves stands still, so what happens there gets a station of its own, and long gaps are broken.

/** Where things stand by the wall clock: {width, x(wall, simulated), marks: [{x, label, gap: 0}], ticks: [{x, label}]}. */
function wallAxis(items, moves, width) {
  const start = Math.min(...ends(items, moves)[0]), end = Math.max(...ends(items, moves)[1], start + 1);
  const x = (wall) => 8 + ((wall - start) / (end - start)) * (width - 24);
  const ticks = [];
  const step = 10 ** Math.floor(Math.log10((end - start) / 2));
  for (let at = 0; at <= end - start; at += step * ((end - start) / step > 8 ? 2 : 1)) ticks.push({ x: x(start + at), label: `+${span(at)}` });
  return { width, x, marks: moves.map((move) => ({ x: x(move.wall), label: `+${span(move.to - move.from)}`, gap: 0 })), ticks };
}

function ends(items, moves) {
  const first = [], last = [];
  // not by spreading all of them into one call: there may be thousands
  for (const list of [items, moves]) {
    let low = Infinity, high = -Infinity;
    for (const item of list) { low = Math.min(low, item.wall); high = Math.max(high, item.end ?? item.wall); }
    if (list.length) { first.push(low); last.push(high); }
  }
  return [first, last];
}

/** The stretches in which the simulated clock stood still, and between them how far it was moved. */
function stations(items, moves) {
  // by the simulated clock: wall times are whole milliseconds, in which it can be moved and much happen before and after
  const sorted = [...items].sort((a, b) => a.simulated - b.simulated || a.wall - b.wall);
  // the shards of a merge moved their clocks each for itself, over the same stretches
  moves = [...moves].sort((a, b) => a.to - b.to);
  const list = [];
  let next = 0, gap = 0, from = moves[0]?.from ?? sorted[0]?.simulated ?? 0;
  for (let index = 0; index <= moves.length; index += 1) {
    const until = moves[index]?.to ?? Infinity;
    const station = { items: 0, wall: Infinity, end: -Infinity, simulated: from, gap };
    while (next < sorted.length && sorted[next].simulated < until) {
      station.items += 1;
      station.wall = Math.min(station.wall, sorted[next].wall);
      station.end = Math.max(station.end, sorted[next].end);
      next += 1;
    }
    // moves with nothing between them are one
    if (station.items > 0) { list.push(station); gap = 0; }
    if (moves[index]) { gap += moves[index].to - Math.max(moves[index].from, from); from = moves[index].to; }
  }
  return list;
}

function simulatedAxis(items, moves, width) {
  const list = stations(items, moves);
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
    while (low < high) { const middle = (low + high + 1) >> 1; if (list[middle].simulated <= simulated) low = middle; else high = middle - 1; }
    const station = list[low];
    if (!station) return 8;
    const length = Math.max(1, station.end - station.wall);
    return station.x + Math.min(1, Math.max(0, (wall - station.wall) / length)) * (station.width - 4);
  };
  return {
    width: Math.max(width, x + 16), x: at, ticks: list.map((station) => ({ x: station.x, title: simulatedText(station.simulated) })),
    marks: list.filter((station) => station.gap > 0).map((station) => ({ x: station.x - station.gapWidth / 2, label: `+${span(station.gap)}`, gap: station.gapWidth })),
  };
}
