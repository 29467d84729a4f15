import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dateRange } from './dates.ts';

const ms = (text: string) => Date.parse(text);

describe('dateRange', () => {
  const covers: [text: string, low: string, high: string][] = [
    ['2000', '2000-01-01T00:00:00Z', '2001-01-01T00:00:00Z'],
    ['2000-04', '2000-04-01T00:00:00Z', '2000-05-01T00:00:00Z'],
    ['1999-12', '1999-12-01T00:00:00Z', '2000-01-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2013-01-14T10:00', '2013-01-14T10:00:00Z', '2013-01-14T10:01:00Z'],
    ['2013-01-14T10:00:30', '2013-01-14T10:00:30Z', '2013-01-14T10:00:31Z'],
    ['2013-01-14T10:00:30+01:00', '2013-01-14T09:00:30Z', '2013-01-14T09:00:31Z'],
    ['2013-01-14T22:00-05:30', '2013-01-15T03:30:00Z', '2013-01-15T03:31:00Z'],
    ['2013-01-14T10:00:30.5Z', '2013-01-14T10:00:30.500Z', '2013-01-14T10:00:30.600Z'],
    ['2013-01-14T10:00:30.123456Z', '2013-01-14T10:00:30.123Z', '2013-01-14T10:00:30.124Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z', '2017-01-01T00:00:01Z'],
    ['0044-03-15', '0044-03-15T00:00:00Z', '0044-03-16T00:00:00Z'],
  ];
  for (const [text, low, high] of covers) {
    it(`reads ${text} as from ${low} to before ${high}`, () => {
      assert.deepEqual(dateRange(text), { low: ms(low), high: ms(high) });
    });
  }

  for (const text of [
    '',
    '0000',
    '20',
    '2013-13',
    '2013-00',
    '2013-02-29',
    '1900-02-29',
    '2013-04-31',
    '2013-1-1',
    '2013-01-01T',
    '2013-01-01T10',
    '2013-01-01T24:00',
    '2013-01-01T10:60',
    '2013-01-01T10:00:61',
    '2013-01-01T10:00+15:00',
    '2013-01-01T10:00+14:30',
    '2013-01-01 10:00',
    ' 2013',
    '2013-01-01Z',
    'today',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(dateRange(text), undefined));
  }

  it('agrees with the JavaScript parser on every instant, and its range holds the instant', () => {
    const instants = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-30'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (date) => {
        const range = dateRange(date.toISOString());
        assert.deepEqual(range, { low: date.getTime(), high: date.getTime() + 1 });
        for (const length of [4, 7, 10]) {
          const wider = dateRange(date.toISOString().slice(0, length));
          assert.ok(wider && wider.low <= date.getTime() && date.getTime() < wider.high);
        }
      }),
    );
  });
});
