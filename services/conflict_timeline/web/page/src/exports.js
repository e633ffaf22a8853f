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
  const csv = (view) => exportCsv({ conflict: store.state.c, state: store.state, position: position(), view });
  const menu = createExportMenu(element, {
    actions: () => ({
      ...(store.state.v === "timeline" && {
        png: () => exportPng({ chart, captionLines: lines(), name: `${store.state.c}-${position()}` }),
        svg: () => exportSvg({ chart, name: `${store.state.c}-${position()}` }),
        strikes: () => csv("incidents"),
      }),
      csv: () => csv(store.state.v),
      json: () => jsonAddress(store.state, position()),
      print: () => print(),
    }),
    notes: () => csvNotes(store.state),
  });
  const undo = preparePrint({ lines, chart, isDrawn: () => store.state.v === "timeline" });
  return { element, open: () => menu.open(), end: undo };
}
