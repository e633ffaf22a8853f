// The page: begun once, and begun anew when the language changes.

import { createApp } from "./app.js";
import { applyLanguage, applyTheme, chosen } from "./theme.js";
import { Store } from "./state.js";

const store = new Store();
const { theme, language } = chosen();
applyTheme(theme);
applyLanguage(language);

let app = createApp(document.body, { store, onLanguage: restart });

function restart() {
  app.end();
  app = createApp(document.body, { store, onLanguage: restart });
}
