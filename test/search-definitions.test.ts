import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { elementNames } from '../scripts/definitions/element-names.ts';
import { compartmentTable, searchParameterTable } from '../scripts/definitions/search-parameters.ts';
import compartments from '../src/fhir/r4/compartments.json' with { type: 'json' };
import names from '../src/fhir/r4/element-names.json' with { type: 'json' };
import table from '../src/fhir/r4/search-parameters.json' with { type: 'json' };
import { pathsOf, searchParameter } from '../src/fhir/search-parameters.ts';

/** As JSON holds it, without undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the committed definitions', () => {
  it('are what the published ones make', () => {
    assert.deepEqual(table, plain(searchParameterTable()));
    assert.deepEqual(compartments, plain(compartmentTable()));
    assert.deepEqual(names, plain(elementNames()));
  });

  it('read something for every component of every composite', () => {
    for (const path of pathsOf('DocumentReference').concat(
      pathsOf('Observation'),
      pathsOf('MolecularSequence'),
    )) {
      for (const component of path.components ?? []) assert.ok(component.from.length > 0, path.key);
    }
  });

  it('place resources in compartments only by reference parameters that may point there', () => {
    for (const [compartment, members] of Object.entries(compartments)) {
      for (const [type, codes] of Object.entries(members)) {
        for (const code of codes) {
          const parameter = searchParameter(type, code);
          assert.equal(parameter?.type, 'reference', `${type} ${code}`);
          assert.ok(
            parameter.targets.length === 0 || parameter.targets.includes(compartment),
            `${type} ${code}`,
          );
        }
      }
    }
  });
});
