/** The figures as lines of a file: what, of which part, how many, and times in minutes. */
import { urgencies, urgencyNames } from '../../fhir/primary-care.ts';
import { defineTable } from '../../web/tables/define-table.ts';
import type { Figures, Spread } from './figures.ts';
import { fewest, hourName, modeCounts, weekdayNames } from './words.ts';

export interface FigureRow {
  readonly figure: string;
  readonly part: string;
  readonly count: number;
  readonly half?: number | undefined;
  readonly most?: number | undefined;
}

const minutes = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms / 60_000);
const timed = (figure: string, part: string, { count, half, most }: Spread): FigureRow => ({
  ...{ figure, part, count },
  ...(count < fewest ? {} : { half: minutes(half), most: minutes(most) }),
});

export function figureRows(figures: Figures): readonly FigureRow[] {
  const row = (figure: string, part: string, count: number): FigureRow => ({ figure, part, count });
  const { continuity, notOnline, slots } = figures;
  return [
    row('Requests', 'All', figures.requests),
    row('Requests', 'Still open', figures.open),
    ...figures.byHour.map((n, hour) => row('Requests by hour', hourName(hour), n)),
    ...figures.byDay.map((n, i) => row('Requests by weekday', weekdayNames[i] ?? '', n)),
    row('Appointment times', 'All', slots.all),
    row('Appointment times', 'Taken', slots.taken),
    ...slots.byHour.map((n, hour) => row('Appointment times by hour', hourName(hour), n)),
    ...slots.byDay.map((n, i) => row('Appointment times by weekday', weekdayNames[i] ?? '', n)),
    timed('Time to first response', 'All', figures.answered),
    ...figures.answeredByUrgency.map((one, i) =>
      timed('Time to first response', urgencyNames[urgencies[i] ?? 'routine'], one),
    ),
    timed('Time to close', 'All', figures.ended),
    ...figures.endedByUrgency.map((one, i) =>
      timed('Time to close', urgencyNames[urgencies[i] ?? 'routine'], one),
    ),
    ...modeCounts(figures).flatMap(({ name, wished, held }) => [
      row('Asked for', name, wished),
      row('Held', name, held),
    ]),
    row('Asked for', 'No way named', figures.anyWay),
    row('Held', 'Not said', figures.contactsUnsaid),
    row('Contacts of people seen three times or more in a year', 'All', continuity.contacts),
    row(
      'Contacts of people seen three times or more in a year',
      'With the clinician they saw most',
      continuity.usual,
    ),
    row('Contacts of people who have a named doctor', 'All', continuity.named),
    row('Contacts of people who have a named doctor', 'With that doctor', continuity.namedSeen),
    row('Closed requests for a named clinician', 'All', continuity.asked),
    row('Closed requests for a named clinician', 'Seen by them within 28 days', continuity.askedSeen),
    row('How requests came', 'Online', notOnline.byPage),
    row('How requests came', 'By phone or at the desk, through staff', notOnline.byPhone),
    row('How requests came', 'Another way', notOnline.byOther),
    row('Requests', 'An interpreter was asked for', notOnline.interpreter),
    row('Requests', 'Not matched to a record', notOnline.unmatched),
    row('Requests', 'Could not be reached', notOnline.unreached),
    row('Registered patients', 'All', figures.people),
    row('Registered patients', 'Need an interpreter', notOnline.needInterpreter),
    row('Registered patients', 'No phone number or email address', notOnline.noContact),
    row('Registered patients', 'Used online services in the period', figures.online),
  ];
}

export const figureTable = defineTable<FigureRow>({
  ...{ id: 'figures', caption: 'Figures', empty: 'There are no figures yet.' },
  columns: [
    { key: 'figure', heading: 'Figure', cell: ({ figure }) => figure },
    { key: 'part', heading: 'Of', cell: ({ part }) => part },
    { key: 'count', heading: 'Count', cell: ({ count }) => String(count), csv: ({ count }) => count },
    { key: 'half', heading: 'Half within, minutes', cell: ({ half }) => String(half ?? '') },
    { key: 'most', heading: '9 in 10 within, minutes', cell: ({ most }) => String(most ?? '') },
  ],
});
