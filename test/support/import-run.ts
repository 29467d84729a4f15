import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import type { Actor } from '../../src/record/actor.ts';
import { inputFiles } from '../../src/record/import/input-files.ts';
import { type Refusal, refusals } from '../../src/record/import/refusal-report.ts';
import { type ImportOptions, type ImportResult, runImport } from '../../src/record/import/run-import.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { typeName } from '../../src/record/type-numbers.ts';
import { testDatabase } from './database.ts';
import { atEnd, type Ending } from './ending.ts';
import { testBaseUrl } from './record.ts';

export const importer: Actor = {
  id: 'Device/import',
  name: 'Import of files',
  role: 'system',
  purpose: 'HOPERAT',
  sight: 'everything',
  requestId: 'import test',
  via: 'import',
};

/** A folder with these files, gone when the test ends. Objects are written as JSON, lists as NDJSON. */
export function folderOf(
  t: Ending,
  files: Readonly<Record<string, string | Buffer | object | readonly object[]>>,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-import-'));
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : written(content));
  }
  return folder;
}

export const written = (content: object): string =>
  Array.isArray(content)
    ? content.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
    : JSON.stringify(content, undefined, 2);

/** An empty record, and what a test does with it. */
export async function emptyRecord(t: Ending): Promise<{
  readonly database: Database;
  readonly load: (folder: string, options?: Partial<ImportOptions>) => Promise<ImportResult>;
  /** `Type`: how many there are now. */
  readonly counts: () => Promise<Record<string, number>>;
  /** The current version, or undefined. */
  readonly stored: (name: string) => Promise<Record<string, unknown> | undefined>;
  readonly all: (type: string) => Promise<Record<string, unknown>[]>;
  readonly setAside: () => Promise<Refusal[]>;
}> {
  const database = await testDatabase(t, { migrations: recordMigrations });
  const bodies = async (): Promise<Record<string, unknown>[]> =>
    (await database.pool`select body from resource order by pk`).map((row) => JSON.parse(row['body']));
  return {
    database,
    load: (folder, options = {}) =>
      runImport({
        database,
        clock: systemClock,
        baseUrl: testBaseUrl,
        actor: importer,
        files: inputFiles([folder]).files,
        again: false,
        processes: 2,
        signal: new AbortController().signal,
        ...options,
      }),
    async counts() {
      const rows = await database.pool`select type, count(*)::int as n from resource group by type`;
      return Object.fromEntries(rows.map((row) => [typeName(row['type']), row['n']]));
    },
    stored: async (name) => (await bodies()).find((body) => `${body['resourceType']}/${body['id']}` === name),
    all: async (type) => (await bodies()).filter((body) => body['resourceType'] === type),
    async setAside() {
      const found: Refusal[] = [];
      for await (const one of refusals(database, { paths: [] })) found.push(one);
      return found;
    },
  };
}
