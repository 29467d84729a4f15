/** Parts of a record that are lists in plain words: conditions, medicines, allergies, vaccinations, plans, people, pregnancy. */
import type {
  AllergyIntolerance,
  Appointment,
  CarePlan,
  CareTeam,
  Condition,
  Encounter,
  Goal,
  Immunization,
  ImmunizationRecommendation,
  MedicationRequest,
  MedicationStatement,
  Observation,
  PractitionerRole,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { addDays, localMoment } from '../../web/dates.ts';
import { searchPage, searchUpTo } from '../../web/record-reading.ts';
import { allergiesOf } from './allergies.ts';
import { carePeople } from './care-people.ts';
import { plansOf } from './care-plan.ts';
import { conditionsOf } from './conditions.ts';
import { ofPerson, pregnancyNow } from './home-pages.ts';
import { medicinesOf } from './medicines.ts';
import { readNames, referencesIn } from './names-of.ts';
import { ownTold } from './own-told.ts';
import {
  type MyRecordNeeds,
  type Pages,
  type PersonParams,
  paged,
  type Query,
  type Visit,
} from './page-parts.ts';
import { pregnancyMeasurements } from './pregnancy.ts';
import { latestOf } from './results.ts';
import type { Told } from './told.ts';
import { vaccinationsDue, vaccinationsOf } from './vaccinations.ts';
import { bookingOf, toCome } from './visits.ts';

const mostRead = 1000;
/** Entries of a page: in the past, and now. */
const pastShown = 30;
const nowShown = 60;

type PersonRequest = FastifyRequest<{ Params: PersonParams; Querystring: Query }>;

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly told: readonly Told[];
  readonly empty: string;
  readonly next?: string | undefined;
  readonly first?: string | undefined;
}

