/**
 * The load generator, in a process of its own. Each connection sends its next request when the last is answered.
 *   node bench/load.ts --url http://127.0.0.1:8080 --requests list.jsonl [--connections 16] [--seconds 3]
 *     [--rounds 3] [--warm-up 1] [--authorization 'Bearer …']
 * Forked, it takes one LoadJob at a time as a message and answers with a Round.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openConnection, type Prepared, type Work } from './connection.ts';
import { type LoadRequest, wireForm } from './load-request.ts';
import { percentile, type Round, summarise } from './summary.ts';

export interface LoadJob {
  readonly host: string;
  readonly port: number;
  /** Path of a file of LoadRequests, one to a line. */
  readonly requests: string;
  readonly connections: number;
  /** Seconds before the measured ones, and the measured ones. */
  readonly warmUp: number;
  readonly seconds: number;
  readonly authorization?: string;
}

/** What the forked generator answers. */
export type LoadAnswer = { readonly round: Round } | { readonly error: string };

/** One answer in this many is parsed and looked into. */
const thoroughEach = 50;

function prepare(job: LoadJob): readonly Prepared[] {
  const lines = readFileSync(job.requests, 'utf8').split('\n').filter(Boolean);
  if (lines.length === 0) throw new Error(`${job.requests} holds no request`);
  return lines.map((line) => {
    const request = JSON.parse(line) as LoadRequest; // written by this benchmark
    return { bytes: wireForm(request, `${job.host}:${job.port}`, job.authorization), request };
  });
}

/** Warms up, then measures one round. Rejects only where the server cannot be reached at the start. */
export async function runRound(job: LoadJob): Promise<Round> {
  const prepared = prepare(job);
  let turn = 0;
  let deadline = 0;
  let latencies: number[] = [];
  let errors = 0;
  let firstError: string | undefined;
  let received = 0;
  let busy = 0;
  let settled: () => void = () => {};

  const work: Work = {
    next: () => (performance.now() < deadline ? prepared[turn++ % prepared.length] : undefined),
    thorough: () => turn % thoroughEach === 1,
    record: (latency, bytes, fault) => {
      latencies.push(latency);
      received += bytes;
      if (fault === undefined) return;
      errors += 1;
      firstError ??= fault;
    },
    idle: () => {
      busy -= 1;
      if (busy === 0) settled();
    },
  };
  const connections = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job.host, job.port, work)),
  );

  /** Runs all connections for a while; gives the seconds until the last answer was there. */
  const phase = async (seconds: number): Promise<number> => {
    latencies = [];
    received = 0;
    busy = connections.length;
    const start = performance.now();
    deadline = start + seconds * 1000;
    await new Promise<void>((resolve) => {
      settled = resolve;
      for (const connection of connections) connection.go();
    });
    return (performance.now() - start) / 1000;
  };

  if (job.warmUp > 0) await phase(job.warmUp);
  const before = process.cpuUsage();
  const seconds = await phase(job.seconds);
  const cpu = process.cpuUsage(before);
  for (const connection of connections) connection.close();

  const sorted = Float64Array.from(latencies).sort();
  return {
    requests: sorted.length,
    errors,
    ...(firstError === undefined ? {} : { firstError }),
    seconds,
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
    bytes: received,
    generatorCpu: (cpu.user + cpu.system) / 1e6 / seconds,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      requests: { type: 'string' },
      connections: { type: 'string', default: '16' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '1' },
      authorization: { type: 'string' },
    },
  });
  if (values.url === undefined || values.requests === undefined)
    throw new Error('Give --url http://host:port and --requests file.jsonl');
  const url = new URL(values.url);
  const job: LoadJob = {
    host: url.hostname,
    port: Number(url.port || 80),
    requests: values.requests,
    connections: Number(values.connections),
    warmUp: Number(values['warm-up']),
    seconds: Number(values.seconds),
    ...(values.authorization === undefined ? {} : { authorization: values.authorization }),
  };
  const rounds: Round[] = [];
  while (rounds.length < Number(values.rounds)) rounds.push(await runRound(job));
  console.log(JSON.stringify({ rounds, summary: summarise(rounds) }, null, 2));
}

if (import.meta.main) {
  if (process.send) {
    process.on('SIGINT', () => {}); // the benchmark says when to end
    process.on('disconnect', () => process.exit());
    process.on('message', (job: LoadJob) => {
      const answer = (message: LoadAnswer): void => {
        process.send?.(message);
      };
      runRound(job).then(
        (round) => answer({ round }),
        (error: unknown) => answer({ error: String(error) }),
      );
    });
  } else await main();
}
