// Asked: the filters of the page as the service has them, and those that it does not have.

import { NONE } from "../model/filters.js";
import { precision, PRECISIONS } from "../model/marks.js";
import { topicCovers } from "../model/taxonomy.js";
import { zoomOf } from "../state.js";
import { seconds } from "../words/time.js";

const ACTS = [
  ...["accuse", "admit", "agree", "announce", "condemn", "demand", "deny"],
  ...["justify", "other", "promise", "reject", "report", "request", "threaten"],
];

// What the page calls a filter, and what the service calls it.
const OF = {
  statements: { by: "party", act: "act", topic: "topic" },
  incidents: { struck: "party", target: "topic", region: "region" },
  reversals: { act: "act", topic: "topic" },
};

// What each of them has on the page; the service does not know all of it.
const HELD = {
  statements: ["by", "act", "topic", "prec"],
  incidents: ["struck", "target", "weapon", "region", "prec"],
  reversals: ["by", "act", "topic"],
};

const TIMELINES = { statements: "chronology", incidents: "incidents", reversals: "reversals" };

/** The timeline that has statements, incidents, or reversals. */
export function timelineOf(kind) {
  return TIMELINES[kind];
}

/**
 * The parameters of the service for the filters of a state, for `statements`, `incidents` or `reversals`.
 * A filter that also asks for what is not named is left out: the service cannot be asked for that.
 */
export function asked(kind, state) {
  const parameters = {};
  for (const [name, theirs] of Object.entries(OF[kind])) {
    if (state[name].length && !state[name].includes(NONE)) parameters[theirs] = [...state[name]];
  }
  // A timeline of all happenings: only a statement has an act.
  if (kind === "statements" && !parameters.act) parameters.act = ACTS;
  if (state.q) parameters.q = state.q;
  const zoom = zoomOf(state);
  if (zoom) Object.assign(parameters, { from: time(zoom[0]), to: time(zoom[1]) });
  return parameters;
}

/** The names of the filters that are set and that the service cannot apply. */
export function leftOut(kind, state) {
  return HELD[kind].filter((name) => state[name].length && (!(name in OF[kind]) || state[name].includes(NONE)));
}

/**
 * What tells whether a body has what the service cannot be asked for; null where that is nothing.
 *
 * @returns {((body: object) => boolean) | null}
 */
export function fits(kind, state) {
  const names = leftOut(kind, state);
  if (!names.length) return null;
  return (body) => names.every((name) => holds(state[name], HELDS[name](body), name === "target" || name === "topic"));
}

const HELDS = {
  by: (body) => [body.speaker?.party].filter(Boolean),
  act: (body) => [body.earlier_words?.act, body.later_words?.act].filter(Boolean),
  topic: (body) => body.topics ?? [],
  struck: (body) => (body.parties ?? []).map((held) => held.party),
  target: (body) => body.targets ?? [],
  weapon: (body) => body.weapons ?? [],
  region: (body) => body.admin1s ?? [],
  prec: (body) => [PRECISIONS[precision(seconds(body.core.latest) - seconds(body.core.earliest))]],
};

function holds(wanted, held, covers) {
  const values = held.length ? held : [NONE];
  return values.some((value) => wanted.some((one) => one === value || (covers && topicCovers(one, value))));
}

/** A time of the service, of whole Unix seconds. */
export function time(at) {
  return new Date(at * 1000).toISOString().replace(".000Z", "Z");
}
