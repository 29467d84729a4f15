/** The figures of all practices of a region: counts that tell of nobody, practice by practice. */
import { drawBars } from '../../web/bar-chart-svg.ts';
import { defineTable } from '../../web/tables/define-table.ts';
import type { Figures } from './figures.ts';
import { type Shown, shownCount, shownShare } from './small-numbers.ts';
import { hourGroups, lengthWords, modeCounts, weekdayNames } from './words.ts';

export interface PracticeFigures {
  readonly name: string;
  readonly figures: Figures;
}

interface Row {
  readonly name: string;
  readonly requests: Shown;
  readonly first: string;
  readonly closed: string;
  readonly notOnline: Shown;
  readonly online: Shown;
}

/** Of fewer requests than this a time could be that of one person. */
const fewest = 10;
const timeOf = ({ count, half }: Figures['answered']): string =>
  count < fewest || half === undefined ? 'Too few to say' : lengthWords(half);

const rowOf = ({ name, figures }: PracticeFigures): Row => ({
  ...{ name, requests: shownCount(figures.requests) },
  ...{ first: timeOf(figures.answered), closed: timeOf(figures.ended) },
  notOnline: shownShare(figures.notOnline.byPhone, figures.requests),
  online: shownShare(figures.online, figures.people),
});

export const practiceTable = defineTable<Row>({
  ...{ id: 'practices', caption: 'Practices', captionHidden: true, sort: 'name' },
  empty: 'No practice of the region has had a request yet.',
  columns: [
    { key: 'name', heading: 'Practice', sortable: true, cell: ({ name }) => name },
    {
      ...{ key: 'requests', heading: 'Requests', sortable: true, cell: ({ requests }) => requests.text },
      compare: (a, b) => (a.requests.value ?? 1) - (b.requests.value ?? 1),
    },
    { key: 'first', heading: 'Half answered within', cell: ({ first }) => first },
    { key: 'closed', heading: 'Half closed within', cell: ({ closed }) => closed },
    { key: 'phone', heading: 'Asked through staff', cell: ({ notOnline }) => notOnline.text },
    { key: 'online', heading: 'Patients who used online services', cell: ({ online }) => online.text },
  ],
});

export const practiceRows = (practices: readonly PracticeFigures[]): readonly Row[] => practices.map(rowOf);

export function regionView(whole: Figures) {
  const counts = modeCounts(whole);
  const held = counts.reduce((all, one) => all + one.held, 0);
  const { notOnline } = whole;
  const cells = (...all: readonly (string | Shown)[]) =>
    all.map((one) => ({ text: typeof one === 'string' ? one : one.text }));
  const hasSlots = whole.slots.all > 0;
  const series = hasSlots ? ['Requests', 'Appointment times'] : ['Requests'];
  return {
    ...{ requests: shownCount(whole.requests).text, people: shownCount(whole.people).text },
    ...{ first: timeOf(whole.answered), closed: timeOf(whole.ended) },
    ...{ online: shownShare(whole.online, whole.people).text, isEmpty: whole.requests === 0 },
    hours: drawBars({
      ...{ id: 'hours', title: 'Requests and appointment times by hour', unit: '', groupName: 'Hour' },
      ...{
        description: 'Counts, to the nearest 5; those under 5 are not shown. The table has the figures.',
        series,
      },
      groups: hourGroups(whole.byHour, whole.slots.byHour).map(({ label, requests, slots }) => ({
        label,
        values: [shownCount(requests).value, ...(hasSlots ? [shownCount(slots).value] : [])],
      })),
    }),
    days: {
      head: ['Day', 'Requests', 'Appointment times'],
      rows: weekdayNames.map((name, i) =>
        cells(name, shownCount(whole.byDay[i] ?? 0), shownCount(whole.slots.byDay[i] ?? 0)),
      ),
    },
    modes: {
      head: ['Way', 'Asked for', 'Held', 'Share of consultations'],
      rows: counts.map(({ name, wished, held: n }) =>
        cells(name, shownCount(wished), shownCount(n), shownShare(n, held)),
      ),
    },
    notOnline: {
      head: ['Who', 'How many'],
      rows: [
        cells('Asked by phone or at the desk, through staff', shownCount(notOnline.byPhone)),
        cells('Asked for an interpreter', shownCount(notOnline.interpreter)),
        cells('Could not be reached with the answer', shownCount(notOnline.unreached)),
        cells('Registered, without phone number or email address', shownCount(notOnline.noContact)),
        cells('Registered, and need an interpreter', shownCount(notOnline.needInterpreter)),
      ],
    },
    continuity: shownShare(whole.continuity.usual, whole.continuity.contacts).text,
  };
}
