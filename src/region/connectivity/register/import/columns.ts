/**
 * The columns of the register's tables, as files have them: the same for import and export. A thing is a row of cells, each text;
 * an empty cell is not known. What is written is read back as it was.
 */
import {
  type Circuit,
  type ImagingModality,
  type LineProvider,
  type LineSite,
  siteKindNames,
  type Technology,
  technologies,
  technologyNames,
} from '../../model.ts';
import { openingOf, openingText } from './opening.ts';

export type Cells = Readonly<Record<string, string>>;

export interface CellFault {
  readonly column: string;
  readonly message: string;
}

/** A thing, or why cells are none. */
export type Read<T> = { readonly thing: T } | { readonly faults: readonly CellFault[] };

const modalities: readonly ImagingModality[] = ['CR', 'CT', 'MR', 'MG', 'US'];

export const siteColumns = [
  ...['id', 'ods', 'name', 'kind', 'organisation_id', 'organisation_name', 'ics', 'latitude', 'longitude'],
  ...['address', 'postcode', 'rural', 'deprivation', 'users', 'list_size', 'opening', 'services'],
  ...['consultations', 'video_wanted', ...modalities.map((one) => `images_${one.toLowerCase()}`)],
  ...['exchange', 'closed'],
] as const;

export const providerColumns = ['id', 'name', 'asn', 'telephone', 'email'] as const;

export const circuitColumns = [
  ...['id', 'reference', 'site', 'provider', 'technology', 'role', 'state', 'sold_down', 'sold_up'],
  ...[
    'guaranteed_down',
    'guaranteed_up',
    'contract',
    'monthly',
    'installed',
    'term_ends',
    'ceased',
    'router',
  ],
  ...['metered', 'route', 'a_place', 'a_port', 'z_place', 'z_port'],
] as const;

/** Which column a fault of a field belongs to, where it is not called the same. */
export const columnOfField: Readonly<Record<string, string>> = {
  ...{ at: 'latitude', organisation: 'organisation_id', listSize: 'list_size', open: 'opening' },
  ...{ videoWanted: 'video_wanted', sold: 'sold_down', guaranteed: 'guaranteed_down', termEnds: 'term_ends' },
  ...{ terminations: 'a_place' },
  ...Object.fromEntries(modalities.map((one) => [`images${one}`, `images_${one.toLowerCase()}`])),
};

const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value));
const yesNo = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'yes' : 'no');

export const cellsOfSite = (site: LineSite): Cells => ({
  ...{ id: site.id, ods: text(site.ods), name: site.name, kind: site.kind },
  ...{ organisation_id: text(site.organisation?.id), organisation_name: text(site.organisation?.name) },
  ...{ ics: text(site.ics), latitude: text(site.at?.latitude), longitude: text(site.at?.longitude) },
  ...{ address: (site.address ?? []).join(', '), postcode: text(site.postcode), rural: yesNo(site.rural) },
  ...{ deprivation: text(site.deprivation), users: text(site.users), list_size: text(site.listSize) },
  ...{ opening: openingText(site.open), services: site.services.join('; ') },
  ...{ consultations: text(site.activity.consultations), video_wanted: text(site.activity.videoWanted) },
  ...Object.fromEntries(
    modalities.map((one) => [`images_${one.toLowerCase()}`, text(site.activity.images?.[one])]),
  ),
  ...{ exchange: text(site.exchange), closed: yesNo(site.closed) },
});

export const cellsOfProvider = ({ id, name, asn, telephone, email }: LineProvider): Cells => ({
  ...{ id, name, asn: text(asn), telephone: text(telephone), email: text(email) },
});

export function cellsOfCircuit(one: Circuit): Cells {
  const end = (side: 'A' | 'Z') => one.terminations.find((termination) => termination.side === side);
  return {
    ...{ id: one.id, reference: text(one.reference), site: one.site, provider: one.provider },
    ...{ technology: one.technology, role: one.role, state: one.state },
    ...{ sold_down: text(one.sold?.down), sold_up: text(one.sold?.up) },
    ...{ guaranteed_down: text(one.guaranteed?.down), guaranteed_up: text(one.guaranteed?.up) },
    ...{ contract: text(one.contract), monthly: text(one.monthly), installed: text(one.installed) },
    ...{ term_ends: text(one.termEnds), ceased: text(one.ceased), router: text(one.router) },
    ...{ metered: text(one.metered), route: text(one.route) },
    ...{ a_place: text(end('A')?.place), a_port: text(end('A')?.port) },
    ...{ z_place: text(end('Z')?.place), z_port: text(end('Z')?.port) },
  };
}

