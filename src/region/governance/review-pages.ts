/** What waits for information governance: findings, questions of patients, emergency accesses. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { longestText } from '../../access/audit-questions/audit-questions.ts';
import { emergencyReason } from '../../access/emergency/reasons.ts';
import { problem } from '../../platform/problem.ts';
import { organisationNames } from '../../record/audit-events/people.ts';
import { formatMoment } from '../../web/dates.ts';
import { dayOf, evidenceOf, roleName, titleOf } from './entry-words.ts';
import type { Finding } from './findings.ts';
import { addressOf, firstText, type GovernanceNeeds, nameOf, patientsOf, reviewerOf } from './page-parts.ts';
import { accessRule, accessRules } from './rules.ts';

type Body = Readonly<Record<string, unknown>> | undefined;
interface IdParams {
  id: string;
}
interface Mistake {
  readonly field: string;
  readonly text: string;
}

const longestNote = 1000;

export function reviewPages(app: FastifyInstance, needs: GovernanceNeeds): void {
  const { shell, findings, questions, emergencies, record, clock, database } = needs;

  app.get('/governance', async (request, reply) => {
    reviewerOf(needs, request, 'review-access');
    const waiting = await findings.waiting();
    const [asked, opened] = await Promise.all([questions.count(), emergencies.toReview()]);
    return shell.renderPage(reply, 'governance/home.njk', {
      title: 'Information governance',
      rules: accessRules.map((rule) => ({ ...rule, waiting: waiting.get(rule.id) ?? 0 })),
      questions: asked,
      emergencies: opened.length,
    });
  });

  const shown = async (request: FastifyRequest, list: readonly Finding[]) => {
    const actor = needs.actorOf(request);
    const patients = await patientsOf(
      needs,
      actor,
      list.map(({ person }) => person),
    );
    const places = await organisationNames(
      database.pool,
      list.flatMap(({ organisation }) => organisation ?? []),
    );
    return list.map((finding) => ({
      ...finding,
      title: titleOf(finding),
      on: dayOf(finding),
      patient: patients.get(finding.person),
      where: finding.organisation === undefined ? undefined : places.get(finding.organisation),
      roleName: roleName(finding.role),
      evidence: evidenceOf(finding),
      reviewedOn: finding.review && formatMoment(finding.review.at),
    }));
  };

  app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
    '/governance/findings',
    async (request, reply) => {
      reviewerOf(needs, request, 'review-access');
      const rule = accessRule(firstText(request.query['rule']));
      const done = firstText(request.query['done']) === 'yes';
      const cursor = firstText(request.query['page']);
      const page = await findings.list({
        done,
        ...(rule ? { rule: rule.id } : {}),
        ...(cursor ? { cursor } : {}),
      });
      return shell.renderPage(reply, 'governance/findings.njk', {
        title: rule?.title ?? (done ? 'Reviewed access' : 'Unusual access'),
        rule,
        done,
        findings: await shown(request, page.findings),
        next: page.next && addressOf(request, { page: page.next }),
        first: cursor ? addressOf(request, { page: undefined }) : undefined,
        other: addressOf(request, { page: undefined, done: done ? undefined : 'yes' }),
      });
    },
  );

  const findingPage = async (
    request: FastifyRequest<{ Params: IdParams }>,
    reply: FastifyReply,
    typed: { outcome: string; note: string },
    errors: readonly Mistake[],
  ) => {
    const found = await findings.get(request.params.id);
    if (!found) throw problem('not-found', 'There is no such entry to review.');
    const [finding] = await shown(request, [found]);
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'governance/finding.njk', {
      title: `${errors.length > 0 ? 'Error: ' : ''}${finding?.title ?? ''}`,
      finding,
      rule: accessRule(found.rule),
      typed,
      ...told(errors),
    });
  };

  app.get<{ Params: IdParams }>('/governance/findings/:id', async (request, reply) => {
    reviewerOf(needs, request, 'review-access');
    return findingPage(request, reply, { outcome: '', note: '' }, []);
  });

  app.post<{ Params: IdParams; Body: Body }>('/governance/findings/:id', async (request, reply) => {
    const { actor } = reviewerOf(needs, request, 'review-access');
    const outcome = firstText(request.body?.['outcome']);
    const note = firstText(request.body?.['note']);
    const errors = mistakes(outcome, note, ['explained', 'concern']);
    if (errors.length > 0) return findingPage(request, reply, { outcome, note }, errors);
    await findings.review(request.params.id, actor, {
      outcome: outcome === 'concern' ? 'concern' : 'explained',
      note,
    });
    return reply.redirect('/governance/findings', 303);
  });

  app.get('/governance/questions', async (request, reply) => {
    const { actor } = reviewerOf(needs, request, 'review-access');
    const waiting = await questions.waiting(needs.systemOf(request));
    return shell.renderPage(reply, 'governance/questions.njk', {
      title: 'Questions from patients',
      questions: await Promise.all(
        waiting.map(async (question) => ({
          ...question,
          on: formatMoment(question.asked),
          name: await nameOf(record, clock, actor, question.patient),
        })),
      ),
    });
  });

  const questionPage = async (
    request: FastifyRequest<{ Params: IdParams }>,
    reply: FastifyReply,
    text: string,
    errors: readonly Mistake[],
  ) => {
    const actor = needs.actorOf(request);
    const question = await questions.get(request.params.id, needs.systemOf(request));
    if (!question) throw problem('not-found', 'There is no such question.');
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'governance/question.njk', {
      title: `${errors.length > 0 ? 'Error: ' : ''}Answer a question`,
      question,
      on: formatMoment(question.asked),
      answeredOn: question.answer && formatMoment(question.answer.at),
      name: await nameOf(record, clock, actor, question.patient),
      text,
      longest: longestText,
      ...told(errors),
    });
  };

  app.get<{ Params: IdParams }>('/governance/questions/:id', async (request, reply) => {
    reviewerOf(needs, request, 'review-access');
    return questionPage(request, reply, '', []);
  });

  app.post<{ Params: IdParams; Body: Body }>('/governance/questions/:id', async (request, reply) => {
    const { actor } = reviewerOf(needs, request, 'review-access');
    const text = firstText(request.body?.['answer']);
    const wrong =
      text === ''
        ? 'Write an answer'
        : text.length > longestText
          ? `Your answer must be ${longestText} characters or fewer`
          : '';
    if (wrong) return questionPage(request, reply, text, [{ field: 'answer', text: wrong }]);
    await questions.answer(request.params.id, text, { name: actor.name }, needs.systemOf(request));
    return reply.redirect('/governance/questions', 303);
  });

  const emergenciesPage = async (
    request: FastifyRequest,
    reply: FastifyReply,
    wrong?: { id: string; outcome: string; note: string; errors: readonly Mistake[] },
  ) => {
    const actor = needs.actorOf(request);
    const waiting = await emergencies.toReview();
    const places = await organisationNames(
      database.pool,
      waiting.map(({ organisation }) => organisation),
    );
    const list = await Promise.all(
      waiting.slice(0, 50).map(async (one) => ({
        ...one,
        on: formatMoment(one.since),
        patientName: await nameOf(record, clock, actor, one.patient),
        where: places.get(one.organisation),
        roleName: roleName(one.role),
        reasonText: emergencyReason(one.reason)?.text ?? one.reason,
        mine: one.practitioner === actor.id,
        typed: wrong?.id === one.id ? wrong : { outcome: '', note: '' },
        error: wrong?.id === one.id ? told(wrong.errors).error : {},
      })),
    );
    const errors = (wrong?.errors ?? []).map(({ field, text }) => ({ field: `${field}-${wrong?.id}`, text }));
    return shell.renderPage(reply.code(wrong ? 422 : 200), 'governance/emergencies.njk', {
      title: `${wrong ? 'Error: ' : ''}Emergency access`,
      emergencies: list,
      more: waiting.length - list.length,
      errors,
    });
  };

  app.get('/governance/emergencies', async (request, reply) => {
    reviewerOf(needs, request, 'review-access');
    return emergenciesPage(request, reply);
  });

  app.post<{ Params: IdParams; Body: Body }>('/governance/emergencies/:id', async (request, reply) => {
    const { identity } = reviewerOf(needs, request, 'review-access');
    const { id } = request.params;
    const outcome = firstText(request.body?.['outcome']);
    const note = firstText(request.body?.['note']);
    const errors = mistakes(outcome, note, ['appropriate', 'concern']);
    if (errors.length > 0) return emergenciesPage(request, reply, { id, outcome, note, errors });
    const review = { outcome: outcome === 'concern' ? ('concern' as const) : ('appropriate' as const), note };
    await emergencies.review(identity, id, review, needs.systemOf(request));
    return reply.redirect('/governance/emergencies', 303);
  });
}

function mistakes(outcome: string, note: string, outcomes: readonly string[]): readonly Mistake[] {
  return [
    ...(outcomes.includes(outcome) ? [] : [{ field: 'outcome', text: 'Select what you found' }]),
    ...(note === '' ? [{ field: 'note', text: 'Write what you found out, and from whom' }] : []),
    ...(note.length > longestNote
      ? [{ field: 'note', text: `What you write must be ${longestNote} characters or fewer` }]
      : []),
  ];
}

const told = (errors: readonly Mistake[]) => ({
  errors,
  error: Object.fromEntries(errors.map(({ field, text }) => [field, text])) as Readonly<
    Record<string, string>
  >,
});
