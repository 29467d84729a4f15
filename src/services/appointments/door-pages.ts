/** Pages without a sign-in: the one-tap answer to a reminder, and the screen by the door. Neither says more than whoever asks knows. */
import type { Appointment, Location } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { localMoment } from '../../web/dates.ts';
import {
  errorsForPage,
  type FieldError,
  formBody,
  formDate,
  formText,
  wholeDate,
} from '../../web/form-fields.ts';
import { whenWords } from './choose-time.ts';
import { peopleOf } from './day-list.ts';
import { readAppointment } from './diary-resources.ts';
import type { Parts } from './needs.ts';
import { isAboutNow, responseId } from './shown.ts';
import { readVersioned, searchVersioned } from './stored-search.ts';

/** Wrong tries at one screen before it sends people to the desk for a while. */
const mostMisses = 5;
const missesCount = 10 * 60_000;

interface Token {
  token: string;
}

export function doorPages(app: FastifyInstance, parts: Parts): void {
  const { shell, record, clock, bookings, links, ownActor, database } = parts;
  const actorOf = (request: FastifyRequest, name: string): Actor => ({
    ...ownActor,
    ...{ name, requestId: request.id, via: 'page' },
  });

  // The link of a reminder.

  const asked = async (request: FastifyRequest<{ Params: Token }>) => {
    const { token } = request.params;
    const actor = actorOf(request, 'Someone with the link of a reminder');
    const id = links.appointmentIn(token);
    const found =
      id === undefined ? undefined : await readVersioned<Appointment>(record, actor, 'Appointment', id);
    const own = found && readAppointment(found.resource);
    // Moved meanwhile, the link is of a time that is no more.
    if (!own || !links.isFor(token, own.id, own.start))
      throw problem(
        'not-found',
        'This link is of no appointment that stands. Sign in to see your appointments.',
      );
    return { actor, own };
  };

  app.get('/appointments/answer/:token', async (request: FastifyRequest<{ Params: Token }>, reply) => {
    const { own } = await asked(request);
    const asks = own.status === 'booked' && own.start > clock.now();
    return shell.renderPage(reply, 'appointments/one-tap.njk', {
      ...{ title: 'Your appointment', heading: 'Will you come?', asks, when: whenWords(own.start) },
      ...(asks ? {} : { heading: 'Your appointment', said: 'It is over, or was cancelled or changed.' }),
      ...(asks && own.confirmed ? { said: 'You said that you will come.' } : {}),
      path: `/appointments/answer/${request.params.token}`,
    });
  });

  app.post('/appointments/answer/:token', async (request: FastifyRequest<{ Params: Token }>, reply) => {
    const { actor, own } = await asked(request);
    const answer = formText(formBody(request.body), 'answer');
    if (answer !== 'yes' && answer !== 'no')
      throw problem('value', 'Answer that you will come, or that you cannot.');
    const response = responseId(own.id, own.start, answer);
    const outcome =
      answer === 'yes'
        ? await bookings.confirm(actor, own.id, response)
        : await bookings.cancel(actor, own.id, {
            ...{ by: 'patient', reason: 'Cannot come', response },
          });
    const said = !outcome.done
      ? 'It is over, or was cancelled or changed.'
      : answer === 'yes'
        ? 'Thank you. The surgery knows that you will come.'
        : 'It is cancelled. Thank you for telling us: someone else can have the time. To book another, sign in or call the surgery.';
    return shell.renderPage(reply, 'appointments/one-tap.njk', {
      ...{ title: 'Your appointment', heading: 'Your appointment', said, asks: false },
    });
  });

  // The screen by the door.

  const kiosk = async (request: FastifyRequest<{ Params: Token }>) => {
    const actor = actorOf(request, 'Screen by the door');
    const site = links.siteOf(request.params.token);
    const place =
      site === undefined ? undefined : await readVersioned<Location>(record, actor, 'Location', site);
    if (site === undefined || !place)
      throw problem('not-found', 'This is no address of a screen. Ask the practice for it.');
    return {
      actor,
      site,
      place: place.resource.name ?? '',
      path: `/appointments/kiosk/${request.params.token}`,
    };
  };
  type Kiosk = Awaited<ReturnType<typeof kiosk>>;

  const form = (of: Kiosk, errors: readonly FieldError[], typed: unknown) => ({
    ...{ title: errors.length > 0 ? 'Error: Say that you are here' : 'Say that you are here' },
    ...{ heading: 'Say that you are here', place: of.place, path: of.path, typed, ...errorsForPage(errors) },
  });
  const answer = (of: Kiosk, heading: string, said: string) => ({
    ...{ title: heading, heading, said, again: true, path: of.path, errors: [], place: of.place },
  });

  app.get('/appointments/kiosk/:token', async (request: FastifyRequest<{ Params: Token }>, reply) =>
    shell.renderPage(reply, 'appointments/kiosk.njk', form(await kiosk(request), [], { born: {} })),
  );

  app.post('/appointments/kiosk/:token', async (request: FastifyRequest<{ Params: Token }>, reply) => {
    const of = await kiosk(request);
    const body = formBody(request.body);
    const typed = formDate(body, 'born');
    const born = wholeDate('born', typed, 'Date of birth');
    const initials = formText(body, 'initials')
      .toUpperCase()
      .replaceAll(/[^\p{L}]/gu, '');
    const errors: FieldError[] = [
      ...(typeof born === 'string' ? [] : [born]),
      ...(/^\p{L}{2}$/u.test(initials)
        ? []
        : [{ field: 'initials', text: 'Enter 2 letters: of your first and your last name' }]),
    ];
    if (errors.length > 0 || typeof born !== 'string')
      return shell.renderPage(reply.code(422), 'appointments/kiosk.njk', form(of, errors, { born: typed }));
    const now = clock.now();
    const { pool } = database;
    await pool`delete from appointment_kiosk_miss where made < ${now - missesCount}`;
    const [count] = await pool<{ n: number }[]>`
      select count(*)::int as n from appointment_kiosk_miss where kiosk = ${of.site}`;
    const desk = answer(
      of,
      'Go to the desk',
      'We could not find you on this screen. The people at the desk help you.',
    );
    if ((count?.n ?? 0) >= mostMisses) return shell.renderPage(reply, 'appointments/kiosk.njk', desk);
    const mine = await expected(of, now, born, initials);
    const [only] = mine;
    if (only === undefined || new Set(mine.map(({ person }) => person)).size > 1) {
      // Nobody, or twins: the same words for both.
      await pool`insert into appointment_kiosk_miss (kiosk, made) values (${of.site}, ${now})`;
      return shell.renderPage(reply, 'appointments/kiosk.njk', desk);
    }
    for (const { id } of mine) await bookings.mark(of.actor, id, 'arrived');
    return shell.renderPage(
      reply,
      'appointments/kiosk.njk',
      answer(of, 'Thank you', 'The surgery knows that you are here. Take a seat: you will be called.'),
    );
  });

  const expected = async ({ actor, site }: Kiosk, now: number, born: string, initials: string) => {
    const found = await searchVersioned<Appointment>(
      record,
      actor,
      'Appointment',
      `location=Location/${site}&status=booked,arrived&date=${localMoment(now).key}`,
      1000,
    );
    const near = found
      .map(({ resource }) => readAppointment(resource))
      .filter(({ mode, start }) => (mode === undefined || mode === 'in-person') && isAboutNow(start, now));
    const people = await peopleOf(
      parts,
      actor,
      near.map(({ person }) => person),
    );
    return near.filter(({ person }) => {
      const patient = people.get(person);
      return (
        patient?.birthDate === born &&
        (patient.name ?? []).some(
          ({ given, family }) => `${given?.[0]?.[0] ?? ''}${family?.[0] ?? ''}`.toUpperCase() === initials,
        )
      );
    });
  };
}
