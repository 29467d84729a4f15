import { problem } from '../../platform/problem.ts';
import { noDate } from '../index-rows.ts';
import type { Key } from '../keys.ts';
import type { Seen } from '../seen.ts';
import { both, type Condition, isMixed, rowsOf, type Source } from './condition.ts';
import type { Parameters } from './parameters.ts';
import { beginsWith } from './value-conditions.ts';

/** An order that search rows are kept in, so that a page can be read off an index and the next goes on behind it. */
export type Order =
  /** By main date, newest or oldest first, those without one last. */
  | { readonly kind: 'date'; readonly descending: boolean }
  /** By place. */
  | { readonly kind: 'place' }
  /** By the word that was searched for by its beginning: each at the first of its words that begins so. */
  | { readonly kind: 'text' }
  /** By time of change. */
  | { readonly kind: 'updated'; readonly descending: boolean }
  /** Person by person, each with the newest main date first. */
  | { readonly kind: 'people' }
  /** People by the newest of what links to them, see Linked. */
  | { readonly kind: 'linked' }
  /** By computed keys. */
  | { readonly kind: 'keys'; readonly keys: readonly ComputedKey[] };

export interface ComputedKey {
  /** SQL of the key for a resource row; null where there is no value. */
  readonly sql: (alias: string, to: Parameters) => string;
  readonly type: 'int8' | 'float8' | 'text';
  readonly descending: boolean;
}

/** Where a page ended: the sort keys of its last resource (null: no value), and its place. */
export interface Position {
  readonly keys: readonly (string | null)[];
  readonly person: Key;
  readonly pk: string;
}

/** A search ready to run: all conditions known, the way in chosen. */
export interface Plan {
  readonly types: readonly number[];
  readonly conditions: readonly Condition[];
  /** Index of the condition whose source leads; undefined: the type's own index does. */
  readonly lead: number | undefined;
  readonly order: Order;
  /** In the order of text, a resource may come again at each of its words: for those who look for that themselves. */
  readonly repeats?: true;
  /** A test of the place alone, besides the conditions: see unchangedSince. */
  readonly since?: Condition;
  /** What the actor may see, where that is not everything. */
  readonly seen?: Seen;
}

const rank = (source: Source): number => {
  switch (source.kind) {
    case 'ids':
      return 0;
    case 'persons':
      return source.persons.length <= 1 ? 1 : 2;
    case 'rows':
      return source.few ? 0 : 4;
    case 'hashes':
      return 3;
  }
};

/** A few people: their data is less to look through than counting it against other ways would be. */
const isShort = (source: Source): boolean => source.kind === 'persons' && source.persons.length <= 100;

/** The condition that most likely leaves least to look through; `count` (at most 1,001) settles between equals. */
export async function chooseLead(
  conditions: readonly Condition[],
  count: (source: Source) => Promise<number>,
): Promise<number | undefined> {
  const candidates = conditions
    .map((condition, index) => ({ index, source: condition.source }))
    .filter((one): one is { index: number; source: Source } => one.source !== undefined)
    .sort((a, b) => rank(a.source) - rank(b.source));
  const [best, second] = candidates;
  if (!best) return undefined;
  if (rank(best.source) <= 1 || !second || isShort(best.source)) return best.index;
  const counted = [];
  for (const candidate of candidates.slice(0, 5))
    counted.push({ ...candidate, count: await count(candidate.source) });
  counted.sort((a, b) => a.count - b.count);
  return counted[0]!.index;
}

/** The order that the way in gives by itself, used where none was asked for. */
export function naturalOrder(conditions: readonly Condition[], lead: number | undefined): Order {
  const source = lead === undefined ? undefined : conditions[lead]?.source;
  if (source === undefined && conditions.some((condition) => condition.byChange))
    return { kind: 'updated', descending: true };
  if (source === undefined && conditions.some((condition) => condition.linked)) return { kind: 'linked' };
  if (source?.kind === 'persons' && source.persons.length > 1) return { kind: 'people' };
  if (source === undefined || source.kind === 'persons' || source.kind === 'hashes')
    return { kind: 'date', descending: true };
  return source.kind === 'rows' && source.prefix && !source.mixed ? { kind: 'text' } : { kind: 'place' };
}

/** All that a row of `resource` must meet. */
const tested = (plan: Plan, alias: string, to: Parameters, except?: number): string[] =>
  [
    ...plan.conditions.filter((_, i) => i !== except).map((condition) => condition.test),
    ...(plan.since ? [plan.since.test] : []),
    ...(plan.seen ? [plan.seen.row] : []),
  ].map((test) => test(alias, to));

