/** What the desk works with: the day by clinician, one appointment, arrivals, the list to print, and who waits. */
import type { Appointment, PractitionerRole } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { contactModeNames } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern } from '../../web/addresses.ts';
import { addDays, formatDate, localMoment } from '../../web/dates.ts';
import { formBody, formText } from '../../web/form-fields.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { textField } from '../../web/forms/fields.ts';
import { refusalWords } from './booking.ts';
import { dayWords, whenWords } from './choose-time.ts';
import { contactOf, dayList, notesOf, peopleOf } from './day-list.ts';
import {
  bookableModesOf,
  type Read,
  readAppointment,
  withChaperone,
  withInterpreter,
} from './diary-resources.ts';
import type { Parts } from './needs.ts';
import { listFile } from './print-list.ts';
import { put, readVersioned, searchVersioned } from './stored-search.ts';
import { type StaffVisit, staffVisit } from './visitors.ts';

const dayPattern = /^\d{4}-\d\d-\d\d$/;
/** Days of the list to have at hand when power or line fail. */
const printedDays = 3;

const done: Readonly<Record<string, string>> = {
  booked: 'Booked.',
  moved: 'Moved.',
  cancelled: 'Cancelled. The time is free again.',
  marked: 'Saved.',
  helped: 'Saved.',
  changed: 'Someone changed this appointment meanwhile. This is how it stands now.',
};

const cancelForm = defineForm({
  fields: {
    by: textField('by', z.enum(['patient', 'practice'], 'Select who cancels')),
    reason: textField(
      'reason',
      z.string().min(1, 'Enter why').max(200, 'Why must be 200 characters or fewer'),
    ),
  },
});
const helpForm = defineForm({
  fields: {
    interpreter: textField('interpreter', z.string().max(100, 'Interpreter must be 100 characters or fewer')),
    chaperone: textField('chaperone', z.string().regex(/^[A-Za-z0-9.-]{0,64}$/, 'Select from the list')),
  },
});

export interface StaffPlaces {
  readonly sites: readonly { readonly id: string; readonly name: string }[];
  readonly clinicians: readonly { readonly id: string; readonly name: string }[];
}

export async function placesOf(
  { settings }: Pick<Parts, 'settings'>,
  organisation: string,
): Promise<StaffPlaces> {
  const templates = await settings.templates(organisation);
  const once = (pairs: readonly (readonly [string, string])[]) =>
    [...new Map(pairs)].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
  return {
    sites: once(templates.map((one) => [one.site, one.siteName])),
    clinicians: once(templates.map((one) => [one.practitioner, one.practitionerName])),
  };
}

/** An appointment of the practice that staff work for: at one of its places, or with one of its clinicians. */
export async function practiceOne(
  parts: Parts,
  request: FastifyRequest,
): Promise<{
  readonly visit: StaffVisit;
  readonly one: Appointment;
  readonly own: Read;
  readonly version: number;
}> {
  const visit = staffVisit(parts, request);
  const { id = '' } = request.params as { id?: string };
  const found = idPattern.test(id)
    ? await readVersioned<Appointment>(parts.record, visit.actor, 'Appointment', id)
    : undefined;
  const own = found && readAppointment(found.resource);
  const { sites, clinicians } = await placesOf(parts, visit.organisation);
  const isOurs =
    own &&
    (sites.some((site) => own.place?.reference === `Location/${site.id}`) ||
      clinicians.some((one) => own.practitioner?.reference === `Practitioner/${one.id}`));
  if (!found || !own || !isOurs) throw problem('not-found', 'There is no such appointment at your practice.');
  return { visit, one: found.resource, own, version: found.version };
}

