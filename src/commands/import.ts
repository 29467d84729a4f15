import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { migrations } from '../app/migrations.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { uuidv7 } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { duration, openProgress } from '../platform/progress.ts';
import { openStore } from '../platform/store.ts';
import { makeAuditPartitions } from '../record/audit-partitions.ts';
import { bringUpToDate } from '../record/bring-up-to-date.ts';
import { type GuideSources, openGuides } from '../record/guides.ts';
import { analyse, analysedFrom } from '../record/import/analyse.ts';
import { inputFiles } from '../record/import/input-files.ts';
import { placeText, refusalLine, refusals, writeReport } from '../record/import/refusal-report.ts';
import { type ImportResult, runImport } from '../record/import/run-import.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { importSites } from './import-sites.ts';

/** Exit codes beside 0 and 1. */
const someRefused = 3;
const interrupted = 130;

export const command: Command = {
  name: 'import',
  summary: 'Bring FHIR files into the record, or sites and lines into the register',
  arguments: '[sites] <file or folder>…',
  help: `
Reads FHIR R4 as JSON: Bundles of every type, single resources, and NDJSON with a resource or Bundle on each
line; plain, gzip or bzip2. Folders are read with all below them.

Everything goes the way of the API: read strictly, validated, indexed, audited. What is refused is set aside
with its OperationOutcome and never stops the rest; --refusals lists it. A run that was stopped, however it
ended, goes on where it stood when the same command is given again: nothing is lost, nothing comes twice. A
file that was imported to its end is passed over until its content changes, or --again is given.

Runs beside a server on the same data folder, or alone. Ctrl-C stops it cleanly.

Ends with 0 when all is in, 3 when something was set aside or could not be read, 130 after Ctrl-C.

  throughline import bundles/ observations.ndjson.gz
  throughline import --refusals bundles/ > set-aside.ndjson

With the word “sites” first it reads tables (CSV) and maps (GeoJSON) of sites, lines, providers and boundaries
into the register of lines: the register's own columns, or the directories of the NHS as published. A file is
loaded whole or not at all; the same one again changes nothing. --leave-out loads a file without the rows that
are refused.

  throughline import sites practices.csv hospitals.csv maps/`,
  options: {
    again: { type: 'boolean', help: 'Import files again that were imported before' },
    refusals: { type: 'boolean', help: 'Import nothing: print what was set aside, as NDJSON' },
    'leave-out': { type: 'boolean', help: 'With “sites”: load a file without its refused rows' },
    report: { type: 'string', value: '<folder>', help: 'Write what this run sets aside to a file there' },
    processes: { type: 'string', value: '<n>', help: 'Threads; default: one for each core' },
    chunk: { type: 'string', value: '<n>', help: 'Most resources stored at once; default 400' },
  },
  run: async (invocation) => {
    const { values, positionals, env } = invocation;
    // A folder of that name is `./sites`.
    if (positionals[0] === 'sites') return importSites(invocation, positionals.slice(1));
    const processes = wholeNumber('processes', values['processes'], 256);
    const chunk = wholeNumber('chunk', values['chunk'], 5000);
    const listing = values['refusals'] === true;
    if (positionals.length === 0 && !listing)
      throw new UsageError('Name the files or folders to import, such as: throughline import bundles/');
    const found = listing ? { files: [], passedOver: 0 } : inputFiles(positionals);
    const config = loadConfig({ env, mode: 'command' });
    const guides: GuideSources = { sources: config.profiles, check: config.profileCheck };
    if (guides.check === 'refuse') openGuides(guides); // a guide that cannot be read is told of before anything is begun
    const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
    const { database } = store;
    try {
      await bringUpToDate(store, migrations);
      if (listing) {
        for await (const refusal of refusals(database, { paths: positionals.map(whole) }))
          invocation.print(refusalLine(refusal).trimEnd());
        return 0;
      }
      await makeAuditPartitions(database, systemClock.now());
      if (found.passedOver > 0)
        invocation.tell(`${files(found.passedOver)} passed over: no .json, .ndjson or .jsonl by name.`);
      return await importFiles(invocation, database, found.files, {
        baseUrl: `${config.baseUrl}/fhir`,
        guides,
        ...(processes === undefined ? {} : { processes }),
        ...(chunk === undefined ? {} : { chunk }),
      });
    } finally {
      await store.close();
    }
  },
};

