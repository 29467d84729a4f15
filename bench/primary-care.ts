/**
 * The national peak of primary care: whole journeys over the product’s own pages, beside a bare server that reads and writes the
 * same rows, and the first byte of a queue of 5,000 open requests.
 *   npm run bench primary-care -- [--minutes 5 | --seconds 20] [--at-once 16] [--together 24]
 *     [--practices 8] [--patients 24] [--queue 5000] [--processes 2] [--work .data/bench-care] [--json file] [--no-bare]
 * Never ends with an error because something was slow; it does where something was lost or doubled.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { openAccounts } from '../src/access/accounts/accounts.ts';
import { openSecurityLog } from '../src/access/security-log.ts';
import { systemClock } from '../src/platform/clock.ts';
import { startCluster, stopCluster } from '../src/platform/cluster.ts';
import { openDatabase } from '../src/platform/database.ts';
import { uuidv7 } from '../src/platform/ids.ts';
import { createLog } from '../src/platform/log.ts';
import { openSettings } from '../src/services/appointments/settings.ts';
import { addDays, localMoment } from '../src/web/dates.ts';
import { describeMachine } from './machine.ts';
import { bareSteps, type StepCost } from './primary-care-bare-steps.ts';
import { checkJourneys } from './primary-care-check.ts';
import { steps, type Who } from './primary-care-journey.ts';
import type { Done, LoadAnswer, LoadJob } from './primary-care-load.ts';
import { stepTable, summary } from './primary-care-report.ts';
import { type World, worldOf } from './primary-care-world.ts';
import { processTime } from './process-time.ts';
import { benchSecret, databaseHome, importInto, startProduct } from './product.ts';
import { type Server, stopChildren, stopProcess, watched } from './servers.ts';

const say = (text: string): void => console.log(text);

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    minutes: { type: 'string' },
    'at-once': { type: 'string', default: '16' },
    together: { type: 'string', default: '24' },
    practices: { type: 'string' },
    patients: { type: 'string', default: '24' },
    queue: { type: 'string', default: '5000' },
    processes: { type: 'string', default: '2' },
    work: { type: 'string', default: '.data/bench-care' },
    json: { type: 'string' },
    'no-bare': { type: 'boolean', default: false },
  },
});
const number = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} must be a number, not ${text}`);
};
const seconds =
  flags.minutes === undefined ? number('seconds', flags.seconds) : 60 * number('minutes', flags.minutes);
const atOnce = number('at-once', flags['at-once']);
const together = number('together', flags.together);
const queueSize = number('queue', flags.queue);
/** A practice has some 420 times in the two weeks that are offered; a machine of two cores takes fewer than 50 journeys a second. */
const practices = number(
  'practices',
  flags.practices ?? String(Math.max(8, Math.ceil((seconds * 50) / 350))),
);
const work = resolve(flags.work);
const home = join(work, 'product');

