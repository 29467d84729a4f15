/** How the database finds what is asked for most: by indexes, looking at little more than it gives. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { tester, testRecord } from '../../../test/support/record.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Database, Sql } from '../../platform/database.ts';
import { uuidv7 } from '../../platform/ids.ts';
import type { CareRecord } from '../care-record.ts';
import { openRecord } from '../record.ts';

const patients = 300;
const perPatient = 30;
const families = [
  'Smith',
  'Smythe',
  'Jones',
  'Williams',
  'Taylor',
  'Brown',
  'Davies',
  'Evans',
  'Wilson',
  'Thomas',
];
const codes = ['8480-6', '8462-4', '29463-7', '8302-2', '8867-4', '2339-0'];
const day = (n: number): string => new Date(Date.UTC(2015, 0, 1) + n * 86_400_000).toISOString();

/** Some thousands of resources: what one code has is thousands, what another has is a few. */
function population(): unknown[] {
  const all: unknown[] = [];
  for (let p = 0; p < 20; p += 1)
    all.push({ resourceType: 'Practitioner', id: `g${p}`, name: [{ family: `Doctor${p}` }] });
  for (let p = 0; p < patients; p += 1) {
    all.push({
      resourceType: 'Patient',
      id: `p${p}`,
      identifier: [{ system: 'urn:nhs', value: String(900_000_000 + p) }],
      name: [{ family: `${families[p % 10]}${p % 50}`, given: ['Ann'] }],
      gender: p % 2 === 0 ? 'male' : 'female',
      birthDate: day(-p * 40).slice(0, 10),
    });
    for (let e = 0; e < 3; e += 1)
      all.push({
        resourceType: 'Encounter',
        id: `e${p}-${e}`,
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: { reference: `Patient/p${p}` },
        period: { start: day(p * 10 + e), end: day(p * 10 + e) },
        participant: [{ individual: { reference: `Practitioner/g${p % 20}` } }],
      });
    for (let o = 0; o < perPatient; o += 1)
      all.push({
        resourceType: 'Observation',
        id: `o${p}-${o}`,
        status: 'final',
        category: [{ coding: [{ code: o % 2 === 0 ? 'vital-signs' : 'laboratory' }] }],
        code: {
          coding: [{ system: 'http://loinc.org', code: p % 50 === 7 && o === 3 ? 'rare' : codes[o % 6] }],
        },
        subject: { reference: `Patient/p${p}` },
        encounter: { reference: `Encounter/e${p}-${o % 3}` },
        performer: [{ reference: `Practitioner/g${p % 20}` }],
        ...(o === 29 && p % 6 === 0
          ? { effectivePeriod: { start: day(p), end: day(p + 800) } }
          : { effectiveDateTime: day((p * 37 + o * 11) % 3600) }),
        valueQuantity: { value: o, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      });
  }
  return all;
}

interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** The same database; statements on its way are noted. */
function watched(database: Database, notes: Statement[]): Database {
  const note = (sql: Sql): Sql =>
    new Proxy(sql, {
      get(target, name) {
        if (name !== 'unsafe') return Reflect.get(target, name, target) as unknown;
        return (text: string, values: string[], options: object) => {
          if (!text.startsWith('explain')) notes.push({ text, values });
          return target.unsafe(text, values, options);
        };
      },
    });
  return { ...database, pool: note(database.pool), lane: note(database.lane) };
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Tables that grow with the record. */
const growing = /^(?:identity|resource|history|coding|audit\w*|search_\w+)$/;

/** Below this a table is read from end to end rightly. */
const handful = 100;

/** How PostgreSQL plans a statement that came often: for the values at hand, or once for all. */
const modes = ['force_custom_plan', 'force_generic_plan'] as const;

/** What a statement looks at: rows read from tables, the largest sort, tables of some size read from end to end. */
async function work(database: Database, { text, values }: Statement, mode: (typeof modes)[number]) {
  let root: PlanNode | undefined;
  await database.pool
    .begin(async (sql) => {
      const literals = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
      await sql.unsafe(`set local plan_cache_mode = ${mode}`);
      await sql.unsafe(`prepare shape as ${text}`);
      try {
        const [row] = await sql.unsafe(
          `explain (analyze, timing off, format json) execute shape${literals === '' ? '' : `(${literals})`}`,
        );
        assert.ok(row);
        root = (row['QUERY PLAN'] as [{ Plan: PlanNode }])[0].Plan; // as EXPLAIN writes it
      } finally {
        await sql.unsafe('deallocate shape');
      }
      throw new Error('undone'); // it was run, audit entry and all
    })
    .catch((error: Error) => {
      if (error.message !== 'undone') throw error;
    });
  assert.ok(root);
  const nodes = nodesOf(root);
  const tables = nodes
    .filter((node) => growing.test(node['Relation Name'] ?? ''))
    .map((node) => ({
      name: node['Relation Name'] ?? '',
      fromEndToEnd: node['Node Type'].includes('Seq Scan'),
      rows:
        (node['Actual Rows'] +
          (node['Rows Removed by Filter'] ?? 0) +
          (node['Rows Removed by Index Recheck'] ?? 0)) *
        node['Actual Loops'],
    }));
  const sorts = nodes.filter((node) => node['Node Type'] === 'Sort');
  return {
    read: tables.reduce((sum, { rows }) => sum + rows, 0),
    sorted: Math.max(0, ...sorts.map((node) => node.Plans?.[0]?.['Actual Rows'] ?? 0)),
    scanned: tables
      .filter(({ fromEndToEnd, rows }) => fromEndToEnd && rows > handful)
      .map(({ name }) => name),
  };
}

const notes: Statement[] = [];
let later = '';
let opened: { record: CareRecord; database: Database } | undefined;

/** One population for all the tests of this file. */
async function populated(t: TestContext): Promise<{ record: CareRecord; database: Database }> {
  if (opened) return opened;
  const { record: writer, database } = await testRecord(t);
  const all = population();
  for (let i = 0; i < all.length; i += 500)
    await writer.commit(
      tester,
      all.slice(i, i + 500).map((one) => {
        const { resourceType: type, id } = one as { resourceType: string; id: string }; // made above
        return { kind: 'update', type, id, text: JSON.stringify(one) };
      }),
    );
  // Some are changed later.
  later = new Date().toISOString();
  await pause(2);
  for (const one of all.filter((_, i) => i % 1000 === 999)) {
    const { resourceType: type, id } = one as { resourceType: string; id: string }; // made above
    const text = JSON.stringify({ ...(one as object), language: 'en-GB' });
    await writer.commit(tester, [{ kind: 'update', type, id, text }]);
  }
  await database.pool`vacuum analyze`;
  const record = openRecord({
    database: watched(database, notes),
    clock: systemClock,
    newId: uuidv7(systemClock),
    baseUrl: 'http://127.0.0.1/fhir',
  });
  opened = { record, database };
  return opened;
}

/**
 * Searches that must stay fast whatever there is besides, and the most rows that all statements of one may look at. Where
 * ways in are counted to choose between them, that is up to 1,001 of each.
 */
const shapes: readonly (readonly [what: string, search: string, most: number])[] = [
  [
    "one person's observations of a code, newest first",
    'Observation?patient=p7&code=8480-6&_sort=-date&_count=2',
    80,
  ],
  [
    "one person's observations of a category since a day",
    'Observation?patient=Patient/p7&category=vital-signs&date=ge2016&_count=5',
    120,
  ],
  ["one person's encounters", 'Encounter?patient=p7', 40],
  ['a person by identifier', 'Patient?identifier=urn:nhs|900000042', 10],
  ['people by the beginning of a name', 'Patient?name=smit&_count=10', 200],
  ['people by family name and birth date', 'Patient?family=smith20&birthdate=ge1900', 60],
  ['people by birth date', 'Patient?birthdate=2013-11-27', 20],
  ['a common code, newest first', 'Observation?code=8480-6&_sort=-date&_count=20', 140],
  ['a common code with its system', 'Observation?code=http://loinc.org|8480-6&_count=20', 140],
  ['a common code since a day', 'Observation?code=8480-6&date=ge2024-06-01&_count=20', 200],
  ['a common code in a month', 'Observation?code=8480-6&date=2020-03&_count=20', 200],
  ['a rare code since a day', 'Observation?code=rare&date=ge2015-06-01&_count=20', 160],
  ['two codes', 'Observation?code=8480-6,8462-4&_sort=-date&_count=10', 160],
  ['all of a type, newest first', 'Observation?_sort=-date&_count=20', 140],
  ['all of a type, oldest first', 'Observation?_sort=date&_count=20', 140],
  ['all of a type, as changed last', 'Observation?_sort=-_lastUpdated&_count=20', 140],
  ['changes since a moment', 'Observation?_lastUpdated=gt{later}&_count=4', 60],
  ['by id', 'Observation?_id=o7-3,o8-3', 20],
  ['by practitioner', 'Encounter?participant=Practitioner/g3&_sort=-date&_count=5', 80],
  ['by encounter', 'Observation?encounter=Encounter/e7-1', 60],
  ['a chain to a person by identifier', 'Observation?patient.identifier=urn:nhs|900000042&code=8480-6', 80],
  ['a chain to people by name', 'Observation?subject:Patient.family=smith20&code=8480-6&_count=20', 2500],
  ['people with a rare code', 'Patient?_has:Observation:patient:code=rare', 240],
  ['people with a common code', 'Patient?_has:Observation:patient:code=8480-6&_count=20', 1200],
  [
    'a person with all observations',
    'Patient?identifier=urn:nhs|900000042&_revinclude=Observation:patient',
    150,
  ],
  [
    'observations with their encounters',
    'Observation?patient=p7&code=8480-6&_include=Observation:encounter',
    120,
  ],
];

test('searches asked for most look at little more than they give', async (t) => {
  const { record, database } = await populated(t);
  for (const [what, search, most] of shapes) {
    await t.test(what, async () => {
      const [type, query = ''] = search.replace('{later}', later).split('?');
      notes.length = 0;
      const page = await record.search(tester, type, query);
      assert.ok(page.matches.length > 0, 'it finds something');
      const first = [...notes];
      if (page.next) await record.search(tester, type, `${query}&_page=${page.next}`);
      const second = notes.slice(first.length);
      for (const [statements, of] of [
        [first, 'the first page'],
        [second, 'the next page'],
      ] as const) {
        for (const mode of modes) {
          let read = 0;
          for (const statement of statements) {
            const done = await work(database, statement, mode);
            const told = `${of}, ${mode}: ${statement.text}`;
            assert.deepEqual(done.scanned, [], `reads from end to end: ${told}`);
            assert.ok(done.sorted <= most, `sorts ${done.sorted} rows: ${told}`);
            read += done.read;
          }
          const told = `${of}, ${mode}: ${statements.map(({ text }) => text).join('\n')}`;
          assert.ok(read <= most, `looks at ${read} rows: ${told}`);
        }
      }
    });
  }
});
