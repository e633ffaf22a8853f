// Pairs: a real table of what was reported after the words, in groups that say how sure that is.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import { lag } from "../words/time.js";
import { grouped } from "./grouping.js";
import { attempt, attributed, notice, preciseness, section, topicsOf, when } from "./parts.js";

const SHOWN_FIRST = { definite: 50, possible: 50, unknown: 50, beyond: 10 };

/**
 * The table of a window. `all` holds the names of groups that are shown whole, and outlives what is drawn;
 * `onShowAll()` draws anew.
 */
export function pairsTable({
  pairs,
  unreadable = [],
  more = false,
  window,
  onSelect,
  all,
  onShowAll,
  isMirror = false,
}) {
  const groups = grouped(pairs, window);
  const name = named("window", window);
  const title = isMirror ? t("details.pairs.mirror") : t("details.pairs");
  const headline = h(
    "p",
    { class: "headline" },
    h("b", {}, tn("details.pairs.definite", groups.definite.length, { window: name })),
    " ",
    tn("details.pairs.possible", groups.possible.length),
    groups.unknown.length ? ` ${tn("details.pairs.unknown", groups.unknown.length)}` : "",
  );
  const parts = [
    group("definite", t("details.group.definite", { window: name, n: number(groups.definite.length) })),
    group("possible", t("details.group.possible", { window: name, n: number(groups.possible.length) })),
    group("unknown", t("details.group.unknown", { n: number(groups.unknown.length) })),
    group("beyond", t("details.group.beyond", { window: name, n: number(groups.beyond.length) })),
  ];
  return section(
    title,
    { class: "pairs" },
    headline,
    unreadable.map((entry) => notice("broken", shown(t("details.broken", { id: entry })))),
    more ? notice("warn", tn("details.pairs.more", pairs.length)) : null,
    pairs.length ? table() : h("p", { class: "nothing", tabindex: "-1" }, t("details.pairs.none")),
  );

  function table() {
    return h(
      "div",
      {
        class: "table scrolling",
        role: "region",
        tabindex: "0",
        "aria-label": t("details.pairs.caption", { window: name }),
      },
      h(
        "table",
        { role: "table" },
        h("caption", {}, t("details.pairs.caption", { window: name })),
        h(
          "thead",
          { role: "rowgroup" },
          h(
            "tr",
            { role: "row" },
            columns().map((one) => h("th", { scope: "col", role: "columnheader" }, one)),
          ),
        ),
        parts,
      ),
    );
  }

  function group(id, heading) {
    const found = groups[id];
    if (!found.length) return null;
    const first = all.has(id) ? found : found.slice(0, SHOWN_FIRST[id]);
    const rest = found.length - first.length;
    const showAll = () => {
      all.add(id);
      onShowAll();
    };
    return h(
      "tbody",
      { role: "rowgroup", class: `group ${id}` },
      h(
        "tr",
        { role: "row", class: "heading" },
        h("th", { scope: "rowgroup", role: "rowheader", colspan: 6 }, heading),
      ),
      first.map((pair) => attempt(pair.incident, () => row(pair, id), whole)),
      rest
        ? whole(
            h(
              "button",
              { type: "button", "data-at": `all:${id}`, onclick: showAll },
              tn("details.pairs.all", found.length),
            ),
          )
        : null,
    );
  }

  function row(pair, id) {
    const select = () => onSelect({ kind: "incidents", entry: pair.incident });
    const cell = (of, ...children) => h("td", { role: "cell", class: of }, children);
    return h(
      "tr",
      { role: "row" },
      h("th", { scope: "row", role: "rowheader", class: "lag" }, lag(pair.lagMin, pair.lagMax)),
      cell(
        "place",
        h(
          "button",
          { type: "button", class: "plain", onclick: select, "data-at": `pair:${pair.incident}` },
          shown(pair.place || t("details.place.unnamed")),
        ),
      ),
      cell("targets", topicsOf(pair.targets) ?? h("span", { class: "soft" }, t("details.targets.none"))),
      cell(
        "time",
        shown(when(pair.from, pair.to)),
        " ",
        h("span", { class: "soft" }, `(${preciseness(pair.from, pair.to)})`),
      ),
      cell("fit", fitIn(pair, id, window)),
      cell("parties", attributed(pair.parties)),
    );
  }
}

function whole(content) {
  return h("tr", { role: "row", class: "whole" }, h("td", { role: "cell", colspan: 6 }, content));
}

/** How a pair fits a window, in words. */
export function fitIn(pair, group, window) {
  const name = named("window", window);
  if (group === "unknown") return t("details.fit.unknown");
  if (group === "beyond") return t("details.fit.beyond", { window: name });
  return t(group === "definite" ? "details.fit.definite" : "details.fit.possible", { window: name });
}

function columns() {
  return [
    t("details.column.lag"),
    t("details.column.place"),
    t("details.column.targets"),
    t("details.column.time"),
    t("details.column.fit"),
    t("details.column.attributed"),
  ];
}
