/**
 * The ground of the demonstration region: an invented stretch of coast, the same for every seed. Its south-west corner lies
 * on open sea, so that no home or surgery of it can be taken for a real one.
 */
import { type Random, seededRandom } from '../platform/random.ts';
import type { Point, Region, Settlement } from './model.ts';
import { streetsOf } from './street-names.ts';

/** Kilometres. */
export const mapSize = { east: 60, north: 45 } as const;

/** Degrees (WGS 84) of the corner: the Dogger Bank, more than 100 km from any shore. */
const corner = { latitude: 54.8, longitude: 2 } as const;
const kmPerDegree = 111.32;

/** Degrees (WGS 84), to about ten metres. */
export function longitudeLatitude({ east, north }: Point): { longitude: number; latitude: number } {
  const latitude = corner.latitude + north / kmPerDegree;
  const shrink = Math.cos((corner.latitude * Math.PI) / 180);
  const degrees = (value: number) => Math.round(value * 10_000) / 10_000;
  return {
    longitude: degrees(corner.longitude + east / (kmPerDegree * shrink)),
    latitude: degrees(latitude),
  };
}

/** Kilometres as the crow flies. */
export const distance = (a: Point, b: Point): number => Math.hypot(a.east - b.east, a.north - b.north);

/** To the metre, so that ends that meet are equal. */
export const point = (east: number, north: number): Point => ({
  east: Math.round(east * 1000) / 1000,
  north: Math.round(north * 1000) / 1000,
});

/**
 * Points from `from` to `to`, both included, swaying from side to side as rivers and lanes do: each middle is moved aside by
 * up to `sway` of its length until pieces are shorter than `step` km. A middle that `allowed` refuses stays where it is.
 */
export function wander(
  from: Point,
  to: Point,
  options: { random: Random; step: number; sway: number; allowed?: (at: Point) => boolean },
): Point[] {
  const length = distance(from, to);
  if (length <= options.step) return [from, to];
  const aside = options.random.normal(0, options.sway / 2);
  const straight = point((from.east + to.east) / 2, (from.north + to.north) / 2);
  const moved = point(
    straight.east + (from.north - to.north) * aside,
    straight.north + (to.east - from.east) * aside,
  );
  const middle = !options.allowed || options.allowed(moved) ? moved : straight;
  return [...wander(from, middle, options), ...wander(middle, to, options).slice(1)];
}

/** Whether a point lies within an outline. Source: the even-odd rule. */
export function within(outline: readonly Point[], { east, north }: Point): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [a, b] = [outline[i] as Point, outline[j] as Point]; // both are indexes of the outline
    if (a.north > north !== b.north > north) {
      const crossing = a.east + ((north - a.north) / (b.north - a.north)) * (b.east - a.east);
      if (east < crossing) inside = !inside;
    }
  }
  return inside;
}

/** The shore from south to north: two headlands, bays between, and the river's mouth in the middle. */
const shore: readonly (readonly [number, number])[] = [
  ...([
    [47, 0],
    [49, 3.4],
    [52.6, 5.2],
    [56, 8.2],
    [54.4, 11.6],
    [50.6, 12.6],
    [47.6, 15.2],
  ] as const),
  ...([
    [46.6, 18],
    [42.4, 18.7],
    [39.2, 19.2],
    [36.2, 20],
    [39.2, 20.5],
    [43, 20.3],
  ] as const),
  ...([
    [46.4, 21.4],
    [47.2, 25],
    [48.6, 28.4],
    [52.4, 29.6],
    [57, 31.8],
    [56.2, 35],
    [52.4, 36.8],
  ] as const),
  ...([
    [51.6, 40],
    [52.8, 42.6],
    [52.2, 45],
  ] as const),
];

function coastOf(): readonly Point[] {
  const random = seededRandom('coast');
  const corners = shore.map(([east, north]) => point(east, north));
  const line = corners.slice(1).flatMap((to, i) => {
    const from = corners[i] as Point; // one before `to`
    return wander(from, to, { random, step: 0.9, sway: 0.3 }).slice(i === 0 ? 0 : 1);
  });
  return [point(0, 0), ...line, point(0, mapSize.north)];
}

