import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { indentJson } from './indent-json.ts';

test('JSON is laid out as JSON.stringify would, whatever it holds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, spaced) => {
      const text = spaced ? JSON.stringify(value, undefined, 3) : JSON.stringify(value);
      const plain = JSON.parse(text);
      assert.equal(indentJson(text), JSON.stringify(plain, undefined, 2));
    }),
  );
});

test('numbers keep their digits', () => {
  assert.equal(indentJson('{"a":[1.00,-0,1e5]}'), '{\n  "a": [\n    1.00,\n    -0,\n    1e5\n  ]\n}');
});

test('a text that was cut short is laid out as far as it goes', () => {
  assert.equal(indentJson('{"a":[1,"b'), '{\n  "a": [\n    1,\n    "b');
});
