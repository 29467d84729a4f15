import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Database, DatabaseOptions } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { Actor } from '../../src/record/actor.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { openRecord } from '../../src/record/record.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { testDatabase } from './database.ts';
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
    ...options
  }: Omit<DatabaseOptions, 'url'> & { clock?: Clock; baseUrl?: string } = {},
): Promise<{ record: CareRecord; database: Database }> {
  const database = await testDatabase(t, options);
  await migrate(database, recordMigrations);
  const record = openRecord({
    database,
    clock,
    newId: uuidv7(clock),
    baseUrl,
  });
  return { record, database };
}
