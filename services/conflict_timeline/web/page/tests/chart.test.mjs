// The chart's parts that need no page: views, packing, density, ticks, labels, and the figure's text.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { joined, lagText } from "../src/chart/arcs.js";
import { bars, countIn, gathered, stepFor } from "../src/chart/density.js";
import { figure } from "../src/chart/figure.js";
import { placed } from "../src/chart/labels.js";
import { neighbour, ordered, within } from "../src/chart/ordering.js";
import { pack, packedScale } from "../src/chart/packing.js";
import { Picture } from "../src/chart/picture.js";
import { hit } from "../src/chart/hits.js";
import { across, sceneOf } from "../src/chart/scene.js";
import { ticks } from "../src/chart/ticks.js";
import { drawable, moved, SHORTEST_S, showing, zoomed } from "../src/chart/view.js";
import { chosen, INSTANT, LONGER, marksOf } from "../src/model/marks.js";

const HOUR = 3_600;
const DAY = 86_400;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
console.log(`# SEED=${SEED}`);

function random(seed) {
  let x = seed + 0x9e3779b9;
  return () => {
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
    x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
    x ^= x >>> 15;
    return (x >>> 0) / 2 ** 32;
  };
}

/** Incidents with these spans [from, to], by time. */
function incidents(spans, ids = spans.map((_, index) => `i-${index}`)) {
  const n = spans.length;
  const all = (value) => Array.from({ length: n }, () => value);
  const marks = {
    entry: ids,
    revision: all(1),
    position: all(1),
    from_s: spans.map(([from]) => from),
    to_s: spans.map(([, to]) => to),
    place: all(0),
    country: all(1),
    parties: all([2]),
    targets: all([]),
    disputed: all(0),
    imprecise: all(0),
    windows_disagree: all(0),
  };
  return marksOf({
    names: ["Odesa", "UA", "RUS"],
    statements: { total: 0, marks: null },
    incidents: { total: n, marks },
  }).incidents;
}

function statements(spans, parties = spans.map(() => 0)) {
  const all = (value) => spans.map(() => value);
  const marks = {
    entry: spans.map((_, index) => `s-${index}`),
    revision: all(1),
    position: all(1),
    from_s: spans.map(([from]) => from),
    to_s: spans.map(([, to]) => to),
    title: all("we deny <it> & more\u202e"),
    act: all(2),
    speaker: all(3),
    party: parties,
    topics: all([]),
  };
  return marksOf({
    names: ["RUS", "UKR", "deny", "A speaker"],
    statements: { total: spans.length, marks },
    incidents: { total: 0, marks: null },
  }).statements;
}

function wanted(marks) {
  return new Uint8Array(marks.size).fill(1);
}

function drawnBy(random, count) {
  const spans = Array.from({ length: count }, () => {
    const from = Math.floor(random() * 30 * DAY) - 10 * DAY; // Before 1970 as well as after.
    return [from, from + [0, 60, HOUR, DAY, 5 * DAY][Math.floor(random() * 5)]];
  });
  return incidents(spans.sort((a, b) => a[0] - b[0]));
}

function picture({ words = statements([]), strikes = incidents([]), ...more }) {
  const made = new Picture();
  made.take({
    statements: words,
    incidents: strikes,
    statementMask: wanted(words),
    incidentMask: wanted(strikes),
    extent: [0, 10 * DAY],
    view: [0, 10 * DAY],
    ...more,
  });
  return made;
}

const PLAN = { secondsPerPixel: 300, rows: 12, longRows: 4, lead: 5 };

