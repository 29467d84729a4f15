/** The page on which someone chooses of what they are told, by which way, and when not. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { deviceName } from '../../access/accounts/device-name.ts';
import { problem } from '../../platform/problem.ts';
import { firstText } from '../../web/addresses.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, textField } from '../../web/forms/fields.ts';
import { languageKeys, languages } from '../../web/words/languages.ts';
import { readSubscription } from './browsers.ts';
import { type Channel, type Choices, channels, type Topic, topics } from './kinds.ts';
import { accountOf, type NotificationPageNeeds, offered } from './page-needs.ts';
import { usualPreferences } from './preferences.ts';
import { channelWords } from './texts.ts';

const channelList = z.array(z.enum(channels, { error: 'Select from the ways that are listed' }));
const hourOf = (name: string, error: string) =>
  textField(
    name,
    z
      .string()
      .regex(/^(?:1?\d|2[0-3])$/, error)
      .transform(Number),
  );

const form = defineForm({
  fields: {
    messages: choicesField('messages', channelList),
    appointments: choicesField('appointments', channelList),
    results: choicesField('results', channelList),
    letters: choicesField('letters', channelList),
    medicines: choicesField('medicines', channelList),
    tasks: choicesField('tasks', channelList),
    access: choicesField('access', channelList),
    quietFrom: hourOf('quiet-from', 'Select when quiet hours begin'),
    quietUntil: hourOf('quiet-until', 'Select when quiet hours end'),
    language: textField('language', z.enum(['en', 'cy', 'ur'], { error: 'Select a language' })),
    never: choicesField('never', channelList),
  },
});

/** `7am`, `midday`, `10pm`, `midnight`. */
const hourText = (hour: number): string =>
  hour === 0 ? 'midnight' : hour === 12 ? 'midday' : `${hour % 12}${hour < 12 ? 'am' : 'pm'}`;

const neverWords: Readonly<Record<Channel, string>> = {
  push: 'notifications.neverPush',
  email: 'notifications.neverEmail',
  text: 'notifications.neverText',
};

const doneWords: Readonly<Record<string, string>> = {
  saved: 'notifications.saved',
  browser: 'notifications.browserAdded',
  removed: 'notifications.removed',
  confirmed: 'notifications.confirmedNow',
};

export function preferencePages(app: FastifyInstance, needs: NotificationPageNeeds): void {
  const { shell, forms, notifications, isDemonstration } = needs;
  const { preferences, contacts, browsers, senders } = notifications.parts;
  const ways = offered(needs);

  forms.add(app, '/notifications', {
    about: async (request) => {
      const account = accountOf(request, needs);
      const [chosen, addresses, known] = await Promise.all([
        preferences.of(account),
        contacts.of(account),
        browsers.of(account),
      ]);
      const language = chosen === usualPreferences ? shell.languageOf(request) : chosen.language;
      return { account, chosen: { ...chosen, language }, addresses, known };
    },
    form: () => form,
    initial: ({ chosen: { choices, quiet, language, never } }) => ({
      ...choices,
      ...{ quietFrom: String(quiet.from), quietUntil: String(quiet.until), language, never },
    }),
    show: (reply, { typed, errorPrefix, ...shown }, { chosen, addresses, known }) => {
      const { request } = reply;
      const say = (key: string) => shell.say(request, key);
      const choice = (value: string, text: string, list: readonly string[]) => ({
        ...{ value, text, checked: list.includes(value) },
      });
      const hours = (selected: string) =>
        Array.from({ length: 24 }, (_, hour) => ({
          ...{ value: String(hour), text: hourText(hour), selected: String(hour) === selected },
        }));
      return shell.renderPage(reply, 'notifications/preferences.njk', {
        ...shown,
        title: `${errorPrefix}${say('notifications.title')}`,
        done: doneWords[firstText((request.query as Record<string, unknown>)['done'])],
        where: (['email', 'text'] as const)
          .filter((channel) => ways.includes(channel))
          .map((channel) => {
            const found = addresses.find((one) => one.channel === channel);
            return {
              ...{ channel, name: say(channelWords[channel]), address: found?.address },
              ...{ confirmed: found?.confirmed ?? false, stopped: chosen.never.includes(channel) },
            };
          }),
        pushKey: senders.push?.publicKey,
        browsers: known.map(({ id, name, created }) => ({
          ...{ id, name, day: new Date(created).toISOString().slice(0, 10) },
        })),
        topics: topics.map((topic) => ({
          ...{ name: topic, legend: say(`notifications.${topic}`) },
          items: ways.map((channel) => choice(channel, say(channelWords[channel]), typed[topic])),
        })),
        quietFrom: hours(typed.quietFrom),
        quietUntil: hours(typed.quietUntil),
        languageChoices: languageKeys.map((key) => ({
          ...{ value: key, checked: key === typed.language },
          html: `<span lang="${languages[key].tag}" dir="${languages[key].direction}">${languages[key].name}</span>`,
        })),
        never: ways.map((channel) => choice(channel, say(neverWords[channel]), typed.never)),
        isDemonstration,
      });
    },
    act: async ({ quietFrom, quietUntil, language, never, ...chosen }, { account, chosen: before }) => {
      // A way that is not offered now keeps what was chosen of it.
      const merged = (list: readonly Channel[], former: readonly Channel[]) => [
        ...list.filter((channel) => ways.includes(channel)),
        ...former.filter((channel) => !ways.includes(channel)),
      ];
      const choices = Object.fromEntries(
        topics.map((topic: Topic) => [topic, merged(chosen[topic], before.choices[topic])]),
      ) as unknown as Choices; // every topic is in it
      await preferences.save(account, {
        ...{ choices, language, quiet: { from: quietFrom, until: quietUntil } },
        never: merged(never, before.never),
      });
      return '/notifications?done=saved';
    },
  });

  app.post('/notifications/browsers', async (request, reply) => {
    const account = accountOf(request, needs);
    if (!senders.push) throw problem('not-supported', 'This service does not notify browsers.');
    const target = readSubscription(request.body);
    const id = await browsers.add(account, target, deviceName(request.headers['user-agent']));
    await preferences.speak(account, shell.languageOf(request));
    return reply.code(201).send({ id });
  });

  app.post('/notifications/browsers/:id/remove', async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!(await browsers.remove(accountOf(request, needs), id)))
      throw problem('not-found', 'There is no such browser among yours.');
    return reply.redirect('/notifications?done=removed', 303);
  });
}
