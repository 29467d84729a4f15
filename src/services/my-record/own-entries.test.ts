/** What people add themselves: numbers and times as they are typed, what is odd, what is urgent, and valid resources. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { validate } from '../../fhir/validate.ts';
import { localMoment } from '../../web/dates.ts';
import { keyOfEntry, type OwnEntry, personOfEntry } from './own-entries.ts';
import type { OwnForm } from './own-form.ts';
import { ownForms } from './own-forms.ts';
import { takenAt, timeOfDay } from './own-measurement-form.ts';
import { measuredNumber, measurementKinds, oddity } from './own-measurements.ts';
import { ownEntryTold, ownTold } from './own-told.ts';
import { urgentAdvice, urgentRules } from './urgent-values.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const writer = { person: 'iris', name: 'Mrs Iris Okafor', own: true, account: 'a1', now };
const kindOf = (key: string) => measurementKinds.find((one) => one.key === key)!;

describe('numbers that people type', () => {
  it('may have a comma, are rounded as the device would say them, and are refused beyond what can be', () => {
    const [glucose] = kindOf('blood-glucose').parts;
    for (const [typed, wanted] of [
      ['6.4', 6.4],
      ['6,4', 6.4],
      ['6.44', 6.4],
      ['60', 60],
    ] as const)
      assert.equal(measuredNumber(glucose!, typed), wanted);
    for (const typed of ['', '-1', '1e3', '0.4', '60.1', '99999', '6.4.1', 'six', '٦'])
      assert.equal(typeof measuredNumber(glucose!, typed), 'string', typed);
  });

  it('are asked about where they are odd, and never where they are usual', () => {
    const pressure = kindOf('blood-pressure');
    assert.equal(oddity(pressure, { systolic: 184, diastolic: 121 }), undefined);
    assert.match(oddity(pressure, { systolic: 80, diastolic: 120 }) ?? '', /right way round/);
    assert.match(oddity(pressure, { systolic: 250, diastolic: 100 }) ?? '', /very unusual/);
    for (const kind of measurementKinds)
      for (const { usual, possible } of kind.parts)
        assert.ok(possible[0] <= usual[0] && usual[0] < usual[1] && usual[1] <= possible[1], kind.key);
  });
});

describe('times that people type', () => {
  it('are read with or without am and pm, or not at all', () => {
    for (const [typed, wanted] of [
      ['', ''],
      ['7:30', '07:30'],
      ['07.30', '07:30'],
      ['7pm', '19:00'],
      ['12am', '00:00'],
      ['12:15 PM', '12:15'],
      ['23:59', '23:59'],
      ['24:00', undefined],
      ['13pm', undefined],
      ['7', undefined],
      ['7:60', undefined],
      ['noon', undefined],
    ] as const)
      assert.equal(timeOfDay(typed), wanted, typed);
  });

  it('are the time in the United Kingdom, on every day of the year', () => {
    assert.equal(takenAt('2026-07-01', '08:00'), '2026-07-01T07:00:00.000Z');
    assert.equal(takenAt('2026-12-01', '08:00'), '2026-12-01T08:00:00.000Z');
    assert.equal(takenAt('2026-12-01', ''), '2026-12-01');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 364 }),
        fc.integer({ min: 3, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (day, hour, minute) => {
          const key = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
          const two = (n: number) => String(n).padStart(2, '0');
          const at = localMoment(Date.parse(takenAt(key, `${two(hour)}:${two(minute)}`)));
          assert.deepEqual([at.key, at.hour, at.minute], [key, hour, minute]);
        },
      ),
    );
  });
});

describe('values that need help soon', () => {
  const days = 50 * 365;
  const cases: readonly (readonly [
    string,
    Record<string, number>,
    number | undefined,
    string | undefined,
  ])[] = [
    ['blood-pressure', { systolic: 180, diastolic: 90 }, days, 'urgent'],
    ['blood-pressure', { systolic: 150, diastolic: 120 }, days, 'urgent'],
    ['blood-pressure', { systolic: 179, diastolic: 119 }, days, undefined],
    ['blood-pressure', { systolic: 90, diastolic: 60 }, days, 'urgent'],
    ['blood-pressure', { systolic: 91, diastolic: 60 }, days, undefined],
    ['oxygen', { oxygen: 92 }, days, 'emergency'],
    ['oxygen', { oxygen: 93 }, days, 'urgent'],
    ['oxygen', { oxygen: 94 }, days, 'urgent'],
    ['oxygen', { oxygen: 95 }, days, undefined],
    ['temperature', { temperature: 38 }, 60, 'urgent'],
    ['temperature', { temperature: 38 }, 150, undefined],
    ['temperature', { temperature: 39 }, 150, 'urgent'],
    ['temperature', { temperature: 39 }, undefined, undefined],
    ['temperature', { temperature: 34.9 }, days, 'emergency'],
    ['temperature', { temperature: 35 }, days, undefined],
    ['blood-glucose', { glucose: 3.9 }, days, 'urgent'],
    ['blood-glucose', { glucose: 4 }, days, undefined],
    ['blood-glucose', { glucose: 11 }, days, undefined],
    ['blood-glucose', { glucose: 11.1 }, days, 'urgent'],
    ['weight', { weight: 400 }, days, undefined],
    ['peak-flow', { 'peak-flow': 60 }, days, undefined],
  ];
  it('are told by a table', () => {
    for (const [kind, values, age, wanted] of cases)
      assert.equal(
        urgentAdvice(kind, values, age)?.level,
        wanted,
        `${kind} ${JSON.stringify(values)} ${age}`,
      );
  });

  it('name a public source and a kind that there is', () => {
    for (const { kind, source, says } of urgentRules) {
      assert.ok(measurementKinds.some(({ key }) => key === kind));
      assert.ok(/NICE|NHS|NEWS2/.test(source) && says.length > 0);
    }
  });
});

const filled = (own: OwnForm): Record<string, unknown> => ({
  ...Object.fromEntries(
    own.asked.map(({ name, kind, options }) => [
      name,
      kind === 'some-of' ? [options?.[0]?.value] : `Some ${name}`,
    ]),
  ),
  ...Object.fromEntries(
    measurementKinds.flatMap(({ parts }) => parts.map(({ name, usual }) => [name, usual[1]])),
  ),
  ...{ taken: '2026-11-22', time: '09:30', taking: 'now' },
});

describe('entries', () => {
  it('are valid, marked, about the person and told again as they were typed', () => {
    for (const own of ownForms) {
      const values = filled(own);
      const entry = own.entry({ id: 'x', key: 'k' }, values, writer);
      const faults = validate(entry).filter(({ severity }) => severity === 'error' || severity === 'fatal');
      assert.deepEqual(faults, [], own.page);
      assert.equal(entry.resourceType, own.type);
      assert.equal(isPatientReported(entry), true);
      assert.equal(personOfEntry(entry), 'iris');
      assert.equal(keyOfEntry(entry), 'k');
      const told = ownEntryTold(entry);
      assert.equal(told.page, own.page);
      assert.ok(told.lines.length > 0, own.page);
      const again = own.typed(entry);
      for (const { name, kind } of own.asked)
        if (kind !== 'date' && name !== 'time' && values[name] !== undefined)
          assert.deepEqual(
            [again[name]].flat().map(String),
            [values[name]].flat().map(String),
            `${own.page} ${name}`,
          );
    }
  });

  it('by someone who acts for the person name them, and refer to no other record', () => {
    const other = { ...writer, name: 'Mrs Megan Ashworth', own: false, account: 'a2' };
    for (const own of ownForms) {
      const text = JSON.stringify(own.entry({ key: 'k' }, filled(own), other));
      assert.deepEqual([...new Set(text.match(/Patient\/\w+/g))], ['Patient/iris'], own.page);
      if (own.type !== 'RelatedPerson') assert.match(text, /Megan Ashworth, who acts for them/);
    }
  });

  it('stand in groups, measurements of the days asked for', () => {
    const entries = ownForms.map(
      (own): OwnEntry => own.entry({ id: own.page, key: 'k' }, filled(own), writer),
    );
    assert.deepEqual(
      ownTold(entries).map(({ heading, told }) => [heading, told.length]),
      [
        ['About me', 2],
        ['Emergency contacts', 1],
        ['Allergies', 1],
        ['Medicines', 1],
        ['Measurements', measurementKinds.length],
      ],
    );
    assert.ok(!ownTold(entries, { to: '2026-11-21' }).some(({ key }) => key === 'measurements'));
  });
});
