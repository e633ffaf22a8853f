// Density: how many marks lie where, for what is too far out to show each.

const STEPS_S = [
  60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000,
];
const YEAR_S = 31_536_000;

/** The length (s) of a bar that is at least `pixels` wide. */
export function stepFor(secondsPerPixel, pixels = 4) {
  const least = secondsPerPixel * pixels;
  const found = STEPS_S.find((step) => step >= least);
  return found ?? Math.ceil(least / YEAR_S) * YEAR_S;
}

/**
 * Bars over [from, to]: their first begin, their length (s) and how many marks each holds. A mark whose time is
 * known to three bars is a third in each: to put it into one would be a guess.
 */
export function bars(marks, places, [from, to], step) {
  const first = Math.floor(from / step);
  const count = Math.floor(to / step) - first + 1;
  const changes = new Float64Array(count + 1);
  for (const place of places) {
    const begin = Math.floor(marks.from[place] / step);
    const end = Math.max(begin, Math.ceil(marks.to[place] / step) - 1);
    const low = Math.max(0, begin - first);
    const high = Math.min(count - 1, end - first);
    if (high < 0 || low > high) continue;
    const share = 1 / (end - begin + 1);
    changes[low] += share;
    changes[high + 1] -= share;
  }
  let sum = 0;
  const counts = changes.subarray(0, count).map((change) => {
    sum += change;
    return sum < 1e-9 ? 0 : sum; // What adding and taking away leaves is nobody's strike.
  });
  return { from: first * step, step, counts };
}

/** The service's counts of a kind as bars over [from, to], gathered to a length of at least `step` (s). */
export function gathered(density, kind, [from, to], step) {
  const counts = density?.[kind] ?? [];
  if (!counts.length) return { from, step, counts: [] };
  const times = Math.max(1, Math.ceil(step / density.step_s));
  const length = times * density.step_s;
  const first = Math.max(0, Math.floor((from - density.from_s) / length));
  const last = Math.min(Math.ceil(counts.length / times) - 1, Math.floor((to - density.from_s) / length));
  const sums = [];
  for (let bar = first; bar <= last; bar += 1) {
    let sum = 0;
    for (const count of counts.slice(bar * times, (bar + 1) * times)) sum += count;
    sums.push(sum);
  }
  return { from: density.from_s + first * length, step: length, counts: sums };
}

/** How many the service counts in [from, to]; a bar that is only partly inside counts by its part. */
export function countIn(density, kind, [from, to]) {
  let sum = 0;
  (density?.[kind] ?? []).forEach((count, bar) => {
    const start = density.from_s + bar * density.step_s;
    const inside = Math.min(to, start + density.step_s) - Math.max(from, start);
    if (inside > 0) sum += count * (inside / density.step_s);
  });
  return Math.round(sum);
}
