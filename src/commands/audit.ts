import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { migrations } from '../app/migrations.ts';
import { systemClock } from '../platform/clock.ts';
import { type Config, loadConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { problem } from '../platform/problem.ts';
import { openProgress } from '../platform/progress.ts';
import { openStore } from '../platform/store.ts';
import {
  type HeadsFile,
  headsText,
  openSigningKey,
  readHeads,
  signHead,
  storedHeads,
} from '../record/audit/heads.ts';
import { sealAll } from '../record/audit/seal.ts';
import { type Bound, type VerifyResult, verifyAudit } from '../record/audit/verify.ts';
import { missingMigrations } from '../record/bring-up-to-date.ts';
import { type Command, type Invocation, UsageError } from './command.ts';

const interrupted = 130;

export const command: Command = {
  name: 'audit',
  summary: 'Prove that the audit log is whole, or take its signed heads away',
  arguments: '<verify or export>',
  help: `
Every row of the audit log is sealed within about a second in a chain of hashes, and the end of the chain is signed
every ten minutes and when a server stops.

  throughline audit verify                       works the chain out anew, beside a running server or alone
  throughline audit verify --heads heads.json    … and proves that nothing those heads cover was changed since
  throughline audit export > heads.json          the signed heads and public keys, to be kept elsewhere

verify names each row that was changed, moved, added or is missing, each block that is not what it was, and an end that was
cut off. Ends with 0 when all is as it was sealed, 1 when something is not, 130 after Ctrl-C. Who owns the database can make the
whole chain anew: only heads kept elsewhere prove otherwise, so export them often.`,
  options: {
    from: {
      type: 'string',
      value: '<block or time>',
      help: 'Verify from here on: 1200, 2026-11-01, 2026-11-01T10:00:00Z',
    },
    to: { type: 'string', value: '<block or time>', help: 'Verify up to and with this' },
    heads: { type: 'string', value: '<file>', help: 'Heads that were exported before' },
  },
  run: async (invocation) => {
    const { values, positionals, env } = invocation;
    const [what, ...more] = positionals;
    if (more.length > 0 || (what !== 'verify' && what !== 'export'))
      throw new UsageError('Say what to do: throughline audit verify, or throughline audit export.');
    if (what === 'export' && Object.keys(values).length > 0)
      throw new UsageError('“throughline audit export” takes no options.');
    const from = bound('from', values['from'], false);
    const to = bound('to', values['to'], true);
    const kept = typeof values['heads'] === 'string' ? headsOf(values['heads']) : undefined;
    const config = loadConfig({ env, mode: 'command' });
    const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
    try {
      if ((await missingMigrations(store, migrations)).length > 0)
        throw problem('exception', 'The schema is not up to date. Run “throughline migrate” first.');
      if (what === 'export') return await exportHeads(store.database, config, invocation);
      const progress = openProgress({ unit: 'audit entries', clock: systemClock, screen: process.stderr });
      const result = await verifyAudit({
        database: store.database,
        ...(from ? { from } : {}),
        ...(to ? { to } : {}),
        ...(kept ? { kept } : {}),
        signal: invocation.signal,
        watch: (done, total) => progress.update(done, { total }),
      });
      progress.finish();
      return report(result, kept, invocation);
    } finally {
      await store.close();
    }
  },
};

async function exportHeads(
  database: Database,
  config: Config,
  { print }: Pick<Invocation, 'print'>,
): Promise<number> {
  await sealAll(database, systemClock);
  // The key of another machine's server is not here: then what it signed itself is what there is.
  if (config.auditSigningKey !== undefined || config.databaseUrl === undefined)
    await signHead(database, systemClock, openSigningKey(config.auditSigningKey, config.dataDir));
  const heads = await storedHeads(database.pool);
  if (heads.heads.length === 0)
    throw problem(
      'not-found',
      'No head of the audit log is signed yet. A server signs one when it stops, and every ten minutes.',
    );
  print(headsText(heads));
  return 0;
}

function report(
  result: VerifyResult,
  kept: HeadsFile | undefined,
  { print }: Pick<Invocation, 'print'>,
): number {
  for (const { message } of result.faults) print(message);
  if (result.count > result.faults.length) print(`… and ${result.count - result.faults.length} more.`);
  for (const { month, count } of result.retired)
    print(
      `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')} was let go with ${count} entries: its seals are there.`,
    );
  if (result.unsealed > 0)
    print(
      `${result.unsealed} entries are not sealed yet, the oldest of ${new Date(result.unsealedSince ?? 0).toISOString()}: a running server seals them.`,
    );
  const heads = kept ? `, ${kept.heads.length} heads from the file` : '';
  const verdict =
    result.count === 0 ? 'nothing was changed' : result.count === 1 ? '1 fault' : `${result.count} faults`;
  print(
    `${result.rows} entries in ${result.blocks} ${result.blocks === 1 ? 'block' : 'blocks'} verified${heads}: ${result.stopped ? 'stopped before the end, ' : ''}${verdict}.`,
  );
  return result.stopped ? interrupted : result.count > 0 ? 1 : 0;
}

function headsOf(path: string): HeadsFile {
  let text: string;
  try {
    text = readFileSync(resolve(path), 'utf8');
  } catch (cause) {
    throw problem('not-found', `${path} cannot be read.`, { where: '--heads', cause });
  }
  return readHeads(text);
}

const day = 86_400_000;

/** A block's number, an instant, or a day: from its beginning, up to its end. */
function bound(name: string, value: unknown, isEnd: boolean): Bound | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  if (/^[1-9]\d{0,14}$/.test(text)) return { number: Number(text) };
  const time = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(
      `--${name} is the number of a block, or a time such as 2026-11-01 or 2026-11-01T10:00:00Z, not “${text}”.`,
    );
  return { time: isEnd && !text.includes('T') ? time + day - 1 : time };
}
