// Gestures: pointer, touch and wheel on the stage, told as zooming, moving, pointing and clicking.
//
// The wheel: with Ctrl (or Command, and a pinch on a touchpad, which comes as Ctrl) it zooms around the pointer;
// with Shift, or turned sideways, it moves. Alone it zooms only where nothing around the chart can be scrolled by
// it: on a narrow page, where filters and details stand below, the page goes on scrolling over the chart.
// Touch: one finger moves the view sideways and scrolls the page up and down (touch-action: pan-y), two fingers zoom.

const CLICK_PX = 4;
const LINE_PX = 16;
const ZOOM_PER_PX = 0.0022;

/**
 * Listens on an element.
 *
 * @param {object} heard `zoom(factor, x)`, `pan(px)`, `point(x, y)`, `leave()`, `click(x, y, isTouch)`; places are
 *   px from the element's corner
 */
export function listen(element, heard) {
  const pointers = new Map();
  let moved = 0;
  let pinch = null;

  const at = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  function down(event) {
    if (event.button !== 0 || event.target.closest("button")) return;
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 1) moved = 0;
    pinch = pointers.size === 2 ? apart() : null;
  }

  function move(event) {
    const now = at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") heard.point(now.x, now.y);
      return;
    }
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) {
      const next = apart();
      if (pinch && pinch.width > 8) heard.zoom(next.width / pinch.width, next.middle);
      if (pinch) heard.pan(next.middle - pinch.middle);
      pinch = next;
      moved = Infinity;
      return;
    }
    const wasClick = moved <= CLICK_PX;
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (moved <= CLICK_PX) return;
    if (wasClick) {
      element.setPointerCapture(event.pointerId);
      heard.leave();
    }
    heard.pan(now.x - before.x);
  }

  function up(event) {
    if (!pointers.delete(event.pointerId)) return;
    pinch = null;
    const { x, y } = at(event);
    if (moved <= CLICK_PX && event.type === "pointerup") heard.click(x, y, event.pointerType === "touch");
  }

  function apart() {
    const [one, other] = [...pointers.values()];
    return { width: Math.hypot(one.x - other.x, one.y - other.y), middle: (one.x + other.x) / 2 };
  }

  function wheel(event) {
    const unit = event.deltaMode === 1 ? LINE_PX : event.deltaMode === 2 ? element.clientHeight : 1;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const zooms = event.ctrlKey || event.metaKey;
    if (!zooms && !isSideways && scrolls(element, event.deltaY)) return;
    event.preventDefault();
    if (isSideways && !zooms) {
      heard.pan(-(event.deltaX || event.deltaY) * unit);
      return;
    }
    // A pinch on a touchpad turns by little, a wheel by much.
    const by =
      Math.min(Math.max(event.deltaY * unit, -240), 240) * (event.ctrlKey && Math.abs(event.deltaY) < 30 ? 4 : 1);
    heard.zoom(Math.exp(-by * ZOOM_PER_PX), at(event).x);
  }

  // A finger that is lifted leaves too: what it touched stays told.
  const left = (event) => event.pointerType === "touch" || heard.leave();
  const listeners = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: up,
    pointerleave: left,
    wheel,
  };
  for (const [name, listener] of Object.entries(listeners))
    element.addEventListener(name, listener, { passive: false });
  return () => {
    for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
  };
}

/** Whether something around an element would be scrolled by a wheel that is turned by so much. */
function scrolls(element, by) {
  for (let around = element.parentElement; around; around = around.parentElement) {
    const isPage = around === document.scrollingElement;
    const overflow = getComputedStyle(around).overflowY;
    if (!isPage && overflow !== "auto" && overflow !== "scroll") continue;
    const rest = around.scrollHeight - around.clientHeight;
    if (rest > 1 && (by < 0 ? around.scrollTop > 0 : around.scrollTop < rest - 1)) return true;
    // At its end the page stands still: to begin to zoom there would surprise.
    if (rest > 1) return true;
  }
  return false;
}
