// Drawn: what the page shows of one conflict: as known, what was learned later, and what the filters leave.

import { ask } from "../api.js";
import { FILTERS, zoomOf } from "../state.js";
import { Data } from "./data.js";
import { counts, mask } from "./filters.js";
import { merged } from "./merge.js";
import { none } from "./marks.js";

const KINDS = { chronology: "statements", incidents: "incidents" };
const EDGE = 0.02;
const REFETCH_MS = 2_000;
const CONFIRM_MS = 1_200;
const CONFIRM_TRIES = 8;

/** One conflict. `known` and `latest` are overviews with marks; they are the same one where the latest is shown. */
export class Drawn {
  #data;
  #heard;
  #aborts = new Map();
  #extent = null;
  #refetching = 0;
  #confirming = 0;

  /**
   * `onChange()` is called when something else is to be drawn, `onCaughtUp()` when all was read again because something
   * had been missed, `onSearch(n)` with what a search found.
   */
  constructor(conflict, { onChange, onCaughtUp, onSearch }) {
    this.#data = new Data(conflict);
    this.#heard = { onChange, onCaughtUp, onSearch };
    this.known = null;
    this.latest = null;
    this.found = null;
    this.later = { statements: none("statements"), incidents: none("incidents") };
  }

  /** Reads what a state shows. @throws {ProblemError} */
  async load(state, { anew = false } = {}) {
    const signal = this.#fresh("load");
    const [latest, known] = await Promise.all([
      this.#data.overview("", null, signal),
      state.p ? this.#data.overview(state.p, null, signal) : null,
    ]);
    this.latest = latest;
    this.known = known ?? latest;
    if (!anew) this.#extent = null;
    await this.#dense(state);
    if (state.q) this.#search(state);
    this.#settle(state);
  }

