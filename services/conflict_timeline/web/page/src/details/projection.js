// Projection: Mercator for a map of one country, which is flat enough to need no more.

/** Beyond it a map would be higher than wide without end. */
const LAT_MAX = 84;
const RADIANS = Math.PI / 180;

/**
 * Mercator such that points (degrees east and north) fill a box of [[left, top], [right, bottom]], as far as its shape
 * allows. Gives a function from a point to its place.
 */
export function mercator([[left, top], [right, bottom]], points) {
  const [west, south, east, north] = boundsOf(points.map(raw));
  const scale = Math.min((right - left) / (east - west || 1e-6), (bottom - top) / (north - south || 1e-6));
  const x0 = (left + right - scale * (west + east)) / 2;
  const y0 = (top + bottom + scale * (south + north)) / 2;
  return (point) => {
    const [x, y] = raw(point);
    return [x0 + scale * x, y0 - scale * y];
  };
}

/** All points of features that are polygons. */
export function pointsOf(features) {
  return features.flatMap(ringsOf).flat();
}

/** The outline of a feature as the `d` of a path. */
export function outline(feature, project) {
  const line = (ring) => `M${ring.slice(0, -1).map((point) => project(point).map(round).join(" ")).join("L")}Z`;
  return ringsOf(feature).map(line).join("");
}

/** The middle of a feature, by area; null where it has none. */
export function middleOf(feature, project) {
  let [area, x, y] = [0, 0, 0];
  for (const ring of ringsOf(feature)) {
    const placed = ring.map(project);
    for (let i = 1; i < placed.length; i += 1) {
      const [[x1, y1], [x2, y2]] = [placed[i - 1], placed[i]];
      const cross = x1 * y2 - x2 * y1;
      area += cross;
      x += (x1 + x2) * cross;
      y += (y1 + y2) * cross;
    }
  }
  return area ? [x / (3 * area), y / (3 * area)] : null;
}

/** Lines each `step` degrees within [[west, south], [east, north]], as the `d` of a path. */
export function graticule([[west, south], [east, north]], step, project) {
  const line = (from, to) => `M${project(from).map(round).join(" ")}L${project(to).map(round).join(" ")}`;
  const each = (from, to) => {
    const first = Math.ceil(from / step);
    return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
  };
  return [
    ...each(west, east).map((lon) => line([lon, south], [lon, north])),
    ...each(south, north).map((lat) => line([west, lat], [east, lat])),
  ].join("");
}

function ringsOf({ geometry }) {
  if (geometry?.type === "Polygon") return geometry.coordinates;
  return geometry?.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

function raw([lon, lat]) {
  const bounded = Math.min(Math.max(lat, -LAT_MAX), LAT_MAX);
  return [lon * RADIANS, Math.log(Math.tan(Math.PI / 4 + (bounded * RADIANS) / 2))];
}

function boundsOf(places) {
  let bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of places) {
    bounds = [Math.min(bounds[0], x), Math.min(bounds[1], y), Math.max(bounds[2], x), Math.max(bounds[3], y)];
  }
  return bounds;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
