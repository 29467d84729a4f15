/** Shorthand for tables of searches over a few resources written out. */
import assert from 'node:assert/strict';
import type { Resource } from '@medplum/fhirtypes';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { type NaiveOptions, naiveSearch } from './naive-search.ts';

export const now = Date.UTC(2024, 5, 1);

/** Written out in a test, with what the test needs only. */
export function resource(content: object): Resource {
  return content as Resource; // the tests see to its shape
}

/** Ids found, in order. */
export function found(
  world: readonly Resource[],
  type: string | undefined,
  query: string,
  options: Partial<NaiveOptions> = {},
): string[] {
  const parsed = parseSearch(type, query, { handling: 'strict', baseUrl: 'http://here.example/fhir' });
  return naiveSearch(world, parsed, { now, ...options }).matches.map((match) => match.id ?? '');
}

/** Each query must find these ids, in alphabetical order. */
export function finds(
  world: readonly Resource[],
  type: string,
  table: readonly (readonly [query: string, ids: string])[],
): void {
  for (const [query, ids] of table) assert.equal(found(world, type, query).sort().join(' '), ids, query);
}
