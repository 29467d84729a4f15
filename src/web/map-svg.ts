/**
 * Maps drawn as SVG on the server from GeoJSON (RFC 7946) geometries: areas, lines and points, made simple enough for the size
 * they are drawn at. No tiles, no script, no other server; a list of the same places belongs behind each map.
 */
import { escapeHtml } from './narrative.ts';
import { tableBehind } from './table-behind.ts';

export type Position = readonly [number, number, ...number[]];

export type Geometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly Position[] }
  | { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] };

export interface MapFeature {
  readonly name: string;
  readonly geometry: Geometry;
  /** Key of one of the map's classes; without it the feature is ground to stand on, such as the coast. */
  readonly of?: string;
  /** In the list: what else to know, such as the value behind the class. */
  readonly note?: string;
  /** In the list the name leads there. */
  readonly href?: string;
  /** Written on the map where it fits; earlier ones come first. A point without a class has its name alone, and no sign. */
  readonly label?: boolean;
}

/** What features are told apart by: by colour, and points by shape too. */
export interface MapClass {
  readonly key: string;
  readonly name: string;
  /** Which of the styles 1 to 6; areas go from pale to strong. */
  readonly style: 1 | 2 | 3 | 4 | 5 | 6;
}

export interface MapDrawing {
  /** Unique in its page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the map needs to know. */
  readonly description: string;
  /** Drawn in this order: grounds first. */
  readonly features: readonly MapFeature[];
  readonly classes: readonly MapClass[];
  /** Position to east and north in one unit, such as km; default: the position as it is. */
  readonly project?: (position: Position) => readonly [number, number];
  /** How much detail a drawing loses, in its units (900 or 360 across). Default 0.7. */
  readonly tolerance?: number;
  /** What the list's columns are called. */
  readonly heads?: readonly [string, string, string];
}

type Point = readonly [number, number];

/** Of which the style sheet shows one, so that signs and words keep their size. */
const sizes = [
  { name: 'wide', width: 900, mostHeight: 1_000 },
  { name: 'narrow', width: 360, mostHeight: 480 },
] as const;
const margin = 14;

/** Fewer points for the same line, none further than the tolerance from what is drawn (Douglas and Peucker, 1973). */
export function simplify(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const kept = new Uint8Array(points.length);
  kept[0] = 1;
  kept[points.length - 1] = 1;
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    let [furthest, distance] = [-1, tolerance];
    for (let i = from + 1; i < to; i += 1) {
      const d = distanceTo(points[i]!, points[from]!, points[to]!);
      if (d > distance) [furthest, distance] = [i, d];
    }
    if (furthest < 0) continue;
    kept[furthest] = 1;
    spans.push([from, furthest], [furthest, to]);
  }
  return points.filter((_, i) => kept[i] === 1);
}

