/** Pages read while others write: nothing untouched is lost, nothing comes twice at one version. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type CareRecord, resourceOf, type Stored } from '../src/record/care-record.ts';
import { indexRows } from '../src/record/index-rows.ts';
import { tester, testRecord } from './support/record.ts';
import { resource } from './support/search-tables.ts';

const patients = 6;
const observations = 90;

/** A number that stands for everything else about the Observation. */
function observation(id: string, n: number): string {
  return JSON.stringify({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: n % 3 === 0 ? 'rare' : 'common' }] },
    subject: { reference: `Patient/${n % patients}` },
    ...(n % 11 === 0 ? {} : { effectiveDateTime: new Date(Date.UTC(2020, 0, 1 + (n % 700))).toISOString() }),
    valueQuantity: { value: n, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  });
}

const numberOf = (stored: Stored): number => {
  const { valueQuantity } = resourceOf(stored) as { valueQuantity?: { value?: number } }; // as made above
  return valueQuantity?.value ?? -1;
};

async function put(record: CareRecord, id: string, n: number): Promise<void> {
  await record.commit(tester, [{ kind: 'update', type: 'Observation', id, text: observation(id, n) }]);
}

async function fill(record: CareRecord): Promise<void> {
  await record.commit(
    tester,
    Array.from({ length: observations }, (_, n) => ({
      kind: 'update',
      type: 'Observation',
      id: `o${n}`,
      text: observation(`o${n}`, n * 7),
    })),
  );
}

/** A clock that goes on by itself, a millisecond at each look. */
function ticking(): { now: () => number } {
  let moment = Date.UTC(2026, 0, 1);
  return {
    now: () => {
      moment += 1;
      return moment;
    },
  };
}

/** Reads page after page, giving others the word between them. */
async function readAll(
  record: CareRecord,
  query: string,
  between: (page: number) => Promise<void>,
): Promise<Stored[]> {
  const read: Stored[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 200; page += 1) {
    const answer = await record.search(
      tester,
      'Observation',
      cursor === undefined ? query : `${query}&_page=${encodeURIComponent(cursor)}`,
    );
    read.push(...answer.matches);
    cursor = answer.next;
    if (cursor === undefined) return read;
    assert.ok(answer.matches.length > 0, 'no page but the last is empty');
    await between(page);
  }
  throw new Error('The pages never end');
}

/** What a query finds by the number of the Observation, and the order that it asks for (undefined: last). */
const searches: readonly {
  readonly query: string;
  readonly finds: (n: number) => boolean;
  readonly order?: (n: number, id: string) => number | string | undefined;
}[] = [
  { query: '', finds: () => true },
  { query: '_sort=-date', finds: () => true, order: (n) => (n % 11 === 0 ? undefined : -(n % 700)) },
  { query: '_sort=date', finds: () => true, order: (n) => (n % 11 === 0 ? undefined : n % 700) },
  { query: '_sort=_lastUpdated', finds: () => true },
  { query: '_sort=-_lastUpdated', finds: () => true },
  { query: '_sort=value-quantity', finds: () => true, order: (n) => n },
  {
    query: '_sort=code,_id',
    finds: () => true,
    order: (n, id) => `${n % 3 === 0 ? 'rare' : 'common'} ${id}`,
  },
  { query: '_sort=-_id', finds: () => true },
  {
    query: 'patient=Patient/2&_sort=-date',
    finds: (n) => n % patients === 2,
    order: (n) => (n % 11 === 0 ? undefined : -(n % 700)),
  },
  { query: 'code=common', finds: (n) => n % 3 !== 0 },
  { query: 'code=http://loinc.org|common&_sort=date', finds: (n) => n % 3 !== 0 },
  { query: 'code=common,rare&_sort=-_lastUpdated', finds: () => true },
  { query: 'value-quantity=gt100', finds: (n) => n > 100 },
];

