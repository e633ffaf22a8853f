// Keeping: what a reader had in hand stays, when a part of the page is made anew.

/** Does `work`, and puts focus, what was unfolded, and what was scrolled back where it was, by `data-key`. */
export function keeping(root, work) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const open = new Set([...root.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key));
  const scrolled = new Map(
    [...root.querySelectorAll(".scrolling[data-key]")].map((one) => [one.dataset.key, [one.scrollLeft, one.scrollTop]]),
  );
  work();
  for (const one of root.querySelectorAll("[data-key]")) {
    const { key } = one.dataset;
    if (open.has(key)) one.open = true;
    if (scrolled.has(key)) [one.scrollLeft, one.scrollTop] = scrolled.get(key);
    if (focused && key === focused) one.focus({ preventScroll: true });
  }
}
