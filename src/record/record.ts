import { compartmentParameters } from '../fhir/search-parameters.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { NewId } from '../platform/ids.ts';
import { problem } from '../platform/problem.ts';
import type { Actor } from './actor.ts';
import { runBundle } from './bundle.ts';
import type { CareRecord, Stored } from './care-record.ts';
import { Committer } from './commit.ts';
import { everythingOf } from './everything.ts';
import { changesSeen, type SeenChange } from './feed.ts';
import type { Guides } from './guides.ts';
import { historyOf, historyOfAll, versionOfOne } from './history.ts';
import { type Key, shardKey } from './keys.ts';
import { readOne, type SeenOne } from './read-one.ts';
import { Searcher } from './search/searcher.ts';
import type { Seen } from './seen.ts';
import type { FindMatches } from './settle.ts';
import type { AuditRow } from './statement.ts';
import { Store } from './store.ts';
import { typeNumber } from './type-numbers.ts';

export interface RecordParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Public address of the FHIR API, without a slash at the end: `https://example.org/fhir`. */
  readonly baseUrl: string;
  /** The profiles that resources are held to. Default: none. */
  readonly guides?: Guides | undefined;
}

export interface OpenRecord extends CareRecord {
  readonly store: Store;
  /** Changes of these people's records after a time (ms since 1970 UTC) that the actor may be told of. Not audited: they tell no content. */
  readonly changesSeen: (
    actor: Actor,
    people: readonly Key[],
    after: number,
  ) => Promise<readonly SeenChange[]>;
}

/** Opens the record on a migrated database. */
export function openRecord({ database, clock, newId, baseUrl, guides }: RecordParts): OpenRecord {
  const store = new Store(database);
  const searcher = new Searcher({ store, clock, baseUrl });
  const findMatches: FindMatches = (sql, actor, type, query) => searcher.matchIds(sql, actor, type, query);
  const seenBy = (actor: Actor) => searcher.seen(actor);
  const committer = new Committer({ store, clock, newId, findMatches, seenBy, baseUrl, guides });
  const sql = database.steady;

  const audited = (
    actor: Actor,
    row: Pick<AuditRow, 'action' | 'outcome'> & Partial<AuditRow>,
    persons: readonly Key[],
  ) =>
    store.audit([
      {
        ...row,
        at: clock.now(),
        actor,
        person: persons.length === 1 ? persons[0]! : '0',
        ...(persons.length > 1 ? { persons } : {}),
      },
    ]);

  const readWithin = async (actor: Actor, seen: Seen, type: string, id: string): Promise<SeenOne> => {
    const found = await readOne(searcher.grouped, seen, type, id);
    // The log tells a denial, which the answer does not.
    const outcome = found.hidden ? 403 : found.gone ? 410 : found.stored ? 200 : 404;
    const version = found.stored ? { version: found.stored.version } : {};
    await audited(actor, { action: 'R', outcome, type: typeNumber(type), id, ...version }, [found.person]);
    return found;
  };

  const record: CareRecord = {
    async read(actor, type, id) {
      const seen = await searcher.seen(actor);
      const { stored, gone } = seen
        ? await readWithin(actor, seen, type, id)
        : await store.find({ actor, at: clock.now(), type: typeNumber(type), id });
      if (gone)
        throw problem('deleted', `${type}/${id} has been deleted. Its earlier versions are in its history.`, {
          where: `${type}.id`,
        });
      return stored;
    },

    async readVersion(actor, type, id, version) {
      const found = await versionOfOne(sql, await searcher.seen(actor), type, id, version);
      await audited(
        actor,
        { action: 'R', outcome: found ? 200 : 404, type: typeNumber(type), id, version },
        found ? [found.person] : [],
      );
      return found?.stored;
    },

    async search(actor, type, query, options = {}) {
      const parsed = searcher.parse(type, query, options.handling);
      const { compartment } = options;
      return searcher.page(actor, parsed, query, {
        ...(compartment
          ? { owner: { ...compartment, codes: (of: string) => compartmentParameters(compartment.type, of) } }
          : {}),
      });
    },

    async history(actor, type, id, options = {}) {
      const seen = await searcher.seen(actor);
      const read =
        type !== undefined && id !== undefined
          ? await historyOf(sql, seen, type, id, options)
          : await historyOfAll(sql, seen, type, options);
      await audited(
        actor,
        {
          action: 'H',
          outcome: read ? 200 : 404,
          ...(type === undefined ? {} : { type: typeNumber(type) }),
          ...(id === undefined ? {} : { id }),
        },
        read?.persons ?? [],
      );
      return read?.page;
    },

    async everything(actor, patientId, options = {}) {
      const read = await everythingOf(sql, await searcher.seen(actor), patientId, options);
      const [pointedAt] = await Promise.all([
        read?.pointedAt(),
        audited(
          actor,
          { action: 'E', outcome: read ? 200 : 404, type: typeNumber('Patient'), id: patientId },
          read ? [shardKey('Patient', patientId)] : [],
        ),
      ]);
      if (!read || !pointedAt) return undefined;
      const matches: readonly Stored[] = read.members;
      return {
        matches,
        included: pointedAt,
        warnings: [],
        ...(read.next === undefined ? {} : { next: read.next }),
      };
    },

    async commit(actor, changes) {
      return {
        results: await committer.commit(
          actor,
          changes.map((change) => ({ change })),
        ),
      };
    },

    bundle: (actor, text, options = {}) =>
      runBundle({ record, committer, searcher, baseUrl, clock, guides }, actor, text, options),
  };
  return {
    ...record,
    store,
    changesSeen: async (actor, people, after) => changesSeen(sql, await searcher.seen(actor), people, after),
  };
}
