import { hash } from 'node:crypto';

/** An id of what a form makes: the same for the same form sent again. */
export function madeId(key: string, what: string): string {
  const hex = hash('sha256', `${what} of ${key}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
