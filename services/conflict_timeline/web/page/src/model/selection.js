// Selection: one statement or one incident, with all that the details tell of it. No DOM.

import { ask, entries, ProblemError } from "../api.js";
import { seconds } from "../words/time.js";

const AT_ONCE = 6;

/** How many reports of an incident are read with it; the others when a reader asks for them. */
export const MEMBERS_FIRST = 10;

/**
 * @typedef {object} Pair
 * A statement and an incident reported after it. Times are Unix seconds, lags seconds.
 * `fits` has the windows that the lag fits: "definite" or "possible"; `from` and `to` are the incident's core.
 * @typedef {object} Selection
 * What is known of an entry as of `position`; `versions` are those of the timelines that were read. `unreadable`
 * holds the ids of pairs that cannot be shown.
 */

/**
 * A statement, its pairs, and the rate beside which they are read.
 *
 * @param {string} position "" for the latest; all parts of the answer are of one position in any case
 * @throws {ProblemError} 404 where no such statement was known at that position.
 */
export async function loadStatement(conflict, key, { position = "", signal } = {}) {
  const root = `/conflicts/${encodeURIComponent(conflict)}`;
  const path = `${root}/statements/${encodeURIComponent(key)}`;
  const [history, paired, rate] = await atOnePosition(position, (as_of) => [
    historyOf(root, "chronology", key, as_of, signal),
    listOf(conflict, "pairings", { statement: key, as_of }, signal),
    orProblem(ask(`${path}/baserate`, { as_of }, { signal })),
  ]);
  const at = history.position;
  const happening = lastBody(history);
  const denied = history.status === "asserted" && happening?.act === "deny";
  const before = denied ? await orProblem(ask(`${path}/before`, { as_of: at }, { signal })) : null;
  return {
    ...told("statements", history),
    happening,
    ...pairsOf(paired.entries.map((one) => [one.entry, one.body])),
    pairsMore: paired.more,
    rate: rate.problem ? null : rate,
    rateProblem: rate.problem ?? null,
    before: before?.problem ? null : before,
    beforeProblem: before?.problem ?? null,
    rules: paired.rules ?? rate.rules ?? null,
    versions: { ...rate.versions, chronology: history.version, pairings: paired.version },
  };
}

/** The pairs of a statement alone. */
export async function loadPairs(conflict, key, { position = "", signal } = {}) {
  const paired = await listOf(conflict, "pairings", { statement: key, as_of: position }, signal);
  return pairsOf(paired.entries.map((one) => [one.entry, one.body])).pairs;
}

/** An incident, the first of its reports, the figures that were claimed, and the statements before it. */
export async function loadIncident(conflict, id, { position = "", signal } = {}) {
  const root = `/conflicts/${encodeURIComponent(conflict)}`;
  const [history, figures, paired] = await atOnePosition(position, (as_of) => [
    historyOf(root, "incidents", id, as_of, signal),
    listOf(conflict, "figures", { incident: id, as_of }, signal),
    listOf(conflict, "pairings", { incident: id, as_of }, signal),
  ]);
  const incident = lastBody(history);
  const holds = history.status === "asserted";
  const first = holds ? (incident?.members ?? []).slice(0, MEMBERS_FIRST) : [];
  return {
    ...told("incidents", history),
    leadsTo: history.leads_to ?? history.merged_into ?? null,
    incident,
    members: await loadMembers(conflict, first, { position: history.position, signal }),
    figures: figures.entries,
    ...pairsOf(paired.entries.map((one) => [one.entry, one.body])),
    pairsMore: paired.more,
    rates: paired.base_rates,
    rules: paired.rules ?? null,
    versions: { incidents: history.version, figures: figures.version, pairings: paired.version },
  };
}

/** The same rule for the other side, as the service has it, with its pairs as those of a statement. */
export async function loadMirror(conflict, key, { position = "", signal } = {}) {
  const path = `/conflicts/${encodeURIComponent(conflict)}/statements/${encodeURIComponent(key)}/mirror`;
  const mirror = await ask(path, { as_of: position }, { signal });
  return { ...mirror, ...pairsOf(mirror.pairs.map((body) => [`${body?.statement}:${body?.incident}`, body])) };
}

/**
 * Reports by their event keys, as they count at a position, by when they were recorded. One that cannot be read
 * has a `problem`.
 */
export async function loadMembers(conflict, keys, { position = "", signal } = {}) {
  const root = `/conflicts/${encodeURIComponent(conflict)}`;
  const read = await someAtOnce(keys, async (key) => {
    const history = await orProblem(historyOf(root, "chronology", key, position, signal));
    if (history.problem) return { key, problem: history.problem };
    return { ...told("reports", history), key, happening: lastBody(history) };
  });
  const at = (one) => one.events?.find((event) => event.key === one.key)?.position ?? Infinity;
  return read.sort((one, other) => at(one) - at(other));
}

