import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tester, testRecord } from '../../../../test/support/record.ts';
import { systemClock } from '../../../platform/clock.ts';
import { uuidv7 } from '../../../platform/ids.ts';
import { Problem } from '../../../platform/problem.ts';
import { recordMigrations } from '../../../record/schema.ts';
import { addDays, localMoment } from '../../../web/dates.ts';
import type { RegisterChange } from '../model.ts';
import { lineRegisterMigrations } from '../register/schema.ts';
import { openStore } from '../register/store.ts';
import { orderFrom } from './apply-deed.ts';
import type { Acceptance, Deed, Doer, Order } from './order.ts';
import { type Opening, openOrders } from './orders.ts';
import { lineDeliveryMigrations } from './schema.ts';

const newId = uuidv7(systemClock);
const lead: Doer = { id: 'Practitioner/lead', name: 'The lead' };
const today = localMoment(systemClock.now()).key;
const opening: Opening = {
  ...{ site: 'surgery', role: 'main', technology: 'fttp', ordered: { down: 100, up: 20, idle: 30 } },
  ...{ estimate: 9000, year: 2026, reason: '', invited: ['fibre'] },
};
const figures: Acceptance = { rule: '2026-1', verdict: 'met', from: 0, tests: 20, lines: [] };
const known: readonly RegisterChange[] = [
  {
    kind: 'site',
    site: {
      ...{ id: 'surgery', name: 'The Surgery', kind: 'general-practice', open: [], services: [] },
      ...{ activity: {}, closed: false },
    },
  },
  { kind: 'provider', provider: { id: 'fibre', name: 'Brightfen Fibre' } },
  {
    kind: 'circuit',
    circuit: {
      ...{ id: 'copper', site: 'surgery', provider: 'fibre', technology: 'adsl', role: 'main' },
      ...{ state: 'live', terminations: [] },
    },
  },
];
const deeds: readonly Deed[] = [
  { kind: 'surveyed', day: today, note: '' },
  {
    kind: 'quoted',
    quote: {
      ...{ provider: 'fibre', speeds: { down: 330, up: 50 }, install: 8000, monthly: 68, termMonths: 36 },
      ...{ days: 60, fixHours: 8, availability: 0.999, note: '' },
    },
  },
  { kind: 'chosen', provider: 'fibre', why: 'x' },
  { kind: 'approved', due: addDays(today, 60), note: '' },
  { kind: 'wayleave', day: today, needed: false, note: '' },
  { kind: 'built', day: today, note: '' },
  { kind: 'installed', day: today, reference: 'BF-1', note: '' },
];

async function opened(t: TestContext) {
  const { record, database } = await testRecord(t, {
    migrations: [...recordMigrations, ...lineRegisterMigrations, ...lineDeliveryMigrations],
  });
  const register = openStore({ database, record, clock: systemClock, ownActor: tester });
  await register.save(known, { id: lead.id, name: lead.name, via: 'page' });
  const orders = openOrders({ database, clock: systemClock, newId, register });
  const done = (order: Order, deed: Deed, key = newId()) =>
    orders.act(order.id, { version: order.version, key, by: lead, deed });
  const upTo = async (count: number) => {
    let order = await orders.open(opening, lead, newId());
    for (const deed of deeds.slice(0, count)) order = await done(order, deed);
    return order;
  };
  return { database, register, orders, done, upTo };
}

test('an order is opened once for its key, once for a site, and numbers follow each other however many come at once', async (t) => {
  const { orders } = await opened(t);
  const key = newId();
  const same = await Promise.all([1, 2, 3, 4].map(() => orders.open(opening, lead, key)));
  assert.equal(new Set(same.map(({ id }) => id)).size, 1);
  await assert.rejects(orders.open(opening, lead, newId()), /under way for this line of the site already/);
  const others = await Promise.all(
    Array.from({ length: 8 }, (_, i) => orders.open({ ...opening, site: `site-${i}` }, lead, newId())),
  );
  assert.deepEqual(others.map(({ number }) => number).sort(), [2, 3, 4, 5, 6, 7, 8, 9]);
});

test('of many who change an order at once one does, the others are told who; the same form twice is one deed', async (t) => {
  const { orders, done, upTo } = await opened(t);
  const order = await upTo(0);
  const tries = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) => done(order, { kind: 'noted', text: `note ${i}`, shared: false })),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of tries)
    if (one.status === 'rejected')
      assert.match(String(one.reason.message), /The lead changed this order on .*wrote a note/);
  const key = newId();
  const now = (await orders.get(order.id)) ?? order;
  await Promise.all([1, 2, 3].map(() => done(now, { kind: 'noted', text: 'once', shared: false }, key)));
  const events = await orders.history(order.id);
  assert.deepEqual(
    events.map(({ version }) => version),
    [1, 2, 3],
  );
  assert.deepEqual(orderFrom(events), await orders.get(order.id));
});

test('at go-live the register has the new line in place of the old; what it refuses leaves the order as it was', async (t) => {
  const { register, orders, done, upTo } = await opened(t);
  const order = await upTo(7);
  const state = async () =>
    Object.fromEntries((await register.circuits(['surgery'])).map(({ id, state: of }) => [id, of]));
  assert.deepEqual(await state(), { copper: 'live', 'order-1': 'ordered' });
  // Someone else gave the provider’s number for the line to another one meanwhile: the register will not have it twice.
  const by = { id: lead.id, name: lead.name, via: 'page' };
  const other = {
    ...(await register.circuit('copper')),
    id: 'other',
    reference: 'BF-1',
    role: 'backup',
  } as const;
  await register.save([{ kind: 'circuit', circuit: other as never }], by);
  await assert.rejects(done(order, { kind: 'accepted', figures }), (error) => {
    assert.ok(error instanceof Problem);
    return /BF-1 is that of the line other already/.test(error.message);
  });
  assert.equal((await orders.get(order.id))?.state, 'acceptance');
  assert.deepEqual(await state(), { copper: 'live', other: 'live', 'order-1': 'ordered' });
  await register.save([{ kind: 'circuit', circuit: { ...other, reference: 'BF-2' } as never }], by);
  const live = await done(order, { kind: 'accepted', figures });
  assert.equal(live.state, 'live');
  assert.deepEqual(await state(), { copper: 'ceased', other: 'live', 'order-1': 'live' });
});

test('what was done to an order can be neither changed nor removed', async (t) => {
  const { database, upTo } = await opened(t);
  await upTo(1);
  await assert.rejects(database.pool`delete from line_order_event`, /never changed or removed/);
  await assert.rejects(database.pool`update line_order_event set at = 0`, /never changed or removed/);
});
