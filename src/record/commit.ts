import type { Resource, ResourceType } from '@medplum/fhirtypes';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { NewId } from '../platform/ids.ts';
import { Problem, problem } from '../platform/problem.ts';
import { codeOf } from '../platform/sql-error.ts';
import type { Actor } from './actor.ts';
import type { Change, Committed, Stored } from './care-record.ts';
import { type Coding, indexRows } from './index-rows.ts';
import { type Key, textKey } from './keys.ts';
import { isId, type Prepared, prepare, readResource, refuseInvalid } from './prepare.ts';
import { removeStatement } from './remove.ts';
import { fillText, localReferences, sameContent } from './resource-text.ts';
import { type AuditRow, type NewVersion, storeStatement } from './statement.ts';
import { run, type Store } from './store.ts';
import { typeNumber } from './type-numbers.ts';

/** Finds what a condition (`identifier=…`) matches, on the transaction's own connection: at most two are needed. */
export type FindMatches = (
  sql: Transaction,
  actor: Actor,
  type: string,
  query: string,
) => Promise<readonly string[]>;

/** A change within a bundle: its address there, by which others point at it. */
export interface Item {
  readonly change: Change;
  readonly fullUrl?: string;
  /** Prefix of `where` in faults: `Bundle.entry[3].resource`. */
  readonly prefix?: string;
}

export type CommitResult = Committed['results'][number];

export interface CommitParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly findMatches: FindMatches;
  /** Public address of the FHIR API. */
  readonly baseUrl: string;
}

/** How links inside a bundle's resources are rewritten once every item's place is known. */
export interface Rewriting {
  /** True where rewriting must search: `Patient?identifier=…` as a reference. */
  readonly needsDatabase: boolean;
  /** Told the place of each item, `Type/id`, in order, before the first text is rewritten. */
  learn(places: readonly (string | undefined)[]): void;
  apply(sent: string, item: Item, sql: Transaction | undefined): Promise<string>;
}

/** What an item comes to once its conditions are settled. */
type Settled =
  | {
      readonly kind: 'put';
      readonly type: string;
      readonly id: string;
      readonly isNew: boolean;
      readonly sent: string;
      readonly ifMatch?: number;
    }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: number }
  | { readonly kind: 'found'; readonly type: string; readonly id: string }
  | { readonly kind: 'absent' };

const typeOf = (sent: string): string => {
  const quick = /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/.exec(sent);
  return quick?.[1] ?? readResource(sent).resourceType;
};

/** Told of a change that is refused, by its index, why, and the place `Type/id` that links to it have been given. */
export type SetAside = (index: number, why: Problem, place?: string) => void;

export interface Slicing {
  readonly rewrite?: Rewriting;
  /** Most changes in one statement. */
  readonly slice: number;
  readonly setAside: SetAside;
  /** Each change in a savepoint of its own, so that one which the database itself refuses is set aside too. */
  readonly careful?: boolean;
}

export interface WithinCounts {
  /** Versions stored, deletions included. */
  readonly written: number;
  readonly unchanged: number;
}

interface Written {
  readonly results: readonly CommitResult[];
  /** To be remembered as stored once the transaction is. */
  readonly codings: readonly Coding[];
}

/** The one write path: see CareRecord.commit. */
export class Committer {
  readonly #parts: CommitParts;
  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Stores all the changes, or none. `rewrite` is called with every id known, before validation. */
  async commit(actor: Actor, items: readonly Item[], rewrite?: Rewriting): Promise<readonly CommitResult[]> {
    const plain =
      rewrite?.needsDatabase !== true &&
      items.every(({ change }) => change.kind === 'create' && change.ifNoneExist === undefined);
    if (plain) return this.#create(actor, items, rewrite);
    for (let tries = 0; ; tries += 1) {
      try {
        const { results, codings } = await inTransaction(this.#parts.store.database, (sql) =>
          this.#transact(sql, actor, items, rewrite),
        );
        this.#parts.store.codingsStored(codings);
        return results;
      } catch (error) {
        // Someone else claimed the same new id between our look and our write: look again.
        if (codeOf(causeOf(error)) !== '23505' || tries >= 5) throw error;
      }
    }
  }

