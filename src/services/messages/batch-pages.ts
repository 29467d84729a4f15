/** One message to many: the list, what becomes of each on it, and sending with progress, stop and go on. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { formatMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, requiredText, textField } from '../../web/forms/fields.ts';
import { fileField, fileFields } from '../../web/uploads/file-fields.ts';
import type { UploadKind } from '../../web/uploads/uploads.ts';
import {
  asAuthor,
  type Batch,
  type Batches,
  mostInBatch,
  numbersOf,
  type Verdict,
  verdicts,
} from './batch.ts';
import { judgeCohort, judgeNumbers } from './batch-sending.ts';
import { cleanWords, longest, type MessageRoom } from './needs.ts';
import { wordsField } from './patient-pages.ts';
import { nameOfPatient, type TeamVisit, type TeamVisits } from './team-visits.ts';

export const listFiles: UploadKind = {
  purpose: 'message-list',
  types: ['text/plain'],
  typesInWords: 'a CSV or text file',
  most: 1024 * 1024,
};

/** Long-term conditions that practices recall people for. Source: QOF 2025/26 registers; SNOMED CT UK Edition. */
const conditions = [
  { code: '195967001', text: 'Asthma' },
  { code: '13645005', text: 'Chronic obstructive lung disease' },
  { code: '44054006', text: 'Type 2 diabetes' },
  { code: '46635009', text: 'Type 1 diabetes' },
  { code: '38341003', text: 'High blood pressure' },
  { code: '53741008', text: 'Coronary heart disease' },
  { code: '84114007', text: 'Heart failure' },
  { code: '49436004', text: 'Atrial fibrillation' },
  { code: '709044004', text: 'Chronic kidney disease' },
] as const;

const rowsShown = 50;
const years = (name: string, what: string) =>
  textField(
    name,
    z
      .string()
      .regex(/^\d{0,3}$/, `${what} must be a whole number of years`)
      .transform((text) => (text === '' ? undefined : Number(text)))
      .refine((n) => n === undefined || n <= 120, `${what} must be 120 or less`),
  );

