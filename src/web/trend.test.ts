import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observation } from '@medplum/fhirtypes';
import { trendOf } from './trend.ts';

const glucose = { coding: [{ system: 'http://loinc.org', code: '2345-7', display: 'Glucose' }] };
const one = (
  id: string,
  date: string | undefined,
  value: number,
  unit = 'mmol/L',
  more: Partial<Observation> = {},
): Observation => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: glucose,
  valueQuantity: { value, unit },
  ...(date ? { effectiveDateTime: date } : {}),
  ...more,
});
const token = 'http://loinc.org|2345-7';
const links = {
  item: (id: string) => `/people/x/items/Observation/${id}`,
  trend: (of: string) => `/people/x/results/${encodeURIComponent(of)}`,
};

describe('a trend', () => {
  it('draws readings of one unit and leaves others, and the undated, to the table', () => {
    const trend = trendOf(links, token, [
      one('3', '2022-01-01', 6),
      one('2', '2021', 99, 'mg/dL'),
      one('1', '2020-01-01', 5),
      one('0', undefined, 4),
    ]);
    assert.deepEqual(
      trend.chart?.series[0]?.points.map((point) => point.value),
      [6, 5],
    );
    assert.equal(trend.notDrawn, 2);
    assert.deepEqual(
      trend.rows.map((row) => [row.when, row.value]),
      [
        ['1 January 2022', '6 mmol/L'],
        ['2021', '99 mg/dL'],
        ['1 January 2020', '5 mmol/L'],
        ['Date not recorded', '4 mmol/L'],
      ],
    );
  });

  it('keeps a reading entered in error out of the drawing and says so in the table', () => {
    const trend = trendOf(links, token, [
      one('1', '2020-01-01', 9999, 'mmol/L', { status: 'entered-in-error' }),
    ]);
    assert.equal(trend.chart, undefined);
    assert.equal(trend.rows[0]?.status, 'Entered in error');
  });

  it('shows the reference range when all readings share one, and flags what is outside', () => {
    const range = {
      referenceRange: [{ low: { value: 4, unit: 'mmol/L' }, high: { value: 7, unit: 'mmol/L' } }],
    };
    const shared = trendOf(links, token, [
      one('2', '2021-01-01', 9, 'mmol/L', range),
      one('1', '2020-01-01', 5, 'mmol/L', range),
    ]);
    assert.deepEqual(shared.chart?.range, { low: 4, high: 7 });
    assert.deepEqual(
      shared.rows.map((row) => [row.flag, row.range]),
      [
        ['High', '4 to 7 mmol/L'],
        ['', '4 to 7 mmol/L'],
      ],
    );
    const mixed = trendOf(links, token, [
      one('2', '2021-01-01', 9, 'mmol/L', range),
      one('1', '2020-01-01', 5),
    ]);
    assert.equal(mixed.chart?.range, undefined);
  });

  const part = (code: string, display: string, value: number) => ({
    code: { coding: [{ system: 'http://loinc.org', code, display }] },
    valueQuantity: { value, unit: 'mmHg' },
  });
  const pressure: Observation = {
    resourceType: 'Observation',
    id: 'bp',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure' }] },
    effectiveDateTime: '2024-02-03T10:00:00Z',
    component: [part('8462-4', 'Diastolic', 80), part('8480-6', 'Systolic', 130)],
  };

  it('draws blood pressure as two lines, the systolic above', () => {
    const trend = trendOf(links, 'http://loinc.org|85354-9', [pressure]);
    assert.deepEqual(
      trend.chart?.series.map((series) => series.name),
      ['Systolic', 'Diastolic'],
    );
    assert.equal(trend.rows[0]?.value, '130/80 mmHg');
  });

  it('draws one component alone, and says what it is a part of', () => {
    const trend = trendOf(links, 'http://loinc.org|8480-6', [pressure]);
    assert.equal(trend.title, 'Systolic');
    assert.deepEqual(
      trend.chart?.series.map((series) => series.points.map((point) => point.value)),
      [[130]],
    );
    assert.equal(trend.rows[0]?.value, '130 mmHg');
    assert.deepEqual(
      trend.partOf.map((whole) => whole.title),
      ['Blood pressure'],
    );
  });
});
