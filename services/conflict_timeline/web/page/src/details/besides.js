// Besides: what was observed beside what was expected, the map and the table: of the words' own side or of the other.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { named, t, tn } from "../words/index.js";
import { expected } from "./expected.js";
import { map } from "./map.js";
import { attempt, notice, section } from "./parts.js";
import { pairsTable } from "./pairs.js";

/** The parts of a statement that depend on the window; `mirror` is null for its own side, else the other's answer. */
export function besides(selection, context) {
  const { mirror, onMirror } = context;
  const parts = [
    h(
      "div",
      { class: "sides" },
      toggle(mirror !== null, onMirror, "side:top"),
      mirror ? whose(mirror) : own(selection),
    ),
  ];
  if (!mirror)
    parts.push(...ofSide(selection, { rate: selection.rate, problem: selection.rateProblem }, selection, context));
  else if (mirror.error) parts.push(problem(mirror));
  else if (!mirror.answer) parts.push(h("p", { class: "soft", role: "status" }, t("details.loading")));
  else if (!mirror.answer.about.length)
    parts.push(h("p", { class: "nothing", tabindex: "-1" }, t("details.mirror.nobody")));
  else {
    const { answer } = mirror;
    parts.push(...ofSide(selection, { rate: answer }, answer, context));
    if (answer.beyond_regions) parts.push(h("p", {}, tn("details.mirror.beyond", answer.beyond_regions)));
  }
  parts.push(h("p", {}, toggle(mirror !== null, onMirror, "side:bottom")));
  return parts;
}

function ofSide(selection, { rate, problem: reason }, { pairs, unreadable, pairsMore }, context) {
  const { window, geometry, onSelect, all, onShowAll, mirror } = context;
  const { happening } = selection;
  return [
    attempt("expected", () =>
      expected({
        rate,
        problem: reason,
        happening: { ...happening, ...(mirror ? { about: mirror.answer.about } : {}) },
        pairs,
        window,
      }),
    ),
    attempt("map", () =>
      section(
        t("details.map", { window: named("window", window) }),
        { class: "mapped" },
        map(pairs, { window, geometry, regions: happening.regions ?? [] }),
      ),
    ),
    attempt("pairs", () =>
      pairsTable({ pairs, unreadable, more: pairsMore, window, onSelect, all, onShowAll, isMirror: mirror !== null }),
    ),
  ];
}

function own({ happening }) {
  const parties = happening.about?.length ? happening.about : [happening.speaker?.party].filter(Boolean);
  return h(
    "p",
    { class: "soft" },
    parties.length ? shown(t("details.side.own", { parties: parties.join(", ") })) : t("details.side.nobody"),
  );
}

function whose({ answer }) {
  return answer?.about.length
    ? h("p", {}, h("b", {}, shown(t("details.side.theirs", { parties: answer.about.join(", ") }))))
    : null;
}

function toggle(isOn, onMirror, at) {
  return h(
    "button",
    { type: "button", class: "side", "aria-pressed": String(isOn), "data-at": at, onclick: () => onMirror(!isOn) },
    t("details.mirror"),
  );
}

function problem({ error, onRetry }) {
  return notice(
    "warn",
    h("p", {}, shown(t("details.failed", { reason: error.message }))),
    h("button", { type: "button", "data-at": "mirror:again", onclick: onRetry }, t("details.again")),
  );
}
