// Keys: what each does, unless the reader is writing or in a control that has a use for it.

const TYPING = "input:not([type=checkbox]), select, textarea, [role=slider], [role=menu], dialog[open]";
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", " "];

/** Has the action of a key called, by `KeyboardEvent.key`. Escape is heard everywhere. */
export function listen(actions) {
  const heard = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (!action) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key !== "Escape" && target.closest(TYPING)) return;
    // In what can be scrolled by its own keys, arrows scroll.
    if (ARROWS.includes(event.key) && target.closest(".scrolling:focus")) return;
    if (action() !== false) event.preventDefault();
  };
  addEventListener("keydown", heard);
  return () => removeEventListener("keydown", heard);
}
