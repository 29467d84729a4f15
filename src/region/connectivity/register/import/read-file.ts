/** A file of sites, lines, providers or areas as rows of cells, whatever its form. */
import { problem } from '../../../../platform/problem.ts';
import type { Geometry } from '../../../../web/map-svg.ts';
import type { Area } from '../areas.ts';
import type { Cells } from './columns.ts';
import {
  directoryOf,
  type Layout,
  layoutWords,
  ownSites,
  plainHeading,
  type RowCells,
  recognise,
} from './layouts.ts';
import { headOf, mostRows, readCsv, type Source } from './read-csv.ts';

export interface FileRow extends RowCells {
  /** As a spreadsheet counts; of GeoJSON the feature, from 1. */
  readonly number: number;
  readonly layout: Layout;
}

export type FileContent =
  | { readonly form: 'rows'; readonly rows: AsyncIterable<FileRow> }
  | { readonly form: 'areas'; readonly areas: readonly { readonly number: number; readonly area: Area }[] };

/** GeoJSON is read whole. */
const longestJson = 64 * 1024 * 1024;

/** Names of areas by their codes, for files that have codes alone. */
export type AreaNames = Readonly<Record<string, string>>;

/** Throws a Problem where it is none of these, for whoever sent it. */
export async function readFile(source: Source, names: AreaNames = {}): Promise<FileContent> {
  const head = await headOf(source);
  if (head.trim() === '') throw problem('structure', 'The file is empty.', { status: 422 });
  if (/^\s*[{[]/.test(head)) return readGeoJson(await wholeText(source), names);
  return { form: 'rows', rows: readTable(source) };
}

async function* readTable(source: Source): AsyncGenerator<FileRow> {
  let headings: readonly string[] | undefined;
  let layout: Layout | 'directory' | undefined;
  for await (const { number, values } of readCsv(source)) {
    if (!headings || !layout) {
      headings = values.map(plainHeading);
      const found = recognise(values);
      if (!found) throw problem('structure', `${layoutWords}.`, { status: 422 });
      const twice = headings.find((name, i) => name !== '' && headings?.indexOf(name) !== i);
      if (twice !== undefined)
        throw problem('structure', `The heading ${twice} stands there twice. Leave one out.`, {
          status: 422,
        });
      if (found.unknown.length > 0)
        throw problem(
          'structure',
          `We do not know the ${found.unknown.length === 1 ? 'heading' : 'headings'} ${found.unknown.slice(0, 10).join(', ')}. Correct or remove ${found.unknown.length === 1 ? 'it' : 'them'}, so that nothing is lost unseen.`,
          { status: 422 },
        );
      layout = found.layout;
      continue;
    }
    if (values.length > headings.length)
      throw problem(
        'structure',
        `Row ${number} has ${values.length} cells, and there are ${headings.length} headings. A cell with a comma in it stands in quotation marks.`,
        { status: 422 },
      );
    const row: Cells = Object.fromEntries(headings.map((name, i) => [name, values[i] ?? '']));
    const its = layout === 'directory' ? directoryOf(row['organisationtype'] ?? '') : layout;
    if (!its)
      throw problem(
        'structure',
        `Row ${number} is of the type “${(row['organisationtype'] ?? '').slice(0, 40)}”. Of this directory only hospitals and clinics are known.`,
        { status: 422 },
      );
    yield { number, layout: its, ...its.toCells(row) };
  }
}

async function wholeText(source: Source): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of await source()) {
    size += piece.length;
    if (size > longestJson)
      throw problem('too-long', 'The GeoJSON is larger than 64 MB. Cut it into smaller files.', {
        status: 422,
      });
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

interface Feature {
  readonly geometry?: { readonly type?: unknown; readonly coordinates?: unknown } | null;
  readonly properties?: Readonly<Record<string, unknown>> | null;
  readonly id?: unknown;
}

function readGeoJson(text: string, names: AreaNames): FileContent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw problem('structure', `This is no whole JSON: ${(error as Error).message.slice(0, 120)}.`, {
      status: 422,
      cause: error,
    });
  }
  const { type, features } = parsed as { type?: unknown; features?: unknown };
  if (type !== 'FeatureCollection' || !Array.isArray(features))
    throw problem(
      'structure',
      'A GeoJSON file is a FeatureCollection of sites or of areas; this is neither.',
      {
        status: 422,
      },
    );
  const all = features as readonly Feature[]; // each field is looked at before it is used
  if (all.length > mostRows)
    throw problem('too-long', `The file has more than ${mostRows} features. Cut it into smaller files.`, {
      status: 422,
    });
  const areas = all.filter((one) => /Polygon$/.test(String(one?.geometry?.type)));
  if (areas.length === 0) return { form: 'rows', rows: rowsOf(all) };
  if (areas.length < all.length)
    throw problem(
      'structure',
      'The file has areas and other things together. Put areas in a file of their own.',
      {
        status: 422,
      },
    );
  return {
    form: 'areas',
    areas: areas.map((one, i) => ({ number: i + 1, area: areaOf(one, i + 1, names) })),
  };
}

