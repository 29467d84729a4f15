import type { FastifyRequest } from 'fastify';
import type { Identity, PersonIdentity } from '../../access/identity.ts';
import type { Proxies } from '../../access/proxies/proxies.ts';
import type { SecurityLog } from '../../access/security-log.ts';
import type { Clock } from '../../platform/clock.ts';
import type { NewId } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import type { Forms } from '../../web/forms/forms.ts';
import type { Shell } from '../../web/shell.ts';

export interface SharingNeeds {
  readonly shell: Shell;
  readonly forms: Forms;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly proxies: Proxies;
  readonly securityLog: SecurityLog;
  readonly actorOf: (request: FastifyRequest) => Actor;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** The one who asks, able to see and write everything, for what the product itself has checked. */
  readonly systemActor: (request: FastifyRequest) => Actor;
  /** Throws a Problem (401) where the person showed who they are too long ago. */
  readonly requireFresh: (request: FastifyRequest) => void;
}

type IdentityOf = SharingNeeds['identityOf'];

/** Whoever signed in as a person, not as staff. */
export function personOf(request: FastifyRequest, identityOf: IdentityOf): PersonIdentity {
  const identity = identityOf(request);
  if (!identity) throw problem('login', 'Sign in to see and change who sees your record.');
  if (identity.kind !== 'person')
    throw problem('forbidden', 'These choices are the person’s own. Staff cannot see or make them here.');
  return identity;
}

/** The same, with a record of their own. Choices are made by the person alone: no address names whose they are. */
export function ownerOf(
  request: FastifyRequest,
  identityOf: IdentityOf,
): PersonIdentity & { readonly patient: string } {
  const identity = personOf(request, identityOf);
  const { patient } = identity;
  if (patient === undefined)
    throw problem('forbidden', 'Your account is not linked to a health record yet. Link it first.');
  return { ...identity, patient };
}
