/** One request beside the record, and who has it open. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { stageOf, stages, taskKindOf, urgencyNames } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText } from '../../web/addresses.ts';
import { formatDateTime, formatMoment } from '../../web/dates.ts';
import { readPatientBanner } from '../../web/patient-banner.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import type { DeedStore } from './deed-store.ts';
import type { Locks } from './locks.ts';
import { photosOf } from './photos.ts';
import { waitedWords } from './queue-pages.ts';
import { answersOf, notesOf, outcomesOf, redFlagsOf, saidOf, siteOf, wishesOf } from './request-parts.ts';
import { suggestionsFor } from './suggestions.ts';
import { mayAnswer, nameOf, type RequestVisit, type Visits, yearsOf } from './visit.ts';

export interface RequestPageNeeds extends Pick<RoomNeeds, 'shell' | 'record' | 'newId'> {
  readonly visits: Visits;
  readonly locks: Locks;
  readonly deeds: DeedStore;
  readonly lineCarries: LineCarriesAt;
}

/** What can be done with a request, by one key each. */
export const deedLinks = [
  { key: 'r', page: 'reply', text: 'Reply by message', answers: true },
  { key: 'm', page: 'ask', text: 'Ask for more', answers: true },
  { key: 'b', page: 'book', text: 'Book', answers: false },
  { key: 's', page: 'send', text: 'Send to a colleague or service', answers: false },
  { key: 'f', page: 'refer', text: 'Refer', answers: true },
  { key: 'h', page: 'visit', text: 'Home visit', answers: false },
  { key: 'u', page: 'urgency', text: 'Urgent now, or another urgency', answers: false },
  { key: 'a', page: 'assign', text: 'Give it to someone', answers: false },
  { key: 'x', page: 'close', text: 'Close', answers: true },
] as const;

export const isOver = ({ task }: RequestVisit): boolean => ['completed', 'cancelled'].includes(task.status);

/** The parts that every page about one request shows. */
export const frameOf = (visit: RequestVisit) => {
  const { task, patient, now, due } = visit;
  const stage = stageOf(task);
  const years = yearsOf(patient, now);
  const asked = Date.parse(task.authoredOn ?? '');
  return {
    id: task.id ?? '',
    topic: task.description || task.code?.text || 'Request',
    kind: taskKindOf(task),
    urgency: urgencyNames[task.priority ?? 'routine'],
    isNow: task.priority === 'stat',
    stage: stage ? stages[stage].text : '',
    why: task.statusReason?.text ?? '',
    isOver: isOver(visit),
    isUnmatched: task.for === undefined,
    isHidden: task.for !== undefined && patient === undefined,
    name: nameOf(patient, now),
    years,
    person: patient?.id ?? '',
    telephone: patient?.telecom?.find(({ system, use }) => system === 'phone' && use !== 'old')?.value ?? '',
    asked: formatDateTime(task.authoredOn),
    waited: Number.isFinite(asked) ? waitedWords(now - asked) : '',
    due: formatMoment(due),
    isLate: !isOver(visit) && due < now,
    by: task.requester?.display ?? '',
    assigned:
      task.input?.find(({ type }) => type?.coding?.some(({ code }) => code === 'assigned'))?.valueReference
        ?.display ?? '',
    mayAnswer: mayAnswer(visit),
    isTheirs: visit.isTheirs,
  };
};

