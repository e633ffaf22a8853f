// Texts that came in with events: shown letter by letter, with what would not be seen made visible.

import { h } from "./dom.js";

// Control characters, what changes the direction of what follows, and what has no width.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc]|[\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

// Zero-width joiners belong to how Persian and Hindi are written; a narrow blank to French.
const HARMLESS = new Set(["\u200c", "\u200d", "\u202f"]);

/** Nodes for a text of an event: its hidden characters as marked boxes with their number. */
export function shown(text) {
  const nodes = [];
  let from = 0;
  for (const found of String(text).matchAll(HIDDEN)) {
    if (HARMLESS.has(found[0])) continue;
    nodes.push(text.slice(from, found.index), box(found[0]));
    from = found.index + found[0].length;
  }
  nodes.push(String(text).slice(from));
  return nodes.filter((node) => node !== "");
}

/** The same as plain text: for canvas, files, and attributes that only hold text. */
export function plain(text) {
  return String(text).replace(HIDDEN, (found) => (HARMLESS.has(found) ? found : name(found)));
}

/** The address if a browser may open it: http and https alone. */
export function link(address) {
  try {
    const { protocol, href } = new URL(address);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}

function box(character) {
  return h("span", { class: "hidden-character" }, name(character));
}

function name(character) {
  return `⟦U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`;
}