const seenRow = (plan: Plan, alias: string, to: Parameters): string[] =>
  plan.seen ? [plan.seen.row(alias, to)] : [];

const typeTest = (plan: Plan, alias: string, to: Parameters): string[] =>
  plan.types.length === 0
    ? []
    : [
        plan.types.length === 1
          ? `${alias}.type = ${plan.types[0]}`
          : `${alias}.type = any(${to.list(plan.types, 'int2')})`,
      ];

const and = (parts: readonly string[]): string => (parts.length === 0 ? 'true' : parts.join(' and '));

/** Statement that gives person, pk and the sort keys k0, k1 … of one page, in order. */
export function pageStatement(
  plan: Plan,
  after: Position | undefined,
  limit: number,
  to: Parameters,
): string {
  const { order } = plan;
  if (order.kind === 'date') {
    const streams = dateStreams(plan, order.descending, after, limit, to);
    if (streams) return streams;
  }
  if (order.kind === 'text') return textStream(plan, after, limit, to);
  if (order.kind === 'people') return peopleStream(plan, after, limit, to);
  if (order.kind === 'linked') return linkedStream(plan, after, limit, to);
  if (order.kind === 'updated' && plan.lead === undefined && plan.types.length === 1)
    return stream(
      'resource',
      'updated',
      [...typeTest(plan, 's', to), ...tested(plan, 's', to)],
      order.descending,
      after,
      limit,
      to,
    );
  const keys = computedKeys(order);
  if (keys.length === 0) {
    const bare = barePlaces(plan, to);
    if (bare) {
      const behind = after
        ? ` where (m.person, m.pk) > (${to.add(after.person, 'int8')}, ${to.add(after.pk, 'int8')})`
        : '';
      const places = `select distinct m.person, m.pk from (${bare}) m${behind} order by m.person, m.pk`;
      // Asked of no more than the page needs.
      return plan.since
        ? `select p.person, p.pk from (${places} offset 0) p where ${plan.since.test('p', to)} order by p.person, p.pk limit ${limit}`
        : `${places} limit ${limit}`;
    }
  }
  return keyed(plan, keys, tieDirection(order), after, limit, to);
}

/** All matches, put in order of computed keys. */
function keyed(
  plan: Plan,
  keys: readonly ComputedKey[],
  tie: 'asc' | 'desc',
  after: Position | undefined,
  limit: number,
  to: Parameters,
): string {
  const matches = matchStatement(plan, to, keys);
  const behind = after ? ` where ${behindKeys(keys, after, tie, to)}` : '';
  const by = [
    ...keys.map((key, i) => `k${i} ${key.descending ? 'desc' : 'asc'} nulls last`),
    `person ${tie}`,
    `pk ${tie}`,
  ].join(', ');
  return `select * from (${matches}) m${behind} order by ${by} limit ${limit}`;
}

/** The way in alone, where nothing else needs the resource's own row. */
function barePlaces(plan: Plan, to: Parameters): string | undefined {
  if (plan.lead === undefined || plan.conditions.length !== 1 || plan.seen) return undefined;
  const { source } = plan.conditions[plan.lead]!;
  return source && plan.types.length === 1 && !isMixed(source) ? rowsOf(source, plan.types, to) : undefined;
}

/** Statement that gives person and pk of some matches, at most `most`, in no order. */
export function anyStatement(plan: Plan, most: number, to: Parameters): string {
  const places = barePlaces(plan, to) ?? matchStatement(plan, to, []);
  return `select m.person, m.pk from (${places}) m limit ${most}`;
}

/** Statement that counts all matches, at most `most` of them where given. */
export function countStatement(plan: Plan, to: Parameters, most?: number): string {
  const bare = barePlaces(plan, to);
  const places = bare ? `select distinct b.person, b.pk from (${bare}) b` : matchStatement(plan, to, []);
  return `select count(*) as total from (${places}${most === undefined ? '' : ` limit ${most}`}) m`;
}

/** All matches, each once, with their computed keys. */
function matchStatement(plan: Plan, to: Parameters, keys: readonly ComputedKey[]): string {
  const source = plan.lead === undefined ? undefined : plan.conditions[plan.lead]!.source;
  const columns = ['r.person', 'r.pk', ...keys.map((key, i) => `${key.sql('r', to)} as k${i}`)].join(', ');
  const tests = [...typeTest(plan, 'r', to), ...tested(plan, 'r', to, plan.lead)];
  if (!source) return `select ${columns} from resource r where ${and(tests)}`;
  if (source.kind === 'persons')
    return `select ${columns} from resource r where r.person = any(${to.list(source.persons, 'int8')}) and ${and(tests)}`;
  return `select ${columns} from (select distinct s.person, s.pk from (${rowsOf(source, plan.types, to)}) s) d join resource r on r.person = d.person and r.pk = d.pk where ${and(tests)}`;
}

