// The as-of strip: what was known at any moment of the log.

import { fill, h } from "./dom.js";
import { number, t, tn } from "./words/index.js";
import { moment, seconds } from "./words/time.js";

const DEBOUNCE_MS = 180;

/**
 * The strip. `onPosition(position)` is called some moments after the reader has moved: a position of the log, or
 * "" for the latest; `onTime(text)` with an RFC 3339 time; `step(direction)` gives the next position at which
 * something of what is on screen was learned.
 */
export function createStrip(container, { store, onPosition, onTime, step }) {
  let head = 0;
  let wait = 0;
  let told = "";
  const value = h("output", { class: "value" });
  const slider = h("input", { type: "range", min: "1", step: "1", "aria-label": t("asof.slider") });
  slider.addEventListener("input", () => {
    const position = Number(slider.value);
    fill(value, t("asof.asking", { n: number(position) }));
    ask(position >= head ? "" : String(position));
  });
  const date = h("input", { type: "datetime-local", step: "60", "aria-label": t("asof.date") });
  const go = h("form", { class: "date", onsubmit: (event) => submitted(event) }, date, h("button", {}, t("asof.go")));
  const note = h("span", { class: "soft note", role: "status" });
  const outline = h("input", { type: "checkbox", onchange: () => store.set({ out: outline.checked ? "1" : "0" }) });
  const back = button("[", t("asof.back"), () => stepped(-1));
  const forward = button("]", t("asof.forward"), () => stepped(1));
  const latest = h("button", { type: "button", onclick: () => onPosition("") }, t("asof.latest"));
  fill(
    container,
    h("strong", { title: t("asof.hint") }, t("asof.label")),
    back,
    slider,
    forward,
    value,
    latest,
    go,
    h("label", { class: "check" }, outline, t("asof.outline")),
  );

  function ask(position) {
    clearTimeout(wait);
    told = "";
    wait = setTimeout(() => {
      wait = 0;
      onPosition(position);
    }, DEBOUNCE_MS);
  }

  function stepped(direction) {
    told = "";
    const position = step(direction);
    if (position !== null) onPosition(position);
  }

  function submitted(event) {
    event.preventDefault();
    told = "";
    if (date.value) onTime(`${date.value.slice(0, 16)}:59Z`);
  }

  return {
    stepped,
    /** What is said about the moment; it stands where it moves nothing. */
    note,
    /** Shows what is known: the overview that is shown, the head of the log, and how much was learned later. */
    show(state, overview, latestHead, later) {
      head = latestHead;
      slider.max = String(Math.max(head, 1));
      // Whatever comes in meanwhile, what the reader moves or writes is left alone.
      if (!wait) slider.value = String(state.p ? overview.position : head);
      slider.disabled = head <= 1;
      const recorded = overview.recorded_at ? moment(seconds(overview.recorded_at)) : "–";
      fill(value, state.p ? t("asof.of", { n: number(overview.position), head: number(head) }) : t("asof.now", { n: number(head) }));
      value.title = t("asof.at", { n: number(overview.position), time: recorded });
      slider.setAttribute("aria-valuetext", value.title);
      if (overview.recorded_at && document.activeElement !== date) date.value = overview.recorded_at.slice(0, 16);
      outline.checked = state.out !== "0";
      latest.disabled = !state.p;
      back.disabled = overview.position <= 1;
      forward.disabled = !state.p;
      const learned = later.statements + later.incidents > 0;
      fill(
        note,
        state.p && learned
          ? t("asof.learned", { statements: tn("chart.statements", later.statements), strikes: tn("chart.strikes", later.incidents) })
          : told,
      );
    },
    /** Tells why a moment cannot be shown; it stays until another is asked for. */
    tell(text) {
      told = text;
      fill(note, text);
    },
  };
}

function button(key, label, onclick) {
  return h("button", { type: "button", onclick, "aria-label": label, title: label }, h("kbd", { "aria-hidden": "true" }, key));
}
