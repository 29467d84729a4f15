import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Patient, Practitioner, Resource } from '@medplum/fhirtypes';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../test/support/browser.ts';
import { testDatabase } from '../../../test/support/database.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { putAll } from '../../../test/support/pages-app.ts';
import { testBaseUrl, tester } from '../../../test/support/record.ts';
import { openAuditQuestions } from '../../access/audit-questions/audit-questions.ts';
import { auditQuestionMigrations } from '../../access/audit-questions/schema.ts';
import { openEmergencies } from '../../access/emergency/emergencies.ts';
import { emergencyMigrations } from '../../access/emergency/schema.ts';
import type { StaffIdentity } from '../../access/identity.ts';
import { openSecurityLog } from '../../access/security-log.ts';
import type { Database } from '../../platform/database.ts';
import { createServer } from '../../platform/http.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import { migrate } from '../../platform/migrations.ts';
import type { Actor } from '../../record/actor.ts';
import { auditProjection } from '../../record/audit-events/project.ts';
import { auditViewMigrations } from '../../record/audit-events/schema.ts';
import type { CareRecord } from '../../record/care-record.ts';
import { openRecord } from '../../record/record.ts';
import { recordMigrations } from '../../record/schema.ts';
import { setUpShell } from '../../web/shell.ts';
import { type Findings, openFindings } from './findings.ts';
import { governance } from './index.ts';
import { accessRules } from './rules.ts';
import { scanAccess } from './scan.ts';
import { governanceMigrations } from './schema.ts';

const staff = (id: string, name: string, role: string, organisation = 'harbour'): StaffIdentity => ({
  kind: 'staff',
  account: `account-${id}`,
  name,
  session: 's',
  method: 'passkey',
  authenticatedAt: 0,
  user: `Practitioner/${id}`,
  post: { role, organisation: `Organization/${organisation}`, organisationKinds: [], parties: [] },
});
const ivy = staff('ivy', 'Ivy Gale', 'information-governance');
const asha = staff('asha', 'Dr Asha Patel', 'gp');
const rita = staff('rita', 'Rita Moss', 'receptionist');
const people = { ivy, asha, rita };
const actorOf = ({ user, name, post }: StaffIdentity): Actor => ({
  ...tester,
  id: user,
  name,
  role: post.role,
  organisation: post.organisation,
  via: 'page',
});
const system: Actor = {
  ...tester,
  id: 'Device/throughline',
  name: 'Throughline',
  role: 'system',
  via: 'job',
};

const home = [{ line: ['1 High Street'], postalCode: 'LS1 1AA' }];
const patient = (id: string, family: string, more: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  id,
  name: [{ family, given: [id] }],
  ...more,
});
const practitioner = (id: string, family: string, more: Partial<Practitioner> = {}): Practitioner => ({
  resourceType: 'Practitioner',
  id,
  name: [{ family, given: [id] }],
  ...more,
});
const post = (who: string, organisation: string): Resource => ({
  resourceType: 'PractitionerRole',
  id: `${who}-post`,
  practitioner: { reference: `Practitioner/${who}` },
  organization: { reference: `Organization/${organisation}` },
});
const emergencyNumber = '9990000018';

const resources: Resource[] = [
  { resourceType: 'Organization', id: 'harbour', name: 'Harbour Surgery' },
  practitioner('asha', 'Patel', {
    birthDate: '1980-02-03',
    address: [{ line: ['1, High  Street'], postalCode: 'ls11aa' }],
  }),
  practitioner('cole', 'Reed', { birthDate: '1975-05-06' }),
  practitioner('rita', 'Moss'),
  post('asha', 'harbour'),
  post('cole', 'harbour'),
  patient('asha', 'Patel', { birthDate: '1980-02-03' }),
  patient('cole', 'Reed', { birthDate: '1975-05-06' }),
  patient('cousin', 'PATEL', { generalPractitioner: [{ reference: 'Organization/harbour' }] }),
  patient('neighbour', 'Quill', { address: home }),
  patient('stranger', 'Quartz', {
    birthDate: '1990-01-01',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: emergencyNumber }],
  }),
  ...Array.from({ length: 40 }, (_, i) => patient(`p${i}`, `Family${i}`)),
];

