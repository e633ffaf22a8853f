// Around: what stands above the lanes: the strip of all there is, and the axis.

import { stepFor } from "./density.js";
import { drawBars } from "./lanes.js";
import { colours, FONT, FONT_STRONG } from "./palette.js";
import { across } from "./scene.js";
import { ticks } from "./ticks.js";

/** Draws the strip of all there is: words up, strikes down, into a box {left, right, top, bottom}. */
export function drawOverview(context, picture, box, of) {
  const { bounds, lanes, knownUntil } = picture;
  const middle = Math.round((box.top + box.bottom) / 2);
  const scale = across(box, bounds);
  if (knownUntil !== null && knownUntil < bounds[1]) {
    context.fillStyle = of.unknown;
    const x = Math.max(box.left, scale.x(knownUntil));
    context.fillRect(x, box.top, box.right - x, box.bottom - box.top);
  }
  const depth = (box.bottom - box.top) / 2 - 2;
  const sides = [
    ["statements", { way: -1, edge: middle - 0.5, depth }],
    ["incidents", { way: 1, edge: middle + 0.5, depth }],
  ];
  for (const [kind, band] of sides) {
    context.fillStyle = colours(of, kind).strong;
    const step = stepFor(scale.secondsPerPixel, 2);
    drawBars(context, lanes[kind].bars(bounds, step, wholeOf(picture, lanes[kind])), band, scale);
  }
  context.fillStyle = of.lineStrong;
  context.fillRect(box.left, middle - 0.5, box.right - box.left, 1);
}

/** Draws where the view is in the strip: on the page that is the brush. */
export function drawFrame(context, { view, bounds }, box, of) {
  const { x } = across(box, bounds);
  const from = Math.max(box.left, x(view[0]));
  const to = Math.min(box.right, x(view[1]));
  context.strokeStyle = of.ink;
  context.lineWidth = 2;
  context.strokeRect(Math.min(from, box.right - 3), box.top, Math.max(3, to - from), box.bottom - box.top);
}

/** Draws the axis as text: on the page it is SVG, in a picture it is part of it. */
export function drawAxis(context, picture, scene, y, of) {
  const scale = across(scene, picture.view);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { at, text, strong } of ticks(picture.view, scene.right - scene.left)) {
    context.font = strong ? FONT_STRONG : FONT;
    context.fillStyle = strong ? of.ink : of.inkSoft;
    context.fillText(text, scale.x(at), y);
  }
  context.textAlign = "left";
}

// The service's counts of all there is, where they tell of more than the marks that are at hand.
function wholeOf({ density, lanes }, lane) {
  if (!density || lanes[lane.kind].marks.dense) return density;
  let sum = 0;
  for (const count of density[lane.kind] ?? []) sum += count;
  return sum > lane.marks.size ? density : null;
}
