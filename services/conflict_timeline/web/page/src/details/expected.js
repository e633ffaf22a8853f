// Expected: what was observed in each window beside what a random moment would have been followed by.

import { h, s } from "../dom.js";
import { plain, shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import { seconds } from "../words/time.js";
import { notice, section, when } from "./parts.js";
import { DAYS_NEEDED, digits, drawing, isRated, reach, WINDOW_NAMES } from "./rates.js";

const WIDTH = 280;
const LEFT = 8;
const SPAN = WIDTH - 2 * LEFT;

/**
 * The section of a statement or its mirror: `rate` has `windows`, `days_*`, `reason` and, of a statement, its
 * `denominator`. `pairs` tell how many of those that are possible have an unknown order.
 */
export function expected({ rate, problem, happening, pairs, window }) {
  const head = h("p", { class: "soft" }, t("details.expected.what"));
  if (!rate)
    return section(
      t("details.expected"),
      { class: "expected" },
      notice("warn", shown(t("details.expected.problem", { reason: problem ?? "" }))),
    );
  return section(
    t("details.expected"),
    { class: "expected" },
    head,
    rate.reason === "too_little_data" ? tooLittle(rate) : null,
    h(
      "ul",
      { class: "windows" },
      WINDOW_NAMES.map((name) => oneWindow(name, rate, pairs, name === window)),
    ),
    notes(rate, happening),
  );
}

/** One window of a rate in a sentence. */
export function sentence(one, unknown = 0) {
  const parts = [
    t("details.expected.observed", {
      definite: number(one.observed_definite),
      possible: number(one.observed_possible),
    }),
  ];
  if (unknown) parts.push(tn("details.expected.unknown", unknown));
  if (isRated(one)) {
    parts.push(t("details.expected.mean", { range: range(one.mean_low, one.mean_high, digits) }));
    parts.push(t("details.expected.share", { range: percents(one.share_low, one.share_high) }));
  }
  return parts.join(" ");
}

/** The chosen window of a statement in a line. */
export function summary({ rate, pairs }, window) {
  const one = rate?.windows?.[window];
  if (!one) return null;
  const unknown = pairs.filter((pair) => pair.order === "unknown" && pair.fits[window]).length;
  const rest = isRated(one) ? "" : ` ${t("details.expected.tooLittle")}`;
  return h(
    "span",
    {},
    h("b", {}, t("details.summary", { window: named("window", window) })),
    " ",
    sentence(one, unknown),
    rest,
  );
}

function oneWindow(name, rate, pairs, isChosen) {
  const one = rate.windows?.[name];
  if (!one) return null;
  const unknown = pairs.filter((pair) => pair.order === "unknown" && pair.fits[name]).length;
  const among = rate.denominator?.windows?.[name];
  return h(
    "li",
    { class: isChosen ? "one-window chosen" : "one-window", "aria-current": isChosen ? "true" : null },
    h(
      "h4",
      {},
      named("window", name),
      isChosen ? h("span", { class: "soft" }, ` · ${t("details.expected.chosen")}`) : null,
    ),
    isRated(one) ? picture(name, one) : null,
    h("p", {}, sentence(one, unknown)),
    rate.denominator?.statements > 1 && among ? h("p", { class: "soft" }, followed(among)) : null,
  );
}

// An axis from nothing to a round number: the expected range as a hatched bar, a filled diamond for what is sure, and
// an open one, joined to it, for what may be.
function picture(name, one) {
  const drawn = drawing(one);
  const x = (share) => Math.round((LEFT + share * SPAN) * 10) / 10;
  const [from, to] = drawn.expected;
  const width = Math.max(x(to) - x(from), 3);
  const hasPossible = drawn.possible > drawn.definite;
  const label = t("details.expected.drawing", {
    window: named("window", name),
    expected: range(one.mean_low, one.mean_high, digits),
    definite: number(one.observed_definite),
    possible: number(one.observed_possible),
  });
  return s(
    "svg",
    { class: "beside", viewBox: `0 0 ${WIDTH} 46`, role: "img", "aria-label": plain(label) },
    s("line", { x1: LEFT, x2: WIDTH - LEFT, y1: 30, y2: 30, class: "axis" }),
    s("line", { x1: LEFT, x2: LEFT, y1: 27, y2: 33, class: "axis" }),
    s("line", { x1: WIDTH - LEFT, x2: WIDTH - LEFT, y1: 27, y2: 33, class: "axis" }),
    s("text", { x: LEFT, y: 44, class: "tick" }, "0"),
    s("text", { x: WIDTH - LEFT, y: 44, class: "tick end" }, number(drawn.max)),
    s("rect", { x: x(from), y: 22, width, height: 8, class: "range" }),
    hasPossible ? s("line", { x1: x(drawn.definite), x2: x(drawn.possible), y1: 12, y2: 12, class: "maybe" }) : null,
    hasPossible ? diamond(x(drawn.possible), "possible") : null,
    diamond(x(drawn.definite), "definite"),
  );
}

/** What the marks of the drawings mean, said once. */
export function key() {
  const mark = (...children) => s("svg", { class: "swatch", viewBox: "0 0 16 12", "aria-hidden": "true" }, children);
  return h(
    "ul",
    { class: "legend", "aria-label": t("details.expected.legend") },
    h("li", {}, mark(diamond(8, "definite", 6)), t("details.expected.key.definite")),
    h("li", {}, mark(diamond(8, "possible", 6)), t("details.expected.key.possible")),
    h(
      "li",
      {},
      mark(s("rect", { x: 1, y: 2, width: 14, height: 8, class: "range" })),
      t("details.expected.key.expected"),
    ),
  );
}

function diamond(x, kind, y = 12) {
  return s("path", { d: `M${x} ${y - 5}l5 5l-5 5l-5 -5z`, class: `observed ${kind}` });
}

function tooLittle(rate) {
  return notice(
    "too-little",
    h("b", {}, t("details.expected.tooLittle")),
    " ",
    tn("details.expected.tooLittleDays", rate.days_recorded, { needed: number(DAYS_NEEDED) }),
    " ",
    t("details.expected.tooLittleWhy"),
  );
}

function notes(rate, happening) {
  const told = [];
  if (rate.windows && WINDOW_NAMES.some((name) => rate.windows[name] && isRated(rate.windows[name]))) told.push(key());
  const days = tn("details.expected.days", rate.days_recorded);
  told.push(h("p", {}, `${days} ${tn("details.expected.match", rate.days_with_match)}`));
  if (rate.denominator) told.push(h("p", {}, shown(among(rate.denominator.statements, happening))));
  const limited = happening && shorter(reach(happening));
  if (limited) told.push(h("p", {}, limited));
  return h("div", { class: "notes soft" }, told);
}

function among(count, happening) {
  const values = {
    party: happening?.speaker?.party ?? t("details.expected.thisSpeaker"),
    act: named("act", happening?.act ?? "other"),
  };
  return count === 1 ? t("details.expected.only", values) : tn("details.expected.among", count, values);
}

function followed({ over, definite, not_yet_over: open }) {
  const told = t("details.expected.followed", { definite: number(definite), over: number(over) });
  return open ? `${told} ${tn("details.expected.notYetOver", open)}` : told;
}

function shorter(limit) {
  if (!limit) return null;
  if (limit.never === "act") return t("details.expected.neverAct");
  if (limit.never === "topics") return t("details.expected.neverTopics");
  if (limit.never === "about") return t("details.expected.neverAbout");
  if (limit.validity) {
    const span = when(seconds(limit.validity.earliest), seconds(limit.validity.latest));
    return t("details.expected.whileItHolds", { span });
  }
  return t("details.expected.shorter", { days: number(limit.days) });
}

function range(low, high, how) {
  const [a, b] = [number(low, how(low)), number(high, how(high))];
  return a === b ? a : t("details.expected.range", { low: a, high: b });
}

function percents(low, high) {
  const how = (value) => ({ style: "percent", maximumFractionDigits: value > 0 && value < 0.1 ? 1 : 0 });
  return range(low, high, how);
}
