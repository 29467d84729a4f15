/**
 * A probe: measures a line now and then, tells each minute that it lives, keeps what it cannot hand over and hands it over
 * later, under the same ids. It sends nothing that it has not first put on the disk, and drops nothing that was not taken.
 */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../../../platform/clock.ts';
import { systemRandom, uuidv7 } from '../../../platform/ids.ts';
import { type LineTestPlan, testLine } from './line-test.ts';
import type { Kept, Moment, ProbeFolder } from './probe-folder.ts';
import { measureLoss } from './probe-loss.ts';

export interface ProbeNeeds {
  /** `https://lines.example.org` */
  readonly server: string;
  readonly site: string;
  readonly token: string;
  readonly folder: ProbeFolder;
  /** A line for the log of the machine. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
  readonly moments?: () => Moment;
  /** At least 0, below 1. */
  readonly random?: () => number;
  /** Between signs of life. */
  readonly beatMs?: number;
}

export interface Probe {
  /** Measures once, if it may; `asked` by a person: also while a clinic is on the line. Answers whether it did. */
  readonly measure: (options?: { readonly asked?: boolean }) => Promise<boolean>;
  /** Hands over what waits; answers whether nothing is left. */
  readonly handOver: () => Promise<boolean>;
  readonly beat: () => Promise<boolean>;
  /** Until the signal. */
  readonly run: () => Promise<void>;
}

const go = z.union([
  z.object({
    go: z.literal(true),
    everyMinutes: z.number().positive(),
    plan: z.object({
      ...{ download: z.string(), upload: z.string(), pulse: z.string(), seconds: z.number() },
      mostBytes: z.number().optional(),
    }),
    udp: z.object({ port: z.number(), until: z.number(), key: z.string() }).optional(),
  }),
  z.object({
    ...{ go: z.literal(false), why: z.string(), againMinutes: z.number().positive() },
    everyMinutes: z.number().positive(),
  }),
]);
const taken = z.object({
  refused: z.array(z.object({ index: z.number(), faults: z.array(z.object({ message: z.string() })) })),
});

const newId = uuidv7(systemClock);
/** At least 0, below 1. */
function chance(): number {
  const bytes = new Uint8Array(4);
  systemRandom(bytes);
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}

const minute = 60_000;
const atOnce = 500;
/** Where the server has never yet said. */
const usualMinutes = 240;

/** This machine's run: told apart from the one before, so that its ticks are never compared with another's. */
function systemMoments(): () => Moment {
  let boot: string | undefined;
  try {
    boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    boot = undefined; // not Linux: ticks of this process alone
  }
  const own = newId();
  return () => ({
    wall: systemClock.now(),
    run: boot ?? own,
    ticks: Math.round(boot === undefined ? performance.now() : uptime() * 1000),
  });
}

/** How long to wait for the next of events that come at random, so often on average: an exponential time, cut at both ends. */
export function untilNext(meanMinutes: number, random: () => number): number {
  const minutes = -Math.log(1 - random()) * meanMinutes;
  return Math.round(Math.min(Math.max(minutes, meanMinutes / 10), meanMinutes * 4) * minute);
}

class Refused extends Error {}

