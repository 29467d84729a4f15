/** Pages where people book: from an invitation, by themselves where the practice allows it, to another time; and the wait list. */
import type { Appointment, Task } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inputsOf, taskKindOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern, withQuery } from '../../web/addresses.ts';
import { formatDate } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { textField } from '../../web/forms/fields.ts';
import type { ShownForm } from '../../web/forms/forms.ts';
import { isOpenInvitation } from './booked-tasks.ts';
import { type ModeChoice, modeChoices, pounds, timesPage, whenWords } from './choose-time.ts';
import { kindsOf, readAppointment } from './diary-resources.ts';
import { type FreeTime, freeTimes, type TimesAsked } from './free-times.ts';
import {
  type BookableMode,
  bookableModes,
  isBookableMode,
  isKind,
  type Kind,
  kindOf,
  whatHappens,
} from './kinds.ts';
import { adviceOf, reachOf } from './lines.ts';
import type { Parts } from './needs.ts';
import { readVersioned, searchVersioned } from './stored-search.ts';
import { answerOf, takeTime } from './take-time.ts';
import { type PersonVisit, personVisit } from './visitors.ts';
import { waitPage } from './wait-page.ts';

const dayMs = 86_400_000;
/** How far ahead patients see times. */
const patientDays = 28;
const mostTimes = { usual: 40, lowData: 12 };
/** Booked by themselves and to come, at most: so that nobody holds times that others need. */
const mostToCome = 3;

/** What a page that chooses a time is about. */
export interface Choosing {
  readonly visit: PersonVisit;
  readonly heading: string;
  readonly lead: string;
  readonly within: TimesAsked;
  readonly kind: Kind;
  readonly modes: readonly BookableMode[];
  /** Chosen by the address. */
  readonly mode: BookableMode | undefined;
  readonly back: string;
  readonly button: string;
  /** Asks for an interpreter and a chaperone. */
  readonly asksHelp: boolean;
  readonly wait: string;
  readonly start: { readonly interpreter: string; readonly chaperone: boolean };
}

const chooseForm = defineForm({
  fields: {
    mode: textField('mode', z.enum(bookableModes, 'Select how you want to meet')),
    slot: textField('slot', z.string().min(1, 'Select a time')),
    interpreter: textField('interpreter', z.string().max(60, 'Language must be 60 characters or fewer')),
    chaperone: textField(
      'chaperone',
      z.string().transform((sent) => sent === 'yes'),
    ),
  },
});
type Shown = ShownForm<{ mode: string; slot: string; interpreter: string; chaperone: string }>;

const languageNames = new Intl.DisplayNames('en-GB', { type: 'language', fallback: 'code' });
/** A BCP 47 code in words; what is none stays as it is. */
export const languageOf = (code: string): string => {
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
};

