/** From what happened to whom, to what is sent where: who is told, by which ways, in which language, from when on. */
import type { RecordHolder, RecordHolders } from '../../access/record-holders.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord, Stored } from '../../record/care-record.ts';
import type { Browsers } from './browsers.ts';
import type { Contacts } from './contacts.ts';
import { channels, type Kind, kinds, type Urgency } from './kinds.ts';
import type { Outbox } from './outbox.ts';
import type { PreferenceStore } from './preferences.ts';
import { afterQuiet } from './quiet-hours.ts';
import { textOf } from './texts.ts';

export interface News {
  readonly kind: Kind;
  /** What happened: nobody is told twice of the same. */
  readonly about: string;
  readonly urgency: Urgency;
  /** Not before, ms since 1970 UTC. Default: now. */
  readonly due?: number;
}

/** What another service has to tell. */
export interface Notification extends Omit<News, 'urgency'> {
  /** Patient id. */
  readonly person: string;
  /** Default: `soon`. */
  readonly urgency?: Urgency;
}

/**
 * Tells a person, and those who act for them where `about` begins with the reference of a resource (`Task/7`) that these may see.
 * Answers by how many ways: none where they have given none. Inside `sql`’s transaction where given, so that it is told
 * only if that is committed.
 */
export type Notify = (notification: Notification, sql?: Transaction) => Promise<number>;

export interface TellNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly record: Pick<CareRecord, 'read'>;
  readonly clock: Clock;
  readonly holders: RecordHolders;
  readonly preferences: PreferenceStore;
  readonly contacts: Contacts;
  readonly browsers: Browsers;
  readonly outbox: Outbox;
  /** A link that answers news in one tap without signing in, where there is one; it tells nothing of whom it is about. */
  readonly answerLink?: ((kind: Kind, about: string) => string | undefined) | undefined;
}

export interface Telling {
  readonly notify: Notify;
  /** Tells one who opens the record; answers by how many ways. */
  readonly tell: (sql: Transaction, holder: RecordHolder, news: News) => Promise<number>;
}

/** The server itself, seeing what a holder would see: who may not open it is not told that it is there. */
export const actorFor = ({ sight }: RecordHolder): Actor => ({
  ...{ id: 'Device/throughline', name: 'Throughline notifications', role: 'system', purpose: 'HOPERAT' },
  ...{ sight, requestId: 'notifications', via: 'job' },
});

/** As a holder would see it; undefined where they do not, or it is gone. */
export async function readAs(
  record: Pick<CareRecord, 'read'>,
  holder: RecordHolder,
  type: string,
  id: string,
): Promise<Stored | undefined> {
  try {
    return await record.read(actorFor(holder), type, id);
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return undefined;
    throw error;
  }
}

const reference = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:@|$)/;

export function openTelling(needs: TellNeeds): Telling {
  const { database, record, clock, holders, preferences, contacts, browsers, outbox } = needs;

  const tell: Telling['tell'] = async (sql, { account, patient, own }, news) => {
    const { language, choices, quiet, never } = await preferences.of(account, sql);
    const wanted = channels.filter(
      (channel) => choices[kinds[news.kind].topic].includes(channel) && !never.includes(channel),
    );
    const addresses = (await contacts.of(account, sql)).filter(({ confirmed }) => confirmed);
    const asked = Math.max(news.due ?? 0, clock.now());
    const text = textOf(news.kind, own, language);
    // Of whoever acts for others it would not be plain whose it is: they answer after signing in.
    const link = own ? needs.answerLink?.(news.kind, news.about) : undefined;
    const entry = {
      ...{ account, patient, own, language, kind: news.kind, about: news.about, urgency: news.urgency },
      ...text,
      due: news.urgency === 'now' ? asked : afterQuiet(asked, quiet),
    };
    let ways = 0;
    for (const channel of wanted) {
      if (channel === 'push')
        for (const { id } of await browsers.of(account, sql)) {
          if (await outbox.put(sql, { ...entry, channel, browser: id, address: undefined })) ways += 1;
        }
      const address = addresses.find((one) => one.channel === channel)?.address;
      const body = link === undefined ? text.body : `${text.body} ${link}`;
      if (address !== undefined && (await outbox.put(sql, { ...entry, body, channel, browser: '', address })))
        ways += 1;
    }
    return ways;
  };

  return {
    tell,
    async notify({ person, kind, about, urgency = 'soon', due }, given) {
      const [, type, id] = reference.exec(about) ?? [];
      const told: RecordHolder[] = [];
      for (const holder of await holders.of([person])) {
        const sees =
          type === undefined || id === undefined
            ? holder.own
            : (await readAs(record, holder, type, id))?.body !== undefined;
        if (sees) told.push(holder);
      }
      const work = async (sql: Transaction) => {
        let ways = 0;
        for (const holder of told)
          ways += await tell(sql, holder, { kind, about, urgency, ...(due === undefined ? {} : { due }) });
        return ways;
      };
      return given ? work(given) : inTransaction(database, work);
    },
  };
}
