// English: one catalogue, kept in a file for each part of the page.

import { chart } from "./en/chart.js";
import { details } from "./en/details.js";
import { exporting } from "./en/exporting.js";
import { page } from "./en/page.js";
import { values } from "./en/values.js";
import { views } from "./en/views.js";

export const en = { ...page, ...values, ...chart, ...details, ...views, ...exporting };
