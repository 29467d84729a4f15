/** Secrets that must be read again (those of authenticator apps), sealed with a key that the database never holds. */
import { createCipheriv, createDecipheriv, hash, hkdfSync } from 'node:crypto';
import { problem } from '../../platform/problem.ts';
import { randomBytesOf } from './secret-tokens.ts';

export interface Sealer {
  /** `context` (whose it is) must be given again to open it: a seal cannot be moved to another's row. */
  readonly seal: (plain: Uint8Array, context: string) => Buffer;
  /** Throws a Problem when no key that is configured opens it. */
  readonly open: (sealed: Uint8Array, context: string) => Buffer;
  /** The same under the first secret; as it was where that sealed it. */
  readonly renew: (sealed: Uint8Array, context: string) => Buffer;
}

const marks = { key: 4, nonce: 12, tag: 16 };

/**
 * AES-256-GCM with a key drawn from each secret by HKDF (RFC 5869). The first secret seals; all of them open, so that a new one
 * is put in front and the old one stays until nothing is sealed with it. Each secret: at least 32 random bytes.
 */
export function openSealer(secrets: readonly Uint8Array[]): Sealer {
  if (secrets.length === 0 || secrets.some((secret) => secret.length < 32))
    throw problem('exception', 'The secret that seals accounts is missing or shorter than 32 bytes.');
  const keys = secrets.map((secret) => ({
    mark: hash('sha256', secret, 'buffer').subarray(0, marks.key),
    key: Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline account secrets', 32)),
  }));
  const first = keys[0]!;
  const sealer: Sealer = {
    seal(plain, context) {
      const nonce = randomBytesOf(marks.nonce);
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([first.mark, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      const nonceAt = marks.key;
      const tagAt = nonceAt + marks.nonce;
      const bodyAt = tagAt + marks.tag;
      const found = keys.find(({ mark }) => mark.equals(bytes.subarray(0, nonceAt)));
      if (!found)
        throw problem(
          'exception',
          'An account is sealed with a secret that is no longer configured. Put the former secret back behind the new one.',
        );
      const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(nonceAt, tagAt));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(tagAt, bodyAt));
      return Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]);
    },
    renew(sealed, context) {
      const bytes = Buffer.from(sealed);
      if (first.mark.equals(bytes.subarray(0, marks.key))) return bytes;
      return sealer.seal(sealer.open(bytes, context), context);
    },
  };
  return sealer;
}