/** Middle, half-widths east and north, turn (radians) and how many outlines stand in one another. */
const hillShapes = [
  { name: 'Whin Moor', at: [9, 31], wide: 6.2, deep: 4.4, turn: 0.5, outlines: 3 },
  { name: 'Corran Tops', at: [7.5, 19.5], wide: 3.6, deep: 6.2, turn: -0.3, outlines: 3 },
  { name: 'Lark Down', at: [36.5, 10.6], wide: 5.4, deep: 2.5, turn: 0.25, outlines: 2 },
  { name: 'Beacon Hill', at: [45.4, 35.2], wide: 2.8, deep: 2.2, turn: 0.8, outlines: 2 },
  { name: 'Dun Fell', at: [24, 40.6], wide: 3.6, deep: 2, turn: 0.1, outlines: 2 },
] as const;

/** From the outermost outline inwards, hill by hill. */
function hillsOf(): Region['hills'] {
  return hillShapes.flatMap(({ name, at, wide, deep, turn, outlines }) => {
    const random = seededRandom(`hill/${name}`);
    const waves = [2, 3, 5].map((times) => ({
      times,
      size: random.between(0.04, 0.3 / times),
      phase: random.between(0, 7),
    }));
    return Array.from({ length: outlines }, (_, level) => {
      const size = 1 - level * 0.3;
      const outline = Array.from({ length: 24 }, (__, i) => {
        const angle = (i / 24) * 2 * Math.PI;
        const uneven = waves.reduce((sum, w) => sum + w.size * Math.sin(w.times * angle + w.phase), 1);
        const [x, y] = [Math.cos(angle) * wide * size * uneven, Math.sin(angle) * deep * size * uneven];
        return point(
          Math.max(0, at[0] + level * 0.3 + x * Math.cos(turn) - y * Math.sin(turn)),
          at[1] + level * 0.2 + x * Math.sin(turn) + y * Math.cos(turn),
        );
      });
      return { name, outline };
    });
  });
}

/** From spring to mouth; the second joins the first. Drawn, and crossed by bridges: no road minds them. */
const courses: readonly (readonly (readonly [number, number])[])[] = [
  [
    ...([
      [11.4, 27.6],
      [15.2, 25.4],
      [19, 24.6],
      [22.4, 23.6],
    ] as const),
    ...([
      [27.4, 22.8],
      [32.4, 21.6],
      [36.3, 20],
    ] as const),
  ],
  [
    [23.6, 39.4],
    [23, 35.4],
    [22.4, 31.6],
    [21.2, 28.4],
    [22, 25.6],
    [22.4, 23.6],
  ],
];

export const rivers: readonly (readonly Point[])[] = courses.map((course, i) => {
  const random = seededRandom(`river/${i}`);
  const bends = course.map(([east, north]) => point(east, north));
  return bends.slice(1).flatMap((to, n) => {
    const from = bends[n] as Point; // one before `to`
    return wander(from, to, { random, step: 0.7, sway: 0.35 }).slice(n === 0 ? 0 : 1);
  });
});

type Decile = readonly [number, number];
/** Deprivation by decile of the kinds of place that there are. */
const means = {
  mixed: [
    [1, 20],
    [2, 15],
    [3, 12],
    [4, 10],
    [5, 9],
    [6, 8],
    [7, 8],
    [8, 7],
    [9, 6],
    [10, 5],
  ],
  poor: [
    [1, 30],
    [2, 25],
    [3, 18],
    [4, 12],
    [5, 8],
    [6, 4],
    [7, 3],
  ],
  middling: [
    [3, 8],
    [4, 14],
    [5, 20],
    [6, 20],
    [7, 16],
    [8, 12],
    [9, 6],
    [10, 4],
  ],
  wealthy: [
    [5, 6],
    [6, 10],
    [7, 16],
    [8, 22],
    [9, 24],
    [10, 22],
  ],
  remote: [
    [3, 12],
    [4, 24],
    [5, 28],
    [6, 20],
    [7, 10],
    [8, 6],
  ],
} as const satisfies Record<string, readonly Decile[]>;

type Kind = Settlement['kind'];
const radii: Record<Kind, number> = { city: 3.4, town: 1.5, village: 0.6, hamlet: 0.3 };

