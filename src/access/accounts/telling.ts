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

/** Where someone signed in works. */
export const postOf = (identity: Identity): Post | undefined =>
  identity.kind === 'staff' ? identity.post : undefined;
