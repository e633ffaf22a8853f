// Filter names: what the page calls its filters.

import { t } from "../words/index.js";

const NAMES = {
  by: () => t("filters.by"),
  act: () => t("filters.act"),
  topic: () => t("filters.topic"),
  struck: () => t("filters.struck"),
  target: () => t("filters.target"),
  weapon: () => t("filters.weapon"),
  region: () => t("filters.region"),
  prec: () => t("filters.prec"),
};

/** The name of a filter of the state. */
export function filterName(name) {
  return NAMES[name]();
}
