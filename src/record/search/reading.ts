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
 * A version's time is taken before its transaction ends, by far less than this. Versions that are older than the reading
 * by more need not be asked for their transaction, of which rows carry only the lower half of the number.
 */
const longestWrite = 86_400_000;

/** SQL that is true for a row of `resource` whose version the first page could not see. */
function isLater({ at, snapshot }: Reading, alias: string, to: Parameters): string {
  const [, next = '0', open = ''] = snapshot.split(':');
  // Half the circle lies behind, half ahead.
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

/** True for resources of the types (none: all) that were there before and have a newer version since. */
export function changedSince(reading: Reading, types: readonly number[]): Condition {
  const [oldest = '0'] = reading.snapshot.split(':');
  const test = (alias: string, to: Parameters): string =>
    `(${alias}.version > 1 and ${isLater(reading, alias, to)})`;
  return {
    test,
    // The log of changes has them by transaction.
    source: {
      kind: 'rows',
      few: false,
      mixed: false,
      rows: (to) =>
        `select v.person, v.pk from audit a join identity i on i.type = a.type and i.id = a.id join resource v on v.person = i.person and v.pk = i.pk where a.action in ('C', 'U', 'D') and a.xid >= ${to.add(oldest, 'text')}::xid8 and a.version > 1${types.length === 0 ? '' : ` and a.type = any(${to.list(types, 'int2')})`} and ${test('v', to)}`,
    },
  };
}
