// CSV: what is on the screen as the service's own file: with base rates, versions, positions.

import { asked, leftOut, timelineOf } from "../views/asked.js";
import { pathOf } from "../views/pager.js";
import { save } from "./saving.js";

const OF_VIEWS = { timeline: "statements", incidents: "incidents", reversals: "reversals" };

/**
 * The address of the file, as of a position ("" or null for the latest).
 *
 * Of the timeline it is the pairs of the selected statement, else the statements; of other views their list.
 * `view` may also be `statements`, or `incidents` for what else the timeline shows.
 */
export function csvAddress(state, position, view = state.v) {
  return address(state, position, view, "csv");
}

/** The address of the same as JSON, page by page. */
export function jsonAddress(state, position, view = state.v) {
  return address(state, position, view, "");
}

/**
 * What a file has more than the screen: `about` where it also has statements about the parties that speak, and in
 * `filters` the names of those that the service cannot apply.
 */
export function csvNotes(state, view = state.v) {
  const kind = kindOf(state, view);
  if (kind === "pairings") return { about: false, filters: [] };
  const filters = leftOut(kind, state);
  return { about: kind === "statements" && state.by.length > 0 && !filters.includes("by"), filters };
}

/** Downloads it. */
export function exportCsv({ conflict, state, position, view = state.v }) {
  save(csvAddress({ ...state, c: conflict }, position, view), null);
}

function address(state, position, view, format) {
  const kind = kindOf(state, view);
  const query = new URLSearchParams();
  const parameters = kind === "pairings" ? { statement: state.s } : asked(kind, state);
  for (const [name, value] of Object.entries(parameters)) for (const one of [value].flat()) query.append(name, one);
  if (position !== "" && position !== null && position !== undefined) query.set("as_of", position);
  if (format) query.set("format", format);
  const path = pathOf(state.c, kind === "pairings" ? "pairings" : timelineOf(kind));
  return query.size ? `${path}?${query}` : path;
}

function kindOf(state, view) {
  if (view === "timeline" && state.s) return "pairings";
  return OF_VIEWS[view] ?? "statements";
}
