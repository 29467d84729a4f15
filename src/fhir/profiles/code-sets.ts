/**
 * Whether a code is in a value set, as far as the definitions at hand tell. Source: FHIR R4 ValueSet.compose, .expansion.
 */
import type {
  CodeSystem,
  CodeSystemConcept,
  ValueSet,
  ValueSetComposeInclude,
  ValueSetExpansionContains,
} from '@medplum/fhirtypes';
import { valueSet as standardSet } from '../value-sets.ts';
import type { Definitions } from './load-definitions.ts';

/** `unknown`: it takes a terminology server to tell, for SNOMED CT's hierarchy, say. */
export type Membership = 'in' | 'out' | 'unknown';

/** Tells of a code; without a system of a `code`, whose system its element implies. */
export type CodeSet = (system: string | undefined, code: string) => Membership;

export interface CodeSets {
  /** The value set by its canonical URL; undefined where nothing is known of it. */
  readonly find: (canonical: string) => CodeSet | undefined;
}

export function codeSetsOf({ valueSets, codeSystems }: Definitions): CodeSets {
  const made = new Map<string, CodeSet | undefined>();
  const systems = new Map<string, System | undefined>();
  const systemOf = (url: string): System | undefined => {
    if (!systems.has(url)) {
      const found = codeSystems.get(url);
      systems.set(url, found && compileSystem(found));
    }
    return systems.get(url);
  };
  const find = (canonical: string): CodeSet | undefined => {
    const url = canonical.split('|')[0] ?? canonical;
    if (made.has(url)) return made.get(url);
    made.set(url, () => 'unknown'); // a value set that includes itself
    const own = valueSets.get(url);
    const set = own ? compileSet(own, find, systemOf) : standard(url);
    made.set(url, set);
    return set;
  };
  return { find };
}

function standard(url: string): CodeSet | undefined {
  const set = standardSet(url);
  return (
    set &&
    ((system, code) => {
      const held = system === undefined ? set.hasCode(code) : set.has(system, code);
      return held ? 'in' : 'out';
    })
  );
}

type Find = CodeSets['find'];
type SystemOf = (url: string) => System | undefined;

function compileSet(set: ValueSet, find: Find, systemOf: SystemOf): CodeSet {
  const includes = (set.compose?.include ?? []).map((one) => compileInclude(one, find, systemOf));
  const excludes = (set.compose?.exclude ?? []).map((one) => compileInclude(one, find, systemOf));
  const composed: CodeSet = (system, code) => {
    const included = anyOf(includes, system, code);
    if (included === 'out' || excludes.length === 0) return included;
    const excluded = anyOf(excludes, system, code);
    return excluded === 'in' ? 'out' : excluded === 'unknown' ? 'unknown' : included;
  };
  const expanded = expansionOf(set);
  if (!expanded) return includes.length > 0 ? composed : () => 'unknown';
  if (includes.length === 0) return expanded;
  return (system, code) => {
    const told = composed(system, code);
    return told === 'unknown' ? expanded(system, code) : told;
  };
}

function anyOf(sets: readonly CodeSet[], system: string | undefined, code: string): Membership {
  let told: Membership = 'out';
  for (const set of sets) {
    const one = set(system, code);
    if (one === 'in') return one;
    if (one === 'unknown') told = one;
  }
  return told;
}

/** What the guide's publisher expanded. One that is cut off tells only of what it holds. */
function expansionOf({ expansion }: ValueSet): CodeSet | undefined {
  if (!expansion?.contains) return undefined;
  const codes = new Map<string, Set<string>>();
  let count = 0;
  const add = (list: readonly ValueSetExpansionContains[]): void => {
    for (const { system = '', code, contains, abstract } of list) {
      count += 1;
      if (code !== undefined && !abstract) {
        const known = codes.get(system) ?? new Set();
        codes.set(system, known.add(code));
      }
      add(contains ?? []);
    }
  };
  add(expansion.contains);
  const whole =
    (expansion.offset ?? 0) === 0 &&
    (expansion.total === undefined || expansion.total <= count) &&
    !expansion.extension?.some(({ url }) => /valueset-(?:toocostly|unclosed)$/.test(url ?? ''));
  return (system, code) => {
    const held =
      system === undefined
        ? [...codes.values()].some((known) => known.has(code))
        : codes.get(system)?.has(code);
    return held ? 'in' : whole ? 'out' : 'unknown';
  };
}

