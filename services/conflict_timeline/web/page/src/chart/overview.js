// Overview: a slim strip of all there is, with a brush that shows and moves what is looked at.

import { h } from "../dom.js";
import { t } from "../words/index.js";
import { day, moment } from "../words/time.js";
import { drawOverview } from "./around.js";
import { across } from "./scene.js";
import { clamped, moved, SHORTEST_S } from "./view.js";

export const OVERVIEW_PX = 44;
const GRIP_PX = 24;
const INSIDE_PX = 8;
const STEP = 0.1;
const LONG_S = 3 * 86_400;

/** The strip. `onView(view)` hears where the reader takes the brush. */
export function createOverview({ onView }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const frame = h("div", { class: "chart-brush-frame", "aria-hidden": "true" });
  const grips = {
    from: grip("from", t("chart.brush.from")),
    whole: grip("whole", t("chart.brush.whole")),
    to: grip("to", t("chart.brush.to")),
  };
  const label = t("chart.brush");
  const element = h(
    "div",
    { class: "chart-overview", role: "group", "aria-label": label },
    canvas,
    frame,
    grips.whole,
    grips.from,
    grips.to,
  );
  let picture = null;
  let scene = null;

  function grip(part, label) {
    return h("div", {
      class: `chart-grip chart-grip-${part}`,
      role: "slider",
      tabindex: "0",
      "aria-label": label,
      "aria-orientation": "horizontal",
      onkeydown: (event) => key(event, part),
      onpointerdown: (event) => drag(event, part),
    });
  }

  function changed(part, view, bounds, by) {
    if (part === "whole") return moved(view, by, bounds);
    const [from, to] = view;
    if (part === "from") return [Math.min(Math.max(from + by, Math.min(from, bounds[0])), to - SHORTEST_S), to];
    return [from, Math.max(Math.min(to + by, Math.max(to, bounds[1])), from + SHORTEST_S)];
  }

  function key(event, part) {
    const { view, bounds } = picture;
    const length = view[1] - view[0];
    const steps = {
      ArrowLeft: -STEP,
      ArrowDown: -STEP,
      ArrowRight: STEP,
      ArrowUp: STEP,
      PageDown: -1,
      PageUp: 1,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = bounds[1] - bounds[0];
    const by = Number.isFinite(step) ? step * length : Math.sign(step) * all;
    onView(changed(part, view, bounds, by));
  }

  function drag(event, part) {
    if (event.button !== 0) return;
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    const { view, bounds } = picture;
    const start = event.clientX;
    const perPixel = across(scene, bounds).secondsPerPixel;
    const move = (next) => {
      if (next.pointerId === event.pointerId) onView(changed(part, view, bounds, (next.clientX - start) * perPixel));
    };
    const up = (next) => {
      if (next.pointerId !== event.pointerId) return;
      for (const name of ["pointerup", "pointercancel"]) target.removeEventListener(name, up);
      target.removeEventListener("pointermove", move);
    };
    target.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) target.addEventListener(name, up);
  }

  // On the ground beside the brush a press draws a new one; a mere click brings the brush there.
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (event.target !== canvas && event.target !== element)) return;
    const { view, bounds } = picture;
    const scale = across(scene, bounds);
    const left = element.getBoundingClientRect().left;
    const start = event.clientX - left;
    let isDrawn = false;
    element.setPointerCapture(event.pointerId);
    const move = (next) => {
      const x = next.clientX - left;
      if (Math.abs(x - start) < 4 && !isDrawn) return;
      isDrawn = true;
      onView(clamped([scale.time(Math.min(x, start)), scale.time(Math.max(x, start))], bounds));
    };
    const up = () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointercancel", up);
      if (!isDrawn) onView(moved(view, scale.time(start) - (view[0] + view[1]) / 2, bounds));
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
  });

  return {
    element,
    canvas,
    /** Draws the strip for the stage's scene: both have the same margins. */
    draw(context, next, stage, of) {
      picture = next;
      scene = stage;
      context.clearRect(0, 0, stage.width, OVERVIEW_PX);
      drawOverview(context, picture, { left: stage.left, right: stage.right, top: 1, bottom: OVERVIEW_PX - 1 }, of);
      this.place();
    },
    /** Puts the brush where the view is. */
    place() {
      const { view, bounds } = picture;
      const { x } = across(scene, bounds);
      const from = Math.min(Math.max(x(view[0]), scene.left), scene.right - 3);
      const to = Math.max(Math.min(x(view[1]), scene.right), from + 3);
      // A grip is 24 px wide however narrow the brush is: then it stands outside.
      const inside = Math.min(INSIDE_PX, Math.max(0, (to - from - GRIP_PX) / 2));
      for (const one of [grips.from, grips.to]) one.classList.toggle("chart-grip-outside", inside < INSIDE_PX);
      const spare = Math.max(0, GRIP_PX - (to - from)) / 2;
      stretch(frame, from, to);
      stretch(grips.whole, from + inside - spare, to - inside + spare);
      stretch(grips.from, from + inside - spare - GRIP_PX, from + inside - spare);
      stretch(grips.to, to - inside + spare, to - inside + spare + GRIP_PX);
      const words = view[1] - view[0] > LONG_S ? day : moment;
      tell(grips.from, view[0], bounds, words(view[0]));
      tell(grips.to, view[1], bounds, words(view[1]));
      tell(
        grips.whole,
        (view[0] + view[1]) / 2,
        bounds,
        t("chart.range", { from: words(view[0]), to: words(view[1]) }),
      );
    },
  };
}

function stretch(element, from, to) {
  element.style.left = `${from}px`;
  element.style.width = `${to - from}px`;
}

function tell(element, value, bounds, text) {
  element.setAttribute("aria-valuemin", Math.min(Math.round(bounds[0]), Math.round(value)));
  element.setAttribute("aria-valuemax", Math.max(Math.round(bounds[1]), Math.round(value)));
  element.setAttribute("aria-valuenow", Math.round(value));
  element.setAttribute("aria-valuetext", text);
}
