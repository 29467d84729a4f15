/** Passwords: what is taken, and how they are kept. */
import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { isCommonPassword } from './common-passwords.ts';
import { randomBytesOf } from './secret-tokens.ts';

const shortestPassword = 12;
const longestPassword = 200;

/**
 * Why a password cannot be taken, in words for the person who chose it; undefined when it can. Length and a list of what
 * others try first, no rules about kinds of characters. Source: NIST SP 800-63B §5.1.1.2; NCSC, Password policy.
 */
export function passwordFault(password: string, own: readonly (string | undefined)[]): string | undefined {
  const length = [...password].length;
  if (length < shortestPassword)
    return `Password must be ${shortestPassword} characters or more. Three random words make a good one`;
  if (length > longestPassword) return `Password must be ${longestPassword} characters or fewer`;
  if (isCommonPassword(password))
    return 'Choose a password that is harder to guess. This one is often tried first';
  const text = plainOf(password);
  const names = own.flatMap((name) => (name ? [plainOf(name), plainOf(name.split('@')[0] ?? '')] : []));
  if (names.some((name) => name.length > 3 && text.replace(name, '').length < 6))
    return 'Choose a password that is not mostly your own name or email address';
  return undefined;
}

const plainOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** What one guess costs, as scrypt counts it: log2 of N, r and p. */
export interface PasswordWork {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MB of memory, and time that three passes take. Source: OWASP Password Storage, scrypt. */
export const usualWork: PasswordWork = { logN: 15, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;

export interface Passwords {
  /** Log2 of N, r, p, the salt and the key, so that a later release may ask for more work and still know old ones. */
  readonly hash: (password: string) => Promise<Buffer>;
  /** Takes the same time whether there is such a password or not. */
  readonly matches: (password: string, kept: Uint8Array | undefined) => Promise<boolean>;
}

export function openPasswords(work: PasswordWork = usualWork): Passwords {
  const written = Uint8Array.of(work.logN, work.r, work.p);
  /** What is compared where there is no account: the same work, and never right. */
  const nobody = Buffer.concat([written, new Uint8Array(saltBytes), randomBytesOf(keyBytes)]);
  return {
    async hash(password) {
      const salt = randomBytesOf(saltBytes);
      return Buffer.concat([written, salt, await derive(password, salt, work)]);
    },
    async matches(password, kept) {
      const secret = Buffer.from(kept ?? nobody);
      const [logN = 0, r = 0, p = 0] = secret;
      const key = await derive(password, secret.subarray(3, 3 + saltBytes), { logN, r, p });
      return timingSafeEqual(key, secret.subarray(3 + saltBytes)) && kept !== undefined;
    },
  };
}

function derive(password: string, salt: Uint8Array, { logN, r, p }: PasswordWork): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  // One form for characters that keyboards write in several ways; NIST SP 800-63B §5.1.1.2.
  const text = password.slice(0, 4 * longestPassword).normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
