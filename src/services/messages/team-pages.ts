/** The inbox of a team, one thread of it beside the record, and writing to someone. */
import type { Communication, Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { resourceOf } from '../../record/care-record.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { formatDate, formatDateTime, formatMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, requiredText, textField } from '../../web/forms/fields.ts';
import { readPatientBanner } from '../../web/patient-banner.ts';
import { fileField, fileFields } from '../../web/uploads/file-fields.ts';
import { answered, messageIdOf, noted, reopened } from './deeds.ts';
import { documentsOf, sendFile, takeFile } from './files.ts';
import { type InboxRow, type InboxView, inboxViews } from './inbox.ts';
import { cleanWords, filePurpose, isFetchedAhead, longest, type MessageRoom } from './needs.ts';
import { wordsField } from './patient-pages.ts';
import { standsIn } from './promise.ts';
import { nameOfPatient, type TeamThreadVisit, type TeamVisit, type TeamVisits } from './team-visits.ts';
import { extensionOf, isAnswer, isAsked, phoned, urgentWordsUrl } from './thread.ts';

const pageSize = 25;
const lowDataSize = 10;
const day = 86_400_000;

export const unreadBefore = ({ settings, now }: Pick<TeamVisit, 'settings' | 'now'>): number =>
  now - settings.unreadDays * day;

const viewNames: Readonly<Record<InboxView, string>> = {
  answer: 'To answer',
  mine: 'Mine',
  sent: 'With the patient',
  unread: 'Not read: call them',
  closed: 'Closed',
};

const phoneOf = ({ telecom }: Patient): string =>
  telecom?.find(({ system, use }) => system === 'phone' && use !== 'old')?.value ?? '';

/** The frame of a page about one thread. */
export const frameOf = ({ thread, name }: TeamThreadVisit) => ({
  ...{ id: thread.id, topic: thread.topic, name, kind: thread.kind, closed: thread.closed },
  ...{ why: thread.why, assigned: thread.assigned?.name ?? '', last: thread.lastAsked },
});

export function teamPages(app: FastifyInstance, needs: MessageRoom, visits: TeamVisits): void {
  const { shell, forms, record, uploads, inbox, settings, writing } = needs;
  const files = fileFields({
    uploads,
    purposes: { file: filePurpose },
    accountOf: (request) => needs.identityOf(request)?.account,
  });

  /** Those of a page read at once, as the one who looks: what they are not shown stays unnamed. */
  const readAll = async <T extends Communication | Patient>(
    { actor }: TeamVisit,
    type: T['resourceType'],
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, T>> => {
    if (ids.length === 0) return new Map();
    const { matches } = await record.search(actor, type, `_id=${ids.join(',')}&_count=${ids.length}`);
    return new Map(matches.flatMap((one) => (one.body ? [[one.id, resourceOf<T>(one)] as const] : [])));
  };

  const shownRow = (
    visit: TeamVisit,
    row: InboxRow,
    head: Communication | undefined,
    patient: Patient | undefined,
    names: ReadonlyMap<string, string>,
  ) => ({
    href: head && patient ? `/messages/team/${row.thread}` : undefined,
    topic: head?.topic?.text ?? 'Not shown to your role',
    name: patient ? nameOfPatient(patient, visit.now) : 'Name not shown to you',
    born: patient ? formatDate(patient.birthDate) : '',
    telephone: patient ? phoneOf(patient) : '',
    isTeam: row.kind === 'team',
    urgent: row.urgent,
    isLate: row.due !== undefined && row.due < visit.now && !row.closed,
    waiting: row.waiting === undefined ? '' : formatMoment(row.waiting),
    due: row.due === undefined ? '' : formatMoment(row.due),
    unread: row.unread === undefined ? '' : formatMoment(row.unread),
    latest: formatMoment(row.latest),
    assigned: row.assigned === undefined ? '' : (names.get(row.assigned) ?? 'a colleague'),
  });

  app.get<{ Querystring: Record<string, unknown> }>('/messages/team', async (request, reply) => {
    const visit = await visits.of(request);
    await inbox.catchUp();
    const view = inboxViews.find((one) => one === firstText(request.query['view'])) ?? 'answer';
    const asked = Number(/^\d{1,4}$/.exec(firstText(request.query['page']))?.[0] ?? 1);
    const page = Math.max(1, asked);
    const most = shell.lowData(request) ? lowDataSize : pageSize;
    const before = unreadBefore(visit);
    const me = visit.by.reference;
    const [{ rows, more }, counts, mark] = await Promise.all([
      inbox.page({ team: visit.team.reference, view, me, before, skip: (page - 1) * most, most }),
      inbox.counts(visit.team.reference, me, visit.now, before),
      inbox.mark(visit.team.reference),
    ]);
    const [heads, patients] = await Promise.all([
      readAll<Communication>(
        visit,
        'Communication',
        rows.map(({ thread }) => thread),
      ),
      readAll<Patient>(visit, 'Patient', [...new Set(rows.map(({ person }) => person))]),
    ]);
    const names = new Map(
      (await visits.colleaguesOf(visit)).map(({ reference, name }) => [reference, name] as const),
    );
    return shell.renderPage(reply, 'messages/inbox.njk', {
      ...{
        title: 'Messages of the team',
        team: visit.team.name,
        counts,
        mark,
        view,
        viewName: viewNames[view],
      },
      unreadDays: visit.settings.unreadDays,
      duty: visit.settings.duty?.name,
      views: inboxViews.map((key) => ({
        ...{ key, text: viewNames[key], current: key === view },
        count: key === 'answer' || key === 'mine' || key === 'unread' ? counts[key] : undefined,
      })),
      rows: rows.map((row) => shownRow(visit, row, heads.get(row.thread), patients.get(row.person), names)),
      next: more ? withQuery(request, { page: String(page + 1) }) : undefined,
      first: page > 1 ? withQuery(request, { page: undefined }) : undefined,
    });
  });

  // What a waiting page asks every few seconds: no one's data, and nothing to audit.
  app.get('/messages/team/mark', async (request, reply) => {
    const visit = await visits.of(request);
    await inbox.catchUp();
    return reply
      .type('text/plain')
      .header('cache-control', 'no-store')
      .send(await inbox.mark(visit.team.reference));
  });

  const shownMessages = ({ thread, name }: TeamThreadVisit) =>
    thread.messages.map((one) => ({
      id: one.id,
      isNote: !isAsked(one) && !isAnswer(one),
      isCall: one.medium?.some(({ coding }) => coding?.[0]?.code === phoned.coding[0]?.code) ?? false,
      fromPatient: isAsked(one),
      from: one.sender?.display ?? (isAsked(one) ? name : thread.team.name),
      when: formatDateTime(one.sent),
      words: (one.payload ?? []).flatMap(({ contentString }) => contentString ?? []).join('\n\n'),
      files: documentsOf(one).map(({ id, title }) => ({
        title,
        href: `/messages/team/${thread.id}/files/${id}`,
      })),
      urgent: one.priority === 'urgent',
      rule: extensionOf(one, urgentWordsUrl)?.valueString,
      state: isAnswer(one) ? (one.received ? `Read ${formatDateTime(one.received)}` : 'Not read yet') : '',
    }));

  const answerForm = (visit: TeamThreadVisit) =>
    defineForm({
      fields: {
        last: textField('last', z.string().max(64)),
        to: textField(
          'to',
          z.enum(visit.thread.kind === 'team' ? ['team'] : ['patient', 'team'], 'Select who reads it'),
        ),
        words: wordsField('Write your message'),
        file: fileField('file'),
      },
      check: ({ last, to }) =>
        to === 'patient' && last !== visit.thread.lastAsked
          ? [{ field: 'words', text: 'The patient wrote again meanwhile. Read it above, then send' }]
          : [],
    });

  forms.add(app, '/messages/team/:thread', {
    about: (request: FastifyRequest) => visits.ofThread(request),
    form: answerForm,
    files,
    initial: ({ thread }) => ({ to: thread.kind === 'team' ? 'team' : 'patient' }),
    show: async (reply, shown, visit) => {
      const { thread, patient, actor, trusted, now, today, team } = visit;
      const { request } = reply;
      const unread = thread.messages.filter((one) => isAsked(one) && one.received === undefined);
      if (request.method === 'GET' && !isFetchedAhead(request))
        await writing.markRead(trusted, unread, thread.id);
      const [banner, absences, openRequest, row] = await Promise.all([
        readPatientBanner({ record, actor }, patient, now),
        settings.absences(team.reference, today),
        visits.openRequestOf(visit, thread),
        inbox.row(thread.id),
      ]);
      const stand = thread.assigned ? standsIn(thread.assigned, absences, today) : undefined;
      return shell.renderPage(reply, 'messages/team-thread.njk', {
        ...{ ...shown, title: `${shown.errorPrefix}${thread.topic}`, titleOf: visit.name },
        ...{
          one: frameOf(visit),
          person: banner,
          messages: shownMessages(visit),
          longest,
          purpose: filePurpose,
          openRequest,
        },
        away: stand?.away && {
          name: stand.away.member.name,
          until: formatDate(stand.away.until),
          deputy: stand.who?.name,
        },
        waiting: thread.waiting && formatMoment(thread.waiting),
        due: row?.due === undefined ? '' : formatMoment(row.due),
        isLate: row?.due !== undefined && row.due < now,
        urgent: thread.urgent,
        telephone: phoneOf(patient),
        done: firstText((request.query as Readonly<Record<string, unknown>>)['done']),
      });
    },
    act: async ({ last, to, words, file }, visit, { key }) => {
      const { thread, team, by, now, identity } = visit;
      const href = `/messages/team/${thread.id}?done=sent#m-${messageIdOf(key)}`;
      if (await writing.isWritten(key)) return href;
      const taken = await takeFile(needs, identity.account, file, '');
      const written = {
        key,
        person: thread.person,
        topic: thread.topic,
        text: words,
        now,
        team,
        thread,
        files: taken,
      };
      const made = to === 'team' ? noted(written, by) : answered(written, by, last);
      await writing.write(visit.trusted, made, thread.id);
      if (file !== undefined) await uploads.forget(identity.account, file);
      return href;
    },
  });

  app.get('/messages/team/:thread/files/:file', async (request, reply) => {
    const { actor, trusted, thread } = await visits.ofThread(request);
    const { file: id = '' } = request.params as { readonly file?: string }; // the path names it
    const readings = { reading: { record, actor }, trusted: { record, actor: trusted } };
    return sendFile(reply, readings, thread.messages, { id, person: thread.person });
  });

  const newForm = defineForm({
    fields: {
      to: textField('to', z.enum(['patient', 'team'], 'Select who reads it')),
      topic: requiredText('topic', {
        missing: 'Say in a few words what it is about',
        what: 'What it is about',
        most: 100,
      }),
      words: wordsField('Write your message'),
      options: choicesField('options', z.array(z.string())),
      file: fileField('file'),
    },
  });
  app.get<{ Querystring: Record<string, unknown> }>('/messages/team/new', async (request, reply) => {
    const visit = await visits.of(request);
    const { id = '' } = await visits.personOf(visit, firstText(request.query['person']));
    return reply.redirect(`/messages/team/to/${id}`, 303);
  });

  // Whom it is for stands in the path, so that what was typed is found again after signing in.
  forms.add(app, '/messages/team/to/:person', {
    about: async (request: FastifyRequest) => {
      const visit = await visits.of(request);
      const { person = '' } = request.params as { readonly person?: string }; // the path names it
      const patient = await visits.personOf(visit, person);
      return { ...visit, patient, name: nameOfPatient(patient, visit.now) };
    },
    form: () => newForm,
    files,
    initial: () => ({ to: 'patient' }),
    show: async (reply, shown, visit) => {
      const { patient, actor, now, name } = visit;
      return shell.renderPage(reply, 'messages/team-new.njk', {
        ...{
          ...shown,
          title: `${shown.errorPrefix}Write a message`,
          titleOf: name,
          name,
          longest,
          purpose: filePurpose,
        },
        person: await readPatientBanner({ record, actor }, patient, now),
        reach: await needs.reachOf(patient.id ?? ''),
        telephone: phoneOf(patient),
      });
    },
    act: async ({ to, topic, words, options, file }, visit, { key }) => {
      const { team, by, now, identity, patient } = visit;
      const href = `/messages/team/${messageIdOf(key)}?done=sent`;
      if (await writing.isWritten(key)) return href;
      const taken = await takeFile(needs, identity.account, file, '');
      const written = {
        key,
        person: patient.id ?? '',
        topic: cleanWords(topic) || 'Message',
        text: words,
        now,
        team,
        files: taken,
      };
      const made =
        to === 'team'
          ? noted(written, by, { urgent: options.includes('urgent') })
          : answered(written, by, '', options.includes('no-reply'));
      await writing.write(visit.trusted, made, messageIdOf(key));
      if (file !== undefined) await uploads.forget(identity.account, file);
      return href;
    },
  });

  app.post('/messages/team/:thread/reopen', async (request, reply) => {
    const { trusted, thread } = await visits.ofThread(request);
    await writing.change(trusted, thread.id, reopened);
    return reply.redirect(`/messages/team/${thread.id}?done=reopened`, 303);
  });
}
