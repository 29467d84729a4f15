/** What someone tries with a session, a token or a code that is not theirs, or not any more: on the whole product, over HTTP. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Bundle } from '@medplum/fhirtypes';
import { attack, bare, refused } from './support/attack.ts';
import { redirect } from './support/smart-app.ts';
import { codeFor, exchange, registerApp, tokenFor } from './support/whole-apps.ts';
import { type Answered, type BrowserOf, wholeProduct } from './support/whole-product.ts';

const minute = 60_000;
const day = 86_400_000;
const fhirJson = { 'content-type': 'application/fhir+json' };
const iris = 'Mrs Iris Okafor';

const product = await wholeProduct({ after });
const app = await registerApp(product, {
  name: 'Attacker’s app',
  scopes: 'launch/patient openid fhirUser patient/*.cruds patient/Observation.rs user/*.cruds',
});

const signedIn = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};
const bearer = async (name: string, scope: string) => ({
  authorization: `Bearer ${await tokenFor(product, await signedIn(name), app, scope)}`,
});
const asOperator = async (method: string, path: string, body?: unknown): Promise<Answered> => {
  const headers = { ...product.operator, ...fhirJson };
  const answer = await product.ask(path, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
};
const changed = async (path: string, change: (resource: Record<string, unknown>) => object) => {
  const { text } = await asOperator('GET', path);
  const resource: Record<string, unknown> = JSON.parse(text);
  await asOperator('PUT', path, { ...resource, ...change(resource) });
};

test('pages answer for another person’s ids as for ids that nobody has, and each try is in the audit log', async () => {
  const browser = await signedIn(iris);
  assert.equal((await browser.get('/people/demo-iris')).status, 200, 'her own opens');
  for (const [path, other, absent] of [
    ['/people/*', 'demo-sam', 'demo-nan'],
    ['/people/*/history', 'demo-sam', 'demo-nan'],
    ['/people/*/results', 'demo-walter', 'demo-nowhere'],
    ['/people/demo-iris/items/Condition/*', 'demo-sam-hayfever', 'demo-sam-nowhere'],
    ['/people/demo-iris/items/Observation/*/json', 'demo-walter-bp-1', 'demo-walter-bp-9'],
    ['/who-looked/*', 'demo-sam', 'demo-nan'],
  ] as const) {
    const tried = await refused(product, path, 404, (headers) =>
      browser.get(path.replace('*', other), headers),
    );
    const nothing = await browser.get(path.replace('*', absent));
    assert.equal(bare(tried.answer, other), bare(nothing, absent), `${path} tells that ${other} is there`);
  }
});

test('a form about another person changes nothing, and is in the audit log', async () => {
  const browser = await signedIn(iris);
  const { answer, events } = await attack(product, (headers) =>
    browser.post('/sharing/items/Condition/demo-sam-hayfever', { answer: 'keep' }, headers),
  );
  assert.equal(answer.status, 404);
  assert.ok(events.length > 0);
  const { text } = await asOperator('GET', '/fhir/Consent?patient=demo-sam');
  assert.equal(JSON.parse(text).total, 0);
});

test('the API answers a token for another person’s ids as for ids that nobody has', async () => {
  const headers = await bearer(iris, 'launch/patient patient/*.cruds');
  const get = (path: string) => (more: object) => product.ask(path, { headers: { ...headers, ...more } });
  assert.equal((await get('/fhir/Patient/demo-iris')({})).status, 200, 'her own opens');
  for (const [path, other, absent] of [
    ['/fhir/Patient/*', 'demo-sam', 'demo-nan'],
    ['/fhir/Condition/*', 'demo-sam-hayfever', 'demo-sam-nowhere'],
    ['/fhir/Condition/*/_history', 'demo-sam-hayfever', 'demo-sam-nowhere'],
    ['/fhir/Condition/*/_history/1', 'demo-sam-hayfever', 'demo-sam-nowhere'],
    ['/fhir/Patient/*/$everything', 'demo-sam', 'demo-nan'],
    // Hers, under another type.
    ['/fhir/Condition/*', 'demo-iris-bp-1', 'demo-iris-bp-9'],
  ] as const) {
    const tried = await refused(product, path, 404, get(path.replace('*', other)));
    const nothing = await get(path.replace('*', absent))({});
    assert.equal(bare(tried.answer, other), bare(nothing, absent), `${path} tells that ${other} is there`);
  }
  for (let n = 1; n <= 3; n += 1)
    await refused(product, 'ids in a row', 404, get(`/fhir/Observation/demo-walter-bp-${n}`));
});

