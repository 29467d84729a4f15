/** Where a practice says when it sees people: weekly sessions, leave and closed afternoons. */

import type { Location } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { contactModeNames } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern } from '../../web/addresses.ts';
import { formatDate, localMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, dateField, requiredText, textField } from '../../web/forms/fields.ts';
import type { ShownForm } from '../../web/forms/forms.ts';
import { bankHolidaysOf } from './bank-holidays.ts';
import { allKinds, bookableModes, isKind, type Kind, kindOf } from './kinds.ts';
import { bookedIn } from './leave-booked.ts';
import type { Parts } from './needs.ts';
import { clash } from './session-template.ts';
import { momentWords, templateFrom, typedOf, weekdayNames, wordsOf } from './session-words.ts';
import type { StoredTemplate } from './settings.ts';
import { staffOf } from './staff-day-pages.ts';
import { searchVersioned } from './stored-search.ts';
import { managerVisit, type StaffVisit } from './visitors.ts';

const clock24 = /^([01]\d|2[0-3]):[0-5]\d$/;

const timeField = (name: string, what: string) =>
  textField(name, z.string().regex(clock24, `${what} must be a time of 24 hours, like 08:30 or 17:00`));
const numberField = (name: string, what: string, least: number, most: number) =>
  textField(
    name,
    z
      .string()
      .regex(/^\d{1,4}$/, `${what} must be a whole number`)
      .transform(Number)
      .refine((n) => n >= least && n <= most, `${what} must be from ${least} to ${most}`),
  );

const sessionForm = defineForm({
  fields: {
    name: requiredText('name', { missing: 'Enter a name for the session', what: 'Name', most: 60 }),
    practitioner: textField('practitioner', z.string().min(1, 'Select a clinician')),
    site: textField('site', z.string().min(1, 'Select a place')),
    weekdays: choicesField(
      'weekdays',
      z.array(z.enum(['1', '2', '3', '4', '5', '6', '7'])).min(1, 'Select one or more days'),
    ),
    everyWeeks: textField('everyWeeks', z.enum(['1', '2'], 'Select how often')),
    from: timeField('from', 'Beginning'),
    until: timeField('until', 'End'),
    minutes: numberField('minutes', 'Minutes for each', 5, 240),
    gap: numberField('gap', 'Minutes between', 0, 120),
    places: numberField('places', 'People at once', 1, 50),
    modes: choicesField('modes', z.array(z.enum(bookableModes)).min(1, 'Select one or more ways to meet')),
    kinds: choicesField(
      'kinds',
      z
        .array(z.string())
        .transform((sent): readonly Kind[] => sent.filter(isKind))
        .refine((kinds) => kinds.length > 0, 'Select one or more kinds of appointment'),
    ),
    releaseDays: numberField('releaseDays', 'Days before', 0, 42),
    releaseAt: timeField('releaseAt', 'Time of day'),
    selfBook: textField(
      'selfBook',
      z.string().transform((sent) => sent === 'yes'),
    ),
    atHolidays: textField(
      'atHolidays',
      z.string().transform((sent) => sent === 'yes'),
    ),
    fee: textField(
      'fee',
      z
        .string()
        .regex(/^$|^\d{1,4}(\.\d\d)?$/, 'Fee must be in pounds, like 95 or 95.50')
        .transform((typed) => (typed === '' ? undefined : Math.round(Number(typed) * 100))),
    ),
    starts: dateField('starts', 'First day'),
    ends: textField('ends', z.string().regex(/^$|^\d{4}-\d\d-\d\d$/, 'Last day must be like 2026-12-31')),
  },
  check: ({ from, until, minutes, starts, ends }) => [
    ...(until <= from ? [{ field: 'until', text: 'End must be after the beginning' }] : []),
    ...(until > from && minutesOf(until) - minutesOf(from) < minutes
      ? [{ field: 'minutes', text: 'Minutes for each must fit between beginning and end' }]
      : []),
    ...(ends !== '' && ends < starts
      ? [{ field: 'ends', text: 'Last day must not be before the first' }]
      : []),
  ],
});
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const leaveForm = defineForm({
  fields: {
    who: textField('who', z.string()),
    site: textField('site', z.string()),
    from: dateField('from', 'First day'),
    fromTime: textField(
      'fromTime',
      z.string().regex(/^$|^([01]\d|2[0-3]):[0-5]\d$/, 'Time must be like 13:00'),
    ),
    until: dateField('until', 'Last day'),
    untilTime: textField(
      'untilTime',
      z.string().regex(/^$|^([01]\d|2[0-3]):[0-5]\d$/, 'Time must be like 18:00'),
    ),
    reason: requiredText('reason', { missing: 'Enter what it is', what: 'What it is', most: 80 }),
  },
  check: ({ from, until, fromTime, untilTime }) =>
    `${from}T${fromTime || '00:00'}` < `${until}T${untilTime || '24:00'}`
      ? []
      : [{ field: 'until-day', text: 'The end must be after the beginning' }],
});

