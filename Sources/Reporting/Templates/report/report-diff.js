// What was expected against what was there, by lines and then by words.

/** The longest common run of two lists, as pairs [kind, item]: ' ' in both, '-' only in a, '+' only in b. */
function difference(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const left = a.slice(start, a.length - end), right = b.slice(start, b.length - end);
  const middle = [];
  if (left.length * right.length > 250000) {
    middle.push(...left.map((item) => ['-', item]), ...right.map((item) => ['+', item]));
  } else {
    const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
    for (let i = left.length - 1; i >= 0; i -= 1) {
      for (let j = right.length - 1; j >= 0; j -= 1) {
        lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    let i = 0, j = 0;
    while (i < left.length || j < right.length) {
      if (i < left.length && j < right.length && left[i] === right[j]) { middle.push([' ', left[i]]); i += 1; j += 1; }
      else if (i < left.length && (j === right.length || lengths[i + 1][j] >= lengths[i][j + 1])) { middle.push(['-', left[i]]); i += 1; }
      else { middle.push(['+', right[j]]); j += 1; }
    }
  }
  return [...a.slice(0, start).map((item) => [' ', item]), ...middle, ...a.slice(a.length - end).map((item) => [' ', item])];
}

/** A changed line, its changed words marked. */
function changedLine(kind, line, other) {
  const words = (text) => text.match(/\w+|\s+|[^\w\s]/g) ?? [];
  const parts = other === undefined ? [line] : difference(kind === '-' ? words(line) : words(other), kind === '-' ? words(other) : words(line))
    .filter(([k]) => k === ' ' || k === kind).map(([k, word]) => (k === ' ' ? word : el('mark', {}, word)));
  return el('div', { class: kind === '-' ? 'cut' : 'add' }, `${kind} `, parts);
}

function diffView(expected, actual) {
  const lines = difference(normalised(expected).split('\n'), normalised(actual).split('\n'));
  const view = el('div', { class: 'diff', role: 'group', 'aria-label': 'Expected (-) against actual (+)' });
  let index = 0;
  while (index < lines.length) {
    if (lines[index][0] === ' ') {
      let end = index;
      while (end < lines.length && lines[end][0] === ' ') end += 1;
      const same = lines.slice(index, end).map(([, line]) => `  ${line}`);
      const folded = same.length > 8 ? [...same.slice(0, 3), null, ...same.slice(-3)] : same;
      for (const line of folded) {
        view.append(line === null ? el('div', { class: 'fold' }, `  … ${same.length - 6} lines are the same`) : el('div', {}, line));
      }
      index = end;
      continue;
    }
    const cut = [], add = [];
    while (index < lines.length && lines[index][0] !== ' ') { (lines[index][0] === '-' ? cut : add).push(lines[index][1]); index += 1; }
    cut.forEach((line, n) => view.append(changedLine('-', line, add[n])));
    add.forEach((line, n) => view.append(changedLine('+', line, cut[n])));
  }
  return view;
}
