/** What probes and pages send: checked at the door, and put right where their clock was wrong. Pure. */
import { z } from 'zod';
import type { Measure, Reading, ReadingSource } from '../model.ts';
import { earliest } from './reading-rows.ts';
import { measures } from './spreads.ts';

const moment = z.number().int().min(0).max(8.64e15);
const figure = z.number().min(0).optional();

/** One result as it is sent. Times in ms since 1970 UTC by the sender's clock. */
export const sentReading = z.strictObject({
  id: z.string().regex(/^[\w.:~-]{1,100}$/, 'The id must be 1 to 100 letters, digits or any of . _ : ~ -'),
  started: moment,
  /** How long ago it began, ms, by a clock that nobody sets: known where the sender ran ever since. */
  age: z.number().int().min(0).optional(),
  ...{ down: figure, up: figure, idle: figure, loaded: figure, jitter: figure },
  loss: z.number().min(0).max(1).optional(),
  bytes: z.number().int().min(0),
  cutShort: z.boolean().optional(),
});
export type SentReading = z.infer<typeof sentReading>;

export const sentCut = z.strictObject({
  started: moment,
  ended: moment,
  age: z.number().int().min(0).optional(),
});
export type SentCut = z.infer<typeof sentCut>;

export const mostSent = 1000;
export const sentReadings = z.strictObject({
  sentAt: moment.optional(),
  readings: z.array(sentReading).max(mostSent, `Send at most ${mostSent} readings at once.`),
});
export const sentBeat = z.strictObject({
  sentAt: moment.optional(),
  /** Spans in which it ran and could not reach us. */
  cuts: z.array(sentCut).max(mostSent).optional(),
});

/** Clocks of honest machines differ by less. */
export const clocksDiffer = 2 * 60_000;

export interface Corrected {
  readonly started: number;
  /** The sender's clock was wrong: `started` is ours. */
  readonly wrong: boolean;
}

/**
 * When something began, by our clock. What its sender knows best goes first:
 * 1. how long ago it was, by a clock that is never set: now less that;
 * 2. else by how much its clock differs from ours now, as if it had differed so when it measured.
 * A difference of up to two minutes is let be. Nothing began in the future, or before the year 2000.
 */
export function correctedStart(
  { started, age }: { readonly started: number; readonly age?: number | undefined },
  sentAt: number | undefined,
  now: number,
): Corrected {
  const differs = sentAt === undefined ? 0 : now - sentAt;
  const trueStart =
    age === undefined ? (Math.abs(differs) > clocksDiffer ? started + differs : started) : now - age;
  const wrong = Math.abs(trueStart - started) > clocksDiffer;
  const right = wrong ? trueStart : started;
  if (right > now) return { started: now, wrong: wrong || right - now > clocksDiffer };
  if (right < earliest) return { started: now, wrong: true };
  return { started: Math.round(right), wrong };
}

export interface Arrival {
  readonly site: string;
  readonly circuit: string | undefined;
  readonly source: ReadingSource;
  readonly by: string;
  readonly sentAt: number | undefined;
  readonly now: number;
}

/** A reading of what was sent. */
export function readingOfSent(
  sent: SentReading,
  { site, circuit, source, by, sentAt, now }: Arrival,
): Reading {
  const { id, bytes, cutShort = false } = sent;
  const { started, wrong } = correctedStart(sent, sentAt, now);
  const figures = measures.flatMap((measure) => {
    const value = sent[measure];
    return value === undefined ? [] : [[measure, value] as const];
  });
  return {
    ...{ id, site, started, received: now, source, by, bytes },
    ...(circuit === undefined ? {} : { circuit }),
    ...(Object.fromEntries(figures) as Partial<Record<Measure, number>>),
    flags: [...(wrong ? ['clock'] : []), ...(cutShort ? ['cut-short'] : [])],
  };
}
