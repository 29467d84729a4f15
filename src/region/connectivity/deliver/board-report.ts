/** The board’s report as sections of sentences and tables, for its page and its PDF alike. */
import { formatDate, formatMoment, localMoment } from '../../../web/dates.ts';
import { isFullFibre } from '../model.ts';
import { pounds } from './deed-words.ts';
import { daysLate } from './lateness.ts';
import {
  forecastWords,
  milestoneHead,
  milestoneRows,
  percent,
  spendingHead,
  spendingRows,
  standingHead,
  standingRows,
} from './milestone-pages.ts';
import { causeNames, isOpen, stages, stateNames } from './order.ts';
import { openIncidents, type Programme, worstLines } from './programme.ts';
import { videoWords } from './shown-order.ts';
import { spendingOf } from './spending.ts';
import type { DeliveryParts } from './who.ts';

export interface ReportCell {
  readonly text: string;
  readonly note?: string | undefined;
  readonly flag?: string;
  readonly flagColour?: string;
}
export interface ReportTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly ReportCell[])[];
}
export interface ReportSection {
  readonly key: string;
  readonly title: string;
  readonly said: readonly string[];
  readonly tables: readonly ReportTable[];
}

const mostLines = 10;
const mostIncidents = 20;
const plural = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;
const cells = (...texts: readonly (string | number)[]): readonly ReportCell[] =>
  texts.map((text) => ({ text: String(text) }));

