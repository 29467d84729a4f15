import { migrations } from '../app/migrations.ts';
import { systemClock } from '../platform/clock.ts';
import { type Config, loadConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { problem } from '../platform/problem.ts';
import { openProgress } from '../platform/progress.ts';
import { openStore } from '../platform/store.ts';
import { missingMigrations } from '../record/bring-up-to-date.ts';
import { checkProfiles, type Place } from '../record/check/check-profiles.ts';
import { checkRecord } from '../record/check/check-record.ts';
import { ownerAdvice, rightsOverAudit } from '../record/database-rights.ts';
import { openGuides } from '../record/guides.ts';
import { type Command, type Invocation, UsageError } from './command.ts';

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
mend (a lost version, a missing audit entry) is only told.

--profiles checks instead each current version against the profiles that it claims and the definitions of its
extensions, of the guides that PROFILES names: how many break each rule, and such as which. Stopped by Ctrl-C, it
tells the place from which --after goes on.`,
  options: {
    sample: {
      type: 'string',
      value: '<share>',
      help: 'Compare the search rows of this share only: 10% or 0.1',
    },
    repair: { type: 'boolean', help: 'Mend search rows' },
    profiles: { type: 'boolean', help: 'Check against the profiles that resources claim' },
    after: { type: 'string', value: '<place>', help: 'With --profiles: go on after this place' },
  },
  run: async (invocation) => {
    const { values, env, signal, print } = invocation;
    const sample = shareOf(values['sample']);
    const repair = values['repair'] === true;
    const after = placeOf(values['after']);
    const profiles = values['profiles'] === true;
    if (profiles && (repair || values['sample'] !== undefined))
      throw new UsageError('--profiles stands alone, or with --after.');
    if (after && !profiles) throw new UsageError('--after goes with --profiles.');
    const config = loadConfig({ env, mode: 'command' });
    const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
    try {
      if ((await missingMigrations(store, migrations)).length > 0)
        throw problem('exception', 'The schema is not up to date. Run “throughline migrate” first.');
      if (profiles) return await reportProfiles(invocation, store.database, config, after);
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

async function reportProfiles(
  { signal, print, tell }: Invocation,
  database: Database,
  config: Config,
  after: Place | undefined,
): Promise<number> {
  const guides = openGuides({ sources: config.profiles, check: config.profileCheck });
  if (!guides)
    throw problem('required', 'PROFILES names no implementation guides. Give their folders or packages.');
  for (const note of guides.profiles.notes()) tell(note);
  const progress = openProgress({ unit: 'resources', clock: systemClock, screen: process.stderr });
  const found = await checkProfiles({
    ...{ database, profiles: guides.profiles, signal },
    ...(after ? { after } : {}),
    watch: (done, total) => progress.update(done, { total }),
  });
  progress.finish();
  for (const { profile, rule, severity, message, count, examples } of found.rules) {
    print(`${profile}: ${rule}: ${severity} in ${count}`);
    print(`  ${message}`);
    print(`  such as ${examples.join(', ')}`);
  }
  for (const [url, count] of found.unknown) print(`${url} is claimed by ${count}, and not known.`);
  const { resources, claiming, broken, stoppedAt } = found;
  print(
    `${resources} resources, ${claiming} of them claim a known profile: ${broken === 0 ? 'none breaks one' : `${broken} break one`}.`,
  );
  if (stoppedAt) print(`Stopped. Go on with --profiles --after ${stoppedAt.person}:${stoppedAt.pk}`);
  return stoppedAt ? 130 : broken > 0 ? 1 : 0;
}

function placeOf(value: unknown): Place | undefined {
  if (value === undefined) return undefined;
  const [, person, pk] = /^(-?\d{1,19}):(-?\d{1,19})$/.exec(String(value)) ?? [];
  if (person === undefined || pk === undefined)
    throw new UsageError(`--after is a place that an earlier run told, not “${String(value)}”.`);
  return { person, pk };
}

function shareOf(value: unknown): number {
  if (value === undefined) return 1;
  const text = String(value);
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (!(share > 0 && share <= 1))
    throw new UsageError(`--sample is a share such as 10% or 0.1, not “${text}”.`);
  return share;
}
