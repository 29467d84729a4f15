/** Choosing what one is told of, in a browser, without script; and what strangers and others try. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { type MailSink, mailSink } from './support/mail-sink.ts';
import { type Product, startProduct } from './support/product.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughline-notifications-'));
chmodSync(folder, 0o755); // the database runs as another user
const token = 'q8Zr0vWn3LkT5yXb7JmC2dHf6PsA9eGu';
let product: Product;
let browser: Browser;
let sink: MailSink;
const visits: BrowserContext[] = [];
const endings: (() => Promise<void>)[] = [];

before(async () => {
  sink = await mailSink({ after: (work) => void endings.push(work) });
  product = await startProduct(folder, {
    ...{ DEMO_PEOPLE: '0', ACCESS_TOKEN: token, SMTP_URL: sink.url, MAIL_FROM: 'no-reply@care.example' },
  });
  browser = await launchBrowser();
});
after(async () => {
  for (const visit of visits) await visit.close();
  await browser?.close();
  await product?.stop();
  for (const work of endings) await work();
  rmSync(folder, { recursive: true, force: true });
});

async function as(name: string | undefined, width = 1280, javaScriptEnabled = false): Promise<Page> {
  const visit = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 900 }, javaScriptEnabled },
  });
  visits.push(visit);
  const page = await visit.newPage();
  if (name === undefined) return page;
  await page.goto('/sign-in');
  await page.getByRole('button', { name }).click();
  await page.getByText(name).first().waitFor();
  return page;
}

const until = async <T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
  for (let waited = 0; waited < 20_000; waited += 100) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(100);
  }
  throw new Error(`It did not come: ${what}`);
};

const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();
const words = (page: Page) => page.locator('main').innerText();
/** Nobody is disturbed at the hour of the test otherwise. */
const neverQuiet = async (page: Page) => {
  await page.selectOption('#quiet-from', '0');
  await page.selectOption('#quiet-until', '0');
};

