// Help: the keys, and what the drawing means.

import { fill, h } from "./dom.js";
import { t } from "./words/index.js";

/** The dialog of help; `legend` gives what explains the marks. */
export function createHelp(legend) {
  const keys = [
    [["←", "→"], "help.statements"],
    [["↑", "↓"], "help.strikes"],
    [["+", "−"], "help.zoom"],
    [["0"], "help.all"],
    [["[", "]"], "help.asof"],
    [["/"], "help.search"],
    [["T"], "help.table"],
    [["E"], "help.export"],
    [["?"], "help.help"],
    [["Esc"], "help.escape"],
  ];
  const dialog = h("dialog", { "aria-labelledby": "help-title", class: "help" });
  const titles = {
    "help.statements": t("help.statements"),
    "help.strikes": t("help.strikes"),
    "help.zoom": t("help.zoom"),
    "help.all": t("help.all"),
    "help.asof": t("help.asof"),
    "help.search": t("help.search"),
    "help.table": t("help.table"),
    "help.export": t("help.export"),
    "help.help": t("help.help"),
    "help.escape": t("help.escape"),
  };
  return {
    element: dialog,
    open() {
      fill(
        dialog,
        h("h2", { id: "help-title" }, t("help.title")),
        h("p", {}, t("help.what")),
        h("p", {}, t("page.order")),
        legend(),
        h("dl", { class: "keys" }, keys.map(([names, text]) => [h("dt", {}, names.map((name) => h("kbd", {}, name))), h("dd", {}, titles[text])])),
        h("button", { type: "button", onclick: () => dialog.close() }, t("help.close")),
      );
      dialog.showModal();
    },
  };
}
