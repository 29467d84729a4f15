/**
 * Maps of the region as SVG, drawn on the server: no script and no style element, so that they stand under the pages' policy
 * and as images of their own. Kinds of place differ by shape as well as colour.
 */
import { mapSize, rivers } from './geography.ts';
import type { OrganisationKind, Point, Region, Settlement, Site } from './model.ts';

/** What part of the map, in km, and how large. */
export interface MapView {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  /** Units of the picture across; text and signs keep their size, so that a narrow one is fit for a small screen. */
  readonly width: number;
  /** The least places that are named. */
  readonly names: Settlement['kind'] | 'sites';
}

export const wholeMap: MapView = { west: 0, south: 0, ...mapSize, width: 900, names: 'village' };
export const narrowMap: MapView = { west: 0, south: 0, ...mapSize, width: 400, names: 'town' };

/** The city alone. */
export function cityMap({ settlements }: Region, width: number): MapView {
  const [city] = settlements.filter(({ kind }) => kind === 'city');
  if (!city) throw new RangeError('The region has no city.');
  const { at, radius } = city;
  const [across, up] = [radius * 1.35, radius * 1.12];
  return {
    ...{ west: at.east - across, east: at.east + across, south: at.north - up, north: at.north + up },
    ...{ width, names: 'sites' },
  };
}

interface Sign {
  /** Of its buildings, as lists and keys are headed. */
  readonly places: string;
  readonly colour: string;
  /** Path about 0 0, within 5 units each way. */
  readonly path: string;
}

/** Dark enough for 4.5:1 on the map's own ground. */
const signs: Partial<Record<OrganisationKind, Sign>> = {
  'acute-trust': {
    places: 'Hospitals',
    colour: '#003d78',
    path: 'M-5-5h10v10h-10zM-2.5-3v6M2.5-3v6M-2.5 0h5',
  },
  'general-practice': {
    places: 'GP practices',
    colour: '#006747',
    path: 'M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
  },
  pharmacy: { places: 'Pharmacies', colour: '#7c2855', path: 'M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z' },
  'community-trust': { places: 'Community clinics', colour: '#005eb8', path: 'M0-5.5L5.5 0L0 5.5L-5.5 0z' },
  'mental-health-trust': { places: 'Mental health centres', colour: '#330072', path: 'M0-5L5 4.5H-5z' },
  'local-authority': { places: 'Social care teams', colour: '#425563', path: 'M-4-4h8v8h-8z' },
  'care-home': { places: 'Care homes', colour: '#8a1538', path: 'M-4 5v-5l4-5l4 5v5z' },
  'ambulance-service': {
    places: 'Ambulance stations',
    colour: '#a33a00',
    path: 'M0-5L5 4.5H-5zM0 6L-5-2.5H5z',
  },
  'diagnostic-centre': {
    places: 'Diagnostic centres',
    colour: '#00464f',
    path: 'M-2.7-5h5.4L5.5 0L2.7 5h-5.4L-5.5 0z',
  },
};

/** Kinds that the maps show, in the order of their legend. */
export const mappedKinds = Object.keys(signs) as OrganisationKind[]; // the keys above

const ground = {
  sea: '#cfe3f0',
  land: '#f4f5ec',
  hill: '#b9a57e',
  built: '#dcd6cb',
  road: '#8b8b82',
} as const;

const signOf = (sign: Sign, place = ''): string => {
  const [outline = '', ...marks] = sign.path.split(/(?<=z)/);
  const rest = marks.join('');
  const drawn = `<path d="${outline}" fill="${sign.colour}" stroke="#fff" stroke-width="1"/>`;
  if (rest === '') return place === '' ? drawn : `<g${place}>${drawn}</g>`;
  return `<g${place}>${drawn}<path d="${rest}" fill="${rest.endsWith('z') ? sign.colour : 'none'}" stroke="#fff" stroke-width="1"/></g>`;
};

/** “Hospitals”: what the maps call a kind’s buildings. */
export const placesName = (kind: OrganisationKind): string => signs[kind]?.places ?? '';

/** The sign of a kind alone, for a legend. Says nothing to a screen reader: the words stand beside it. */
export function signSvg(kind: OrganisationKind): string {
  const sign = signs[kind];
  if (!sign) throw new RangeError(`The maps have no sign for ${kind}.`);
  return `<svg viewBox="-7 -7 14 14" width="20" height="20" aria-hidden="true" focusable="false">${signOf(sign)}</svg>`;
}

interface Paper {
  readonly x: (at: Point) => number;
  readonly y: (at: Point) => number;
  readonly width: number;
  readonly height: number;
  /** Units for a kilometre. */
  readonly scale: number;
}

