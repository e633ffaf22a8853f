// Pictures: what is drawn as a PNG with its caption, or as an SVG.

import { palette } from "../chart/palette.js";
import { plain } from "../safe.js";
import { t } from "../words/index.js";
import { fileName, saveBlob } from "./saving.js";
import { wrapped } from "./wrapping.js";

const WIDTH = 1280;
const HEIGHT = 720;
const MARGIN = 20;
const LINE = 19;
const SVG_CHARS = 140;
const FONT = 'system-ui, "DejaVu Sans", sans-serif';

/** Draws the chart with the caption below it. `scale` is pixels of the picture for each of the page. */
export function drawPicture({ chart, captionLines, scale = 2, width = WIDTH, height = HEIGHT, colours = palette() }) {
  const canvas = document.createElement("canvas");
  const measuring = canvas.getContext("2d");
  const fonts = captionLines.map((_, index) => `${index ? "" : "600 "}14px ${FONT}`);
  const lines = captionLines.flatMap((text, index) => {
    measuring.font = fonts[index];
    return wrapped(plain(text), width - 2 * MARGIN, (part) => measuring.measureText(part).width).map((line) => [
      line,
      fonts[index],
    ]);
  });
  const below = lines.length ? lines.length * LINE + MARGIN : 0;
  const all = MARGIN + height + MARGIN + below;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(all * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, width, all);
  context.save();
  context.translate(MARGIN, MARGIN);
  chart.paint(context, { width: width - 2 * MARGIN, height, palette: colours });
  context.restore();
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillStyle = colours.ink;
  lines.forEach(([line, font], index) => {
    context.font = font;
    context.fillText(line, MARGIN, height + 2 * MARGIN + index * LINE);
  });
  return canvas;
}

/** Downloads a PNG of the chart. @throws {Error} the browser makes no picture of this size. */
export async function exportPng({ chart, captionLines, name, scale = 2 }) {
  const canvas = drawPicture({ chart, captionLines, scale });
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error(t("exporting.noPicture"));
  saveBlob(blob, fileName(name, "png"));
}

/** Downloads the chart as SVG. */
export function exportSvg({ chart, captionLines, name }) {
  saveBlob(new Blob([chart.svg(captionLines.flatMap((line) => wrapped(line, SVG_CHARS, (part) => part.length)))], { type: "image/svg+xml" }), fileName(name, "svg"));
}