describe("view", () => {
  test("an extent of no length, or none at all, can be drawn", () => {
    for (const extent of [[5, 5], null, undefined, [NaN, 3], [-9e9, -9e9]]) {
      const [from, to] = drawable(extent);
      assert.ok(to - from >= SHORTEST_S, `${extent}`);
    }
    assert.deepEqual(drawable([0, DAY]), [0, DAY]);
  });

  test("zooming keeps the moment under the pointer where it is", () => {
    const view = zoomed([100_000, 200_000], 2, [0, 1_000_000], 120_000);
    assert.ok(Math.abs((120_000 - view[0]) / (view[1] - view[0]) - 0.2) < 1e-9);
    assert.ok(Math.abs(view[1] - view[0] - 50_000) < 1e-6);
  });

  test("no zooming and moving leaves what there is", () => {
    const bounds = [0, 100 * DAY];
    assert.deepEqual(zoomed([0, 50 * DAY], 1e-9, bounds), bounds);
    assert.deepEqual(moved([0, DAY], -5 * DAY, bounds), [0, DAY]);
    assert.deepEqual(moved([0, DAY], 1e12, bounds), [99 * DAY, 100 * DAY]);
    const [from, to] = zoomed([0, DAY], 1e9, bounds);
    assert.ok(Math.abs(to - from - SHORTEST_S) < 1e-6);
  });

  test("a mark that is in view moves nothing, one beside it moves the view just so far", () => {
    const view = [10 * DAY, 20 * DAY];
    assert.equal(showing(view, 15 * DAY, 15 * DAY + 60, [0, 100 * DAY]), view);
    const [from, to] = showing(view, 25 * DAY, 25 * DAY + 60, [0, 100 * DAY]);
    assert.ok(from < 25 * DAY && to > 25 * DAY + 60 && to < 26 * DAY);
    const before = showing(view, 2 * DAY, 60 * DAY, [0, 100 * DAY]);
    assert.ok(before[0] <= 2 * DAY && before[1] > 2 * DAY, "of what is longer than the view the begin is seen");
  });
});

describe("ordering", () => {
  test("what is found in view is what looking at each mark finds", () => {
    const next = random(SEED);
    for (let round = 0; round < 60; round += 1) {
      const marks = drawnBy(next, 1 + Math.floor(next() * 80));
      const mask = Uint8Array.from({ length: marks.size }, () => Number(next() > 0.3));
      const from = (next() * 50 - 20) * DAY;
      const to = from + next() * 10 * DAY;
      const expected = [];
      for (let place = 0; place < marks.size; place += 1) {
        if (mask[place] && marks.to[place] >= from && marks.from[place] <= to) expected.push(place);
      }
      assert.deepEqual(
        within(marks, ordered(marks, mask), from, to).sort((a, b) => a - b),
        expected,
        `SEED=${SEED}`,
      );
    }
  });

  test("stepping goes through all wanted marks once, those of one instant as well", () => {
    const marks = incidents([
      [5, 5],
      [5, 5],
      [5, 5],
      [9, 9],
      [9, DAY],
      [20, 20],
    ]);
    const mask = wanted(marks);
    mask[1] = 0;
    const order = ordered(marks, mask);
    const walked = [];
    for (
      let place = neighbour(marks, order, 1, -1, -Infinity);
      place >= 0;
      place = neighbour(marks, order, 1, place, marks.from[place])
    )
      walked.push(place);
    assert.deepEqual(walked, [0, 2, 3, 4, 5]);
    assert.equal(neighbour(marks, order, -1, 3, 9), 2);
    assert.equal(neighbour(marks, order, -1, 0, 5), -1);
  });

  test("a mark without a time is left out and costs no other", () => {
    const marks = incidents([
      [1, 2],
      [NaN, NaN],
      [3, 4],
    ]);
    assert.deepEqual([...ordered(marks, wanted(marks)).all], [0, 2]);
  });
});

