// Map: the first-order regions that pairs of a window lie in, or points on a graticule where there is no map.

import { fill, h, s } from "../dom.js";
import { plain, shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import { featureOf } from "./geometry.js";
import { byRegion, CLASSES, classOf, groupOf, mostOf } from "./grouping.js";
import { graticule, mercator, middleOf, outline, pointsOf } from "./projection.js";

const HATCHED = "url(#details-hatching)";
const WIDTH = 300;
const HEIGHT = 200;
const BOX = [
  [4, 4],
  [WIDTH - 4, HEIGHT - 4],
];

/**
 * A map of pairs in a window. It is filled in when the country's regions are there; `regions` are those that the
 * words are about, and name the country where no pair does.
 */
export function map(pairs, { window, geometry, regions = [] }) {
  const element = h("div", { class: "map" }, h("p", { class: "soft" }, t("details.map.loading")));
  const within = pairs.filter((pair) => ["definite", "possible"].includes(groupOf(pair, window)));
  const country = mostOf(within.map((pair) => pair.admin1 ?? pair.country)) ?? mostOf(regions);
  geometry.of(country).then(
    (features) => fill(element, features ? ofRegions(pairs, features, window) : ofPoints(within, window)),
    () => fill(element, ofPoints(within, window)),
  );
  return element;
}

function ofRegions(pairs, features, window) {
  const { regions, nowhere } = byRegion(pairs, window);
  const counted = new Map();
  const elsewhere = [];
  for (const [code, count] of regions) {
    const found = featureOf(features, code);
    if (found) counted.set(found, sum(counted.get(found), count));
    else elsewhere.push(`${code}: ${inWords(count)}`);
  }
  const project = mercator(BOX, pointsOf(features));
  const title = t("details.map.title", { window: named("window", window) });
  const told = [...counted].map(([one, count]) => `${one.properties?.name ?? one.id}: ${inWords(count)}`);
  const svg = picture(title, told.join("; ") || t("details.map.none"), [
    s("defs", {}, hatching()),
    features.map((one) => region(one, counted.get(one), project)),
    [...counted].map(([one, count]) => label(middleOf(one, project), count)),
  ]);
  return [
    svg,
    legend(),
    told.length || elsewhere.length || nowhere ? null : h("p", { class: "soft" }, t("details.map.none")),
    elsewhere.length
      ? h("p", { class: "soft" }, shown(t("details.map.elsewhere", { regions: elsewhere.join("; ") })))
      : null,
    nowhere ? h("p", { class: "soft" }, tn("details.map.nowhere", nowhere)) : null,
  ];
}

function region(one, count, project) {
  const shade = count ? (count.definite ? `of-${classOf(count.definite)}` : "of-possible") : "of-none";
  const name = plain(`${one.properties?.name ?? one.id}: ${inWords(count ?? { definite: 0, possible: 0 })}`);
  return s(
    "path",
    { d: outline(one, project), class: `region ${shade}`, fill: count && !count.definite ? HATCHED : null },
    s("title", {}, name),
  );
}

function label(middle, { definite, possible }) {
  if (!middle) return null;
  const [x, y] = middle;
  const text = [definite ? number(definite) : "", possible ? `+${number(possible)}` : ""].filter(Boolean).join(" ");
  return s("text", { x: round(x), y: round(y) + 4, class: "count" }, text);
}

// No map of this country: the places themselves, and degrees to read them by.
function ofPoints(pairs, window) {
  const points = new Map();
  let without = 0;
  for (const pair of pairs) {
    if (!Number.isFinite(pair.lat) || !Number.isFinite(pair.lon)) {
      without += 1;
      continue;
    }
    const key = `${pair.lat} ${pair.lon}`;
    const found = points.get(key) ?? { pair, definite: 0, possible: 0 };
    found[groupOf(pair, window)] += 1;
    points.set(key, found);
  }
  const left = without ? h("p", { class: "soft" }, tn("details.map.without", without)) : null;
  if (!points.size) return [left ?? h("p", { class: "soft" }, t("details.map.none"))];
  const found = [...points.values()];
  const bounds = around(found.map(({ pair }) => [pair.lon, pair.lat]));
  const project = mercator(BOX, bounds);
  const [[west, south], [east, north]] = bounds;
  const step = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30].find((one) => Math.max(east - west, north - south) / one <= 6) ?? 30;
  const told = found.map(({ pair, ...count }) => `${pair.place}: ${inWords(count)}`);
  const svg = picture(t("details.map.title", { window: named("window", window) }), told.join("; "), [
    s("path", { d: graticule(bounds, step, project), class: "graticule" }),
    found.map(({ pair, ...count }) => point(project([pair.lon, pair.lat]), pair, count)),
  ]);
  return [svg, h("p", { class: "soft" }, t("details.map.graticule", { n: number(step) })), left];
}

function point([x, y], pair, count) {
  const many = count.definite + count.possible;
  const d = `M${round(x)} ${round(y - 6)}l6 6l-6 6l-6 -6z`;
  return s(
    "g",
    {},
    s(
      "path",
      { d, class: count.definite ? "place definite" : "place possible" },
      s("title", {}, plain(`${pair.place}: ${inWords(count)}`)),
    ),
    many > 1 ? s("text", { x: round(x) + 9, y: round(y) + 4, class: "count beside" }, number(many)) : null,
  );
}

/** The corners of what is to be seen: at least a degree around the points. */
function around(points) {
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  const widen = (low, high, least) => {
    const by = Math.max((high - low) * 0.15, (least - (high - low)) / 2, 0);
    return [low - by, high + by];
  };
  const [west, east] = widen(Math.min(...lons), Math.max(...lons), 1.5);
  const [south, north] = widen(Math.min(...lats), Math.max(...lats), 1);
  return [
    [west, Math.max(south, -84)],
    [east, Math.min(north, 84)],
  ];
}

function picture(title, description, ...children) {
  const titleId = `map-${(counter += 1)}`;
  return s(
    "svg",
    {
      class: "map-picture",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-labelledby": `${titleId} ${titleId}-d`,
    },
    s("title", { id: titleId }, title),
    s("desc", { id: `${titleId}-d` }, plain(description)),
    children,
  );
}

let counter = 0;

function hatching() {
  return s(
    "pattern",
    { id: "details-hatching", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("line", { x1: 0, y1: 0, x2: 0, y2: 5, class: "hatch" }),
  );
}

function legend() {
  const range = (least, index) => {
    const next = CLASSES[index + 1];
    if (!next) return t("details.map.orMore", { n: number(least) });
    return next - 1 === least ? number(least) : `${number(least)}–${number(next - 1)}`;
  };
  const swatch = (of) =>
    s(
      "svg",
      { class: "swatch", viewBox: "0 0 16 12", "aria-hidden": "true" },
      s("rect", {
        x: 0.5,
        y: 0.5,
        width: 15,
        height: 11,
        class: `region ${of}`,
        fill: of === "of-possible" ? HATCHED : null,
      }),
    );
  return h(
    "ul",
    { class: "legend", "aria-label": t("details.map.legend") },
    h("li", {}, t("details.map.definite")),
    CLASSES.map((least, index) => h("li", {}, swatch(`of-${index + 1}`), range(least, index))),
    h("li", {}, swatch("of-possible"), t("details.map.possibleOnly")),
  );
}

function inWords({ definite, possible }) {
  return t("details.map.count", { definite: number(definite), possible: number(possible) });
}

function sum(one, other) {
  return { definite: (one?.definite ?? 0) + other.definite, possible: (one?.possible ?? 0) + other.possible };
}

function round(value) {
  return Math.round(value * 10) / 10;
}
