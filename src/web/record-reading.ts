/** Reads of one person's record, as the pages need them. */
import type { Resource } from '@medplum/fhirtypes';
import { Problem } from '../platform/problem.ts';
import type { Actor } from '../record/actor.ts';
import { type CareRecord, resourceOf } from '../record/care-record.ts';

/** Who reads, and from where: what every read of a page needs. */
export interface Reading {
  readonly record: CareRecord;
  readonly actor: Actor;
}

/** A value for a search parameter, with the characters that mean something in a search escaped (R4 §3.1.1.4.0.1). */
export const searchValue = (text: string): string => text.replaceAll(/[\\,|$]/g, '\\$&');

/** `[['name', 'a b']]` as `name=a%20b`. */
export function searchText(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

export interface Found<T> {
  readonly resources: readonly T[];
  /** There are more than these. */
  readonly next?: string;
}

/** One page of a search, parsed. */
export async function searchPage<T extends Resource>(
  { record, actor }: Reading,
  type: T['resourceType'],
  query: string,
): Promise<Found<T>> {
  const page = await record.search(actor, type, query);
  const resources = page.matches.filter((stored) => stored.body).map((stored) => resourceOf<T>(stored));
  return page.next === undefined ? { resources } : { resources, next: page.next };
}

/** All that a search finds, up to a limit, page after page. */
export async function searchUpTo<T extends Resource>(
  reading: Reading,
  type: T['resourceType'],
  query: string,
  most: number,
): Promise<Found<T>> {
  const resources: T[] = [];
  let next: string | undefined;
  do {
    const size = `_count=${Math.min(most - resources.length, 500)}`;
    const cursor = next === undefined ? '' : `&_page=${encodeURIComponent(next)}`;
    const page = await searchPage<T>(reading, type, `${query}&${size}${cursor}`);
    resources.push(...page.resources);
    next = page.next;
  } while (next !== undefined && resources.length < most);
  return next === undefined ? { resources } : { resources, next };
}

/** The resource as it is now; undefined when there is none, it has been deleted, or it is not for this reader. */
export async function readNow<T extends Resource = Resource>(
  { record, actor }: Reading,
  type: string,
  id: string,
): Promise<T | undefined> {
  try {
    const stored = await record.read(actor, type, id);
    return stored?.body ? resourceOf<T>(stored) : undefined;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return undefined;
    throw error;
  }
}
