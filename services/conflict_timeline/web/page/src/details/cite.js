// Cite: a link fixed at a position, and the digests that what is cited can be checked by.

import { h } from "../dom.js";
import { placeName } from "../model/selection.js";
import { plain, shown } from "../safe.js";
import { t } from "../words/index.js";
import { moment, seconds } from "../words/time.js";
import { copyButton, disclosure, facts, notice, section, when } from "./parts.js";

const RESTS_ON = {
  statements: ["chronology", "incidents", "pairings"],
  incidents: ["incidents", "chronology", "figures", "pairings"],
};

/** How to cite what is shown, as of its position. */
export function cite(selection, { store, overview, open, conflict }) {
  const { position } = selection;
  const address = store.address({ p: String(position) });
  const digests = timelines(selection, overview);
  const text = plain(citation(selection, address, digests, overview));
  const link = h("a", { class: "mono", href: address }, shown(address));
  const quoted = h("blockquote", { class: "citation" }, shown(text));
  const root = `/conflicts/${encodeURIComponent(conflict)}`;
  const entry = encodeURIComponent(selection.entry);
  const filter = selection.kind === "statements" ? "statement" : "incident";
  const projection = selection.kind === "statements" ? "chronology" : "incidents";
  const json = [
    [t("details.cite.entry"), `${root}/timelines/${projection}/entries/${entry}?as_of=${position}`],
    [t("details.cite.pairs"), `${root}/timelines/pairings?${filter}=${entry}&as_of=${position}`],
    selection.kind === "statements"
      ? [t("details.cite.rate"), `${root}/statements/${entry}/baserate?as_of=${position}`]
      : null,
  ].filter(Boolean);
  const isOther = overview && overview.position !== position;
  return section(
    t("details.cite"),
    { class: "cite" },
    h("p", { class: "soft" }, t("details.cite.what", { position })),
    h("p", {}, link),
    copyButton(t("details.cite.copyLink"), address, link, "cite:link"),
    quoted,
    copyButton(t("details.cite.copyText"), text, quoted, "cite:text"),
    isOther ? notice("", t("details.cite.otherPosition", { position: overview.position })) : null,
    facts([
      [t("details.position.label"), String(position)],
      [t("details.rules"), selection.rules && shown(selection.rules)],
      ...digests.map(({ name, digest }) => [
        shown(name),
        digest
          ? h("span", { class: "mono", title: plain(digest) }, shown(`${digest.slice(0, 16)}…`))
          : t("details.cite.noDigest"),
      ]),
    ]),
    digests.some(({ digest }) => digest)
      ? disclosure(t("details.cite.digests"), { name: "digests", open }, () =>
          facts(
            digests
              .filter(({ digest }) => digest)
              .map(({ name, digest }) => [shown(name), h("span", { class: "mono" }, shown(digest))]),
          ),
        )
      : null,
    h(
      "p",
      {},
      t("details.cite.json"),
      " ",
      json.flatMap(([name, href], index) => [index ? ", " : "", h("a", { href }, name)]),
    ),
  );
}

/** The text of a citation: what, as of which position, by which rules, and how it can be checked. */
export function citation(selection, address, digests, overview) {
  const told = [t("details.cite.by", { conflict: selection.conflict }), whatOf(selection)];
  const recorded = overview?.position === selection.position && overview.recorded_at ? overview.recorded_at : null;
  told.push(
    recorded
      ? t("details.cite.asOfTime", { position: selection.position, time: moment(seconds(recorded)) })
      : t("details.cite.asOf", { position: selection.position }),
  );
  if (selection.rules) told.push(t("details.cite.rules", { rules: selection.rules }));
  const checked = digests.filter(({ digest }) => digest).map(({ name, digest }) => `${name} ${digest.slice(0, 16)}`);
  if (checked.length) told.push(t("details.cite.digestsOf", { digests: checked.join(", ") }));
  return `${told.join(" ")} ${address}`;
}

function whatOf(selection) {
  const revision = selection.revisions.at(-1)?.revision ?? 1;
  if (selection.kind === "statements") {
    const { speaker, title, window } = selection.happening ?? {};
    const said = window ? when(seconds(window.earliest), seconds(window.latest)) : "";
    return t("details.cite.statement", {
      speaker: speaker?.name ?? "",
      title: title ?? "",
      said,
      entry: selection.entry,
      revision,
    });
  }
  const { place, core } = selection.incident ?? {};
  const time = core ? when(seconds(core.earliest), seconds(core.latest)) : "";
  return t("details.cite.incident", { place: placeName(place), core: time, entry: selection.entry, revision });
}

// Digests are of one position: those of another one say nothing about what is shown.
function timelines(selection, overview) {
  const held = overview?.position === selection.position ? (overview.digests ?? {}) : {};
  return RESTS_ON[selection.kind].map((projection) => {
    const version = selection.versions?.[projection] ?? overview?.versions?.[projection];
    return { name: version ? `${projection}/${version}` : projection, digest: held[projection] ?? null };
  });
}
