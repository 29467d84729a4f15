import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tester, testRecord } from '../../../../test/support/record.ts';
import { systemClock } from '../../../platform/clock.ts';
import { createLog } from '../../../platform/log.ts';
import { Problem } from '../../../platform/problem.ts';
import { resourceOf } from '../../../record/care-record.ts';
import { recordMigrations } from '../../../record/schema.ts';
import type { By, Circuit, LineSite, RegisterChange } from '../model.ts';
import { followPlaces } from './follow-record.ts';
import { lineRegisterMigrations } from './schema.ts';
import { openStore } from './store.ts';

const by: By = { id: 'Practitioner/dev', name: 'Dev Malhotra', via: 'page' };

async function opened(t: TestContext) {
  const { record, database } = await testRecord(t, {
    migrations: [...recordMigrations, ...lineRegisterMigrations],
  });
  const open = () => openStore({ database, record, clock: systemClock, ownActor: tester });
  return { record, database, open, store: open() };
}

const surgery: LineSite = {
  ...{ id: 'surgery', ods: 'A81001', name: 'The Surgery', kind: 'general-practice', postcode: 'TS18 1HU' },
  organisation: { id: 'org-A81001', name: 'The Surgery', ods: 'A81001' },
  at: { latitude: 54.56, longitude: -1.32 },
  address: ['1 Lawson Street', 'Stockton-on-Tees'],
  open: [0, 1, 2, 3, 4].map((day) => ({ day, from: 480, until: 1110 })),
  ...{ services: ['video'], activity: { consultations: 900, videoWanted: 120 }, closed: false },
};
const copper: Circuit = {
  ...{ id: 'copper', site: 'surgery', provider: 'fibre', technology: 'adsl', role: 'main', state: 'live' },
  ...{ sold: { down: 17, up: 0.9 }, monthly: 45, installed: '2015-03-01', termEnds: '2026-03-01' },
  terminations: [{ side: 'A', place: 'Stockton exchange', port: 'DSLAM 3/14' }],
};
const all: readonly RegisterChange[] = [
  { kind: 'site', site: surgery },
  { kind: 'provider', provider: { id: 'fibre', name: 'Brightfen Fibre', email: 'faults@example.net' } },
  { kind: 'circuit', circuit: copper },
];

async function faultsOf(saved: Promise<unknown>): Promise<readonly string[]> {
  const error = await saved.then(
    () => undefined,
    (why: unknown) => why,
  );
  assert.ok(error instanceof Problem, String(error));
  return error.faults.map(({ where, message }) => `${where}: ${message}`);
}

test('keeps sites, providers and lines as they were given, and their places in the record', async (t) => {
  const { store, open, record } = await opened(t);
  assert.deepEqual(await store.save(all, by), { changed: 3 });
  const { organisation, ...others } = surgery;
  const kept = { ...others, organisation: { id: organisation?.id, name: organisation?.name } };
  assert.deepEqual(await store.site('surgery'), kept);
  assert.deepEqual(await open().circuits(['surgery']), [copper]);
  assert.deepEqual(await store.sitesOf('Organization/org-A81001'), ['surgery']);
  const place = resourceOf((await record.read(tester, 'Location', 'surgery'))!);
  assert.ok(place.resourceType === 'Location');
  assert.equal(place.name, 'The Surgery');
  assert.equal(place.managingOrganization?.reference, 'Organization/org-A81001');
  assert.deepEqual(place.position, { longitude: -1.32, latitude: 54.56 });
  assert.equal(place.hoursOfOperation?.[0]?.closingTime, '18:30:00');
  const provider = resourceOf((await record.read(tester, 'Organization', 'fibre'))!);
  assert.ok(provider.resourceType === 'Organization');
  assert.equal(provider.telecom?.[0]?.value, 'faults@example.net');
});

test('what is saved again unchanged leaves no trace, and a change tells what was before', async (t) => {
  const { store, open } = await opened(t);
  await store.save(all, by);
  assert.deepEqual(await store.save(all, by), { changed: 0 });
  const faster = { ...copper, sold: { down: 20, up: 1 } };
  await open().save([{ kind: 'circuit', circuit: faster }], { ...by, via: 'order 12' });
  const [newest, ...older] = await store.history('site', 'surgery');
  assert.deepEqual(newest?.before, copper);
  assert.deepEqual(newest?.after, faster);
  assert.equal(newest?.by.via, 'order 12');
  assert.equal(older.length, 2);
  assert.deepEqual(await store.circuit('copper'), faster, 'another process is heard');
  assert.equal((await store.history('circuit', 'copper')).length, 2);
});

