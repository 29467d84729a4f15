import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Database, DatabaseOptions } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import type { Actor } from '../../src/record/actor.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { openRecord } from '../../src/record/record.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { testDatabase, type WithMigrations } from './database.ts';
import type { Ending } from './ending.ts';

export const testBaseUrl = 'http://127.0.0.1/fhir';

export const tester: Actor = {
  id: 'Practitioner/test',
  name: 'Test Person',
  role: 'tester',
  purpose: 'TREAT',
  sight: 'everything',
  requestId: 'test',
  via: 'api',
};

/** An empty record on a database of its own, closed and dropped when the test ends. */
export async function testRecord(
  t: Ending,
  {
    clock = systemClock,
    baseUrl = testBaseUrl,
    migrations = recordMigrations,
    ...options
  }: Omit<DatabaseOptions, 'url'> & WithMigrations & { clock?: Clock; baseUrl?: string } = {},
): Promise<{ record: CareRecord; database: Database }> {
  const database = await testDatabase(t, { migrations, ...options });
  const record = openRecord({
    database,
    clock,
    newId: uuidv7(clock),
    baseUrl,
  });
  return { record, database };
}
