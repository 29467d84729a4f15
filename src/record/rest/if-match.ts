import type { FastifyRequest } from 'fastify';
import { Problem, problem } from '../../platform/problem.ts';
import type { Actor } from '../actor.ts';
import type { CareRecord, Stored } from '../care-record.ts';
import { noVersion, readIfMatch } from './etags.ts';

const mostTries = 8;

/** The version that If-Match demands; throws 412 where no version can have it, 400 where it is malformed. */
export function demandedVersion(request: FastifyRequest): number | '*' | undefined {
  const demanded = readIfMatch(request.headers['if-match']);
  if (demanded === noVersion)
    throw problem(
      'conflict',
      'If-Match names a version that this server never gave. Read the resource again.',
      {
        status: 412,
        where: 'http.header.If-Match',
      },
    );
  return demanded;
}

/** Refuses preconditions that a conditional interaction does not take: to pass them over would break what they promise. */
export function refuseIfMatch(request: FastifyRequest): void {
  if (request.headers['if-match'] === undefined) return;
  throw problem(
    'not-supported',
    'If-Match goes with an id, not with a condition. Find the resource, then change it by its id.',
    { where: 'http.header.If-Match' },
  );
}

/** If-None-Match on a write would mean “only if it is not there”, which R4 has If-None-Exist for. */
export function refuseIfNoneMatch(request: FastifyRequest): void {
  if (request.headers['if-none-match'] === undefined) return;
  throw problem(
    'not-supported',
    'If-None-Match is for reads. To create only what is not there yet, POST with If-None-Exist.',
    { where: 'http.header.If-None-Match' },
  );
}

/**
 * A change that starts from the current version: `work` gets it and makes the change under If-Match of that version. Where
 * someone else was quicker it is done again from what they wrote, unless the client demanded a version.
 */
export async function onCurrent<T>(
  {
    record,
    actor,
    type,
    id,
    demanded,
  }: {
    readonly record: CareRecord;
    readonly actor: Actor;
    readonly type: string;
    readonly id: string;
    readonly demanded: number | '*' | undefined;
  },
  work: (current: Stored & { readonly body: Buffer }) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const current = await record.read(actor, type, id);
    const { body, version } = current ?? {};
    if (!current || !body || version === undefined)
      throw problem('not-found', `There is no ${type}/${id} to change.`, {
        where: 'http.path.id',
        ...(demanded === '*' ? { status: 412 } : {}),
      });
    if (typeof demanded === 'number' && demanded !== version)
      throw problem(
        'conflict',
        `${type}/${id} is at version ${version}, not ${demanded}. Read it again, then send your change.`,
        { status: 412, where: 'http.header.If-Match' },
      );
    try {
      return await work({ ...current, body });
    } catch (error) {
      const overtaken = error instanceof Problem && error.status === 412 && typeof demanded !== 'number';
      if (!overtaken || tries >= mostTries) throw error;
    }
  }
}
