import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { escapeValue, splitEscaped, unescapeValue } from './search-escapes.ts';

test('a separator after a backslash does not separate', () => {
  assert.deepEqual(splitEscaped('a,b\\,c,', ','), ['a', 'b\\,c', '']);
  assert.deepEqual(splitEscaped('a\\\\,b', ','), ['a\\\\', 'b']);
  assert.deepEqual(splitEscaped('a\\$b$c', '$'), ['a\\$b', 'c']);
  assert.deepEqual(splitEscaped('', ','), ['']);
});

test('only the four escapes are taken away; other backslashes stay', () => {
  assert.equal(unescapeValue('\\,\\|\\$\\\\'), ',|$\\');
  assert.equal(unescapeValue('C:\\temp\\'), 'C:\\temp\\');
});

test('whatever is escaped reads back as it was, in any list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1 }),
      fc.constantFrom(',', '|', '$'),
      (values, separator) => {
        const written = values.map(escapeValue).join(separator);
        assert.deepEqual(splitEscaped(written, separator).map(unescapeValue), values);
      },
    ),
  );
});
