import { parseSearch } from '../../fhir/parse-search.ts';
import { resourceTypes } from '../../fhir/resource-types.ts';
import { escapeValue } from '../../fhir/search-escapes.ts';
import { searchParameter } from '../../fhir/search-parameters.ts';
import type { SearchQuery } from '../../fhir/search-query.ts';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import { asProblem } from '../../platform/sql-error.ts';
import type { Actor } from '../actor.ts';
import { type Page, resourceOf } from '../care-record.ts';
import { type Hit, packed, type Row, unpack } from '../packed-row.ts';
import { type Seen, seenWithin } from '../seen.ts';
import type { AuditRow } from '../statement.ts';
import type { Connection, Store } from '../store.ts';
import { typeNumber } from '../type-numbers.ts';
import type { Asking, Place } from './asking.ts';
import { storedCodings } from './codings.ts';
import { both, type Condition, rowsOf, type Source } from './condition.ts';
import { compartmentCondition, condition, wholeCompartment } from './conditions.ts';
import { type Cursor, readCursor, refuseForeign, writeCursor } from './cursor.ts';
import { GroupedSearches, isGroupable, type SearchEntry, shapeParameters } from './grouped.ts';
import { included, targetsOf } from './include.ts';
import { type Fetched, fetched, fetchStatement, firstPage } from './page-rows.ts';
import { type Parameters, parameters } from './parameters.ts';
import {
  anyStatement,
  chooseLead,
  countStatement,
  naturalOrder,
  type Order,
  type Plan,
  type Position,
} from './plan.ts';
import { changedSince, type Reading, unchangedSince } from './reading.ts';
import { Remembered } from './remembered.ts';
import { sortOrder } from './sort.ts';
import { codesOf } from './value-set-codes.ts';

export const defaultCount = 50;
export const largestCount = 1000;

export interface Scope {
  /** Only resources in this compartment: those that point at the owner by one of these parameters. */
  readonly owner?: {
    readonly type: string;
    readonly id: string;
    readonly codes: (type: string) => readonly string[];
  };
}

export interface SearchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly baseUrl: string;
}

/** Statements that have come by often enough to be worth keeping prepared. */
const seen = new Map<string, number>();
function often(text: string): boolean {
  const count = (seen.get(text) ?? 0) + 1;
  if (seen.size > 3000) seen.clear();
  seen.set(text, count);
  return count > 2;
}

