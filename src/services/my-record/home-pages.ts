/** The first pages of the app: whose record, the home page, the list of all parts, messages and search. */
import type {
  Appointment,
  CarePlan,
  Communication,
  CommunicationRequest,
  Condition,
  EpisodeOfCare,
  ImmunizationRecommendation,
  MedicationRequest,
  Observation,
  Patient,
  Resource,
  Task,
} from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { appFrame } from '../../web/app-frame.ts';
import { searchPage } from '../../web/record-reading.ts';
import { messagesOf, toDo } from './home.ts';
import { type NameOf, readNames } from './names-of.ts';
import {
  type MyRecordNeeds,
  nameOfPatient,
  type Pages,
  type PersonParams,
  paged,
  parts,
  type Query,
  type Visit,
} from './page-parts.ts';
import { openEpisodes, pregnancyOf } from './pregnancy.ts';
import { latestOf } from './results.ts';
import { longestQuery, queryWords, searchRecord } from './search.ts';
import { bookingOf, toCome } from './visits.ts';

/** Results that the home page shows; it reads some more, since one test may have been done many times. */
const resultsShown = 4;
const resultsRead = 40;
const messagesShown = 20;

type PersonRequest = FastifyRequest<{ Params: PersonParams; Querystring: Query }>;

/** A search of the visit’s person, or nothing where that type is not shown. */
export const ofPerson =
  (visit: Visit) =>
  async <T extends Resource>(type: T['resourceType'], rest: string): Promise<readonly T[]> =>
    visit.shows(type)
      ? (await searchPage<T>(visit.reading, type, `patient=Patient/${visit.id}${rest}`)).resources
      : [];

/** Whether there is a pregnancy now: asked of few searches, since every page of parts asks. */
export async function pregnancyNow(visit: Visit) {
  const all = ofPerson(visit);
  const [episodes, conditions] = await Promise.all([
    all<EpisodeOfCare>('EpisodeOfCare', '&status=active,planned,onhold&_count=20'),
    all<Condition>(
      'Condition',
      '&code=77386006,72892002,47200007,199745000,127364007,53881005&clinical-status=active&_count=5',
    ),
  ]);
  if (openEpisodes(episodes).length === 0 && conditions.length === 0) return undefined;
  const dates = await all<Observation>(
    'Observation',
    '&code=11778-8,11779-6,11780-4,11781-2,161714006,753641000000101,8665-2,3145-0&_sort=-date&_count=10',
  );
  return pregnancyOf(episodes, conditions, dates, visit.now);
}

