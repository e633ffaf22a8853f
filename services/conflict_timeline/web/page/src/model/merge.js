// Merge: revisions that came in live, put into marks as if the service had given them in an overview.

import { seconds } from "../words/time.js";
import { chosen, precision } from "./marks.js";

/**
 * Marks with some revisions of their timeline put in; older ones than those held change nothing.
 * Marks that are dense stay so: there the service counts.
 */
export function merged(marks, entries) {
  const last = new Map(entries.map((entry) => [entry.entry, entry]));
  for (const [id, entry] of last) {
    const held = marks.at.get(id);
    if (held !== undefined && marks.revision[held] >= entry.revision) last.delete(id);
  }
  if (!last.size || marks.dense) return marks;
  const places = [];
  for (let index = 0; index < marks.size; index += 1) if (!last.has(marks.entry[index])) places.push(index);
  const kept = chosen(marks, places);
  const names = new Names(marks.names);
  const rows = [];
  for (const entry of last.values()) {
    if (entry.status !== "asserted") continue;
    try {
      const row = marks.kind === "statements" ? statement(entry, names) : incident(entry, names);
      if (row) rows.push(row);
    } catch {
      // One entry that is not as the contract has it costs nobody the others.
    }
  }
  return sorted({ ...kept, total: kept.size + rows.length, names: names.all }, rows);
}

class Names {
  constructor(names) {
    this.all = [...names];
    this.at = new Map(names.map((name, index) => [name, index]));
  }

  of(name) {
    if (name === undefined || name === null) return -1;
    let index = this.at.get(name);
    if (index === undefined) this.at.set(name, (index = this.all.push(name) - 1));
    return index;
  }

  list(texts) {
    return (texts ?? []).map((text) => this.of(text));
  }
}

function statement({ entry, revision, position, body }, names) {
  if (body.kind !== "statement") return null;
  return {
    ...common(entry, revision, position, body.window),
    title: body.title,
    act: names.of(body.act),
    speaker: names.of(body.speaker?.name),
    party: names.of(body.speaker?.party),
    about: names.list(body.about),
    topics: names.list(body.topics),
    regions: names.list(body.regions),
  };
}

function incident({ entry, revision, position, body }, names) {
  return {
    ...common(entry, revision, position, body.core),
    place: names.of(body.place.name ?? body.place.as_written),
    country: names.of(body.place.country),
    lat: body.place.lat ?? null,
    lon: body.place.lon ?? null,
    admin1s: names.list(body.admin1s),
    parties: names.list(body.parties.map((held) => held.party)),
    targets: names.list(body.targets),
    weapons: names.list(body.weapons),
    disputed: Number(body.parties.some((held) => held.disputed_by.length > 0)),
    imprecise: Number(body.imprecise),
    windows_disagree: Number(body.windows_disagree),
  };
}

function common(entry, revision, position, window) {
  const from = Math.floor(seconds(window.earliest));
  const to = Math.ceil(seconds(window.latest));
  return { entry, revision, position, from, to, precision: precision(to - from) };
}

/** Marks and rows, by time, then id; every column in the same order. */
function sorted(marks, rows) {
  const size = marks.size + rows.length;
  const from = (place) => (place < marks.size ? marks.from[place] : rows[place - marks.size].from);
  const id = (place) => (place < marks.size ? marks.entry[place] : rows[place - marks.size].entry);
  const order = Array.from({ length: size }, (_, place) => place).sort(
    (a, b) => from(a) - from(b) || (id(a) < id(b) ? -1 : 1),
  );
  const result = { ...marks, size };
  for (const [name, column] of Object.entries(marks)) {
    if (name === "names" || !(Array.isArray(column) || ArrayBuffer.isView(column))) continue;
    const whole = order.map((place) => (place < marks.size ? column[place] : rows[place - marks.size][name]));
    result[name] = Array.isArray(column) ? whole : column.constructor.from(whole);
  }
  result.at = new Map(result.entry.map((one, index) => [one, index]));
  return result;
}
