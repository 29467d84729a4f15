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
  | 'account-changed'
  /** A copy of a record, or of a part of it, was taken out. */
  | 'record-copied'
  /** A link that shares a part of a record was made or withdrawn; opened with its code; tried with a wrong one. */
  | 'share-changed'
  | 'share-opened'
  | 'share-refused';

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

/** Done at the request of the person whose record it is. Source: HL7 v3 PurposeOfUse. */
const atRequest: ReadonlySet<SecurityEventKind> = new Set([
  'record-copied',
  'share-changed',
  'share-opened',
  'share-refused',
]);

function rowOf({ kind, who, patient, outcome, note, requestId, via }: SecurityEvent, at: number): EventRow {
  return {
    at,
    actor: { ...who, purpose: purposeOf(kind), requestId, via },
    event: kind,
    outcome: outcome === 'success' ? 200 : (failures[kind] ?? 403),
    ...(patient === undefined ? {} : { patient }),
    ...(note === undefined ? {} : { note }),
  };
}

/** HL7 v3 PurposeOfUse: breaking the glass has a code of its own; what is not asked for keeps the service running. */
const purposeOf = (kind: SecurityEventKind): string =>
  kind === 'emergency-access' ? 'BTG' : atRequest.has(kind) ? 'PATRQT' : 'HOPERAT';

/** Events that come at the same moment share a commit. */
export function openSecurityLog(database: Pick<Database, 'batch'>, clock: Clock): SecurityLog {
  const group = new Group<EventRow, undefined>(async (rows) => {
    await appendEvents(database, rows);
    return rows.map(() => undefined);
  });
  return { record: (event) => group.add(rowOf(event, clock.now())) };
}
