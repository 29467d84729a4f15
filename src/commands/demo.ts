import { migrations } from '../app/migrations.ts';
import { readDemonstration, usualSeed } from '../demo/demonstration-note.ts';
import { type FillResult, fillPeople } from '../demo/fill.ts';
import { alone, begin } from '../demo/seed.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig, usualDemoPeople } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { uuidv7 } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { problem } from '../platform/problem.ts';
import { duration, openProgress } from '../platform/progress.ts';
import { openStore } from '../platform/store.ts';
import { makeAuditPartitions } from '../record/audit-partitions.ts';
import { bringUpToDate } from '../record/bring-up-to-date.ts';
import { analyse, analysedFrom } from '../record/import/analyse.ts';
import { openRecord } from '../record/record.ts';
import { type Command, type Invocation, UsageError } from './command.ts';

const interrupted = 130;
const most = 10_000_000;

export const command: Command = {
  name: 'demo',
  summary: 'Make the demonstration region with as many people as wanted',
  help: `
Makes the synthetic region and its people, each with ten years of history, in an empty record, or adds people to a
demonstration that is there. The same seed and day make the same people. They go the way of the import: validated,
indexed, audited, on all cores.

Ctrl-C stops it cleanly. However it was stopped, the same command goes on where it stood: nothing comes twice. A
record that holds other people is left alone. "throughline start" then lists whom you can become.

Ends with 0 when all are there, 130 after Ctrl-C.

  throughline demo --people 5000
  throughline demo --people 1000000 --seed northshire`,
  options: {
    people: {
      type: 'string',
      value: '<n>',
      help: `How many, beside the named ones; default ${usualDemoPeople}`,
    },
    seed: { type: 'string', value: '<word>', help: `What all follows from; default “${usualSeed}”` },
    processes: { type: 'string', value: '<n>', help: 'Threads; default: one for each core' },
  },
  run: async (invocation) => {
    const { values, env, signal } = invocation;
    const people = wholeNumber('people', values['people'], 0, most) ?? usualDemoPeople;
    const threads = wholeNumber('processes', values['processes'], 1, 256);
    const seed = seedOf(values['seed']);
    const config = loadConfig({ env, mode: 'command' });
    const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
    const { database } = store;
    const clock = systemClock;
    const baseUrl = `${config.baseUrl}/fhir`;
    try {
      await bringUpToDate(store, migrations);
      await makeAuditPartitions(database, clock.now());
      const record = openRecord({ database, clock, newId: uuidv7(clock), baseUrl });
      const [result] = await alone(database, signal, async () => {
        const there = await readDemonstration(record);
        if (there && seed !== undefined && there.seed !== seed)
          throw problem(
            'conflict',
            `The demonstration there was made with the seed “${there.seed}”. Leave --seed out, or use an empty database.`,
            { where: '--seed' },
          );
        const demonstration = there ?? (await begin({ record, clock }, seed));
        if (!demonstration)
          throw problem(
            'conflict',
            'The record holds people who are not of a demonstration. Use an empty database: set DATA_DIR or DATABASE_URL.',
          );
        const started = clock.now();
        const before = await bytesOf(database);
        const progress = openProgress({ unit: 'people', total: people, clock, screen: process.stderr });
        const filled = await fillPeople({
          ...{ database, clock, baseUrl, demonstration, people, signal },
          ...(threads === undefined ? {} : { threads }),
          watch: ({ people: done, resources }) =>
            progress.update(done, { note: `${count(resources)} resources` }),
        });
        if (filled.people > filled.before) {
          progress.update(filled.people);
          progress.finish();
        }
        const seconds = (clock.now() - started) / 1000;
        if (filled.resources >= analysedFrom) await analyse(database);
        await tellResult(invocation, filled, { seconds, bytes: (await bytesOf(database)) - before });
        return [filled];
      });
      return result === undefined || result.stopped ? interrupted : 0;
    } finally {
      await store.close();
    }
  },
};

async function tellResult(
  { print, tell }: Pick<Invocation, 'print' | 'tell'>,
  { people, before, resources, stopped }: FillResult,
  { seconds, bytes }: { readonly seconds: number; readonly bytes: number },
): Promise<void> {
  const made = people - before;
  if (made > 0) {
    const rate = (n: number) => count(Math.round(n / Math.max(seconds, 0.001)));
    print(
      `${count(made)} people with ${count(resources)} resources in ${duration(seconds)}: ${rate(made)} people and ${rate(resources)} resources a second.`,
    );
    print(`On disk ${count(Math.round(bytes / made / 1024))} KB a person.`);
  }
  print(`The region has ${count(people)} people beside the named ones.`);
  if (stopped) tell('Stopped. Who was made is kept; the same command goes on from there.');
}

const bytesOf = async (database: Database): Promise<number> => {
  const [row] = await database.pool`select pg_database_size(current_database()) as bytes`;
  return Number(row?.['bytes']);
};

const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

function wholeNumber(name: string, value: unknown, least: number, largest: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value === '' || !Number.isInteger(number) || number < least || number > largest)
    throw new UsageError(
      `--${name} is a whole number from ${least} to ${count(largest)}, not “${String(value)}”.`,
    );
  return number;
}

function seedOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[\w-]{1,40}$/.test(value)) return value;
  throw new UsageError('--seed is 1 to 40 letters, digits, - and _.');
}
