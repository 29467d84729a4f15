/** What is sent, in the words of its receiver’s language. Never whom it is about, nor what. */
import { say, type Values } from '../../web/words/define-words.ts';
import type { Language } from '../../web/words/languages.ts';
import { codeMinutes } from './contacts.ts';
import { type Channel, type Kind, kinds } from './kinds.ts';
import { notificationWords } from './words.ts';

export interface Text {
  readonly subject: string;
  readonly body: string;
}

type Key = keyof typeof notificationWords.en;

const inLanguage =
  (language: Language) =>
  (key: Key, values: Values = {}): string =>
    say(notificationWords, language, key, values).text;

/** `own`: told to the person themself, not to one who acts for them. */
export function textOf(kind: Kind, own: boolean, language: Language): Text {
  const words = inLanguage(language);
  return {
    subject: own ? words(`notifications.say.${kind}`) : words('notifications.other'),
    body: words('notifications.open'),
  };
}

export function codeText(code: string, language: Language): Text {
  const words = inLanguage(language);
  const use = words('notifications.codeUse', { minutes: codeMinutes });
  return {
    subject: words('notifications.code', { code }),
    body: `${use} ${words('notifications.codeNotYou')}`,
  };
}

/** An email’s text: with where to open it, and how to stop these emails. */
export function emailOf(
  { subject, body }: Text,
  language: Language,
  { home, stop }: { readonly home: string; readonly stop?: string },
): string {
  const words = inLanguage(language);
  const parts = [`${subject}.`, body, ...(stop === undefined ? [] : [home])];
  const end = [
    words('notifications.noReply'),
    ...(stop === undefined ? [] : [`${words('notifications.stop')} ${stop}`]),
  ];
  return `${[...parts, end.join('\n')].join('\n\n')}\n`;
}

/** A text message of one part: 160 characters, or 70 outside the alphabet of GSM. */
export const smsOf = ({ subject, body }: Text): string => `${subject}. ${body}`;

/** Where a notification leads when it is opened. An email’s goes to the start alone: its address would say whose it is. */
export function pageOf(kind: Kind, patient: string | undefined): string {
  const { page } = kinds[kind];
  if (page.startsWith('/')) return page;
  if (patient === undefined) return '/my-record';
  return `/my-record/${encodeURIComponent(patient)}${page === '' ? '' : `/${page}`}`;
}

/** The order in which channels are named everywhere. */
export const channelWords: Readonly<Record<Channel, Key>> = {
  push: 'notifications.push',
  email: 'notifications.email',
  text: 'notifications.text',
};
