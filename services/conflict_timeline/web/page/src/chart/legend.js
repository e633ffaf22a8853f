// Legend: what the shapes of the chart mean.

import { h, s } from "../dom.js";
import { shown } from "../safe.js";
import { t } from "../words/index.js";

const SIGNED = 3;

/** A legend; `parties` are those who speak, the most frequent first. */
export function createLegend(parties) {
  return h(
    "ul",
    { class: "chart-legend" },
    item(statement(null), t("chart.legend.words")),
    item(strike(), t("chart.legend.strike")),
    item(diamonds(), t("chart.legend.instant")),
    item(bar(20), t("chart.legend.bar")),
    item(bar(44, 3), t("chart.legend.long")),
    parties.slice(0, SIGNED).map((party, rank) => item(statement(rank), t("chart.legend.party", { party }))),
    item(statement(SIGNED), t("chart.legend.others")),
    item(arc(null), t("chart.legend.definite")),
    item(arc("4 3"), t("chart.legend.possible")),
    item(later(), t("chart.legend.later")),
    item(until(), t("chart.legend.knownUntil")),
    item(counts(), t("chart.legend.density")),
  );
}

function item(picture, text) {
  return h(
    "li",
    {},
    s("svg", { width: 52, height: 20, viewBox: "0 0 52 20", "aria-hidden": "true", class: "chart-sample" }, picture),
    h("span", {}, shown(text)),
  );
}

const DIAMOND = (x, half) => `M${x - half} 10L${x} ${10 - half}L${x + half} 10L${x} ${10 + half}Z`;

function statement(rank) {
  const ring = s("path", { d: DIAMOND(26, 7), class: "words line" });
  return rank === null ? [s("path", { d: DIAMOND(26, 7), class: "words" })] : [ring, signs(rank)];
}

function signs(rank) {
  if (rank === 0) return s("circle", { cx: 26, cy: 10, r: 3.4, class: "words" });
  if (rank === 1) return s("rect", { x: 22.8, y: 6.8, width: 6.4, height: 6.4, class: "words" });
  if (rank === 2) return s("path", { d: "M22 13L26 6.2L30 13Z", class: "words" });
  return s("path", { d: "M22.6 9.1h6.8v1.8h-6.8zM25.1 6.6h1.8v6.8h-1.8z", class: "words" });
}

function strike() {
  return s("path", { d: DIAMOND(26, 5), class: "strikes" });
}

function diamonds() {
  return [s("path", { d: DIAMOND(18, 7), class: "words line" }), s("path", { d: DIAMOND(36, 5), class: "strikes" })];
}

function bar(width, height = 4) {
  const left = 26 - width / 2;
  return [
    s("rect", { x: left, y: 10 - height / 2, width, height, class: "strikes-soft" }),
    s("path", {
      d: `M${left} ${8 - height / 2}v${height + 4}M${left + width} ${8 - height / 2}v${height + 4}`,
      class: "strikes line",
    }),
  ];
}

function arc(dashes) {
  return s("path", { d: "M4 2C4 14 48 6 48 18", class: "strikes line", "stroke-dasharray": dashes });
}

function later() {
  return s("rect", { x: 8, y: 7, width: 36, height: 6, class: "later line", "stroke-dasharray": "2.5 2" });
}

function until() {
  return [
    s("rect", { x: 26, y: 0, width: 26, height: 20, class: "unknown" }),
    s("path", { d: "M26 0v20", class: "ink line", "stroke-dasharray": "4 3" }),
  ];
}

function counts() {
  return [
    s("path", { d: "M12 10v-5h4v5zM18 10v-9h4v9zM24 10v-6h4v6zM30 10v-3h4v3z", class: "words" }),
    s("path", { d: "M12 10v3h4v-3zM18 10v8h4v-8zM24 10v5h4v-5zM30 10v9h4v-9z", class: "strikes" }),
  ];
}
