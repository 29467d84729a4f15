import assert from 'node:assert/strict';
import test from 'node:test';
import { elementsOf } from '../fhir/definitions.ts';
import { resourceTypes } from '../fhir/resource-types.ts';
import { pathsOf, searchParameter } from '../fhir/search-parameters.ts';
import { homePaths, typesWithHome } from './home.ts';
import { indexPlan, plannedTypes } from './index-plan.ts';
import { identifierPath, ofTypePath } from './index-rows.ts';
import { pathNumber } from './keys.ts';

test('every parameter that a plan names is one of its type', () => {
  for (const type of plannedTypes) {
    const { mainDate, slice, sliceOnly } = indexPlan(type);
    for (const code of [...(mainDate ? [mainDate] : []), ...slice, ...sliceOnly])
      assert.ok(searchParameter(type, code), `${type} has no search parameter ${code}`);
    assert.deepEqual(
      sliceOnly.filter((code) => !slice.includes(code)),
      [],
      `${type}: what has no row across people must be in the slice`,
    );
    assert.ok(slice.length <= 5, `${type}: the covering index must stay small`);
  }
});

test('the element that says whose compartment a resource lives in holds at most one reference', () => {
  for (const type of typesWithHome) {
    const names = new Set(
      pathsOf(type)
        .filter((path) => homePaths(type).has(path.key))
        .map((path) => path.expression.split('.')[1]!),
    );
    assert.ok(names.size > 0, `${type} has no home path`);
    for (const name of names) {
      const element = elementsOf(type).find(([known]) => known === name)?.[1];
      assert.ok(element, `${type} has no element ${name}`);
      assert.equal(element.max ?? 1, 1, `${type}.${name}`);
    }
  }
});

test('no two search paths share a number, and a type has no more than there are bits', () => {
  const seen = new Map<number, string>();
  for (const type of resourceTypes) {
    const paths = pathsOf(type);
    assert.ok(paths.length <= 63, `${type} has ${paths.length} paths`);
    for (const { key } of paths)
      for (const [number, name] of [
        [pathNumber(key), key],
        [pathNumber(identifierPath(key)), identifierPath(key)],
        [ofTypePath(key), `${key}:of-type`],
      ] as const) {
        assert.equal(seen.get(number) ?? name, name);
        seen.set(number, name);
      }
  }
});