describe('information governance', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let now = Date.parse('2026-05-01T08:00:00Z');
  const clock = { now: () => (now += 10) };
  let record: CareRecord;
  let database: Database;
  let findings: Findings;
  let app: FastifyInstance;
  let base: string;
  let browser: Browser;
  const moment = (text: string) => {
    now = Date.parse(text);
  };
  const scan = () => scanAccess({ database, clock });

  before(async () => {
    database = await testDatabase(ending);
    await migrate(database, [
      ...[...recordMigrations, ...auditViewMigrations, ...auditQuestionMigrations],
      ...[...emergencyMigrations, ...governanceMigrations],
    ]);
    const newId = uuidv7(clock);
    const opened = openRecord({ database, clock, newId, baseUrl: testBaseUrl });
    record = opened;
    findings = openFindings({ database, clock });
    const questions = openAuditQuestions({ database, record, clock });
    const securityLog = openSecurityLog(database, clock);
    const emergencies = openEmergencies({ database, record, clock, newId, securityLog });
    await putAll(record, resources);
    for (let day = 4; day <= 12; day += 1) {
      moment(`2026-05-${String(day).padStart(2, '0')}T09:00:00Z`);
      for (let i = 0; i < 5; i += 1) await record.read(actorOf(rita), 'Patient', `p${i + day}`);
    }
    moment('2026-05-13T10:00:00Z');
    for (const id of ['asha', 'cole', 'cousin', 'neighbour', 'stranger'])
      await record.read(actorOf(asha), 'Patient', id);
    await record.read(actorOf(asha), 'Patient', 'neighbour');
    await Promise.all(Array.from({ length: 40 }, (_, i) => record.read(actorOf(rita), 'Patient', `p${i}`)));
    await emergencies.begin(
      asha,
      {
        form: '0199aaaa-0000-7000-8000-000000000001',
        nhsNumber: emergencyNumber,
        birthDate: '1990-01-01',
        reason: 'life-at-risk',
        words: 'Found unconscious <b>in the street</b>.',
      },
      system,
    );
    moment('2026-05-13T22:30:00Z');
    await record.read(actorOf(rita), 'Patient', 'p1');
    await questions.ask(
      {
        form: '0199aaaa-0000-7000-8000-000000000002',
        patient: 'stranger',
        entry: 'a1-1',
        about: 'Dr Asha Patel looked at your personal details',
        text: 'Who is she?',
        asker: { id: 'Patient/stranger', name: 'Stella Quartz' },
      },
      system,
    );
    // What came while another database of this server had a transaction open is taken a moment later.
    for (let left = 1; left > 0; ) {
      await auditProjection(database).catchUp();
      const [row] =
        await database.pool`select count(*)::int as left from audit where xid > (select xid from audit_place)`;
      left = Number(row?.['left']);
    }
    const shell = setUpShell();
    const server = await createServer({
      log: createLog({ level: 'error' }),
      newId,
      bodyLimit: 100_000,
      ready: async () => [],
      renderers: [shell.errorRenderer],
      shutdownSeconds: 1,
    });
    app = server.app;
    shell.register(app);
    const whoOf = (headers: Readonly<Record<string, unknown>>) =>
      people[headers['as'] as keyof typeof people];
    governance({
      ...{ shell, database, record, findings, questions, emergencies, clock },
      audit: (rows) => opened.store.audit(rows),
      actorOf: ({ headers }) => (whoOf(headers) ? actorOf(whoOf(headers)) : tester),
      identityOf: ({ headers }) => whoOf(headers),
      systemOf: () => system,
    }).register(app);
    base = await server.listen('127.0.0.1', 0);
    endings.push(() => server.close());
    browser = await launchBrowser();
    endings.push(() => browser.close());
  });
  after(async () => {
    for (const work of endings.reverse()) await work();
  });

  const get = async (as: string, url: string) => {
    const { statusCode, body, headers } = await app.inject({ url, headers: { as } });
    const text = body
      .replace(/<title[\s\S]*?<\/title>/g, '')
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ');
    return { status: statusCode, body, text, type: headers['content-type'] };
  };
  const post_ = (as: string, url: string, fields: Readonly<Record<string, string>>) =>
    app.inject({
      ...{ method: 'POST', url, headers: { as, 'content-type': 'application/x-www-form-urlencoded' } },
      payload: new URLSearchParams(fields).toString(),
    } as InjectOptions);
  const found = async () => {
    const { findings: list } = await findings.list({ done: false });
    return list.map(({ rule, actor, day, times, evidence }) => ({ rule, actor, day, times, evidence }));
  };

  it('finds each kind of unusual access with its evidence, and nothing else', async () => {
    moment('2026-05-13T23:30:00Z');
    await scan();
    const list = await found();
    const of = (rule: string) => list.filter((one) => one.rule === rule);
    const day = '2026-05-13';
    const ashas = { actor: 'Practitioner/asha', day };
    assert.deepEqual(of('own-record'), [
      { rule: 'own-record', ...ashas, times: 1, evidence: { related: false } },
    ]);
    assert.deepEqual(of('colleague'), [
      { rule: 'colleague', ...ashas, times: 1, evidence: { related: false, shared: 'Practitioner/cole' } },
    ]);
    assert.deepEqual(of('same-address'), [
      { rule: 'same-address', ...ashas, times: 2, evidence: { related: false } },
    ]);
    assert.deepEqual(of('same-family-name'), [
      { rule: 'same-family-name', ...ashas, times: 1, evidence: { related: true, shared: 'patel' } },
    ]);
    assert.deepEqual(of('volume'), [
      { rule: 'volume', actor: 'Practitioner/rita', day, times: 41, evidence: { people: 40, usual: 5 } },
    ]);
    assert.deepEqual(of('out-of-hours'), [
      { rule: 'out-of-hours', actor: 'Practitioner/rita', day, times: 1, evidence: { people: 1 } },
    ]);
    assert.deepEqual(of('emergency-alone'), []);
    assert.equal(list.length, 6);
  });

  it('finds the same once, however often it looks, and goes on where it stopped', async () => {
    const before = await found();
    await Promise.all([scan(), scan()]);
    assert.deepEqual(await found(), before);
    moment('2026-05-14T08:00:00Z');
    assert.deepEqual(await scan(), { days: 2, findings: 0 });
    assert.deepEqual(await scan(), { days: 1, findings: 0 });
  });

  it('lists an emergency access that no care followed, a week later', async () => {
    moment('2026-05-20T12:00:00Z');
    await scan();
    const [alone] = (await findings.list({ done: false, rule: 'emergency-alone' })).findings;
    assert.equal(alone?.actor, 'Practitioner/asha');
    assert.equal(alone.day, '2026-05-13');
    assert.match(alone.evidence.note ?? '', /Emergency access/);
  });

  it('says what waits, why it is listed, and keeps what the reviewer found', async () => {
    const overview = await get('ivy', '/governance');
    assert.match(overview.text, /Their own record.*1 to review/);
    assert.match(overview.text, /Questions from patients.*1 to answer/);
    const list = await get('ivy', '/governance/findings?rule=same-family-name');
    assert.match(list.text, /Dr Asha Patel and cousin PATEL.*Family name: Patel/);
    const [one] = (await findings.list({ done: false, rule: 'same-family-name' })).findings;
    const url = `/governance/findings/${one?.id}`;
    assert.match((await get('ivy', url)).text, /in their care, or their organisation’s/);
    const empty = await post_('ivy', url, { note: 'Kept as typed' });
    assert.equal(empty.statusCode, 422);
    assert.match(empty.body, /Select what you found[\s\S]*Kept as typed/);
    const sent = await post_('ivy', url, { outcome: 'explained', note: 'A cousin, and her patient.' });
    assert.equal(sent.statusCode, 303);
    assert.match((await get('ivy', url)).text, /Explained A cousin, and her patient. Reviewed by Ivy Gale/);
    assert.equal((await post_('ivy', url, { outcome: 'concern', note: 'x' })).statusCode, 409);
    await scan();
    assert.equal((await findings.get(one?.id ?? ''))?.review?.outcome, 'explained');
    assert.match((await get('ivy', '/governance/findings?done=yes')).text, /cousin PATEL.*Explained/);
  });

  it('answers questions and reviews emergency accesses', async () => {
    const asked =
      /href="(\/governance\/questions\/[^"]+)"/.exec((await get('ivy', '/governance/questions')).body)?.[1] ??
      '';
    assert.match((await get('ivy', asked)).text, /Stella Quartz asked .*Who is she\?/);
    assert.equal((await post_('ivy', asked, { answer: '' })).statusCode, 422);
    assert.equal((await post_('ivy', asked, { answer: 'She treated you.' })).statusCode, 303);
    assert.match((await get('ivy', '/governance/questions')).text, /No question is waiting/);
    const opened = await get('ivy', '/governance/emergencies');
    assert.match(opened.text, /Dr Asha Patel opened the record of stranger Quartz/);
    assert.match(opened.body, /&lt;b&gt;in the street/);
    const action = /action="(\/governance\/emergencies\/[^"]+)"/.exec(opened.body)?.[1] ?? '';
    assert.equal((await post_('ivy', action, { outcome: 'appropriate', note: '' })).statusCode, 422);
    assert.equal(
      (await post_('ivy', action, { outcome: 'appropriate', note: 'Ambulance report agrees.' })).statusCode,
      303,
    );
    assert.match((await get('ivy', '/governance/emergencies')).text, /No emergency access is waiting/);
  });

  it('searches the log by patient, member of staff, day and kind, and gives it as CSV', async () => {
    const page = await get(
      'ivy',
      '/governance/log?patient=999+000+0018&who=Practitioner%2Fasha&from=2026-05-13&to=2026-05-13',
    );
    assert.match(page.text, /Dr Asha Patel ?GP at Harbour Surgery.*stranger Quartz.*Read Patient\/stranger/);
    assert.doesNotMatch(page.text, /Read Patient\/cole/);
    assert.match((await get('ivy', '/governance/log?what=events')).text, /Emergency access/);
    assert.match((await get('ivy', '/governance/log?patient=nobody-here')).text, /No entry matches/);
    const wrong = await get('ivy', '/governance/log?from=yesterday&patient=%3Cscript%3E');
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /There is a problem The first day must be a real date/);
    assert.match(wrong.body, /value="&lt;script&gt;"/);
    await record.search({ ...actorOf(rita), name: '=HYPERLINK("http://x")' }, 'Patient', 'family=Quill');
    const csv = await get('ivy', '/governance/log.csv?patient=neighbour');
    assert.match(String(csv.type), /^text\/csv/);
    const [head, first] = csv.body.split('\r\n');
    assert.match(head ?? '', /^time,who,name,role/);
    assert.match(first ?? '', /,"'=HYPERLINK\(""http:\/\/x""\)",receptionist/);
    assert.equal(csv.body.trim().split('\r\n').length, 5);
  });

  it('opens to those who review access alone, and logs who else tried', async () => {
    const pages = ['', '/findings', '/questions', '/emergencies', '/log', '/log.csv'].map(
      (path) => `/governance${path}`,
    );
    for (const url of pages) assert.equal((await get('asha', url)).status, 403, url);
    for (const url of pages) assert.equal((await get('nobody', url)).status, 401, url);
    const [one] = (await findings.list({ done: false, rule: 'own-record' })).findings;
    for (const url of [
      `/governance/findings/${one?.id}`,
      '/governance/questions/x',
      '/governance/emergencies/x',
    ])
      assert.equal(
        (await post_('asha', url, { outcome: 'explained', note: 'x', answer: 'x' })).statusCode,
        403,
      );
    assert.equal((await findings.get(one?.id ?? ''))?.review, undefined);
    await assert.rejects(
      findings.review(
        one?.id ?? '',
        { id: 'Practitioner/asha', name: 'x' },
        { outcome: 'explained', note: 'x' },
      ),
      { status: 403 },
    );
    for (const id of ['x', '0199aaaa-0000-7000-8000-00000000ffff']) {
      assert.equal((await get('ivy', `/governance/findings/${id}`)).status, 404);
      assert.equal((await get('ivy', `/governance/questions/${id}`)).status, 404);
    }
    assert.equal((await get('ivy', '/governance/findings?page=zzz')).status, 400);
  });

  it('gives every rule a reason and a source', () => {
    for (const { finds, reason, source } of accessRules)
      assert.ok(finds.length > 40 && reason.length > 40 && source.length > 10);
  });

  it('has no accessibility fault, and fits a screen of 320 px', async () => {
    const [one] = (await findings.list({ done: false })).findings;
    const form = '0199aaaa-0000-7000-8000-000000000003';
    const paths = [
      '',
      '/findings',
      '/findings?done=yes',
      `/findings/${one?.id}`,
      '/questions',
      `/questions/${form.replace(/3$/, '2')}`,
    ];
    for (const path of [...paths, '/emergencies', '/log', '/log?from=x'])
      for (const width of [320, 1280]) {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          extraHTTPHeaders: { as: 'ivy' },
        });
        const page = await context.newPage();
        await page.goto(`${base}/governance${path}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`),
          [],
          `${path} at ${width}`,
        );
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
        assert.ok(wide <= width, `${path} is ${wide} px wide at ${width}`);
        if (process.env['SHOTS'])
          await page.screenshot({
            path: `${process.env['SHOTS']}/gov-${width}-${path.replaceAll(/\W/g, '_')}.png`,
            fullPage: true,
          });
        await context.close();
      }
  });
});
