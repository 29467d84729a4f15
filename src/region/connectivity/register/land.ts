/** Where buildings can stand: on the land of the United Kingdom, and in the areas that the register knows. */
import { readFileSync } from 'node:fs';
import type { Geometry, Position as Point } from '../../../web/map-svg.ts';
import type { JudgePosition, Position } from './validate.ts';

/** A closed line, with the box it lies in. */
interface Ring {
  readonly points: readonly (readonly [number, number])[];
  readonly box: readonly [west: number, south: number, east: number, north: number];
}
/** Rings by the even-odd rule: holes are rings as well. */
export type Shape = readonly Ring[];

const ringOf = (points: readonly (readonly [number, number])[]): Ring => {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return { points, box };
};

/** Areas of a geometry; points and lines have none. */
export function shapeOf(geometry: Geometry): Shape {
  const rings: readonly (readonly Point[])[] =
    geometry.type === 'Polygon'
      ? geometry.coordinates
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates.flat()
        : [];
  return rings.map((ring) => ringOf(ring.map(([x, y]) => [x, y] as const)));
}

let coast: Shape | undefined;
/** Source and licence stand in the file. */
function land(): Shape {
  if (!coast) {
    const text = readFileSync(new URL('./uk-coast.json', import.meta.url), 'utf8');
    const { rings } = JSON.parse(text) as { rings: readonly string[] }; // our own file
    coast = rings.map((ring) =>
      ringOf(
        ring.split(' ').map((pair) => {
          const [x = 0, y = 0] = pair.split(',').map(Number);
          return [x, y] as const;
        }),
      ),
    );
  }
  return coast;
}

/** Whether a place lies within. Source: the even-odd rule. */
export function isWithin(shape: Shape, { latitude: y, longitude: x }: Position): boolean {
  let inside = false;
  for (const { points, box } of shape) {
    if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue;
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const [[ax, ay], [bx, by]] = [points[i]!, points[j]!];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

const kmPerDegree = 111.32;

/** Whether a place lies no further than so many kilometres from the edge. */
function isNear(shape: Shape, { latitude, longitude }: Position, km: number): boolean {
  const shrink = Math.cos((latitude * Math.PI) / 180);
  const up = km / kmPerDegree;
  const across = up / Math.max(shrink, 0.01);
  for (const { points, box } of shape) {
    if (longitude < box[0] - across || longitude > box[2] + across) continue;
    if (latitude < box[1] - up || latitude > box[3] + up) continue;
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const ax = (points[j]![0] - longitude) * shrink * kmPerDegree;
      const ay = (points[j]![1] - latitude) * kmPerDegree;
      const dx = (points[i]![0] - longitude) * shrink * kmPerDegree - ax;
      const dy = (points[i]![1] - latitude) * kmPerDegree - ay;
      const length = dx * dx + dy * dy;
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
      if (Math.hypot(ax + along * dx, ay + along * dy) <= km) return true;
    }
  }
  return false;
}

/** The demonstration is an island of its own, on the Dogger Bank. */
const invented: Shape = [
  ringOf([
    [1.9, 54.7],
    [3.1, 54.7],
    [3.1, 55.3],
    [1.9, 55.3],
  ]),
];

/** The coast is drawn with this much to spare: quays, and islands that are too small for it. Kilometres. */
const toSpare = 3;

/** Says what is wrong with a place that is neither on land nor in one of these areas. */
export function judgeOf(
  areas: readonly Shape[],
  { isDemonstration = false }: { readonly isDemonstration?: boolean } = {},
): JudgePosition {
  const shapes = [...areas, land(), ...(isDemonstration ? [invented] : [])];
  const stands = (at: Position): boolean =>
    shapes.some((shape) => isWithin(shape, at)) || shapes.some((shape) => isNear(shape, at, toSpare));
  return (at) => {
    const { latitude, longitude } = at;
    const isPlace = Math.abs(latitude) <= 90;
    if (isPlace && stands(at)) return undefined;
    const told = `Latitude ${latitude} and longitude ${longitude}`;
    if (Math.abs(longitude) <= 90 && stands({ latitude: longitude, longitude: latitude }))
      return `${told} are the wrong way round. Swap them`;
    return `${told} are not on land in the United Kingdom, nor in an area that the register knows. Check both, and the minus sign of the longitude`;
  };
}
