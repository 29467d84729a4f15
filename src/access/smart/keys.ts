/** Keys that sign identity tokens and cookies: made on first start, rotated while everything runs. */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPair,
  hkdfSync,
  type webcrypto,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { systemRandom } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';

type JsonWebKey = webcrypto.JsonWebKey;

export interface KeyRing {
  /** Private keys as JWK, the one to sign with first. */
  readonly tokenKeys: readonly (JsonWebKey & { readonly kid: string })[];
  /** Secrets, the one to sign with first. */
  readonly cookieKeys: readonly string[];
  /** Tells one state of the ring from another. */
  readonly state: string;
}

export interface KeyStore {
  /** The keys that count now, made where there are none. */
  readonly ring: () => Promise<KeyRing>;
  /**
   * Makes a new key of each kind. It is published at once, signs after `leadTime`, when every process and every client
   * that keeps our keys for a while has it; the keys before it are believed until their last signature has lapsed.
   * `olderThan` (ms): only where the newest key is older. Answers whether there are new ones.
   */
  readonly rotate: (olderThan?: number) => Promise<boolean>;
}

interface KeyRow {
  readonly id: string;
  readonly kind: 'token' | 'cookie';
  readonly sealed: string;
  readonly signs: string;
  readonly ends: string | null;
}

/** ms from publishing a key to signing with it: longer than any process or client goes without looking. */
export const leadTime = 15 * 60_000;
/** ms that anything signed lives: identity tokens an hour, cookies of a running request an hour; and a margin. */
const longestSigned = 24 * 3_600_000;
const lockKey = 7_316_403_211;

export interface KeyStoreParts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  /**
   * Where given, keys are kept encrypted (AES-256-GCM) with the first; all of them open, so that a new one is put in front and the
   * former stays until the keys it sealed have been rotated away. Without any the database is what guards them.
   */
  readonly sealSecrets?: readonly string[];
}

export function openKeyStore({ database, clock, sealSecrets = [] }: KeyStoreParts): KeyStore {
  const seal = sealer(sealSecrets);

  const read = async (sql: Pick<Database, 'pool'>['pool'] | Transaction, now: number) =>
    sql<KeyRow[]>`select id, kind, sealed, signs, ends from smart_key
      where ends is null or ends > ${now} order by signs desc, id`;

  const make = async (sql: Transaction, now: number, signs: number) => {
    for (const kind of ['token', 'cookie'] as const) {
      const id = randomText(12);
      const secret = kind === 'token' ? JSON.stringify(await newTokenKey()) : randomText(32);
      await sql`insert into smart_key (id, kind, sealed, made, signs)
        values (${id}, ${kind}, ${seal.close(secret)}, ${now}, ${signs})`;
    }
  };

  return {
    async ring() {
      const now = clock.now();
      let rows: readonly KeyRow[] = await read(database.pool, now);
      if (!rows.some(({ kind }) => kind === 'token') || !rows.some(({ kind }) => kind === 'cookie'))
        rows = await inTransaction(database, async (sql) => {
          await sql`select pg_advisory_xact_lock(${lockKey})`;
          if ((await read(sql, now)).length === 0) await make(sql, now, now);
          return read(sql, now);
        });
      return ringOf(rows, now, seal.open);
    },

    rotate(olderThan = 0) {
      const now = clock.now();
      return inTransaction(database, async (sql) => {
        await sql`select pg_advisory_xact_lock(${lockKey})`;
        const [newest] = await sql<{ made: string | null }[]>`select max(made) as made from smart_key`;
        if (now - Number(newest?.made ?? 0) < olderThan) return false;
        await sql`update smart_key set ends = ${now + leadTime + longestSigned} where ends is null`;
        await make(sql, now, now + leadTime);
        return true;
      });
    },
  };
}

function ringOf(rows: readonly KeyRow[], now: number, open: (sealed: string) => string): KeyRing {
  // Those that sign already come first, newest before older; then those that are only published.
  const signing = rows.filter((row) => Number(row.signs) <= now);
  const inOrder = [...signing, ...rows.filter((row) => Number(row.signs) > now)];
  const of = (kind: KeyRow['kind']) => inOrder.filter((row) => row.kind === kind);
  return {
    tokenKeys: of('token').map((row) => ({
      ...(JSON.parse(open(row.sealed)) as JsonWebKey), // written by newTokenKey
      kid: row.id,
      use: 'sig',
      alg: 'RS256',
    })),
    cookieKeys: of('cookie').map((row) => open(row.sealed)),
    state: inOrder.map((row) => row.id).join(' '),
  };
}

/** RS256 is what every OpenID Connect client must take (OpenID Connect Core §15.1). */
async function newTokenKey(): Promise<JsonWebKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
}

/** Random bytes as base64url text. */
export function randomText(length: number): string {
  const bytes = new Uint8Array(length);
  systemRandom(bytes);
  return Buffer.from(bytes).toString('base64url');
}

function sealer(secrets: readonly string[]) {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'throughline smart keys', 32)),
  );
  const [first] = keys;
  return {
    close(text: string) {
      if (!first) return `plain.${text}`;
      const nonce = new Uint8Array(12);
      systemRandom(nonce);
      const cipher = createCipheriv('aes-256-gcm', first, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `gcm.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed: string) {
      // Kept before a secret was configured: they stay readable, and go with the next rotations.
      if (sealed.startsWith('plain.')) return sealed.slice('plain.'.length);
      if (!first)
        throw problem(
          'exception',
          'The keys of API clients are kept encrypted, and the secret that opens them is not configured.',
        );
      const bytes = Buffer.from(sealed.replace(/^gcm\./, ''), 'base64url');
      for (const key of keys) {
        const opened = openedWith(key, bytes);
        if (opened !== undefined) return opened;
      }
      throw problem(
        'exception',
        'The secret that opens the keys of API clients is not the one they were kept with. Put the former secret back behind the new one.',
      );
    },
  };
}

function openedWith(key: Buffer, bytes: Buffer): string | undefined {
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    cipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8');
  } catch {
    // Another key sealed it.
    return undefined;
  }
}