describe("packing", () => {
  const apart = (marks, packed, plan) => {
    const rows = new Map();
    for (let place = 0; place < marks.size; place += 1) {
      if (packed.rows[place] < 0 || packed.over[place]) continue;
      const key = `${marks.precision[place] === LONGER} ${packed.rows[place]}`;
      const side = marks.precision[place] === INSTANT ? plan.lead * plan.secondsPerPixel : 0;
      const end = Math.max(marks.to[place], marks.from[place] + Math.max(side, 3 * plan.secondsPerPixel));
      rows.set(key, [...(rows.get(key) ?? []), [marks.from[place] - side, end]]);
    }
    for (const spans of rows.values()) {
      spans.sort((a, b) => a[0] - b[0]);
      for (let at = 1; at < spans.length; at += 1) assert.ok(spans[at - 1][1] <= spans[at][0] + 1e-6, `SEED=${SEED}`);
    }
  };

  test("marks of one row do not touch, and each wanted mark has a row", () => {
    const next = random(SEED);
    for (let round = 0; round < 40; round += 1) {
      const marks = drawnBy(next, 200);
      const mask = Uint8Array.from({ length: marks.size }, () => Number(next() > 0.2));
      const packed = pack(marks, ordered(marks, mask), PLAN);
      apart(marks, packed, PLAN);
      for (let place = 0; place < marks.size; place += 1) {
        const most = marks.precision[place] === LONGER ? PLAN.longRows : PLAN.rows;
        assert.ok(mask[place] ? packed.rows[place] >= 0 && packed.rows[place] < most : packed.rows[place] === -1);
      }
    }
  });

  test("marks that come later leave those that were there in their rows", () => {
    const next = random(SEED);
    const marks = drawnBy(next, 150);
    const some = chosen(
      marks,
      [...marks.from.keys()].filter(() => next() > 0.2),
    );
    const before = { marks: some, packed: pack(some, ordered(some, wanted(some)), PLAN) };
    const packed = pack(marks, ordered(marks, wanted(marks)), PLAN, { before });
    for (let place = 0; place < some.size; place += 1) {
      assert.equal(packed.rows[marks.at.get(some.entry[place])], before.packed.rows[place], `SEED=${SEED}`);
    }
    apart(marks, packed, PLAN);
  });

  test("marks that come live leave rows as they are, however often before the next drawing", () => {
    const next = random(SEED);
    const marks = drawnBy(next, 60);
    const scene = sceneOf(900, 600);
    const one = picture({ strikes: marks, extent: [-10 * DAY, 30 * DAY], view: [-10 * DAY, 30 * DAY] });
    const rows = (of) => {
      const lane = one.lanes.incidents;
      const { packed } = lane.plan(one.view, scene);
      return of.entry.map((id) => packed.rows[lane.marks.at.get(id)]);
    };
    const some = chosen(
      marks,
      [...marks.from.keys()].filter((place) => place % 4),
    );
    const more = chosen(
      marks,
      [...marks.from.keys()].filter((place) => place % 8),
    );
    const give = (of) =>
      one.take({
        statements: statements([]),
        incidents: of,
        statementMask: wanted([]),
        incidentMask: wanted(of),
        extent: [-10 * DAY, 30 * DAY],
        view: [-10 * DAY, 30 * DAY],
      });
    give(some);
    const before = rows(some);
    give(more);
    give(marks);
    assert.deepEqual(rows(some), before, `SEED=${SEED}`);
  });

  test("days that follow each other share a row", () => {
    const marks = incidents([0, 1, 2].map((day) => [day * DAY, (day + 1) * DAY]));
    assert.deepEqual([...pack(marks, ordered(marks, wanted(marks)), PLAN).rows], [0, 0, 0]);
  });

  test("what was learned later goes into rows that are free", () => {
    const known = incidents([
      [0, DAY],
      [0, DAY],
    ]);
    const packed = pack(known, ordered(known, wanted(known)), PLAN);
    const later = incidents([[HOUR, HOUR + 30]]);
    const { rows } = pack(later, ordered(later, wanted(later)), PLAN, { taken: packed });
    assert.ok(![...packed.rows].includes(rows[0]));
  });

  test("more marks at one instant than there are rows lie on each other, and say so", () => {
    const marks = incidents(Array.from({ length: 30 }, () => [7, 7]));
    const packed = pack(marks, ordered(marks, wanted(marks)), PLAN);
    assert.equal(
      packed.over.reduce((a, b) => a + b),
      30 - PLAN.rows,
    );
  });

  test("a small zoom keeps the scale that rows are made for, which is never finer than what is drawn", () => {
    assert.equal(packedScale(190), packedScale(250));
    for (const scale of [0.7, 1, 257, 4e6]) assert.ok(packedScale(scale) >= scale && packedScale(scale) < 1.5 * scale);
  });

  test("rows get tighter when marks in view would lie on each other, and stay so when marks come or the view moves", () => {
    const scene = sceneOf(900, 600);
    const { levels } = scene.incidents;
    const crowd = Array.from({ length: levels[0].rows + 3 }, (_, index) => [
      5 * DAY + (index % 3),
      5 * DAY + (index % 3),
    ]);
    const marks = incidents([[DAY, DAY], ...crowd]);
    const one = picture({ strikes: marks, extent: [0, 100 * DAY], view: [0, 3 * DAY] });
    const level = () => levels.indexOf(one.lanes.incidents.plan(one.view, scene).level);
    assert.equal(level(), 0);
    one.pan(3 * DAY);
    assert.equal(level(), 1);
    one.pan(-3 * DAY);
    assert.equal(level(), 1);
    const more = incidents([[DAY, DAY], ...crowd, [6 * DAY, 6 * DAY]]);
    one.take({
      statements: statements([]),
      incidents: more,
      statementMask: wanted([]),
      incidentMask: wanted(more),
      extent: [0, 100 * DAY],
      view: [0, 3 * DAY],
    });
    assert.equal(level(), 1);
  });
});