/** Reads cells one by one, keeping what is wrong with them. */
function reader(cells: Cells) {
  const faults: CellFault[] = [];
  const cell = (column: string): string | undefined => cells[column]?.trim() || undefined;
  const fault = (column: string, message: string): undefined => {
    faults.push({ column, message });
    return undefined;
  };
  const number = (column: string): number | undefined => {
    const value = cell(column);
    if (value === undefined) return undefined;
    const plain = value.replace(/^£/, '').replace(/,(?=\d{3}(\D|$))/g, '');
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain) && Number.isFinite(Number(plain))
      ? Number(plain)
      : fault(column, `“${short(value)}” is no number. Write it in figures, like 12.5`);
  };
  const flag = (column: string): boolean | undefined => {
    const value = cell(column)?.toLowerCase();
    if (value === undefined) return undefined;
    if (['yes', 'y', 'true', '1'].includes(value)) return true;
    if (['no', 'n', 'false', '0'].includes(value)) return false;
    return fault(column, `“${short(value)}” is neither yes nor no`);
  };
  const day = (column: string): string | undefined => {
    const value = cell(column);
    const british = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value ?? '');
    if (!british) return value;
    const [, d = '', m = '', y = ''] = british;
    return `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  };
  const pair = (one: string, other: string): { one: number; other: number } | undefined => {
    const [a, b] = [number(one), number(other)];
    if (a !== undefined && b !== undefined) return { one: a, other: b };
    if (cell(one) !== undefined && cell(other) === undefined)
      fault(other, `Give ${other} too, or leave both empty`);
    if (cell(other) !== undefined && cell(one) === undefined)
      fault(one, `Give ${one} too, or leave both empty`);
    return undefined;
  };
  return { faults, cell, fault, number, flag, day, pair };
}

const short = (value: string): string => (value.length > 40 ? `${value.slice(0, 40)}…` : value);

/** Only what is there: absent is not known. */
const given = <T extends object>(fields: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<{
    [K in keyof T]: Exclude<T[K], undefined>;
  }>; // only what is undefined was left out

const done = <T>(faults: readonly CellFault[], thing: T): Read<T> =>
  faults.length > 0 ? { faults } : { thing };

export function siteOfCells(cells: Cells): Read<LineSite> {
  const { faults, cell, fault, number, flag, pair } = reader(cells);
  const kind = cell('kind')?.toLowerCase().replaceAll(' ', '-');
  const isKind = (value: string | undefined): value is LineSite['kind'] =>
    value !== undefined && Object.hasOwn(siteKindNames, value);
  if (!isKind(kind))
    fault(
      'kind',
      `${kind === undefined ? 'Give the kind of site' : `“${short(kind)}” is no kind of site`}. One of: ${Object.keys(siteKindNames).join(', ')}`,
    );
  if (cell('name') === undefined) fault('name', 'Give the name of the site');
  const opening = cell('opening');
  const open = opening === undefined ? [] : openingOf(opening);
  if (!open) fault('opening', 'Write opening hours like Mon-Fri 08:00-18:30; Sat 09:00-13:00');
  const at = pair('latitude', 'longitude');
  const organisation = cell('organisation_id');
  const address = cell('address')
    ?.split(',')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const images = given(
    Object.fromEntries(modalities.map((one) => [one, number(`images_${one.toLowerCase()}`)])),
  );
  return done(faults, {
    ...given({
      ods: cell('ods')?.toUpperCase(),
      organisation:
        organisation === undefined
          ? undefined
          : { id: organisation, name: cell('organisation_name') ?? organisation },
      ics: cell('ics'),
      at: at && { latitude: at.one, longitude: at.other },
      address: address && address.length > 0 ? address : undefined,
      postcode: cell('postcode')?.toUpperCase(),
      rural: flag('rural'),
      deprivation: number('deprivation'),
      users: number('users'),
      listSize: number('list_size'),
      exchange: cell('exchange'),
    }),
    id: cell('id') ?? '',
    name: cell('name') ?? '',
    kind: isKind(kind) ? kind : 'clinic', // a fault says so, and the thing is not used
    open: open ?? [],
    services: (cell('services') ?? '')
      .split(/[;,]/)
      .map((one) => one.trim().toLowerCase())
      .filter((one) => one !== ''),
    activity: given({
      consultations: number('consultations'),
      videoWanted: number('video_wanted'),
      images: Object.keys(images).length > 0 ? images : undefined,
    }),
    closed: flag('closed') ?? false,
  });
}

export function providerOfCells(cells: Cells): Read<LineProvider> {
  const { faults, cell, fault, number } = reader(cells);
  if (cell('name') === undefined) fault('name', 'Give the name of the provider');
  return done(faults, {
    ...given({ asn: number('asn'), telephone: cell('telephone'), email: cell('email') }),
    ...{ id: cell('id') ?? '', name: cell('name') ?? '' },
  });
}

const byOwnName: ReadonlyMap<string, Technology> = new Map<string, Technology>([
  ...technologies.map((one) => [one, one] as const),
  ...technologies.map((one) => [technologyNames[one].toLowerCase(), one] as const),
  ...([
    ['adsl2+', 'adsl'],
    ['leased line', 'leased'],
    ['4g', 'mobile'],
    ['5g', 'mobile'],
  ] as const),
]);

/** `before` keeps what cells cannot hold: more than one end on a side. */
export function circuitOfCells(cells: Cells, before?: Circuit): Read<Circuit> {
  const { faults, cell, fault, number, day, pair } = reader(cells);
  const typed = cell('technology')?.toLowerCase() ?? '';
  const technology = byOwnName.get(typed);
  if (!technology)
    fault(
      'technology',
      `${typed === '' ? 'Give the technology' : `“${short(typed)}” is no technology we know`}. One of: ${technologies.join(', ')}`,
    );
  const role = cell('role')?.toLowerCase() ?? 'main';
  if (role !== 'main' && role !== 'backup') fault('role', `A line is main or backup, not “${short(role)}”`);
  const state = cell('state')?.toLowerCase() ?? 'live';
  if (state !== 'ordered' && state !== 'live' && state !== 'ceased')
    fault('state', `A line is ordered, live or ceased, not “${short(state)}”`);
  if (cell('site') === undefined) fault('site', 'Give the site: its id or its ODS code');
  if (cell('provider') === undefined) fault('provider', 'Give the provider: its id or its name');
  const sold = pair('sold_down', 'sold_up');
  const guaranteed = pair('guaranteed_down', 'guaranteed_up');
  const ends = (['A', 'Z'] as const).flatMap((side) => {
    const place = cell(`${side.toLowerCase()}_place`);
    const port = cell(`${side.toLowerCase()}_port`);
    if (place === undefined && port !== undefined)
      fault(`${side.toLowerCase()}_place`, 'Give the place of this end too');
    return place === undefined ? [] : [{ side, place, ...given({ port }) }];
  });
  const old = before ? cellsOfCircuit(before) : {};
  const isSameEnds = ['a_place', 'a_port', 'z_place', 'z_port'].every(
    (column) => (old[column] ?? '') === (cell(column) ?? ''),
  );
  return done(faults, {
    ...given({
      reference: cell('reference'),
      sold: sold && { down: sold.one, up: sold.other },
      guaranteed: guaranteed && { down: guaranteed.one, up: guaranteed.other },
      contract: cell('contract'),
      monthly: number('monthly'),
      installed: day('installed'),
      termEnds: day('term_ends'),
      ceased: day('ceased'),
      router: cell('router'),
      metered: number('metered'),
      route: cell('route'),
    }),
    ...{ id: cell('id') ?? '', site: cell('site') ?? '', provider: cell('provider') ?? '' },
    technology: technology ?? 'adsl', // as above
    role: role === 'backup' ? 'backup' : 'main',
    state: state === 'ordered' || state === 'ceased' ? state : 'live',
    terminations: before && isSameEnds ? before.terminations : ends,
  });
}
