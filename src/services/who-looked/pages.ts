/** The addresses: whose list it is, which entries, and questions about one. Every look at the list is itself in the list. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AuditQuestions, longestText } from '../../access/audit-questions/audit-questions.ts';
import { emergencyMinutes } from '../../access/emergency/emergencies.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { placeOf } from '../../record/audit-events/audit-event.ts';
import {
  type AuditEntry,
  auditEntries,
  auditEntry,
  type EntriesAsked,
  type EntriesPage,
  peopleOf,
} from '../../record/audit-events/entries.ts';
import { organisationNames } from '../../record/audit-events/people.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { shardKey } from '../../record/keys.ts';
import type { AuditRow } from '../../record/statement.ts';
import { typeNumber } from '../../record/type-numbers.ts';
import { formatDate, formatMoment, localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import type { Shell } from '../../web/shell.ts';
import { daysOf, visitOf, wholeDays } from './days.ts';
import { type FilterForm, filterForm, views } from './filter-form.ts';
import { isOpening } from './words.ts';

/** A record whose list someone may see. */
export interface OwnRecord {
  /** Patient id. */
  readonly patient: string;
  /** Their own; otherwise they act for the person. */
  readonly own: boolean;
}

export interface WhoLookedNeeds {
  readonly shell: Shell;
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly questions: AuditQuestions;
  readonly audit: (rows: readonly AuditRow[]) => Promise<unknown>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly actorOf: (request: FastifyRequest) => Actor;
  /** The server itself, in this request: it reads and writes the questions. */
  readonly systemOf: (request: FastifyRequest) => Actor;
  /**
   * Records that the one who asks may see the list of: their own, and those of people they act for now, save where the
   * person's confidences are kept from them, which the names in the list would give away. Empty: none.
   */
  readonly recordsOf: (request: FastifyRequest) => Promise<readonly OwnRecord[]> | readonly OwnRecord[];
}

interface Params {
  patient: string;
}
type Query = Readonly<Record<string, unknown>>;

const pageSize = 400;
const emergenciesAtOnce = 20;

