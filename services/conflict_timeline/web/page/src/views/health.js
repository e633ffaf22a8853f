// Health: what the service tells of itself.

import { ask, ProblemError } from "../api.js";

const TIMEOUT_MS = 4_500;

/**
 * Status, readiness and refused events at once. What cannot be read is an error in its place: the others are
 * shown all the same.
 *
 * @returns {Promise<{status, ready, refused}>} each a value or a ProblemError
 */
export async function readHealth({ reason, signal }) {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const [status, ready, refused] = await Promise.all([
    settled(ask("/status", {}, { signal: limit })),
    settled(readiness(limit)),
    settled(refusedFor(reason, limit)),
  ]);
  signal.throwIfAborted();
  return { status, ready, refused };
}

// Not ready is an answer too: 503 with the reasons.
async function readiness(signal) {
  const answer = await fetch("/readyz", { signal, headers: { accept: "application/json" }, credentials: "omit" });
  const told = await answer.json().catch(() => null);
  if (typeof told?.ready !== "boolean") throw new ProblemError(answer.status, answer.statusText);
  return { ready: told.ready, troubles: told.troubles ?? [] };
}

// The service counts what it lists: how many there are for other reasons is asked for beside it.
async function refusedFor(reason, signal) {
  if (!reason) return ask("/refused", {}, { signal });
  const [all, some] = await Promise.all([
    ask("/refused", { limit: 1 }, { signal }),
    ask("/refused", { reason }, { signal }),
  ]);
  return { ...all, refused: some.refused };
}

async function settled(promise) {
  try {
    return await promise;
  } catch (error) {
    return error instanceof ProblemError ? error : new ProblemError(0, error.message);
  }
}

/** What there is to be said in one sentence, in numbers; null where that could not be read. Pure. */
export function summed({ status, ready, refused }) {
  const isRead = !(status instanceof Error);
  const timelines = isRead ? (status.conflicts ?? []).flatMap((one) => one?.projections ?? []).filter(Boolean) : null;
  return {
    ready: ready instanceof Error ? null : ready.ready,
    troubles: ready instanceof Error ? null : ready.troubles.length,
    timelines: timelines && timelines.length,
    stuck: timelines && timelines.filter((one) => one.state === "stuck").length,
    behind: timelines && timelines.filter((one) => one.lag_events > 0).length,
    refused: refused instanceof Error ? (isRead ? (status.refused ?? null) : null) : refused.total,
  };
}
