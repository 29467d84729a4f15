import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { appendEvents, type EventRow } from '../record/audit/append-events.ts';
import { Group } from '../record/group.ts';

export type SecurityEventKind =
  | 'sign-in'
  | 'sign-in-failed'
  | 'sign-out'
  | 'session-ended'
  | 'denied'
  | 'consent-changed'
  | 'emergency-access'
  | 'proxy-changed'
  | 'token-issued'
  | 'token-revoked'
  | 'client-changed'
  | 'account-changed';

/** Something that concerns who may, other than a read or write of the record. */
export interface SecurityEvent {
  readonly kind: SecurityEventKind;
  /** Who did it, or tried. */
  readonly who: {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly organisation?: string;
  };
  /** Id of the Patient whose record it concerns, where it concerns one. */
  readonly patient?: string;
  readonly outcome: 'success' | 'failure';
  /** In plain words, for the patient and the governance lead. No secrets. */
  readonly note?: string;
  readonly requestId: string;
  readonly via: 'page' | 'api';
}

export interface SecurityLog {
  /** Writes it to the audit log. Durable when the promise keeps. */
  record(event: SecurityEvent): Promise<void>;
}

/** The status that such a failure answers with. */
const failures: Partial<Record<SecurityEventKind, number>> = { 'sign-in': 401, 'sign-in-failed': 401 };

function rowOf({ kind, who, patient, outcome, note, requestId, via }: SecurityEvent, at: number): EventRow {
  return {
    at,
    // HL7 v3 PurposeOfUse: breaking the glass has a code of its own, the rest keeps the service running.
    actor: { ...who, purpose: kind === 'emergency-access' ? 'BTG' : 'HOPERAT', requestId, via },
    event: kind,
    outcome: outcome === 'success' ? 200 : (failures[kind] ?? 403),
    ...(patient === undefined ? {} : { patient }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Events that come at the same moment share a commit. */
export function openSecurityLog(database: Pick<Database, 'batch'>, clock: Clock): SecurityLog {
  const group = new Group<EventRow, undefined>(async (rows) => {
    await appendEvents(database, rows);
    return rows.map(() => undefined);
  });
  return { record: (event) => group.add(rowOf(event, clock.now())) };
}
