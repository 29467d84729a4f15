/** What lines carry, for programs: JSON, refusals too. */
import type { FastifyInstance } from 'fastify';
import { problemOf } from '../../../platform/map-errors.ts';
import { problem } from '../../../platform/problem.ts';
import type { Capability } from '../model.ts';
import { rulesAsJson } from './published-rules.ts';
import { requireSite, type WhoNeeds } from './who-sees.ts';

export interface CapabilityApiNeeds extends WhoNeeds {
  readonly clock: { readonly now: () => number };
  readonly judgement: Pick<Capability, 'siteCapability'>;
}

interface Asked {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly at?: unknown };
}

/** Of requests without a body. */
const bodyLimit = 1024;

export const capabilityApi = (needs: CapabilityApiNeeds) => async (app: FastifyInstance) => {
  const { judgement, clock } = needs;
  app.setErrorHandler((error, request, reply) => {
    const found = problemOf(error, bodyLimit);
    if (!found) request.log.error({ err: error }, 'what a line carries could not be told');
    const { status, faults, headers } = found ?? problem('exception', 'Something went wrong on our side.');
    return reply
      .code(status)
      .headers(headers)
      .send({ error: faults.map(({ message, where }) => ({ message, ...(where ? { where } : {}) })) });
  });

  app.get('/lines/api/rules', async () => rulesAsJson);

  app.get<Asked>('/lines/api/sites/:id/capability', async (request) => {
    const { id } = request.params;
    await requireSite(needs, request, id);
    return judgement.siteCapability(id, momentOf(request.query.at, clock.now()));
  });
};

/** A moment that someone asks about: ISO 8601 with a zone. Throws a Problem (400) for another text. */
function momentOf(text: unknown, now: number): number {
  if (text === undefined || text === '') return now;
  const isMoment = typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isMoment ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw problem('value', '“at” is a moment with its zone: 2026-11-23T09:00:00Z.', {
    ...{ status: 400, where: 'http.query.at' },
  });
}
