/** Readings as rows: checked, written many at a time, read again. */
import type { Sql, Transaction } from '../../../platform/database.ts';
import { type Fault, Problem } from '../../../platform/problem.ts';
import type { Measure, Reading } from '../model.ts';

/** Largest values that are believed to be a measurement at all: Mbit/s, ms, share. */
const most: Readonly<Record<Measure, number>> = {
  ...{ down: 1_000_000, up: 1_000_000, idle: 600_000, loaded: 600_000, jitter: 600_000, loss: 1 },
};
const measures = Object.keys(most) as Measure[]; // its keys are the type's
const idForm = /^[\w.:~-]{1,100}$/;
const sources = ['page', 'probe', 'import'];
const flagForm = /^[a-z-]{1,30}$/;
/** 1 January 2000: what was measured before is a clock that was never set. */
export const earliest = Date.UTC(2000, 0, 1);

/** What is wrong with a reading, in words, with where: `readings[3].down`. */
export function faultsOf(reading: Reading, where: string): Fault[] {
  const faults: Fault[] = [];
  const wrong = (name: string, message: string) =>
    faults.push({ kind: 'value', severity: 'error', message, where: `${where}.${name}` });
  if (!idForm.test(reading.id))
    wrong('id', 'The id of a reading is 1 to 100 letters, digits or any of . _ : ~ -');
  for (const name of ['started', 'received'] as const)
    if (!Number.isSafeInteger(reading[name]) || reading[name] < earliest)
      wrong(name, 'A time is in whole ms since 1970 UTC, and not before the year 2000.');
  if (!sources.includes(reading.source)) wrong('source', `A source is one of ${sources.join(', ')}.`);
  for (const measure of measures) {
    const value = reading[measure];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0 && value <= most[measure]))
      wrong(measure, `It is ${value}; it must be a number from 0 to ${most[measure]}.`);
  }
  if (!Number.isSafeInteger(reading.bytes) || reading.bytes < 0)
    wrong('bytes', 'Bytes moved are a whole number of at least 0.');
  if (!reading.flags.every((flag) => flagForm.test(flag)))
    wrong('flags', 'A flag is a word in small letters.');
  return faults;
}

export function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Problem(faults.slice(0, 50));
}

/**
 * Writes those that are not there yet. One array a column: the statement is the same for one reading and for thousands.
 * Answers which were new, as `site id`.
 */
export async function insertNew(
  sql: Sql | Transaction,
  readings: readonly Reading[],
): Promise<ReadonlySet<string>> {
  const of = <T>(value: (reading: Reading) => T): T[] => readings.map(value);
  const measure = (name: Measure) => of((reading) => reading[name] ?? null);
  const rows = await sql<{ site: string; id: string }[]>`
    insert into line_reading (site, id, circuit, started, received, source, down, up, idle, loaded, jitter, loss,
      bytes, flags, by)
    select site, id, circuit, started, received, source, down, up, idle, loaded, jitter, loss, bytes,
      string_to_array(flags, ','), by
    from unnest(${of(({ site }) => site)}::text[], ${of(({ id }) => id)}::text[],
      ${of(({ circuit }) => circuit ?? null)}::text[], ${of(({ started }) => started)}::int8[],
      ${of(({ received }) => received)}::int8[], ${of(({ source }) => source)}::text[],
      ${measure('down')}::real[], ${measure('up')}::real[], ${measure('idle')}::real[],
      ${measure('loaded')}::real[], ${measure('jitter')}::real[], ${measure('loss')}::real[],
      ${of(({ bytes }) => bytes)}::int8[], ${of(({ flags }) => flags.join(','))}::text[],
      ${of(({ by }) => by)}::text[])
      r(site, id, circuit, started, received, source, down, up, idle, loaded, jitter, loss, bytes, flags, by)
    on conflict do nothing returning site, id`;
  return new Set(rows.map(({ site, id }) => `${site} ${id}`));
}

export interface ReadingRow {
  readonly site: string;
  readonly id: string;
  readonly circuit: string | null;
  readonly started: string;
  readonly received: string;
  readonly source: Reading['source'];
  readonly down: number | null;
  readonly up: number | null;
  readonly idle: number | null;
  readonly loaded: number | null;
  readonly jitter: number | null;
  readonly loss: number | null;
  readonly bytes: string;
  readonly flags: readonly string[];
  readonly by: string;
}

export function readingOf(row: ReadingRow): Reading {
  const { site, id, circuit, source, flags, by } = row;
  const found = measures.flatMap((measure) => {
    const value = row[measure];
    return value === null ? [] : [[measure, value] as const];
  });
  return {
    ...{ site, id, source, flags, by, ...(circuit === null ? {} : { circuit }) },
    ...{ started: Number(row.started), received: Number(row.received), bytes: Number(row.bytes) },
    ...(Object.fromEntries(found) as Partial<Record<Measure, number>>),
  };
}
