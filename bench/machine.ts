import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import postgres from 'postgres';
import type { Machine } from './results.ts';

const settingsThatMatter = [
  'synchronous_commit',
  'fsync',
  'full_page_writes',
  'shared_buffers',
  'effective_cache_size',
  'work_mem',
  'max_wal_size',
  'checkpoint_timeout',
  'wal_compression',
  'jit',
  'random_page_cost',
];

/** The machine, the versions and the database's settings that the figures hold for. */
export async function describeMachine(databaseUrl: string): Promise<Machine> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [server] = await sql<{ version: string }[]>`select current_setting('server_version') as version`;
    const settings = await sql<{ name: string; value: string }[]>`
      select name, current_setting(name) as value from pg_settings where name = any(${settingsThatMatter}) order by name`;
    return {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memory: totalmem(),
      system: `${type()} ${release()}`,
      node: process.version,
      postgres: String(server?.version),
      settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
      revision: revision(),
    };
  } finally {
    await sql.end();
  }
}

/** The commit that is measured, with a mark where files differ from it; `unknown` outside a checkout. */
function revision(): string {
  const git = (...args: string[]): string =>
    (spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout ?? '').trim();
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === '') return 'unknown';
  return git('status', '--porcelain', '--untracked-files=no', '../src') === ''
    ? commit
    : `${commit}, changed`;
}
