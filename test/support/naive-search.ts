/**
 * The oracle: a search over all resources in memory, plainly evaluated, that any engine must agree with.
 * Source: FHIR R4 §3.1.1, and docs/clarifications.md where that leaves a choice.
 */
import type { Resource } from '@medplum/fhirtypes';
import { dateRange } from '../../src/fhir/dates.ts';
import { extract } from '../../src/fhir/extract.ts';
import { foldCode, normaliseString } from '../../src/fhir/normalise.ts';
import { searchParameter, searchParametersOf } from '../../src/fhir/search-parameters.ts';
import type { Filter, Include, Operand, SearchQuery, SortKey } from '../../src/fhir/search-query.ts';
import type { SearchParameter, SearchValue, SearchValues } from '../../src/fhir/search-values.ts';
import { matches } from './naive-matching.ts';

export interface NaiveOptions {
  /** Ms since 1970 UTC, for `ap`. */
  readonly now: number;
  /** All versions ever stored, whose displays `:text` knows codes by; the resources themselves where absent. */
  readonly recorded?: readonly Resource[];
  /** The codes that `:in` and `:not-in` (a value set's URL) and `:above` and `:below` (a code) stand for. */
  readonly codes?: (
    modifier: 'in' | 'above' | 'below',
    operand: Operand,
  ) => readonly { readonly system?: string; readonly code: string }[];
}

export interface NaiveAnswer {
  /** All matches, `_count` not applied, in the order of `_sort`; the order of equals is not decided. */
  readonly matches: readonly Resource[];
  /** What the includes add to all the matches. */
  readonly included: readonly Resource[];
  readonly total: number;
}

/** All resources, by `Type/id`, with what each can be found by. */
interface World {
  readonly byReference: ReadonlyMap<string, Resource>;
  readonly all: readonly Resource[];
  readonly options: NaiveOptions;
}

export function naiveSearch(
  resources: readonly Resource[],
  query: SearchQuery,
  options: NaiveOptions,
): NaiveAnswer {
  const world = worldOf(resources, options);
  const found = new Set<Resource>();
  for (const resource of resources) {
    if (query.contained !== 'true' && isMatch(resource, query, world)) found.add(resource);
    if (query.contained === 'true' || query.contained === 'both') {
      for (const inner of containedIn(resource)) {
        if (isMatch(inner, query, world)) found.add(query.containedType === 'contained' ? inner : resource);
      }
    }
  }
  const sorted = [...found].sort((a, b) => inOrder(a, b, query.sort));
  return {
    matches: sorted,
    included: naiveIncluded(resources, sorted, query.includes),
    total: sorted.length,
  };
}

/** What the includes add to a page of matches; the matches themselves are not repeated. */
export function naiveIncluded(
  resources: readonly Resource[],
  page: readonly Resource[],
  includes: readonly Include[],
): readonly Resource[] {
  const world = worldOf(resources, { now: 0 });
  const all = new Set<Resource>(page);
  const follow = (from: readonly Resource[], rules: readonly Include[]): Resource[] => {
    const added: Resource[] = [];
    for (const resource of from) {
      for (const include of rules) {
        for (const other of reached(resource, include, world)) {
          if (!all.has(other)) {
            all.add(other);
            added.push(other);
          }
        }
      }
    }
    return added;
  };
  let fresh = follow(page, includes);
  const repeated = includes.filter((include) => include.iterate);
  while (fresh.length > 0) fresh = follow(fresh, repeated);
  return [...all].filter((resource) => !page.includes(resource));
}

function worldOf(resources: readonly Resource[], options: NaiveOptions): World {
  return { all: resources, byReference: new Map(resources.map((r) => [referenceTo(r), r])), options };
}

function referenceTo(resource: Resource): string {
  return `${resource.resourceType}/${resource.id ?? ''}`;
}

function containedIn(resource: Resource): readonly Resource[] {
  return 'contained' in resource ? (resource.contained ?? []) : [];
}

function isMatch(resource: Resource, query: SearchQuery, world: World): boolean {
  const ofType = query.types.length === 0 || query.types.includes(resource.resourceType);
  return ofType && query.filters.every((filter) => passes(resource, filter, world));
}