  /** Follows a change of the state. @throws {ProblemError} what was known then cannot be read. */
  async changed(state, before) {
    if (!this.known) return;
    let isOther = [...FILTERS, "q", "p"].some((name) => String(state[name]) !== String(before[name]));
    if (state.p !== before.p) {
      this.known = state.p ? await this.#data.overview(state.p, null, this.#fresh("load")) : this.latest;
      await this.#dense(state);
    } else if (state.z !== before.z && (this.known.statements.dense || this.known.incidents.dense || this.#ranged)) {
      await this.#dense(state);
      isOther = true;
    }
    if (state.q !== before.q || (state.q && state.p !== before.p)) this.#search(state);
    if (isOther) this.#settle(state);
    this.#state = state;
  }

  /** Puts in what was heard live; how many revisions were new. */
  heard(came) {
    let count = 0;
    const isLatest = this.known === this.latest;
    const next = { ...this.latest };
    for (const [projection, entries] of Object.entries(came)) {
      const kind = KINDS[projection];
      const after = merged(next[kind], entries);
      if (after !== next[kind]) count += entries.length;
      next[kind] = after;
      next.position = Math.max(next.position, ...entries.map((entry) => entry.position));
    }
    if (!count) return 0;
    next.extent = grown(next.extent, next.statements, next.incidents);
    next.head = Math.max(next.head, next.position);
    next.recorded_at = null;
    next.digests = {};
    this.latest = next;
    if (isLatest) this.known = next;
    this.#settle(this.#state);
    this.#confirm(CONFIRM_TRIES);
    return count;
  }

  /** Ends what still waits. */
  end() {
    clearTimeout(this.#refetching);
    clearTimeout(this.#confirming);
    for (const abort of this.#aborts.values()) abort.abort();
  }

  /** Asks for what revisions do not tell: when the head was recorded, and the digests of all timelines there. */
  #confirm(tries) {
    clearTimeout(this.#confirming);
    if (tries > 0) this.#confirming = setTimeout(() => this.#ask(tries), CONFIRM_MS);
  }

  async #ask(tries) {
    const { latest } = this;
    const status = await ask("/status", {}, { signal: this.#fresh("status") }).catch(() => null);
    if (latest !== this.latest) return; // More has come, and is asked about.
    const told = status?.conflicts.find((one) => one.conflict === this.#data.conflict);
    if (told?.head === latest.position) latest.recorded_at = told.recorded_at;
    const there = (told?.projections ?? []).filter((one) => one.served && one.position === latest.position);
    for (const one of there) latest.digests[one.projection] = one.digest;
    if (this.known === latest) this.#heard.onChange();
    const isWhole = latest.recorded_at && told.projections.filter((one) => one.served).length === there.length;
    if (!isWhole) this.#confirm(tries - 1);
  }

  /** Heeds how far a timeline has come: its digest, and whether something was missed before it was followed. */
  progressed(projection, { position, digest, version }, state) {
    if (!this.latest) return;
    const missed = position > this.latest.position && version === this.latest.versions[projection];
    if (version !== this.latest.versions[projection] || (missed && !this.#refetching)) {
      this.#refetching ||= setTimeout(() => {
        this.#refetching = 0;
        this.load(state, { anew: true }).then(this.#heard.onCaughtUp, () => {});
      }, missed ? 300 : REFETCH_MS);
    } else if (digest && position === this.latest.position) {
      if (this.latest.digests[projection] === digest) return;
      this.latest.digests[projection] = digest;
      if (this.known === this.latest) this.#heard.onChange();
    }
  }

  /** The position that was known at a time (RFC 3339). @throws {ProblemError} */
  async positionAt(text) {
    return (await this.#data.overview(text, null, this.#fresh("time"))).position;
  }

  /** The position next to the one shown at which something on screen was learned; "" for the latest, null for none. */
  step(way, state) {
    if (!this.known) return null;
    const [from, to] = this.view(state);
    const steps = new Set();
    // What is shown now may have been learned before it was changed, or withdrawn, later: that is a step too.
    const all = [this.latest, this.known].flatMap((one) => [one.statements, one.incidents]);
    for (const marks of all) {
      for (let index = 0; index < marks.size; index += 1) {
        if (marks.to[index] >= from && marks.from[index] <= to) steps.add(marks.position[index]);
      }
    }
    const current = Number(state.p) || this.latest.position; // What is shown may still be on its way.
    const sorted = [...steps].sort((a, b) => a - b);
    if (way < 0) return String(sorted.findLast((one) => one < current) ?? Math.max(1, current - 1));
    const next = sorted.find((one) => one > current);
    return next === undefined || next >= this.latest.position ? "" : String(next);
  }

  /** What is looked at, [from, to] in Unix seconds: the zoom, or all there was when the page was opened. */
  view(state) {
    return zoomOf(state) ?? this.#all();
  }

  /** What the chart needs of this. A selected statement and its pairs are drawn whatever the filters leave. */
  picture(state, pairs = []) {
    const { known, laterMasks } = this;
    const masks = {
      statements: besides(this.masks.statements, this.shown.statements, state.s ? [state.s] : []),
      incidents: besides(this.masks.incidents, this.shown.incidents, [state.i, ...pairs.map((pair) => pair.incident)]),
    };
    const ranged = this.#ranged ?? known;
    const outlined = state.out !== "0" && known !== this.latest;
    const empty = { statements: none("statements"), incidents: none("incidents") };
    return {
      statements: this.shown.statements,
      incidents: this.shown.incidents,
      statementMask: masks.statements,
      incidentMask: masks.incidents,
      later: outlined ? this.later : empty,
      laterMasks: outlined ? laterMasks : { statements: new Uint8Array(0), incidents: new Uint8Array(0) },
      density: ranged.density ?? known.density,
      wholeDensity: known.density,
      extent: this.#all(),
      view: this.view(state),
      knownUntil: known !== this.latest && known.recorded_at ? Date.parse(known.recorded_at) / 1000 : null,
    };
  }

  #ranged = null;
  #state = null;

  /** Where there are too many marks, reads those of what is looked at alone. */
  async #dense(state) {
    const { known } = this;
    this.#ranged = null;
    if (!known.statements.dense && !known.incidents.dense) return;
    const zoom = zoomOf(state);
    if (!zoom) return;
    this.#ranged = await this.#data.overview(state.p || String(known.position), zoom, this.#fresh("range"));
  }

  #settle(state) {
    this.#state = state;
    const { known, latest, found } = this;
    const ranged = this.#ranged ?? known;
    this.shown = {
      statements: known.statements.dense ? ranged.statements : known.statements,
      incidents: known.incidents.dense ? ranged.incidents : known.incidents,
    };
    this.later = this.#data.later(known, latest);
    this.learned = { statements: this.later.statements.size, incidents: this.later.incidents.size };
    this.masks = { statements: mask(this.shown.statements, state, found), incidents: mask(this.shown.incidents, state, found) };
    this.laterMasks = { statements: mask(this.later.statements, state), incidents: mask(this.later.incidents, state) };
    this.counts = { statements: counts(this.shown.statements, state, found), incidents: counts(this.shown.incidents, state, found) };
    this.#heard.onChange();
  }

  #search(state) {
    const signal = this.#fresh("search");
    if (!state.q) {
      this.found = null;
      this.#heard.onSearch(null);
      return;
    }
    this.#heard.onSearch("…");
    this.#data.search(state.q, state.p, signal).then(
      (found) => {
        this.found = found;
        this.#heard.onSearch(found.size);
        this.#settle(this.#state);
      },
      (error) => {
        if (signal.aborted) return;
        this.found = null;
        this.#heard.onSearch(error.message);
      },
    );
  }

  #all() {
    if (!this.#extent && this.latest.extent) {
      const { from_s: from, to_s: to } = this.latest.extent;
      const edge = Math.max((to - from) * EDGE, 3_600);
      this.#extent = [from - edge, to + edge];
    }
    return this.#extent ?? [Date.now() / 1000 - 86_400, Date.now() / 1000];
  }

  /** A signal for a new request of one purpose; the one before it is given up. */
  #fresh(purpose) {
    this.#aborts.get(purpose)?.abort();
    const abort = new AbortController();
    this.#aborts.set(purpose, abort);
    return abort.signal;
  }
}

/** A mask with some entries besides. */
function besides(mask, marks, entries) {
  const places = entries.map((entry) => marks.at.get(entry)).filter((place) => place !== undefined && !mask[place]);
  if (!places.length) return mask;
  const result = mask.slice();
  for (const place of places) result[place] = 1;
  return result;
}

function grown(extent, ...all) {
  let from = extent?.from_s ?? Infinity;
  let to = extent?.to_s ?? -Infinity;
  for (const marks of all) {
    for (let index = 0; index < marks.size; index += 1) {
      if (marks.from[index] < from) from = marks.from[index];
      if (marks.to[index] > to) to = marks.to[index];
    }
  }
  return from <= to ? { from_s: from, to_s: to } : null;
}
