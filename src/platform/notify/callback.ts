/** What NHS Notify tells of a message later. Source: NHSDigital/communications-manager-api, “Receive a callback”. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { problem } from '../problem.ts';
import type { NotifySettings } from './read-settings.ts';

export interface MessageNews {
  /** Our own reference of the message. */
  readonly reference: string;
  readonly state: 'delivered' | 'failed' | 'on its way';
  /** When it came to be so, ms since 1970 UTC. Callbacks come in any order, and more than once. */
  readonly at: number;
  /** Notify’s code of why it failed. */
  readonly reason: string | undefined;
}

const attributes = z.object({
  messageReference: z.string(),
  messageStatus: z.string().optional(),
  messageFailureReasonCode: z.string().max(100).nullish(),
  timestamp: z.iso.datetime({ offset: true }),
});
const shape = z.object({
  data: z.array(z.object({ type: z.string(), attributes: z.unknown() })).min(1),
});

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/**
 * Reads a callback. Throws a Problem: 401 without our key, 403 where the signature is not of this body, 400 for a body that is
 * no callback. Channels’ own states are left out: the message’s state sums them up.
 */
export function readCallback(
  callback: NonNullable<NotifySettings['callback']>,
  headers: Readonly<Record<string, unknown>>,
  body: Buffer,
): readonly MessageNews[] {
  const key = headers['x-api-key'];
  if (typeof key !== 'string' || !same(key, callback.apiKey))
    throw problem('login', 'The callback lacks the agreed key.');
  const secret = `${callback.applicationId}.${callback.apiKey}`;
  const expected = createHmac('sha256', secret).update(body).digest('hex');
  const given = headers['x-hmac-sha256-signature'];
  if (typeof given !== 'string' || !same(given.toLowerCase(), expected))
    throw problem('forbidden', 'The callback is not signed with the agreed secret.');
  let parsed: z.infer<typeof shape>;
  try {
    parsed = shape.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw problem('invalid', 'The callback is not of the agreed form.', { cause });
  }
  return parsed.data.flatMap(({ type, attributes: given }) => {
    if (type !== 'MessageStatus') return [];
    const news = attributes.safeParse(given);
    if (!news.success) throw problem('invalid', 'The callback is not of the agreed form.');
    const { messageReference, messageStatus, messageFailureReasonCode, timestamp } = news.data;
    return [
      {
        reference: messageReference,
        state:
          messageStatus === 'delivered' || messageStatus === 'failed'
            ? messageStatus
            : ('on its way' as const),
        at: Date.parse(timestamp),
        reason: messageFailureReasonCode ?? undefined,
      },
    ];
  });
}
