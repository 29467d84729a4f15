import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { HttpServer } from '../src/platform/http.ts';
import {
  codeAt,
  enrolledNurse,
  goodPassword,
  nursePost,
  type TestAccounts,
  TestBrowser,
  testAccounts,
} from './support/accounts.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { freePort } from './support/free-port.ts';
import { signInServer } from './support/sign-in-app.ts';

const minute = 60_000;

describe('signing in', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let held: TestAccounts;
  let server: HttpServer;
  let base: string;
  let browser: Browser;
  before(async () => {
    const port = await freePort();
    base = `http://localhost:${port}`;
    held = await testAccounts(ending, { baseUrl: base });
    server = await signInServer(held, base, {
      providers: [{ href: '/sign-in/nhs-login', text: 'Continue with NHS login' }],
    });
    await server.listen('127.0.0.1', port);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });

  let people = 0;
  /** A member of staff with no way to sign in yet. Answers the path of their link. */
  const newcomer = async (): Promise<{ account: string; path: string; login: string }> => {
    people += 1;
    const login = `person${people}@example.org`;
    const account = await held.accounts.createAccount({ kind: 'staff', name: `Nurse Oak ${people}`, login });
    await held.accounts.addPost(account, nursePost);
    return { account, login, path: (await held.accounts.enrolment.link(account)).path };
  };

  const opened = async (
    options: Parameters<Browser['newContext']>[0],
    work: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void> => {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const said: string[] = [];
      page.on('console', (message) => {
        if (!message.text().startsWith('Failed to load resource')) said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(error.message));
      await work(page, context);
      assert.deepEqual(said, [], 'no script fails, and no page breaks its security policy');
    } finally {
      await context.close();
    }
  };
  /** A device with a fingerprint reader that always knows its owner. */
  const withAuthenticator = async (page: Page): Promise<void> => {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
  };
  const heading = (page: Page): Promise<string | null> => page.locator('h1').textContent();
  const at = (page: Page): string => page.url().slice(base.length);
  /** The page is accessible, and as narrow as a small phone without scrolling sideways. */
  const isSound = async (page: Page): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
      at(page),
    );
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: 320, height: 800 });
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    await page.setViewportSize(size);
    assert.ok(wide <= 320, `${at(page)} is ${wide} px wide at 320`);
    assert.doesNotMatch(await page.content(), /undefined|\[object |NaN/, at(page));
  };

  it('with a passkey: set up by a link, used without a name, asked again for what is sensitive', async () => {
    const { path } = await newcomer();
    await opened({}, async (page) => {
      await withAuthenticator(page);
      await page.goto(base + path);
      await isSound(page);
      await page.getByRole('button', { name: 'Set up a passkey' }).click();
      await page.waitForURL(`${base}/account`);
      await isSound(page);
      await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
      await page.waitForURL(`${base}/sign-in`);

      await page.goto(`${base}/account`);
      assert.equal(at(page), '/sign-in?return=%2Faccount', 'who is not signed in is sent to sign in');
      await isSound(page);
      await page.goto(`${base}/sign-in?return=%2Fpeople`);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.waitForURL(`${base}/people`);
      assert.match((await heading(page)) ?? '', /For Nurse Oak/);

      held.pass(11 * minute);
      await page.goto(`${base}/account`);
      await page
        .getByRole('link', { name: 'Set a password' })
        .or(page.getByRole('link', { name: 'Change password' }))
        .click();
      assert.equal(await heading(page), 'Confirm it is you');
      await isSound(page);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.waitForURL(`${base}/account/password`);
      await page.getByLabel('New password').fill('password1234');
      await page.getByRole('button', { name: 'Save' }).click();
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /often tried first/);
      assert.match(await page.title(), /^Error: /);
      await isSound(page);
      await page.getByLabel('New password').fill('four calm herons wading');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL(`${base}/account`);

      await page.getByRole('button', { name: /^Remove passkey/ }).click();
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /only way to sign in/);
      await page.getByRole('link', { name: 'Add a passkey' }).click();
      await isSound(page);
      await page.getByRole('button', { name: 'Add a passkey on this device' }).click();
      await page.getByText('This device has a passkey for this account already.').waitFor();
    });
  });

  it('without any script: password, authenticator app, recovery codes, wrong input, another way', async () => {
    const { path, login } = await newcomer();
    await opened({ javaScriptEnabled: false }, async (page) => {
      await page.goto(base + path);
      assert.equal(await page.getByRole('button', { name: 'Set up a passkey' }).isVisible(), false);
      await page.getByLabel('Password').fill('short');
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /12 characters or more/);
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.equal(await heading(page), 'Set up an authenticator app');
      assert.equal(await page.getByRole('img', { name: /QR code/ }).isVisible(), true);
      const key = (await page.locator('strong.tl-wrap').innerText()).replaceAll(' ', '');
      await page.getByLabel('6-digit code').fill('12345');
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /6-digit code/);
      await page.getByLabel('6-digit code').fill(codeAt(key, held.clock.now()));
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.equal(await heading(page), 'Your recovery codes');
      const codes = await page.locator('main code').allInnerTexts();
      assert.equal(codes.length, 10);
      await page.getByRole('button', { name: /continue/ }).click();
      assert.equal(await heading(page), 'Your account');
      await page.goto(base + path);
      assert.match(await page.locator('main').innerText(), /used or is too old/);

      await page.goto(`${base}/account`);
      await page.getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByRole('link', { name: 'Sign in with a password and a code' }).click();
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.match(
        await page.locator('.nhsuk-error-summary').innerText(),
        /Enter your email address\s+Enter your password/,
      );
      await page.getByLabel('Email address').fill(login);
      await page.getByLabel('Password').fill('not the right one');
      await page.getByRole('button', { name: 'Continue' }).click();
      assert.match(
        await page.locator('.nhsuk-error-summary').innerText(),
        /email address or the password is wrong/,
      );
      assert.equal(await page.getByLabel('Email address').inputValue(), login, 'what was typed stays');
      assert.equal(await page.getByLabel('Password').inputValue(), '');
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${base}/sign-in/code`);
      held.pass(minute);
      await page.getByLabel('6-digit code').fill(codeAt(key, held.clock.now()));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${base}/`);

      await page.goto(`${base}/sign-in/password?return=//evil.example/people`);
      await page.getByLabel('Email address').fill(login);
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('link', { name: /recovery code/ }).click();
      await page.getByLabel('Recovery code').fill(codes[0] ?? '');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${base}/`);
      assert.match(
        (await heading(page)) ?? '',
        /For Nurse Oak/,
        'an address of another site leads to the start page',
      );
    });
  });

  it('on pages that are accessible and fit a small phone, with their errors too', async () => {
    const { path } = await newcomer();
    const nurse = await enrolledNurse(held, new TestBrowser(), 'sound@example.org');
    await held.accounts.addPost(nurse.account, { ...nursePost, organisation: 'Organization/hospital' });
    held.pass(minute);
    await opened({}, async (page) => {
      await page.goto(`${base}${path}`);
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByRole('button', { name: 'Continue' }).click();
      await isSound(page);
      for (const address of ['/sign-in', '/sign-in/password']) {
        await page.goto(base + address);
        await isSound(page);
      }
      await page.getByRole('button', { name: 'Continue' }).click();
      await isSound(page);
      await page.getByLabel('Email address').fill(nurse.login);
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${base}/sign-in/code`);
      await isSound(page);
      await page.goto(`${base}/sign-in/recovery`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await isSound(page);
      await page.goto(`${base}/sign-in/code`);
      await page.getByLabel('6-digit code').fill(codeAt(nurse.key, held.clock.now()));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${base}/sign-in/post`);
      await isSound(page);
      await page.getByRole('button', { name: /hospital/ }).click();
      await page.waitForURL(`${base}/`);
      await page.goto(`${base}/account`);
      await isSound(page);
      await page.getByRole('link', { name: 'Make new recovery codes' }).click();
      await isSound(page);
      await page.getByRole('button', { name: 'Make new codes' }).click();
      await isSound(page);
      await page.goto(`${base}/account`);
      await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
      await page.waitForURL(`${base}/account/authenticator`);
      await isSound(page);
      await page.goto(`${base}/account`);
      await page.getByRole('link', { name: 'Change where you work now' }).click();
      await page.getByRole('button', { name: /park-view/ }).click();
      await page.waitForURL(`${base}/`);
    });
  });

  it('a session that another browser ends is over; a device can be forgotten', async () => {
    const nurse = await enrolledNurse(held, new TestBrowser(), 'several@example.org');
    await opened({}, async (page, context) => {
      const here = new TestBrowser();
      here.signedIn(await held.accounts.startSession(nurse.account, 'password', here.visit));
      await context.addCookies([{ name: 'session', value: here.value('session')!, url: base }]);
      await page.goto(`${base}/account`);
      assert.equal(await page.getByRole('button', { name: /^Sign out Firefox/ }).count(), 1);
      await page.getByRole('button', { name: /^Sign out Firefox/ }).click();
      assert.equal(await page.getByRole('button', { name: /^Sign out Firefox/ }).count(), 0);
      const devices = page.getByRole('button', { name: /^Forget/ });
      assert.equal(await devices.count(), 1, 'not the one in use');
      await devices.click();
      await page.waitForURL(`${base}/account`);
      assert.equal(await devices.count(), 0);
      assert.equal((await held.accounts.devicesOf(nurse.account)).length, 1);
    });
  });

  it('sends no program to a page, and asks who has a token for it in the same words', async () => {
    const page = await server.app.inject({ url: '/account', headers: { accept: 'text/html' } });
    assert.deepEqual([page.statusCode, page.headers.location], [303, '/sign-in?return=%2Faccount']);
    const program = await server.app.inject({ url: '/account', headers: { accept: 'application/json' } });
    assert.equal(program.statusCode, 401);
  });

  it('brings back to the page whose form was sent, and to no other site’s', async () => {
    const post = (referer: string) =>
      server.app.inject({
        method: 'POST',
        url: '/account/post',
        headers: { accept: 'text/html', host: 'ours.example', referer },
      });
    assert.equal(
      (await post('http://ours.example/account/post')).headers.location,
      '/sign-in?return=%2Faccount%2Fpost',
    );
    for (const referer of ['http://evil.example/account', 'nonsense', 'http://ours.example//evil.example'])
      assert.equal((await post(referer)).headers.location, '/sign-in?return=%2F', referer);
  });

  it('refuses a sign-in and a sign-out that another site sends', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    for (const url of ['/sign-in/password', '/sign-out', '/account/sign-out-everywhere', '/sign-in/passkey'])
      assert.equal((await server.app.inject({ method: 'POST', url, headers })).statusCode, 403, url);
  });

  it('lets one become the people of a demonstration by one click, and does not exist otherwise', async () => {
    const { account } = await newcomer();
    const person = { account, name: 'Nurse Oak', what: 'Nurse at Park View Surgery' };
    const payload = `account=${account}&return=%2Fpeople`;
    const form = {
      method: 'POST',
      url: '/sign-in/demonstration',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    } as const;

    const none = await server.app.inject({ ...form, payload });
    assert.equal(none.statusCode, 404);
    assert.doesNotMatch((await server.app.inject('/sign-in')).body, /demonstration/i);

    const port = await freePort();
    const address = `http://localhost:${port}`;
    const demo = await signInServer(held, address, { demonstration: { people: () => [person] } });
    try {
      const stranger = await demo.app.inject({
        ...form,
        payload: 'account=00000000-0000-0000-0000-000000000000',
      });
      assert.equal(stranger.statusCode, 404);
      await demo.listen('127.0.0.1', port);
      await opened({}, async (page) => {
        await page.goto(`${address}/sign-in?return=%2Fpeople`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(({ id }) => id),
          [],
        );
        await page.getByRole('button', { name: 'Nurse Oak, Nurse at Park View Surgery' }).click();
        await page.waitForURL(`${address}/people`);
        assert.match((await heading(page)) ?? '', /For Nurse Oak/);
      });
    } finally {
      await demo.close();
    }
  });
});
