/** Codes for when the phone is lost: each stands once for a code of the authenticator app. */
import type { Clock } from '../../platform/clock.ts';
import type { Database, Transaction } from '../../platform/database.ts';
import { hashOf, randomBytesOf } from './secret-tokens.ts';

const recoveryCodeCount = 10;

/** Letters and digits that are not taken for each other (Crockford's base 32). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 80 random bits, in four groups of four. */
function newRecoveryCode(): string {
  const letters = [...randomBytesOf(16)].map((byte) => alphabet[byte & 31]).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

const plain = (typed: string): string =>
  typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');

const keyOf = (account: string, typed: string): Buffer => hashOf(`recovery ${account} ${plain(typed)}`);

/** Makes new codes in place of all former ones. They are shown once: only hashes are kept. */
export async function replaceRecoveryCodes(sql: Transaction, account: string): Promise<readonly string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, newRecoveryCode);
  await sql`delete from account_recovery_code where account = ${account}`;
  for (const code of codes)
    await sql`insert into account_recovery_code (hash, account) values (${keyOf(account, code)}, ${account})`;
  return codes;
}

/** True once for each code. */
export async function useRecoveryCode(
  { pool }: Database,
  clock: Clock,
  account: string,
  typed: string,
): Promise<boolean> {
  const rows = await pool`update account_recovery_code set used = ${clock.now()}
    where hash = ${keyOf(account, typed)} and account = ${account} and used is null returning hash`;
  return rows.length > 0;
}

export async function recoveryCodesLeft({ pool }: Database, account: string): Promise<number> {
  const [row] = await pool<{ left: number }[]>`select count(*)::int4 as left from account_recovery_code
    where account = ${account} and used is null`;
  return row?.left ?? 0;
}
