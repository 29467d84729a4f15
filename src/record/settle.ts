import type { Resource } from '@medplum/fhirtypes';
import type { Transaction } from '../platform/database.ts';
import type { NewId } from '../platform/ids.ts';
import { problem } from '../platform/problem.ts';
import type { Actor } from './actor.ts';
import type { Item } from './item.ts';
import { textKey } from './keys.ts';
import { isId, readResource, refuseInvalid } from './prepare.ts';

/** Finds what a condition (`identifier=…`) matches, on the transaction's own connection: at most two are needed. */
export type FindMatches = (
  sql: Transaction,
  actor: Actor,
  type: string,
  query: string,
) => Promise<readonly string[]>;

export interface SettleParts {
  readonly newId: NewId;
  readonly findMatches: FindMatches;
}

/** What an item comes to once its conditions are settled. */
export type Settled =
  | {
      readonly kind: 'put';
      readonly type: string;
      readonly id: string;
      readonly isNew: boolean;
      readonly sent: string;
      readonly ifMatch?: number;
    }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: number }
  | { readonly kind: 'found'; readonly type: string; readonly id: string }
  | { readonly kind: 'absent' };

export const typeOf = (sent: string): string => {
  const quick = /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/.exec(sent);
  return quick?.[1] ?? readResource(sent).resourceType;
};

/** Settles conditions. Equal conditions wait for each other here, so that only the first finds nothing. */
export async function settle(
  { newId, findMatches }: SettleParts,
  sql: Transaction,
  actor: Actor,
  { change, prefix }: Item,
): Promise<Settled> {
  const match = async (type: string, query: string): Promise<readonly string[]> => {
    await sql`select pg_advisory_xact_lock(${textKey(`condition ${type}?${query}`)}::int8)`;
    const ids = await findMatches(sql, actor, type, query);
    if (ids.length > 1)
      throw problem(
        'multiple-matches',
        `The condition ${type}?${query} matches more than one ${type}. Make it narrower.`,
        {
          status: 412,
          ...(prefix === undefined ? {} : { where: prefix }),
        },
      );
    return ids;
  };
  switch (change.kind) {
    case 'create': {
      const type = typeOf(change.text);
      if (change.ifNoneExist !== undefined) {
        refuseInvalid(readResource(change.text), prefix);
        const [id] = await match(type, change.ifNoneExist);
        if (id !== undefined) return { kind: 'found', type, id };
      }
      return { kind: 'put', type, id: newId(), isNew: true, sent: change.text };
    }
    case 'update': {
      const { type, id, text, ifMatch } = change;
      if (!isId(id))
        throw problem('invalid', 'An id has 1 to 64 letters, digits, - and dots.', {
          where: prefix ?? 'id',
        });
      return {
        kind: 'put',
        type,
        id,
        isNew: false,
        sent: text,
        ...(ifMatch === undefined ? {} : { ifMatch }),
      };
    }
    case 'update-where': {
      const { type, query, text } = change;
      const own = (readResource(text, type) as { id?: unknown }).id; // any JSON value until validated
      const [id] = await match(type, query);
      if (id !== undefined) {
        if (own !== undefined && own !== id)
          throw problem(
            'value',
            `The condition finds ${type}/${id}, but the body has the id “${String(own)}”.`,
            {
              status: 400,
              where: `${prefix ?? type}.id`,
            },
          );
        return { kind: 'put', type, id, isNew: false, sent: text };
      }
      if (typeof own === 'string' && isId(own))
        return { kind: 'put', type, id: own, isNew: false, sent: text };
      return { kind: 'put', type, id: newId(), isNew: true, sent: text };
    }
    case 'delete':
      return {
        kind: 'delete',
        type: change.type,
        id: change.id,
        ...(change.ifMatch === undefined ? {} : { ifMatch: change.ifMatch }),
      };
    case 'delete-where': {
      const [id] = await match(change.type, change.query);
      return id === undefined ? { kind: 'absent' } : { kind: 'delete', type: change.type, id };
    }
  }
}

/** R4 §3.1.0.11.2: a transaction must not touch the same resource twice. */
export function refuseTwice(settled: readonly Settled[], items: readonly Item[]): void {
  const seen = new Map<string, number>();
  for (const [i, one] of settled.entries()) {
    if (one.kind === 'absent' || one.kind === 'found') continue;
    const name = `${one.type}/${one.id}`;
    const before = seen.get(name);
    if (before !== undefined)
      throw problem(
        'duplicate',
        `${name} is changed twice, by entries ${before} and ${i}. Each resource may be changed once in a transaction.`,
        {
          status: 400,
          where: items[i]?.prefix ?? name,
        },
      );
    seen.set(name, i);
  }
}

export function checkId(
  resource: Resource,
  one: { type: string; id: string; isNew: boolean },
  item: Item,
): void {
  if (one.isNew || item.change.kind !== 'update') return;
  const own = (resource as { id?: unknown }).id; // any JSON value until validated
  if (own === one.id) return;
  throw problem(
    'value',
    own === undefined
      ? `The body must have the id of the address: "id": "${one.id}".`
      : `The body has the id “${String(own)}”, but the address has “${one.id}”. They must be equal.`,
    { status: 400, where: `${item.prefix ?? one.type}.id` },
  );
}

export const placeOf = (one: Settled): string | undefined =>
  one.kind === 'absent' ? undefined : `${one.type}/${one.id}`;

/** A slice ends before a resource that it holds already: later changes see what earlier ones stored. */
export function endOfSlice(settled: readonly Settled[], from: number, size: number): number {
  const seen = new Set<string>();
  const last = Math.min(from + size, settled.length);
  for (let i = from; i < last; i += 1) {
    const place = placeOf(settled[i]!);
    if (place === undefined) continue;
    if (seen.has(place)) return i;
    seen.add(place);
  }
  return last;
}