for (const { query, finds, order } of searches) {
  test(`reading ${query || 'everything'} page by page loses nothing while others write`, async (t) => {
    const { record } = await testRecord(t, { clock: ticking() });
    await fill(record);
    const standing = new Map(Array.from({ length: observations }, (_, n) => [`o${n}`, n * 7]));
    /** Found at the start, and by every version since. */
    const owed = new Set([...standing].filter(([, n]) => finds(n)).map(([id]) => id));
    const untouched = new Set(owed);
    const writes = fc.sample(
      fc.tuple(
        fc.constantFrom('create', 'update', 'update', 'update', 'delete'),
        fc.nat(observations - 1),
        fc.nat(2000),
      ),
      { numRuns: 60, seed: 7 },
    );
    const read = await readAll(record, `${query}&_count=7`.replace(/^&/, ''), async (page) => {
      for (const [kind, which, n] of writes.slice(page * 4, page * 4 + 4)) {
        const id = `o${which}`;
        if (kind === 'create') {
          await put(record, `new-${page}-${which}`, n);
          continue;
        }
        untouched.delete(id);
        if (kind === 'delete') {
          await record.commit(tester, [{ kind: 'delete', type: 'Observation', id }]);
          owed.delete(id);
        } else {
          await put(record, id, n);
          if (!finds(n)) owed.delete(id);
        }
      }
    });

    const versions = read.map(({ id, version }) => `${id}/${version}`);
    assert.equal(new Set(versions).size, versions.length, 'no version twice');
    const found = new Set(read.map(({ id }) => id));
    assert.deepEqual(
      [...owed].filter((id) => !found.has(id)),
      [],
      'all that stood throughout',
    );
    const calm = read.filter(({ id }) => untouched.has(id));
    assert.equal(calm.length, untouched.size, 'what no one touched, once');
    if (order) {
      const keys = calm.map((stored) => order(numberOf(stored), stored.id));
      const sorted = keys.toSorted((a, b) =>
        a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : a < b ? -1 : 1,
      );
      assert.deepEqual(keys, sorted, 'what no one touched, in order');
    }
  });
}

test('a change that was under way when the first page was read is not lost', async (t) => {
  const { record, database } = await testRecord(t, { clock: ticking() });
  await fill(record);
  const moved = observation('o0', 699)
    .replace('"common"', '"seen first here"')
    .replace('"rare"', '"seen first here"');
  const { codings } = indexRows(resource(JSON.parse(moved) as object), 'o0'); // made above
  const other = await database.pool.reserve();
  try {
    // The change waits for another that adds the same coding.
    await other`begin`;
    for (const { path, hash, system, code, display } of codings)
      await other`insert into coding (path, hash, system, code, display) values (${path}, ${hash}, ${system}, ${code}, ${display})
        on conflict do nothing`;
    const change = record.commit(tester, [{ kind: 'update', type: 'Observation', id: 'o0', text: moved }]);
    let blocked = 0;
    while (blocked === 0) {
      const [row] =
        await database.lane`select count(*)::int as blocked from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      blocked = row?.['blocked'] as number;
    }
    // One that began later ends earlier.
    await put(record, 'o1', 8);
    const read = await readAll(record, '_sort=-date&_count=20', async (page) => {
      if (page > 0) return;
      await other`rollback`;
      await change; // now among the newest, which the first page has passed
    });
    assert.equal(read.filter(({ id }) => id === 'o0').length, 1);
    assert.equal(read.at(-1)?.id, 'o0');
    assert.equal(read.length, observations);
  } finally {
    other.release();
  }
});

test('pages hold while writers work at the same time', async (t) => {
  const { record } = await testRecord(t);
  await fill(record);
  const write = async (first: number): Promise<void> => {
    for (let n = 0; n < 60; n += 1) await put(record, `o${first + (n % 20)}`, first + n * 13);
  };
  for (const query of ['_sort=-_lastUpdated&_count=5', '_sort=-date&_count=5', '_count=5']) {
    const [read] = await Promise.all([readAll(record, query, () => Promise.resolve()), write(0), write(20)]);
    const versions = read.map(({ id, version }) => `${id}/${version}`);
    assert.equal(new Set(versions).size, versions.length, 'no version twice');
    const found = new Set(read.map(({ id }) => id));
    assert.equal(found.size, observations, 'all that stood throughout');
    const calm = read.filter(({ id }) => Number(id.slice(1)) >= 40);
    assert.equal(calm.length, observations - 40, 'what no one touched, once');
  }
});

test('a page link that the server did not make, or made for another search, is refused', async (t) => {
  const { record } = await testRecord(t);
  await fill(record);
  const { next = '' } = await record.search(tester, 'Observation', '_sort=_id&_count=2');
  const [kind, descending, at, snapshot, keys, person, pk] = JSON.parse(
    Buffer.from(next, 'base64url').toString('utf8'),
  ) as unknown[]; // as writeCursor makes it
  const forged = [
    [kind, descending, at, snapshot, ["x'; drop table resource"], person, '9999999999999999999'],
    [kind, descending, at, '1:2:x', keys, person, pk],
    ['date', true, at, snapshot, 'abc', person, pk],
    ['date', true, at, snapshot, null, person],
    ['place', false, at, snapshot, person, 1],
  ].map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));
  for (const cursor of [...forged, 'x', next.slice(1)])
    await assert.rejects(record.search(tester, 'Observation', `_sort=_id&_page=${cursor}`), { status: 400 });
  for (const query of ['', '_sort=value-quantity', '_sort=_id,date'])
    await assert.rejects(record.search(tester, 'Observation', `${query}&_page=${next}`.replace(/^&/, '')), {
      status: 400,
    });
});
