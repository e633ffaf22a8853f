// Live: one subscription to a timeline, begun where the page's data ends.

const HEARD_MS = 15_000;
const AGAIN_MS = 3_000;

/**
 * Follows a timeline from a place on (null: from now on). `heard` gets {type: "revision" | "progress" | "switched" | "state"}
 * with `entry`, `position`, `version`, `digest` or `connected`, as they come.
 *
 * EventSource resumes by itself after a broken connection, from the last id on; an answer that is none, as that of a
 * proxy whose service is away, ends it: then it is begun anew.
 */
export function follow(conflict, projection, after, heard) {
  const query = after === null ? "" : `?after=${after}`;
  const path = `/conflicts/${encodeURIComponent(conflict)}/timelines/${projection}/live${query}`;
  let source = null;
  let watch;
  let again;
  const seen = () => {
    clearTimeout(watch);
    watch = setTimeout(() => heard({ type: "state", connected: false }), HEARD_MS);
  };
  const data = (event) => {
    seen();
    try {
      return JSON.parse(event.data);
    } catch {
      return null; // One frame that cannot be read costs nobody the others.
    }
  };
  const begin = () => {
    source = new EventSource(path);
    source.addEventListener("open", () => {
      seen();
      heard({ type: "state", connected: true });
    });
    source.addEventListener("error", () => {
      heard({ type: "state", connected: false });
      if (source.readyState === EventSource.CLOSED) again = setTimeout(begin, AGAIN_MS);
    });
    source.addEventListener("revision", (event) => {
      const entry = data(event);
      if (entry) heard({ type: "revision", entry });
    });
    for (const type of ["progress", "switched"]) {
      source.addEventListener(type, (event) => {
        const told = data(event);
        if (told) heard({ type, ...told });
      });
    }
  };
  begin();
  return {
    close() {
      clearTimeout(watch);
      clearTimeout(again);
      source.close();
    },
  };
}
