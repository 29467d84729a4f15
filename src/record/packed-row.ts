import type { ResourceType } from '@medplum/fhirtypes';
import type { Stored } from './care-record.ts';
import type { Key } from './keys.ts';
import { typeName } from './type-numbers.ts';

/** A stored version with the place it lives in. */
export interface Hit extends Stored {
  readonly person: Key;
  readonly pk: string;
}

/**
 * SQL of one column that holds a row of `resource` or `history`: short columns, a line break, the body. One value a row in
 * place of many: taking a row apart in this process is a good part of what a search costs. `before`: SQL of further short
 * texts without spaces, in front.
 */
export const packed = (alias: string, before: readonly string[] = []): string =>
  `concat_ws(' ', ${[...before, ...['person', 'pk', 'type', 'id', 'version', 'updated'].map((name) => `${alias}.${name}`)].join(', ')}) || E'\\n' || ${alias}.body`;

const lineBreak = 10;

/** The row back from that column's bytes. */
export function unpack(bytes: Buffer): Hit {
  const end = bytes.indexOf(lineBreak);
  return hitOf(bytes.toString('latin1', 0, end).split(' '), 0, bytes, end);
}

function hitOf(parts: readonly string[], from: number, bytes: Buffer, end: number): Hit {
  return {
    person: parts[from]!,
    pk: parts[from + 1]!,
    type: typeName(Number(parts[from + 2])) as ResourceType, // a number that came from a type
    id: parts[from + 3]!,
    version: Number(parts[from + 4]),
    updated: Number(parts[from + 5]),
    body: bytes.subarray(end + 1),
  };
}

/** A row of a page: a hit, and where it stands. */
export interface PageRow {
  readonly hit: Hit;
  /** Which of several searches run together it answers. */
  readonly turn: number;
  /** From 1. */
  readonly place: number;
  /** What the statement saw, on the row that is one too many. */
  readonly seen: string;
  /** The one sort key, `-` where there is none. */
  readonly key: string;
  /** Computed sort keys. */
  readonly keys: readonly (Buffer | null)[];
}

/** A row whose packed column has turn, place, what was seen and the sort key in front; computed keys are columns of their own. */
export function pageRow(row: readonly (Buffer | null)[], keys: number): PageRow {
  const bytes = row[0]!;
  const end = bytes.indexOf(lineBreak);
  const parts = bytes.toString('latin1', 0, end).split(' ');
  return {
    hit: hitOf(parts, 4, bytes, end),
    turn: Number(parts[0]),
    place: Number(parts[1]),
    seen: parts[2]!,
    key: parts[3]!,
    keys: row.slice(1, 1 + keys),
  };
}
