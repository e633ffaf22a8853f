// Status: for each conflict a table of its timelines.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { number, t, tn } from "../words/index.js";
import { moment, seconds } from "../words/time.js";
import { failed, nothing, safely, safeRow } from "./parts.js";
import { whyOf } from "./troubles.js";

const COLUMNS = 8;
const DIGEST = 16;

/** The tables; the conflict that the reader looks at comes first. */
export function statusTables(status, conflict, again) {
  const title = h("h3", {}, t("views.timelines"));
  if (status instanceof Error) return [title, failed(status, again)];
  if (!status.conflicts.length) return [title, nothing(t("views.noConflict"))];
  const inOrder = [...status.conflicts].sort((a, b) => (b.conflict === conflict) - (a.conflict === conflict));
  return [title, inOrder.map((one) => safely(one?.conflict ?? "?", () => table(one)))];
}

function table(one) {
  const recorded = one.recorded_at
    ? t("views.lastRecorded", { time: moment(seconds(one.recorded_at)) })
    : t("views.nothingRecorded");
  const about = [h("strong", {}, shown(one.conflict)), " ", t("views.head", { n: number(one.head) }), ", ", recorded];
  return [
    h("p", { class: "above" }, about),
    h(
      "div",
      {
        class: "scrolling",
        role: "region",
        "aria-label": one.conflict,
        tabindex: "0",
        "data-key": `status ${one.conflict}`,
      },
      h(
        "table",
        { class: "status" },
        h("caption", { class: "visually-hidden" }, shown(one.conflict)),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            [t("views.timeline"), t("views.version"), t("views.state")].map((text) => h("th", { scope: "col" }, text)),
            [t("views.checkpoint"), t("views.lag"), t("views.made")].map((text) =>
              h("th", { scope: "col", class: "n" }, text),
            ),
            [t("views.digest"), t("views.waiting")].map((text) => h("th", { scope: "col" }, text)),
          ),
        ),
        h(
          "tbody",
          {},
          one.projections.map((row) => safeRow(row?.projection ?? "?", COLUMNS, () => rows(row, one))),
        ),
      ),
    ),
  ];
}

function rows(row, { conflict }) {
  const cells = h(
    "tr",
    { class: row.state },
    h("th", { scope: "row" }, shown(row.projection)),
    h("td", {}, String(row.version), row.served ? null : [" ", t("views.notServed")]),
    h("td", {}, h("span", { class: `view-state ${row.state}` }, stateOf(row.state))),
    h("td", { class: "n" }, number(row.position)),
    h(
      "td",
      { class: "n" },
      row.lag_events
        ? t("views.behind", {
            events: number(row.lag_events),
            seconds: number(row.lag_s, { maximumFractionDigits: 1 }),
          })
        : t("views.notBehind"),
    ),
    h("td", { class: "n" }, number(row.revisions)),
    h("td", { class: "mono" }, shown(row.digest.slice(0, DIGEST))),
    h("td", {}, row.waiting ? tn("views.waitingFor", row.waiting) : t("views.waitingNone")),
  );
  if (!row.reason && !row.stuck) return cells;
  const why = row.stuck ?? {};
  const fragment = document.createDocumentFragment();
  fragment.append(
    cells,
    h(
      "tr",
      { class: "why" },
      h(
        "td",
        { colspan: COLUMNS },
        h("p", {}, h("strong", {}, t("views.why")), " ", shown(row.reason ?? "")),
        whyOf(why, `stuck ${conflict} ${row.projection}`),
      ),
    ),
  );
  return fragment;
}

function stateOf(state) {
  const texts = {
    running: t("views.state.running"),
    idle: t("views.state.idle"),
    stuck: t("views.state.stuck"),
    rebuilding: t("views.state.rebuilding"),
    absent: t("views.state.absent"),
  };
  return texts[state] ?? state;
}