export function batchPages(
  app: FastifyInstance,
  needs: MessageRoom,
  visits: TeamVisits,
  batches: Batches,
): void {
  const { shell, forms, uploads, record, jobs } = needs;
  const files = fileFields({
    uploads,
    purposes: { list: listFiles.purpose },
    accountOf: (request) => needs.identityOf(request)?.account,
  });

  forms.add(app, '/messages/team/batch', {
    about: (request: FastifyRequest) => visits.of(request),
    form: () =>
      defineForm({
        fields: {
          by: textField('by', z.enum(['numbers', 'problem'], 'Select how you choose whom it goes to')),
          numbers: textField('numbers', z.string().max(200_000, 'The list is too long. Send it as a file')),
          list: fileField('list'),
          code: textField(
            'code',
            z.string().regex(/^(\d{6,18})?$/, 'Code must be a SNOMED CT code: 6 to 18 digits'),
          ),
          condition: textField('condition', z.string().max(20)),
          youngest: years('youngest', 'Youngest'),
          oldest: years('oldest', 'Oldest'),
          topic: requiredText('topic', {
            missing: 'Say in a few words what it is about',
            what: 'What it is about',
            most: 100,
          }),
          words: wordsField('Write your message'),
          use: textField('use', z.enum(['care', 'other'], 'Select what it is for')),
          options: choicesField('options', z.array(z.string())),
        },
        check: ({ by, numbers, list, code, condition, youngest, oldest }) => [
          ...(by === 'numbers' && numbers === '' && list === undefined
            ? [{ field: 'numbers', text: 'Paste NHS numbers, or choose a file of them' }]
            : []),
          ...(by === 'problem' && code === '' && !conditions.some((one) => one.code === condition)
            ? [{ field: 'condition', text: 'Select a problem, or enter its code' }]
            : []),
          ...(youngest !== undefined && oldest !== undefined && oldest < youngest
            ? [{ field: 'oldest', text: 'Oldest must not be less than youngest' }]
            : []),
        ],
      }),
    files,
    initial: () => ({ by: 'numbers', use: 'care' }),
    show: async (reply, { errorPrefix, ...shown }, visit) =>
      shell.renderPage(reply, 'messages/batch.njk', {
        ...{
          ...shown,
          title: `${errorPrefix}Write to many patients`,
          team: visit.team.name,
          longest,
          purpose: listFiles.purpose,
        },
        conditions: [
          { value: '', text: 'Select' },
          ...conditions.map(({ code, text }) => ({
            value: code,
            text,
            selected: shown.typed.condition === code,
          })),
        ],
        earlier: (await batches.of(visit.team.reference)).map((one) => ({
          ...{
            href: `/messages/team/batch/${one.id}`,
            topic: one.content.topic,
            when: formatMoment(one.made),
          },
          ...{ by: one.author.name, isSent: one.sent !== undefined },
        })),
      }),
    act: async (values, visit, { key }) => {
      const href = `/messages/team/batch/${key}`;
      if (await batches.find(key)) return href;
      const { actor, team, identity, now } = visit;
      const of = { team: team.reference, isCare: values.use === 'care' };
      let text = values.numbers;
      if (values.by === 'numbers' && values.list !== undefined) {
        const taken = await uploads.take(identity.account, values.list, listFiles.purpose);
        text = `${text}\n${(await uploads.contentOf(taken)).toString('utf8')}`;
      }
      const asked = values.by === 'numbers' ? numbersOf(text) : [];
      if (values.by === 'numbers' && asked.length === 0)
        return [
          {
            field: 'numbers',
            text: 'There are no NHS numbers in the list. Each is 10 digits, like 943 476 5919',
          },
        ];
      if (asked.length > mostInBatch)
        return [
          {
            field: 'numbers',
            text: `The list has ${asked.length.toLocaleString('en-GB')} people. Send to ${mostInBatch.toLocaleString('en-GB')} at most`,
          },
        ];
      const code = values.code || values.condition;
      const rows =
        values.by === 'numbers'
          ? await judgeNumbers(needs, actor, asked, of)
          : await judgeCohort(needs, actor, { code, youngest: values.youngest, oldest: values.oldest }, of);
      const named = conditions.find((one) => one.code === code)?.text ?? `SNOMED CT ${code}`;
      const ages = [
        values.youngest === undefined ? '' : `from ${values.youngest}`,
        values.oldest === undefined ? '' : `to ${values.oldest}`,
      ].filter(Boolean);
      const content = {
        ...{ topic: cleanWords(values.topic) || 'Message', words: values.words, isCare: of.isCare },
        noReply: values.options.includes('no-reply'),
        from:
          values.by === 'numbers'
            ? 'A list of NHS numbers'
            : [named, ages.length > 0 ? `age ${ages.join(' ')}` : ''].filter(Boolean).join(', '),
      };
      await batches.add(
        { id: key, team: team.reference, made: now, author: asAuthor(actor, team), content },
        rows,
      );
      if (values.list !== undefined) await uploads.forget(identity.account, values.list);
      return href;
    },
  });

  const batchOf = async (request: FastifyRequest): Promise<TeamVisit & { readonly batch: Batch }> => {
    const visit = await visits.of(request);
    const { batch: id = '' } = request.params as { readonly batch?: string }; // the path names it
    const batch = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? await batches.find(id) : undefined;
    if (batch?.team !== visit.team.reference)
      throw problem('not-found', 'There is no such message of your team.');
    return { ...visit, batch };
  };
  const stateOf = async ({ job, sent }: Batch) => {
    const status = job === undefined ? undefined : await jobs.status(job);
    if (!status)
      return { state: sent === undefined ? ('draft' as const) : ('stopped' as const), done: 0, total: 0 };
    const state =
      status.state === 'done'
        ? ('done' as const)
        : status.state === 'waiting' || status.state === 'running'
          ? ('sending' as const)
          : ('stopped' as const);
    return { state, done: status.done, total: status.total ?? 0 };
  };

  app.get<{ Querystring: Record<string, unknown>; Params: { batch: string } }>(
    '/messages/team/batch/:batch',
    async (request, reply) => {
      const visit = await batchOf(request);
      const { batch, actor, now } = visit;
      const verdict = (Object.keys(verdicts) as Verdict[]).find(
        (one) => one === firstText(request.query['show']),
      ); // keys of ours
      const page = Math.max(1, Number(/^\d{1,4}$/.exec(firstText(request.query['page']))?.[0] ?? 1));
      const [counts, rows, progress] = await Promise.all([
        batches.counts(batch.id),
        batches.rows(batch.id, verdict, (page - 1) * rowsShown, rowsShown + 1),
        stateOf(batch),
      ]);
      const shown = rows.slice(0, rowsShown);
      const ids = [...new Set(shown.flatMap(({ person }) => person ?? []))];
      const found =
        ids.length === 0
          ? []
          : (await record.search(actor, 'Patient', `_id=${ids.join(',')}&_count=${ids.length}`)).matches;
      const names = new Map(
        found.flatMap((one) =>
          one.body ? [[one.id, nameOfPatient(JSON.parse(one.body.toString()), now)] as const] : [],
        ),
      );
      const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
      return shell.renderPage(reply, 'messages/batch-one.njk', {
        ...{ title: batch.content.topic, batch, team: visit.team.name, ...progress, all: total },
        made: formatMoment(batch.made),
        mark: `${progress.state}-${progress.done}`,
        willSend: counts.get('send') ?? 0,
        counts: (Object.keys(verdicts) as Verdict[]).flatMap((key) => {
          const n = counts.get(key) ?? 0;
          return n === 0
            ? []
            : [
                {
                  text: key === 'send' && progress.state === 'done' ? 'Were sent it' : verdicts[key],
                  n,
                  href: `/messages/team/batch/${batch.id}?show=${key}`,
                  current: key === verdict,
                },
              ];
        }),
        rows: shown.map(({ n, said, person, verdict: why }) => ({
          ...{ n: n + 1, why: verdicts[why], isSent: why === 'send' },
          who: person === undefined ? said : (names.get(person) ?? 'Name not shown to you'),
          href: person !== undefined && names.has(person) ? `/people/${person}` : undefined,
        })),
        next: rows.length > rowsShown ? withQuery(request, { page: String(page + 1) }) : undefined,
        first: page > 1 ? withQuery(request, { page: undefined }) : undefined,
      });
    },
  );

  app.get('/messages/team/batch/:batch/mark', async (request, reply) => {
    const { batch } = await batchOf(request);
    const { state, done } = await stateOf(batch);
    return reply.type('text/plain').header('cache-control', 'no-store').send(`${state}-${done}`);
  });
  app.post('/messages/team/batch/:batch/send', async (request, reply) => {
    const { batch, now } = await batchOf(request);
    await batches.start(batch.id, now);
    return reply.redirect(`/messages/team/batch/${batch.id}`, 303);
  });
  app.post('/messages/team/batch/:batch/stop', async (request, reply) => {
    const { batch } = await batchOf(request);
    if (batch.job !== undefined) await jobs.cancel(batch.job);
    return reply.redirect(`/messages/team/batch/${batch.id}`, 303);
  });
}
