// Refused: events that were not recorded, and why.

import { fill, h } from "../dom.js";
import { shown } from "../safe.js";
import { number, t, tn } from "../words/index.js";
import { moment, seconds } from "../words/time.js";
import { failed, nothing, safeRow } from "./parts.js";

const COLUMNS = 5;

/** How many were refused for which reason, and the ones that are listed; `onReason` narrows them. */
export function refusedPart(refused, { reason, onReason, again }) {
  const title = h("h3", {}, t("views.refused"));
  if (refused instanceof Error) return [title, failed(refused, again)];
  if (!refused.total && !reason) return [title, nothing(t("views.refused.none"))];
  const reasons = Object.entries(refused.by_reason ?? {}).sort((a, b) => b[1] - a[1]);
  if (reason && !reasons.some(([name]) => name === reason)) reasons.push([reason, 0]);
  const pick = h("select", { "data-key": "reason", onchange: () => onReason(pick.value) });
  fill(
    pick,
    h("option", { value: "" }, t("views.refused.all", { n: number(refused.total) })),
    reasons.map(([name, n]) =>
      h(
        "option",
        { value: name, selected: name === reason },
        shown(t("views.refused.of", { reason: reasonOf(name), n: number(n) })),
      ),
    ),
  );
  // A service that does not narrow them itself gives all.
  const rows = (refused.refused ?? []).filter((one) => !reason || one?.reason === reason);
  return [
    title,
    h("label", { class: "pick" }, h("span", {}, t("views.refused.reason")), pick),
    h("p", { class: "soft" }, t("views.refused.how")),
    rows.length
      ? [h("p", { class: "above" }, tn("views.refused.listed", rows.length)), table(rows)]
      : nothing(t("views.refused.noneLeft")),
  ];
}

function table(rows) {
  const label = t("views.refused");
  return h(
    "div",
    { class: "scrolling refused-box", role: "region", "aria-label": label, tabindex: "0", "data-key": "refused" },
    h(
      "table",
      { class: "refused" },
      h("caption", { class: "visually-hidden" }, label),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          [
            t("views.refused.at"),
            t("views.reason"),
            t("views.refused.message"),
            t("views.refused.by"),
            t("views.refused.size"),
          ].map((text) => h("th", { scope: "col" }, text)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((one) => safeRow(one?.id ?? "?", COLUMNS, () => row(one))),
      ),
    ),
  );
}

function row(one) {
  return h(
    "tr",
    {},
    h("td", {}, one.refused_at ? moment(seconds(one.refused_at)) : t("views.unknown")),
    h("td", {}, shown(reasonOf(one.reason))),
    h("td", { dir: "auto" }, shown(one.message ?? "")),
    h(
      "td",
      { class: "mono" },
      shown(one.source ?? t("views.unknown")),
      h("div", {}, shown(one.id ?? t("views.unknown"))),
    ),
    h("td", { class: "n" }, one.bytes === undefined || one.bytes === null ? "" : tn("views.bytes", one.bytes)),
  );
}

function reasonOf(reason) {
  const texts = {
    not_json: t("views.reason.not_json"),
    not_utf8: t("views.reason.not_utf8"),
    too_large: t("views.reason.too_large"),
    too_deep: t("views.reason.too_deep"),
    unknown_type: t("views.reason.unknown_type"),
    invalid: t("views.reason.invalid"),
    wrong_stream: t("views.reason.wrong_stream"),
    conflicting_body: t("views.reason.conflicting_body"),
    not_owner: t("views.reason.not_owner"),
    unknown_conflict: t("views.reason.unknown_conflict"),
  };
  return texts[reason] ?? String(reason);
}
