/** Searches with known totals, written for another server over small resources: parser, extraction and oracle together. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { parseSearch } from '../src/fhir/parse-search.ts';
import type { SearchQuery } from '../src/fhir/search-query.ts';
import { compartmentFilter } from './support/compartment-filter.ts';
import { naiveSearch } from './support/naive-search.ts';

const folder = new URL('../../shared/data/fhir/search-tables/', import.meta.url);
const absent = existsSync(folder) ? false : 'the search tables are not beside this checkout';
/** Both are custom search parameters, which the files define and this server has not. */
const custom = /[?&](multiplebirth|name-use)=/;

interface Case {
  readonly url: string;
  readonly total: number;
  /** Matches and included together. */
  readonly entries?: number;
  /** Why the case does not follow R4's text. */
  readonly dubious?: string;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8').replace(/^\uFEFF/, ''));
}

function load(files: readonly string[]): Resource[] {
  const world: Resource[] = [];
  files.forEach((file, i) => {
    const resource = read(file) as Resource; // each of the files is one
    if (resource.resourceType !== 'Bundle') world.push(resource);
    else {
      resource.entry?.forEach((entry, j) => {
        if (entry.resource) world.push({ ...entry.resource, id: entry.resource.id ?? `posted-${i}-${j}` });
      });
    }
  });
  return world;
}

/** `/Observation?code=x`, `/Patient/1/Observation?code=x`, `/?_type=Patient`; values are not encoded. */
function queryOf(url: string): SearchQuery {
  const [path = '', text = ''] = url.split('?');
  const steps = path.split('/').filter((step) => step !== '');
  const pairs = text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    });
  const query = parseSearch(steps.at(-1), pairs, { handling: 'strict', baseUrl: 'http://here.example/fhir' });
  const [compartment, id, type] = steps;
  if (compartment === undefined || id === undefined || type === undefined) return query;
  return { ...query, filters: [...query.filters, compartmentFilter(compartment, id, type)] };
}

test('every search of the table that follows R4 finds as many as it says', { skip: absent }, () => {
  const table = read('candle-search.json') as { load: string[]; cases: Case[] }; // as its manifest says
  const world = load(table.load);
  const cases = table.cases.filter((it) => it.dubious === undefined && !custom.test(it.url));
  assert.ok(cases.length >= 80, `${cases.length} cases are left`);
  for (const { url, total, entries } of cases) {
    const answer = naiveSearch(world, queryOf(url), { now: 0 });
    assert.equal(answer.total, total, url);
    if (entries !== undefined) assert.equal(answer.matches.length + answer.included.length, entries, url);
  }
});
