import { migrations } from '../app.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { problem } from '../platform/problem.ts';
import { openProgress } from '../platform/progress.ts';
import { openStore } from '../platform/store.ts';
import { missingMigrations } from '../record/bring-up-to-date.ts';
import { checkRecord } from '../record/check/check-record.ts';
import { ownerAdvice, rightsOverAudit } from '../record/database-rights.ts';
import { type Command, UsageError } from './command.ts';

export const command: Command = {
  name: 'check',
  summary: 'Look for damage in the record, and mend search rows',
  help: `
Goes through the whole record once, as it stands at this moment, beside a running server or alone:
every current version has its place, and its older versions follow each other without gaps; what a body says of
its type, id, version and time is what its columns say; every write has its audit entry; each search row
belongs to a current version; and the search rows, worked out anew from each body, are those that are stored.

Prints each kind of fault with examples and their number. Ends with 0 when all is well, 1 when something is
wrong, 130 after Ctrl-C.

--repair writes wrong search rows anew and takes away those that belong to nothing. What search rows cannot
mend (a lost version, a missing audit entry) is only told.`,
  options: {
    sample: {
      type: 'string',
      value: '<share>',
      help: 'Compare the search rows of this share only: 10% or 0.1',
    },
    repair: { type: 'boolean', help: 'Mend search rows' },
  },
  run: async ({ values, env, signal, print }) => {
    const sample = shareOf(values['sample']);
    const repair = values['repair'] === true;
    const config = loadConfig({ env, mode: 'command' });
    const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
    try {
      if ((await missingMigrations(store, migrations)).length > 0)
        throw problem('exception', 'The schema is not up to date. Run “throughline migrate” first.');
      for (const right of await rightsOverAudit(store.database.pool))
        print(`The server’s database user ${right}. ${ownerAdvice}`);
      const progress = openProgress({ unit: 'resources', clock: systemClock, screen: process.stderr });
      const { faults, resources, compared, stopped } = await checkRecord({
        database: store.database,
        sample,
        seed: systemClock.now(),
        repair,
        signal,
        watch: (done, total) => progress.update(done, { total }),
      });
      progress.finish();
      for (const { title, count, examples, mended } of faults) {
        print(`${title}: ${count}${mended > 0 ? `, mended ${mended}` : ''}`);
        print(`  such as ${examples.join(', ')}`);
      }
      const left = faults.reduce((sum, { count, mended }) => sum + count - mended, 0);
      const some = compared < resources ? `, the search rows of ${compared} of them compared` : '';
      const verdict =
        faults.length === 0
          ? 'no faults'
          : left === 0
            ? 'all faults mended'
            : `${left} faults${repair ? ' left' : ''}`;
      print(`${resources} resources checked${some}: ${stopped ? 'stopped before the end, ' : ''}${verdict}.`);
      return stopped ? 130 : left > 0 ? 1 : 0;
    } finally {
      await store.close();
    }
  },
};

function shareOf(value: unknown): number {
  if (value === undefined) return 1;
  const text = String(value);
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (!(share > 0 && share <= 1))
    throw new UsageError(`--sample is a share such as 10% or 0.1, not “${text}”.`);
  return share;
}
