import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import type { Order, Position } from './plan.ts';

const shape = z.tuple([
  z.enum(['date', 'place', 'updated', 'keys']),
  z.boolean(),
  z.array(z.string().max(2000).nullable()).max(20),
  z.string().regex(/^-?\d{1,19}$/),
  z.string().regex(/^\d{1,19}$/),
]);

/** The place behind a page's last resource, as an opaque text for the `next` link. */
export function writeCursor(order: Order, position: Position): string {
  const descending = (order.kind === 'date' || order.kind === 'updated') && order.descending;
  return Buffer.from(
    JSON.stringify([order.kind, descending, position.keys, position.person, position.pk]),
  ).toString('base64url');
}

/** The same read back. `order` is undefined for computed keys, which the query itself names. */
export function readCursor(text: string): { order: Order | undefined; position: Position } {
  try {
    const [kind, descending, keys, person, pk] = shape.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    );
    const order: Order | undefined =
      kind === 'keys' ? undefined : kind === 'place' ? { kind } : { kind, descending };
    return { order, position: { keys, person, pk } };
  } catch (cause) {
    throw problem(
      'invalid',
      'This is not a page link that the server made. Start again from the first page.',
      { where: 'http.query._page', cause },
    );
  }
}
