import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import type { Ending } from '../../../test/support/ending.ts';
import { putAll } from '../../../test/support/pages-app.ts';
import { tester, testRecord } from '../../../test/support/record.ts';
import type { Reading } from '../../web/record-reading.ts';
import { historyForm } from './history-form.ts';
import { usualKinds } from './kinds.ts';
import { type Timeline, type TimelineEntry, timelinePage } from './timeline.ts';

const subject = { reference: 'Patient/long' };

/** Forty years: visits weekly, results often, some dates partial, some missing, some changing day at midnight. */
const life: Resource[] = Array.from({ length: 900 }, (_, i): Resource => {
  const at = new Date(Date.UTC(1986, 0, 1) + i * 16 * 86_400_000 + ((i * 37) % 24) * 3_600_000 + 1_800_000);
  const date =
    i % 11 === 0
      ? at.toISOString().slice(0, 4)
      : i % 7 === 0
        ? at.toISOString().slice(0, 7)
        : i % 3 === 0
          ? at.toISOString().slice(0, 10)
          : at.toISOString();
  const id = `e${i}`;
  if (i % 4 === 0)
    return {
      resourceType: 'Encounter',
      id,
      status: 'finished',
      class: { code: 'AMB' },
      subject,
      ...(i % 13 === 0 ? {} : { period: { start: date } }),
    };
  if (i % 4 === 1)
    return {
      resourceType: 'Condition',
      id,
      subject,
      ...(i % 5 === 0 ? {} : i % 3 ? { onsetDateTime: date } : { recordedDate: date }),
    };
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: `Test ${i % 9}` },
    subject,
    effectiveDateTime: date,
  };
});
const readings: Resource[] = Array.from(
  { length: 90 },
  (_, i): Resource => ({
    resourceType: 'Observation',
    id: `pulse${i}`,
    status: 'final',
    subject,
    code: { coding: [{ system: 'urn:test', code: 'pulse' }], text: 'Pulse' },
    effectiveDateTime: `2024-05-0${1 + (i % 2)}T10:${String(i % 60).padStart(2, '0')}:00Z`,
    valueInteger: 60 + i,
  }),
);
const open: Resource = {
  resourceType: 'CarePlan',
  id: 'no-start',
  status: 'active',
  intent: 'plan',
  subject,
  period: { end: '2030-01-01' },
};

describe('the timeline', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let reading: Reading;
  before(async () => {
    const { record } = await testRecord(ending);
    reading = { record, actor: tester };
    await putAll(record, [{ resourceType: 'Patient', id: 'long' }, ...life, ...readings, open]);
  });
  after(async () => {
    for (const work of endings.reverse()) await work();
  });

  const entriesOf = (page: Timeline): TimelineEntry[] => [
    ...page.years.flatMap((year) => year.days.flatMap((day) => day.entries)),
    ...page.undated,
  ];
  const walk = async (query: Partial<Parameters<typeof timelinePage>[1]>): Promise<Timeline[]> => {
    const pages: Timeline[] = [];
    let cursor: string | undefined;
    do {
      const next = cursor === undefined ? {} : { before: cursor };
      const page = await timelinePage(reading, { person: 'long', kinds: usualKinds, ...query, ...next });
      pages.push(page);
      cursor = page.older;
    } while (cursor !== undefined);
    return pages;
  };

  it('shows every entry of forty years once, newest first, page by page', async () => {
    const pages = await walk({});
    const entries = pages.flatMap(entriesOf);
    const ids = entries.map((entry) => entry.id).filter((id) => !id.startsWith('pulse'));
    assert.deepEqual([...ids].sort(), [...life.map((one) => one.id ?? ''), 'no-start'].sort());
    const years = pages.flatMap((page) => page.years.map((year) => Number(year.label)));
    assert.deepEqual(
      years,
      [...years].sort((a, b) => b - a),
    );
    assert.ok(pages.length > 10);
    for (const page of pages.slice(0, -1)) assert.deepEqual(page.undated, []);
    assert.ok(pages.at(-1)!.undated.some((entry) => entry.id === 'no-start'));
  });

  it('makes one line of many readings in a day', async () => {
    const [page] = await walk({ kinds: ['results'], from: '2024-05-01', to: '2024-05-02' });
    const pulses = entriesOf(page!).filter((entry) => entry.title === 'Pulse');
    assert.equal(pulses.length, 2);
    assert.match(pulses[0]?.detail ?? '', /^45 readings, latest \d+$/);
  });

  it('keeps to the kinds and days that are asked for', async () => {
    const pages = await walk({ kinds: ['visits'], from: '1999-03-01', to: '2001-03-31' });
    const entries = pages.flatMap(entriesOf);
    assert.ok(entries.length > 5);
    assert.ok(
      entries.every(
        (entry) => entry.type === 'Encounter' && entry.date >= '1999-03' && entry.date < '2001-04',
      ),
    );
  });

  it('is empty where nothing is recorded', async () => {
    const page = await timelinePage(reading, { person: 'nobody', kinds: usualKinds });
    assert.deepEqual(page, { years: [], undated: [], moreUndated: false });
  });
});

describe('the filters of the history', () => {
  it('fill in what is left out of a date', () => {
    const form = historyForm({
      'from-year': '2019',
      'to-year': '2020',
      'to-month': '2',
      kind: ['results', 'nonsense'],
    });
    assert.deepEqual(
      [form.from, form.to, form.kinds, form.errors],
      ['2019-01-01', '2020-02-29', ['results'], []],
    );
  });

  it('say what is wrong with a date', () => {
    assert.match(historyForm({ 'from-day': '3' }).errors[0]?.text ?? '', /must include a year/);
    assert.match(
      historyForm({ 'from-year': '2020', 'from-month': '2', 'from-day': '30' }).errors[0]?.text ?? '',
      /1 to 29/,
    );
    assert.match(
      historyForm({ 'from-year': '2021', 'to-year': '2020' }).errors[0]?.text ?? '',
      /same as or after/,
    );
  });

  it('ignore a page that is no day', () => {
    assert.equal(historyForm({ before: '2020-02-31' }).before, '2020-03-02');
    assert.equal(historyForm({ before: "x'; --" }).before, undefined);
  });
});
