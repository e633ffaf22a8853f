// Pager: entries of a timeline bit by bit, by the service's cursor.

import { ask } from "../api.js";

const PAGE_MAX = 1_000;
const ASKED_MAX = 10;
const AT_ONCE = 6;

/**
 * Gives the entries that are asked for, as many as are wanted each time. `fits` looks at bodies, where the
 * service cannot be asked for something. The position of the first answer is that of all.
 */
export function createPager({ conflict, projection, parameters, fits = null, position = "", signal }) {
  const path = pathOf(conflict, projection);
  const kept = [];
  let cursor = null;
  let begun = false;
  const pager = {
    position: null,
    version: null,
    /** `{entries, more}`: at most `count` further ones, and whether there may be others. */
    async next(count) {
      for (let asked = 0; kept.length < count && (!begun || cursor) && asked < ASKED_MAX; asked += 1) {
        const limit = fits ? PAGE_MAX : Math.min(PAGE_MAX, count - kept.length);
        const page = await ask(
          path,
          { ...parameters, limit, ...(begun ? { cursor } : { as_of: position }) },
          { signal },
        );
        begun = true;
        cursor = page.next;
        pager.position ??= page.position;
        pager.version ??= page.version;
        kept.push(...(fits ? page.entries.filter((entry) => fitting(fits, entry)) : page.entries));
      }
      return { entries: kept.splice(0, count), more: kept.length > 0 || cursor !== null };
    },
  };
  return pager;
}

/** The same for incidents of which only the ids are known. */
export function createPagerOfIds({ conflict, ids, parameters, fits = null, position, version = null, signal }) {
  const left = [...ids];
  return {
    position: Number(position),
    version,
    async next(count) {
      const found = [];
      while (left.length && found.length < count) {
        const some = left.splice(0, Math.min(AT_ONCE, count - found.length));
        const pages = await Promise.all(
          some.map((id) =>
            ask(pathOf(conflict, "incidents"), { ...parameters, incident: id, as_of: position }, { signal }),
          ),
        );
        found.push(...pages.flatMap((page) => page.entries).filter((entry) => !fits || fitting(fits, entry)));
      }
      return { entries: found, more: left.length > 0 };
    },
  };
}

/** Where the service has a timeline. */
export function pathOf(conflict, projection) {
  return `/conflicts/${encodeURIComponent(conflict)}/timelines/${projection}`;
}

// One that cannot be looked at is shown, and says so itself.
function fitting(fits, entry) {
  try {
    return fits(entry.body);
  } catch {
    return true;
  }
}
