import assert from 'node:assert/strict';
import test from 'node:test';
import { errorsForPage, formBody, formDate, formText, formTexts, wholeDate } from './form-fields.ts';

test('a field is its first text, without spaces around it; what is no text is empty', () => {
  const body = formBody({ a: ' x\r\ny ', b: ['1', '2'], c: 3, d: { e: 'f' } });
  assert.equal(formText(body, 'a'), 'x\ny');
  assert.equal(formText(body, 'b'), '1');
  assert.deepEqual(formTexts(body, 'b'), ['1', '2']);
  for (const name of ['c', 'd', 'missing', 'toString', '__proto__']) {
    assert.equal(formText(body, name), '');
    assert.deepEqual(formTexts(body, name), []);
  }
  assert.deepEqual(formBody('text'), {});
  assert.deepEqual(formBody(null), {});
});

test('control characters, which no keyboard types and no database stores, are left out', () => {
  const body = formBody({ a: 'x\u0000y\u001b[1m\tz\nq', b: ['1\u0000', '2'] });
  assert.equal(formText(body, 'a'), 'xy[1m\tz\nq');
  assert.deepEqual(formTexts(body, 'b'), ['1', '2']);
});

test('a date is whole and real, or the error names the field to mend', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['1', '3', '2018', '2018-03-01'],
    ['29', '02', '2024', '2024-02-29'],
    ['', '', '', 'born-day'],
    ['32', '1', '2018', 'born-day'],
    ['x', '1', '2018', 'born-day'],
    ['1', '13', '2018', 'born-month'],
    ['1', '', '2018', 'born-month'],
    ['1', '1', '18', 'born-year'],
    ['29', '2', '2023', 'born-day'],
  ];
  for (const [day, month, year, expected] of cases) {
    const typed = formDate({ 'born-day': day, 'born-month': month, 'born-year': year }, 'born');
    const found = wholeDate('born', typed, 'Date of birth');
    assert.equal(typeof found === 'string' ? found : found.field, expected);
  }
});

test('a page shows the first error of each field beside it', () => {
  const errors = [
    { field: 'a', text: 'first' },
    { field: 'a', text: 'second' },
  ];
  assert.deepEqual(errorsForPage(errors), { errors, error: { a: 'first' } });
});