describe("density", () => {
  test("each mark counts once in all, shared among the bars that it may be in", () => {
    const marks = incidents([
      [0, 0],
      [HOUR, 5 * HOUR],
      [3 * HOUR, 3 * HOUR + 60],
    ]);
    const { counts, from, step } = bars(marks, [0, 1, 2], [0, 6 * HOUR], HOUR);
    assert.deepEqual([from, step], [0, HOUR]);
    assert.deepEqual(
      [...counts].map((count) => Math.round(count * 100) / 100),
      [1, 0.25, 0.25, 1.25, 0.25, 0, 0],
    );
  });

  test("bars stand at the same moments wherever the view begins", () => {
    const marks = incidents([[10 * HOUR, 10 * HOUR]]);
    for (const from of [0.2, 3.7, 9.9].map((hours) => hours * HOUR)) {
      assert.equal(bars(marks, [0], [from, from + 12 * HOUR], HOUR).from % HOUR, 0);
    }
    assert.equal(bars(incidents([[-90, -90]]), [0], [-200, 0], 60).from, -240);
  });

  test("bars are never narrower than asked, up to thousands of years", () => {
    for (const scale of [0.1, 1, 50, 7_000, 4e6, 9e8]) assert.ok(stepFor(scale) / scale >= 4);
  });

  test("the service's counts are gathered whole, and counted by their part at the edges", () => {
    const density = { from_s: 1_000, step_s: 10, incidents: [1, 2, 3, 4, 5], statements: [] };
    const all = gathered(density, "incidents", [1_000, 1_050], 20);
    assert.deepEqual(all, { from: 1_000, step: 20, counts: [3, 7, 5] });
    assert.equal(countIn(density, "incidents", [1_000, 1_050]), 15);
    assert.equal(countIn(density, "incidents", [1_015, 1_020]), 1);
    assert.deepEqual(gathered(null, "incidents", [0, 1], 5).counts, []);
  });
});

describe("ticks", () => {
  test("there are some for every length of time, in order, within view", () => {
    for (const length of [SHORTEST_S, HOUR, 5 * HOUR, DAY, 9 * DAY, 200 * DAY, 4_000 * DAY, 2_000_000 * DAY]) {
      for (const from of [-3e9, 0, 1.7e9]) {
        for (const width of [290, 900]) {
          const found = ticks([from, from + length], width);
          assert.ok(found.length >= 1 && found.length <= width / 40, `${length} ${width} ${found.length}`);
          assert.ok(
            found.every(({ at }, index) => at >= from && at <= from + length && (!index || at > found[index - 1].at)),
          );
        }
      }
    }
  });

  test("midnight is a day, the first of a month a month, of a year a year; all in UTC", () => {
    const texts = new Map(
      ticks([Date.UTC(2024, 11, 31) / 1000, Date.UTC(2025, 0, 2) / 1000], 900).map(({ at, text }) => [at, text]),
    );
    assert.equal(texts.get(Date.UTC(2025, 0, 1) / 1000), "2025");
    assert.equal(texts.get(Date.UTC(2025, 0, 1, 12) / 1000), "12:00");
  });
});