/** The bodies of incidents by their ids; what cannot be read has a `problem`. */
export async function loadIncidents(conflict, ids, { position = "", signal } = {}) {
  const root = `/conflicts/${encodeURIComponent(conflict)}`;
  return someAtOnce(ids, async (id) => {
    const history = await orProblem(historyOf(root, "incidents", id, position, signal));
    return { id, incident: history.problem ? null : lastBody(history), problem: history.problem ?? null };
  });
}

/** What is known of an article by its address, or null: who published it, and archived copies. */
export async function loadArticle(conflict, address, { position = "", signal } = {}) {
  const root = `/conflicts/${encodeURIComponent(conflict)}`;
  const entry = await coverageEntry(address);
  if (entry) {
    const history = await orProblem(historyOf(root, "coverage", entry, position, signal));
    return history.problem || history.status !== "asserted" ? null : lastBody(history);
  }
  const asked = { q: address, as_of: position };
  const found = await orProblem(entries(conflict, "coverage", asked, { signal, most: 1_000 }));
  return found.problem ? null : (found.entries.find((one) => one.body.url === address)?.body ?? null);
}

/** Pairs in the order of reading: what surely came after first, then by lag. */
export function inOrder(pairs) {
  const key = (pair) => [pair.order === "after" ? 0 : 1, pair.lagMin, pair.lagMax, pair.from];
  return [...pairs].sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    const place = a.findIndex((value, index) => value !== b[index]);
    return place < 0 ? (one.incident < other.incident ? -1 : 1) : a[place] - b[place];
  });
}

/** One body of the pairings as a Pair. @throws {TypeError} a field that every pair has is not there. */
export function pairOf(body) {
  const { place, core, said } = body;
  return {
    statement: body.statement,
    incident: body.incident,
    order: body.order,
    lagMin: finite(body.lag_min_s),
    lagMax: finite(body.lag_max_s),
    fits: { ...body.windows },
    from: finite(seconds(core.earliest)),
    to: finite(seconds(core.latest)),
    place: placeName(place),
    admin1: place.admin1 ?? null,
    country: place.country ?? null,
    lat: place.lat ?? null,
    lon: place.lon ?? null,
    targets: [...body.targets],
    topics: [...body.topics],
    parties: [...body.parties],
    said: { from: finite(seconds(said.earliest)), to: finite(seconds(said.latest)) },
    act: body.act,
    proposition: body.proposition,
    speaker: body.speaker,
  };
}

/** The best name that a place has, or "". */
export function placeName(place) {
  const found = place?.name ?? place?.as_written ?? place?.admin1 ?? place?.country;
  if (found) return String(found);
  return place?.lat === undefined || place?.lat === null ? "" : `${place.lat}, ${place.lon}`;
}

function pairsOf(bodies) {
  const pairs = [];
  const unreadable = [];
  for (const [entry, body] of bodies) {
    try {
      pairs.push(pairOf(body));
    } catch {
      unreadable.push(entry);
    }
  }
  return { pairs: inOrder(pairs), unreadable };
}

function told(kind, history) {
  return {
    kind,
    entry: history.entry,
    conflict: history.conflict,
    position: history.position,
    status: history.status,
    mergedInto: history.merged_into ?? null,
    revisions: history.revisions,
    events: history.events,
  };
}

/** What an entry says, or, once it is withdrawn, what it said last. */
function lastBody(history) {
  return history.revisions.findLast((one) => one.status === "asserted")?.body ?? null;
}

function historyOf(root, projection, entry, as_of, signal) {
  return ask(`${root}/timelines/${projection}/entries/${encodeURIComponent(entry)}`, { as_of }, { signal });
}

// A timeline that has come less far than what is asked for gives what it has: its position tells.
async function listOf(conflict, projection, parameters, signal) {
  try {
    return await entries(conflict, projection, parameters, { signal });
  } catch (error) {
    if (error.status !== 404 || !parameters.as_of) throw error;
    const { as_of: asked, ...others } = parameters;
    const found = await entries(conflict, projection, others, { signal });
    if (found.position >= Number(asked)) throw error;
    return found;
  }
}

// Timelines advance one by one. Where one has come less far, all are asked for again as of there.
async function atOnePosition(position, asking) {
  const answers = await Promise.all(asking(position));
  const positions = answers.filter((one) => !one.problem).map((one) => one.position);
  const reached = Math.min(...positions);
  if (positions.every((one) => one === reached)) return answers;
  return Promise.all(asking(String(reached)));
}

async function orProblem(promise) {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error; // Nobody waits for it any more.
    return { problem: error.message || String(error.status) };
  }
}

async function someAtOnce(items, work) {
  const results = new Array(items.length);
  let next = 0;
  const one = async () => {
    while (next < items.length) {
      const mine = next++;
      results[mine] = await work(items[mine]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, one));
  return results;
}

// The coverage has an address under half of its SHA-256. Only secure pages may compute one.
async function coverageEntry(address) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(address));
  return `u-${Array.from(new Uint8Array(digest).slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function finite(value) {
  if (!Number.isFinite(value)) throw new TypeError("no number");
  return value;
}
