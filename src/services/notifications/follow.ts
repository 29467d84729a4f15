/**
 * Follows the changes of the record and tells people of those that are news to them. One process at a time does it, from where
 * the last one stood: a change, what is told of it and the new position are one transaction, so that a process that dies
 * neither loses one nor tells it twice.
 */
import type { Resource } from '@medplum/fhirtypes';
import type { RecordHolder, RecordHolders } from '../../access/record-holders.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { type ChangeEvent, changesSince, feedEnd, patientsOfKeys } from '../../record/feed.ts';
import { newsOfChange, newsTypes } from './news-of-change.ts';
import type { Outbox } from './outbox.ts';
import { actorFor, readAs, type Telling } from './tell.ts';

export interface FollowNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly record: Pick<CareRecord, 'read' | 'readVersion'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly holders: RecordHolders;
  readonly outbox: Outbox;
  readonly telling: Telling;
}

export interface Follower {
  /** Sets the beginning where there is none: what is in the record by now is told to nobody. */
  readonly begin: () => Promise<void>;
  /** Tells of some changes; answers whether there may be more. Nothing where another process is at it. */
  readonly step: () => Promise<boolean>;
  /** Goes on by itself until it is ended. */
  readonly run: () => () => Promise<void>;
}

const position = 'record';
const atOnce = 200;
const lookAgainMs = 2_000;

export function openFollower(needs: FollowNeeds): Follower {
  const { database, record, clock, log, holders, outbox, telling } = needs;

  const tellOf = async (
    sql: Transaction,
    { type, id, version }: ChangeEvent,
    holder: RecordHolder,
  ): Promise<void> => {
    // As it is now: what was taken back meanwhile is not told, and what is kept from this holder is not there.
    const stored = await readAs(record, holder, type, id);
    if (!stored?.body) return;
    const earlier =
      version > 1
        ? await record.readVersion(actorFor(holder), type, id, version - 1).catch(() => undefined) // kept from them then, or gone
        : undefined;
    const { patient, ownPatient } = holder;
    const { news, withdraw } = newsOfChange({
      resource: resourceOf<Resource>(stored),
      before: earlier?.body ? resourceOf<Resource>(earlier) : undefined,
      ...{ patient, now: clock.now() },
      self: [`Patient/${patient}`, ...(ownPatient === undefined ? [] : [`Patient/${ownPatient}`])],
    });
    if (withdraw) await outbox.withdraw(sql, 'appointment-reminder', withdraw.aboutBegins, withdraw.except);
    for (const one of news) await telling.tell(sql, holder, one);
  };

  const step = () =>
    inTransaction(database, async (sql) => {
      // Held until the transaction ends, however it ends; other processes pass by.
      const [row] = await sql<{ cursor: string }[]>`
        select cursor from notification_position where name = ${position} for update skip locked`;
      if (!row) return false;
      const { events, cursor } = await changesSince(sql, row.cursor, atOnce);
      if (events.length === 0) return false;
      const worth = events.filter(({ kind, type }) => kind !== 'deleted' && newsTypes.has(type));
      const patients = await patientsOfKeys(sql, [...new Set(worth.map(({ person }) => person))]);
      const those = await holders.of([...new Set(patients.values())]);
      for (const event of worth) {
        const patient = patients.get(event.person);
        for (const holder of those) if (holder.patient === patient) await tellOf(sql, event, holder);
      }
      await sql`update notification_position set cursor = ${cursor} where name = ${position}`;
      return events.length === atOnce;
    });

  return {
    step,
    async begin() {
      await database.pool`
        insert into notification_position (name, cursor) values (${position}, ${await feedEnd(database.pool)})
        on conflict do nothing`;
    },
    run() {
      let ended = false;
      let wake = () => {};
      const work = (async () => {
        while (!ended) {
          const more = await step().catch((error: unknown) => {
            log.warn({ err: error }, 'changes of the record were not told: they are looked at again');
            return false;
          });
          if (more || ended) continue;
          await new Promise<void>((done) => {
            const timer = setTimeout(done, lookAgainMs);
            timer.unref();
            wake = () => {
              clearTimeout(timer);
              done();
            };
          });
        }
      })();
      return async () => {
        ended = true;
        wake();
        await work;
      };
    },
  };
}
