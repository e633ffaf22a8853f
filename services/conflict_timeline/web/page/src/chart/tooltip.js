// Tooltip: words beside a mark. It takes no pointer, so that nothing under it is out of reach.

import { h } from "../dom.js";
import { showLines } from "./told.js";

const AWAY = 14;

/** A tooltip in the stage. */
export function createTooltip() {
  const element = h("div", { class: "chart-tip", hidden: true, "aria-hidden": "true" });

  return {
    element,
    get isShown() {
      return !element.hidden;
    },
    /** Shows lines near a place of the stage, which is {width, height} large. */
    show(lines, x, y, { width, height }) {
      showLines(element, lines);
      element.hidden = false;
      const { offsetWidth, offsetHeight } = element;
      const left = x + AWAY + offsetWidth > width ? x - AWAY - offsetWidth : x + AWAY;
      const top = y + AWAY + offsetHeight > height ? y - AWAY - offsetHeight : y + AWAY;
      element.style.left = `${Math.max(2, Math.min(left, width - offsetWidth - 2))}px`;
      element.style.top = `${Math.max(2, Math.min(top, height - offsetHeight - 2))}px`;
    },
    hide() {
      element.hidden = true;
    },
  };
}
