// Wrapping: a text in lines that are no wider than they may be.

/**
 * The lines of a text. `measure` gives the width of a text. A word that is too wide for a line, such as an
 * address, is broken where it must be.
 */
export function wrapped(text, width, measure) {
  const lines = [];
  let line = "";
  for (const word of String(text).split(/\s+/).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const character of word) {
      if (line && measure(line + character) > width) {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  if (line) lines.push(line);
  return lines;
}
