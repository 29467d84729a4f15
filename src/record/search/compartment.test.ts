import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { tester, testRecord } from '../../../test/support/record.ts';

test('a compartment is searched across all its types, and holds nobody else’s', async (t) => {
  const { record } = await testRecord(t);
  const put = (r: Resource & { id: string }) =>
    record.commit(tester, [{ kind: 'update', type: r.resourceType, id: r.id, text: JSON.stringify(r) }]);
  await put({ resourceType: 'Patient', id: 'a' });
  await put({ resourceType: 'Patient', id: 'b' });
  await put({
    resourceType: 'Observation',
    id: 'a',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient/b' },
  });
  await put({
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient/a' },
  });
  await put({
    resourceType: 'Appointment',
    id: 'p',
    status: 'proposed',
    participant: [
      { status: 'accepted', actor: { reference: 'Patient/b' } },
      { status: 'accepted', actor: { reference: 'Patient/a' } },
    ],
  });
  const page = await record.search(tester, undefined, '_total=accurate', {
    compartment: { type: 'Patient', id: 'a' },
  });
  assert.deepEqual(page.matches.map((m) => `${m.type}/${m.id}`).sort(), [
    'Appointment/p',
    'Observation/o',
    'Patient/a',
  ]);
  assert.equal(page.total, 3);
  const two = await record.search(tester, undefined, '_type=Observation,Appointment', {
    compartment: { type: 'Patient', id: 'a' },
  });
  assert.equal(two.matches.length, 2);
  assert.equal((await record.everything(tester, 'a'))!.matches.length, 3);
});
