import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type TestAccounts, TestBrowser, testAccounts } from '../../../test/support/accounts.ts';
import { launchBrowser } from '../../../test/support/browser.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { tester } from '../../../test/support/record.ts';
import { openAccess } from '../../access/access.ts';
import { createServer, type HttpServer } from '../../platform/http.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import type { openRecord } from '../../record/record.ts';
import { setUpShell } from '../shell.ts';
import { type Live, openLive } from './live.ts';
import { openRecordChanges, type RecordChanges } from './record-changes.ts';

describe('live parts of pages, in a browser', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let held: TestAccounts;
  let server: HttpServer;
  let live: Live;
  let changes: RecordChanges;
  let browser: Browser;
  let base: string;
  let count = 0;
  before(async () => {
    held = await testAccounts(ending);
    const { clock, accounts, database } = held;
    const log = createLog({ level: 'silent' });
    const shell = setUpShell();
    server = await createServer({ log, newId: uuidv7(clock), bodyLimit: 1000, ready: async () => [] });
    const access = openAccess({
      accessToken: 'unused-in-these-tests-0123456789abcdef',
      identityOf: accounts.identityOf,
      sightOf: async () => ({ grants: [] }),
      clientOf: async () => undefined,
    });
    access.register(server.app);
    const record = held.record as ReturnType<typeof openRecord>;
    changes = openRecordChanges({ database, store: record.store, clock, log });
    live = openLive({
      ...{ changes, clock, log, identityOf: access.identityOf, beatMs: 200 },
      identityNow: (cookies) => accounts.identityOf(cookies, { unseen: true }),
      seenBy: (_identity, people, after) => record.changesSeen(tester, people, after),
    });
    live.add(server.app, '/letters/live', async () => ['ann']);
    shell.addViews('live-test', new URL('../../../test/support/views', import.meta.url).pathname);
    shell.register(server.app);
    server.app.get('/letters', (_request, reply) =>
      shell.renderPage(reply, 'live-test/letters.njk', { title: 'Letters', count }),
    );
    base = await server.listen('127.0.0.1', 0);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    live?.close();
    await changes?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });

  it('show what is new without being opened again, and leave alone what someone is typing in', async () => {
    const account = await held.accounts.createAccount({ kind: 'person', name: 'Ann Ash' });
    const signedIn = new TestBrowser();
    signedIn.signedIn(await held.accounts.startSession(account, 'passkey', signedIn.visit));
    const context = await browser.newContext();
    await context.addCookies([{ name: 'session', value: signedIn.value('session') ?? '', url: base }]);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    const change = (gender: string) =>
      held.record.commit(tester, [
        {
          kind: 'update',
          type: 'Patient',
          id: 'ann',
          text: JSON.stringify({ resourceType: 'Patient', id: 'ann', gender }),
        },
      ]);
    await change('unknown');
    const opened = page.waitForResponse((answer) => answer.url().includes('/letters/live'));
    await page.goto(`${base}/letters`);
    await opened;
    await page.getByText('0 letters').waitFor();
    count = 1;
    await change('female');
    await page.getByText('1 letters').waitFor();

    await page.getByLabel('Find').click();
    await page.keyboard.type('half a word');
    count = 2;
    const fetched = page.waitForResponse((answer) => answer.url() === `${base}/letters`);
    await change('male');
    await (await fetched).finished();
    assert.equal(await page.getByLabel('Find').inputValue(), 'half a word');
    await page.getByRole('heading', { name: 'Letters' }).click();
    await page.getByText('2 letters').waitFor();
    await context.close();
  });
});
