/** Pages where people see their appointments, answer offers, call off, say that they are here, and put one in a calendar. */
import type { Appointment, Location, Task } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { taskKindOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { firstText, idPattern } from '../../web/addresses.ts';
import { appFrame } from '../../web/app-frame.ts';
import { calendarFile } from '../../web/calendar-file.ts';
import { formatDate } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { textField } from '../../web/forms/fields.ts';
import { isOpenInvitation } from './booked-tasks.ts';
import { refusalWords } from './booking.ts';
import { readAppointment } from './diary-resources.ts';
import { kindOf, whatHappens } from './kinds.ts';
import type { Parts } from './needs.ts';
import { responseId, shownOf } from './shown.ts';
import { readVersioned, searchVersioned } from './stored-search.ts';
import { bookablePeople, type PersonVisit, personVisit } from './visitors.ts';

const done: Readonly<Record<string, string>> = {
  booked: 'Your appointment is booked.',
  moved: 'Your appointment is moved.',
  cancelled: 'Your appointment is cancelled. The time can be used by someone else.',
  waiting: 'You are on the wait list. We tell you when a time is offered.',
  taken: 'The time is yours: your appointment is booked.',
  declined: 'The time goes to someone else. You stay on the wait list.',
  here: 'The surgery knows that you are here. Take a seat.',
  confirmed: 'Thank you. The surgery knows that you will come.',
};

const cancelForm = defineForm({
  fields: {
    reason: textField('reason', z.enum(['time', 'better', 'elsewhere', 'other'], 'Select why you cancel')),
  },
});
const reasons = {
  time: 'The time does not suit',
  better: 'It is better, or not needed any more',
  elsewhere: 'Got help elsewhere',
  other: 'Another reason',
} as const;

const offerForm = defineForm({
  fields: { answer: textField('answer', z.enum(['yes', 'no'], 'Select whether you take this time')) },
});
const nothing = defineForm({ fields: {} });

const mostToCome = 100;

export function patientPages(app: FastifyInstance, parts: Parts): void {
  const { shell, forms, record, clock, bookings, settings } = parts;
  type Query = Readonly<Record<string, unknown>>;
  const said = (request: FastifyRequest): string | undefined =>
    done[firstText((request.query as Query)['done'])];

  const placeOf = async (actor: Actor, one: Appointment): Promise<Location | undefined> => {
    const id = readAppointment(one).place?.reference?.replace('Location/', '');
    return id === undefined
      ? undefined
      : (await readVersioned<Location>(record, actor, 'Location', id))?.resource;
  };

  app.get('/appointments', async (request, reply) => {
    const identity = parts.identityOf(request);
    if (identity?.kind === 'staff') return reply.redirect('/appointments/staff', 303);
    const people = await bookablePeople(parts, request);
    const [only] = people;
    if (only === undefined)
      throw problem(
        'forbidden',
        'You can book for nobody here yet: your account is not linked to a health record, and you act for no one’s appointments.',
      );
    if (people.length === 1) return reply.redirect(`/appointments/for/${only}`, 303);
    const visits = await Promise.all(people.map((id) => personVisit(parts, request, id)));
    return shell.renderPage(reply, 'appointments/people.njk', {
      ...{ title: 'Whose appointments?', app: appFrame({ tab: 'appointments', others: true }) },
      people: visits.map(({ id, name, own }) => ({ id, name, own })),
    });
  });

  app.get<{ Params: { person: string } }>('/appointments/for/:person', async (request, reply) => {
    const visit = await personVisit(parts, request, request.params.person);
    const now = clock.now();
    const [all, tasks, templates] = await Promise.all([
      searchVersioned<Appointment>(
        record,
        visit.actor,
        'Appointment',
        `patient=Patient/${visit.id}&status=booked,arrived,checked-in,pending,waitlist&_sort=date`,
        mostToCome,
      ),
      searchVersioned<Task>(
        record,
        visit.trusted,
        'Task',
        `owner=Patient/${visit.id}&status=requested,received,accepted,ready,in-progress,on-hold`,
        50,
      ),
      settings.templates(visit.practice ?? '-'),
    ]);
    const shown = all
      .map(({ resource }) => resource)
      .filter((one) => one.status === 'waitlist' || !(readAppointment(one).end < now))
      .map((one) => shownOf(one, now));
    const kinds = [...new Set(templates.filter(({ selfBook }) => selfBook).flatMap((one) => one.kinds))];
    return shell.renderPage(reply, 'appointments/mine.njk', {
      ...{ title: 'Appointments', app: visit.frame, person: visit.id, done: said(request) },
      offers: shown.filter(({ isOffer }) => isOffer),
      coming: shown.filter(({ isOffer, isWish }) => !isOffer && !isWish),
      wishes: shown.filter(({ isWish }) => isWish),
      invitations: tasks
        .map(({ resource }) => resource)
        .filter((task) => taskKindOf(task) === 'book' && isOpenInvitation(task, now))
        .map(({ id, description, restriction }) => ({
          href: `/appointments/book/${id}`,
          text: description ?? 'Choose a time',
          until: formatDate(restriction?.period?.end),
        })),
      kinds: kinds.map((kind) => ({
        href: `/appointments/for/${visit.id}/new/${kind}`,
        name: kindOf(kind).name,
      })),
    });
  });

  interface Own {
    readonly visit: PersonVisit;
    readonly one: Appointment;
    readonly id: string;
  }
  /** An appointment of the address that whoever asks may change. */
  const ownOne = async (request: FastifyRequest): Promise<Own> => {
    const { id = '' } = request.params as { id?: string };
    const actor = parts.actorOf(request);
    const found = idPattern.test(id)
      ? await readVersioned<Appointment>(record, actor, 'Appointment', id)
      : undefined;
    if (!found) throw problem('not-found', 'There is no such appointment.');
    const visit = await personVisit(parts, request, readAppointment(found.resource).person);
    return { visit, one: found.resource, id };
  };

  app.get<{ Params: { id: string } }>('/appointments/:id', async (request, reply) => {
    const { visit, one } = await ownOne(request);
    const place = await placeOf(visit.trusted, one);
    const shown = shownOf(one, clock.now(), place);
    const { latitude, longitude } = place?.position ?? {};
    const mapped = latitude !== undefined && longitude !== undefined && !parts.isDemonstration;
    return shell.renderPage(reply, 'appointments/one.njk', {
      ...{ title: shown.title, app: visit.frame, person: visit.id, shown, done: said(request) },
      directions:
        shown.where && mapped
          ? `https://www.openstreetmap.org/directions?to=${latitude}%2C${longitude}`
          : undefined,
    });
  });

  const page = (kind: 'cancel' | 'offer' | 'here', heading: string) => ({
    heading,
    render: (
      reply: Parameters<typeof shell.renderPage>[0],
      { errorPrefix, ...shown }: { readonly errorPrefix: string },
      { visit, one }: Own,
      more: Readonly<Record<string, unknown>> = {},
    ) =>
      shell.renderPage(reply, 'appointments/answer.njk', {
        ...shown,
        ...{ title: `${errorPrefix}${heading}`, heading, kind, app: visit.frame, ...more },
        shown: shownOf(one, clock.now()),
      }),
  });

  const cancelPage = page('cancel', 'Cancel this appointment?');
  forms.add(app, '/appointments/:id/cancel', {
    about: ownOne,
    form: () => cancelForm,
    show: (reply, shown, own) =>
      cancelPage.render(reply, shown, own, {
        reasons: Object.entries(reasons).map(([value, text]) => ({
          ...{ value, text, checked: shown.typed.reason === value },
        })),
      }),
    act: async ({ reason }, { visit, id, one }) => {
      const wasWish = one.status === 'waitlist';
      const outcome = await bookings.cancel(visit.trusted, id, {
        ...{ by: 'patient', reason: wasWish ? 'Left the wait list' : reasons[reason] },
      });
      if (!outcome.done) return [{ field: 'reason', text: refusalWords[outcome.why] }];
      return `/appointments/for/${visit.id}?done=cancelled`;
    },
  });

  const offerPage = page('offer', 'Do you take this time?');
  forms.add(app, '/appointments/:id/offer', {
    about: ownOne,
    form: () => offerForm,
    show: (reply, shown, own) => offerPage.render(reply, shown, own),
    act: async ({ answer }, { visit, id, one }) => {
      const { start } = readAppointment(one);
      const takes = answer === 'yes';
      const response = responseId(id, start, answer);
      const outcome = await bookings.answerOffer(visit.trusted, id, takes, response);
      if (!outcome.done)
        return [{ field: 'answer', text: 'This offer has ended, and the time went to someone else' }];
      return takes ? `/appointments/${id}?done=taken` : `/appointments/for/${visit.id}?done=declined`;
    },
  });

  const herePage = page('here', 'Say that you are here');
  forms.add(app, '/appointments/:id/here', {
    about: async (request) => {
      const own = await ownOne(request);
      const { canSayHere } = shownOf(own.one, clock.now());
      if (!canSayHere && own.one.status !== 'arrived')
        throw problem(
          'business-rule',
          'You can say that you are here from an hour before a face-to-face appointment until half an hour after it begins.',
        );
      return own;
    },
    form: () => nothing,
    show: (reply, shown, own) => herePage.render(reply, shown, own),
    act: async (_values, { visit, id }) => {
      await bookings.mark(visit.trusted, id, 'arrived');
      return `/appointments/${id}?done=here`;
    },
  });

  forms.add(app, '/appointments/:id/confirm', {
    about: ownOne,
    form: () => nothing,
    show: (reply, shown, own) => page('here', 'Say that you will come').render(reply, shown, own),
    act: async (_values, { visit, id, one }) => {
      await bookings.confirm(visit.trusted, id, responseId(id, readAppointment(one).start, 'yes'));
      return `/appointments/${id}?done=confirmed`;
    },
  });

  app.get<{ Params: { id: string } }>('/appointments/:id/calendar.ics', async (request, reply) => {
    const { visit, one, id } = await ownOne(request);
    const own = readAppointment(one);
    if (Number.isNaN(own.start) || !['booked', 'arrived', 'checked-in'].includes(own.status))
      throw problem('not-found', 'There is no such appointment to put in a calendar.');
    const shown = shownOf(one, clock.now(), await placeOf(visit.trusted, one));
    const file = calendarFile({
      ...{ uid: `appointment-${id}@throughline`, start: own.start, end: own.end, made: clock.now() },
      title: visit.own ? own.title : `${own.title} (${visit.name})`,
      place: shown.where,
      about: [
        shown.with && `With ${shown.with}.`,
        shown.how && `${shown.how}.`,
        own.mode && whatHappens[own.mode][0],
      ]
        .filter(Boolean)
        .join(' '),
    });
    return reply
      .header('content-disposition', 'attachment; filename="appointment.ics"')
      .type('text/calendar; charset=utf-8')
      .send(file);
  });
}
