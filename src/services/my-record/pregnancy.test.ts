import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EpisodeOfCare, Observation } from '@medplum/fhirtypes';
import { pregnancyOf } from './pregnancy.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const episode = (more: Partial<EpisodeOfCare> = {}): EpisodeOfCare => ({
  ...{ resourceType: 'EpisodeOfCare', status: 'active', type: [{ text: 'Maternity care' }] },
  ...{ patient: { reference: 'Patient/x' }, period: { start: '2026-06-06' } },
  ...more,
});
const date = (code: string, day: string, recorded = '2026-06-06'): Observation => ({
  ...{
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
  },
  ...{ valueDateTime: day, effectiveDateTime: recorded },
});

describe('a pregnancy', () => {
  it('is none without an open episode or condition', () => {
    assert.equal(pregnancyOf([], [], [date('11778-8', '2027-01-16')], now), undefined);
    assert.equal(pregnancyOf([episode({ status: 'finished' })], [], [], now), undefined);
    assert.equal(pregnancyOf([episode({ type: [{ text: 'Diabetes clinic' }] })], [], [], now), undefined);
  });

  it('counts its weeks back from the due date', () => {
    const found = pregnancyOf([episode()], [], [date('11778-8', '2027-01-16')], now);
    assert.deepEqual([found?.week, found?.due], ['32 weeks and 1 day', '16 January 2027']);
  });

  it('takes the newest due date: a scan moves it', () => {
    const dates = [date('11778-8', '2027-01-16'), date('11778-8', '2027-01-23', '2026-08-01')];
    assert.equal(pregnancyOf([episode()], [], dates, now)?.due, '23 January 2027');
  });

  it('works the due date out from the last period where none is recorded', () => {
    const found = pregnancyOf([episode()], [], [date('8665-2', '2026-05-24')], now);
    assert.deepEqual([found?.due, found?.week], ['28 February 2027', '26 weeks']);
  });

  it('says nothing of weeks without a date, and ends when it was never closed', () => {
    assert.deepEqual(pregnancyOf([episode()], [], [], now), {
      due: '',
      week: '',
      weeks: 0,
      since: '6 June 2026',
    });
    assert.equal(pregnancyOf([episode({ period: { start: '2024-01-01' } })], [], [], now), undefined);
    assert.equal(pregnancyOf([episode()], [], [date('11778-8', '2026-01-16')], now), undefined);
  });
});
