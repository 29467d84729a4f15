import type { Database, Sql, Transaction } from '../platform/database.ts';
import { asProblem } from '../platform/sql-error.ts';
import type { Actor } from './actor.ts';
import type { Stored } from './care-record.ts';
import { Group } from './group.ts';
import type { Coding } from './index-rows.ts';
import type { Key } from './keys.ts';
import type { Row } from './packed-row.ts';
import {
  type AuditRow,
  auditStatement,
  codingStatement,
  type NewVersion,
  type Statement,
  storeStatement,
} from './statement.ts';
import { StoredText } from './stored-text.ts';
import { typeName } from './type-numbers.ts';

/** A write with no condition to check: all of it is stored, or none. */
export interface PlainWrite {
  readonly versions: readonly NewVersion[];
  readonly audits: readonly AuditRow[];
}

interface Asked {
  readonly actor: Actor;
  readonly at: number;
  readonly type: number;
  readonly id: string;
}

/** What a read by id found. `gone`: it was there and has been deleted. */
export interface Found {
  readonly stored: Stored | undefined;
  readonly gone: boolean;
}

export type Connection = Sql | Transaction;

export function run(sql: Connection, statement: Statement) {
  return sql.unsafe(statement.text, statement.values as string[], { prepare: true });
}

/**
 * The way into the database for what every request does: plain writes, reads by id and audit entries, each gathered
 * with those of other requests. An answer comes only after the commit that holds it, audit entry included.
 */
export class Store {
  readonly database: Database;
  readonly #writes: Group<PlainWrite, undefined>;
  readonly #reads: Group<Asked, Found>;
  readonly #audits: Group<readonly AuditRow[], undefined>;
  #codings = new Set<string>();
  #nextPk = 0;
  #lastPk = -1;
  #pkBlock: Promise<void> | undefined;
  #told: ((people: ReadonlySet<Key>) => void) | undefined;

