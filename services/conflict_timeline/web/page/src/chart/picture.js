// Picture: what is to be seen, whatever its size; and where the reader is in it.

import { none } from "../model/marks.js";
import { joined } from "./arcs.js";
import { Lane } from "./lane.js";
import { neighbour } from "./ordering.js";
import { SHARES, sceneOf } from "./scene.js";
import { drawable, moved, showing, zoomed } from "./view.js";

const KINDS = ["statements", "incidents"];
const EMPTY = new Uint8Array(0);
/** Room is made for no more marks than these in view: then bars tell more. */
const ROOM_FOR_MAX = 200;

export class Picture {
  lanes = { statements: new Lane("statements"), incidents: new Lane("incidents") };
  view = drawable(null);
  bounds = drawable(null);
  knownUntil = null;
  selected = null;
  focused = null;
  hovered = null;
  window = { name: "72h", seconds: 259_200 };
  pairs = [];
  joined = [];
  aside = null;
  density = null;
  ranks = new Map();
  #given = null;
  #emitted = null;
  #parties = [];

  /** Takes what `chart.update` is given. */
  take(given) {
    const { density = null, wholeDensity = density } = given;
    const masks = { statements: given.statementMask, incidents: given.incidentMask };
    for (const kind of KINDS) {
      const marks = given[kind] ?? none(kind);
      const later = given.later?.[kind] ?? none(kind);
      const laterMask = given.laterMasks?.[kind] ?? EMPTY;
      this.lanes[kind].take({ marks, mask: masks[kind] ?? EMPTY, later, laterMask, density });
    }
    this.density = wholeDensity;
    this.knownUntil = given.knownUntil ?? null;
    this.window = given.window ?? this.window;
    this.pairs = given.pairs ?? [];
    this.joined = joined(this.pairs, this.window, this.lanes.incidents);
    const selected = given.selected ?? null;
    if (selected?.entry !== this.selected?.entry && selected?.entry !== this.focused?.entry) this.focused = null;
    this.selected = selected;
    if (this.focused && this.lanes[this.focused.kind].find(this.focused.entry) < 0) this.focused = null;
    this.bounds = this.#bounds(drawable(given.extent));
    this.#look(given.view ?? given.extent);
    this.#rank();
  }

