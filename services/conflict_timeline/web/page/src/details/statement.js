// Statement: what was said, by whom, when, and on which sources that rests.

import { h } from "../dom.js";
import { loadIncidents, placeName } from "../model/selection.js";
import { shown } from "../safe.js";
import { named, t, tn } from "../words/index.js";
import { attempt, facts, known, listed, notice, outward, recordedRows, section, topicsOf, whenOf } from "./parts.js";
import { sources } from "./sources.js";

const BEFORE_SHOWN = 5;

/** Quotes, facts and sources of a statement; `context.summary` is what is said of its window, near the top. */
export function statement(selection, context) {
  const { happening } = selection;
  const { said, rating, graded_by: gradedBy } = reported(selection);
  const speaker = happening.speaker ?? {};
  const who = [speaker.role, speaker.party].filter(Boolean).join(", ");
  return [
    quotes(happening.quotes ?? []),
    h("p", { class: "proposition", dir: "auto" }, shown(happening.title)),
    context.summary,
    facts([
      [t("details.act"), happening.act && shown(named("act", happening.act))],
      [
        t("details.speaker"),
        speaker.name && [h("b", {}, shown(speaker.name)), who ? h("span", { class: "soft" }, ", ", shown(who)) : null],
      ],
      [t("details.said"), known(happening.window, said ?? happening, { name: "said", open: context.open })],
      [t("details.about"), shown(aboutOf(happening))],
      [t("details.topics"), topicsOf(happening.topics) ?? t("details.topics.none")],
      [
        t("details.regions"),
        happening.regions?.length ? listed(happening.regions.map(context.region)) : t("details.regions.any"),
      ],
      [t("details.validity"), happening.validity && whenOf(happening.validity)],
      ...graded(happening.grade, gradedBy, rating),
      ...recordedRows(selection.events),
    ]),
    sources(happening.articles ?? [], context),
  ];
}

/** What an event tells beside its line of the chronology: how its time is known, how it is rated. */
export function reported({ events, revisions }) {
  const key = revisions.findLast((one) => one.status === "asserted")?.because?.[0];
  const data = events.find((one) => one.key === key)?.event?.data ?? {};
  return data.replacement ?? data;
}

/** Rows of how well something is supported, in the eyes of whoever graded it. */
export function graded(grade, by, rating) {
  const rated = rating && [rating.reliability, rating.credibility].filter(Boolean).join("");
  const from = (name) => (name ? ` (${t("details.gradedBy", { name })})` : "");
  return [
    [t("details.grade"), grade && shown(named("grade", grade) + from(by))],
    [t("details.rating"), rated && shown(rated + from(rating.rated_by))],
  ];
}

/** The incidents before a denial: they alone bear on its truth. */
export function before(selection, context) {
  const { before: found, beforeProblem } = selection;
  if (!found && !beforeProblem) return null;
  const list = h("ol", { class: "before" });
  const ids = found?.incidents ?? [];
  const last = ids.slice(-BEFORE_SHOWN).reverse();
  const show = (read) =>
    list.replaceChildren(
      ...read.map((one) =>
        h(
          "li",
          {},
          attempt(one.id, () => ofBefore(one, context)),
        ),
      ),
    );
  const key = `before ${last}`;
  if (context.memory.has(key)) show(context.memory.get(key));
  else if (last.length) list.append(h("li", { class: "soft" }, t("details.loading")));
  loadIncidents(context.conflict, last, { position: context.position, signal: context.signal }).then(
    (read) => {
      context.memory.set(key, read);
      show(read);
    },
    () => {}, // Another entry is looked at by now.
  );
  return section(
    t("details.before"),
    { class: "before-words" },
    h("p", {}, t("details.before.only")),
    beforeProblem
      ? notice("warn", shown(t("details.before.problem", { reason: beforeProblem })))
      : h(
          "p",
          {},
          h("b", {}, tn("details.before.count", ids.length)),
          last.length < ids.length ? ` ${tn("details.before.last", last.length)}` : "",
        ),
    last.length ? list : null,
  );
}

function ofBefore({ id, incident, problem }, context) {
  if (problem || !incident) return button(id, id, context);
  return [
    button(id, placeName(incident.place) || t("details.place.unnamed"), context),
    h("div", {}, whenOf(incident.core)),
    h("div", { class: "soft" }, topicsOf(incident.targets) ?? t("details.targets.none")),
  ].reduce((all, one) => (all.append(one), all), document.createDocumentFragment());
}

function button(id, text, { onSelect }) {
  return h(
    "button",
    {
      type: "button",
      class: "plain",
      "data-at": `before:${id}`,
      onclick: () => onSelect({ kind: "incidents", entry: id }),
    },
    shown(text),
  );
}

function aboutOf(happening) {
  if (happening.about?.length) return happening.about.join(", ");
  const party = happening.speaker?.party;
  return party ? t("details.about.own", { party }) : t("details.about.nobody");
}

// The first quote is in the language of the words, unless it names a translator: then the original is not recorded.
function quotes(all) {
  if (!all.length) return h("p", { class: "soft" }, t("details.quote.none"));
  const isTranslated = Boolean(all[0]?.translator);
  return h(
    "div",
    { class: "quotes" },
    isTranslated ? h("p", { class: "soft" }, t("details.quote.onlyTranslated")) : null,
    all.map((one, index) => attempt(`${index + 1}`, () => quote(one, index === 0 && !isTranslated))),
  );
}

function quote(one, isOriginal) {
  const cut =
    one.complete === true
      ? null
      : h(
          "span",
          { class: "cut", title: t("details.quote.cut") },
          " [",
          h("span", { "aria-hidden": "true" }, "…"),
          h("span", { class: "visually-hidden" }, t("details.quote.cut")),
          "]",
        );
  const by = one.translator
    ? t("details.quote.translator", { language: languageOf(one.lang), translator: one.translator })
    : t(isOriginal ? "details.quote.original" : "details.quote.further", { language: languageOf(one.lang) });
  return h(
    "figure",
    { class: isOriginal ? "quote original" : "quote rendered" },
    h("blockquote", { lang: one.lang, dir: "auto" }, h("p", {}, shown(one.text), cut)),
    h("figcaption", { class: "soft" }, shown(by), one.source ? [" · ", outward(one.source)] : null),
  );
}

function languageOf(tag) {
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
