/** The bare server's cost of each step of a journey, and the journeys a second that it comes to. */
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { pagesOver, steps } from './primary-care-journey.ts';
import { processTime } from './process-time.ts';
import type { Server } from './servers.ts';

export interface StepCost {
  readonly name: string;
  /** Seconds of processor time, each. */
  readonly server: number;
  readonly database: number;
  /** Of the page. */
  readonly bytes: number;
}
export interface BareResult {
  readonly steps: readonly StepCost[];
  readonly journeys: number;
  readonly seconds: number;
}

const isPost = (name: string): boolean => /: (send|choose)/.test(name);

export async function bareSteps(
  server: Server,
  databasePid: number,
  product: readonly StepCost[],
  {
    together,
    seconds,
    atOnce,
  }: { readonly together: number; readonly seconds: number; readonly atOnce: number },
): Promise<BareResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const pages = pagesOver(server.url, agent);
  const step = async (index: number, id: string, n: number): Promise<void> => {
    const { name, bytes } = product[index]!;
    const query = new URLSearchParams({ step: name, id, n: String(n), bytes: String(bytes) });
    const path = `/step?${query}`;
    const answer = isPost(name)
      ? await pages.post(path, '', [['words', 'x'.repeat(200)]])
      : await pages.get(path, '');
    if (answer.status !== 200) throw new Error(`bare ${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
  };
  try {
    const costs: StepCost[] = [];
    for (const round of ['warm', 'counted']) {
      const ids = Array.from({ length: together }, () => randomUUID());
      for (const [index, { name }] of steps.entries()) {
        const before = processTime(server.pid, databasePid);
        let next = 0;
        const one = async (): Promise<void> => {
          for (let mine = next++; mine < ids.length; mine = next++) await step(index, ids[mine]!, mine);
        };
        await Promise.all(Array.from({ length: 8 }, one));
        const after = processTime(server.pid, databasePid);
        if (round === 'counted')
          costs.push({
            ...{ name, bytes: product[index]!.bytes, server: (after.server - before.server) / together },
            database: (after.database - before.database) / together,
          });
      }
    }
    const begun = performance.now();
    let journeys = 0;
    const worker = async (mine: number): Promise<void> => {
      for (let n = mine; performance.now() - begun < seconds * 1000; n += atOnce) {
        const id = randomUUID();
        for (const index of steps.keys()) await step(index, id, n);
        journeys += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, (_, mine) => worker(mine)));
    return { steps: costs, journeys, seconds: (performance.now() - begun) / 1000 };
  } finally {
    agent.destroy();
    await server.stop();
  }
}