export function staffDayPages(app: FastifyInstance, parts: Parts): void {
  const { shell, forms, record, clock, bookings } = parts;
  type Query = Readonly<Record<string, unknown>>;
  const queryOf = (request: FastifyRequest) => request.query as Query;

  const asked = async (request: FastifyRequest, visit: StaffVisit) => {
    const places = await placesOf(parts, visit.organisation);
    const query = queryOf(request);
    const today = localMoment(clock.now()).key;
    const day = firstText(query['day']);
    const site = firstText(query['site']);
    const practitioner = firstText(query['clinician']);
    return {
      ...{ places, today, day: dayPattern.test(day) && !Number.isNaN(Date.parse(day)) ? day : today },
      site: places.sites.find(({ id }) => id === site) ?? places.sites[0],
      practitioner: places.clinicians.some(({ id }) => id === practitioner) ? practitioner : undefined,
    };
  };

  const choices = ({ places, site, practitioner }: Awaited<ReturnType<typeof asked>>) => ({
    sites: places.sites.map(({ id, name }) => ({ value: id, text: name, selected: id === site?.id })),
    clinicians: [
      { value: '', text: 'Everyone', selected: practitioner === undefined },
      ...places.clinicians.map(({ id, name }) => ({ value: id, text: name, selected: id === practitioner })),
    ],
  });

  app.get('/appointments/staff', async (request, reply) => {
    const visit = staffVisit(parts, request);
    const wanted = await asked(request, visit);
    const { day, site, practitioner } = wanted;
    const href = (to: string): string =>
      `/appointments/staff?day=${to}&site=${site?.id ?? ''}&clinician=${practitioner ?? ''}`;
    return shell.renderPage(reply, 'appointments/day.njk', {
      ...{ title: 'Appointments', heading: dayWords(Date.parse(`${day}T12:00:00Z`)), day },
      ...{ site, ...choices(wanted), done: done[firstText(queryOf(request)['done'])] },
      ...{ before: href(addDays(day, -1)), after: href(addDays(day, 1)), today: href(wanted.today) },
      isToday: day === wanted.today,
      columns: site ? await dayList(parts, visit, { day, site: site.id, practitioner }) : [],
    });
  });

  app.get('/appointments/staff/print', async (request, reply) => {
    const visit = staffVisit(parts, request);
    const wanted = await asked(request, visit);
    const { day, site, practitioner } = wanted;
    if (!site) throw problem('not-found', 'Your practice has no sessions yet, so there is no list.');
    const isFile = firstText(queryOf(request)['file']) === 'yes';
    const days = await Promise.all(
      Array.from({ length: isFile ? printedDays : 1 }, async (_, n) => ({
        heading: dayWords(Date.parse(`${addDays(day, n)}T12:00:00Z`)),
        columns: await dayList(parts, visit, { day: addDays(day, n), site: site.id, practitioner }),
      })),
    );
    const made = whenWords(clock.now());
    if (!isFile)
      return shell.renderPage(reply, 'appointments/print.njk', {
        ...{ title: `Appointments at ${site.name}`, days, made, day, site, ...choices(wanted) },
      });
    return reply
      .header('content-disposition', `attachment; filename="appointments-${day}.html"`)
      .type('text/html; charset=utf-8')
      .send(listFile({ site: site.name, made, days }));
  });

  app.get('/appointments/staff/arrivals', async (request, reply) => {
    const visit = staffVisit(parts, request);
    const wanted = await asked(request, visit);
    const { today, site } = wanted;
    const columns = site ? await dayList(parts, visit, { day: today, site: site.id }) : [];
    const rows = columns
      .flatMap(({ name, rows: own }) => own.map((row) => ({ ...row, clinician: name })))
      .filter(({ id }) => id !== undefined)
      .sort((a, b) => a.start - b.start);
    const now = clock.now();
    return shell.renderPage(reply, 'appointments/arrivals.njk', {
      ...{ title: 'Arrivals', site, ...choices(wanted), heading: dayWords(now) },
      done: done[firstText(queryOf(request)['done'])],
      here: rows.filter(({ status }) => status === 'arrived' || status === 'checked-in'),
      expected: rows
        .filter(({ status }) => status === 'booked')
        .map((row) => ({ ...row, isLate: row.start < now })),
      over: rows.filter(({ status }) => status === 'fulfilled' || status === 'noshow'),
      kiosk: site && `${parts.baseUrl}/appointments/kiosk/${parts.links.kioskToken(site.id)}`,
    });
  });

  parts.live.add(app, '/appointments/staff/arrivals/live', async (_identity, request) => {
    const visit = staffVisit(parts, request);
    const { today, site } = await asked(request, visit);
    const columns = site ? await dayList(parts, visit, { day: today, site: site.id }) : [];
    return [...new Set(columns.flatMap(({ rows }) => rows.map(({ person }) => person)).filter(Boolean))];
  });

  app.get('/appointments/staff/one/:id', async (request, reply) => {
    const { visit, one, own } = await practiceOne(parts, request);
    const person = (await peopleOf(parts, visit.actor, [own.person])).get(own.person);
    const now = clock.now();
    const contact = contactOf(person, now);
    const line = (label: string, text: string | undefined, href = '') =>
      text ? [{ label, text, href }] : [];
    return shell.renderPage(reply, 'appointments/staff-one.njk', {
      ...{ title: own.title, id: own.id, status: own.status, contact, person: own.person },
      done: done[firstText(queryOf(request)['done'])],
      when: whenWords(own.start),
      lines: [
        ...line('How', own.mode && contactModeNames[own.mode]),
        ...line('Where', own.mode === 'home-visit' ? contact.address : own.place?.display),
        ...line('With', own.practitioner?.display),
        ...line('How long', own.minutes ? `${own.minutes} minutes` : ''),
        ...line('Phone', contact.phone),
        ...notesOf(own).flatMap((text) => line('Note', text)),
        ...line('Told to the patient', one.patientInstruction),
        ...line('Why cancelled', own.status === 'cancelled' ? one.cancelationReason?.text : ''),
      ],
      canMove: own.status === 'booked' && own.start > now && own.slots.length > 0,
      canCancel: ['booked', 'pending', 'waitlist', 'arrived'].includes(own.status),
      marks: marksOf(own, now),
      needsHelp: own.interpreter !== undefined || own.chaperone !== undefined || own.chaperoneWanted,
    });
  });

  app.post('/appointments/staff/one/:id/mark', async (request, reply) => {
    const { visit, own } = await practiceOne(parts, request);
    const body = formBody(request.body);
    const status = z.enum(['arrived', 'noshow', 'fulfilled', 'booked']).safeParse(formText(body, 'status'));
    if (!status.success) throw problem('value', 'Say what to mark the appointment as.');
    const outcome = await bookings.mark(visit.trusted, own.id, status.data);
    const back =
      formText(body, 'back') === 'arrivals'
        ? '/appointments/staff/arrivals'
        : `/appointments/staff/one/${own.id}`;
    return reply.redirect(`${back}?done=${outcome.done ? 'marked' : 'changed'}`, 303);
  });

  forms.add(app, '/appointments/staff/one/:id/cancel', {
    about: (request) => practiceOne(parts, request),
    form: () => cancelForm,
    show: (reply, { typed, errorPrefix, ...shown }, { own }) =>
      shell.renderPage(reply, 'appointments/staff-cancel.njk', {
        ...{ ...shown, typed, title: `${errorPrefix}Cancel this appointment?`, id: own.id },
        about: `${own.title}, ${whenWords(own.start)}`,
      }),
    act: async ({ by, reason }, { visit, own }) => {
      const outcome = await bookings.cancel(visit.trusted, own.id, { by, reason });
      if (!outcome.done) return [{ field: 'by', text: refusalWords[outcome.why] }];
      return `/appointments/staff/one/${own.id}?done=cancelled`;
    },
  });

  forms.add(app, '/appointments/staff/one/:id/help', {
    about: (request) => practiceOne(parts, request),
    form: () => helpForm,
    initial: ({ own }) => ({
      interpreter: own.interpreter?.who ?? '',
      chaperone: own.chaperone?.reference?.replace('Practitioner/', '') ?? '',
    }),
    show: async (reply, { typed, errorPrefix, ...shown }, { own, visit }) =>
      shell.renderPage(reply, 'appointments/staff-help.njk', {
        ...{ ...shown, typed, title: `${errorPrefix}Interpreter and chaperone`, id: own.id },
        about: `${own.title}, ${whenWords(own.start)}`,
        interpreter: own.interpreter?.text ?? '',
        asksChaperone: own.chaperoneWanted || own.chaperone !== undefined,
        people: (await staffOf(parts, visit)).map(({ id, name }) => ({
          ...{ value: id, text: name, selected: typed.chaperone === id },
        })),
      }),
    act: async ({ interpreter, chaperone }, { visit, one, own, version }) => {
      const who = (await staffOf(parts, visit)).find(({ id }) => id === chaperone);
      if (chaperone !== '' && !who) return [{ field: 'chaperone', text: 'Select from the list' }];
      let changed = one;
      if (interpreter !== '' && own.interpreter) changed = withInterpreter(changed, interpreter);
      if (who) {
        const reference = `Practitioner/${who.id}`;
        const others = await searchVersioned<Appointment>(
          record,
          visit.trusted,
          'Appointment',
          `actor=${reference}&status=booked,arrived,checked-in&date=${localMoment(own.start).key}`,
        );
        const busy = others
          .map(({ resource }) => readAppointment(resource))
          .some((other) => other.id !== own.id && other.start < own.end && other.end > own.start);
        if (busy) return [{ field: 'chaperone', text: refusalWords['chaperone-busy'] }];
        changed = withChaperone(changed, { reference, display: who.name });
      }
      if (changed !== one) await record.commit(visit.trusted, [put(changed, version)]);
      return `/appointments/staff/one/${own.id}?done=helped`;
    },
  });

  app.get('/appointments/staff/waiting', async (request, reply) => {
    const visit = staffVisit(parts, request);
    const { sites } = await placesOf(parts, visit.organisation);
    const found =
      sites.length === 0
        ? []
        : await searchVersioned<Appointment>(
            record,
            visit.trusted,
            'Appointment',
            `status=waitlist,pending&location=${sites.map(({ id }) => `Location/${id}`).join(',')}`,
          );
    const all = found.map(({ resource }) => ({ one: resource, own: readAppointment(resource) }));
    const people = await peopleOf(
      parts,
      visit.actor,
      all.map(({ own }) => own.person),
    );
    return shell.renderPage(reply, 'appointments/waiting-list.njk', {
      title: 'Wait list',
      rows: all
        .sort((a, b) => (a.one.created ?? '').localeCompare(b.one.created ?? ''))
        .map(({ one, own }) => ({
          ...{
            id: own.id,
            ...contactOf(people.get(own.person), clock.now()),
            what: own.title,
            person: own.person,
          },
          how: bookableModesOf(one)
            .map((mode) => contactModeNames[mode])
            .join(', '),
          with: own.practitioner?.display ?? 'Anyone',
          since: formatDate(one.created?.slice(0, 10)),
          until: formatDate(one.requestedPeriod?.[0]?.end),
          offered: own.status === 'pending' ? whenWords(own.start) : '',
        })),
    });
  });
}

