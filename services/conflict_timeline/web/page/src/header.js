// The header: which conflict, how far it is known, views, theme and language.

import { fill, h } from "./dom.js";
import { shown } from "./safe.js";
import { nothing } from "./filters.js";
import { VIEWS } from "./state.js";
import { applyLanguage, applyTheme, chosen } from "./theme.js";
import { LANGUAGES, inUse, named, number, t, tn } from "./words/index.js";

/** The header of the page. */
export function createHeader(container, { store, onHelp, onLanguage }) {
  const conflict = h("select", { onchange: () => store.set({ ...nothing(), c: conflict.value, s: "", i: "", p: "", z: "", mirror: "" }) });
  const position = h("span", { class: "mono" });
  const live = h("span", { class: "live", role: "status" });
  const views = h("nav", { class: "views", "aria-label": t("page.views") });
  const theme = picker(["auto", "light", "dark"].map((one) => [one, named("page.theme", one)]), chosen().theme, applyTheme);
  const language = picker(Object.entries(LANGUAGES), inUse(), (code) => {
    applyLanguage(code);
    onLanguage();
  });
  fill(
    container,
    h("div", { class: "name" }, h("h1", {}, t("page.title")), h("p", { class: "soft" }, t("page.subtitle"))),
    views,
    h(
      "div",
      { class: "settings" },
      h("label", {}, h("span", { class: "soft" }, t("page.conflict")), conflict),
      position,
      live,
      h("label", {}, h("span", { class: "visually-hidden" }, t("page.theme")), theme),
      Object.keys(LANGUAGES).length > 1 &&
        h("label", {}, h("span", { class: "visually-hidden" }, t("page.language")), language),
      h("button", { type: "button", onclick: onHelp, "aria-haspopup": "dialog", "aria-label": t("page.help") }, "?"),
    ),
  );

  return {
    /** Shows the conflicts there are, and which is looked at. */
    conflicts(names, current) {
      const all = names.includes(current) || !current ? names : [current, ...names];
      fill(conflict, all.map((name) => h("option", { value: name, selected: name === current }, shown(name))));
      conflict.value = current;
    },
    /** Shows the view, and what is known. */
    show(state, overview) {
      fill(
        views,
        VIEWS.map((view) =>
          h(
            "button",
            { type: "button", "aria-pressed": String(view === state.v), onclick: () => store.set({ v: view }) },
            named("page.view", view),
          ),
        ),
      );
      if (!overview) return fill(position);
      const digest = overview.digests.chronology ?? "";
      fill(position, t("page.position", { n: number(overview.position) }), digest && ` · ${digest.slice(0, 8)}`);
      position.title = digest && t("page.digest", { digest });
    },
    /** Shows whether new revisions are heard of, and how many came. */
    live({ connected, pinned, fresh }) {
      live.dataset.on = String(connected && !pinned);
      fill(live, pinned ? t("live.pinned") : t(connected ? "live.on" : "live.off"), fresh > 0 && ` · ${tn("live.new", fresh)}`);
    },
  };
}

function picker(choices, current, onChoice) {
  const select = h("select", { onchange: () => onChoice(select.value) });
  fill(select, choices.map(([value, text]) => h("option", { value, selected: value === current }, text)));
  return select;
}
