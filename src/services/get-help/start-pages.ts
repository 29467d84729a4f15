/** Where a request begins: in one's own words, from a common problem or a body area, or with what is no health problem. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import { firstText } from '../../web/addresses.ts';
import { formatMoment } from '../../web/dates.ts';
import { formBody, formText } from '../../web/form-fields.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { textField } from '../../web/forms/fields.ts';
import { readNow } from '../../web/record-reading.ts';
import { type Asking, draftHref } from './asking.ts';
import { type Draft, pageOf, stepsOf } from './draft.ts';
import { adminForms } from './forms/admin-forms.ts';
import { allForms, formByKey, type HelpForm, pagesOf } from './forms/all-forms.ts';
import type { HelpNeeds } from './needs.ts';
import type { ShowPage } from './page-parts.ts';
import { problems, problemsOf } from './problems/all-problems.ts';
import { type BodyArea, bodyAreas } from './problems/problem.ts';
import { questionField } from './question-field.ts';
import type { Raw } from './questionnaire/read-answers.ts';
import { readRaw } from './questionnaire/read-answers.ts';
import { shownItems } from './questionnaire/shown-items.ts';
import { redFlagRules, ruleById } from './safety/assess.ts';
import { pharmacyPathways } from './safety/pharmacy-first.ts';
import { adviceHeadings, nameOfRule } from './safety/rule.ts';
import { trustedReading } from './trusted.ts';
import { urgencyRules } from './urgency.ts';
import type { Person, Visitor } from './visitors.ts';

type FormRequest = FastifyRequest<{ Params: { form: string } }>;

/** The first page of a form, before there is a draft. */
interface Beginning {
  readonly visitor: Visitor;
  readonly form: HelpForm;
  /** Asked for in the address: a Patient id, or empty. */
  readonly wanted: string;
  /** For whom they may ask; staff have the one whom they found. */
  readonly people: readonly Person[];
}

