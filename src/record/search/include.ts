import { extract } from '../../fhir/extract.ts';
import { searchParametersOf } from '../../fhir/search-parameters.ts';
import type { Include } from '../../fhir/search-query.ts';
import type { SearchParameter, SearchPath } from '../../fhir/search-values.ts';
import { problem } from '../../platform/problem.ts';
import { resourceOf } from '../care-record.ts';
import { homePaths } from '../home.ts';
import { wholeKey } from '../keys.ts';
import type { Hit } from '../packed-row.ts';
import type { Connection } from '../store.ts';
import { typeNumber } from '../type-numbers.ts';
import { type Condition, either } from './condition.ts';
import { keysCondition, livingWith } from './value-conditions.ts';

/** Most resources that the includes of one page may add. */
export const mostIncluded = 5000;
const mostRounds = 20;

export interface IncludeParts {
  readonly sql: Connection;
  fetch(type: string, ids: readonly string[]): Promise<readonly Hit[]>;
  places(type: string, condition: Condition, most: number): Promise<readonly Hit[]>;
}

const nameOf = (hit: Hit): string => `${hit.type}/${hit.id}`;

/** What `_include` and `_revinclude` add to a page; each resource once, matches never again. */
export async function included(
  parts: IncludeParts,
  matches: readonly Hit[],
  includes: readonly Include[],
): Promise<readonly Hit[]> {
  if (includes.length === 0 || matches.length === 0) return [];
  const known = new Set(matches.map(nameOf));
  const added: Hit[] = [];
  let fresh: readonly Hit[] = matches;
  let rules: readonly Include[] = includes;
  for (let round = 0; fresh.length > 0 && rules.length > 0; round += 1) {
    const found: Hit[] = [];
    for (const rule of rules) {
      for (const hit of rule.reverse
        ? await pointingHere(parts, fresh, rule)
        : await pointedAt(parts, fresh, rule)) {
        const name = nameOf(hit);
        if (known.has(name)) continue;
        known.add(name);
        found.push(hit);
        added.push(hit);
      }
    }
    if (added.length > mostIncluded || round > mostRounds)
      throw problem(
        'too-costly',
        `The includes of this search add more than ${mostIncluded} resources to a page. Ask for fewer matches with _count, or include less.`,
        {
          where: 'http.query._include',
        },
      );
    fresh = found;
    rules = includes.filter((include) => include.iterate);
  }
  return added;
}

const followed = (include: Include): readonly SearchParameter[] =>
  include.parameter
    ? [include.parameter]
    : [...searchParametersOf(include.source).values()].filter((parameter) => parameter.type === 'reference');

/** `Type/id` of what the paths of a resource point at on this server. */
export function targetsOf(hit: Hit, paths: readonly SearchPath[]): readonly string[] {
  const keys = new Set(paths.map((path) => path.key));
  const found = new Set<string>();
  for (const [key, values] of extract(resourceOf(hit))) {
    if (!keys.has(key)) continue;
    for (const value of values)
      if (value.kind === 'reference' && value.type && value.id) found.add(`${value.type}/${value.id}`);
  }
  return [...found];
}

async function pointedAt(
  parts: IncludeParts,
  from: readonly Hit[],
  include: Include,
): Promise<readonly Hit[]> {
  const wanted = new Map<string, Set<string>>();
  const paths = followed(include).flatMap((parameter) => parameter.paths);
  for (const hit of from) {
    if (hit.type !== include.source) continue;
    for (const target of targetsOf(hit, paths)) {
      const [type = '', id = ''] = target.split('/');
      if (include.target !== undefined && type !== include.target) continue;
      const ids = wanted.get(type) ?? new Set();
      wanted.set(type, ids.add(id));
    }
  }
  const found: Hit[] = [];
  for (const [type, ids] of wanted) found.push(...(await parts.fetch(type, [...ids])));
  return found;
}

async function pointingHere(
  parts: IncludeParts,
  to: readonly Hit[],
  include: Include,
): Promise<readonly Hit[]> {
  const targets = to.filter((hit) => include.target === undefined || hit.type === include.target);
  if (targets.length === 0) return [];
  const home = homePaths(include.source);
  const conditions = followed(include).flatMap((parameter) =>
    parameter.paths.flatMap((path): Condition[] => {
      const people = home.has(path.key) ? targets.filter((hit) => hit.type === 'Patient') : [];
      return [
        ...(people.length > 0 ? [livingWith(people.map((hit) => hit.person))] : []),
        keysCondition(
          include.source,
          path,
          targets.map((hit) => wholeKey(path.key, nameOf(hit))),
        ),
      ];
    }),
  );
  return parts.places(include.source, either(conditions, [typeNumber(include.source)]), mostIncluded + 1);
}
