// Following: revisions as they are made, gathered, while somebody looks at the page.

import { follow } from "./live.js";

const GATHER_MS = 250;
const PROJECTIONS = ["chronology", "incidents"];

/**
 * Follows what the page draws. `onRevisions({chronology, incidents})` gets what came in a quarter of a second,
 * `onProgress(projection, {position, version, digest})`, `onConnected(bool)`, `onSwitched()`.
 *
 * A page that nobody sees holds no connection: a browser has few for each origin, and other tabs need them.
 */
export function following(conflict, { onRevisions, onProgress, onConnected, onSwitched }) {
  let open = [];
  let gathered = {};
  let wait = 0;
  const connected = new Map();

  function heard(projection, told) {
    if (told.type === "revision") {
      (gathered[projection] ??= []).push(told.entry);
      wait ||= setTimeout(flush, GATHER_MS);
    } else if (told.type === "progress") {
      flush();
      onProgress(projection, told);
    } else if (told.type === "switched") {
      onSwitched();
    } else {
      connected.set(projection, told.connected);
      onConnected(PROJECTIONS.every((one) => connected.get(one)));
    }
  }

  function flush() {
    clearTimeout(wait);
    wait = 0;
    const came = gathered;
    gathered = {};
    if (Object.keys(came).length) onRevisions(came);
  }

  function look() {
    const wanted = document.visibilityState === "visible";
    if (wanted && !open.length) {
      open = PROJECTIONS.map((projection) => follow(conflict, projection, null, (told) => heard(projection, told)));
    } else if (!wanted) {
      close();
    }
  }

  function close() {
    for (const one of open) one.close();
    open = [];
    connected.clear();
  }

  document.addEventListener("visibilitychange", look);
  look();
  return {
    close() {
      document.removeEventListener("visibilitychange", look);
      clearTimeout(wait);
      close();
    },
  };
}
