/** Secrets that stand for someone: made at random, known to their holder alone, kept here as a hash. */
import { hash } from 'node:crypto';
import { systemRandom } from '../../platform/ids.ts';

/** Random bytes from the system. */
export function randomBytesOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  systemRandom(bytes);
  return bytes;
}

/** 256 random bits, base64url: 43 characters. */
export const newToken = (): string => Buffer.from(randomBytesOf(32)).toString('base64url');

/** What is kept of a token. A plain hash is enough: 256 random bits cannot be searched. */
export const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer');
