import type { Resource } from '@medplum/fhirtypes';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { type Coding, type IndexRows, indexRows } from '../index-rows.ts';
import { typeName } from '../type-numbers.ts';
import { missingCodings, wrongWords } from './expected-words.ts';
import { type FaultKind, FaultList } from './fault-list.ts';
import { OwnedRows, type Owner } from './owned-rows.ts';
import { type Damaged, reindex, removeOrphans } from './reindex.ts';
import { difference, type SearchTable, searchTables } from './search-tables.ts';
import { checkVersions, type VersionRow } from './version-chain.ts';

export interface CheckOptions {
  readonly database: Database;
  /** Share of the resources, 0 to 1, whose search rows are worked out anew and compared. The rest is checked for all. Default 1. */
  readonly sample?: number;
  /** Which of them: any number; another one takes others. */
  readonly seed?: number;
  /** Write search rows that are wrong anew, and take away those that belong to nothing. */
  readonly repair?: boolean;
  readonly signal?: AbortSignal;
  readonly watch?: (done: number, total: number) => void;
}

export interface CheckResult {
  readonly faults: readonly FaultKind[];
  readonly resources: number;
  /** Resources whose search rows were compared. */
  readonly compared: number;
  readonly stopped: boolean;
}

const sliceSize = 200;

/**
 * Looks for damage in the record: whether its tables agree with each other, and search rows with the bodies they were drawn from.
 * All that is read is one moment's state, so writers need not wait; memory does not grow with the record.
 */
export async function checkRecord(options: CheckOptions): Promise<CheckResult> {
  return inTransaction(
    options.database,
    async (sql) => {
      await sql`select set_config('statement_timeout', '0', true)`;
      return new Check(options, sql).run();
    },
    { mode: 'isolation level repeatable read read only', retries: 0 },
  );
}

/** A current version as its row says. */
interface Current extends Owner {
  readonly name: string;
  readonly type: number;
  readonly id: string;
  readonly low: string;
  readonly high: string;
  readonly present: string;
  readonly slice: string;
  readonly version: VersionRow;
  readonly body: string;
}

/** One whose rows were worked out anew. */
interface Compared {
  readonly current: Current;
  readonly rows: IndexRows;
  readonly wrong: Set<string>;
  tokens: Damaged['tokens'];
}

/** What stands under a place that has no current version. */
interface Lonely {
  readonly owner: Owner;
  readonly identity: (readonly (string | null)[])[];
  readonly history: (readonly (string | null)[])[];
}

const titles = {
  columns: 'Resources whose person, date or filter columns differ from their body',
  words: 'Full-text rows that differ from the body',
  codings: 'Codes that the directory of codings lacks',
  body: 'Bodies that cannot be read',
  identity: 'Current versions without their place in identity',
  noVersion: 'Places in identity without any version',
  noPlace: 'Histories without a place in identity',
  notDeleted: 'Resources without a current version whose history does not end in a deletion',
  audit: 'Writes without an audit entry',
  index: 'Indexes of the database that are not valid',
  rows: (table: string) => `Rows of ${table} that differ from the body`,
  orphans: (table: string) => `Rows of ${table} that belong to no current version`,
};

class Check {
  readonly #options: CheckOptions;
  readonly #sql: Transaction;
  readonly #faults = new FaultList();
  readonly #lonely = new Map<string, Lonely>();
  readonly #every: number;
  #compared = 0;

  constructor(options: CheckOptions, sql: Transaction) {
    this.#options = options;
    this.#sql = sql;
    this.#every = Math.max(1, Math.round(1 / (options.sample ?? 1)));
  }

