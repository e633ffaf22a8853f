// Exports: the menu, and what each of its choices takes from the page.

import { h } from "./dom.js";
import { captionLines, createExportMenu, csvNotes, exportCsv, exportPng, exportSvg, jsonAddress, preparePrint } from "./export/index.js";

/** The export menu of the page. `drawn` and `selecting` tell what is shown at that moment. */
export function createExports({ store, chart, drawn, selecting }) {
  const element = h("div", { class: "exporting" });
  const position = () => drawn()?.known?.position ?? "";
  const lines = () =>
    captionLines({
      conflict: store.state.c,
      state: store.state,
      overview: drawn()?.known ?? null,
      selection: selecting.selection,
      mirror: selecting.mirror,
      address: store.address({ p: String(position()) }),
    });
  const isMirror = () => store.state.v === "timeline" && Boolean(store.state.s) && store.state.mirror === "1";
  const mirrorAddress = () => {
    const { c, s } = store.state;
    return `/conflicts/${encodeURIComponent(c)}/statements/${encodeURIComponent(s)}/mirror?as_of=${position()}`;
  };
  const csv = (view) => exportCsv({ conflict: store.state.c, state: store.state, position: position(), view });
  const menu = createExportMenu(element, {
    actions: () => ({
      ...(store.state.v === "timeline" && {
        png: () => exportPng({ chart, captionLines: lines(), name: `${store.state.c}-${position()}` }),
        svg: () => exportSvg({ chart, captionLines: lines(), name: `${store.state.c}-${position()}` }),
        strikes: () => csv("incidents"),
      }),
      // The service has the pairs of the other side as JSON alone.
      ...(!isMirror() && { csv: () => csv(store.state.v) }),
      json: () => (isMirror() ? mirrorAddress() : jsonAddress(store.state, position())),
      print: () => print(),
    }),
    notes: () => csvNotes(store.state),
  });
  const undo = preparePrint({ lines, chart, isDrawn: () => store.state.v === "timeline" });
  return { element, open: () => menu.open(), end: undo };
}
