// Agreements: whether the numbers that are claimed of an incident agree. They are never made into one.

import { ask, entries as allEntries } from "../api.js";
import { t } from "../words/index.js";
import { seconds } from "../words/time.js";
import { time } from "./asked.js";
import { pathOf } from "./pager.js";

const MOST = 5_000;
const RANKS = { disputed: 0, consistent: 1, single: 2, none: 3 };

/**
 * For each incident the agreement of its figures, the least of them where they are several, as
 * `{agreement, rank}`; one whose figures were not read is left out.
 */
export async function agreementsOf({ conflict, position, entries, signal }) {
  const ends = entries.map((entry) => bounds(entry)).filter(Boolean);
  if (!ends.length) return new Map();
  const parameters = {
    from: time(Math.floor(Math.min(...ends.map((one) => one[0])))),
    to: time(Math.ceil(Math.max(...ends.map((one) => one[1])))),
  };
  const found = await figuresAt({ conflict, position, parameters, signal, most: MOST });
  return agreements(
    entries.map((entry) => entry.entry),
    found.entries,
    found.more,
  );
}

/** The same, of ids and figures; pure. Where figures were left out, an incident without any is not in it. */
export function agreements(ids, figures, more = false) {
  const least = new Map(more ? [] : ids.map((id) => [id, "none"]));
  const wanted = new Set(ids);
  for (const { body } of figures) {
    if (!wanted.has(body?.of) || !(body.agreement in RANKS)) continue;
    if (RANKS[body.agreement] < RANKS[least.get(body.of) ?? "none"]) least.set(body.of, body.agreement);
  }
  return new Map([...least].map(([id, agreement]) => [id, { agreement, rank: RANKS[agreement] }]));
}

/** The incidents of which two claimants give numbers that do not go together, in time, as of one position. */
export async function disputedIds({ conflict, position, parameters, signal }) {
  const { from, to } = parameters;
  const found = await allEntries(
    conflict,
    "figures",
    { disputed: "true", from, to, as_of: position },
    { signal, most: MOST },
  );
  const ids = found.entries.map((entry) => entry.body.of).filter((of) => of.startsWith("i-"));
  return { ids: [...new Set(ids)], position: found.position };
}

/** The figures of one incident. */
export async function figuresOf({ conflict, position, incident, signal }) {
  return (await figuresAt({ conflict, position, parameters: { incident }, signal, most: MOST })).entries;
}

/** An agreement in words, for a list. */
export function words(agreement) {
  if (agreement === "disputed") return t("views.agreement.disputed");
  if (agreement === "consistent") return t("views.agreement.consistent");
  return agreement === "single" ? t("views.agreement.single") : t("views.agreement.none");
}

// The timeline of figures may be a moment behind that of incidents: then as far as it has come.
async function figuresAt({ conflict, position, parameters, signal, most }) {
  try {
    return await allEntries(conflict, "figures", { ...parameters, as_of: position }, { signal, most });
  } catch (error) {
    if (error.status !== 404) throw error;
    const { position: reached } = await ask(pathOf(conflict, "figures"), { limit: 1 }, { signal });
    if (reached >= position) throw error;
    return allEntries(conflict, "figures", { ...parameters, as_of: reached }, { signal, most });
  }
}

function bounds(entry) {
  try {
    const found = [seconds(entry.body.core.earliest), seconds(entry.body.core.latest)];
    return found.some(Number.isNaN) ? null : found;
  } catch {
    return null;
  }
}
