import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Sql, Transaction } from '../../platform/database.ts';
import { systemRandom } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import { asProblem } from '../../platform/sql-error.ts';

/** The end of the chain at one moment, signed: whoever keeps it can prove later that nothing before it was changed. */
export interface Head {
  /** The block's number. */
  readonly number: number;
  readonly hash: Buffer;
  /** Ms since 1970 UTC. */
  readonly at: number;
  /** Id of the key. */
  readonly key: string;
  readonly signature: Buffer;
}

/** An Ed25519 public key (RFC 8032), 32 bytes. */
export interface PublicKey {
  readonly id: string;
  readonly public: Buffer;
}

export interface SigningKey extends PublicKey {
  readonly sign: (text: string) => Buffer;
}

/** Heads and the keys that they are signed with, as `throughline audit export` writes them. */
export interface HeadsFile {
  readonly keys: readonly PublicKey[];
  readonly heads: readonly Head[];
}

// What RFC 8410 puts before the 32 bytes of a private and a public key.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const keyId = (bytes: Buffer): string => hash('sha256', bytes, 'hex').slice(0, 16);

/** The key whose seed these 32 bytes, in base64, are. Throws a Problem when they are not. */
export function signingKey(seed: string): SigningKey {
  const bytes = Buffer.from(seed.trim(), 'base64');
  if (bytes.length !== 32)
    throw problem(
      'value',
      'The key that signs the audit log must be 32 bytes in base64. Make one with: openssl rand -base64 32',
      { where: 'AUDIT_SIGNING_KEY' },
    );
  const secret = createPrivateKey({
    key: Buffer.concat([privatePrefix, bytes]),
    format: 'der',
    type: 'pkcs8',
  });
  const known = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
  return { id: keyId(known), public: known, sign: (text) => sign(null, Buffer.from(text, 'utf8'), secret) };
}

/** The configured key, else that of the data folder, which the first start makes there for this account alone. */
export function openSigningKey(configured: string | undefined, dataDir: string): SigningKey {
  if (configured !== undefined) return signingKey(configured);
  const file = join(dataDir, 'audit-signing-key');
  mkdirSync(dataDir, { recursive: true });
  const seed = new Uint8Array(32);
  systemRandom(seed);
  try {
    writeFileSync(file, `${Buffer.from(seed).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // there is one, or another process was faster
  }
  return signingKey(readFileSync(file, 'utf8'));
}

const textOf = ({ number, hash, at }: Pick<Head, 'number' | 'hash' | 'at'>): string =>
  `throughline audit head\n${number}\n${hash.toString('hex')}\n${at}`;

/** Signs the last block, unless this key has signed it already. */
export async function signHead(
  database: Pick<Database, 'pool'>,
  clock: Clock,
  key: SigningKey,
): Promise<void> {
  const { pool } = database;
  try {
    const [last] = await pool`
      select number, hash from audit_seal s where number = (select max(number) from audit_seal)
        and not exists (select from audit_head h where h.number = s.number and h.key = ${key.id})`;
    if (!last) return;
    const head = { number: Number(last['number']), hash: last['hash'] as Buffer, at: clock.now() };
    await pool`insert into audit_key values (${key.id}, ${key.public}, ${head.at}) on conflict do nothing`;
    await pool`insert into audit_head values (${head.number}, ${key.id}, ${head.at}, ${head.hash}, ${key.sign(textOf(head))})
      on conflict do nothing`;
  } catch (error) {
    throw asProblem(error);
  }
}

/** True when the key's holder signed this head. */
export function isSigned(head: Head, keys: readonly PublicKey[]): boolean {
  const known = keys.find(({ id }) => id === head.key);
  if (!known || keyId(known.public) !== known.id) return false;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.concat([publicPrefix, known.public]), format: 'der', type: 'spki' });
  } catch {
    return false;
  }
  return verify(null, Buffer.from(textOf(head), 'utf8'), key, head.signature);
}

/** All heads and keys of the database. */
export async function storedHeads(sql: Sql | Transaction): Promise<HeadsFile> {
  const keys = await sql`select id, public from audit_key order by added`;
  const heads = await sql`select number, key, at, hash, signature from audit_head order by number, at`;
  return {
    keys: keys.map((row) => ({ id: row['id'], public: row['public'] })),
    heads: heads.map((row) => ({
      number: Number(row['number']),
      hash: row['hash'],
      at: Number(row['at']),
      key: row['key'],
      signature: row['signature'],
    })),
  };
}

const bytes = (encoding: 'hex' | 'base64') => z.string().transform((text) => Buffer.from(text, encoding));
const shape = z.object({
  kind: z.literal('throughline audit heads'),
  keys: z.array(z.object({ id: z.string(), public: bytes('base64') })),
  heads: z.array(
    z.object({
      number: z.number().int().positive(),
      hash: bytes('hex'),
      at: z.iso.datetime().transform((text) => Date.parse(text)),
      key: z.string(),
      signature: bytes('base64'),
    }),
  ),
});

/** The text of an export. */
export function headsText({ keys, heads }: HeadsFile): string {
  return JSON.stringify(
    {
      kind: 'throughline audit heads',
      keys: keys.map((key) => ({ id: key.id, public: key.public.toString('base64') })),
      heads: heads.map((head) => ({
        number: head.number,
        hash: head.hash.toString('hex'),
        at: new Date(head.at).toISOString(),
        key: head.key,
        signature: head.signature.toString('base64'),
      })),
    },
    undefined,
    1,
  );
}

/** Reads what `headsText` wrote. Throws a Problem when it is something else. */
export function readHeads(text: string): HeadsFile {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw problem(
      'value',
      'This file does not hold heads of the audit log as “throughline audit export” writes them.',
      {
        cause,
      },
    );
  }
}
