/** Acceptance by measurement: whether readings of a new line show that it does what was ordered. */

import { localMoment } from '../../../web/dates.ts';
import type { Measure, OpenHours, Reading } from '../model.ts';
import type { Acceptance, AcceptanceLine, Ordered } from './order.ts';

/** The rule, as it is judged and as people read it. Another rule gets another version. */
export const acceptanceRule = {
  version: '2026-1',
  /** Complete tests, of which the clock was right. */
  tests: 12,
  /** In this many different hours of the week. */
  hours: 6,
  /** Of these tests while the site is open, where its hours are known. */
  open: 4,
  /** From the first test to the last, hours. */
  span: 24,
  /** Each measure must have been taken this often. */
  measured: 8,
  /** Nine in ten tests reach this part of the speed ordered. */
  speed: 0.9,
  share: 0.9,
} as const;

export const acceptanceWords: readonly string[] = [
  'Tests count from when the line was installed, if they are complete and the clock of whoever measured was right. Unusual ones count too; those of another line of the site do not.',
  `At least ${acceptanceRule.tests} tests, in at least ${acceptanceRule.hours} different hours of the week, over at least ${acceptanceRule.span} hours; at least ${acceptanceRule.open} of them while the site is open, where its opening hours are known.`,
  `Nine in ten tests reach at least ${acceptanceRule.speed * 100} % of the speed that was ordered, down and up.`,
  'Nine in ten tests stay within the delay that was ordered, and within the delay under load and the loss where these were ordered.',
  `Each of these was measured at least ${acceptanceRule.measured} times.`,
];

const hourMs = 3_600_000;
/** Tests that say nothing of the line: broken off, or of a moment that nobody knows. */
const uncounted = ['cut-short', 'clock'];

/** Those that count, of readings in any order. `circuit`: id of the new one; readings of another circuit do not count. */
export const countedReadings = (
  readings: readonly Reading[],
  from: number,
  circuit: string,
): readonly Reading[] =>
  readings.filter(
    (reading) =>
      reading.started >= from &&
      (reading.circuit === undefined || reading.circuit === circuit) &&
      !reading.flags.some((flag) => uncounted.includes(flag)),
  );

/** Day of the week (0 is Monday) and minute of the day, UK time. */
const weekMoment = (ms: number): { readonly day: number; readonly minute: number } => {
  const { key, hour, minute } = localMoment(ms);
  return { day: (new Date(`${key}T00:00:00Z`).getUTCDay() + 6) % 7, minute: hour * 60 + minute };
};

const isOpenAt = (open: readonly OpenHours[], ms: number): boolean => {
  const { day, minute } = weekMoment(ms);
  return open.some((hours) => hours.day === day && minute >= hours.from && minute < hours.until);
};

/** What nine in ten are not worse than. Source: the nearest-rank percentile. */
function nineInTen(values: readonly number[], worst: 'low' | 'high'): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => (worst === 'low' ? b - a : a - b));
  return sorted[Math.ceil(acceptanceRule.share * sorted.length) - 1];
}

/**
 * Judges readings that count. `early` as long as there are too few, or they are too close together; then `failed` or `met`.
 */
export function judge(
  counted: readonly Reading[],
  ordered: Ordered,
  { from, open }: { readonly from: number; readonly open: readonly OpenHours[] },
): Acceptance {
  const rule = acceptanceRule;
  const starts = counted.map(({ started }) => started);
  const hours = new Set(
    starts.map((ms) => {
      const { day, minute } = weekMoment(ms);
      return day * 24 + Math.floor(minute / 60);
    }),
  );
  const span = starts.length > 1 ? (Math.max(...starts) - Math.min(...starts)) / hourMs : 0;
  const atLeast = (measure: AcceptanceLine['measure'], needed: number, found: number): AcceptanceLine => ({
    ...{ measure, needed, found, met: found >= needed },
  });
  const enough: AcceptanceLine[] = [
    atLeast('tests', rule.tests, counted.length),
    atLeast('hours', rule.hours, hours.size),
    atLeast('span', rule.span, Math.floor(span)),
    ...(open.length > 0
      ? [atLeast('open', rule.open, starts.filter((ms) => isOpenAt(open, ms)).length)]
      : []),
  ];
  let measuredOften = true;
  const line = (measure: Measure & AcceptanceLine['measure'], needed: number, worst: 'low' | 'high') => {
    const values = counted.flatMap((reading) => reading[measure] ?? []);
    if (values.length < rule.measured) measuredOften = false;
    const found = nineInTen(values, worst);
    const met = found !== undefined && (worst === 'low' ? found >= needed : found <= needed);
    return { measure, needed, found, met };
  };
  const asOrdered: AcceptanceLine[] = [
    line('down', ordered.down * rule.speed, 'low'),
    line('up', ordered.up * rule.speed, 'low'),
    line('idle', ordered.idle, 'high'),
    ...(ordered.loaded === undefined ? [] : [line('loaded', ordered.loaded, 'high')]),
    ...(ordered.loss === undefined ? [] : [line('loss', ordered.loss, 'high')]),
  ];
  const isEarly = enough.some(({ met }) => !met) || !measuredOften;
  const verdict = isEarly ? 'early' : asOrdered.every(({ met }) => met) ? 'met' : 'failed';
  return { rule: rule.version, verdict, from, tests: counted.length, lines: [...enough, ...asOrdered] };
}

/** A figure with its unit, as pages write it. */
export function figureText(measure: AcceptanceLine['measure'], value: number | undefined): string {
  if (value === undefined) return 'Not measured';
  if (measure === 'down' || measure === 'up') return `${round(value)} Mbit/s`;
  if (measure === 'idle' || measure === 'loaded') return `${round(value)} ms`;
  if (measure === 'loss') return `${round(value * 100)} %`;
  if (measure === 'span') return `${value} hours`;
  return String(value);
}

const round = (value: number): number => Math.round(value * 10) / 10;

export const measureWords: Readonly<Record<AcceptanceLine['measure'], string>> = {
  tests: 'Tests',
  hours: 'Different hours of the week',
  span: 'From the first test to the last',
  open: 'Tests while the site is open',
  down: 'Download, nine in ten tests at least',
  up: 'Upload, nine in ten tests at least',
  idle: 'Delay, nine in ten tests at most',
  loaded: 'Delay under load, nine in ten tests at most',
  loss: 'Loss, nine in ten tests at most',
};
