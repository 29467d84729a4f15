/** Entries of the audit log and findings as the reviewer reads them, and as CSV. */
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

export const csvHead = [
  ...[
    'time',
    'who',
    'name',
    'role',
    'organisation',
    'purpose',
    'what',
    'type',
    'id',
    'version',
    'query',
    'event',
  ],
  ...['note', 'outcome', 'patients', 'via', 'request', 'number'],
];

/** One line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvLine(values: readonly (string | number | undefined)[]): string {
  const cells = values.map((value) => {
    const text = String(value ?? '');
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(',')}\r\n`;
}

export const csvRow = (entry: AuditEntry, patients: readonly string[]): string =>
  csvLine([
    ...[
      new Date(entry.at).toISOString(),
      entry.actor,
      entry.actorName,
      entry.role,
      entry.organisation,
      entry.purpose,
    ],
    ...[
      verbs[entry.action] ?? 'Event',
      entry.type,
      entry.id,
      entry.version,
      entry.query,
      entry.event,
      entry.note,
    ],
    ...[entry.outcome, patients.join(' '), entry.via, entry.request, entry.seq],
  ]);
