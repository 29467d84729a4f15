/** Who has a request open now. A lock keeps nobody from reading; it keeps two people from answering without knowing. */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';

/** Long enough to write an answer without script; with it the page holds on and lets go by itself. */
const holdMs = 10 * 60_000;

export interface Holder {
  readonly account: string;
  readonly name: string;
  /** ms since 1970 UTC. */
  readonly since: number;
}

export interface Taker {
  readonly account: string;
  readonly name: string;
  /** Id (UUID) of the page that takes it. */
  readonly page: string;
}

export interface Locks {
  /** Takes it where nobody else has it, or keeps it. Answers who has it now. */
  readonly take: (task: string, who: Taker) => Promise<Holder>;
  /** Takes it from whoever has it. */
  readonly takeOver: (task: string, who: Taker) => Promise<void>;
  /** Keeps it for longer, where it is theirs. */
  readonly keep: (task: string, account: string) => Promise<void>;
  /** Lets it go, unless a later page of theirs has it. */
  readonly release: (task: string, account: string, page: string) => Promise<void>;
  /** Who has these open, by task. */
  readonly holders: (tasks: readonly string[]) => Promise<ReadonlyMap<string, Holder>>;
}

export function openLocks({
  database,
  clock,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
}): Locks {
  const { pool } = database;
  const holderOf = (row: Readonly<Record<string, unknown>>): Holder => ({
    ...{ account: String(row['account']), name: String(row['name']), since: Number(row['since']) },
  });
  return {
    async take(task, { account, name, page }) {
      const now = clock.now();
      const [row] = await pool`
        insert into triage_lock as held (task, account, name, page, since, until)
        values (${task}, ${account}, ${name}, ${page}, ${now}, ${now + holdMs})
        on conflict (task) do update set
          account = case when held.until <= ${now} then excluded.account else held.account end,
          name = case when held.until <= ${now} then excluded.name else held.name end,
          page = case when held.until <= ${now} or held.account = excluded.account then excluded.page else held.page end,
          since = case when held.until <= ${now} then excluded.since else held.since end,
          until = case when held.until <= ${now} or held.account = excluded.account then excluded.until else held.until end
        returning account, name, since`;
      return holderOf(row!); // an insert or update that has no condition answers a row
    },
    async takeOver(task, { account, name, page }) {
      const now = clock.now();
      await pool`
        insert into triage_lock (task, account, name, page, since, until)
        values (${task}, ${account}, ${name}, ${page}, ${now}, ${now + holdMs})
        on conflict (task) do update set account = excluded.account, name = excluded.name, page = excluded.page,
          since = case when triage_lock.account = excluded.account then triage_lock.since else excluded.since end, until = excluded.until`;
    },
    async keep(task, account) {
      await pool`update triage_lock set until = ${clock.now() + holdMs} where task = ${task} and account = ${account}`;
    },
    async release(task, account, page) {
      await pool`delete from triage_lock where task = ${task} and account = ${account} and page::text = ${page}`;
    },
    async holders(tasks) {
      const rows = await pool`
        select task, account, name, since from triage_lock where task = any(${[...tasks]}) and until > ${clock.now()}`;
      return new Map(rows.map((row) => [String(row['task']), holderOf(row)]));
    },
  };
}
