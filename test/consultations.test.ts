/** A consultation over the whole product, by pages without script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Bundle, Provenance, Task } from '@medplum/fhirtypes';
import { atStage, stageOf, taskCode } from '../src/fhir/primary-care.ts';
import { textOfPdf } from '../src/services/my-record/pdf-text.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let asha: BrowserOf;
let iris: BrowserOf;
before(async () => {
  product = await wholeProduct(ending);
  [asha, iris] = [product.browser(), product.browser()];
  await asha.become('Dr Asha Patel');
  await iris.become('Mrs Iris Okafor');
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const ask = async (path: string) =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text);
const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const hiddenOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/type="hidden"(?: id="[^"]*")? name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );
const locationOf = (answer: Answered): string => String(answer.headers.get('location'));
const begin = async (query: string): Promise<string> => {
  const answer = await asha.get(`/consultations/new?${query}`);
  assert.equal(answer.status, 303, wordsOf(answer));
  return locationOf(answer);
};

describe('a consultation', () => {
  it('is written beside the record, coded from what is loaded, saved whole, and seen by the patient at once', async () => {
    const request: Task = {
      ...{
        resourceType: 'Task',
        id: 'c-request',
        ...atStage('waiting'),
        intent: 'order',
        priority: 'routine',
      },
      ...{
        code: taskCode('help', 'Cough'),
        description: 'Cough',
        owner: { reference: 'Organization/demo-harbour' },
      },
      for: { reference: 'Patient/demo-iris' },
      authoredOn: new Date(product.clock.now()).toISOString(),
    };
    await product.ask('/fhir/Task/c-request', {
      method: 'PUT',
      headers: { ...product.operator, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(request),
    });
    const path = await begin('request=c-request');
    const page = await asha.get(path);
    assert.equal(page.status, 200);
    assert.match(wordsOf(page), /What they asked Cough/);
    const codes = JSON.parse((await asha.get('/consultations/codes?q=pneum')).text) as { value: string }[];
    assert.equal(codes[0]?.value, 'http://snomed.info/sct|233604007');
    const year = new Date(product.clock.now()).getUTCFullYear() + 1;
    const typed = {
      ...{
        ...hiddenOf(page.text),
        mode: 'telephone',
        known: '',
        problem: 'Pneumonia',
        code: codes[0]?.value ?? '',
      },
      ...{
        keep: 'yes',
        history: 'Fever <b>since</b> Monday',
        plan: 'Antibiotics',
        systolic: '128',
        diastolic: '76',
      },
      ...{
        temperature: '38.4',
        'medicine-1': 'Doxycycline 100 mg',
        'dose-1': 'One a day',
        'quantity-1': '7',
      },
      ...{
        tests: 'crp',
        'refer-to': 'Organization/demo-infirmary',
        'refer-service': 'X-ray',
        'refer-reason': 'Chest',
      },
      ...{ fit: 'not-fit', 'fit-reason': 'Pneumonia', 'fit-adjust': '', care: 'Call in 3 days' },
      ...{ 'fit-from-day': '4', 'fit-from-month': '1', 'fit-from-year': String(year) },
      ...{ 'fit-until-day': '14', 'fit-until-month': '1', 'fit-until-year': String(year) },
      ...{ safety: 'Call 999 if you cannot breathe', summary: 'You have a chest infection.', next: 'close' },
    };
    const saved = await asha.post(path, typed);
    assert.equal(saved.status, 303, wordsOf(saved));
    const encounter = /encounter=([^&]+)/.exec(locationOf(saved))?.[1] ?? '';
    const of = async (type: string) => (await ask(`${type}?encounter=Encounter/${encounter}`)) as Bundle;
    for (const [type, count] of [
      ...([
        ['Condition', 1],
        ['Observation', 2],
        ['MedicationRequest', 1],
        ['ServiceRequest', 2],
      ] as const),
      ...([
        ['Composition', 1],
        ['DocumentReference', 1],
      ] as const),
    ])
      assert.equal((await of(type)).entry?.length, count, type);
    assert.equal(stageOf(await ask('Task/c-request')), 'closed');
    const provenance = (await ask(`Provenance?target=Encounter/${encounter}`)) as Bundle<Provenance>;
    assert.ok((provenance.entry?.[0]?.resource?.target?.length ?? 0) >= 9);
    assert.match(wordsOf(await iris.get('/my-record/demo-iris/messages')), /You have a chest infection/);
    assert.match(wordsOf(await iris.get('/my-record/demo-iris/conditions')), /Pneumonia/);
    const letters = await iris.get('/my-record/demo-iris/documents');
    assert.match(wordsOf(letters), /Fit note/);
    const letter = (await of('DocumentReference')).entry?.[0]?.resource as {
      content: { attachment: { url: string } }[];
    };
    const file = await product.ask(`/fhir/${letter.content[0]?.attachment.url}`, {
      headers: { ...product.operator, accept: 'application/fhir+json' },
    });
    const { data } = JSON.parse(file.text) as { data: string };
    const text = textOfPdf(Buffer.from(data, 'base64'));
    assert.match(JSON.stringify(text), /you are not fit for work/);

    const again = await asha.post(path, typed);
    assert.equal(locationOf(again), locationOf(saved), 'sent twice, it is saved once');
    assert.equal((await asha.get(path)).status, 404, 'nobody goes on with what is saved');
    assert.equal((await of('Condition')).entry?.length, 1);
  });

  it('keeps what was typed as a draft, for its writer alone, and says what is wrong without losing it', async () => {
    const path = await begin('person=demo-iris');
    assert.equal(await begin('person=demo-iris'), path, 'one draft for one thing');
    const kept = await asha.post(
      `${path}/draft`,
      { history: 'Half a sentence', problem: 'Tired' },
      { accept: 'application/json' },
    );
    assert.equal(kept.status, 200, kept.text);
    assert.match((await asha.get(path)).text, /Half a sentence/);
    const begun = await asha.get(`${path}?template=back-pain`);
    assert.match(begun.text, /Half a sentence/, 'a template fills what is empty');
    assert.match(begun.text, /Straight leg raise:/);
    const noor = product.browser();
    await noor.become('Noor Haddad');
    assert.equal((await noor.get(path)).status, 404);
    assert.equal((await noor.post(`${path}/draft`, { history: 'x' })).status, 404);
    const page = await asha.get(path);
    const wrong = await asha.post(path, {
      ...hiddenOf(page.text),
      mode: '',
      history: 'Half a sentence',
      problem: 'Tired',
      'medicine-1': 'Iron',
    });
    assert.equal(wrong.status, 422);
    assert.match(wordsOf(wrong), /Select how you met/);
    assert.match(wrong.text, /Half a sentence/);
    const half = await asha.post(path, {
      ...hiddenOf(wrong.text),
      mode: 'video',
      history: 'x',
      problem: 'Tired',
      'medicine-1': 'Iron',
    });
    assert.match(wordsOf(half), /Enter how to take Iron/);
    assert.equal((await asha.post(`${path}/throw-away`, {})).status, 303);
    assert.equal((await asha.get(path)).status, 404);
  });

  it('is for clinicians, about those in their care', async () => {
    assert.equal((await iris.get('/consultations/new?person=demo-iris')).status, 403);
    assert.equal((await asha.get('/consultations/new?person=demo-walter')).status, 404);
    assert.equal((await asha.get('/consultations/new?person=%27')).status, 404);
    const ben = product.browser();
    await ben.become('Ben Carter');
    assert.equal((await ben.get('/consultations/new?person=demo-iris')).status, 403);
    const huw = product.browser();
    await huw.become('Dr Huw Evans');
    assert.equal((await huw.get('/consultations/new?request=c-request')).status, 404);
  });
});