test('stores nothing where one change of many is wrong, and names each fault', async (t) => {
  const { store, record } = await opened(t);
  const faults = await faultsOf(
    store.save(
      [
        ...all,
        { kind: 'circuit', circuit: { ...copper, id: 'second' } },
        {
          kind: 'circuit',
          circuit: { ...copper, id: 'third', role: 'backup', monthly: -5, provider: 'none' },
        },
        { kind: 'circuit', circuit: { ...copper, id: 'fourth', role: 'backup', termEnds: '2014-01-01' } },
        { kind: 'site', site: { ...surgery, id: 'twin' } },
      ],
      by,
    ),
  );
  const told = faults.join('\n');
  assert.match(told, /circuit second: role: The Surgery has a main line already \(copper\)/);
  assert.match(told, /circuit third: monthly: The monthly cost must be from £0/);
  assert.match(told, /circuit third: provider: There is no provider none\. Add the provider first/);
  assert.match(told, /circuit fourth: termEnds: The term ends \(2014-01-01\) before/);
  assert.match(told, /site twin: ods: The code A81001 is that of The Surgery \(surgery\) already/);
  assert.deepEqual(await store.sites(), []);
  assert.equal(await record.read(tester, 'Location', 'surgery'), undefined);
});

test('stores nothing of its own where the record refuses a place', async (t) => {
  const { store } = await opened(t);
  const nameless = { ...surgery, organisation: { id: 'org-A81001', name: '' } };
  await assert.rejects(store.save([{ kind: 'site', site: nameless }, ...all.slice(1)], by), Problem);
  assert.deepEqual(await store.sites({ closed: true }), []);
  assert.deepEqual(await store.history('site', 'surgery'), []);
});

test('keeps what others wrote of a place', async (t) => {
  const { store, record } = await opened(t);
  const telecom = [{ system: 'phone', value: '01632 960000' }];
  const text = JSON.stringify({ resourceType: 'Location', id: 'surgery', name: 'Old name', telecom });
  await record.commit(tester, [{ kind: 'update', type: 'Location', id: 'surgery', text }]);
  await store.save(all, by);
  const place = resourceOf((await record.read(tester, 'Location', 'surgery'))!);
  assert.ok(place.resourceType === 'Location');
  assert.deepEqual(place.telecom, telecom);
  assert.equal(place.name, 'The Surgery');
});

test('lines that were both changed at once are both kept, one after the other', async (t) => {
  const { store, open } = await opened(t);
  await store.save(all, by);
  const other = open();
  const saves = Array.from({ length: 12 }, (_, i) =>
    (i % 2 ? store : other).save([{ kind: 'circuit', circuit: { ...copper, monthly: i } }], by),
  );
  await Promise.all(saves);
  const revisions = await store.history('circuit', 'copper');
  assert.equal(revisions.length, 13);
  for (const [i, { before }] of revisions.entries()) assert.deepEqual(before, revisions[i + 1]?.after);
});

test('closed sites are left out unless asked for', async (t) => {
  const { store } = await opened(t);
  await store.save(all, by);
  await store.save([{ kind: 'site', site: { ...surgery, closed: true } }], by);
  assert.deepEqual(await store.sites(), []);
  assert.equal((await store.sites({ closed: true })).length, 1);
  assert.deepEqual(await store.sitesOf('org-A81001'), []);
});

test('a save that is stopped while it runs stores nothing', async (t) => {
  const { store, record } = await opened(t);
  const stopped = new AbortController();
  stopped.abort();
  await assert.rejects(store.saveWatched(all, by, { signal: stopped.signal }));
  assert.deepEqual(await store.sites(), []);
  assert.equal(await record.read(tester, 'Location', 'surgery'), undefined);
});

test('a save against a version that is no longer the newest stores nothing', async (t) => {
  const { store } = await opened(t);
  const { version } = await store.whole();
  await store.save(all, by);
  const dearer: RegisterChange = { kind: 'circuit', circuit: { ...copper, monthly: 99 } };
  await assert.rejects(store.saveWatched([dearer], by, { version }), /changed meanwhile/);
  assert.deepEqual(await store.circuit('copper'), copper);
});

test('what others write of a place in the record, the register says too', async (t) => {
  const { store, record } = await opened(t);
  await store.save(all, by);
  const place = resourceOf((await record.read(tester, 'Location', 'surgery'))!);
  const renamed = { ...place, name: 'The New Surgery', status: 'inactive' };
  await record.commit(tester, [
    { kind: 'update', type: 'Location', id: 'surgery', text: JSON.stringify(renamed) },
  ]);
  const parts = { record, store, ownActor: tester, log: createLog({ level: 'silent' }) };
  assert.equal(await followPlaces(parts, 0), 1);
  const site = await store.site('surgery');
  assert.equal(site?.name, 'The New Surgery');
  assert.equal(site?.closed, true);
  assert.equal(await followPlaces(parts, 0), 0);
  const [newest] = await store.history('site', 'surgery');
  assert.equal(newest?.by.via, 'record');
});