  /**
   * Stores many changes in a transaction that the caller holds, slice by slice, so that memory stays small: for
   * imports. A change that is refused is told to `setAside` and left out; the others are stored. Rewriting knows the
   * places of all, those set aside included: a link to one is whole once that one has been mended.
   */
  async within(sql: Transaction, actor: Actor, items: readonly Item[], how: Slicing): Promise<WithinCounts> {
    const { rewrite, slice, setAside, careful = false } = how;
    const refused = new Set<number>();
    const refuse: SetAside = (index, why) => {
      refused.add(index);
      setAside(index, why, settled[index] && placeOf(settled[index]));
    };
    const settled: Settled[] = [];
    for (const [i, item] of items.entries())
      settled.push((await orRefused(i, refuse, () => this.#settle(sql, actor, item))) ?? { kind: 'absent' });
    rewrite?.learn(settled.map(placeOf));
    const counts = { written: 0, unchanged: 0 };
    for (let from = 0; from < items.length; ) {
      const until = careful ? from + 1 : endOfSlice(settled, from, slice);
      const kept: Settled[] = [];
      const prepared = new Map<number, Prepared>();
      const indexes: number[] = [];
      for (let i = from; i < until; i += 1) {
        const one = settled[i]!;
        if (refused.has(i)) continue;
        const ready =
          one.kind === 'put' &&
          (await orRefused(i, refuse, () => this.#prepare(sql, items[i]!, one, rewrite)));
        if (ready === undefined) continue;
        if (ready) prepared.set(kept.length, ready);
        kept.push(one);
        indexes.push(i);
      }
      const write = (on: Transaction) =>
        this.#write(on, actor, kept, prepared, {
          codingsFirst: true,
          refuse: (i, why) => refuse(indexes[i]!, why),
        });
      const written = careful
        ? await orRefused(from, refuse, () => sql.savepoint(write).catch(throwRefusal))
        : await write(sql);
      written?.results.forEach(({ outcome }, i) => {
        if (refused.has(indexes[i]!)) return;
        const changed = outcome === 'created' || outcome === 'updated' || outcome === 'deleted';
        counts[changed ? 'written' : 'unchanged'] += 1;
      });
      from = until;
    }
    return counts;
  }

  /** Only creates under ids that we choose: nothing to look up, nothing to wait for. */
  async #create(
    actor: Actor,
    items: readonly Item[],
    rewrite: Rewriting | undefined,
  ): Promise<readonly CommitResult[]> {
    const { store, clock, newId } = this.#parts;
    const named = items.map((item) => {
      const { text } = item.change as { text: string }; // all are creates
      return { item, id: newId(), text };
    });
    rewrite?.learn(named.map(({ id, text }) => `${typeOf(text)}/${id}`));
    const prepared: Prepared[] = [];
    for (const { item, id, text } of named) {
      const sent = rewrite
        ? await rewrite.apply(text, item, undefined)
        : localReferences(text, this.#parts.baseUrl);
      prepared.push(prepare(sent, id, item.prefix === undefined ? {} : { prefix: item.prefix }));
    }
    const pks = await store.places(prepared.length);
    const now = clock.now();
    const versions = prepared.map((one, i) => newVersion(one, pks[i]!, 1, now, true));
    await store.write({ versions, audits: versions.map((version) => auditOf(actor, version, 'C', 201)) });
    return versions.map((version, i) => ({
      outcome: 'created',
      stored: storedOf(prepared[i]!.type, version),
    }));
  }

  async #transact(
    sql: Transaction,
    actor: Actor,
    items: readonly Item[],
    rewrite: Rewriting | undefined,
  ): Promise<Written> {
    const settled: Settled[] = [];
    for (const item of items) settled.push(await this.#settle(sql, actor, item));
    refuseTwice(settled, items);
    rewrite?.learn(settled.map(placeOf));

    const prepared = new Map<number, Prepared>();
    for (const [i, one] of settled.entries())
      if (one.kind === 'put') prepared.set(i, await this.#prepare(sql, items[i]!, one, rewrite));
    return this.#write(sql, actor, settled, prepared);
  }

  async #prepare(
    sql: Transaction,
    item: Item,
    one: Settled & { kind: 'put' },
    rewrite: Rewriting | undefined,
  ): Promise<Prepared> {
    const sent = rewrite
      ? await rewrite.apply(one.sent, item, sql)
      : localReferences(one.sent, this.#parts.baseUrl);
    const resource = readResource(sent, one.type);
    checkId(resource, one, item);
    return prepare(sent, one.id, {
      resource,
      ...(item.prefix === undefined ? {} : { prefix: item.prefix }),
    });
  }

  /** Settles conditions. Equal conditions wait for each other here, so that only the first finds nothing. */
  async #settle(sql: Transaction, actor: Actor, { change, prefix }: Item): Promise<Settled> {
    const { newId, findMatches } = this.#parts;
    const match = async (type: string, query: string): Promise<readonly string[]> => {
      await sql`select pg_advisory_xact_lock(${textKey(`condition ${type}?${query}`)}::int8)`;
      const ids = await findMatches(sql, actor, type, query);
      if (ids.length > 1)
        throw problem(
          'multiple-matches',
          `The condition ${type}?${query} matches more than one ${type}. Make it narrower.`,
          {
            status: 412,
            ...(prefix === undefined ? {} : { where: prefix }),
          },
        );
      return ids;
    };
    switch (change.kind) {
      case 'create': {
        const type = typeOf(change.text);
        if (change.ifNoneExist !== undefined) {
          refuseInvalid(readResource(change.text), prefix);
          const [id] = await match(type, change.ifNoneExist);
          if (id !== undefined) return { kind: 'found', type, id };
        }
        return { kind: 'put', type, id: newId(), isNew: true, sent: change.text };
      }
      case 'update': {
        const { type, id, text, ifMatch } = change;
        if (!isId(id))
          throw problem('invalid', 'An id has 1 to 64 letters, digits, - and dots.', {
            where: prefix ?? 'id',
          });
        return {
          kind: 'put',
          type,
          id,
          isNew: false,
          sent: text,
          ...(ifMatch === undefined ? {} : { ifMatch }),
        };
      }
      case 'update-where': {
        const { type, query, text } = change;
        const own = (readResource(text, type) as { id?: unknown }).id; // any JSON value until validated
        const [id] = await match(type, query);
        if (id !== undefined) {
          if (own !== undefined && own !== id)
            throw problem(
              'value',
              `The condition finds ${type}/${id}, but the body has the id “${String(own)}”.`,
              {
                status: 400,
                where: `${prefix ?? type}.id`,
              },
            );
          return { kind: 'put', type, id, isNew: false, sent: text };
        }
        if (typeof own === 'string' && isId(own))
          return { kind: 'put', type, id: own, isNew: false, sent: text };
        return { kind: 'put', type, id: newId(), isNew: true, sent: text };
      }
      case 'delete':
        return {
          kind: 'delete',
          type: change.type,
          id: change.id,
          ...(change.ifMatch === undefined ? {} : { ifMatch: change.ifMatch }),
        };
      case 'delete-where': {
        const [id] = await match(change.type, change.query);
        return id === undefined ? { kind: 'absent' } : { kind: 'delete', type: change.type, id };
      }
    }
  }

  async #write(
    sql: Transaction,
    actor: Actor,
    settled: readonly Settled[],
    prepared: ReadonlyMap<number, Prepared>,
    how: { readonly codingsFirst?: boolean; readonly refuse?: SetAside } = {},
  ): Promise<Written> {
    const { store, clock } = this.#parts;
    const { codingsFirst = false, refuse = throwIt } = how;
    const known = await lock(
      sql,
      settled.filter((one) => one.kind !== 'absent' && !(one.kind === 'put' && one.isNew)) as {
        type: string;
        id: string;
      }[],
    );
    const now = clock.now();
    const results: CommitResult[] = [];
    const removed: Known[] = [];
    const deletions: { known: Known; version: number; updated: number }[] = [];
    const versions: NewVersion[] = [];
    const audits: AuditRow[] = [];
    const moved: { known: Known; person: Key }[] = [];
    const pks = await store.places(prepared.size);
    for (const [i, one] of settled.entries()) {
      const at = one.kind === 'absent' ? undefined : known.get(`${one.type}/${one.id}`);
      if (one.kind === 'absent') {
        results.push({ outcome: 'absent' });
        continue;
      }
      if (one.kind === 'found') {
        if (!at?.current) {
          refuse(
            i,
            problem('conflict', `${one.type}/${one.id} was deleted meanwhile. Send the request again.`),
          );
          results.push({ outcome: 'absent' });
          continue;
        }
        audits.push({
          at: now,
          actor,
          action: 'R',
          outcome: 200,
          person: at.person,
          type: typeNumber(one.type),
          id: one.id,
          version: at.version,
        });
        results.push({ outcome: 'found', stored: storedNow(one.type, one.id, at) });
        continue;
      }
      if (one.ifMatch !== undefined && (!at?.current || at.version !== one.ifMatch)) {
        const why = at?.current
          ? `${one.type}/${one.id} is at version ${at.version}, not ${one.ifMatch}. Read it again, then send your change.`
          : `${one.type}/${one.id} does not exist, so it has no version ${one.ifMatch}.`;
        refuse(i, problem('conflict', why, { status: 412 }));
        results.push({ outcome: 'absent' });
        continue;
      }
      if (one.kind === 'delete') {
        if (!at?.current) {
          results.push({ outcome: 'absent' });
          continue;
        }
        removed.push(at);
        deletions.push({ known: at, version: at.version + 1, updated: Math.max(now, at.updated + 1) });
        audits.push({
          at: now,
          actor,
          action: 'D',
          outcome: 204,
          person: at.person,
          type: typeNumber(one.type),
          id: one.id,
          version: at.version + 1,
        });
        results.push({
          outcome: 'deleted',
          stored: {
            type: one.type as ResourceType,
            id: one.id,
            version: at.version + 1,
            updated: Math.max(now, at.updated + 1),
            body: undefined,
          },
        });
        continue;
      }
      const ready = prepared.get(i)!;
      if (at?.current && sameContent(at.current, ready.text)) {
        audits.push({
          at: now,
          actor,
          action: 'U',
          outcome: 304,
          person: at.person,
          type: ready.typeNumber,
          id: one.id,
          version: at.version,
        });
        results.push({ outcome: 'unchanged', stored: storedNow(one.type, one.id, at) });
        continue;
      }
      const pk = at?.pk ?? pks.pop()!;
      const version = newVersion(
        ready,
        pk,
        (at?.version ?? 0) + 1,
        at ? Math.max(now, at.updated + 1) : now,
        at === undefined,
      );
      versions.push(version);
      if (at?.current) removed.push(at);
      if (at && at.person !== ready.rows.person) moved.push({ known: at, person: ready.rows.person });
      const created = !at?.current;
      audits.push(auditOf(actor, version, created ? 'C' : 'U', created ? 201 : 200));
      results.push({ outcome: created ? 'created' : 'updated', stored: storedOf(one.type, version) });
    }

    const codings = codingsFirst ? [] : store.unseenCodings(versions);
    if (codingsFirst) await store.keepCodings(versions);
    const sent: Promise<unknown>[] = [];
    if (removed.length > 0) {
      const old = removed.map((at) => ({
        ...at,
        rows: indexRows(JSON.parse(at.current!) as Resource, at.id),
      })); // stored, so valid
      sent.push(run(sql, removeStatement(old)));
    }
    for (const { known, version, updated } of deletions)
      sent.push(
        sql`insert into history (person, pk, updated, version, type, id, body)
            values (${known.person}, ${known.pk}, ${updated}, ${version}, ${typeNumber(known.type)}, ${known.id}, null)`,
      );
    for (const { known, person } of moved) {
      sent.push(
        sql`update identity set person = ${person} where type = ${typeNumber(known.type)} and id = ${known.id}`,
      );
      sent.push(
        sql`with old as (delete from history where person = ${known.person} and pk = ${known.pk} returning *)
            insert into history (person, pk, updated, version, type, id, body)
            select ${person}, pk, updated, version, type, id, body from old`,
      );
    }
    if (versions.length > 0 || audits.length > 0)
      sent.push(run(sql, storeStatement(versions, codings, audits)));
    await Promise.all(sent); // pipelined: answered in the order sent
    return { results, codings };
  }
}

/** A resource that has a place, current or deleted. */
export interface Known {
  readonly type: string;
  readonly id: string;
  readonly person: Key;
  readonly pk: number;
  readonly version: number;
  readonly updated: number;
  /** Text of the current version; undefined: deleted. */
  readonly current: string | undefined;
}

/** Looks the resources up and holds them until the transaction ends, in one order everywhere. */
async function lock(
  sql: Transaction,
  wanted: readonly { type: string; id: string }[],
): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  if (wanted.length === 0) return known;
  const names = new Map(wanted.map((one) => [typeNumber(one.type), one.type]));
  const types = wanted.map((one) => typeNumber(one.type));
  const ids = wanted.map((one) => one.id);
  // Two statements: only one that begins after the wait sees what those who held the rows before have written.
  const held = await sql`
    select type, id from identity
    where (type, id) in (select * from unnest(${types}::int2[], ${ids}::text[]))
    order by type, id for update`;
  if (held.length === 0) return known;
  const rows = await sql`
    select i.type, i.id, i.person, i.pk, r.version, r.updated, r.body,
      old.version as old_version, old.updated as old_updated
    from unnest(${held.map((row) => row['type'])}::int2[], ${held.map((row) => row['id'])}::text[]) h(type, id)
    join identity i on i.type = h.type and i.id = h.id
    left join resource r on r.person = i.person and r.pk = i.pk
    left join lateral (
      select o.version, o.updated from history o
      where r.pk is null and o.person = i.person and o.pk = i.pk order by o.version desc limit 1
    ) old on true`;
  for (const row of rows) {
    const type = names.get(row['type'] as number)!;
    const current = row['body'] as string | null;
    known.set(`${type}/${row['id']}`, {
      type,
      id: row['id'],
      person: row['person'],
      pk: Number(row['pk']),
      version: Number(current === null ? row['old_version'] : row['version']),
      updated: Number(current === null ? row['old_updated'] : row['updated']),
      current: current ?? undefined,
    });
  }
  return known;
}

function newVersion(one: Prepared, pk: number, version: number, updated: number, claim: boolean): NewVersion {
  return {
    type: one.typeNumber,
    id: one.id,
    pk,
    version,
    updated,
    body: fillText(one.text, version, updated),
    rows: one.rows,
    claim,
  };
}

function auditOf(actor: Actor, version: NewVersion, action: 'C' | 'U', outcome: number): AuditRow {
  return {
    at: version.updated,
    actor,
    action,
    outcome,
    person: version.rows.person,
    type: version.type,
    id: version.id,
    version: version.version,
  };
}

function storedOf(type: string, version: NewVersion): Stored {
  return {
    type: type as ResourceType,
    id: version.id,
    version: version.version,
    updated: version.updated,
    body: Buffer.from(version.body),
  };
}

function storedNow(type: string, id: string, at: Known): Stored {
  return {
    type: type as ResourceType,
    id,
    version: at.version,
    updated: at.updated,
    body: Buffer.from(at.current!),
  };
}

/** R4 §3.1.0.11.2: a transaction must not touch the same resource twice. */
function refuseTwice(settled: readonly Settled[], items: readonly Item[]): void {
  const seen = new Map<string, number>();
  for (const [i, one] of settled.entries()) {
    if (one.kind === 'absent' || one.kind === 'found') continue;
    const name = `${one.type}/${one.id}`;
    const before = seen.get(name);
    if (before !== undefined)
      throw problem(
        'duplicate',
        `${name} is changed twice, by entries ${before} and ${i}. Each resource may be changed once in a transaction.`,
        {
          status: 400,
          where: items[i]?.prefix ?? name,
        },
      );
    seen.set(name, i);
  }
}

function checkId(resource: Resource, one: { type: string; id: string; isNew: boolean }, item: Item): void {
  if (one.isNew || item.change.kind !== 'update') return;
  const own = (resource as { id?: unknown }).id; // any JSON value until validated
  if (own === one.id) return;
  throw problem(
    'value',
    own === undefined
      ? `The body must have the id of the address: "id": "${one.id}".`
      : `The body has the id “${String(own)}”, but the address has “${one.id}”. They must be equal.`,
    { status: 400, where: `${item.prefix ?? one.type}.id` },
  );
}

/** What the work gives; undefined where it was refused, which is told. */
async function orRefused<T>(index: number, refuse: SetAside, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    // After an error of the database itself the transaction is spent, and nothing more can be set aside in it.
    if (!(error instanceof Problem) || error.status >= 500 || codeOf(error.cause)) throw error;
    refuse(index, error);
    return undefined;
  }
}

const throwIt: SetAside = (_index, why) => {
  throw why;
};

/** An error about the data alone becomes a refusal; all others stay what they are. */
function throwRefusal(error: unknown): never {
  if (!isRefusedData(error)) throw error;
  throw problem('not-supported', `The database cannot hold this resource (${codeOf(error)}).`, {
    status: 422,
  });
}

/** Data exceptions, and limits of the database such as the size of an index entry (PostgreSQL Appendix A). */
export const isRefusedData = (error: unknown): boolean => /^(?:22|54)/.test(codeOf(causeOf(error)) ?? '');

const placeOf = (one: Settled): string | undefined =>
  one.kind === 'absent' ? undefined : `${one.type}/${one.id}`;

/** A slice ends before a resource that it holds already: later changes see what earlier ones stored. */
function endOfSlice(settled: readonly Settled[], from: number, size: number): number {
  const seen = new Set<string>();
  const last = Math.min(from + size, settled.length);
  for (let i = from; i < last; i += 1) {
    const place = placeOf(settled[i]!);
    if (place === undefined) continue;
    if (seen.has(place)) return i;
    seen.add(place);
  }
  return last;
}

function causeOf(error: unknown): unknown {
  return error instanceof Problem && error.cause !== undefined ? error.cause : error;
}
