// Incident: the chosen one: what its reports claim, side by side, and every number by whom.

import { ask } from "../api.js";
import { fill, h } from "../dom.js";
import { shown } from "../safe.js";
import { t, tn } from "../words/index.js";
import { figuresOf } from "./agreements.js";
import { claimCard } from "./claim.js";
import { figuresTable } from "./figures.js";
import { pathOf } from "./pager.js";
import { fact, failed, listed, nothing, placeName, reading, safely, spanOf, word } from "./parts.js";

const CARDS = 24;
const AT_ONCE = 6;

/** The part of the view that is about one incident. */
export function createIncident({ onSelect, onClose, onGo }) {
  const element = h("section", { class: "chosen-incident", "aria-label": t("views.incident"), hidden: true });
  let abort = new AbortController();
  let asked = null;
  let onlyDisputed = false;

  /** Shows `{conflict, position, at, entry}`; null shows none. */
  function show(wanted) {
    element.hidden = wanted === null;
    const key = JSON.stringify(wanted);
    if (key === asked) return;
    abort.abort();
    if (wanted && JSON.parse(asked ?? "null")?.entry !== wanted.entry) fill(element, reading());
    asked = key;
    if (wanted) read(wanted);
  }

  async function read(wanted) {
    abort = new AbortController();
    const { signal } = abort;
    const { conflict, position, at, entry } = wanted;
    try {
      const path = `${pathOf(conflict, "incidents")}/entries/${encodeURIComponent(entry)}`;
      // Without a position: it may have been made since the list was read.
      const history = await ask(path, { as_of: position ? at : "" }, { signal });
      const last = history.revisions.at(-1);
      const members = last.status === "asserted" ? last.body.members : [];
      const [figures, reports] = await Promise.all([
        figuresOf({ conflict, position: history.position, incident: entry, signal }),
        readReports({ conflict, at: history.position, keys: members.slice(0, CARDS), signal }),
      ]);
      if (signal.aborted) return;
      draw(wanted, history, figures, reports, members);
    } catch (error) {
      if (signal.aborted) return;
      fill(
        element,
        head(wanted.entry, null),
        error.status === 404 ? nothing(t("views.incident.none")) : failed(error, () => read(wanted)),
      );
    }
  }

  function draw(wanted, history, figures, reports, members) {
    const { body, status } = history.revisions.at(-1);
    if (status !== "asserted") {
      fill(element, head(wanted.entry, null), gone(history));
      return;
    }
    const total = body.members_total ?? members.length;
    const cards = h(
      "div",
      { class: "claims" },
      reports.map((report) => card(wanted, report)),
    );
    const rest = h("div", { class: "further" });
    const others = members.slice(reports.length);
    if (others.length) {
      const further = () => readFurther(wanted, history.position, others, cards, rest);
      fill(rest, h("button", { type: "button", onclick: further }, tn("views.moreReports", others.length)));
    }
    fill(
      element,
      head(wanted.entry, body),
      safely(wanted.entry, () => facts(wanted.entry, body, history)),
      body.windows_disagree && h("p", { class: "view-message notable" }, t("views.windowsDisagree")),
      body.imprecise && h("p", { class: "view-message notable" }, t("views.imprecise")),
      h("h3", {}, tn("views.claims", total)),
      cards,
      rest,
      figuresPart(figures),
    );
  }

  function head(entry, body) {
    return h(
      "div",
      { class: "view-top" },
      h("h2", { dir: "auto" }, body ? shown(placeName(body.place)) : shown(entry)),
      body &&
        h("button", { type: "button", onclick: () => onSelect?.({ kind: "incidents", entry }) }, t("views.inTimeline")),
      h("button", { type: "button", onclick: onClose }, t("views.close")),
    );
  }

  function gone({ merged_into: merged, leads_to: leads, revisions }) {
    const to = leads ?? merged;
    if (!to) return nothing(t("views.withdrawn", { n: revisions.at(-1).position }));
    return nothing(t("views.merged"), h("button", { type: "button", onclick: () => onGo(to) }, t("views.goThere")));
  }

  function figuresPart(figures) {
    const box = h("input", { type: "checkbox", checked: onlyDisputed, onchange: toggle });
    const held = h("div", {});
    function toggle() {
      onlyDisputed = box.checked;
      fill(
        held,
        figuresTable(
          onlyDisputed ? figures.filter((entry) => entry.body?.agreement === "disputed") : figures,
          onlyDisputed,
        ),
      );
    }
    toggle();
    return [
      h("h3", {}, t("views.figures")),
      figures.length ? h("label", { class: "check" }, box, t("views.onlyDisputed")) : null,
      held,
    ];
  }

  async function readFurther(wanted, at, keys, cards, rest) {
    const { signal } = abort;
    fill(rest, reading());
    const reports = await readReports({ conflict: wanted.conflict, at, keys, signal });
    if (signal.aborted) return;
    cards.append(...reports.map((report) => card(wanted, report)));
    fill(rest);
    cards.children[CARDS]?.querySelector("h4")?.focus();
  }

  return { element, show };
}

function card({ conflict }, report) {
  const wrap = (node) => h("article", { class: "claim" }, node);
  if (report.error)
    return wrap(
      h("p", { class: "unshowable" }, shown(t("views.reportFailed", { id: report.key, reason: report.error.message }))),
    );
  return safely(report.key, () => claimCard({ conflict, ...report }), wrap);
}

function facts(entry, body, history) {
  return h(
    "dl",
    { class: "view-facts" },
    fact(t("views.time"), spanOf(body.core)),
    fact(
      t("views.attributed"),
      body.parties.length
        ? listed(body.parties, (held) => [
            shown(held.party),
            ` (${held.bases.map((basis) => word("basis", basis)).join(", ")})`,
            held.disputed_by.length
              ? h("strong", {}, " ", shown(t("views.disputedBy", { parties: held.disputed_by.join(", ") })))
              : null,
          ])
        : t("views.nobody"),
    ),
    fact(t("views.targets"), shown(body.targets.map((one) => word("topic", one)).join(", "))),
    fact(t("views.weapons"), shown(body.weapons.map((one) => word("weapon", one)).join(", "))),
    fact(
      t("views.entry"),
      h("span", { class: "mono" }, shown(entry)),
      " ",
      tn("views.revisions", history.revisions.length),
      ", ",
      t("views.asOf", { n: history.position }),
    ),
  );
}

/** The reports as they are effective, each with the event that made it; one that cannot be read says why. */
async function readReports({ conflict, at, keys, signal }) {
  const reports = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    reports.push(...(await Promise.all(keys.slice(from, from + AT_ONCE).map(readReport))));
  }
  // In the order in which they were recorded.
  return reports.sort((a, b) => positionOf(a) - positionOf(b));

  async function readReport(key) {
    try {
      const path = `${pathOf(conflict, "chronology")}/entries/${encodeURIComponent(key)}`;
      // The chronology may be a moment behind the incidents.
      const history = await ask(path, { as_of: at }, { signal }).catch((error) =>
        error.status === 404 ? ask(path, {}, { signal }) : Promise.reject(error),
      );
      return { key, history };
    } catch (error) {
      if (signal.aborted) throw error;
      return { key, error };
    }
  }
}

function positionOf({ key, history }) {
  return history?.events?.find((one) => one.key === key)?.position ?? Infinity;
}
