/** The audit log for those who review access: searched by person, member of staff and time, on a page or as CSV. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import type { Actor } from '../../record/actor.ts';
import {
  type AuditEntry,
  auditEntries,
  type EntriesAsked,
  peopleOf,
} from '../../record/audit-events/entries.ts';
import { organisationNames, patientIds } from '../../record/audit-events/people.ts';
import { type Key, shardKey } from '../../record/keys.ts';
import { typeNumber } from '../../record/type-numbers.ts';
import { formatMoment } from '../../web/dates.ts';
import { csvLine, sendCsv } from '../../web/tables/csv.ts';
import { deedOf, outcomeOf, roleName } from './entry-words.ts';
import { type LogForm, logForm, whats } from './log-form.ts';
import { fileHead, fileRow, logTable, type ShownEntry } from './log-table.ts';
import { type GovernanceNeeds, patientsOf, reviewerOf } from './page-parts.ts';

type Query = Readonly<Record<string, unknown>>;

const pageSize = 50;
/** Rows of one file; the rest is found by narrower dates. */
const mostRows = 50_000;

export function logPages(app: FastifyInstance, needs: GovernanceNeeds): void {
  const { shell, database, record, clock } = needs;

  /** Keys of the patient asked for; undefined: of anybody. */
  const personsOf = async (actor: Actor, { patient }: LogForm): Promise<readonly Key[] | undefined> => {
    if (!patient) return undefined;
    if ('id' in patient) return [shardKey('Patient', patient.id)];
    const query = `identifier=${encodeURIComponent(`${nhsNumberSystem}|${patient.nhsNumber}`)}&_count=10`;
    const { matches } = await record.search(actor, 'Patient', query);
    return matches.map(({ id }) => shardKey('Patient', id));
  };
  const logged = (request: FastifyRequest, actor: Actor, told: readonly Key[]) =>
    needs.audit([
      {
        ...{ at: clock.now(), actor, action: 'S', outcome: 200, type: typeNumber('AuditEvent') },
        query: (request.url.split('?')[1] ?? '').slice(0, 4000),
        person: told.length === 1 ? told[0]! : '0',
        ...(told.length > 1 ? { persons: told } : {}),
      },
    ]);
  const toldOf = (persons: readonly Key[] | undefined, entries: readonly AuditEntry[]): readonly Key[] => [
    ...new Set(persons ?? entries.flatMap(peopleOf)),
  ];

  app.get<{ Querystring: Query }>('/governance/log', async (request, reply) => {
    const { actor } = reviewerOf(needs, request, 'see-audit');
    const form = logForm(request.query);
    const wrong = form.errors.length > 0;
    const persons = wrong ? undefined : await personsOf(actor, form);
    const page = wrong
      ? { entries: [] }
      : await auditEntries(database.pool, {
          ...form.asked,
          ...(persons ? { persons } : {}),
          count: pageSize,
        });
    if (!wrong) await logged(request, actor, toldOf(persons, page.entries));
    // A search that found many people is told by their number: to read all their names would be a look at each.
    const patients = await patientsOf(
      needs,
      actor,
      page.entries.map(({ person }) => person),
    );
    const places = await organisationNames(
      database.pool,
      page.entries.flatMap(({ organisation }) => organisation ?? []),
    );
    return shell.renderPage(reply.code(wrong ? 422 : 200), 'governance/log.njk', {
      title: wrong ? 'Error: Audit log' : 'Audit log',
      form,
      error: Object.fromEntries(form.errors.map(({ field, text }) => [field, text])),
      whats: whats.map(({ value, text }) => ({ value, text, checked: value === form.typed.what })),
      table: logTable.view(
        logTable.asked(request),
        {
          rows: page.entries.map(
            (entry): ShownEntry => ({
              on: formatMoment(entry.at),
              name: entry.actorName || entry.actor,
              actor: entry.actor,
              role: roleName(entry.role),
              where: entry.organisation === undefined ? undefined : places.get(entry.organisation),
              deed: deedOf(entry),
              note: entry.note,
              outcome: outcomeOf(entry),
              done: entry.outcome < 400,
              emergency: entry.purpose === 'BTG',
              patient: patients.get(entry.person),
            }),
          ),
          next: 'next' in page ? page.next : undefined,
        },
        { csvPath: '/governance/log.csv', nextText: 'Older', firstText: 'Back to the newest' },
      ),
    });
  });

  app.get<{ Querystring: Query }>('/governance/log.csv', async (request, reply) => {
    const { actor } = reviewerOf(needs, request, 'see-audit');
    const form = logForm(request.query);
    if (form.errors.length > 0)
      return reply.redirect(request.url.replace('/governance/log.csv', '/governance/log'), 303);
    const persons = await personsOf(actor, form);
    const rows = csvRows({ ...form.asked, ...(persons ? { persons } : {}), count: 500 }, (entries) =>
      logged(request, actor, toldOf(persons, entries)),
    );
    const name = `audit-log-${new Date(clock.now()).toISOString().slice(0, 10)}`;
    return sendCsv(reply, { name, lines: rows });
  });

  /** Page after page; each is in the log before it leaves. */
  async function* csvRows(
    asked: EntriesAsked,
    before: (entries: readonly AuditEntry[]) => Promise<unknown>,
  ): AsyncGenerator<string> {
    yield csvLine(fileHead);
    let cursor: string | undefined;
    let written = 0;
    // What reading the log adds to it is newer than where the reading began.
    const to = Math.min(asked.to ?? Number.MAX_SAFE_INTEGER, clock.now());
    do {
      const page = await auditEntries(database.pool, { ...asked, to, ...(cursor ? { cursor } : {}) });
      const ids = await patientIds(database.pool, page.entries.flatMap(peopleOf));
      await before(page.entries);
      yield page.entries
        .map((entry) =>
          fileRow(
            entry,
            peopleOf(entry).flatMap((key) => ids.get(key) ?? []),
          ),
        )
        .join('');
      written += page.entries.length;
      cursor = page.next;
    } while (cursor !== undefined && written < mostRows);
    if (cursor !== undefined)
      yield csvLine([`Only the newest ${mostRows} entries are here. Choose narrower dates for the rest.`]);
  }
}