export function requestPages(app: FastifyInstance, needs: RequestPageNeeds): void {
  const { shell, record, visits, locks, deeds, newId, lineCarries } = needs;
  const taker = ({ identity }: RequestVisit, page: string) => ({
    account: identity.account,
    name: identity.name,
    page,
  });

  app.get<{ Querystring: Record<string, unknown> }>('/triage/:task', async (request, reply) => {
    const visit = await visits.ofRequest(request);
    const { task, actor, trusted, patient, now } = visit;
    const reading = { record, actor };
    const isAdmin = taskKindOf(task) !== 'help';
    const page = newId();
    const over = isOver(visit);
    // What was asked of the team's desk is the desk's to read; what is about health only those whose role shows it.
    const [answers, photos, came, done, banner, holder, site] = await Promise.all([
      answersOf(record, isAdmin || task.for === undefined ? trusted : actor, task),
      photosOf(record, task.for === undefined && mayAnswer(visit) ? trusted : actor, task.id ?? ''),
      outcomesOf(record, isAdmin ? trusted : actor, task),
      deeds.of(task.id ?? '', visit.version),
      patient ? readPatientBanner(reading, patient, now) : undefined,
      over ? undefined : locks.take(task.id ?? '', taker(visit, page)),
      siteOf(record, actor, visit.ownTeam).then((at) => lineCarries(at, now)),
    ]);
    const plain = frameOf(visit);
    // In their own words: those say more than that it is about health.
    const frame = { ...plain, topic: answers.about || answers.words || plain.topic };
    return shell.renderPage(reply, 'triage/request.njk', {
      title: frame.topic,
      titleOf: frame.name || undefined,
      one: frame,
      person: banner,
      answers,
      photos: photos.map(({ document, title }) => ({
        href: `/triage/${task.id}/photos/${document.id}`,
        title,
      })),
      wishes: wishesOf(task),
      said: saidOf(task),
      red: redFlagsOf(task),
      overridden: (task.input ?? []).some(
        ({ type, valueBoolean }) =>
          valueBoolean === true && type?.coding?.some(({ code }) => code === 'overridden'),
      ),
      suggestions: over
        ? []
        : suggestionsFor({
            // By what the form is about alone: words of one's own are for people to read.
            topic: `${answers.about || plain.topic} ${task.reasonCode?.text ?? ''}`,
            years: frame.years,
            red: redFlagsOf(task).length > 0,
          }),
      came,
      notes: notesOf(task),
      done,
      deeds: over ? [] : deedLinks.filter(({ answers: isAnswer }) => !isAnswer || frame.mayAnswer),
      line: site,
      holder:
        holder && holder.account !== visit.identity.account
          ? { name: holder.name, since: formatMoment(holder.since) }
          : undefined,
      page,
      told: firstText(request.query['done']),
    });
  });

  /** Every page of a deed calls it first: someone else may have it open. */
  app.post<{ Querystring: Record<string, unknown> }>('/triage/:task/hold', async (request, reply) => {
    const visit = await visits.ofRequest(request);
    const id = visit.task.id ?? '';
    const release = firstText(request.query['release']);
    if (release !== '') await locks.release(id, visit.identity.account, release);
    else await locks.keep(id, visit.identity.account);
    return reply.code(204).send();
  });

  app.post('/triage/:task/take-over', async (request, reply) => {
    const visit = await visits.ofRequest(request);
    await locks.takeOver(visit.task.id ?? '', taker(visit, newId()));
    return reply.redirect(`/triage/${visit.task.id}`, 303);
  });

  /** Reads a record that a practice asked this team to help with: the asking is written down, and is why it may. */
  app.post('/triage/:task/help-out', async (request, reply) => {
    const visit = await visits.ofRequest(request);
    const { task, team, ownTeam, trusted, now } = visit;
    if (!visit.isTheirs || task.for === undefined)
      throw problem('forbidden', 'This request is your own team’s.');
    const id = `help-out-${task.id}`.slice(0, 64);
    const asked = {
      ...{ resourceType: 'ServiceRequest', id, status: 'active', intent: 'order' },
      code: { text: 'Answer a request for help for the practice' },
      ...{ subject: task.for, authoredOn: new Date(now).toISOString() },
      ...{
        requester: { reference: ownTeam },
        performer: [{ reference: team.reference, display: team.name }],
      },
    };
    await record.commit(trusted, [
      { kind: 'update', type: 'ServiceRequest', id, text: JSON.stringify(asked) },
    ]);
    return reply.redirect(`/triage/${task.id}`, 303);
  });

  app.post('/triage/:task/undo', async (request, reply): Promise<FastifyReply> => {
    const visit = await visits.ofRequest(request);
    const body = request.body as Readonly<Record<string, unknown>> | undefined; // parsed by the form parser
    const deed = firstText(body?.['deed']);
    if (!/^[0-9a-f-]{36}$/.test(deed)) throw problem('invalid', 'Choose what to take back.');
    await deeds.undo(visit.trusted, visit.task.id ?? '', deed);
    return reply.redirect(`/triage/${visit.task.id}?done=undone`, 303);
  });
}
