// Labels: which of many fit beside each other.

/**
 * The labels that are shown of those given: none overlaps another, and none reaches out of [from, to].
 * Those of a higher `rank` go first, then those further left.
 *
 * @param {{x: number, width: number, rank?: number}[]} labels `x` is a label's middle, all in px
 * @returns the same objects, by x, each with `left`, where it begins
 */
export function placed(labels, [from, to], gap = 8) {
  const wanted = labels
    .map((label) => ({ ...label, left: Math.min(Math.max(label.x - label.width / 2, from), to - label.width) }))
    .filter((label) => label.left >= from && Math.abs(label.left + label.width / 2 - label.x) <= label.width / 2)
    .sort((a, b) => (b.rank ?? 0) - (a.rank ?? 0) || a.x - b.x);
  const shown = [];
  for (const label of wanted) {
    const at = firstAfter(shown, label.left);
    const before = shown[at - 1];
    const after = shown[at];
    if (before && before.left + before.width + gap > label.left) continue;
    if (after && label.left + label.width + gap > after.left) continue;
    shown.splice(at, 0, label);
  }
  return shown;
}

function firstAfter(shown, left) {
  let low = 0;
  let high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shown[middle].left <= left) low = middle + 1;
    else high = middle;
  }
  return low;
}
