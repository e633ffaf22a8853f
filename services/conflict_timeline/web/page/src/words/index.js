// Words: every text of the page, in the reader's language, from one catalogue each.

import { en } from "./en.js";

const CATALOGUES = { en };
let language = "en";
let locale = "en";
let catalogue = en;
let rules = new Intl.PluralRules("en");

/** The languages that there are, each with its own name for itself. */
export const LANGUAGES = Object.fromEntries(Object.entries(CATALOGUES).map(([code, one]) => [code, one["language.itself"]]));

/** The language in use, a BCP 47 tag. */
export function inUse() {
  return language;
}

/** The language as this reader's country writes dates and numbers in it. */
export function written() {
  return locale;
}

/** Uses a language from now on; one that there is not is English. */
export function use(code) {
  language = code in CATALOGUES ? code : "en";
  catalogue = CATALOGUES[language];
  locale = navigator.languages?.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
  rules = new Intl.PluralRules(language);
}

/** The text of a key, with `{name}` replaced by what `values` holds for it. */
export function t(key, values = {}) {
  const text = catalogue[key] ?? en[key];
  if (text === undefined) throw new Error(`there is no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text for a number of things: `key.one`, `key.few`, `key.many` or `key.other`, with `{n}` as the number. */
export function tn(key, n, values = {}) {
  const form = `${key}.${rules.select(n)}`;
  return t(form in catalogue ? form : `${key}.other`, { n: number(n), ...values });
}

/** The text of a value from events (an act, a topic, a basis), or the value itself where there is none for it. */
export function named(group, value) {
  return catalogue[`${group}.${value}`] ?? en[`${group}.${value}`] ?? value;
}

/** A number as the language writes it. */
export function number(n, options = {}) {
  return new Intl.NumberFormat(locale, options).format(n);
}
