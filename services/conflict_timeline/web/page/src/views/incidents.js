// Incidents: a list of attacks, and the claims about the chosen one side by side.

import { fill, h } from "../dom.js";
import { csvAddress } from "../export/csv.js";
import { shown } from "../safe.js";
import { zoomOf } from "../state.js";
import { number, t, tn } from "../words/index.js";
import { seconds, span } from "../words/time.js";
import { agreementsOf, disputedIds, words } from "./agreements.js";
import { asked, fits, leftOut } from "./asked.js";
import { filterName } from "./filter_names.js";
import { createFrame } from "./frame.js";
import { createIncident } from "./incident.js";
import { createPager, createPagerOfIds } from "./pager.js";
import { failed, listed, nothing, placeName, spanOf, tag, word } from "./parts.js";
import { createTable } from "./table.js";

const PAGE = 100;
const MANY = 1_000;
const NEEDED = ["q", "z", "struck", "target", "weapon", "region", "prec"];

/** The view of incidents. `onSelect({kind, entry})` shows one in the timeline. */
export function createIncidentsView(container, { store, onSelect }) {
  let isShown = false;
  let pager = null;
  let entries = [];
  let agreements = new Map();
  let more = false;
  let context = null;
  const chosen = createIncident({ onSelect, onClose: close, onGo: choose });
  const table = createTable({ label: t("views.incidents"), columns: columns(() => agreements), onChoose: choose });
  const count = h("p", { class: "soft", role: "status" });
  const further = h("div", { class: "further" });
  const csv = h("a", { class: "button", download: true }, t("views.csv"));
  const pick = h("select", { "data-key": "disputed", onchange: () => store.set({ d: pick.value }) });
  fill(
    pick,
    [
      ["", t("views.disputed.all")],
      ["attribution", t("views.disputed.attribution")],
      ["figures", t("views.disputed.figures")],
    ].map(([value, text]) => h("option", { value }, text)),
  );
  const zoom = h("div", { class: "zoomed" });
  const list = h("div", { class: "list" });
  const top = h(
    "div",
    { class: "view-top" },
    h("h2", {}, t("views.incidents")),
    h("label", {}, h("span", {}, t("views.disputed")), pick),
    csv,
  );
  table.whenSorted(tell);

  const frame = createFrame(container, {
    name: "incidents",
    store,
    needs: (state) => [NEEDED.map((name) => state[name]), state.d],
    load,
  });
  store.listen((state, before) => {
    if (isShown && state.i !== before.i) showChosen();
  });

  async function load({ conflict, position, signal }, anew) {
    const { state } = store;
    const parameters = asked("incidents", state);
    const disputed = state.d;
    pick.value = disputed;
    const inPage = fits("incidents", state);
    let next;
    if (disputed === "figures") {
      const found = await disputedIds({ conflict, position, parameters, signal });
      next = createPagerOfIds({ conflict, ...found, parameters, fits: inPage, signal });
    } else {
      if (disputed) parameters.disputed = "true";
      next = createPager({ conflict, projection: "incidents", parameters, fits: inPage, position, signal });
    }
    const wanted = anew ? Math.max(PAGE, entries.length) : PAGE;
    const page = await next.next(wanted);
    const known = await agreementsOf({ conflict, position: next.position, entries: page.entries, signal });
    return () => {
      context = { conflict, position, signal };
      pager = next;
      entries = page.entries;
      more = page.more;
      agreements = known;
      draw();
    };
  }

  function draw() {
    const { state } = store;
    csv.href = csvAddress({ ...state, c: context.conflict, v: "incidents" }, pager.position, "incidents");
    const range = zoomOf(state);
    fill(
      zoom,
      range && [
        h("span", {}, t("views.zoomed", { span: span(...range) })),
        h("button", { type: "button", onclick: () => store.set({ z: "" }) }, t("views.unzoom")),
      ],
    );
    table.show(entries);
    fill(list, top, zoom, entries.length ? [count, table.element, further] : none(state), chosen.element);
    if (!list.isConnected) fill(frame.content, list);
    tell();
    showChosen();
  }

  function none(state) {
    const isFiltered = NEEDED.some((name) => state[name].length) || state.d;
    if (more) return [nothing(t("views.incidents.noneYet")), further];
    return nothing(isFiltered ? t("views.incidents.noneLeft") : t("views.incidents.none"));
  }

  // How many are shown, of which kind, in which order.
  function tell() {
    const names = leftOut("incidents", store.state).map(filterName).join(", ");
    fill(
      count,
      tn(more ? "views.incidents.first" : "views.incidents.all", entries.length),
      " ",
      table.sortedWords,
      names && [" ", t("views.lookedAt", { filters: names })],
    );
    const button = (n) =>
      h("button", { type: "button", "data-key": `more ${n}`, onclick: () => grow(n) }, tn("views.more", n));
    fill(further, more && [button(PAGE), button(MANY)]);
  }

  async function grow(n) {
    const { conflict, signal } = context;
    for (const button of further.querySelectorAll("button")) button.disabled = true;
    try {
      const page = await pager.next(n);
      const known = await agreementsOf({ conflict, position: pager.position, entries: page.entries, signal });
      if (signal.aborted) return;
      const first = page.entries[0]?.entry;
      entries = [...entries, ...page.entries];
      more = page.more;
      agreements = new Map([...agreements, ...known]);
      draw();
      if (first) table.focus(first);
    } catch (error) {
      // A cursor of a version that is not served any more: from the first page on.
      if (!signal.aborted)
        fill(
          further,
          failed(error, () => (error.status === 410 ? frame.refresh() : grow(n))),
        );
    }
  }

  function choose(id) {
    store.set({ i: id, s: "", mirror: "" });
  }

  function close() {
    const { i } = store.state;
    store.set({ i: "" });
    table.focus(i);
  }

  function showChosen() {
    if (!pager || context.conflict !== store.state.c) return;
    const { i } = store.state;
    table.choose(i);
    list.classList.toggle("has-chosen", i !== "");
    chosen.show(i ? { conflict: context.conflict, position: context.position, at: pager.position, entry: i } : null);
  }

  return {
    show(shown) {
      isShown = true;
      frame.show(shown);
      showChosen();
    },
    hide() {
      isShown = false;
      frame.hide();
    },
    refresh: frame.refresh,
  };
}

