// The service's answers, from this page's own origin.

import { t } from "./words/index.js";

const TIMEOUT_MS = 30_000;
const TRIES = 3;

/** An answer that is a problem (RFC 9457), or none at all (`status` 0). `message` is a sentence. */
export class ProblemError extends Error {
  constructor(status, message) {
    super(message);
    this.name = "ProblemError";
    this.status = status;
  }
}

/**
 * The JSON that a path answers. A parameter that is a list is given once for each; null is left out.
 * An answer that may be there a moment later (503, a broken connection) is asked for again.
 *
 * @throws {ProblemError} the service tells a problem, or cannot be reached.
 * @throws {DOMException} `signal` was aborted.
 */
export async function ask(path, parameters = {}, { signal } = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== "") query.append(name, one);
  }
  const address = query.size ? `${path}?${query}` : path;
  for (let tried = 1; ; tried += 1) {
    try {
      return await once(address, signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const passing = error.status === 0 || error.status === 503;
      if (!passing || tried === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** tried));
    }
  }
}

/** All entries of a timeline that are asked for, page by page, at most `most`; with the last page's head. */
export async function entries(conflict, projection, parameters = {}, { signal, most = 5_000 } = {}) {
  const path = `/conflicts/${encodeURIComponent(conflict)}/timelines/${projection}`;
  const found = [];
  let page = await ask(path, { limit: 1000, ...parameters }, { signal });
  const rates = { ...page.base_rates };
  found.push(...page.entries);
  while (page.next !== null && found.length < most) {
    const { as_of: _, ...others } = parameters;
    page = await ask(path, { limit: 1000, ...others, cursor: page.next }, { signal });
    found.push(...page.entries);
    Object.assign(rates, page.base_rates);
  }
  return { ...page, entries: found, base_rates: rates, more: page.next !== null };
}

async function once(address, signal) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let answer;
  try {
    answer = await fetch(address, {
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      headers: { accept: "application/json" },
      credentials: "omit",
    });
    if (answer.ok) return await answer.json();
  } catch (error) {
    if (error.name === "SyntaxError") throw new ProblemError(0, t("page.garbled"));
    throw new ProblemError(0, t(error.name === "TimeoutError" ? "page.slow" : "page.away"));
  }
  const problem = await answer.json().catch(() => ({}));
  throw new ProblemError(answer.status, problem.detail ?? answer.statusText);
}
