// Palette: the page's colours, for canvases and files that know no variables.

const NAMES = {
  ground: "--ground",
  raised: "--raised",
  ink: "--ink",
  inkSoft: "--ink-soft",
  line: "--line",
  lineStrong: "--line-strong",
  words: "--words",
  wordsSoft: "--words-soft",
  strikes: "--strikes",
  strikesSoft: "--strikes-soft",
  window: "--window",
  unknown: "--unknown",
  later: "--later",
  focus: "--focus",
  selected: "--selected",
};

/** The colours as they are now on an element, by name. */
export function palette(element = document.documentElement) {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    Object.entries(NAMES).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()]),
  );
}

/** The colours of a kind: strong for ends and heads, soft for what lies between. */
export function colours(of, kind) {
  return kind === "statements"
    ? { strong: of.words, soft: of.wordsSoft }
    : { strong: of.strikes, soft: of.strikesSoft };
}

export const FONT = '12px system-ui, "DejaVu Sans", sans-serif';
export const FONT_STRONG = '600 12px system-ui, "DejaVu Sans", sans-serif';
export const FONT_SMALL = '11px system-ui, "DejaVu Sans", sans-serif';