function computedKeys(order: Order): readonly ComputedKey[] {
  switch (order.kind) {
    case 'keys':
      return order.keys;
    case 'date':
      return [
        { sql: (alias) => `nullif(${alias}.low, ${noDate})`, type: 'int8', descending: order.descending },
      ];
    case 'updated':
      return [{ sql: (alias) => `${alias}.updated`, type: 'int8', descending: order.descending }];
    case 'place':
    case 'text':
    case 'people':
    case 'linked':
      return [];
  }
}

/** Equals are told apart by place, in the direction in which the index is read. */
const tieDirection = (order: Order): 'asc' | 'desc' =>
  (order.kind === 'date' || order.kind === 'updated') && order.descending ? 'desc' : 'asc';

/** Behind the position in an order of keys (none last), then place. */
function behindKeys(
  keys: readonly ComputedKey[],
  after: Position,
  tie: 'asc' | 'desc',
  to: Parameters,
): string {
  let test = `(person, pk) ${tie === 'desc' ? '<' : '>'} (${to.add(after.person, 'int8')}, ${to.add(after.pk, 'int8')})`;
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    const value = after.keys[i];
    const key = keys[i]!;
    if (value === null || value === undefined) {
      test = `(k${i} is null and ${test})`;
    } else {
      const at = to.add(value, key.type);
      test = `(k${i} ${key.descending ? '<' : '>'} ${at} or k${i} is null or (k${i} = ${at} and ${test}))`;
    }
  }
  return test;
}

/**
 * Pages in order of main date straight off an index: one person's slice, one key's rows, or the type. Several keys are
 * several streams of which the foremost are taken. Undefined where the way in has no such order.
 */
function dateStreams(
  plan: Plan,
  descending: boolean,
  after: Position | undefined,
  limit: number,
  to: Parameters,
): string | undefined {
  const source = plan.lead === undefined ? undefined : plan.conditions[plan.lead]!.source;
  if (plan.types.length !== 1 && (source === undefined || source.kind === 'persons')) return undefined;
  if (source?.kind === 'persons') {
    if (source.persons.length !== 1) return undefined;
    const tests = [
      `s.person = ${to.add(source.persons[0]!, 'int8')}`,
      ...typeTest(plan, 's', to),
      ...tested(plan, 's', to, plan.lead),
    ];
    return stream('resource', 'low', tests, descending, after, limit, to);
  }
  // Nothing may be added to the parameters before this is known.
  if (source && (source.kind !== 'hashes' || source.hashes.length > 8)) return undefined;
  const bounds = plan.conditions.flatMap((condition) => (condition.mainDate ? [condition.mainDate] : []));
  const begins = (some: typeof bounds): number => Math.max(...some.map((bound) => bound.from ?? -Infinity));
  const from = begins(bounds);
  // The bound that is right for all may be the narrower; otherwise long ones are looked for besides.
  const withoutLong = begins(bounds.filter((bound) => !bound.shortOnly)) >= from;
  const until = Math.min(...bounds.map((bound) => bound.to ?? Infinity));
  const within = (alias: string): string[] => [
    ...(Number.isFinite(from) ? [`${alias}.low >= ${to.add(Math.floor(from), 'int8')}`] : []),
    ...(Number.isFinite(until) ? [`${alias}.low <= ${to.add(Math.ceil(until), 'int8')}`] : []),
  ];
  const long = withoutLong
    ? []
    : [
        stream(
          // One by one, so that a plan made for any values does not begin with the type instead.
          `(select r.* from search_long l cross join lateral (select o.* from resource o where o.person = l.person and o.pk = l.pk offset 0) r where ${and([...typeTest(plan, 'l', to), `l.high > ${to.add(Math.floor(from), 'int8')}`])})`,
          'low',
          tested(plan, 's', to),
          descending,
          after,
          limit,
          to,
        ),
      ];
  if (source === undefined)
    return merged(
      [
        stream(
          'resource',
          'low',
          [...typeTest(plan, 's', to), ...within('s'), ...tested(plan, 's', to)],
          descending,
          after,
          limit,
          to,
        ),
        ...long,
      ],
      descending,
      limit,
    );
  const others = plan.conditions.filter((_, i) => i !== plan.lead);
  const rest = both(others);
  const surely = Math.max(...others.map(({ mainDate }) => mainDate?.sureFrom ?? Infinity));
  const needsRow = plan.conditions.length > 1 || plan.types.length !== 1 || source.mixed || plan.seen;
  const streams = source.hashes.map((hash) => {
    const row = () =>
      `exists (select 1 from resource r where r.person = s.person and r.pk = s.pk and ${and([...typeTest(plan, 'r', to), rest.test('r', to), ...seenRow(plan, 'r', to)])} offset 0)`;
    // Where the date alone is asked besides, a late beginning tells enough.
    const sure = Number.isFinite(surely) && !plan.seen && plan.types.length === 1 && !source.mixed;
    const late = () => `s.low >= ${to.add(Math.ceil(surely), 'int8')}`;
    const joined = !needsRow ? [] : sure ? [`(${late()} or ${row()})`] : [row()];
    const since = plan.since ? [plan.since.test('s', to)] : [];
    return stream(
      'search_token',
      'low',
      [`s.hash = ${to.add(hash, 'int8')}`, ...within('s'), ...joined, ...since],
      descending,
      after,
      limit,
      to,
    );
  });
  return merged([...streams, ...long], descending, limit);
}

