import type { SecurityEvent, SecurityEventKind, SecurityLog } from '../security-log.ts';
import type { Account } from './people.ts';
import type { Visit } from './visit.ts';

/** Whom the audit names for an account that has no session: no post is chosen yet. */
export const whoOf = (account: Account): SecurityEvent['who'] => ({
  id: account.user ?? (account.patient === undefined ? `Person/${account.id}` : `Patient/${account.patient}`),
  name: account.name,
  role: account.kind === 'staff' ? 'staff' : 'patient',
});

const nobody: SecurityEvent['who'] = { id: 'Person/unknown', name: 'Someone not known', role: 'unknown' };

export type Tell = (
  kind: SecurityEventKind,
  account: Account | undefined,
  outcome: SecurityEvent['outcome'],
  visit: Pick<Visit, 'requestId'>,
  note: string,
) => Promise<void>;

export const tellOf =
  (log: SecurityLog): Tell =>
  (kind, account, outcome, visit, note) =>
    log.record({
      kind,
      who: account ? whoOf(account) : nobody,
      outcome,
      note,
      requestId: visit.requestId,
      via: 'page',
      ...(account?.patient === undefined ? {} : { patient: account.patient }),
    });
