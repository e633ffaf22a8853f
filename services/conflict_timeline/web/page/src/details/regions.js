// Regions: what a code of a country or of a first-order region is called, as far as that is known here.

import { h } from "../dom.js";
import { plain } from "../safe.js";
import { inUse } from "../words/index.js";
import { featureOf } from "./geometry.js";

/** A code as a node, with its name once that is known: a country's from the browser, a region's from the map. */
export function regionNode(code, geometry) {
  const text = String(code);
  const node = h("span", {}, plain(/^[A-Z]{2}$/.test(text) ? countryName(text) : text));
  if (/^[A-Z]{2}-/.test(text)) {
    geometry.of(text.slice(0, 2)).then((features) => {
      const name = features && featureOf(features, text)?.properties?.name;
      if (name) node.textContent = plain(`${name} (${text})`);
    });
  }
  return node;
}

function countryName(code) {
  try {
    return `${new Intl.DisplayNames([inUse()], { type: "region" }).of(code)} (${code})`;
  } catch {
    return code;
  }
}
