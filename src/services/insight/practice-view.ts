/** The figures of a practice as its page shows them: sentences, charts and the tables behind them. */
import { urgencies, urgencyNames } from '../../fhir/primary-care.ts';
import { drawBars } from '../../web/bar-chart-svg.ts';
import { drawChart } from '../../web/chart-svg.ts';
import { formatDate, localMoment } from '../../web/dates.ts';
import type { Figures } from './figures.ts';
import {
  fewest,
  hourGroups,
  lengthWords,
  modeCounts,
  percentOf,
  spreadCells,
  weekdayNames,
} from './words.ts';

const one = (n: number): number => Math.round(n * 10) / 10;
const cells = (...texts: readonly (string | number)[]) => texts.map((text) => ({ text: String(text) }));
const dayOf = (ms: number): string => formatDate(localMoment(ms).key);

function capacityWords({ slots }: Figures): string {
  if (slots.all === 0 || slots.first === undefined || slots.last === undefined)
    return 'No appointment times are known for this practice, so requests stand without capacity beside them. They are counted from its diaries.';
  return `${slots.all} appointment times from ${dayOf(slots.first)} to ${dayOf(slots.last)}, ${slots.taken} of them taken (${percentOf(slots.taken, slots.all)}). Times that were taken out of the diary are not counted.`;
}

/** A weekday's mean: all of it over how often that day came. */
const mean = (all: readonly number[], days: readonly number[], i: number): number | undefined =>
  (days[i] ?? 0) === 0 ? undefined : one((all[i] ?? 0) / (days[i] ?? 1));
const sum = (all: readonly number[]): number => all.reduce((total, n) => total + n, 0);

function demandCharts(figures: Figures): { readonly hours: string; readonly days: string } {
  const { slots } = figures;
  const hasSlots = slots.all > 0;
  const series = hasSlots ? ['Requests', 'Appointment times'] : ['Requests'];
  const [requestDays, slotDays] = [sum(figures.days.slice(0, 5)), sum(slots.days.slice(0, 5))];
  const perDay = (n: number, days: number): number => (days === 0 ? 0 : Math.round((100 * n) / days) / 100);
  return {
    hours: drawBars({
      ...{ id: 'hours', title: 'Requests and appointment times by hour', unit: '', groupName: 'Hour' },
      ...{
        description: 'All of them over the number of working days, UK time. The table has the figures.',
        series,
      },
      groups: hourGroups(figures.byHour, slots.byHour).map((group) => ({
        label: group.label,
        values: [perDay(group.requests, requestDays), ...(hasSlots ? [perDay(group.slots, slotDays)] : [])],
      })),
    }),
    days: drawBars({
      ...{ id: 'days', title: 'Requests and appointment times by weekday', unit: '', groupName: 'Day' },
      ...{ description: 'Mean for each such day. The table has the figures.', series },
      groups: weekdayNames.map((label, i) => ({
        label,
        values: [
          mean(figures.byDay, figures.days, i),
          ...(hasSlots ? [mean(slots.byDay, slots.days, i)] : []),
        ],
      })),
    }),
  };
}

export function practiceView(figures: Figures) {
  const { continuity, notOnline, answered, ended } = figures;
  const counts = modeCounts(figures);
  const held = sum(counts.map((count) => count.held));
  const { hours, days } = demandCharts(figures);
  const weeks = figures.weeks.filter(({ half }) => half !== undefined);
  return {
    few: figures.requests < 30,
    ...{ requests: figures.requests, open: figures.open, capacity: capacityWords(figures), hours, days },
    soon:
      answered.count < fewest || answered.half === undefined || answered.most === undefined
        ? `Only ${answered.count} of these requests have had a first response: too few to say how long it takes.`
        : `Half had a first response within ${lengthWords(answered.half)}, 9 in 10 within ${lengthWords(answered.most)}.${
            ended.count < fewest || ended.half === undefined
              ? ''
              : ` Half were closed within ${lengthWords(ended.half)}.`
          }`,
    times: {
      head: [
        'Urgency',
        'Answered',
        'Half within',
        '9 in 10 within',
        'Closed',
        'Half within',
        '9 in 10 within',
      ],
      rows: [...urgencies.entries()].map(([i, urgency]) => [
        { text: urgencyNames[urgency] },
        ...spreadCells(figures.answeredByUrgency[i] ?? { count: 0, half: undefined, most: undefined }),
        ...spreadCells(figures.endedByUrgency[i] ?? { count: 0, half: undefined, most: undefined }),
      ]),
    },
    trend:
      weeks.length < 3
        ? ''
        : drawChart(
            {
              ...{ id: 'trend', title: 'Hours to the first response, by week', unit: 'hours' },
              description: 'Half of the requests of each week had a first response within this time.',
              series: [
                {
                  name: 'Half within',
                  points: weeks.map(({ at, half }) => ({ at, value: one((half ?? 0) / 3_600_000) })),
                },
              ],
            },
            { table: true },
          ),
    modes:
      held === 0 && sum(counts.map(({ wished }) => wished)) === 0
        ? ''
        : drawBars({
            ...{ id: 'modes', title: 'Asked for, and held', unit: '', groupName: 'Way' },
            description: 'How people asked to be seen, and how consultations were held.',
            series: ['Asked for', 'Held'],
            groups: counts.map(({ name, wished, held: n }) => ({ label: name, values: [wished, n] })),
          }),
    modeTable: {
      head: ['Way', 'Asked for', 'Held', 'Share of consultations'],
      rows: counts.map(({ name, wished, held: n }) =>
        cells(name, wished, n, held < fewest ? 'Too few to say' : percentOf(n, held)),
      ),
    },
    modeWords: `${held} consultations${figures.contactsUnsaid > 0 ? `, and ${figures.contactsUnsaid} whose way was not written down` : ''}. ${figures.anyWay} requests named no way.`,
    continuity: [
      continuity.contacts < fewest
        ? 'Too few people were seen three times or more in the last year to say whether they see the same clinician.'
        : `${percentOf(continuity.usual, continuity.contacts)} of contacts were with the clinician that the person saw most (${continuity.people} people seen three times or more in the last year).`,
      continuity.named === 0
        ? 'No usual doctor is named in the records of those who were seen.'
        : `${continuity.namedSeen} of ${continuity.named} contacts of people with a named doctor were with that doctor.`,
      continuity.asked === 0
        ? 'Nobody whose request was closed had asked for someone by name.'
        : `${continuity.askedSeen} of ${continuity.asked} closed requests for someone by name led to seeing them within 28 days.`,
    ],
    notOnline: {
      head: ['Who', 'How many', 'Of'],
      rows: [
        cells(
          'Asked by phone or at the desk, through staff',
          notOnline.byPhone,
          `${figures.requests} requests`,
        ),
        cells('Asked for an interpreter', notOnline.interpreter, `${figures.requests} requests`),
        cells('Could not be matched to a record', notOnline.unmatched, `${figures.requests} requests`),
        cells('Could not be reached with the answer', notOnline.unreached, `${figures.requests} requests`),
        cells('Have no phone number or email address', notOnline.noContact, `${figures.people} registered`),
        cells('Need an interpreter', notOnline.needInterpreter, `${figures.people} registered`),
      ],
    },
    online:
      figures.people === 0
        ? 'No registered patients are known.'
        : `${figures.online} of ${figures.people} registered patients (${percentOf(figures.online, figures.people)}) sent a request or wrote a message online themselves in this period.`,
  };
}
