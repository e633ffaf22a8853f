// Menu: the exports, behind one button.

import { fill, h } from "../dom.js";
import { shown } from "../safe.js";
import { filterName } from "../views/filter_names.js";
import { t } from "../words/index.js";

const ITEMS = {
  png: () => t("exporting.png"),
  svg: () => t("exporting.svg"),
  csv: () => t("exporting.csv"),
  strikes: () => t("exporting.strikes"),
  json: () => t("exporting.json"),
  print: () => t("exporting.print"),
};

/**
 * A button with a menu. `actions` has a function for each of `png`, `svg`, `csv`, `strikes`, `json`, `print` that there
 * is; that of `json` gives an address. It may be a function that gives these. `notes` gives what csvNotes tells.
 */
export function createExportMenu(container, { actions, notes = () => null }) {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": t("exporting.export"), hidden: true });
  const button = h(
    "button",
    {
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: () => (menu.hidden ? open() : close()),
    },
    t("exporting.export"),
  );
  const said = h("p", { class: "menu-said", role: "status" });
  const root = h("div", { class: "export-menu" }, button, menu, said);
  root.addEventListener("keydown", heard);
  root.addEventListener("focusout", (event) => {
    if (!menu.hidden && event.relatedTarget && !root.contains(event.relatedTarget)) close({ focus: false });
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.hidden && !root.contains(event.target)) close({ focus: false });
  });
  fill(container, root);

  function open() {
    if (!root.checkVisibility({ visibilityProperty: true })) return; // In a part of the page that is not shown.
    const given = typeof actions === "function" ? actions() : actions;
    const items = Object.entries(ITEMS)
      .filter(([name]) => given[name])
      .map(([name, text]) => item(name, text(), given[name]));
    const note = noteOf(notes());
    fill(menu, items, note && h("p", { class: "soft menu-note" }, shown(note)));
    fill(said);
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items[0]?.focus();
  }

  function close({ focus = true } = {}) {
    if (menu.hidden) return;
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
  }

  function item(name, text, action) {
    const attributes = { role: "menuitem", tabindex: "-1" };
    if (name === "json") return h("a", { ...attributes, href: action(), onclick: () => close() }, text);
    return h("button", { ...attributes, type: "button", onclick: () => run(action) }, text);
  }

  async function run(action) {
    close();
    try {
      await action();
    } catch (error) {
      fill(said, shown(t("exporting.failed", { reason: error.message })));
    }
  }

  function heard(event) {
    if (menu.hidden) {
      if (event.key !== "ArrowDown" || event.target !== button) return;
      event.preventDefault();
      open();
      return;
    }
    const items = [...menu.querySelectorAll("[role=menuitem]")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") return close({ focus: true });
    else if (to !== undefined) items.at(to % items.length)?.focus();
    else return;
    event.preventDefault(); // The page has other uses for these keys.
  }

  return { element: root, open, close };
}

function noteOf(notes) {
  if (!notes) return "";
  const parts = [];
  if (notes.filters.length)
    parts.push(t("exporting.note.filters", { filters: notes.filters.map(filterName).join(", ") }));
  if (notes.about) parts.push(t("exporting.note.about"));
  return parts.join(" ");
}
