/** How far the programme is: milestones, spending, forecast; and the days that are set for them. */
import type { FastifyInstance } from 'fastify';
import { drawBars } from '../../../web/bar-chart-svg.ts';
import { drawChart } from '../../../web/chart-svg.ts';
import { formatDate, formatMoment, localMoment } from '../../../web/dates.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { dateField } from '../../../web/forms/fields.ts';
import { pounds } from './deed-words.ts';
import type { Standing } from './milestones.ts';
import { numberField } from './number-fields.ts';
import { stateNames } from './order.ts';
import { type Milestone, type Programme, programmeOf } from './programme.ts';
import { left } from './spending.ts';
import { type DeliveryParts, leadOf, overseerOf, type Visitor } from './who.ts';

export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
export const dayOf = (ms: number | undefined): string =>
  ms === undefined ? 'Not with what is ordered and planned' : formatDate(localMoment(ms).key);
const likelyDay = ({ p50, needed }: Milestone): string => (needed === 0 ? 'Reached' : dayOf(p50));

/** Whether a milestone is likely to be in time. */
export function milestoneWords(milestone: Milestone): { readonly text: string; readonly colour: string } {
  const { needed, day, p50, p90 } = milestone;
  if (needed === 0) return { text: 'Reached', colour: 'green' };
  if (day === undefined) return { text: 'No day set', colour: 'grey' };
  const by = (ms: number | undefined) => ms !== undefined && localMoment(ms).key <= day;
  if (by(p90)) return { text: 'On time', colour: 'green' };
  return by(p50) ? { text: 'At risk', colour: 'orange' } : { text: 'Late', colour: 'red' };
}

export const milestoneRows = (milestones: readonly Milestone[]) =>
  milestones.map((milestone) => {
    const { share, needed, day, source, p10, p90, reaches } = milestone;
    const words = milestoneWords(milestone);
    const range =
      needed === 0
        ? ''
        : p10 === undefined
          ? `Reached in ${percent(reaches)} of runs`
          : `From ${dayOf(p10)} to ${p90 === undefined ? 'later than all that is ordered and planned' : dayOf(p90)}`;
    return [
      { text: `${percent(share)} on full fibre`, flag: words.text, flagColour: words.colour },
      { text: String(needed) },
      { text: day === undefined ? 'None' : formatDate(day), note: source },
      { text: likelyDay(milestone), note: range },
    ];
  });
export const milestoneHead = ['Milestone', 'Sites to go', 'By', 'Likely'];

export const standingHead = ['', 'Sites', 'Full fibre', 'Copper', 'Other', 'Not known', 'Share'];
export const standingRows = (list: readonly Standing[]) =>
  list.map(({ label, sites, fibre, copper, other, unknown, share }) =>
    [label, sites, fibre, copper, other, unknown, percent(share)].map((text) => ({ text: String(text) })),
  );

export const spendingHead = [
  'Year',
  'Budget',
  'Approved',
  'Invoiced',
  'Left',
  'Waiting for approval',
  'Planned, not ordered',
];
export const spendingRows = ({ spending }: Pick<Programme, 'spending'>) =>
  spending.map((year) => {
    const rest = left(year);
    return [
      { text: String(year.year) },
      { text: year.budget === undefined ? 'Not known' : pounds(year.budget) },
      { text: pounds(year.committed) },
      { text: pounds(year.invoiced) },
      {
        text: rest === undefined ? '' : pounds(rest),
        ...(rest !== undefined && rest < 0 ? { flag: 'Over budget', flagColour: 'red' } : {}),
      },
      { text: pounds(year.waiting) },
      { text: pounds(year.planned) },
    ];
  });