export function patientBookingPages(app: FastifyInstance, parts: Parts): void {
  const { shell, forms, record, clock, bookings, settings } = parts;

  const modeOf = (request: FastifyRequest): BookableMode | undefined => {
    const asked = firstText((request.query as Readonly<Record<string, unknown>>)['mode']);
    return isBookableMode(asked) ? asked : undefined;
  };

  const ahead = (): Pick<TimesAsked, 'from' | 'until'> => ({
    from: clock.now(),
    until: clock.now() + patientDays * dayMs,
  });

  const show = async (reply: FastifyReply, { typed, errorPrefix, ...shown }: Shown, about: Choosing) => {
    const { request } = reply;
    const { visit } = about;
    const lowData = shell.lowData(request);
    const [found, reach] = await Promise.all([
      freeTimes(parts, visit.trusted, about.within),
      reachOf(record, visit.actor, visit.id),
    ]);
    const path = request.url.split('?')[0] ?? '';
    const modes: readonly ModeChoice[] = modeChoices(found, about.modes, {
      href: (mode) => `${path}?mode=${mode}`,
      advice: (mode) => adviceOf(mode, { reach, slowLine: lowData, own: visit.own }),
    });
    const typedMode = isBookableMode(typed.mode) ? typed.mode : undefined;
    const mode = [typedMode ?? about.mode].find((one) => one !== undefined && about.modes.includes(one));
    const query = request.query as Readonly<Record<string, unknown>>;
    const from = firstText(query['from']);
    const people = new Set(found.times.map(({ practitioner }) => practitioner));
    const sites = new Set(found.times.map(({ site }) => site));
    const page =
      mode &&
      timesPage(found.times, mode, {
        from: /^\d{4}-\d\d-\d\d$/.test(from) ? from : undefined,
        most: lowData ? mostTimes.lowData : mostTimes.usual,
        hint: (time) => hintOf(time, { people: people.size > 1, sites: sites.size > 1 }),
      });
    return shell.renderPage(reply, 'appointments/choose.njk', {
      ...shown,
      ...{ title: `${errorPrefix}${about.heading}`, heading: about.heading, lead: about.lead },
      ...{ app: visit.frame, typed, modes, path, back: about.back, submit: about.button },
      chosen: mode && {
        ...modes.find((one) => one.mode === mode),
        happens: whatHappens[mode],
      },
      prepare: kindOf(about.kind).prepare,
      days: (page?.days ?? []).map((day, i) => ({ ...day, isFirst: i === 0 })),
      later: page?.next && withQuery(request, { mode, from: page.next }),
      first: mode && from ? withQuery(request, { mode, from: undefined }) : undefined,
      ...{ asksHelp: about.asksHelp, wait: about.wait },
    });
  };

  // From an invitation.

  const invitation = async (request: FastifyRequest): Promise<Choosing & { readonly task: Task }> => {
    parts.actorOf(request); // who has not signed in is sent to
    const { task: id = '' } = request.params as { task?: string };
    const found = idPattern.test(id)
      ? await readVersioned<Task>(record, parts.trustedActor(request), 'Task', id)
      : undefined;
    const task = found?.resource;
    const person = /^Patient\/(.+)$/.exec(task?.owner?.reference ?? '')?.[1];
    if (!task || taskKindOf(task) !== 'book' || person === undefined)
      throw problem('not-found', 'There is no such invitation to book.');
    const visit = await personVisit(parts, request, person);
    const request_ = await requestOf(visit, task);
    const asked = inputsOf(task, 'mode').map(({ valueCode }) => valueCode);
    const modes = bookableModes.filter((mode) => asked.length === 0 || asked.includes(mode));
    const schedules = inputsOf(task, 'schedule').flatMap(({ valueReference }) =>
      valueReference?.reference ? [valueReference.reference.replace('Schedule/', '')] : [],
    );
    const practitioner = inputsOf(task, 'clinician')[0]?.valueReference?.reference?.replace(
      'Practitioner/',
      '',
    );
    const minutes = inputsOf(task, 'minutes')[0]?.valueInteger;
    const until = task.restriction?.period?.end;
    const last =
      until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until) + (/T/.test(until) ? 0 : dayMs);
    const span = ahead();
    const organisation =
      (task.requester?.reference ?? '').replace(/^Organization\//, '') || visit.practice || '';
    const own = (await settings.templates(organisation)).length > 0 ? organisation : (visit.practice ?? '');
    const language = request_ && inputsOf(request_, 'interpreter')[0]?.valueCode;
    return {
      ...{ visit, task, kind: 'gp-routine', modes, mode: modes.length === 1 ? modes[0] : modeOf(request) },
      heading: 'Book your appointment',
      lead: `${task.description ?? 'Your surgery asks you to choose a time.'}${until === undefined ? '' : ` Book by ${formatDate(until)}.`}`,
      within: {
        ...{ organisation: own, by: 'patient', from: span.from, until: Math.min(span.until, last) },
        ...(practitioner === undefined ? {} : { practitioner }),
        ...(schedules.length === 0 ? {} : { schedules }),
        ...(minutes === undefined ? {} : { minutes }),
      },
      ...{ back: `/appointments/for/${person}`, button: 'Book this time', asksHelp: true, wait: '' },
      start: {
        interpreter: language ? languageOf(language) : '',
        chaperone: request_ !== undefined && inputsOf(request_, 'chaperone')[0]?.valueBoolean === true,
      },
    };
  };
  /** The request for help that an invitation came of. */
  const requestOf = async (visit: PersonVisit, task: Task): Promise<Task | undefined> => {
    const id = /^Task\/(.+)$/.exec(task.basedOn?.[0]?.reference ?? '')?.[1];
    return id === undefined
      ? undefined
      : (await readVersioned<Task>(record, visit.trusted, 'Task', id))?.resource;
  };

  forms.add(app, '/appointments/book/:task', {
    about: invitation,
    form: () => chooseForm,
    initial: (about) => initialOf(about),
    show: async (reply, shown, about) => {
      if (!isOpenInvitation(about.task, clock.now()))
        return shell.renderPage(reply, 'appointments/over.njk', {
          ...{ title: 'This invitation is over', app: about.visit.frame, person: about.visit.id },
          booked: about.task.output?.map(({ valueReference }) => valueReference?.reference).find(Boolean),
        });
      return show(reply, shown, about);
    },
    act: async (values, about, { key }) => {
      const basedOn = /^Task\/(.+)$/.exec(about.task.basedOn?.[0]?.reference ?? '')?.[1];
      const { mode } = values;
      if (!about.modes.includes(mode)) return [{ field: 'mode', text: 'Select a way that is offered' }];
      const already = await readVersioned<Appointment>(record, about.visit.trusted, 'Appointment', key);
      if (already) return `/appointments/${key}?done=booked`;
      const outcome = await takeTime(
        parts,
        about.visit.trusted,
        about.within,
        { value: values.slot, mode },
        (time) =>
          bookings.book(about.visit.trusted, {
            ...{ id: key, person: about.visit.id, slots: time.slots, mode, by: 'patient' },
            ...{ kind: time.kinds[0] ?? about.kind, invitation: about.task.id ?? '' },
            ...(basedOn === undefined ? {} : { request: basedOn }),
            ...helpOf(values),
          }),
      );
      return answerOf(outcome, (id) => `/appointments/${id}?done=booked`);
    },
  });

  // By themselves.

  const selfKinds = async (visit: PersonVisit): Promise<readonly Kind[]> => {
    const own = (await settings.templates(visit.practice ?? '-')).filter(({ selfBook }) => selfBook);
    return [...new Set(own.flatMap(({ kinds }) => kinds))];
  };

  const routine = async (request: FastifyRequest): Promise<Choosing> => {
    const { person = '', kind = '' } = request.params as { person?: string; kind?: string };
    const visit = await personVisit(parts, request, person);
    if (!isKind(kind) || !(await selfKinds(visit)).includes(kind))
      throw problem(
        'not-found',
        'Your surgery does not let you book this by yourself. Ask for help instead.',
      );
    const templates = (await settings.templates(visit.practice)).filter(
      (one) => one.selfBook && one.kinds.includes(kind),
    );
    const modes = bookableModes.filter((mode) => templates.some((one) => one.modes.includes(mode)));
    return {
      ...{ visit, kind, modes, mode: modes.length === 1 ? modes[0] : modeOf(request) },
      ...{ heading: kindOf(kind).name, lead: 'Choose how you want to meet, and when.' },
      within: {
        organisation: visit.practice ?? '',
        by: 'patient',
        kinds: [kind],
        selfBook: true,
        ...ahead(),
      },
      ...{ back: `/appointments/for/${visit.id}`, button: 'Book this time', asksHelp: true },
      ...{ wait: `/appointments/for/${visit.id}/wait/${kind}`, start: { interpreter: '', chaperone: false } },
    };
  };

  forms.add(app, '/appointments/for/:person/new/:kind', {
    about: routine,
    form: () => chooseForm,
    initial: (about) => initialOf(about),
    show,
    act: async (values, about, { key }) => {
      const { visit, kind } = about;
      const { mode } = values;
      if (!about.modes.includes(mode)) return [{ field: 'mode', text: 'Select a way that is offered' }];
      const standing = await searchVersioned<Appointment>(
        record,
        visit.trusted,
        'Appointment',
        `patient=Patient/${visit.id}&status=booked&date=ge${new Date(clock.now()).toISOString()}`,
        50,
      );
      const toCome = standing.filter(({ resource }) => resource.id !== key && kindsOf(resource).length > 0);
      if (toCome.length >= mostToCome)
        return [
          {
            field: 'slot',
            text: `You have ${toCome.length} appointments to come. Cancel one that you do not need, or ask the surgery`,
          },
        ];
      const already = standing.find(({ resource }) => resource.id === key);
      if (already) return `/appointments/${key}?done=booked`;
      const outcome = await takeTime(
        parts,
        visit.trusted,
        about.within,
        { value: values.slot, mode },
        (time) =>
          bookings.book(visit.trusted, {
            ...{ id: key, person: visit.id, slots: time.slots, mode, by: 'patient', kind },
            ...helpOf(values),
          }),
      );
      return answerOf(outcome, (id) => `/appointments/${id}?done=booked`);
    },
  });

  // To another time.

  const moving = async (request: FastifyRequest): Promise<Choosing & { readonly id: string }> => {
    parts.actorOf(request);
    const { id = '' } = request.params as { id?: string };
    const found = idPattern.test(id)
      ? await readVersioned<Appointment>(record, parts.actorOf(request), 'Appointment', id)
      : undefined;
    if (!found) throw problem('not-found', 'There is no such appointment.');
    const own = readAppointment(found.resource);
    const visit = await personVisit(parts, request, own.person);
    if (own.status !== 'booked' || !(own.start > clock.now()) || own.slots.length === 0)
      throw problem('business-rule', 'This appointment cannot be moved here. Call the surgery to change it.');
    const slot = await readVersioned(record, visit.trusted, 'Slot', own.slots[0] ?? '');
    const kind = own.kind ?? 'gp-routine';
    const templates = await settings.templates();
    const template = templates.find(
      (one) => one.site === (own.place?.reference ?? '').replace('Location/', ''),
    );
    if (!slot || !template)
      throw problem('business-rule', 'This appointment cannot be moved here. Call the surgery to change it.');
    const practitioner = (own.practitioner?.reference ?? '').replace('Practitioner/', '');
    const same = templates.filter((one) => one.practitioner === practitioner && one.kinds.includes(kind));
    const modes = bookableModes.filter((mode) => same.some((one) => one.modes.includes(mode)));
    return {
      ...{ visit, id, kind, modes, mode: modes.length === 1 ? modes[0] : modeOf(request) },
      ...{ heading: 'Move your appointment', button: 'Move to this time', asksHelp: false, wait: '' },
      lead: `It is ${whenWords(own.start)} now. You keep that time until you have chosen another.`,
      within: {
        ...{ organisation: template.organisation, by: 'patient', kinds: [kind], practitioner, ...ahead() },
        minutes: own.minutes,
      },
      ...{ back: `/appointments/${id}`, start: { interpreter: '', chaperone: false } },
    };
  };

  forms.add(app, '/appointments/:id/move', {
    about: moving,
    form: () => chooseForm,
    initial: (about) => initialOf(about),
    show,
    act: async ({ mode, slot }, about) => {
      if (!about.modes.includes(mode)) return [{ field: 'mode', text: 'Select a way that is offered' }];
      const outcome = await takeTime(
        parts,
        about.visit.trusted,
        about.within,
        { value: slot, mode },
        (time) => bookings.move(about.visit.trusted, about.id, { slots: time.slots, mode, by: 'patient' }),
      );
      return answerOf(outcome, (id) => `/appointments/${id}?done=moved`);
    },
  });

  waitPage(app, parts, routine);
}

const initialOf = ({ mode, start }: Choosing) => ({
  mode: mode ?? '',
  interpreter: start.interpreter,
  chaperone: start.chaperone ? 'yes' : '',
});

const helpOf = ({
  interpreter,
  chaperone,
}: {
  readonly interpreter: string;
  readonly chaperone: boolean;
}) => ({
  ...(interpreter ? { interpreter } : {}),
  ...(chaperone ? { chaperone: 'wanted' as const } : {}),
});

/** Who and where, where times differ in it; what is paid, and how many places a group has left. */
export function hintOf(
  time: FreeTime,
  differ: { readonly people: boolean; readonly sites: boolean },
): string {
  const left = time.places > 1 ? `${time.places} places left` : '';
  return [
    differ.people ? time.practitionerName : '',
    differ.sites ? time.siteName : '',
    left,
    time.fee === undefined ? '' : pounds(time.fee),
  ]
    .filter(Boolean)
    .join(', ');
}
