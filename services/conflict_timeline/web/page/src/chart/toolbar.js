// Toolbar: what is in view, in words, and a button for each drag.

import { fill, h } from "../dom.js";
import { t, tn } from "../words/index.js";
import { day, span } from "../words/time.js";

const LONG_S = 10 * 86_400;

/** The toolbar; `act` has a function for each button. */
export function createToolbar(act) {
  const range = h("p", { class: "chart-range" });
  const count = h("p", { class: "soft chart-count" });
  const button = (sign, text, action) =>
    h(
      "button",
      { type: "button", onclick: action },
      h("span", { "aria-hidden": "true", class: "chart-sign" }, sign),
      h("span", { class: "chart-word" }, text),
    );
  const buttons = [
    button("+", t("chart.zoomIn"), act.zoomIn),
    button("−", t("chart.zoomOut"), act.zoomOut),
    button("←", t("chart.earlier"), act.earlier),
    button("→", t("chart.later"), act.later),
    button("↔", t("chart.all"), act.all),
  ];
  const element = h(
    "div",
    { class: "chart-toolbar" },
    range,
    h("div", { class: "chart-buttons", role: "group", "aria-label": t("chart.moving") }, buttons),
    count,
  );
  let last = "";

  return {
    element,
    /** Says what is in view. */
    show(view, inView) {
      const text = `${rangeText(view)}|${inView.statements}|${inView.incidents}`;
      if (text === last) return;
      last = text;
      fill(range, rangeText(view));
      fill(count, countText(inView));
    },
  };
}

/** A view in words, days where hours would say nothing. */
export function rangeText(view) {
  if (view[1] - view[0] < LONG_S) return span(Math.round(view[0] / 60) * 60, Math.round(view[1] / 60) * 60);
  return t("chart.range", { from: day(view[0]), to: day(view[1]) });
}

/** How many marks are in view. */
export function countText({ statements, incidents }) {
  return t("chart.inView", { statements: tn("chart.statements", statements), strikes: tn("chart.strikes", incidents) });
}
