/** Orders as they are kept: each deed an event with the version it makes, so that of two at once one is told of the other. */
import type { Clock } from '../../../platform/clock.ts';
import type { Database, Transaction } from '../../../platform/database.ts';
import type { NewId } from '../../../platform/ids.ts';
import { problem } from '../../../platform/problem.ts';
import { codeOf } from '../../../platform/sql-error.ts';
import { formatMoment, localMoment } from '../../../web/dates.ts';
import type { By, Register } from '../model.ts';
import { applied, opened, orderFrom } from './apply-deed.ts';
import { check } from './decide.ts';
import { deedTitle } from './deed-words.ts';
import type { Deed, Doer, Order, OrderEvent } from './order.ts';
import { circuitChanges } from './order-circuit.ts';

export type Opening = Omit<Extract<Deed, { kind: 'opened' }>, 'kind' | 'number'>;

export interface OrdersAsked {
  /** Those under way alone. */
  readonly open?: boolean;
  readonly sites?: readonly string[];
  /** Asked of this supplier. */
  readonly provider?: string;
}

export interface Orders {
  readonly get: (id: string) => Promise<Order | undefined>;
  /** First deed first. */
  readonly history: (id: string) => Promise<readonly OrderEvent[]>;
  /** By number. */
  readonly all: (asked?: OrdersAsked) => Promise<readonly Order[]>;
  /** Opens one. The same key again answers the same order. Throws 409 where the site has one under way for that line. */
  readonly open: (opening: Opening, by: Doer, key: string) => Promise<Order>;
  /**
   * Does something to the order as it stood at a version. The same key again changes nothing. Throws 409 where someone was
   * faster, 404 where there is none, 422 where it does not fit. What it means for the register is saved with it, or neither is.
   */
  readonly act: (
    id: string,
    done: { readonly version: number; readonly key: string; readonly by: Doer; readonly deed: Deed },
  ) => Promise<Order>;
  /** Whole histories, made elsewhere: each checked by being played through. What is there already stays as it is. */
  readonly bring: (histories: readonly (readonly OrderEvent[])[], keys: NewId) => Promise<number>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface EventRow {
  readonly order_id: string;
  readonly version: number;
  readonly at: string;
  readonly doer: Doer;
  readonly deed: Deed;
}
const eventOf = ({ order_id, version, at, doer, deed }: EventRow): OrderEvent => ({
  ...{ order: order_id, version, at: Number(at), by: doer, deed },
});

export function openOrders({
  database,
  clock,
  newId,
  register,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly register: Register;
}): Orders {
  const { pool } = database;
  /** The register is saved on a connection of its own while the order is held: one at a time, so that they never wait for each other. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };

  const bodyOf = (rows: readonly { readonly body: Order }[]) => rows.map(({ body }) => body);

  const byKey = async (sql: Transaction | typeof pool, key: string): Promise<Order | undefined> => {
    const rows = await sql<{ body: Order }[]>`select o.body from line_order_event e
      join line_order o on o.id = e.order_id where e.key = ${key}`;
    return bodyOf(rows)[0];
  };

  const write = async (
    sql: Transaction,
    order: Order,
    { version, at, by, deed }: OrderEvent,
    key: string,
  ) => {
    const body = sql.json(order as never); // plain data
    if (version === 1)
      await sql`insert into line_order (id, number, site, role, state, version, body)
        values (${order.id}, ${order.number}, ${order.site}, ${order.role}, ${order.state}, ${version}, ${body})`;
    else
      await sql`update line_order set state = ${order.state}, version = ${version}, body = ${body}
        where id = ${order.id}`;
    await sql`insert into line_order_event (order_id, version, key, at, doer, deed)
      values (${order.id}, ${version}, ${key}, ${at}, ${sql.json(by as never)}, ${sql.json(deed as never)})`;
  };

  /** Says who was faster, and with what. */
  const overtaken = (event: OrderEvent | undefined) =>
    problem(
      'conflict',
      event
        ? `${event.by.name} changed this order on ${formatMoment(event.at)}: ${deedTitle(event.deed).toLowerCase()}. Look at it as it is now, and send this again if it is still right.`
        : 'Someone changed this order meanwhile. Look at it as it is now, and send this again if it is still right.',
    );

  const taken = () =>
    problem('conflict', 'There is an order under way for this line of the site already. Open that one.', {
      where: 'site',
    });

  const history = async (id: string): Promise<readonly OrderEvent[]> => {
    if (!uuid.test(id)) return [];
    const rows = await pool<EventRow[]>`select order_id, version, at, doer, deed from line_order_event
      where order_id = ${id} order by version`;
    return rows.map(eventOf);
  };

  return {
    history,
    async get(id) {
      if (!uuid.test(id)) return undefined;
      return bodyOf(await pool<{ body: Order }[]>`select body from line_order where id = ${id}`)[0];
    },
    async all({ open = false, sites, provider } = {}) {
      const rows = await pool<{ body: Order }[]>`select body from line_order
        where ${open ? pool`state not in ('live', 'cancelled')` : pool`true`}
          and ${sites ? pool`site = any(${[...sites]})` : pool`true`}
          and ${provider === undefined ? pool`true` : pool`body->'invited' ? ${provider}`}
        order by number`;
      return bodyOf(rows);
    },
    async open(opening, by, key) {
      try {
        return await pool.begin(async (sql) => {
          const known = await byKey(sql, key);
          if (known) return known;
          // Numbers follow each other without gaps, as people expect of them.
          await sql`lock table line_order in share row exclusive mode`;
          const [row] = await sql<
            { number: number }[]
          >`select coalesce(max(number), 0) + 1 as number from line_order`;
          const deed: Deed = { kind: 'opened', number: row?.number ?? 0, ...opening };
          const event: OrderEvent = { order: newId(), version: 1, at: clock.now(), by, deed };
          const order = opened(event);
          await write(sql, order, event, key);
          return order;
        });
      } catch (error) {
        if (codeOf(error) !== '23505') throw error;
        const known = await byKey(pool, key);
        if (known) return known;
        throw taken();
      }
    },
    act: (id, { version, key, by, deed }) =>
      inTurn(() =>
        pool.begin(async (sql) => {
          const [row] = uuid.test(id)
            ? await sql<{ body: Order }[]>`select body from line_order where id = ${id} for update`
            : [];
          if (!row) throw problem('not-found', 'There is no such order.');
          const before = row.body;
          if (await byKey(sql, key)) return before;
          if (before.version !== version) {
            const [latest] = await sql<
              EventRow[]
            >`select order_id, version, at, doer, deed from line_order_event
              where order_id = ${id} order by version desc limit 1`;
            throw overtaken(latest && eventOf(latest));
          }
          const at = clock.now();
          check(before, deed, by, localMoment(at).key);
          const event: OrderEvent = { order: id, version: version + 1, at, by, deed };
          const order = applied(before, event);
          await write(sql, order, event, key);
          // Last, so that a refusal of either undoes both. Killed in between, the order still says that it waits, and
          // doing it again finds the register as it should be.
          const changes = circuitChanges(before, order, await register.circuits([order.site]));
          const who: By = { id: by.id, name: by.name, via: `order ${order.number}` };
          if (changes.length > 0) await register.save(changes, who);
          return order;
        }),
      ),
    bring: (histories, keys) =>
      pool.begin(async (sql) => {
        let brought = 0;
        for (const events of histories) {
          const order = orderFrom(events);
          const known =
            await sql`select 1 from line_order where id = ${order.id} or number = ${order.number}`;
          if (known.length > 0) continue;
          const [first, ...rest] = events;
          if (!first) continue;
          await write(sql, { ...order, version: 1 }, first, keys());
          if (rest.length > 0)
            await sql`insert into line_order_event ${sql(
              rest.map(({ version, at, by, deed }) => ({
                ...{ order_id: order.id, version, key: keys(), at },
                ...{ doer: sql.json(by as never), deed: sql.json(deed as never) },
              })),
            )}`;
          await sql`update line_order set state = ${order.state}, version = ${order.version},
            body = ${sql.json(order as never)} where id = ${order.id}`;
          brought += 1;
        }
        return brought;
      }),
  };
}