export function startPages(app: FastifyInstance, needs: HelpNeeds, asking: Asking, show: ShowPage): void {
  const { drafts, forms, visitors } = needs;

  const beginningOf = async (request: FastifyRequest, form: HelpForm): Promise<Beginning> => {
    const visitor = await visitors.visitorOf(request);
    const { identity, staff, patients } = visitor;
    if (identity?.kind === 'staff' && !staff)
      throw problem(
        'forbidden',
        'This is where patients ask their practice for help. Those who work there can ask for someone.',
      );
    const wanted = firstText((request.query as Record<string, unknown>)['for']);
    const typed = formText(formBody(request.body), 'for');
    // Whoever registers says who it is for in the form: most often somebody new, such as a baby.
    const own = form.kind === 'registration' ? patients.slice(0, 1) : patients;
    const ids = staff ? [typed || wanted].filter((id) => id !== '' && id !== 'unmatched') : own;
    const people = await Promise.all(ids.map((id) => visitors.personFor(request, visitor, id)));
    return { visitor, form, wanted, people };
  };

  const firstPage = ({ form }: Beginning) => pagesOf(form, {})[0];

  const whoField = ({ people, visitor }: Beginning) =>
    textField(
      'for',
      z
        .string()
        .refine(
          (id) => people.length < 2 || visitor.staff || people.some((one) => one.id === id),
          'Select who this is for',
        ),
    );

  const add = (path: string, formOf: (request: FastifyRequest) => HelpForm, template: string) =>
    forms.add(app, path, {
      about: (request) => beginningOf(request, formOf(request)),
      form: (begun: Beginning) =>
        defineForm({ fields: { for: whoField(begun), page: questionField([firstPage(begun)!], {}) } }), // every form has a page
      initial: ({ people, wanted }) => ({ for: people.some(({ id }) => id === wanted) ? wanted : '' }),
      show: async (reply, { errorPrefix, typed, ...shown }, begun) => {
        const { visitor, form, people } = begun;
        const { request } = reply;
        const first = firstPage(begun)!; // as above
        const person = people.length === 1 ? people[0] : undefined;
        return show(request, reply, visitor, person, template, {
          ...shown,
          ...{ title: `${errorPrefix}${template === 'start' ? 'Get help from your practice' : form.title}` },
          ...{ heading: first.text, formKey: form.key, pageKey: first.linkId, problem: form.problem, typed },
          items: shownItems(first.item, {}, typed.page as Raw),
          people: people.map(({ id, name, own }) => ({ value: id, text: own ? `${name} (you)` : name })),
          for: typed.for || begun.wanted,
          unmatched: visitor.staff && people.length === 0,
          steps: stepsOf(
            { ...emptyDraft, ...(people.length > 0 ? { person: '-' } : {}), form: form.key },
            form,
          ).length,
          ...(template === 'start' ? await startParts(request, visitor) : {}),
        });
      },
      act: async ({ page, for: chosen }, { visitor, form, people }, { key, request }) => {
        const person = people.length === 1 ? people[0] : people.find(({ id }) => id === chosen);
        const begun = await asking.begin(request, visitor, form, { id: key, ...(person ? { person } : {}) });
        const first = pagesOf(form, {})[0]!; // every form has a page
        return asking.answered(request, begun, first.linkId ?? '', { ...begun.draft.answers, ...page });
      },
    });

  /** What someone has begun, and what they asked before. */
  const startParts = async (request: FastifyRequest, visitor: Visitor) => {
    const reading = trustedReading(needs, request);
    const begun = [];
    for (const { draft, updated, claimed } of await drafts.list(visitor.holder)) {
      // Sent, and the process killed before it could tidy up.
      if (claimed && (await readNow(reading, 'Task', draft.id))) {
        await drafts.follow(visitor.holder, draft.id);
        await drafts.remove(draft.id);
        continue;
      }
      const form = formByKey(draft.form);
      if (form) begun.push({ id: draft.id, title: form.title, when: formatMoment(updated) });
    }
    return {
      begun,
      followed: (await drafts.followed(visitor.holder)).length > 0 || visitor.patients.length > 0,
      admin: adminForms.map(({ key, title, about }) => ({ key, title, about })),
      // More would make the first page heavy.
      practices: visitor.identity ? [] : (await visitors.practices()).slice(0, 40),
    };
  };

  add('/get-help', () => formByKey('words')!, 'start'); // it is among them
  add(
    '/get-help/ask/:form',
    (request) => {
      const form = formByKey((request as FormRequest).params.form);
      if (!form) throw problem('not-found', 'There is no such form.');
      return form;
    },
    'ask',
  );

  app.get(
    '/get-help/problems',
    async (request: FastifyRequest<{ Querystring: Record<string, unknown> }>, reply) => {
      const visitor = await visitors.visitorOf(request);
      const area = firstText(request.query['area']);
      const known = Object.hasOwn(bodyAreas, area) ? (area as BodyArea) : undefined; // looked at
      const typed = firstText(request.query['find']).trim().slice(0, 100);
      const wordsTyped = typed
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== '');
      const list = (known ? problemsOf(known) : problems).filter(({ title, also }) =>
        wordsTyped.every((word) => `${title} ${also}`.toLowerCase().includes(word)),
      );
      const person = firstText(request.query['for']);
      return show(request, reply, visitor, undefined, 'problems', {
        title: known ? `Problems: ${bodyAreas[known].toLowerCase()}` : 'Choose a problem',
        problems: list.map(({ key, title }) => ({ key, title })),
        areas: Object.entries(bodyAreas).map(([key, text]) => ({ key, text, chosen: key === known })),
        ...{
          typed,
          area: known ?? '',
          suffix: person ? `?for=${encodeURIComponent(person)}` : '',
          for: person,
        },
      });
    },
  );

  app.get('/get-help/rules', async (request, reply) => {
    const visitor = await visitors.visitorOf(request);
    return show(request, reply, visitor, undefined, 'rules', {
      title: 'How we keep you safe',
      groups: (['emergency', 'department', '111', 'pharmacist'] as const).map((advice) => ({
        heading: adviceHeadings[advice],
        rules: redFlagRules
          .filter((rule) => rule.advice === advice)
          .map((rule) => ({ name: nameOfRule(rule), words: rule.words, source: rule.source })),
      })),
      pathways: pharmacyPathways,
      urgency: urgencyRules.map(({ name, urgency, words, source }) => ({ name, urgency, words, source })),
    });
  });

  // Forms as they are, for whoever wants to check or use them.
  app.get('/get-help/questionnaires/:form', (request: FormRequest, reply) => {
    const found = allForms.find(({ key }) => key === request.params.form);
    if (!found) throw problem('not-found', 'There is no such form.');
    return reply.type('application/fhir+json; charset=utf-8').send(JSON.stringify(found.form));
  });

  /** What the browser keeps as it is typed. It answers nothing, and refuses nobody: a page without it is whole. */
  app.post('/get-help/keep', async (request, reply) => {
    const body = formBody(request.body);
    const id = formText(body, 'form').toLowerCase();
    const visitor = await visitors.visitorOf(request);
    const named = formText(body, 'keep-draft');
    const found = await drafts.find(visitor.holder, named || id);
    const form = formByKey(found?.form ?? formText(body, 'keep-form'));
    const page = formText(body, 'keep-page');
    const known = visitor.holder.account !== undefined || visitor.holder.token !== undefined;
    if (!form || !known || (named !== '' && !found)) return reply.code(204).send();
    const person = formText(body, 'for');
    const draft =
      found ??
      (
        await asking.begin(request, visitor, form, {
          id,
          ...(visitor.patients.includes(person) || (visitor.staff && person !== '' && person !== 'unmatched')
            ? { person: await visitors.personFor(request, visitor, person) }
            : {}),
        })
      ).draft;
    const items = pageOf(form, draft, page);
    if (!items) return reply.code(204).send();
    const raw = readRaw([items], body);
    if (!found && Object.keys(raw).length === 0) return reply.code(204).send();
    await asking.save(visitor, { ...draft, typed: { ...draft.typed, [page]: raw } });
    return reply.code(204).send();
  });

  const removal = defineForm({ fields: {} });
  forms.add(app, '/get-help/drafts/:draft/remove', {
    about: async (request) => asking.askedOf(request),
    form: () => removal,
    show: (reply, shown, { visitor, person, form, draft }) =>
      show(reply.request, reply, visitor, person, 'remove', {
        ...{ title: 'Remove this request?', form: shown.form, what: form.title, back: draftHref(draft.id) },
      }),
    act: async (_, { draft, visitor }) => {
      const account = visitor.identity?.account;
      if (account !== undefined) for (const { id } of draft.photos) await needs.uploads.forget(account, id);
      await drafts.remove(draft.id);
      return '/get-help';
    },
  });

  // A rule that a question names must be there: better at the start than when someone ticks it.
  for (const one of problems) for (const [, rule] of one.flags) ruleById(rule);
}

const emptyDraft: Draft = {
  ...{ id: '', form: '', cameBy: 'page', answers: {}, typed: {}, photos: [], stops: [], begun: 0 },
};
