import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fault, Problem } from '../platform/problem.ts';
import { deepest, parseJson } from './json.ts';

function refused(input: Uint8Array | string): Fault {
  try {
    parseJson(input);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.status, 400);
    return error.faults[0] as Fault;
  }
  throw new Error(`accepted: ${String(input).slice(0, 80)}`);
}

const malformed: readonly [text: string, line: number, column: number, message: RegExp, where?: string][] = [
  ['', 1, 1, /Expected a JSON value, found the end of the text/],
  ['  \n ', 2, 2, /Expected a JSON value/],
  ['{', 1, 2, /Expected a property name in double quotes or '}'/],
  ['{"a":1,}', 1, 8, /Expected a property name in double quotes, found '}'/],
  ['{"a" 1}', 1, 6, /Expected ':' after the property name, found '1'/, 'a'],
  ['{"a":1 "b":2}', 1, 8, /Expected ',' or '}', found '"'/],
  ["{'a':1}", 1, 2, /Expected a property name in double quotes/],
  ['{"a":[1,2,]}', 1, 11, /Expected a JSON value, found ']'/, 'a[2]'],
  ['{"a":[1 2]}', 1, 9, /Expected ',' or ']'/, 'a'],
  ['{"a":\n  tru}', 2, 3, /Expected a JSON value, found 't'/, 'a'],
  ['{"a":01}', 1, 7, /may not begin with 0/, 'a'],
  ['{"a":1.}', 1, 7, /not written as JSON asks/, 'a'],
  ['{"a":-}', 1, 6, /Expected digits after the minus sign/, 'a'],
  ['{"a":NaN}', 1, 6, /Expected a JSON value, found 'N'/, 'a'],
  ['{"a":"b', 1, 6, /no closing quotation mark/, 'a'],
  ['{"a":"b\nc"}', 1, 8, /may not hold the character U\+000A/, 'a'],
  ['{"a":"\\x41"}', 1, 7, /This escape is not JSON/, 'a'],
  ['{"a":"\\u12"}', 1, 7, /four hexadecimal digits/, 'a'],
  ['{"a":"\\u0000"}', 1, 7, /U\+0000 is not allowed/, 'a'],
  ['{"a":"\\ud83d"}', 1, 7, /surrogate/, 'a'],
  ['{"a":"\\ude00\\ud83d"}', 1, 7, /surrogate/, 'a'],
  ['{"a":"\\ud83d \\ude00"}', 1, 7, /surrogate/, 'a'],
  ['{"a":"\ud83d"}', 1, 7, /surrogate/, 'a'],
  ['{} {}', 1, 4, /nothing more after the JSON value, found '{'/],
  ['{"a":1}\n}', 2, 1, /nothing more/],
  ['{"id":"1","id":"2"}', 1, 11, /The property 'id' is given twice/, 'id'],
  [
    '{"name":[{"given":["x"]},{"use":"usual",\n "use":"usual"}]}',
    2,
    2,
    /'use' is given twice/,
    'name[1].use',
  ],
  ['{"a":1,"\\u0061":2}', 1, 8, /'a' is given twice/, 'a'],
  ['{"__proto__":1,"__proto__":2}', 1, 16, /'__proto__' is given twice/, '__proto__'],
];

test('malformed JSON is refused with the line, the column and what was expected there', () => {
  for (const [text, line, column, message, where] of malformed) {
    const fault = refused(text);
    assert.match(fault.message, message, text);
    assert.deepEqual([fault.line, fault.column, fault.where], [line, column, where], text);
    assert.equal(fault.kind, 'structure');
    assert.equal(fault.severity, 'fatal');
    if (text.isWellFormed()) assert.deepEqual(refused(Buffer.from(text)), fault);
  }
});

test('bytes that are not UTF-8 are refused with the offset of the first wrong one', () => {
  const cases: readonly [bytes: readonly number[], offset: number][] = [
    [[0xff], 0],
    [[0x22, 0x61, 0x80, 0x22], 2],
    [[0x22, 0xc3, 0x22], 1],
    [[0x22, 0xc3, 0xa9, 0xe2, 0x82, 0x22], 3],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 1], // a surrogate written as a character
    [[0x22, 0xf0, 0x9f, 0x98, 0x80, 0xc0, 0x80, 0x22], 5], // an overlong NUL
    [[...Buffer.from('"é😀é"').subarray(0, 10), 0xfe], 10],
  ];
  for (const [bytes, offset] of cases)
    assert.match(refused(Uint8Array.from(bytes)).message, new RegExp(`byte ${offset} `));
  const long = Buffer.concat([Buffer.from(`"${'€'.repeat(5000)}`), Buffer.from([0xe2, 0x28, 0xa1, 0x22])]);
  assert.match(refused(long).message, /byte 15001 /);
});

test('a byte order mark is passed over', () => {
  assert.deepEqual(parseJson(Buffer.from('\uFEFF{"a":1}')), { a: 1 });
  assert.deepEqual(parseJson('\uFEFF{"a":1}'), { a: 1 });
});

test('nesting is read to the limit and refused beyond it, however deep, without using the stack', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.ok(parseJson(nested(deepest)));
  assert.match(refused(nested(deepest + 1)).message, /More than 100 levels/);
  assert.equal(refused('{"a":'.repeat(10_000)).column, 501);
  assert.match(refused('['.repeat(1_000_000)).message, /More than 100 levels/);
  assert.equal(parseJson(JSON.stringify('['.repeat(500))), '['.repeat(500));
});

test('whatever can be written as JSON is read back as it was', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      const native: unknown = JSON.parse(text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what FHIR forbids
      if (/\\u0000|\u0000/.test(JSON.stringify(native))) return;
      assert.deepEqual(parseJson(text), native);
      assert.deepEqual(parseJson(Buffer.from(text)), native);
    }),
    { numRuns: 500 },
  );
});

test('any text and any bytes are either read as JSON.parse reads them or refused with a Problem', () => {
  // biome-ignore format: one list
  const piece = fc.constantFrom(
    '{', '}', '[', ']', ':', ',', '"a"', '"b"', '"', '\\', '\\u', '0000', 'd83d', '\\ude00', '\\"', '1', '-', '0', 'e', '.', 'true', 'null', ' ', '\n',
  );
  const texts = fc.oneof(
    fc.array(piece, { maxLength: 24 }).map((p) => p.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let native: unknown;
      let isJson = true;
      try {
        native = JSON.parse(text);
      } catch {
        isJson = false;
      }
      try {
        const value = parseJson(text);
        assert.ok(isJson, text);
        assert.deepEqual(value, native);
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
        const [fault] = error.faults;
        // The slow reader must agree that there is a fault, and know where.
        assert.ok(fault?.line && fault.column, text);
        if (isJson) assert.match(fault.message, /twice|surrogate|U\+0000/, text);
      }
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        parseJson(bytes);
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
  );
});
