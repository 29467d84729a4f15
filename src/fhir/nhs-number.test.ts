import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNhsNumber, isNhsNumber } from './nhs-number.ts';

test('an NHS number has ten digits and the right check digit', () => {
  const cases: readonly [string, boolean][] = [
    ['9434765919', true], // the example of the NHS Data Dictionary
    ['9000000009', true],
    ['9990000018', true],
    ['4010232137', true],
    ['0000000000', true], // right by modulus 11
    ['9434765918', false],
    ['9434765991', false],
    ['943 476 5919', false],
    ['943476591', false],
    ['94347659190', false],
    ['９434765919', false],
    ['', false],
  ];
  for (const [text, expected] of cases) assert.equal(isNhsNumber(text), expected, text);
});

test('any single wrong digit is noticed', () => {
  for (let at = 0; at < 10; at += 1)
    for (let digit = 0; digit < 10; digit += 1) {
      const text = '9434765919'.slice(0, at) + digit + '9434765919'.slice(at + 1);
      assert.equal(isNhsNumber(text), text === '9434765919');
    }
});

test('where the check digit would be 10 no number exists', () => {
  for (let digit = 0; digit < 10; digit += 1) assert.equal(isNhsNumber(`000000006${digit}`), false);
});

test('an NHS number is shown in three groups', () => {
  assert.equal(formatNhsNumber('9434765919'), '943 476 5919');
  assert.equal(formatNhsNumber('unknown'), 'unknown');
});
