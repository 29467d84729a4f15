/**
 * Reads roads from an extract of OpenStreetMap: GeoJSON (RFC 7946) with LineStrings, or what the Overpass API answers as JSON
 * with `out geom` or with nodes. It is read feature by feature as it comes, so that a county needs no more memory than its map.
 */
import { problem } from '../../../platform/problem.ts';
import type { Ground } from './price-book.ts';
import { grounds, type RoadMap } from './road-map.ts';
import { topObjects } from './top-objects.ts';

/** What is dug beside a road of a kind (OpenStreetMap key `highway`); others, such as motorways, are not dug. */
const groundOf: Readonly<Record<string, Ground>> = {
  ...{ trunk: 'carriageway', primary: 'carriageway', secondary: 'carriageway' },
  ...{ tertiary: 'footway', residential: 'footway', living_street: 'footway', pedestrian: 'footway' },
  ...{ footway: 'footway', cycleway: 'footway', path: 'verge', unclassified: 'verge', service: 'verge' },
  ...{ track: 'verge', road: 'verge', bridleway: 'verge' },
};

type Place = readonly [number, number];

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) &&
  value.length >= 2 &&
  Number.isFinite(value[0]) &&
  Number.isFinite(value[1]) &&
  Math.abs(value[0]) <= 180 &&
  Math.abs(value[1]) <= 90;

type Found = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Found => typeof value === 'object' && value !== null;

/** Builds the map as lines come. Places that are the same to a tenth of a metre are one node. */
function mapBuilder(name: string) {
  const index = new Map<string, number>();
  const longitude: number[] = [];
  const latitude: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const metres: number[] = [];
  const ground: number[] = [];
  const network = new Set<number>();
  const node = ([east, north]: Place): number => {
    const key = `${Math.round(east * 1e6)} ${Math.round(north * 1e6)}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    index.set(key, longitude.length);
    longitude.push(east);
    latitude.push(north);
    return longitude.length - 1;
  };
  return {
    line(places: readonly Place[], kind: Ground): void {
      const number = grounds.indexOf(kind);
      for (let i = 1; i < places.length; i++) {
        const [a, b] = [node(places[i - 1]!), node(places[i]!)];
        if (a === b) continue;
        from.push(a);
        to.push(b);
        metres.push(metresOf(places[i - 1]!, places[i]!));
        ground.push(number);
      }
    },
    reach: (place: Place): void => void network.add(node(place)),
    stretches: () => metres.length,
    done: (): RoadMap => ({
      ...{ name, longitude: Float64Array.from(longitude), latitude: Float64Array.from(latitude) },
      ...{ from: Int32Array.from(from), to: Int32Array.from(to), metres: Float64Array.from(metres) },
      ...{ ground: Uint8Array.from(ground), network: Int32Array.from(network) },
    }),
  };
}

function metresOf([x, y]: Place, [u, v]: Place): number {
  const radians = Math.PI / 180;
  const east = (u - x) * Math.cos(((y + v) / 2) * radians);
  return Math.hypot(east, v - y) * radians * 6_371_000;
}

/** Exchanges and points of presence, as OpenStreetMap tags them. */
const isExchange = (tags: Found): boolean =>
  tags['telecom'] === 'exchange' || tags['man_made'] === 'telephone_exchange' || tags['network'] === 'fibre';

/** Ground of a line by its tags; our own key `ground` counts first. Undefined: it is no road that is dug. */
function groundBy(tags: Found): Ground | undefined {
  const own = grounds.find((one) => one === tags['ground']);
  return own ?? groundOf[String(tags['highway'])];
}

/** The roads of an extract. Throws a Problem that says what is wrong and which feature it is. */
export async function importRoads(
  name: string,
  text: AsyncIterable<string> | Iterable<string>,
  { most = 2_000_000 }: { readonly most?: number } = {},
): Promise<RoadMap> {
  const map = mapBuilder(name);
  const nodes = new Map<number, Place>();
  let count = 0;
  for await (const found of topObjects(text, ['features', 'elements'])) {
    count += 1;
    const fail = (message: string): never => {
      throw problem('value', `Feature ${count}: ${message}`, { where: `features[${count - 1}]` });
    };
    if (!isRecord(found)) continue;
    if (map.stretches() > most)
      throw problem(
        'too-long',
        `There are more than ${most.toLocaleString('en-GB')} stretches. Take a smaller area.`,
      );
    if (found['type'] === 'Feature') {
      const geometry = isRecord(found['geometry']) ? found['geometry'] : {};
      const tags = isRecord(found['properties']) ? found['properties'] : {};
      const { type, coordinates } = geometry;
      if (type === 'Point' && isExchange(tags)) {
        if (!isPlace(coordinates)) fail('a point needs a longitude and a latitude.');
        else map.reach(coordinates);
        continue;
      }
      const lines = type === 'LineString' ? [coordinates] : type === 'MultiLineString' ? coordinates : [];
      const kind = groundBy(tags);
      if (!kind || !Array.isArray(lines)) continue;
      for (const line of lines) {
        if (!Array.isArray(line) || !line.every(isPlace))
          fail('a line is a list of longitudes and latitudes in degrees. Are they swapped?');
        else map.line(line, kind);
      }
    } else if (found['type'] === 'node') {
      const place = [found['lon'], found['lat']];
      if (!isPlace(place)) fail('a node needs lon and lat in degrees.');
      else {
        nodes.set(Number(found['id']), place);
        if (isRecord(found['tags']) && isExchange(found['tags'])) map.reach(place);
      }
    } else if (found['type'] === 'way') {
      const kind = isRecord(found['tags']) ? groundBy(found['tags']) : undefined;
      if (!kind) continue;
      const places = Array.isArray(found['geometry'])
        ? found['geometry'].map((one) => (isRecord(one) ? [one['lon'], one['lat']] : undefined))
        : Array.isArray(found['nodes'])
          ? found['nodes'].map((id) => nodes.get(Number(id)))
          : [];
      if (!places.every(isPlace))
        fail('a way needs its places: ask Overpass for “out geom”, or send its nodes before its ways.');
      else map.line(places, kind);
    }
  }
  if (map.stretches() === 0)
    throw problem(
      'value',
      count === 0
        ? 'The file is no GeoJSON with features and no answer of Overpass with elements.'
        : 'The file has no roads: lines whose highway is a kind that can be dug beside.',
    );
  return map.done();
}
