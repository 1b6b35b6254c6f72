// The requirements: a filter by words, by state and by suite. The page already contains their rows.

const requirementRows = [...document.querySelectorAll('.matrix tbody tr')];

/** What the words of the filter are looked for in: all but the cases. */
function requirementText(row) {
  return [...row.cells].slice(0, 4).map((cell) => cell.textContent).join('\n').toLowerCase();
}

function filterRequirements() {
  const words = (state.rq ?? '').toLowerCase().match(/\S+/g) ?? [];
  let count = 0;
  for (const row of requirementRows) {
    const isShown = (!state.rs || row.dataset.state === state.rs)
      && words.every((word) => requirementText(row).includes(word));
    row.hidden = !isShown;
    if (isShown) count += 1;
  }
  $('rfound').textContent = `${count} of ${requirementRows.length} requirements shown`;
  if (document.activeElement !== $('rq')) $('rq').value = state.rq ?? '';
  $('rs').value = state.rs ?? '';
}

function prepareRequirements() {
  for (const head of [...$('suites').tHead.rows[0].cells].slice(2)) {
    const name = head.textContent;
    if (requirementRows.some((row) => row.dataset.state === name)) $('rs').append(el('option', { value: name }, name));
  }
  for (const row of $('suites').querySelectorAll('[data-prefix]')) {
    const [, ...title] = row.cells[0].childNodes, prefix = decodeURIComponent(row.dataset.prefix);
    const onclick = () => go({ rq: `${prefix}-`, rs: undefined, req: undefined });
    const attributes = { type: 'button', 'aria-label': `Only the requirements ${prefix}`, onclick };
    row.cells[0].replaceChildren(el('button', attributes, prefix), ' ', ...title);
  }
  $('rq').addEventListener('input', () => go({ rq: $('rq').value || undefined, req: undefined }, true));
  $('rs').addEventListener('change', () => go({ rs: $('rs').value || undefined, req: undefined }, true));
}
