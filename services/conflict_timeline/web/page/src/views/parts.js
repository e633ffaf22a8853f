// Parts: what all views are made of.

import { h } from "../dom.js";
import { shown } from "../safe.js";
import { named, t } from "../words/index.js";
import { seconds, span } from "../words/time.js";

/** A sentence that something is being read. */
export function reading() {
  return h("p", { class: "view-message soft", role: "status" }, t("views.reading"));
}

/** A sentence that there is nothing, and why. */
export function nothing(...texts) {
  return h(
    "div",
    { class: "view-message empty" },
    texts.map((text) => (text instanceof Node ? text : h("p", {}, text))),
  );
}

/** What went wrong, and a button to try again. */
export function failed(error, again) {
  return h(
    "div",
    { class: "view-message failed", role: "alert" },
    h("p", {}, shown(t("views.failed", { reason: error.message }))),
    h("button", { type: "button", onclick: again }, t("views.again")),
  );
}

/** What `make` gives; where it cannot, a sentence with the entry's id. One bad entry never costs the others. */
export function safely(id, make, wrap = (node) => node) {
  try {
    return make();
  } catch {
    return wrap(h("span", { class: "unshowable" }, shown(t("views.unshowable", { id: String(id) }))));
  }
}

/** The same for a row of a table. */
export function safeRow(id, columns, make) {
  return safely(id, make, (node) => h("tr", {}, h("td", { colspan: columns }, node)));
}

/** A term and what it is; null where there is nothing to be said. */
export function fact(term, ...what) {
  const parts = what.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false && one !== "");
  return parts.length ? [h("dt", {}, term), h("dd", {}, parts)] : null;
}

/** Nodes with commas between them. */
export function listed(items, make) {
  return items.flatMap((item, index) => (index ? [", ", make(item)] : [make(item)]));
}

/** A span of the service's times in words. */
export function spanOf({ earliest, latest }) {
  const [from, to] = [seconds(earliest), seconds(latest)];
  if (Number.isNaN(from) || Number.isNaN(to)) throw new TypeError("a span has two times");
  return span(from, to);
}

/** The name of a place, as far as it is known. */
export function placeName(place) {
  return place.name ?? place.as_written ?? place.admin1 ?? place.country ?? t("views.somewhere");
}

/** A value of the contract in words; one that there are no words for, with blanks. */
export function word(group, value) {
  const text = named(group, value);
  return text === value ? String(value).replaceAll("_", " ") : text;
}

/** A quiet tag. */
export function tag(text, title = null) {
  return h("span", { class: "tag", title }, text);
}
