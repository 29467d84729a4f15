/** The league of lines by the care that they hold back, most first. */

import { defineTable, type Table } from '../../../web/tables/define-table.ts';
import { type Circuit, type HeldBack, type LineSite, siteKindNames, technologyNames } from '../model.ts';

export interface HeldRow {
  readonly site: LineSite;
  readonly circuit: Circuit | undefined;
  readonly held: HeldBack;
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
/** What is not known stands last, whichever way it is sorted, as nearly as a comparison can. */
const number = (value: number | undefined): number => value ?? -1;
const technologyOf = ({ circuit }: HeldRow): string =>
  circuit ? technologyNames[circuit.technology] : 'Not known';

export const heldBackTable: Table<HeldRow> = defineTable<HeldRow>({
  id: 'held-back',
  caption: 'Sites by care held back',
  captionHidden: true,
  sort: '-consultations',
  columns: [
    {
      ...{ key: 'site', heading: 'Site', sortable: true },
      cell: ({ site }) => ({
        text: site.name,
        href: `/lines/sites/${encodeURIComponent(site.id)}`,
        note: siteKindNames[site.kind],
      }),
    },
    { ...{ key: 'technology', heading: 'Line', sortable: true }, cell: technologyOf },
    {
      ...{
        key: 'consultations',
        heading: 'Video consultations held back a week',
        sortable: true,
        numeric: true,
      },
      cell: ({ held }) =>
        held.consultations === undefined ? 'Not known' : String(oneDecimal(held.consultations)),
      csv: ({ held }) => (held.consultations === undefined ? '' : oneDecimal(held.consultations)),
      compare: (a, b) => number(a.held.consultations) - number(b.held.consultations),
    },
    {
      ...{ key: 'wanted', heading: 'Wanted a week', sortable: true, numeric: true },
      cell: ({ site }) => String(site.activity.videoWanted ?? 'Not known'),
      csv: ({ site }) => site.activity.videoWanted ?? '',
      compare: (a, b) => number(a.site.activity.videoWanted) - number(b.site.activity.videoWanted),
    },
    {
      ...{ key: 'images', heading: 'Hours a week waiting for images', sortable: true, numeric: true },
      cell: ({ held }) => (held.imageHours === undefined ? 'Not known' : String(oneDecimal(held.imageHours))),
      csv: ({ held }) => (held.imageHours === undefined ? '' : oneDecimal(held.imageHours)),
      compare: (a, b) => number(a.held.imageHours) - number(b.held.imageHours),
    },
    { key: 'because', heading: 'What binds', cell: ({ held }) => held.binding?.words ?? '' },
  ],
  filters: [
    {
      ...{ name: 'find', label: 'Name of the site' },
      matches: ({ site }, value) => site.name.toLowerCase().includes(value.toLowerCase()),
    },
    {
      ...{ name: 'kind', label: 'Kind of site' },
      options: [
        { value: '', text: 'All kinds' },
        ...Object.entries(siteKindNames).map(([value, text]) => ({ value, text })),
      ],
      matches: ({ site }, value) => site.kind === value,
    },
    {
      ...{ name: 'line', label: 'Line' },
      options: [
        { value: '', text: 'All lines' },
        ...Object.entries(technologyNames).map(([value, text]) => ({ value, text })),
        { value: 'none', text: 'Not known' },
      ],
      matches: ({ circuit }, value) => (circuit?.technology ?? 'none') === value,
    },
  ],
  empty: 'No sites are registered yet.',
});
