// Operations: how far each timeline has come, what is wrong, and what was refused.

import { fill, h } from "../dom.js";
import { t, tn } from "../words/index.js";
import { moment } from "../words/time.js";
import { readHealth, summed } from "./health.js";
import { keeping } from "./keeping.js";
import { failed, reading } from "./parts.js";
import { refusedPart } from "./refused.js";
import { statusTables } from "./status.js";
import { troubleList } from "./troubles.js";

const REFRESH_MS = 5_000;

/** The view of operations: it looks again every 5 s while somebody sees it, until that is paused. */
export function createOperationsView(container, { store }) {
  let isShown = false;
  let isPaused = false;
  let isReading = false;
  let reason = "";
  let wait = 0;
  let abort = new AbortController();
  let told = null;
  let said = null;
  let last = "";

  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: toggle }, t("views.pause"));
  const again = h("button", { type: "button", onclick: () => look() }, t("views.now"));
  const at = h("span", { class: "soft" });
  const summary = h("p", { class: "summary", role: "status" });
  const content = h("div", { class: "view-content" }, reading());
  container.append(
    h(
      "div",
      { class: "view-body operations" },
      h("div", { class: "view-top" }, h("h2", {}, t("views.operations")), pause, again, at),
      summary,
      content,
    ),
  );
  document.addEventListener("visibilitychange", () => isShown && plan(0));

  function toggle() {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    if (isPaused) clearTimeout(wait);
    else look();
  }

  function plan(ms = REFRESH_MS) {
    clearTimeout(wait);
    if (isShown && !isPaused && document.visibilityState === "visible") wait = setTimeout(look, ms);
  }

  async function look() {
    if (isReading) return;
    isReading = true;
    const { signal } = abort;
    try {
      told = await readHealth({ reason, signal });
      if (signal.aborted) return;
      fill(at, t("views.refreshed", { time: clock(Date.now()) }));
      draw();
    } catch (error) {
      if (!signal.aborted) fill(content, failed(error, look));
    } finally {
      isReading = false;
      plan();
    }
  }

  function draw() {
    const now = JSON.stringify([told, reason, store.state.c], (_, value) =>
      value instanceof Error ? value.message : value,
    );
    if (now === last) return;
    last = now;
    keeping(container, () =>
      fill(
        content,
        troubleList(told.ready, look),
        statusTables(told.status, store.state.c, look),
        refusedPart(told.refused, { reason, onReason, again: look }),
      ),
    );
    say(summed(told));
  }

  // Said again only where it is another sentence: nobody wants to hear the same each five seconds.
  function say(sums) {
    const sentence = [
      sums.ready === null
        ? t("views.health.unknown")
        : sums.ready
          ? t("views.health.ready")
          : tn("views.health.notReady", sums.troubles),
      sums.timelines === null
        ? t("views.health.unread")
        : tn("views.health.timelines", sums.timelines, { stuck: sums.stuck, behind: sums.behind }),
      sums.refused === null ? "" : tn("views.health.refused", sums.refused),
    ].join(" ");
    if (sentence === said) return;
    said = sentence;
    summary.className = `summary ${sums.ready ? "good" : "bad"}`;
    fill(summary, sentence);
  }

  function onReason(value) {
    reason = value;
    abort.abort();
    abort = new AbortController();
    isReading = false;
    look();
  }

  return {
    show() {
      container.hidden = false;
      if (isShown) {
        if (told) draw();
        return;
      }
      isShown = true;
      look();
    },
    hide() {
      isShown = false;
      container.hidden = true;
      clearTimeout(wait);
    },
    /** What came in is seen at the next look. */
    refresh(came) {
      if (!came && isShown) look();
    },
  };
}

function clock(ms) {
  return `${moment(ms / 1000).replace(" UTC", "")}:${new Date(ms).toISOString().slice(17, 19)} UTC`;
}
