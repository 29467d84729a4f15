/** What care a new line moved: what the line could carry before it and after 90 days of it. */
import type { Activity, HeldBack, SiteCapability } from '../model.ts';
import type { CareSnapshot, Order } from './order.ts';

/** After which the readings of the old line are out of the eight weeks that capability rests on. */
export const benefitDays = 90;
const dayMs = 86_400_000;

export const benefitDue = ({ state, live, before, after }: Order): number | undefined =>
  state === 'live' && live !== undefined && before !== undefined && after === undefined
    ? live + benefitDays * dayMs
    : undefined;

export function snapshotOf(
  at: number,
  { services }: SiteCapability,
  held: HeldBack | undefined,
  activity: Activity,
): CareSnapshot {
  const { verdict, atOnce, binding } = services.video;
  const { consultations, videoWanted } = activity;
  const heldBack = held?.consultations;
  return {
    ...{ at, video: verdict },
    ...(atOnce === undefined ? {} : { videoAtOnce: atOnce }),
    ...(binding ? { binding: binding.words } : {}),
    ...(heldBack === undefined ? {} : { heldBack }),
    ...(held?.imageHours === undefined ? {} : { imageHours: held.imageHours }),
    ...(consultations !== undefined &&
    consultations > 0 &&
    videoWanted !== undefined &&
    heldBack !== undefined
      ? { videoShare: Math.max(0, videoWanted - heldBack) / consultations }
      : {}),
  };
}

export interface Benefit {
  /** Lines live for 90 days of which both is known. */
  readonly lines: number;
  /** Consultations a week that lines held back, before and after, of those where activity is known. */
  readonly heldBefore: number;
  readonly heldAfter: number;
  readonly known: number;
  /** Sites that had no video and have it now. */
  readonly gainedVideo: number;
  /** Hours a week that images kept people waiting. */
  readonly imageHoursBefore: number;
  readonly imageHoursAfter: number;
}

export function benefitOf(orders: readonly Order[]): Benefit {
  const both = orders.flatMap(({ before, after }) => (before && after ? [{ before, after }] : []));
  const known = both.filter(
    ({ before, after }) => before.heldBack !== undefined && after.heldBack !== undefined,
  );
  const sum = (of: (one: (typeof both)[number]) => number | undefined) =>
    both.reduce((total, one) => total + (of(one) ?? 0), 0);
  const sumKnown = (of: (one: (typeof both)[number]) => number | undefined) =>
    known.reduce((total, one) => total + (of(one) ?? 0), 0);
  return {
    ...{ lines: both.length, known: known.length },
    heldBefore: sumKnown(({ before }) => before.heldBack),
    heldAfter: sumKnown(({ after }) => after.heldBack),
    gainedVideo: both.filter(
      ({ before, after }) => before.video === 'no' && after.video !== 'no' && after.video !== 'unknown',
    ).length,
    imageHoursBefore: sum(({ before, after }) => (after.imageHours === undefined ? 0 : before.imageHours)),
    imageHoursAfter: sum(({ before, after }) => (before.imageHours === undefined ? 0 : after.imageHours)),
  };
}
