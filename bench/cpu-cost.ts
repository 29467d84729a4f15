/**
 * Processor time a request, of the product and of the bare server: the figure that other work on the machine disturbs
 * least. Linux only.
 *   node bench/cpu-cost.ts [--size 100000] [--cases read,create] [--seconds 2] [--warm-up 1] [--work .data/bench] [--profile folder]
 * Needs the data that `npm run bench` has loaded with the same size and folder. --profile: the server's .cpuprofile goes there.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startCluster } from '../src/platform/cluster.ts';
import { prepareBare } from './bare-tables.ts';
import { type Case, casesFor } from './cases.ts';
import { dataSet } from './data.ts';
import { startGenerator } from './generator.ts';
import { personAt, planFor } from './population.ts';
import { processTime } from './process-time.ts';
import { databaseHome, startProduct } from './product.ts';
import { type Server, startBare } from './servers.ts';

const seed = 7;
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '100000' },
    cases: { type: 'string' },
    seconds: { type: 'string', default: '2' },
    'warm-up': { type: 'string', default: '1' },
    work: { type: 'string', default: '.data/bench' },
    profile: { type: 'string' },
  },
});
const size = Number(values.size);
const seconds = Number(values.seconds);
const warmUp = Number(values['warm-up']);
const work = resolve(values.work);
const wanted = values.cases?.split(',');

const home = join(work, `product-${size}-patient`);
const cluster = await startCluster(databaseHome(home));
const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
const [file] = await sql<{ text: string }[]>`select pg_read_file('postmaster.pid') as text`;
const postmaster = Number(file?.text.split('\n')[0]);
await sql.end();

const bare = await startBare(
  await prepareBare(cluster.url, dataSet(join(work, 'data'), size, 'patient', seed)),
);
if (values.profile !== undefined)
  process.env['NODE_OPTIONS'] =
    `--cpu-prof --cpu-prof-dir=${resolve(values.profile)} --cpu-prof-interval=200`;
const someone = `/fhir/Patient/${personAt(planFor(size, seed), 0).patient.id}`;
const { server: product } = await startProduct(home, someone);
delete process.env['NODE_OPTIONS'];
const generator = startGenerator();
mkdirSync(join(work, 'requests'), { recursive: true });

/** Microseconds a request by process, and the part of the machine that stood idle. */
async function costOf(test: Case, side: 'product' | 'bare', server: Server) {
  const path = join(work, 'requests', `${test.name}-${side}.jsonl`);
  writeFileSync(path, test[side].map((request) => JSON.stringify(request)).join('\n'));
  const { hostname: host, port } = server.url;
  const { connections } = test;
  const job = {
    ...{ host, port: Number(port), requests: path, connections, seconds },
    ...(server.authorization === undefined ? {} : { authorization: server.authorization }),
  };
  if (warmUp > 0) await generator.run({ ...job, warmUp: 0, seconds: warmUp });
  const before = processTime(server.pid, postmaster);
  const begun = performance.now();
  const round = await generator.run({ ...job, warmUp: 0 });
  const took = (performance.now() - begun) / 1000;
  const after = processTime(server.pid, postmaster);
  const each = (time: number): number => (time * 1e6) / round.requests;
  return {
    rate: round.perSecond,
    p50: round.p50,
    errors: round.errors,
    node: each(after.server - before.server),
    database: each(after.database - before.database),
    generator: each(round.generatorCpu * round.seconds),
    idle: (after.idle - before.idle) / took / 2,
  };
}

const show = (one: Awaited<ReturnType<typeof costOf>>): string =>
  [
    one.rate.toFixed(0).padStart(7),
    one.p50.toFixed(2).padStart(7),
    one.node.toFixed(0).padStart(6),
    one.database.toFixed(0).padStart(6),
    one.generator.toFixed(0).padStart(5),
    `${(one.idle * 100).toFixed(0)}%`.padStart(5),
  ].join(' ');

console.log(
  `${''.padEnd(18)} ${'rate     p50   node     db   gen  idle |'.padStart(42)}${'bare    p50   node     db   gen  idle |'.padStart(44)} share   cpu`,
);
for (const test of casesFor(size, seed)) {
  if (wanted !== undefined && !wanted.includes(test.name)) continue;
  const ours = await costOf(test, 'product', product);
  const theirs = await costOf(test, 'bare', bare);
  const whole = (one: typeof ours): number => one.node + one.database + one.generator;
  console.log(
    `${test.name.padEnd(18)} ${show(ours)} | ${show(theirs)} | ${(ours.rate / theirs.rate).toFixed(2)}  ${(whole(theirs) / whole(ours)).toFixed(2)}${ours.errors > 0 ? ` ${ours.errors} ERRORS` : ''}`,
  );
}
generator.stop();
await bare.stop();
await product.stop();
await cluster.stop();
