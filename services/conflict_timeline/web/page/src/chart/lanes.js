// Lanes: draws the marks of a kind, or how many there are.

import { INSTANT, LONGER } from "../model/marks.js";
import { body, caps, diamond, outline, sign } from "./glyphs.js";
import { colours } from "./palette.js";

/** How much of a mark's colour is left while others are selected. */
export const PALE = 0.26;
/** How large a party's sign is, of a head. */
const SIGN = 0.49;
const DASHES = [2.5, 2];

/** Draws a lane. `chosen`: places that keep their colour while the others are pale, or null where none are. */
export function drawLane(context, lane, plan, scene, scale, of, { chosen, ranks }) {
  const { strong, soft } = colours(of, lane.kind);
  if (!plan.single) {
    context.globalAlpha = chosen ? PALE + 0.1 : 1;
    context.fillStyle = strong;
    const sums = laterSums(plan);
    const most = Math.max(highest(plan.bars), ...sums);
    drawBars(context, plan.bars, scene[lane.kind], scale, most);
    context.globalAlpha = 1;
    if (sums.length) drawLaterBars(context, plan.laterBars, sums, scene[lane.kind], scale, of, most);
    return;
  }
  const others = chosen ? plan.places.filter((place) => !chosen.has(place)) : plan.places;
  context.globalAlpha = chosen ? PALE : 1;
  const at = placesOf(lane, plan, scene, scale);
  drawMarks(context, lane.marks, others, at, { strong, soft, ground: of.ground, ranks, level: plan.level });
  context.globalAlpha = 1;
  drawLater(context, lane, plan, scene, scale, of, chosen);
}

/** Draws single marks. `at(place)` gives {x, end, y}. */
export function drawMarks(context, marks, places, at, { strong, soft, ground, ranks, level }) {
  const isWords = marks.kind === "statements";
  const where = places.map(at);
  context.fillStyle = soft;
  places.forEach((place, index) => {
    if (marks.precision[place] === INSTANT) return;
    const { x, end, y } = where[index];
    body(context, x, end, y, marks.precision[place] === LONGER ? 3 : Math.min(4, level.cap));
  });
  context.fillStyle = strong;
  places.forEach((place, index) => {
    if (marks.precision[place] === INSTANT) return;
    const { x, end, y } = where[index];
    caps(context, x, end, y, marks.precision[place] === LONGER ? 3 : level.cap);
  });
  context.beginPath();
  places.forEach((place, index) => {
    if (marks.precision[place] === INSTANT) diamond(context, where[index].x, where[index].y, level.half);
  });
  if (!isWords) {
    context.fill();
    return;
  }
  // A statement's head holds the sign of who speaks; a diamond around it says that the time is known to the minute.
  context.fillStyle = ground;
  context.fill();
  context.strokeStyle = strong;
  context.lineWidth = 1.4;
  context.stroke();
  context.fillStyle = strong;
  context.beginPath();
  places.forEach((place, index) => {
    sign(
      context,
      ranks.get(marks.party[place]) ?? 3,
      where[index].x,
      where[index].y,
      isLong(marks, place) ? 3 : level.half * SIGN,
    );
  });
  context.fill();
}

/** The places of a lane's marks on the drawing, as `drawMarks` wants them. */
export function placesOf(lane, plan, scene, scale, isLater = false) {
  const marks = isLater ? lane.later.marks : lane.marks;
  return (place) => ({
    x: scale.x(marks.from[place]),
    end: scale.x(marks.to[place]),
    y: lane.y(plan, scene, place, { isLater }),
  });
}

/** The highest of some bars, which fills the depth of its lane. */
export function highest(...all) {
  let most = 0;
  for (const one of all) for (const count of one?.counts ?? []) if (count > most) most = count;
  return most;
}

/** Fills bars of density. `most` is what a bar of full height stands for. */
export function drawBars(context, bars, band, scale, most = highest(bars)) {
  if (!bars || !most) return;
  bars.counts.forEach((count, index) => {
    if (!count) return;
    const x = scale.x(bars.from + index * bars.step);
    const end = scale.x(bars.from + (index + 1) * bars.step);
    const height = Math.max(1.5, (count / most) * band.depth);
    const width = Math.max(1, end - x - (end - x > 3 ? 1 : 0));
    context.fillRect(x, band.way < 0 ? band.edge - height : band.edge, width, height);
  });
}

/** How high each bar would be with what was learned later; 0 where that is nothing. */
function laterSums({ bars, laterBars }) {
  if (!laterBars) return [];
  const known = new Map(Array.from(bars.counts, (count, index) => [bars.from + index * bars.step, count]));
  return Array.from(laterBars.counts, (count, index) =>
    count ? count + (known.get(laterBars.from + index * laterBars.step) ?? 0) : 0,
  );
}

function drawLaterBars(context, { from, step }, sums, band, scale, of, most) {
  dashes(context, of);
  sums.forEach((sum, index) => {
    if (!sum) return;
    const x = scale.x(from + index * step);
    const end = scale.x(from + (index + 1) * step);
    const height = (sum / most) * band.depth;
    context.strokeRect(x + 0.5, band.way < 0 ? band.edge - height : band.edge, Math.max(1, end - x - 2), height);
  });
  context.setLineDash([]);
}

function drawLater(context, lane, plan, scene, scale, of, chosen) {
  if (!plan.later.length) return;
  const { marks } = lane.later;
  const at = placesOf(lane, plan, scene, scale, true);
  context.globalAlpha = chosen ? 0.6 : 1;
  dashes(context, of);
  for (const place of plan.later) {
    const { x, end, y } = at(place);
    context.beginPath();
    if (marks.precision[place] === INSTANT) diamond(context, x, y, plan.level.half);
    else outline(context, x, end, y, marks.precision[place] === LONGER ? 4 : Math.min(6, 2 * plan.level.cap));
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function dashes(context, of) {
  context.setLineDash(DASHES);
  context.strokeStyle = of.later;
  context.lineWidth = 1;
}

function isLong(marks, place) {
  return marks.precision[place] === LONGER;
}
