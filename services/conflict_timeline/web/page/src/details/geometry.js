// Geometry: the first-order regions of the countries that have a map, fetched when they are asked for.

import { feature } from "topojson-client";

import { ask } from "../api.js";

/** Maps by country, each fetched once. */
export class Geometry {
  #countries = null;
  #maps = new Map();

  /** The regions of a country as GeoJSON features with `id` (ISO 3166-2), or null where there is no map of it. */
  async of(country) {
    if (!country) return null;
    const listed = await (this.#countries ??= this.#asked("/page/geometry.json"));
    const file = listed?.[country]?.file;
    if (!file || !/^geometry-[A-Z]{2}\.json$/.test(file)) return null;
    if (!this.#maps.has(country)) this.#maps.set(country, this.#asked(`/page/${file}`));
    const topology = await this.#maps.get(country);
    const regions = topology?.objects?.regions;
    return regions ? feature(topology, regions).features : null;
  }

  // Without a map there are still points: what cannot be fetched is asked for again next time.
  async #asked(path) {
    try {
      return await ask(path);
    } catch {
      this.#countries = null;
      this.#maps.clear();
      return null;
    }
  }
}

/** The feature that a region's code lies in: its own, or one drawn before the code was given. */
export function featureOf(features, code) {
  return features.find((one) => one.id === code || one.properties?.also?.includes(code)) ?? null;
}
