// Glyphs: the shapes of marks on a canvas. Paths are gathered by style; nothing is saved and restored for a mark.

const BODY_LEAST = 3;

/** Adds a diamond to the path. */
export function diamond(context, x, y, half) {
  context.moveTo(x - half, y);
  context.lineTo(x, y - half);
  context.lineTo(x + half, y);
  context.lineTo(x, y + half);
  context.closePath();
}

/** Adds the sign of a party by how often it speaks: circle, square, triangle, cross for all others. */
export function sign(context, rank, x, y, half) {
  if (rank === 0) {
    context.moveTo(x + half, y);
    context.arc(x, y, half, 0, 2 * Math.PI);
  } else if (rank === 1) {
    context.rect(x - half + 0.2, y - half + 0.2, 2 * half - 0.4, 2 * half - 0.4);
  } else if (rank === 2) {
    context.moveTo(x - half - 0.6, y + half - 0.2);
    context.lineTo(x, y - half - 0.4);
    context.lineTo(x + half + 0.6, y + half - 0.2);
    context.closePath();
  } else {
    context.rect(x - half, y - 0.9, 2 * half, 1.8);
    context.rect(x - 0.9, y - half, 1.8, 2 * half);
  }
}

/** Where a bar ends that begins at `from`: one too short to be seen is three pixels long, others end just inside. */
export function barEnd(from, to) {
  return Math.max(to - (to - from > 6 ? 1.5 : 0), from + BODY_LEAST);
}

/** Fills what lies between the ends of a bar. */
export function body(context, from, to, y, height) {
  context.fillRect(from, y - height / 2, barEnd(from, to) - from, height);
}

/** Fills the ends of a bar. */
export function caps(context, from, to, y, cap) {
  context.fillRect(from - 0.75, y - cap, 1.5, 2 * cap);
  context.fillRect(barEnd(from, to) - 0.75, y - cap, 1.5, 2 * cap);
}

/** Adds the outline of a bar to the path. */
export function outline(context, from, to, y, height) {
  context.rect(from, y - height / 2, barEnd(from, to) - from, height);
}
