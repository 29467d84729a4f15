/** A record with a few people, their accounts and who acts for whom, and notifications over it; time is moved by hand. */
import type { Resource } from '@medplum/fhirtypes';
import { accountMigrations } from '../../src/access/accounts/schema.ts';
import type { PersonIdentity, StaffIdentity } from '../../src/access/identity.ts';
import { openProxies, type Proxies } from '../../src/access/proxies/proxies.ts';
import { proxyMigrations } from '../../src/access/proxies/schema.ts';
import type { Database } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { jobMigrations, openJobs } from '../../src/platform/jobs.ts';
import { createLog } from '../../src/platform/log.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { type Notifications, openNotifications } from '../../src/services/notifications/notifications.ts';
import type { Entry } from '../../src/services/notifications/outbox.ts';
import { notificationMigrations } from '../../src/services/notifications/schema.ts';
import type { Senders } from '../../src/services/notifications/senders.ts';
import { type TestAccounts, testAccounts, testSecret } from './accounts.ts';
import { atEnd, type Ending } from './ending.ts';
import { putAll } from './pages-app.ts';
import { tester } from './record.ts';

export interface Notified {
  readonly database: Database;
  readonly record: CareRecord;
  readonly accounts: TestAccounts['accounts'];
  readonly proxies: Proxies;
  /** Accounts: Nia, her own patient; Ruth, who acts for her child Sam; Bob. */
  readonly people: { readonly nia: string; readonly ruth: string; readonly bob: string };
  readonly put: (...resources: readonly Resource[]) => Promise<void>;
  readonly entries: () => Promise<readonly Entry[]>;
  readonly pass: (ms: number) => void;
  readonly now: () => number;
  /** Notifications as one process has them. */
  readonly process: (senders?: Senders) => Promise<Notifications>;
  /** At the next noon, with nothing chosen, told or waiting. */
  readonly begin: () => Promise<void>;
}

/** Tells all that is new in the record. */
export async function follow({ parts }: Notifications): Promise<void> {
  while (await parts.follower.step());
}

/** Sends all that is due, oldest first. */
export async function send({ parts }: Notifications): Promise<void> {
  for (const { id } of (await parts.outbox.latest(1000)).toReversed()) await parts.send(id);
}

const practice = { reference: 'Organization/practice' };
const patient = (id: string, value: string, birthDate: string): Resource => ({
  ...{ resourceType: 'Patient', id, name: [{ given: [id], family: 'Ash' }], birthDate },
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value }],
  generalPractitioner: [practice],
});

export const noSenders: Senders = { askNumber: [] };

/** `start`: at what time, ms since 1970 UTC; by default at noon, when nothing is quiet. */
export async function notified(
  t: Ending,
  { start = Date.parse('2026-11-22T12:00:00Z') } = {},
): Promise<Notified> {
  const { accounts, database, record, securityLog, clock, pass } = await testAccounts(t, { start });
  await migrate(database, [
    ...recordMigrations,
    ...accountMigrations,
    ...jobMigrations,
    ...proxyMigrations,
    ...notificationMigrations,
  ]);
  const newId = uuidv7(clock);
  const log = createLog({ level: 'silent' });
  const put = (...resources: readonly Resource[]) => putAll(record, resources);
  await put(
    { resourceType: 'Organization', id: 'practice', name: 'Hyde Park Surgery' },
    patient('nia', '9990000018', '1980-03-08'),
    patient('ruth', '9990000026', '1985-01-01'),
    patient('sam', '9990000034', '2020-05-01'),
    patient('bob', '9000000009', '1990-01-01'),
  );
  const proxies = openProxies({ database, record, clock, newId, securityLog });
  const account = async (id: string): Promise<string> => {
    const made = await accounts.createAccount({ kind: 'person', name: id, login: `${id}@example.org` });
    await accounts.linkPatient(made, id, 'P9');
    return made;
  };
  const people = { nia: await account('nia'), ruth: await account('ruth'), bob: await account('bob') };
  const signedIn = { session: 's', method: 'passkey', authenticatedAt: start } as const;
  const ruth: PersonIdentity = {
    ...{
      ...signedIn,
      kind: 'person',
      account: people.ruth,
      name: 'Ruth Ash',
      patient: 'ruth',
      proofing: 'P9',
    },
  };
  const manager: StaffIdentity = {
    ...{ ...signedIn, kind: 'staff', account: newId(), name: 'Priya Shah', user: 'Practitioner/priya' },
    post: {
      ...{
        role: 'practice-manager',
        organisation: practice.reference,
        organisationKinds: ['general-practice'],
      },
      parties: [practice.reference],
    },
  };
  const asked = await proxies.ask(
    ruth,
    {
      ...{ form: newId(), nhsNumber: '9990000034', birthDate: '2020-05-01', personName: 'Sam Ash' },
      ...{
        relationship: 'parent',
        scopes: ['record', 'messages', 'appointments'],
        evidence: 'Birth certificate',
      },
    },
    tester,
  );
  await proxies.approve(
    manager,
    asked.id,
    {
      ...{ scopes: ['record', 'messages', 'appointments'], until: start + 200 * 86_400_000 },
      ...{ basis: 'parental-responsibility', checked: 'Birth certificate' },
    },
    tester,
  );

  // They queue, and work on nothing: the test says when something is sent.
  const jobs = await openJobs({ database, clock, newId, log, concurrency: 0 });
  atEnd(t, jobs.close);
  const process = async (senders: Senders = noSenders): Promise<Notifications> =>
    openNotifications({
      ...{ database, record, clock, newId, log, jobs, accounts, proxies, senders },
      ...{ secrets: [testSecret('notifications')], baseUrl: 'https://care.example' },
    });
  const { parts } = await process();
  const day = 86_400_000;
  return {
    ...{ database, record, accounts, proxies, people, put, pass, process, now: clock.now },
    entries: async () => (await parts.outbox.latest(1000)).toReversed(),
    async begin() {
      pass((day - ((clock.now() - start) % day)) % day);
      await database.pool`
        truncate notification_preference, notification_contact, notification_browser, notification_outbox,
          notification_position`;
      await parts.follower.begin();
    },
  };
}
