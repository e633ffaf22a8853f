// Filters: which marks a reader wants, and how many each choice would leave.

import { PRECISIONS } from "./marks.js";
import { regionCovers, topicCovers } from "./taxonomy.js";

/**
 * The filters of statements and of incidents: the name in the state, the column, and what tells whether a
 * choice covers a value that is not the same: a topic its children, a country its regions.
 */
export const OF = {
  statements: [
    { name: "by", column: "party" },
    { name: "act", column: "act" },
    { name: "topic", column: "topics", covers: topicCovers },
    { name: "prec", column: "precision" },
  ],
  incidents: [
    { name: "struck", column: "parties" },
    { name: "target", column: "targets", covers: topicCovers },
    { name: "weapon", column: "weapons" },
    { name: "region", column: "admin1s", covers: regionCovers },
    { name: "prec", column: "precision" },
  ],
};

/** The value that stands for marks without any: nobody is named, nothing is known. */
export const NONE = "none";

/** The texts of a filter that one mark has. */
export function values(marks, filter, index) {
  if (filter.column === "precision") return [PRECISIONS[marks.precision[index]]];
  const held = marks[filter.column][index];
  const places = Array.isArray(held) ? held : held < 0 ? [] : [held];
  return places.length ? places.map((place) => marks.names[place]) : [NONE];
}

/**
 * Which marks are wanted (1) and which are not (0).
 *
 * @param {Set<string> | null} found ids that the search found, or null where nothing is searched for
 * @param {string | null} without the name of a filter that is passed over
 */
export function mask(marks, state, found = null, without = null) {
  const result = new Uint8Array(marks.size).fill(1);
  for (const filter of OF[marks.kind]) {
    const wanted = state[filter.name];
    if (!wanted.length || filter.name === without) continue;
    const verdicts = new Map();
    for (let index = 0; index < marks.size; index += 1) {
      if (!result[index]) continue;
      if (!values(marks, filter, index).some((value) => has(verdicts, wanted, value, filter.covers))) result[index] = 0;
    }
  }
  if (found) {
    for (let index = 0; index < marks.size; index += 1) if (!found.has(marks.entry[index])) result[index] = 0;
  }
  return result;
}

/** For each filter of these marks, how many marks have each value, among those that the other filters leave. */
export function counts(marks, state, found = null) {
  const result = {};
  const all = mask(marks, state, found);
  for (const filter of OF[marks.kind]) {
    const left = state[filter.name].length ? mask(marks, state, found, filter.name) : all;
    const counted = new Map();
    for (let index = 0; index < marks.size; index += 1) {
      if (!left[index]) continue;
      for (const value of new Set(values(marks, filter, index))) counted.set(value, (counted.get(value) ?? 0) + 1);
    }
    for (const value of state[filter.name]) if (!counted.has(value)) counted.set(value, 0);
    result[filter.name] = [...counted].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
  return result;
}

function has(verdicts, wanted, value, covers) {
  let verdict = verdicts.get(value);
  if (verdict === undefined) {
    verdict = wanted.some((one) => one === value || covers?.(one, value));
    verdicts.set(value, verdict);
  }
  return verdict;
}