function compileInclude(include: ValueSetComposeInclude, find: Find, systemOf: SystemOf): CodeSet {
  const parts: CodeSet[] = (include.valueSet ?? []).map((url) => find(url) ?? (() => 'unknown'));
  if (include.system !== undefined) parts.push(compileCodes(include, include.system, systemOf));
  return (system, code) => {
    let told: Membership = 'in';
    for (const part of parts) {
      const one = part(system, code);
      if (one === 'out') return one;
      if (one === 'unknown') told = one;
    }
    return told;
  };
}

function compileCodes(include: ValueSetComposeInclude, url: string, systemOf: SystemOf): CodeSet {
  const codes = codesOf(include, systemOf(url));
  return (system, code) => (system === undefined || system === url ? codes(code) : 'out');
}

function codesOf(
  { concept, filter }: ValueSetComposeInclude,
  system: System | undefined,
): (code: string) => Membership {
  if (concept) {
    const listed = new Set(concept.map(({ code }) => code));
    return (code) => (listed.has(code) ? 'in' : 'out');
  }
  const filters = (filter ?? []).map(({ property, op, value }) => system?.filter(property, op, value));
  if (!system || filters.includes(undefined)) return () => 'unknown';
  return (code) => {
    const concept = system.concepts.get(code);
    if (!concept) return system.whole ? 'out' : 'unknown';
    return filters.every((fits) => fits?.(concept)) ? 'in' : 'out';
  };
}

interface Concept {
  readonly code: string;
  readonly ancestors: readonly string[];
  readonly properties: ReadonlyMap<string, readonly unknown[]>;
}

interface System {
  readonly concepts: ReadonlyMap<string, Concept>;
  /** All the codes there are; else a fragment. */
  readonly whole: boolean;
  /** Undefined: not a filter that can be worked out here. */
  readonly filter: (
    property: string | undefined,
    op: string | undefined,
    value: string | undefined,
  ) => ((concept: Concept) => boolean) | undefined;
}

function compileSystem(system: CodeSystem): System {
  const concepts = new Map<string, Concept>();
  const add = (list: readonly CodeSystemConcept[], ancestors: readonly string[]): void => {
    for (const { code = '', concept, property } of list) {
      const properties = new Map<string, unknown[]>();
      for (const { code: name = '', ...one } of property ?? []) {
        const value = Object.entries(one).find(([key]) => key.startsWith('value'))?.[1];
        properties.set(name, [...(properties.get(name) ?? []), value]);
      }
      concepts.set(code, { code, ancestors, properties });
      add(concept ?? [], [...ancestors, code]);
    }
  };
  add(system.concept ?? [], []);
  const hasParents = [...concepts.values()].some(({ properties }) => properties.has('parent'));
  return {
    concepts,
    whole: system.content === 'complete',
    filter(property, op, value = '') {
      if (hasParents && (op === 'is-a' || op === 'descendent-of')) return undefined;
      if (op === 'is-a') return ({ code, ancestors }) => code === value || ancestors.includes(value);
      if (op === 'descendent-of') return ({ ancestors }) => ancestors.includes(value);
      if (
        op === '=' &&
        property !== undefined &&
        [...concepts.values()].some((c) => c.properties.has(property))
      )
        return ({ properties }) => properties.get(property)?.some((held) => String(held) === value) ?? false;
      return undefined;
    },
  };
}
