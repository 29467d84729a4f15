/**
 * The benchmark: every case beside its bare limit, import, growth, memory, start-up and disk.
 *   npm run bench -- [--size 100000,1000000] [--cases read,create] [--rounds 3] [--seconds 3] [--warm-up 1]
 *     [--order patient|arrival] [--work .data/bench] [--fresh] [--no-imports] [--bare-only] [--json file]
 * Never ends with an error because something was slow.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { attachCluster, type Cluster, startCluster, stopCluster } from '../src/platform/cluster.ts';
import { prepareBare } from './bare-tables.ts';
import { type Case, casesFor } from './cases.ts';
import { type DataSet, dataSet, type Order } from './data.ts';
import { diskUse } from './database-size.ts';
import { startGenerator } from './generator.ts';
import { describeMachine } from './machine.ts';
import { type Effort, measureCase } from './measure-cases.ts';
import { personAt, planFor } from './population.ts';
import { memoryOf } from './process-memory.ts';
import { databaseHome, importInto, startProduct } from './product.ts';
import type { BenchResult, CaseResult, DiskUse, ImportResult, Machine, SizeResult } from './results.ts';
import { startBare, stopChildren } from './servers.ts';
import { syntheaFolder, syntheaInputs } from './synthea.ts';
import { caseLine, heading, importLine } from './table.ts';

const seed = 7;

interface Options {
  readonly sizes: readonly number[];
  readonly cases: readonly string[] | undefined;
  readonly order: Order;
  readonly work: string;
  readonly fresh: boolean;
  readonly imports: boolean;
  readonly bareOnly: boolean;
  readonly json: string | undefined;
  readonly effort: Effort;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '100000' },
      cases: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '1' },
      order: { type: 'string', default: 'patient' },
      work: { type: 'string', default: '.data/bench' },
      fresh: { type: 'boolean', default: false },
      'no-imports': { type: 'boolean', default: false },
      'bare-only': { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const number = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (Number.isFinite(value) && value >= least) return value;
    throw new Error(`--${name} must be a number of at least ${least}, not ${text}`);
  };
  if (values.order !== 'patient' && values.order !== 'arrival')
    throw new Error(`--order is patient or arrival, not ${values.order}`);
  return {
    sizes: values.size.split(',').map((size) => number('size', size, 1000)),
    cases: values.cases?.split(','),
    order: values.order,
    work: resolve(values.work),
    fresh: values.fresh,
    imports: !values['no-imports'],
    bareOnly: values['bare-only'],
    json: values.json,
    effort: {
      rounds: number('rounds', values.rounds, 1),
      seconds: number('seconds', values.seconds, 0.1),
      warmUp: number('warm-up', values['warm-up'], 0),
    },
  };
}

const say = (text: string): void => console.log(text);

/** What was measured when the data were loaded, kept beside the record for later runs. */
interface Loaded {
  readonly load: ImportResult;
  readonly disk: DiskUse;
}

/** The product's record with the data set in it, and what loading it took; loaded once and then used again. */
async function loadProduct(home: string, data: DataSet, fresh: boolean): Promise<Loaded> {
  const note = `${home}.loaded.json`;
  if (!fresh && existsSync(note) && existsSync(home)) return JSON.parse(readFileSync(note, 'utf8')) as Loaded; // written below
  await stopCluster(databaseHome(home));
  rmSync(note, { force: true });
  rmSync(home, { recursive: true, force: true });
  say(`Loading ${data.resources} resources by the import command…`);
  const load = await importInto(home, {
    name: `NDJSON, ${data.resources} synthetic resources`,
    paths: data.files.map((file) => join(data.folder, file)),
    resources: data.resources,
  });
  const cluster = await startCluster(databaseHome(home));
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  await sql.unsafe('vacuum (analyze)');
  await sql.unsafe('checkpoint');
  const loaded: Loaded = { load, disk: await diskUse(sql, data.bytes) };
  await sql.end();
  await cluster.stop();
  writeFileSync(note, JSON.stringify(loaded));
  return loaded;
}

/** Start-up with the data there and the database stopped, some times over; the last one is left running. */
async function startMeasured(
  home: string,
  path: string,
): Promise<Awaited<ReturnType<typeof startProduct>> & { tries: number[] }> {
  const tries: number[] = [];
  for (;;) {
    await stopCluster(databaseHome(home));
    const started = await startProduct(home, path);
    tries.push(started.seconds);
    if (tries.length === 3) return { ...started, tries };
    await started.server.stop();
  }
}

const databasePid = async (url: string): Promise<number> => {
  const sql = postgres(url, { max: 1 });
  const [row] = await sql<{ file: string }[]>`select pg_read_file('postmaster.pid') as file`;
  await sql.end();
  return Number(row?.file.split('\n')[0]);
};

interface Measured {
  readonly result: SizeResult;
  readonly machine: Machine;
}

