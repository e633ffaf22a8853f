import assert from "node:assert/strict";
import { test } from "node:test";

import { read } from "../src/state.js";
import { agreements } from "../src/views/agreements.js";
import { asked, fits, leftOut } from "../src/views/asked.js";
import { agreed, claimed, figuresBy, shared } from "../src/views/figures.js";
import { summed } from "../src/views/health.js";
import { sort } from "../src/views/table.js";

const incident = (over = {}) => ({
  core: { earliest: "2025-02-18T18:00:00Z", latest: "2025-02-19T07:00:00Z" },
  parties: [{ party: "RUS", bases: ["alleged_by_target"], disputed_by: [] }],
  targets: ["energy_heat"],
  weapons: ["missile"],
  admin1s: ["UA-51"],
  ...over,
});

const claim = (over) => ({ claimant: "A", event: "e", current: true, reported: "2025-02-19T12:00:00Z", ...over });

test("what the page filters incidents by is asked of the service by its own names", () => {
  const state = read("?struck=RUS&struck=UKR&target=energy&region=UA-51&q=Odesa&by=UKR&act=deny&z=0_86400");
  assert.deepEqual(asked("incidents", state), {
    party: ["RUS", "UKR"],
    topic: ["energy"],
    region: ["UA-51"],
    q: "Odesa",
    from: "1970-01-01T00:00:00Z",
    to: "1970-01-02T00:00:00Z",
  });
});

test("statements are the happenings that have an act, any where none is chosen", () => {
  assert.equal(asked("statements", read("")).act.length, 14);
  assert.deepEqual(asked("statements", read("?act=deny&topic=energy&by=RUS")), {
    party: ["RUS"],
    act: ["deny"],
    topic: ["energy"],
  });
});

test("the party of a speaker is no party that a reversal is about", () => {
  assert.equal("party" in asked("reversals", read("?by=RUS")), false);
  assert.deepEqual(leftOut("reversals", read("?by=RUS")), ["by"]);
  const one = fits("reversals", read("?by=RUS"));
  assert.equal(one({ speaker: { party: "RUS" } }), true);
  assert.equal(one({ speaker: { party: "UKR" } }), false);
});

test("what the service cannot be asked for is looked at one by one", () => {
  const state = read("?weapon=missile&prec=day&struck=none&struck=RUS");
  assert.deepEqual(leftOut("incidents", state), ["struck", "weapon", "prec"]);
  assert.equal("party" in asked("incidents", state), false);
  const one = fits("incidents", state);
  assert.equal(one(incident()), true);
  assert.equal(one(incident({ parties: [] })), true);
  assert.equal(one(incident({ parties: [{ party: "UKR" }] })), false);
  assert.equal(one(incident({ weapons: ["artillery"] })), false);
  assert.equal(one(incident({ core: { earliest: "2025-02-18T00:00:00Z", latest: "2025-02-20T00:00:00Z" } })), false);
});

test("nothing is looked at one by one where the service can be asked for all", () => {
  assert.equal(fits("incidents", read("?struck=RUS&target=energy")), null);
});

test("a target that is not named is one, and a topic covers what lies below it", () => {
  const one = fits("incidents", read("?target=energy&target=none"));
  assert.equal(one(incident()), true);
  assert.equal(one(incident({ targets: [] })), true);
  assert.equal(one(incident({ targets: ["rail"] })), false);
});

test("an incident is as much agreed on as the least of its figures", () => {
  const figures = ["single", "disputed", "consistent"].map((agreement) => ({ body: { of: "i-1", agreement } }));
  const found = agreements(["i-1", "i-2"], [...figures, { body: { of: "i-9", agreement: "single" } }, { body: null }]);
  assert.deepEqual(
    [...found].map(([id, one]) => [id, one.agreement]),
    [
      ["i-1", "disputed"],
      ["i-2", "none"],
    ],
  );
});

test("where not all figures were read, nothing is said of an incident that has none of those", () => {
  const found = agreements(["i-1", "i-2"], [{ body: { of: "i-1", agreement: "single" } }], true);
  assert.deepEqual([...found.keys()], ["i-1"]);
});

