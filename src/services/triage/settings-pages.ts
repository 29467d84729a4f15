/** How the team works: how much it can answer, who helps out, what it writes often. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import { organisationKindSystem } from '../../record/consent-rules.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { requiredText, textField } from '../../web/forms/fields.ts';
import type { RoomNeeds } from '../../web/room.ts';
import { organisationsOf } from './request-parts.ts';
import type { TeamSettingsStore } from './team-settings.ts';
import { templateFields, usualTemplates } from './templates.ts';
import type { Visit, Visits } from './visit.ts';

export interface SettingsPageNeeds extends Pick<RoomNeeds, 'shell' | 'forms' | 'record'> {
  readonly visits: Visits;
  readonly settings: TeamSettingsStore;
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** `monday-morning`, in the order of the week. */
const sessionNames = weekdays.flatMap((day) =>
  ['morning', 'afternoon'].map((part) => `${day.toLowerCase()}-${part}`),
);

const count = (name: string, what: string) =>
  textField(
    name,
    z
      .string()
      .regex(/^\d{0,4}$/, `${what} must be a whole number from 0 to 9999`)
      .transform((text) => (text === '' ? undefined : Number(text))),
  );
const sessions = Object.fromEntries(
  weekdays.flatMap((day) =>
    ['morning', 'afternoon'].map((part) => {
      const name = `${day.toLowerCase()}-${part}`;
      return [name, count(name, `${day} ${part}`)];
    }),
  ),
) as Readonly<Record<string, ReturnType<typeof count>>>;
const workingDays = (name: string, what: string, most: number) =>
  textField(
    name,
    z
      .string()
      .regex(/^\d{1,2}$/, `${what} must be a whole number of working days`)
      .transform(Number)
      .refine((days) => days <= most, `${what} must be ${most} working days or fewer`),
  );

export function settingsPages(app: FastifyInstance, needs: SettingsPageNeeds): void {
  const { shell, forms, record, visits, settings } = needs;

  const managerOf = async (request: FastifyRequest): Promise<Visit> => {
    const visit = await visits.of(request);
    if (visit.identity.post.role !== 'practice-manager' && visit.identity.post.role !== 'gp')
      throw problem('forbidden', 'Practice managers and GPs decide how the team works.');
    return visit;
  };
  const practicesOf = ({ actor }: Visit) =>
    organisationsOf({ record, actor }, organisationKindSystem, 'general-practice');

  forms.add(app, '/triage/settings', {
    about: managerOf,
    form: () =>
      defineForm({
        fields: {
          ...sessions,
          urgent: workingDays('urgent', '“Within 2 days”', 5),
          routine: workingDays('routine', 'Routine', 20),
          overflow: textField('overflow', z.enum(['wait', 'hub'], 'Select what happens when there are more')),
          hub: textField('hub', z.string()),
        },
        check: ({ overflow, hub, urgent, routine }) => [
          ...(overflow === 'hub' && hub === '' ? [{ field: 'hub', text: 'Select who helps out' }] : []),
          ...(routine < urgent ? [{ field: 'routine', text: 'Routine must not be sooner than urgent' }] : []),
        ],
      }),
    initial: ({ settings: now }) => ({
      ...Object.fromEntries(
        sessionNames.map((name, i) => [name, now.capacity ? String(now.capacity[i]) : '']),
      ),
      ...{
        urgent: String(now.days.urgent),
        routine: String(now.days.routine),
        overflow: now.overflow,
        hub: now.hub ?? '',
      },
    }),
    show: async (reply, { typed, errorPrefix, ...shown }, visit) =>
      shell.renderPage(reply, 'triage/settings.njk', {
        ...{ ...shown, typed, title: `${errorPrefix}How the team works`, team: visit.team.name },
        days: weekdays.map((text) => ({
          text,
          parts: ['morning', 'afternoon'].map((part) => {
            const name = `${text.toLowerCase()}-${part}`;
            return { name, text: `${text} ${part}`, value: typed[name as keyof typeof typed] };
          }),
        })),
        hubs: [
          { value: '', text: 'Nobody' },
          ...(await practicesOf(visit))
            .filter(({ reference }) => reference !== visit.team.reference)
            .map(({ reference, name }) => ({
              value: reference,
              text: name,
              selected: reference === typed.hub,
            })),
        ],
        saved: (reply.request.query as Readonly<Record<string, unknown>>)['done'] === 'saved',
      }),
    act: async (values, visit) => {
      const given = values as unknown as Readonly<Record<string, number | undefined>>; // a field for each session
      const capacity = sessionNames.map((name) => given[name]);
      const isSaid = capacity.some((one) => one !== undefined);
      const hub = (await practicesOf(visit)).find(({ reference }) => reference === values.hub);
      if (values.overflow === 'hub' && !hub) return [{ field: 'hub', text: 'Select a practice of the list' }];
      await settings.save(
        visit.team.reference,
        {
          ...(isSaid ? { capacity: capacity.map((one) => one ?? 0) } : {}),
          overflow: values.overflow,
          ...(hub && values.overflow === 'hub' ? { hub: hub.reference, hubName: hub.name } : {}),
          answersFor: visit.settings.answersFor,
          days: { asap: 0, urgent: values.urgent, routine: values.routine },
        },
        visit.by.name,
      );
      return '/triage/settings?done=saved';
    },
  });

  forms.add(app, '/triage/templates', {
    about: (request) => visits.of(request),
    form: () =>
      defineForm({
        fields: {
          name: requiredText('name', { missing: 'Enter a name for it', what: 'Name', most: 100 }),
          words: requiredText('words', { missing: 'Write what it says', what: 'What it says', most: 4000 }),
        },
      }),
    show: async (reply, { errorPrefix, ...shown }, visit) =>
      shell.renderPage(reply, 'triage/templates.njk', {
        ...{ ...shown, title: `${errorPrefix}Templates`, fields: templateFields, usual: usualTemplates },
        own: await settings.templates(visit.team.reference),
      }),
    act: async ({ name, words }, visit, { key }) => {
      const isAdded = await settings.addTemplate(visit.team.reference, { id: key, name, words });
      return isAdded
        ? '/triage/templates?done=added'
        : [{ field: 'name', text: 'There is a template with this name' }];
    },
  });

  app.post('/triage/templates/remove', async (request, reply) => {
    const visit = await visits.of(request);
    const body = request.body as Readonly<Record<string, unknown>> | undefined; // parsed by the form parser
    const id = String(body?.['template'] ?? '');
    if (!/^[0-9a-f-]{36}$/.test(id)) throw problem('invalid', 'Choose a template to remove.');
    await settings.removeTemplate(visit.team.reference, id);
    return reply.redirect('/triage/templates?done=removed', 303);
  });
}
