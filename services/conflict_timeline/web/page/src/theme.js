// Theme and language: choices of this reader's browser, not of the link.

import { use } from "./words/index.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** What the reader chose before: theme `auto`, `light` or `dark`, and a language. */
export function chosen() {
  return { theme: kept("theme") ?? "auto", language: kept("language") ?? navigator.language.split("-")[0] };
}

/** Uses the theme, now and when the system's changes. */
export function applyTheme(theme) {
  keep("theme", theme);
  const apply = () => {
    document.documentElement.dataset.theme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  };
  dark.onchange = theme === "auto" ? apply : null;
  apply();
}

/** Uses a language; what was drawn before keeps its words. */
export function applyLanguage(language) {
  keep("language", language);
  use(language);
}

// A browser may refuse to keep anything.
function kept(name) {
  try {
    return localStorage.getItem(`conflict-timeline.${name}`);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`conflict-timeline.${name}`, value);
  } catch {
    // Then it is asked of the system again next time.
  }
}
