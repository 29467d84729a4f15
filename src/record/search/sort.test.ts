import assert from 'node:assert/strict';
import test from 'node:test';
import { tester, testRecord } from '../../../test/support/record.ts';
import { found, put } from '../../../test/support/searching.ts';

const ucum = 'http://unitsofmeasure.org';
const observation = (id: string, rest: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'x' },
  ...rest,
});

test('what has no value comes last in both directions, and equals keep one order', async (t) => {
  const { record } = await testRecord(t);
  await put(
    record,
    observation('a', {
      effectiveDateTime: '2024-01-01',
      valueQuantity: { value: 1, unit: 'g', system: ucum, code: 'g' },
    }),
    observation('b', {
      effectivePeriod: { end: '2020-01-01' },
      valueQuantity: { value: 5, unit: 'mg', system: ucum, code: 'mg' },
    }),
    observation('c', {
      effectiveDateTime: '2023',
      valueQuantity: { value: 2, comparator: '<', unit: 'g', system: ucum, code: 'g' },
    }),
    observation('d'),
  );
  const orders: readonly (readonly [string, string])[] = [
    ['_sort=date', 'b c a d'],
    ['_sort=-date', 'a c b d'],
    ['_sort=value-quantity', 'c b a d'],
    ['_sort=-value-quantity', 'a b c d'],
    ['_sort=-_id', 'd c b a'],
    ['_sort=status,-_id', 'd c b a'],
    ['_sort=subject,_id', 'a b c d'],
  ];
  for (const [query, ids] of orders) assert.equal(await found(record, `Observation?${query}`), ids, query);
});

test('codes sort as they are written, references by type and id, several values by the first or last', async (t) => {
  const { record } = await testRecord(t);
  const coded = (...codes: string[]) => ({
    code: { coding: codes.map((code) => ({ system: 'urn:x', code })) },
  });
  await put(
    record,
    observation('a', { ...coded('M', 'b'), performer: [{ reference: 'Practitioner/9' }] }),
    observation('b', {
      ...coded('C'),
      performer: [{ reference: 'Organization/5/_history/2' }, { reference: 'Practitioner/1' }],
    }),
    observation('c', { ...coded('z', 'a'), performer: [{ identifier: { value: '1' } }] }),
    observation('d', { performer: [{ reference: 'http://elsewhere.example/fhir/Practitioner/0' }] }),
  );
  const orders: readonly (readonly [string, string])[] = [
    ['_sort=code', 'c a b d'],
    ['_sort=-code', 'c a b d'],
    ['_sort=performer', 'b a d c'],
    ['_sort=-performer', 'd a b c'],
  ];
  for (const [query, ids] of orders) assert.equal(await found(record, `Observation?${query}`), ids, query);
});

test('a reference to one kind of thing sorts by that kind alone', async (t) => {
  const { record } = await testRecord(t);
  const appointment = (id: string, ...actors: string[]) => ({
    resourceType: 'Appointment',
    id,
    status: 'proposed',
    participant: actors.map((reference) => ({ actor: { reference }, status: 'accepted' })),
  });
  await put(
    record,
    appointment('a', 'Patient/1', 'Practitioner/3'),
    appointment('b', 'Practitioner/2'),
    appointment('c', 'Patient/0'),
  );
  assert.equal(await found(record, 'Appointment?_sort=practitioner'), 'b a c');
  assert.equal(await found(record, 'Appointment?_sort=-patient'), 'a c b');
});

test('identifiers, names, telephone numbers and URIs sort by what they say', async (t) => {
  const { record } = await testRecord(t);
  const person = (id: string, rest: object) => ({ resourceType: 'Patient', id, ...rest });
  await put(
    record,
    person('a', { name: [{ family: 'Éclair' }], identifier: [{ system: 'urn:b', value: '20' }] }),
    person('b', { name: [{ family: 'de Souza Zorro' }], telecom: [{ system: 'phone', value: '0113' }] }),
    person('c', {
      name: [{ family: 'Dean' }],
      identifier: [{ system: 'urn:a', value: '3' }],
      deceasedBoolean: true,
    }),
    person('d', { meta: { profile: ['http://example.org/a'] } }),
  );
  const orders: readonly (readonly [string, string])[] = [
    ['_sort=family', 'b c a d'],
    ['_sort=-family', 'a c b d'],
    ['_sort=identifier', 'a c b d'],
    ['_sort=phone,_id', 'b a c d'],
    ['_sort=_profile,-_id', 'd c b a'],
  ];
  for (const [query, ids] of orders) {
    const first = (await found(record, `Patient?${query}`)).split(' ');
    const [known] = ids.split(' ');
    assert.equal(first[0], known, query);
    if (!/identifier/.test(query)) assert.equal(first.join(' '), ids, query);
  }
  await assert.rejects(record.search(tester, 'Patient', '_sort=deceased'), { status: 400 });
});

test('a person with several names that begin alike comes once, where the first of them stands, however long the pages', async (t) => {
  const { record, database } = await testRecord(t);
  const named = (id: string, ...names: string[]) => ({
    resourceType: 'Patient',
    id,
    name: [{ given: names }],
  });
  await put(
    record,
    named('a', 'Smy', 'Smilla', 'Smart'),
    named('b', 'Smith', 'Ann'),
    named('c', 'Smilla'),
    named('d', 'SMITH', 'Smíth', 'smyth'),
    named('e', 'Sma', 'Smart'),
  );
  let asked = 0;
  for (const count of [1, 2, 3, 4, 5, 10]) {
    const ids: string[] = [];
    let next: string | undefined;
    do {
      const query = `name=sm&_count=${count}${next === undefined ? '' : `&_page=${next}`}`;
      const page = await record.search(tester, 'Patient', query);
      asked += 1;
      ids.push(...page.matches.map(({ id }) => id));
      next = page.next;
    } while (next !== undefined);
    assert.deepEqual(ids.slice(0, 3), ['e', 'a', 'c'], `pages of ${count}`);
    assert.deepEqual(ids.slice(3).sort(), ['b', 'd'], `pages of ${count}`); // equal words: in order of place
  }
  const logged = await database.pool`
    select coalesce(cardinality(persons), 1) as people from audit where action = 'S' order by at, seq`;
  assert.equal(logged.length, asked, 'each search stands in the log once');
  assert.equal(logged.at(-1)?.['people'], 5, 'with all whom it shows');
});
