// Packing: a row for each mark, so that marks of one row do not touch.

import { DAY, HOUR, INSTANT, LONGER } from "../model/marks.js";

/** The share of marks that may lie on others before rows are made tighter. */
export const OVER = 0.03;
/** How often the scale steps while it doubles. */
const STEPS = 2;

/**
 * @typedef {object} Packed
 * @property {Int16Array} rows by place; -1 where the mark is not wanted
 * @property {Uint8Array} over 1 where no row was free: the mark lies on others
 * @property {Track[]} short, long what the rows hold, of bars up to a day and of longer ones
 * @typedef {{starts: number[], ends: number[]}} Track spans by time, which do not touch
 */

/**
 * Gives rows greedily: days first, then hours and instants into what is left; longer ranges have rows of their own.
 *
 * @param {{secondsPerPixel: number, rows: number, longRows: number, lead: number}} plan `lead`: px that a mark's
 *   head takes on each side
 * @param {Packed | null} taken rows that other marks have already
 * @param {{marks: Marks, packed: Packed} | null} before what was drawn before: a mark that has not changed keeps its row
 * @returns {Packed}
 */
export function pack(marks, ordering, plan, { taken = null, before = null } = {}) {
  const packed = {
    rows: new Int16Array(marks.size).fill(-1),
    over: new Uint8Array(marks.size),
    short: taken ? taken.short.slice() : tracks(plan.rows),
    long: taken ? taken.long.slice() : tracks(plan.longRows),
  };
  const span = spans(marks, plan);
  if (before) keep(marks, ordering, before, packed, span);
  for (const kind of [DAY, HOUR, INSTANT]) fit(packed, packed.short, ordering.classes[kind].places, span);
  fit(packed, packed.long, ordering.classes[LONGER].places, span);
  return packed;
}

/** Packs into the roomiest rows of a band in which few marks lie on others, or else into the tightest. */
export function packInto(band, marks, ordering, secondsPerPixel) {
  for (const level of band.levels) {
    const packed = pack(marks, ordering, planOf(band, level, secondsPerPixel));
    if (overlaid(packed, ordering.all) <= OVER || level === band.levels.at(-1)) return { packed, level };
  }
}

/** What `pack` is asked for, for rows of one level. */
export function planOf(band, level, secondsPerPixel) {
  return {
    secondsPerPixel: packedScale(secondsPerPixel),
    rows: level.rows,
    longRows: band.longRows,
    lead: level.half + 1,
  };
}

/** The share of some places at which a mark lies on others. */
export function overlaid(packed, places) {
  let over = 0;
  for (const place of places) over += packed.over[place];
  return places.length ? over / places.length : 0;
}

/** The scale (seconds a pixel) that marks are packed for: in steps, so that zooming seldom moves rows. */
export function packedScale(secondsPerPixel) {
  return 2 ** (Math.ceil(Math.log2(secondsPerPixel) * STEPS) / STEPS);
}

/**
 * From where to where a mark needs its row, in seconds. Bars without a head may follow each other without ground
 * between them: nights and days do so, and their ends are drawn inside.
 */
function spans(marks, { secondsPerPixel: pixel, lead }) {
  const head = lead * pixel;
  const side = (place) => (marks.precision[place] === INSTANT || marks.kind === "statements" ? head : 0);
  return {
    start: (place) => marks.from[place] - side(place),
    end(place) {
      const end = Math.max(marks.to[place], marks.from[place] + Math.max(side(place), 3 * pixel));
      return end - marks.from[place] > 6 * pixel ? end : end + 2 * pixel;
    },
  };
}

function tracks(count) {
  return Array.from({ length: Math.max(1, count) }, () => ({ starts: [], ends: [] }));
}

function keep(marks, ordering, before, packed, span) {
  const old = before.marks;
  const kept = { short: packed.short.map(() => []), long: packed.long.map(() => []) };
  for (const place of ordering.all) {
    const was = old.at.get(marks.entry[place]);
    if (was === undefined || before.packed.rows[was] < 0) continue;
    if (old.from[was] !== marks.from[place] || old.to[was] !== marks.to[place]) continue;
    const row = before.packed.rows[was];
    packed.rows[place] = row;
    packed.over[place] = before.packed.over[was];
    if (packed.over[place]) continue;
    kept[marks.precision[place] === LONGER ? "long" : "short"][row]?.push(span.start(place), span.end(place));
  }
  for (const name of ["short", "long"]) {
    packed[name] = packed[name].map((track, row) => joined(track, kept[name][row]));
  }
}

/** Gives each of the places, which are by time, the first row that is free for it. */
function fit(packed, rows, places, span) {
  const cursors = new Int32Array(rows.length);
  const filled = new Float64Array(rows.length).fill(-Infinity);
  const added = rows.map(() => []);
  let turn = 0;
  for (const place of places) {
    if (packed.rows[place] >= 0) continue;
    const start = span.start(place);
    const end = span.end(place);
    let row = 0;
    for (; row < rows.length; row += 1) {
      if (filled[row] > start) continue;
      const { starts, ends } = rows[row];
      let cursor = cursors[row];
      while (cursor < ends.length && ends[cursor] <= start) cursor += 1;
      cursors[row] = cursor;
      if (cursor === starts.length || starts[cursor] >= end) break;
    }
    if (row === rows.length) {
      row = turn % rows.length;
      turn += 1;
      packed.over[place] = 1;
    } else {
      filled[row] = end;
      added[row].push(start, end);
    }
    packed.rows[place] = row;
  }
  for (let row = 0; row < rows.length; row += 1) rows[row] = joined(rows[row], added[row]);
}

/** A track with more spans in it; `more` is start, end, start, end, … by time. */
function joined(track, more) {
  if (!more.length) return track;
  const starts = [];
  const ends = [];
  let old = 0;
  for (let at = 0; at < more.length; at += 2) {
    for (; old < track.starts.length && track.starts[old] < more[at]; old += 1) {
      starts.push(track.starts[old]);
      ends.push(track.ends[old]);
    }
    starts.push(more[at]);
    ends.push(more[at + 1]);
  }
  for (; old < track.starts.length; old += 1) {
    starts.push(track.starts[old]);
    ends.push(track.ends[old]);
  }
  return { starts, ends };
}
