// Notices: what the page says where there is nothing to be drawn, or not all of it.

import { fill, h } from "./dom.js";
import { shown } from "./safe.js";
import { t, tn } from "./words/index.js";

/** The place above the drawing for what has to be said. */
export function createNotices(container) {
  const say = (kind, ...parts) => fill(container, h("div", { class: `message ${kind}`, role: kind === "failed" ? "alert" : null }, parts));
  const button = (text, onclick) => h("button", { type: "button", onclick }, text);
  return {
    clear: () => fill(container),
    loading: (conflict) => say("loading", h("p", {}, conflict ? shown(t("page.loading", { conflict })) : t("page.reading"))),
    noConflict: () => say("empty", h("p", {}, t("page.none")), h("p", { class: "mono" }, t("page.none.how"))),
    unknown: (conflict) => say("empty", h("p", {}, shown(t("page.unknown", { conflict })), " ", t("page.unknown.choose"))),
    failed: (error, again) => say("failed", h("p", {}, shown(t("page.failed", { reason: error.message }))), button(t("page.again"), again)),
    /** What is to be said about what is drawn: nothing there, nothing left by the filters, too much, or not all. */
    about({ conflict, overview, wanted, onClear }) {
      const { statements, incidents } = overview;
      const parts = [];
      if (!statements.total && !incidents.total) parts.push(h("p", {}, shown(t("page.empty", { conflict }))));
      else if (statements.dense || incidents.dense) {
        const totals = { statements: tn("chart.statements", statements.total), strikes: tn("chart.strikes", incidents.total) };
        parts.push(h("p", {}, t("page.dense", totals), " ", t("page.denseFilters")));
      } else if (!wanted) parts.push(h("p", {}, t("page.filtered")), button(t("page.clear"), onClear));
      if (overview.unreadable) parts.push(h("p", {}, tn("page.unreadable", overview.unreadable)));
      if (parts.length) say("empty", parts);
      else fill(container);
    },
  };
}
