import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Communication } from '@medplum/fhirtypes';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../test/support/browser.ts';
import { testDatabase } from '../../../test/support/database.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { putAll } from '../../../test/support/pages-app.ts';
import { testBaseUrl, tester } from '../../../test/support/record.ts';
import { type AuditQuestions, openAuditQuestions } from '../../access/audit-questions/audit-questions.ts';
import { auditQuestionMigrations } from '../../access/audit-questions/schema.ts';
import { openSecurityLog } from '../../access/security-log.ts';
import type { Database } from '../../platform/database.ts';
import { createServer } from '../../platform/http.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import { migrate } from '../../platform/migrations.ts';
import type { Actor } from '../../record/actor.ts';
import { auditEntries } from '../../record/audit-events/entries.ts';
import { auditViewMigrations } from '../../record/audit-events/schema.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { openRecord } from '../../record/record.ts';
import { recordMigrations } from '../../record/schema.ts';
import { setUpShell } from '../../web/shell.ts';
import { whoLooked } from './index.ts';

const staff = (id: string, name: string, role: string, organisation: string): Actor => ({
  ...tester,
  id: `Practitioner/${id}`,
  name,
  role,
  organisation: `Organization/${organisation}`,
  via: 'page',
});
const asha = staff('asha', 'Dr Asha Patel', 'gp', 'harbour');
const drKhan = staff('khan', 'Dr Imran Khan', 'consultant', 'infirmary');
const system: Actor = {
  ...tester,
  id: 'Device/throughline',
  name: 'Throughline',
  role: 'system',
  via: 'job',
};
const person = (id: string, name: string, role: string): Actor => ({
  ...tester,
  id,
  name,
  role,
  via: 'page',
});
const viewers: Readonly<Record<string, { actor: Actor; records: { patient: string; own: boolean }[] }>> = {
  ann: { actor: person('Patient/ann', 'Ann Smith', 'patient'), records: [{ patient: 'ann', own: true }] },
  bob: { actor: person('Patient/bob', 'Bob Jones', 'patient'), records: [{ patient: 'bob', own: true }] },
  mum: {
    actor: person('RelatedPerson/mum', 'Mary Jones', 'proxy'),
    records: [
      { patient: 'mary', own: true },
      { patient: 'bob', own: false },
    ],
  },
  unlinked: { actor: person('Patient/none', 'Una Linked', 'patient'), records: [] },
};

