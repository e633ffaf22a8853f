// Frame: what all views of timelines have in common.

import { fill, h } from "../dom.js";
import { number, t } from "../words/index.js";
import { failed, reading } from "./parts.js";

/**
 * A view that asks anew when what it shows depends on has changed, and never by itself when the log goes on:
 * then it says so, and the reader decides.
 *
 * @param {(state: object) => unknown} needs what of the state its data depends on
 * @param {(context: {conflict, position, signal}, anew: boolean) => Promise<() => void>} load
 *   reads what is shown, and gives what draws it into `content`
 */
export function createFrame(container, { name, store, needs, load }) {
  const notice = h("div", { class: "view-notice", role: "status" });
  const content = h("div", { class: "view-content" });
  const root = h("div", { class: `view-body ${name}` }, notice, content);
  let context = null;
  let loaded = null;
  let head = 0;
  let abort = new AbortController();
  let isShown = false;
  store.listen(() => isShown && look());

  function look() {
    const key = JSON.stringify([context.conflict, context.position, needs(store.state)]);
    if (key !== loaded) start(key);
    else tellHead();
  }

  async function start(key, anew = false) {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const { conflict, position } = context;
    // What was there of the same conflict stays until the other is.
    if (loaded === null || !content.hasChildNodes() || JSON.parse(loaded)[0] !== conflict) fill(content, reading());
    content.setAttribute("aria-busy", "true");
    loaded = key;
    const headThen = context.head;
    fill(notice);
    try {
      const draw = await load({ conflict, position, signal }, anew);
      if (signal.aborted) return;
      head = headThen;
      draw();
    } catch (error) {
      if (signal.aborted) return;
      fill(
        content,
        failed(error, () => start(key)),
      );
    }
    content.removeAttribute("aria-busy");
    tellHead();
  }

  function tellHead() {
    if (context.position !== "" || context.head <= head || content.hasAttribute("aria-busy")) return;
    fill(
      notice,
      h("span", {}, t("views.newer", { n: number(context.head) })),
      h("button", { type: "button", onclick: () => start(loaded, true) }, t("views.show")),
    );
  }

  container.append(root);
  return {
    content,
    /** Looks whether what is shown depends on something that has changed. */
    look,
    show(shown) {
      context = { ...shown, head: Math.max(shown.head ?? 0, context?.conflict === shown.conflict ? context.head : 0) };
      isShown = true;
      container.hidden = false;
      look();
    },
    hide() {
      isShown = false;
      container.hidden = true;
    },
    /** With what came in, says that the log has gone on; without it, reads all anew. */
    refresh(came) {
      if (!context) return;
      if (came) {
        for (const entry of Object.values(came).flat()) context.head = Math.max(context.head, entry.position ?? 0);
        if (isShown && loaded !== null) tellHead();
      } else if (isShown) start(loaded, true);
    },
  };
}