describe("labels", () => {
  test("none overlaps another or leaves the lane, and the more important one is kept", () => {
    const next = random(SEED);
    const labels = Array.from({ length: 200 }, (_, index) => ({
      x: next() * 800,
      width: 20 + next() * 40,
      rank: index === 7 ? 2 : 0,
      index,
    }));
    const shown = placed(labels, [0, 800]);
    assert.ok(shown.length > 3);
    assert.ok(
      shown.some((label) => label.index === 7),
      `SEED=${SEED}`,
    );
    for (let at = 0; at < shown.length; at += 1) {
      assert.ok(shown[at].left >= 0 && shown[at].left + shown[at].width <= 800);
      if (at) assert.ok(shown[at].left >= shown[at - 1].left + shown[at - 1].width);
    }
  });

  test("a lag that is known better than it is written is one number, a range stays one", () => {
    const text = (lagMin, lagMax, order = "after") => lagText({ lagMin, lagMax, order });
    assert.equal(text(3.2 * HOUR, 3.25 * HOUR), "+3 h");
    assert.equal(text(HOUR, 25 * HOUR), "+1–25 h");
    assert.equal(text(2.3 * DAY, 2.3 * DAY), "+2.3 d");
    assert.equal(text(0, 4.8 * HOUR, "unknown"), "before or up to +5 h");
  });
});

