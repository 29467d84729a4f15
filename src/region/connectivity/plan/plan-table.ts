/** The table of a plan's sites: what each gets, when, for how much, and why. */
import { defineTable } from '../../../web/tables/define-table.ts';
import { siteKindNames, technologyNames } from '../model.ts';
import type { OutcomeSite } from './outcome.ts';
import { pounds, whole } from './page-parts.ts';
import { programme } from './programmes.ts';

export interface SiteRow extends OutcomeSite {
  readonly scenario: string;
  readonly manages: boolean;
}

const standing = ({ plan, leftOut }: OutcomeSite): string =>
  plan ? 'in' : leftOut === 'full fibre already' ? 'there' : 'out';

export const siteTable = defineTable<SiteRow>({
  ...{ id: 'sites', caption: 'Sites, and why each is in or out', sort: 'year' },
  columns: [
    {
      ...{ key: 'name', heading: 'Site', sortable: true },
      cell: ({ name, site, kind, rural }) => ({
        ...{ text: name, href: `/lines/sites/${site}` },
        note: `${siteKindNames[kind]}${rural ? ', rural' : ''}`,
      }),
      csv: ({ name }) => name,
    },
    {
      ...{ key: 'year', heading: 'Year', sortable: true, numeric: true },
      cell: ({ plan }) => (plan ? String(plan.year) : '–'),
      compare: (x, y) =>
        (x.plan?.year ?? (x.leftOut ? 9999 : 9998)) - (y.plan?.year ?? (y.leftOut ? 9999 : 9998)) ||
        y.benefit - x.benefit,
    },
    {
      ...{ key: 'line', heading: 'Line', sortable: true },
      cell: ({ plan, now, assumed }) => ({
        text: plan ? technologyNames[plan.technology] : '–',
        note: [
          now ? `Now ${technologyNames[now]}${assumed ? ' (assumed)' : ''}` : 'Now not known',
          ...(plan?.supplier ? [plan.supplier] : []),
          ...(plan?.route ? [plan.route] : []),
        ].join(' · '),
      }),
      csv: ({ plan }) => (plan ? technologyNames[plan.technology] : ''),
    },
    {
      ...{ key: 'cost', heading: 'Its cost', sortable: true, numeric: true },
      cell: ({ plan }) => (plan ? pounds(plan.cost) : '–'),
      csv: ({ plan }) => (plan ? Math.round(plan.cost) : undefined),
      compare: (x, y) => (x.plan?.cost ?? -1) - (y.plan?.cost ?? -1),
    },
    {
      ...{ key: 'benefit', heading: 'Care a year', sortable: true, numeric: true },
      cell: ({ benefit }) => whole(benefit),
      csv: ({ benefit }) => Math.round(benefit),
      compare: (x, y) => x.benefit - y.benefit,
    },
    {
      ...{ key: 'why', heading: 'Why' },
      cell: (row) => ({
        text: row.reason,
        links:
          row.manages && row.leftOut !== 'full fibre already'
            ? [
                {
                  text: row.plan ? 'What if it is left out' : 'What if it is in',
                  hidden: `: ${row.name}`,
                  href: `/lines/plans/new?from=${row.scenario}&${row.plan ? 'bar' : 'lock'}=${row.site}`,
                },
              ]
            : [],
      }),
      csv: ({ reason }) => reason,
    },
  ],
  filters: [
    {
      ...{ name: 'standing', label: 'In the plan' },
      options: [
        { value: '', text: 'All sites' },
        { value: 'in', text: 'In the plan' },
        { value: 'out', text: 'Left out' },
        { value: 'there', text: 'On full fibre already' },
      ],
      matches: (row, value) => standing(row) === value,
    },
    {
      ...{ name: 'find', label: 'Name' },
      matches: ({ name }, value) => name.toLowerCase().includes(value.toLowerCase()),
    },
  ],
  empty: 'The programme has no sites. Add them to the register of lines.',
});

/** The file has what the page folds together in columns of their own. */
export const siteFile = defineTable<SiteRow>({
  ...{ id: 'file', caption: 'Sites', empty: '' },
  columns: [
    { key: 'site', heading: 'Site id', cell: ({ site }) => site },
    { key: 'name', heading: 'Name', cell: ({ name }) => name },
    { key: 'kind', heading: 'Kind', cell: ({ kind }) => siteKindNames[kind] },
    { key: 'rural', heading: 'Rural', cell: ({ rural }) => (rural ? 'yes' : 'no') },
    { key: 'now', heading: 'Line today', cell: ({ now }) => (now ? technologyNames[now] : '') },
    { key: 'assumed', heading: 'Line assumed', cell: ({ assumed }) => (assumed ? 'yes' : 'no') },
    { key: 'year', heading: 'Year', cell: ({ plan }) => (plan ? String(plan.year) : '') },
    {
      key: 'line',
      heading: 'Planned line',
      cell: ({ plan }) => (plan ? technologyNames[plan.technology] : ''),
    },
    { key: 'supplier', heading: 'Supplier', cell: ({ plan }) => plan?.supplier ?? '' },
    { key: 'route', heading: 'Route', cell: ({ plan }) => plan?.route ?? '' },
    {
      ...{ key: 'cost', heading: 'Cost, pounds', cell: () => '' },
      csv: ({ plan }) => (plan ? Math.round(plan.cost) : undefined),
    },
    {
      ...{ key: 'programme', heading: 'Paid toward by' },
      cell: ({ plan }) => (plan?.programme ? programme(plan.programme).name : ''),
    },
    {
      ...{ key: 'held', heading: 'Consultations held back a week', cell: () => '' },
      csv: ({ held }) => Math.round(held * 10) / 10,
    },
    {
      ...{ key: 'benefit', heading: 'Weighted consultations a year', cell: () => '' },
      csv: ({ benefit }) => Math.round(benefit),
    },
    { key: 'why', heading: 'Why', cell: ({ reason }) => reason },
  ],
});
