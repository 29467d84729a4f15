import type { CapabilityStatementRestSecurity } from '@medplum/fhirtypes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Actor } from '../actor.ts';
import type { CareRecord } from '../care-record.ts';
import type { Guides } from '../guides.ts';

/** What the FHIR routes need. */
export interface RestParts {
  readonly record: CareRecord;
  /** Who asks; throws a 401 or 403 where nobody may. */
  readonly actorOf: (request: FastifyRequest) => Actor | Promise<Actor>;
  /** Public address of the API, without a slash at the end: `https://example.org/fhir`. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** The profiles that $validate knows, and the CapabilityStatement tells. */
  readonly guides?: Guides | undefined;
  /** How clients show who they are, for the CapabilityStatement. Default: by a bearer token. */
  readonly security?: CapabilityStatementRestSecurity;
  readonly limits: {
    /** Largest body, in bytes. */
    readonly body: number;
  };
}

/** One interaction, for a caller that is known. */
export type Interaction = (
  parts: RestParts,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/** The parts of the path: `/:type/:id`. */
export function pathOf(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return request.params as Record<string, string | undefined>; // Fastify has it as unknown; these are strings
}
