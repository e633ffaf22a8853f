// Table: rows that can be sorted and walked through by keyboard; one of them may be chosen.

import { fill, h } from "../dom.js";
import { t } from "../words/index.js";
import { keeping } from "./keeping.js";
import { safeRow } from "./parts.js";

const WAYS = { ascending: 1, descending: -1 };

/**
 * A table of entries. `columns` are `{name, title, value?, cell}`: what it is sorted by, and what a cell holds. The
 * first column is a button that chooses its row.
 *
 * Arrows, Home and End walk through the rows: the whole table is one stop of the Tab key.
 */
export function createTable({ label, columns, onChoose }) {
  const body = h("tbody", {});
  const heads = columns.map((column) => {
    const button =
      column.value &&
      h(
        "button",
        { type: "button", class: "sort", "data-key": `sort ${column.name}`, onclick: () => sortBy(column.name) },
        column.title(),
      );
    return h("th", { scope: "col", class: `of-${column.name}` }, button || column.title());
  });
  const table = h(
    "table",
    { class: "rows" },
    h("caption", { class: "visually-hidden" }, label),
    h("thead", {}, h("tr", {}, heads)),
    body,
  );
  let entries = [];
  let chosen = "";
  let sorted = { name: columns[0].name, way: "ascending" };
  let onSort = () => {};
  body.addEventListener("keydown", walk);
  body.addEventListener("click", (event) => {
    if (event.target.closest("a, button")) return;
    const row = event.target.closest("tr[data-entry]");
    if (row && !String(getSelection())) onChoose(row.dataset.entry);
  });

  function sortBy(name) {
    const same = sorted.name === name;
    const first = columns.find((column) => column.name === name).first ?? "ascending";
    sorted = { name, way: same ? (sorted.way === "ascending" ? "descending" : "ascending") : first };
    draw();
    onSort();
  }

  function draw() {
    const column = columns.find((one) => one.name === sorted.name);
    const rows = sort(entries, column.value, WAYS[sorted.way]);
    columns.forEach((one, index) => {
      if (one.value) heads[index].setAttribute("aria-sort", one === column ? sorted.way : "none");
    });
    const stop = rows.find((entry) => entry.entry === chosen) ?? rows[0];
    const made = rows.map((entry) => safeRow(entry.entry, columns.length, () => row(entry, entry === stop)));
    keeping(table, () => fill(body, made));
  }

  function row(entry, isStop) {
    const isChosen = entry.entry === chosen;
    return h(
      "tr",
      { "data-entry": entry.entry, class: isChosen ? "chosen" : null },
      columns.map((column, index) => {
        const cell = column.cell(entry);
        if (index) return h("td", { class: `of-${column.name}` }, cell);
        const button = { type: "button", class: "choose", tabindex: isStop ? "0" : "-1", "data-key": entry.entry };
        return h(
          "th",
          { scope: "row", class: `of-${column.name}` },
          h(
            "button",
            { ...button, "aria-current": isChosen ? "true" : null, onclick: () => onChoose(entry.entry) },
            cell,
          ),
        );
      }),
    );
  }

  function walk(event) {
    const buttons = [...body.querySelectorAll("button.choose")];
    const at = buttons.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault(); // The page has other uses for arrows.
    const next = buttons[to];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  return {
    element: h(
      "div",
      { class: "scrolling rows-box", "data-key": "rows", role: "region", "aria-label": label, tabindex: "-1" },
      table,
    ),
    draw,
    show(others) {
      entries = others;
      draw();
    },
    choose(id) {
      chosen = id;
      draw();
      body.querySelector("tr.chosen")?.scrollIntoView({ block: "nearest" });
    },
    focus: (id) => body.querySelector(`[data-key="${CSS.escape(id)}"]`)?.focus(),
    whenSorted: (hear) => (onSort = hear),
    get sortedWords() {
      return t(sorted.way === "ascending" ? "views.sorted.up" : "views.sorted.down", {
        column: columns.find((one) => one.name === sorted.name).title(),
      });
    },
  };
}

/** Entries by a value; those without one last, and equal ones as they were. */
export function sort(entries, value, way) {
  const keyed = entries.map((entry, index) => ({ entry, index, key: keyOf(entry, value) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.index - b.index;
    return way * compare(a.key, b.key) || a.index - b.index;
  });
  return keyed.map((one) => one.entry);
}

function keyOf(entry, value) {
  try {
    const key = value(entry);
    return key === undefined || Number.isNaN(key) ? null : key;
  } catch {
    return null;
  }
}

function compare(a, b) {
  return typeof a === "string" ? a.localeCompare(b) : a - b;
}