/** What the forecast rests on, in sentences. */
export function forecastWords({ forecast, orders, notOrdered }: Programme): readonly string[] {
  const { runs, seen, assumed, seed } = forecast;
  return [
    `Each order under way, and each of the ${notOrdered.length} planned sites not ordered yet, is played through ${runs} times.`,
    `Each stage takes as long as that stage took in one of the orders before: ${seen} finished stages of ${orders.length} orders. Each run first draws, with replacement, which of these it believes in, so that runs differ as much as what is known is uncertain.`,
    'A stage that runs already takes as long as one that took longer; one that has taken longer than any before, half of one again.',
    ...(assumed.length > 0
      ? [
          `Too few were seen of: ${assumed.map((stage) => stateNames[stage].toLowerCase()).join(', ')}. For these, assumed lengths are drawn too.`,
        ]
      : []),
    'Planned sites begin evenly over what is left of their year. Stages of an order are drawn apart from each other.',
    `“Likely” is the day that half of the runs come before; the range is from the day that one in ten comes before to that which nine in ten do. The numbers drawn begin from “${seed}”, so that the same day and the same orders give the same forecast.`,
  ];
}

export function shareChart({ past, ahead, whole }: Programme): string {
  const now = past.at(-1);
  const scale = (share: number) => Math.round(share * 1000) / 10;
  const onward = (of: (one: Programme['ahead'][number]) => number) => [
    ...(now ? [{ at: now.at, value: scale(now.share) }] : []),
    ...ahead.map((one) => ({ at: one.at, value: scale(of(one)) })),
  ];
  return drawChart(
    {
      ...{ id: 'share', title: 'Share of sites on full fibre', unit: '%' },
      description: `Now ${percent(whole.share)}. Before now from the register; after now as the forecast has it.`,
      series: [
        { name: 'Measured', points: past.map(({ at, share }) => ({ at, value: scale(share) })) },
        { name: 'Likely', points: onward(({ p50 }) => p50) },
        { name: 'One run in ten is sooner', points: onward(({ p90 }) => p90) },
        { name: 'One run in ten is later', points: onward(({ p10 }) => p10) },
      ],
      bands: [],
    },
    { table: true },
  );
}

export function milestonePages(app: FastifyInstance, needs: DeliveryParts): void {
  const { shell, forms, clock, database } = needs;

  app.get('/lines/milestones', async (request, reply) => {
    const visitor = await overseerOf(needs, request);
    const programme = await programmeOf(needs);
    const { whole, kinds, systems } = programme;
    return shell.renderPage(reply, 'line-delivery/milestones.njk', {
      title: 'Milestones of full fibre',
      ...{ whole, share: percent(whole.share), manages: visitor.manages, at: formatMoment(programme.at) },
      milestones: { head: milestoneHead, rows: milestoneRows(programme.milestones) },
      chart: shareChart(programme),
      kinds: { head: ['Kind of site', ...standingHead.slice(1)], rows: standingRows(kinds) },
      kindBars: drawBars({
        ...{
          id: 'kinds',
          title: 'Share on full fibre by kind of site',
          unit: ' %',
          groupName: 'Kind of site',
        },
        description: 'Each bar is the share of sites of a kind that are on full fibre.',
        series: ['On full fibre'],
        groups: kinds.map(({ label, share }) => ({ label, values: [Math.round(share * 1000) / 10] })),
        mark: { name: 'First milestone', value: 70 },
      }),
      systems: { head: ['Integrated care system', ...standingHead.slice(1)], rows: standingRows(systems) },
      spending: { head: spendingHead, rows: spendingRows(programme) },
      plan: programme.plan,
      forecast: forecastWords(programme),
    });
  });

  forms.add(app, '/lines/milestones/targets', {
    about: (request) => leadOf(needs, request),
    form: () =>
      defineForm({
        fields: {
          share: numberField('share', { what: 'The share', least: 1, most: 100, whole: true }),
          day: dateField('day', 'Day', (day) =>
            day < '2015-01-01' || day > '2060-01-01'
              ? { field: 'day-year', text: 'Day must be from 2015 to 2060' }
              : undefined,
          ),
        },
      }),
    show: (reply, { errorPrefix, ...shown }) =>
      shell.renderPage(reply, 'line-delivery/targets.njk', {
        ...shown,
        title: `${errorPrefix}Set a milestone`,
      }),
    act: async ({ share, day }, { doer }: Visitor, { key }) => {
      await database.pool`insert into line_target (key, share, day, at, by_name)
        values (${key}, ${share}, ${day}, ${clock.now()}, ${doer.name}) on conflict (key) do nothing`;
      return '/lines/milestones';
    },
  });
}