/** What may be done with one click. */
function marksOf(own: Read, now: number): readonly { readonly status: string; readonly text: string }[] {
  const marks: { status: string; text: string }[] = [];
  if (own.status === 'booked' || own.status === 'noshow')
    marks.push({ status: 'arrived', text: 'They are here' });
  if (['booked', 'arrived'].includes(own.status) && own.start <= now) {
    marks.push({ status: 'fulfilled', text: 'They were seen' });
    marks.push({ status: 'noshow', text: 'They did not attend' });
  }
  if (['arrived', 'noshow', 'fulfilled'].includes(own.status))
    marks.push({ status: 'booked', text: 'Undo: back to booked' });
  return marks;
}

/** Clinical staff of a practice, who may be chaperones. */
export async function staffOf(
  { record }: Pick<Parts, 'record'>,
  { trusted, organisation }: Pick<StaffVisit, 'trusted' | 'organisation'>,
): Promise<
  readonly { readonly id: string; readonly name: string; readonly job: string; readonly site: string }[]
> {
  const roles = await searchVersioned<PractitionerRole>(
    record,
    trusted,
    'PractitionerRole',
    `organization=Organization/${organisation}&active=true`,
    500,
  );
  return roles
    .map(({ resource }) => ({
      id: resource.practitioner?.reference?.replace('Practitioner/', '') ?? '',
      name: resource.practitioner?.display ?? '',
      job: resource.code?.[0]?.text ?? resource.code?.[0]?.coding?.[0]?.display ?? '',
      site: resource.location?.[0]?.reference?.replace('Location/', '') ?? '',
    }))
    .filter(({ id, name }) => id !== '' && name !== '')
    .sort((a, b) => a.name.localeCompare(b.name));
}