const extracted = new WeakMap<Resource, SearchValues>();

function valuesAt(resource: Resource, path: string): readonly SearchValue[] {
  let values = extracted.get(resource);
  if (!values) {
    values = extract(resource);
    extracted.set(resource, values);
  }
  return values.get(path) ?? [];
}

/** What the resource has for the parameter, in all its paths. */
function valuesOf(resource: Resource, parameter: SearchParameter): readonly SearchValue[] {
  return parameter.paths.flatMap((path) => valuesAt(resource, path.key));
}

function knows(resource: Resource, parameter: SearchParameter): boolean {
  return parameter.resourceType === resource.resourceType || parameter.resourceType === 'Resource';
}

function passes(resource: Resource, filter: Filter, world: World): boolean {
  switch (filter.kind) {
    case 'any':
      return filter.filters.some((inner) => passes(resource, inner, world));
    case 'id':
      return filter.ids.includes(resource.id ?? '') !== filter.not;
    case 'last-updated': {
      const updated = dateRange(resource.meta?.lastUpdated ?? '');
      return (
        updated !== undefined &&
        filter.operands.some((operand) =>
          matches(operand, undefined, { kind: 'date', ...updated }, world.options.now),
        )
      );
    }
    case 'missing':
      return knows(resource, filter.parameter) && isMissing(resource, filter.parameter) === filter.missing;
    case 'value':
      return knows(resource, filter.parameter) && passesValue(resource, filter, world);
    case 'chain':
      return (
        knows(resource, filter.parameter) &&
        pointedAt(resource, filter.parameter, world).some((target) =>
          filter.targets.some(
            ({ type, filter: inner }) => target.resourceType === type && passes(target, inner, world),
          ),
        )
      );
    case 'has':
      return world.all.some(
        (other) =>
          other.resourceType === filter.type &&
          pointedAt(other, filter.parameter, world).includes(resource) &&
          passes(other, filter.filter, world),
      );
    case 'list': {
      const list = world.byReference.get(`List/${filter.id}`);
      const item = searchParameter('List', 'item');
      return list !== undefined && item !== undefined && pointedAt(list, item, world).includes(resource);
    }
    case 'words':
      return hasWords(
        filter.where === 'text' ? narrativeOf(resource) : JSON.stringify(resource),
        filter.words,
      );
  }
}

function isMissing(resource: Resource, parameter: SearchParameter): boolean {
  if (parameter.code === '_id') return resource.id === undefined;
  if (parameter.code === '_lastUpdated') return resource.meta?.lastUpdated === undefined;
  return valuesOf(resource, parameter).length === 0;
}

function passesValue(resource: Resource, filter: Extract<Filter, { kind: 'value' }>, world: World): boolean {
  const { modifier, parameter } = filter;
  const values = valuesOf(resource, parameter);
  const someMatch = (operand: Operand): boolean =>
    values.some((value) => matches(operand, modifier, value, world.options.now)) ||
    (modifier === 'text' && calledSo(resource, parameter, operand, world));
  const someCode = (name: 'in' | 'above' | 'below', operand: Operand): boolean => {
    if (!world.options.codes) throw new Error(`This search needs the codes of :${name}`);
    return world.options.codes(name, operand).some((coding) => someMatch({ kind: 'token', ...coding }));
  };
  const holds = (operand: Operand): boolean => {
    if (modifier === 'in' || modifier === 'not-in') return someCode('in', operand);
    if ((modifier === 'above' || modifier === 'below') && parameter.type === 'token')
      return someCode(modifier, operand);
    return someMatch(operand);
  };
  // Those without any value have none that matches (docs/clarifications.md, “:not”).
  const negated = modifier === 'not' || modifier === 'not-in';
  return filter.operands.some(holds) !== negated;
}

/**
 * Whether one of the resource's codes was ever recorded in the same place with a display that has the text, in this
 * resource or another (docs/clarifications.md, “:text”).
 */
