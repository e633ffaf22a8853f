// Marks: the statements and incidents of an overview, as columns.

export const INSTANT = 0;
export const HOUR = 1;
export const DAY = 2;
export const LONGER = 3;
export const PRECISIONS = ["instant", "hour", "day", "longer"];

/**
 * @typedef {object} Marks
 * @property {"statements" | "incidents"} kind
 * @property {number} size how many there are
 * @property {number} total how many the service knows of in this range
 * @property {boolean} dense true where there are too many to be given one by one: size is 0 then
 * @property {string[]} names the texts that other columns point into
 * @property {string[]} entry ids, by time
 * @property {Int32Array} revision
 * @property {Int32Array} position where in the log this revision was made
 * @property {Float64Array} from earliest, Unix seconds
 * @property {Float64Array} to latest, Unix seconds
 * @property {Uint8Array} precision INSTANT, HOUR, DAY or LONGER
 * @property {Map<string, number>} at the place of each id
 * Of statements: title (string[]), act, speaker, party (Int32Array; -1 none), about, topics, regions (number[][]).
 * Of incidents: place, country (Int32Array; -1 none), lat, lon (number | null)[], admin1s, parties, targets,
 * weapons (number[][]), disputed, imprecise, windows_disagree (Uint8Array).
 */

const NUMBERS = { statements: ["act", "speaker", "party"], incidents: ["place", "country"] };
const LISTS = {
  statements: ["about", "topics", "regions"],
  incidents: ["admin1s", "parties", "targets", "weapons"],
};
const FLAGS = { statements: [], incidents: ["disputed", "imprecise", "windows_disagree"] };
const PLAIN = { statements: ["title"], incidents: ["lat", "lon"] };

/** The statements and incidents of an overview as the service gives it. */
export function marksOf(overview) {
  return {
    statements: columns("statements", overview.names, overview.statements),
    incidents: columns("incidents", overview.names, overview.incidents),
  };
}

/** No marks of a kind. */
export function none(kind) {
  return columns(kind, [], { total: 0, marks: null });
}

function columns(kind, names, { total, marks }) {
  const given = marks ?? {};
  const entry = given.entry ?? [];
  const result = {
    kind,
    names,
    total,
    dense: marks === null && total > 0,
    size: entry.length,
    entry,
    revision: Int32Array.from(given.revision ?? []),
    position: Int32Array.from(given.position ?? []),
    from: Float64Array.from(given.from_s ?? []),
    to: Float64Array.from(given.to_s ?? []),
    at: new Map(entry.map((id, index) => [id, index])),
  };
  result.precision = Uint8Array.from(entry, (_, index) => precision(result.to[index] - result.from[index]));
  for (const name of NUMBERS[kind]) result[name] = Int32Array.from(given[name] ?? []);
  for (const name of FLAGS[kind]) result[name] = Uint8Array.from(given[name] ?? []);
  for (const name of [...LISTS[kind], ...PLAIN[kind]]) result[name] = given[name] ?? [];
  return result;
}

/** How precisely a time is known that lasts so many seconds. */
export function precision(seconds) {
  if (seconds <= 60) return INSTANT;
  if (seconds <= 3_600) return HOUR;
  return seconds <= 86_400 ? DAY : LONGER;
}

/** The marks that are in `latest` and were not, or not so, in `known`: what was learned later. */
export function learnedLater(known, latest) {
  const places = [];
  for (let index = 0; index < latest.size; index += 1) {
    const before = known.at.get(latest.entry[index]);
    if (before === undefined || known.revision[before] !== latest.revision[index]) places.push(index);
  }
  return chosen(latest, places);
}

/** The marks at some places alone. */
export function chosen(marks, places) {
  const result = { ...marks, size: places.length };
  for (const [name, column] of Object.entries(marks)) {
    if (name === "names" || !(Array.isArray(column) || ArrayBuffer.isView(column))) continue;
    const part = places.map((place) => column[place]);
    result[name] = Array.isArray(column) ? part : column.constructor.from(part);
  }
  result.at = new Map(result.entry.map((id, index) => [id, index]));
  return result;
}
