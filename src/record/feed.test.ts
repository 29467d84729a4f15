import assert from 'node:assert/strict';
import test from 'node:test';
import '../../test/support/own-server.ts';
import { tester, testRecord } from '../../test/support/record.ts';
import { changesSince, feedEnd, patientsOfKeys } from './feed.ts';
import { shardKey } from './keys.ts';

const patient = (family: string) => JSON.stringify({ resourceType: 'Patient', name: [{ family }] });

test('the feed tells every change once, in order, and goes on where it stood', async (t) => {
  const { record, database } = await testRecord(t);
  const { results } = await record.commit(tester, [{ kind: 'create', text: patient('A') }]);
  const { id } = results[0]!.stored!;
  const first = await changesSince(database.pool, undefined, 10);
  assert.deepEqual(
    first.events.map((event) => [event.kind, event.type, event.id, event.version]),
    [['created', 'Patient', id, 1]],
  );
  const text = JSON.stringify({ resourceType: 'Patient', id, name: [{ family: 'B' }] });
  await record.commit(tester, [{ kind: 'update', type: 'Patient', id, text }]);
  await record.commit(tester, [{ kind: 'update', type: 'Patient', id, text }]); // says nothing new
  await record.commit(tester, [{ kind: 'delete', type: 'Patient', id }]);
  const second = await changesSince(database.pool, first.cursor, 10);
  assert.deepEqual(
    second.events.map((event) => [event.kind, event.version]),
    [
      ['updated', 2],
      ['deleted', 3],
    ],
  );
  assert.deepEqual((await changesSince(database.pool, second.cursor, 10)).events, []);
});

test('a transaction that is still open is waited for, so that nothing before it is missed', async (t) => {
  const { record, database } = await testRecord(t);
  let finish = () => {};
  const open = database.pool.begin(async (sql) => {
    await sql`select pg_current_xact_id()`;
    await new Promise<void>((done) => {
      finish = done;
    });
  });
  await new Promise((done) => setTimeout(done, 50));
  await record.commit(tester, [{ kind: 'create', text: patient('A') }]);
  assert.equal((await changesSince(database.pool, undefined, 10)).events.length, 0);
  finish();
  await open;
  assert.equal((await changesSince(database.pool, undefined, 10)).events.length, 1);
});

test('the end of the feed is after all that was, and before all that comes', async (t) => {
  const { record, database } = await testRecord(t);
  await record.commit(tester, [{ kind: 'create', text: patient('A') }]);
  const end = await feedEnd(database.pool);
  assert.deepEqual((await changesSince(database.pool, end, 10)).events, []);
  const { results } = await record.commit(tester, [{ kind: 'create', text: patient('B') }]);
  const { events } = await changesSince(database.pool, end, 10);
  assert.deepEqual(
    events.map(({ id }) => id),
    [results[0]?.stored?.id],
  );
  const keys = [...events.map(({ person }) => person), shardKey('Organization', 'x')];
  assert.deepEqual([...(await patientsOfKeys(database.pool, keys)).values()], [results[0]?.stored?.id]);
});
