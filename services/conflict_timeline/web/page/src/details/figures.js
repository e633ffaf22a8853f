// Figures: every number that was claimed, side by side; never averaged, never converted.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import { moment, seconds } from "../words/time.js";
import { attempt, section } from "./parts.js";

/** A table for each thing that was counted in one unit; nothing where nothing was. */
export function figures(entries) {
  if (!entries?.length) return null;
  return section(
    t("details.figures"),
    { class: "figures" },
    h("p", { class: "soft" }, t("details.figures.what")),
    entries.map((entry) => attempt(entry.entry, () => table(entry.body))),
  );
}

function table(body) {
  const what = t("details.figures.of", { measure: worded(body.measure), unit: worded(body.unit) });
  return [
    h(
      "div",
      { class: "table scrolling", role: "region", tabindex: "0", "aria-label": what },
      h(
        "table",
        { role: "table" },
        h(
          "caption",
          {},
          shown(what),
          " · ",
          h("b", { class: `agreement ${body.agreement}` }, shown(named("details.agreement", body.agreement))),
        ),
        h(
          "thead",
          { role: "rowgroup" },
          h(
            "tr",
            { role: "row" },
            [
              t("details.figures.claimant"),
              t("details.figures.number"),
              t("details.figures.asOf"),
              t("details.figures.state"),
            ].map((one) => h("th", { scope: "col", role: "columnheader" }, one)),
          ),
        ),
        h(
          "tbody",
          { role: "rowgroup" },
          body.claims.map((claim) =>
            attempt(
              claim.event,
              () => row(claim),
              (told) => h("tr", { role: "row" }, h("td", { role: "cell", colspan: 4 }, told)),
            ),
          ),
        ),
      ),
    ),
    body.claims_total > body.claims.length
      ? h("p", { class: "soft" }, tn("details.figures.more", body.claims_total - body.claims.length))
      : null,
  ].reduce((all, one) => (one && all.append(one), all), document.createDocumentFragment());
}

function row(claim) {
  const role = [claim.role, claim.party].filter(Boolean).join(", ");
  return h(
    "tr",
    { class: claim.current ? null : "superseded", role: "row" },
    h(
      "th",
      { scope: "row", role: "rowheader" },
      shown(claim.claimant),
      role ? h("div", { class: "soft" }, shown(role)) : null,
    ),
    h(
      "td",
      { role: "cell" },
      h("b", {}, claimed(claim)),
      claim.as_written ? h("div", { class: "soft" }, h("q", { dir: "auto" }, shown(claim.as_written))) : null,
    ),
    h(
      "td",
      { role: "cell" },
      claim.as_of ? moment(seconds(claim.as_of)) : h("span", { class: "soft" }, t("details.figures.noDate")),
    ),
    h("td", { role: "cell" }, t(claim.current ? "details.figures.current" : "details.figures.superseded")),
  );
}

/** A claimed number in words: what is not given stays open. */
export function claimed({ low, best, high }) {
  const n = (value) => number(value);
  if (low === undefined && high === undefined) return n(best);
  if (low === high) return n(low);
  let told;
  if (high === undefined) told = t("details.figures.atLeast", { n: n(low) });
  else if (low === undefined) told = t("details.figures.atMost", { n: n(high) });
  else told = t("details.figures.range", { low: n(low), high: n(high) });
  return best === undefined ? told : t("details.figures.best", { range: told, best: n(best) });
}

function worded(word) {
  return String(word).replaceAll("_", " ");
}