test('searches of a token find nothing of others, by whatever way', async () => {
  const headers = await bearer(iris, 'launch/patient patient/*.cruds');
  for (const query of [
    'Condition?patient=demo-sam',
    'Condition?subject=Patient/demo-sam&_include=Condition:subject',
    'Condition?_id=demo-sam-hayfever',
    'Condition?patient.family=Reyes',
    'Patient?_id=demo-sam&_revinclude=Condition:subject',
    'Patient?identifier=9990002487',
    'Patient?_has:Condition:patient:code=191967001',
    'Patient/demo-sam/Condition',
  ]) {
    const { answer, events } = await attack(product, (more) =>
      product.ask(`/fhir/${query}`, { headers: { ...headers, ...more } }),
    );
    assert.ok(!/demo-sam|Reyes/.test(answer.text.replaceAll(/"url":"[^"]*"/g, '')), query);
    const { total, entry = [] } = JSON.parse(answer.text);
    assert.deepEqual([answer.status, total, entry.length], [200, 0, 0], query);
    assert.ok(events.length > 0, `${query} is in the log`);
  }
  const form = new URLSearchParams({ patient: 'demo-sam' });
  const posted = await product.ask('/fhir/Condition/_search', { method: 'POST', headers, body: form });
  assert.equal(JSON.parse(posted.text).total, 0);
});

test('writes to what is another’s are refused as writes to what nobody has, and recorded', async () => {
  const headers = await bearer('Dr Asha Patel', 'user/*.cruds');
  const write = (method: string, id: string, body?: unknown) => (more: object) =>
    product.ask(`/fhir/Condition/${id}`, {
      ...{ method, headers: { ...headers, ...fhirJson, ...more } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const about = (id: string) => ({
    ...{ resourceType: 'Condition', id, code: { text: 'Changed' } },
    subject: { reference: 'Patient/demo-walter' },
  });
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const body = (id: string) =>
      method === 'PUT'
        ? about(id)
        : method === 'PATCH'
          ? [{ op: 'add', path: '/code', value: { text: 'Changed' } }]
          : undefined;
    const type: Record<string, string> =
      method === 'PATCH' ? { 'content-type': 'application/json-patch+json' } : {};
    const send = (id: string) => (more: object) => write(method, id, body(id))({ ...type, ...more });
    const tried = await attack(product, send('demo-walter-heart'));
    const nothing = await send('demo-walter-nowhere')({});
    assert.ok(tried.answer.status >= 400, `${method}: ${tried.answer.status}`);
    assert.equal(
      bare(tried.answer, 'demo-walter-heart'),
      bare(nothing, 'demo-walter-nowhere'),
      `${method} tells that the entry is there`,
    );
    assert.ok(
      tried.events.some(({ outcome }) => outcome === '4'),
      method,
    );
  }
  const { text } = await asOperator('GET', '/fhir/Condition/demo-walter-heart');
  assert.equal(JSON.parse(text).meta.versionId, '1');
});

test('a token reads of the audit log no more than its scopes and its patient', async () => {
  const narrow = await bearer(iris, 'launch/patient patient/Observation.rs');
  await refused(product, 'AuditEvent without a scope', 403, (more) =>
    product.ask('/fhir/AuditEvent', { headers: { ...narrow, ...more } }),
  );
  const whole = await bearer(iris, 'launch/patient patient/*.cruds');
  const own = await product.ask('/fhir/AuditEvent?_count=200', { headers: whole });
  assert.equal(own.status, 200);
  assert.ok(!/demo-(sam|walter|jo|maya)/.test(own.text), 'nothing of others');
  const other = await product.ask('/fhir/AuditEvent?patient=demo-sam', { headers: whole });
  assert.equal(JSON.parse(other.text).total, 0, 'nothing where another is asked for');
});

test('what an app sends beside the content counts for nothing: ids, versions, times, and labels that it may not see', async () => {
  const headers = { ...(await bearer('Dr Lena Fischer', 'user/*.cruds')), ...fhirJson };
  const body = {
    ...{ resourceType: 'Condition', id: 'chosen', code: { text: 'Neuropathy' } },
    meta: { versionId: '9', lastUpdated: '2001-01-01T00:00:00Z' },
    subject: { reference: 'Patient/demo-iris' },
  };
  const made = await product.ask('/fhir/Condition', {
    ...{ method: 'POST', headers, body: JSON.stringify(body) },
  });
  assert.equal(made.status, 201, made.text);
  const kept = JSON.parse(made.text);
  assert.notEqual(kept.id, 'chosen');
  assert.equal(kept.meta.versionId, '1');
  assert.ok(!kept.meta.lastUpdated.startsWith('2001'));

  const veryRestricted = {
    meta: {
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }],
    },
  };
  const path = `/fhir/Condition/${kept.id}`;
  await changed(path, () => veryRestricted);
  const { meta: _, ...plain } = body;
  const bared = { ...plain, id: kept.id };
  for (const method of ['PUT', 'DELETE'])
    await refused(product, `${method} of what is withheld`, 403, (more) =>
      product.ask(path, {
        ...{ method, headers: { ...headers, ...more } },
        ...(method === 'PUT' ? { body: JSON.stringify(bared) } : {}),
      }),
    );
  const { text } = await asOperator('GET', path);
  assert.equal(JSON.parse(text).meta.security[0].code, 'V', 'the label stands');
});

test('pages of another role are refused, and the try is in the audit log', async () => {
  const patient = await signedIn(iris);
  const nurse = await signedIn('Noor Haddad');
  const administrator = await signedIn('Alex Moore');
  for (const [browser, path] of [
    [patient, '/api-clients'],
    [patient, '/emergency-access'],
    [patient, '/proxy-requests'],
    [nurse, '/api-clients/new'],
    [nurse, '/proxy-requests'],
    [nurse, '/sharing'],
    [nurse, '/accounts'],
    [nurse, '/governance/log.csv'],
    [nurse, '/governance/log'],
    [nurse, '/governance/findings'],
    [nurse, '/governance/emergencies'],
    [nurse, '/governance/questions'],
    [administrator, '/governance'],
    [administrator, '/emergency-access'],
  ] as const) {
    const { events } = await refused(product, path, 403, (headers) => browser.get(path, headers));
    if (path.startsWith('/governance')) assert.equal(events.length, 1, `${path} is in the log once`);
  }
  for (const path of ['findings/x', 'questions/x', 'emergencies/x']) {
    const form = { outcome: 'explained', note: 'x', answer: 'x' };
    const { events } = await refused(product, path, 403, (headers) =>
      nurse.post(`/governance/${path}`, form, headers),
    );
    assert.equal(events.filter(({ outcome }) => outcome === '4').length, 1, `${path} is in the log once`);
  }
});

test('an administrator gives themself no post, and has no say over patients’ accounts', async () => {
  const administrator = await signedIn('Alex Moore');
  const page = await product.browser().get('/sign-in');
  const accountOf = (name: string) =>
    new RegExp(`value="([^"]+)" aria-label="${name},`).exec(page.text)?.[1] ?? '';
  const post = (name: string, step: string) => (headers: object) =>
    administrator.post(`/accounts/${accountOf(name)}/${step}`, { role: 'gp', ods: 'A81001' }, { ...headers });
  await refused(product, 'a post for oneself', 403, post('Alex Moore', 'posts/new'));
  await refused(product, 'a link for oneself', 403, post('Alex Moore', 'link'));
  for (const step of ['link', 'stop', 'posts/new']) {
    const { status, text } = await post(iris, step)({});
    assert.equal(status, 404, step);
    assert.ok(!text.includes('Okafor'));
  }
});

test('who asked to act for someone sees nothing until it is decided', async () => {
  const jo = await signedIn('Ms Jo Lind');
  await refused(product, 'a child’s record', 404, (headers) => jo.get('/people/demo-maya', headers));
  await refused(product, 'a child’s log', 404, (headers) => jo.get('/who-looked/demo-maya', headers));
});

test('a choice not to share holds from the next request on, in pages and for apps, and so does its end', async () => {
  const lena = await signedIn('Dr Lena Fischer');
  const token = await bearer('Dr Lena Fischer', 'user/*.cruds');
  const page = (headers = {}) => lena.get('/people/demo-iris', headers);
  const api = (headers = {}) =>
    product.ask('/fhir/Condition/demo-iris-diabetes', { headers: { ...token, ...headers } });
  assert.deepEqual([(await page()).status, (await api()).status], [200, 200]);
  const owner = await signedIn(iris);
  const choose = async (answer: string) =>
    assert.equal((await owner.post('/sharing/organisations/demo-infirmary', { answer })).status, 303, answer);
  await choose('keep');
  await refused(product, 'a page after the choice', 404, page);
  await refused(product, 'a token after the choice', 404, api);
  await choose('share');
  assert.deepEqual([(await page()).status, (await api()).status], [200, 200]);
});

test('a session left open ends after its time without a request', async () => {
  const [patient, gp] = [await signedIn(iris), await signedIn('Dr Asha Patel')];
  product.pass(16 * minute);
  assert.equal((await patient.get('/people/demo-iris')).status, 200);
  const staff = await refused(product, 'staff after 16 minutes', 303, (headers) =>
    gp.get('/people/demo-iris', headers),
  );
  assert.equal(staff.answer.headers.get('location'), '/sign-in?return=%2Fpeople%2Fdemo-iris');
  product.pass(31 * minute);
  await refused(product, 'a patient after 31 minutes', 303, (headers) =>
    patient.get('/people/demo-iris', headers),
  );
});

test('an access token that has ended, or never was, opens nothing', async () => {
  const token = await bearer(iris, 'launch/patient patient/*.cruds');
  const read = (own: object) => (more: object) =>
    product.ask('/fhir/Patient/demo-iris', { headers: { ...own, ...more } });
  assert.equal((await read(token)({})).status, 200);
  product.pass(31 * minute);
  for (const [what, headers] of Object.entries({
    'a token that has ended': token,
    'a made-up token': { authorization: `Bearer ${'a'.repeat(43)}` },
    'a made-up password': { authorization: `Basic ${btoa('operator:guess')}` },
  })) {
    const { answer } = await refused(product, what, 401, read(headers));
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
  }
});

test('an account that is stopped is out at once, with its sessions and its apps', async () => {
  const nurse = await signedIn('Noor Haddad');
  const token = await bearer('Noor Haddad', 'user/*.cruds');
  const page = (headers = {}) => nurse.get('/people/demo-iris', headers);
  const api = (headers = {}) =>
    product.ask('/fhir/Condition/demo-iris-diabetes', { headers: { ...token, ...headers } });
  assert.deepEqual([(await page()).status, (await api()).status], [200, 200]);
  const administrator = await signedIn('Alex Moore');
  const list = await administrator.get('/accounts');
  const id = /href="\/accounts\/([^"]+)"[^>]*>(?:<[^>]+>)*Noor Haddad/.exec(list.text)?.[1];
  assert.ok(id !== undefined, 'the list names her');
  assert.equal((await administrator.post(`/accounts/${id}/stop`, {})).status, 303);
  await refused(product, 'her session', 303, page);
  await refused(product, 'her app', 401, api);
  assert.equal((await administrator.post(`/accounts/${id}/restore`, {})).status, 303);
  assert.equal((await page()).status, 303, 'a session that was ended does not come back');
});

