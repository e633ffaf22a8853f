// Caption: what every picture and print says of itself, so that it can be judged, and made again.

import { NONE } from "../model/filters.js";
import { plain } from "../safe.js";
import { FILTERS, WINDOWS, zoomOf } from "../state.js";
import { filterName } from "../views/filter_names.js";
import { placeName, spanOf, word } from "../views/parts.js";
import { named, number, t, tn } from "../words/index.js";
import { moment, seconds, span } from "../words/time.js";

const DIGEST = 16;
const DRAWN = ["chronology", "incidents", "pairings"];
const GROUPS = { act: "act", topic: "topic", target: "topic", weapon: "weapon", prec: "precision" };

/**
 * The lines of a caption; pure.
 *
 * `overview` is what the service gave (position, recorded_at, head, digests, versions), null before it has come;
 * `selection` what is known of the selected statement or incident, null without one. With a statement, observed
 * stands beside expected: no picture shows pairs without it. `mirror` is what the service gave of the other side, where
 * that is shown.
 */
export function captionLines({
  conflict,
  state,
  overview,
  selection,
  mirror = null,
  address = globalThis.location?.href ?? "",
}) {
  return [
    t("exporting.title", { conflict }),
    ...selected(selection, state, mirror),
    filtersIn(state),
    zoomOf(state) && t("exporting.range", { span: span(...zoomOf(state)) }),
    asOf(state, overview),
    made(overview, selection),
    t("page.order"),
    address && t("exporting.address", { address }),
  ]
    .filter(Boolean)
    .map(plain);
}

function selected(selection, state, mirror) {
  try {
    if (selection?.kind === "statements" && selection.happening) return ofStatement(selection, state, mirror);
    if (selection?.kind === "incidents" && selection.incident) return [ofIncident(selection.incident)];
  } catch {
    return [t("exporting.unshowable", { id: selection.entry })];
  }
  return [];
}

function ofStatement({ happening, rate }, state, mirror) {
  const { speaker, act, title, window } = happening;
  const quote = happening.quotes?.[0];
  const lines = [
    t("exporting.statement", {
      speaker: speaker.name,
      act: named("act", act),
      proposition: title,
      said: spanOf(window),
    }),
  ];
  if (quote) lines.push(t(quote.complete ? "exporting.quote" : "exporting.quoteCut", { quote: quote.text }));
  const isMirror = state.mirror === "1";
  if (isMirror) lines.push(t("exporting.mirror"));
  lines.push(t("exporting.window", { window: named("window", state.w) }), ratesOf(isMirror ? mirror : rate, state.w));
  return lines;
}

// What was observed, and what was to be expected anyway.
function ratesOf(rate, window) {
  const one = rate?.windows?.[window in WINDOWS ? window : "72h"];
  if (!one) return t("exporting.rate.unread");
  const observed = t("exporting.rate.observed", {
    definite: number(one.observed_definite),
    possible: number(one.observed_possible),
  });
  if (one.mean_low === null || one.mean_low === undefined) return `${observed} ${t("exporting.rate.tooLittle")}`;
  const digits = { maximumFractionDigits: 1 };
  const whole = { style: "percent", maximumFractionDigits: 0 };
  const expected = t("exporting.rate.expected", {
    low: number(one.mean_low, digits),
    high: number(one.mean_high, digits),
    shareLow: number(one.share_low, whole),
    shareHigh: number(one.share_high, whole),
  });
  return `${observed} ${expected}`;
}

function ofIncident({ place, core, parties, members, members_total: total }) {
  const by = parties.map((held) => held.party).join(", ") || t("views.nobody");
  return tn("exporting.incident", total ?? members.length, {
    place: placeName(place),
    core: spanOf(core),
    parties: by,
  });
}

function filtersIn(state) {
  const told = FILTERS.filter((name) => state[name].length).map((name) => {
    const values = state[name].map((value) =>
      value === NONE ? t("filters.none") : GROUPS[name] ? word(GROUPS[name], value) : value,
    );
    return `${filterName(name)}: ${values.join(", ")}`;
  });
  if (state.q) told.push(t("exporting.words", { q: state.q }));
  return told.length ? t("exporting.filters", { filters: told.join("; ") }) : t("exporting.noFilters");
}

function asOf(state, overview) {
  if (!overview) return null;
  const values = { n: number(overview.position), head: number(overview.head ?? overview.position) };
  const time = overview.recorded_at ? moment(seconds(overview.recorded_at)) : t("views.unknown");
  return t(state.p ? "exporting.asOf" : "exporting.latest", { ...values, time });
}

// The digests of what the picture is made of.
function made(overview, selection) {
  const digests = DRAWN.filter((name) => overview?.digests?.[name] && (name !== "pairings" || selection?.rules)).map(
    (name) => {
      const version = (selection?.versions ?? {})[name] ?? overview.versions?.[name];
      return `${version ? `${name}/${version}` : name} ${String(overview.digests[name]).slice(0, DIGEST)}`;
    },
  );
  return [
    digests.length && t("exporting.digests", { digests: digests.join(", ") }),
    selection?.rules && t("exporting.rules", { rules: selection.rules }),
  ]
    .filter(Boolean)
    .join(" ");
}
