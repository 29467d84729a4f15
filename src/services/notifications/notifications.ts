/** Notifications put together: what other services call, what works by itself, and what its pages stand on. */
import { hkdfSync } from 'node:crypto';
import type { Patient } from '@medplum/fhirtypes';
import { z } from 'zod';
import type { Accounts } from '../../access/accounts/accounts.ts';
import type { Proxies } from '../../access/proxies/proxies.ts';
import { openRecordHolders, type RecordHolders } from '../../access/record-holders.ts';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { Log } from '../../platform/log.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { type Browsers, openBrowsers } from './browsers.ts';
import { type Contacts, openContacts } from './contacts.ts';
import { type Follower, openFollower } from './follow.ts';
import { type Outbox, openOutbox, sendJob } from './outbox.ts';
import { openPreferences, type PreferenceStore } from './preferences.ts';
import { openSending, type SendOne } from './send.ts';
import type { Senders } from './senders.ts';
import { openStopTokens, type StopTokens } from './stop-token.ts';
import { type Notify, openTelling, readAs, type TellNeeds } from './tell.ts';

export interface NotificationNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly accounts: Pick<Accounts, 'findAccount'>;
  readonly proxies: Pick<Proxies, 'ofPatient' | 'proxiesOf'>;
  readonly senders: Senders;
  /** Those of SECRETS_KEY, newest first. */
  readonly secrets: readonly Uint8Array[];
  readonly baseUrl: string;
  /** See TellNeeds. */
  readonly answerLink?: TellNeeds['answerLink'];
  /** ms that sending one may take before it counts as cut short. */
  readonly claimMs?: number;
}

export interface Notifications {
  readonly notify: Notify;
  /** Follows the record from where it stood, or from now on. Answers what ends it. */
  readonly follow: () => Promise<() => Promise<void>>;
  /** To be run each hour: what got stuck is begun again, what is old goes. */
  readonly tidy: () => Promise<void>;
  /** Gives people of a demonstration an address each, of a range that reaches nobody, unless they gave one. */
  readonly demonstrate: (
    people: readonly { readonly account: string; readonly name: string }[],
  ) => Promise<void>;
  /** What its pages and tests stand on. */
  readonly parts: {
    readonly preferences: PreferenceStore;
    readonly contacts: Contacts;
    readonly browsers: Browsers;
    readonly outbox: Outbox;
    readonly stopTokens: StopTokens;
    readonly senders: Senders;
    readonly follower: Follower;
    readonly holders: RecordHolders;
    readonly send: SendOne;
  };
}

const payload = z.object({ id: z.uuid() });
const jobsKeptMs = 86_400_000;

/** Before `jobs.run`: it says how notifications are sent. */
export function openNotifications(needs: NotificationNeeds): Notifications {
  const { database, record, clock, newId, log, jobs, accounts, proxies, senders, secrets, baseUrl } = needs;
  const { pool } = database;
  // Keys of their own, so that what signs links opens nothing else.
  const keysFor = (use: string) =>
    secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), `throughline notifications ${use}`, 32)),
    );
  const preferences = openPreferences(pool, clock);
  // The oldest key: codes on their way stay good when a new one is put in front.
  const contacts = openContacts(pool, clock, keysFor('codes').at(-1) ?? new Uint8Array());
  const browsers = openBrowsers(pool, clock, newId);
  const stopTokens = openStopTokens(keysFor('links'));
  const holders = openRecordHolders({ database, clock, accounts, proxies });
  const outbox = openOutbox({
    ...{ pool, clock, newId, jobs },
    ...(needs.claimMs === undefined ? {} : { claimMs: needs.claimMs }),
  });
  const telling = openTelling({
    ...{ database, record, clock, holders, preferences, contacts, browsers, outbox },
    ...(needs.answerLink ? { answerLink: needs.answerLink } : {}),
  });

  const numberOf = async (account: string): Promise<string | undefined> => {
    const patient = (await accounts.findAccount(account))?.patient;
    if (patient === undefined) return undefined;
    const own = (await holders.of([patient])).find((one) => one.own && one.account === account);
    const stored = own && (await readAs(record, own, 'Patient', patient));
    if (!stored?.body) return undefined;
    const { identifier } = resourceOf<Patient>(stored);
    return identifier?.find(({ system, use }) => system === nhsNumberSystem && use !== 'old')?.value;
  };
  const send = openSending({
    ...{ clock, log, baseUrl, outbox, preferences, contacts, browsers, stopTokens, senders, numberOf },
  });
  jobs.define(sendJob, payload, async ({ payload: { id } }) => {
    const found = await send(id);
    if (found) await jobs.start(sendJob, { id }, undefined, found.wait / 1000);
  });
  const follower = openFollower({ database, record, clock, log, holders, outbox, telling });

  return {
    notify: telling.notify,
    async follow() {
      await follower.begin();
      return follower.run();
    },
    async tidy() {
      const revived = await outbox.revive();
      if (revived > 0) log.warn({ notifications: revived }, 'notifications that were stuck are begun again');
      await outbox.clear();
      await jobs.clear(sendJob, clock.now() - jobsKeptMs);
    },
    async demonstrate(people) {
      for (const [index, { account, name }] of people.entries()) {
        if ((await accounts.findAccount(account))?.kind !== 'person') continue;
        const local = name.toLowerCase().replaceAll(/[^a-z]+/g, '.');
        await contacts.put(account, 'email', `${local}@example.org`); // RFC 2606
        // Numbers for drama use. Source: Ofcom.
        await contacts.put(account, 'text', `+447700900${String(index % 1000).padStart(3, '0')}`);
      }
    },
    parts: { preferences, contacts, browsers, outbox, stopTokens, senders, follower, holders, send },
  };
}