describe("picture", () => {
  const strikes = incidents([
    [DAY, DAY],
    [2 * DAY, 3 * DAY],
    [8 * DAY, 8 * DAY],
  ]);

  test("an update with the view that was given before, or was told, moves nothing", () => {
    const one = picture({ strikes });
    one.zoom(4, 5 * DAY);
    const view = one.view;
    const again = (given) =>
      one.take({
        statements: statements([]),
        incidents: strikes,
        statementMask: wanted([]),
        incidentMask: wanted(strikes),
        extent: [0, 10 * DAY],
        view: given,
      });
    again([0, 10 * DAY]);
    assert.deepEqual(one.view, view);
    const told = one.told();
    one.pan(HOUR);
    const further = one.view;
    again(told);
    assert.deepEqual(one.view, further);
    again([DAY, 2 * DAY]);
    assert.deepEqual(one.view, [DAY, 2 * DAY]);
    again(told);
    assert.deepEqual(one.view, told, "going back in the history shows what was told once more");
  });

  test("steps go from the selected mark on, and the view goes along", () => {
    const one = picture({ strikes, view: [0, DAY * 1.5], selected: { kind: "incidents", entry: "i-0" } });
    assert.deepEqual(one.step(1, "incidents"), { kind: "incidents", entry: "i-1" });
    assert.ok(one.view[1] >= 2 * DAY);
    assert.deepEqual(one.step(1, "incidents"), { kind: "incidents", entry: "i-2" });
    assert.equal(one.step(1, "incidents"), null);
    assert.equal(one.step(1, "statements"), null);
  });

  test("zooming in keeps the selected mark in view", () => {
    const one = picture({ strikes, selected: { kind: "incidents", entry: "i-2" } });
    for (let time = 0; time < 8; time += 1) one.zoom(1.6);
    assert.ok(one.view[0] <= 8 * DAY && 8 * DAY <= one.view[1] && one.view[1] - one.view[0] < DAY);
  });

  test("parties keep the sign that they got first", () => {
    const one = picture({
      words: statements(
        [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
        [1, 1, 0],
      ),
    });
    assert.deepEqual(one.parties, ["UKR", "RUS"]);
    const other = statements(
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      [0, 0, 1],
    );
    one.take({
      statements: other,
      incidents: strikes,
      statementMask: wanted(other),
      incidentMask: wanted(strikes),
      extent: [0, DAY],
      view: [0, DAY],
    });
    assert.deepEqual(one.parties, ["UKR", "RUS"]);
  });

  test("only pairs within the window of incidents that the filters leave are joined", () => {
    const one = picture({ strikes });
    const pair = (incident, fits) => ({ incident, order: "after", lagMin: 0, lagMax: 5, fits, from: 0, to: 1 });
    const all = [
      pair("i-0", { "24h": "definite" }),
      pair("i-1", { "72h": "definite" }),
      pair("i-2", { "24h": "possible" }),
      pair("i-9", { "24h": "possible" }),
    ];
    one.lanes.incidents.take({
      marks: strikes,
      mask: Uint8Array.of(1, 1, 0),
      later: one.lanes.incidents.later.marks,
      laterMask: new Uint8Array(0),
      density: null,
    });
    const found = joined(all, { name: "24h", seconds: DAY }, one.lanes.incidents);
    assert.deepEqual(
      found.map(({ pair: { incident }, place, solid }) => [incident, place, solid]),
      [
        ["i-0", 0, true],
        ["i-9", -1, false],
      ],
    );
  });

  test("a mark is found under the pointer, and nothing where there is nothing", () => {
    const one = picture({ strikes });
    const scene = sceneOf(900, 600);
    const scale = across(scene, one.view);
    const y = scene.incidents.levels[0].y(0);
    assert.equal(hit(one, scene, scale.x(8 * DAY) + 2, y).entry, "i-2");
    assert.equal(hit(one, scene, scale.x(2.5 * DAY), y).entry, "i-1");
    assert.equal(hit(one, scene, scale.x(5 * DAY), y), null);
    assert.equal(hit(one, scene, scale.x(8 * DAY), scene.gap.top + 5), null);
  });

  test("many marks, or many at one instant, are counted instead of drawn; some are drawn", () => {
    const scene = sceneOf(900, 600);
    const many = picture({
      strikes: incidents(Array.from({ length: 5_000 }, (_, index) => [index * 150, index * 150])),
    });
    assert.equal(many.lanes.incidents.plan(many.view, scene).single, false);
    const { bars: whole } = many.lanes.incidents.plan(many.view, scene);
    const moment = many.view[0] + 2.5 * whole.step;
    const part = many.lanes.incidents.plan([moment, moment + 10 * DAY], scene);
    assert.deepEqual(
      [part.bars.step, part.bars.counts[0]],
      [whole.step, whole.counts[2]],
      "a bar at the edge is whole",
    );
    const once = picture({ strikes: incidents(Array.from({ length: 300 }, () => [DAY, DAY])) });
    assert.equal(once.lanes.incidents.plan(once.view, scene).single, false);
    const few = picture({ strikes });
    assert.equal(few.lanes.incidents.plan(few.view, scene).single, true);
    assert.equal(few.inView().incidents, 3);
  });

  test("every size has its areas inside, in order, with at least a row each", () => {
    for (const [width, height] of [
      [300, 300],
      [340, 420],
      [900, 600],
      [2_400, 1_600],
    ]) {
      const scene = sceneOf(width, height);
      const { statements: up, incidents: down, gap } = scene;
      assert.ok(scene.left >= 0 && scene.left < scene.right && scene.right <= width);
      assert.ok(
        up.top < up.bottom &&
          up.bottom <= gap.top &&
          gap.top < gap.bottom &&
          gap.bottom <= down.top &&
          down.bottom <= height,
      );
      for (const band of [up, down]) {
        for (const y of [
          ...band.levels.flatMap(({ rows, y }) => [y(0), y(rows - 1)]),
          band.longY(0),
          band.longY(band.longRows - 1),
        ])
          assert.ok(y >= band.top && y <= band.bottom);
      }
    }
  });
});

describe("figure", () => {
  const of = new Proxy({}, { get: () => "#123456" });
  const said = { lines: [{ text: 'we deny <script>&"\u202e\uffff' }], from: 0, to: 60 };

  test("it holds each pair, and no text of an event as markup", () => {
    const pair = {
      incident: "i-0",
      order: "after",
      lagMin: HOUR,
      lagMax: HOUR + 60,
      fits: { "72h": "definite" },
      from: HOUR + 60,
      to: HOUR + 90,
      place: "<b>Odesa</b>",
    };
    const text = figure(said, [{ pair, place: 0, solid: true }], { name: "72h", seconds: 3 * DAY }, of);
    assert.match(text, /^<\?xml/);
    assert.ok(
      !text.includes("<script") && !text.includes("<b>") && !text.includes("\u202e") && !text.includes("\uffff"),
    );
    assert.ok(text.includes("&lt;b&gt;Odesa&lt;/b&gt;") && text.includes("⟦U+202E⟧") && text.includes("+1 h"));
    assert.ok(!/NaN|undefined|Infinity/.test(text));
  });

  test("without pairs it says so", () => {
    assert.match(figure(said, [], { name: "24h", seconds: DAY }, of), /No strike/);
  });
});