export function homePages(app: FastifyInstance, needs: MyRecordNeeds, pages: Pages): void {
  const { shell, record, clock, actorOf, identityOf } = needs;

  // What stands on the home page and among messages changes while it is looked at.
  needs.live.add(app, '/my-record/:person/live', async (identity, request) => {
    const { person } = request.params as PersonParams; // of the route above
    if (identity.kind === 'staff' || !(await needs.patientsOf(identity)).includes(person))
      throw problem('not-found', 'There is no such record.');
    return [person];
  });

  app.get('/my-record', async (request, reply) => {
    const ids = await pages.recordsOf(request);
    const [only] = ids;
    if (ids.length === 1 && only) return reply.redirect(`/my-record/${only}`, 303);
    const actor = actorOf(request);
    const own = identityOf(request);
    const ownId = own?.kind === 'person' ? own.patient : undefined;
    const found =
      ids.length === 0
        ? []
        : (await searchPage<Patient>({ record, actor }, 'Patient', `_id=${ids.join(',')}&_count=100`))
            .resources;
    const people = ids.flatMap((id) => {
      const patient = found.find((one) => one.id === id);
      const name = patient && nameOfPatient(patient, clock.now());
      return name ? [{ id, name, href: `/my-record/${id}`, own: id === ownId }] : [];
    });
    const title = people.length > 0 ? shell.say(request, 'home.choose') : 'Your record is not here yet';
    return shell.renderPage(reply, 'my-record/choose.njk', {
      ...{ title, people, app: appFrame({ tab: 'home', others: people.length > 1 }) },
    });
  });

  app.get('/my-record/:person', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const { id, now } = visit;
    const all = ofPerson(visit);
    const [
      appointments,
      observations,
      medicines,
      tasks,
      requests,
      communications,
      plans,
      recommendations,
      baby,
    ] = await Promise.all([
      all<Appointment>(
        'Appointment',
        `&date=ge${new Date(now - 3_600_000).toISOString()}&_sort=date&_count=20`,
      ),
      all<Observation>('Observation', `&category=laboratory,vital-signs&_sort=-date&_count=${resultsRead}`),
      all<MedicationRequest>('MedicationRequest', '&status=active,on-hold&_sort=-authoredon&_count=100'),
      all<Task>(
        'Task',
        `&owner=Patient/${id}&status=requested,received,accepted,ready,in-progress&_count=20`,
      ),
      all<CommunicationRequest>('CommunicationRequest', '&status=active,on-hold&_count=10'),
      all<Communication>('Communication', '&_sort=-sent&_count=20'),
      all<CarePlan>('CarePlan', '&status=active,on-hold&_count=20'),
      all<ImmunizationRecommendation>('ImmunizationRecommendation', '&_count=10'),
      pregnancyNow(visit),
    ]);
    const next = toCome(appointments, now).find(({ start }) => start);
    const shownMessages = communications.slice(0, 3);
    const names = await readNames(visit.reading, [...(next ? [next] : []), ...shownMessages]);
    const messages = messagesOf(id, communications, names, now, visit.reading.actor.id);
    const results = latestOf(
      id,
      observations.filter((one) => !isPatientReported(one)),
    ).slice(0, resultsShown);
    const unread = messages.filter(({ isNew }) => isNew).length;
    const due = { tasks, requests, medicines, plans, recommendations, appointments, unread };
    const items = toDo({ person: id, ...due, now });
    return pages.show(reply, visit, 'home', {
      title: visit.own
        ? shell.say(request, 'home.welcome', { name: visit.name })
        : shell.say(request, 'home.welcomeFor', { name: visit.name }),
      tab: 'home',
      ...{ items, results, pregnancy: baby },
      appointment: next && bookingOf(id, next, names),
      messages: messages.slice(0, 2),
      unread,
      shows: {
        booking: visit.shows('Appointment'),
        messages: visit.shows('Communication'),
        results: visit.shows('Observation'),
      },
    });
  });

  app.get('/my-record/:person/record', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const pregnancy = await pregnancyNow(visit);
    return pages.show(reply, visit, 'record', {
      title: visit.own ? shell.say(request, 'home.wholeRecord') : `The record of ${visit.name}`,
      parts: parts.filter(({ types }) => visit.shows(...types)),
      pregnancy,
    });
  });

  app.get('/my-record/:person/messages', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'app.messages');
    if (!visit.shows('Communication')) return pages.notGiven(reply, visit, title);
    const found = await ofPerson(visit)<Communication>('Communication', '&_sort=-sent&_count=300');
    const nameOf: NameOf = await readNames(visit.reading, found);
    const messages = messagesOf(visit.id, found, nameOf, visit.now, visit.reading.actor.id);
    const { rows, next, page } = paged(messages, firstText(request.query['page']), messagesShown);
    return pages.show(reply, visit, 'messages', {
      ...{ title, tab: 'messages', messages: rows, mayWrite: mayWriteFor(visit) },
      next: next && withQuery(request, { page: String(next) }),
      first: page > 1 && withQuery(request, { page: undefined }),
      unread: messages.filter(({ isNew }) => isNew).length,
    });
  });

  app.get('/my-record/:person/search', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const typed = firstText(request.query['q'])
      .trim()
      .slice(0, longestQuery * 2);
    const asked = request.query['q'] !== undefined;
    const words = queryWords(typed);
    const error =
      !asked || words.length > 0
        ? ''
        : typed === ''
          ? 'Enter a word to search for'
          : 'Enter letters or numbers to search for, like “blood pressure”';
    const result =
      words.length > 0 ? await searchRecord(visit.reading, visit.id, typed, visit.shows) : undefined;
    const title = shell.say(request, 'record.search');
    return pages.show(reply.code(error ? 422 : 200), visit, 'search', {
      title: error ? `Error: ${title}` : title,
      ...{ heading: title, typed, error, result },
      count: result?.groups.reduce((sum, { hits }) => sum + hits.length, 0) ?? 0,
    });
  });
}

/** They may write messages for this person: it is their record, or their practice agreed. */
const mayWriteFor = ({ id, reading: { actor } }: Visit): boolean =>
  actor.sight !== 'everything' &&
  actor.sight.grants.some(
    ({ writes, of }) => writes.includes('Communication') && of.kind === 'persons' && of.ids.includes(id),
  );
