// Ordering: the wanted marks by class of precision and time, so that what is in view is found by bisection.

const CLASSES = 4;

/**
 * @typedef {object} Ordering
 * @property {{places: Int32Array, longest: number}[]} classes by precision: places by time, the longest span (s)
 * @property {Int32Array} all the places of all wanted marks, by time
 */

/** The wanted marks (mask 1) by time. Marks whose times are no numbers are left out: they have no place on an axis. */
export function ordered(marks, mask) {
  const all = new Int32Array(marks.size);
  const counts = [0, 0, 0, 0];
  let size = 0;
  let isSorted = true;
  for (let place = 0; place < marks.size; place += 1) {
    if (!mask[place] || !Number.isFinite(marks.from[place]) || !Number.isFinite(marks.to[place])) continue;
    if (size && marks.from[all[size - 1]] > marks.from[place]) isSorted = false;
    all[size] = place;
    counts[classOf(marks, place)] += 1;
    size += 1;
  }
  const wanted = all.subarray(0, size);
  if (!isSorted) wanted.sort((a, b) => marks.from[a] - marks.from[b] || a - b);
  const classes = counts.map((count) => ({ places: new Int32Array(count), longest: 0, size: 0 }));
  for (const place of wanted) {
    const one = classes[classOf(marks, place)];
    one.places[one.size] = place;
    one.size += 1;
    one.longest = Math.max(one.longest, marks.to[place] - marks.from[place]);
  }
  return { classes, all: wanted };
}

/** The places of the marks whose span touches [from, to]: by class, then time. */
export function within(marks, ordering, from, to) {
  const found = [];
  for (const { places, longest } of ordering.classes) {
    for (let at = firstFrom(marks, places, from - longest); at < places.length; at += 1) {
      const place = places[at];
      if (marks.from[place] > to) break;
      if (marks.to[place] >= from) found.push(place);
    }
  }
  return found;
}

/**
 * The place of the wanted mark before (-1) or after (1) another one in time; -1 when there is none.
 * `place` is that one's, or -1 where only the moment `from` is known.
 */
export function neighbour(marks, ordering, way, place, from) {
  const { all } = ordering;
  const first = firstFrom(marks, all, from);
  if (place < 0) return (way > 0 ? all[first] : all[first - 1]) ?? -1;
  let at = first;
  while (at < all.length && all[at] !== place && marks.from[all[at]] === from) at += 1;
  if (all[at] !== place) return (way > 0 ? all[first] : all[first - 1]) ?? -1;
  return all[at + way] ?? -1;
}

/** Where in places, which are by time, the first mark is that begins at a moment or later. */
function firstFrom(marks, places, moment) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks.from[places[middle]] < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function classOf(marks, place) {
  return Math.min(marks.precision[place], CLASSES - 1);
}
