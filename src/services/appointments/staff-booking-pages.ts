/** Booking for a person, by phone or at the desk: find them, choose a way and a time, once or as a series; and moving. */
import type { Appointment, Patient, Task } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { inputsOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern, withQuery } from '../../web/addresses.ts';
import { formatDate, localMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { textField } from '../../web/forms/fields.ts';
import type { ShownForm } from '../../web/forms/forms.ts';
import { readPatientBanner } from '../../web/patient-banner.ts';
import { searchText, searchValue } from '../../web/record-reading.ts';
import { clockWords, modeChoices, timesPage, whenWords } from './choose-time.ts';
import { contactOf, peopleOf } from './day-list.ts';
import { readAppointment, seriesSystem } from './diary-resources.ts';
import { type FreeTime, freeTimes, type TimesAsked } from './free-times.ts';
import { daysAhead } from './generate-slots.ts';
import {
  allKinds,
  type BookableMode,
  bookableModes,
  isBookableMode,
  isKind,
  kindOf,
  whatHappens,
} from './kinds.ts';
import { adviceOf, reachOf } from './lines.ts';
import type { Parts } from './needs.ts';
import { hintOf, languageOf } from './patient-booking-pages.ts';
import { bookSeries } from './series.ts';
import { placesOf, practiceOne, staffOf } from './staff-day-pages.ts';
import { readVersioned, searchVersioned } from './stored-search.ts';
import { answerOf, chosenTime, takeTime } from './take-time.ts';
import { type StaffVisit, staffVisit } from './visitors.ts';

const dayMs = 86_400_000;
const mostTimes = 60;

const bookForm = defineForm({
  fields: {
    mode: textField('mode', z.enum(bookableModes, 'Select how they meet')),
    slot: textField('slot', z.string().min(1, 'Select a time')),
    kind: textField('kind', z.string()),
    clinician: textField('clinician', z.string()),
    request: textField('request', z.string()),
    interpreter: textField('interpreter', z.string().max(60, 'Language must be 60 characters or fewer')),
    chaperone: textField(
      'chaperone',
      z.string().regex(/^(wanted|[A-Za-z0-9.-]{0,64})$/, 'Select from the list'),
    ),
    instruction: textField(
      'instruction',
      z.string().max(300, 'What they should know must be 300 characters or fewer'),
    ),
    held: textField('held', z.string()),
    weeks: textField('weeks', z.enum(['', '1', '2', '4'], 'Select from the list')),
    times: textField(
      'times',
      z
        .string()
        .regex(/^$|^[2-9]$|^1[0-2]$/, 'How many times must be a number from 2 to 12')
        .transform((typed) => (typed === '' ? 1 : Number(typed))),
    ),
  },
  check: ({ weeks, times }) =>
    (weeks === '') === (times === 1)
      ? []
      : [{ field: 'times', text: 'To repeat it, say how often and how many times' }],
});
type Typed = Readonly<Record<string, string>>;

interface Booking {
  readonly visit: StaffVisit;
  readonly patient: Patient;
  readonly person: string;
  readonly query: Readonly<Record<'mode' | 'kind' | 'clinician' | 'request', string>>;
  readonly request: Task | undefined;
}

export function staffBookingPages(app: FastifyInstance, parts: Parts): void {
  const { shell, forms, record, clock, bookings } = parts;
  type Query = Readonly<Record<string, unknown>>;

  // Who it is for.

  app.get('/appointments/staff/book', async (request, reply) => {
    const visit = staffVisit(parts, request);
    const query = request.query as Query;
    const rest = ['request', 'mode', 'clinician', 'kind']
      .map((name) => [name, firstText(query[name])] as const)
      .filter(([, value]) => value !== '');
    const person = firstText(query['person']);
    if (idPattern.test(person))
      return reply.redirect(`/appointments/staff/book/${person}?${searchText(rest)}`, 303);
    const typed = firstText(query['q']).slice(0, 200).trim();
    const search = personQuery(typed);
    const found = search
      ? await searchVersioned<Patient>(record, visit.actor, 'Patient', search, 30)
      : undefined;
    return shell.renderPage(reply, 'appointments/find-person.njk', {
      ...{
        title: 'Who is the appointment for?',
        typed,
        hidden: rest.map(([name, value]) => ({ name, value })),
      },
      found: found?.map(({ resource }) => ({
        href: `/appointments/staff/book/${resource.id}?${searchText(rest)}`,
        ...contactOf(resource, clock.now()),
      })),
    });
  });

  const booking = async (request: FastifyRequest): Promise<Booking> => {
    const visit = staffVisit(parts, request);
    const { person = '' } = request.params as { person?: string };
    const query = request.query as Query;
    const found = idPattern.test(person)
      ? await readVersioned<Patient>(record, visit.actor, 'Patient', person)
      : undefined;
    if (!found)
      throw problem('not-found', 'There is no such person among those whom your practice cares for.');
    const of = (name: string): string => {
      const value = firstText(query[name]);
      return idPattern.test(value) ? value : '';
    };
    const id = of('request');
    const task =
      id === '' ? undefined : (await readVersioned<Task>(record, visit.actor, 'Task', id))?.resource;
    return {
      ...{ visit, patient: found.resource, person },
      query: { mode: of('mode'), kind: of('kind'), clinician: of('clinician'), request: task?.id ?? '' },
      request: task?.for?.reference === `Patient/${person}` ? task : undefined,
    };
  };

  const within = (visit: StaffVisit, typed: Typed): TimesAsked => ({
    ...{ organisation: visit.organisation, by: 'practice', from: clock.now() },
    until: clock.now() + daysAhead * dayMs,
    ...(isKind(typed['kind']) ? { kinds: [typed['kind']] } : {}),
    ...(typed['clinician'] ? { practitioner: typed['clinician'] } : {}),
  });

  /** What choosing a time shows, for booking and for moving. */
  const choosing = async (
    reply: FastifyReply,
    of: {
      readonly visit: StaffVisit;
      readonly patient: Patient;
      readonly asked: TimesAsked;
      readonly mode: BookableMode | undefined;
      readonly title: string;
      readonly lead: string;
      readonly path: string;
      readonly shown: Omit<ShownForm<unknown>, 'errorPrefix' | 'typed'>;
      readonly typed: Typed;
      readonly more: Readonly<Record<string, unknown>>;
    },
  ) => {
    const { visit, patient, asked, mode, path, typed } = of;
    const { request } = reply;
    const reading = { record, actor: visit.actor };
    const now = clock.now();
    const [found, reach, person] = await Promise.all([
      freeTimes(parts, visit.trusted, asked),
      reachOf(record, visit.actor, patient.id ?? ''),
      readPatientBanner(reading, patient, now),
    ]);
    const modes = modeChoices(found, bookableModes, {
      href: (each) => withQuery(request, { mode: each, from: undefined }),
      advice: (each) => adviceOf(each, { reach, slowLine: false, own: false }),
    });
    const from = firstText((request.query as Query)['from']);
    const page =
      mode &&
      timesPage(found.times, mode, {
        ...{ from: /^\d{4}-\d\d-\d\d$/.test(from) ? from : undefined, most: mostTimes },
        hint: (time) =>
          [hintOf(time, { people: true, sites: false }), heldUntil(time, now)].filter(Boolean).join('. '),
      });
    return shell.renderPage(reply, 'appointments/staff-choose.njk', {
      ...of.shown,
      ...{ title: of.title, titleOf: person.name, person, lead: of.lead, path, typed, modes },
      chosen: mode && { ...modes.find((one) => one.mode === mode), happens: whatHappens[mode] },
      days: (page?.days ?? []).map((day, i) => ({ ...day, isFirst: i === 0 })),
      later: page?.next && withQuery(request, { mode: mode ?? '', from: page.next }),
      first: from ? withQuery(request, { from: undefined }) : undefined,
      ...of.more,
    });
  };

  forms.add(app, '/appointments/staff/book/:person', {
    about: booking,
    form: () => bookForm,
    initial: ({ query, request }) => ({
      ...{ mode: query.mode, kind: query.kind, clinician: query.clinician, request: query.request },
      interpreter: languageOf((request && inputsOf(request, 'interpreter')[0]?.valueCode) ?? ''),
      chaperone: request && inputsOf(request, 'chaperone')[0]?.valueBoolean ? 'wanted' : '',
    }),
    show: async (reply, { typed, errorPrefix, ...shown }, about) => {
      const { visit, patient, person, request, query } = about;
      const kind = typed.kind || query.kind;
      const mode = [typed.mode, query.mode].find(isBookableMode);
      const { clinicians } = await placesOf(parts, visit.organisation);
      const wished = request ? inputsOf(request, 'mode').flatMap(({ valueCode }) => valueCode ?? []) : [];
      return choosing(reply, {
        ...{ visit, patient, mode, typed, shown, title: `${errorPrefix}Book an appointment` },
        ...{ asked: within(visit, { ...typed, kind }), path: `/appointments/staff/book/${person}` },
        lead: wished.length > 0 ? `They asked for: ${wished.map(modeWords).join(', or ')}.` : '',
        more: {
          ...{ isBooking: true, request: request?.id ?? '' },
          kinds: [{ value: '', text: 'Any kind', selected: kind === '' }].concat(
            allKinds.map((value) => ({ value, text: kindOf(value).name, selected: value === kind })),
          ),
          clinicians: [{ value: '', text: 'Anyone', selected: typed.clinician === '' }].concat(
            clinicians.map(({ id, name }) => ({ value: id, text: name, selected: id === typed.clinician })),
          ),
          chaperones: [
            { value: '', text: 'None', selected: typed.chaperone === '' },
            { value: 'wanted', text: 'Wanted, not found yet', selected: typed.chaperone === 'wanted' },
            ...(await staffOf(parts, visit)).map(({ id, name, job }) => ({
              ...{ value: id, text: job ? `${name}, ${job}` : name, selected: typed.chaperone === id },
            })),
          ],
        },
      });
    },
    act: async (values, { visit, person, request }, { key }) => {
      const { mode, slot, kind, interpreter, chaperone, instruction, weeks, times } = values;
      const task = request ?? (await requestOf(visit, person, values.request));
      const already = await readVersioned<Appointment>(record, visit.trusted, 'Appointment', key);
      if (already && times === 1) return `/appointments/staff/one/${key}?done=booked`;
      const asked = within(visit, { kind, clinician: values.clinician });
      const chosen = already ? undefined : await chosenTime(parts, visit.trusted, asked, slot, mode);
      if (chosen && chosen.bookableFrom > clock.now() && values.held !== 'yes')
        return [
          {
            field: 'held',
            text: `This time is ${heldUntil(chosen, clock.now()).toLowerCase()}. Tick the box to book it all the same`,
          },
        ];
      const named = chaperone === '' || chaperone === 'wanted' ? undefined : chaperone;
      const who = named && (await staffOf(parts, visit)).find(({ id }) => id === named);
      if (named && !who) return [{ field: 'chaperone', text: 'Select from the list' }];
      const wants = {
        ...{ person, mode, by: 'practice' as const },
        ...(interpreter ? { interpreter } : {}),
        ...(who
          ? { chaperone: { reference: `Practitioner/${who.id}`, display: who.name } }
          : chaperone === 'wanted'
            ? { chaperone: 'wanted' as const }
            : {}),
        ...(instruction ? { instruction } : {}),
      };
      const kindAt = (time: FreeTime) => (isKind(kind) ? kind : (time.kinds[0] ?? 'gp-routine'));
      const first = await takeTime(parts, visit.trusted, asked, { value: slot, mode }, (time) =>
        bookings.book(visit.trusted, {
          ...{ ...wants, id: key, slots: time.slots, kind: kindAt(time) },
          ...(task?.id ? { request: task.id } : {}),
          ...(times > 1 ? { series: key } : {}),
        }),
      );
      if (times === 1 || (!first.done && !already))
        return answerOf(first, (id) => `/appointments/staff/one/${id}?done=booked`);
      const one = readAppointment(first.done ? first.appointment : already!.resource); // one of the two
      await bookSeries(parts, visit.trusted, {
        ...{ series: key, first: one, every: Number(weeks), times, within: asked },
        book: (id, time) =>
          bookings.book(visit.trusted, { ...wants, id, slots: time.slots, kind: kindAt(time), series: key }),
      });
      return `/appointments/staff/series/${key}?weeks=${weeks}&times=${times}`;
    },
  });

  const requestOf = async (visit: StaffVisit, person: string, id: string): Promise<Task | undefined> => {
    const found = idPattern.test(id) ? await readVersioned<Task>(record, visit.actor, 'Task', id) : undefined;
    return found?.resource.for?.reference === `Patient/${person}` ? found.resource : undefined;
  };

  app.get<{ Params: { id: string } }>('/appointments/staff/series/:id', async (request, reply) => {
    const visit = staffVisit(parts, request);
    const { id } = request.params;
    const found = idPattern.test(id)
      ? await searchVersioned<Appointment>(
          record,
          visit.actor,
          'Appointment',
          `identifier=${encodeURIComponent(`${seriesSystem}|${id}`)}&_sort=date`,
          60,
        )
      : [];
    const all = found.map(({ resource }) => readAppointment(resource));
    const [first] = all;
    if (!first) throw problem('not-found', 'There is no such series of appointments.');
    const asked = Number(firstText((request.query as Query)['times'])) || all.length;
    const person = (await peopleOf(parts, visit.actor, [first.person])).get(first.person);
    return shell.renderPage(reply, 'appointments/series.njk', {
      ...{ title: 'A series of appointments', contact: contactOf(person, clock.now()), person: first.person },
      rows: all.map((own) => ({
        ...{
          id: own.id,
          when: whenWords(own.start),
          with: own.practitioner?.display ?? '',
          title: own.title,
        },
        isOff: own.status === 'cancelled',
      })),
      missing: Math.max(0, asked - all.length),
      weeks: Math.round(daysAhead / 7),
    });
  });

  // Moving.

  const moveForm = defineForm({
    fields: {
      mode: textField('mode', z.enum(bookableModes, 'Select how they meet')),
      slot: textField('slot', z.string().min(1, 'Select a time')),
    },
  });
  forms.add(app, '/appointments/staff/one/:id/move', {
    about: async (request) => {
      const found = await practiceOne(parts, request);
      const patient = await readVersioned<Patient>(record, found.visit.actor, 'Patient', found.own.person);
      if (!patient) throw problem('not-found', 'There is no such appointment at your practice.');
      return { ...found, patient: patient.resource };
    },
    form: () => moveForm,
    show: (reply, { typed, errorPrefix, ...shown }, { visit, own, patient }) => {
      const query = firstText((reply.request.query as Query)['mode']);
      const mode = [typed.mode, query].find(isBookableMode);
      return choosing(reply, {
        ...{ visit, patient, mode, typed, shown, title: `${errorPrefix}Move an appointment` },
        lead: `It is ${whenWords(own.start)} with ${own.practitioner?.display ?? 'no clinician named'} now.`,
        path: `/appointments/staff/one/${own.id}/move`,
        asked: { ...within(visit, {}), minutes: own.minutes, ...(own.kind ? { kinds: [own.kind] } : {}) },
        more: { isBooking: false },
      });
    },
    act: async ({ mode, slot }, { visit, own }) => {
      const asked = {
        ...within(visit, {}),
        minutes: own.minutes,
        ...(own.kind ? { kinds: [own.kind] } : {}),
      };
      const outcome = await takeTime(parts, visit.trusted, asked, { value: slot, mode }, (time) =>
        bookings.move(visit.trusted, own.id, { slots: time.slots, mode, by: 'practice' }),
      );
      return answerOf(outcome, (id) => `/appointments/staff/one/${id}?done=moved`);
    },
  });
}

const words: Readonly<Record<string, string>> = {
  message: 'message',
  telephone: 'phone',
  video: 'video',
  'in-person': 'face to face',
  'home-visit': 'a home visit',
};
const modeWords = (mode: string): string => words[mode] ?? mode;

const heldUntil = ({ bookableFrom }: FreeTime, now: number): string =>
  bookableFrom > now
    ? `Held until ${clockWords(bookableFrom)} on ${formatDate(localMoment(bookableFrom).key)}`
    : '';

/** One box: an NHS number, a date of birth like 15/3/1985, or a name. Undefined: nothing was typed. */
export function personQuery(typed: string): string | undefined {
  const pairs: (readonly [string, string])[] = [];
  let rest = typed.replaceAll(
    /\b(\d{3})[ -]?(\d{3})[ -]?(\d{4})\b/g,
    (_all, a: string, b: string, c: string) => {
      pairs.push(['identifier', `${nhsNumberSystem}|${a}${b}${c}`]);
      return ' ';
    },
  );
  rest = rest.replaceAll(
    /\b(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})\b/g,
    (_all, d: string, m: string, y: string) => {
      pairs.push(['birthdate', `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`]);
      return ' ';
    },
  );
  const names = rest.split(/[\s,]+/).filter((word) => /\p{L}/u.test(word));
  for (const word of names.slice(0, 8)) pairs.push(['name', searchValue(word)]);
  return pairs.length === 0 ? undefined : searchText(pairs);
}
