// Chart: statements above and incidents (strikes) below one time axis.

import { h } from "../dom.js";
import { joined } from "./arcs.js";
import { drawAxis, drawFrame, drawOverview } from "./around.js";
import { figure } from "./figure.js";
import { createLegend } from "./legend.js";
import { createOverview, OVERVIEW_PX } from "./overview.js";
import { drawStage, placeOfSelected } from "./painting.js";
import { palette } from "./palette.js";
import { Picture } from "./picture.js";
import { across } from "./scene.js";
import { createStage } from "./stage.js";
import { lines } from "./told.js";
import { countText, createToolbar, rangeText } from "./toolbar.js";

const ZOOM = 1.6;
const PAN = 0.25;
const BAR_ZOOM = 6;
const TELL_MS = 150;
const AXIS_PX = 24;
const LEAST_PX = 40;

/**
 * Draws statements above and incidents (strikes) below one time axis.
 *
 * @param {object} heard
 *   `onSelect({kind, entry})` after a click or Enter; both null when empty ground is clicked. A bar of density
 *   selects nothing: it is zoomed to.
 *   `onZoom([from, to])` in Unix seconds, 150 ms after the reader's last zoom, move or brush.
 *   `pairsOf(entry)`, if given, gives (a promise of) the pairs of a statement that the pointer rests on: drawn faintly.
 */
export function createChart(container, { onSelect = () => {}, onZoom = () => {}, pairsOf = null } = {}) {
  const picture = new Picture();
  let of = palette();
  let scene = null;
  let frame = 0;
  let telling = 0;
  let isSpoken = false;

  const act = {
    zoom: (factor, x) => changed(picture.zoom(factor, across(scene, picture.view).time(x))),
    pan: (px) => changed(picture.pan(-px * across(scene, picture.view).secondsPerPixel)),
    select: onSelect,
    step,
    stepToEnd: (way, kind) => focused(picture.stepToEnd(way, kind)),
    bar: ({ bar, x }) => changed(picture.zoom(BAR_ZOOM, bar ? across(scene, picture.view).time(x) : undefined)),
    rest,
    button: (name) => buttons[name](),
    redraw,
  };
  const buttons = {
    in: () => zoomBy(ZOOM),
    out: () => zoomBy(1 / ZOOM),
    earlier: () => panBy(-PAN),
    later: () => panBy(PAN),
    all: reset,
  };
  const toolbar = createToolbar({
    zoomIn: buttons.in,
    zoomOut: buttons.out,
    earlier: buttons.earlier,
    later: buttons.later,
    all: buttons.all,
  });
  const overview = createOverview({ onView: (view) => changed(picture.show(view)) });
  const stage = createStage(picture, act);
  const root = h("div", { class: "chart-root" }, toolbar.element, overview.element, stage.element);
  container.append(root);

  const resized = new ResizeObserver(redraw);
  resized.observe(stage.stage);
  const themed = new MutationObserver(() => {
    of = palette();
    redraw();
  });
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  // --- Drawing -----------------------------------------------------------------------------------------------------

  function redraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    const { width, height } = stage.size();
    if (width < LEAST_PX || height < LEAST_PX) return false; // Hidden, or not laid out yet.
    scene = picture.scene(width, height);
    drawStage(context(stage.canvas, width, height), picture, scene, of);
    overview.draw(context(overview.canvas, width, OVERVIEW_PX), picture, scene, of);
    stage.draw(scene);
    toolbar.show(picture.view, picture.inView());
    return true;
  }

  // --- What the reader does ----------------------------------------------------------------------------------------

  function changed(isOther) {
    if (!isOther) return;
    redraw();
    clearTimeout(telling);
    telling = setTimeout(tell, TELL_MS);
  }

  function tell() {
    if (isSpoken) stage.announce(`${rangeText(picture.view)}; ${countText(picture.inView())}`);
    isSpoken = false;
    onZoom(picture.told());
  }

  function zoomBy(factor) {
    isSpoken = true;
    changed(picture.zoom(factor));
  }

  function panBy(fraction) {
    isSpoken = true;
    changed(picture.pan(fraction * (picture.view[1] - picture.view[0])));
  }

  function reset() {
    isSpoken = true;
    changed(picture.show([...picture.bounds]));
  }

  function step(way, kind) {
    const before = picture.view;
    const found = picture.step(way, kind);
    return focused(found, before);
  }

  function focused(found, before = null) {
    if (!found) return null;
    stage.announceFocus();
    redraw();
    if (picture.view !== before) changed(true);
    return found;
  }

  async function rest(entry) {
    picture.aside = null;
    if (!entry || !pairsOf || entry === picture.selected?.entry) return;
    try {
      const pairs = await pairsOf(entry);
      if (picture.hovered?.entry !== entry) return;
      picture.aside = { entry, joined: joined(pairs, picture.window, picture.lanes.incidents) };
      redraw();
    } catch {
      // What only adds to a drawing is left out when it cannot be had.
    }
  }

  return {
    /**
     * Shows other marks, another view or selection. A view that is given again, or was told by `onZoom`, moves
     * nothing. `density` counts what is dense; where it counts a part of the time alone, `wholeDensity` counts all.
     */
    update(given) {
      picture.take(given);
      redraw();
    },
    zoomBy,
    panBy,
    reset,
    focus: () => stage.stage.focus(),
    stepMark: step,
    legend: () => createLegend(picture.parties),
    inView: () => picture.inView(),

    /** Draws the same picture at another size onto any 2D context, overview and axis with it. */
    paint(onto, { width, height, palette: colours = of }) {
      const top = OVERVIEW_PX + AXIS_PX;
      const other = picture.scene(width, height - top);
      onto.save();
      onto.fillStyle = colours.ground;
      onto.fillRect(0, 0, width, height);
      const strip = { left: other.left, right: other.right, top: 1, bottom: OVERVIEW_PX - 1 };
      drawOverview(onto, picture, strip, colours);
      drawFrame(onto, picture, strip, colours);
      drawAxis(onto, picture, other, OVERVIEW_PX + AXIS_PX / 2, colours);
      onto.translate(0, top);
      drawStage(onto, picture, other, colours);
      onto.restore();
    },

    /** SVG of the selected statement and its pairs, a file of its own; "" where no statement is selected. `caption` is written below. */
    svg(caption = []) {
      const place = placeOfSelected(picture, "statements");
      if (place < 0) return "";
      const { marks } = picture.lanes.statements;
      const said = { lines: lines(marks, place), from: marks.from[place], to: marks.to[place] };
      return figure(said, picture.joined, picture.window, of, caption);
    },

    /** The median of `n` full redraws in ms; each ends when its pixels are there to be read. */
    measure(n) {
      const took = [];
      for (let round = 0; round < n; round += 1) {
        const begun = performance.now();
        if (!draw()) return NaN;
        for (const canvas of [stage.canvas, overview.canvas]) canvas.getContext("2d").getImageData(0, 0, 1, 1);
        took.push(performance.now() - begun);
      }
      return took.sort((a, b) => a - b)[n >> 1];
    },

    destroy() {
      cancelAnimationFrame(frame);
      clearTimeout(telling);
      resized.disconnect();
      themed.disconnect();
      stage.destroy();
      root.remove();
    },
  };
}

/** A canvas's context in CSS pixels, sharp on this screen. */
function context(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  const found = canvas.getContext("2d");
  found.setTransform(ratio, 0, 0, ratio, 0, 0);
  return found;
}
