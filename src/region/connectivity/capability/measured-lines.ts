/**
 * The measured line that a member of staff is on, for pages that move less on a slow one. A page must not wait for it: what
 * is not known yet is asked for meanwhile, and the next page knows.
 */
import type { FastifyRequest } from 'fastify';
import type { Line, LineOf } from '../../../web/low-data.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Capability, Register } from '../model.ts';

export interface MeasuredNeeds extends Pick<RoomNeeds, 'identityOf' | 'clock' | 'log'> {
  readonly judgement: Pick<Capability, 'capabilities'>;
  readonly sitesOf: Register['sitesOf'];
}

interface Kept {
  readonly line: Line | undefined;
  readonly until: number;
}

const keptFor = 10 * 60_000;
const mostKept = 5_000;

export function measuredLines({ identityOf, clock, log, judgement, sitesOf }: MeasuredNeeds): LineOf {
  const kept = new Map<string, Kept>();

  const ask = async (organisation: string): Promise<void> => {
    const now = clock.now();
    const sites = await sitesOf(organisation);
    const found = await judgement.capabilities(sites, now);
    // Who of several sites they are at is not known: their lines are told only where all are slow, by the best of each.
    const lines = [...found.values()].map(({ basis, line }) =>
      basis === 'hour' || basis === 'week' ? line : undefined,
    );
    const isKnown = lines.length > 0 && lines.every((line) => line !== undefined);
    const best = (of: 'down' | 'up') =>
      Math.max(...lines.map((line) => line?.[of] ?? Number.POSITIVE_INFINITY));
    const trip = Math.min(...lines.map((line) => line?.idle ?? 0));
    kept.set(organisation, {
      until: now + keptFor,
      line: isKnown ? { down: best('down'), up: best('up'), roundTrip: trip } : undefined,
    });
  };

  return (request: FastifyRequest) => {
    const identity = identityOf(request);
    if (identity?.kind !== 'staff') return undefined;
    const { organisation } = identity.post;
    const known = kept.get(organisation);
    if (!known || known.until <= clock.now()) {
      if (kept.size >= mostKept) kept.clear();
      // Nobody asks twice meanwhile; where it fails, the old answer stands for a while.
      kept.set(organisation, { line: known?.line, until: clock.now() + 60_000 });
      ask(organisation).catch((error: unknown) =>
        log.warn({ err: error }, 'the line of a site could not be looked up'),
      );
    }
    return known?.line;
  };
}
