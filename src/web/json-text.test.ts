import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { indentJson } from './json-text.ts';

describe('indented JSON', () => {
  it('lays out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(indentJson(JSON.stringify(value)), JSON.stringify(value, undefined, 2));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the digits of numbers and the text of strings', () => {
    assert.equal(
      indentJson('{"a":1.50,"b":"x: {1,2} \\" y"}'),
      '{\n  "a": 1.50,\n  "b": "x: {1,2} \\" y"\n}',
    );
  });

  it('lays out what it has of a text that was cut', () => {
    assert.equal(indentJson('{"a":[1,"b'), '{\n  "a": [\n    1,\n    "b');
  });
});