function calledSo(resource: Resource, parameter: SearchParameter, operand: Operand, world: World): boolean {
  return parameter.paths.some((path) =>
    valuesAt(resource, path.key).some(
      (value) =>
        value.kind === 'token' &&
        value.code !== undefined &&
        (world.options.recorded ?? world.all).some((other) =>
          valuesAt(other, path.key).some(
            (known) =>
              known.kind === 'token' &&
              foldCode(known.code ?? '') === foldCode(value.code ?? '') &&
              known.system === value.system &&
              matches(operand, 'text', known, world.options.now),
          ),
        ),
    ),
  );
}

/** The resources here that the parameter's literal references point at. */
function pointedAt(resource: Resource, parameter: SearchParameter, world: World): Resource[] {
  return valuesOf(resource, parameter).flatMap((value) => {
    const target =
      value.kind === 'reference' && value.type && value.id
        ? world.byReference.get(`${value.type}/${value.id}`)
        : undefined;
    return target ? [target] : [];
  });
}

/** The resources that an include goes to from this one. */
function reached(resource: Resource, include: Include, world: World): Resource[] {
  const parameters = include.parameter
    ? [include.parameter]
    : [...searchParametersOf(include.source).values()].filter((parameter) => parameter.type === 'reference');
  const right = (target: Resource): boolean =>
    include.target === undefined || include.target === target.resourceType;
  if (!include.reverse) {
    if (resource.resourceType !== include.source) return [];
    return parameters.flatMap((parameter) => pointedAt(resource, parameter, world)).filter(right);
  }
  if (!right(resource)) return [];
  return world.all.filter(
    (other) =>
      other.resourceType === include.source &&
      parameters.some((parameter) => pointedAt(other, parameter, world).includes(resource)),
  );
}

/** Ascending by the smallest value, descending by the largest; what has none comes last either way. */
export function inOrder(a: Resource, b: Resource, keys: readonly SortKey[]): number {
  for (const { parameter, descending } of keys) {
    const left = sortValue(a, parameter, descending);
    const right = sortValue(b, parameter, descending);
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return compare(left, right) * (descending ? -1 : 1);
  }
  return 0;
}

/** Text by code points, as PostgreSQL's "C" collation does. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function sortValue(
  resource: Resource,
  parameter: SearchParameter,
  descending: boolean,
): string | number | undefined {
  if (parameter.code === '_id') return resource.id;
  if (parameter.code === '_lastUpdated') return dateRange(resource.meta?.lastUpdated ?? '')?.low;
  const values = knows(resource, parameter) ? valuesOf(resource, parameter) : [];
  const [first, ...rest] = values.map(sortable).filter((value) => value !== undefined);
  if (first === undefined) return undefined;
  return rest.reduce((best, value) => (compare(value, best) > 0 === descending ? value : best), first);
}

function sortable(value: SearchValue): string | number | undefined {
  switch (value.kind) {
    case 'token':
      return value.code === undefined ? undefined : foldCode(value.code);
    case 'identifier':
      return foldCode(value.value);
    case 'string':
      return value.part ? undefined : normaliseString(value.value);
    case 'date':
    case 'number':
      return value.low;
    case 'quantity':
      return value.canonical?.low ?? value.low;
    case 'reference':
      return value.type && value.id ? `${value.type}/${value.id}` : value.url;
    case 'uri':
      return value.value;
    case 'composite':
      return undefined;
  }
}

function narrativeOf(resource: Resource): string {
  const div = 'text' in resource && typeof resource.text === 'object' ? resource.text.div : undefined;
  return (div ?? '').replace(/<[^>]*>/g, ' ');
}

/** Words that must all stand, `-word` that must not, "a phrase" in that order, `or` between two of these. */
function hasWords(text: string, wanted: string): boolean {
  const wordsIn = (s: string): string => ` ${(normaliseString(s).match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
  const here = wordsIn(text);
  const alternatives = wanted.split(/\s+or\s+/i);
  return alternatives.some((alternative) =>
    [...alternative.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].every(([, minus, phrase, word]) => {
      const sought = wordsIn(phrase ?? word ?? '');
      return sought.trim() === '' || here.includes(sought) !== (minus === '-');
    }),
  );
}