const put = async (resource: { readonly resourceType: string; readonly id: string }) => {
  const answer = await fetch(`${product.url}/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
};

test('an address is used when its code has come back; then what is new is told there, and stopped by its link', async () => {
  const page = await as('Iris Okafor');
  await page.goto('/notifications/email');
  await page.fill('#address', 'iris(at)home');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  assert.match(await words(page), /There is a problem[\s\S]*correct format/);
  assert.equal(await page.inputValue('#address'), 'iris(at)home', 'what was typed stays');
  await page.fill('#address', 'iris@home.example');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  assert.match(page.url(), /\/notifications\/email\/code$/);
  const mail = await until('the code', () => sink.mails.find(({ to }) => to === 'iris@home.example'));
  assert.equal(mail.headers['list-unsubscribe'], undefined, 'there is nothing to stop yet');
  const code = /\d{6}/.exec(mail.headers['subject'] ?? '')?.[0] ?? '';
  await page.fill('#code', code === '111111' ? '222222' : '111111');
  await page.getByRole('button', { name: 'Confirm' }).click();
  assert.match(await words(page), /The code is not right/);
  await page.fill('#code', `${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole('button', { name: 'Confirm' }).click();
  assert.match(await words(page), /Confirmed\. We can now tell you there/);
  await neverQuiet(page);
  await save(page);
  assert.match(await words(page), /Your choices are saved/);

  const iris = { reference: 'Patient/demo-iris' };
  await put({
    ...{ resourceType: 'Communication', id: 'told-1', status: 'completed', subject: iris, recipient: [iris] },
    ...{ sent: new Date().toISOString(), payload: [{ contentString: 'Your foot ulcer is infected' }] },
  } as { resourceType: string; id: string });
  const told = await until('the message', () =>
    sink.mails.find(({ to, headers }) => to === 'iris@home.example' && headers['list-unsubscribe']),
  );
  assert.equal(told.headers['subject'], 'You have a new message');
  assert.doesNotMatch(told.text, /ulcer|Iris|demo-iris/);
  assert.ok(!sink.mails.some(({ to }) => !to.endsWith('@home.example')), 'it went to nobody else');

  const stop = /<(.+)>/.exec(told.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
  const stranger = await as(undefined);
  await stranger.goto(stop);
  assert.doesNotMatch(await words(stranger), /iris/i, 'the page does not say whose address it is');
  const still = await as('Iris Okafor');
  await still.goto('/notifications');
  assert.doesNotMatch(await words(still), /Stopped/, 'a mail program that follows links stops nothing');
  // As mail programs do by themselves (RFC 8058): without a cookie.
  const oneClick = await fetch(stop, {
    ...{ method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), redirect: 'manual' },
  });
  assert.equal(oneClick.status, 303);
  await still.goto('/notifications');
  assert.match(await words(still), /iris@home\.example\s+Stopped/);
  assert.ok(await still.isChecked('#never-2, [name="never"][value="email"]'));
});

test('a link to stop emails that was changed or made up stops nothing', async () => {
  for (const made of ['x', 'A'.repeat(43), '..%2f..'])
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${product.url}/notifications/stop/${made}`, { method, redirect: 'manual' });
      assert.ok([303, 404].includes(answer.status), `${method} ${made}: ${answer.status}`);
    }
  const page = await as('Tomasz Nowak');
  await page.goto('/notifications');
  assert.doesNotMatch(await words(page), /Stopped/);
});

test('choices are kept as chosen, and a form that no browser sends changes none', async () => {
  const page = await as('Sam Reyes');
  await page.goto('/notifications');
  await page.locator('[name="results"][value="email"]').uncheck();
  await page.locator('[name="messages"][value="text"]').check();
  await page.selectOption('#quiet-from', '21');
  await page.locator('[name="language"][value="cy"]').check();
  await save(page);
  await page.goto('/notifications');
  assert.equal(await page.isChecked('[name="results"][value="email"]'), false);
  assert.equal(await page.isChecked('[name="messages"][value="text"]'), true);
  assert.equal(await page.inputValue('#quiet-from'), '21');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const bad = await fetch(`${product.url}/notifications`, {
    method: 'POST',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ messages: 'pigeon', 'quiet-from': '99', 'quiet-until': '', language: 'xx' }),
    redirect: 'manual',
  });
  assert.equal(bad.status, 422);
  const said = await bad.text();
  for (const wanted of [
    /Select from the ways/,
    /when quiet hours begin/,
    /when quiet hours end/,
    /Select a language/,
  ])
    assert.match(said, wanted);
  await page.goto('/notifications');
  assert.equal(await page.inputValue('#quiet-from'), '21');
});

test('browsers are given and taken away by their own person alone, and only addresses of push services are taken', async () => {
  const cookieOf = async (page: Page) =>
    (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const iris = await cookieOf(await as('Iris Okafor'));
  const anita = await cookieOf(await as('Anita Desai'));
  const add = (cookie: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${product.url}/notifications/browsers`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
      body: JSON.stringify(body),
    });
  const remove = (cookie: string, id: string) =>
    fetch(`${product.url}/notifications/browsers/${id}/remove`, {
      ...{ method: 'POST', redirect: 'manual' },
      headers: { cookie, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    });
  const keys = {
    p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
    auth: 'tBHItJI5svbpez7KI4CCXg',
  };
  const good = { endpoint: 'https://push.example/send/abc', expirationTime: null, keys };
  const answer = await add(iris, good);
  assert.equal(answer.status, 201);
  const { id } = (await answer.json()) as { id: string };
  assert.equal((await remove(anita, id)).status, 404);
  assert.equal((await remove(anita, 'nothing')).status, 404);
  for (const bad of [
    { ...good, endpoint: 'http://push.example/' },
    { ...good, endpoint: 'file:///etc/passwd' },
    { ...good, keys: { ...keys, p256dh: 'AAAA' } },
    { ...good, keys: {} },
    [],
    null,
  ])
    assert.ok([400, 422].includes((await add(iris, bad)).status), JSON.stringify(bad));
  assert.equal((await add('', good)).status, 401);
  assert.equal((await add(iris, good, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await remove(iris, id)).status, 303);
  assert.equal((await remove(iris, id)).status, 404);
});

test('strangers are sent to sign in, and staff are told that these pages are not theirs', async () => {
  const stranger = await as(undefined);
  const gp = await as('Dr Asha Patel');
  for (const path of ['/notifications', '/notifications/email', '/notifications/text/code', '/outbox']) {
    await stranger.goto(path);
    assert.match(stranger.url(), /\/sign-in\?return=/, path);
    assert.equal((await gp.goto(path))?.status(), path === '/outbox' ? 200 : 403, path);
  }
});

test('every page reads well at 320 px, with nothing that axe finds', async () => {
  const page = await as('Iris Okafor', 320, true);
  const code = '/notifications/email/code';
  for (const path of ['/notifications', '/notifications/email', code, '/notifications/stop/x', '/outbox']) {
    await page.goto(path);
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      [],
      path,
    );
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(wide <= 320, `${path} is ${wide} px wide`);
  }
});

test('a notification that comes twice shows once, and leads to no other site', async () => {
  const page = await as('Iris Okafor', 1280, true);
  await page.context().grantPermissions(['notifications'], { origin: product.url });
  const devtools = await page.context().newCDPSession(page);
  let worker: string | undefined;
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    worker = registrations.at(-1)?.registrationId ?? worker;
  });
  await devtools.send('ServiceWorker.enable');
  await page.goto('/notifications');
  const ready = 'navigator.serviceWorker.ready';
  await page.evaluate(`${ready}.then(() => true)`);
  const registrationId = await until('the service worker', () => worker);
  const push = (data: string) =>
    devtools.send('ServiceWorker.deliverPushMessage', { origin: product.url, registrationId, data });
  const told = { title: 'You have a new letter', body: 'Open it.', tag: 'one', lang: 'en' };
  await push(JSON.stringify({ ...told, url: '/my-record/demo-iris/documents' }));
  await push(JSON.stringify({ ...told, url: '/my-record/demo-iris/documents' }));
  await push(JSON.stringify({ ...told, tag: 'two', url: 'https://elsewhere.example/my-record' }));
  await push('nonsense');
  const shown = await until('the notifications', async () => {
    const all = await page.evaluate<[string, string, string][]>(
      `${ready}.then((one) => one.getNotifications()).then((all) => all.map((n) => [n.title, n.tag, n.data.url]))`,
    );
    return all.length >= 3 ? all : undefined;
  });
  assert.deepEqual(shown.toSorted(), [
    ['Throughline', '', `${product.url}/`],
    ['You have a new letter', 'one', `${product.url}/my-record/demo-iris/documents`],
    ['You have a new letter', 'two', `${product.url}/`],
  ]);
});
