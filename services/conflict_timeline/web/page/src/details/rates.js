// Rates: what is to be drawn and said of observed beside expected. No DOM.

export const WINDOW_NAMES = ["24h", "72h", "7d", "30d"];
export const DAYS_NEEDED = 30;

const REACH_DAYS = { deny: 30, threaten: 30, promise: 30, agree: 30, reject: 7, request: 7, demand: 7 };
const COMMITMENTS = ["promise", "agree"];
const OF_OTHERS = ["request", "demand"];

/** Whether a window has a rate: too little data has none. */
export function isRated(rate) {
  return [rate.share_low, rate.share_high, rate.mean_low, rate.mean_high].every(Number.isFinite);
}

/**
 * The drawing of one window: places between 0 and 1 on an axis from 0 to `max`.
 *
 * `expected` [from, to] is null without a rate; `definite` and `possible` are where the observed marks stand: the
 * first at the number that is sure, the second at that and what may have been.
 */
export function drawing(rate) {
  const definite = rate.observed_definite;
  const possible = definite + rate.observed_possible;
  const max = ceiling(Math.max(1, possible, isRated(rate) ? rate.mean_high : 0));
  return {
    max,
    expected: isRated(rate) ? [rate.mean_low / max, rate.mean_high / max] : null,
    definite: definite / max,
    possible: possible / max,
  };
}

/** The next number of the row 1, 2, 5, 10, 20, … */
export function ceiling(value) {
  let step = 1;
  for (;;) {
    for (const factor of [1, 2, 5]) if (factor * step >= value) return factor * step;
    step *= 10;
  }
}

/**
 * What the rule pairs, where that is not all of the longest window: {days}, {validity: {earliest, latest}},
 * {never: "act" | "topics" | "about"} for words that are never paired, or null.
 */
export function reach(happening) {
  const { act } = happening;
  const days = REACH_DAYS[act];
  if (!days) return { never: "act" };
  if (!happening.topics?.length) return { never: "topics" };
  if (!happening.about?.length && (OF_OTHERS.includes(act) || !happening.speaker?.party)) return { never: "about" };
  if (COMMITMENTS.includes(act) && happening.validity) return { validity: happening.validity };
  return days < 30 ? { days } : null;
}

/** A mean as digits to show: two behind the point below ten, else whole; what is small is never shown as none. */
export function digits(value) {
  if (value > 0 && value < 0.01) return { maximumSignificantDigits: 1 };
  return { maximumFractionDigits: value < 10 ? 2 : 0 };
}
