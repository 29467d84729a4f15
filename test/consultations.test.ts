/** A consultation over the whole product, by pages without script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Bundle, CarePlan, Condition, Provenance, Task } from '@medplum/fhirtypes';
import { atStage, stageOf, taskCode } from '../src/fhir/primary-care.ts';
import { openDatabase } from '../src/platform/database.ts';
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
const put = async (
  resource: { readonly resourceType: string; readonly id: string } & Record<string, unknown>,
) => {
  const answer = await product.ask(`/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { ...product.operator, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  assert.ok(answer.status < 300, answer.text);
};
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

  it('is saved once, whichever page of it is sent, also where the process was killed after it was written', async () => {
    const database = await openDatabase({ url: product.databaseUrl });
    try {
      const path = await begin('person=demo-iris');
      const [one, two] = [await asha.get(path), await asha.get(path)];
      const typed = { mode: 'video', problem: 'Itchy scalp', history: 'A week', summary: 'Use the shampoo.' };
      const saved = await asha.post(path, { ...hiddenOf(one.text), ...typed });
      assert.equal(saved.status, 303, wordsOf(saved));
      // Killed after it was written, before the draft was put away and the form was noted as done.
      await database.pool`delete from form_receipt where form = ${path}`;
      const id = path.split('/').at(-1) ?? '';
      await database.pool`update consultation_draft set finished = false where id = ${id}`;
      const again = await asha.post(path, { ...hiddenOf(two.text), ...typed });
      assert.equal(locationOf(again), locationOf(saved));
      const found = (await ask('Condition?patient=Patient/demo-iris&_count=200')) as Bundle<Condition>;
      assert.equal(found.entry?.filter(({ resource }) => resource?.code?.text === 'Itchy scalp').length, 1);
      const messages = wordsOf(await iris.get('/my-record/demo-iris/messages'));
      assert.equal(messages.split('Use the shampoo.').length, 2, 'one message');
      await database.pool`update consultation_draft set finished = false where id = ${id}`;
      assert.equal((await asha.get(path)).status, 404, 'nobody goes on with what is saved');
    } finally {
      await database.close();
    }
  });

  it('holds the request while it is written, and says who else has it open', async () => {
    const noor = product.browser();
    await noor.become('Noor Haddad');
    await put({
      ...{ resourceType: 'Task', id: 'c-held', ...atStage('waiting'), intent: 'order', priority: 'routine' },
      ...{ code: taskCode('help', 'Rash'), for: { reference: 'Patient/demo-iris' } },
      owner: { reference: 'Organization/demo-harbour' },
      authoredOn: new Date(product.clock.now()).toISOString(),
    });
    const path = await begin('request=c-held');
    assert.doesNotMatch(wordsOf(await asha.get(path)), /open too/);
    assert.match(wordsOf(await noor.get('/triage/c-held')), /Dr Asha Patel has this request open/);
    await noor.post('/triage/c-held/take-over', {});
    assert.match(wordsOf(await asha.get(path)), /Noor Haddad has this request open too/);
    assert.equal((await asha.post(`${path}/throw-away`, {})).status, 303);
  });

  it('never says that an appointment of others, or one that was called off, took place', async () => {
    const appointment = (id: string, place: string, status: string, person = 'demo-iris') =>
      put({
        ...{
          resourceType: 'Appointment',
          id,
          status,
          start: '2026-12-01T09:00:00Z',
          end: '2026-12-01T09:10:00Z',
        },
        participant: [
          { actor: { reference: `Patient/${person}` }, status: 'accepted' },
          { actor: { reference: place }, status: 'accepted' },
        ],
      });
    const sites = (await ask('Location?organization=Organization/demo-harbour&_count=1')) as Bundle;
    const ours = `Location/${sites.entry?.[0]?.resource?.id}`;
    const hospital = (await ask('Location?organization=Organization/demo-infirmary&_count=1')) as Bundle;
    await appointment('c-theirs', `Location/${hospital.entry?.[0]?.resource?.id}`, 'booked');
    assert.equal((await asha.get('/consultations/new?appointment=c-theirs')).status, 404);
    await appointment('c-ours', ours, 'booked', 'demo-tomasz');
    assert.equal((await asha.get('/consultations/new?request=c-held&appointment=c-ours')).status, 422);
    await appointment('c-off', ours, 'cancelled');
    const path = await begin('appointment=c-off');
    const page = await asha.get(path);
    const answer = await asha.post(path, {
      ...{ ...hiddenOf(page.text), mode: 'in-person', problem: 'Sore ear', history: 'Came all the same' },
    });
    assert.equal(answer.status, 303, wordsOf(answer));
    assert.equal((await ask('Appointment/c-off')).status, 'cancelled');
  });

  it('keeps what else a care plan says, and what was asked of the patient ends with the request', async () => {
    await put({
      ...{ resourceType: 'CarePlan', id: 'c-plan', status: 'active', intent: 'plan', title: 'Feet' },
      ...{ subject: { reference: 'Patient/demo-iris' }, period: { start: '2099-01-01' } },
      activity: [{ detail: { status: 'in-progress', description: 'Look at the feet each day' } }],
    });
    for (const [id, code, more] of [
      ['c-ends', 'help', { owner: { reference: 'Organization/demo-harbour' } }],
      ['c-ends-ask', 'answer', { basedOn: [{ reference: 'Task/c-ends' }] }],
    ] as const)
      await put({
        ...{ resourceType: 'Task', id, ...atStage('waiting'), intent: 'order', priority: 'routine' },
        ...{ code: taskCode(code, 'Foot'), for: { reference: 'Patient/demo-iris' }, ...more },
        authoredOn: new Date(product.clock.now()).toISOString(),
      });
    const path = await begin('request=c-ends');
    const page = await asha.get(path);
    const answer = await asha.post(path, {
      ...{
        ...hiddenOf(page.text),
        mode: 'message',
        problem: 'Foot',
        plan: 'Dress it',
        care: 'Dressing',
        next: 'close',
      },
    });
    assert.equal(answer.status, 303, wordsOf(answer));
    const plan = (await ask('CarePlan/c-plan')) as CarePlan;
    assert.deepEqual(
      plan.activity?.map(({ detail }) => detail?.description),
      ['Look at the feet each day', 'Dressing'],
    );
    assert.equal((await ask('Task/c-ends-ask')).status, 'cancelled');
    const task = (await ask('Task/c-ends')) as Task;
    assert.ok(
      task.executionPeriod?.start && task.executionPeriod.end,
      'when it was first dealt with, and closed',
    );
  });

  it('is no place to prescribe for those who do not, whatever they send', async () => {
    const noor = product.browser();
    await noor.become('Noor Haddad');
    const begun = await noor.get('/consultations/new?person=demo-iris');
    const path = locationOf(begun);
    const page = await noor.get(path);
    assert.doesNotMatch(wordsOf(page), /Medicines, as drafts/);
    assert.match(wordsOf(page), /Fit note/);
    const answer = await noor.post(path, {
      ...{ ...hiddenOf(page.text), mode: 'in-person', problem: 'Cough', history: 'x' },
      ...{ 'medicine-1': 'Doxycycline', 'dose-1': 'One' },
    });
    assert.match(wordsOf(answer), /Your role does not prescribe/);
    await noor.post(`${path}/throw-away`, {});
    // A midwife writes consultations, and her profession issues no fit notes.
    const chloe = product.browser();
    await chloe.become('Chloe Bennett');
    const hers = locationOf(await chloe.get('/consultations/new?person=demo-fatima'));
    const own = await chloe.get(hers);
    assert.doesNotMatch(wordsOf(own), /Fit note/);
    const refused = await chloe.post(hers, {
      ...{ ...hiddenOf(own.text), mode: 'in-person', problem: 'Tired', history: 'x' },
      ...{ fit: 'not-fit', 'fit-reason': 'Tired', 'fit-from-day': '4', 'fit-from-month': '1' },
      ...{ 'fit-from-year': '2027', 'fit-until-day': '5', 'fit-until-month': '1', 'fit-until-year': '2027' },
    });
    assert.match(wordsOf(refused), /Your profession does not issue fit notes/);
  });

  it('stops at a medicine of a class that the person is allergic to, and keeps that it was checked', async () => {
    const path = await begin('person=demo-iris');
    const typed = {
      mode: 'telephone',
      problem: 'Cellulitis',
      history: 'x',
      'medicine-1': 'Amoxicillin 500 mg',
    };
    const page = await asha.get(path);
    const stopped = await asha.post(path, { ...hiddenOf(page.text), ...typed, 'dose-1': 'One' });
    assert.match(wordsOf(stopped), /The record says: Allergy to penicillin/);
    const saved = await asha.post(path, {
      ...hiddenOf(stopped.text),
      ...typed,
      'dose-1': 'One',
      checked: 'yes',
    });
    assert.equal(saved.status, 303, wordsOf(saved));
    const encounter = /encounter=([^&]+)/.exec(locationOf(saved))?.[1] ?? '';
    const found = (await ask(`MedicationRequest?encounter=Encounter/${encounter}`)) as Bundle;
    assert.match(JSON.stringify(found), /"status":"draft".*warning of an allergy was checked/);
  });

  it('takes a code without script too', async () => {
    const path = await begin('person=demo-iris');
    await asha.post(`${path}/draft`, { problem: 'pneumonia', history: 'x' }, { accept: 'text/html' });
    const page = await asha.get(path);
    assert.match(page.text, /<noscript>[\s\S]*name="code-choice"/);
    const answer = await asha.post(path, {
      ...{ ...hiddenOf(page.text), mode: 'telephone', problem: 'pneumonia', history: 'x' },
      'code-choice': 'http://snomed.info/sct|233604007',
    });
    assert.equal(answer.status, 303, wordsOf(answer));
    const encounter = /encounter=([^&]+)/.exec(locationOf(answer))?.[1] ?? '';
    const found = (await ask(`Condition?encounter=Encounter/${encounter}`)) as Bundle<Condition>;
    assert.equal(found.entry?.[0]?.resource?.code?.coding?.[0]?.code, '233604007');
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
