/** What happens next: where a sent request stands, when an answer is likely, adding to it, and taking it back. */
import type { QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { atStage, input, inputsOf, stageOf, taskKindOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import type { Change } from '../../record/care-record.ts';
import { idPattern } from '../../web/addresses.ts';
import { formatDateTime } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { textField } from '../../web/forms/fields.ts';
import { type Reading, readNow, searchPage } from '../../web/record-reading.ts';
import { fileField, fileFields } from '../../web/uploads/file-fields.ts';
import type { HelpNeeds } from './needs.ts';
import type { ShowPage } from './page-parts.ts';
import { photoResources, stopUrl } from './request.ts';
import { findInWords } from './safety/assess.ts';
import { nameOfRule, weightOf } from './safety/rule.ts';
import { photoPurpose, requestHref, takePhotos } from './sending.ts';
import { shownStop } from './stop-pages.ts';
import { trustedReading } from './trusted.ts';
import type { Person, Visitor } from './visitors.ts';
import { durationWords, openWaiting } from './waiting.ts';

interface Following {
  readonly visitor: Visitor;
  readonly task: Task;
  readonly version: number;
  readonly person: Person | undefined;
  readonly reading: Reading;
}

/** What each stage means to the one who asked. */
const stageWords: Readonly<Record<string, string>> = {
  waiting: 'Sent. Nobody has opened it yet.',
  opened: 'Someone at the practice is looking at it.',
  'with-patient': 'The practice has asked for something.',
  booked: 'You have an appointment.',
  'passed-on': 'It was passed on to someone who can help.',
  closed: 'This is closed.',
  withdrawn: 'It was taken back.',
};
const isOpen = (task: Task): boolean =>
  !['completed', 'cancelled', 'failed', 'rejected', 'entered-in-error'].includes(task.status ?? '');

export function requestPages(app: FastifyInstance, needs: HelpNeeds, show: ShowPage): void {
  const { forms, drafts, visitors, record, clock, live, uploads } = needs;
  const waiting = openWaiting({ record, actor: needs.ownActor }, clock);

  /** The request that the address names, where it is the visitor's to follow. 404 for others: it is not told that there is one. */
  const followingOf = async (request: FastifyRequest): Promise<Following> => {
    const { request: id } = request.params as { request: string }; // every address of a request has it
    const visitor = await visitors.visitorOf(request);
    const missing = () =>
      problem(
        visitor.identity ? 'not-found' : 'login',
        'There is no such request here. Sign in to see what you have sent.',
      );
    const followed = idPattern.test(id) && (await drafts.follows(visitor.holder, id));
    if (!idPattern.test(id) || (!followed && !visitor.identity)) throw missing();
    const reading = trustedReading(needs, request);
    const stored = await record.read(needs.ownActor, 'Task', id).catch(() => undefined);
    const task = stored?.body ? (JSON.parse(stored.body.toString('utf8')) as Task) : undefined;
    const kind = task && taskKindOf(task);
    if (!task || !stored || (kind !== 'help' && kind !== 'admin' && kind !== 'registration')) throw missing();
    const patient = task.for?.reference?.split('/')[1];
    const theirs = patient !== undefined && visitor.patients.includes(patient);
    const practice = visitor.identity?.kind === 'staff' ? visitor.identity.post.organisation : undefined;
    const staffs = visitor.staff && task.owner?.reference === practice;
    // Of someone in a record, who follows it must still be allowed to ask for them.
    if (patient === undefined ? !followed && !staffs : !theirs && !staffs) throw missing();
    const person = patient === undefined ? undefined : await visitors.personFor(request, visitor, patient);
    return { visitor, task, version: stored.version, person, reading };
  };

  live.add(app, '/get-help/requests/:request/live', async (_identity, request) => {
    const { person } = await followingOf(request);
    return person ? [person.id] : [];
  });

  const showRequest = (
    reply: FastifyReply,
    following: Following,
    template: string,
    page: { title: string; [name: string]: unknown },
  ) => {
    const { visitor, person, task } = following;
    return show(reply.request, reply, visitor, person, template, {
      base: requestHref(task.id ?? ''),
      ...page,
    });
  };

  app.get('/get-help/requests/:request', async (request, reply) => {
    const following = await followingOf(request);
    const { task, person, reading } = following;
    const open = isOpen(task);
    const stage = stageOf(task) ?? 'waiting';
    const place =
      open && (stage === 'waiting' || stage === 'opened') ? await waiting.placeOf(task) : undefined;
    const asks = person
      ? (
          await searchPage<Task>(
            reading,
            'Task',
            `based-on=Task/${task.id}&status=requested,received,ready&_count=10`,
          )
        ).resources
      : [];
    return showRequest(reply, following, 'request', {
      ...{ title: open ? 'What happens next' : 'Your request', open, stage, what: task.code?.text },
      ...{
        state: stageWords[stage] ?? task.businessStatus?.text,
        practice: task.owner?.display,
        sent: formatDateTime(task.authoredOn),
      },
      place: place?.place,
      expected: place?.expected && {
        half: durationWords(place.expected.half),
        most: durationWords(place.expected.most),
        of: place.expected.of,
      },
      history: place?.history ?? 0,
      overridden: inputsOf(task, 'overridden')[0]?.valueBoolean ?? false,
      unmatched: person === undefined,
      asks: asks.map((one) => ({ text: one.description ?? one.code?.text ?? 'The practice asks for more' })),
      byPhone: inputsOf(task, 'came-by')[0]?.valueCode === 'telephone',
      liveHref: person ? `${requestHref(task.id ?? '')}/live` : undefined,
    });
  });

  app.get('/get-help/requests', async (request, reply) => {
    const visitor = await visitors.visitorOf(request);
    const reading = trustedReading(needs, request);
    const known = await Promise.all(
      (await drafts.followed(visitor.holder)).map((id) =>
        readNow<Task>({ record, actor: needs.ownActor }, 'Task', id),
      ),
    );
    const ofRecord = await Promise.all(
      visitor.patients.map(async (id) => {
        const query = `patient=Patient/${id}&code=https://throughline.example/CodeSystem/primary-care-task|help,https://throughline.example/CodeSystem/primary-care-task|admin&_sort=-authored-on&_count=30`;
        return (await searchPage<Task>(reading, 'Task', query)).resources;
      }),
    );
    const all = new Map<string, Task>();
    for (const task of [...known, ...ofRecord.flat()]) {
      const patient = task?.for?.reference?.split('/')[1];
      if (task?.id && (patient === undefined || visitor.patients.includes(patient))) all.set(task.id, task);
    }
    const rows = [...all.values()]
      .sort((a, b) => (b.authoredOn ?? '').localeCompare(a.authoredOn ?? ''))
      .slice(0, 50)
      .map((task) => ({
        ...{ href: requestHref(task.id ?? ''), what: task.code?.text, when: formatDateTime(task.authoredOn) },
        ...{
          state: task.businessStatus?.text,
          for: visitor.patients.length > 1 ? task.for?.display : undefined,
        },
      }));
    return show(request, reply, visitor, undefined, 'requests', { title: 'What you have asked for', rows });
  });

  const noFields = defineForm({ fields: {} });
  forms.add(app, '/get-help/requests/:request/withdraw', {
    about: followingOf,
    form: () => noFields,
    show: (reply, { errorPrefix, ...shown }, following) =>
      showRequest(reply, following, 'withdraw', {
        ...shown,
        ...{
          title: `${errorPrefix}Take this request back?`,
          what: following.task.code?.text,
          open: isOpen(following.task),
        },
      }),
    act: async (_, { task, version, reading }) => {
      const href = requestHref(task.id ?? '');
      if (!isOpen(task)) return href;
      const next: Task = {
        ...task,
        ...atStage('withdrawn'),
        lastModified: new Date(clock.now()).toISOString(),
      };
      await record.commit(reading.actor, [
        { kind: 'update', type: 'Task', id: task.id ?? '', text: JSON.stringify(next), ifMatch: version },
      ]);
      return href;
    },
  });

  forms.add(app, '/get-help/requests/:request/add', {
    about: async (request) => {
      const following = await followingOf(request);
      if (!isOpen(following.task))
        throw problem('business-rule', 'This request is closed. Ask again, and say that it is about this.');
      return following;
    },
    form: () =>
      defineForm({
        fields: {
          words: textField('words', z.string().max(2000, 'What you add must be 2,000 characters or fewer')),
          photo: fileField('photo'),
        },
        check: ({ words, photo }) =>
          words === '' && photo === undefined
            ? [{ field: 'words', text: 'Write something, or choose a photo' }]
            : [],
      }),
    files: fileFields({
      uploads,
      purposes: { photo: photoPurpose },
      accountOf: (request) => needs.identityOf(request)?.account,
    }),
    show: (reply, { errorPrefix, ...shown }, following) =>
      showRequest(reply, following, 'add', {
        ...shown,
        ...{
          title: `${errorPrefix}Add to your request`,
          purpose: photoPurpose,
          mayAddPhotos: following.visitor.identity !== undefined,
        },
      }),
    act: async ({ words, photo }, { task, version, reading, person, visitor }, { key }) => {
      const account = visitor.identity?.account;
      const response = await record.read(needs.ownActor, 'QuestionnaireResponse', task.id ?? '');
      const kept = response?.body
        ? (JSON.parse(response.body.toString('utf8')) as QuestionnaireResponse)
        : undefined;
      if (!kept || !response)
        throw problem('not-found', 'What was sent first is not there any more. Ask again.');
      const marked = `add-${key}`;
      const done = requestHref(task.id ?? '');
      if (kept.item?.some(({ linkId }) => linkId === marked)) return done; // killed before its receipt was written
      const now = clock.now();
      const asker = await visitors.askerOf(visitor, person, task.requester?.display ?? '');
      const photos = await takePhotos(
        needs,
        account,
        photo === undefined ? [] : [{ id: photo, name: 'Photo added later' }],
      );
      const flags = findInWords(words);
      const stops = [
        ...(kept.extension ?? []),
        ...flags.map(({ rule, typed }) => ({
          url: stopUrl,
          extension: [
            { url: 'rule', valueString: nameOfRule(rule) },
            { url: 'advice', valueCode: rule.advice },
            { url: 'by', valueCode: 'words' },
            { url: 'at', valueDateTime: new Date(now).toISOString() },
            ...(typed === undefined ? [] : [{ url: 'typed', valueString: typed }]),
          ],
        })),
      ];
      const amended: QuestionnaireResponse = {
        ...kept,
        status: 'amended',
        ...(stops.length > 0 ? { extension: stops } : {}),
        item: [
          ...(kept.item ?? []),
          {
            linkId: marked,
            text: `Added ${formatDateTime(new Date(now).toISOString())}`,
            answer: [{ valueString: words || 'A photo' }],
          },
        ],
      };
      // Told in one commit with the words: it can only become more urgent.
      const raised = flags.some(({ rule }) => weightOf(rule.advice) >= 3)
        ? 'stat'
        : flags.length > 0
          ? 'asap'
          : undefined;
      const order = ['routine', 'urgent', 'asap', 'stat'];
      const before = task.priority ?? 'routine';
      const next: Task = {
        ...task,
        ...(stageOf(task) === 'with-patient' ? atStage('waiting') : {}),
        priority: raised !== undefined && order.indexOf(raised) > order.indexOf(before) ? raised : before,
        lastModified: new Date(now).toISOString(),
        input: [
          ...(task.input ?? []),
          ...flags.map(({ rule }) => input('red-flag', { valueString: nameOfRule(rule) })),
        ],
      };
      const asks = person
        ? (
            await searchPage<Task>(
              reading,
              'Task',
              `based-on=Task/${task.id}&status=requested,received,ready&_count=10`,
            )
          ).resources
        : [];
      const resources = [
        ...photos.flatMap((one) =>
          photoResources(one, {
            ...{ task: task.id ?? '', now },
            ...(person ? { person: person.id } : {}),
            ...(asker.author ? { author: asker.author } : {}),
          }),
        ),
        ...asks
          .filter((one) => taskKindOf(one) === 'answer')
          .map((one): Task => ({ ...one, ...atStage('closed') })),
      ];
      await record.commit(reading.actor, [
        ...resources.map(
          (one): Change => ({
            kind: 'update',
            type: one.resourceType,
            id: one.id ?? '',
            text: JSON.stringify(one),
          }),
        ),
        {
          kind: 'update',
          type: 'QuestionnaireResponse',
          id: task.id ?? '',
          text: JSON.stringify(amended),
          ifMatch: response.version,
        },
        { kind: 'update', type: 'Task', id: task.id ?? '', text: JSON.stringify(next), ifMatch: version },
      ]);
      if (account !== undefined && photo !== undefined) await uploads.forget(account, photo);
      return flags.length > 0 ? `${done}/told?at=${now}` : done;
    },
  });

  // After words that may be urgent were added: they are sent, and this says what to do meanwhile.
  app.get('/get-help/requests/:request/told', async (request, reply) => {
    const following = await followingOf(request);
    const response = await readNow<QuestionnaireResponse>(
      { record, actor: needs.ownActor },
      'QuestionnaireResponse',
      following.task.id ?? '',
    );
    const text = (response?.item ?? []).filter(({ linkId = '' }) => linkId.startsWith('add-')).at(-1)
      ?.answer?.[0]?.valueString;
    const stops = findInWords(text ?? '').map(({ rule, typed, denied }) => ({
      ...{
        rule: nameOfRule(rule),
        id: rule.id,
        advice: rule.advice,
        by: 'words' as const,
        denied,
        at: clock.now(),
      },
      ...(typed === undefined ? {} : { typed }),
    }));
    const stop = shownStop(stops);
    if (!stop) return reply.redirect(requestHref(following.task.id ?? ''), 303);
    return showRequest(reply, following, 'told', { title: stop.heading, stop });
  });
}
