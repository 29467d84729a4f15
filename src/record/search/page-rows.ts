import { noDate } from '../index-rows.ts';
import { type Hit, type PageRow, packed, pageRow, type Row } from '../packed-row.ts';
import { writeCursor } from './cursor.ts';
import type { Parameters } from './parameters.ts';
import { type Order, type Plan, type Position, pageStatement } from './plan.ts';
import type { Reading } from './reading.ts';

/** Sort keys that may hold spaces come as columns of their own. */
const ownKeys = (order: Order): number =>
  order.kind === 'keys' ? order.keys.length : order.kind === 'text' ? 1 : 0;

export interface PageText {
  /** The statement of one page and one resource more. Its rows come in the order of the page. */
  readonly text: string;
  /** Sort keys that are columns of their own. */
  readonly keys: number;
  /** The same in two steps: places with person and pk; then, of those as `k` with the turn `n`, the rows. */
  readonly places: string;
  readonly rows: string;
}

export function fetchStatement(
  plan: Plan,
  after: Position | undefined,
  limit: number,
  to: Parameters,
  turn = '0',
): PageText {
  const places = pageStatement(plan, after, limit + 1, to);
  const { order } = plan;
  const keys = ownKeys(order);
  const own = Array.from({ length: keys }, (_, i) => `, k.k${i}::text`).join('');
  const key = order.kind === 'place' || keys > 0 ? `'-'` : `coalesce(k.k0::text, '-')`;
  const rowsOf = (of: string, from: string): string => {
    const columns = `${packed('r', [of, '(select pg_current_snapshot()::text)', key])}${own}`;
    // One by one, so that rows come in the order of their places: sorting or counting them would cost as much as finding them.
    return `select ${columns} from ${from} k cross join lateral (select * from resource o where o.person = k.person and o.pk = k.pk offset 0) r`;
  };
  return { keys, places, text: rowsOf(turn, `(${places})`), rows: rowsOf('k.n', '') };
}

export interface Fetched {
  readonly hits: readonly Hit[];
  readonly more: boolean;
  /** Place of the last hit. */
  readonly last: Position | undefined;
  /** What the statement saw, where there is more. */
  readonly snapshot: string;
  /** A resource comes more than once: only where the plan lets it. */
  readonly repeats: boolean;
}

/** The page that the rows of its statement make. */
export function fetched(found: readonly Row[], keys: number, plan: Plan, limit: number): Fetched {
  const rows = found.map((row) => pageRow(row, keys));
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    hits: kept.map((row) => row.hit),
    more: rows.length > limit,
    last: last && positionOf(last, plan.order),
    snapshot: rows.at(-1)?.seen ?? '',
    repeats: plan.repeats === true && new Set(rows.map(({ hit }) => hit.pk)).size < rows.length,
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