export function partPages(app: FastifyInstance, needs: MyRecordNeeds, pages: Pages): void {
  const { shell } = needs;
  const all = async <T extends Resource>(
    visit: Visit,
    type: T['resourceType'],
    rest = '',
  ): Promise<readonly T[]> =>
    visit.shows(type)
      ? (await searchUpTo<T>(visit.reading, type, `patient=Patient/${visit.id}${rest}`, mostRead)).resources
      : [];

  /** What clinicians recorded, and apart from it what the person added. */
  const apart = <T extends Resource>(found: readonly T[]) => ({
    recorded: found.filter((one) => !isPatientReported(one)),
    added: ownTold(found.filter(isPatientReported)).flatMap(({ told }) => told),
  });

  /** A section a page at a time; the number of its page is a parameter of its own. */
  const section = (
    request: PersonRequest,
    id: string,
    heading: string,
    told: readonly Told[],
    empty: string,
    size: number,
  ): Section => {
    const most = shell.lowData(request) ? Math.ceil(size / 3) : size;
    const { rows, next, page } = paged(told, firstText(request.query[id]), most);
    return {
      ...{ id, heading, told: rows, empty },
      next: next === undefined ? undefined : `${withQuery(request, { [id]: String(next) })}#${id}`,
      first: page > 1 ? `${withQuery(request, { [id]: undefined })}#${id}` : undefined,
    };
  };
  const showSections = (
    reply: FastifyReply,
    visit: Visit,
    title: string,
    sections: readonly Section[],
    more: Readonly<Record<string, unknown>> = {},
  ) => pages.show(reply, visit, 'told', { title, sections, ...more });

  app.get('/my-record/:person/conditions', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.conditions');
    if (!visit.shows('Condition')) return pages.notGiven(reply, visit, title);
    const found = await all<Condition>(visit, 'Condition');
    const { now, past } = conditionsOf(found, await readNames(visit.reading, found));
    return showSections(reply, visit, title, [
      section(
        request,
        'now',
        shell.say(request, 'my-record.now'),
        now,
        'No conditions are recorded as going on now.',
        nowShown,
      ),
      section(request, 'past', shell.say(request, 'my-record.past'), past, '', pastShown),
    ]);
  });

  app.get('/my-record/:person/medicines', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.medicines');
    if (!visit.shows('MedicationRequest', 'MedicationStatement')) return pages.notGiven(reply, visit, title);
    const [requests, statements] = await Promise.all([
      all<MedicationRequest>(visit, 'MedicationRequest', '&_sort=-authoredon'),
      all<MedicationStatement>(visit, 'MedicationStatement', '&_sort=-effective'),
    ]);
    const { recorded, added } = apart<MedicationRequest | MedicationStatement>([...requests, ...statements]);
    const { now, past } = medicinesOf(recorded, await readNames(visit.reading, recorded));
    return showSections(
      reply,
      visit,
      title,
      [
        section(request, 'now', 'Taken now', now, 'No medicines are recorded as taken now.', nowShown),
        section(request, 'past', shell.say(request, 'my-record.past'), past, '', pastShown),
      ],
      {
        added,
        note: 'Do not change how you take a medicine because of what you read here. Ask your pharmacist or GP surgery first.',
      },
    );
  });

  app.get('/my-record/:person/allergies', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.allergies');
    if (!visit.shows('AllergyIntolerance')) return pages.notGiven(reply, visit, title);
    const { recorded, added } = apart(await all<AllergyIntolerance>(visit, 'AllergyIntolerance'));
    const { now, past, knownNone } = allergiesOf(recorded, await readNames(visit.reading, recorded));
    const empty = knownNone
      ? 'Someone asked, and recorded that there are no known allergies.'
      : 'No allergies are recorded. If there is one, tell whoever gives care.';
    return showSections(
      reply,
      visit,
      title,
      [
        section(request, 'now', shell.say(request, 'my-record.now'), now, empty, nowShown),
        section(request, 'past', 'Over or ruled out', past, '', pastShown),
      ],
      { added },
    );
  });

  app.get('/my-record/:person/vaccinations', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.vaccinations');
    if (!visit.shows('Immunization')) return pages.notGiven(reply, visit, title);
    const [found, recommended] = await Promise.all([
      all<Immunization>(visit, 'Immunization', '&_sort=-date'),
      all<ImmunizationRecommendation>(visit, 'ImmunizationRecommendation'),
    ]);
    const given = vaccinationsOf(found, await readNames(visit.reading, found));
    return showSections(
      reply,
      visit,
      title,
      [section(request, 'given', 'Vaccinations', given, 'No vaccinations are recorded.', pastShown)],
      { due: vaccinationsDue(recommended) },
    );
  });

  app.get('/my-record/:person/care-plan', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.carePlan');
    if (!visit.shows('CarePlan', 'Goal')) return pages.notGiven(reply, visit, title);
    const [plans, goals] = await Promise.all([
      all<CarePlan>(visit, 'CarePlan', '&_sort=-date'),
      all<Goal>(visit, 'Goal'),
    ]);
    const names = await readNames(visit.reading, [...plans, ...goals]);
    return pages.show(reply, visit, 'care-plan', {
      title,
      plans: plansOf({ id: visit.id, called: visit.own ? 'You' : visit.name }, plans, goals, names),
    });
  });

  app.get('/my-record/:person/people', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const from = addDays(localMoment(visit.now).key, -730);
    const [teams, encounters, relatives] = await Promise.all([
      all<CareTeam>(visit, 'CareTeam'),
      ofPerson(visit)<Encounter>('Encounter', `&date=ge${from}&_sort=-date&_count=200`),
      all<RelatedPerson>(visit, 'RelatedPerson'),
    ]);
    const { recorded, added } = apart(relatives);
    const named = [visit.patient, ...teams, ...encounters];
    const names = await readNames(visit.reading, named, { always: true });
    const roles = await rolesOf(visit, named);
    const withPlaces = await readNames(visit.reading, [...named, ...roles], { always: true });
    const groups = carePeople(
      { person: visit.patient, teams, encounters, relatives: recorded, roles },
      roles.length > 0 ? withPlaces : names,
    );
    return pages.show(reply, visit, 'people', {
      title: visit.own ? shell.say(request, 'record.people') : `People involved in the care of ${visit.name}`,
      ...{ groups, added },
    });
  });

  app.get('/my-record/:person/pregnancy', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.pregnancy');
    const pregnancy = await pregnancyNow(visit);
    const search = ofPerson(visit);
    const [appointments, observations] = pregnancy
      ? await Promise.all([
          search<Appointment>('Appointment', `&date=ge${localMoment(visit.now).key}&_sort=date&_count=20`),
          search<Observation>('Observation', '&_sort=-date&_count=300'),
        ])
      : [[], []];
    const names = await readNames(visit.reading, appointments);
    const measured = pregnancyMeasurements(observations, pregnancy?.weeks ?? 0, visit.now);
    return pages.show(reply, visit, 'pregnancy', {
      ...{ title, pregnancy },
      bookings: toCome(appointments, visit.now).map((one) => bookingOf(visit.id, one, names)),
      results: latestOf(visit.id, measured),
    });
  });
}

const mostRoles = 100;

/** The posts of the practitioners that resources name. */
async function rolesOf(visit: Visit, resources: readonly Resource[]): Promise<readonly PractitionerRole[]> {
  const practitioners = new Set(
    resources
      .flatMap((one) => referencesIn(one))
      .flatMap(({ reference }) => (reference?.startsWith('Practitioner/') ? [reference] : [])),
  );
  if (practitioners.size === 0) return [];
  const list = [...practitioners].slice(0, 60).join(',');
  const found = await searchPage<PractitionerRole>(
    visit.reading,
    'PractitionerRole',
    `practitioner=${list}&_count=${mostRoles}`,
  );
  return found.resources.filter(({ active }) => active !== false);
}
