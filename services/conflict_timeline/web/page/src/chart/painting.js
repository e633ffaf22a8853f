// Painting: the whole picture onto a canvas, from the ground up.

import { named, number, t } from "../words/index.js";
import { drawArcs, settle } from "./arcs.js";
import { drawLane, drawMarks, highest, placesOf } from "./lanes.js";
import { colours, FONT_SMALL, FONT_STRONG } from "./palette.js";
import { across } from "./scene.js";
import { ticks } from "./ticks.js";
import { lag } from "../words/time.js";

/**
 * @typedef {object} Picture what is to be seen, whatever its size
 * @property {{statements: Lane, incidents: Lane}} lanes
 * @property {[number, number]} view, bounds
 * @property {number | null} knownUntil
 * @property {{kind: string, entry: string} | null} selected, hovered
 * @property {{name: string, seconds: number}} window
 * @property {Joined[]} joined the pairs of the selected statement that are drawn
 * @property {{entry: string, joined: Joined[]} | null} aside those of a statement that is pointed at
 * @property {Map<number, number>} ranks the place of a party (in `names`) among those who speak most
 * @property {object | null} density of all there is
 */

/** Draws everything under the axis: ground, lanes, arcs. */
export function drawStage(context, picture, scene, of) {
  const { view, lanes, knownUntil } = picture;
  const scale = across(scene, view);
  const plans = { statements: lanes.statements.plan(view, scene), incidents: lanes.incidents.plan(view, scene) };
  const said = placeOfSelected(picture, "statements");
  const struck = placeOfSelected(picture, "incidents");
  const pairs = said < 0 ? [] : picture.joined;

  context.fillStyle = of.ground;
  context.fillRect(0, 0, scene.width, scene.height);
  context.save();
  context.beginPath();
  context.rect(scene.left, 0, scene.right - scene.left, scene.height);
  context.clip();
  if (said >= 0) drawWindow(context, picture, said, scene, scale, of);
  drawUnknown(context, knownUntil, scene, scale, of);
  drawGrid(context, view, scene, scale, of);
  if (said >= 0) drawWindowName(context, picture, said, scene, scale, of);
  const isPale = picture.selected !== null && (said >= 0 || struck >= 0);
  const chosen = {
    statements: isPale ? new Set([said]) : null,
    incidents: isPale ? new Set([struck, ...pairs.map((pair) => pair.place)]) : null,
  };
  for (const kind of ["statements", "incidents"]) {
    drawLane(context, lanes[kind], plans[kind], scene, scale, of, { chosen: chosen[kind], ranks: picture.ranks });
  }
  if (picture.aside) drawAside(context, picture, plans, scene, scale, of);
  if (said >= 0) {
    const at = placesOf(lanes.statements, plans.statements, scene, scale)(said);
    drawArcs(context, at, settle(pairs, lanes.incidents, plans.incidents, scene, scale), scene, of, {
      hovered: picture.hovered?.kind === "incidents" ? picture.hovered.entry : null,
      ranks: picture.ranks,
      level: plans.incidents.level,
    });
    drawSelected(context, lanes.statements, said, at, of, { ranks: picture.ranks, level: scene.statements.levels[0] });
  }
  if (struck >= 0) {
    const at = placesOf(lanes.incidents, plans.incidents, scene, scale)(struck);
    drawSelected(context, lanes.incidents, struck, at, of, { ranks: picture.ranks, level: scene.incidents.levels[0] });
  }
  drawKnownUntil(context, knownUntil, scene, scale, of);
  context.restore();
  drawNames(context, plans, scene, of);
}

/** The place of the selected mark of a kind among those that are drawn, or -1. */
export function placeOfSelected({ selected, lanes }, kind) {
  return selected?.kind === kind ? lanes[kind].find(selected.entry) : -1;
}

function drawAside(context, picture, plans, scene, scale, of) {
  const { lanes, aside } = picture;
  const place = lanes.statements.find(aside.entry);
  if (place < 0 || !plans.statements.single) return;
  const at = placesOf(lanes.statements, plans.statements, scene, scale)(place);
  const spots = settle(aside.joined, lanes.incidents, plans.incidents, scene, scale);
  drawArcs(context, at, spots, scene, of, { ranks: picture.ranks, level: plans.incidents.level, faint: true });
}

// The window runs from the words on. Where their time is a range, its begin and its end are as unsure: lighter.
function drawWindow(context, { lanes, window }, place, scene, scale, of) {
  const { from, to } = lanes.statements.marks;
  const [early, late] = [from[place], to[place]];
  const span = (a, b, alpha) => {
    if (b <= a) return;
    context.globalAlpha = alpha;
    context.fillRect(scale.x(a), 0, scale.x(b) - scale.x(a), scene.height);
  };
  context.fillStyle = of.window;
  span(early, Math.min(late, early + window.seconds), 0.5);
  span(late, early + window.seconds, 1);
  span(Math.max(late, early + window.seconds), late + window.seconds, 0.5);
  context.globalAlpha = 1;
}