  constructor(database: Database) {
    this.database = database;
    this.#writes = new Group((items) => this.#store(items), {
      largest: 400,
      weight: (item) => item.versions.length,
    });
    this.#reads = new Group((items) => this.#find(items), { largest: 64, slots: 2 });
    this.#audits = new Group((items) => this.#log(items), { largest: 256 });
  }

  write(work: PlainWrite): Promise<undefined> {
    return this.#writes.add(work);
  }

  find(asked: Asked): Promise<Found> {
    return this.#reads.add(asked);
  }

  /** Tells, after each commit by this process, whose records changed; what an import stores is not told. */
  whenChanged(told: (people: ReadonlySet<Key>) => void): void {
    this.#told = told;
  }

  /** To be called after the commit of these entries. */
  changed(audits: readonly AuditRow[]): void {
    if (!this.#told) return;
    const people = new Set<Key>();
    for (const { action, outcome, person } of audits)
      if ((action === 'C' || action === 'U' || action === 'D') && outcome < 300) people.add(person);
    if (people.size > 0) this.#told(people);
  }

  audit(rows: readonly AuditRow[]): Promise<undefined> {
    return this.#audits.add(rows);
  }

  /** Takes the next place keys, a block of 1,000 at a time from the database. */
  async places(count: number): Promise<number[]> {
    const taken: number[] = [];
    while (taken.length < count) {
      if (this.#nextPk > this.#lastPk) {
        this.#pkBlock ??= this.#takeBlock();
        await this.#pkBlock;
        this.#pkBlock = undefined;
        continue;
      }
      taken.push(this.#nextPk);
      this.#nextPk += 1;
    }
    return taken;
  }

  async #takeBlock(): Promise<void> {
    const rows = await this.database.lane`select nextval('resource_pk') as first`.catch((error) => {
      throw asProblem(error);
    });
    if (this.#nextPk <= this.#lastPk) return; // another waiter took one meanwhile
    this.#nextPk = Number(rows[0]!['first']);
    this.#lastPk = this.#nextPk + 999;
  }

  /** Codings that this process has not seen stored yet. */
  unseenCodings(versions: readonly NewVersion[]): Coding[] {
    const fresh = new Map<string, Coding>();
    for (const { rows } of versions) {
      for (const coding of rows.codings) {
        const key = `${coding.hash} ${coding.display}`;
        if (!this.#codings.has(key)) fresh.set(key, coding);
      }
    }
    return [...fresh.values()];
  }

  /** To be called after the commit that stored them. */
  codingsStored(codings: readonly Coding[]): void {
    if (this.#codings.size > 100_000) this.#codings = new Set();
    for (const coding of codings) this.#codings.add(`${coding.hash} ${coding.display}`);
  }

  /** Stores unseen codings at once, in a commit of their own: long transactions that add the same would wait for each other. */
  async keepCodings(versions: readonly NewVersion[]): Promise<void> {
    const codings = this.unseenCodings(versions);
    if (codings.length === 0) return;
    await run(this.database.batch, codingStatement(codings)).catch((error) => {
      throw asProblem(error);
    });
    this.codingsStored(codings);
  }

  async #store(items: readonly PlainWrite[]): Promise<readonly undefined[]> {
    const versions = items.flatMap((item) => item.versions);
    const audits = items.flatMap((item) => item.audits);
    const codings = this.unseenCodings(versions);
    try {
      await run(this.database.batch, storeStatement(versions, codings, audits));
    } catch (error) {
      throw asProblem(error);
    }
    this.codingsStored(codings);
    this.changed(audits);
    return items.map(() => undefined);
  }

  async #log(items: readonly (readonly AuditRow[])[]): Promise<readonly undefined[]> {
    const rows = items.flat();
    if (rows.length > 0) {
      try {
        await run(this.database.batch, auditStatement(rows));
      } catch (error) {
        throw asProblem(error);
      }
    }
    return items.map(() => undefined);
  }

  async #find(items: readonly Asked[]): Promise<readonly Found[]> {
    const columns: string[][] = Array.from({ length: 11 }, () => []);
    items.forEach(({ actor, at, type, id }, n) => {
      const row = [
        String(n),
        String(at),
        String(type),
        text(id),
        text(actor.id),
        text(actor.name),
        text(actor.role),
      ];
      row.push(actor.organisation === undefined ? 'NULL' : text(actor.organisation));
      row.push(text(actor.purpose), actor.via, text(actor.requestId));
      row.forEach((value, i) => {
        columns[i]!.push(value);
      });
    });
    let rows: readonly Row[];
    try {
      rows = await this.database.batch
        .unsafe(
          readStatement,
          columns.map((column) => `{${column.join(',')}}`),
          { prepare: true },
        )
        .values();
    } catch (error) {
      throw asProblem(error);
    }
    const found: Found[] = items.map(() => ({ stored: undefined, gone: false }));
    for (const row of rows) {
      const [n, known, version, updated] = row[0]!.split(' ');
      const { type, id } = items[Number(n)]!;
      if (known !== 't') continue;
      const gone = version === '0';
      const stored = gone
        ? undefined
        : new StoredText(typeName(type), id, Number(version), Number(updated), row[1]);
      found[Number(n)] = { stored, gone };
    }
    return found;
  }
}

const special = /["\\]/g;
const text = (value: string): string => `"${value.replace(special, '\\$&')}"`;

/** Reads any number of resources by id, and logs each read, found or not, in the same statement. */
const readStatement = `
with asked as (
  select * from unnest($1::int4[],$2::int8[],$3::int2[],$4::text[],$5::text[],$6::text[],$7::text[],$8::text[],$9::text[],$10::text[],$11::text[])
    as a(n,at,type,id,actor,actor_name,role,organisation,purpose,via,request)
), found as (
  select a.n, i.person, r.version, r.updated, r.body
  from asked a
  left join identity i on i.type = a.type and i.id = a.id
  left join resource r on r.person = i.person and r.pk = i.pk
), logged as (
  insert into audit (at,person,version,type,outcome,action,id,actor,actor_name,role,organisation,purpose,via,request)
  select a.at, coalesce(f.person, 0), f.version, a.type,
    case when f.version is not null then 200 when f.person is not null then 410 else 404 end,
    'R', a.id, a.actor, a.actor_name, a.role, a.organisation, a.purpose, a.via, a.request
  from asked a join found f on f.n = a.n
)
select concat_ws(' ', n, person is not null, coalesce(version, 0), coalesce(updated, 0)), body from found`;
