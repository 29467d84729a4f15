import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codingText, conceptText, humanise } from './coded.ts';
import { addressLines, mainIdentifier } from './contacts.ts';
import { formatMoney, formatNumber, formatQuantity, formatRange } from './quantities.ts';

describe('quantities', () => {
  it('shows a number as it was sent, and rounds only what was computed', () => {
    assert.equal(formatNumber(100.25), '100.25');
    assert.equal(formatNumber(0.012), '0.012');
    assert.equal(formatNumber(173.45484138767452), '173.5');
    assert.equal(formatNumber(6.812345), '6.81');
    assert.equal(formatNumber(150000), '150,000');
    assert.equal(formatNumber(1e-7), '1e-7');
    assert.equal(formatNumber(Number.NaN), '');
  });

  it('writes units as people do', () => {
    assert.equal(formatQuantity({ value: 120, unit: 'mm[Hg]' }), '120 mmHg');
    assert.equal(formatQuantity({ value: 5.9, code: '%' }), '5.9%');
    assert.equal(formatQuantity({ value: 3, unit: '{score}' }), '3 score');
    assert.equal(formatQuantity({ value: 0.5, comparator: '<', unit: 'mg/L' }), 'less than 0.5 mg/L');
    assert.equal(formatQuantity({ unit: 'mg' }), '');
    assert.equal(formatQuantity(undefined), '');
  });

  it('writes ranges and money by the parts that are there', () => {
    const mg = (value: number) => ({ value, unit: 'mg' });
    assert.equal(formatRange({ low: mg(1), high: mg(2) }), '1 to 2 mg');
    assert.equal(formatRange({ low: mg(1) }), '1 mg or more');
    assert.equal(formatRange({ high: mg(2) }), '2 mg or less');
    assert.equal(formatRange({}), '');
    assert.equal(formatMoney({ value: 125, currency: 'USD' }), 'US$125.00');
  });
});

describe('codes', () => {
  it('prefers what was written, then a display, then a code', () => {
    assert.equal(conceptText({ text: 'Asthma', coding: [{ display: 'x' }] }), 'Asthma');
    assert.equal(conceptText({ coding: [{ code: '1' }, { display: 'Second' }] }), 'Second');
    assert.equal(conceptText({ coding: [{ code: '1' }] }), '1');
    assert.equal(conceptText({ coding: [] }), '');
    assert.equal(conceptText(undefined), '');
    assert.equal(codingText(undefined), '');
  });

  it('makes words of the standard’s own codes', () => {
    assert.equal(humanise('entered-in-error'), 'Entered in error');
    assert.equal(humanise('numberOfSeries'), 'Number of series');
    assert.equal(humanise('AMB'), 'AMB');
  });
});

describe('contacts', () => {
  it('takes the lines of an address that are there', () => {
    assert.deepEqual(addressLines({ line: ['1 High St', ''], city: 'York', postalCode: 'YO1 7HH' }), [
      '1 High St',
      'York',
      'YO1 7HH',
    ]);
    assert.deepEqual(addressLines({ text: 'Somewhere\nelse' }), ['Somewhere', 'else']);
    assert.deepEqual(addressLines(undefined), []);
  });

  it('knows a person by the NHS number, spaced, before any other', () => {
    const nhs = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' };
    assert.deepEqual(mainIdentifier([{ value: 'X1' }, nhs]), { label: 'NHS number', value: '999 000 0018' });
    assert.deepEqual(mainIdentifier([{ value: 'X1' }]), { label: 'Identifier', value: 'X1' });
    assert.equal(mainIdentifier([]), undefined);
  });
});
