// State: what the reader looks at, all of it in the address, so that a link shows the same.

const LISTS = ["by", "act", "topic", "struck", "target", "weapon", "region", "prec"];
const TEXTS = { c: "", v: "timeline", s: "", i: "", w: "72h", q: "", p: "", z: "", out: "1", mirror: "", d: "" };
export const WINDOWS = { "24h": 86_400, "72h": 259_200, "7d": 604_800, "30d": 2_592_000 };
export const VIEWS = ["timeline", "incidents", "reversals", "operations"];

/**
 * The state that an address tells. What it does not name, or what is none, is as in `TEXTS`.
 *
 * `c` conflict, `v` view, `s` selected statement, `i` selected incident, `w` window, `p` the position
 * that all is as of ("" for the latest), `z` "from_to" in Unix seconds ("" for all), `out` whether
 * what was learned later is outlined, `mirror` whether the other side is shown, `d` which
 * disputed incidents are listed ("" for all); the lists are
 * filters: parties of speakers, acts, topics, parties struck by, targets, weapons, regions, precisions.
 */
export function read(search) {
  const given = new URLSearchParams(search);
  const state = {};
  for (const [name, otherwise] of Object.entries(TEXTS)) state[name] = given.get(name) ?? otherwise;
  for (const name of LISTS) state[name] = [...new Set(given.getAll(name).filter(Boolean))].sort();
  if (!(state.w in WINDOWS)) state.w = TEXTS.w;
  if (!["", "attribution", "figures"].includes(state.d)) state.d = TEXTS.d;
  if (!VIEWS.includes(state.v)) state.v = TEXTS.v;
  if (!/^[0-9]{1,15}$/.test(state.p)) state.p = "";
  if (!zoomOf(state)) state.z = "";
  return state;
}

/** The query that tells a state; "" for what a reader sees first. */
export function written(state) {
  const query = new URLSearchParams();
  for (const [name, otherwise] of Object.entries(TEXTS)) {
    if (state[name] !== otherwise) query.set(name, state[name]);
  }
  for (const name of LISTS) for (const one of state[name]) query.append(name, one);
  const text = query.toString();
  return text && `?${text}`;
}

/** The zoom of a state as [from, to] in Unix seconds, or null for all there is. */
export function zoomOf(state) {
  const found = /^(-?[0-9]{1,12})_(-?[0-9]{1,12})$/.exec(state.z);
  return found && Number(found[1]) < Number(found[2]) ? [Number(found[1]), Number(found[2])] : null;
}

/** The names of the filters that hold lists. */
export const FILTERS = LISTS;

/** A state that others hear of when it changes; the address follows, and going back is heeded. */
export class Store {
  #listeners = new Set();
  #state = read(location.search);

  constructor() {
    addEventListener("popstate", () => this.#change(read(location.search)));
  }

  get state() {
    return this.#state;
  }

  /** Changes a part of the state. `quiet`: in place, without a new step in the reader's history. */
  set(patch, { quiet = false } = {}) {
    const state = { ...this.#state, ...patch };
    const query = written(state);
    if (query === written(this.#state)) return;
    const address = query || location.pathname;
    if (quiet) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.#change(state);
  }

  /** Has `listener(state, before)` called after each change, until what it gives is called. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The whole address of a state: what a reader can give to others. */
  address(patch = {}) {
    return location.origin + location.pathname + written({ ...this.#state, ...patch });
  }

  #change(state) {
    const before = this.#state;
    this.#state = state;
    for (const listener of this.#listeners) listener(state, before);
  }
}
