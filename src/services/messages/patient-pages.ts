/** Messages as patients, and those who act for them, read and write them. */
import type { Communication } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { messageSystem } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText } from '../../web/addresses.ts';
import { appFrame } from '../../web/app-frame.ts';
import { formatDate, formatDateTime, formatMoment, localMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { requiredText, textField } from '../../web/forms/fields.ts';
import type { ShownForm } from '../../web/forms/forms.ts';
import { searchUpTo } from '../../web/record-reading.ts';
import { fileField, fileFields, type TypedFile } from '../../web/uploads/file-fields.ts';
import { asked, messageIdOf } from './deeds.ts';
import { documentsOf, sendFile, takeFile } from './files.ts';
import { cleanWords, filePurpose, isFetchedAhead, longest, type MessageRoom } from './needs.ts';
import type { PatientVisit, PatientVisits, Person, ThreadVisit } from './patient-visits.ts';
import { answeredBy, standsIn } from './promise.ts';
import { endStop, keepStop, type Stopped } from './stops.ts';
import {
  extensionOf,
  headIdOf,
  idOf,
  isAnswer,
  isAsked,
  type Named,
  type Thread,
  threadOf,
  urgentWordsUrl,
} from './thread.ts';

const mostListed = 500;
const pageSize = 20;

/** Words as they are sent: at the door, and again where they are written. */
export const wordsField = (missing: string) =>
  textField(
    'words',
    z
      .string()
      .transform(cleanWords)
      .pipe(
        z
          .string()
          .min(1, missing)
          .max(longest, `Message must be ${longest.toLocaleString('en-GB')} characters or fewer`),
      ),
  );
/** Filled by the page that stops someone, with the rule that it showed. */
const wentOn = textField('went-on', z.string().max(100));
const file = fileField('file');

export function patientPages(app: FastifyInstance, needs: MessageRoom, visits: PatientVisits): void {
  const { shell, forms, record, uploads, settings, inbox, writing, urgentWords, isHoliday } = needs;

  const frameOf = (visit: PatientVisit, person: Person | undefined) =>
    appFrame({
      ...(person ? { person: { id: person.id, name: person.name, own: person.own } } : {}),
      ...{ tab: 'messages', others: visit.people.length > 1 },
    });

  /** When a team is likely to answer, said before anyone writes. */
  const promiseOf = async (team: Named, assigned: Named | undefined, now: number) => {
    const today = localMoment(now).key;
    const [own, absences, counts] = await Promise.all([
      settings.of(team.reference),
      settings.absences(team.reference, today),
      inbox.counts(team.reference, '', now, 0),
    ]);
    const stand = assigned ? standsIn(assigned, absences, today) : undefined;
    return {
      team: team.name,
      days: own.days,
      by: formatMoment(answeredBy(own.days, now, isHoliday)),
      /** Some wait longer than was promised: it would not be honest to say nothing. */
      isBehind: counts.late > 0,
      away:
        stand?.away &&
        `${stand.away.member.name} is away until ${formatDate(stand.away.until)}. ${stand.who ? `${stand.who.name} answers` : 'The team answers'} meanwhile.`,
    };
  };

  const shownMessages = ({ thread, identity, person }: ThreadVisit) =>
    thread.messages.map((one) => ({
      id: one.id,
      isMine: isAsked(one),
      from: isAsked(one)
        ? one.sender?.reference === `Patient/${person.id}` && person.own
          ? 'You'
          : one.sender?.display?.startsWith(`${identity.name}, for `)
            ? 'You'
            : (one.sender?.display ?? person.name)
        : (one.sender?.display ?? thread.team.name),
      when: formatDateTime(one.sent),
      words: (one.payload ?? []).flatMap(({ contentString }) => contentString ?? []).join('\n\n'),
      files: documentsOf(one).map(({ id, title }) => ({ title, href: `/messages/${thread.id}/files/${id}` })),
      isUrgent: one.priority === 'urgent' && isAsked(one),
      state: isAsked(one)
        ? one.received
          ? `Opened by the practice ${formatDateTime(one.received)}`
          : 'Sent. Nobody has opened it yet'
        : '',
      isNew: isAnswer(one) && one.received === undefined,
    }));

  app.get<{ Querystring: Record<string, unknown> }>('/messages', async (request, reply) => {
    const visit = await visits.of(request);
    const wanted = firstText(request.query['for']);
    const person = visit.people.find(({ id }) => id === wanted) ?? visit.people[0];
    if (!person)
      throw problem(
        'forbidden',
        'You cannot read or write messages for anyone. Their GP surgery decides who can.',
      );
    const { resources } = await searchUpTo<Communication>(
      { record, actor: visit.actor },
      'Communication',
      `patient=Patient/${person.id}&category=${messageSystem}|patient&_sort=-sent`,
      mostListed,
    );
    const threads = [...Map.groupBy(resources, headIdOf).values()]
      .flatMap((all) => threadOf(all) ?? [])
      .toSorted((a, b) => b.latest - a.latest);
    const page = Math.max(
      1,
      Math.min(
        Number(/^\d{1,4}$/.exec(firstText(request.query['page']))?.[0] ?? 1),
        Math.ceil(threads.length / pageSize) || 1,
      ),
    );
    const rows = threads.slice((page - 1) * pageSize, page * pageSize).map((one) => {
      const last = one.messages.at(-1);
      return {
        ...{ href: `/messages/${one.id}`, topic: one.topic, when: formatDateTime(last?.sent) },
        who: last && isAsked(last) ? 'Last written by you' : `From ${last?.sender?.display ?? one.team.name}`,
        isNew: one.unread !== undefined,
        state: one.closed ? 'Closed' : one.waiting === undefined ? '' : 'Waiting for the practice',
      };
    });
    const href = (n: number): string => `/messages?for=${person.id}&page=${n}`;
    return shell.renderPage(reply, 'messages/list.njk', {
      ...{ title: 'Messages', rows, person, people: visit.people },
      ...{ app: frameOf(visit, person), declined: (await settings.declined([person.id])).has(person.id) },
      next: page * pageSize < threads.length ? href(page + 1) : undefined,
      first: page > 1 ? href(1) : undefined,
    });
  });

  /** What was typed is urgent, and whoever typed it has not been told so: they are, and nothing of it is lost. */
  const stopFor = (text: string, told: string): Stopped | undefined => {
    const found = urgentWords(text);
    return found && found.rule !== told ? found : undefined;
  };
  const stopField = 'went-on';
  const showStop = (
    reply: FastifyReply,
    visit: PatientVisit,
    person: Person | undefined,
    shown: { readonly form: unknown },
    stop: Stopped,
    fields: readonly (readonly [name: string, value: string])[],
    action: string,
  ) =>
    shell.renderPage(reply, 'messages/stop.njk', {
      ...{ title: stop.heading, stop, fields, action, form: shown.form },
      app: frameOf(visit, person),
    });
  const isStop = ({ error }: ShownForm<unknown>): boolean => error[stopField] !== undefined;
  const fileTexts = (typed: TypedFile) =>
    [
      ['file', typed.id],
      ['file-name', typed.name],
    ] as const;

  const files = fileFields({
    uploads,
    purposes: { file: filePurpose },
    accountOf: (request) => needs.identityOf(request)?.account,
  });

  const send = async (
    visit: PatientVisit,
    person: Person,
    of: {
      readonly key: string;
      readonly topic: string;
      readonly words: string;
      readonly team: Named;
      readonly file: string | undefined;
      readonly thread?: Thread;
    },
  ): Promise<boolean> => {
    const { key, topic, words, team, thread } = of;
    const found = urgentWords(`${topic}\n${words}`);
    if (await writing.isWritten(key)) return found !== undefined;
    const taken = await takeFile(needs, visit.identity.account, of.file, '');
    const now = visit.now;
    const written = {
      key,
      person: person.id,
      topic,
      text: words,
      now,
      team,
      files: taken,
      ...(thread ? { thread } : {}),
    };
    await writing.writeAsked(
      visit.trusted,
      asked(written, await visits.authorOf(visit, person), found?.rule),
      thread,
      { key, now, ...(found ? { rule: found.rule, advice: found.advice } : {}) },
    );
    if (found) await endStop(writing, visit, key);
    if (of.file !== undefined) await uploads.forget(visit.identity.account, of.file);
    return found !== undefined;
  };

  forms.add(app, '/messages/new', {
    about: async (request: FastifyRequest) => {
      const visit = await visits.of(request);
      if (visit.people.length === 0)
        throw problem('forbidden', 'You cannot write messages for anyone. Their GP surgery decides who can.');
      const { for: wanted } = request.query as { readonly for?: string }; // a link of ours, or anything
      return { ...visit, wanted: visit.people.find(({ id }) => id === wanted)?.id };
    },
    form: ({ people }) =>
      defineForm({
        fields: {
          for: textField(
            'for',
            z.string().transform((id, context) => {
              const found = people.length === 1 ? people[0] : people.find((one) => one.id === id);
              if (found) return found;
              context.addIssue({ code: 'custom', message: 'Select who it is about' });
              return z.NEVER;
            }),
          ),
          topic: requiredText('topic', {
            missing: 'Say in a few words what it is about',
            what: 'What it is about',
            most: 100,
          }),
          words: wordsField('Write your message'),
          file,
          'went-on': wentOn,
        },
      }),
    files,
    initial: ({ wanted }) => (wanted === undefined ? {} : { for: wanted }),
    show: async (reply, shown, visit) => {
      const { errorPrefix, typed } = shown;
      const person =
        visit.people.find(({ id }) => id === typed.for) ??
        (visit.people.length === 1 ? visit.people[0] : undefined);
      const stop = isStop(shown)
        ? urgentWords(`${cleanWords(typed.topic)}\n${cleanWords(typed.words)}`)
        : undefined;
      if (stop)
        return showStop(
          reply,
          visit,
          person,
          shown,
          stop,
          [
            ...([
              ['for', typed.for],
              ['topic', typed.topic],
              ['words', typed.words],
            ] as const),
            ...fileTexts(typed.file),
          ],
          '/messages/new',
        );
      const practices = [
        ...new Map(
          visit.people.flatMap(({ practice }) => (practice ? [[practice.reference, practice] as const] : [])),
        ).values(),
      ];
      return shell.renderPage(reply, 'messages/new.njk', {
        ...{
          ...shown,
          title: `${errorPrefix}Write to your practice`,
          people: visit.people,
          longest,
          purpose: filePurpose,
        },
        promises: await Promise.all(practices.map((team) => promiseOf(team, undefined, visit.now))),
        app: frameOf(visit, person),
      });
    },
    act: async ({ for: person, topic, words, file: upload, 'went-on': told }, visit, { key }) => {
      if (!person.practice)
        return [
          {
            field: 'for',
            text: `The record of ${person.name} names no GP practice. Call the practice, or 111`,
          },
        ];
      const stop = stopFor(`${topic}\n${words}`, told);
      if (stop) {
        await keepStop(writing, visit, person, person.practice, stop, key);
        return [{ field: stopField, text: stop.heading }];
      }
      const of = { key, topic: cleanWords(topic) || 'Message', words, team: person.practice, file: upload };
      const isUrgent = await send(visit, person, of);
      return `/messages/${messageIdOf(key)}?sent=${isUrgent ? 'urgent' : 'yes'}`;
    },
  });

  const answerForm = defineForm({
    fields: { words: wordsField('Write your answer'), file, 'went-on': wentOn },
  });
  forms.add(app, '/messages/:thread', {
    about: (request: FastifyRequest) => visits.ofThread(request),
    form: () => answerForm,
    files,
    show: async (reply, shown, visit) => {
      const { thread, person, trusted, now } = visit;
      const { errorPrefix, typed } = shown;
      const stop = isStop(shown) ? urgentWords(`${thread.topic}\n${cleanWords(typed.words)}`) : undefined;
      const action = `/messages/${thread.id}`;
      if (stop)
        return showStop(
          reply,
          visit,
          person,
          shown,
          stop,
          [['words', typed.words], ...fileTexts(typed.file)],
          action,
        );
      const { request } = reply;
      const sent = firstText((request.query as Readonly<Record<string, unknown>>)['sent']);
      const messages = shownMessages(visit);
      const unread = thread.messages.filter((one) => isAnswer(one) && one.received === undefined);
      if (request.method === 'GET' && !isFetchedAhead(request))
        await writing.markRead(trusted, unread, thread.id);
      const urgent =
        sent === 'urgent' ? thread.messages.findLast((one) => extensionOf(one, urgentWordsUrl)) : undefined;
      return shell.renderPage(reply, 'messages/thread.njk', {
        ...{
          ...shown,
          title: `${errorPrefix}${thread.topic}`,
          heading: thread.topic,
          titleOf: person.own ? undefined : person.name,
        },
        ...{ messages, sent, action, longest, purpose: filePurpose, person },
        ...{ closed: thread.closed, why: thread.why, noReply: thread.noReply },
        stop: urgent && urgentWords(`${thread.topic}\n${urgent.payload?.[0]?.contentString ?? ''}`),
        promise: await promiseOf(thread.team, thread.assigned, thread.waiting ?? now),
        isWaiting: thread.waiting !== undefined,
        request: thread.about.filter((one) => one.startsWith('Task/')).map(idOf)[0],
        app: frameOf(visit, person),
      });
    },
    act: async ({ words, file: upload, 'went-on': told }, visit, { key }) => {
      const { thread, person } = visit;
      if (thread.noReply)
        return [{ field: 'words', text: 'No answer can be written to this message. Write a new one' }];
      const stop = stopFor(`${thread.topic}\n${words}`, told);
      if (stop) {
        await keepStop(writing, visit, person, thread.team, stop, key);
        return [{ field: stopField, text: stop.heading }];
      }
      const of = { key, topic: thread.topic, words, team: thread.team, file: upload, thread };
      const isUrgent = await send(visit, person, of);
      return `/messages/${thread.id}?sent=${isUrgent ? 'urgent' : 'yes'}#m-${messageIdOf(key)}`;
    },
  });

  app.get('/messages/:thread/files/:file', async (request, reply) => {
    const { actor, trusted, thread, person } = await visits.ofThread(request);
    const { file: id = '' } = request.params as { readonly file?: string }; // the path names it
    const readings = { reading: { record, actor }, trusted: { record, actor: trusted } };
    return sendFile(reply, readings, thread.messages, { id, person: person.id });
  });

  forms.add(app, '/messages/choice', {
    about: async (request: FastifyRequest) => {
      const visit = await visits.of(request);
      const { for: wanted } = request.query as { readonly for?: string }; // a link of ours, or anything
      const person = visit.people.find(({ id }) => id === wanted) ?? visit.people[0];
      if (!person) throw problem('forbidden', 'You cannot choose this for anyone.');
      return { ...visit, person };
    },
    form: () =>
      defineForm({
        fields: {
          for: textField('for', z.string().max(64)),
          many: textField('many', z.enum(['yes', 'no'], 'Select whether you want them')),
        },
      }),
    show: async (reply, { errorPrefix, ...shown }, visit) =>
      shell.renderPage(reply, 'messages/choice.njk', {
        ...{ ...shown, title: `${errorPrefix}Messages that go to many people`, person: visit.person },
        many:
          shown.typed.many ||
          ((await settings.declined([visit.person.id])).has(visit.person.id) ? 'no' : 'yes'),
        app: frameOf(visit, visit.person),
      }),
    act: async ({ for: wanted, many }, { people, person }) => {
      const who = people.find(({ id }) => id === wanted) ?? person;
      await settings.decline(who.id, many === 'no');
      return `/messages?for=${who.id}`;
    },
  });
}
