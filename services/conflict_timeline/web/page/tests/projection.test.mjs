// Projection: where points lie on a map.

import assert from "node:assert/strict";
import { test } from "node:test";

import { graticule, mercator, middleOf, outline, pointsOf } from "../src/details/projection.js";

const BOX = [
  [0, 0],
  [300, 200],
];
const ring = (west, south, east, north) => [
  [west, south],
  [west, north],
  [east, north],
  [east, south],
  [west, south],
];
const polygon = (...coordinates) => ({ geometry: { type: "Polygon", coordinates } });
const near = (found, wanted) => found.forEach((one, at) => assert.ok(Math.abs(one - wanted[at]) < 0.05, `${found}`));

test("points fill the box in one direction and are in its middle in the other; north is up", () => {
  const project = mercator(BOX, [
    [30, -1],
    [32, 1],
  ]);

  near(project([30, 1]), [50, 0]);
  near(project([32, -1]), [250, 200]);
  near(project([31, 0]), [150, 100]);
});

test("degrees grow towards the poles as Mercator has it, and the poles are cut off", () => {
  const project = mercator(BOX, [
    [0, 0],
    [90, 60],
  ]);
  const scale = 200 / Math.log(2 + Math.sqrt(3)); // ln tan(75°) = ln(2 + √3)

  const [[left, bottom], [right]] = [project([0, 0]), project([90, 0])];

  near([right - left, bottom - project([0, 60])[1]], [(scale * Math.PI) / 2, 200]);
  assert.ok(Number.isFinite(project([0, 90])[1]));
});

test("one point lies in the middle", () => {
  near(mercator(BOX, [[30, 50]])([30, 50]), [150, 100]);
});

test("an outline is closed, has its holes, and takes all parts of a region", () => {
  const two = { geometry: { type: "MultiPolygon", coordinates: [[ring(0, 0, 1, 1)], [ring(2, 0, 3, 1), ring(2.2, 0.2, 2.8, 0.8)]] } };
  const project = mercator(BOX, pointsOf([two]));

  assert.equal(outline(two, project).match(/M[^M]+Z/g).length, 3);
});

test("the middle of a region is that of its area", () => {
  const flat = ([x, y]) => [x, y];

  near(middleOf(polygon(ring(0, 0, 4, 2)), flat), [2, 1]);
  assert.equal(middleOf({ geometry: null }, flat), null);
});

test("a graticule has a line at each round degree within", () => {
  const flat = ([x, y]) => [x, y];

  const lines = graticule(
    [
      [0.3, 10.1],
      [2.2, 11.9],
    ],
    1,
    flat,
  );

  assert.equal(lines, "M1 10.1L1 11.9M2 10.1L2 11.9M0.3 11L2.2 11");
});
