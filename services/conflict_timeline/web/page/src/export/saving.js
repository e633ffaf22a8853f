// Saving: a file for the reader, by a link that is clicked once.

import { h } from "../dom.js";

const KEPT_MS = 60_000;

/** Has the browser save what is at an address; a null name leaves it to the service. */
export function save(address, name) {
  const link = h("a", { href: address, download: name ?? true, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/** Has the browser save bytes as a file. */
export function saveBlob(blob, name) {
  const address = URL.createObjectURL(blob);
  save(address, name);
  // The browser may read it a moment later.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** A name that every file system takes. */
export function fileName(name, ending) {
  const tame = String(name)
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return `${tame || "timeline"}.${ending}`;
}
