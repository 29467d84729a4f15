/** Sends one entry of the outbox: asks once more whether it is still wanted, hands it over, and tries again later where that fails. */
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import type { Browsers } from './browsers.ts';
import type { Contacts } from './contacts.ts';
import { type Kind, kinds } from './kinds.ts';
import type { Entry, Outbox } from './outbox.ts';
import type { PreferenceStore } from './preferences.ts';
import { afterQuiet } from './quiet-hours.ts';
import type { Senders } from './senders.ts';
import type { StopTokens } from './stop-token.ts';
import { emailOf, pageOf, smsOf } from './texts.ts';

export interface SendNeeds {
  readonly clock: Clock;
  readonly log: Log;
  /** Address that people reach the server by. */
  readonly baseUrl: string;
  readonly outbox: Outbox;
  readonly preferences: PreferenceStore;
  readonly contacts: Contacts;
  readonly browsers: Browsers;
  readonly stopTokens: StopTokens;
  readonly senders: Senders;
  /** Of the account’s own person, for services that ask for it. */
  readonly numberOf: (account: string) => Promise<string | undefined>;
}

/** ms after a failed attempt, first to last: then it is given up. */
export const waits = [30_000, 120_000, 600_000, 3_600_000, 21_600_000] as const;
const pushSeconds = 86_400;

/** What became of it: `wait` ms until it is to be looked at again, where it neither went out nor ended. */
export type SendOne = (id: string) => Promise<{ readonly wait: number } | undefined>;

interface Handed {
  readonly state: 'sent' | 'kept' | 'dropped';
  readonly reason?: string;
  readonly provider?: string;
  readonly address?: string;
}

const dropped = (reason: string): Handed => ({ state: 'dropped', reason });

export function openSending(needs: SendNeeds): SendOne {
  const { clock, log, baseUrl, outbox, preferences, contacts, browsers, stopTokens, senders } = needs;

  const handOver = async (entry: Entry): Promise<Handed> => {
    const { account, channel, language, subject } = entry;
    if (channel === 'push') {
      const browser = (await browsers.of(account)).find(({ id }) => id === entry.browser);
      if (!browser) return dropped('the browser was removed');
      if (!senders.push) return { state: 'kept', address: browser.name };
      const url = entry.kind === 'confirm' ? '/notifications' : pageOf(entry.kind, entry.patient);
      const shown = { title: subject, body: entry.body, url, tag: entry.id, lang: language };
      try {
        await senders.push.send(browser, {
          ...{ payload: JSON.stringify(shown), ttlSeconds: pushSeconds, topic: entry.id.replaceAll('-', '') },
          urgency: entry.urgency === 'now' ? 'high' : 'normal',
        });
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 410) throw error;
        await browsers.remove(account, browser.id);
        return dropped('the browser takes no notifications any more');
      }
      return { state: 'sent', address: browser.name };
    }
    const contact = (await contacts.of(account)).find((one) => one.channel === channel);
    const isCode = entry.kind === 'confirm';
    // A code goes to where it was asked for, and nowhere if that is theirs no more.
    if (!contact || (isCode ? contact.address !== entry.address : !contact.confirmed))
      return dropped('the address was removed');
    const { address } = contact;
    const nhsNumber = senders.askNumber.includes(channel) ? await needs.numberOf(account) : undefined;
    const more = { reference: entry.id, ...(nhsNumber === undefined ? {} : { nhsNumber }) };
    if (channel === 'text') {
      if (!senders.text) return { state: 'kept', address };
      const { id } = await senders.text.send({ to: address, text: smsOf(entry), ...more });
      return { state: 'sent', address, ...(id === undefined ? {} : { provider: id }) };
    }
    const stop = isCode
      ? undefined
      : `${baseUrl}/notifications/stop/${stopTokens.tokenFor(account, address)}`;
    const text = emailOf(entry, language, {
      home: `${baseUrl}/my-record`,
      ...(stop === undefined ? {} : { stop }),
    });
    if (!senders.email) return { state: 'kept', address };
    const { id } = await senders.email({
      ...{ to: address, subject, text, language, ...more },
      ...(stop === undefined ? {} : { unsubscribe: stop }),
    });
    return { state: 'sent', address, ...(id === undefined ? {} : { provider: id }) };
  };

  /** Why it is not wanted any more, or until when it must wait. */
  const reconsider = async (entry: Entry & { readonly kind: Kind }): Promise<Handed | number | undefined> => {
    const { choices, quiet, never } = await preferences.of(entry.account);
    if (never.includes(entry.channel) || !choices[kinds[entry.kind].topic].includes(entry.channel))
      return dropped('not wanted any more');
    const now = clock.now();
    const due = entry.urgency === 'now' ? now : afterQuiet(now, quiet);
    return due > now ? due : undefined;
  };
  const isNotice = (entry: Entry): entry is Entry & { readonly kind: Kind } => entry.kind !== 'confirm';

  return async (id) => {
    const entry = await outbox.claim(id);
    if (!entry) return undefined;
    if ('later' in entry) return { wait: entry.later };
    const found = isNotice(entry) ? await reconsider(entry) : undefined;
    if (typeof found === 'number') {
      await outbox.putOff(id, found);
      return undefined;
    }
    try {
      const { state, ...more } = found ?? (await handOver(entry));
      await outbox.end(id, state, more);
    } catch (error) {
      const isFinal = error instanceof Problem && error.status < 500;
      const wait = waits[entry.attempts - 1];
      const reason = error instanceof Problem ? error.message : 'it could not be sent';
      // The cause of a Problem may quote what a mail server said, and so whose address it was.
      const known = error instanceof Problem ? { reason } : { err: error };
      log.warn({ ...known, notification: id, attempt: entry.attempts }, 'a notification was not sent');
      if (isFinal || wait === undefined) await outbox.end(id, 'failed', { reason });
      else await outbox.putOff(id, clock.now() + wait, { reason });
    }
    return undefined;
  };
}
