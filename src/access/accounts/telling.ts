import type { Identity, Post } from '../identity.ts';
import type { SecurityEvent, SecurityEventKind, SecurityLog } from '../security-log.ts';
import type { Account } from './people.ts';
import type { Visit } from './visit.ts';

/** Whom the audit names: staff in their post, where one is chosen. */
const whoOf = (account: Account, post: Post | undefined): SecurityEvent['who'] => ({
  id: account.user ?? (account.patient === undefined ? `Person/${account.id}` : `Patient/${account.patient}`),
  name: account.name,
  role: account.kind === 'staff' ? (post?.role ?? 'staff') : 'patient',
  ...(post === undefined ? {} : { organisation: post.organisation }),
});

const nobody: SecurityEvent['who'] = { id: 'Person/unknown', name: 'Someone not known', role: 'unknown' };

export type Tell = (
  kind: SecurityEventKind,
  account: Account | undefined,
  outcome: SecurityEvent['outcome'],
  visit: Pick<Visit, 'requestId'>,
  note: string,
  post?: Post,
) => Promise<void>;

export const tellOf =
  (log: SecurityLog): Tell =>
  (kind, account, outcome, visit, note, post) =>
    log.record({
      kind,
      who: account ? whoOf(account, post) : nobody,
      outcome,
      note,
      requestId: visit.requestId,
      via: 'page',
      ...(account?.patient === undefined ? {} : { patient: account.patient }),
    });

/** What the holder of an account should know of at once, since it may not have been them. */
export type Warning =
  /** Signed in on a device that the account was not used on before. */
  | 'new-device'
  /** A way to sign in was added, changed or taken away. */
  | 'sign-in-changed';
export type Warn = (account: Account, warning: Warning, about: string) => Promise<void>;

/** Tells the audit log, and warns of changes of the account. */
export const tellAndWarn =
  (tell: Tell, warn: Warn): Tell =>
  async (kind, account, outcome, visit, note, post) => {
    await tell(kind, account, outcome, visit, note, post);
    if (kind === 'account-changed' && outcome === 'success' && account)
      await warn(account, 'sign-in-changed', visit.requestId);
  };

/** Where someone signed in works. */
export const postOf = (identity: Identity): Post | undefined =>
  identity.kind === 'staff' ? identity.post : undefined;
