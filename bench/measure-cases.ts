import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case, Target } from './cases.ts';
import type { Generator } from './generator.ts';
import { type LoadRequest, resourcesIn } from './load-request.ts';
import { traceMemory } from './process-memory.ts';
import type { CaseResult } from './results.ts';
import type { Server } from './servers.ts';
import { type Round, type Rounds, summarise } from './summary.ts';

export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
}

/** The two sides of a comparison; the product may be left out to see the bare limits alone. */
export interface Sides {
  readonly product?: Server;
  readonly bare: Server;
}

/**
 * Measures one case: product, bare, product, bare … so that both meet the same moods of the machine. The first round
 * of each has a longer warm-up.
 */
export async function measureCase(
  test: Case,
  sides: Sides,
  generator: Generator,
  folder: string,
  effort: Effort,
): Promise<CaseResult> {
  mkdirSync(folder, { recursive: true });
  const fileFor = (side: 'product' | 'bare'): string => {
    const path = join(folder, `${test.name}-${side}.jsonl`);
    writeFileSync(path, test[side].map((request) => JSON.stringify(request)).join('\n'));
    return path;
  };
  const files = { product: fileFor('product'), bare: fileFor('bare') };
  const rounds: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
  const differs = test.same && sides.product ? await difference(test, sides.product, sides.bare) : undefined;
  let peak = 0;
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const side of ['product', 'bare'] as const) {
      const server = sides[side];
      if (server === undefined) continue;
      const traced = side === 'product' ? traceMemory(server.pid, 500) : () => [];
      const { authorization } = server;
      rounds[side].push(
        await generator.run({
          host: server.url.hostname,
          port: Number(server.url.port),
          requests: files[side],
          connections: test.connections,
          warmUp: round === 0 ? effort.warmUp * 2 : effort.warmUp,
          seconds: effort.seconds,
          ...(authorization === undefined ? {} : { authorization }),
        }),
      );
      peak = Math.max(peak, ...traced().map((sample) => sample.server));
    }
  }
  const bare = summarise(rounds.bare);
  const about = {
    name: test.name,
    title: test.title,
    connections: test.connections,
    target: test.target,
    ...(test.resources === undefined ? {} : { resources: test.resources }),
    bare,
    rounds,
  };
  if (rounds.product.length === 0) return about;
  const product = summarise(rounds.product);
  const share = product.perSecond.median / bare.perSecond.median;
  return {
    ...about,
    product,
    share,
    met: product.errors === 0 && differs === undefined && isMet(test.target, product, share),
    peakMemory: peak,
    ...(differs === undefined ? {} : { differs }),
  };
}

const isMet = (target: Target, product: Rounds, share: number): boolean =>
  'share' in target ? share >= target.share : product.p50 < target.p50;

/** Says where the two sides answer with other resources, or undefined. Looks at a few of the requests. */
async function difference(test: Case, product: Server, bare: Server): Promise<string | undefined> {
  for (let n = 0; n < test.product.length; n += Math.ceil(test.product.length / 10)) {
    const [ours, theirs] = await Promise.all([
      idsFrom(product, test.product[n]!),
      idsFrom(bare, test.bare[n]!),
    ]);
    if (ours.join() !== theirs.join())
      return `${test.product[n]!.path}: ${ours.length} resources, bare ${theirs.length}, not the same or not in the same order`;
  }
  return undefined;
}

async function idsFrom(server: Server, request: LoadRequest): Promise<readonly string[]> {
  const { authorization } = server;
  const response = await fetch(new URL(request.path, server.url), {
    headers: { accept: 'application/fhir+json', ...(authorization === undefined ? {} : { authorization }) },
  });
  return resourcesIn(await response.text()).map((resource) => resource.id);
}
