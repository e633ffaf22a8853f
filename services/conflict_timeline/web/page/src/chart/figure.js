// Figure: the selected statement and its pairs as a file of their own, in SVG.

import { plain } from "../safe.js";
import { named, t } from "../words/index.js";
import { span } from "../words/time.js";
import { curve, lagText } from "./arcs.js";
import { barEnd } from "./glyphs.js";
import { across, HALF } from "./scene.js";
import { spoken } from "./told.js";
import { ticks } from "./ticks.js";

const WIDTH = 1_000;
const LEFT = 20;
const RIGHT = 260;
const TOP = 92;
const GAP = 120;
const ROW = 18;
const ROWS_MAX = 400;

/**
 * SVG of a selection: axis, window, statement, and a row for each pair with its arc, lag and place.
 *
 * @param {{lines: object[], from: number, to: number}} said what the statement says of itself, and when
 * @param {Joined[]} pairs those that fit the window
 * @param {object} of palette
 * @param {string[]} caption lines below it: what a file needs that has left its page
 * @returns {string} a whole file; texts of events are escaped, and their hidden characters are visible
 */
export function figure(said, pairs, window, of, caption = []) {
  const sorted = [...pairs].sort((a, b) => a.pair.from - b.pair.from || a.pair.to - b.pair.to);
  const rows = sorted.slice(0, ROWS_MAX);
  const from = Math.min(said.from, ...rows.map(({ pair }) => pair.from));
  const to = Math.max(said.to + window.seconds, ...rows.map(({ pair }) => pair.to));
  const edge = Math.max((to - from) * 0.03, 600);
  const height = TOP + GAP + Math.max(1, rows.length) * ROW + 40;
  const whole = height + caption.length * ROW;
  const scene = { left: LEFT, right: WIDTH - RIGHT };
  const view = [from - edge, to + edge];
  const scale = across(scene, view);
  const point = { x: scale.x(said.to), y: TOP + 14 };
  const parts = [
    tag("rect", { width: WIDTH, height: whole, fill: of.ground }),
    text(LEFT, 22, said.lines[0]?.text, { "font-weight": 600, fill: of.ink }),
    text(LEFT, 40, spoken(said.lines.slice(1)), { fill: of.inkSoft }),
    ...windowOf(said, window, scale, height, of),
    ...axis(view, scene, scale, height, of),
    ...mark(scale.x(said.from), scale.x(said.to), point.y, said, HALF.statements, of.words, of.wordsSoft),
    ...rows.map((one, row) => arc(one, row, point, scale, of)),
    ...rows.flatMap((one, row) => strike(one, row, scale, of)),
  ];
  if (!rows.length)
    parts.push(
      text(LEFT, TOP + GAP, t("chart.figure.none", { window: named("window", window.name) }), { fill: of.inkSoft }),
    );
  if (rows.length < sorted.length) {
    parts.push(
      text(LEFT, height - 12, t("chart.figure.more", { n: sorted.length - rows.length }), { fill: of.inkSoft }),
    );
  }
  parts.push(...caption.map((line, row) => text(LEFT, height + 4 + row * ROW, line, { fill: of.inkSoft })));
  const title = tag("title", {}, escaped(t("chart.figure.title")));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    tag(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        viewBox: `0 0 ${WIDTH} ${whole}`,
        width: WIDTH,
        height: whole,
        role: "img",
        "font-family": "system-ui, DejaVu Sans, sans-serif",
        "font-size": 12,
      },
      title + parts.join("\n"),
    ),
    "\n",
  ].join("");
}

function windowOf(said, window, scale, height, of) {
  const band = (from, to, opacity) =>
    to > from
      ? [
          tag("rect", {
            x: px(scale.x(from)),
            y: TOP - 10,
            width: px(scale.x(to) - scale.x(from)),
            height: height - TOP - 10,
            fill: of.window,
            opacity,
          }),
        ]
      : [];
  const late = said.from + window.seconds;
  return [
    ...band(said.from, Math.min(said.to, late), 0.5),
    ...band(said.to, late, 1),
    ...band(Math.max(said.to, late), said.to + window.seconds, 0.5),
    text(scale.x(said.to + window.seconds) - 4, TOP + 4, t("chart.window", { window: named("window", window.name) }), {
      fill: of.inkSoft,
      "text-anchor": "end",
    }),
  ];
}

function axis(view, scene, scale, height, of) {
  return ticks(view, scene.right - scene.left).flatMap(({ at, text: label, strong }) => {
    const x = px(scale.x(at));
    return [
      tag("path", { d: `M${x} ${TOP - 10}V${height - 20}`, stroke: of.line }),
      text(x, TOP - 18, label, {
        fill: strong ? of.ink : of.inkSoft,
        "font-weight": strong ? 600 : 400,
        "text-anchor": "middle",
      }),
    ];
  });
}

function arc({ pair, solid }, row, point, scale, of) {
  const y = TOP + GAP + row * ROW;
  const [x, from, ...rest] = curve(
    { x: point.x, y: point.y + HALF.statements },
    { x: scale.x(pair.from), y: y - HALF.incidents },
  ).map(px);
  return tag("path", {
    d: `M${x} ${from}C${rest.join(" ")}`,
    fill: "none",
    stroke: of.strikes,
    "stroke-opacity": solid ? 0.7 : 0.45,
    "stroke-dasharray": solid ? null : "4 3",
  });
}

function strike({ pair, solid }, row, scale, of) {
  const y = TOP + GAP + row * ROW;
  const fit = solid ? t("chart.figure.definite") : t("chart.figure.possible");
  const words = t("chart.figure.pair", { lag: lagText(pair), place: plain(pair.place ?? ""), fit });
  return [
    ...mark(scale.x(pair.from), scale.x(pair.to), y, pair, HALF.incidents, of.strikes, of.strikesSoft),
    tag(
      "g",
      {},
      tag("title", {}, escaped(span(pair.from, pair.to))) + text(WIDTH - RIGHT + 12, y + 4, words, { fill: of.ink }),
    ),
  ];
}

function mark(from, to, y, { from: early, to: late }, half, strong, soft) {
  if (late - early <= 60)
    return [
      tag("path", { d: `M${px(from - half)} ${y}l${half} ${-half}l${half} ${half}l${-half} ${half}z`, fill: strong }),
    ];
  const end = barEnd(from, to);
  return [
    tag("rect", { x: px(from), y: y - 2, width: px(end - from), height: 4, fill: soft }),
    tag("path", { d: `M${px(from)} ${y - 4.5}v9M${px(end)} ${y - 4.5}v9`, stroke: strong, "stroke-width": 1.5 }),
  ];
}

function text(x, y, words, attributes) {
  return tag("text", { x: px(x), y: px(y), ...attributes }, escaped(plain(words ?? "")));
}

function tag(name, attributes, content = "") {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join("");
  return content ? `<${name}${written}>${content}</${name}>` : `<${name}${written}/>`;
}

/** A text as XML has it, which knows no U+FFFE and U+FFFF. */
export function escaped(words) {
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return words.replace(/[&<>"'\ufffe\uffff]/g, (found) => marks[found] ?? "\ufffd");
}

function px(value) {
  return Math.round(value * 10) / 10;
}