  async run(): Promise<CheckResult> {
    const { signal, watch } = this.#options;
    const sql = this.#sql;
    const [{ total } = { total: 0 }] = await sql<
      { total: number }[]
    >`select count(*)::int as total from resource`;
    await sql.unsafe(`declare current_rows no scroll cursor for
      select r.person::text, r.pk::text, r.type::int, r.id, r.version, r.updated::text, r.low::text, r.high::text,
        r.present::text, r.slice::text, r.body from resource r order by r.person, r.pk`);
    const identity = await OwnedRows.open(sql, 'identity', ['type', 'id']);
    const past = ['type', 'id', 'version', 'updated', 'left(t.body, 400)'];
    const history = await OwnedRows.open(sql, 'history', past);
    const words = await OwnedRows.open(sql, 'search_words', []);
    const tables: { table: SearchTable; stored: OwnedRows }[] = [];
    for (const table of searchTables)
      tables.push({ table, stored: await OwnedRows.open(sql, table.name, table.columns) });

    let done = 0;
    while (!signal?.aborted) {
      const rows = await sql.unsafe(`fetch ${sliceSize} from current_rows`);
      const compared: Compared[] = [];
      for (const row of rows) {
        const current = currentOf(row);
        await this.#places(current, identity, history);
        const one = current.pk % this.#every === this.#offset ? this.#worksOut(current) : undefined;
        for (const { table, stored } of tables) {
          const found = await stored.of(current, (owner, orphan) => this.#orphan(table.name, owner, orphan));
          if (!one) continue;
          if (table.name === 'search_token')
            one.tokens = found.map(([hash, low]) => [hash ?? '0', low ?? '0']);
          const { missing, extra } = difference(
            table.expected(one.rows, current.type),
            found.map(table.written),
          );
          if (missing + extra > 0) one.wrong.add(titles.rows(table.name));
        }
        const hasWords =
          (await words.of(current, (owner) => this.#orphan('search_words', owner, []))).length > 0;
        if (one && hasWords !== (one.rows.words !== undefined)) one.wrong.add(titles.words);
        if (one) compared.push(one);
      }
      await this.#compareWords(compared);
      for (const one of compared) await this.#settle(one);
      this.#compared += compared.length;
      done += rows.length;
      watch?.(done, total);
      if (rows.length < sliceSize) break;
    }
    const stopped = signal?.aborted === true;
    if (!stopped) {
      await this.#places(undefined, identity, history);
      for (const { table, stored } of tables)
        await stored.of(undefined, (owner, orphan) => this.#orphan(table.name, owner, orphan));
      await words.of(undefined, (owner) => this.#orphan('search_words', owner, []));
      await this.#audits();
      await this.#indexes();
    }
    return { faults: this.#faults.all, resources: done, compared: this.#compared, stopped };
  }

  get #offset(): number {
    return (this.#options.seed ?? 0) % this.#every;
  }

  #worksOut(current: Current): Compared | undefined {
    try {
      const rows = indexRows(JSON.parse(current.body) as Resource, current.id); // stored, so valid unless damaged
      const wrong = new Set<string>();
      const same =
        rows.person === current.person &&
        String(rows.low) === current.low &&
        String(rows.high) === current.high &&
        String(rows.present) === current.present &&
        `{${rows.slice.join(',')}}` === current.slice;
      if (!same) wrong.add(titles.columns);
      return { current, rows, wrong, tokens: [] };
    } catch {
      this.#faults.add(titles.body, current.name);
      return undefined;
    }
  }

  /** The place and the older versions of a current version, and of all that stand before it without one. */
  async #places(current: Current | undefined, identity: OwnedRows, history: OwnedRows): Promise<void> {
    const lonely = (owner: Owner): Lonely => {
      const key = `${owner.person} ${owner.pk}`;
      let found = this.#lonely.get(key);
      if (!found) {
        found = { owner, identity: [], history: [] };
        this.#lonely.set(key, found);
      }
      return found;
    };
    const places = await identity.of(current, (owner, row) => void lonely(owner).identity.push(row));
    const older = await history.of(current, (owner, row) => void lonely(owner).history.push(row));
    for (const one of this.#lonely.values()) this.#withoutCurrent(one);
    this.#lonely.clear();
    if (!current) return;
    const placed = places.some(([type, id]) => Number(type) === current.type && id === current.id);
    if (!placed || places.length > 1) this.#faults.add(titles.identity, current.name);
    this.#versions(current.name, [...older.map(versionOf), current.version]);
  }

  #withoutCurrent({ owner, identity, history }: Lonely): void {
    const [row] = identity.length > 0 ? identity : history;
    const name = row ? `${nameOf(Number(row[0]))}/${row[1]}` : `person ${owner.person}, pk ${owner.pk}`;
    if (history.length === 0) {
      this.#faults.add(titles.noVersion, name);
      return;
    }
    if (identity.length === 0) this.#faults.add(titles.noPlace, name);
    const versions = history.map(versionOf);
    const last = versions.reduce((a, b) => (b.version > a.version ? b : a));
    if (last.head !== undefined) this.#faults.add(titles.notDeleted, name);
    this.#versions(name, versions);
  }

  #versions(name: string, versions: readonly VersionRow[]): void {
    for (const title of checkVersions(name, versions)) this.#faults.add(title, name);
  }

  async #compareWords(compared: readonly Compared[]): Promise<void> {
    for (const i of await wrongWords(this.#sql, compared)) compared[i]?.wrong.add(titles.words);
    const codings = compared.flatMap(({ rows }, i) =>
      rows.codings.map((coding): [number, Coding] => [i, coding]),
    );
    for (const i of await missingCodings(this.#sql, codings)) compared[i]?.wrong.add(titles.codings);
  }

  async #settle({ current, wrong, tokens }: Compared): Promise<void> {
    if (wrong.size === 0) return;
    const damaged = { ...current, version: current.version.version, tokens };
    const mended = this.#options.repair === true && (await reindex(this.#options.database, damaged));
    for (const title of wrong) this.#faults.add(title, current.name, mended);
  }

  async #orphan(table: string, owner: Owner, row: readonly (string | null)[]): Promise<void> {
    const [hash = '0', low = '0'] = row;
    const tokens = table === 'search_token' ? ([[hash ?? '0', low ?? '0']] as const) : [];
    const mended =
      this.#options.repair === true && (await removeOrphans(this.#options.database, owner, tokens));
    this.#faults.add(titles.orphans(table), `person ${owner.person}, pk ${owner.pk}`, mended);
  }

  async #audits(): Promise<void> {
    const rows = await this.#sql`
      with lost as (
        select v.type, v.id, v.version from (
          select type, id, version, updated from resource
          union all select type, id, version, updated from history
        ) v
        where not exists (
          select from audit a where a.at = v.updated and a.type = v.type and a.id = v.id
            and a.version = v.version and a.action in ('C', 'U', 'D'))
      )
      select type, id, version, (count(*) over ())::int as total from lost limit 5`;
    if (rows.length === 0) return;
    const examples = rows.map(
      (row) => `${nameOf(Number(row['type']))}/${row['id']} version ${row['version']}`,
    );
    this.#faults.addMany(titles.audit, Number(rows[0]?.['total']), examples);
  }

  async #indexes(): Promise<void> {
    for (const row of await this.#sql`
      select indexrelid::regclass::text as name from pg_index
      where not (indisvalid and indisready) and indrelid::regclass::text !~ '^pg_'`)
      this.#faults.add(titles.index, row['name']);
  }
}

function currentOf(row: Record<string, unknown>): Current {
  const { person, pk, type, id, version, updated, low, high, present, slice, body } = row as Record<
    string,
    string
  >; // as the query gives them; type and version are numbers
  return {
    ...{ person: person!, pk: Number(pk), type: Number(type), id: id! },
    ...{ low: low!, high: high!, present: present!, slice: slice!, body: body! },
    name: `${nameOf(Number(type))}/${id}`,
    version: { type: Number(type), id: id!, version: Number(version), updated: Number(updated), head: body! },
  };
}

const versionOf = ([type, id, version, updated, head]: readonly (string | null)[]): VersionRow => ({
  type: Number(type),
  id: id ?? '',
  version: Number(version),
  updated: Number(updated),
  head: head ?? undefined,
});

function nameOf(type: number): string {
  try {
    return typeName(type);
  } catch {
    return `type ${type}`;
  }
}
