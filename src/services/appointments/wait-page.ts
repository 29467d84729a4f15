/** Where people join the wait list of a kind of appointment that they may book by themselves. */
import type { Appointment } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { addDays, localMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, textField } from '../../web/forms/fields.ts';
import { modeChoices } from './choose-time.ts';
import { wishOf } from './diary-resources.ts';
import { bookableModes, kindOf } from './kinds.ts';
import type { Parts } from './needs.ts';
import type { Choosing } from './patient-booking-pages.ts';
import { put, readVersioned } from './stored-search.ts';

const waitForm = defineForm({
  fields: {
    modes: choicesField(
      'modes',
      z.array(z.enum(bookableModes, 'Select from the list')).min(1, 'Select one or more ways that suit you'),
    ),
    practitioner: textField(
      'practitioner',
      z.string().regex(/^[A-Za-z0-9.-]{0,64}$/, 'Select from the list'),
    ),
    weeks: textField('weeks', z.enum(['1', '2', '4', '8'], 'Select how long you can wait')),
  },
});

/** `routine`: what booking that kind by themselves is about, which throws where someone may not. */
export function waitPage(
  app: FastifyInstance,
  { shell, forms, record, clock, settings }: Parts,
  routine: (request: FastifyRequest) => Promise<Choosing>,
): void {
  forms.add(app, '/appointments/for/:person/wait/:kind', {
    about: async (request) => {
      const about = await routine(request);
      const templates = (await settings.templates(about.visit.practice)).filter(
        (one) => one.selfBook && one.kinds.includes(about.kind),
      );
      return { ...about, templates };
    },
    form: () => waitForm,
    initial: () => ({ weeks: '' }),
    show: (reply, { typed, errorPrefix, ...shown }, about) =>
      shell.renderPage(reply, 'appointments/wait.njk', {
        ...shown,
        ...{
          title: `${errorPrefix}Join the wait list`,
          app: about.visit.frame,
          typed,
          kind: kindOf(about.kind).name,
        },
        back: `/appointments/for/${about.visit.id}/new/${about.kind}`,
        modes: modeChoices({ times: [], video: new Map() }, about.modes, {
          href: () => '',
          advice: () => [],
        }),
        clinicians: [...new Map(about.templates.map((one) => [one.practitioner, one.practitionerName]))].map(
          ([value, text]) => ({ value, text, selected: typed.practitioner === value }),
        ),
      }),
    act: async ({ modes, practitioner, weeks }, { visit, kind, templates }, { key }) => {
      const suited = templates.filter((one) => practitioner === '' || one.practitioner === practitioner);
      const template = suited[0];
      if (!template) return [{ field: 'practitioner', text: 'Select a clinician from the list' }];
      const today = localMoment(clock.now()).key;
      const wish = wishOf({
        ...{ id: key, person: visit.id, kind, modes, made: clock.now() },
        minutes: Math.min(...suited.map((one) => one.minutes)),
        place: { reference: `Location/${template.site}`, display: template.siteName },
        ...(practitioner === ''
          ? {}
          : {
              practitioner: {
                reference: `Practitioner/${practitioner}`,
                display: template.practitionerName,
              },
            }),
        ...{ from: today, until: addDays(today, 7 * Number(weeks)) },
      });
      const there = await readVersioned<Appointment>(record, visit.trusted, 'Appointment', key);
      if (!there) await record.commit(visit.trusted, [put(wish)]);
      return `/appointments/for/${visit.id}?done=waiting`;
    },
  });
}
