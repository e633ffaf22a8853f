// Print: on paper stand the caption, the chart in light colours, and the details.

import { palette } from "../chart/palette.js";
import { fill, h } from "../dom.js";
import { shown } from "../safe.js";
import { drawPicture } from "./pictures.js";

/**
 * Fills the block that is only printed. `lines` are those of the caption, or give them; with a chart, it is drawn
 * again in light colours, whatever the theme. What it gives undoes all.
 */
export function preparePrint({ lines, chart = null, isDrawn = () => true, into = document.body }) {
  const caption = h("div", { class: "print-caption" });
  const picture = h("div", { class: "print-chart" });
  const block = h("div", { class: "print-only", "aria-hidden": "true" }, caption, picture);
  into.prepend(block);
  const prepare = () => {
    if (!block.isConnected) into.prepend(block);
    const texts = typeof lines === "function" ? lines() : lines;
    fill(
      caption,
      texts.map((text, index) => h("p", { class: index ? null : "print-title" }, shown(text))),
    );
    const drawn = chart && isDrawn() ? paper(chart) : null;
    fill(picture, drawn);
    document.documentElement.classList.toggle("has-print-chart", drawn !== null);
  };
  addEventListener("beforeprint", prepare);
  return () => {
    removeEventListener("beforeprint", prepare);
    block.remove();
  };
}

// A chart that cannot be drawn here is printed as it is on the screen.
function paper(chart) {
  const { dataset } = document.documentElement;
  const { theme } = dataset;
  try {
    dataset.theme = "light";
    return drawPicture({ chart, captionLines: [], colours: palette() });
  } catch {
    return null;
  } finally {
    if (theme === undefined) delete dataset.theme;
    else dataset.theme = theme;
  }
}
