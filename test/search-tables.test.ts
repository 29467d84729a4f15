/** Searches with known totals, written for another server over small resources: parser, extraction, oracle and record. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { parseSearch } from '../src/fhir/parse-search.ts';
import type { SearchQuery } from '../src/fhir/search-query.ts';
import { compartmentFilter } from './support/compartment-filter.ts';
import { naiveSearch } from './support/naive-search.ts';
import { tester, testRecord } from './support/record.ts';

const folder = new URL('../../shared/data/fhir/search-tables/', import.meta.url);
const absent = existsSync(folder) ? false : 'the search tables are not beside this checkout';
/**
 * Both are custom search parameters, which the files define and this server has not: it knows R4's own alone, so that
 * what can be searched by is the same everywhere and indexed as it is written.
 */
const custom = /[?&](multiplebirth|name-use)=/;

interface Case {
  readonly url: string;
  readonly total: number;
  /** Matches and included together. */
  readonly entries?: number;
  /** Why the case does not follow R4's text. */
  readonly dubious?: string;
}

interface Table {
  readonly load: readonly string[];
  readonly cases: readonly Case[];
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

/** What a case's address asks: `/Observation?code=x`, `/Patient/1/Observation?code=x`, `/?_type=Patient`. */
interface Asked {
  readonly type: string | undefined;
  readonly compartment?: { readonly type: string; readonly id: string };
  /** Not encoded in the table. */
  readonly pairs: readonly (readonly [string, string])[];
}

function askedBy(url: string): Asked {
  const [path = '', text = ''] = url.split('?');
  const steps = path.split('/').filter((step) => step !== '');
  const pairs = text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    });
  const [type, id] = steps;
  return {
    type: steps.at(-1),
    pairs,
    ...(steps.length === 3 && type !== undefined && id !== undefined ? { compartment: { type, id } } : {}),
  };
}

function queryOf({ type, compartment, pairs }: Asked): SearchQuery {
  const query = parseSearch(type, pairs, { handling: 'strict', baseUrl: 'http://here.example/fhir' });
  if (!compartment || type === undefined) return query;
  const filter = compartmentFilter(compartment.type, compartment.id, type);
  return { ...query, filters: [...query.filters, filter] };
}

/** The cases that follow R4's text and need no parameters of the table's own. */
function casesOf({ cases }: Table): readonly Case[] {
  const chosen = cases.filter((it) => it.dubious === undefined && !custom.test(it.url));
  assert.ok(chosen.length >= 80, `${chosen.length} cases are left`);
  return chosen;
}

test('every search of the table that follows R4 finds as many as it says', { skip: absent }, () => {
  const table = read('candle-search.json') as Table; // as its manifest says
  const world = load(table.load);
  for (const { url, total, entries } of casesOf(table)) {
    const answer = naiveSearch(world, queryOf(askedBy(url)), { now: 0 });
    assert.equal(answer.total, total, url);
    if (entries !== undefined) assert.equal(answer.matches.length + answer.included.length, entries, url);
  }
});

test('the record finds as many for every search of the table', { skip: absent }, async (t) => {
  const { record } = await testRecord(t);
  const table = read('candle-search.json') as Table; // as its manifest says
  for (const file of table.load) {
    const resource = read(file) as Resource; // each of the files is one
    // One file has URIs with a space in them (“http: //…”), which R4 §2.24.0.1 forbids and the record refuses.
    const text = JSON.stringify(resource).replace(/"(https?): \/+/g, '"$1://');
    if (resource.resourceType === 'Bundle') await record.bundle(tester, text);
    else if (!custom.test(`?${'code' in resource ? resource.code : ''}=`))
      await record.commit(tester, [
        { kind: 'update', type: resource.resourceType, id: resource.id ?? '', text },
      ]);
  }
  for (const { url, total, entries } of casesOf(table)) {
    const { type, compartment, pairs } = askedBy(url);
    const query = new URLSearchParams([
      ...pairs.map(([name, value]) => [name, value]),
      ['_total', 'accurate'],
    ]);
    const page = await record.search(tester, type, query.toString(), compartment ? { compartment } : {});
    assert.equal(page.total, total, url);
    assert.equal(page.matches.length, total, url);
    if (entries !== undefined) assert.equal(page.matches.length + page.included.length, entries, url);
  }
});
