import assert from "node:assert/strict";
import { test } from "node:test";

import { citation } from "../src/details/cite.js";
import { differences, history } from "../src/details/differences.js";
import { sentence } from "../src/details/expected.js";
import { claimed } from "../src/details/figures.js";
import { featureOf } from "../src/details/geometry.js";
import { byRegion, classOf, grouped, mostOf } from "../src/details/grouping.js";
import { when } from "../src/details/parts.js";
import { ceiling, digits, drawing, isRated, reach } from "../src/details/rates.js";
import { inOrder, pairOf } from "../src/model/selection.js";
import { seconds } from "../src/words/time.js";

const pair = (over = {}) => ({
  statement: "s",
  incident: "i-1",
  order: "after",
  lagMin: 3_600,
  lagMax: 7_200,
  fits: { "24h": "definite", "72h": "definite", "7d": "definite", "30d": "definite" },
  from: 0,
  to: 3_600,
  admin1: "UA-51",
  ...over,
});

const rate = (over = {}) => ({
  share_low: 0.2,
  share_high: 0.25,
  mean_low: 0.26,
  mean_high: 0.34,
  observed_definite: 1,
  observed_possible: 2,
  ...over,
});

const unknown = { share_low: null, share_high: null, mean_low: null, mean_high: null };

test("a pair is in the group of the window that is looked at", () => {
  const late = pair({ incident: "i-2", fits: { "30d": "possible" } });
  const early = pair({ incident: "i-3", order: "unknown", fits: { "24h": "possible", "30d": "possible" } });
  const groups = grouped([pair(), late, early], "24h");
  assert.deepEqual(
    Object.fromEntries(Object.entries(groups).map(([name, some]) => [name, some.map((one) => one.incident)])),
    {
      definite: ["i-1"],
      possible: [],
      unknown: ["i-3"],
      beyond: ["i-2"],
    },
  );
  assert.deepEqual(grouped([late], "30d").possible, [late]);
});

test("a pair of unknown order is never counted, not even where its lag fits", () => {
  const early = pair({ order: "unknown", fits: { "24h": "possible" } });
  assert.equal(byRegion([early], "24h").regions.size, 0);
  assert.deepEqual(grouped([early], "24h").possible, []);
});

test("regions count what is definite and what is possible apart", () => {
  const pairs = [pair(), pair(), pair({ fits: { "24h": "possible" } }), pair({ admin1: null }), pair({ fits: {} })];
  const { regions, nowhere } = byRegion(pairs, "24h");
  assert.deepEqual([...regions], [["UA-51", { definite: 2, possible: 1 }]]);
  assert.equal(nowhere, 1);
});

test("the map has four classes", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 9, 10, 500].map(classOf), [0, 1, 2, 2, 3, 3, 4, 4]);
});

test("the map is that of the country where most pairs are", () => {
  assert.equal(mostOf(["UA-51", "RU-KDA", "UA-63", null]), "UA");
  assert.equal(mostOf([]), null);
});

test("a code whose land lies in the shape of another is found there", () => {
  const features = [{ id: "LB-AS", properties: { also: ["LB-AK"] } }, { id: "LB-JA" }];
  assert.equal(featureOf(features, "LB-AK").id, "LB-AS");
  assert.equal(featureOf(features, "LB-XX"), null);
});

test("pairs are read in order: what surely came after first, then by lag", () => {
  const first = pair({ incident: "i-a" });
  const second = pair({ incident: "i-b", lagMin: 7_200 });
  const last = pair({ incident: "i-c", lagMin: 0, order: "unknown" });
  assert.deepEqual(inOrder([last, second, first]), [first, second, last]);
});

test("a pair of the service is told in Unix seconds; one without its time is none", () => {
  const span = { earliest: "2025-02-18T18:00:00Z", latest: "2025-02-19T07:00:00Z" };
  const body = {
    statement: "s",
    incident: "i",
    order: "after",
    lag_min_s: 1,
    lag_max_s: 2,
    windows: { "24h": "definite" },
    place: { as_written: "Odessa", admin1: "UA-51" },
  };
  const lists = { targets: ["energy"], topics: ["energy"], parties: [] };
  const told = pairOf({ ...body, ...lists, core: span, said: span });
  assert.deepEqual(
    [told.from, told.to, told.place, told.admin1, told.lat],
    [1_739_901_600, 1_739_948_400, "Odessa", "UA-51", null],
  );
  assert.throws(() => pairOf({ ...body, ...lists, said: span }), TypeError);
  assert.throws(
    () => pairOf({ ...body, ...lists, said: span, core: { earliest: "soon", latest: "later" } }),
    TypeError,
  );
});

test("the drawing of a window holds all of its marks, between nothing and a round number", () => {
  const drawn = drawing(rate({ observed_definite: 3, observed_possible: 9, mean_high: 14.2 }));
  assert.equal(drawn.max, 20);
  assert.deepEqual([drawn.definite, drawn.possible], [0.15, 0.6]);
  assert.deepEqual(drawn.expected, [0.26 / 20, 14.2 / 20]);
  assert.equal(drawing(rate({ ...unknown, observed_definite: 0, observed_possible: 0 })).expected, null);
  assert.deepEqual([0.3, 1, 3, 6, 11, 99, 101].map(ceiling), [1, 1, 5, 10, 20, 100, 200]);
});

test("a window without a rate is not rated, and its sentence expects nothing", () => {
  assert.equal(isRated(rate(unknown)), false);
  assert.equal(sentence(rate(unknown)), "Observed: 1 definite, 2 possible.");
  assert.match(
    sentence(rate(), 2),
    /Of those possible, 2 of unknown order\. Expected: 0\.26 to 0\.34\. At least one in 20% to 25% of moments\./,
  );
});