export function openProbe(needs: ProbeNeeds): Probe {
  const { server, token, site, folder, tell, signal } = needs;
  const { moments = systemMoments(), random = chance, beatMs = minute } = needs;
  let nextEvery = usualMinutes;

  const ask = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${server}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    const words = `The server answered ${answer.status}: ${text.slice(0, 300)}`;
    if (answer.status === 401 || answer.status === 404)
      throw new Refused(`${words} Check --server, --site and --token; results are kept until it takes them.`);
    throw new Error(words);
  };
  const ageOf = (at: Moment, now: Moment): { age?: number } =>
    at.run === now.run && now.ticks >= at.ticks ? { age: now.ticks - at.ticks } : {};

  /** Whether the server was reached; what it said of the token is told. */
  const reached = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (error instanceof Refused) tell(error.message);
      if (folder.cutSince() === undefined && !(error instanceof Refused)) {
        folder.setCut(moments());
        tell(
          `The server cannot be reached (${error instanceof Error ? error.message : 'no answer'}). Results are kept.`,
        );
      }
      return false;
    }
  };
  /** A time without the server is over: it is told like a result, so that it survives everything a result does. */
  const noteBack = () => {
    const since = folder.cutSince();
    if (since === undefined) return;
    const now = moments();
    const lasted = ageOf(since, now).age ?? Math.max(0, now.wall - since.wall);
    folder.put({ kind: 'cut', at: since, cut: { started: since.wall, ended: since.wall + lasted } });
    folder.setCut(undefined);
    tell('The server is there again.');
  };

  const sendReadings = async (
    list: readonly { file: string; entry: Extract<Kept, { kind: 'reading' }> }[],
  ) => {
    const now = moments();
    const readings = list.map(({ entry }) => ({ ...entry.reading, ...ageOf(entry.at, now) }));
    const { refused } = taken.parse(await ask('/lines/api/readings', { sentAt: now.wall, readings }));
    const aside = new Set<string>();
    for (const { index, faults } of refused) {
      const file = list[index]?.file;
      if (file === undefined) continue;
      aside.add(file);
      tell(`The server does not take ${file}, it is set aside: ${faults[0]?.message ?? 'no reason given'}`);
    }
    folder.setAside([...aside]);
    folder.drop(list.flatMap(({ file }) => (aside.has(file) ? [] : [file])));
  };
  const sendCuts = async (list: readonly { file: string; entry: Extract<Kept, { kind: 'cut' }> }[]) => {
    const now = moments();
    const cuts = list.map(({ entry }) => ({ ...entry.cut, ...ageOf(entry.at, now) }));
    await ask('/lines/api/beat', { sentAt: now.wall, cuts });
    folder.drop(list.map(({ file }) => file));
  };
  const handOverAll = async (): Promise<boolean> => {
    for (;;) {
      const waiting = folder.waiting(atOnce);
      if (waiting.length === 0) return true;
      const readings = waiting.flatMap(({ file, entry }) =>
        entry.kind === 'reading' ? [{ file, entry }] : [],
      );
      const cuts = waiting.flatMap(({ file, entry }) => (entry.kind === 'cut' ? [{ file, entry }] : []));
      const done = await reached(async () => {
        if (readings.length > 0) await sendReadings(readings);
        if (cuts.length > 0) await sendCuts(cuts);
      });
      if (!done) return false;
    }
  };

  let handing: Promise<boolean> | undefined;
  /** One at a time: two would send the same. */
  const handOver = (): Promise<boolean> => {
    handing ??= handOverAll().finally(() => {
      handing = undefined;
    });
    return handing;
  };

  let again = usualMinutes;
  const measure: Probe['measure'] = async ({ asked = false } = {}) => {
    let answer: z.infer<typeof go> | undefined;
    const isThere = await reached(async () => {
      answer = go.parse(await ask('/lines/api/go', { site, asked }));
    });
    again = Math.min(10, nextEvery);
    if (!isThere || !answer) return false;
    noteBack();
    nextEvery = answer.everyMinutes;
    if (!answer.go) {
      again = answer.againMinutes;
      tell(`No test now: ${answer.why}`);
      return false;
    }
    again = nextEvery;
    const at = moments();
    const { plan, udp } = answer;
    const ways = new URL(server);
    const loss = udp && (await measureLoss({ ...udp, host: ways.hostname }).catch(() => undefined));
    const result = await testLine(onServer(plan, ways), { signal });
    if (signal.aborted) return false;
    const { bytes, cutShort, ...figures } = result;
    if (Object.keys(figures).length === 0 && loss === undefined) {
      tell('The line was lost before anything could be measured.');
      again = Math.min(10, nextEvery);
      return false;
    }
    const reading = {
      ...{ id: newId(), started: at.wall, bytes, ...figures },
      ...(cutShort ? { cutShort } : {}),
      ...(loss === undefined ? {} : { loss }),
    };
    folder.put({ kind: 'reading', at, reading });
    const speed = (value: number | undefined) => (value === undefined ? 'not measured' : `${value} Mbit/s`);
    tell(
      `Measured ${site}: download ${speed(result.down)}, upload ${speed(result.up)}${cutShort ? ' (the line was lost)' : ''}.`,
    );
    await handOver();
    return true;
  };

  const beat = async (): Promise<boolean> => {
    const alive = await reached(() => ask('/lines/api/beat', { sentAt: moments().wall }));
    if (!alive) return false;
    noteBack();
    await handOver();
    return true;
  };

  return {
    ...{ measure, handOver, beat },
    async run() {
      const beats = (async () => {
        while (!signal.aborted) {
          await beat();
          await pause(beatMs, undefined, { signal }).catch(() => {});
        }
      })();
      // Probes that were started together must not measure together.
      again = Math.min(30, nextEvery);
      while (!signal.aborted) {
        await pause(untilNext(again, random), undefined, { signal }).catch(() => {});
        if (!signal.aborted) await measure();
      }
      await beats;
    },
  };
}

function onServer(plan: LineTestPlan, server: URL): LineTestPlan {
  const at = (path: string) => new URL(path, server.origin.replace(/^http/, 'ws')).href;
  const { download, upload, pulse } = plan;
  return { ...plan, download: at(download), upload: at(upload), pulse: at(pulse) };
}
