import type { Condition } from './condition.ts';
import type { Parameters } from './parameters.ts';

/**
 * The moment at which a search of several pages began. Its later pages show what has stood unchanged since, each
 * resource at its place; what was changed meanwhile follows after the last of them, in order of change. So nothing is
 * lost or shown twice at one version, however the order's keys change under way.
 */
export interface Reading {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** What the first page saw, as `pg_current_snapshot()` tells it: `xmin:xmax:xip,xip …`. */
  readonly snapshot: string;
}

export const snapshotPattern = /^\d{1,20}:\d{1,20}:(?:\d{1,20}(?:,\d{1,20})*)?$/;

/**
 * A version's time is taken before its transaction ends. One that ended after the first page has a time at most this
 * much before it, so that versions older than that need not be asked for their transaction.
 */
const longestWrite = 600_000;

/** SQL that is true for a row of `resource` whose version the first page could not see. */
function isLater({ at, snapshot }: Reading, alias: string, to: Parameters): string {
  const [, next = '0', open = ''] = snapshot.split(':');
  // Rows carry the lower half of their transaction's number; half the circle lies behind, half ahead.
  const half = (full: string): string => String(BigInt(full) & 0xffff_ffffn);
  const written = `${alias}.xmin::text::int8`;
  const ahead = `((${written} - ${to.add(half(next), 'int8')} + 2147483648) & 4294967295) >= 2147483648`;
  const stillOpen = open === '' ? '' : ` or ${written} = any(${to.list(open.split(',').map(half), 'int8')})`;
  return `(${alias}.updated > ${to.add(at - longestWrite, 'int8')} and (${ahead}${stillOpen}))`;
}

/** True for resources that stand as the first page saw them. Asks for no more than `person` and `pk` of the alias. */
export function unchangedSince(reading: Reading): Condition {
  return {
    test: (alias, to) =>
      `exists (select 1 from resource u where u.person = ${alias}.person and u.pk = ${alias}.pk and not ${isLater(reading, 'u', to)} offset 0)`,
  };
}

/** True for resources that were there before and have a newer version since. */
export function changedSince(reading: Reading): Condition {
  return { test: (alias, to) => `(${alias}.version > 1 and ${isLater(reading, alias, to)})` };
}