export async function boardReport(
  needs: DeliveryParts,
  programme: Programme,
): Promise<readonly ReportSection[]> {
  const { whole, orders, spending, benefit, sites, at } = programme;
  const today = localMoment(at).key;
  const [worst, incidents, providers] = await Promise.all([
    worstLines(needs, sites, mostLines),
    openIncidents(needs),
    needs.register.providers(),
  ]);
  const siteName = new Map(sites.map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => siteName.get(id) ?? id;
  const supplierOf = (id: string | undefined) =>
    id === undefined ? '' : (providers.find((one) => one.id === id)?.name ?? id);
  const open = orders.filter(isOpen);
  const slow = open
    .filter((order) => order.blocked !== undefined || daysLate(order, today) > 0)
    .sort((a, b) => daysLate(b, today) - daysLate(a, today));
  const failed = orders.filter(({ failures }) => failures > 0);
  const year = localMoment(at).year;
  const now = spendingOf(
    orders,
    spending.flatMap(({ year: of, budget }) => (budget === undefined ? [] : [{ year: of, pounds: budget }])),
  ).find((one) => one.year === year);
  const fibreOrders = orders.filter(
    ({ state, technology }) => state === 'live' && isFullFibre(technology),
  ).length;

  return [
    {
      ...{ key: 'progress', title: 'Progress' },
      said: [
        `${percent(whole.share)} of ${whole.sites} sites are on full fibre (${whole.fibre}). ${whole.copper} are on copper, ${whole.other} on mobile or satellite, and of ${whole.unknown} no line is known.`,
        `${plural(fibreOrders, 'line')} went live in this programme; ${plural(open.length, 'order')} are under way.`,
      ],
      tables: [
        { caption: 'Milestones', head: milestoneHead, rows: milestoneRows(programme.milestones) },
        {
          caption: 'By kind of site',
          head: ['Kind of site', ...standingHead.slice(1)],
          rows: standingRows(programme.kinds),
        },
        {
          caption: 'By integrated care system',
          head: ['Integrated care system', ...standingHead.slice(1)],
          rows: standingRows(programme.systems),
        },
        {
          caption: 'Orders by stage',
          head: ['Stage', 'Orders'],
          rows: [...stages, 'cancelled' as const].map((state) =>
            cells(stateNames[state], orders.filter((order) => order.state === state).length),
          ),
        },
      ],
    },
    {
      ...{ key: 'spending', title: 'Spending' },
      said: [
        now?.budget === undefined
          ? `No budget is known for ${year}.`
          : `Of the ${pounds(now.budget)} of ${year}, ${pounds(now.committed)} is approved and ${pounds(now.invoiced)} invoiced.`,
        'One-off costs, without VAT. An order counts against the year that the plan pays it from, whenever it is invoiced.',
      ],
      tables:
        spending.length > 0
          ? [{ caption: 'By year of the plan', head: spendingHead, rows: spendingRows(programme) }]
          : [],
    },
    {
      ...{ key: 'benefit', title: 'What care the new lines moved' },
      said:
        benefit.lines === 0
          ? ['No line has been live for 90 days yet.']
          : [
              `${plural(benefit.lines, 'line')} have been live for 90 days. ${plural(benefit.gainedVideo, 'site')} had no video consultations and have them now.`,
              benefit.known === 0
                ? 'At none of them is it known how many consultations are wanted by video.'
                : `At the ${plural(benefit.known, 'site')} where activity is known, the old lines held back ${Math.round(benefit.heldBefore)} video consultations a week; the new lines hold back ${Math.round(benefit.heldAfter)}.`,
              `Waiting for images: ${benefit.imageHoursBefore.toFixed(1)} hours a week before, ${benefit.imageHoursAfter.toFixed(1)} after.`,
            ],
      tables: [
        {
          caption: 'Lines live for 90 days',
          head: ['Site', 'Video before', 'Video after', 'Held back before, a week', 'Held back after'],
          rows: orders
            .flatMap(({ site, before, after }) => (before && after ? [{ site, before, after }] : []))
            .map(({ site, before, after }) =>
              cells(
                nameOf(site),
                videoWords[before.video] ?? before.video,
                videoWords[after.video] ?? after.video,
                before.heldBack?.toFixed(0) ?? 'Not known',
                after.heldBack?.toFixed(0) ?? 'Not known',
              ),
            ),
        },
      ].filter(({ rows }) => rows.length > 0),
    },
    {
      ...{ key: 'delays', title: 'Delays, blockers and failed acceptance' },
      said: [
        slow.length === 0
          ? 'No order is late or blocked.'
          : `${plural(slow.length, 'order')} are late or blocked.`,
        failed.length === 0
          ? 'No line has failed its acceptance.'
          : `${plural(failed.length, 'line')} failed acceptance by measurement at least once and went back to the supplier.`,
      ],
      tables:
        slow.length === 0
          ? []
          : [
              {
                caption: 'Late or blocked',
                head: ['Order', 'Supplier', 'Stage', 'Days late', 'Why'],
                rows: slow.map((order) =>
                  cells(
                    `${order.number} ${nameOf(order.site)}`,
                    supplierOf(order.chosen),
                    stateNames[order.state],
                    daysLate(order, today),
                    order.blocked
                      ? `${causeNames[order.blocked.cause]}: ${order.blocked.why}`
                      : (order.delays.at(-1)?.why ?? 'Past the day it was promised for'),
                  ),
                ),
              },
            ],
    },
    {
      ...{ key: 'worst', title: 'Worst lines' },
      said:
        worst.length === 0
          ? ['No line is known to hold care back.']
          : ['Lines that hold back the most video consultations in an ordinary week.'],
      tables:
        worst.length === 0
          ? []
          : [
              {
                caption: 'Worst lines',
                head: ['Site', 'Held back, a week', 'What holds it back', 'Order'],
                rows: worst.map(({ site, held }) => {
                  const order = open.find((one) => one.site === site.id);
                  return cells(
                    site.name,
                    (held.consultations ?? 0).toFixed(0),
                    held.binding?.words ?? '',
                    order ? `${order.number}, ${stateNames[order.state].toLowerCase()}` : 'None',
                  );
                }),
              },
            ],
    },
    {
      ...{ key: 'incidents', title: 'Lines that are down or degraded now' },
      said: [incidents.length === 0 ? 'None.' : `${plural(incidents.length, 'incident')} are open.`],
      tables:
        incidents.length === 0
          ? []
          : [
              {
                caption: 'Open incidents',
                head: ['Site', 'What', 'Since'],
                rows: incidents
                  .slice(0, mostIncidents)
                  .map(({ site, kind, told, started }) =>
                    cells(
                      nameOf(site),
                      `${kind === 'outage' ? 'Down' : 'Degraded'}: ${told}`,
                      formatMoment(started),
                    ),
                  ),
              },
            ],
    },
    { ...{ key: 'forecast', title: 'How it is forecast' }, said: forecastWords(programme), tables: [] },
  ];
}

export const reportTitle = (at: number): string => `Full fibre: report of ${formatDate(localMoment(at).key)}`;
