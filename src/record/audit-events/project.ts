import { type Database, inTransaction } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';

/** Rows that a step aims at: some tenths of a second of work. */
const target = 20_000;

/** `textKey` as SQL. */
const keyOf = (text: string): string =>
  `('x' || encode(substr(sha256(convert_to(${text}, 'UTF8')), 1, 8), 'hex'))::bit(64)::int8`;

export interface AuditProjection {
  /** Brings the ways into the log up to date, by at most so many steps. Answers the rows added. Harmless when others do the same. */
  catchUp(steps?: number): Promise<number>;
}

/**
 * Fills `audit_person` and `audit_actor` from the log in order of transactions. Only transactions below the oldest that
 * is still open are taken, so none is ever missed; the place moves in the transaction that adds the rows, so none comes
 * twice.
 */
export function auditProjection(database: Pick<Database, 'pool'>): AuditProjection {
  /** Undefined: nothing is left, or another process is at it. */
  const step = () =>
    inTransaction(database, async (sql) => {
      const [place] = await sql`select xid::text as xid from audit_place for update skip locked`;
      if (!place) return undefined;
      // The snapshots of later statements see at least what this one does.
      const [horizon] = await sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
      const from = sql`${place['xid']}::text::xid8`;
      const below = sql`${horizon?.['xid']}::text::xid8`;
      const [far] = await sql`
        select xid::text as xid from audit where xid > ${from} and xid < ${below} order by xid offset ${target - 1} limit 1`;
      const [last] = far
        ? [far]
        : await sql`
        select xid::text as xid from audit where xid > ${from} and xid < ${below} order by xid desc limit 1`;
      if (!last) return undefined;
      const range = sql`xid > ${from} and xid <= ${last['xid']}::text::xid8`;
      // One pass over the log; each table's rows in the order of its key, so that neighbours share a page.
      const [added] = await sql`
        with fresh as materialized (select at, seq, person, persons, actor from audit where ${range}),
        people as (
          insert into audit_person (person, at, seq)
          select person, at, seq from (
            select person, at, seq from fresh where person <> 0
            union all
            select unnest(persons), at, seq from fresh where persons is not null) entry
          order by 1, 2, 3 on conflict do nothing),
        known as materialized (
          select actor, ${sql.unsafe(keyOf('actor'))} as key from (select distinct actor from fresh) one),
        actors as (
          insert into audit_actor (actor, at, seq, person)
          select key, at, seq, person from fresh join known using (actor) order by 1, 2, 3 on conflict do nothing)
        select count(*) as rows from fresh`;
      await sql`update audit_place set xid = ${last['xid']}::text::xid8`;
      return { rows: Number(added?.['rows']), more: far !== undefined };
    });

  return {
    async catchUp(steps = Number.POSITIVE_INFINITY) {
      let rows = 0;
      for (let taken = 0; taken < steps; taken += 1) {
        const done = await step();
        rows += done?.rows ?? 0;
        if (!done?.more) break;
      }
      return rows;
    },
  };
}

/**
 * Keeps the ways into the log up to date, a moment behind the writes; a step at a time, so that in a rush those who ask come
 * first and what is behind is made good after it. Answers what ends that.
 */
export function keepAuditProjected(
  database: Pick<Database, 'pool'>,
  log: Log,
  everyMs = 1000,
): () => Promise<void> {
  const projection = auditProjection(database);
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = projection.catchUp(1).then(
      () => {
        busy = false;
      },
      (error) => {
        busy = false;
        // Nothing is lost: what is not projected is read from the log itself.
        log.warn({ err: error }, 'the views of the audit log could not be brought up to date');
      },
    );
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