function drawWindowName(context, { lanes, window }, place, scene, scale, of) {
  const late = lanes.statements.marks.to[place];
  const left = Math.max(scale.x(late), scene.left);
  const right = Math.min(scale.x(late + window.seconds), scene.right);
  const text = t("chart.window", { window: named("window", window.name) });
  context.font = FONT_SMALL;
  if (right - left < context.measureText(text).width + 12) return;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.fillStyle = of.inkSoft;
  context.fillText(text, right - 6, scene.gap.top + 12);
  context.textAlign = "left";
}

function drawUnknown(context, knownUntil, scene, scale, of) {
  if (knownUntil === null) return;
  const x = Math.max(scene.left, scale.x(knownUntil));
  if (x >= scene.right) return;
  context.globalAlpha = 0.75;
  context.fillStyle = of.unknown;
  context.fillRect(x, 0, scene.right - x, scene.height);
  context.globalAlpha = 1;
}

function drawKnownUntil(context, knownUntil, scene, scale, of) {
  if (knownUntil === null) return;
  const x = scale.x(knownUntil);
  if (x < scene.left || x > scene.right) return;
  context.strokeStyle = of.ink;
  context.lineWidth = 1.25;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, scene.height);
  context.stroke();
  context.setLineDash([]);
  context.font = FONT_STRONG;
  context.textBaseline = "middle";
  context.fillStyle = of.ink;
  const text = t("chart.knownUntil");
  const isRight = x + context.measureText(text).width + 10 < scene.right;
  context.textAlign = isRight ? "left" : "right";
  context.fillText(text, x + (isRight ? 5 : -5), 11);
  context.textAlign = "left";
}

function drawGrid(context, view, scene, scale, of) {
  context.fillStyle = of.line;
  for (const { at } of ticks(view, scene.right - scene.left)) {
    context.fillRect(Math.round(scale.x(at)), 0, 1, scene.height);
  }
  for (const kind of ["statements", "incidents"]) {
    context.fillRect(scene.left, scene[kind].edge + (kind === "statements" ? 2 : -2), scene.right - scene.left, 1);
  }
}

function drawSelected(context, lane, place, at, of, { ranks, level }) {
  context.beginPath();
  context.arc(at.x, at.y, level.half + 4, 0, 2 * Math.PI);
  context.strokeStyle = of.ink;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = of.selected;
  context.lineWidth = 3;
  context.stroke();
  const { strong, soft } = colours(of, lane.kind);
  drawMarks(context, lane.marks, [place], () => at, { strong, soft, ground: of.ground, ranks, level });
}

function drawNames(context, plans, scene, of) {
  const names = { statements: t("chart.lane.statements"), incidents: t("chart.lane.strikes") };
  for (const kind of ["statements", "incidents"]) {
    const band = scene[kind];
    const plan = plans[kind];
    const y = scene.narrow ? (kind === "statements" ? 11 : band.top + 6) : band.way < 0 ? band.edge - 8 : band.edge + 8;
    context.font = FONT_STRONG;
    context.textBaseline = "middle";
    const x = scene.narrow ? scene.left + 2 : 0;
    chip(context, names[kind], x, y, of, colours(of, kind).strong);
    if (plan.single) {
      if (!scene.narrow)
        small(context, t("chart.lane.ranges"), (band.divide + (band.way < 0 ? band.top : band.bottom)) / 2, of);
      continue;
    }
    const most = Math.ceil(highest(plan.bars));
    if (!most) continue;
    const text = t("chart.lane.highest", { n: number(most), step: lag(plan.bars.step, plan.bars.step) });
    if (scene.narrow) small(context, text.replace("\n", " "), y, of, x + context.measureText(names[kind]).width + 10);
    else small(context, text, band.way < 0 ? y - 31 : y + 18, of);
  }
}

function chip(context, text, x, y, of, colour) {
  const { width } = context.measureText(text);
  context.fillStyle = of.ground;
  context.globalAlpha = 0.8;
  context.fillRect(x, y - 8, width + 4, 16);
  context.globalAlpha = 1;
  context.fillStyle = colour;
  context.fillText(text, x + 2, y);
}

function small(context, text, y, of, x = 2) {
  context.font = FONT_SMALL;
  context.fillStyle = of.inkSoft;
  text.split("\n").forEach((line, index) => context.fillText(line, x, y + index * 13));
}
