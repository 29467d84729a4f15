import { type Database, inTransaction } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';

/** Most rows of a step: some tenths of a second of work. */
const most = 20_000;

/** `textKey` as SQL. */
const keyOf = (text: string): string =>
  `('x' || encode(substr(sha256(convert_to(${text}, 'UTF8')), 1, 8), 'hex'))::bit(64)::int8`;

export interface AuditProjection {
  /**
   * Brings the ways into the log up to date, by at most so many steps of about so many rows (default 20,000). Answers the
   * rows added. Harmless when others do the same.
   */
  catchUp(steps?: number, rows?: number): Promise<number>;
}

/**
 * Fills `audit_person` and `audit_actor` from the log in order of transactions. Only transactions below the oldest that
 * is still open are taken, so none is ever missed; the place moves in the transaction that adds the rows, so none comes
 * twice.
 */
export function auditProjection(database: Pick<Database, 'pool'>): AuditProjection {
  /** Undefined: nothing is left, or another process is at it. */
  const step = (wanted: number) =>
    inTransaction(database, async (sql) => {
      const [place] = await sql`select xid::text as xid from audit_place for update skip locked`;
      if (!place) return undefined;
      // The snapshots of later statements see at least what this one does.
      const [horizon] = await sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
      const from = sql`${place['xid']}::text::xid8`;
      const below = sql`${horizon?.['xid']}::text::xid8`;
      const [far] = await sql`
        select xid::text as xid from audit where xid > ${from} and xid < ${below} order by xid offset ${wanted - 1} limit 1`;
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
    async catchUp(steps = Number.POSITIVE_INFINITY, wanted = most) {
      let rows = 0;
      for (let taken = 0; taken < steps; taken += 1) {
        const done = await step(wanted);
        rows += done?.rows ?? 0;
        if (!done?.more) break;
      }
      return rows;
    },
  };
}

/** Of one core, about the part that the views may take while others ask. */
const share = 0.05;

/**
 * Keeps the ways into the log up to date, a moment behind the writes; each time as many rows as take a small part of the time
 * until the next, so that in a rush those who ask come first and what is behind is made good after it. A search across
 * people has many rows, so that time is what is bounded. Answers what ends that.
 */
export function keepAuditProjected(
  database: Pick<Database, 'pool'>,
  log: Log,
  everyMs = 1000,
): () => Promise<void> {
  const projection = auditProjection(database);
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  let wanted = 500;
  const catchUp = async () => {
    const begun = performance.now();
    const rows = await projection.catchUp(1, wanted);
    const took = performance.now() - begun;
    if (rows > 0) wanted = Math.round(Math.min(Math.max((rows * everyMs * share) / took, 100), most));
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = catchUp().then(
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
