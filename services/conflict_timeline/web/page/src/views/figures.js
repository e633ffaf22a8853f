// Figures: every number that was claimed of an incident, a row for each claimant, a column for each measure.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { number, t } from "../words/index.js";
import { day, moment, seconds } from "../words/time.js";
import { nothing, safely } from "./parts.js";

/**
 * Figures by claimant and measure; pure.
 *
 * @returns {{measures: object[], claimants: {name: string, claims: Map<string, object[]>}[], unreadable: string[]}}
 *   of each claimant the claims by measure, the current ones first
 */
export function figuresBy(entries) {
  const measures = [];
  const claimants = new Map();
  const unreadable = [];
  for (const { entry, body } of entries) {
    if (!Array.isArray(body?.claims)) {
      unreadable.push(entry);
      continue;
    }
    const { measure, unit, agreement, claims } = body;
    measures.push({
      key: entry,
      measure,
      unit,
      agreement,
      shared: shared(claims),
      total: body.claims_total ?? claims.length,
      held: claims.length,
    });
    for (const claim of claims) {
      const name = String(claim.claimant);
      if (!claimants.has(name)) claimants.set(name, new Map());
      const byMeasure = claimants.get(name);
      byMeasure.set(
        entry,
        [...(byMeasure.get(entry) ?? []), claim].sort((a, b) => Number(b.current) - Number(a.current)),
      );
    }
  }
  return { measures, claimants: [...claimants].map(([name, claims]) => ({ name, claims })), unreadable };
}

/**
 * What all current claims allow, as {low, high} with high null where nothing bounds it; null where there is no
 * such number.
 */
export function shared(claims) {
  const current = claims.filter((claim) => claim.current);
  if (!current.length) return null;
  const low = Math.max(...current.map((claim) => claim.low ?? claim.best ?? 0));
  const high = Math.min(...current.map((claim) => claim.high ?? claim.best ?? Infinity));
  if (low > high) return null;
  return { low, high: high === Infinity ? null : high };
}

/** A claimed number in words: never more, and never less, than was claimed. */
export function claimed({ low, best, high }) {
  const [has, is] = [(n) => n !== undefined && n !== null, number];
  if (has(best)) {
    const around = (has(low) && low !== best) || (has(high) && high !== best);
    return around ? t("views.claimed.best", { best: is(best), range: rangeOf(low, high) }) : is(best);
  }
  return rangeOf(low, high);
}

function rangeOf(low, high) {
  const [has, is] = [(n) => n !== undefined && n !== null, number];
  if (has(low) && has(high)) return low === high ? is(low) : t("views.claimed.range", { low: is(low), high: is(high) });
  return has(low) ? t("views.claimed.atLeast", { n: is(low) }) : t("views.claimed.atMost", { n: is(high) });
}

/** An agreement with its number in words. */
export function agreed({ agreement, shared: all }) {
  if (agreement === "single") return t("views.agreement.single");
  if (agreement === "disputed") return t("views.agreement.disputedWhy");
  if (!all) return t("views.agreement.consistent");
  return t("views.agreement.allAllow", { n: rangeOf(all.low, all.high) });
}

/** The table. */
export function figuresTable(entries, onlyDisputed) {
  if (!entries.length) return nothing(onlyDisputed ? t("views.figures.noneDisputed") : t("views.figures.none"));
  const { measures, claimants, unreadable } = figuresBy(entries);
  const label = t("views.figures.label");
  return [
    h(
      "div",
      { class: "scrolling", role: "region", "aria-label": label, tabindex: "0" },
      h(
        "table",
        { class: "figures-table" },
        h("caption", { class: "visually-hidden" }, label),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("views.claimant")), measures.map(head))),
        h(
          "tbody",
          {},
          claimants.map(({ name, claims }) =>
            h(
              "tr",
              {},
              h("th", { scope: "row", dir: "auto" }, shown(name)),
              measures.map(({ key }) => h("td", {}, (claims.get(key) ?? []).map(cell))),
            ),
          ),
        ),
      ),
    ),
    unreadable.map((id) => h("p", { class: "unshowable" }, shown(t("views.unshowable", { id })))),
  ];
}

function head(one) {
  return h(
    "th",
    { scope: "col" },
    shown(
      t("views.measure", {
        measure: String(one.measure).replaceAll("_", " "),
        unit: String(one.unit).replaceAll("_", " "),
      }),
    ),
    h("div", { class: `view-agreement is-${one.agreement}` }, agreed(one)),
    one.total > one.held &&
      h("div", { class: "soft" }, t("views.figures.first", { n: number(one.held), total: number(one.total) })),
  );
}

function cell(claim) {
  return safely(claim.event, () => {
    const at = claim.as_of
      ? t("views.figures.asOf", { time: moment(seconds(claim.as_of)) })
      : t("views.figures.reported", { time: day(seconds(claim.reported)) });
    return h(
      "div",
      { class: claim.current ? "claimed current" : "claimed earlier" },
      h("span", { class: "n" }, claimed(claim)),
      claim.as_written && h("q", { dir: "auto", class: "soft" }, shown(claim.as_written)),
      h("span", { class: "soft" }, claim.current ? t("views.figures.current") : t("views.figures.earlier"), ", ", at),
    );
  });
}
