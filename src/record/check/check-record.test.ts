import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tester, testRecord } from '../../../test/support/record.ts';
import type { Database } from '../../platform/database.ts';
import { checkRecord } from './check-record.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p',
  gender: 'female',
  birthDate: '1960-05-01',
  name: [{ family: 'Oak' }],
};
const weight = {
  resourceType: 'Observation',
  id: 'w',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7', display: 'Body weight' }] },
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2024-02-03',
  valueQuantity: { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  component: [
    {
      code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
      valueQuantity: { value: 0.0000001, unit: 'mmHg' },
    },
  ],
  note: [{ text: 'Measured at home' }],
};
/** Of a type that has a row of words only where there is prose. */
const visit = {
  resourceType: 'Encounter',
  id: 'e',
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  subject: { reference: 'Patient/p' },
};
const plan = {
  resourceType: 'CarePlan',
  id: 'c',
  status: 'active',
  intent: 'plan',
  subject: { reference: 'Patient/p' },
  period: { start: '2020-01-01' },
  identifier: [{ system: 'urn:plans', value: '77' }],
};

/** A small record with something in every table: a resource with an older version, and one that was deleted. */
async function smallRecord(t: TestContext): Promise<Database> {
  const { record, database } = await testRecord(t);
  const put = (resource: { resourceType: string; id: string; [member: string]: unknown }) =>
    record.commit(tester, [
      { kind: 'update', type: resource.resourceType, id: resource.id, text: JSON.stringify(resource) },
    ]);
  for (const resource of [patient, weight, visit, plan, { ...patient, id: 'gone' }]) await put(resource);
  await put({ ...weight, valueQuantity: { ...weight.valueQuantity, value: 72 } });
  await put({ ...weight, status: 'amended' });
  await record.commit(tester, [{ kind: 'delete', type: 'Patient', id: 'gone' }]);
  return database;
}

const kinds = async (database: Database, repair = false): Promise<Record<string, number[]>> => {
  const { faults } = await checkRecord({ database, repair });
  return Object.fromEntries(faults.map(({ title, count, mended }) => [title, [count, mended]]));
};

test('a sound record has no faults', async (t) => {
  const database = await smallRecord(t);
  const result = await checkRecord({ database });
  assert.deepEqual(result, { faults: [], resources: 4, compared: 4, stopped: false });
});

/** Damage to search rows: what is done, and what the check calls it. All of it is mended. */
const mendable: readonly (readonly [sql: string, ...titles: string[]])[] = [
  ...['token', 'exact', 'string', 'number', 'composite', 'long'].map((name): [string, string] => [
    `delete from search_${name}`,
    `Rows of search_${name} that differ from the body`,
  ]),
  [
    `insert into search_token select 1234, low, person, pk from resource where id = 'w'`,
    'Rows of search_token that differ from the body',
  ],
  [
    `insert into search_date select person, pk, 1, 2, 3 from resource where id = 'c'`,
    'Rows of search_date that differ from the body',
  ],
  [
    `update search_number set base_high = base_high * 1.0000001`,
    'Rows of search_number that differ from the body',
  ],
  [`update search_string set value = 'elm'`, 'Rows of search_string that differ from the body'],
  [`delete from search_words`, 'Full-text rows that differ from the body'],
  [
    `update search_words set content = to_tsvector('simple', 'another')`,
    'Full-text rows that differ from the body',
  ],
  [
    `insert into search_words select person, pk, type, '', '' from resource where id = 'e'`,
    'Full-text rows that differ from the body',
  ],
  [`delete from coding`, 'Codes that the directory of codings lacks'],
  [
    `update resource set slice = '{}' where id = 'w'`,
    'Resources whose person, date or filter columns differ from their body',
  ],
  [
    `update resource set low = low + 1 where id = 'w'`,
    'Resources whose person, date or filter columns differ from their body',
  ],
  [
    `with moved as (update resource set person = 99 where id = 'w' returning pk),
       tokens as (update search_token set person = 99 where pk = (select pk from moved)),
       numbers as (update search_number set person = 99 where pk = (select pk from moved)),
       composites as (update search_composite set person = 99 where pk = (select pk from moved)),
       words as (update search_words set person = 99 where pk = (select pk from moved)),
       old as (update history set person = 99 where pk = (select pk from moved))
     update identity set person = 99 where pk = (select pk from moved)`,
    'Resources whose person, date or filter columns differ from their body',
  ],
  ...(
    [
      ['search_token (hash, low, person, pk)', '1, 2, 5, 5'],
      ['search_exact (person, pk, tag, path, value)', `5, 5, 0, 1, 'x'`],
      ['search_string (person, pk, tag, path, value)', `5, 5, 0, 1, 'x'`],
      ['search_date (person, pk, low, high, path)', '5, 5, 0, 1, 1'],
      ['search_number', '5, 5, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1'],
      ['search_composite (person, pk, first, second, path)', '5, 5, 1, 1, 1'],
      ['search_long', '5, 5, 1, 1'],
      ['search_words', `5, 5, 1, '', ''`],
    ] as const
  ).map(([table, values]): [string, string] => [
    `insert into ${table} values (${values})`,
    `Rows of ${table.replace(/ .*/, '')} that belong to no current version`,
  ]),
];

for (const [sql, ...titles] of mendable)
  test(`search rows are mended after: ${sql.replace(/\s+/g, ' ').slice(0, 90)}`, async (t) => {
    const database = await smallRecord(t);
    await database.pool.unsafe(sql);
    const found = await kinds(database);
    assert.deepEqual(Object.keys(found), titles);
    const mended = await kinds(database, true);
    for (const [title, [count, fixed]] of Object.entries(mended)) assert.equal(fixed, count, title);
    assert.deepEqual(await kinds(database), {});
  });

/** Damage that search rows cannot mend. */
const beyond: readonly (readonly [sql: string, ...titles: string[]])[] = [
  [`delete from history where version = 1 and id = 'w'`, 'Resources whose versions have gaps'],
  [
    `update history set updated = 9e15 where version = 1 and id = 'w'`,
    'Resources whose versions do not follow each other in time',
    'Bodies whose type, id, versionId or lastUpdated differ from their columns',
    'Writes without an audit entry',
  ],
  [
    `update resource set body = replace(body, '"versionId":"1"', '"versionId":"7"') where id = 'p'`,
    'Bodies whose type, id, versionId or lastUpdated differ from their columns',
  ],
  [
    `update resource set body = 'not JSON' where id = 'p'`,
    'Bodies whose type, id, versionId or lastUpdated differ from their columns',
    'Bodies that cannot be read',
  ],
  [`delete from history where id = 'gone'`, 'Places in identity without any version'],
  [`delete from identity where id = 'gone'`, 'Histories without a place in identity'],
  [
    `delete from history where id = 'gone' and body is null`,
    'Resources without a current version whose history does not end in a deletion',
  ],
  [`delete from identity where id = 'p'`, 'Current versions without their place in identity'],
  [
    `set session_replication_role = replica; delete from audit where id = 'w' and version = 2; reset session_replication_role`,
    'Writes without an audit entry',
  ],
  [
    `update pg_index set indisvalid = false where indexrelid = 'search_date_path'::regclass`,
    'Indexes of the database that are not valid',
  ],
];

for (const [sql, ...titles] of beyond)
  test(`told, and not touched by a repair: ${sql.replace(/\s+/g, ' ').slice(0, 90)}`, async (t) => {
    const database = await smallRecord(t);
    await database.pool.unsafe(sql);
    for (const repair of [false, true, false]) {
      const found = await kinds(database, repair);
      assert.deepEqual(Object.keys(found).sort(), [...titles].sort());
      for (const [, mended] of Object.values(found)) assert.equal(mended, 0);
    }
  });

test('a sample looks at its share, and at places and versions of all', async (t) => {
  const database = await smallRecord(t);
  await database.pool`update resource set slice = '{5}'`;
  const { compared, faults } = await checkRecord({ database, sample: 0.5, seed: 1 });
  assert.ok(compared > 0 && compared < 4, `${compared}`);
  assert.equal(faults[0]?.count, compared);
});

test('a check that is stopped says so', async (t) => {
  const database = await smallRecord(t);
  const { stopped } = await checkRecord({ database, signal: AbortSignal.abort() });
  assert.equal(stopped, true);
});
