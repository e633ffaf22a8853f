// Ticks: round moments of UTC along an axis, each labelled by what changes there.

import { utcTicks } from "d3-time";

import { inUse } from "../words/index.js";

const PX = 92;
const DAY_S = 86_400;
const OPTIONS = {
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "short", day: "numeric" },
  date: { month: "short", day: "numeric" },
  month: { month: "short" },
  year: { year: "numeric" },
};
const formats = new Map();

/**
 * Ticks of a view that is so many pixels wide.
 *
 * @returns {{at: number, text: string, strong: boolean}[]} `at` in Unix seconds; strong where a larger unit begins
 */
export function ticks([from, to], width) {
  const count = Math.max(2, Math.floor(width / PX));
  const found = utcTicks(new Date(from * 1000), new Date(to * 1000), count).map((date) => date.getTime() / 1000);
  const step = found.length > 1 ? found[1] - found[0] : to - from;
  return found.map((at) => ({ at, ...label(at, step) }));
}

function label(at, step) {
  const date = new Date(at * 1000);
  if (at % DAY_S !== 0) return { text: format("minute", date), strong: false };
  const isMonth = date.getUTCDate() === 1;
  const isYear = isMonth && date.getUTCMonth() === 0;
  if (isYear) return { text: format("year", date), strong: step < 300 * DAY_S };
  if (isMonth && step > 25 * DAY_S) return { text: format("month", date), strong: false };
  // Weekdays tell something while days are counted, not while weeks are.
  if (isMonth || step > 3 * DAY_S) return { text: format("date", date), strong: isMonth };
  return { text: format("day", date), strong: step < DAY_S };
}

function format(name, date) {
  const key = `${inUse()} ${name}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(inUse(), { timeZone: "UTC", ...OPTIONS[name] })));
  return found.format(date);
}