  /**
   * Where things are drawn at a size. The lanes share the room as usual, or so that more of them show their marks one
   * by one. What was drawn before has no part in it: a link shows others the same.
   */
  scene(width, height) {
    let best = sceneOf(width, height);
    if (!KINDS.some((kind) => this.#isCrowded(kind, best))) return best;
    const singles = (scene) => KINDS.filter((kind) => this.lanes[kind].plan(this.view, scene).single).length;
    let most = singles(best);
    for (const share of SHARES.slice(1)) {
      const scene = sceneOf(width, height, share);
      const found = singles(scene);
      if (found > most) [best, most] = [scene, found];
    }
    return best;
  }

  /** Moves the view; false where it is there already. */
  show(view) {
    if (view[0] === this.view[0] && view[1] === this.view[1]) return false;
    this.view = view;
    return true;
  }

  /** Zooms around a moment; by default around what is focused or selected, if that is in view. */
  zoom(factor, around = this.#anchor()) {
    return this.show(zoomed(this.view, factor, this.bounds, around));
  }

  pan(seconds) {
    return this.show(moved(this.view, seconds, this.bounds));
  }

  /** The view in whole seconds, as it is told to others; an update that gives it back moves nothing. */
  told() {
    this.#emitted = [Math.floor(this.view[0]), Math.ceil(this.view[1])];
    return [...this.#emitted];
  }

  inView() {
    return Object.fromEntries(KINDS.map((kind) => [kind, this.lanes[kind].count(this.view)]));
  }

  /** Focuses the mark before (-1) or after (1) the one that is focused or selected, and shows it. */
  step(way, kind) {
    const lane = this.lanes[kind];
    const place = this.#next(lane, way);
    if (place < 0) return null;
    this.focused = { kind, entry: lane.marks.entry[place] };
    this.show(showing(this.view, lane.marks.from[place], lane.marks.to[place], this.bounds));
    return { ...this.focused };
  }

  /** Focuses the first (-1) or last (1) mark of a kind. */
  stepToEnd(way, kind) {
    const { all } = this.lanes[kind].ordering;
    const place = way < 0 ? all[0] : all.at(-1);
    if (place === undefined) return null;
    const { marks } = this.lanes[kind];
    this.focused = { kind, entry: marks.entry[place] };
    this.show(showing(this.view, marks.from[place], marks.to[place], this.bounds));
    return { ...this.focused };
  }

  /** The pair that joins an incident to the selected statement, or null. */
  pairOf({ kind, entry }) {
    return kind === "incidents" ? (this.pairs.find((pair) => pair.incident === entry) ?? null) : null;
  }

  /** The parties that speak, the most frequent first. */
  get parties() {
    return this.#parties;
  }

  /** Whether marks of a kind are counted, though they are few. */
  #isCrowded(kind, scene) {
    const { marks } = this.lanes[kind];
    const plan = this.lanes[kind].plan(this.view, scene);
    return !plan.single && !marks.dense && plan.places.length + plan.later.length <= ROOM_FOR_MAX;
  }

  #anchor() {
    const moments = [this.focused, this.selected].filter(Boolean).map(({ kind, entry }) => {
      const place = this.lanes[kind].find(entry);
      return place < 0 ? NaN : this.lanes[kind].marks.from[place];
    });
    return moments.find((moment) => moment >= this.view[0] && moment <= this.view[1]);
  }

  #next(lane, way) {
    const here = [this.focused, this.selected].filter(Boolean);
    const own = here.find((one) => one.kind === lane.kind && lane.find(one.entry) >= 0);
    if (own) {
      const place = lane.find(own.entry);
      return neighbour(lane.marks, lane.ordering, way, place, lane.marks.from[place]);
    }
    const other = here.map((one) => [this.lanes[one.kind], one.entry]).find(([one, entry]) => one.find(entry) >= 0);
    const moment = other ? other[0].marks.from[other[0].find(other[1])] : way > 0 ? this.view[0] : this.view[1];
    const found = neighbour(lane.marks, lane.ordering, way, -1, moment);
    return found < 0 ? neighbour(lane.marks, lane.ordering, -way, -1, moment) : found;
  }

  /** What is given again, or what was told by ourselves, moves nothing: the reader may be further by now. */
  #look(view) {
    if (!near(view, this.#given) && !near(view, this.#emitted)) {
      this.view = drawable(view);
      this.#emitted = null;
    }
    this.#given = view;
  }

  /** The extent, and whatever has come since that lies outside of it. */
  #bounds([from, to]) {
    for (const kind of KINDS) {
      const span = this.lanes[kind].extent;
      if (span) [from, to] = [Math.min(from, span[0]), Math.max(to, span[1])];
    }
    return [from, to];
  }

  /** Parties keep the sign that they got first: what is known at another moment must not exchange them. */
  #rank() {
    const { marks } = this.lanes.statements;
    const counts = new Map();
    for (const party of marks.party) if (party >= 0) counts.set(party, (counts.get(party) ?? 0) + 1);
    const found = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([party]) => marks.names[party]);
    if (!found.some((party) => this.#parties.includes(party))) this.#parties = [];
    this.#parties.push(...found.filter((party) => !this.#parties.includes(party)));
    this.ranks = new Map([...counts.keys()].map((party) => [party, this.#parties.indexOf(marks.names[party])]));
  }
}

function near(one, other) {
  return Boolean(one && other) && Math.abs(one[0] - other[0]) <= 1 && Math.abs(one[1] - other[1]) <= 1;
}
