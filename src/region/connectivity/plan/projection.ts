/** Degrees as metres on a plane, for distances within a country. Source: transverse Mercator on a sphere, Snyder 1987, §8. */
import type { Spot } from '../planner/trench-graph.ts';

export interface Degrees {
  readonly longitude: number;
  readonly latitude: number;
}

const radius = 6_371_000;
const radians = Math.PI / 180;

/** About a meridian: within 4 degrees of it, distances are right to 3 in a thousand. */
export function projectionAbout(meridian: number): (at: Degrees) => Spot {
  return ({ longitude, latitude }) => {
    const east = (longitude - meridian) * radians;
    const north = latitude * radians;
    return {
      east: radius * Math.atanh(Math.cos(north) * Math.sin(east)),
      north: radius * Math.atan2(Math.tan(north), Math.cos(east)),
    };
  };
}

/** The meridian in the middle of some places. */
export function middleMeridian(places: readonly Degrees[]): number {
  let [west, east] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { longitude } of places) {
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
  }
  return Number.isFinite(west) ? (west + east) / 2 : 0;
}
