import assert from 'node:assert/strict';
import test from 'node:test';
import { tester, testRecord } from '../../../test/support/record.ts';
import { finds, found, put } from '../../../test/support/searching.ts';

const many = 520;
const observation = (id: string, rest: object) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ code: 'x' }] },
  ...rest,
});

/** More professionals, people and encounters than are named one by one. */
function crowd(): object[] {
  return Array.from({ length: many }, (_, n) => [
    {
      resourceType: 'Practitioner',
      id: `g${n}`,
      active: n !== 7,
      name: [{ family: n === 9 ? 'Nine' : 'Other' }],
    },
    {
      resourceType: 'Patient',
      id: `p${n}`,
      active: true,
      generalPractitioner: [{ reference: `Practitioner/g${n}` }],
    },
    {
      resourceType: 'Encounter',
      id: `e${n}`,
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: `Patient/p${n}` },
      participant: [{ individual: { reference: `Practitioner/g${n}/_history/1` } }],
    },
  ]).flat();
}

test('a chain to more targets than can be named finds what points at them', async (t) => {
  const { record } = await testRecord(t);
  const all = [
    ...crowd(),
    observation('active', {
      performer: [{ reference: 'Practitioner/g1' }],
      subject: { reference: 'Patient/p1' },
    }),
    observation('retired', {
      performer: [{ reference: 'Practitioner/g7' }],
      encounter: { reference: 'Encounter/e7' },
    }),
    observation('both', {
      performer: [{ reference: 'Practitioner/g7' }, { reference: 'Practitioner/g8/_history/1' }],
    }),
    observation('foreign', { performer: [{ reference: 'http://elsewhere.example/fhir/Practitioner/g1' }] }),
    observation('unknown', { performer: [{ reference: 'Practitioner/gone' }] }),
    observation('nobody', {}),
  ];
  for (let i = 0; i < all.length; i += 300) await put(record, ...all.slice(i, i + 300));
  await finds(record, [
    ['Observation?performer:Practitioner.active=true', 'active both'],
    ['Observation?performer:Practitioner.active=true&_sort=_id', 'active both'],
    ['Observation?performer.active=true', 'active both'],
    ['Observation?performer:Practitioner.active=false', 'both retired'],
    ['Observation?performer:Practitioner.family=nine', ''],
    ['Observation?subject:Patient.active=true', 'active'],
    ['Observation?subject.active=true&performer:Practitioner.active=true', 'active'],
    ['Observation?encounter.status=finished', 'retired'],
    ['Observation?encounter.participant:Practitioner.family=other', 'retired'],
    ['Observation?encounter.subject:Patient.general-practitioner:Practitioner.active=false', 'retired'],
    ['Encounter?participant:Practitioner.family=nine', 'e9'],
    ['Encounter?participant:Practitioner.active=true&_id=e7,e8', 'e8'],
    ['Encounter?participant:Practitioner.active=true&patient=p7', ''],
    ['Patient?general-practitioner:Practitioner.active=true&_id=p7,p8', 'p8'],
  ]);
  const total = async (search: string): Promise<number | undefined> =>
    (await record.search(tester, search.split('?')[0], `${search.split('?')[1]}&_summary=count`)).total;
  assert.equal(await total('Encounter?participant:Practitioner.active=true'), many - 1);
  assert.equal(await total('Patient?general-practitioner.active=true'), many - 1);
  assert.equal(await total('Encounter?subject:Patient.active=true'), many);

  await t.test('and _has finds what many point at', async () => {
    assert.equal(await total('Patient?_has:Encounter:subject:status=finished'), many);
    assert.equal(await total('Practitioner?_has:Encounter:participant:status=finished'), many);
    await finds(record, [
      ['Practitioner?_has:Encounter:participant:status=finished&_id=g3', 'g3'],
      ['Practitioner?_has:Observation:performer:code=x', 'g1 g7 g8'],
      ['Patient?_has:Observation:subject:code=x', 'p1'],
      ['Encounter?_has:Observation:encounter:code=x', 'e7'],
      ['Practitioner?_has:Patient:general-practitioner:_has:Observation:subject:code=x', 'g1'],
      ['Patient?_has:Encounter:subject:_has:Observation:encounter:performer=Practitioner/g7', 'p7'],
      ['Practitioner?_has:Encounter:participant:patient._id=p5', 'g5'],
      ['Practitioner?_has:Encounter:participant:status=planned', ''],
      ['?_type=Practitioner,Patient&_has:Observation:performer:code=x', 'g1 g7 g8'],
    ]);
  });
});

test('a chain through a deleted or changed resource goes by how it stands', async (t) => {
  const { record } = await testRecord(t);
  await put(
    record,
    { resourceType: 'Patient', id: 'p', name: [{ family: 'Before' }] },
    observation('o', { subject: { reference: 'Patient/p' } }),
  );
  assert.equal(await found(record, 'Observation?subject:Patient.family=before'), 'o');
  await put(record, { resourceType: 'Patient', id: 'p', name: [{ family: 'After' }] });
  assert.equal(await found(record, 'Observation?subject:Patient.family=before'), '');
  assert.equal(await found(record, 'Observation?subject:Patient.family=after'), 'o');
  await record.commit(tester, [{ kind: 'delete', type: 'Patient', id: 'p' }]);
  assert.equal(await found(record, 'Observation?subject:Patient.family=after'), '');
  assert.equal(await found(record, 'Observation?subject=Patient/p'), 'o');
  assert.equal(await found(record, 'Patient?_has:Observation:subject:code=x'), '');
});
