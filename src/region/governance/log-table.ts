/** The audit log as a table, and the lines of its file, which say more than the page. */
import type { AuditEntry } from '../../record/audit-events/entries.ts';
import { csvLine } from '../../web/tables/csv.ts';
import { defineTable, type Table } from '../../web/tables/define-table.ts';
import { verbOf } from './entry-words.ts';
import type { Named } from './page-parts.ts';

/** An entry in the words of the page. */
export interface ShownEntry {
  readonly on: string;
  readonly name: string;
  readonly actor: string;
  readonly role: string;
  readonly where: string | undefined;
  readonly deed: string;
  readonly note: string | undefined;
  readonly outcome: string;
  readonly done: boolean;
  readonly emergency: boolean;
  readonly patient: Named | undefined;
}

/** Newest first always: the log is read on from where the last page ended. */
export const logTable: Table<ShownEntry> = defineTable<ShownEntry>({
  id: 'entries',
  caption: 'Entries, newest first',
  columns: [
    { key: 'on', heading: 'When', cell: ({ on }) => on },
    {
      key: 'who',
      heading: 'Who',
      cell: ({ name, actor, role, where, on }) => ({
        text: name,
        note: `${role}${where === undefined ? '' : ` at ${where}`}`,
        links: [
          {
            href: `/governance/log?who=${encodeURIComponent(actor)}`,
            text: 'All by this person',
            hidden: `: ${name}, entry of ${on}`,
          },
        ],
      }),
    },
    {
      key: 'patient',
      heading: 'Patient',
      cell: ({ patient, on }) =>
        patient === undefined
          ? ''
          : {
              text: patient.name,
              links: [
                {
                  href: `/governance/log?patient=${encodeURIComponent(patient.id)}`,
                  text: 'All about this patient',
                  hidden: `: ${patient.name}, entry of ${on}`,
                },
              ],
            },
    },
    {
      key: 'what',
      heading: 'What',
      cell: ({ deed, note, done, outcome, emergency }) => ({
        text: deed,
        note,
        ...(done ? {} : { flag: outcome }),
        ...(emergency ? { flag: 'Emergency access', flagColour: 'orange' } : {}),
      }),
    },
  ],
  empty: 'No entry matches. Everything you typed must match.',
});

export const fileHead = [
  ...['time', 'who', 'name', 'role', 'organisation', 'purpose', 'what', 'type', 'id', 'version'],
  ...['query', 'event', 'note', 'outcome', 'patients', 'via', 'request', 'number'],
];

export const fileRow = (entry: AuditEntry, patients: readonly string[]): string =>
  csvLine([
    ...[new Date(entry.at).toISOString(), entry.actor, entry.actorName, entry.role],
    ...[entry.organisation, entry.purpose, verbOf(entry), entry.type, entry.id, entry.version],
    ...[entry.query, entry.event, entry.note],
    ...[entry.outcome, patients.join(' '), entry.via, entry.request, entry.seq],
  ]);
