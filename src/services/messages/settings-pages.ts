/** How a team answers: how soon, who is given what is late, who is away. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import { addDays, formatDate } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { dateField, textField } from '../../web/forms/fields.ts';
import type { MessageRoom } from './needs.ts';
import type { TeamVisit, TeamVisits } from './team-visits.ts';

const wholeDays = (name: string, what: string, least: number, most: number) =>
  textField(
    name,
    z
      .string()
      .regex(/^\d{1,2}$/, `${what} must be a whole number`)
      .transform(Number)
      .refine((n) => n >= least && n <= most, `${what} must be from ${least} to ${most}`),
  );
const longestAbsence = 366;

export function settingsPages(app: FastifyInstance, needs: MessageRoom, visits: TeamVisits): void {
  const { shell, forms, settings, inbox } = needs;
  const peopleOf = async (visit: TeamVisit) => visits.colleaguesOf(visit);
  const choices = (
    people: readonly { readonly reference: string; readonly name: string }[],
    chosen: string,
    none: string,
  ) => [
    { value: '', text: none },
    ...people.map(({ reference, name }) => ({
      value: reference,
      text: name,
      selected: reference === chosen,
    })),
  ];

  forms.add(app, '/messages/team/settings', {
    about: (request: FastifyRequest) => visits.of(request),
    form: () =>
      defineForm({
        fields: {
          days: wholeDays('days', 'Working days until an answer', 0, 20),
          unread: wholeDays('unread', 'Days until a call', 1, 60),
          duty: textField('duty', z.string().max(200)),
        },
      }),
    initial: ({ settings: now }) => ({
      ...{ days: String(now.days), unread: String(now.unreadDays), duty: now.duty?.reference ?? '' },
    }),
    show: async (reply, { errorPrefix, ...shown }, visit) =>
      shell.renderPage(reply, 'messages/settings.njk', {
        ...{ ...shown, title: `${errorPrefix}How the team answers messages`, team: visit.team.name },
        duties: choices(await peopleOf(visit), shown.typed.duty, 'Nobody: the team'),
        absences: (await settings.absences(visit.team.reference, visit.today)).map((one) => ({
          ...{ id: one.id, name: one.member.name, deputy: one.deputy?.name },
          ...{ from: formatDate(one.from), until: formatDate(one.until) },
        })),
        saved: (reply.request.query as Readonly<Record<string, unknown>>)['done'],
      }),
    act: async ({ days, unread, duty }, visit) => {
      const who = (await peopleOf(visit)).find(({ reference }) => reference === duty);
      if (duty !== '' && !who) return [{ field: 'duty', text: 'Select someone of your team' }];
      const kept = {
        days,
        unreadDays: unread,
        ...(who ? { duty: { reference: who.reference, name: who.name } } : {}),
      };
      await settings.save(visit.team.reference, kept, visit.by.name);
      await inbox.promiseAnew(visit.team.reference);
      return '/messages/team/settings?done=saved';
    },
  });

  forms.add(app, '/messages/team/away', {
    about: (request: FastifyRequest) => visits.of(request),
    form: ({ today }) =>
      defineForm({
        fields: {
          member: textField('member', z.string().min(1, 'Select who is away')),
          from: dateField('from', 'First day'),
          until: dateField('until', 'Last day', (day) =>
            day < today ? { field: 'until-day', text: 'Last day must be today or later' } : undefined,
          ),
          deputy: textField('deputy', z.string().max(200)),
        },
        check: ({ member, from, until, deputy }) => [
          ...(until < from ? [{ field: 'until-day', text: 'Last day must be the first day or later' }] : []),
          ...(until > addDays(from, longestAbsence)
            ? [{ field: 'until-day', text: 'An absence can be a year at most' }]
            : []),
          ...(member === deputy ? [{ field: 'deputy', text: 'Select someone else, or nobody' }] : []),
        ],
      }),
    initial: ({ by }) => ({ member: by.reference }),
    show: async (reply, { errorPrefix, ...shown }, visit) => {
      const people = await peopleOf(visit);
      return shell.renderPage(reply, 'messages/away.njk', {
        ...{ ...shown, title: `${errorPrefix}Someone is away`, team: visit.team.name },
        members: choices(people, shown.typed.member, 'Select'),
        deputies: choices(people, shown.typed.deputy, 'Nobody: the team'),
      });
    },
    act: async ({ member, from, until, deputy }, visit, { key }) => {
      const people = await peopleOf(visit);
      const who = people.find(({ reference }) => reference === member);
      const other = people.find(({ reference }) => reference === deputy);
      if (!who) return [{ field: 'member', text: 'Select someone of your team' }];
      if (deputy !== '' && !other) return [{ field: 'deputy', text: 'Select someone of your team' }];
      const named = ({ reference, name }: { readonly reference: string; readonly name: string }) => ({
        reference,
        name,
      });
      const absence = { id: key, member: named(who), from, until, deputy: other && named(other) };
      await settings.addAbsence(visit.team.reference, absence);
      return '/messages/team/settings?done=away';
    },
  });

  app.post('/messages/team/away/remove', async (request, reply) => {
    const visit = await visits.of(request);
    const body = request.body as Readonly<Record<string, unknown>> | undefined; // parsed by the form parser
    const id = String(body?.['absence'] ?? '');
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
      throw problem('invalid', 'Choose an absence to remove.');
    await settings.removeAbsence(visit.team.reference, id);
    return reply.redirect('/messages/team/settings?done=removed', 303);
  });
}
