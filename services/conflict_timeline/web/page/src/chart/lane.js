// Lane: the marks of one kind, and how they are drawn for a view: one by one, or how many there are.

import { LONGER, none } from "../model/marks.js";
import { bars, countIn, gathered, stepFor } from "./density.js";
import { ordered, within } from "./ordering.js";
import { OVER, overlaid, pack, packedScale, planOf } from "./packing.js";
import { across } from "./scene.js";

/** More marks than this in view are counted, not drawn. */
const SINGLE_MAX = 1_500;
/** The share of marks in view that may lie on others. */
const OVER_MAX = 0.2;
/** The same, longer ranges included: these may lie on each other, as what tells them apart is where they end. */
const OVER_ALL_MAX = 0.5;
const KEPT = 12;
const NOBODY = new Uint8Array(0);

/**
 * @typedef {object} Plan
 * @property {boolean} single whether marks are drawn one by one
 * @property {number[]} places, later those in view
 * @property {Level} level what rows they lie in
 * @property {Packed | null} packed, laterPacked their rows, where they are drawn one by one
 * @property {object | null} bars, laterBars how many there are, where they are not
 */

export class Lane {
  #before = null;
  #packings = new Map();
  #plans = new Map();

  constructor(kind) {
    this.kind = kind;
    this.marks = none(kind);
    this.mask = NOBODY;
    this.ordering = ordered(this.marks, this.mask);
    this.later = { marks: none(kind), mask: NOBODY };
    this.later.ordering = ordered(this.later.marks, this.later.mask);
    this.density = null;
    this.extent = null;
  }

  /** Takes other marks; what is as it was keeps its order and its rows. */
  take({ marks, mask, later, laterMask, density }) {
    this.#plans.clear();
    this.density = density;
    const isOther = marks !== this.marks;
    if (isOther || !same(mask, this.mask)) {
      // Other filters may move everything; other marks must not move those that stay.
      if (!isOther) this.#before = null;
      else if (this.#packings.size) this.#before = { marks: this.marks, packings: this.#packings };
      this.#packings = new Map();
      if (isOther) this.extent = extentOf(marks);
      this.marks = marks;
      this.mask = mask;
      this.ordering = ordered(marks, mask);
    }
    if (later !== this.later.marks || !same(laterMask, this.later.mask)) {
      this.later = { marks: later, mask: laterMask, ordering: ordered(later, laterMask) };
      for (const packing of this.#packings.values()) for (const made of packing.made) if (made) made.later = null;
    }
  }

  /** How this is drawn. @returns {Plan} */
  plan(view, scene) {
    const key = `${view[0]} ${view[1]} ${scene.width} ${scene.height} ${scene.share.words} ${scene.share.long}`;
    let plan = this.#plans.get(key);
    if (!plan) {
      if (this.#plans.size >= KEPT) this.#plans.clear();
      this.#plans.set(key, (plan = this.#planned(view, scene)));
    }
    return plan;
  }

  /** How many wanted marks touch a view; where they are too many to be had, how many are counted there. */
  count(view) {
    return this.marks.dense
      ? countIn(this.density, this.kind, view)
      : within(this.marks, this.ordering, ...view).length;
  }

  /** The place of an id among the wanted marks that have a time, or -1. */
  find(entry) {
    const place = this.marks.at.get(entry);
    return place !== undefined && this.mask[place] && Number.isFinite(this.marks.from[place] + this.marks.to[place])
      ? place
      : -1;
  }

  /** The middle of a mark's row. */
  y(plan, scene, place, { isLater = false } = {}) {
    const band = scene[this.kind];
    const marks = isLater ? this.later.marks : this.marks;
    const packed = isLater ? plan.laterPacked : plan.packed;
    const row = Math.max(0, packed?.rows[place] ?? 0);
    return marks.precision[place] === LONGER ? band.longY(row) : plan.level.y(row);
  }

  /** How many there are in each bar over [from, to], the bars at least so long (s). */
  bars(range, step, density = null) {
    if (this.marks.dense || density) return gathered(density ?? this.density, this.kind, range, step);
    return whole(this.marks, this.ordering, range, step);
  }

  #planned(view, scene) {
    const { secondsPerPixel } = across(scene, view);
    const places = within(this.marks, this.ordering, ...view);
    const later = within(this.later.marks, this.later.ordering, ...view);
    const plan = {
      single: !this.marks.dense,
      places,
      later,
      level: scene[this.kind].levels[0],
      packed: null,
      laterPacked: null,
      bars: null,
      laterBars: null,
    };
    const band = scene[this.kind];
    const { rows, half } = band.levels.at(-1);
    const room = (rows * (scene.right - scene.left)) / (2 * half + 2);
    if (places.length + later.length > Math.min(SINGLE_MAX, room)) plan.single = false;
    if (plan.single) {
      const { packed, level, later: laterPacked } = this.#packed(secondsPerPixel, band, places);
      const share = Math.max(
        overlaid(packed, short(this.marks, places)),
        overlaid(laterPacked, short(this.later.marks, later)),
      );
      if (share > OVER_MAX || overlaid(packed, places) > OVER_ALL_MAX) plan.single = false;
      Object.assign(plan, { packed, laterPacked, level });
    }
    if (!plan.single) {
      const step = stepFor(secondsPerPixel);
      plan.bars = this.bars(view, step);
      if (later.length) plan.laterBars = whole(this.later.marks, this.later.ordering, view, plan.bars.step);
    }
    return plan;
  }

  /**
   * The rows at a scale: tighter ones where marks in view lie on each other. While the scale stays they get no
   * roomier again, and moving the view moves them at most once or twice.
   */
  #packed(secondsPerPixel, band, places) {
    const key = `${packedScale(secondsPerPixel)} ${band.top} ${band.bottom} ${band.longRows}`;
    const old = this.#before?.packings.get(key);
    let packing = this.#packings.get(key);
    if (!packing) {
      packing = { at: old?.at ?? 0, made: [] };
      if (this.#packings.size >= KEPT) this.#packings.delete(this.#packings.keys().next().value);
      this.#packings.set(key, packing);
    }
    for (; ; packing.at += 1) {
      const { at } = packing;
      const level = band.levels[at];
      const plan = planOf(band, level, secondsPerPixel);
      const before = old?.made[at] ? { marks: this.#before.marks, packed: old.made[at].packed } : null;
      const made = (packing.made[at] ??= {
        packed: pack(this.marks, this.ordering, plan, { before }),
        level,
        later: null,
      });
      if (at < band.levels.length - 1 && overlaid(made.packed, short(this.marks, places)) > OVER) {
        this.#plans.clear(); // They are for roomier rows.
        continue;
      }
      made.later ??= pack(this.later.marks, this.later.ordering, plan, { taken: made.packed });
      return made;
    }
  }
}

/** Those places whose marks are no longer ranges. */
function short(marks, places) {
  return places.filter((place) => marks.precision[place] !== LONGER);
}

/** Bars that are whole at the edges of a range too, so that they keep their height when the view moves. */
function whole(marks, ordering, [from, to], step) {
  const range = [Math.floor(from / step) * step, (Math.floor(to / step) + 1) * step - 1];
  return bars(marks, within(marks, ordering, ...range), range, step);
}

/** From when to when there are marks, wanted or not; null where there are none. */
function extentOf({ from, to, size }) {
  let low = Infinity;
  let high = -Infinity;
  for (let place = 0; place < size; place += 1) {
    if (from[place] < low) low = from[place];
    if (to[place] > high) high = to[place];
  }
  return low <= high ? [low, high] : null;
}

function same(one, other) {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}
