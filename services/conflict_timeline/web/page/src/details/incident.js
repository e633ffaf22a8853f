// Incident: one attack at one place: what its reports agree on, and the statements before it.

import { h } from "../dom.js";
import { placeName } from "../model/selection.js";
import { shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import { lag } from "../words/time.js";
import { sentence } from "./expected.js";
import { figures } from "./figures.js";
import { groupOf } from "./grouping.js";
import { fitIn } from "./pairs.js";
import {
  attempt,
  attributed,
  bare,
  facts,
  inItem,
  listed,
  notice,
  outward,
  recordedRows,
  section,
  topicsOf,
  when,
  whenOf,
} from "./parts.js";
import { reports } from "./reports.js";
import { sources } from "./sources.js";

/** What is known of an incident, report by report. */
export function incident(selection, context) {
  const { incident: body } = selection;
  const total = body.members_total ?? body.members.length;
  return [
    h("p", { class: "place-name", dir: "auto" }, shown(placeName(body.place) || t("details.place.unnamed"))),
    body.windows_disagree ? notice("warn", t("details.incident.disagree")) : null,
    body.imprecise ? notice("warn", t("details.incident.imprecise")) : null,
    facts([
      [t("details.place.asWritten"), body.place.as_written && h("q", { dir: "auto" }, shown(body.place.as_written))],
      [t("details.place.region"), listed([...(body.admin1s ?? []), ...(body.countries ?? [])].map(context.region))],
      [t("details.place.precision"), precisionOf(body.place)],
      [t("details.place.control"), body.place.controlled_by && shown(body.place.controlled_by)],
      [t("details.incident.core"), whenOf(body.core)],
      [t("details.attributed"), attributed(body.parties)],
      [t("details.targets"), topicsOf(body.targets) ?? t("details.targets.none")],
      [
        t("details.weapons"),
        body.weapons?.length
          ? shown(body.weapons.map((one) => named("weapon", one)).join(", "))
          : t("details.weapons.none"),
      ],
      [t("details.incident.reports"), tn("details.incident.count", total)],
      [t("details.incident.producers"), (body.producers ?? []).map((one) => h("div", {}, outward(one, bare(one))))],
      ...recordedRows(selection.events),
    ]),
    // What counts with another incident now, or with none, is not shown as if it were this one's.
    selection.status === "asserted"
      ? [
          figures(selection.figures),
          reports(selection, total, context),
          sources(
            selection.members.flatMap((one) => one.happening?.articles ?? []),
            context,
          ),
        ]
      : null,
  ];
}

/** The statements that an incident was reported after, each with its rate: no pair is shown without. */
export function statements(selection, { window, onSelect }) {
  const { pairs, unreadable, rates } = selection;
  const bad = unreadable.map((entry) => notice("broken", shown(t("details.broken", { id: entry }))));
  if (!pairs.length)
    return section(
      t("details.after"),
      { class: "after" },
      bad,
      h("p", { class: "nothing soft", tabindex: "-1" }, t("details.after.none")),
    );
  const item = (pair) => {
    const group = groupOf(pair, window);
    const rate = rates?.[pair.statement];
    const one = rate?.windows?.[window];
    const select = () => onSelect({ kind: "statements", entry: pair.statement });
    const who = [pair.speaker?.name, pair.speaker?.party && `(${pair.speaker.party})`].filter(Boolean).join(" ");
    return h(
      "li",
      { class: `one-statement ${group}` },
      h(
        "button",
        { type: "button", class: "plain", "data-at": `statement:${pair.statement}`, onclick: select },
        shown(pair.proposition),
      ),
      h("div", {}, shown(who), " · ", shown(named("act", pair.act))),
      h(
        "div",
        {},
        shown(when(pair.said.from, pair.said.to)),
        " · ",
        t("details.after.lag", { lag: lag(pair.lagMin, pair.lagMax) }),
      ),
      h("div", {}, h("b", {}, fitIn(pair, group, window))),
      one
        ? h(
            "div",
            { class: "soft" },
            `${named("window", window)}: `,
            sentence(one),
            rate.reason === "too_little_data" ? ` ${t("details.expected.tooLittle")}` : "",
          )
        : null,
    );
  };
  return section(
    t("details.after"),
    { class: "after" },
    h("p", { class: "soft" }, t("details.after.what")),
    bad,
    h(
      "ul",
      { class: "statements", tabindex: "-1" },
      pairs.map((pair) => attempt(pair.statement, () => item(pair), inItem)),
    ),
  );
}

function precisionOf(place) {
  const told = [];
  if (place.where_prec) told.push(named("details.where", place.where_prec));
  if (place.radius_m)
    told.push(t("details.place.radius", { km: number(place.radius_m / 1000, { maximumSignificantDigits: 2 }) }));
  return told.join(", ");
}