/**
 * Resources by a word that begins as searched for, read off the index of words: each once, at the first of its words that
 * does. A page costs what it shows, however many begin so.
 */
function textStream(plan: Plan, after: Position | undefined, limit: number, to: Parameters): string {
  const lead = plan.conditions.findIndex(({ source }) => source?.kind === 'rows' && source.prefix);
  const source = plan.conditions[lead]?.source;
  const prefix = source?.kind === 'rows' ? source.prefix : undefined;
  // A page link of such a search, put on another one.
  if (!prefix) throw foreignPage();
  const path = to.add(prefix.path, 'int4');
  const first = () =>
    `not exists (select 1 from search_string e where e.person = s.person and e.pk = s.pk and e.path = ${path} and e.value >= ${to.add(prefix.value, 'text')} and (e.value, e.tag) < (s.value, s.tag) offset 0)`;
  const rest = plan.conditions.filter((_, i) => i !== lead);
  const tests = [`s.path = ${path}`, beginsWith('s', prefix.value, to), ...(plan.repeats ? [] : [first()])];
  if (rest.length > 0 || plan.seen)
    tests.push(
      `exists (select 1 from resource r where r.person = s.person and r.pk = s.pk and ${and([...typeTest(plan, 'r', to), ...rest.map((one) => one.test('r', to)), ...seenRow(plan, 'r', to)])} offset 0)`,
    );
  if (plan.since) tests.push(plan.since.test('s', to));
  if (after) {
    const at = to.add(after.keys[0] ?? '', 'text');
    tests.push(
      `s.value >= ${at}`,
      `(s.value, s.person, s.pk) > (${at}, ${to.add(after.person, 'int8')}, ${to.add(after.pk, 'int8')})`,
    );
  }
  return `select s.person, s.pk, s.value as k0 from search_string s where ${and(tests)} order by s.value, s.person, s.pk limit ${limit}`;
}

/**
 * Person by person: no more of them are looked at than the page shows. Where the people are not named, all matches are
 * put in that order.
 */
function peopleStream(plan: Plan, after: Position | undefined, limit: number, to: Parameters): string {
  const lead = plan.conditions.findIndex(({ source }) => source?.kind === 'persons');
  const source = plan.conditions[lead]?.source;
  const behind = (alias: string): string[] => {
    if (!after) return [];
    const person = to.add(after.person, 'int8');
    const place = `(${alias}.low, ${alias}.pk) < (${to.add(after.keys[0] ?? String(noDate), 'int8')}, ${to.add(after.pk, 'int8')})`;
    return [`(${alias}.person > ${person} or (${alias}.person = ${person} and ${place}))`];
  };
  const by = (alias: string) => `order by ${alias}.low desc, ${alias}.pk desc limit ${limit}`;
  if (source?.kind === 'persons') {
    const persons = [...source.persons]
      .map(BigInt)
      .filter((person) => !after || person >= BigInt(after.person))
      .sort((a, b) => (a < b ? -1 : 1));
    const tests = [
      's.person = p.person',
      ...typeTest(plan, 's', to),
      ...tested(plan, 's', to, lead),
      ...behind('s'),
    ];
    return `select x.person, x.pk, x.low as k0 from unnest(${to.list(persons.map(String), 'int8')}) with ordinality p(person, n) cross join lateral (select s.person, s.pk, s.low from resource s where ${and(tests)} ${by('s')}) x limit ${limit}`;
  }
  const matches = matchStatement(plan, to, [
    { sql: (alias) => `${alias}.low`, type: 'int8', descending: true },
  ]);
  return `select m.person, m.pk, m.low as k0 from (select f.person, f.pk, f.k0 as low from (${matches}) f) m where ${and(behind('m'))} order by m.person, m.low desc, m.pk desc limit ${limit}`;
}

