// Told: what a mark says of itself in words, for the tooltip and for a screen reader alike.

import { fill, h } from "../dom.js";
import { PRECISIONS } from "../model/marks.js";
import { plain, shown } from "../safe.js";
import { named, t, tn } from "../words/index.js";
import { lag, span } from "../words/time.js";
import { lagUpTo } from "./arcs.js";

/**
 * The lines of a mark: {text, class, isForeign}. A mark that is not as it should be says so, and nothing breaks.
 *
 * @param {Pair | null} pair what joins it to the selected statement
 */
export function lines(marks, place, { pair = null, isLater = false, isSelected = false } = {}) {
  try {
    const all = marks.kind === "statements" ? statement(marks, place) : incident(marks, place);
    if (pair) all.push(...joint(pair));
    if (isLater) all.push({ text: t("chart.tip.later"), class: "later" });
    if (isSelected) all.push({ text: t("chart.tip.selected") });
    return all;
  } catch {
    return [{ text: t("chart.tip.broken", { id: marks.entry[place] }) }];
  }
}

/** The lines of a bar of density. */
export function barLines(kind, count, from, to) {
  const n = Math.max(1, Math.round(count));
  const text = kind === "statements" ? tn("chart.tip.statements", n) : tn("chart.tip.strikes", n);
  return [{ text, class: "title" }, { text: span(from, to) }];
}

/** Shows lines in an element. */
export function showLines(element, all) {
  return fill(
    element,
    all.map((line) => h("p", { class: line.class, dir: line.isForeign ? "auto" : null }, shown(line.text))),
  );
}

/** Lines as one text. */
export function spoken(all) {
  return all.map((line) => plain(line.text)).join("; ");
}

function statement(marks, place) {
  const name = (column) => marks.names[marks[column][place]];
  const party = name("party");
  const speaker = name("speaker") ?? t("chart.tip.nobody");
  return [
    { text: String(marks.title[place] ?? ""), class: "title", isForeign: true },
    { text: party && party !== speaker ? t("chart.tip.speaker", { speaker, party }) : speaker, isForeign: true },
    { text: when(marks, place) },
    list("topics", marks, place, (topics) => t("chart.tip.topics", { topics })),
  ].filter(Boolean);
}

function incident(marks, place) {
  const where = marks.names[marks.place[place]] ?? marks.names[marks.country[place]];
  return [
    { text: where ?? t("chart.tip.nowhere"), class: "title", isForeign: true },
    { text: when(marks, place) },
    list("parties", marks, place, (parties) => t("chart.tip.parties", { parties })) ?? {
      text: t("chart.tip.unattributed"),
    },
    list("targets", marks, place, (targets) => t("chart.tip.targets", { targets })),
    marks.disputed[place] ? { text: t("chart.tip.disputed") } : null,
    marks.windows_disagree[place] ? { text: t("chart.tip.disagree") } : null,
  ].filter(Boolean);
}

function when(marks, place) {
  const precision = named("precision", PRECISIONS[marks.precision[place]]);
  return t("chart.tip.when", { span: span(marks.from[place], marks.to[place]), precision });
}

function list(column, marks, place, text) {
  const values = (marks[column][place] ?? []).map((at) => named("topic", marks.names[at]));
  return values.length ? { text: text(values.join(", ")) } : null;
}

function joint(pair) {
  if (pair.order !== "after")
    return [{ text: t("chart.tip.orderUnknown", { lag: lagUpTo(pair.lagMax) }), class: "pair" }];
  return [{ text: t("chart.tip.after", { lag: lag(pair.lagMin, pair.lagMax) }), class: "pair" }];
}
