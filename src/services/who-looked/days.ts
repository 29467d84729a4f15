/** Entries of the audit log put together by day and by person, in the order in which they come: newest first. */

import { auditEventId } from '../../record/audit-events/audit-event.ts';
import { type AuditEntry, auditCursor } from '../../record/audit-events/entries.ts';
import { formatDate, localMoment } from '../../web/dates.ts';
import { type Deed, deedOf, deedText, emergencyEntries, partOf, roleText } from './words.ts';

export interface Visit {
  /** Id of its newest entry, for questions about it. */
  readonly entry: string;
  readonly name: string;
  /** `GP at Harbour Surgery`. */
  readonly position: string;
  /** `looked at your results and measurements`. */
  readonly did: string;
  readonly times: number;
  readonly emergency: boolean;
  /** The log's own words about an event. */
  readonly note?: string;
}

export interface Day {
  readonly key: string;
  /** `4 May 2026`. */
  readonly label: string;
  readonly visits: readonly Visit[];
}

/** `organisations`: names by reference. */
export function daysOf(
  entries: readonly AuditEntry[],
  organisations: ReadonlyMap<string, string>,
): readonly Day[] {
  const emergencies = emergencyEntries(entries);
  const days = new Map<string, Map<string, AuditEntry[]>>();
  for (const entry of entries) {
    const { key } = localMoment(entry.at);
    const groups = days.get(key) ?? new Map<string, AuditEntry[]>();
    days.set(key, groups);
    const { actor, actorName, role, organisation = '' } = entry;
    const deed = deedOf(entry);
    const own = deed === 'event' ? `${entry.event} ${entry.at} ${entry.seq}` : '';
    const group = JSON.stringify([actor, actorName, role, organisation, deed, emergencies.has(entry), own]);
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return [...days].map(([key, groups]) => ({
    key,
    label: formatDate(key),
    visits: [...groups.values()].map((group) => visitOf(group, organisations, emergencies)),
  }));
}

export function visitOf(
  group: readonly AuditEntry[],
  organisations: ReadonlyMap<string, string>,
  emergencies: ReadonlySet<AuditEntry> = emergencyEntries(group),
): Visit {
  const [newest] = group;
  if (!newest) throw new Error('A visit without entries');
  const deed: Deed = deedOf(newest);
  const parts = [...new Set(group.map(partOf))];
  // “Your record” says nothing that its parts do not.
  const named = parts.length > 1 ? parts.filter((part) => part !== 'record') : parts;
  const at = newest.organisation === undefined ? undefined : organisations.get(newest.organisation);
  return {
    entry: auditEventId(newest),
    name: newest.actorName || 'Name not recorded',
    position: [roleText(newest.role), at && `at ${at}`].filter(Boolean).join(' '),
    did: deedText(deed, named, newest),
    times: group.length,
    emergency: emergencies.has(newest),
    ...(newest.note === undefined ? {} : { note: newest.note }),
  };
}

export interface DaysPage {
  readonly days: readonly Day[];
  /** Where older entries begin. */
  readonly next?: string;
}

/** Whole days of a page of entries: the last one, of which more may come, waits for the next page unless it is all there is. */
export function wholeDays(
  entries: readonly AuditEntry[],
  more: boolean,
  organisations: ReadonlyMap<string, string>,
): DaysPage {
  const last = entries.at(-1);
  if (!more || !last) return { days: daysOf(entries, organisations) };
  const { key } = localMoment(last.at);
  const whole = entries.filter((entry) => localMoment(entry.at).key !== key);
  const shown = whole.length > 0 ? whole : entries;
  return { days: daysOf(shown, organisations), next: auditCursor(shown.at(-1) ?? last) };
}
