/** Entries of the audit log and findings as the reviewer reads them. */
import { roleOf } from '../../access/roles.ts';
import type { AuditEntry } from '../../record/audit-events/entries.ts';
import { formatDate, formatMoment } from '../../web/dates.ts';
import type { Finding } from './findings.ts';
import { accessRule } from './rules.ts';

const verbs: Readonly<Record<string, string>> = {
  C: 'Created',
  R: 'Read',
  U: 'Changed',
  D: 'Deleted',
  S: 'Searched',
  H: 'Read the history of',
  E: 'Read all of',
};

/** `Read`, `Searched`; `Event` where nothing of the record was touched. */
export const verbOf = ({ action }: Pick<AuditEntry, 'action'>): string => verbs[action] ?? 'Event';

export const roleName = (role: string): string => roleOf(role)?.name ?? role.replaceAll('-', ' ');

/** `Read Observation/123`; for events their kind. */
export function deedOf({ action, event, type, id, query, persons }: AuditEntry): string {
  if (action === 'X')
    return (event ?? 'event').replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());
  const where = [action === 'S' ? undefined : type, id].filter((part) => part !== undefined).join('/');
  const target =
    action === 'S'
      ? [type ?? 'all types', where && `in ${where}`, query].filter(Boolean).join(' ')
      : where || 'everything';
  const several = persons.length > 0 ? ` (${persons.length} people)` : '';
  return `${verbs[action] ?? action} ${target}${several}`;
}

export const outcomeOf = ({ outcome }: Pick<AuditEntry, 'outcome'>): string =>
  outcome < 400
    ? 'Done'
    : outcome === 404 || outcome === 410
      ? 'Not there'
      : outcome < 500
        ? 'Refused'
        : 'Failed';

/** What a finding rests on, a sentence each. */
export function evidenceOf({ rule, evidence, times, first, last, role }: Finding): readonly string[] {
  const said: string[] = [];
  const { shared, related, people, usual, note } = evidence;
  if (rule === 'same-family-name' && shared)
    said.push(`Family name: ${shared.replace(/(^|[\s-])\p{L}/gu, (first) => first.toUpperCase())}.`);
  if (rule === 'colleague' && shared) said.push(`The patient is also ${shared} at the same organisation.`);
  if (people !== undefined)
    said.push(
      usual === undefined
        ? `People whose records were opened: ${people}.`
        : `People: ${people}. A usual day: ${usual}.`,
    );
  if (note) said.push(note);
  if (related !== undefined)
    said.push(
      related
        ? 'The person was in their care, or their organisation’s.'
        : 'Nothing in the record says that the person was in their care.',
    );
  said.push(
    `${times} ${times === 1 ? 'entry' : 'entries'} in the log, ${formatMoment(first)}${times > 1 ? ` to ${formatMoment(last)}` : ''}.`,
  );
  said.push(`Role: ${roleName(role)}.`);
  return said;
}

export const titleOf = (finding: Finding): string => accessRule(finding.rule)?.title ?? finding.rule;
export const dayOf = (finding: Finding): string => formatDate(finding.day);
