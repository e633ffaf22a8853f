// Staying: what a reader looks at stays where it is on the screen when all around it is drawn anew.

/**
 * Where what is looked at in `root` stands now: the control with the focus, if it is in view, else the first section
 * that is. What it gives scrolls `container` so that the same one stands there again.
 */
export function stayer(container, root) {
  const before = container.scrollTop;
  const view = container.getBoundingClientRect();
  const isSeen = (one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  };
  const active = document.activeElement;
  const control = root.contains(active) && active.dataset.at && isSeen(active) ? active : null;
  const section = control ? null : [...root.querySelectorAll("section")].find(isSeen);
  const found = control ?? section;
  const top = found?.getBoundingClientRect().top;
  const find = control
    ? () => root.querySelector(`[data-at="${CSS.escape(control.dataset.at)}"]`)
    : () => [...root.querySelectorAll("section")].find((one) => one.className === section?.className);
  return () => {
    container.scrollTop = before;
    const again = before && found ? find() : null;
    if (again) container.scrollTop += again.getBoundingClientRect().top - top;
  };
}
