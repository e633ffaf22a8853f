// View: the part of time that is looked at, [from, to] in Unix seconds, and how it moves.

/** Nothing is known to the second: less than this would be empty ground between two ticks. */
export const SHORTEST_S = 600;
const ALONE_S = 86_400;

/** An extent that can be drawn: one of no length, or none at all, gets a day around it. */
export function drawable(extent) {
  const [from, to] = extent ?? [];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [0, ALONE_S];
  if (to - from >= SHORTEST_S) return [from, to];
  const middle = (from + to) / 2;
  return [middle - ALONE_S / 2, middle + ALONE_S / 2];
}

/** A view that shows nothing outside of `bounds` unless it is as long, and is no shorter than `SHORTEST_S`. */
export function clamped([from, to], bounds) {
  const longest = Math.max(bounds[1] - bounds[0], SHORTEST_S);
  const length = Math.min(Math.max(to - from, SHORTEST_S), longest);
  const start = (from + to - length) / 2;
  return [0, length].map((part) => part + Math.min(Math.max(start, bounds[0]), bounds[1] - length));
}

/** Zoomed by a factor (2: half as long) around a moment, which stays where it is. */
export function zoomed(view, factor, bounds, around = (view[0] + view[1]) / 2) {
  const length = view[1] - view[0];
  const longest = Math.max(bounds[1] - bounds[0], SHORTEST_S);
  const next = Math.min(Math.max(length / factor, SHORTEST_S), longest);
  const start = around - ((around - view[0]) / length) * next;
  return clamped([start, start + next], bounds);
}

/** Moved by seconds. */
export function moved(view, seconds, bounds) {
  return clamped([view[0] + seconds, view[1] + seconds], bounds);
}

/** Moved no further than it takes to see [from, to] with a little ground around it; what is longer shows its begin. */
export function showing(view, from, to, bounds) {
  const length = view[1] - view[0];
  const edge = length * 0.06;
  const end = Math.min(to, from + length - 2 * edge);
  if (from >= view[0] + edge && end <= view[1] - edge) return view;
  if (from >= view[0] && end <= view[1]) return view;
  const by = from < view[0] ? from - edge - view[0] : end + edge - view[1];
  return moved(view, by, bounds);
}
