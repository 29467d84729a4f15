import { Problem, problem } from '../../platform/problem.ts';
import type { Account, NewAccount } from '../accounts/people.ts';
import type { AccountsForOutside } from './accounts-for-outside.ts';
import { Refusal } from './refusal.ts';

/**
 * The account of a subject of an issuer, made at the first sign-in. A subject is known by issuer and subject together,
 * never by e-mail address or name, which another issuer may give to anyone (OpenID Connect Core 1.0 §5.7).
 */
export async function accountOfSubject(
  accounts: AccountsForOutside,
  issuer: string,
  subject: string,
  fresh: NewAccount,
): Promise<Account> {
  const known = await accounts.findAccountByOutside(issuer, subject);
  if (known) return checked(known, fresh.kind);
  const id = await accounts.createAccount(fresh);
  try {
    await accounts.addOutside(id, issuer, subject);
  } catch (error) {
    // The same person in another tab was quicker.
    if (!(error instanceof Problem && error.status === 409)) throw error;
  }
  const made = await accounts.findAccountByOutside(issuer, subject);
  if (!made) throw problem('exception', 'An account that was just made is not there.');
  return checked(made, fresh.kind);
}

function checked(account: Account, kind: Account['kind']): Account {
  if (account.disabled) throw new Refusal('account-closed', 'The account is closed here');
  if (account.kind !== kind) throw new Refusal('not-valid', 'The account is of another kind of person');
  return account;
}
