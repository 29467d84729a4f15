import { noDate } from '../index-rows.ts';
import { type Hit, type PageRow, packed } from '../packed-row.ts';
import { writeCursor } from './cursor.ts';
import type { Parameters } from './parameters.ts';
import { type Order, type Plan, type Position, pageStatement } from './plan.ts';
import type { Reading } from './reading.ts';

/** Sort keys that may hold spaces come as columns of their own. */
const ownKeys = (order: Order): number =>
  order.kind === 'keys' ? order.keys.length : order.kind === 'text' ? 1 : 0;

/** The statement of one page and one resource more, with the number of sort keys that are columns of their own. */
export function fetchStatement(
  plan: Plan,
  after: Position | undefined,
  limit: number,
  to: Parameters,
  turn = '0',
): { text: string; keys: number } {
  const page = pageStatement(plan, after, limit + 1, to);
  const { order } = plan;
  const keys = ownKeys(order);
  const columns = Array.from({ length: keys }, (_, i) => `, k.k${i}::text`).join('');
  const key = order.kind === 'place' || keys > 0 ? `'-'` : `coalesce(k.k0::text, '-')`;
  const seen = `case when k.place > ${limit} then (select pg_current_snapshot()::text) else '-' end`;
  return {
    keys,
    text: `select ${packed('r', [turn, 'k.place', seen, key])}${columns} from (select row_number() over () as place, p.* from (${page}) p) k join resource r on r.person = k.person and r.pk = k.pk`,
  };
}

export interface Fetched {
  readonly hits: readonly Hit[];
  readonly more: boolean;
  /** Place of the last hit. */
  readonly last: Position | undefined;
  /** What the statement saw, where there is more. */
  readonly snapshot: string;
}

export function fetched(rows: readonly PageRow[], plan: Plan, limit: number): Fetched {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    hits: kept.map((row) => row.hit),
    more: rows.length > limit,
    last: last && positionOf(last, plan.order),
    snapshot: rows.at(-1)?.seen ?? '',
  };
}

/** With the first page's next begins a reading. */
export function firstPage({ hits, more, last, snapshot }: Fetched, { order }: Plan, now: number) {
  const reading: Reading = { at: now, snapshot };
  return { hits, next: more ? writeCursor({ reading, changed: false, order, position: last }) : undefined };
}

function positionOf({ hit, key, keys }: PageRow, order: Order): Position {
  const { person, pk } = hit;
  if (order.kind === 'keys' || order.kind === 'text') return { keys, person, pk };
  if (order.kind === 'place') return { keys: [], person, pk };
  return { keys: [key === '-' || key === String(noDate) ? null : key], person, pk };
}
