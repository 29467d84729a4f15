/** Those who try what is not theirs in primary care: by address, by form, by words. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Task } from '@medplum/fhirtypes';
import { atStage, input, stageOf, taskCode } from '../src/fhir/primary-care.ts';
import type { Ending } from './support/ending.ts';
import { on, sent, wordsOf } from './support/form-walk.ts';
import { type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
before(async () => {
  product = await wholeProduct(ending);
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const as = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};
const json = { 'content-type': 'application/fhir+json' };
const put = async (
  resource: { readonly resourceType: string; readonly id: string } & Record<string, unknown>,
) => {
  const answer = await product.ask(`/fhir/${resource.resourceType}/${resource.id}`, {
    ...{ method: 'PUT', headers: { ...product.operator, ...json }, body: JSON.stringify(resource) },
  });
  assert.ok(answer.status < 300, answer.text);
};
const read = async <T>(path: string): Promise<T> =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text) as T;

async function request(id: string, more: Record<string, unknown> = {}): Promise<void> {
  await put({
    ...{ resourceType: 'QuestionnaireResponse', id: `${id}-words`, status: 'completed' },
    subject: { reference: 'Patient/demo-iris' },
    item: [{ linkId: 'words', text: 'What is it?', answer: [{ valueString: 'Zebrafever since Monday' }] }],
    ...more,
  });
  await put({
    ...{ resourceType: 'Task', id, ...atStage('waiting'), intent: 'order', priority: 'routine' },
    ...{ code: taskCode('help', 'Help'), for: { reference: 'Patient/demo-iris' } },
    ...{
      owner: { reference: 'Organization/demo-harbour' },
      focus: { reference: `QuestionnaireResponse/${id}-words` },
    },
    authoredOn: new Date(product.clock.now()).toISOString(),
    input: [input('mode', { valueCode: 'message' })],
  });
}

test('nobody of another practice, another patient or a stranger reads or does anything with a request', async () => {
  await request('a-one');
  const before_ = await read<Task>('Task/a-one');
  for (const name of ['Dr Huw Evans', 'Mr Tomasz Nowak', 'Mo Rahman', 'Mrs Carol Whitlock']) {
    const browser = await as(name);
    for (const path of [
      '',
      '/reply',
      '/ask',
      '/book',
      '/send',
      '/refer',
      '/urgency',
      '/assign',
      '/close',
      '/match',
      '/visit',
    ]) {
      const answer = await browser.get(`/triage/a-one${path}`);
      assert.ok([403, 404].includes(answer.status), `${name} ${path}: ${answer.status}`);
      assert.doesNotMatch(answer.text, /Zebrafever|Okafor/);
    }
    for (const path of ['/hold', '/take-over', '/help-out', '/undo', '/close', '/reply', '/assign']) {
      const answer = await browser.post(`/triage/a-one${path}`, {
        ...{ version: '1', reason: 'answered', words: 'x', after: 'close', to: 'nobody', note: '' },
        ...{ deed: '00000000-0000-8000-a000-000000000000', form: '00000000-0000-8000-a000-000000000001' },
      });
      assert.ok([403, 404].includes(answer.status), `${name} posts ${path}: ${answer.status}`);
    }
    for (const path of [
      '/consultations/new?request=a-one',
      '/get-help/requests/a-one',
      '/appointments/book/a-one',
    ])
      assert.ok([403, 404].includes((await browser.get(path)).status), `${name} ${path}`);
  }
  for (const path of ['/triage/a-one', '/triage/a-one/reply', '/consultations/new?request=a-one'])
    assert.equal((await product.browser().get(path)).status, 303, 'a stranger signs in first');
  assert.equal((await read<Task>('Task/a-one')).meta?.versionId, before_.meta?.versionId);
});

test('words under a label that a role is withheld are not shown to it in the queue, the request or beside a consultation', async () => {
  const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' };
  await request('a-label', { meta: { security: [label] } });
  const noor = await as('Noor Haddad');
  for (const path of ['/triage', '/triage/a-label']) {
    const page = await noor.get(path);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text.replaceAll(/href="[^"]*a-one"[\s\S]*?<\/a>/g, ''), /Zebrafever/, path);
  }
  const begun = await noor.get('/consultations/new?request=a-label');
  const page = await noor.get(String(begun.headers.get('location')));
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /Zebrafever/);
});

test('odd words are words: HTML, SQL, control characters and 100 KB, in what is asked and what is written', async () => {
  const iris = await as('Mrs Iris Okafor');
  const odd = `<img src=x onerror=alert(1)> '; drop table help_draft; -- \u0007\u001b \u202e {{ 7*7 }} \${x}`;
  let at = await on(iris, '/get-help', { words: odd });
  while (!at.startsWith('/get-help/requests/'))
    at = await on(iris, at, at.endsWith('/stop') ? { answer: 'on', sure: 'yes' } : {});
  const id = at.split('/').at(-1) ?? '';
  const asha = await as('Dr Asha Patel');
  const shown = await asha.get(`/triage/${id}`);
  assert.equal(shown.status, 200);
  assert.doesNotMatch(shown.text, /<img src=x/);
  assert.match(wordsOf(shown), /drop table/);
  const long = await sent(iris, '/get-help', { words: 'x'.repeat(100_000) });
  assert.equal(long.status, 422, wordsOf(long).slice(0, 200));
  const begun = await asha.get('/consultations/new?person=demo-iris');
  const consultation = await sent(asha, String(begun.headers.get('location')), {
    ...{ mode: 'telephone', problem: 'Odd', history: 'x'.repeat(100_000), plan: odd },
  });
  assert.equal(consultation.status, 422);
  assert.match(wordsOf(consultation), /must be 8000 characters or fewer/);
  const saved = await sent(asha, String(begun.headers.get('location')), {
    ...{ mode: 'telephone', problem: 'Odd', history: odd, plan: odd, safety: odd, summary: 'Plain' },
  });
  assert.ok([303, 422].includes(saved.status), String(saved.status));
  const documents = await iris.get('/my-record/demo-iris/documents');
  assert.doesNotMatch(documents.text, /<img src=x/);
});

test('forms that come from elsewhere, or with codes that were made up, do nothing', async () => {
  await request('a-forged');
  const asha = await as('Dr Asha Patel');
  const away = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  for (const path of [
    '/triage/a-forged/take-over',
    '/triage/a-forged/close',
    '/consultations/new',
    '/get-help',
  ])
    assert.ok([403, 404, 405].includes((await asha.post(path, { words: 'x' }, away)).status), path);
  await asha.get('/triage/a-forged');
  for (const typed of [
    { urgency: 'never', note: '' },
    { urgency: '', note: 'x' },
    { urgency: 'stat', version: 'NaN' },
  ])
    assert.equal((await sent(asha, '/triage/a-forged/urgency', typed)).status, 422);
  for (const typed of [
    { to: 'Practitioner/demo-huw', note: 'x' },
    { to: '../../x', note: 'x' },
  ])
    assert.equal((await sent(asha, '/triage/a-forged/send', typed)).status, 422);
  assert.equal(stageOf(await read<Task>('Task/a-forged')), 'waiting');
});