async function measureSize(size: number, chosen: Options): Promise<Measured> {
  const { order, work, effort } = chosen;
  const data = dataSet(join(work, 'data'), size, order, seed);
  const all = casesFor(size, seed);
  const unknown = chosen.cases?.filter((name) => !all.some((each) => each.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`No case ${unknown.join(', ')}. Known: ${all.map((each) => each.name).join(', ')}.`);
  const cases = chosen.cases === undefined ? all : all.filter((each) => chosen.cases?.includes(each.name));
  say(`\n${data.resources} resources (${order} order), ${effort.rounds} rounds of ${effort.seconds} s\n`);
  const about = { size, order, resources: data.resources, bytes: data.bytes };
  if (chosen.bareOnly) {
    const own = join(work, 'bare-database');
    homes.add(own);
    const cluster = await startCluster(own);
    try {
      const machine = await describeMachine(cluster.url);
      const results = await measureCases(cases, cluster.url, data, chosen, undefined);
      return { machine, result: { ...about, cases: results } };
    } finally {
      await cluster.stop();
    }
  }

  const home = join(work, `product-${size}-${order}`);
  homes.add(databaseHome(home));
  const { load, disk } = await loadProduct(home, data, chosen.fresh);
  say(importLine(load));
  const someone = `/fhir/Patient/${personAt(planFor(size, seed), 0).patient.id}`;
  const { server, tries } = await startMeasured(home, someone);
  let cluster: Cluster | undefined;
  try {
    say(`First answer ${tries.map((seconds) => seconds.toFixed(2)).join(', ')} s after the start`);
    if ((await attachCluster(databaseHome(home))) === undefined)
      throw new Error(`the product's embedded database is not in ${databaseHome(home)}`);
    cluster = await startCluster(databaseHome(home));
    const machine = await describeMachine(cluster.url);
    const postmaster = await databasePid(cluster.url);
    await wait(3000);
    const memoryAtRest = memoryOf(server.pid, postmaster);
    const results = await measureCases(cases, cluster.url, data, chosen, server);
    const memoryAfter = memoryOf(server.pid, postmaster);
    say(
      `Memory of the server ${Math.round(memoryAtRest.server)} MiB at rest, ${Math.round(memoryAfter.server)} MiB after`,
    );
    return {
      machine,
      result: { ...about, load, disk, start: tries, memoryAtRest, memoryAfter, cases: results },
    };
  } finally {
    await server.stop();
    await cluster?.stop();
  }
}

async function measureCases(
  cases: readonly Case[],
  clusterUrl: string,
  data: DataSet,
  { work, effort }: Options,
  product: Awaited<ReturnType<typeof startProduct>>['server'] | undefined,
): Promise<readonly CaseResult[]> {
  const bare = await startBare(await prepareBare(clusterUrl, data));
  const generator = startGenerator();
  const results: CaseResult[] = [];
  try {
    say(heading());
    for (const test of cases) {
      const sides = { bare, ...(product === undefined ? {} : { product }) };
      const result = await measureCase(test, sides, generator, join(work, 'requests'), effort);
      say(caseLine(result));
      results.push(result);
    }
  } finally {
    generator.stop();
    await bare.stop();
  }
  return results;
}

/** The real bundles, into an empty record each time. */
async function measureImports(work: string): Promise<readonly ImportResult[]> {
  if (!existsSync(syntheaFolder)) {
    say(`No Synthea bundles in ${syntheaFolder}: their import is not measured`);
    return [];
  }
  const { bundles, ndjson } = await syntheaInputs(work);
  const results: ImportResult[] = [];
  for (const [name, input] of [
    ['Synthea transaction bundles (bzip2)', bundles],
    ['the same as NDJSON', ndjson],
  ] as const) {
    const home = join(work, 'product-import');
    homes.add(databaseHome(home));
    await stopCluster(databaseHome(home));
    rmSync(home, { recursive: true, force: true });
    results.push(await importInto(home, { name, paths: [input.path], resources: input.resources }));
    await stopCluster(databaseHome(home));
    rmSync(home, { recursive: true, force: true });
    say(importLine(results.at(-1)!));
  }
  return results;
}

/** Homes of databases that this run may have running. */
const homes = new Set<string>();

async function main(): Promise<void> {
  const chosen = options();
  mkdirSync(chosen.work, { recursive: true });
  const imports = chosen.imports && !chosen.bareOnly ? await measureImports(chosen.work) : [];
  const measured: Measured[] = [];
  for (const size of chosen.sizes) measured.push(await measureSize(size, chosen));
  const result: BenchResult = {
    date: new Date().toISOString(),
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
    machine: measured[0]!.machine,
    effort: chosen.effort,
    sizes: measured.map((each) => each.result),
    imports,
  };
  if (chosen.json === undefined) return;
  mkdirSync(dirname(chosen.json), { recursive: true });
  writeFileSync(chosen.json, `${JSON.stringify(result, null, 1)}\n`);
  say(`\nWritten to ${chosen.json}; \`node bench/report.ts ${chosen.json}\` makes the page of it.`);
}

// Ctrl-C reaches the servers as well: what fails because of it is no news.
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, async () => {
    stopping = true;
    await stopChildren();
    for (const home of homes) await stopCluster(home);
    process.exit(130);
  });
await main().catch((error: unknown) => {
  if (!stopping) throw error;
});
