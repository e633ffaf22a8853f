// Parts: what the details are put together from.

import { h } from "../dom.js";
import { precision, PRECISIONS } from "../model/marks.js";
import { link, shown } from "../safe.js";
import { named, t } from "../words/index.js";
import { moment, seconds, span } from "../words/time.js";

let counted = 0;

/** A section with a heading of its own; `at` names it for whoever gives back the focus. */
export function section(title, attributes, ...children) {
  const id = `details-${(counted += 1)}`;
  return h("section", { "aria-labelledby": id, ...attributes }, h("h3", { id }, title), children);
}

/** Terms and what they are; rows of [term, content], those without content left out. */
export function facts(rows) {
  const told = rows.filter(
    ([, content]) => content !== null && content !== undefined && content !== false && content !== "",
  );
  return h(
    "dl",
    { class: "facts" },
    told.map(([term, content]) => h("div", {}, h("dt", {}, term), h("dd", {}, content))),
  );
}

/** A sentence that a reader must not overlook. */
export function notice(kind, ...children) {
  return h("div", { class: `details-notice ${kind}` }, children);
}

/**
 * What a reader may unfold; made when it is. `open` holds the names of those that are unfolded, and outlives
 * what is drawn.
 */
export function disclosure(summary, { name, open, class: of = null }, build) {
  const body = h("div", { class: "unfolded" });
  const element = h(
    "details",
    { class: of, "data-at": name, ontoggle: toggled },
    h("summary", { "data-at": `${name}:summary` }, summary),
    body,
  );
  let made = false;
  function make() {
    if (made) return;
    made = true;
    body.append(attempt(name, build));
  }
  function toggled() {
    if (element.open) {
      open.add(name);
      make();
    } else open.delete(name);
  }
  if (open.has(name)) {
    make();
    element.open = true;
  }
  return element;
}

/**
 * What `build` makes, or a sentence with the id of what cannot be shown: one bad entry costs nobody the others.
 * `around` puts the sentence where it has to stand, as in a row of a table.
 */
export function attempt(id, build, around = (told) => told) {
  try {
    return build() ?? document.createDocumentFragment();
  } catch (error) {
    console.error(error);
    return around(h("p", { class: "details-notice broken" }, shown(t("details.broken", { id }))));
  }
}

/** What stands in a list: for `attempt`. */
export function inItem(told) {
  return h("li", {}, told);
}

/** An address that a reader may follow, or only its text where a browser should not. */
export function outward(address, text = address) {
  const href = link(address);
  if (!href) return h("span", { class: "mono" }, shown(text));
  return h("a", { href, rel: "noopener noreferrer nofollow", target: "_blank" }, shown(text));
}

/** Nodes with a comma between. */
export function listed(items) {
  return items.flatMap((item, index) => (index ? [", ", item] : [item]));
}

/** A button that copies a text; where the browser does not let it, the text is selected instead. */
export function copyButton(label, text, element, at) {
  const said = h("span", { class: "soft copied", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = t("details.copied");
    } catch {
      const range = document.createRange();
      range.selectNodeContents(element);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      said.textContent = t("details.selectedInstead");
    }
  };
  return h("span", { class: "copy" }, h("button", { type: "button", onclick: copy, "data-at": at }, label), said);
}

/** A time in words, no more precise than it is known. */
export function when(from, to) {
  if (to - from <= 60 || (from % 86_400 === 0 && to % 86_400 === 0)) return span(from, to);
  return t("details.between", { from: moment(from).replace(/ UTC$/, ""), to: moment(to) });
}

/** A window of a body in words, with how precise it is. */
export function whenOf(window) {
  const [from, to] = [seconds(window.earliest), seconds(window.latest)];
  return [when(from, to), " ", h("span", { class: "soft" }, `(${preciseness(from, to)})`)];
}

/** How precisely a time is known, in words. */
export function preciseness(from, to) {
  return named("precision", PRECISIONS[precision(to - from)]);
}

/** A window in words, and what is told of how it is known: words as written, zone, basis; the last two unfold. */
export function known(window, given, { name, open }) {
  // An amendment that came before its event is not among those read: then the words of the event tell of another time.
  const told = !given?.earliest || seconds(given.earliest) === seconds(window.earliest) ? given : null;
  const zone = told?.zone && `${told.zone}${told.zone_basis ? ` (${named("details.zone", told.zone_basis)})` : ""}`;
  const more = zone || told?.basis;
  return [
    whenOf(window),
    told?.as_written
      ? h("div", {}, t("details.asWritten"), " ", h("q", { dir: "auto" }, shown(told.as_written)))
      : null,
    more
      ? disclosure(t("details.timeBasis"), { name: `${name}:time`, open }, () =>
          h(
            "div",
            { class: "soft", dir: "auto" },
            zone ? h("p", {}, shown(zone)) : null,
            told.basis ? h("p", {}, shown(told.basis)) : null,
          ),
        )
      : null,
  ];
}

/** Rows of when something was recorded first, and when what is known of it changed last. */
export function recordedRows(events) {
  const told = (one) => t("details.recordedAt", { time: moment(seconds(one.recorded_at)), position: one.position });
  const [first, last] = [events[0], events.at(-1)];
  if (!first) return [];
  return [
    [t("details.recorded"), told(first)],
    [t("details.changed"), last !== first && told(last)],
  ];
}

/** Parties with the bases on which reports name them, and who disputes it. */
export function attributed(parties) {
  if (!parties?.length) return [h("span", { class: "soft" }, t("details.attributedToNobody"))];
  return parties.map((held) =>
    h(
      "span",
      { class: "held" },
      h("b", {}, shown(held.party)),
      ": ",
      shown((held.bases ?? []).map((basis) => named("basis", basis)).join(", ")),
      held.disputed_by?.length
        ? h(
            "span",
            { class: "disputed" },
            "; ",
            shown(t("details.disputedBy", { parties: held.disputed_by.join(", ") })),
          )
        : null,
    ),
  );
}

/** Topics or targets in words. */
export function topicsOf(topics) {
  return topics?.length ? shown(topics.map((one) => named("topic", one)).join("; ")) : null;
}

/** An address as people read it: without what is the same in all of them. */
export function bare(address) {
  return String(address)
    .replace(/^https?:\/\/(www\.)?/, "")
    .replace(/\/$/, "");
}

/** The first digits of a long name, for reading. */
export function short(id) {
  const text = String(id);
  return text.length > 14 ? `${text.slice(0, 12)}…` : text;
}
