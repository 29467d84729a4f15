/** What people and apps see in a browser: fhirclient's standalone launch, and the pages of apps and API clients. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { putAll } from './support/pages-app.ts';
import { people } from './support/people.ts';
import { authorizeUrl, smartApp } from './support/smart-app.ts';

const fhirclient = readFileSync(
  join(import.meta.dirname, '../node_modules/fhirclient/build/fhir-client.min.js'),
);

/** An app of somebody else's, on an address of its own: starts a launch, and shows the patient when it comes back. */
async function someonesApp(t: test.TestContext) {
  let client = '';
  let fhir = '';
  const scope = 'launch/patient patient/Patient.rs patient/Observation.rs openid fhirUser offline_access';
  const page = (script: string) =>
    `<!DOCTYPE html><title>App</title><p id="out">…</p><script src="/fhir-client.js"></script><script>${script}</script>`;
  const server = createServer((request, answer) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/fhir-client.js')
      return answer.setHeader('content-type', 'text/javascript').end(fhirclient);
    answer.setHeader('content-type', 'text/html; charset=utf-8');
    if (path === '/launch.html') {
      const options = { clientId: client, scope, redirectUri: 'app.html', iss: fhir, pkceMode: 'required' };
      return answer.end(page(`FHIR.oauth2.authorize(${JSON.stringify(options)});`));
    }
    if (path === '/app.html')
      return answer.end(
        page(`
          const out = (text) => { document.getElementById('out').textContent = text; };
          FHIR.oauth2.ready().then(async (client) => {
            const patient = await client.patient.read();
            const found = await client.request('Observation?_count=5&patient=' + client.patient.id);
            const refreshed = await client.refresh();
            const again = await client.patient.read();
            out([patient.name[0].family, found.entry.length, client.user.fhirUser, again.id,
              !!refreshed.tokenResponse.access_token].join(' | '));
          }).catch((error) => out('failed: ' + error));
        `),
      );
    return answer.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // listening on a port
  return {
    origin: `http://127.0.0.1:${port}`,
    set(id: string, base: string) {
      client = id;
      fhir = base;
    },
  };
}

async function signedIn(
  browser: Browser,
  baseUrl: string,
  who: string,
  width = 1000,
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  await context.addCookies([{ name: 'who', value: who, url: baseUrl }]);
  return context;
}

async function checkPage(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  assert.deepEqual(
    violations.map((one) => [one.id, one.nodes.map((node) => node.target.join())]),
    [],
    page.url(),
  );
  const wide = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.equal(wide, 0, `${page.url()} is wider than the screen`);
}

test('apps and API clients in a browser', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const app = await smartApp(t);
  await putAll(app.record, people);

  await t.test('fhirclient completes a standalone launch and reads the patient', async (t) => {
    const theirs = await someonesApp(t);
    const { client } = await app.smart.clients.add({
      name: 'Growth charts',
      kind: 'app',
      proof: 'none',
      redirects: [`${theirs.origin}/app.html`],
      scopes: ['launch/patient', 'patient/*.rs', 'openid', 'fhirUser', 'offline_access'],
      inspects: false,
    });
    theirs.set(client.id, `${app.baseUrl}/fhir`);
    const context = await signedIn(browser, app.baseUrl, 'margaret');
    const page = await context.newPage();
    await page.goto(`${theirs.origin}/launch.html`);
    await page.waitForURL(`${app.baseUrl}/app-consent/*`);
    await checkPage(page);
    assert.match((await page.textContent('main')) ?? '', /Mrs Margaret Ann Ashworth/);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForURL(`${theirs.origin}/app.html*`);
    await page.waitForFunction("document.getElementById('out').textContent !== '…'");
    assert.equal(await page.textContent('#out'), 'Ashworth | 5 | Patient/margaret | margaret | true');
    await page.goto(`${app.baseUrl}/app-consent`);
    await checkPage(page);
    await page.getByRole('button', { name: 'End access of Growth charts' }).click();
    assert.match((await page.textContent('main')) ?? '', /No app has access in your name/);
    await context.close();
  });

  await t.test('a member of staff finds the patient on a narrow screen', async () => {
    const { client } = await app.smart.clients.add({
      name: 'Risk calculator',
      kind: 'app',
      proof: 'none',
      redirects: ['https://app.example/callback'],
      scopes: ['launch/patient', 'patient/*.cruds', 'user/*.rs'],
      inspects: false,
    });
    const context = await signedIn(browser, app.baseUrl, 'patel', 320);
    const page = await context.newPage();
    await page.goto(
      authorizeUrl(app.baseUrl, client.id, {
        scope: 'launch/patient patient/Observation.cruds patient/Condition.rs user/Patient.rs',
      }),
    );
    await checkPage(page);
    await page.getByLabel('Find the person').fill('ashworth');
    await page.getByRole('button', { name: 'Find' }).click();
    await checkPage(page);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    assert.match(await page.title(), /^Error: /);
    await checkPage(page);
    await context.close();
  });

  await t.test('an administrator registers, changes and switches off an app', async () => {
    const context = await signedIn(browser, app.baseUrl, 'admin', 320);
    const page = await context.newPage();
    await page.goto(`${app.baseUrl}/api-clients`);
    await checkPage(page);
    await page.getByRole('button', { name: 'Register an app or system' }).click();
    await checkPage(page);
    await page.getByRole('button', { name: 'Register' }).click();
    assert.match(await page.title(), /^Error: /);
    await checkPage(page);
    await page.getByLabel('Name').fill('Diary & co');
    await page.getByLabel('An app with a server and a secret').check();
    await page.getByLabel('Scopes').fill('launch/patient\npatient/Observation.rs nonsense');
    await page.getByLabel('Addresses that people return to').fill('http://evil.example/cb');
    await page.getByRole('button', { name: 'Register' }).click();
    const faults = (await page.textContent('.nhsuk-error-summary')) ?? '';
    assert.match(faults, /nonsense is not a scope/);
    assert.match(faults, /evil\.example\/cb is not an address/);
    assert.equal(await page.getByLabel('Name').inputValue(), 'Diary & co');
    await page.getByLabel('Scopes').fill('launch/patient\npatient/Observation.rs');
    await page.getByLabel('Addresses that people return to').fill('https://diary.example/cb');
    await page.getByRole('button', { name: 'Register' }).click();
    await checkPage(page);
    const secret = (await page.textContent('#secret')) ?? '';
    assert.match(secret, /^[A-Za-z0-9_-]{43}$/);
    await page.getByRole('link', { name: 'I have copied it' }).click();
    await checkPage(page);
    assert.ok(!(await page.content()).includes(secret));
    await page.getByRole('button', { name: 'Change' }).click();
    await checkPage(page);
    await page.getByLabel('Name').fill('Diary');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.equal(await page.textContent('h1'), 'Diary');
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    assert.notEqual(await page.textContent('#secret'), secret);
    await page.goBack();
    await page.getByRole('button', { name: 'Switch off' }).click();
    assert.match((await page.textContent('main')) ?? '', /it gets no access/);
    await checkPage(page);
    const [diary] = (await app.smart.clients.list()).filter(({ name }) => name === 'Diary');
    assert.ok(diary?.disabled);
    assert.equal(app.events.filter(({ kind }) => kind === 'client-changed').length, 4);
    await context.close();
  });

  await t.test('a system is registered with its key and whose records it may use', async () => {
    const context = await signedIn(browser, app.baseUrl, 'admin');
    const page = await context.newPage();
    await page.goto(`${app.baseUrl}/api-clients/new`);
    await page.getByLabel('Name').fill('Hospital');
    await page.getByLabel('A system that acts for itself').check();
    await page.getByLabel('Scopes').fill('system/Patient.rs');
    await page.getByLabel('Public keys').fill('https://hospital.example/jwks');
    await page.getByLabel('People whom certain organisations care for').check();
    await page.getByLabel('Organisations (systems)').fill('Organization/hospital');
    await page.getByRole('button', { name: 'Register' }).click();
    await checkPage(page);
    assert.match((await page.textContent('main')) ?? '', /people cared for by Organization\/hospital/);
    const [system] = (await app.smart.clients.list()).filter(({ name }) => name === 'Hospital');
    assert.equal(system?.jwksUri, 'https://hospital.example/jwks');
    assert.deepEqual(system?.reach?.parties, ['Organization/hospital']);
    await context.close();
  });

  await t.test('nobody but an administrator opens those pages', async () => {
    const id = (await app.smart.clients.list())[0]?.id ?? '';
    const ways = [
      ['GET', ''],
      ['GET', '/new'],
      ['POST', '/new'],
      ['GET', `/${id}`],
      ['GET', `/${id}/edit`],
      ['POST', `/${id}/edit`],
      ['POST', `/${id}/secret`],
      ['POST', `/${id}/off`],
      ['POST', `/${id}/on`],
    ] as const;
    for (const [method, path] of ways)
      for (const [who, wanted] of [
        ['margaret', 403],
        ['patel', 403],
        ['nobody', 303],
      ] as const) {
        const answer = await fetch(`${app.baseUrl}/api-clients${path}`, {
          method,
          redirect: 'manual',
          headers: { cookie: `who=${who}` },
          ...(method === 'POST' ? { body: new URLSearchParams({ name: 'x' }) } : {}),
        });
        assert.equal(answer.status, wanted, `${method} ${path} by ${who}`);
      }
  });
});
