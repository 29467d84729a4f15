/** What a team does with a thread besides writing: hand over, close, and call someone who does not read. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { formatDate } from '../../web/dates.ts';
import type { FieldError } from '../../web/form-fields.ts';
import {
  defineForm,
  type Fields,
  type Form,
  type TypedOf,
  type ValuesOf,
} from '../../web/forms/define-form.ts';
import { requiredText, textField } from '../../web/forms/fields.ts';
import { assigned, type Closing, closed, closings, noted, type Written } from './deeds.ts';
import { cleanWords, longest, type MessageRoom } from './needs.ts';
import { standsIn } from './promise.ts';
import { frameOf } from './team-pages.ts';
import type { TeamThreadVisit, TeamVisits } from './team-visits.ts';

interface DeedPage<F extends Fields> {
  readonly path: string;
  readonly title: string;
  readonly form: Form<F>;
  readonly initial?: (visit: TeamThreadVisit) => Partial<TypedOf<F>>;
  readonly extra?: (visit: TeamThreadVisit, typed: TypedOf<F>) => Promise<Record<string, unknown>>;
  readonly act: (
    values: ValuesOf<F>,
    visit: TeamThreadVisit,
    key: string,
  ) => Promise<readonly FieldError[] | undefined>;
}

const optionalNote = textField(
  'note',
  z
    .string()
    .transform(cleanWords)
    .pipe(z.string().max(longest, `Note must be ${longest.toLocaleString('en-GB')} characters or fewer`)),
);

export function teamDeeds(app: FastifyInstance, needs: MessageRoom, visits: TeamVisits): void {
  const { shell, forms, settings, writing } = needs;

  const add = <F extends Fields>(page: DeedPage<F>): void => {
    forms.add(app, `/messages/team/:thread/${page.path}`, {
      about: (request: FastifyRequest) => visits.ofThread(request),
      form: () => page.form,
      ...(page.initial ? { initial: page.initial } : {}),
      show: async (reply: FastifyReply, shown, visit) =>
        shell.renderPage(reply, `messages/${page.path}.njk`, {
          ...{
            ...shown,
            title: `${shown.errorPrefix}${page.title}`,
            heading: page.title,
            titleOf: visit.name,
          },
          ...{ one: frameOf(visit), longest },
          ...(await page.extra?.(visit, shown.typed)),
        }),
      act: async (values, visit, { key }) =>
        (await page.act(values, visit, key)) ?? `/messages/team/${visit.thread.id}?done=${page.path}`,
    });
  };
  const noteOf = ({ thread, team, now }: TeamThreadVisit, key: string, text: string): Written => ({
    ...{ key, person: thread.person, topic: thread.topic, text, now, team, thread, files: [] },
  });

  add({
    ...{ path: 'hand-over', title: 'Hand it over' },
    form: defineForm({
      fields: { to: textField('to', z.string().min(1, 'Select who answers it')), note: optionalNote },
    }),
    initial: ({ by, thread }) => ({ to: thread.assigned ? thread.assigned.reference : by.reference }),
    extra: async (visit, typed) => {
      const absences = await settings.absences(visit.team.reference, visit.today);
      const colleagues = await visits.colleaguesOf(visit);
      return {
        people: [
          { value: 'team', text: 'Nobody in particular: the team', selected: typed.to === 'team' },
          ...colleagues.map(({ reference, name, job }) => {
            const { away, who } = standsIn({ reference, name }, absences, visit.today);
            const absent = away
              ? `, away until ${formatDate(away.until)}${who ? `: goes to ${who.name}` : ''}`
              : '';
            return {
              value: reference,
              text: `${[name, job].filter(Boolean).join(', ')}${absent}`,
              selected: typed.to === reference,
            };
          }),
        ],
      };
    },
    act: async ({ to, note }, visit, key) => {
      const { thread, trusted, by, team, today } = visit;
      const chosen = (await visits.colleaguesOf(visit)).find(({ reference }) => reference === to);
      if (to !== 'team' && !chosen) return [{ field: 'to', text: 'Select someone of your team' }];
      const who = chosen && standsIn(chosen, await settings.absences(team.reference, today), today).who;
      const made = note === '' || (await writing.isWritten(key)) ? [] : noted(noteOf(visit, key, note), by);
      await writing.write(trusted, made, thread.id, (head) =>
        assigned(head, who && { reference: who.reference, name: who.name }),
      );
      return undefined;
    },
  });

  add({
    ...{ path: 'close', title: 'Close it' },
    form: defineForm({
      fields: {
        // Without its own words in Object.keys, zod would not know the keys.
        reason: textField(
          'reason',
          z.enum(Object.keys(closings) as [Closing, ...Closing[]], 'Select why it is closed'),
        ),
        last: textField('last', z.string().max(64)),
        note: optionalNote,
      },
    }),
    initial: ({ thread }) => ({ last: thread.lastAsked }),
    extra: async ({ thread }, { reason, last }) => ({
      reasons: Object.entries(closings).map(([value, text]) => ({ value, text, checked: reason === value })),
      last: last || thread.lastAsked,
      isWaiting: thread.waiting !== undefined,
    }),
    act: async ({ reason, last, note }, visit, key) => {
      const { thread, trusted, by } = visit;
      if (last !== thread.lastAsked)
        return [
          {
            field: 'reason',
            text: 'The patient wrote again meanwhile. Go back and read it before you close',
          },
        ];
      const made = note === '' || (await writing.isWritten(key)) ? [] : noted(noteOf(visit, key, note), by);
      await writing.write(trusted, made, thread.id, (head) => closed(head, reason, last));
      return undefined;
    },
  });

  add({
    ...{ path: 'called', title: 'They were called' },
    form: defineForm({
      fields: {
        note: requiredText('note', {
          missing: 'Say what came of the call',
          what: 'What came of it',
          most: longest,
        }),
      },
    }),
    act: async ({ note }, visit, key) => {
      const { thread, trusted, by } = visit;
      if (!(await writing.isWritten(key)))
        await writing.write(
          trusted,
          noted(noteOf(visit, key, cleanWords(note)), by, { byPhone: true }),
          thread.id,
        );
      return undefined;
    },
  });
}
