/** Codes of authenticator apps (TOTP, RFC 6238): six digits every 30 seconds, as all apps know them. */
import { Secret, TOTP } from 'otpauth';
import { randomBytesOf } from './secret-tokens.ts';

const period = 30;
/** The step before and after: clocks differ, and people type slowly. */
const window = 1;

export interface AuthenticatorKey {
  /** Base32, for those who type it. */
  readonly text: string;
  /** `otpauth://…`, for a QR code. */
  readonly address: string;
}

/** 160 bits, as RFC 4226 §4 recommends. */
export const newAuthenticatorSecret = (): Uint8Array<ArrayBuffer> => randomBytesOf(20);

const keyOf = (secret: Uint8Array): Secret => new Secret({ buffer: new Uint8Array(secret).buffer });

export function authenticatorKey(secret: Uint8Array, label: string): AuthenticatorKey {
  const totp = new TOTP({ issuer: 'Throughline', label, secret: keyOf(secret), period });
  return { text: totp.secret.base32, address: totp.toString() };
}

/** The time step whose code this is, or undefined. The caller takes a step once. */
export function stepOfCode(secret: Uint8Array, typed: string, now: number): number | undefined {
  const token = typed.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = TOTP.validate({ token, secret: keyOf(secret), period, timestamp: now, window });
  return delta === null ? undefined : Math.floor(now / 1000 / period) + delta;
}
