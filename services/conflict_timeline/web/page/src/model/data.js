// Data: overviews of a conflict, as known at a position and as known now, and what a search finds.

import { ask, entries } from "../api.js";
import { learnedLater, marksOf, none } from "./marks.js";

const KEPT = 8;

/** What the page draws of one conflict. */
export class Data {
  #conflict;
  #kept = new Map();

  constructor(conflict) {
    this.#conflict = conflict;
  }

  get conflict() {
    return this.#conflict;
  }

  /**
   * An overview as of a position ("" for the latest), with its marks; `range` [from, to] in Unix seconds asks for
   * a part alone. An answer as of a position is kept: it never changes while its version is served.
   */
  async overview(position, range, signal) {
    const key = `${position} ${range ?? ""}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const parameters = { as_of: position };
    if (range) Object.assign(parameters, { from: time(range[0]), to: time(range[1]) });
    const told = await ask(`/conflicts/${encodeURIComponent(this.#conflict)}/overview`, parameters, { signal });
    const overview = { ...told, ...marksOf(told) };
    if (position) {
      this.#kept.set(key, overview);
      if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    }
    return overview;
  }

  /** What is in the latest overview and was not, or not so, in another one. */
  later(known, latest) {
    if (known === latest) return { statements: none("statements"), incidents: none("incidents") };
    return {
      statements: learnedLater(known.statements, latest.statements),
      incidents: learnedLater(known.incidents, latest.incidents),
    };
  }

  /** The ids of statements and incidents in which all words of a text are found. */
  async search(text, position, signal) {
    const asked = { q: text, as_of: position };
    const [happenings, incidents] = await Promise.all([
      entries(this.#conflict, "chronology", asked, { signal, most: 20_000 }),
      entries(this.#conflict, "incidents", asked, { signal, most: 20_000 }),
    ]);
    return new Set([...happenings.entries, ...incidents.entries].map((entry) => entry.entry));
  }
}

function time(seconds) {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
