/** What governance's pages share: what they need, who may open them, and names of patients. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { AuditQuestions } from '../../access/audit-questions/audit-questions.ts';
import type { Emergencies } from '../../access/emergency/emergencies.ts';
import type { Identity, StaffIdentity } from '../../access/identity.ts';
import { mayDo, type RoleAction } from '../../access/roles.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { patientIds } from '../../record/audit-events/people.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import type { Key } from '../../record/keys.ts';
import type { AuditRow } from '../../record/statement.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import type { Shell } from '../../web/shell.ts';
import type { Findings } from './findings.ts';

export interface GovernanceNeeds {
  readonly shell: Shell;
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly findings: Findings;
  readonly questions: AuditQuestions;
  readonly emergencies: Pick<Emergencies, 'toReview' | 'review'>;
  readonly audit: (rows: readonly AuditRow[]) => Promise<unknown>;
  readonly clock: Clock;
  readonly actorOf: (request: FastifyRequest) => Actor;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** The server itself, in this request. */
  readonly systemOf: (request: FastifyRequest) => Actor;
}

export interface Reviewer {
  readonly identity: StaffIdentity;
  readonly actor: Actor;
}

/** The reviewer. Throws 401 without a sign-in, 403 for anyone else; the server keeps refusals in the audit log. */
export function reviewerOf(needs: GovernanceNeeds, request: FastifyRequest, action: RoleAction): Reviewer {
  const actor = needs.actorOf(request);
  const identity = needs.identityOf(request);
  if (!identity) throw problem('login', 'Sign in to open this page.');
  if (identity.kind === 'staff' && mayDo(identity.post.role, action)) return { identity, actor };
  throw problem('forbidden', 'Your role does not review access to records.');
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Patients by shard key, with the names that the reviewer may see; each is read, and logged, as theirs. */
export async function patientsOf(
  { database, record, clock }: GovernanceNeeds,
  actor: Actor,
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, Named>> {
  const ids = await patientIds(
    database.pool,
    keys.filter((key) => key !== '0'),
  );
  const named = await Promise.all(
    [...ids].map(async ([key, id]) => [key, { id, name: await nameOf(record, clock, actor, id) }] as const),
  );
  return new Map(named);
}

export async function nameOf(record: CareRecord, clock: Clock, actor: Actor, id: string): Promise<string> {
  const stored = await record.read(actor, 'Patient', id).catch(() => undefined); // deleted: known by its id alone
  if (!stored?.body) return `Patient ${id}`;
  return plainName(chooseName(resourceOf<Patient>(stored).name, localMoment(clock.now()).key));
}

export const firstText = (value: unknown): string => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.replaceAll('\r\n', '\n').trim() : '';
};

/** The address with parameters changed; an undefined one is taken out. */
export function addressOf(
  request: FastifyRequest,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const [path = '/', query] = request.url.split('?');
  const pairs = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) pairs.delete(name);
    else pairs.set(name, value);
  }
  return pairs.size > 0 ? `${path}?${pairs}` : path;
}
