import type { FastifyReply } from 'fastify';
import { systemRandom } from './ids.ts';

/**
 * What a page may load: this server's own files and nothing inline. With a nonce, elements that carry it too.
 * Everything not named falls under default-src and is refused.
 */
function contentPolicy(https: boolean, nonce?: string): string {
  const trusted = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src ${trusted}`,
    `style-src ${trusted}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(https ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** Headers of every answer. Made once: the hot path only copies them. `no-store` until a route knows better. */
export function securityHeaders(https: boolean): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentPolicy(https),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Addresses hold what was searched for: they go to no one else.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(https ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}

const nonces = new WeakMap<FastifyReply, string>();

/**
 * A nonce for the inline elements of this page, made at first use; the answer's policy then admits it. Give
 * it to the template. Must be asked before the answer is sent.
 */
export function nonceOf(reply: FastifyReply): string {
  const known = nonces.get(reply);
  if (known) return known;
  const bytes = new Uint8Array(16);
  systemRandom(bytes);
  const nonce = Buffer.from(bytes).toString('base64');
  nonces.set(reply, nonce);
  const https = reply.getHeader('strict-transport-security') !== undefined;
  reply.header('content-security-policy', contentPolicy(https, nonce));
  return nonce;
}
