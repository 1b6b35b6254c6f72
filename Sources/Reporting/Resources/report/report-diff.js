// The difference between expected and actual, by lines and then by words.

/** The difference of two lists as pairs [kind, item]: ' ' in both, '-' only in a, '+' only in b. */
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
        const isSame = left[i] === right[j];
        lengths[i][j] = isSame ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    let i = 0, j = 0;
    while (i < left.length || j < right.length) {
      const isSame = i < left.length && j < right.length && left[i] === right[j];
      if (isSame) {
        middle.push([' ', left[i]]);
        i += 1;
        j += 1;
      } else if (i < left.length && (j === right.length || lengths[i + 1][j] >= lengths[i][j + 1])) {
        middle.push(['-', left[i]]);
        i += 1;
      } else {
        middle.push(['+', right[j]]);
        j += 1;
      }
    }
  }
  const same = (items) => items.map((item) => [' ', item]);
  return [...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))];
}

/** A changed line with its changed words marked. */
function changedLine(kind, line, other) {
  const words = (text) => text.match(/\w+|\s+|[^\w\s]/g) ?? [];
  const [before, now] = kind === '-' ? [line, other] : [other, line];
  const parts = other === undefined ? [line] : difference(words(before), words(now))
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
        const text = `  … ${same.length - 6} identical lines`;
        view.append(line === null ? el('div', { class: 'fold' }, text) : el('div', {}, line));
      }
      index = end;
      continue;
    }
    const cut = [], add = [];
    for (; index < lines.length && lines[index][0] !== ' '; index += 1) {
      (lines[index][0] === '-' ? cut : add).push(lines[index][1]);
    }
    cut.forEach((line, n) => view.append(changedLine('-', line, add[n])));
    add.forEach((line, n) => view.append(changedLine('+', line, cut[n])));
  }
  return view;
}
