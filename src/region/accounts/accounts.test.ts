import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { nursePost, type TestAccounts, TestBrowser, testAccounts } from '../../../test/support/accounts.ts';
import { launchBrowser } from '../../../test/support/browser.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { tester } from '../../../test/support/record.ts';
import { signInServer } from '../../../test/support/sign-in-app.ts';
import type { HttpServer } from '../../platform/http.ts';
import { accountAdministration } from './index.ts';

const organisation = {
  resourceType: 'Organization',
  id: 'park-view',
  name: 'Park View Surgery',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'B86012' }],
};

describe('administering accounts', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let held: TestAccounts;
  let server: HttpServer;
  let browser: Browser;
  let base: string;
  before(async () => {
    const port = await freePort();
    base = `http://localhost:${port}`;
    held = await testAccounts(ending, { baseUrl: base });
    const { accounts, record, securityLog } = held;
    await record.commit(tester, [
      { kind: 'update', type: 'Organization', id: 'park-view', text: JSON.stringify(organisation) },
    ]);
    server = await signInServer(held, base, {
      more: ({ app, shell, access }) =>
        accountAdministration({
          ...{ shell, accounts, record, securityLog, baseUrl: base },
          identityOf: access.identityOf,
          actorOf: () => ({ ...tester, via: 'page' }),
        }).register(app),
    });
    await server.listen('127.0.0.1', port);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });

  /** Someone signed in, in a role. */
  const inRole = async (role: string): Promise<{ account: string; cookie: string; browser: TestBrowser }> => {
    const account = await held.accounts.createAccount({ kind: 'staff', name: `Some ${role}` });
    await held.accounts.addPost(account, { ...nursePost, role });
    const one = new TestBrowser();
    one.signedIn(await held.accounts.startSession(account, 'passkey', one.visit));
    return { account, cookie: one.cookie ?? '', browser: one };
  };
  const post = (url: string, cookie: string, fields: Readonly<Record<string, string>> = {}) =>
    server.app.inject({
      method: 'POST',
      url,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    });
  const sound = async (page: Page): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
      page.url(),
    );
    await page.setViewportSize({ width: 320, height: 800 });
    assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 320, page.url());
  };

  it('makes an account with a post and a link by which its holder signs in', async () => {
    const administrator = await inRole('administrator');
    const context = await browser.newContext();
    try {
      await context.addCookies([
        { name: 'session', value: administrator.browser.value('session')!, url: base },
      ]);
      const page = await context.newPage();
      page.setDefaultTimeout(5000);
      await page.goto(`${base}/accounts`);
      await sound(page);
      await page.getByRole('button', { name: 'Make an account' }).click();
      await sound(page);
      await page.getByLabel('Name', { exact: true }).fill('Dr Asha Patel');
      await page.getByLabel('ODS code').fill('Z99999');
      await page.getByLabel('Practitioner id').fill('nobody');
      await page.getByRole('button', { name: 'Make account' }).click();
      const faults = await page.locator('.nhsuk-error-summary').innerText();
      for (const part of [/email address/, /No practitioner/, /Choose a role/, /No one organisation/])
        assert.match(faults, part);
      await sound(page);
      assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Dr Asha Patel');
      await page.getByLabel('Email address').fill('asha@example.org');
      await page.getByLabel('ODS code').fill('b86012');
      await page.getByLabel('Practitioner id').fill('');
      await page.getByRole('radio', { name: 'Pharmacist' }).check();
      await page.getByRole('button', { name: 'Make account' }).click();
      assert.equal(await page.locator('h1').innerText(), 'Dr Asha Patel');
      await sound(page);
      await page.getByRole('link', { name: 'Add a post' }).click();
      await sound(page);
      await page.getByRole('link', { name: /^Back to/ }).click();
      await page.getByRole('button', { name: 'Make a link' }).click();
      await sound(page);
      const link = await page.locator('main code').innerText();
      assert.ok(link.startsWith(`${base}/enrol/`));
      await page.goto(link);
      assert.match(await page.locator('main').innerText(), /This link is for Dr Asha Patel/);
    } finally {
      await context.close();
    }
    const made = await held.accounts.findAccountByLogin('asha@example.org');
    const posts = await held.accounts.postsOf(made?.id ?? '');
    assert.deepEqual(
      posts.map(({ role, organisation: where, parties }) => ({ role, where, parties })),
      [
        {
          role: 'pharmacist',
          where: 'Organization/park-view',
          parties: ['Organization/park-view', made?.user],
        },
      ],
    );
    const notes = await held.database
      .pool`select note from audit where event = 'account-changed' order by seq`;
    assert.match(
      notes.map((row) => row['note']).join('\n'),
      /Made an account for Dr Asha Patel[\s\S]*Made a link for Dr Asha Patel/,
    );
  });

  it('ends posts and stops accounts at once', async () => {
    const { cookie } = await inRole('administrator');
    const nurse = await inRole('nurse');
    const [held1] = await held.accounts.postsOf(nurse.account);
    assert.equal(
      (await post(`/accounts/${nurse.account}/posts/end`, cookie, { post: held1?.id ?? '' })).statusCode,
      303,
    );
    assert.equal(await held.accounts.identityOf(nurse.cookie), undefined);
    const other = await inRole('nurse');
    assert.equal((await post(`/accounts/${other.account}/stop`, cookie)).statusCode, 303);
    assert.equal(await held.accounts.identityOf(other.cookie), undefined);
    assert.equal((await post(`/accounts/${other.account}/restore`, cookie)).statusCode, 303);
    assert.equal((await held.accounts.findAccount(other.account))?.disabled, false);
  });

  it('is for administrators alone, who cannot change their own account or those of people, nor long after signing in', async () => {
    const administrator = await inRole('administrator');
    const person = await held.accounts.createAccount({ kind: 'person', name: 'Rose Ash' });
    const nurse = await inRole('nurse');
    const acts = (id: string) => [
      `/accounts/${id}/link`,
      `/accounts/${id}/stop`,
      `/accounts/${id}/posts/new`,
      `/accounts/${id}/posts/end`,
    ];
    for (const url of ['/accounts/new', ...acts(administrator.account)]) {
      assert.equal((await post(url, nurse.cookie)).statusCode, 403, url);
      assert.equal((await post(url, '')).statusCode, 401, url);
    }
    for (const url of ['/accounts', '/accounts/new', `/accounts/${nurse.account}`])
      assert.equal(
        (await server.app.inject({ url, headers: { cookie: nurse.cookie } })).statusCode,
        403,
        url,
      );
    for (const url of acts(administrator.account))
      assert.equal((await post(url, administrator.cookie)).statusCode, 403, url);
    for (const url of [...acts(person), ...acts('not-an-id')])
      assert.equal((await post(url, administrator.cookie)).statusCode, 404, url);
    const escalation = { role: 'system', ods: 'B86012' };
    assert.equal(
      (await post(`/accounts/${nurse.account}/posts/new`, administrator.cookie, escalation)).statusCode,
      422,
    );
    held.pass(11 * 60_000);
    assert.equal((await post(`/accounts/${nurse.account}/stop`, administrator.cookie)).statusCode, 401);
    assert.equal((await held.accounts.findAccount(nurse.account))?.disabled, false);
  });
});
