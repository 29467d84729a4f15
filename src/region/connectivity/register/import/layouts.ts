/** What a file is, by its headings: our own tables, or the directories of the NHS as they are published. */
import type { Cells } from './columns.ts';
import { circuitColumns, providerColumns, siteColumns } from './columns.ts';

export type ThingKind = 'site' | 'provider' | 'circuit' | 'area';

/** One row as cells of our columns; those that it does not have are left as they are. */
export interface RowCells {
  readonly cells: Cells;
  /** Code of the organisation that runs the site, for the record. */
  readonly organisationOds?: string;
}

export interface Layout {
  readonly kind: Exclude<ThingKind, 'area'>;
  /** “GP practices” */
  readonly name: string;
  /**
   * A directory of one kind of site by code: where a site of another kind has the code already it stays as it is, and a row that
   * repeats one before it is left out.
   */
  readonly isDirectory: boolean;
  /** Of `import`: lower comes first, because others point at it or know less. */
  readonly order: number;
  readonly toCells: (row: Cells) => RowCells;
}

/** `List size` and `list-size` are `list_size`. */
export const plainHeading = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');

const aliases: Readonly<Record<string, string>> = {
  ...{
    ods_code: 'ods',
    site_code: 'ods',
    lat: 'latitude',
    lon: 'longitude',
    lng: 'longitude',
    long: 'longitude',
  },
  ...{ post_code: 'postcode', opening_hours: 'opening', site_id: 'site', site_ods: 'site' },
  ...{ provider_name: 'provider', provider_id: 'provider', term_end: 'term_ends', install_date: 'installed' },
  ...{ monthly_cost: 'monthly', cost: 'monthly', phone: 'telephone', list: 'list_size', type: 'kind' },
};

/** In the register: id, or code of an ICS where it is known by the other. Source: ODS and ONS codes of the 42 boards of 2023, matched by the practices in them. */
const boards = new Map(
  (
    'QE1 48 QF7 61 QGH 19 QH8 26 QHG 24 QHL 55 QHM 50 QJ2 58 QJG 23 QJK 37 QJM 13 QK1 15 QKK 30 QKS 32 QM7 25 QMF 29 QMJ 28 ' +
    'QMM 22 QNC 10 QNQ 34 QNX 64 QOC 11 QOP 57 QOQ 51 QOX 40 QPM 59 QR1 43 QRL 42 QRV 27 QSL 38 QT1 60 QT6 36 QU9 44 QUA 62 ' +
    'QUE 56 QUY 39 QVV 41 QWE 31 QWO 54 QWU 18 QXU 63 QYG 08'
  )
    .split(' ')
    .flatMap((code, i, all) => (i % 2 === 0 ? [[code, `E540000${all[i + 1]}`] as const] : [])),
);

/**
 * From which score of the Index of Multiple Deprivation 2019 a practice is in the next more deprived tenth of the practices of
 * England. Source: the scores of 5,878 practices (OHID, Fingertips), which publishes tenths of practices so.
 */
const deprivationSteps = [10.064, 12.789, 15.224, 18.226, 21.269, 24.555, 28.506, 32.974, 40.081];

/** Decile of a score; 1 is the most deprived. */
export const deprivationOf = (score: number): number =>
  10 - deprivationSteps.filter((step) => score >= step).length;

const siteId = (code: string): string => `site-${code}`;
const organisationId = (code: string): string => `org-${code}`;
const code = (text: string | undefined): string => (text ?? '').trim().toUpperCase();

const practices: Layout = {
  ...{ kind: 'site', name: 'GP practices', isDirectory: true, order: 2 },
  toCells: (row) => {
    const ods = code(row['ods_code']);
    const score = Number(row['imd2019']);
    const board = code(row['icb_ods']);
    return {
      cells: {
        ...{ id: siteId(ods), ods, name: row['name'] ?? '', kind: 'general-practice' },
        ...{ organisation_id: organisationId(ods), organisation_name: row['name'] ?? '' },
        ...{ ics: boards.get(board) ?? board, postcode: row['postcode'] ?? '' },
        ...{ latitude: row['lat'] ?? '', longitude: row['lon'] ?? '' },
        list_size: row['list_size_2021_01'] ?? '',
        deprivation: row['imd2019'] && Number.isFinite(score) ? String(deprivationOf(score)) : '',
      },
      organisationOds: ods,
    };
  },
};

