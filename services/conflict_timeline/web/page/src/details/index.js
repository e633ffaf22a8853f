// Details: all that is known of what the reader selected, and beside it what would have been expected.

import { fill, h } from "../dom.js";
import { loadMirror } from "../model/selection.js";
import { shown } from "../safe.js";
import { t } from "../words/index.js";
import { besides } from "./besides.js";
import { cite } from "./cite.js";
import { Geometry } from "./geometry.js";
import { record } from "./history.js";
import { summary } from "./expected.js";
import { incident, statements } from "./incident.js";
import { attempt } from "./parts.js";
import { regionNode } from "./regions.js";
import { before, statement } from "./statement.js";
import { stayer } from "./staying.js";
import { empty, failed, loading, withdrawn } from "./states.js";

/**
 * The details in `container`. `onSelect({kind, entry})` is called when the reader picks another entry.
 *
 * What is unfolded, shown whole and focused stays so while the same entry is shown, whatever comes in.
 */
export function createDetails(container, { store, onSelect }) {
  let geometry = new Geometry();
  let selection = null;
  let window = store.state.w;
  let overview = null;
  let open = new Set();
  let all = new Set();
  let memory = new Map(); // What was read beside the selection: shown at once when the entry is drawn anew.
  let mirror = null; // {position, answer, error} of the other side of what is selected.
  let reading = new AbortController();
  let parts = {};
  let focused = null; // Which control had the focus last.
  let stay = null; // Puts what is drawn anew where it was.
  let shownKey = ""; // Of what was shown last: the same entry, read again, is shown as it was left.

  const root = h("div", { class: "details-body", tabindex: "-1" });
  fill(container, root);
  put(empty());

  function show(next, given = {}) {
    const key = next ? `${next.kind} ${next.entry}` : "";
    const isOther = key !== shownKey;
    const isSame = next === selection && next !== null && given.overview === overview;
    window = given.window ?? window;
    overview = given.overview ?? null;
    geometry = given.geometry ?? geometry;
    if (isSame && parts.paired) {
      paired();
      return;
    }
    reading.abort();
    reading = new AbortController();
    selection = next;
    if (isOther) {
      open = new Set();
      all = new Set();
      memory = new Map();
    }
    if (isOther) mirror = null;
    shownKey = key;
    if (parts.paired) stay = stayer(container, root);
    put(next ? drawn() : empty());
    if (isOther) container.scrollTop = 0;
    else stay?.();
  }

  // Which parts an entry has, from top to bottom.
  function drawn() {
    const context = contextOf();
    const isStatement = selection.kind === "statements";
    const holds = selection.status === "asserted";
    const body = isStatement ? selection.happening : selection.incident;
    parts = { paired: h("div", { class: "paired" }), summary: h("p", { class: "summary" }), cited: h("div", { class: "cited" }) };
    context.summary = holds ? parts.summary : null;
    const children = [
      h(
        "h2",
        { tabindex: "-1" },
        isStatement ? t("details.statement") : t("details.incident"),
        h("span", { class: "id mono" }, shown(selection.entry)),
      ),
      holds ? null : withdrawn(selection, { onSelect }),
      body
        ? attempt(selection.entry, () =>
            h(
              "div",
              { class: holds ? "told" : "told former" },
              (isStatement ? statement : incident)(selection, context),
            ),
          )
        : null,
      holds ? parts.paired : null,
      holds && isStatement ? attempt("before", () => before(selection, context)) : null,
      attempt("record", () => record(selection, context)),
      parts.cited,
    ];
    paired();
    cited();
    return h("article", {}, children);
  }

  // What depends on the window and on whose strikes are looked at.
  function paired() {
    if (!parts.paired || selection?.status !== "asserted") return;
    const isStatement = selection.kind === "statements";
    const context = contextOf();
    keepingFocus(() => {
      if (isStatement)
        fill(parts.summary, store.state.mirror === "1" ? null : attempt("summary", () => summary(selection, window)));
      fill(
        parts.paired,
        isStatement
          ? besides(selection, { ...context, mirror: mirrored(), onMirror, all, onShowAll: paired })
          : attempt("statements", () => statements(selection, context)),
      );
    });
  }

  // What a link shows depends on all of the state.
  function cited() {
    if (parts.cited) keepingFocus(() => fill(parts.cited, attempt("cite", () => cite(selection, contextOf()))));
  }

  function contextOf() {
    return {
      store,
      window,
      overview,
      geometry,
      open,
      memory,
      conflict: selection.conflict,
      position: selection.position,
      signal: reading.signal,
      region: (code) => regionNode(code, geometry),
      onSelect,
      onPosition: (position) => store.set({ p: String(position) }),
    };
  }

  // The other side is read when it is looked at, once for each position; what it was before is shown until then.
  function mirrored() {
    if (store.state.mirror !== "1") return null;
    if (mirror?.position !== selection.position) {
      const mine = { position: selection.position, answer: mirror?.answer ?? null, error: null };
      mirror = mine;
      loadMirror(selection.conflict, selection.entry, { position: selection.position, signal: reading.signal }).then(
        (answer) => {
          mine.answer = answer;
          if (mirror === mine) paired();
        },
        (error) => {
          // What was given up because all was read anew is asked for again.
          if (error.name === "AbortError") mine.position = null;
          else mine.error = error;
          if (mirror === mine) paired();
        },
      );
    }
    return { ...mirror, onRetry: () => ((mirror = null), paired()) };
  }

  function onMirror(isOn) {
    store.set({ mirror: isOn ? "1" : "" });
  }

  function leave() {
    if (parts.paired) stay = stayer(container, root);
    selection = null;
    mirror = null;
    parts = {};
  }

  function put(element) {
    if (!selection) parts = {};
    keepingFocus(() => fill(root, element));
  }

  // A reader who was in what is drawn anew stays there: at the same control, else at the table or the heading.
  function keepingFocus(change) {
    const active = document.activeElement;
    if (!root.contains(active)) {
      change();
      return;
    }
    const wasPaired = parts.paired?.contains(active);
    if (active.dataset.at) focused = active.dataset.at;
    change();
    if (root.contains(document.activeElement) && document.activeElement !== root) return;
    const same = focused && root.querySelector(`[data-at="${CSS.escape(focused)}"]`);
    (
      same ??
      (wasPaired ? parts.paired?.querySelector(".table, .statements") : null) ??
      root.querySelector("h2[tabindex]") ??
      root
    ).focus({ preventScroll: true });
  }

  const forget = store.listen((state, former) => {
    if (state.mirror !== former.mirror && parts.paired) paired();
    if (["c", "s", "i", "p"].every((name) => state[name] === former[name])) cited();
  });

  return {
    show,
    /** Cites by another overview of the same position: its digests may be known by now. */
    cite(other) {
      overview = other;
      cited();
    },
    loading() {
      reading.abort();
      leave();
      put(loading());
    },
    failed(error, onRetry) {
      leave();
      put(failed(error, { position: store.state.p, onRetry, onLatest: () => store.set({ p: "" }) }));
    },
    /** Leaves nothing behind that still listens or reads. */
    end() {
      reading.abort();
      leave();
      forget();
    },
    /** The table of pairs, or what stands in its place. */
    focusTable() {
      const found = root.querySelector(".pairs .table, .after .statements, .nothing") ?? container;
      found.scrollIntoView({ block: "start" });
      found.focus({ preventScroll: true });
    },
    /** The other side as it is shown, or null. */
    get mirrorShown() {
      return store.state.mirror === "1" ? (mirror?.answer ?? null) : null;
    },
  };
}
