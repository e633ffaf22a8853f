import assert from "node:assert/strict";
import { test } from "node:test";

import { captionLines } from "../src/export/caption.js";
import { csvAddress, csvNotes, jsonAddress } from "../src/export/csv.js";
import { fileName } from "../src/export/saving.js";
import { wrapped } from "../src/export/wrapping.js";
import { read } from "../src/state.js";

const KEY = "73434726011da913e6eec991bb14bb88";
const parts = (address) => {
  const url = new URL(address, "http://here");
  return [url.pathname, [...url.searchParams].filter(([name]) => name !== "act")];
};

const overview = {
  position: 3845,
  head: 3900,
  recorded_at: "2025-03-01T10:20:30Z",
  versions: { chronology: 1 },
  digests: { chronology: "af603ed5283ca73a0000", pairings: "689d7f1f23de5b120000", coverage: "2d302acb824a1712" },
};

const statement = (rate) => ({
  kind: "statements",
  entry: KEY,
  rules: "pairings/1",
  rate,
  happening: {
    title: "Russia never endangered the energy supply.",
    speaker: { name: "Sergei Lavrov" },
    act: "deny",
    window: { earliest: "2025-02-18T00:00:00Z", latest: "2025-02-18T14:25:00Z" },
    quotes: [{ lang: "ru", text: "мы никогда\u202e не", complete: false }],
  },
});

const rate = {
  windows: {
    "72h": {
      observed_definite: 2,
      observed_possible: 1,
      mean_low: 0.04,
      mean_high: 0.26,
      share_low: 0.08,
      share_high: 0.15,
    },
  },
};

test("the file of a selected statement is its pairs, with their base rates", () => {
  assert.deepEqual(parts(csvAddress(read(`?c=ukraine&s=${KEY}&by=RUS`), "3845")), [
    "/conflicts/ukraine/timelines/pairings",
    [
      ["statement", KEY],
      ["as_of", "3845"],
      ["format", "csv"],
    ],
  ]);
});

test("the file of the timeline has its statements, that of a view its list", () => {
  const state = read("?c=ukraine&by=RUS&struck=UKR&topic=energy&q=a%20b");
  assert.deepEqual(parts(csvAddress(state, 7)), [
    "/conflicts/ukraine/timelines/chronology",
    [
      ["party", "RUS"],
      ["topic", "energy"],
      ["q", "a b"],
      ["as_of", "7"],
      ["format", "csv"],
    ],
  ]);
  assert.deepEqual(parts(csvAddress(state, 7, "incidents")), [
    "/conflicts/ukraine/timelines/incidents",
    [
      ["party", "UKR"],
      ["q", "a b"],
      ["as_of", "7"],
      ["format", "csv"],
    ],
  ]);
  assert.equal(parts(csvAddress(state, 7, "reversals"))[0], "/conflicts/ukraine/timelines/reversals");
});

test("without a position the file is of the latest", () => {
  for (const position of ["", null, undefined]) assert.doesNotMatch(csvAddress(read("?c=ukraine"), position), /as_of/);
});

