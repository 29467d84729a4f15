/** Appointments and visits, referrals that wait, and the calendar file of one appointment. */
import type { Appointment, Encounter, ServiceRequest } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern, withQuery } from '../../web/addresses.ts';
import { calendarFile } from '../../web/calendar-file.ts';
import { formatDate } from '../../web/dates.ts';
import { titleOf } from '../../web/entry.ts';
import { readNow, searchUpTo } from '../../web/record-reading.ts';
import { ofPerson } from './home-pages.ts';
import { readNames } from './names-of.ts';
import { type MyRecordNeeds, type Pages, type PersonParams, paged, type Query } from './page-parts.ts';
import { appointmentTitle, bookingOf, pastBookings, toCome, visitOf, whereOf, withWhom } from './visits.ts';

const pageSize = 20;
/** Where less is to be moved. */
const fewer = 8;
const mostVisits = 1000;
const quarterOfAnHour = 900_000;

type PersonRequest = FastifyRequest<{ Params: PersonParams; Querystring: Query }>;

export function visitPages(app: FastifyInstance, needs: MyRecordNeeds, pages: Pages): void {
  const { shell, clock } = needs;

  app.get('/my-record/:person/appointments', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.appointments');
    if (!visit.shows('Appointment', 'Encounter')) return pages.notGiven(reply, visit, title);
    const by = `patient=Patient/${visit.id}`;
    const search = ofPerson(visit);
    const [appointments, encounters, referrals] = await Promise.all([
      search<Appointment>('Appointment', '&_sort=-date&_count=200'),
      visit.shows('Encounter')
        ? searchUpTo<Encounter>(visit.reading, 'Encounter', `${by}&_sort=-date`, mostVisits)
        : { resources: [] },
      search<ServiceRequest>('ServiceRequest', '&status=active,on-hold&_sort=-authored&_count=20'),
    ]);
    const right = encounters.resources.filter(
      ({ status }) => status !== 'entered-in-error' && status !== 'planned' && status !== 'cancelled',
    );
    const size = shell.lowData(request) ? fewer : pageSize;
    const { rows, next, page } = paged(right, firstText(request.query['page']), size);
    const coming = toCome(appointments, visit.now);
    const missed = pastBookings(appointments, visit.now).slice(0, size);
    const names = await readNames(visit.reading, [...coming, ...missed, ...rows, ...referrals]);
    return pages.show(reply, visit, 'appointments', {
      ...{ title, tab: 'appointments' },
      coming: page === 1 ? coming.map((one) => bookingOf(visit.id, one, names)) : [],
      missed: page === 1 ? missed.map((one) => bookingOf(visit.id, one, names)) : [],
      referrals:
        page === 1
          ? referrals.map((one) => ({
              title: titleOf(one),
              when: formatDate(one.authoredOn),
              to: (one.performer ?? []).map(names).filter(Boolean).join(', '),
            }))
          : [],
      ...{ visits: rows.map((one) => visitOf(one, names)), isFirst: page === 1 },
      next: next && withQuery(request, { page: String(next) }),
      first: page > 1 && withQuery(request, { page: undefined }),
    });
  });

  app.get(
    '/my-record/:person/appointments/:file',
    async (request: FastifyRequest<{ Params: PersonParams & { file: string } }>, reply) => {
      const visit = await pages.visitOf(request);
      const id = request.params.file.replace(/\.ics$/, '');
      const wanted = request.params.file.endsWith('.ics') && idPattern.test(id) && visit.shows('Appointment');
      const one = wanted ? await readNow<Appointment>(visit.reading, 'Appointment', id) : undefined;
      const theirs = one?.participant?.some(({ actor }) => actor?.reference === `Patient/${visit.id}`);
      const start = Date.parse(one?.start ?? '');
      if (!one || !theirs || Number.isNaN(start) || one.status === 'cancelled')
        throw problem('not-found', 'There is no such appointment to put in a calendar.');
      const names = await readNames(visit.reading, [one]);
      const end = Date.parse(one.end ?? '');
      const file = calendarFile({
        ...{ uid: `appointment-${id}@throughline`, start, made: clock.now() },
        end: Number.isNaN(end) ? start + (one.minutesDuration ?? 0) * 60_000 || start + quarterOfAnHour : end,
        title: visit.own ? appointmentTitle(one) : `${appointmentTitle(one)} (${visit.name})`,
        place: whereOf(one, names),
        about: [withWhom(one, names) && `With ${withWhom(one, names)}.`, one.patientInstruction ?? '']
          .filter(Boolean)
          .join(' '),
      });
      return reply
        .header('content-disposition', 'attachment; filename="appointment.ics"')
        .type('text/calendar; charset=utf-8')
        .send(file);
    },
  );
}
