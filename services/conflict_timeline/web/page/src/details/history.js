// History: every revision of an entry with what it changed, and the events behind it as they were recorded.

import { h } from "../dom.js";
import { placeName } from "../model/selection.js";
import { plain, shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import { moment, seconds } from "../words/time.js";
import { history } from "./differences.js";
import { attempt, copyButton, disclosure, section, short, when } from "./parts.js";

/** The revisions, the newest first. `onPosition(position)` shows all as of there. */
export function revisions(selection, { open, onPosition, onSelect }) {
  const told = history(selection.revisions, selection.events);
  return disclosure(tn("details.revisions", told.length), { name: "revisions", open }, () =>
    h(
      "ol",
      { class: "revisions", reversed: true },
      told.map((one) =>
        attempt(
          `${selection.entry} ${one.revision}`,
          () => item(one),
          (said) => h("li", {}, said),
        ),
      ),
    ),
  );

  function item(one) {
    const merged =
      one.mergedInto &&
      h(
        "button",
        { type: "button", class: "plain", onclick: () => onSelect({ kind: "incidents", entry: one.mergedInto }) },
        shown(one.mergedInto),
      );
    return h(
      "li",
      { value: one.revision },
      h(
        "div",
        {},
        h("b", {}, t("details.revision.status", { n: one.revision, status: named("details.status", one.status) })),
      ),
      h(
        "div",
        { class: "soft" },
        one.recorded
          ? t("details.recordedAt", { time: moment(seconds(one.recorded)), position: one.position })
          : t("details.position", { n: one.position }),
        " ",
        h(
          "button",
          {
            type: "button",
            class: "plain",
            "data-at": `as-of:${one.position}`,
            onclick: () => onPosition(one.position),
          },
          t("details.revision.asOf"),
        ),
      ),
      one.reason ? h("p", { dir: "auto" }, shown(t("details.revision.reason", { reason: one.reason }))) : null,
      merged ? h("p", {}, t("details.revision.merged"), " ", merged) : null,
      one.changes.length ? h("dl", { class: "changes" }, one.changes.map(change)) : null,
    );
  }
}

function change({ field, before, after, added, removed }) {
  const parts = added
    ? [
        ...removed.map((one) => h("del", {}, shown(valued(one)))),
        ...added.map((one) => h("ins", {}, shown(valued(one)))),
      ]
    : [
        h("del", {}, before === undefined ? t("details.change.nothing") : shown(valued(before))),
        h("ins", {}, after === undefined ? t("details.change.nothing") : shown(valued(after))),
      ];
  return h("div", {}, h("dt", {}, shown(named("details.field", field))), h("dd", {}, parts));
}

// A value of a body as a line: windows, places and parties in words, else as JSON has it.
function valued(value) {
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.length ? value.map(valued).join(", ") : t("details.change.empty");
  if (value.earliest && value.latest) return when(seconds(value.earliest), seconds(value.latest));
  if (value.party && value.bases) {
    const disputed = value.disputed_by?.length
      ? `; ${t("details.disputedBy", { parties: value.disputed_by.join(", ") })}`
      : "";
    return `${value.party}: ${value.bases.map((one) => named("basis", one)).join(", ")}${disputed}`;
  }
  if (value.country || value.lat !== undefined) return placeName(value);
  if (value.name) return [value.name, value.role, value.party, value.group].filter(Boolean).join(", ");
  if (value.text && value.lang) return `“${value.text}” (${value.lang})`;
  if (value.claimant && value.event)
    return `${value.claimant}: ${[value.low, value.best, value.high]
      .filter((one) => one !== undefined)
      .map((one) => number(one))
      .join("–")}`;
  return JSON.stringify(value);
}

/** The events behind an entry, each as JSON. */
export function rawEvents(selection, { open, conflict }) {
  const { events } = selection;
  return disclosure(tn("details.raw", events.length), { name: "raw", open }, () => {
    const list = h("div", { class: "raw" });
    for (const one of events) list.append(attempt(one.key, () => rawEvent(one, open, conflict)));
    return list;
  });
}

function rawEvent({ key, position, recorded_at: recorded, event }, open, conflict) {
  const summary = [
    h("span", { class: "mono" }, shown(short(event?.id ?? key))),
    h("span", { class: "soft" }, ` · ${t("details.recordedAt", { time: moment(seconds(recorded)), position })}`),
  ];
  return disclosure(summary, { name: `raw:${key}`, open }, () => {
    const text = JSON.stringify(event, null, 2);
    const pre = h(
      "pre",
      { tabindex: "0", class: "scrolling", "aria-label": plain(t("details.raw.label", { id: event?.id ?? key })) },
      shown(text),
    );
    const address = `/conflicts/${encodeURIComponent(conflict)}/events/${encodeURIComponent(key)}`;
    return h(
      "div",
      {},
      h(
        "p",
        {},
        copyButton(t("details.raw.copy"), text, pre, `copy:${key}`),
        " ",
        h("a", { href: address }, t("details.raw.link")),
      ),
      pre,
    );
  });
}

/** The section that holds both. */
export function record(selection, context) {
  return section(
    t("details.record"),
    { class: "record" },
    revisions(selection, context),
    rawEvents(selection, context),
  );
}
