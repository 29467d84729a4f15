import assert from 'node:assert/strict';
import test from 'node:test';
import { tester, testRecord } from '../../../test/support/record.ts';
import { finds, found, put } from '../../../test/support/searching.ts';
import type { CareRecord } from '../care-record.ts';

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

/** All pages of a search, as ids in order. */
async function inOrder(record: CareRecord, type: string, query: string, from?: string): Promise<string[]> {
  const ids: string[] = [];
  let next = from;
  do {
    const page = await record.search(tester, type, next === undefined ? query : `${query}&_page=${next}`);
    ids.push(...page.matches.map(({ id }) => id));
    next = page.next;
  } while (next !== undefined);
  return ids;
}

test('where no order is asked for, people come by the newest of what they have, once each, page by page', async (t) => {
  const { record } = await testRecord(t);
  const days = [
    ...['a', '2024-01-01'],
    ...['b', '2024-03-01'],
    ...['a', '2024-05-01'],
    ...['c', '2024-02-01'],
  ];
  days.push('b', '2024-03-01', 'd', '', 'e', '', 'c', '2023-01-01', 'a', '2024-05-01', 'd', '');
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await put(record, { resourceType: 'Patient', id });
  for (let i = 0; i < days.length; i += 2) {
    const day = days[i + 1];
    const rest = { subject: { reference: `Patient/${days[i]}` }, ...(day ? { effectiveDateTime: day } : {}) };
    await put(record, observation(`o${i}`, { ...rest, code: { coding: [{ system: 'urn:s', code: 'x' }] } }));
  }
  const has = '_has:Observation:subject:code=urn:s|x';
  const whole = await inOrder(record, 'Patient', has);
  assert.deepEqual(whole.slice(0, 3), ['a', 'b', 'c']);
  assert.deepEqual(whole.slice(3).sort(), ['d', 'e'], 'those without a date come last');
  for (const count of [1, 2, 3, 4])
    assert.deepEqual(await inOrder(record, 'Patient', `${has}&_count=${count}`), whole, `${count} a page`);
  // A code without a system stands for one code more between two pages.
  const one = await record.search(tester, 'Patient', '_has:Observation:subject:code=x&_count=2');
  const other = { coding: [{ system: 'urn:other', code: 'x' }] };
  await put(record, observation('other', { code: other, subject: { reference: 'Patient/f' } }));
  const rest = await inOrder(record, 'Patient', '_has:Observation:subject:code=x&_count=2', one.next);
  assert.deepEqual([...one.matches.map(({ id }) => id), ...rest].sort(), ['a', 'b', 'c', 'd', 'e', 'f']);
});

test('where no order is asked for, what several people have comes person by person, newest first, page by page', async (t) => {
  const { record } = await testRecord(t);
  const whose = new Map<string, string>();
  for (const id of ['a', 'b', 'c']) {
    await put(record, { resourceType: 'Patient', id, name: [{ family: 'Same' }] });
    for (const day of ['2024-02-01', '2024-03-01', '', '2024-01-01', '2024-03-01']) {
      const subject = { reference: `Patient/${id}` };
      const name = `${id}-${whose.size}`;
      await put(record, observation(name, { subject, ...(day ? { effectiveDateTime: day } : {}) }));
      whose.set(name, day);
    }
  }
  const chain = 'subject:Patient.family=same&code=x';
  const whole = await inOrder(record, 'Observation', chain);
  assert.equal(new Set(whole).size, 15);
  const people = [...new Set(whole.map((id) => id[0]))];
  assert.equal(people.length, 3);
  for (const [n, person] of people.entries()) {
    const own = whole.slice(n * 5, n * 5 + 5);
    assert.ok(
      own.every((id) => id[0] === person),
      'each person by themself',
    );
    assert.deepEqual(
      own.map((id) => whose.get(id)),
      ['2024-03-01', '2024-03-01', '2024-02-01', '2024-01-01', ''],
    );
  }
  for (const count of [1, 2, 4, 7])
    assert.deepEqual(
      await inOrder(record, 'Observation', `${chain}&_count=${count}`),
      whole,
      `${count} a page`,
    );
  assert.deepEqual(
    (await inOrder(record, 'Observation', 'subject=Patient/a,Patient/b,Patient/c')).sort(),
    [...whole].sort(),
  );
});

test('a page link of one order put on a search that has none such is refused', async (t) => {
  const { record } = await testRecord(t);
  for (const id of ['a', 'b']) {
    await put(record, { resourceType: 'Patient', id });
    const code = { coding: [{ system: 'urn:s', code: 'x' }] };
    await put(record, observation(`o${id}`, { code, subject: { reference: `Patient/${id}` } }));
  }
  const { next } = await record.search(tester, 'Patient', '_has:Observation:subject:code=urn:s|x&_count=1');
  await assert.rejects(record.search(tester, 'Patient', `active=true&_page=${next}`), /another search/);
});