export function whoLookedPages(app: FastifyInstance, needs: WhoLookedNeeds): void {
  const { shell, database, record, questions, clock } = needs;

  /** The record of the address, if it is one of theirs; any other is as if it did not exist. */
  const recordOf = async (
    request: FastifyRequest<{ Params: Params }>,
  ): Promise<OwnRecord & { name: string }> => {
    const { patient: asked } = request.params;
    const records = await needs.recordsOf(request);
    const found = records.find(({ patient }) => patient === asked);
    if (!found) {
      await logged(request, asked, 'S', { outcome: 404 });
      throw problem('not-found', 'There is no such list.');
    }
    return { ...found, name: await nameOf(request, found.patient) };
  };
  const nameOf = async (request: FastifyRequest, patient: string): Promise<string> => {
    const stored = await record.read(needs.actorOf(request), 'Patient', patient);
    const names = stored && resourceOf<Patient>(stored).name;
    return plainName(chooseName(names, localMoment(clock.now()).key));
  };
  const logged = (
    request: FastifyRequest,
    patient: string,
    action: 'S' | 'R',
    { id, outcome = 200 }: { readonly id?: string; readonly outcome?: number } = {},
  ) =>
    needs.audit([
      {
        ...{ at: clock.now(), actor: needs.actorOf(request), action, outcome },
        ...{ type: typeNumber('AuditEvent'), person: shardKey('Patient', patient) },
        ...(id === undefined ? {} : { id }),
      },
    ]);
  const organisationsOf = (entries: readonly AuditEntry[]) =>
    organisationNames(
      database.pool,
      entries.flatMap(({ organisation }) => organisation ?? []),
    );

  /** Emergency accesses, and what was done in the time of each. */
  const withinOpenings = async (patient: string, events: readonly AuditEntry[]): Promise<AuditEntry[]> => {
    const found = await Promise.all(
      events.filter(isOpening).map(({ actor, at }) =>
        auditEntries(database.pool, {
          ...{ persons: [shardKey('Patient', patient)], actor, count: pageSize },
          ...{ from: at, to: at + emergencyMinutes * 60_000 },
        }),
      ),
    );
    const all = [...events, ...found.flatMap((page) => page.entries)];
    const once = new Map(all.map((entry) => [`${entry.at} ${entry.seq}`, entry]));
    return [...once.values()].sort((a, b) => b.at - a.at || (BigInt(a.seq) < BigInt(b.seq) ? 1 : -1));
  };

  /** The entry that a question is about, where it concerns this person. */
  const entryOf = async (id: unknown, patient: string): Promise<AuditEntry> => {
    const place = typeof id === 'string' ? placeOf(id) : undefined;
    const entry = place && (await auditEntry(database.pool, place.at, place.seq));
    if (!entry || !peopleOf(entry).includes(shardKey('Patient', patient)))
      throw problem('not-found', 'There is no such entry in this list.');
    return entry;
  };

  app.get('/who-looked', async (request, reply) => {
    needs.actorOf(request); // who has not signed in is sent to
    const records = await needs.recordsOf(request);
    const [only] = records;
    if (records.length === 1 && only) return reply.redirect(`/who-looked/${only.patient}`, 303);
    const items = await Promise.all(
      records.map(async (one) => ({
        href: `/who-looked/${one.patient}`,
        text: one.own ? 'Your record' : await nameOf(request, one.patient),
      })),
    );
    return shell.renderPage(reply, 'who-looked/choose.njk', { title: 'Who looked at a record', items });
  });

  app.get<{ Params: Params; Querystring: Query }>('/who-looked/:patient', async (request, reply) => {
    const whose = await recordOf(request);
    const form = filterForm(request.query);
    const wrong = form.errors.length > 0;
    const asked = wrong ? undefined : askedFor(whose.patient, form);
    const found: EntriesPage = asked ? await auditEntries(database.pool, asked) : { entries: [] };
    await logged(request, whose.patient, 'S');
    const entries =
      form.view === 'emergency' ? await withinOpenings(whose.patient, found.entries) : found.entries;
    const organisations = await organisationsOf(entries);
    const { days, next } =
      form.view === 'emergency'
        ? { days: daysOf(entries, organisations), next: found.next }
        : wholeDays(entries, found.next !== undefined, organisations);
    const everyQuestion = await questions.of(whose.patient, needs.systemOf(request));
    // What someone asks about their own record may be about those who act for them.
    const { id } = needs.actorOf(request);
    const about = whose.own ? everyQuestion : everyQuestion.filter(({ askerId }) => askerId === id);
    const title = whose.own ? 'Who looked at your record' : `Who looked at ${whose.name}’s record`;
    const base = `/who-looked/${whose.patient}`;
    return shell.renderPage(reply.code(wrong ? 422 : 200), 'who-looked/list.njk', {
      title: wrong ? `Error: ${title}` : title,
      heading: title,
      whose,
      base,
      form,
      error: Object.fromEntries([...form.errors].reverse().map((error) => [error.field, error.text])),
      views: views.map(({ id, text }) => ({
        href: id === 'people' ? base : `${base}?view=${id}`,
        text: id === 'own' && !whose.own ? `${whose.name}’s own visits` : text,
        current: id === form.view,
      })),
      days,
      older: next && addressOf(request, { page: next }),
      newest: form.page && addressOf(request, { page: undefined }),
      questions: about.map((question) => ({
        ...question,
        on: formatMoment(question.asked),
        answeredOn: question.answer && formatDate(new Date(question.answer.at).toISOString()),
      })),
      sent: request.query['asked'] === 'yes',
    });
  });

  const showForm = async (
    request: FastifyRequest<{ Params: Params }>,
    reply: FastifyReply,
    given: { entry: unknown; form: string; text: string; error?: string },
  ) => {
    const whose = await recordOf(request);
    const entry = await entryOf(given.entry, whose.patient);
    await logged(request, whose.patient, 'R', { id: String(given.entry) });
    const visit = visitOf([entry], await organisationsOf([entry]));
    const title = 'Ask about this';
    return shell.renderPage(reply.code(given.error ? 422 : 200), 'who-looked/ask.njk', {
      title: given.error ? `Error: ${title}` : title,
      heading: title,
      base: `/who-looked/${whose.patient}`,
      visit,
      on: formatMoment(entry.at),
      longest: longestText,
      ...given,
    });
  };

  app.get<{ Params: Params; Querystring: Query }>('/who-looked/:patient/ask', (request, reply) =>
    showForm(request, reply, { entry: request.query['entry'], form: needs.newId(), text: '' }),
  );

  app.post<{ Params: Params; Body: Query | undefined }>(
    '/who-looked/:patient/ask',
    async (request, reply) => {
      const whose = await recordOf(request);
      const body = request.body ?? {};
      const text =
        typeof body['question'] === 'string' ? body['question'].replaceAll('\r\n', '\n').trim() : '';
      const form = typeof body['form'] === 'string' ? body['form'] : '';
      const error =
        text === ''
          ? 'Write what you would like to know'
          : text.length > longestText
            ? `Your question must be ${longestText} characters or fewer`
            : undefined;
      if (error) return showForm(request, reply, { entry: body['entry'], form, text, error });
      const entry = await entryOf(body['entry'], whose.patient);
      const visit = visitOf([entry], await organisationsOf([entry]));
      const actor = needs.actorOf(request);
      await questions.ask(
        {
          form,
          patient: whose.patient,
          entry: visit.entry,
          about: `${visit.name}${visit.position ? `, ${visit.position},` : ''} ${visit.did} on ${formatMoment(entry.at)}`,
          text,
          asker: { id: actor.id, name: actor.name },
        },
        needs.systemOf(request),
      );
      return reply.redirect(`/who-looked/${whose.patient}?asked=yes`, 303);
    },
  );
}

/** The entries that a view shows. */
function askedFor(patient: string, form: FilterForm): EntriesAsked {
  const themself = `Patient/${patient}`;
  const { from, to, page } = form;
  return {
    persons: [shardKey('Patient', patient)],
    count: form.view === 'emergency' ? emergenciesAtOnce : pageSize,
    ...(form.view === 'own' ? { actor: themself } : { withoutActors: [themself] }),
    ...(form.view === 'systems'
      ? { by: 'systems' as const }
      : form.view === 'own'
        ? {}
        : { by: 'people' as const }),
    ...(form.view === 'emergency' ? { kinds: { actions: [], events: ['emergency-access'] } } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(page === undefined ? {} : { cursor: page }),
  };
}

/** The address with a parameter changed; an undefined one is taken out. */
function addressOf(request: FastifyRequest, changes: Readonly<Record<string, string | undefined>>): string {
  const [path = '/', query] = request.url.split('?');
  const pairs = new URLSearchParams(query);
  pairs.delete('asked');
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) pairs.delete(name);
    else pairs.set(name, value);
  }
  return pairs.size > 0 ? `${path}?${pairs}` : path;
}
