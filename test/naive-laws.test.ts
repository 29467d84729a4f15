/** Laws that any search keeps, tried on the oracle over arbitrary worlds. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { parseSearch } from '../src/fhir/parse-search.ts';
import { validate } from '../src/fhir/validate.ts';
import { arbitraryQuery } from './support/arbitrary-queries.ts';
import { arbitraryWorld } from './support/arbitrary-resources.ts';
import { naiveSearch } from './support/naive-search.ts';
import { now } from './support/search-tables.ts';

const options = { handling: 'strict', baseUrl: 'http://here.example/fhir' } as const;
const world = arbitraryWorld();

function found(resources: readonly Resource[], type: string, query: string): Set<Resource> {
  return new Set(naiveSearch(resources, parseSearch(type, query, options), { now }).matches);
}

test('the resources of every world are valid', () => {
  fc.assert(
    fc.property(world, (resources) => {
      for (const resource of resources) assert.deepEqual(validate(resource), []);
    }),
    { numRuns: 20 },
  );
});

test('conditions narrow a search to what each of them finds', () => {
  fc.assert(
    fc.property(world, arbitraryQuery, (resources, { type, query }) => {
      const { filters, understood } = parseSearch(type, query, options);
      const conditions = understood.filter(([name]) => !/^_(sort|count|include|revinclude)/.test(name));
      assert.equal(conditions.length, filters.length);
      const each = conditions.map(([name, value]) =>
        found(resources, type, new URLSearchParams([[name, value]]).toString()),
      );
      const everything = found(resources, type, '');
      const expected = each.reduce((all, some) => all.intersection(some), everything);
      assert.deepEqual(found(resources, type, query), expected);
    }),
  );
});

test('alternatives find what any of them finds, and :not finds all the others', () => {
  const codes = fc.uniqueArray(
    fc.constantFrom('8480-6', 'a1', 'http://loinc.org|A1', '|29463-7', 'urn:oid:1.2.3|'),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(world, codes, (resources, values) => {
      const each = values.map((value) => found(resources, 'Observation', `code=${value}`));
      const union = each.reduce((all, some) => all.union(some), new Set<Resource>());
      assert.deepEqual(found(resources, 'Observation', `code=${values.join(',')}`), union);
      const others = found(resources, 'Observation', `code:not=${values.join(',')}`);
      assert.deepEqual(others, found(resources, 'Observation', '').difference(union));
    }),
  );
});

test('each resource either has a value or misses it', () => {
  const parameter = fc.constantFrom(
    'date',
    'value-quantity',
    'subject',
    'combo-code-value-quantity',
    'category',
  );
  fc.assert(
    fc.property(world, parameter, (resources, code) => {
      const missing = found(resources, 'Observation', `${code}:missing=true`);
      const present = found(resources, 'Observation', `${code}:missing=false`);
      assert.equal(missing.intersection(present).size, 0);
      assert.deepEqual(missing.union(present), found(resources, 'Observation', ''));
    }),
  );
});

test('a chain from one side and _has from the other follow the same references', () => {
  fc.assert(
    fc.property(world, (resources) => {
      for (const patient of found(resources, 'Patient', '')) {
        const referring = found(resources, 'Observation', `subject:Patient._id=${patient.id}`);
        const reached = found(resources, 'Patient', `_has:Observation:subject:_id:missing=false`).has(
          patient,
        );
        assert.equal(referring.size > 0, reached);
      }
    }),
  );
});

test('sorting changes the order and nothing else, and one direction is not the other', () => {
  fc.assert(
    fc.property(world, (resources) => {
      const order = (sort: string): (string | undefined)[] =>
        naiveSearch(resources, parseSearch('Observation', sort, options), { now }).matches.map((r) => r.id);
      assert.deepEqual(order('_sort=-date,_id').sort(), order('_sort=_id'));
      assert.deepEqual(order('_sort=-_id'), order('_sort=_id').reverse());
    }),
  );
});

test('the worlds and queries are such that many searches find something and many do not', () => {
  const samples = fc.sample(fc.tuple(world, arbitraryQuery), { numRuns: 200, seed: 1 });
  const sizes = samples.map(([resources, { type, query }]) => {
    const all = resources.filter((resource) => resource.resourceType === type).length;
    return { all, some: found(resources, type, query).size };
  });
  const proper = sizes.filter(({ all, some }) => some > 0 && some < all).length;
  assert.ok(proper >= 20, `${proper} of 200 searches find some but not all`);
});
