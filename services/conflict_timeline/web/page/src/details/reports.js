// Reports: what each claimant says of an incident, side by side.

import { h } from "../dom.js";
import { loadMembers, MEMBERS_FIRST } from "../model/selection.js";
import { shown } from "../safe.js";
import { named, number, t, tn } from "../words/index.js";
import {
  attempt,
  bare,
  facts,
  inItem,
  known,
  notice,
  outward,
  recordedRows,
  section,
  short,
  topicsOf,
} from "./parts.js";
import { graded, reported } from "./statement.js";

/** The reports of an incident: the first at once, the others when a reader asks for them. */
export function reports(selection, total, context) {
  const list = h(
    "ol",
    { class: "reports" },
    selection.members.map((one) => attempt(one.key, () => h("li", {}, report(one, context)), inItem)),
  );
  const rest = selection.incident.members.slice(MEMBERS_FIRST);
  const said = h("p", { class: "soft", role: "status" });
  const further = h("ol", { class: "reports", start: MEMBERS_FIRST + 1 });
  const isOpen = context.memory.has("members");
  const more =
    rest.length && !isOpen
      ? h(
          "button",
          { type: "button", "data-at": "reports:all", onclick: readOn },
          tn("details.reports.more", rest.length),
        )
      : null;
  const listedOnly = selection.incident.members.length;
  if (isOpen) {
    show(context.memory.get("members"));
    readOn();
  }
  return section(
    t("details.reports"),
    { class: "claims" },
    h("p", { class: "soft" }, t("details.reports.what")),
    list,
    further,
    more,
    said,
    total > listedOnly
      ? h("p", { class: "soft" }, t("details.reports.first", { n: number(listedOnly), total: number(total) }))
      : null,
  );

  function show(read) {
    further.replaceChildren(...read.map((one) => attempt(one.key, () => h("li", {}, report(one, context)), inItem)));
  }

  async function readOn() {
    said.textContent = isOpen ? "" : t("details.loading");
    try {
      const read = await loadMembers(context.conflict, rest, { position: context.position, signal: context.signal });
      context.memory.set("members", read);
      show(read);
      more?.remove();
      said.textContent = "";
    } catch (error) {
      said.textContent = t("details.failed", { reason: error.message });
    }
  }
}

// One claimant's account, as it counts at the position.
function report(member, context) {
  const { happening, key, problem } = member;
  if (problem || !happening)
    return notice(
      "broken",
      shown(problem ? t("details.reports.problem", { id: key, reason: problem }) : t("details.broken", { id: key })),
    );
  const data = reported(member);
  const claimant = happening.claimant;
  const role = [claimant?.role, claimant?.party].filter(Boolean).join(", ");
  const event = member.events.find((one) => one.key === key) ?? member.events[0];
  return [
    h(
      "h4",
      {},
      claimant ? shown(claimant.name) : t("details.reports.noClaimant"),
      role ? h("span", { class: "soft" }, ", ", shown(role)) : null,
    ),
    facts([
      [
        t("details.place.asWritten"),
        happening.place?.as_written && h("q", { dir: "auto" }, shown(happening.place.as_written)),
      ],
      [
        t("details.reports.window"),
        known(happening.window, data.occurred ?? happening, { name: key, open: context.open }),
      ],
      [t("details.attributed"), attributions(happening.attribution)],
      [t("details.targets"), topicsOf(happening.topics)],
      [
        t("details.weapons"),
        happening.weapons?.length ? shown(happening.weapons.map(weaponReported).join(", ")) : null,
      ],
      ...graded(happening.grade, data.graded_by, data.rating),
      [t("details.reports.producer"), event?.event?.source && outward(event.event.source, bare(event.event.source))],
      [
        t("details.reports.articles"),
        happening.articles?.length
          ? happening.articles.map((one) => h("div", {}, outward(one, hostOf(one))))
          : t("details.sources.none"),
      ],
      ...recordedRows(member.events),
      [
        t("details.reports.revisions"),
        member.revisions.length > 1 ? tn("details.reports.corrected", member.revisions.length - 1) : null,
      ],
      [
        t("details.reports.event"),
        h(
          "a",
          {
            class: "mono",
            href: `/conflicts/${encodeURIComponent(context.conflict)}/events/${encodeURIComponent(key)}`,
          },
          shown(short(key)),
        ),
      ],
    ]),
  ];
}

function attributions(all) {
  if (!all?.length) return h("span", { class: "soft" }, t("details.attributedToNobody"));
  return all.map((one) =>
    h(
      "span",
      { class: "held" },
      h("b", {}, shown(one.party)),
      ": ",
      shown(named("basis", one.basis)),
      one.by ? [" ", shown(t("details.attributedBy", { name: one.by }))] : null,
      one.disputed_by?.length
        ? h(
            "span",
            { class: "disputed" },
            "; ",
            shown(t("details.disputedBy", { parties: one.disputed_by.join(", ") })),
          )
        : null,
    ),
  );
}

function weaponOf(family) {
  return named("weapon", family);
}

function weaponReported(weapon) {
  const model = weapon.model ? ` (${weapon.model})` : "";
  const contested = weapon.status === "contested" ? ` — ${t("details.weapons.contested")}` : "";
  return `${named("weapon", weapon.family)}${model}${contested}`;
}

function hostOf(address) {
  try {
    return new URL(address).hostname;
  } catch {
    return address;
  }
}