const done: Readonly<Record<string, string>> = {
  saved: 'Saved. The diaries of the next weeks follow it; what is booked stays booked.',
  leave: 'Saved. Free times in it are taken out. Look below for what is booked in it.',
  removed: 'Removed. Its times are free again.',
};

export function sessionPages(app: FastifyInstance, parts: Parts): void {
  const { shell, forms, settings, clock, record } = parts;
  type Query = Readonly<Record<string, unknown>>;

  const sitesOf = async (visit: StaffVisit) =>
    (
      await searchVersioned<Location>(
        record,
        visit.trusted,
        'Location',
        `organization=Organization/${visit.organisation}&status=active`,
        100,
      )
    ).map(({ resource }) => ({ id: resource.id ?? '', name: resource.name ?? '' }));

  app.get('/appointments/staff/sessions', async (request, reply) => {
    const visit = managerVisit(parts, request);
    const [templates, exceptions] = await Promise.all([
      settings.templates(visit.organisation),
      settings.exceptions(visit.organisation),
    ]);
    const today = localMoment(clock.now()).key;
    const year = Number(today.slice(0, 4));
    const holidays = [...bankHolidaysOf(year), ...bankHolidaysOf(year + 1)].filter(({ day }) => day >= today);
    const name = (id: string | undefined, of: 'practitioner' | 'site'): string =>
      templates.find((one) => one[of] === id)?.[of === 'site' ? 'siteName' : 'practitionerName'] ?? '';
    return shell.renderPage(reply, 'appointments/sessions.njk', {
      ...{ title: 'Sessions and leave', done: done[firstText((request.query as Query)['done'])] },
      sessions: templates.map((one) => ({ ...wordsOf(one), isOver: (one.ends ?? '9999') < today })),
      exceptions: exceptions
        .filter(({ until }) => until >= today)
        .map((one) => ({
          ...{ id: one.id, reason: one.reason, who: name(one.practitioner, 'practitioner') || 'Everyone' },
          where: name(one.site, 'site') || 'Everywhere',
          when: `${momentWords(one.from)} to ${momentWords(one.until)}`,
        })),
      holidays: holidays.slice(0, 6).map(({ day, name: text }) => ({ day: formatDate(day), text })),
    });
  });

  interface Editing {
    readonly visit: StaffVisit;
    readonly before: StoredTemplate | undefined;
  }

  const show = async (
    reply: FastifyReply,
    { typed, errorPrefix, ...shown }: ShownForm<Readonly<Record<string, unknown>>>,
    { visit, before }: Editing,
  ) => {
    const [people, sites] = await Promise.all([staffOf(parts, visit), sitesOf(visit)]);
    const has = (name: string, value: string): boolean => [typed[name]].flat().includes(value);
    return shell.renderPage(reply, 'appointments/session.njk', {
      ...{ ...shown, typed, title: `${errorPrefix}${before ? 'Change a session' : 'Add a session'}` },
      people: people.map(({ id, name, job }) => ({
        ...{ value: id, text: job ? `${name}, ${job}` : name, selected: has('practitioner', id) },
      })),
      sites: sites.map(({ id, name }) => ({ value: id, text: name, selected: has('site', id) })),
      weekdays: weekdayNames.map((text, i) => ({
        ...{ value: String(i + 1), text, checked: has('weekdays', String(i + 1)) },
      })),
      modes: bookableModes.map((value) => ({
        ...{ value, text: contactModeNames[value], checked: has('modes', value) },
      })),
      kinds: allKinds.map((value) => ({ value, text: kindOf(value).name, checked: has('kinds', value) })),
    });
  };

  const save = async (
    values: Parameters<typeof templateFrom>[0],
    { visit, before }: Editing,
    key: string,
  ) => {
    const [people, sites] = await Promise.all([staffOf(parts, visit), sitesOf(visit)]);
    const person = people.find(({ id }) => id === values.practitioner);
    const site = sites.find(({ id }) => id === values.site);
    if (!person) return [{ field: 'practitioner', text: 'Select a clinician from the list' }];
    if (!site) return [{ field: 'site', text: 'Select a place from the list' }];
    const template = templateFrom(values, {
      ...{ id: before?.id ?? key, organisation: visit.organisation },
      ...{ practitionerName: person.name, siteName: site.name },
    });
    const other = (await settings.templates(visit.organisation)).find((one) => clash(template, one));
    if (other)
      return [
        {
          field: 'from',
          text: `${person.name} has the session “${other.name}” at that time. Change one of the two`,
        },
      ];
    await settings.saveTemplate(template, before?.version);
    await parts.generate(visit.organisation);
    return '/appointments/staff/sessions?done=saved';
  };

  forms.add(app, '/appointments/staff/sessions/new', {
    about: (request): Editing => ({ visit: managerVisit(parts, request), before: undefined }),
    form: () => sessionForm,
    initial: () => {
      const { year, month, day } = localMoment(clock.now());
      return {
        ...{ everyWeeks: '1', gap: '0', places: '1', releaseDays: '14', releaseAt: '08:00' },
        starts: { day: String(day), month: String(month), year: String(year) },
      };
    },
    show,
    act: (values, about, { key }) => save(values, about, key),
  });

  forms.add(app, '/appointments/staff/sessions/:id', {
    about: async (request): Promise<Editing> => {
      const visit = managerVisit(parts, request);
      const { id = '' } = request.params as { id?: string };
      const before = (await settings.templates(visit.organisation)).find((one) => one.id === id);
      if (!before) throw problem('not-found', 'There is no such session at your practice.');
      return { visit, before };
    },
    form: () => sessionForm,
    initial: ({ before }) => (before ? typedOf(before) : {}),
    show,
    act: (values, about, { key }) => save(values, about, key),
  });

  forms.add(app, '/appointments/staff/leave/new', {
    about: (request) => managerVisit(parts, request),
    form: () => leaveForm,
    show: async (reply, { typed, errorPrefix, ...shown }, visit) => {
      const [people, sites] = await Promise.all([staffOf(parts, visit), sitesOf(visit)]);
      return shell.renderPage(reply, 'appointments/leave.njk', {
        ...{ ...shown, typed, title: `${errorPrefix}Add leave or a closed time` },
        people: [{ value: '', text: 'Everyone' }].concat(
          people.map(({ id, name }) => ({ value: id, text: name, selected: id === typed.who })),
        ),
        sites: [{ value: '', text: 'Everywhere' }].concat(
          sites.map(({ id, name }) => ({ value: id, text: name, selected: id === typed.site })),
        ),
      });
    },
    act: async (values, visit, { key }) => {
      const { who, site, from, fromTime, until, untilTime, reason } = values;
      const [people, sites] = await Promise.all([staffOf(parts, visit), sitesOf(visit)]);
      if (who !== '' && !people.some(({ id }) => id === who))
        return [{ field: 'who', text: 'Select from the list' }];
      if (site !== '' && !sites.some(({ id }) => id === site))
        return [{ field: 'site', text: 'Select from the list' }];
      await settings.saveException({
        ...{ id: key, organisation: visit.organisation, reason },
        ...(who === '' ? {} : { practitioner: who }),
        ...(site === '' ? {} : { site }),
        from: `${from}T${fromTime || '00:00'}`,
        // The last day is part of it.
        until: `${until}T${untilTime || '23:59'}`,
      });
      await parts.generate(visit.organisation);
      return `/appointments/staff/leave/${key}`;
    },
  });

  app.get<{ Params: { id: string } }>('/appointments/staff/leave/:id', async (request, reply) => {
    const { visit, one } = await exceptionOf(request);
    const { booked } = await bookedIn(parts, visit, one);
    return shell.renderPage(reply, 'appointments/leave-one.njk', {
      ...{ title: one.reason, id: one.id, booked },
      when: `${momentWords(one.from)} to ${momentWords(one.until)}`,
    });
  });

  app.post<{ Params: { id: string } }>('/appointments/staff/leave/:id/remove', async (request, reply) => {
    const { visit, one } = await exceptionOf(request);
    await settings.removeException(visit.organisation, one.id);
    await parts.generate(visit.organisation);
    return reply.redirect('/appointments/staff/sessions?done=removed', 303);
  });

  const exceptionOf = async (request: FastifyRequest) => {
    const visit = managerVisit(parts, request);
    const { id = '' } = request.params as { id?: string };
    const one = idPattern.test(id)
      ? (await settings.exceptions(visit.organisation)).find((each) => each.id === id)
      : undefined;
    if (!one) throw problem('not-found', 'There is no such leave or closed time at your practice.');
    return { visit, one };
  };
}
