import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tester, testRecord } from '../../../../test/support/record.ts';
import { recordMigrations } from '../../../record/schema.ts';
import { openReadings } from '../measure/readings.ts';
import { lineReadingMigrations } from '../measure/schema.ts';
import type { By, Circuit, Incident, LineSite, Reading } from '../model.ts';
import { lineRegisterMigrations } from '../register/schema.ts';
import { openStore } from '../register/store.ts';
import { openJudgement } from './judge-sites.ts';

const by: By = { id: 'Practitioner/dev', name: 'Dev Malhotra', via: 'page' };
/** A Monday, 9:30 in the United Kingdom. */
const now = Date.parse('2026-11-23T09:30:00Z');
const week = 7 * 86_400_000;

const site = (id: string, more: Partial<LineSite> = {}): LineSite => ({
  ...{ id, name: `Site ${id}`, kind: 'general-practice', users: 6, services: ['video'], closed: false },
  open: [0, 1, 2, 3, 4].map((day) => ({ day, from: 480, until: 1110 })),
  ...{ activity: { consultations: 300, videoWanted: 40 }, ...more },
});
const line = (id: string, more: Partial<Circuit> = {}): Circuit => ({
  ...{ id: `line-${id}`, site: id, provider: 'p', technology: 'adsl', role: 'main', state: 'live' },
  ...{ sold: { down: 12, up: 1 }, terminations: [], ...more },
});
const reading = (of: string, started: number, up: number): Reading => ({
  ...{ id: `${of}-${started}`, site: of, started, received: started, source: 'probe', by: 'probe' },
  ...{ down: 6, up, idle: 40, loaded: 120, jitter: 12, loss: 0.002, bytes: 1000, flags: [] },
});

async function opened(t: TestContext, down: readonly Incident[] = []) {
  const { record, database } = await testRecord(t, {
    migrations: [...recordMigrations, ...lineRegisterMigrations, ...lineReadingMigrations],
  });
  const clock = { now: () => now };
  const register = openStore({ database, record, clock, ownActor: tester });
  await register.save([{ kind: 'provider', provider: { id: 'p', name: 'Provider' } }], by);
  const readings = openReadings({ database, clock, register });
  const judgement = openJudgement({ register, readings, clock, incidents: { open: async () => down } });
  return { register, readings, judgement };
}

test('what a line carries rests on that hour of the week, then the week, then the sale, then on nothing', async (t) => {
  const { register, readings, judgement } = await opened(t);
  await register.save(
    ['measured', 'sold', 'bare'].map((id) => ({ kind: 'site', site: site(id) }) as const),
    by,
  );
  await register.save(
    ['measured', 'sold'].map((id) => ({ kind: 'circuit', circuit: line(id) }) as const),
    by,
  );
  // Poor each Monday morning, good otherwise.
  const tests = [1, 2, 3, 4].flatMap((weeks) => [
    reading('measured', now - weeks * week, 0.4),
    ...[1, 2, 3, 4].map((days) => reading('measured', now - weeks * week + days * 86_400_000, 4)),
  ]);
  await readings.add(tests);
  const at = (id: string, moment: number) => judgement.siteCapability(id, moment);
  const monday = await at('measured', now + week);
  assert.deepEqual([monday.basis, monday.line.up, monday.services.video.verdict], ['hour', 0.4, 'no']);
  assert.equal(monday.services.video.binding?.words, 'Upload, 0.4 Mbit/s');
  const tuesday = await at('measured', now + 86_400_000);
  assert.deepEqual(
    [tuesday.basis, tuesday.services.video.verdict, tuesday.services.video.atOnce],
    ['hour', 'yes', 3],
  );
  // Of twenty readings nine in ten are no worse than the poor ones: the cautious figure.
  const evening = await at('measured', now + 10 * 3_600_000);
  assert.deepEqual([evening.basis, evening.services.video.verdict], ['week', 'no']);
  assert.deepEqual([(await at('sold', now)).basis, (await at('sold', now)).line.up], ['sold', 0.45]);
  assert.deepEqual(
    [(await at('bare', now)).basis, (await at('bare', now)).services.video.verdict],
    ['unknown', 'unknown'],
  );
});

test('a site that nobody knows is answered as unknown, never thrown for', async (t) => {
  const { judgement } = await opened(t);
  const { basis, services } = await judgement.siteCapability('nowhere', now);
  assert.deepEqual(
    [basis, services.video.verdict, services.audio.verdict],
    ['unknown', 'unknown', 'unknown'],
  );
  assert.equal((await judgement.heldBack(['nowhere'])).size, 0);
});

test('people at work take their part while the site is open, and not at night', async (t) => {
  const { register, judgement } = await opened(t);
  await register.save([{ kind: 'site', site: site('busy', { users: 60 }) }], by);
  const sold = { down: 40, up: 8 };
  await register.save([{ kind: 'circuit', circuit: line('busy', { technology: 'fttc', sold }) }], by);
  const day = (await judgement.siteCapability('busy', now)).services.video.atOnce ?? 0;
  const night = (await judgement.siteCapability('busy', now + 14 * 3_600_000)).services.video.atOnce ?? 0;
  assert.ok(day < night, `${day} by day, ${night} at night`);
});

test('a line that is down carries what its back-up was sold as, now and not tomorrow', async (t) => {
  const down: Incident = {
    ...{ id: 'i', kind: 'outage', site: 'cut', started: now - 3_600_000, ended: undefined },
    ...{ told: '', shared: undefined, note: undefined },
  };
  const { register, judgement } = await opened(t, [down, { ...down, site: 'alone' }]);
  await register.save(
    ['cut', 'alone'].flatMap((id) => [
      { kind: 'site', site: site(id) } as const,
      { kind: 'circuit', circuit: line(id, { technology: 'leased', sold: { down: 100, up: 100 } }) } as const,
    ]),
    by,
  );
  const backup = line('cut', {
    id: 'backup',
    role: 'backup',
    technology: 'mobile',
    sold: { down: 60, up: 15 },
  });
  await register.save([{ kind: 'circuit', circuit: backup }], by);
  assert.equal((await judgement.siteCapability('cut', now)).line.up, 6);
  assert.equal((await judgement.siteCapability('alone', now)).services.audio.verdict, 'no');
  assert.equal((await judgement.siteCapability('alone', now + 86_400_000)).line.up, 100);
});

test('what is held back follows the activity of the site, and new readings at once', async (t) => {
  const { register, readings, judgement } = await opened(t);
  await register.save([{ kind: 'site', site: site('hilltop') }], by);
  await register.save([{ kind: 'circuit', circuit: line('hilltop') }], by);
  await readings.add([1, 2, 3, 4, 5].map((days) => reading('hilltop', now - days * 86_400_000, 0.4)));
  const held = (await judgement.heldBack(['hilltop'])).get('hilltop');
  assert.deepEqual([Math.round(held?.consultations ?? 0), held?.binding?.words], [40, 'Upload, 0.4 Mbit/s']);
  await register.save([{ kind: 'site', site: site('hilltop', { activity: { videoWanted: 10 } }) }], by);
  const after = (await judgement.heldBack(['hilltop'])).get('hilltop');
  assert.equal(Math.round(after?.consultations ?? 0), 10);
});