/** People at the newest of what links to them, read off the index of its key. A page costs what it shows. */
function linkedStream(plan: Plan, after: Position | undefined, limit: number, to: Parameters): string {
  const linked = plan.conditions.find((condition) => condition.linked)?.linked;
  // A page link of such a search, put on another one.
  if (!linked) throw foreignPage();
  const shows = (alias: string): string => `${alias}.type = ${linked.type} and ${linked.test(alias, to)}`;
  const [hash, ...others] = linked.hashes;
  if (hash === undefined || others.length > 0) {
    const newest: ComputedKey = {
      sql: (alias) =>
        `nullif((select max(n.low) from resource n where n.person = ${alias}.person and ${shows('n')}), ${noDate})`,
      ...{ type: 'int8', descending: true },
    };
    return keyed(plan, [newest], 'desc', after, limit, to);
  }
  const tests = [
    `s.hash = ${to.add(hash, 'int8')}`,
    // Who sees everything sees each.
    ...(plan.seen
      ? [
          `exists (select 1 from resource c where c.person = s.person and c.pk = s.pk and ${shows('c')} offset 0)`,
        ]
      : []),
    `not exists (select 1 from resource n where n.person = s.person and n.low >= s.low and (n.low, n.pk) > (s.low, s.pk) and ${shows('n')} offset 0)`,
  ];
  if (after) {
    const at = to.add(after.keys[0] ?? String(noDate), 'int8');
    tests.push(`s.low <= ${at}`, `(s.low, s.person) < (${at}, ${to.add(after.person, 'int8')})`);
  }
  const rest = plan.conditions.filter((condition) => condition.linked !== linked);
  const wanted = [
    'r.person = s.person',
    ...typeTest(plan, 'r', to),
    ...rest.map((one) => one.test('r', to)),
    ...(plan.since ? [plan.since.test('r', to)] : []),
    ...seenRow(plan, 'r', to),
  ];
  return `select x.person, x.pk, s.low as k0 from (select s.low, s.person from search_token s where ${and(tests)} order by s.low desc, s.person desc, s.pk desc) s cross join lateral (select r.person, r.pk from resource r where ${and(wanted)} offset 0) x order by s.low desc, s.person desc limit ${limit}`;
}

const foreignPage = () =>
  problem('invalid', 'This page link belongs to another search. Start again from the first page.', {
    where: 'http.query._page',
  });

/** One index read in order. Those without a date come last, also when the oldest come first. */
function stream(
  table: string,
  column: 'low' | 'updated',
  tests: readonly string[],
  descending: boolean,
  after: Position | undefined,
  limit: number,
  to: Parameters,
): string {
  const direction = descending ? 'desc' : 'asc';
  const select = (more: readonly string[]): string =>
    `(select s.person, s.pk, s.${column} as k0 from ${table} s where ${and([...tests, ...more])} order by s.${column} ${direction}, s.person ${direction}, s.pk ${direction} limit ${limit})`;
  const behind = (): string[] => {
    if (!after) return [];
    const [key] = after.keys;
    const at = to.add(key ?? String(noDate), 'int8');
    const place = `(s.${column}, s.person, s.pk) ${descending ? '<' : '>'} (${at}, ${to.add(after.person, 'int8')}, ${to.add(after.pk, 'int8')})`;
    // The plain bound is what the index seeks on.
    return [`s.${column} ${descending ? '<=' : '>='} ${at}`, place];
  };
  if (descending || column === 'updated') return select(behind());
  const undated = after && (after.keys[0] ?? null) === null;
  const dated = undated ? [] : [select([`s.low > ${noDate}`, ...behind()])];
  const none = select([`s.low = ${noDate}`, ...(undated ? behind() : [])]);
  return dated.length === 0
    ? none
    : `(select * from (${dated[0]} union all ${none}) u order by (k0 = ${noDate}), k0, person, pk limit ${limit})`;
}

/** The foremost of several streams, each resource once. */
function merged(streams: readonly string[], descending: boolean, limit: number): string {
  if (streams.length === 1) return streams[0]!.slice(1, -1);
  const direction = descending ? 'desc' : 'asc';
  return `select * from (${streams.join(' union ')}) u order by (k0 = ${noDate}), k0 ${direction}, person ${direction}, pk ${direction} limit ${limit}`;
}
