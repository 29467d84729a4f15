import { hash } from 'node:crypto';

/** The form in which the database keeps a secret of high entropy. */
export const hashed = (secret: string): Buffer => hash('sha256', secret, 'buffer');
export const hashedText = (secret: string): string => hash('sha256', secret, 'hex');
