/** `throughline import sites …`: files of sites, lines, providers and areas into the register of the connectivity programme. */
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { migrations } from '../app/migrations.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { uuidv7 } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import { duration, openProgress } from '../platform/progress.ts';
import { openStore } from '../platform/store.ts';
import type { Actor } from '../record/actor.ts';
import { makeAuditPartitions } from '../record/audit-partitions.ts';
import { bringUpToDate } from '../record/bring-up-to-date.ts';
import { openGuides } from '../record/guides.ts';
import { openRecord } from '../record/record.ts';
import { type ImportedFile, importFiles } from '../region/connectivity/register/import/import-files.ts';
import { type Invocation, UsageError } from './command.ts';

const someRefused = 3;
const interrupted = 130;
const shownFaults = 20;

const count = (n: number): string => n.toLocaleString('en-GB');

/** Those named, and those of folders that may be tables or maps. */
interface Named {
  readonly path: string;
  readonly isNamed: boolean;
}

function filesOf(paths: readonly string[]): readonly Named[] {
  return paths.flatMap((path): readonly Named[] => {
    let isFolder: boolean;
    try {
      isFolder = statSync(path).isDirectory();
    } catch {
      throw new UsageError(`There is no file or folder ${path}.`);
    }
    if (!isFolder) return [{ path, isNamed: true }];
    return readdirSync(path, { encoding: 'utf8' })
      .filter((name) => /\.(csv|geojson|json)$/i.test(name))
      .sort()
      .map((name) => ({ path: join(path, name), isNamed: false }));
  });
}

/** Names of areas by their codes, of a file such as icb_lookup.json: `{ "icb": { "E54000008": "Cheshire …" } }`. */
function namesIn(path: string): Readonly<Record<string, string>> | undefined {
  if (!/\.json$/i.test(path)) return undefined;
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || 'type' in parsed) return undefined;
    const pairs = Object.values(parsed)
      .filter((group): group is object => typeof group === 'object' && group !== null)
      .flatMap((group) => Object.entries(group))
      .filter((pair): pair is [string, string] => /^E\d{8}$/.test(pair[0]) && typeof pair[1] === 'string');
    return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
  } catch {
    return undefined;
  }
}

export async function importSites(
  { env, values, print, tell, signal }: Invocation,
  paths: readonly string[],
): Promise<number> {
  if (paths.length === 0)
    throw new UsageError('Name the files or folders, such as: throughline import sites practices.csv maps/');
  const found = filesOf(paths);
  const names = Object.assign({}, ...found.map(({ path }) => namesIn(path) ?? {})) as Record<string, string>;
  const files = found.filter(({ path }) => namesIn(path) === undefined);
  if (files.length === 0) throw new UsageError('There are no .csv or .geojson files there.');

  const nameOf = (path: string): string =>
    files.some((other) => other.path !== path && basename(other.path) === basename(path))
      ? path
      : basename(path);

  const config = loadConfig({ env, mode: 'command' });
  const clock = systemClock;
  const started = clock.now();
  const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
  const { database } = store;
  try {
    await bringUpToDate(store, migrations);
    await makeAuditPartitions(database, clock.now());
    const guides = openGuides({ sources: config.profiles, check: config.profileCheck });
    const baseUrl = `${config.baseUrl}/fhir`;
    const record = openRecord({ database, clock, newId: uuidv7(clock), baseUrl, guides });
    const ownActor: Actor = {
      ...{ id: 'Device/import', name: 'Import of files', role: 'system', purpose: 'HOPERAT' },
      ...{ sight: 'everything', requestId: `import ${uuidv7(clock)()}`, via: 'import' },
    };
    const progress = openProgress({ unit: 'rows', clock, screen: process.stderr });
    let isRefused = false;
    const result = await importFiles({
      ...{ database, record, clock, ownActor, signal, names },
      files: files.map(({ path, isNamed }) => ({
        ...{ name: nameOf(path), isNamed },
        open: () => createReadStream(path),
      })),
      leaveOut: values['leave-out'] === true,
      progress: (done, note) => progress.update(done, { note }),
    }).finally(() => progress.finish());
    for (const file of result.files) {
      isRefused ||= file.refused.length > 0;
      summarise(file, { print, tell });
    }
    print(
      `In the register: ${count(result.sites)} sites, ${count(result.circuits)} lines, ${count(result.areas)} areas.`,
    );
    print(`Done in ${duration((clock.now() - started) / 1000)}. The map is at ${config.baseUrl}/lines/map.`);
    return isRefused ? someRefused : 0;
  } catch (error) {
    if (!signal.aborted || error instanceof Problem) throw error;
    tell('Stopped. The file that was being loaded was left out whole; those before it are in.');
    return interrupted;
  } finally {
    await store.close();
  }
}

function summarise(file: ImportedFile, { print, tell }: Pick<Invocation, 'print' | 'tell'>): void {
  if (file.unread !== undefined) {
    tell(`${file.name}: ${file.unread}`);
    return;
  }
  const { added, changed, unchanged, leftOut, refused } = file.counts;
  const parts = [
    ...[`${count(added)} added`, `${count(changed)} changed`, `${count(unchanged)} unchanged`],
    ...(leftOut > 0 ? [`${count(leftOut)} left out as known already`] : []),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
  ];
  print(`${file.name} (${file.what}): ${parts.join(', ')}.`);
  for (const { number, faults } of file.refused.slice(0, shownFaults))
    for (const { column, message } of faults) tell(`${file.name} row ${number}, ${column}: ${message}.`);
  if (file.refused.length > shownFaults) tell(`… and ${count(file.refused.length - shownFaults)} more rows.`);
  if (refused > 0 && !file.isLoaded)
    tell(`Nothing of ${file.name} was loaded. Mend these rows, or give --leave-out to load the others.`);
}