test('a code that is used again gives nothing, and takes back what it gave', async () => {
  const code = await codeFor(await signedIn(iris), app, 'launch/patient patient/*.cruds');
  const first = JSON.parse((await exchange(product, app, code)).text).access_token;
  const read = (more: object) =>
    product.ask('/fhir/Patient/demo-iris', { headers: { authorization: `Bearer ${first}`, ...more } });
  assert.equal((await read({})).status, 200);
  await refused(product, 'the code again', 400, (headers) => exchange(product, app, code, { ...headers }));
  await refused(product, 'the token that it gave', 401, read);
});

test('a code sent from elsewhere, by another app or to another address gives nothing', async () => {
  const thief = await registerApp(product, { name: 'Thief', scopes: 'patient/Observation.rs' });
  const code = await codeFor(await signedIn(iris), app, 'launch/patient patient/Observation.rs');
  await refused(product, 'another app', 400, (headers) => exchange(product, thief, code, { ...headers }));
  const browser = await signedIn(iris);
  const asked = `/oauth/authorize?response_type=code&client_id=${app}&scope=patient/Observation.rs&redirect_uri=`;
  for (const evil of ['https://evil.example/', `${redirect}/../x`, `${redirect}@evil.example`]) {
    const { status, headers } = await browser.get(asked + encodeURIComponent(evil));
    assert.ok(!(headers.get('location') ?? '').startsWith(evil), `${status} ${evil}`);
  }
});

