import type { Key } from '../keys.ts';
import type { BeginningBounds } from './comparisons.ts';
import type { Parameters } from './parameters.ts';

/**
 * A way to list the resources that meet a condition, in place of testing each. `mixed`: resources of other types are
 * among them, because every type keeps these values alike (`_tag`, `_profile` …).
 */
export type Source =
  /** These ids of the type searched. */
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** All of the type in these people's compartments. */
  | { readonly kind: 'persons'; readonly persons: readonly Key[] }
  /** Those with any of these keys in `search_token`. */
  | { readonly kind: 'hashes'; readonly hashes: readonly Key[]; readonly mixed: boolean }
  /** Those that a statement gives as (person, pk), possibly several times. `few`: surely a handful. */
  | {
      readonly kind: 'rows';
      readonly few: boolean;
      readonly mixed: boolean;
      readonly rows: (to: Parameters) => string;
      /** Set where these are the rows of one path in `search_string` whose value begins so. */
      readonly prefix?: { readonly path: number; readonly value: string };
    };

/** What links to people: resources of one type with any of these keys in `search_token`. */
export interface Linked {
  readonly type: number;
  readonly hashes: readonly Key[];
  /** SQL that is true for rows of `resource` of the type that link, and may be seen. */
  readonly test: (alias: string, to: Parameters) => string;
}

/** What a filter becomes: a test of one resource row, and where there is one, a way to list those that pass. */
export interface Condition {
  /** SQL that is true for rows of `resource` under the alias that pass. */
  readonly test: (alias: string, to: Parameters) => string;
  /** Lists exactly those that pass, of the types searched, and where it is mixed of others too. */
  readonly source?: Source;
  /** Bounds on the beginning of the main date that every passing resource keeps. */
  readonly mainDate?: BeginningBounds;
  /** True where the test is on the time of change, so that reading in that order finds those that pass together. */
  readonly byChange?: boolean;
  /** Set where people pass who have one of these, and nothing else says which to look at first. */
  readonly linked?: Linked;
  /** True where the test reads only columns that the slice index holds. */
  readonly inSlice?: boolean;
}

export const nothing: Condition = { test: () => 'false', source: { kind: 'ids', ids: [] } };

/** True where a source lists resources of other types than those searched. */
export const isMixed = (source: Source): boolean => 'mixed' in source && source.mixed;

/** A source as a statement of (person, pk). */
export function rowsOf(source: Source, types: readonly number[], to: Parameters): string {
  switch (source.kind) {
    case 'ids':
      // What was deleted keeps its place in the directory.
      return `select p.person, p.pk from identity i join resource p on p.person = i.person and p.pk = i.pk where i.type = any(${to.list(types, 'int2')}) and i.id = any(${to.texts(source.ids)})`;
    case 'persons':
      return `select p.person, p.pk from resource p where p.person = any(${to.list(source.persons, 'int8')}) and p.type = any(${to.list(types, 'int2')})`;
    case 'hashes':
      return `select t.person, t.pk from search_token t where t.hash = any(${to.list(source.hashes, 'int8')})`;
    case 'rows':
      return source.rows(to);
  }
}

export function both(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  if (conditions.length === 1 && only) return only;
  const first = conditions.find((condition) => condition.source);
  return {
    test: (alias, to) =>
      conditions.length === 0 ? 'true' : `(${conditions.map((one) => one.test(alias, to)).join(' and ')})`,
    ...(first?.source && conditions.length === 1 ? { source: first.source } : {}),
  };
}

/** Any of the conditions. `types`: the types searched, for the sources. */
export function either(conditions: readonly Condition[], types: readonly number[]): Condition {
  const [only] = conditions;
  if (conditions.length === 0) return nothing;
  if (conditions.length === 1 && only) return only;
  const sources = conditions.map((condition) => condition.source);
  const test = (alias: string, to: Parameters): string =>
    `(${conditions.map((condition) => condition.test(alias, to)).join(' or ')})`;
  if (!sources.every((source) => source !== undefined)) return { test };
  const known = sources as readonly Source[];
  if (known.every((source) => source.kind === 'hashes'))
    return {
      test,
      source: {
        kind: 'hashes',
        hashes: [...new Set(known.flatMap((source) => source.hashes))],
        mixed: known.some(isMixed),
      },
    };
  if (known.every((source) => source.kind === 'persons'))
    return {
      test,
      source: { kind: 'persons', persons: [...new Set(known.flatMap((source) => source.persons))] },
    };
  return {
    test,
    source: {
      kind: 'rows',
      few: false,
      mixed: known.some(isMixed),
      rows: (to) => known.map((source) => rowsOf(source, types, to)).join(' union all '),
    },
  };
}

export function negated(condition: Condition): Condition {
  return { test: (alias, to) => `not coalesce(${condition.test(alias, to)}, false)` };
}
