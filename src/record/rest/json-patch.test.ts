import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../platform/problem.ts';
import { parseExact, writeExact } from './exact-json.ts';
import { applyPatch, readPatch } from './json-patch.ts';

const patched = (document: unknown, patch: unknown): unknown =>
  JSON.parse(writeExact(applyPatch(parseExact(JSON.stringify(document)), readPatch(patch))));

// The examples of RFC 6902, Appendix A, that succeed.
const examples: [name: string, document: unknown, patch: unknown, result: unknown][] = [
  [
    'A.1 adding an object member',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux' }],
    { baz: 'qux', foo: 'bar' },
  ],
  [
    'A.2 adding an array element',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  [
    'A.3 removing an object member',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'remove', path: '/baz' }],
    { foo: 'bar' },
  ],
  [
    'A.4 removing an array element',
    { foo: ['bar', 'qux', 'baz'] },
    [{ op: 'remove', path: '/foo/1' }],
    { foo: ['bar', 'baz'] },
  ],
  [
    'A.5 replacing a value',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'replace', path: '/baz', value: 'boo' }],
    { baz: 'boo', foo: 'bar' },
  ],
  [
    'A.6 moving a value',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    'A.7 moving an array element',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8 testing a value',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  [
    'A.10 adding a nested member object',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  [
    'A.11 ignoring unrecognised elements',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
    { foo: 'bar', baz: 'qux' },
  ],
  [
    'A.14 escape ordering',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: 10 }],
    { '/': 9, '~1': 10 },
  ],
  [
    'A.16 adding an array value',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    { foo: ['bar', ['abc', 'def']] },
  ],
  ['replacing the whole document', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  [
    'copying',
    { a: { b: [1] } },
    [
      { op: 'copy', from: '/a/b', path: '/c' },
      { op: 'add', path: '/c/-', value: 2 },
    ],
    { a: { b: [1] }, c: [1, 2] },
  ],
  [
    'an object is the same in any order of keys',
    { a: { x: 1, y: 2 } },
    [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
    { a: { x: 1, y: 2 } },
  ],
];
for (const [name, document, patch, result] of examples)
  test(`JSON Patch: ${name}`, () => assert.deepEqual(patched(document, patch), result));

const refused: [name: string, document: unknown, patch: unknown, status: number, where: string][] = [
  [
    'A.9 a test that fails',
    { baz: 'qux' },
    [{ op: 'test', path: '/baz', value: 'bar' }],
    422,
    'http.body[0]',
  ],
  [
    'A.12 adding to a nonexistent target',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz/bat', value: 'qux' }],
    422,
    'http.body[0].path',
  ],
  [
    'A.15 comparing strings and numbers',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: '10' }],
    422,
    'http.body[0]',
  ],
  ['removing what is not there', { foo: 1 }, [{ op: 'remove', path: '/bar' }], 422, 'http.body[0].path'],
  [
    'an index past the end',
    { foo: [1] },
    [{ op: 'add', path: '/foo/2', value: 1 }],
    422,
    'http.body[0].path',
  ],
  [
    'an index with a leading zero',
    { foo: [1, 2] },
    [{ op: 'replace', path: '/foo/01', value: 1 }],
    422,
    'http.body[0].path',
  ],
  ['an inherited member', {}, [{ op: 'copy', from: '/constructor', path: '/x' }], 422, 'http.body[0].from'],
  ['a path into a number', { a: 1.5 }, [{ op: 'add', path: '/a/b', value: 1 }], 422, 'http.body[0].path'],
  ['an unknown op', {}, [{ op: 'spam', path: '/a', value: 1 }], 400, 'http.body[0].op'],
  ['no value', {}, [{ op: 'add', path: '/a' }], 400, 'http.body[0].value'],
  ['a path that is no pointer', {}, [{ op: 'remove', path: 'a' }], 400, 'http.body[0].path'],
  ['a bad escape', {}, [{ op: 'remove', path: '/a~2' }], 400, 'http.body[0].path'],
  ['a move into itself', { a: {} }, [{ op: 'move', from: '/a', path: '/a/b' }], 400, 'http.body[0].path'],
  ['the prototype', {}, [{ op: 'add', path: '/__proto__/x', value: 1 }], 400, 'http.body[0].path'],
  ['no list', {}, { op: 'add' }, 400, 'http.body'],
];
for (const [name, document, patch, status, where] of refused)
  test(`JSON Patch refuses ${name}, and says where`, () => {
    assert.throws(
      () => patched(document, patch),
      (error) => error instanceof Problem && error.status === status && error.faults[0]?.where === where,
    );
  });

test('a patch keeps the digits of decimals that it does not touch, and of those it brings', () => {
  const document = parseExact('{"a":1.00,"b":[1e3,-0.50],"c":12345678901234567890}');
  const patch = readPatch(
    parseExact('[{"op":"add","path":"/d","value":2.10},{"op":"test","path":"/a","value":1}]'),
  );
  assert.equal(
    writeExact(applyPatch(document, patch)),
    '{"a":1.00,"b":[1e3,-0.50],"c":12345678901234567890,"d":2.10}',
  );
});

test('the document given is left as it was', () => {
  const document = { a: [1, { b: 2 }] };
  applyPatch(document, readPatch([{ op: 'remove', path: '/a/1/b' }]));
  assert.deepEqual(document, { a: [1, { b: 2 }] });
});

test('exact JSON reads and writes any JSON as itself', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      assert.deepEqual(JSON.parse(writeExact(parseExact(text))), JSON.parse(text));
    }),
  );
});