export class Searcher {
  readonly #parts: SearchParts;
  /** Questions that many ask alike at once. */
  readonly grouped: GroupedSearches;
  /** Sizes that settle which way in is taken: right enough for a minute, and no result depends on them. */
  readonly #sizes = new Remembered<number>(60_000, 5000);
  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.grouped = new GroupedSearches(parts.store.database);
  }

  parse(type: string | undefined, query: string, handling: 'strict' | 'lenient' = 'strict'): SearchQuery {
    return parseSearch(type, query, { handling, baseUrl: this.#parts.baseUrl });
  }

  /** One page of a search; its audit entry is durable before this answers. `text` is the query as it goes to the audit log. */
  async page(actor: Actor, query: SearchQuery, text: string, scope: Scope = {}): Promise<Page> {
    const { store } = this.#parts;
    if (query.contained === 'true' || query.contained === 'both')
      throw problem(
        'not-supported',
        'The record does not search contained resources. Leave _contained out.',
        { where: 'http.query._contained' },
      );
    const limit = Math.min(query.count ?? defaultCount, largestCount);
    const countOnly = isCountOnly(query);
    const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const now = cursor?.reading.at ?? this.#parts.clock.now();
    const sql = store.database.pool;
    const plan = await this.#plan(sql, actor, query, scope, now, cursor?.order);
    if (cursor) refuseForeign(cursor, plan.order);
    const entry = this.#searchEntry(actor, query, text, scope);
    if (!countOnly && !cursor && !wantsTotal(query) && query.includes.length === 0 && isGroupable(plan)) {
      const { hits, next } = firstPage(await this.#fetchGrouped(plan, limit, entry), plan, now);
      return {
        matches: hits,
        included: [],
        warnings: query.warnings,
        ...(next === undefined ? {} : { next }),
      };
    }
    const [found, total] = await Promise.all([
      countOnly
        ? { hits: [], next: undefined }
        : cursor
          ? this.#laterPage(sql, plan, cursor, limit)
          : firstPage(await this.#fetch(sql, plan, undefined, limit), plan, now),
      wantsTotal(query) ? this.#count(sql, plan) : undefined,
    ]);
    const added = await included(
      {
        sql,
        fetch: (type, ids) => this.byIds(sql, actor, type, ids),
        places: (type, one, most) => this.#hits(sql, actor, type, one, most),
      },
      found.hits,
      query.includes,
    );
    await store.audit([{ ...entry, ...concerned([...found.hits, ...added]) }]);
    return {
      matches: found.hits,
      included: added,
      warnings: query.warnings,
      ...(total === undefined ? {} : { total }),
      ...(found.next === undefined ? {} : { next: found.next }),
    };
  }

  /** Ids of at most two resources that a condition matches: for conditional writes and references. Not audited by itself. */
  async matchIds(sql: Connection, actor: Actor, type: string, query: string): Promise<readonly string[]> {
    const parsed = this.parse(type, query.replace(/^\?/, ''));
    if (parsed.filters.length === 0)
      throw problem(
        'invalid',
        `A condition must name at least one search parameter, such as ${type}?identifier=….`,
      );
    const now = this.#parts.clock.now();
    const plan = await this.#plan(sql, actor, parsed, {}, now, { kind: 'place' });
    const { hits } = await this.#fetch(sql, plan, undefined, 2);
    return hits.map((hit) => hit.id);
  }

  /** What the actor may see now. Undefined: everything. */
  async seen(actor: Actor): Promise<Seen | undefined> {
    if (actor.sight === 'everything') return undefined;
    const now = this.#parts.clock.now();
    const system = { ...actor, sight: 'everything' } as const;
    const compile = async (type: string, query: string): Promise<Condition> => {
      const asking = this.#asking(this.#parts.store.database.pool, system, now, undefined);
      const conditions: Condition[] = [];
      for (const filter of this.parse(type, query).filters)
        conditions.push(await condition([type], filter, asking));
      return both(conditions);
    };
    return seenWithin(actor.sight, { now, baseUrl: this.#parts.baseUrl, compile });
  }

  /** Current versions by id, those that are there and may be seen, in no order. */
  async byIds(sql: Connection, actor: Actor, type: string, ids: readonly string[]): Promise<readonly Hit[]> {
    if (ids.length === 0) return [];
    const to = parameters();
    const seen = await this.seen(actor);
    const text = `select ${packed('r')} from identity i join resource r on r.person = i.person and r.pk = i.pk where i.type = ${to.add(typeNumber(type), 'int2')} and i.id = any(${to.texts([...new Set(ids)])})${seen ? ` and ${seen.row('r', to)}` : ''}`;
    return (await this.#rows(sql, text, to)).map((row) => unpack(row));
  }

  /** The first resources of a type that meet a condition and may be seen. */
  async #hits(
    sql: Connection,
    actor: Actor,
    type: string,
    one: Condition,
    most: number,
  ): Promise<readonly Hit[]> {
    const plan = await this.#planOfOne(actor, type, one);
    return (await this.#fetch(sql, plan, undefined, most)).hits;
  }

  async #plan(
    sql: Connection,
    actor: Actor,
    query: SearchQuery,
    scope: Scope,
    now: number,
    order: Order | undefined,
  ): Promise<Plan> {
    const seen = await this.seen(actor);
    const { owner } = scope;
    const alone = query.filters.length === 1 && !owner && query.sort.length === 0 && !wantsTotal(query);
    const free = alone && order === undefined ? 'free' : 'set';
    const asking = this.#asking(sql, actor, now, seen, order?.kind === 'linked' ? 'linked' : free);
    const conditions: Condition[] = [];
    const types =
      owner && query.types.length === 0
        ? resourceTypes.filter((type) => type === owner.type || owner.codes(type).length > 0)
        : query.types;
    for (const filter of query.filters) conditions.push(await condition(types, filter, asking));
    if (owner && types.length === 1) {
      conditions.push(compartmentCondition(types[0]!, owner.codes(types[0]!), owner));
    } else if (owner) {
      conditions.push(...wholeCompartment(types, owner.codes, owner));
    }
    const numbers = types.map(typeNumber);
    const lead = await chooseLead(conditions, (source) => this.#capped(sql, numbers, source));
    return {
      types: numbers,
      conditions,
      lead,
      order: order ?? sortOrder(types, query.sort) ?? naturalOrder(conditions, lead),
      ...(seen ? { seen } : {}),
    };
  }

  #asking(
    sql: Connection,
    actor: Actor,
    now: number,
    seen: Seen | undefined,
    order: Asking['order'] = 'set',
  ): Asking {
    return {
      now,
      order,
      seen: seen?.row ?? (() => 'true'),
      codings: storedCodings(sql),
      places: (type, one, most) => this.#places(sql, actor, type, one, most),
      people: (type, one, most) => this.#people(sql, actor, type, one, most),
      pointedAt: async (type, one, paths, most) => {
        const hits = await this.#hits(sql, actor, type, one, most + 1);
        return hits.length > most ? undefined : [...new Set(hits.flatMap((hit) => targetsOf(hit, paths)))];
      },
      about: (type) => this.#about(sql, typeNumber(type)),
      count: (source, types) => this.#capped(sql, types, source),
      codes: (modifier, operand, where) =>
        codesOf(modifier, operand, where, (of, canonical) => this.#definition(sql, actor, of, canonical)),
      listItems: async (id) => {
        const [list] = await this.byIds(sql, actor, 'List', [id]);
        return list ? targetsOf(list, searchParameter('List', 'item')?.paths ?? []) : [];
      },
    };
  }

  /** A definition by its URL or `Type/id`: the one of the version named, else the one changed last. */
  async #definition(sql: Connection, actor: Actor, type: string, canonical: string): Promise<unknown> {
    const [whole, version] = canonical.split('|', 2);
    const url = whole ?? canonical;
    const id = url.startsWith(`${type}/`) ? url.slice(type.length + 1) : undefined;
    const name = (text: string): string => encodeURIComponent(escapeValue(text));
    const query =
      id === undefined
        ? `url=${name(url)}${version ? `&version=${name(version)}` : ''}&_sort=-_lastUpdated`
        : `_id=${name(id)}`;
    const plan = await this.#plan(
      sql,
      actor,
      this.parse(type, query),
      {},
      this.#parts.clock.now(),
      undefined,
    );
    const { hits } = await this.#fetch(sql, plan, undefined, 1);
    return hits[0] && resourceOf(hits[0]);
  }

  /** Counts a source up to 1,001: enough to choose between ways in. */
  async #capped(sql: Connection, types: readonly number[], source: Source): Promise<number> {
    const to = parameters();
    const text = `select count(*) as total from (select 1 from (${rowsOf(source, types, to)}) s limit 1001) c`;
    return this.#sizes.get(JSON.stringify([text, to.values]), async () => {
      const [row] = await this.#rows(sql, text, to);
      return Number(row?.[0]);
    });
  }

  /** What the database's own statistics say, which it keeps up to date. */
  #about(sql: Connection, type: number): Promise<number> {
    return this.#sizes.get(String(type), async () => {
      const [row] = await sql.unsafe(`explain (format json) select 1 from resource where type = ${type}`);
      const [{ Plan: plan }] = row!['QUERY PLAN'] as [{ Plan: { 'Plan Rows': number } }]; // EXPLAIN's form
      return plan['Plan Rows'];
    });
  }

  async #count(sql: Connection, plan: Plan): Promise<number> {
    const to = parameters();
    const [row] = await this.#rows(sql, countStatement(plan, to), to);
    return Number(row?.[0]);
  }

  /** Those of a type that meet one condition, in the order in which they are found soonest. */
  async #planOfOne(actor: Actor, type: string, one: Condition): Promise<Plan> {
    const lead = one.source ? 0 : undefined;
    const seen = await this.seen(actor);
    return {
      types: [typeNumber(type)],
      conditions: [one],
      lead,
      order: naturalOrder([one], lead),
      ...(seen ? { seen } : {}),
    };
  }

  async #people(
    sql: Connection,
    actor: Actor,
    type: string,
    one: Condition,
    most: number,
  ): Promise<readonly string[] | undefined> {
    const to = parameters();
    const plan = await this.#planOfOne(actor, type, one);
    const text = `select count(*), array_agg(distinct m.person)::text from (${anyStatement(plan, most + 1, to)}) m`;
    const [row] = await this.#rows(sql, text, to);
    return Number(row?.[0]) > most ? undefined : peopleOf(row?.[1]);
  }

  async #places(
    sql: Connection,
    actor: Actor,
    type: string,
    one: Condition,
    most: number,
  ): Promise<readonly Place[]> {
    const to = parameters();
    const plan = await this.#planOfOne(actor, type, one);
    const text = `select r.person, r.pk, r.id from (${anyStatement(plan, most, to)}) k join resource r on r.person = k.person and r.pk = k.pk`;
    const rows = await this.#rows(sql, text, to);
    return rows.map(([person, pk, id]) => ({ person: person!, pk: pk!, id: id! }));
  }

  /** The page where a cursor stands: what has not changed since the first page, and behind the last of that what has. */
  async #laterPage(
    sql: Connection,
    plan: Plan,
    cursor: Cursor,
    limit: number,
  ): Promise<{ hits: readonly Hit[]; next: string | undefined }> {
    const { reading } = cursor;
    let hits: readonly Hit[] = [];
    if (!cursor.changed) {
      const unchanged = { ...plan, since: unchangedSince(reading) };
      const { order } = plan;
      const found = await this.#fetch(sql, unchanged, cursor.position, limit);
      if (found.more)
        return {
          hits: found.hits,
          next: writeCursor({ reading, changed: false, order, position: found.last }),
        };
      hits = found.hits;
    }
    const changed = await this.#changedPlan(sql, plan, reading);
    const from = cursor.changed ? cursor.position : undefined;
    const found = await this.#fetch(sql, changed, from, limit - hits.length);
    const next = found.more
      ? writeCursor({ reading, changed: true, order: changed.order, position: found.last ?? from })
      : undefined;
    return { hits: [...hits, ...found.hits], next };
  }

  /** The same search of what was changed since the reading began. */
  async #changedPlan(sql: Connection, plan: Plan, reading: Reading): Promise<Plan> {
    const source = plan.lead === undefined ? undefined : plan.conditions[plan.lead]?.source;
    const short = source && (await this.#capped(sql, plan.types, source)) <= 1000;
    return {
      ...plan,
      conditions: [...plan.conditions, changedSince(reading, plan.types)],
      // Where the search's own way in is long, what was changed is the shorter one.
      lead: short ? plan.lead : plan.conditions.length,
      order: { kind: 'updated', descending: false },
    };
  }

  async #fetch(sql: Connection, plan: Plan, after: Position | undefined, limit: number): Promise<Fetched> {
    if (!after && sql === this.#parts.store.database.pool && isGroupable(plan))
      return this.#fetchGrouped(plan, limit);
    const to = parameters();
    const { text, keys } = fetchStatement(plan, after, limit, to);
    return fetched(await this.#rows(sql, text, to), keys, plan, limit);
  }

  /** A first page together with those who ask alike; with an entry, logged by the same statement. */
  async #fetchGrouped(plan: Plan, limit: number, entry?: SearchEntry): Promise<Fetched> {
    if (plan.order.kind === 'text' && !plan.repeats) {
      // Few have two words that begin alike, and asking of each row whether it is the first costs more than reading it.
      const loose = await this.#fetchGrouped({ ...plan, repeats: true }, limit, entry);
      if (!loose.repeats) return loose;
    }
    const to = shapeParameters();
    const { keys, ...texts } = fetchStatement(plan, undefined, limit, to, 'asked.n');
    const shape = { ...texts, types: to.types, quick: isQuick(plan), shown: limit, repeats: plan.repeats };
    const rows = entry
      ? await this.grouped.askLogged(shape, to.values, entry)
      : await this.grouped.ask(shape, to.values);
    return fetched(rows, keys, plan, limit);
  }

  async #rows(sql: Connection, text: string, to: Parameters): Promise<readonly Row[]> {
    const { pool, steady } = this.#parts.store.database;
    const known = often(text);
    try {
      return (await (known && sql === pool ? steady : sql)
        .unsafe(text, [...to.values], { prepare: known })
        .values()) as readonly Row[]; // statements here give texts and int8, which come as texts
    } catch (error) {
      throw asProblem(error);
    }
  }

  #searchEntry(actor: Actor, query: SearchQuery, text: string, scope: Scope): SearchEntry {
    const [type] = query.types;
    return {
      at: this.#parts.clock.now(),
      actor,
      action: 'S',
      outcome: 200,
      ...(query.types.length === 1 && type ? { type: typeNumber(type) } : {}),
      ...(scope.owner ? { id: `${scope.owner.type}/${scope.owner.id}` } : {}),
      query: text.slice(0, 4000),
    };
  }
}

const isCountOnly = (query: SearchQuery): boolean => query.summary === 'count' || query.count === 0;

const wantsTotal = (query: SearchQuery): boolean =>
  isCountOnly(query) || query.total === 'accurate' || query.total === 'estimate';

/** A nearly unique value leads. */
function isQuick(plan: Plan): boolean {
  const source = plan.lead === undefined ? undefined : plan.conditions[plan.lead]?.source;
  return source?.kind === 'rows' && source.few;
}

/** Whose data an answer holds, for the audit log. */
function concerned(hits: readonly Hit[]): Pick<AuditRow, 'person' | 'persons'> {
  const persons = [...new Set(hits.map((hit) => hit.person))];
  return {
    person: persons.length === 1 ? persons[0]! : '0',
    ...(persons.length > 1 ? { persons } : {}),
  };
}

/** An array of people as PostgreSQL writes it. */
const peopleOf = (people: string | null | undefined): readonly string[] =>
  people ? people.slice(1, -1).split(',') : [];
