// Times in words: spans keep their width, everything is UTC.

import { t, written } from "./index.js";

const kept = new Map();

function format(options) {
  const key = written() + JSON.stringify(options);
  let found = kept.get(key);
  if (!found) kept.set(key, (found = new Intl.DateTimeFormat(written(), { timeZone: "UTC", ...options })));
  return found;
}

const DATE = { year: "numeric", month: "short", day: "numeric" };
const MINUTE = { ...DATE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** Unix seconds of an RFC 3339 time. */
export function seconds(text) {
  return Date.parse(text) / 1000;
}

/** A moment, to the minute. */
export function moment(s) {
  return `${format(MINUTE).format(s * 1000)} UTC`;
}

/** A day. */
export function day(s) {
  return format(DATE).format(s * 1000);
}

/** A span of Unix seconds `[from, to)`, no more precise than it is: an instant, a whole day, days, or from moment to moment. */
export function span(from, to) {
  if (to - from <= 60) return moment(from);
  const whole = from % 86_400 === 0 && to % 86_400 === 0;
  if (whole && to - from === 86_400) return t("time.day", { day: day(from) });
  if (whole) return format(DATE).formatRange(from * 1000, (to - 1) * 1000);
  return `${format(MINUTE).formatRange(from * 1000, to * 1000)} UTC`;
}

/** How long after, in whole seconds: "5 h", "1–25 h", "2.1 d"; a range stays one. */
export function lag(min, max) {
  const inDays = max >= 48 * 3_600;
  const unit = inDays ? 86_400 : max < 3_600 ? 60 : 3_600;
  const low = inDays ? Math.floor((min * 10) / unit) / 10 : Math.floor(min / unit);
  const high = inDays ? Math.ceil((max * 10) / unit) / 10 : Math.ceil(max / unit);
  const text = low === high ? `${low}` : `${low}–${high}`;
  return t(inDays ? "lag.days" : unit === 60 ? "lag.minutes" : "lag.hours", { n: text });
}
