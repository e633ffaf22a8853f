// Grouping: pairs by how sure they are within a window. No DOM.

/**
 * Pairs by their fit in a window, each in the order given: `definite`, `possible`, `unknown` where the strike may
 * have begun before the words (never counted), and `beyond` where the rule pairs what lies outside of the window.
 */
export function grouped(pairs, window) {
  const groups = { definite: [], possible: [], unknown: [], beyond: [] };
  for (const pair of pairs) groups[groupOf(pair, window)].push(pair);
  return groups;
}

/** The group of one pair. */
export function groupOf(pair, window) {
  if (pair.order !== "after") return "unknown";
  const fit = pair.fits[window];
  return fit === "definite" || fit === "possible" ? fit : "beyond";
}

/**
 * How many pairs of each first-order region lie in a window: Map of code -> {definite, possible}. Order unknown is
 * never counted. `nowhere` counts pairs of which no region is known.
 */
export function byRegion(pairs, window) {
  const regions = new Map();
  let nowhere = 0;
  for (const pair of pairs) {
    const group = groupOf(pair, window);
    if (group !== "definite" && group !== "possible") continue;
    if (!pair.admin1) {
      nowhere += 1;
      continue;
    }
    const found = regions.get(pair.admin1) ?? { definite: 0, possible: 0 };
    found[group] += 1;
    regions.set(pair.admin1, found);
  }
  return { regions, nowhere };
}

/** The least counts of the four classes of the map. */
export const CLASSES = [1, 2, 4, 10];

/** The class of a count: 0 for none, else 1 to 4. */
export function classOf(count) {
  return CLASSES.filter((least) => count >= least).length;
}

/** The country of which most codes are, or null. */
export function mostOf(codes) {
  const counts = new Map();
  for (const code of codes) {
    const country = String(code ?? "").slice(0, 2);
    if (country) counts.set(country, (counts.get(country) ?? 0) + 1);
  }
  let best = null;
  for (const [country, count] of counts) if (!best || count > best[1]) best = [country, count];
  return best?.[0] ?? null;
}
