import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Circuit, type LineSite, technologies } from '../../model.ts';
import { cellsOfCircuit, cellsOfSite, circuitOfCells, siteOfCells } from './columns.ts';
import { openingOf, openingText } from './opening.ts';

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 .'&-]{0,20}[A-Za-z0-9]$/);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const count = fc.nat(100_000);
const hours = fc
  .uniqueArray(
    fc.record({
      day: fc.integer({ min: 0, max: 6 }),
      from: fc.nat(700),
      until: fc.integer({ min: 701, max: 1440 }),
    }),
    { selector: ({ day, from }) => `${day} ${from}`, maxLength: 9 },
  )
  .map((open) => open.toSorted((a, b) => a.day - b.day || a.from - b.from));
/** Without what is undefined, and plain all through. */
const present = <T extends object>(fields: T): T => JSON.parse(JSON.stringify(fields)) as T;

const sites: fc.Arbitrary<LineSite> = fc
  .record({
    ...{ id: word, name: word, kind: fc.constantFrom('clinic' as const, 'hospital' as const), open: hours },
    ods: maybe(fc.stringMatching(/^[A-Z0-9]{3,8}$/)),
    organisation: maybe(fc.record({ id: fc.stringMatching(/^[a-z0-9-]{1,9}$/), name: word })),
    at: maybe(
      fc.record({
        latitude: fc.double({ min: 49, max: 61, noNaN: true }),
        longitude: fc.double({ min: -8, max: 2, noNaN: true }),
      }),
    ),
    address: maybe(fc.array(word, { minLength: 1, maxLength: 4 })),
    ...{ rural: maybe(fc.boolean()), users: maybe(count), listSize: maybe(count), closed: fc.boolean() },
    services: fc.subarray(['video', 'imaging', 'wifi']),
    activity: fc
      .record({ consultations: maybe(count), images: maybe(fc.constant({ CT: 12, MG: 3 })) })
      .map(present),
  })
  .map((site) => ({ ...present(site), id: site.id.replaceAll(' ', '-') }) as LineSite);

test('a site written as cells is read back as it was', () => {
  fc.assert(
    fc.property(sites, (site) => {
      assert.deepEqual(siteOfCells(cellsOfSite(site)), { thing: site });
    }),
  );
});

const speeds = maybe(fc.record({ down: fc.double({ min: 0.1, max: 9e4, noNaN: true }), up: count }));
const circuits: fc.Arbitrary<Circuit> = fc
  .record({
    ...{ id: word, site: word, provider: word, technology: fc.constantFrom(...technologies) },
    role: fc.constantFrom('main' as const, 'backup' as const),
    state: fc.constantFrom('live' as const, 'ordered' as const, 'ceased' as const),
    ...{ sold: speeds, guaranteed: speeds, monthly: maybe(count), route: maybe(word), router: maybe(word) },
    installed: maybe(fc.constantFrom('2015-03-01', '2024-02-29')),
    terminations: fc.array(fc.record({ side: fc.constantFrom('A' as const, 'Z' as const), place: word }), {
      maxLength: 3,
    }),
  })
  .map((circuit) => present(circuit) as Circuit);

test('a line written as cells is read back as it was, also where cells cannot hold all of it', () => {
  fc.assert(
    fc.property(circuits, (circuit) => {
      assert.deepEqual(circuitOfCells(cellsOfCircuit(circuit), circuit), { thing: circuit });
    }),
  );
});

test('opening hours are read as people write them', () => {
  assert.equal(
    openingText(openingOf('mon-fri 8:00-18:30; Saturday 09:00-13:00') ?? []),
    'Mon-Fri 08:00-18:30; Sat 09:00-13:00',
  );
  assert.deepEqual(openingOf('Mon,Wed 00:00-24:00'), [
    { day: 0, from: 0, until: 1440 },
    { day: 2, from: 0, until: 1440 },
  ]);
  for (const wrong of ['always', 'Mon', 'Fri-Mon 8:00-9:00', 'Mon 8-9'])
    assert.equal(openingOf(wrong), undefined, wrong);
});

test('figures are read with pounds and commas, and nothing else is taken for a figure', () => {
  const read = circuitOfCells({
    ...{ id: 'a', site: 's', provider: 'p', technology: 'Full fibre' },
    monthly: '£1,250.50',
  });
  assert.ok('thing' in read);
  assert.equal(read.thing.monthly, 1250.5);
  assert.equal(read.thing.technology, 'fttp');
  for (const monthly of ['1,25', '12 pounds', '0x10', 'NaN', 'Infinity', '1e999']) {
    const wrong = circuitOfCells({ ...{ id: 'a', site: 's', provider: 'p', technology: 'fttp' }, monthly });
    assert.ok('faults' in wrong, monthly);
  }
});
