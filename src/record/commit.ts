import type { Resource, ResourceType } from '@medplum/fhirtypes';
import type { Clock } from '../platform/clock.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { problem } from '../platform/problem.ts';
import { codeOf } from '../platform/sql-error.ts';
import type { Actor } from './actor.ts';
import type { Committed } from './care-record.ts';
import type { Guides } from './guides.ts';
import { hold, type Known } from './held.ts';
import { type Coding, indexRows } from './index-rows.ts';
import type { Item, Rewriting } from './item.ts';
import type { Key } from './keys.ts';
import { denialOf, denied, mayChange, mayWrite } from './may-write.ts';
import { auditOf, newVersion, storedNow, storedOf } from './new-version.ts';
import { type Prepared, prepare, readResource } from './prepare.ts';
import { causeOf, orRefused, type SetAside, throwIt, throwRefusal } from './refusals.ts';
import { removeStatement } from './remove.ts';
import { localReferences, sameContent } from './resource-text.ts';
import type { Seen } from './seen.ts';
import {
  checkId,
  endOfSlice,
  placeOf,
  refuseTwice,
  type Settled,
  type SettleParts,
  settle,
  typeOf,
} from './settle.ts';
import { type AuditRow, type NewVersion, storeStatement } from './statement.ts';
import { run, type Store } from './store.ts';
import { typeNumber } from './type-numbers.ts';

export type CommitResult = Committed['results'][number];

export interface CommitParts extends SettleParts {
  readonly store: Store;
  readonly clock: Clock;
  /** What the actor may see; undefined: everything. */
  readonly seenBy: (actor: Actor) => Promise<Seen | undefined>;
  /** Public address of the FHIR API. */
  readonly baseUrl: string;
  /** The profiles that resources are held to. */
  readonly guides?: Guides | undefined;
}

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
  readonly audits: readonly AuditRow[];
}

/** The one write path: see CareRecord.commit. */
export class Committer {
  readonly #parts: CommitParts;
  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Stores all the changes, or none. `rewrite` is called with every id known, before validation. */
  async commit(actor: Actor, items: readonly Item[], rewrite?: Rewriting): Promise<readonly CommitResult[]> {
    try {
      return await this.#commit(actor, items, rewrite);
    } catch (error) {
      const denial = denialOf(error);
      if (denial) await this.#parts.store.audit([denial]);
      throw error;
    }
  }

  async #commit(
    actor: Actor,
    items: readonly Item[],
    rewrite: Rewriting | undefined,
  ): Promise<readonly CommitResult[]> {
    const plain =
      rewrite?.needsDatabase !== true &&
      items.every(({ change }) => change.kind === 'create' && change.ifNoneExist === undefined);
    if (plain) return this.#create(actor, items, rewrite);
    for (let tries = 0; ; tries += 1) {
      try {
        const { results, codings, audits } = await inTransaction(this.#parts.store.database, (sql) =>
          this.#transact(sql, actor, items, rewrite),
        );
        this.#parts.store.codingsStored(codings);
        this.#parts.store.changed(audits);
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
      settled.push(
        (await orRefused(i, refuse, () => settle(this.#parts, sql, actor, item))) ?? { kind: 'absent' },
      );
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
      const { guides } = this.#parts;
      prepared.push(
        prepare(sent, id, { guides, ...(item.prefix === undefined ? {} : { prefix: item.prefix }) }),
      );
    }
    const seen = await this.#parts.seenBy(actor);
    const now = clock.now();
    if (seen) {
      const states = prepared.map(({ typeNumber: type, rows }) => ({ type, person: rows.person }));
      const allowed = await mayWrite(store.database.steady, seen, states);
      prepared.forEach(({ type, id }, i) => {
        if (!allowed.has(i))
          throw denied(`this ${type}`, { at: now, actor, action: 'C', outcome: 403, ...states[i]!, id });
      });
    }
    const pks = await store.places(prepared.length);
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
    for (const item of items) settled.push(await settle(this.#parts, sql, actor, item));
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
      guides: this.#parts.guides,
      ...(item.prefix === undefined ? {} : { prefix: item.prefix }),
    });
  }

  /** What the actor may not change is refused as what is not there: before versions are compared. */
  async #refuseUnseen(
    sql: Transaction,
    actor: Actor,
    seen: Seen,
    settled: readonly Settled[],
    prepared: ReadonlyMap<number, Prepared>,
    known: ReadonlyMap<string, Known>,
  ): Promise<void> {
    const now = this.#parts.clock.now();
    const changes = settled.flatMap((one, i) => {
      if (one.kind === 'absent' || one.kind === 'found') return [];
      const at = known.get(`${one.type}/${one.id}`);
      const isNew = one.kind === 'put' && one.isNew;
      const action = one.kind === 'delete' ? 'D' : isNew ? 'C' : 'U';
      const { type, id } = one;
      const person = at?.person ?? '0';
      const entry = { at: now, actor, action, outcome: 403, type: typeNumber(type), id, person } as const;
      const state = prepared.get(i);
      return [
        { at, isNew, entry, state, refusal: () => denied(isNew ? `this ${type}` : `${type}/${id}`, entry) },
      ];
    });
    const old = changes.filter((change) => !change.isNew);
    for (const { at, refusal } of old) if (!at?.current) throw refusal();
    const changeable = await mayChange(
      sql,
      seen,
      old.map(({ at }) => at!),
    );
    old.forEach(({ refusal }, i) => {
      if (!changeable.has(i)) throw refusal();
    });
    const put = changes.filter((change) => change.state);
    const writable = await mayWrite(
      sql,
      seen,
      put.map(({ state }) => ({ type: state!.typeNumber, person: state!.rows.person })),
    );
    put.forEach(({ refusal }, i) => {
      if (!writable.has(i)) throw refusal();
    });
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
    const known = await hold(
      sql,
      settled.filter((one) => one.kind !== 'absent' && !(one.kind === 'put' && one.isNew)) as {
        type: string;
        id: string;
      }[],
    );
    const now = clock.now();
    const seen = await this.#parts.seenBy(actor);
    if (seen) await this.#refuseUnseen(sql, actor, seen, settled, prepared, known);
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
        sql`insert into history (person, pk, updated, version, type, id, body, lived)
            values (${known.person}, ${known.pk}, ${updated}, ${version}, ${typeNumber(known.type)}, ${known.id}, null, ${known.person})`,
      );
    for (const { known, person } of moved) {
      sent.push(
        sql`update identity set person = ${person} where type = ${typeNumber(known.type)} and id = ${known.id}`,
      );
      sent.push(
        sql`with old as (delete from history where person = ${known.person} and pk = ${known.pk} returning *)
            insert into history (person, pk, updated, version, type, id, body, lived, labels)
            select ${person}, pk, updated, version, type, id, body, lived, labels from old`,
      );
    }
    if (versions.length > 0 || audits.length > 0)
      sent.push(run(sql, storeStatement(versions, codings, audits)));
    await Promise.all(sent); // pipelined: answered in the order sent
    return { results, codings, audits };
  }
}