describe('who looked at my record', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let now = Date.parse('2026-05-04T09:00:00Z');
  const clock = { now: () => (now += 1000) };
  let record: CareRecord;
  let database: Database;
  let questions: AuditQuestions;
  let app: FastifyInstance;
  let base: string;
  let browser: Browser;

  before(async () => {
    database = await testDatabase(ending);
    await migrate(database, [...recordMigrations, ...auditViewMigrations, ...auditQuestionMigrations]);
    const newId = uuidv7(clock);
    const opened = openRecord({ database, clock, newId, baseUrl: testBaseUrl });
    record = opened;
    await putAll(record, [
      { resourceType: 'Organization', id: 'harbour', name: 'Harbour Surgery' },
      { resourceType: 'Organization', id: 'infirmary', name: 'Royal Infirmary' },
      ...['ann', 'bob', 'mary'].map((id) => ({
        resourceType: 'Patient' as const,
        id,
        name: [{ given: [id], family: 'X' }],
      })),
    ]);
    now = Date.parse('2026-05-04T09:30:00Z');
    for (let i = 0; i < 3; i += 1) await record.search(asha, 'Observation', 'patient=Patient/ann');
    await putAll(record, [
      {
        resourceType: 'Observation',
        id: 'pulse',
        status: 'final',
        code: { text: 'Pulse' },
        subject: { reference: 'Patient/ann' },
      },
    ]);
    for (let i = 0; i < 3; i += 1) await record.read(asha, 'Observation', 'pulse');
    now = Date.parse('2026-05-05T22:30:00Z');
    await openSecurityLog(database, clock).record({
      kind: 'emergency-access',
      who: { id: drKhan.id, name: drKhan.name, role: drKhan.role, organisation: 'Organization/infirmary' },
      patient: 'ann',
      outcome: 'success',
      note: 'Unconscious in the emergency department.',
      requestId: 'r',
      via: 'page',
    });
    await record.read(drKhan, 'Patient', 'ann');
    await record.read(system, 'Patient', 'ann');
    await record.read(viewers['ann']!.actor, 'Observation', 'pulse');
    await record.read(asha, 'Patient', 'bob');
    questions = openAuditQuestions({ database, record, clock });
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
    whoLooked({
      ...{ shell, database, record, questions, clock, newId },
      audit: (rows) => opened.store.audit(rows),
      actorOf: (request) => viewers[String(request.headers['as'])]!.actor,
      systemOf: () => system,
      recordsOf: (request) => viewers[String(request.headers['as'])]?.records ?? [],
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
      .replace(/<(?:style|title)[\s\S]*?<\/(?:style|title)>/g, '')
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ');
    return { status: statusCode, body, text, to: headers.location };
  };
  const post = (as: string, url: string, fields: Readonly<Record<string, string>>) =>
    app.inject({
      ...{ method: 'POST', url, headers: { as, 'content-type': 'application/x-www-form-urlencoded' } },
      payload: new URLSearchParams(fields).toString(),
    } as InjectOptions);
  const entryOf = async (as: string, patient: string) =>
    /ask\?entry=([^"]+)/.exec((await get(as, `/who-looked/${patient}`)).body)?.[1] ?? '';

  it('says in plain words who looked, day by day', async () => {
    const { status, text } = await get('ann', '/who-looked/ann');
    assert.equal(status, 200);
    assert.match(
      text,
      /4 May 2026 .*Dr Asha Patel, GP at Harbour Surgery, looked at your results and measurements · 3 times/,
    );
    assert.match(
      text,
      /5 May 2026 .*Dr Imran Khan, consultant at Royal Infirmary, looked at your personal details Emergency access/,
    );
    assert.match(
      text,
      /used emergency access to open your record Emergency access ?Unconscious in the emergency department/,
    );
    assert.doesNotMatch(text, /Throughline, computer|Ann Smith, patient/);
  });

  it('keeps their own visits, computer systems and emergency access apart', async () => {
    assert.match((await get('ann', '/who-looked/ann?view=own')).text, /Ann Smith, patient, looked at your/);
    const systems = await get('ann', '/who-looked/ann?view=systems');
    assert.match(systems.text, /Throughline, computer system, looked at your personal details/);
    assert.doesNotMatch(systems.text, /Patel/);
    const emergency = await get('ann', '/who-looked/ann?view=emergency');
    assert.match(
      emergency.text,
      /Imran Khan, consultant at Royal Infirmary, looked at your personal details Emergency access/,
    );
    assert.doesNotMatch(emergency.text, /Patel/);
    assert.match(
      (await get('bob', '/who-looked/bob?view=emergency')).text,
      /Nobody has used emergency access/,
    );
  });

  it('shows the days asked for, and says what is wrong with a date', async () => {
    const days = 'from-day=5&from-month=5&from-year=2026&to-day=5&to-month=5&to-year=2026';
    const { text } = await get('ann', `/who-looked/ann?${days}`);
    assert.match(text, /Imran Khan/);
    assert.doesNotMatch(text, /Patel/);
    const wrong = await get('ann', '/who-looked/ann?from-day=40&from-month=5&from-year=2026');
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /There is a problem The first date must have a day from 1 to 31/);
    assert.match(wrong.body, /value="40"/);
  });

  it('lets someone who acts for others choose, and goes straight to one’s own', async () => {
    assert.equal((await get('ann', '/who-looked')).to, '/who-looked/ann');
    assert.match((await get('mum', '/who-looked')).body, /href="\/who-looked\/bob"/);
    assert.match((await get('mum', '/who-looked/bob')).text, /Who looked at bob X’s record .*Dr Asha Patel/);
    assert.match((await get('unlinked', '/who-looked')).text, /not linked to a health and care record yet/);
  });

  it('keeps a question in the record, once, and shows the answer when it comes', async () => {
    const entry = await entryOf('ann', 'ann');
    const form =
      /name="form" value="([^"]+)"/.exec(
        (await get('ann', `/who-looked/ann/ask?entry=${entry}`)).body,
      )?.[1] ?? '';
    const empty = await post('ann', '/who-looked/ann/ask', { form, entry, question: ' ' });
    assert.equal(empty.statusCode, 422);
    assert.match(empty.body, /Write what you would like to know/);
    for (let i = 0; i < 2; i += 1) {
      const sent = await post('ann', '/who-looked/ann/ask', { form, entry, question: 'Why <b>him</b>?' });
      assert.equal(sent.statusCode, 303);
      assert.equal(sent.headers.location, '/who-looked/ann?asked=yes');
    }
    const found = await record.search(system, 'Communication', 'patient=Patient/ann');
    assert.equal(found.matches.length, 1);
    const kept = resourceOf<Communication>(found.matches[0]!);
    assert.equal(kept.payload?.[0]?.contentString, 'Why <b>him</b>?');
    assert.match(
      kept.topic?.text ?? '',
      /Imran Khan, consultant at Royal Infirmary, looked at .* on 5 May 2026, 11:\d\dpm/,
    );
    const page = await get('ann', '/who-looked/ann?asked=yes');
    assert.match(page.text, /We have sent your question .*Waiting for an answer/);
    assert.match(page.body, /Why &lt;b&gt;him&lt;\/b&gt;\?/);
    const [waiting] = await questions.waiting(system);
    await questions.answer(waiting!.id, 'He treated you that night.', { name: 'Ivy Gale' }, system);
    assert.match(
      (await get('ann', '/who-looked/ann')).text,
      /Answer from Ivy Gale, .*He treated you that night/,
    );
    assert.deepEqual(await questions.waiting(system), []);
    await assert.rejects(questions.answer(waiting!.id, 'Again.', { name: 'Ivy Gale' }, system), {
      status: 409,
    });
  });

  it('shows nobody another person’s list, and takes no question about another’s entry', async () => {
    const anns = await entryOf('ann', 'ann');
    const bobs = await entryOf('mum', 'bob');
    for (const url of [
      '/who-looked/ann',
      `/who-looked/ann/ask?entry=${anns}`,
      '/who-looked/nobody',
      `/who-looked/bob/ask?entry=${anns}`,
    ])
      assert.equal((await get('bob', url)).status, 404, url);
    const form = '0199aaaa-0000-7000-8000-000000000001';
    assert.equal(
      (await post('bob', '/who-looked/ann/ask', { form, entry: anns, question: 'x' })).statusCode,
      404,
    );
    assert.equal(
      (await post('bob', '/who-looked/bob/ask', { form, entry: anns, question: 'x' })).statusCode,
      404,
    );
    const used = (await questions.of('ann', system))[0]!.id;
    assert.equal(
      (await post('bob', '/who-looked/bob/ask', { form: used, entry: bobs, question: 'x' })).statusCode,
      409,
    );
    assert.equal(
      (await post('bob', '/who-looked/bob/ask', { form: 'x', entry: bobs, question: 'x' })).statusCode,
      400,
    );
    const cursor = (await auditEntries(database.pool, { count: 1 })).entries[0]!;
    const place = Buffer.from(JSON.stringify([cursor.at, cursor.seq])).toString('base64url');
    assert.doesNotMatch((await get('bob', `/who-looked/bob?page=${place}`)).text, /Imran/);
    assert.equal((await get('bob', '/who-looked/bob?page=zzz')).status, 400);
  });

  it('shows those who act for someone their own questions, and not the person’s', async () => {
    const entry = await entryOf('bob', 'bob');
    const ask = async (as: string, n: number, question: string) => {
      const form = `0199aaaa-0000-7000-8000-00000000001${n}`;
      assert.equal((await post(as, '/who-looked/bob/ask', { form, entry, question })).statusCode, 303);
    };
    await ask('bob', 1, 'Did Mary see this?');
    await ask('mum', 2, 'Who is Dr Patel?');
    const hers = await get('mum', '/who-looked/bob');
    assert.match(hers.text, /Who is Dr Patel\?/);
    assert.doesNotMatch(hers.text, /Did Mary see this/);
    assert.match((await get('bob', '/who-looked/bob')).text, /Who is Dr Patel\?.*Did Mary see this\?/);
  });

  it('is itself in the list', async () => {
    await get('mum', '/who-looked/bob');
    assert.match(
      (await get('bob', '/who-looked/bob')).text,
      /Mary Jones, acting for you, looked at your list of who looked at your record/,
    );
  });

  it('has no accessibility fault, and fits a screen of 320 px', async () => {
    const entry = await entryOf('ann', 'ann');
    const pages: readonly (readonly [string, string])[] = [
      ['ann', '/who-looked/ann?asked=yes'],
      ['ann', '/who-looked/ann?from-day=40'],
      ['ann', '/who-looked/ann?view=own'],
      ['bob', '/who-looked/bob?view=emergency'],
      ['ann', `/who-looked/ann/ask?entry=${entry}`],
      ['mum', '/who-looked'],
      ['unlinked', '/who-looked'],
    ];
    for (const [as, url] of pages)
      for (const width of [320, 1280]) {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          extraHTTPHeaders: { as },
          javaScriptEnabled: true,
        });
        const page = await context.newPage();
        await page.goto(base + url);
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`),
          [],
          `${url} at ${width}`,
        );
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
        assert.ok(wide <= width, `${url} is ${wide} px wide at ${width}`);
        if (process.env['SHOTS'])
          await page.screenshot({
            path: `${process.env['SHOTS']}/${as}-${width}-${pages.findIndex((p) => p[1] === url)}.png`,
            fullPage: true,
          });
        await context.close();
      }
  });
});
