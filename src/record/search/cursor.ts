import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import type { ComputedKey, Order, Position } from './plan.ts';
import { type Reading, snapshotPattern } from './reading.ts';

/** A place in a search: where the next page begins. */
export interface Cursor {
  readonly reading: Reading;
  /** Where what was changed meanwhile is being read: behind all that was not. */
  readonly changed: boolean;
  /** Undefined for computed keys, which the query itself names. */
  readonly order: Order | undefined;
  /** Undefined: at the beginning. */
  readonly position: Position | undefined;
}

const key = z.string().max(2000).nullable();
const int8 = z
  .string()
  .refine((text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text));
const place = [int8, int8] as const;
const reading = [z.int().nonnegative(), z.string().max(20_000).regex(snapshotPattern)] as const;
const shape = z.union([
  z.tuple([z.enum(['date', 'updated', 'changed']), z.boolean(), ...reading, int8.nullable(), ...place]),
  z.tuple([z.literal('changed'), z.literal(false), ...reading]),
  z.tuple([z.enum(['people', 'linked']), z.literal(false), ...reading, int8.nullable(), ...place]),
  z.tuple([z.literal('place'), z.literal(false), ...reading, ...place]),
  z.tuple([z.literal('text'), z.literal(false), ...reading, z.string().max(2000), ...place]),
  z.tuple([z.literal('keys'), z.literal(false), ...reading, z.array(key).min(1).max(20), ...place]),
]);

/** The cursor as an opaque text for the `next` link. `order` is the one that the position is in. */
export function writeCursor(cursor: Cursor & { readonly order: Order }): string {
  const { order, position } = cursor;
  const descending = (order.kind === 'date' || order.kind === 'updated') && order.descending;
  const kind = cursor.changed ? 'changed' : order.kind;
  const keys = position && (kind === 'keys' ? [position.keys] : position.keys);
  const at = position && keys ? [...keys, position.person, position.pk] : [];
  return Buffer.from(
    JSON.stringify([kind, descending, cursor.reading.at, cursor.reading.snapshot, ...at]),
  ).toString('base64url');
}

/** The cursor read back; throws a Problem (400) where the server did not make it. */
export function readCursor(text: string): Cursor {
  try {
    const parsed = shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    const [kind, descending, at, snapshot] = parsed;
    const order: Order | undefined =
      kind === 'keys'
        ? undefined
        : kind === 'place' || kind === 'text' || kind === 'people' || kind === 'linked'
          ? { kind }
          : { kind: kind === 'changed' ? 'updated' : kind, descending };
    return { reading: { at, snapshot }, changed: kind === 'changed', order, position: positionOf(parsed) };
  } catch (cause) {
    throw notOurs(cause);
  }
}

const notOurs = (cause?: unknown) =>
  problem('invalid', 'This is not a page link that the server made. Start again from the first page.', {
    where: 'http.query._page',
    cause,
  });

const shapes: Readonly<Record<ComputedKey['type'], RegExp>> = {
  int8: /^-?\d{1,18}$/,
  float8: /^(?:-?\d+(?:\.\d+)?(?:e[+-]\d{1,3})?|-?Infinity)$/,
  text: /^[^\0]*$/,
};

/** Throws a Problem (400) where a cursor belongs to another search than this. */
export function refuseForeign(cursor: Cursor, order: Order): void {
  if (cursor.order) return;
  const keys = cursor.position?.keys ?? [];
  const fits =
    order.kind === 'keys' &&
    order.keys.length === keys.length &&
    order.keys.every(({ type }, i) => shapes[type].test(keys[i] ?? '0'));
  if (!fits) throw notOurs();
}

function positionOf(parsed: z.infer<typeof shape>): Position | undefined {
  switch (parsed[0]) {
    case 'place':
      return { keys: [], person: parsed[4], pk: parsed[5] };
    case 'text':
      return { keys: [parsed[4]], person: parsed[5], pk: parsed[6] };
    case 'keys':
      return { keys: parsed[4], person: parsed[5], pk: parsed[6] };
    default:
      return parsed.length === 4 ? undefined : { keys: [parsed[4]], person: parsed[5], pk: parsed[6] };
  }
}
