// Exports: what a reader takes away, each with what says how it came about.

export { captionLines } from "./caption.js";
export { csvAddress, csvNotes, exportCsv, jsonAddress } from "./csv.js";
export { createExportMenu } from "./menu.js";
export { exportPng, exportSvg } from "./pictures.js";
export { preparePrint } from "./print.js";
