// The application: the parts of the page, and what happens in each when the state changes.

import { ask } from "./api.js";
import { createChart } from "./chart/index.js";
import { createDetails } from "./details/index.js";
import { fill, h } from "./dom.js";
import { createExports } from "./exports.js";
import { createFilters, nothing } from "./filters.js";
import { following } from "./following.js";
import { createHeader } from "./header.js";
import { createHelp } from "./help.js";
import { listen } from "./keys.js";
import { layout } from "./layout.js";
import { Drawn } from "./model/drawn.js";
import { loadPairs } from "./model/selection.js";
import { createNotices } from "./notices.js";
import { createSelecting } from "./selecting.js";
import { WINDOWS } from "./state.js";
import { createStrip } from "./strip.js";
import { createIncidentsView } from "./views/incidents.js";
import { createOperationsView } from "./views/operations.js";
import { createReversalsView } from "./views/reversals.js";
import { named, number, t, tn } from "./words/index.js";

/** The page in `body`; `end()` leaves nothing behind that still listens. */
export function createApp(body, { store, onLanguage }) {
  const parts = layout(body);
  const ended = new AbortController();
  let conflicts = [];
  let drawn = null;
  let live = null;
  let isConnected = false;
  let wasConnected = false;
  let fresh = 0;
  let isOver = false;

  const select = ({ kind, entry }) =>
    store.set({ s: kind === "statements" ? entry : "", i: kind === "incidents" ? entry : "", mirror: "" });
  const pick = (one) => store.set({ v: "timeline", ...(one.kind === "statements" ? { s: one.entry, i: "" } : { i: one.entry, s: "" }), mirror: "" });

  const chart = createChart(parts.chart, {
    onSelect: select,
    onZoom: ([from, to]) => store.set({ z: `${Math.round(from)}_${Math.round(to)}` }, { quiet: true }),
    pairsOf: (entry) => loadPairs(store.state.c, entry, { position: store.state.p, signal: ended.signal }),
  });
  const help = createHelp(() => chart.legend());
  const header = createHeader(parts.header, { store, onHelp: () => help.open(), onLanguage });
  const strip = createStrip(parts.strip, { store, onPosition: (p) => store.set({ p }), onTime: atTime, step: (way) => drawn?.step(way, store.state) ?? null });
  const filters = createFilters(parts.filters, { store });
  const notices = createNotices(parts.notice);
  const details = createDetails(parts.details, { store, onSelect: pick });
  const selecting = createSelecting({ store, details, onChange: draw });
  const exporting = createExports({ store, chart, drawn: () => drawn, selecting });
  const pickWindow = h("select", { onchange: () => store.set({ w: pickWindow.value }) });
  fill(pickWindow, Object.keys(WINDOWS).map((name) => h("option", { value: name }, named("window", name))));
  fill(
    parts.bar,
    h("label", {}, h("span", {}, t("page.window")), pickWindow),
    h("span", { class: "soft pairs" }),
  );
  parts.footer.append(strip.note);
  parts.strip.append(exporting.element);
  body.append(help.element);
  const views = {
    incidents: createIncidentsView(section(), { store, onSelect: pick }),
    reversals: createReversalsView(section(), { store, onSelect: pick }),
    operations: createOperationsView(section(), { store, onSelect: pick }),
  };

  const unlisten = listen({
    ArrowLeft: () => stepMark(-1, "statements"),
    ArrowRight: () => stepMark(1, "statements"),
    ArrowUp: () => stepMark(-1, "incidents"),
    ArrowDown: () => stepMark(1, "incidents"),
    "+": () => chart.zoomBy(1.6),
    "=": () => chart.zoomBy(1.6),
    "-": () => chart.zoomBy(1 / 1.6),
    0: () => chart.reset(),
    "[": () => strip.stepped(-1),
    "]": () => strip.stepped(1),
    "/": () => filters.focusSearch(),
    t: () => details.focusTable(),
    e: () => (store.state.v === "operations" ? false : exporting.open()),
    "?": () => help.open(),
    Escape: escape,
  });
  const forget = store.listen(changed);

  // --- What is drawn -----------------------------------------------------------------------------------------------

  async function begin() {
    try {
      conflicts = (await ask("/conflicts", {}, { signal: ended.signal })).map((one) => one.conflict);
    } catch (error) {
      if (!isOver) notices.failed(error, begin);
      return;
    }
    header.conflicts(conflicts, store.state.c);
    if (!conflicts.length && !store.state.c) {
      show();
      notices.noConflict();
      setTimeout(() => isOver || begin(), 3_000);
    } else if (!store.state.c) {
      store.set({ c: conflicts.includes("ukraine") ? "ukraine" : conflicts[0] }, { quiet: true });
    } else {
      await open(store.state);
    }
  }

  async function open(state) {
    live?.close();
    fresh = 0;
    isConnected = wasConnected = false;
    drawn?.end();
    drawn = new Drawn(state.c, { onChange: redrawn, onCaughtUp: () => selecting.again(), onSearch: (n) => filters.found(n) });
    const mine = drawn;
    showKnown();
    notices.loading(state.c);
    try {
      await mine.load(state);
    } catch (error) {
      if (mine !== drawn || isOver) return;
      if (error.status === 404 && !conflicts.includes(state.c)) notices.unknown(state.c);
      else if (error.status === 404 && state.p) {
        strip.tell(t("asof.beyond"));
        store.set({ p: "" }, { quiet: true });
        open(store.state);
      } else if (error.status === 404) {
        // Its first event is recorded, and its timelines are about to be.
        setTimeout(() => mine === drawn && !isOver && open(store.state), 1_000);
      } else notices.failed(error, () => open(store.state));
      return;
    }
    if (mine !== drawn || isOver) return;
    live = following(state.c, {
      onRevisions: heard,
      onProgress: (projection, progress) => mine.progressed(projection, progress, store.state),
      onConnected: (on) => {
        // Begun, nothing was missed; begun again, something may have been.
        if (on && !isConnected && wasConnected) selecting.again();
        wasConnected ||= on;
        isConnected = on;
        showLive();
      },
      onSwitched: () => reload(),
    });
    selecting.follow(state, null, drawn);
    show();
  }

  async function reload() {
    try {
      await drawn?.load(store.state, { anew: true });
      selecting.again();
    } catch (error) {
      if (!isOver) notices.failed(error, reload);
    }
  }

  function heard(came) {
    const count = drawn.heard(came);
    if (!count) return;
    fresh += count;
    if (!store.state.p) selecting.refresh(came);
    showLive();
    for (const view of Object.values(views)) view.refresh?.(came);
  }

  function redrawn() {
    if (isOver || !drawn?.known) return;
    showKnown();
    const { state } = store;
    const { known, later, masks } = drawn;
    header.show(state, known);
    strip.show(state, known, drawn.latest.position, drawn.learned);
    filters.show(state, drawn.counts);
    const shown = { statements: sum(masks.statements), incidents: sum(masks.incidents) };
    const dense = known.statements.dense || known.incidents.dense;
    notices.about({ conflict: state.c, overview: known, wanted: dense || shown.statements + shown.incidents, onClear: () => store.set(nothing()) });
    announce(counted(shown, known));
    details.cite(known);
    draw();
  }

  function draw() {
    if (isOver || !drawn?.known) return;
    const { state } = store;
    const { selection } = selecting;
    const window = { name: state.w, seconds: WINDOWS[state.w] };
    const isOfStatement = selection?.kind === "statements" && selection.entry === state.s;
    const pairs = isOfStatement ? (selecting.mirror?.pairs ?? selection.pairs) : [];
    chart.update({
      ...drawn.picture(state, pairs),
      selected: state.s ? { kind: "statements", entry: state.s } : state.i ? { kind: "incidents", entry: state.i } : null,
      window,
      pairs,
    });
    pickWindow.value = state.w;
    const within = pairs.filter((pair) => pair.fits[state.w] === "definite").length;
    const values = { window: named("window", state.w) };
    const told = selecting.mirror ? tn("page.pairs.mirror", within, values) : tn("page.pairs", within, values);
    fill(parts.bar.querySelector(".pairs"), isOfStatement ? told : null);
  }

  // --- What changes ------------------------------------------------------------------------------------------------

  function changed(state, before) {
    if (state.c !== before.c) {
      header.conflicts(conflicts, state.c);
      open(state);
      return;
    }
    show();
    if (!drawn) return;
    if (state.p !== before.p) showLive();
    drawn.changed(state, before).catch((error) => isOver || asOfFailed(error, before));
    draw();
    selecting.follow(state, before, drawn);
  }

  function asOfFailed(error, before) {
    if (error.name === "AbortError") return;
    if (error.status === 404 && store.state.p) {
      store.set({ p: before.p === store.state.p ? "" : before.p }, { quiet: true });
      strip.tell(t("asof.beyond"));
    } else {
      notices.failed(error, () => open(store.state));
    }
  }

  async function atTime(text) {
    try {
      const position = await drawn.positionAt(text);
      if (position < 1) strip.tell(t("asof.none"));
      else store.set({ p: String(position) });
    } catch (error) {
      if (error.status === 404) {
        store.set({ p: "" });
        strip.tell(t("asof.beyond"));
      } else strip.tell(error.message);
    }
  }

  function show() {
    const { state } = store;
    header.show(state, drawn?.known);
    const isTimeline = state.v === "timeline";
    parts.chart.hidden = parts.bar.hidden = !isTimeline;
    parts.view.hidden = isTimeline;
    parts.details.hidden = !isTimeline;
    parts.strip.hidden = parts.aside.hidden = parts.notice.hidden = state.v === "operations";
    body.dataset.view = state.v;
    for (const [name, view] of Object.entries(views)) {
      if (name !== state.v) view.hide();
      else if (drawn?.known || name === "operations") {
        view.show({ conflict: state.c, position: state.p, head: drawn?.latest?.position ?? 0 });
      }
    }
  }

  // Where nothing is known there is nothing to be drawn, filtered or gone back to, but the room for it is kept.
  function showKnown() {
    body.dataset.known = String(Boolean(drawn?.known));
  }

  function showLive() {
    header.live({ connected: isConnected, pinned: store.state.p !== "", fresh });
  }

  function stepMark(way, kind) {
    if (store.state.v !== "timeline" || !drawn?.known) return false;
    const found = chart.stepMark(way, kind);
    if (found) select(found);
    return true;
  }

  function escape() {
    if (document.querySelector("dialog[open]")) return false;
    if (store.state.s || store.state.i) store.set({ s: "", i: "", mirror: "" });
    else return false;
    return true;
  }

  function section() {
    const element = h("div", { class: "one-view", hidden: true });
    parts.view.append(element);
    return element;
  }

  function announce(text) {
    fill(parts.announcements, text);
  }

  header.show(store.state);
  showKnown();
  begin();

  return {
    end() {
      isOver = true;
      ended.abort();
      live?.close();
      drawn?.end();
      selecting.end();
      exporting.end();
      details.end();
      unlisten();
      forget();
      for (const view of Object.values(views)) view.hide();
      chart.destroy();
    },
  };
}

function sum(mask) {
  let total = 0;
  for (const one of mask) total += one;
  return total;
}

function counted(shown, known) {
  const values = {
    statements: tn("chart.statements", shown.statements),
    strikes: tn("chart.strikes", shown.incidents),
    allStatements: number(known.statements.total),
    allStrikes: number(known.incidents.total),
  };
  const all = shown.statements === known.statements.total && shown.incidents === known.incidents.total;
  return t(all ? "page.counts" : "page.countsOf", values);
}