test("a number is told as it was claimed, and not made more exact", () => {
  assert.equal(claimed({ best: 4 }), "4");
  assert.equal(claimed({ low: 4, best: 4, high: 4 }), "4");
  assert.equal(claimed({ low: 101 }), "at least 101");
  assert.equal(claimed({ high: 9 }), "at most 9");
  assert.equal(claimed({ low: 200, high: 999 }), "200–999");
  assert.equal(claimed({ low: 10, best: 12, high: 14 }), "12 (of 10–14)");
  assert.equal(claimed({ low: 10, best: 12 }), "12 (of at least 10)");
  assert.equal(claimed({ low: 0 }), "at least 0");
});

test("claims share what all current ones allow; earlier ones have no say", () => {
  assert.deepEqual(shared([claim({ low: 3 }), claim({ claimant: "B", low: 1, high: 5 })]), { low: 3, high: 5 });
  assert.deepEqual(shared([claim({ low: 3 })]), { low: 3, high: null });
  assert.equal(shared([claim({ low: 200, high: 999 }), claim({ claimant: "B", low: 20_000, high: 99_999 })]), null);
  assert.deepEqual(shared([claim({ best: 4 }), claim({ best: 9, current: false })]), { low: 4, high: 4 });
});

test("an agreement names the number that all allow", () => {
  assert.equal(agreed({ agreement: "consistent", shared: { low: 4, high: 4 } }), "all allow 4");
  assert.equal(agreed({ agreement: "consistent", shared: { low: 3, high: null } }), "all allow at least 3");
  assert.equal(agreed({ agreement: "single", shared: { low: 3, high: 3 } }), "one claimant");
  assert.match(agreed({ agreement: "disputed", shared: null }), /disputed/);
});

test("figures stand by claimant and measure, the current claim before the earlier one", () => {
  const { measures, claimants, unreadable } = figuresBy([
    {
      entry: "i-1:injured:people",
      body: {
        measure: "injured",
        unit: "people",
        agreement: "consistent",
        claims: [claim({ best: 3, current: false }), claim({ best: 4 }), claim({ claimant: "B", best: 4 })],
      },
    },
    { entry: "broken", body: {} },
  ]);
  assert.deepEqual(
    measures.map((one) => one.key),
    ["i-1:injured:people"],
  );
  assert.deepEqual(
    claimants.map((one) => one.name),
    ["A", "B"],
  );
  assert.deepEqual(
    claimants[0].claims.get("i-1:injured:people").map((one) => one.best),
    [4, 3],
  );
  assert.deepEqual(unreadable, ["broken"]);
});

test("rows without a value, or with a broken one, come last whichever way they are sorted", () => {
  const entries = [
    { entry: "broken", body: null },
    { entry: "b", body: { n: 2 } },
    { entry: "a", body: { n: 1 } },
    { entry: "a2", body: { n: 1 } },
  ];
  const ids = (way) => sort(entries, (entry) => entry.body.n, way).map((entry) => entry.entry);
  assert.deepEqual(ids(1), ["a", "a2", "b", "broken"]);
  assert.deepEqual(ids(-1), ["b", "a", "a2", "broken"]);
});

test("health is summed from what could be read", () => {
  const status = {
    refused: 3,
    conflicts: [
      {
        projections: [
          { state: "stuck", lag_events: 5 },
          { state: "idle", lag_events: 0 },
        ],
      },
    ],
  };
  const ready = { ready: false, troubles: [{ what: "projector" }] };
  assert.deepEqual(summed({ status, ready, refused: new Error("away") }), {
    ready: false,
    troubles: 1,
    timelines: 2,
    stuck: 1,
    behind: 1,
    refused: 3,
  });
  const none = { ready: null, troubles: null, timelines: null, stuck: null, behind: null, refused: null };
  assert.deepEqual(summed({ status: new Error("away"), ready: new Error("away"), refused: new Error("away") }), none);
  assert.equal(
    summed({ status: { conflicts: [null, { projections: [null] }] }, ready, refused: { total: 1 } }).timelines,
    0,
  );
});
