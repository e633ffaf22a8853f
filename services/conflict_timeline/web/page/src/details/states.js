// States: what the details say while there is nothing to be told, or not yet, or not any more.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { number, t } from "../words/index.js";
import { notice } from "./parts.js";

/** Nothing is selected: what there is to be seen here, and how. */
export function empty() {
  return h(
    "div",
    { class: "state" },
    h("h2", {}, t("details.empty")),
    h("p", {}, t("details.empty.how")),
    h("ul", {}, [
      h("li", {}, t("details.empty.keys")),
      h("li", {}, t("details.empty.statement")),
      h("li", {}, t("details.empty.strike")),
    ]),
  );
}

/** Something is being read. */
export function loading() {
  const line = (of) => h("div", { class: `skeleton ${of}`, "aria-hidden": "true" });
  return h(
    "div",
    { class: "state", "aria-busy": "true" },
    h("p", { class: "soft", role: "status" }, t("details.loading")),
    ["wide", "wide", "half", "wide", "third"].map(line),
  );
}

/** It could not be read. As of an earlier moment, that it was not known yet is no error. */
export function failed(error, { position, onRetry, onLatest }) {
  if (error.status === 404 && position) {
    return h(
      "div",
      { class: "state" },
      h("h2", {}, t("details.notKnown")),
      h("p", {}, t("details.notKnown.why", { position: number(Number(position), { useGrouping: false }) })),
      h("button", { type: "button", "data-at": "latest", onclick: onLatest }, t("details.notKnown.latest")),
    );
  }
  const told = error.status === 404 ? t("details.notThere") : t("details.failed", { reason: error.message });
  return h(
    "div",
    { class: "state", role: "alert" },
    h("h2", {}, t("details.failed.title")),
    h("p", {}, shown(told)),
    h("button", { type: "button", "data-at": "again", onclick: onRetry }, t("details.again")),
  );
}

/** It was known and is not any more: why, and where that leads. */
export function withdrawn(selection, { onSelect }) {
  const last = selection.revisions.at(-1);
  const event = selection.events.find((one) => one.key === last?.because?.[0]);
  const reason = event?.event?.data?.reason;
  const leadsTo = selection.leadsTo ?? selection.mergedInto;
  const follow =
    leadsTo &&
    h(
      "button",
      { type: "button", "data-at": "leads-to", onclick: () => onSelect({ kind: selection.kind, entry: leadsTo }) },
      t("details.withdrawn.leadsTo"),
    );
  return notice(
    "withdrawn",
    h("b", {}, t("details.withdrawn", { position: last?.position ?? "" })),
    h(
      "p",
      {},
      t(
        leadsTo
          ? "details.withdrawn.merged"
          : selection.kind === "statements"
            ? "details.withdrawn.statement"
            : "details.withdrawn.incident",
      ),
    ),
    reason ? h("p", { dir: "auto" }, shown(t("details.revision.reason", { reason }))) : null,
    follow ? h("p", {}, follow, " ", h("span", { class: "mono soft" }, shown(leadsTo))) : null,
    h("p", { class: "soft" }, t("details.withdrawn.last")),
  );
}
