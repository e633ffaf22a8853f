// Selecting: reads what the reader chose, and keeps it up to date.

import { loadIncident, loadMirror, loadStatement } from "./model/selection.js";

const REFRESH_MS = 800;
const DOUBLED_MOST = 6;

/** The selection. `selection` is what was read of it last, `mirror` what the service gave of the other side, where that is shown. */
export function createSelecting({ store, details, onChange }) {
  let abort = new AbortController();
  let selection = null;
  let mirror = null;
  let drawn = null;
  let wait = 0;
  let behind = 0;
  let hasFailed = false;

  async function read({ quiet = false } = {}) {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const { c, s, i, p } = store.state;
    hasFailed = false;
    if (!s && !i) {
      selection = null;
      show();
      return;
    }
    if (!quiet) details.loading();
    try {
      const read = s ? await loadStatement(c, s, { position: p, signal }) : await loadIncident(c, i, { position: p, signal });
      if (signal.aborted) return;
      selection = read;
      // A timeline may be a moment behind what was heard of the others: then all is read again.
      behind = !p && drawn?.latest?.position > read.position ? behind + 1 : 0;
      if (behind) later(REFRESH_MS * 2 ** Math.min(behind - 1, DOUBLED_MOST));
      await readMirror(signal);
      show();
    } catch (error) {
      if (signal.aborted) return;
      if (!quiet) {
        selection = null;
        hasFailed = error.status !== 404; // What is not there is not there later either.
        onChange();
        details.failed(error, () => read());
      }
    }
  }

  function later(ms) {
    wait ||= setTimeout(() => {
      wait = 0;
      if (store.state.s || store.state.i) read({ quiet: true });
    }, ms);
  }

  async function readMirror(signal) {
    const { c, s, p } = store.state;
    mirror = null;
    if (store.state.mirror !== "1" || !s) return;
    mirror = await loadMirror(c, s, { position: p, signal });
  }

  function show() {
    details.show(selection, { window: store.state.w, overview: drawn?.known });
    onChange();
  }

  return {
    get selection() {
      return selection;
    },
    get mirror() {
      return mirror;
    },
    /** Heeds a change of the state; `before` is null where all has to be read. */
    follow(state, before, of) {
      drawn = of;
      if (!before || ["c", "s", "i", "p"].some((name) => state[name] !== before[name])) {
        read();
      } else if (state.mirror !== before.mirror) {
        readMirror(abort.signal).then(show, () => show());
      } else if (state.w !== before.w) {
        show();
      }
    },
    /** Reads again, in place, when something came in that may change what is shown. */
    refresh(came) {
      const { s, i } = store.state;
      if (!s && !i) return;
      const concerns = came.incidents?.length || came.chronology?.some((entry) => entry.entry === s);
      if (!concerns) return;
      if (behind) clearTimeout(wait), (wait = 0);
      later(REFRESH_MS);
    },
    /** Reads again, in place: something may have been missed. What could not be read is read now. */
    again() {
      if (hasFailed) read();
      else if (selection) later(0);
    },
    end() {
      abort.abort();
      clearTimeout(wait);
    },
  };
}
