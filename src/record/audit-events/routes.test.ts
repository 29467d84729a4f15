import assert from 'node:assert/strict';
import test from 'node:test';
import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import type { InjectOptions } from 'fastify';
import { testDatabase } from '../../../test/support/database.ts';
import { atEnd, type Ending } from '../../../test/support/ending.ts';
import { testBaseUrl as baseUrl, tester } from '../../../test/support/record.ts';
import { validate } from '../../fhir/validate.ts';
import { createServer } from '../../platform/http.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import type { Actor } from '../actor.ts';
import { openRecord } from '../record.ts';
import { fhirErrors } from '../rest/errors.ts';
import { fhirRoutes } from '../rest/routes.ts';
import { recordMigrations } from '../schema.ts';
import { auditEntries } from './entries.ts';
import { type AuditReach, auditEventRoutes } from './routes.ts';
import { auditViewMigrations } from './schema.ts';

const asha: Actor = {
  ...tester,
  id: 'Practitioner/asha',
  name: 'Dr Asha Patel',
  role: 'gp',
  organisation: 'Organization/harbour',
};
const reaches: Readonly<Record<string, AuditReach>> = {
  governance: 'all',
  ann: { patients: ['ann'] },
  nobody: 'none',
};

const setUp = async (t: Ending) => {
  const database = await testDatabase(t, { migrations: [...recordMigrations, ...auditViewMigrations] });
  let now = Date.parse('2026-05-04T09:00:00Z');
  const clock = { now: () => (now += 1000) };
  const record = openRecord({ database, clock, newId: uuidv7(clock), baseUrl });
  for (const id of ['ann', 'bob'])
    await record.commit(asha, [
      {
        kind: 'update',
        type: 'Patient',
        id,
        text: JSON.stringify({ resourceType: 'Patient', id, name: [{ family: 'Smith', given: [id] }] }),
      },
      {
        kind: 'update',
        type: 'Observation',
        id: `${id}-pulse`,
        text: JSON.stringify({
          resourceType: 'Observation',
          id: `${id}-pulse`,
          status: 'final',
          code: { text: 'Pulse' },
          subject: { reference: `Patient/${id}` },
        }),
      },
    ]);
  const server = await createServer({
    log: createLog({ level: 'error' }),
    newId: uuidv7(clock),
    bodyLimit: 100_000,
    ready: async () => [],
    renderers: [fhirErrors('/fhir')],
    shutdownSeconds: 1,
  });
  const { app } = server;
  atEnd(t, () => server.close());
  const limits = { body: 100_000 };
  const audit = (rows: Parameters<typeof record.store.audit>[0]) => record.store.audit(rows);
  const reader = (name: string): Actor => ({ ...tester, id: `Practitioner/${name}`, name, role: name });
  const actorOf = (request: { headers: Record<string, unknown> }) => reader(String(request.headers['as']));
  const mayReadAudit = (actor: Actor) => reaches[actor.name] ?? 'none';
  await app.register(fhirRoutes({ record, actorOf, baseUrl, clock, limits }), { prefix: '/fhir' });
  await app.register(auditEventRoutes({ database, audit, actorOf, mayReadAudit, baseUrl, clock, limits }), {
    prefix: '/fhir',
  });
  const send = async (as: string, url: string, method = 'GET') => {
    const answer = await app.inject({ method, url: `/fhir${url}`, headers: { as } } as InjectOptions);
    return { status: answer.statusCode, body: answer.json() };
  };
  const events = async (as: string, query: string): Promise<AuditEvent[]> => {
    const { status, body } = await send(as, `/AuditEvent${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return ((body as Bundle).entry ?? []).map((entry) => entry.resource as AuditEvent);
  };
  return { record, database, send, events };
};

const patientsOf = (event: AuditEvent) =>
  (event.entity ?? []).flatMap(({ role, what }) => (role?.code === '1' ? [what?.reference] : []));

test('reads, searches and writes are AuditEvents that our own validator accepts', async (t) => {
  const { record, database, events, send } = await setUp(t);
  await record.read(asha, 'Patient', 'ann');
  await record.read(asha, 'Patient', 'missing');
  await record.search(asha, 'Observation', 'patient=Patient/ann&code:text=pulse');
  await record.search(asha, 'Patient', 'family=Smith');
  await record.history(asha, 'Patient', 'ann');
  await record.everything(asha, 'ann');
  await record.commit(asha, [{ kind: 'delete', type: 'Observation', id: 'bob-pulse' }]);
  await database.pool`
    insert into audit (at, person, outcome, action, actor, actor_name, role, purpose, via, request, event, note)
    select 1777885500000, 0, 401, 'X', 'Practitioner/asha', 'Dr Asha Patel', 'gp', 'HOPERAT', 'page', 'r', kind, 'In words.'
    from unnest(${['sign-in', 'sign-in-failed', 'denied', 'emergency-access', 'something-new']}::text[]) kind`;
  const found = await events('governance', '?_count=100');
  assert.equal(found.length, 16);
  for (const event of found) {
    assert.deepEqual(validate(event), [], JSON.stringify(event));
    assert.deepEqual((await send('governance', `/AuditEvent/${event.id}`)).body, event);
  }
  const read = found.find((event) => event.subtype?.[0]?.code === 'read' && event.outcome === '0');
  assert.equal(read?.action, 'R');
  assert.deepEqual(read.meta?.profile, [
    'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead',
  ]);
  assert.equal(read.agent[0]?.who?.reference, 'Practitioner/asha');
  assert.deepEqual(patientsOf(read), ['Patient/ann']);
  const searched = found.find((event) => patientsOf(event).length === 2);
  const query = searched?.entity?.find((entity) => entity.query)?.query ?? '';
  assert.equal(Buffer.from(query, 'base64').toString(), 'Patient?family=Smith');
});

test('the log is searched by patient, agent, date, action, type, outcome and entity, page by page', async (t) => {
  const { record, events, send } = await setUp(t);
  await record.read(asha, 'Patient', 'ann');
  await record.read({ ...tester, id: 'Practitioner/other' }, 'Patient', 'ann');
  await record.read(asha, 'Patient', 'missing');
  const count = async (query: string) => (await events('governance', query)).length;
  assert.equal(await count('?patient=Patient/ann&agent=Practitioner/asha'), 3);
  assert.equal(await count('?patient=ann&agent=Practitioner/other'), 1);
  assert.equal(await count('?patient=ann&action=C&agent=Practitioner/asha'), 2);
  assert.equal(await count('?patient=bob&date=2026-05-04&agent=Practitioner/asha'), 2);
  assert.equal(await count('?patient=bob&date=gt2026-05-04'), 0);
  assert.equal(await count('?entity=Patient/ann&type=rest&action=R'), 2);
  assert.equal(await count('?outcome=4&agent=Practitioner/asha'), 1);
  assert.equal(await count('?type=110114'), 0);
  const first = (await send('governance', '/AuditEvent?agent=Practitioner/asha&_count=2')).body as Bundle;
  const next = first.link?.find((link) => link.relation === 'next')?.url ?? '';
  assert.deepEqual(validate(first), []);
  const second = (await send('governance', next.slice(baseUrl.length))).body as Bundle;
  const ids = [...(first.entry ?? []), ...(second.entry ?? [])].map((entry) => entry.resource?.id);
  assert.equal(new Set(ids).size, 4);
  for (const [query, said] of [
    ['?patinet=ann', /Did you mean patient/],
    ['?patient:missing=true', /without/],
    ['?date=yesterday', /not a date/],
    ['?action=X', /C, R, U, D or E/],
    ['?type=login', /110114/],
    ['?patient=Observation/1', /Patient\/\[id\]/],
    ['?_sort=agent', /newest first/],
    ['?_page=zzz', /page link/],
    ['?outcome=12', /outcome/],
  ] as const) {
    const { status, body } = await send('governance', `/AuditEvent${query}`);
    assert.equal(status, 400, query);
    assert.match(JSON.stringify(body), said);
  }
});

test('who may read entries of some patients sees no others, in searches, pages, by id and in what an entry tells', async (t) => {
  const { record, events, send } = await setUp(t);
  await record.search(asha, 'Patient', 'family=Smith&identifier=secret-of-bob');
  await record.search(asha, 'Patient', 'family=Smith');
  const own = await events('ann', '');
  const all = await events('governance', '');
  assert.equal(own.length, 3);
  for (const event of own) assert.deepEqual(patientsOf(event), ['Patient/ann']);
  const told = Buffer.from(own[0]?.entity?.find((entity) => entity.query)?.query ?? '', 'base64').toString();
  assert.equal(told, 'Patient?family=*');
  assert.deepEqual(await events('ann', '?patient=bob'), []);
  const page = (await send('governance', '/AuditEvent?patient=bob&_count=1')).body as Bundle;
  const cursor = page.link?.find((link) => link.relation === 'next')?.url.split('_page=')[1] ?? '';
  assert.notEqual(cursor, '');
  for (const event of await events('ann', `?_page=${cursor}`))
    assert.deepEqual(patientsOf(event), ['Patient/ann']);
  const bobs = all.find((event) => patientsOf(event).join() === 'Patient/bob');
  const refused = await send('ann', `/AuditEvent/${bobs?.id}`);
  const absent = await send('ann', '/AuditEvent/azzzzzz-1');
  assert.equal(refused.status, 404);
  assert.equal(absent.status, 404);
  for (const url of ['', '?patient=ann', `/${bobs?.id}`])
    assert.equal((await send('nobody', `/AuditEvent${url}`)).status, 403);
});

test('reading the log is in the log, and nobody writes there', async (t) => {
  const { database, events, send } = await setUp(t);
  await events('governance', '?patient=ann');
  await send('nobody', '/AuditEvent');
  const { entries } = await auditEntries(database.pool, { type: 'AuditEvent', count: 10 });
  assert.deepEqual(
    entries.map(({ actorName, action, outcome, query }) => [actorName, action, outcome, query]),
    [
      ['nobody', 'S', 403, undefined],
      ['governance', 'S', 200, 'patient=ann'],
    ],
  );
  assert.equal(
    (await events('ann', '')).some((event) => event.agent[0]?.name === 'governance'),
    true,
  );
  for (const [method, url] of [
    ['POST', '/AuditEvent'],
    ['PUT', '/AuditEvent/a1-1'],
    ['DELETE', '/AuditEvent/a1-1'],
    ['PATCH', '/AuditEvent/a1-1'],
  ] as const)
    assert.equal((await send('governance', url, method)).status, 405);
});