function paperOf({ west, north, south, east, width }: MapView): Paper {
  const scale = width / (east - west);
  return {
    ...{ width, height: Math.round((north - south) * scale), scale },
    x: (at) => Math.round((at.east - west) * scale),
    y: (at) => Math.round((north - at.north) * scale),
  };
}

/** An SVG document. `region`: as `makeRegion` gives it. */
export function drawMap(region: Region, view: MapView): string {
  const paper = paperOf(view);
  const { width, height } = paper;
  const holds = ({ east, north }: Point, margin = 0) =>
    east > view.west - margin &&
    east < view.east + margin &&
    north > view.south - margin &&
    north < view.north + margin;
  const inView = (points: readonly Point[]) => points.some((at) => holds(at, 1));
  const rural = new Set(region.settlements.filter((one) => one.rural).map(({ id }) => id));
  const drawn = region.roads.filter(({ points }) => inView(points));
  const streets = drawn.filter(({ points }) => points.length === 2);
  const through = drawn.filter(({ points }) => points.length > 2);
  const lines = (roads: readonly { readonly points: readonly Point[] }[]) =>
    roads.map(({ points }) => pathOf(points, paper)).join('');
  const road = (kind: string) =>
    lines(drawn.filter((one) => one.kind === kind && !(kind === 'local' && streets.includes(one))));
  const townStreets = lines(streets);
  const close = view.names === 'sites';
  const weight = width < 500 ? 0.7 : 1;
  const stroke = (d: string, colour: string, wide: number) =>
    `<path d="${d}" stroke="${colour}" stroke-width="${wide * weight}"/>`;
  const built = Math.round(paper.scale * 0.42);
  const sites = region.sites.filter(
    ({ at, organisation }) => holds(at) && signs[region.organisation(organisation).kind],
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Arial,sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${ground.sea}"/>`,
    `<path d="${pathOf(region.coast, paper, true)}" fill="${ground.land}" stroke="#7fa3b8"/>`,
    region.hills
      .filter(({ outline }) => inView(outline))
      .map(
        ({ outline }) =>
          `<path d="${pathOf(outline, paper, true)}" fill="${ground.hill}" fill-opacity=".3"/>`,
      )
      .join(''),
    '<g fill="none" stroke-linecap="round" stroke-linejoin="round">',
    stroke(lines(rivers.filter(inView).map((points) => ({ points }))), '#9fc4dc', close ? 12 : 3),
    stroke(townStreets, ground.built, built / weight),
    ...(close ? [stroke(townStreets, '#fff', 3)] : []),
    stroke(lines(through.filter(({ kind }) => kind === 'lane')), ground.road, close ? 2 : 0.7),
    stroke(road('local'), '#8a7a3c', close ? 4 : 1.2),
    stroke(road('main'), '#9c4f2f', close ? 5 : 2.2),
    '</g>',
    signsOf(sites, region, paper, weight),
    labelsOf(region, { view, paper, sites, rural }),
    scaleBar(paper),
    '</svg>',
  ].join('');
}

function signsOf(sites: readonly Site[], region: Region, paper: Paper, weight: number): string {
  const size = weight < 1 ? 0.75 : 1.1;
  return sites
    .map((site) => {
      const sign = signs[region.organisation(site.organisation).kind];
      const place = ` transform="translate(${paper.x(site.at)} ${paper.y(site.at)})scale(${size})"`;
      return sign ? signOf(sign, place) : '';
    })
    .join('');
}

function scaleBar({ width, height, scale }: Paper): string {
  const km = scale > 40 ? 1 : 10;
  const [right, low] = [width - 14, height - 14];
  return `<g font-size="12" fill="#212b32"><path d="M${right - km * scale} ${low - 4}v4h${Math.round(km * scale)}v-4" fill="none" stroke="#212b32"/><text x="${right}" y="${low - 8}" text-anchor="end">${km} km</text></g>`;
}

/** Relative whole numbers, without points that leave the line where it is. */
function pathOf(points: readonly Point[], paper: Paper, closed = false): string {
  const placed = simplify(
    points.map((at): Spot => [paper.x(at), paper.y(at)]),
    1.2,
  );
  let [x, y] = placed[0] ?? [0, 0];
  let path = `M${x} ${y}`;
  for (const [i, [nextX, nextY]] of placed.slice(1).entries()) {
    const [right, down] = [nextX - x, nextY - y];
    path += `${i === 0 ? 'l' : right < 0 ? '' : ' '}${right}${down < 0 ? '' : ' '}${down}`;
    [x, y] = [nextX, nextY];
  }
  return closed ? `${path}z` : path;
}

type Spot = readonly [number, number];

