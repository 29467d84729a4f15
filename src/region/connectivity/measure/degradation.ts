/** When a line became much worse than it was, and when it was right again: a rule a person can read. Pure. */
import type { Measure, Reading } from '../model.ts';
import { amountOf } from './amounts.ts';
import { backMs, enough, moreIsBetter, percentile } from './spreads.ts';

/**
 * Worse: the middle one of the last three readings is worse than nine in ten of the eight weeks before that day, and by half
 * (speeds) or twice (times); loss above 2% and twice the usual. Right again: the middle one of the last three is back within a
 * quarter of what was usual when it began. Worse and right again lie apart, so that a line between them does not flicker.
 */
export const degradationRule = {
  version: '2026-11',
  last: 3,
  worse: { speed: 0.5, time: 2, loss: 0.02 },
  back: { speed: 0.75, time: 1.5, loss: 0.01 },
  /** Times below this hold nothing back, however much they grew, in ms. */
  leastTime: 100,
} as const;

/** What is watched: what binds care first. Jitter and idle time move with the load, which is watched. */
export const watched = ['down', 'up', 'loaded', 'loss'] as const satisfies readonly Measure[];
export type Watched = (typeof watched)[number];

export interface Degradation {
  readonly measure: Watched;
  /** When the first of the readings that show it was taken. */
  readonly started: number;
  readonly ended: number | undefined;
  /** Median of the eight weeks before, and what it became. */
  readonly usual: number;
  readonly became: number;
}

/** One that had begun before the readings given. */
export type OpenDegradation = Omit<Degradation, 'ended' | 'became'>;

const day = 24 * 3_600_000;
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * Looks through readings of a site, oldest first, which reach back eight weeks before `from`; what began before `from` comes in
 * `open`. Answers what was open or began from then on.
 */
export function findDegradations(
  readings: readonly Pick<Reading, Measure | 'started'>[],
  from: number,
  open: readonly OpenDegradation[],
): readonly Degradation[] {
  return watched.flatMap((measure) => {
    const points = readings.flatMap(({ started, [measure]: value }) =>
      value === undefined ? [] : [{ started, value }],
    );
    return ofMeasure(
      measure,
      points,
      from,
      open.find((one) => one.measure === measure),
    );
  });
}

interface Point {
  readonly started: number;
  readonly value: number;
}

function ofMeasure(
  measure: Watched,
  points: readonly Point[],
  from: number,
  open: OpenDegradation | undefined,
): readonly Degradation[] {
  const found: Degradation[] = [];
  let now: (OpenDegradation & { became: number }) | undefined = open && { ...open, became: Number.NaN };
  let usualOn = Number.NaN;
  let usual: { readonly median: number; readonly poor: number } | undefined;
  let oldest = 0; // of the eight weeks before today
  for (const [i, { started }] of points.entries()) {
    if (started < from || i + 1 < degradationRule.last) continue;
    const three = points.slice(i + 1 - degradationRule.last, i + 1);
    const value = middle(three.map((point) => point.value));
    if (now) {
      if (Number.isNaN(now.became)) now.became = value;
      else if (worse(measure, value, now.became)) now.became = value;
      // After eight weeks it is the usual itself: nothing that is still news.
      if (!isBack(measure, value, now.usual) && started - now.started <= backMs) continue;
      found.push({ ...now, ended: started });
      now = undefined;
      continue;
    }
    const today = Math.floor(started / day);
    if (today !== usualOn) {
      usualOn = today;
      while (points[oldest]!.started < today * day - backMs) oldest += 1;
      usual = usualOf(measure, points, oldest, today * day);
    }
    if (!usual || !isWorse(measure, value, usual)) continue;
    const first = three.find((point) => isWorse(measure, point.value, usual!)) ?? three[1]!;
    now = { measure, started: first.started, usual: usual.median, became: value };
  }
  if (now)
    found.push({ ...now, ended: undefined, became: Number.isNaN(now.became) ? now.usual : now.became });
  return found;
}

/** From the point `oldest` until a moment; undefined where there were too few readings to know. */
function usualOf(measure: Watched, points: readonly Point[], oldest: number, before: number) {
  const values: number[] = [];
  for (let i = oldest; i < points.length && points[i]!.started < before; i += 1)
    values.push(points[i]!.value);
  if (values.length < enough) return undefined;
  const sorted = Float64Array.from(values).sort();
  return { median: percentile(sorted, 0.5), poor: percentile(sorted, moreIsBetter(measure) ? 0.1 : 0.9) };
}

const worse = (measure: Watched, a: number, b: number): boolean => (moreIsBetter(measure) ? a < b : a > b);

function isWorse(measure: Watched, value: number, usual: { median: number; poor: number }): boolean {
  if (!worse(measure, value, usual.poor)) return false;
  const { speed, time, loss } = degradationRule.worse;
  if (measure === 'loss') return value > loss && value > 2 * usual.median;
  if (moreIsBetter(measure)) return value < speed * usual.median;
  return value > time * usual.median && value > degradationRule.leastTime;
}

function isBack(measure: Watched, value: number, usual: number): boolean {
  const { speed, time, loss } = degradationRule.back;
  if (measure === 'loss') return value <= Math.max(loss, 1.5 * usual);
  return moreIsBetter(measure)
    ? value >= speed * usual
    : value <= Math.max(time * usual, degradationRule.leastTime);
}

/** `Upload fell from 8.9 to 0.6 Mbit/s` */
export function tellDegradation({ measure, usual, became }: Degradation): string {
  const from = amountOf(measure, usual, false);
  const to = amountOf(measure, became);
  if (measure === 'down') return `Download fell from ${from} to ${to}`;
  if (measure === 'up') return `Upload fell from ${from} to ${to}`;
  if (measure === 'loaded') return `Delay on the busy line rose from ${from} to ${to}`;
  return `Loss rose from ${amountOf(measure, usual)} to ${to}`;
}
