// Differences: what changed between two revisions of an entry, field by field. No DOM.

/**
 * The fields that differ between two bodies, in their order: {field, added, removed} where both are lists,
 * else {field, before, after}; `undefined` where a body does not have the field.
 */
export function differences(before, after) {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const found = [];
  for (const field of fields) {
    const [was, is] = [before?.[field], after?.[field]];
    if (same(was, is)) continue;
    if (Array.isArray(was) && Array.isArray(is)) {
      const added = is.filter((one) => !was.some((other) => same(one, other)));
      const removed = was.filter((one) => !is.some((other) => same(one, other)));
      if (added.length || removed.length) {
        found.push({ field, added, removed });
        continue;
      }
    }
    found.push({ field, before: was, after: is });
  }
  return found;
}

/** Revisions, the newest first, each with what it changed of the one before and the event that made it. */
export function history(revisions, events) {
  const byKey = new Map((events ?? []).map((one) => [one.key, one]));
  const told = revisions.map((revision, index) => {
    const event = byKey.get(revision.because?.[0]) ?? null;
    const data = event?.event?.data ?? {};
    const former = revisions[index - 1];
    const isChange = former && former.status === "asserted" && revision.status === "asserted";
    return {
      revision: revision.revision,
      position: revision.position,
      status: revision.status,
      recorded: event?.recorded_at ?? null,
      event,
      reason: data.reason ?? null,
      mergedInto: revision.status === "withdrawn" ? (revision.body?.merged_into ?? null) : null,
      changes: isChange ? differences(former.body, revision.body) : [],
    };
  });
  return told.reverse();
}

function same(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  return keys.length === others.length && keys.every((key) => key in other && same(one[key], other[key]));
}