/** Source: Douglas and Peucker, 1973. `slack`: how far the line may move. */
export function simplify(spots: readonly Spot[], slack: number): readonly Spot[] {
  const [first, last] = [spots[0], spots.at(-1)];
  if (spots.length < 3 || !first || !last) return spots;
  const [across, up] = [last[0] - first[0], last[1] - first[1]];
  const length = Math.hypot(across, up);
  let [worst, at] = [0, 0];
  for (const [i, [x, y]] of spots.entries()) {
    const away =
      length === 0
        ? Math.hypot(x - first[0], y - first[1])
        : Math.abs(across * (y - first[1]) - up * (x - first[0])) / length;
    if (away > worst) [worst, at] = [away, i];
  }
  if (worst <= slack) return [first, last];
  return [...simplify(spots.slice(0, at + 1), slack), ...simplify(spots.slice(at), slack).slice(1)];
}

interface Label {
  readonly text: string;
  readonly at: Point;
  readonly size: number;
  readonly bold?: true;
  /** Left out where there is no room, rather than laid over others. */
  readonly optional?: true;
}

interface LabelParts {
  readonly view: MapView;
  readonly paper: Paper;
  readonly sites: readonly Site[];
  readonly rural: ReadonlySet<string>;
}

const rank: Record<MapView['names'], number> = { city: 0, town: 1, village: 2, hamlet: 3, sites: 4 };

function labelsOf(region: Region, { view, paper, sites, rural }: LabelParts): string {
  const texts: Label[] =
    view.names === 'sites'
      ? sites
          .toSorted((a, b) => importance(region, a) - importance(region, b))
          .map((site) => ({ text: site.name, at: site.at, size: 12, optional: true }))
      : region.settlements
          .filter(({ kind }) => rank[kind] <= rank[view.names])
          .map(({ name, at, kind, id }) => ({
            ...{ text: name, at, size: kind === 'city' ? 20 : rural.has(id) ? 13 : 16 },
            ...(kind === 'city' || kind === 'town' ? { bold: true as const } : {}),
          }));
  const taken: Box[] = sites.map(({ at }) => boxAbout(paper.x(at), paper.y(at), 8, 8));
  const placed = texts.flatMap((label) => {
    const box = roomFor(label, paper, taken);
    if (!box) return [];
    taken.push(box);
    const weight = label.bold ? ' font-weight="700"' : '';
    return [
      `<text x="${Math.round(box.left)}" y="${Math.round(box.top + label.size * 0.85)}" font-size="${label.size}"${weight}>${label.text}</text>`,
    ];
  });
  return `<g fill="#212b32" stroke="#f4f5ec" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${placed.join('')}</g>`;
}

/** Hospitals and practices are named first. */
const importance = (region: Region, { organisation }: Site): number =>
  mappedKinds.indexOf(region.organisation(organisation).kind);

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const boxAbout = (x: number, y: number, wide: number, high: number): Box => ({
  ...{ left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 },
});

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** Where a label covers least of what is there: right, left, above or below. */
function roomFor({ text, at, size, optional }: Label, paper: Paper, taken: readonly Box[]): Box | undefined {
  const [x, y] = [paper.x(at), paper.y(at)];
  const [wide, high] = [text.length * size * 0.56, size * 1.1];
  const [aside, above] = [wide / 2 + 9, high / 2 + 7];
  const places = [
    boxAbout(x + aside, y, wide, high),
    boxAbout(x - aside, y, wide, high),
    boxAbout(x, y - above, wide, high),
    boxAbout(x, y + above, wide, high),
  ].filter(
    (box) => box.left >= 2 && box.right <= paper.width - 2 && box.top >= 2 && box.bottom <= paper.height - 2,
  );
  const scored = places.map((box) => ({
    box,
    cover: taken.reduce((sum, other) => sum + overlap(box, other), 0),
  }));
  const best = scored.toSorted((a, b) => a.cover - b.cover)[0];
  return best && (!optional || best.cover === 0) ? best.box : undefined;
}

/** The map in words, for those who do not see it. */
export function mapInWords({ settlements, organisations, sites }: Region): string {
  const named = (kind: Settlement['kind']) =>
    settlements.filter((one) => one.kind === kind).map(({ name }) => name);
  const counts = mappedKinds.map((kind) => {
    const ids = new Set(organisations.filter((one) => one.kind === kind).map(({ id }) => id));
    const name = placesName(kind).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    return `${name} ${sites.filter(({ organisation }) => ids.has(organisation)).length}`;
  });
  return `Map of the region. The sea is in the east. The city, ${named('city').join(', ')}, lies at a river’s mouth; the towns are ${named('town').join(', ')}. Hills rise in the west and north. It shows how many there are of each: ${counts.join(', ')}.`;
}