test("a conflict cannot lead elsewhere", () => {
  assert.match(csvAddress(read("?c=..%2F..%2Fx%3Fy"), 1), /^\/conflicts\/\.\.%2F\.\.%2Fx%3Fy\/timelines\//);
});

test("the same as JSON is the service’s page", () => {
  assert.doesNotMatch(jsonAddress(read("?c=ukraine"), 7), /format/);
});

test("it is told which filters a file cannot have", () => {
  assert.deepEqual(csvNotes(read("?weapon=missile&struck=none&by=RUS"), "incidents"), {
    about: false,
    filters: ["struck", "weapon"],
  });
  assert.deepEqual(csvNotes(read("?by=RUS")), { about: true, filters: [] });
  assert.deepEqual(csvNotes(read(`?s=${KEY}&weapon=missile`)), { about: false, filters: [] });
});

test("a caption tells all that a reader needs to judge the picture, and to make it again", () => {
  const state = read("?c=ukraine&by=RUS&act=deny&target=none&q=Odesa&p=3845");
  const lines = captionLines({
    conflict: "ukraine",
    state,
    overview,
    selection: null,
    address: "http://here/?c=ukraine",
  });
  const text = lines.join("\n");
  for (const part of [
    "ukraine",
    "Statements by: RUS",
    "Act: denies",
    "Target: not named",
    "words: Odesa",
    "position 3,845 of 3,900",
    "Mar 1, 2025, 10:20 UTC",
    "chronology/1 af603ed5283ca73a",
    "Order in time is shown. It does not show that a statement caused a strike.",
    "http://here/?c=ukraine",
  ]) {
    assert.ok(text.includes(part), `${part} is missing in:\n${text}`);
  }
  assert.doesNotMatch(text, /pairings|coverage/, "no picture without pairs rests on these");
});

test("no picture of a statement is without what was to be expected anyway", () => {
  const lines = (rated) =>
    captionLines({ conflict: "u", state: read(""), overview, selection: statement(rated), address: "" }).join("\n");
  assert.match(
    lines(rate),
    /Observed: 2 definite, 1 possible\. Expected .* 0 to 0\.3 on average, at least one in 8% to 15% of moments/,
  );
  assert.match(
    lines({ windows: { "72h": { observed_definite: 2, observed_possible: 0, mean_low: null } } }),
    /Observed: 2 definite.*unknown, too little/,
  );
  assert.match(lines(null), /could not be read/);
  assert.match(lines(rate), /pairings 689d7f1f23de5b12\. Rules: pairings\/1/);
});

test("what the other side did is not set beside the rate of this one", () => {
  const asked = { conflict: "u", state: read("?mirror=1"), overview, selection: statement(rate), address: "" };
  assert.doesNotMatch(captionLines(asked).join("\n"), /2 definite/);
  const mirror = { windows: { "72h": { ...rate.windows["72h"], observed_definite: 9 } } };
  assert.match(captionLines({ ...asked, mirror }).join("\n"), /9 definite/);
});

test("hidden characters of a quote are named, and a cut is told", () => {
  const line = captionLines({ conflict: "u", state: read(""), overview, selection: statement(rate), address: "" }).find(
    (one) => one.includes("никогда"),
  );
  assert.match(line, /cut/);
  assert.match(line, /⟦U\+202E⟧/);
});

test("a broken selection costs one line", () => {
  const selection = { kind: "statements", entry: KEY, happening: {} };
  const lines = captionLines({ conflict: "u", state: read(""), overview, selection, address: "" });
  assert.ok(lines.some((line) => line.includes(KEY)));
  assert.ok(lines.some((line) => line.startsWith("Order in time")));
});

test("a caption can be made before anything was read", () => {
  assert.ok(captionLines({ conflict: "u", state: read(""), overview: null, selection: null, address: "" }).length >= 3);
});

test("lines are no wider than they may be, and nothing is lost", () => {
  const measure = (text) => text.length;
  for (const text of ["one two three four", "x".repeat(45), `at http://${"y".repeat(30)}/ end`, "", "  a  b "]) {
    const lines = wrapped(text, 10, measure);
    assert.ok(
      lines.every((line) => line.length <= 10),
      JSON.stringify(lines),
    );
    assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  }
});

test("a letter wider than the line still ends up on one", () => {
  assert.deepEqual(
    wrapped("ab", 1, () => 5),
    ["a", "b"],
  );
});

test("a file name is one on every system", () => {
  assert.equal(fileName("ukraine-3845", "png"), "ukraine-3845.png");
  assert.equal(fileName("../a b/c:d", "csv"), "a-b-c-d.csv");
  assert.equal(fileName("///", "svg"), "timeline.svg");
});
