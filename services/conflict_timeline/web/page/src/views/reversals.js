// Reversals: two statements of one speaker by opposite acts, side by side.

import { fill, h } from "../dom.js";
import { csvAddress } from "../export/csv.js";
import { shown } from "../safe.js";
import { zoomOf } from "../state.js";
import { named, t, tn } from "../words/index.js";
import { lag, span } from "../words/time.js";
import { asked, fits } from "./asked.js";
import { createFrame } from "./frame.js";
import { createPager } from "./pager.js";
import { failed, nothing, safely, spanOf, word } from "./parts.js";

const PAGE = 50;
const NEEDED = ["q", "z", "by", "act", "topic"];

/** The view of reversals. `onSelect({kind, entry})` shows a statement in the timeline. */
export function createReversalsView(container, { store, onSelect }) {
  let pager = null;
  let context = null;
  let entries = [];
  let more = false;
  const csv = h("a", { class: "button", download: true }, t("views.csv"));
  const count = h("p", { class: "soft", role: "status" });
  const zoom = h("div", { class: "zoomed" });
  const items = h("ol", { class: "reversal-list" });
  const further = h("div", { class: "further" });
  const frame = createFrame(container, {
    name: "reversals",
    store,
    needs: (state) => NEEDED.map((name) => state[name]),
    load,
  });

  async function load({ conflict, position, signal }, anew) {
    const { state } = store;
    const next = createPager({
      conflict,
      projection: "reversals",
      parameters: asked("reversals", state),
      fits: fits("reversals", state),
      position,
      signal,
    });
    const page = await next.next(anew ? Math.max(PAGE, entries.length) : PAGE);
    return () => {
      context = { conflict, signal };
      pager = next;
      entries = page.entries;
      more = page.more;
      draw();
    };
  }

  function draw() {
    const { state } = store;
    csv.href = csvAddress({ ...state, c: context.conflict, v: "reversals" }, pager.position, "reversals");
    const range = zoomOf(state);
    fill(
      zoom,
      range && [
        h("span", {}, t("views.zoomed", { span: span(...range) })),
        h("button", { type: "button", onclick: () => store.set({ z: "" }) }, t("views.unzoom")),
      ],
    );
    fill(
      items,
      entries.map((entry) => item(entry)),
    );
    const isFiltered = NEEDED.some((name) => state[name].length);
    fill(
      frame.content,
      h("div", { class: "view-top" }, h("h2", {}, t("views.reversals")), csv),
      h("p", { class: "soft" }, t("views.reversals.what")),
      zoom,
      entries.length ? [count, items] : nothing(isFiltered ? t("views.reversals.noneLeft") : t("views.reversals.none")),
      further,
    );
    tell();
  }

  function tell() {
    fill(
      count,
      tn(more ? "views.reversals.first" : "views.reversals.all", entries.length),
      " ",
      t("views.asOf", { n: pager.position }),
    );
    fill(further, more && h("button", { type: "button", "data-key": "more", onclick: grow }, tn("views.more", PAGE)));
  }

  async function grow() {
    const { signal } = context;
    for (const button of further.querySelectorAll("button")) button.disabled = true;
    try {
      const page = await pager.next(PAGE);
      if (signal.aborted) return;
      const before = items.children.length;
      entries = [...entries, ...page.entries];
      more = page.more;
      items.append(...page.entries.map((entry) => item(entry)));
      tell();
      items.children[before]?.querySelector("button")?.focus();
    } catch (error) {
      if (!signal.aborted)
        fill(
          further,
          failed(error, () => (error.status === 410 ? frame.refresh() : grow())),
        );
    }
  }

  function item(entry) {
    return safely(
      entry.entry,
      () => reversal(entry, onSelect),
      (node) => h("li", {}, node),
    );
  }

  return { show: frame.show, hide: frame.hide, refresh: frame.refresh };
}

function reversal({ body }, onSelect) {
  const { speaker, order } = body;
  const about = [speaker.role, speaker.party].filter(Boolean).join(", ");
  const gap = lag(body.gap_min_s, body.gap_max_s);
  return h(
    "li",
    { class: "reversal" },
    h("h3", { dir: "auto" }, shown(speaker.name), about && h("span", { class: "soft" }, " ", shown(about))),
    h(
      "div",
      { class: "reversal-sides" },
      side("earlier", body.earlier, body.earlier_words, order),
      h(
        "p",
        { class: "reversal-between" },
        order === "after"
          ? t("views.reversals.gap", { gap })
          : t("views.reversals.unknown", { gap: atMost(body.gap_max_s) }),
      ),
      side("later", body.later, body.later_words, order),
    ),
    h(
      "p",
      { class: "soft" },
      t("views.reversals.topics"),
      " ",
      shown(body.topics.map((topic) => word("topic", topic)).join(", ")),
      "; ",
      t("views.reversals.parties"),
      " ",
      shown(body.parties.join(", ")),
      "; ",
      t("views.rules"),
      " ",
      h("span", { class: "mono" }, shown(body.rules)),
    ),
  );

  function side(which, key, { act, said, proposition }) {
    const isKnown = order === "after";
    const title =
      which === "earlier"
        ? isKnown
          ? t("views.reversals.earlier")
          : t("views.reversals.one")
        : isKnown
          ? t("views.reversals.later")
          : t("views.reversals.other");
    return h(
      "div",
      { class: `reversal-side ${which}` },
      h("p", { class: "soft" }, title),
      h("p", {}, h("strong", { class: "act" }, shown(named("act", act))), " ", spanOf(said)),
      h("p", { class: "said", dir: "auto" }, shown(proposition)),
      h(
        "button",
        {
          type: "button",
          "data-key": `${which} ${key}`,
          onclick: () => onSelect?.({ kind: "statements", entry: key }),
        },
        t("views.inTimeline"),
        h("span", { class: "visually-hidden" }, ": ", shown(proposition)),
      ),
    );
  }
}

// The next whole minute, hour or tenth of a day: no less than it may be.
function atMost(seconds) {
  const unit = seconds >= 172_800 ? 8_640 : seconds < 3_600 ? 60 : 3_600;
  const most = Math.ceil(seconds / unit) * unit;
  return lag(most, most);
}
