import { hash, randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Fills the array with random bytes. Tests give a seeded one. */
export type RandomBytes = (bytes: Uint8Array) => void;

const pool = new Uint8Array(8192);
let unused = 0;

/** Cryptographic randomness, drawn from the system 8 KB at a time. */
export const systemRandom: RandomBytes = (bytes) => {
  if (bytes.length > pool.length) {
    randomFillSync(bytes);
    return;
  }
  if (unused < bytes.length) {
    randomFillSync(pool);
    unused = pool.length;
  }
  bytes.set(pool.subarray(unused - bytes.length, unused));
  unused -= bytes.length;
};

/** Makes a new id at each call. */
export type NewId = () => string;

/** Time-ordered ids (UUIDv7, RFC 9562 §5.7): new rows land at the end of an index. */
export function uuidv7(clock: Clock, random: RandomBytes = systemRandom): NewId {
  const bytes = new Uint8Array(16);
  const view = Buffer.from(bytes.buffer);
  return () => {
    random(bytes);
    const now = clock.now();
    view.writeUIntBE(now, 0, 6);
    bytes[6] = (bytes[6]! & 0x0f) | 0x70;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = view.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

/** An id (shaped like a UUID) of something that a form or a job makes: the same for the same key and word, however often it is made. */
export function idMadeOf(key: string, what: string): string {
  const hex = hash('sha256', `${what} of ${key}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
