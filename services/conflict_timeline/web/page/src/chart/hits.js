// Hits: which mark lies under the pointer. At most some hundreds are in view, so each is looked at.

import { settle } from "./arcs.js";
import { barEnd } from "./glyphs.js";
import { placesOf } from "./lanes.js";
import { placeOfSelected } from "./painting.js";
import { across } from "./scene.js";

/**
 * What lies at a place of the stage: {kind, entry, place, isLater, pair, x, y}, or {kind, bar} of density, or null.
 *
 * @param {number} reach px that a pointer may be off
 */
export function hit(picture, scene, x, y, reach = 6) {
  if (x < scene.left - reach || x > scene.right + reach) return null;
  const scale = across(scene, picture.view);
  let best = null;
  const offer = (found, { x: from, end, y: middle }) => {
    const off = Math.max(0, from - x, x - barEnd(from, end)) + Math.abs(y - middle) * 1.2;
    // Of several, the nearest; of those as near, the shortest, which says most.
    const rank = off + Math.min(1, (end - from) / 5_000);
    if (off <= reach + 2 && (!best || rank < best.rank))
      best = { ...found, x: Math.min(Math.max(from, scene.left), scene.right), y: middle, rank };
  };
  const said = placeOfSelected(picture, "statements");
  for (const kind of ["statements", "incidents"]) {
    const lane = picture.lanes[kind];
    const plan = lane.plan(picture.view, scene);
    if (plan.single) {
      for (const isLater of [false, true]) {
        const marks = isLater ? lane.later.marks : lane.marks;
        const at = placesOf(lane, plan, scene, scale, isLater);
        for (const place of isLater ? plan.later : plan.places)
          offer({ kind, place, isLater, entry: marks.entry[place] }, at(place));
      }
    }
    const selected = placeOfSelected(picture, kind);
    if (selected >= 0) {
      offer(
        { kind, place: selected, isLater: false, entry: lane.marks.entry[selected] },
        placesOf(lane, plan, scene, scale)(selected),
      );
    }
  }
  if (said >= 0) {
    const lane = picture.lanes.incidents;
    const plan = lane.plan(picture.view, scene);
    for (const spot of settle(picture.joined, lane, plan, scene, scale)) {
      offer({ kind: "incidents", place: spot.place, isLater: false, entry: spot.pair.incident, pair: spot.pair }, spot);
    }
  }
  return best ?? bar(picture, scene, scale, x, y);
}

/** Where a mark is drawn: {x, end, y}; null where its lane only counts and it is not selected. */
export function spotOf(picture, scene, { kind, entry }) {
  const lane = picture.lanes[kind];
  const place = lane.find(entry);
  if (place < 0) return null;
  const plan = lane.plan(picture.view, scene);
  const scale = across(scene, picture.view);
  return placesOf(lane, plan, scene, scale)(place);
}

function bar(picture, scene, scale, x, y) {
  for (const kind of ["statements", "incidents"]) {
    const plan = picture.lanes[kind].plan(picture.view, scene);
    const { top, bottom } = scene[kind];
    if (plan.single || !plan.bars?.step || y < top || y > bottom) continue;
    const index = Math.floor((scale.time(x) - plan.bars.from) / plan.bars.step);
    const count = plan.bars.counts[index];
    if (!count) continue;
    const from = plan.bars.from + index * plan.bars.step;
    return { kind, bar: { count, from, to: from + plan.bars.step }, x, y };
  }
  return null;
}
