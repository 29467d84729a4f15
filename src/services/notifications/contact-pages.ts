/** Where someone gives an email address or a telephone number, and shows by a code that it is theirs. */
import type { FastifyInstance } from 'fastify';
import { inTransaction } from '../../platform/database.ts';
import { firstText } from '../../web/addresses.ts';
import type { FieldError } from '../../web/form-fields.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { judgedField } from '../../web/forms/fields.ts';
import { type ContactChannel, codeMinutes } from './contacts.ts';
import { accountOf, type NotificationPageNeeds, offered } from './page-needs.ts';
import { codeText } from './texts.ts';

/** An address as people write them; what the mail server makes of it the code shows. */
function emailAddress(typed: string): string | FieldError {
  const field = 'address';
  if (typed === '') return { field, text: 'Enter your email address' };
  if (typed.length > 254 || !/^[^\s@<>"(),:;\\]+@[^\s@<>"(),:;\\]+\.[^\s@<>"(),:;\\.]+$/.test(typed))
    return { field, text: 'Enter an email address in the correct format, like name@example.com' };
  return typed;
}

/** As `+447…`. Numbers of other countries may cost what a stranger asks for them. */
function mobileNumber(typed: string): string | FieldError {
  const field = 'address';
  if (typed === '') return { field, text: 'Enter your mobile phone number' };
  const digits = typed.replaceAll(/[\s()-]/g, '').replace(/^(?:\+44|0044|0)/, '');
  if (!/^7\d{9}$/.test(digits)) return { field, text: 'Enter a UK mobile phone number, like 07700 900 982' };
  return `+44${digits}`;
}

const words = {
  email: {
    title: 'Your email address',
    label: 'Email address',
    hint: 'We send a code to it, to make sure that it is yours.',
    width: '',
    judge: emailAddress,
    removed: 'We will not email you.',
  },
  text: {
    title: 'Your mobile phone number',
    label: 'UK mobile phone number',
    hint: 'We text a code to it, to make sure that it is yours.',
    width: 'nhsuk-input--width-20',
    judge: mobileNumber,
    removed: 'We will not text you.',
  },
} as const;

const codeField = judgedField('code', (typed): string | FieldError => {
  const digits = typed.replaceAll(/\s/g, '');
  if (digits === '') return { field: 'code', text: 'Enter the code' };
  return /^\d{6}$/.test(digits) ? digits : { field: 'code', text: 'The code must be 6 digits' };
});

export function contactPages(app: FastifyInstance, needs: NotificationPageNeeds): void {
  const { shell, forms, clock, database, notifications, isDemonstration } = needs;
  const { contacts, outbox, preferences } = notifications.parts;
  const ways = offered(needs);

  const addTo = (channel: ContactChannel): void => {
    const said = words[channel];
    const path = `/notifications/${channel}`;

    forms.add(app, path, {
      about: async (request) => {
        const account = accountOf(request, needs);
        const known = (await contacts.of(account)).find((one) => one.channel === channel);
        return { account, known };
      },
      form: () => defineForm({ fields: { address: judgedField('address', said.judge) } }),
      initial: ({ known }) => ({ address: known?.address ?? '' }),
      show: (reply, { errorPrefix, ...shown }, { known }) =>
        shell.renderPage(reply, 'notifications/contact.njk', {
          ...{ ...shown, said, path, channel, known, heading: said.title },
          title: `${errorPrefix}${said.title}`,
        }),
      act: async ({ address }, { account }, { key, request }) => {
        await preferences.speak(account, shell.languageOf(request));
        const { language } = await preferences.of(account);
        await inTransaction(database, async (sql) => {
          const code = await contacts.ask(sql, account, channel, address);
          await outbox.put(sql, {
            ...{ account, patient: undefined, own: true, kind: 'confirm', about: key, channel, browser: '' },
            ...{ urgency: 'now', language, address, due: clock.now(), ...codeText(code, language) },
          });
        });
        return `${path}/code`;
      },
    });

    forms.add(app, `${path}/code`, {
      about: async (request) => {
        const account = accountOf(request, needs);
        const known = (await contacts.of(account)).find((one) => one.channel === channel);
        return { account, address: known?.address };
      },
      form: () => defineForm({ fields: { code: codeField } }),
      show: (reply, { errorPrefix, ...shown }, { address }) =>
        shell.renderPage(reply, 'notifications/code.njk', {
          ...{ ...shown, path, channel, address, minutes: codeMinutes, isDemonstration },
          title: `${errorPrefix}Enter the code`,
        }),
      act: async ({ code }, { account }) => {
        const outcome = await contacts.confirm(account, channel, code);
        if (outcome === 'confirmed') return '/notifications?done=confirmed';
        const text =
          outcome === 'wrong'
            ? 'The code is not right. Check it and enter it again'
            : 'The code has ended. Go back and ask for another';
        return [{ field: 'code', text }];
      },
    });

    app.post(`${path}/remove`, async (request, reply) => {
      await contacts.remove(accountOf(request, needs), channel);
      return reply.redirect('/notifications?done=removed', 303);
    });
  };

  for (const channel of ['email', 'text'] as const) if (ways.includes(channel)) addTo(channel);
}

/** Stopping emails by the link in one, without signing in. */
export function stopPages(app: FastifyInstance, needs: NotificationPageNeeds): void {
  const { shell, notifications } = needs;
  const { contacts, preferences, stopTokens } = notifications.parts;
  const addressOf = async (account: string) =>
    (await contacts.of(account)).find(({ channel }) => channel === 'email')?.address;

  app.get('/notifications/stop/:token', async (request, reply) => {
    const { token } = request.params as { token: string };
    const account = await stopTokens.accountOf(token, addressOf);
    const done =
      account !== undefined && firstText((request.query as Record<string, unknown>)['done']) === 'yes';
    // The same page for a link that is not ours and one whose address is not used any more.
    const title =
      account === undefined ? 'This link stops nothing' : done ? 'We have stopped the emails' : 'Stop emails';
    return shell.renderPage(reply.code(account === undefined ? 404 : 200), 'notifications/stop.njk', {
      ...{ title, done, isOurs: account !== undefined, path: request.url.split('?')[0] ?? '' },
    });
  });

  // RFC 8058: mail programs send this by themselves when someone stops the emails there.
  app.post('/notifications/stop/:token', async (request, reply) => {
    const { token } = request.params as { token: string };
    const account = await stopTokens.accountOf(token, addressOf);
    if (account !== undefined) await preferences.stop(account, 'email');
    return reply.redirect(`/notifications/stop/${encodeURIComponent(token)}?done=yes`, 303);
  });
}