test("what is small is never shown as none, and equal ends are told once", () => {
  const told = sentence(rate({ mean_low: 0.003, mean_high: 0.003, share_low: 0, share_high: 0.004 }));
  assert.match(told, /Expected: 0\.003\. At least one in 0% to 0\.4% of moments\./);
  assert.deepEqual(digits(17.4), { maximumFractionDigits: 0 });
});

test("where a rule is shorter than the longest window, that is said", () => {
  const speaker = { party: "RUS" };
  const of = (act, over = {}) => reach({ act, speaker, topics: ["energy"], about: ["RUS"], ...over });
  assert.equal(of("deny"), null);
  assert.deepEqual(of("reject"), { days: 7 });
  assert.deepEqual(of("promise", { validity: { earliest: "a", latest: "b" } }), {
    validity: { earliest: "a", latest: "b" },
  });
  assert.equal(of("deny", { validity: { earliest: "a", latest: "b" } }), null);
  assert.deepEqual(of("report"), { never: "act" });
  assert.deepEqual(of("deny", { topics: [] }), { never: "topics" });
  assert.deepEqual(of("demand", { about: [] }), { never: "about" });
  assert.equal(of("threaten", { about: [] }), null);
});

test("revisions differ in the fields that changed alone", () => {
  const was = { title: "A", topics: ["energy", "dam"], window: { earliest: "x", latest: "y" }, act: "deny" };
  const is = { title: "A", topics: ["energy", "port"], window: { earliest: "x", latest: "z" }, grade: "weak" };
  assert.deepEqual(differences(was, is), [
    { field: "topics", added: ["port"], removed: ["dam"] },
    { field: "window", before: was.window, after: is.window },
    { field: "act", before: "deny", after: undefined },
    { field: "grade", before: undefined, after: "weak" },
  ]);
  assert.deepEqual(differences(was, structuredClone(was)), []);
});

test("a list that is only in another order has changed as a whole", () => {
  assert.deepEqual(differences({ a: [1, 2] }, { a: [2, 1] }), [{ field: "a", before: [1, 2], after: [2, 1] }]);
});

test("the history goes back from the newest, with the reason of each change", () => {
  const revisions = [
    { revision: 1, position: 3, status: "asserted", because: ["k"], body: { title: "A" } },
    { revision: 2, position: 8, status: "asserted", because: ["c", "k"], body: { title: "B" } },
    { revision: 3, position: 9, status: "withdrawn", because: ["r", "k"], body: { merged_into: "i-2" } },
  ];
  const events = [{ key: "c", recorded_at: "2025-01-01T00:00:00Z", event: { data: { reason: "wrong day" } } }];
  const told = history(revisions, events);
  assert.deepEqual(
    told.map((one) => one.revision),
    [3, 2, 1],
  );
  assert.deepEqual(
    told.map((one) => one.reason),
    [null, "wrong day", null],
  );
  assert.deepEqual(
    told.map((one) => one.changes.length),
    [0, 1, 0],
  );
  assert.deepEqual(
    told.map((one) => one.mergedInto),
    ["i-2", null, null],
  );
  assert.deepEqual(
    told.map((one) => one.recorded),
    [null, "2025-01-01T00:00:00Z", null],
  );
});

test("a time that is not known to the minute is told by both of its ends", () => {
  const at = (text) => seconds(text);
  assert.equal(
    when(at("2025-02-18T00:00:00Z"), at("2025-02-18T14:25:00Z")),
    "between Feb 18, 2025, 00:00 and Feb 18, 2025, 14:25 UTC",
  );
  assert.equal(when(at("2025-02-18T00:00:00Z"), at("2025-02-19T00:00:00Z")), "Feb 18, 2025 (UTC)");
  assert.equal(when(at("2025-02-18T14:25:00Z"), at("2025-02-18T14:25:00Z")), "Feb 18, 2025, 14:25 UTC");
});

test("a claimed number keeps the ends that it has", () => {
  assert.deepEqual(
    [
      { best: 500 },
      { low: 501 },
      { high: 9 },
      { low: 2, high: 9 },
      { low: 2, best: 3, high: 9 },
      { low: 4, high: 4 },
    ].map(claimed),
    ["500", "at least 501", "at most 9", "2 to 9", "2 to 9, best 3", "4"],
  );
});

test("a citation has the position, the rules, the digests and a link that stays", () => {
  const selection = {
    kind: "statements",
    entry: "048e",
    conflict: "ukraine",
    position: 3845,
    rules: "pairings/1",
    revisions: [{ revision: 1 }, { revision: 2 }],
    happening: {
      title: "T",
      speaker: { name: "S" },
      window: { earliest: "2025-02-18T14:25:00Z", latest: "2025-02-18T14:25:00Z" },
    },
  };
  const digests = [
    { name: "chronology/1", digest: "ab".repeat(32) },
    { name: "pairings/1", digest: null },
  ];
  const text = citation(selection, "http://host/?p=3845", digests, {
    position: 3845,
    recorded_at: "2026-11-25T22:12:39Z",
  });
  assert.match(text, /S, “T”, said Feb 18, 2025, 14:25 UTC; statement 048e, revision 2; as of position 3845/);
  assert.match(text, /\(recorded Nov 25, 2026, 22:12 UTC\)\./);
  assert.match(text, /Rules pairings\/1\. Digests: chronology\/1 abababababababab\. http:\/\/host\/\?p=3845$/);
  assert.doesNotMatch(citation(selection, "", digests, { position: 9 }), /recorded/);
});