test('a relationship that ends closes the record at once: by a change of practice', async () => {
  const gp = await signedIn('Dr Huw Evans');
  assert.equal((await gp.get('/people/demo-rhys')).status, 200);
  // What he asked of the practice is a relationship of its own, as long as it is open and a month after.
  const asked = await product.ask('/fhir/Task?patient=demo-rhys&_elements=id&_count=100', {
    headers: product.operator,
  });
  const tasks = (JSON.parse(asked.text) as Bundle).entry ?? [];
  for (const { resource } of tasks)
    await changed(`/fhir/Task/${resource?.id}`, () => ({ status: 'entered-in-error' }));
  const to = (id: string) => ({ generalPractitioner: [{ reference: `Organization/${id}` }] });
  await changed('/fhir/Patient/demo-rhys', () => to('demo-harbour'));
  await refused(product, 'the former practice', 404, (headers) => gp.get('/people/demo-rhys', headers));
  const list = await gp.get('/people?name=Ashworth');
  assert.ok(!/href="\/people\/demo-rhys"/.test(list.text), 'nor does a list show the person');
  await changed('/fhir/Patient/demo-rhys', () => to('demo-hilltop'));
  assert.equal((await gp.get('/people/demo-rhys')).status, 200);
});

test('a relationship that ends closes the record at once: by time', async () => {
  await changed('/fhir/ServiceRequest/demo-theo-referral', () => ({ status: 'revoked' }));
  const before = await signedIn('Dr Lena Fischer');
  assert.equal(
    (await before.get('/people/demo-theo')).status,
    200,
    'still: they must read that it was called off',
  );
  product.pass(14 * day);
  const lena = await signedIn('Dr Lena Fischer');
  await refused(product, 'after the referral', 404, (headers) => lena.get('/people/demo-theo', headers));
  const token = await bearer('Dr Lena Fischer', 'user/*.cruds');
  await refused(product, 'after the referral, by an app', 404, (headers) =>
    product.ask('/fhir/Condition/demo-theo-glue-ear', { headers: { ...token, ...headers } }),
  );
});

test('a task that someone writes opens no record that was closed to them', async () => {
  for (const [name, organisation] of [
    ['Ben Carter', 'demo-harbour'],
    ['Noor Haddad', 'demo-harbour'],
    ['Dr Yusuf Demir', 'demo-infirmary'],
  ] as const) {
    const token = await bearer(name, 'user/*.cruds');
    const task = {
      ...{ resourceType: 'Task', status: 'requested', intent: 'order', authoredOn: '2026-11-22T09:00:00Z' },
      ...{ for: { reference: 'Patient/demo-sam' }, owner: { reference: `Organization/${organisation}` } },
    };
    const before = await product.ask('/fhir/Patient/demo-sam', { headers: token });
    const body = JSON.stringify(task);
    await product.ask('/fhir/Task', { method: 'POST', headers: { ...token, ...fhirJson }, body });
    const after_ = await product.ask('/fhir/Patient/demo-sam', { headers: token });
    assert.equal(after_.status, before.status, `${name}: ${before.status} before`);
  }
});
