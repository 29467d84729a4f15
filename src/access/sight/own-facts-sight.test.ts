/** The sight in which people write what they know: of one record, of what they see of it, and only their own entries. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Observation } from '@medplum/fhirtypes';
import { tester, testRecord } from '../../../test/support/record.ts';
import { patientReported } from '../../fhir/patient-reported.ts';
import type { Grant } from '../../record/sight.ts';
import { ownFactsSight, ownFactTypes } from './own-facts-sight.ts';

const grant = (types: readonly string[], id: string): Grant => ({
  ...{ types, writes: [], of: { kind: 'persons', ids: [id] }, withheld: [] },
});

test('it has no more types than are shown of the person, and none for staff and systems', () => {
  const sight = { grants: [grant(['Observation', 'Patient', 'Condition'], 'a'), grant(ownFactTypes, 'b')] };
  assert.deepEqual(ownFactsSight(sight, 'a')?.grants[0]?.writes, ['Observation']);
  assert.deepEqual(ownFactsSight(sight, 'b')?.grants[0]?.writes, [...ownFactTypes]);
  assert.equal(ownFactsSight(sight, 'c'), undefined);
  assert.equal(ownFactsSight('everything', 'a'), undefined);
  const related: Grant = {
    ...grant(ownFactTypes, 'a'),
    of: { kind: 'related', parties: ['Organization/x'] },
  };
  assert.equal(ownFactsSight({ grants: [related] }, 'a'), undefined);
});

test('it writes one’s own entries, and can neither change nor remove what a clinician recorded, nor another’s', async (t) => {
  const { record } = await testRecord(t);
  const put = async (resource: object & { resourceType: string; id: string }) =>
    record.commit(tester, [
      { kind: 'update', type: resource.resourceType, id: resource.id, text: JSON.stringify(resource) },
    ]);
  for (const id of ['a', 'b']) await put({ resourceType: 'Patient', id });
  const pulse = (person: string, own: boolean): Observation => ({
    resourceType: 'Observation',
    ...(own ? { meta: { tag: [patientReported] } } : {}),
    status: 'final',
    code: { text: 'Pulse' },
    subject: { reference: `Patient/${person}` },
  });
  await put({ ...pulse('a', false), id: 'clinician' });
  await put({ ...pulse('b', true), id: 'another' });
  const sight = ownFactsSight({ grants: [grant(ownFactTypes, 'a')] }, 'a');
  assert.ok(sight);
  const actor = { ...tester, id: 'Patient/a', role: 'patient', sight };
  const { results } = await record.commit(actor, [
    { kind: 'create', text: JSON.stringify(pulse('a', true)) },
  ]);
  const id = results[0]?.stored?.id ?? '';
  assert.ok(await record.read(actor, 'Observation', id));
  await record.commit(actor, [{ kind: 'delete', type: 'Observation', id }]);
  for (const other of ['clinician', 'another']) {
    assert.equal(await record.read(actor, 'Observation', other), undefined);
    await assert.rejects(record.commit(actor, [{ kind: 'delete', type: 'Observation', id: other }]));
    const text = JSON.stringify({ ...pulse('a', true), id: other });
    await assert.rejects(record.commit(actor, [{ kind: 'update', type: 'Observation', id: other, text }]));
  }
  await assert.rejects(record.commit(actor, [{ kind: 'create', text: JSON.stringify(pulse('b', true)) }]));
  const condition = JSON.stringify({ resourceType: 'Condition', subject: { reference: 'Patient/a' } });
  await assert.rejects(record.commit(actor, [{ kind: 'create', text: condition }]));
});
