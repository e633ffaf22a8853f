// Arcs: from a statement to the strikes reported after it.

import { LONGER, none, precision } from "../model/marks.js";
import { lag } from "../words/time.js";
import { t } from "../words/index.js";
import { placed } from "./labels.js";
import { drawMarks, placesOf } from "./lanes.js";
import { ordered } from "./ordering.js";
import { packInto } from "./packing.js";
import { colours, FONT_STRONG } from "./palette.js";
import { HALF } from "./scene.js";

/** More arcs than this in view: those that would cover each other are drawn once. */
const MANY = 300;

/**
 * @typedef {object} Joined a pair as it is drawn
 * @property {Pair} pair
 * @property {number} place of its incident among the marks, or -1 where that is not given one by one
 * @property {boolean} solid definite within the window; else possible, or of unknown order
 */

/** The pairs that fit the window, of incidents that the filters leave. @returns {Joined[]} */
export function joined(pairs, window, lane) {
  return pairs
    .filter((pair) => pair.fits?.[window.name] && Number.isFinite(pair.from) && Number.isFinite(pair.to))
    .map((pair) => ({
      pair,
      place: lane.find(pair.incident),
      isHidden: lane.marks.at.has(pair.incident) && lane.find(pair.incident) < 0,
      solid: pair.fits[window.name] === "definite" && pair.order === "after",
    }))
    .filter((one) => !one.isHidden);
}

/** Where each joined incident is drawn: its mark's row, or one of its own where the lane only counts. */
export function settle(all, lane, plan, scene, scale) {
  const at = placesOf(lane, plan, scene, scale);
  const own = plan.single ? all.filter((one) => one.place < 0) : all;
  if (own.length && !plan.alone?.has(all)) plan.alone = new Map([[all, ownRows(own, scene, scale)]]);
  const alone = plan.alone?.get(all);
  return all.map((one) => {
    const spot = alone?.get(one) ?? at(one.place);
    return { ...one, ...spot };
  });
}

function ownRows(all, scene, scale) {
  const sorted = [...all].sort((a, b) => a.pair.from - b.pair.from);
  const marks = marksOf(sorted.map((one) => one.pair));
  const ordering = ordered(marks, new Uint8Array(marks.size).fill(1));
  const { packed, level } = packInto(scene.incidents, marks, ordering, scale.secondsPerPixel);
  return new Map(
    sorted.map((one, place) => {
      const row = Math.max(0, packed.rows[place]);
      return [
        one,
        {
          x: scale.x(one.pair.from),
          end: scale.x(one.pair.to),
          y: marks.precision[place] === LONGER ? scene.incidents.longY(row) : level.y(row),
        },
      ];
    }),
  );
}

/** Marks of nothing but the times of pairs. */
export function marksOf(pairs) {
  return {
    ...none("incidents"),
    size: pairs.length,
    entry: pairs.map((pair) => pair.incident),
    from: Float64Array.from(pairs, (pair) => pair.from),
    to: Float64Array.from(pairs, (pair) => pair.to),
    precision: Uint8Array.from(pairs, (pair) => precision(pair.to - pair.from)),
  };
}

/** The curve from a statement's latest moment to a strike's earliest: as wide as the least time between them. */
export function curve(from, to) {
  const depth = (to.y - from.y) * 0.55;
  return [from.x, from.y, from.x, from.y + depth, to.x, to.y - depth, to.x, to.y];
}

/** Draws arcs, the incidents that they end at, and the ruler of lags. `said` is {x, end, y} of the statement. */
export function drawArcs(context, said, spots, scene, of, { level, hovered = null, ranks, faint = false }) {
  const start = { x: said.end, y: said.y + HALF.statements };
  const inView = spots.filter((one) => one.end >= scene.left - 4 && one.x <= scene.right + 4);
  const seen = inView.length > MANY ? once(inView, (one) => `${one.x >> 1} ${one.y} ${one.solid}`) : inView;
  const ends = inView.length > MANY ? once(inView, (one) => `${one.x >> 1} ${one.solid}`) : inView;
  context.strokeStyle = of.strikes;
  // One pixel, and each for itself: many curves in one path, or wider ones, cost five to ten times as much.
  context.lineWidth = 1;
  for (const solid of [false, true]) {
    context.globalAlpha = (solid ? 0.85 : 0.6) * (faint ? 0.6 : 1);
    context.setLineDash(solid ? [] : [5, 4]);
    for (const one of ends) {
      if (one.solid !== solid) continue;
      context.beginPath();
      addCurve(context, start, one);
      context.stroke();
    }
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (faint) return;
  const marks = marksOf(seen.map((one) => one.pair));
  const places = seen.map((_, place) => place);
  drawMarks(context, marks, places, (place) => seen[place], {
    ...colours(of, "incidents"),
    ground: of.ground,
    ranks,
    level,
  });
  const one = hovered && inView.find((spot) => spot.pair.incident === hovered);
  if (one) {
    context.beginPath();
    addCurve(context, start, one);
    context.lineWidth = 2.6;
    context.strokeStyle = of.ink;
    context.setLineDash(one.solid ? [] : [5, 3]);
    context.stroke();
    context.setLineDash([]);
  }
  drawRuler(context, one && !ends.includes(one) ? [one, ...ends] : ends, one, scene, of);
}

/** The first of those that would be drawn onto each other. */
function once(spots, key) {
  const found = new Map();
  for (const spot of spots) {
    const place = key(spot);
    if (!found.has(place)) found.set(place, spot);
  }
  return [...found.values()];
}

function addCurve(context, start, spot) {
  const [x, y, ...rest] = curve(start, { x: spot.x, y: spot.y - HALF.incidents });
  context.moveTo(x, y);
  context.bezierCurveTo(...rest);
}

/** Lags above the strikes, as many as fit; the one that is pointed at first. */
function drawRuler(context, spots, pointed, scene, of) {
  context.font = FONT_STRONG;
  context.textBaseline = "middle";
  const y = scene.gap.bottom - 12;
  const labels = spots
    .filter((one) => one === pointed || one.pair.order === "after")
    .filter((one) => one.x >= scene.left - 4 && one.x <= scene.right + 4)
    .map((one) => {
      const text = lagText(one.pair);
      return {
        text,
        x: one.x,
        width: context.measureText(text).width + 6,
        rank: one === pointed ? 2 : Number(one.solid),
        one,
      };
    });
  for (const { text, left, width, one } of placed(labels, [scene.left, scene.right])) {
    context.globalAlpha = 0.88;
    context.fillStyle = one === pointed ? of.ink : of.ground;
    context.fillRect(left, y - 8, width, 16);
    context.globalAlpha = 1;
    context.fillStyle = one === pointed ? of.ground : of.ink;
    context.fillText(text, left + 3, y);
  }
}

/** A lag as the ruler has it: one that is known better than it is written becomes one number. */
export function lagText({ lagMin, lagMax, order }) {
  if (order !== "after") return t("chart.lagUnknown", { lag: lagUpTo(lagMax) });
  const unit = unitOf(lagMax);
  const middle = Math.round((lagMin + lagMax) / 2 / unit) * unit;
  return t("chart.lag", { lag: lagMax - lagMin <= unit ? lag(middle, middle) : lag(lagMin, lagMax) });
}

/** The longest that a lag can be. */
export function lagUpTo(lagMax) {
  const unit = unitOf(lagMax);
  const most = Math.ceil(lagMax / unit) * unit;
  return lag(most, most);
}

/** What `lag` counts in, s. */
function unitOf(lagMax) {
  return lagMax >= 48 * 3_600 ? 8_640 : lagMax < 3_600 ? 60 : 3_600;
}
