// Stage: the canvas of the lanes with its axis, its tooltip and its focus, and who points or types there.

import { fill, h, s } from "../dom.js";
import { t } from "../words/index.js";
import { listen } from "./gestures.js";
import { hit, spotOf } from "./hits.js";
import { across, HALF } from "./scene.js";
import { barLines, lines, spoken } from "./told.js";
import { ticks } from "./ticks.js";
import { createTooltip } from "./tooltip.js";

const TOUCH_REACH_PX = 14;
const REST_MS = 250;
let made = 0;

/**
 * The stage of a picture. `act` is told what the reader does:
 * `zoom(factor, x)`, `pan(px)`, `select({kind, entry})`, `step(way, kind)`, `stepToEnd(way, kind)`, `bar(hit)`,
 * `rest(entry | null)`, `button("in" | "out" | "earlier" | "later" | "all")`, `redraw()`.
 */
export function createStage(picture, act) {
  made += 1;
  const hint = `chart-hint-${made}`;
  const canvas = h("canvas", { "aria-hidden": "true" });
  const ring = s("rect", { class: "chart-focus", rx: 3, display: "none" });
  const over = s("svg", { class: "chart-over", "aria-hidden": "true" }, ring);
  const axis = s("svg", { class: "chart-axis", "aria-hidden": "true" });
  const tip = createTooltip();
  const live = h("p", { class: "visually-hidden", "aria-live": "polite" });
  const element = h(
    "div",
    {
      class: "chart-stage",
      tabindex: "0",
      role: "application",
      "aria-label": t("chart.label"),
      "aria-describedby": hint,
    },
    canvas,
    over,
    tip.element,
  );
  const whole = h(
    "div",
    { class: "chart-stage-and-axis" },
    axis,
    element,
    h("p", { class: "visually-hidden", id: hint }, t("chart.hint")),
    live,
  );
  let scene = null;
  let axisText = "";
  let rest = 0;
  let isTyped = false;

  const size = () => ({ width: element.clientWidth, height: element.clientHeight });
  const isSame = (one, other) => one?.kind === other?.kind && one?.entry === other?.entry;

  function point(x, y) {
    const found = hit(picture, scene, x, y);
    const hovered = found?.entry ? { kind: found.kind, entry: found.entry } : null;
    element.classList.toggle("chart-pointing", Boolean(found));
    if (found) tip.show(linesOf(found), found.bar ? x : found.x < x - 60 ? x : found.x, found.y ?? y, size());
    else describeFocus();
    if (isSame(hovered, picture.hovered)) return;
    picture.hovered = hovered;
    clearTimeout(rest);
    act.rest(null);
    if (found?.entry && found.kind === "statements" && !found.isLater)
      rest = setTimeout(() => act.rest(found.entry), REST_MS);
    act.redraw();
  }

  function leave() {
    clearTimeout(rest);
    element.classList.remove("chart-pointing");
    describeFocus();
    if (!picture.hovered) return;
    picture.hovered = null;
    act.rest(null);
    act.redraw();
  }

  function click(x, y, isTouch) {
    const found = hit(picture, scene, x, y, isTouch ? TOUCH_REACH_PX : undefined);
    isTyped = false;
    if (found && isTouch) tip.show(linesOf(found), found.x, found.y, size());
    if (found?.bar) act.bar(found);
    else if (!found?.isLater) {
      picture.focused = found ? { kind: found.kind, entry: found.entry } : null;
      act.select(picture.focused ?? { kind: null, entry: null });
    }
    act.redraw();
  }

  function key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { focused } = picture;
    const kind = focused?.kind ?? "statements";
    const actions = {
      ArrowLeft: () => act.step(-1, "statements"),
      ArrowRight: () => act.step(1, "statements"),
      ArrowUp: () => act.step(-1, "incidents"),
      ArrowDown: () => act.step(1, "incidents"),
      Home: () => act.stepToEnd(-1, kind),
      End: () => act.stepToEnd(1, kind),
      Enter: () => focused && act.select({ ...focused }),
      " ": () => focused && act.select({ ...focused }),
      PageUp: () => act.button("earlier"),
      PageDown: () => act.button("later"),
      "+": () => act.button("in"),
      "=": () => act.button("in"),
      "-": () => act.button("out"),
      0: () => act.button("all"),
    };
    if (event.key === "Escape" && (tip.isShown || focused)) {
      picture.focused = null;
      picture.hovered = null;
      tip.hide();
      act.redraw();
    } else if (actions[event.key]) actions[event.key]();
    else return;
    // What is done here is not done once more by the page's own keys.
    event.preventDefault();
    event.stopPropagation();
  }

  function linesOf(found) {
    if (found.bar) return barLines(found.kind, found.bar.count, found.bar.from, found.bar.to);
    const lane = picture.lanes[found.kind];
    const marks = found.isLater ? lane.later.marks : lane.marks;
    if (found.place < 0) return [{ text: found.pair.place ?? found.entry, class: "title" }];
    return lines(marks, found.place, {
      pair: found.isLater ? null : picture.pairOf(found),
      isLater: found.isLater,
      isSelected: picture.selected?.entry === found.entry && !found.isLater,
    });
  }

  /** The focused mark's tooltip and ring, or none. */
  function describeFocus() {
    const { focused } = picture;
    const spot = focused && scene ? spotOf(picture, scene, focused) : null;
    const isSeen = spot && spot.end >= scene.left && spot.x <= scene.right;
    if (!isSeen) ring.setAttribute("display", "none");
    else {
      const half = HALF[focused.kind] + 5;
      const from = Math.max(spot.x, scene.left) - half;
      const to = Math.min(Math.max(spot.end, spot.x), scene.right) + half;
      for (const [name, value] of Object.entries({
        x: from,
        y: spot.y - half,
        width: to - from,
        height: 2 * half,
        display: "inline",
      })) {
        ring.setAttribute(name, value);
      }
    }
    if (picture.hovered) return;
    if (isSeen && isTyped)
      tip.show(linesOf({ ...focused, place: picture.lanes[focused.kind].find(focused.entry) }), spot.x, spot.y, size());
    else tip.hide();
  }

  const gone =
    (then) =>
    (...given) => {
      leave();
      then(...given);
    };
  const forget = listen(element, { zoom: gone(act.zoom), pan: gone(act.pan), point, leave, click });
  element.addEventListener("keydown", key);
  element.addEventListener("blur", () => {
    isTyped = false;
    if (!picture.hovered) tip.hide();
  });

  return {
    element: whole,
    stage: element,
    canvas,
    size,
    /** Says the focused mark aloud and shows its words. */
    announceFocus() {
      const { focused } = picture;
      if (!focused) return;
      isTyped = document.activeElement === element;
      fill(live, spoken(linesOf({ ...focused, place: picture.lanes[focused.kind].find(focused.entry) })));
    },
    announce(text) {
      fill(live, text);
    },
    /** Draws what is no canvas. */
    draw(next) {
      scene = next;
      drawAxis();
      describeFocus();
    },
    destroy() {
      clearTimeout(rest);
      forget();
    },
  };

  function drawAxis() {
    const scale = across(scene, picture.view);
    const found = ticks(picture.view, scene.right - scene.left);
    const key = found.map(({ at, text }) => `${text}@${Math.round(scale.x(at))}`).join();
    if (key === axisText) return;
    axisText = key;
    fill(
      axis,
      found.map(({ at, text, strong }) =>
        s("text", { x: Math.round(scale.x(at)), y: 14, class: strong ? "strong" : null }, text),
      ),
    );
  }
}