/** Name, where, how many of a thousand people, and how well off. Outward codes follow in this order; hamlets share their neighbour’s. */
const places: readonly (readonly [string, Kind, number, number, number, keyof typeof means])[] = [
  ['Sandmouth', 'city', 40.6, 23.9, 452, 'mixed'],
  ['Aldermere', 'town', 21.5, 29.5, 112, 'middling'],
  ['Port Marrin', 'town', 51.2, 8.6, 86, 'poor'],
  ['Skelness', 'town', 52.2, 32.6, 74, 'poor'],
  ['Brackenford', 'town', 23, 10.6, 78, 'wealthy'],
  ['Hill End', 'village', 12.4, 37.6, 9, 'remote'],
  ['Thwaitedale', 'village', 13, 14.4, 10, 'remote'],
  ['Cold Harrow', 'village', 4.4, 25, 6, 'remote'],
  ['Whinfield', 'village', 38.4, 38.2, 12, 'middling'],
  ['Norwell Sands', 'village', 48.8, 41.8, 11, 'middling'],
  ['Gullcote', 'village', 47.4, 38.6, 8, 'remote'],
  ['Sandholme', 'village', 45.2, 28.6, 14, 'wealthy'],
  ['Wendle', 'village', 35.8, 31.4, 12, 'wealthy'],
  ['Millbeck Green', 'village', 31.6, 26, 11, 'wealthy'],
  ['Ashcote', 'village', 31.2, 20.2, 12, 'middling'],
  ['Fennick', 'village', 32, 15.2, 8, 'middling'],
  ['Saltreach', 'village', 44.4, 15.4, 11, 'poor'],
  ['Little Marrin', 'village', 45.4, 6.4, 9, 'middling'],
  ['Downside', 'village', 36.2, 5, 7, 'wealthy'],
  ['Rushlake', 'village', 14.6, 4.8, 7, 'remote'],
  ['Oakhurst Green', 'village', 17, 21.8, 10, 'wealthy'],
  ['Dunmoor', 'village', 29.4, 40.2, 7, 'remote'],
  ['Peaton', 'village', 19.4, 36.8, 6, 'remote'],
  ['Crook End', 'hamlet', 3.4, 39.2, 2, 'remote'],
  ['High Birk', 'hamlet', 6.4, 33.8, 1.5, 'remote'],
  ['Tarn Side', 'hamlet', 14.4, 27.2, 2, 'remote'],
  ['Moor Row', 'hamlet', 3.8, 29.4, 1.5, 'remote'],
  ['Stony Ford', 'hamlet', 10.8, 23.2, 1.5, 'remote'],
  ['Lanehead', 'hamlet', 3.2, 17.4, 1.5, 'remote'],
  ['Wether Gill', 'hamlet', 4.6, 11.6, 1, 'remote'],
  ['Kiln Cross', 'hamlet', 19.4, 16, 2, 'remote'],
  ['Drovers Rest', 'hamlet', 5.6, 5, 1, 'remote'],
  ['Sheepwash', 'hamlet', 28.6, 5.2, 1.5, 'remote'],
  ['Priest Hill', 'hamlet', 40.8, 12.8, 1.5, 'middling'],
  ['Marsh End', 'hamlet', 41.6, 17.4, 1.5, 'poor'],
  ['Lighthouse Row', 'hamlet', 55, 33.6, 1, 'poor'],
  ['Withy Bottom', 'hamlet', 26.2, 24.6, 1.5, 'middling'],
  ['Long Acre', 'hamlet', 28, 33.6, 2, 'middling'],
  ['Beacon Head', 'hamlet', 42.2, 34.2, 1, 'middling'],
  ['Toll Bar', 'hamlet', 26.6, 15.8, 1.5, 'middling'],
  ['North Garth', 'hamlet', 36.4, 43.2, 1, 'remote'],
];

function settlementsOf(): readonly Settlement[] {
  const whole = places.reduce((sum, [, , , , people]) => sum + people, 0);
  const larger = places.filter(([, kind]) => kind !== 'hamlet');
  return places.map(([name, kind, east, north, people, wealth]): Settlement => {
    const at = point(east, north);
    const nearest = larger.toSorted(
      (a, b) => distance(at, point(a[2], a[3])) - distance(at, point(b[2], b[3])),
    )[0];
    const number = larger.findIndex(([other]) => other === nearest?.[0]) + 1;
    const id = name.toLowerCase().replaceAll(' ', '-');
    return {
      ...{ id, name, kind, at, radius: radii[kind], share: people / whole, deprivation: means[wealth] },
      ...{ rural: kind === 'village' || kind === 'hamlet', outward: `ZZ${number}` },
      streets: streetsOf(name, kind),
    };
  });
}

/** The coast with land inside: closed by the map’s own edges. */
export const coast: readonly Point[] = coastOf();
export const hills: Region['hills'] = hillsOf();
export const settlements: readonly Settlement[] = settlementsOf();

export const isLand = (at: Point): boolean => at.east >= 0 && at.north >= 0 && within(coast, at);