const directory = (kind: 'hospital' | 'clinic', name: string, order: number): Layout => ({
  ...{ kind: 'site', name, isDirectory: true, order },
  toCells: (row) => {
    const ods = code(row['organisationcode']);
    const parent = code(row['parentodscode']);
    const address = ['address1', 'address2', 'address3', 'city', 'county']
      .map((column) => (row[column] ?? '').trim().replaceAll(/\s*,\s*/g, ', '))
      .filter((line) => line !== '');
    return {
      cells: {
        ...{ id: siteId(ods), ods, name: row['organisationname'] ?? '', kind },
        ...(parent === ''
          ? {}
          : { organisation_id: organisationId(parent), organisation_name: row['parentname'] || parent }),
        ...{ address: address.join(', '), postcode: row['postcode'] ?? '' },
        ...{ latitude: row['latitude'] ?? '', longitude: row['longitude'] ?? '' },
        directory_id: row['organisationid'] ?? '',
      },
      ...(parent === '' ? {} : { organisationOds: parent }),
    };
  },
});
const hospitals = directory('hospital', 'Hospitals (NHS Choices)', 3);
const clinics = directory('clinic', 'Clinics (NHS Choices)', 4);

/** Directories give each kind of site in one file; which, the rows say. */
export const directoryOf = (organisationType: string): Layout | undefined => {
  const type = organisationType.trim().toLowerCase();
  return type === 'hospital' ? hospitals : type === 'clinic' ? clinics : undefined;
};

const own = (kind: Layout['kind'], name: string, order: number): Layout => ({
  ...{ kind, name, isDirectory: false, order },
  toCells: (row) => ({
    cells: Object.fromEntries(Object.entries(row).map(([key, value]) => [aliases[key] ?? key, value])),
  }),
});
export const ownSites = own('site', 'Sites', 1);
const ownProviders = own('provider', 'Providers', 0);
const ownCircuits = own('circuit', 'Lines', 5);

export interface Recognised {
  readonly layout: Layout | 'directory';
  /** Headings that mean nothing to us, which would else be dropped without a word. */
  readonly unknown: readonly string[];
}

const unknownIn = (headings: readonly string[], columns: readonly string[]): readonly string[] =>
  headings.filter((heading) => !columns.includes(aliases[plainHeading(heading)] ?? plainHeading(heading)));

/** Undefined: the headings are of no table that we know. */
export function recognise(headings: readonly string[]): Recognised | undefined {
  const plain = new Set(headings.map(plainHeading));
  const has = (...names: readonly string[]) => names.every((name) => plain.has(name));
  const hasOne = (name: string) => [...plain].some((one) => (aliases[one] ?? one) === name);
  if (has('organisationcode', 'organisationtype', 'organisationname'))
    return { layout: 'directory', unknown: [] };
  if (has('ods_code', 'icb_ods', 'name', 'lat', 'lon')) return { layout: practices, unknown: [] };
  if (hasOne('technology') && hasOne('site'))
    return { layout: ownCircuits, unknown: unknownIn(headings, circuitColumns) };
  if (hasOne('name') && (hasOne('kind') || hasOne('latitude')))
    return { layout: ownSites, unknown: unknownIn(headings, siteColumns) };
  if (hasOne('name') && (hasOne('asn') || hasOne('telephone') || hasOne('email')))
    return { layout: ownProviders, unknown: unknownIn(headings, providerColumns) };
  return undefined;
}

export const layoutWords =
  'Its headings are of no table that we know. Sites have name and kind; lines have site and technology; providers have name and telephone, email or asn. Download a table of the register to see all headings';
