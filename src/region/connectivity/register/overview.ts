/** The list of sites and their lines, `/lines`. */
import { defineTable, type Table } from '../../../web/tables/define-table.ts';
import {
  type Circuit,
  isCopper,
  type LineSite,
  siteKindNames,
  technologies,
  technologyNames,
} from '../model.ts';
import type { Area } from './areas.ts';

export interface OverviewRow {
  readonly site: LineSite;
  /** Its main line in use, if one is known. */
  readonly main: Circuit | undefined;
  readonly provider: string;
  readonly area: string;
}

export const overviewRows = (
  sites: readonly LineSite[],
  {
    circuitsOf,
    providerName,
    areas,
  }: {
    readonly circuitsOf: ReadonlyMap<string, readonly Circuit[]>;
    readonly providerName: (id: string) => string;
    readonly areas: readonly Area[];
  },
): readonly OverviewRow[] => {
  const names = new Map(areas.map(({ code, name }) => [code, name]));
  return sites.map((site) => {
    const main = circuitsOf.get(site.id)?.find(({ role, state }) => role === 'main' && state === 'live');
    return {
      ...{ site, main, provider: main ? providerName(main.provider) : '' },
      area: site.ics === undefined ? '' : (names.get(site.ics) ?? site.ics),
    };
  });
};

const plain = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, '');
const speed = (row: OverviewRow): number => row.main?.sold?.up ?? -1;

export function overviewTable(areas: readonly Area[], used: readonly string[]): Table<OverviewRow> {
  const names = new Map(areas.map(({ code, name }) => [code, name]));
  const places = used
    .map((code) => ({ value: code, text: names.get(code) ?? code }))
    .sort((a, b) => a.text.localeCompare(b.text, 'en-GB'));
  const kinds = Object.entries(siteKindNames).map(([value, text]) => ({ value, text }));
  const lines = technologies.map((value) => ({ value, text: technologyNames[value] }));
  const any = (text: string) => ({ value: '', text });
  return defineTable<OverviewRow>({
    ...{ id: 'sites', caption: 'Sites and their lines', sort: 'name' },
    columns: [
      {
        ...{ key: 'name', heading: 'Site', sortable: true },
        cell: ({ site }) => ({
          ...{ text: site.name, href: `/lines/sites/${site.id}`, note: site.postcode },
          ...(site.closed ? { flag: 'Closed' } : {}),
        }),
        // Rows come in this order.
        compare: () => 0,
      },
      { key: 'kind', heading: 'Kind', sortable: true, cell: ({ site }) => siteKindNames[site.kind] },
      ...(places.length > 1
        ? [{ key: 'area', heading: 'Area', sortable: true, cell: ({ area }: OverviewRow) => area }]
        : []),
      {
        ...{ key: 'technology', heading: 'Line', sortable: true },
        cell: ({ main, provider }) =>
          main
            ? {
                ...{ text: technologyNames[main.technology], note: provider },
                ...(isCopper(main.technology) ? { flag: 'Copper', flagColour: 'orange' } : {}),
              }
            : { text: 'Not known' },
      },
      {
        ...{ key: 'sold', heading: 'Sold, Mbit/s', sortable: true, numeric: true },
        cell: ({ main }) => (main?.sold ? `${main.sold.down} / ${main.sold.up}` : ''),
        compare: (a, b) => speed(a) - speed(b),
      },
      {
        ...{ key: 'patients', heading: 'Patients', sortable: true, numeric: true },
        cell: ({ site }) => site.listSize?.toLocaleString('en-GB') ?? '',
        csv: ({ site }) => site.listSize,
        compare: (a, b) => (a.site.listSize ?? -1) - (b.site.listSize ?? -1),
      },
    ],
    filters: [
      {
        ...{ name: 'find', label: 'Name, postcode or code' },
        matches: ({ site }, value) =>
          [site.name, site.postcode ?? '', site.ods ?? ''].some((text) => plain(text).includes(plain(value))),
      },
      {
        ...{ name: 'line', label: 'Line' },
        options: [
          any('All lines'),
          { value: 'copper', text: 'On copper' },
          { value: 'off-copper', text: 'Off copper' },
          { value: 'unknown', text: 'Not known' },
          ...lines,
        ],
        matches: ({ main }, value) =>
          value === 'unknown'
            ? main === undefined
            : main !== undefined &&
              (value === 'copper' || value === 'off-copper'
                ? isCopper(main.technology) === (value === 'copper')
                : main.technology === value),
      },
      {
        ...{ name: 'kind', label: 'Kind of site', options: [any('All kinds'), ...kinds] },
        matches: ({ site }, value) => site.kind === value,
      },
      ...(places.length > 1
        ? [
            {
              ...{ name: 'area', label: 'Area', options: [any('All areas'), ...places] },
              matches: ({ site }: OverviewRow, value: string) => site.ics === value,
            },
          ]
        : []),
      {
        ...{ name: 'rural', label: 'Surroundings' },
        options: [any('Rural and urban'), { value: 'yes', text: 'Rural' }, { value: 'no', text: 'Urban' }],
        matches: ({ site }, value) => site.rural !== undefined && site.rural === (value === 'yes'),
      },
    ],
    empty: 'No sites are in the register yet.',
    noMatch: 'No site matches. Try fewer filters.',
  });
}
