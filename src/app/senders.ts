// The ways out that a deployment has for notifications: a mail server, NHS Notify, browsers’ push services.
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { NewId } from '../platform/ids.ts';
import { smtpMailer } from '../platform/mail.ts';
import { openNotify } from '../platform/notify/notify-client.ts';
import { readNotifySettings } from '../platform/notify/read-settings.ts';
import { openWebPush, pushKey } from '../platform/web-push.ts';
import type { Senders } from '../services/notifications/senders.ts';

export interface SenderNeeds {
  readonly config: Config;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** A mail server of the deployment’s own goes before NHS Notify for emails. */
export function openSenders({ config, clock, newId }: SenderNeeds): Senders & { readonly close: () => void } {
  const settings = readNotifySettings(config.nhsNotify);
  const notify = settings && openNotify({ settings, clock, newId });
  const mailer =
    config.smtpUrl === undefined || config.mailFrom === undefined
      ? undefined
      : smtpMailer({ url: config.smtpUrl, from: config.mailFrom });
  const key = pushKey(config);
  const mailByNotify = settings?.email !== undefined && mailer === undefined;
  const textByNotify = settings?.text !== undefined;
  const email = mailer?.send ?? (mailByNotify ? notify?.sendEmail : undefined);
  return {
    ...(email ? { email } : {}),
    ...(notify && textByNotify ? { text: notify.text } : {}),
    ...(key ? { push: openWebPush({ key, subject: subjectOf(config.baseUrl) }) } : {}),
    askNumber: [...(mailByNotify ? (['email'] as const) : []), ...(textByNotify ? (['text'] as const) : [])],
    callback: settings?.callback,
    close: () => mailer?.close(),
  };
}

/** Push services ask for an address at which someone answers for us; this machine’s own name is none. */
const subjectOf = (baseUrl: string): string =>
  baseUrl.startsWith('https://') ? baseUrl : 'https://throughline.example';
