// Layout: the landmarks of the page, empty.

import { fill, h } from "./dom.js";
import { inUse, t } from "./words/index.js";

/** Fills the body, and gives its parts by name. */
export function layout(body) {
  document.documentElement.lang = inUse();
  document.title = t("page.title");
  const parts = {
    header: h("header", { class: "header" }),
    strip: h("section", { class: "strip", "aria-label": t("asof.label") }),
    filters: h("div", { class: "filters-body" }),
    chart: h("section", { class: "chart", "aria-label": t("page.timeline"), id: "timeline", tabindex: "-1" }),
    bar: h("div", { class: "bar" }),
    notice: h("div", { class: "notice" }),
    view: h("section", { class: "view", hidden: true, tabindex: "-1" }),
    details: h("aside", { class: "details scrolling", "aria-label": t("page.details"), tabindex: "0" }),
    announcements: h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" }),
  };
  // Narrow screens show the filters when asked for; wide ones always.
  const disclosure = h("details", { class: "filters-fold", open: true }, h("summary", {}, t("filters.show")), parts.filters);
  parts.aside = h("aside", { class: "filters scrolling", "aria-label": t("filters.label"), tabindex: "0" }, disclosure);
  const narrow = matchMedia("(max-width: 1100px)");
  const folded = () => (disclosure.open = !narrow.matches);
  narrow.addEventListener("change", folded);
  folded();
  parts.footer = h("div", { class: "footer" }, h("p", { class: "soft order" }, t("page.order")));
  parts.main = h("main", { class: "main" }, parts.bar, parts.notice, parts.chart, parts.view, parts.footer);
  fill(
    body,
    h("a", { class: "skip", href: "#timeline" }, t("page.skip")),
    parts.header,
    parts.strip,
    h("div", { class: "columns" }, parts.aside, parts.main, parts.details),
    parts.announcements,
  );
  return parts;
}
