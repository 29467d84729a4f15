/** Searches that keep the version of what they find: what is changed after is changed only if it is still so. */
import type { Resource } from '@medplum/fhirtypes';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';

export interface Versioned<T> {
  readonly resource: T;
  readonly version: number;
}

/** All that a search finds, up to a limit. */
export async function searchVersioned<T extends Resource>(
  record: Pick<CareRecord, 'search'>,
  actor: Actor,
  type: T['resourceType'],
  query: string,
  most = 5000,
): Promise<readonly Versioned<T>[]> {
  const found: Versioned<T>[] = [];
  let next: string | undefined;
  do {
    const cursor = next === undefined ? '' : `&_page=${encodeURIComponent(next)}`;
    const page = await record.search(actor, type, `${query}&_count=${Math.min(500, most)}${cursor}`);
    for (const stored of page.matches)
      if (stored.body) found.push({ resource: resourceOf<T>(stored), version: stored.version });
    next = page.next;
  } while (next !== undefined && found.length < most);
  return found;
}

/** Undefined where there is none that the actor sees. */
export async function readVersioned<T extends Resource>(
  record: Pick<CareRecord, 'read'>,
  actor: Actor,
  type: T['resourceType'],
  id: string,
): Promise<Versioned<T> | undefined> {
  try {
    const stored = await record.read(actor, type, id);
    return stored?.body ? { resource: resourceOf<T>(stored), version: stored.version } : undefined;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return undefined;
    throw error;
  }
}

/** Someone else changed one of the resources meanwhile: nothing was stored. */
export const isConflict = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 409 || error.status === 412);

export const put = <T extends Resource>(resource: T, ifMatch?: number) => ({
  kind: 'update' as const,
  ...{ type: resource.resourceType, id: resource.id ?? '', text: JSON.stringify(resource) },
  ...(ifMatch === undefined ? {} : { ifMatch }),
});
