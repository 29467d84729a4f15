/** Addresses of the choices: each is one question on one page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { subjectKey } from '../../access/consents/sharing-consent.ts';
import { problem } from '../../platform/problem.ts';
import { errorsForPage, formBody, formText } from '../../web/form-fields.ts';
import { changeChoice, readChoices } from './choices.ts';
import { itemKind, itemKinds, itemsOf, oneItem } from './items.ts';
import { ownerOf, type SharingNeeds } from './needs.ts';
import { type KnownOrganisation, organisationOf, organisationsNamed, practicesOf } from './organisations.ts';
import {
  categoryQuestion,
  itemQuestion,
  kindQuestion,
  organisationQuestion,
  type Question,
  researchQuestion,
  standingAnswer,
} from './questions.ts';

type Params = Readonly<Record<string, string>>;
type Asking = FastifyRequest<{ Params: Params; Querystring: Readonly<Record<string, unknown>> }>;

export function choicePages(app: FastifyInstance, needs: SharingNeeds): void {
  const { shell, record, actorOf, identityOf, systemActor, requireFresh } = needs;

  const practices = async (request: Asking): Promise<KnownOrganisation[]> => {
    const { patient } = ownerOf(request, identityOf);
    const actor = actorOf(request);
    const found: KnownOrganisation[] = [];
    for (const id of await practicesOf(record, actor, patient)) {
      const one = await organisationOf(record, actor, id);
      if (one) found.push(one);
    }
    return found;
  };

  /** A page that asks a question, and takes the answer. */
  const question = (path: string, questionOf: (request: Asking) => Promise<Question | undefined>) => {
    const found = async (request: Asking): Promise<Question> => {
      ownerOf(request, identityOf);
      requireFresh(request);
      const one = await questionOf(request);
      if (!one) throw problem('not-found', 'There is no such choice to make about your record.');
      return one;
    };
    const page = async (request: Asking, reply: FastifyReply, one: Question, wrong: boolean) => {
      const { patient } = ownerOf(request, identityOf);
      const all = await readChoices(record, systemActor(request), patient);
      const key = subjectKey(one.subject);
      const standing = all.find((choice) => subjectKey(choice.subject) === key);
      const chosen = standingAnswer(one, standing);
      return shell.renderPage(reply.code(wrong ? 422 : 200), 'sharing/question.njk', {
        title: `${wrong ? 'Error: ' : ''}${one.title}`,
        heading: one.title,
        paragraphs: one.paragraphs,
        back: one.back,
        action: request.url.split('?')[0],
        answers: one.answers.map(({ value, text, hint }) => ({
          value,
          text,
          checked: !wrong && value === chosen,
          ...(hint === undefined ? {} : { hint: { text: hint } }),
        })),
        ...errorsForPage(wrong ? [{ field: 'answer', text: one.error }] : []),
      });
    };
    app.get(path, async (request: Asking, reply) => page(request, reply, await found(request), false));
    app.post(path, async (request: Asking, reply) => {
      const one = await found(request);
      const value = formText(formBody(request.body), 'answer');
      const answer = one.answers.find((possible) => possible.value === value);
      if (!answer) return page(request, reply, one, true);
      const owner = ownerOf(request, identityOf);
      await changeChoice(needs, owner, systemActor(request), one.subject, answer.choice, answer.note);
      return reply.redirect('/sharing?done=choice', 303);
    });
  };

  question('/sharing/kinds/:code', async ({ params }) => kindQuestion(params['code'] ?? ''));
  question('/sharing/organisations/:id', async (request) => {
    const { patient } = ownerOf(request, identityOf);
    const one = await organisationOf(record, actorOf(request), request.params['id'] ?? '');
    const own = one && (await practicesOf(record, actorOf(request), patient)).includes(one.id);
    return one && organisationQuestion(one, own ?? false);
  });
  question('/sharing/categories/:code', async (request) =>
    categoryQuestion(request.params['code'] ?? '', await practices(request)),
  );
  question('/sharing/items/:type/:id', async (request) => {
    const { patient } = ownerOf(request, identityOf);
    const { type = '', id = '' } = request.params;
    const kind = itemKind(type);
    const item = kind && (await oneItem(record, actorOf(request), patient, type, id));
    return kind && item && itemQuestion(item, kind, await practices(request));
  });
  question('/sharing/research', async () => researchQuestion());

  app.get('/sharing/organisations', async (request: Asking, reply) => {
    ownerOf(request, identityOf);
    const name = formText(request.query, 'name').slice(0, 100);
    const asked = Object.hasOwn(request.query, 'name');
    const errors = asked && name === '' ? [{ field: 'name', text: 'Enter the name, or its beginning' }] : [];
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'sharing/organisations.njk', {
      title: `${errors.length > 0 ? 'Error: ' : ''}Find an organisation`,
      name,
      found: name === '' ? undefined : await organisationsNamed(record, actorOf(request), name),
      ...errorsForPage(errors),
    });
  });

  app.get('/sharing/items', async (request: Asking, reply) => {
    const { patient } = ownerOf(request, identityOf);
    const kind = itemKind(formText(request.query, 'type')) ?? itemKinds[0];
    if (!kind) throw problem('not-found', 'There is nothing of this kind.');
    const cursor = formText(request.query, 'page');
    const { items, next } = await itemsOf(record, actorOf(request), patient, kind, cursor);
    const all = await readChoices(record, systemActor(request), patient);
    const kept = new Set(all.flatMap(({ subject }) => (subject.kind === 'item' ? [subject.reference] : [])));
    const here = `/sharing/items?type=${kind.type}`;
    return shell.renderPage(reply, 'sharing/items.njk', {
      title: 'Keep an entry back',
      kinds: itemKinds.map(({ type, name }) => ({ type, name, current: type === kind.type })),
      kind,
      items: items.map((item) => ({ ...item, kept: kept.has(item.reference) })),
      next: next && `${here}&page=${encodeURIComponent(next)}`,
      first: cursor ? here : undefined,
    });
  });
}
