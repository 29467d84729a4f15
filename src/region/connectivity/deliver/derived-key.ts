import { createHash } from 'node:crypto';

/** A key for each part of one form: the same for the same form and part. Source: RFC 9562 §5.8, made from SHA-256. */
export function derivedKey(key: string, part: string): string {
  const hex = createHash('sha256').update(`${key} ${part}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
