// Troubles: why the service is not ready.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { t } from "../words/index.js";
import { fact, failed, safely } from "./parts.js";

/** The troubles that `/readyz` tells; a sentence where there is none. */
export function troubleList(ready, again) {
  const title = h("h3", {}, t("views.health"));
  if (ready instanceof Error) return [title, failed(ready, again)];
  if (!ready.troubles.length)
    return [title, h("p", {}, ready.ready ? t("views.health.fine") : t("views.health.noReason"))];
  return [
    title,
    h(
      "ul",
      { class: "troubles" },
      ready.troubles.map((one) =>
        safely(
          one?.what ?? "?",
          () => h("li", { class: "view-message failed" }, trouble(one)),
          (node) => h("li", {}, node),
        ),
      ),
    ),
  ];
}

function trouble(one) {
  const where = [one.conflict, one.projection].filter(Boolean).join(" / ");
  return [
    h("p", {}, h("strong", {}, shown(where ? `${one.what}: ${where}` : one.what)), " ", shown(one.reason)),
    whyOf(one, `trouble ${where}`),
  ];
}

/** Where a fold raised: the event, the place in the log, and the trace, folded up. */
export function whyOf({ position, key, error, traceback }, name) {
  return [
    h(
      "dl",
      { class: "view-facts" },
      fact(t("views.position"), position ? String(position) : null),
      fact(t("views.key"), key && h("span", { class: "mono" }, shown(key))),
      fact(t("views.reason"), error && h("span", { class: "mono" }, shown(error))),
    ),
    traceback &&
      h(
        "details",
        { "data-key": name },
        h("summary", { "data-key": `${name} summary` }, t("views.traceback")),
        h("pre", { class: "mono scrolling", tabindex: "0" }, shown(traceback)),
      ),
  ];
}
