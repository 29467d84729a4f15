/** Notifications to browsers: Web Push (RFC 8030), encrypted for the browser alone (RFC 8291), signed as ours (VAPID, RFC 8292). */
import { createECDH } from 'node:crypto';
import webPush from 'web-push';
import type { Config } from './config.ts';
import { problem } from './problem.ts';
import { type FetchInit, publicFetch } from './public-fetch.ts';
import { keptSecret } from './secret-keys.ts';

/** What a browser gave when someone let us notify them there. */
export interface PushTarget {
  readonly endpoint: string;
  /** The browser’s public key, P-256 uncompressed, base64url. */
  readonly p256dh: string;
  /** 16 bytes, base64url. */
  readonly auth: string;
}

export interface PushMessage {
  readonly payload: string;
  /** How long the push service keeps it for a browser that is not there. */
  readonly ttlSeconds: number;
  readonly urgency: 'low' | 'normal' | 'high';
  /** At most 32 characters of base64url: a later message of the same topic replaces one that still waits. */
  readonly topic: string;
}

export interface WebPush {
  /** What browsers are told our key is, base64url. */
  readonly publicKey: string;
  /**
   * Keeps when the push service has taken it. Throws a Problem: 410 where the browser’s subscription is over, 503 where it may be
   * tried again, 422 where the service will not take it.
   */
  readonly send: (target: PushTarget, message: PushMessage) => Promise<void>;
}

export interface WebPushOptions {
  /** P-256 private key, 32 bytes. */
  readonly key: Uint8Array;
  /** Who answers for these messages, for the push service: an address of https or mailto. */
  readonly subject: string;
  /** Default: public https addresses alone, since whoever subscribes chooses them. */
  readonly fetch?: (address: string, init?: FetchInit) => Promise<Response>;
}

/** The key of notifications: PUSH_KEY, or where nothing is served to real people one that is made and kept. */
export function pushKey({
  mode,
  pushKey: given,
  dataDir,
}: Pick<Config, 'mode' | 'pushKey' | 'dataDir'>): Uint8Array | undefined {
  if (given !== undefined) return Buffer.from(given, 'base64url');
  return mode === 'serve' ? undefined : Buffer.from(keptSecret(dataDir, 'push.key'), 'base64');
}

export function openWebPush({ key, subject, fetch = publicFetch() }: WebPushOptions): WebPush {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(key);
  const publicKey = curve.getPublicKey('base64url', 'uncompressed');
  const vapidDetails = { subject, publicKey, privateKey: Buffer.from(key).toString('base64url') };
  return {
    publicKey,
    async send({ endpoint, p256dh, auth }, { payload, ttlSeconds, urgency, topic }) {
      const keys = { p256dh, auth };
      const { headers, body } = encrypted(() =>
        webPush.generateRequestDetails({ endpoint, keys }, payload, {
          ...{ vapidDetails, contentEncoding: 'aes128gcm' },
          ...{ TTL: ttlSeconds, urgency, topic },
        }),
      );
      const named = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
      const answer = await fetch(endpoint, { method: 'POST', headers: named, body });
      checkAnswer(answer.status);
    },
  };
}

function encrypted<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw problem('value', 'The browser’s keys for notifications cannot be used.', { cause });
  }
}

/** RFC 8030 §5 and §7.3: 201 taken; 404 and 410 the subscription is over; 429 slow down. */
function checkAnswer(status: number): void {
  if (status >= 200 && status < 300) return;
  if (status === 404 || status === 410)
    throw problem('deleted', 'The browser takes no notifications any more.');
  if (status === 429 || status >= 500)
    throw problem('transient', `The push service did not take the notification (${status}).`);
  throw problem('business-rule', `The push service refuses the notification (${status}).`);
}