/** Codes and names as the Office for National Statistics calls them (`ICB23CD`, `ICB23NM`), or plainly. */
function areaOf({ geometry, properties }: Feature, number: number, names: AreaNames): Area {
  const entries = Object.entries(properties ?? {});
  const of = (pattern: RegExp) => entries.find(([key]) => pattern.test(key))?.[1];
  const code = of(/^code$/i) ?? of(/^(ICB|STP|SICBL)\d\dCD$/) ?? of(/^[A-Z]+\d\dCD$/);
  if (typeof code !== 'string' || !/^[A-Za-z0-9-]{1,20}$/.test(code))
    throw problem('structure', `Area ${number} has no code: a property called code, or ICB23CD.`, {
      status: 422,
    });
  const name = of(/^name$/i) ?? of(/^[A-Z]+\d\dNM$/) ?? names[code];
  if (!isRings(geometry?.type, geometry?.coordinates))
    throw problem(
      'structure',
      `Area ${number} (${code}) is not a whole Polygon or MultiPolygon of degrees.`,
      {
        status: 422,
      },
    );
  const kind = of(/^kind$/i);
  return {
    ...{ code, name: typeof name === 'string' && name.trim() !== '' ? name.trim() : code },
    kind: kind === 'region' || kind === 'coast' ? kind : 'ics',
    geometry: geometry as Geometry, // just looked at
  };
}

const isPoint = (one: unknown): boolean =>
  Array.isArray(one) && one.length >= 2 && Math.abs(Number(one[0])) <= 180 && Math.abs(Number(one[1])) <= 90;
const isRing = (one: unknown): boolean => Array.isArray(one) && one.length >= 4 && one.every(isPoint);
const isPolygon = (one: unknown): boolean => Array.isArray(one) && one.length > 0 && one.every(isRing);
const isRings = (type: unknown, coordinates: unknown): boolean =>
  type === 'Polygon'
    ? isPolygon(coordinates)
    : Array.isArray(coordinates) && coordinates.length > 0 && coordinates.every(isPolygon);

async function* rowsOf(features: readonly Feature[]): AsyncGenerator<FileRow> {
  for (const [i, feature] of features.entries()) {
    const number = i + 1;
    const refuse = (why: string) => problem('structure', `Feature ${number} ${why}.`, { status: 422 });
    if (feature === null || typeof feature !== 'object') throw refuse('is no feature');
    const cells: Record<string, string> = {};
    for (const [key, value] of Object.entries(feature.properties ?? {})) {
      if (value === null || value === undefined) continue;
      if (typeof value === 'object') throw refuse(`has a property, ${key}, that is neither text nor number`);
      cells[plainHeading(key)] = String(value);
    }
    if (number === 1) {
      const found = recognise([...Object.keys(cells), 'latitude']);
      if (found?.layout !== ownSites) throw refuse('is no site: a site has the properties name and kind');
      if (found.unknown.length > 0)
        throw refuse(`has properties that we do not know: ${found.unknown.join(', ')}`);
    }
    const { geometry } = feature;
    if (geometry) {
      if (geometry.type !== 'Point' || !Array.isArray(geometry.coordinates))
        throw refuse('has a geometry that is no Point');
      const [longitude, latitude] = geometry.coordinates as readonly unknown[];
      Object.assign(cells, { longitude: String(longitude), latitude: String(latitude) });
    }
    yield { number, layout: ownSites, ...ownSites.toCells(cells) };
  }
}
