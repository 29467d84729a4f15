/** A request on its way: begun, answered page by page, stopped where it must be, and where it goes on to. */
import type { FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { type Draft, findingsOf, openStops, pageOf, type StopAnswer, stepsOf, withStops } from './draft.ts';
import { formByKey, type HelpForm } from './forms/all-forms.ts';
import type { HelpNeeds } from './needs.ts';
import type { Answers } from './questionnaire/enable-when.ts';
import { prefilled } from './questionnaire/prefill.ts';
import { answersOf } from './request.ts';
import { trustedReading } from './trusted.ts';
import type { Person, Visitor } from './visitors.ts';

/** One visit to a page of a draft. */
export interface Asked {
  readonly visitor: Visitor;
  readonly draft: Draft;
  readonly form: HelpForm;
  readonly person: Person | undefined;
  /** `/get-help/drafts/<id>` */
  readonly base: string;
}

export interface Asking {
  /** The visitor's own draft that an address names. Throws 404 for others. */
  readonly askedOf: (request: FastifyRequest) => Promise<Asked>;
  /** A new draft, or the one of that id that was kept while its first page was typed. */
  readonly begin: (
    request: FastifyRequest,
    visitor: Visitor,
    form: HelpForm,
    of: { readonly id: string; readonly person?: Person },
  ) => Promise<Asked>;
  /** Keeps the answers of a page, sees what stops, and answers where to go on to. */
  readonly answered: (
    request: FastifyRequest,
    asked: Asked,
    page: string,
    answers: Answers,
  ) => Promise<string>;
  /** Keeps a change that no question asks about, and answers where to go on to. */
  readonly changed: (asked: Asked, step: string, change: Partial<Draft>) => Promise<string>;
  readonly stopAnswered: (request: FastifyRequest, asked: Asked, answer: StopAnswer) => Promise<string>;
  readonly save: (visitor: Visitor, draft: Draft) => Promise<void>;
}

export const draftHref = (id: string): string => `/get-help/drafts/${id}`;

/** The address after a step: the stop first, where there is one that nobody has answered. */
export function nextHref(draft: Draft, form: HelpForm, after: string | undefined): string {
  const base = draftHref(draft.id);
  if (openStops(draft).some(({ answer }) => answer === undefined)) return `${base}/stop`;
  const steps = stepsOf(draft, form);
  const at = after === undefined ? -1 : steps.indexOf(after);
  return `${base}/${steps[Math.min(at + 1, steps.length - 1)] ?? 'check'}`;
}

/** The first page that still lacks what must be answered, or the last of all. */
const afterStop = (draft: Draft, form: HelpForm): string => {
  const steps = stepsOf(draft, form);
  const lacking = steps.find((step) => {
    const page = pageOf(form, draft, step);
    return page?.item?.some(({ required, linkId = '' }) => required && !draft.answers[linkId]) ?? false;
  });
  const done = steps.filter((step) => pageOf(form, draft, step) !== undefined);
  const next = lacking ?? (draft.how || form.kind === 'registration' ? 'check' : steps[done.length]);
  return `${draftHref(draft.id)}/${next ?? 'check'}`;
};

export function openAsking(needs: HelpNeeds): Asking {
  const { drafts, visitors, record, clock } = needs;

  const save = (visitor: Visitor, draft: Draft): Promise<void> => drafts.put(visitor.holder, draft);

  /** A stop is in the record at once, whether or not the person then goes where they were told. */
  const recordStops = async (request: FastifyRequest, { visitor, form, person }: Asked, draft: Draft) => {
    if (draft.stops.length === 0) return;
    const name = visitor.identity?.name ?? 'someone who has not signed in';
    await drafts.recordStops(draft, name);
    if (!person) return;
    const asker = await visitors.askerOf(visitor, person, '');
    const response = answersOf({ draft, form, person, asker, now: clock.now() }, 'stopped');
    await record.commit(trustedReading(needs, request).actor, [
      { kind: 'update', type: 'QuestionnaireResponse', id: draft.id, text: JSON.stringify(response) },
    ]);
  };

  const personOf = async (request: FastifyRequest, visitor: Visitor, draft: Draft) =>
    draft.person === undefined ? undefined : visitors.personFor(request, visitor, draft.person);

  const withPerson = async (
    request: FastifyRequest,
    draft: Draft,
    form: HelpForm,
    person: Person | undefined,
  ): Promise<Draft> => {
    if (!person) return draft;
    const known = prefilled(form.form, await visitors.contextOf(request, person));
    return {
      ...draft,
      person: person.id,
      ...(person.practice && form.kind !== 'registration' ? { practice: person.practice.id } : {}),
      answers: { ...known, ...draft.answers },
    };
  };

  return {
    save,
    async askedOf(request) {
      const { draft: id } = request.params as { draft: string }; // every address of a draft has it
      const visitor = await visitors.visitorOf(request);
      const found = await drafts.find(visitor.holder, id);
      const form = found && formByKey(found.form);
      if (!found || !form)
        throw problem(
          'not-found',
          'There is no such request here. It may have been sent or removed already.',
        );
      // Begun by someone who had not signed in, who now has: it is for them, unless they say otherwise.
      const [only] = visitor.patients;
      const claimed = found.person === undefined && visitor.patients.length === 1 && only !== undefined;
      if (claimed && form.kind !== 'registration' && !found.said) {
        const person = await visitors.personFor(request, visitor, only);
        const draft = await withPerson(request, found, form, person);
        await save(visitor, draft);
        return { visitor, draft, form, person, base: draftHref(id) };
      }
      return {
        visitor,
        draft: found,
        form,
        person: await personOf(request, visitor, found),
        base: draftHref(id),
      };
    },
    async begin(request, visitor, form, { id, person }) {
      const before = await drafts.find(visitor.holder, id);
      const fresh: Draft = before ?? {
        ...{ id, form: form.key, cameBy: visitor.staff ? 'telephone' : 'page', answers: {}, typed: {} },
        ...{ photos: [], stops: [], begun: clock.now() },
        ...(visitor.staff && visitor.identity?.kind === 'staff'
          ? { practice: visitor.identity.post.organisation.split('/')[1] ?? '' }
          : {}),
      };
      const draft = await withPerson(request, { ...fresh, form: form.key }, form, person);
      return { visitor, draft, form, person, base: draftHref(id) };
    },
    async answered(request, asked, page, answers) {
      const { [page]: _typed, ...typed } = asked.draft.typed;
      const steps = stepsOf(asked.draft, asked.form);
      const done = steps.slice(0, steps.indexOf(page) + 1);
      const now = clock.now();
      const draft = withStops(
        { ...asked.draft, answers, typed },
        findingsOf({ ...asked.draft, answers }, asked.form, done),
        now,
      );
      await save(asked.visitor, draft);
      await recordStops(request, asked, draft);
      return nextHref(draft, asked.form, page);
    },
    async changed({ visitor, draft, form }, step, change) {
      const next = { ...draft, ...change };
      await save(visitor, next);
      return nextHref(next, form, step);
    },
    async stopAnswered(request, asked, answer) {
      const now = clock.now();
      const draft: Draft = {
        ...asked.draft,
        stops: asked.draft.stops.map((stop) =>
          stop.answer === undefined || stop.answer === 'go' ? { ...stop, answer, answered: now } : stop,
        ),
      };
      await save(asked.visitor, draft);
      await recordStops(request, asked, draft);
      return answer === 'go' ? `${asked.base}/stop?told=yes` : afterStop(draft, asked.form);
    },
  };
}
