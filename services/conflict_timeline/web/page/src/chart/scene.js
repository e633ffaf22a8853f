// Scene: where things are drawn, for a size in CSS pixels.

const NARROW = 620;
/** How far a bar's end reaches above and below its middle, px. */
export const CAP = 4.5;

/** Half the size of a mark's head in px, where there is room: a statement's holds the sign of its speaker's party. */
export const HALF = { statements: 7, incidents: 4.5 };

/**
 * How the room may be shared: how much of it the statements have, and how much of theirs is for longer ranges. The first
 * by default, another where it shows marks one by one.
 */
export const SHARES = [
  { words: 0.36, long: 0.22 },
  { words: 0.64, long: 0.22 },
  { words: 0.64, long: 0.62 },
  { words: 0.18, long: 0.22 },
];

/**
 * @typedef {object} Band one lane: what lies in it, from the gap outwards
 * @property {number} top, bottom
 * @property {Level[]} levels the rows of instants, hours and days, from roomy to tight
 * @property {number} longRows how many rows there are of longer ranges
 * @property {(row: number) => number} longY the middle of such a row
 * @property {number} edge the side that looks at the gap: arcs end and bars of density begin here
 * @property {number} way -1 where rows are counted upwards, 1 downwards
 * @property {number} depth how high a bar of density may be
 *
 * @typedef {object} Level rows of one height
 * @property {number} rows how many there are
 * @property {number} half, cap half the size of a mark's head, and of a bar's ends
 * @property {(row: number) => number} y the middle of a row
 */

/** The areas of the drawing under the axis; `share` is one of SHARES. */
export function sceneOf(width, height, share = SHARES[0]) {
  const narrow = width < NARROW;
  const left = narrow ? 26 : 88;
  const right = width - 26;
  const header = 22;
  const gap = Math.min(Math.max(54, height * 0.2), 170);
  const room = height - gap - header - 22;
  const upper = header + Math.max(44, room * share.words);
  const lower = upper + gap;
  return {
    width,
    height,
    share,
    narrow,
    left,
    right,
    gap: { top: upper, bottom: lower },
    statements: band({ top: header, bottom: upper, way: -1, pitches: [17, 12, 6.5], longPitch: 10, long: share.long, half: HALF.statements }),
    incidents: band({
      top: lower,
      bottom: height - 8,
      way: 1,
      pitches: [11, 8, 5.5],
      longPitch: 7,
      half: HALF.incidents,
      head: narrow ? 18 : 4,
    }),
  };
}

/** How times become places across, for a view. */
export function across(scene, view) {
  const perSecond = (scene.right - scene.left) / (view[1] - view[0]);
  return {
    secondsPerPixel: 1 / perSecond,
    // Bounded, as canvases lose their way beyond some millions of pixels.
    x: (seconds) => Math.min(Math.max(scene.left + (seconds - view[0]) * perSecond, -20_000), 20_000),
    time: (x) => view[0] + (x - scene.left) / perSecond,
  };
}

function band({ top, bottom, way, pitches, longPitch, half, long = SHARES[0].long, head = 0 }) {
  const room = bottom - top - head;
  const longRows = Math.max(1, Math.floor((room * long) / longPitch));
  const edge = way < 0 ? bottom : top + head;
  const far = way < 0 ? top : bottom;
  const level = (pitch) => ({
    rows: Math.max(1, Math.floor((room - longRows * longPitch - 8) / pitch)),
    half: Math.min(half, pitch * 0.45),
    cap: Math.min(CAP, pitch * 0.42),
    y: (row) => Math.round(edge + way * (pitch / 2 + row * pitch)),
  });
  return {
    top,
    bottom,
    way,
    edge,
    levels: pitches.map(level),
    longRows,
    depth: room - 6,
    longY: (row) => Math.round(far - way * (longPitch / 2 + row * longPitch)),
    divide: Math.round(far - way * (longRows * longPitch + 4)),
  };
}