/** As a source is named: absolute, links resolved where it still exists. */
function whole(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function wholeNumber(name: string, value: unknown, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new UsageError(`--${name} is a whole number from 1 to ${most}, not “${String(value)}”.`);
  return number;
}

async function importFiles(
  { values, signal, print, tell }: Invocation,
  database: Database,
  inputs: Parameters<typeof runImport>[0]['files'],
  chosen: Pick<Parameters<typeof runImport>[0], 'baseUrl' | 'guides' | 'processes' | 'chunk'>,
): Promise<number> {
  const clock = systemClock;
  const started = clock.now();
  const progress = openProgress({ unit: 'resources', clock, screen: process.stderr });
  const result = await runImport({
    ...chosen,
    database,
    clock,
    files: inputs,
    again: values['again'] === true,
    signal,
    actor: {
      id: 'Device/import',
      name: 'Import of files',
      role: 'system',
      purpose: 'HOPERAT',
      sight: 'everything',
      requestId: `import ${uuidv7(clock)()}`,
      via: 'import',
    },
    watch: ({ done, share, file }) =>
      progress.update(done, {
        ...(share > 0 ? { total: Math.max(done, Math.round(done / share)) } : {}),
        note: file.slice(file.lastIndexOf('/') + 1),
      }),
  });
  const seconds = (clock.now() - started) / 1000;
  progress.update(result.entries, { total: result.entries });
  progress.finish();
  if (result.written >= analysedFrom) await analyse(database);
  summarise(result, seconds, { print, tell });
  const folder = values['report'];
  if (typeof folder === 'string' && result.refused > 0)
    print(
      `What was set aside is in ${await writeReport(database, result.sources, resolve(folder), clock.now())}.`,
    );
  if (result.stopped) {
    tell('Stopped. What was imported is kept; the same command goes on from there.');
    return interrupted;
  }
  return result.refused > 0 || result.unread.length > 0 ? someRefused : 0;
}

const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const files = (n: number): string => `${count(n)} ${n === 1 ? 'file' : 'files'}`;

function summarise(
  result: ImportResult,
  seconds: number,
  { print, tell }: Pick<Invocation, 'print' | 'tell'>,
): void {
  const { entries, written, unchanged, refused, already, unread } = result;
  const rate = seconds > 0 ? ` (${count(Math.round(entries / seconds))}/s)` : '';
  print(`${count(entries)} resources from ${files(result.files)} in ${duration(seconds)}${rate}:`);
  print(`${count(written)} written, ${count(unchanged)} unchanged, ${count(refused)} set aside.`);
  if (already > 0)
    print(`${files(already)} imported before and unchanged since, passed over. --again imports them again.`);
  for (const { path, place, entry, outcome } of result.examples) {
    const { issue } = JSON.parse(outcome) as { issue?: { diagnostics?: string; expression?: string[] }[] }; // written by the import
    const [first] = issue ?? [];
    const where = first?.expression?.[0];
    tell(
      `${placeText(path, { place, entry })}: ${where ? `${where}: ` : ''}${first?.diagnostics ?? 'refused'}`,
    );
  }
  if (refused > result.examples.length) tell(`… and ${count(refused - result.examples.length)} more.`);
  if (refused > 0)
    tell('“throughline import --refusals” prints what was set aside, with outcomes and texts.');
  for (const { path, why } of unread) tell(`${path} could not be read (${why}).`);
}