/** Resources by the import command, sessions and diaries by the product's own parts. */
async function prepare(world: World): Promise<void> {
  const file = join(work, 'world.ndjson');
  const out = createWriteStream(file);
  let resources = 0;
  for (const resource of world.resources()) {
    resources += 1;
    if (!out.write(`${JSON.stringify(resource)}\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  say(`Loading ${resources} resources: ${practices} practices, and one with ${queueSize} open requests…`);
  await importInto(home, { name: 'the world of the benchmark', paths: [file], resources });
}

/** Sessions by the accounts' own code, as signing in makes them. */
async function signIn(url: string, world: World, baseUrl: string) {
  const database = await openDatabase({ url });
  const newId = uuidv7(systemClock);
  const log = createLog({ level: 'warn' });
  const securityLog = openSecurityLog(database, systemClock);
  const accounts = openAccounts({
    ...{ database, clock: systemClock, newId, log, securityLog, baseUrl },
    secrets: [Buffer.from(benchSecret, 'base64')],
  });
  const settings = openSettings(database, systemClock);
  const session = async (account: string): Promise<string> => {
    const { setCookies } = await accounts.startSession(account, 'demonstration', {
      ...{ requestId: newId(), address: '127.0.0.1', userAgent: 'benchmark' },
    });
    return setCookies
      .map((line) => line.split(';', 1)[0] ?? '')
      .filter((pair) => !pair.endsWith('='))
      .join('; ');
  };
  const day = addDays(localMoment(systemClock.now()).key, 13).split('-') as [string, string, string]; // 2026-12-05
  const who: Who[] = [];
  try {
    const gpCookies = new Map<string, string>();
    for (const { id, gp, template } of [...world.practices, world.busy]) {
      await settings.saveTemplate(template, undefined);
      const user = `Practitioner/${gp}`;
      const account = await accounts.createAccount({ kind: 'staff', name: template.practitionerName, user });
      await accounts.addPost(account, {
        ...{ role: 'gp', organisation: `Organization/${id}`, organisationKinds: ['general-practice'] },
        parties: [`Organization/${id}`, user, `PractitionerRole/${gp}`],
      });
      gpCookies.set(id, await session(account));
    }
    // A patient of each practice in turn, so that those at once are of different practices.
    for (let i = 0; i < (world.practices[0]?.patients.length ?? 0); i += 1)
      for (const { id, gp, patients } of world.practices) {
        const patient = patients[i]!;
        const account = await accounts.createAccount({ kind: 'person', name: patient });
        await accounts.linkPatient(account, patient, 'P9');
        who.push({
          ...{ practice: id, gp, gpCookie: gpCookies.get(id) ?? '', patient },
          ...{ patientCookie: await session(account), until: day },
        });
      }
    return { who, busyCookie: gpCookies.get(world.busy.id) ?? '' };
  } finally {
    await database.close();
  }
}

function startLoad() {
  const child = watched(fork(join(import.meta.dirname, 'primary-care-load.ts')));
  return {
    run: async (job: LoadJob): Promise<LoadAnswer> => {
      child.send(job);
      const [answer] = (await once(child, 'message')) as [LoadAnswer]; // see primary-care-load.ts
      if (answer.error !== undefined) throw new Error(`the load generator failed: ${answer.error}`);
      return answer;
    },
    stop: () => stopProcess(child),
  };
}

async function startBareCare(databaseUrl: string): Promise<Server> {
  const child = watched(
    spawn(process.execPath, [join(import.meta.dirname, 'primary-care-bare.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production', BARE_DATABASE_URL: databaseUrl },
    }),
  );
  for await (const line of createInterface({ input: child.stdout }))
    return { pid: child.pid!, url: new URL(line), stop: () => stopProcess(child) };
  throw new Error('the bare server ended before it listened');
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** What a start makes in the background (diaries 20 s after it, figures at once) is no part of a journey. */
async function settled(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const until = performance.now() + 180_000;
  try {
    for (let quiet = 0; quiet < 3 && performance.now() < until; ) {
      const [row] = await sql`
        select (select count(*) from job where state in ('waiting', 'running'))::int as busy,
          (select count(*) from job where kind = 'appointments-generate')::int as generated`;
      quiet = row?.['busy'] === 0 && Number(row['generated']) > 0 ? quiet + 1 : 0;
      await wait(500);
    }
  } finally {
    await sql.end();
  }
}

async function main(): Promise<void> {
  mkdirSync(work, { recursive: true });
  await stopCluster(databaseHome(home));
  rmSync(home, { recursive: true, force: true });
  const world = worldOf({
    ...{ practices, queue: queueSize, now: systemClock.now() },
    patientsEach: number('patients', flags.patients),
  });
  await prepare(world);
  const cluster = await startCluster(databaseHome(home));
  const load = startLoad();
  let server: Server | undefined;
  try {
    const machine = await describeMachine(cluster.url);
    const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
    await sql.unsafe('vacuum (analyze)');
    const [pidFile] = await sql<{ file: string }[]>`select pg_read_file('postmaster.pid') as file`;
    await sql.end();
    const databasePid = Number(pidFile?.file.split('\n')[0]);
    ({ server } = await startProduct(home, '/health/ready', { PROCESSES: flags.processes }));
    const { who, busyCookie } = await signIn(cluster.url, world, server.url.origin);
    say('Waiting until what a start makes in the background is done…');
    await settled(cluster.url);
    const { url, pid } = server;
    const measured = async (job: LoadJob) => {
      const before = processTime(pid, databasePid);
      const answer = await load.run(job);
      const after = processTime(pid, databasePid);
      return {
        answer,
        server: after.server - before.server,
        database: after.database - before.database,
      };
    };

    // The queue of a practice with thousands open: the first look projects, later ones are those that count.
    await load.run({ kind: 'page', origin: url.origin, path: '/triage', cookie: busyCookie, times: 5 });
    const queue = await measured({
      ...{ kind: 'page', origin: url.origin, path: '/triage', cookie: busyCookie, times: 40 },
    });
    const firstBytes = [...(queue.answer.firstBytes ?? [])].sort((a, b) => a - b);

    // Warm: the same journeys once, not counted; then step by step, so that each page's own cost is told.
    const done: Done[] = [];
    const failed: string[] = [];
    let first = 1;
    const costs: StepCost[] = [];
    for (const round of ['warm', 'counted']) {
      const some = who.slice(0, together);
      await load.run({ kind: 'begin', origin: url.origin, who: some, first });
      first += some.length;
      for (const [index, { name }] of steps.entries()) {
        const cost = await measured({ kind: 'step', step: index, atOnce: 8 });
        if (cost.answer.failed?.length) throw new Error(cost.answer.failed[0]);
        if (round === 'counted')
          costs.push({
            name,
            server: cost.server / some.length,
            database: cost.database / some.length,
            bytes: Math.round((cost.answer.bytes ?? 0) / some.length),
          });
        if (index === steps.length - 1) done.push(...(cost.answer.done ?? []));
      }
    }

    // Whole journeys, as fast as they go.
    await load.run({ kind: 'begin', origin: url.origin, who, first });
    const pace = await measured({ kind: 'run', seconds, atOnce });
    done.push(...(pace.answer.done ?? []));
    failed.push(...(pace.answer.failed ?? []));
    const checked = await checkJourneys(server, done, failed.length);
    await server.stop();
    server = undefined;

    const bare = flags['no-bare']
      ? undefined
      : await bareSteps(await startBareCare(cluster.url), databasePid, costs, {
          together: 200,
          seconds: 5,
          atOnce,
        });

    const finishedHere = pace.answer.done ?? [];
    const result = {
      date: new Date().toISOString(),
      machine,
      queue: {
        ...{ open: queueSize, half: at(firstBytes, 0.5), most: at(firstBytes, 0.95) },
        ...{ server: queue.server / 40, database: queue.database / 40, bytes: queue.answer.bytes ?? 0 },
      },
      steps: costs,
      pace: {
        ...{ seconds: pace.answer.seconds ?? 0, journeys: finishedHere.length, atOnce },
        ...{ failed: failed.length, full: finishedHere.filter(({ isFull }) => isFull).length },
        ...{ server: pace.server, database: pace.database, generator: pace.answer.own ?? 0 },
        stepTimes: steps.map((_, i) => {
          const times = finishedHere.map(({ took }) => took[i] ?? 0).sort((a, b) => a - b);
          return { half: at(times, 0.5), most: at(times, 0.95) };
        }),
      },
      checked,
      ...(bare ? { bare } : {}),
    };
    say(stepTable(result));
    say(summary(result));
    for (const text of failed.slice(0, 5)) say(`  failed: ${text}`);
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(result, null, 1)}\n`);
    if (checked.faults.length > 0) process.exitCode = 1;
  } finally {
    await server?.stop();
    await load.stop();
    await cluster.stop();
    await stopCluster(databaseHome(home));
  }
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, async () => {
    stopping = true;
    await stopChildren();
    await stopCluster(databaseHome(home));
    process.exit(130);
  });
await main().catch((error: unknown) => {
  if (!stopping) throw error;
});
