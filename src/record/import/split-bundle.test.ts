import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { splitBundle } from './split-bundle.ts';

test('the parts of a Bundle are those that JSON.parse finds, however it is spaced', () => {
  const entry = fc.oneof(
    fc.dictionary(fc.constantFrom('fullUrl', 'resource', 'request', 'a"b\\'), fc.jsonValue()),
    fc.jsonValue(),
  );
  const object = fc.record(
    {
      resourceType: fc.constant('Bundle'),
      type: fc.jsonValue(),
      entry: fc.array(entry),
      link: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(object, fc.constantFrom(undefined, 2, '\t'), (bundle, indent) => {
      const text = JSON.stringify(bundle, undefined, indent);
      const split = splitBundle(text);
      const plain = JSON.parse(text) as Record<string, unknown>;
      assert.deepEqual([...(split?.parts.keys() ?? [])], Object.keys(plain));
      for (const [key, span] of split?.parts ?? [])
        assert.deepEqual(JSON.parse(text.slice(...span)), plain[key]);
      const entries = plain['entry'] as unknown[] | undefined;
      assert.equal(split?.entries?.length, entries?.length);
      split?.entries?.forEach(({ span, parts }, i) => {
        const own = entries?.[i];
        assert.deepEqual(JSON.parse(text.slice(...span)), own);
        const isObject = typeof own === 'object' && own !== null && !Array.isArray(own);
        assert.equal(parts !== undefined, isObject);
        for (const [key, at] of parts ?? [])
          assert.deepEqual(
            JSON.parse(text.slice(...at)),
            (own as Record<string, unknown>)[JSON.parse(`"${key}"`)],
          );
      });
    }),
  );
});

test('a text whose outer structure is no JSON is not split', () => {
  const broken = [
    ...[
      '',
      '[]',
      'null',
      '{',
      '{"entry":[',
      '{"entry":[{}',
      '{"entry":[{},]}',
      '{"entry":[{}{}]}',
      '{"a":1,}',
    ],
    ...[
      '{"a" 1}',
      '{"a":}',
      '{a:1}',
      '{"a":1}}',
      '{"a":1} x',
      '{"a":"x}',
      '{"a":1,"a":2}',
      '{"entry":[{"b":1,"b":2}]}',
    ],
    ...['{"entry":[{"b":[1,2}]}', '{"entry":[,]}'],
  ];
  for (const text of broken) assert.equal(splitBundle(text), undefined, text);
});

test('cut off anywhere, a Bundle is not split', () => {
  const text = JSON.stringify({
    resourceType: 'Bundle',
    entry: [{ resource: { id: '"\\' } }, { a: [1, {}] }],
  });
  for (let length = 0; length < text.length; length += 1)
    assert.equal(splitBundle(text.slice(0, length)), undefined, text.slice(0, length));
});
