// The filters at the left: each choice with how many marks it would show.

import { fill, h } from "./dom.js";
import { NONE, OF } from "./model/filters.js";
import { shown } from "./safe.js";
import { FILTERS } from "./state.js";
import { named, number, t, tn } from "./words/index.js";

const SHOWN = 8;
const SEARCH_MS = 350;
const GROUPS = { act: "act", topic: "topic", target: "topic", prec: "precision" };

/** The panel of filters. */
export function createFilters(container, { store }) {
  const opened = new Set();
  let wait = 0;
  const search = h("input", { type: "search", id: "search", maxlength: "200", autocomplete: "off", spellcheck: "false" });
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => store.set({ q: search.value.trim() }, { quiet: true }), SEARCH_MS);
  });
  const found = h("p", { class: "soft", role: "status" });
  const groups = h("div", { class: "groups" });
  const clear = h("button", { type: "button", onclick: () => store.set(nothing()) }, t("page.clear"));
  fill(
    container,
    h("h2", { class: "visually-hidden" }, t("filters.label")),
    h("form", { role: "search", onsubmit: (event) => event.preventDefault() }, h("label", { for: "search" }, t("filters.search")), search, found),
    groups,
    clear,
  );

  function group(filter, counted, state) {
    const chosen = state[filter.name];
    const isOpen = opened.has(filter.name);
    const first = counted.slice(0, isOpen ? counted.length : SHOWN);
    const beyond = counted.slice(first.length).filter(([value]) => chosen.includes(value));
    const all = [...first, ...beyond];
    if (!all.length) return null;
    return h(
      "fieldset",
      {},
      h("legend", {}, named("filters", filter.name)),
      all.map(([value, n]) => choice(filter.name, value, n, chosen)),
      counted.length > SHOWN &&
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            "aria-expanded": String(isOpen),
            "data-key": `${filter.name} more`,
            onclick: () => {
              if (isOpen) opened.delete(filter.name);
              else opened.add(filter.name);
              draw();
            },
          },
          isOpen ? t("filters.less") : t("filters.more", { n: counted.length - first.length }),
        ),
    );
  }

  function choice(name, value, n, chosen) {
    const text = value === NONE ? t("filters.none") : named(GROUPS[name] ?? name, value);
    const box = h("input", {
      type: "checkbox",
      checked: chosen.includes(value),
      "data-key": `${name} ${value}`,
      "aria-label": tn("filters.count", n, { name: text }),
      onchange: () => {
        const rest = store.state[name].filter((one) => one !== value);
        store.set({ [name]: (box.checked ? [...rest, value] : rest).sort() });
      },
    });
    return h("label", { class: "check choice" }, box, h("span", { class: "of" }, shown(text)), h("span", { class: "soft count" }, number(n)));
  }

  let last = null;
  function draw() {
    if (!last) return;
    const [state, counted] = last;
    const focused = document.activeElement?.dataset?.key;
    const seen = new Set();
    const parts = [];
    for (const kind of ["statements", "incidents"]) {
      for (const filter of OF[kind]) {
        if (seen.has(filter.name)) continue;
        seen.add(filter.name);
        const merged = filter.name === "prec" ? added(counted.statements.prec, counted.incidents.prec) : counted[kind][filter.name];
        parts.push(group(filter, merged ?? [], state));
      }
    }
    fill(groups, parts);
    if (focused) groups.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    clear.hidden = !FILTERS.some((name) => state[name].length) && !state.q;
    if (document.activeElement !== search) search.value = state.q;
  }

  return {
    /** Shows the choices, `counted` as `counts` of each kind. */
    show(state, counted) {
      last = [state, counted];
      draw();
    },
    /** Shows how many a search found: null for no search, "…" while it is under way. */
    found(n) {
      fill(found, n === null ? null : n === "…" ? t("filters.searching") : typeof n === "number" ? t("filters.found", { n: number(n) }) : n);
    },
    focusSearch() {
      search.focus();
      search.select();
    },
  };
}

/** A state's part that asks for nothing. */
export function nothing() {
  return { q: "", ...Object.fromEntries(FILTERS.map((name) => [name, []])) };
}

function added(...lists) {
  const sum = new Map();
  for (const [value, n] of lists.flat()) sum.set(value, (sum.get(value) ?? 0) + n);
  const order = ["instant", "hour", "day", "longer"];
  return [...sum].sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
}