// The columns of the list; agreements come from another timeline.
function columns(agreements) {
  const of = (entry) => agreements().get(entry.entry);
  return [
    { name: "time", title: () => t("views.time"), value: (entry) => seconds(entry.body.core.earliest), cell: timeCell },
    { name: "place", title: () => t("views.place"), value: (entry) => placeName(entry.body.place), cell: placeCell },
    { name: "attributed", title: () => t("views.attributed"), cell: attributedCell },
    {
      name: "targets",
      title: () => t("views.targets"),
      cell: (entry) => shown(entry.body.targets.map((one) => word("topic", one)).join(", ")),
    },
    {
      name: "reports",
      title: () => t("views.reports"),
      first: "descending",
      value: reportsOf,
      cell: (entry) => number(reportsOf(entry)),
    },
    {
      name: "agreement",
      title: () => t("views.figures"),
      value: (entry) => of(entry)?.rank ?? null,
      cell: (entry) =>
        of(entry)
          ? h("span", { class: `view-agreement is-${of(entry).agreement}` }, words(of(entry).agreement))
          : t("views.agreement.unread"),
    },
  ];
}

function timeCell({ body }) {
  return [
    spanOf(body.core),
    body.windows_disagree && [" ", tag(t("views.windowsDisagree.short"))],
    body.imprecise && [" ", tag(t("views.imprecise.short"))],
  ];
}

function placeCell({ body }) {
  const { name, admin1, country } = body.place;
  const region = admin1 ?? country;
  return [
    h("span", { dir: "auto" }, shown(placeName(body.place))),
    name && region && h("span", { class: "soft" }, " ", shown(region)),
  ];
}

function attributedCell({ body }) {
  if (!body.parties.length) return h("span", { class: "soft" }, t("views.nobody"));
  return listed(body.parties, (held) => [
    h("span", {}, shown(held.party)),
    held.disputed_by.length ? [" ", tag(t("views.disputedBy", { parties: held.disputed_by.join(", ") }))] : null,
  ]);
}

function reportsOf({ body }) {
  return body.members_total ?? body.members.length;
}
