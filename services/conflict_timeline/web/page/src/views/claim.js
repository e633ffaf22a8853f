// Claim: one report of an incident, as a card: whose account it is, and what it says.

import { h } from "../dom.js";
import { link, shown } from "../safe.js";
import { t, tn } from "../words/index.js";
import { moment, seconds } from "../words/time.js";
import { fact, spanOf, tag, word } from "./parts.js";

/** A card for a report, from the history of its entry in the chronology. */
export function claimCard({ conflict, key, history }) {
  const { body } = history.revisions.at(-1);
  const event = history.events.find((one) => one.key === key);
  const recorded = event?.recorded_at ? moment(seconds(event.recorded_at)) : null;
  return h(
    "article",
    { class: "claim" },
    h("h4", { tabindex: "-1", dir: "auto" }, body.claimant ? shown(body.claimant.name) : t("views.noClaimant")),
    claimantLine(body.claimant),
    h(
      "dl",
      { class: "view-facts" },
      fact(
        t("views.time"),
        spanOf(body.window),
        body.as_written && [" ", h("q", { class: "soft", dir: "auto" }, shown(body.as_written))],
      ),
      fact(t("views.attributed"), attributions(body.attribution)),
      fact(t("views.targets"), shown(body.topics.map((one) => word("topic", one)).join(", "))),
      fact(t("views.weapons"), weapons(body.weapons)),
      fact(t("views.grade"), body.grade && word("grade", body.grade)),
      fact(t("views.sources"), body.articles.length ? body.articles.map(source) : t("views.noSource")),
      fact(t("views.producer"), event && h("span", { class: "mono" }, shown(event.event.source))),
      fact(
        t("views.recorded"),
        recorded,
        h(
          "div",
          {},
          h(
            "a",
            { href: `/conflicts/${encodeURIComponent(conflict)}/events/${encodeURIComponent(key)}` },
            t("views.event"),
          ),
        ),
        history.revisions.length > 1 && h("div", {}, tn("views.changed", history.revisions.length - 1)),
      ),
    ),
  );
}

function claimantLine(claimant) {
  const about = [claimant?.party, claimant?.role].filter(Boolean).join(", ");
  return about ? h("p", { class: "soft", dir: "auto" }, shown(about)) : null;
}

function attributions(attribution = []) {
  if (!attribution.length) return h("span", { class: "soft" }, t("views.nobody"));
  return h(
    "ul",
    { class: "plain" },
    attribution.map((one) =>
      h(
        "li",
        {},
        h("strong", {}, shown(one.party)),
        `, ${word("basis", one.basis)}`,
        one.by ? [", ", shown(t("views.by", { name: one.by }))] : null,
        one.disputed_by?.length
          ? h("div", { class: "notable" }, shown(t("views.disputedBy", { parties: one.disputed_by.join(", ") })))
          : null,
      ),
    ),
  );
}

function weapons(reported = []) {
  if (!reported.length) return null;
  return h(
    "ul",
    { class: "plain" },
    reported.map((one) =>
      h(
        "li",
        {},
        shown([word("weapon", one.family), one.model].filter(Boolean).join(": ")),
        one.status === "contested" && [" ", tag(t("views.contested"))],
      ),
    ),
  );
}

function source(address) {
  const href = link(address);
  if (!href) return h("div", { class: "mono" }, shown(address));
  const { host } = new URL(href);
  return h("div", {}, h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, shown(host)));
}
