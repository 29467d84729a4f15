/** The pages of sharing, proxies and emergency access over a real record; a header says who asks. */
import type { Patient, Resource } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import { openEmergencies } from '../../src/access/emergency/emergencies.ts';
import { emergencyMigrations } from '../../src/access/emergency/schema.ts';
import type { Identity, PersonIdentity, StaffIdentity } from '../../src/access/identity.ts';
import { openProxies } from '../../src/access/proxies/proxies.ts';
import { proxyMigrations } from '../../src/access/proxies/schema.ts';
import type { SecurityEvent } from '../../src/access/security-log.ts';
import { createServer, type HttpServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { problem } from '../../src/platform/problem.ts';
import type { Actor } from '../../src/record/actor.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import type { Sight } from '../../src/record/sight.ts';
import { emergencyAccess } from '../../src/services/emergency-access/index.ts';
import { proxyRequests } from '../../src/services/proxy-requests/index.ts';
import { sharing } from '../../src/services/sharing/index.ts';
import { openForms } from '../../src/web/forms/forms.ts';
import { webMigrations } from '../../src/web/schema.ts';
import { setUpShell } from '../../src/web/shell.ts';
import type { Ending } from './ending.ts';
import { putAll } from './pages-app.ts';
import { tester, testRecord } from './record.ts';

export const sharingNow = Date.parse('2026-11-22T12:00:00Z');

const person = (key: string, name: string, patient: string | undefined): PersonIdentity => ({
  kind: 'person',
  account: `account-${key}`,
  name,
  session: key,
  method: 'passkey',
  authenticatedAt: sharingNow,
  proofing: 'P9',
  ...(patient === undefined ? {} : { patient }),
});
const staff = (key: string, name: string, role: string, organisation: string): StaffIdentity => ({
  kind: 'staff',
  account: `account-${key}`,
  name,
  session: key,
  method: 'passkey',
  authenticatedAt: sharingNow,
  user: `Practitioner/${key}`,
  post: {
    role,
    organisation: `Organization/${organisation}`,
    organisationKinds: [organisation.startsWith('hospital') ? 'hospital' : 'general-practice'],
    parties: [`Organization/${organisation}`],
  },
});

export const who: Readonly<Record<string, Identity>> = {
  margaret: person('margaret', 'Margaret Ashworth', 'margaret'),
  ruth: person('ruth', 'Ruth Ashworth', 'ruth'),
  mallory: person('mallory', 'Mallory Grey', 'mallory'),
  unlinked: person('unlinked', 'Una Linked', undefined),
  unproved: { ...person('unproved', 'Una Proved', 'unproved'), proofing: 'P5' },
  stale: { ...person('stale', 'Margaret Ashworth', 'margaret'), authenticatedAt: 0 },
  manager: staff('manager', 'Priya Shah', 'practice-manager', 'practice'),
  othermanager: staff('othermanager', 'Owen Price', 'practice-manager', 'practice2'),
  receptionist: staff('receptionist', 'Rita Cole', 'receptionist', 'practice'),
  consultant: staff('consultant', 'Dr Asha Patel', 'consultant', 'hospital'),
};

const patient = (id: string, family: string, number: string, birthDate: string): Patient => ({
  resourceType: 'Patient',
  id,
  name: [{ use: 'official', given: [id], family }],
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
  birthDate,
  generalPractitioner: [{ reference: 'Organization/practice' }],
});
const condition = (id: string, of: string, text: string): Resource => ({
  resourceType: 'Condition',
  id,
  subject: { reference: `Patient/${of}` },
  code: { text },
  recordedDate: '2020-05-06',
});
const resources: readonly Resource[] = [
  { resourceType: 'Organization', id: 'practice', name: 'Hyde Park Surgery' },
  { resourceType: 'Organization', id: 'practice2', name: 'Moor Lane Surgery' },
  { resourceType: 'Organization', id: 'hospital', name: 'Leeds Infirmary' },
  patient('margaret', 'Ashworth', '9990000018', '1952-03-08'),
  patient('ruth', 'Ashworth', '9990000026', '1980-01-01'),
  patient('sam', 'Ashworth', '9990000034', '2018-05-01'),
  patient('mallory', 'Grey', '9000000009', '1990-01-01'),
  condition('ckd', 'margaret', 'Chronic kidney disease'),
  condition('gout', 'margaret', 'Gout <b>of the big toe</b>'),
  condition('secret', 'ruth', 'Depression'),
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: 'Patient/margaret' },
    serviceProvider: { reference: 'Organization/hospital' },
    type: [{ text: 'Kidney clinic' }],
    period: { start: '2026-09-15T10:00:00Z' },
  },
];

const seenByPerson: readonly string[] = ['Patient', 'Condition', 'Encounter', 'Consent', 'RelatedPerson'];

const sightOf = (identity: Identity | undefined): Sight => {
  if (identity?.kind !== 'person') return { grants: [] };
  const ids = identity.patient === undefined ? [] : [identity.patient];
  return {
    grants: [
      { types: seenByPerson, writes: [], of: { kind: 'persons', ids }, withheld: [] },
      { types: ['Organization'], writes: [], of: { kind: 'nobody' }, withheld: [] },
    ],
  };
};

export interface SharingApp {
  readonly server: HttpServer;
  readonly record: CareRecord;
  readonly events: readonly SecurityEvent[];
  readonly time: { now: number };
}

export async function sharingApp(t: Ending): Promise<SharingApp> {
  const time = { now: sharingNow };
  const clock = { now: () => time.now };
  const newId = uuidv7(clock);
  const migrations = [...recordMigrations, ...proxyMigrations, ...emergencyMigrations, ...webMigrations];
  const { record, database } = await testRecord(t, { clock, migrations });
  await putAll(record, resources);
  const events: SecurityEvent[] = [];
  const securityLog = { record: async (event: SecurityEvent) => void events.push(event) };

  const identityOf = (request: FastifyRequest): Identity | undefined =>
    who[String(request.headers['x-test-person'])];
  const actorOf = (request: FastifyRequest): Actor => {
    const { name = 'Nobody' } = identityOf(request) ?? {};
    return { ...tester, name, requestId: request.id, via: 'page', sight: sightOf(identityOf(request)) };
  };
  const systemActor = (request: FastifyRequest): Actor => ({ ...actorOf(request), sight: 'everything' });
  const requireFresh = (request: FastifyRequest): void => {
    if ((identityOf(request)?.authenticatedAt ?? 0) < sharingNow - 600_000)
      throw problem('login', 'Show again who you are.');
  };

  const shell = setUpShell();
  const server = await createServer({
    log: createLog({ level: 'error' }),
    newId,
    bodyLimit: 1_000_000,
    ready: async () => [],
    renderers: [shell.errorRenderer],
  });
  shell.register(server.app);
  const proxies = openProxies({ database, record, clock, newId, securityLog });
  const emergencies = openEmergencies({ database, record, clock, newId, securityLog });
  const forms = openForms({
    ...{ database, clock, baseUrl: 'http://localhost' },
    secrets: [new Uint8Array(32).fill(7)],
    accountOf: (request) => identityOf(request)?.account,
  });
  const needs = {
    ...{ forms, shell, record, clock, newId, proxies, emergencies, securityLog },
    ...{ actorOf, identityOf, systemActor, requireFresh },
  };
  for (const service of [sharing(needs), proxyRequests(needs), emergencyAccess(needs)])
    service.register(server.app);
  return { server, record, events, time };
}
