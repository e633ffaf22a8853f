// Sources: the articles that something rests on, and their archived copies.

import { fill, h } from "../dom.js";
import { loadArticle } from "../model/selection.js";
import { link, shown } from "../safe.js";
import { t, tn } from "../words/index.js";
import { attempt, bare, outward, section, whenOf } from "./parts.js";

const LOOKED_UP = 12;

/** The section of sources: a link for each address at once, and what is known of the article when it is read. */
export function sources(addresses, context) {
  const all = [...new Set(addresses)];
  if (!all.length)
    return section(t("details.sources"), { class: "sources" }, h("p", { class: "soft" }, t("details.sources.none")));
  const list = h("ul", {});
  const rest = all.slice(LOOKED_UP);
  const show = (some) => some.forEach((address) => list.append(one(address, context)));
  show(all.slice(0, LOOKED_UP));
  const more = rest.length
    ? h(
        "button",
        { type: "button", "data-at": "sources:all", onclick: () => (show(rest), more.remove()) },
        tn("details.sources.more", rest.length),
      )
    : null;
  return section(t("details.sources"), { class: "sources" }, list, more);
}

function one(address, context) {
  const about = h("div", { class: "soft" }, t("details.sources.reading"));
  const element = h("li", {}, outward(address, bare(address)), about);
  known(address, context).then(
    (article) =>
      fill(
        about,
        attempt(address, () => h("span", {}, article ? told(article) : t("details.sources.unknown"))),
      ),
    () => fill(about),
  );
  return element;
}

// An article is asked for once as of each moment that a reader chose, however often the page is drawn.
function known(address, { conflict, position, memory, store }) {
  const key = `article ${store.state.p} ${address}`;
  let found = memory.get(key);
  if (!found) {
    found = loadArticle(conflict, address, { position });
    memory.set(key, found);
    found.catch(() => memory.delete(key));
  }
  return found;
}

function told(article) {
  const copies = (article.archive_urls ?? []).filter(link);
  const parts = [];
  if (article.outlet?.name) parts.push(shown(article.outlet.name));
  if (article.title) parts.push([h("q", { dir: "auto", lang: article.lang ?? null }, shown(article.title))]);
  if (article.published) parts.push(whenOf(article.published));
  if (!article.recorded) parts.push([t("details.sources.onlyCited")]);
  const archived = copies.length
    ? [
        t("details.sources.archived"),
        " ",
        copies.flatMap((copy, index) => [index ? ", " : "", outward(copy, new URL(copy).hostname)]),
      ]
    : [t("details.sources.notArchived")];
  return [...parts, archived].flatMap((part, index) => (index ? [" · ", part] : [part]));
}