function distanceTo([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along =
    dx === 0 && dy === 0
      ? 0
      : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Rings or lines of a geometry, and whether they are closed; points have one position each. */
function linesOf(geometry: Geometry): {
  kind: 'area' | 'line' | 'point';
  lines: readonly (readonly Position[])[];
} {
  switch (geometry.type) {
    case 'Point':
      return { kind: 'point', lines: [[geometry.coordinates]] };
    case 'MultiPoint':
      return { kind: 'point', lines: geometry.coordinates.map((one) => [one]) };
    case 'LineString':
      return { kind: 'line', lines: [geometry.coordinates] };
    case 'MultiLineString':
      return { kind: 'line', lines: geometry.coordinates };
    case 'Polygon':
      return { kind: 'area', lines: geometry.coordinates };
    case 'MultiPolygon':
      return { kind: 'area', lines: geometry.coordinates.flat() };
  }
}

const round = (n: number): string => String(Math.round(n * 10) / 10);

/** A sign about a point; each style has a shape of its own. */
function sign(style: number, [x, y]: Point, size = 7): string {
  const at = `tl-geo__point tl-geo__point--${style}`;
  const path = (d: string): string => `<path class="${at}" d="${d}"/>`;
  const [l, r, t, b] = [round(x - size), round(x + size), round(y - size), round(y + size)];
  const [cx, cy] = [round(x), round(y)];
  switch (style) {
    case 2:
      return path(`M${l} ${t}H${r}V${b}H${l}Z`);
    case 3:
      return path(`M${cx} ${t}L${r} ${b}H${l}Z`);
    case 4:
      return path(`M${cx} ${t}L${r} ${cy}L${cx} ${b}L${l} ${cy}Z`);
    case 5:
      return path(`M${l} ${t}H${r}L${cx} ${b}Z`);
    case 6:
      return path(`M${l} ${t}L${r} ${b}M${r} ${t}L${l} ${b}`);
    default:
      return `<circle class="${at}" cx="${cx}" cy="${cy}" r="${size}"/>`;
  }
}

/** The map as HTML with its key and a list behind it; empty where nothing has a place. Two maps of one page share no ids. */
export function drawMap(map: MapDrawing): string {
  const { features, classes, project = ([east, north]) => [east, north], tolerance = 0.7 } = map;
  const placed = features
    .map((feature) => {
      const { kind, lines } = linesOf(feature.geometry);
      const projected = lines
        .map((line) => line.map((position) => project(position)).filter((one) => one.every(Number.isFinite)))
        .filter((line) => line.length > 0);
      return { feature, kind, lines: projected };
    })
    .filter(({ lines }) => lines.length > 0);
  const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const { lines } of placed)
    for (const line of lines)
      for (const [east, north] of line) {
        box.west = Math.min(box.west, east);
        box.east = Math.max(box.east, east);
        box.south = Math.min(box.south, north);
        box.north = Math.max(box.north, north);
      }
  if (placed.length === 0) return '';
  const [across, up] = [span(box.east - box.west), span(box.north - box.south)];
  const draw = ({ name, width, mostHeight }: (typeof sizes)[number]): string => {
    const scale = Math.min((width - 2 * margin) / across, (mostHeight - 2 * margin) / up);
    const height = Math.min(mostHeight, Math.max(120, Math.ceil(up * scale + 2 * margin)));
    const left = (width - across * scale) / 2;
    const at = ([east, north]: Point): Point => [
      left + (east - box.west) * scale,
      height - margin - (north - box.south) * scale,
    ];
    const styleOf = (feature: MapFeature): number =>
      classes.find(({ key }) => key === feature.of)?.style ?? 0;

    const shapes = placed.map(({ feature, kind, lines }) => {
      const style = styleOf(feature);
      if (kind === 'point')
        return feature.label && style === 0 ? '' : lines.map(([one]) => sign(style || 1, at(one!))).join('');
      const d = lines
        .map((line) => simplify(line.map(at), tolerance))
        .filter((line) => kind === 'line' || line.length > 3)
        .map(
          (line) =>
            `${line.map(([x, y], i) => `${i ? 'L' : 'M'}${round(x)} ${round(y)}`).join('')}${kind === 'area' ? 'Z' : ''}`,
        )
        .join('');
      return d === ''
        ? ''
        : `<path class="tl-geo__${kind} tl-geo__${kind}--${style}" fill-rule="evenodd" d="${d}"/>`;
    });
    const signs = placed.flatMap(({ feature, kind, lines }) =>
      kind === 'point' && feature.of !== undefined ? lines.map(([one]) => aroundSign(at(one!))) : [],
    );
    const written: Box[] = [];
    const labels = placed
      .filter(({ feature }) => feature.label)
      .flatMap(({ feature, kind, lines }) => {
        const middle = middleOf(longest(lines).map(at));
        const box = placeFor(feature.name, middle, kind === 'point', { width, height }, signs, written);
        if (!box) return [];
        written.push(box);
        return [
          `<text class="tl-geo__label" x="${round(box.left)}" y="${round(box.top + labelHeight * 0.8)}">${escapeHtml(feature.name)}</text>`,
        ];
      });
    const id = `${map.id}-${name}`;
    return (
      `<svg class="tl-chart__drawing tl-chart__drawing--${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">` +
      `<title id="${id}-title">${escapeHtml(map.title)}</title><desc id="${id}-desc">${escapeHtml(map.description)}</desc>${shapes.join('')}${labels.join('')}</svg>`
    );
  };
  const kinds = new Map(placed.map(({ feature, kind }) => [feature.of, kind]));
  const key = classes
    .filter(({ key: one }) => kinds.has(one))
    .map(({ key: one, name, style }) => {
      const kind = kinds.get(one);
      const sample =
        kind === 'point'
          ? sign(style, [20, 8], 6)
          : kind === 'line'
            ? `<path class="tl-geo__line tl-geo__line--${style}" d="M2 8H38"/>`
            : `<rect class="tl-geo__area tl-geo__area--${style}" x="2" y="2" width="36" height="12"/>`;
      return `<li><svg class="tl-chart__sample" viewBox="0 0 40 16" aria-hidden="true">${sample}</svg>${escapeHtml(name)}</li>`;
    });
  const rows = placed
    .filter(({ feature }) => feature.of !== undefined)
    .map(({ feature: { name, of, note = '', href } }) => [
      href === undefined ? name : { text: name, href },
      classes.find(({ key: one }) => one === of)?.name ?? '',
      note,
    ]);
  const list =
    rows.length > 0
      ? tableBehind(map.title, map.heads ?? ['Place', 'Kind', 'About it'], rows, 'Show as a list')
      : '';
  return `<div class="tl-geo">${sizes.map(draw).join('')}${key.length > 0 ? `<ul class="tl-chart__key">${key.join('')}</ul>` : ''}${list}</div>`;
}

/** Places that lie on one line, or on one spot, still have a drawing. */
const span = (length: number): number => (length > 1e-9 ? length : 1);

function middleOf(points: readonly Point[]): Point {
  const sum = points.reduce(([x, y], [px, py]) => [x + px, y + py] as const, [0, 0] as const);
  return [sum[0] / points.length, sum[1] / points.length];
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of the style sheet’s letters, in units of the drawing; of their width, what most words have. */
const labelHeight = 15;
const letterWidth = 8;

const aroundSign = ([x, y]: Point): Box => ({ left: x - 7, top: y - 7, right: x + 7, bottom: y + 7 });
const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** Where a name may stand by its place: hidden by nothing, hiding nothing. Undefined: nowhere. */
function placeFor(
  name: string,
  [x, y]: Point,
  isPoint: boolean,
  { width, height }: { readonly width: number; readonly height: number },
  signs: readonly Box[],
  written: readonly Box[],
): Box | undefined {
  const wide = name.length * letterWidth;
  const at = (left: number, top: number): Box => ({
    ...{ left, top, right: left + wide, bottom: top + labelHeight },
  });
  const [level, middle] = [y - labelHeight / 2, x - wide / 2];
  const tries = isPoint
    ? [at(x + 12, level), at(x - 12 - wide, level)].concat(
        [26, 44, 62].flatMap((away) => [at(middle, y - away), at(middle, y + away - labelHeight)]),
      )
    : [at(middle, level)];
  return tries.find(
    (box) =>
      box.left >= 2 &&
      box.right <= width - 2 &&
      box.top >= 2 &&
      box.bottom <= height - 2 &&
      [...signs, ...written].every((other) => overlap(box, other) === 0),
  );
}

const longest = (lines: readonly (readonly Point[])[]): readonly Point[] =>
  lines.reduce((most, one) => (one.length > most.length ? one : most));
