/** What people take out of their record, share of it and add to it: over the whole product, by pages without script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Bundle, Observation } from '@medplum/fhirtypes';
import { validate } from '../src/fhir/validate.ts';
import { textOfPdf } from '../src/services/my-record/pdf-text.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let iris: BrowserOf;
let megan: BrowserOf;
before(async () => {
  product = await wholeProduct(ending);
  iris = product.browser();
  await iris.become('Mrs Iris Okafor');
  megan = product.browser();
  await megan.become('Mrs Megan Ashworth');
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const own = '/my-record/demo-iris';
const hiddenOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const locationOf = (answer: Answered): string => String(answer.headers.get('location'));

/** Opens a form and sends it with these fields. */
async function sent(
  browser: BrowserOf,
  path: string,
  fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
): Promise<Answered> {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${wordsOf(page)}`);
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  return browser.post(
    path,
    new URLSearchParams(
      [...Object.entries(hiddenOf(page.text)), ...pairs].map(([a, b]) => [String(a), String(b)]),
    ),
  );
}

const today = (): Record<string, string> => {
  const [year = '', month = '', day = ''] = new Date(product.clock.now()).toISOString().split(/[-T]/);
  return { 'taken-day': day, 'taken-month': month, 'taken-year': year, time: '' };
};
const pressure = (systolic: string, diastolic: string, more: Record<string, string> = {}) => ({
  ...{ systolic, diastolic, ...today(), note: '' },
  ...more,
});
const operator = async <T>(path: string): Promise<T> =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text) as T;

test('a blood pressure is kept as the person’s own: marked, valid, once however often it is sent, and apart from clinicians’', async () => {
  const path = `${own}/add/measurements/blood-pressure`;
  const page = await iris.get(path);
  const typed = { ...hiddenOf(page.text), ...pressure('131', '84', { note: 'After a walk' }) };
  const [one, two] = await Promise.all([iris.post(path, typed), iris.post(path, typed)]);
  assert.deepEqual([one?.status, two?.status, locationOf(one!)], [303, 303, locationOf(two!)]);
  const saved = await iris.get(locationOf(one!));
  assert.match(wordsOf(saved), /Added by you.*131\/84 mmHg.*After a walk/);
  assert.doesNotMatch(saved.text, /nhsuk-card--care/);
  const tag = encodeURIComponent('http://terminology.hl7.org/CodeSystem/v3-ObservationValue|PATAST');
  const found = await operator<Bundle<Observation>>(`Observation?patient=Patient/demo-iris&_tag=${tag}`);
  assert.equal(found.entry?.length, 1);
  const kept = found.entry?.[0]?.resource;
  assert.ok(kept);
  assert.deepEqual(
    validate(kept).filter(({ severity }) => severity === 'error' || severity === 'fatal'),
    [],
  );
  assert.deepEqual(kept.performer?.[0]?.reference, 'Patient/demo-iris');
  assert.match(wordsOf(await iris.get(`${own}/added`)), /Measurements.*Blood pressure.*131\/84 mmHg/);
  const results = wordsOf(await iris.get(`${own}/results`));
  assert.match(results, /Added by you.*131\/84 mmHg/);
  assert.doesNotMatch(results.replace(/Added by you.*/, ''), /131\/84/);
  const asha = product.browser();
  await asha.become('Dr Asha Patel');
  const chart = wordsOf(await asha.get(`/people/demo-iris/items/Observation/${kept.id}`));
  assert.match(chart, /Reported by the patient/);
  assert.match(
    wordsOf(await asha.get('/people/demo-iris')),
    /131\/84 mmHg.{0,200}Reported by the patient|Reported by the patient.{0,200}131\/84 mmHg/,
  );
});

test('a dangerous value is kept, with words on where to get help now', async () => {
  const answer = await sent(iris, `${own}/add/measurements/blood-pressure`, pressure('184', '112'));
  assert.equal(answer.status, 303);
  assert.match(wordsOf(await iris.get(locationOf(answer))), /Urgent advice.*180\/120 or higher.*Call 999/);
});

test('an odd value is asked about once, and kept when it is right', async () => {
  const odd = pressure('84', '131');
  const asked = await sent(iris, `${own}/add/measurements/blood-pressure`, odd);
  assert.equal(asked.status, 422);
  assert.match(wordsOf(asked), /There is a problem.*right way round.*Is this right\?/);
  assert.match(asked.text, /value="84"/);
  const sure = await iris.post(`${own}/add/measurements/blood-pressure`, {
    ...hiddenOf(asked.text),
    ...odd,
    sure: 'yes',
  });
  assert.equal(sure.status, 303);
});

test('bad input on each form gets words that say what to mend, and what was typed again', async () => {
  const cases: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['measurements/blood-pressure', pressure('', 'x'), /Enter the top number.*must be a number/],
    ['measurements/blood-pressure', pressure('999', '80'), /must be between 40 and 300 mmHg/],
    ['measurements/blood-pressure', pressure('120', '80', { 'taken-year': '2999' }), /today or earlier/],
    [
      'measurements/blood-pressure',
      pressure('120', '80', { 'taken-day': '31', 'taken-month': '2' }),
      /real date/,
    ],
    ['measurements/blood-pressure', pressure('120', '80', { time: '25:00' }), /Time must be like/],
    ['measurements/weight', { ...today(), weight: '7e5' }, /must be a number/],
    ['measurements/temperature', { ...today(), temperature: '98.6' }, /between 25 and 45/],
    ['measurements/peak-flow', { ...today(), 'peak-flow': '-4' }, /must be a number/],
    ['measurements/blood-glucose', { ...today(), glucose: '999' }, /between 0.5 and 60/],
    ['measurements/oxygen', { ...today(), oxygen: '101' }, /between 40 and 100/],
    ['allergies', { what: '' }, /Enter what you are allergic to/],
    ['allergies', { what: 'x'.repeat(201) }, /200 characters or fewer/],
    ['medicines', { what: 'Aspirin' }, /Select whether you take it now/],
    ['medicines', { what: '', taking: 'never' }, /Enter the name of the medicine.*Select whether/],
    ['contacts', { name: 'Ada', relation: 'Sister', phone: 'none' }, /Phone number must have/],
    ['about-me', { important: '' }, /at least one place/],
    ['communication', { reach: 'By pigeon' }, /Select from the list/],
  ];
  for (const [page, fields, wanted] of cases) {
    const answer = await sent(iris, `${own}/add/${page}`, fields);
    assert.equal(answer.status, 422, `${page} ${JSON.stringify(fields)}`);
    assert.match(wordsOf(answer), wanted);
    assert.match(answer.text, /<title>Error: /);
  }
  for (const query of [
    '',
    'format=pdf',
    'section=results',
    'section=results&format=odt',
    'section=x&format=pdf',
  ]) {
    const answer = await iris.get(`${own}/download/file?${query}`);
    assert.equal(answer.status, 422, query);
    assert.match(wordsOf(answer), /There is a problem/);
  }
  const backwards =
    'section=results&format=pdf&from-day=2&from-month=2&from-year=2024&to-day=1&to-month=2&to-year=2024';
  assert.match(
    wordsOf(await iris.get(`${own}/download/file?${backwards}`)),
    /same as or after the first day/,
  );
  for (const fields of [
    {},
    { section: 'conditions' },
    { section: 'conditions', hours: '9999' },
    { hours: '1' },
  ])
    assert.equal((await sent(iris, `${own}/share/new`, { ...fields })).status, 422);
});

test('one’s own entries can be changed and removed, and their history stays; nobody else’s can', async () => {
  const added = await sent(iris, `${own}/add/allergies`, { what: 'Wasps', reaction: 'Swelling', note: '' });
  const entry = locationOf(added);
  const changed = await sent(iris, `${entry}/change`, {
    what: 'Wasp stings',
    reaction: 'Swelling',
    note: '',
  });
  assert.equal(locationOf(changed), entry);
  assert.match(wordsOf(await iris.get(`${own}/allergies`)), /Added by you.*Wasp stings/);
  const page = await iris.get(`${entry}/remove`);
  const form = hiddenOf(page.text);
  const [one, two] = await Promise.all([
    iris.post(`${entry}/remove`, form),
    iris.post(`${entry}/remove`, form),
  ]);
  assert.deepEqual([locationOf(one!), locationOf(two!)], [`${own}/added`, `${own}/added`]);
  assert.equal((await iris.get(entry)).status, 404);
  const id = entry.split('/').at(-1);
  const history = await operator<Bundle>(`AllergyIntolerance/${id}/_history`);
  assert.equal(history.entry?.length, 3);

  const clinicians = await operator<Bundle<Observation>>('Observation?patient=Patient/demo-iris&_count=20');
  const theirs = clinicians.entry?.find(({ resource }) => !resource?.meta?.tag)?.resource?.id;
  assert.ok(theirs);
  for (const address of [
    `${own}/added/Observation/${theirs}`,
    `${own}/added/Condition/x`,
    `${own}/added/Observation/x`,
  ]) {
    assert.equal((await iris.get(address)).status, 404, address);
    assert.equal((await iris.get(`${address}/change`)).status, 404, address);
    const answer = await iris.post(`${address}/change`, pressure('120', '80'));
    assert.equal(answer.status, 404, address);
  }
});

test('whoever acts for someone adds in that person’s record, under their own name', async () => {
  const path = '/my-record/demo-ella/add/measurements/temperature';
  const answer = await sent(megan, path, { ...today(), temperature: '38.4', note: 'Ear' });
  assert.equal(answer.status, 303, wordsOf(answer));
  assert.match(
    wordsOf(await megan.get(locationOf(answer))),
    /Added for Ella Ashworth.*38\.4.*Added by Mrs Megan Ashworth, who acts for them/,
  );
  assert.equal((await megan.get('/my-record/demo-ella/share')).status, 403);
});

test('whoever acts for someone changes what they wrote themself, and nothing of what others did', async () => {
  const carol = product.browser();
  await carol.become('Mrs Carol Whitlock');
  const walter = product.browser();
  await walter.become('Mr Walter Price');
  const base = '/my-record/demo-walter';
  const weight = { ...today(), weight: '61' };
  const his = locationOf(await sent(walter, `${base}/add/measurements/weight`, weight));
  const hers = locationOf(await sent(carol, `${base}/add/measurements/weight`, weight));
  assert.match(wordsOf(await carol.get(his)), /61 kg/);
  assert.doesNotMatch((await carol.get(his)).text, /\/(?:change|remove)"/);
  for (const what of ['change', 'remove']) {
    assert.equal((await carol.get(`${his}/${what}`)).status, 403, what);
    assert.equal((await carol.post(`${his}/${what}`, weight)).status, 403, what);
    assert.equal((await carol.get(`${hers}/${what}`)).status, 200, what);
    assert.equal((await walter.get(`${hers}/${what}`)).status, 200, 'his record is his');
  }
  assert.equal((await carol.get(`${base}/add/about-me`)).status, 403, 'his own words');
  assert.equal((await walter.get(`${base}/add/about-me`)).status, 200);
});

test('another person’s ids open nothing, and the try is in the audit log', async () => {
  const addresses = [
    'add',
    'add/allergies',
    'added',
    'download',
    'download/file?section=results&format=pdf',
    'share',
    'share/new',
  ];
  for (const address of addresses)
    for (const person of ['demo-sam', 'never-was']) {
      const answer = await iris.get(`/my-record/${person}/${address}`);
      assert.equal(answer.status, 404, `${person}/${address}`);
    }
  for (const address of ['add/allergies', 'share/new'])
    assert.equal((await iris.post(`/my-record/demo-sam/${address}`, { what: 'x' })).status, 404);
  const log = await operator<Bundle>('AuditEvent?patient=Patient/demo-sam&_count=50');
  assert.match(JSON.stringify(log), /demo-iris/);
});

test('what was typed when the session ended is kept, and sent by its writer after signing in', async () => {
  const browser = product.browser();
  await browser.become('Mr Walter Price');
  const path = '/my-record/demo-walter/add/medicines';
  const page = await browser.get(path);
  const typed = { ...hiddenOf(page.text), what: 'Cod liver oil', how: '', why: '', taking: 'now' };
  product.pass(61 * 60_000);
  const ended = await browser.post(path, typed);
  assert.match(locationOf(ended), /^\/sign-in\?/);
  await browser.become('Mr Walter Price', path);
  const back = await browser.get(path);
  assert.match(back.text, /We kept what you typed/);
  assert.match(back.text, /value="Cod liver oil"/);
  await iris.become('Mrs Iris Okafor');
  await megan.become('Mrs Megan Ashworth');
});

const everything = [
  'conditions',
  'medicines',
  'allergies',
  'results',
  'vaccinations',
  'appointments',
  'documents',
  'imaging',
  'care-plan',
  'people',
  'own',
];
const sectionQuery = (keys: readonly string[]): string => keys.map((key) => `section=${key}`).join('&');

test('the whole record as a Bundle is what its person may see, each resource once and valid', async () => {
  const answer = await iris.get(`${own}/download/file?${sectionQuery(everything)}&format=fhir`);
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers.get('content-type')), /^application\/fhir\+json/);
  assert.match(
    String(answer.headers.get('content-disposition')),
    /^attachment; filename="record-\d{4}-\d\d-\d\d\.json"$/,
  );
  const bundle = JSON.parse(answer.text) as Bundle;
  assert.equal(bundle.type, 'collection');
  const keys = (bundle.entry ?? []).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(
    validate(bundle)
      .filter(({ severity }) => severity === 'error' || severity === 'fatal')
      .slice(0, 3),
    [],
  );
  const all = await operator<Bundle>('Patient/demo-iris/$everything?_count=5000');
  const wanted = (all.entry ?? [])
    .map(({ resource }) => `${resource?.resourceType}/${resource?.id}`)
    // Of the diary of a clinic, and of who looked, a person’s sight has other rules than a compartment.
    .filter((key) => !/^(?:Flag|Task|Schedule|Slot|AuditEvent|Device|Group)\//.test(key));
  assert.deepEqual(
    [...new Set(wanted)].filter((key) => !keys.includes(key)),
    [],
  );
  assert.deepEqual(
    keys.filter((key) => key.startsWith('Patient/')),
    ['Patient/demo-iris'],
  );
  const log = JSON.stringify(await operator<Bundle>('AuditEvent?patient=Patient/demo-iris&_count=20'));
  assert.match(log, /The whole record, as a FHIR Bundle/);
});

test('a part of it, and days of it, hold no more than that', async () => {
  const query = 'section=conditions&section=results&format=fhir&from-day=1&from-month=1&from-year=2025';
  const bundle = JSON.parse((await iris.get(`${own}/download/file?${query}`)).text) as Bundle;
  const types = new Set((bundle.entry ?? []).map(({ resource }) => resource?.resourceType));
  for (const type of ['MedicationRequest', 'AllergyIntolerance', 'Encounter', 'DocumentReference'] as const)
    assert.ok(!types.has(type), type);
  assert.ok(types.has('Condition') && types.has('Observation') && types.has('Patient'));
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'Observation')
      assert.ok((resource.effectiveDateTime ?? '9') >= '2024-12-31', String(resource.effectiveDateTime));
});

test('the PDF says what the pages say', async () => {
  const response = await fetch(
    `${product.local}${own}/download/file?${sectionQuery(everything)}&format=pdf`,
    {
      headers: {
        cookie: [...iris.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        accept: 'text/html',
      },
    },
  );
  assert.match(String(response.headers.get('content-type')), /^application\/pdf/);
  const words = textOfPdf(Buffer.from(await response.arrayBuffer())).replaceAll(/\s+/g, ' ');
  for (const wanted of [
    ...[
      'Health record of Mrs Iris Okafor',
      'Type 2 diabetes',
      'High blood pressure',
      'Metformin',
      'Penicillin',
    ],
    ...['Average blood sugar (HbA1c)', 'Blood pressure review', 'Added by you', '131/84 mmHg', 'Page 2'],
  ])
    assert.ok(words.includes(wanted), `${wanted} in ${words.slice(0, 3000)}`);
});

/** Makes a link as its owner does, and answers what opens it. */
async function shared(sections: readonly string[], hours = '24') {
  const made = await sent(iris, `${own}/share/new`, [
    ...sections.map((key) => ['section', key] as const),
    ['hours', hours] as const,
  ]);
  assert.equal(made.status, 303, wordsOf(made));
  const page = await iris.get(locationOf(made));
  const token = /\/shared\/([\w-]{22})/.exec(page.text)?.[1] ?? '';
  const code = /<code>([A-Z2-9]{3} [A-Z2-9]{3})<\/code>/.exec(page.text)?.[1] ?? '';
  assert.ok(token && code);
  return { token, code, id: locationOf(made).split('/').at(-2) ?? '', made: locationOf(made) };
}

test('a link with its code opens the parts that were chosen and nothing else, without an account', async () => {
  const { token, code, made } = await shared(['conditions', 'allergies']);
  assert.match(wordsOf(await iris.get(made)), /shown already/);
  const stranger = product.browser();
  const asked = await stranger.get(`/shared/${token}`);
  assert.equal(asked.status, 200);
  assert.doesNotMatch(asked.text, /Iris|diabetes/);
  assert.equal(locationOf(await stranger.get(`/shared/${token}/record`)), `/shared/${token}`);
  assert.match(wordsOf(await stranger.post(`/shared/${token}`, { code: 'WRONG2' })), /4 times more/);
  const entered = await stranger.post(`/shared/${token}`, { code: code.toLowerCase() });
  assert.equal(locationOf(entered), `/shared/${token}/record`);
  assert.match(String(entered.headers.get('set-cookie')), /HttpOnly; SameSite=Strict; Max-Age=1800; Secure/);
  const page = await stranger.get(`/shared/${token}/record`);
  assert.match(wordsOf(page), /Mrs Iris Okafor.*Conditions.*High blood pressure/);
  assert.match(wordsOf(await stranger.get(`/shared/${token}/record/allergies`)), /Penicillin/);
  for (const section of ['medicines', 'results', 'own', 'x'])
    assert.equal((await stranger.get(`/shared/${token}/record/${section}`)).status, 404, section);
  for (const path of [own, '/fhir/Patient/demo-iris', `${own}/download`])
    assert.notEqual((await stranger.get(path)).status, 200, path);
  assert.match(wordsOf(await iris.get(`${own}/share`)), /Opened Once/);
  const looked = wordsOf(await iris.get('/who-looked/demo-iris'));
  assert.match(looked, /Share link of Mrs Iris Okafor.*was used to open a part of your record/);
  assert.match(looked, /looked at your .*conditions/);
});

test('what someone keeps back is not on a link that is open already, from that moment', async () => {
  const { token, code } = await shared(['conditions']);
  const stranger = product.browser();
  await stranger.post(`/shared/${token}`, { code });
  const page = `/shared/${token}/record`;
  assert.match(wordsOf(await stranger.get(page)), /Type 2 diabetes/);
  const found = await operator<Bundle>('Condition?patient=Patient/demo-iris&code=44054006');
  const item = `/sharing/items/Condition/${found.entry?.[0]?.resource?.id}`;
  assert.equal((await iris.post(item, { answer: 'keep' })).status, 303);
  assert.doesNotMatch(wordsOf(await stranger.get(page)), /Type 2 diabetes/);
  assert.match(wordsOf(await iris.get(`${own}/conditions`)), /Type 2 diabetes/);
  assert.equal((await iris.post(item, { answer: 'share' })).status, 303);
  assert.match(wordsOf(await stranger.get(page)), /Type 2 diabetes/);
});

test('one’s own entries shared by a link bring no clinician’s with them', async () => {
  const { token, code } = await shared(['own']);
  const stranger = product.browser();
  await stranger.post(`/shared/${token}`, { code });
  const words = wordsOf(await stranger.get(`/shared/${token}/record`));
  assert.match(words, /131\/84 mmHg/);
  assert.doesNotMatch(words, /HbA1c|Penicillin/);
});

test('a withdrawn, an expired and a guessed link open nothing, even where they were open', async () => {
  const first = await shared(['conditions']);
  const brief = await shared(['conditions'], '1');
  const stranger = product.browser();
  await stranger.post(`/shared/${first.token}`, { code: first.code });
  assert.equal((await stranger.get(`/shared/${first.token}/record`)).status, 200);
  const withdrawn = await iris.post(`${own}/share/${first.id}/withdraw`, {});
  assert.equal(withdrawn.status, 303);
  const guessed = await stranger.get(`/shared/${'A'.repeat(22)}`);
  product.pass(0);
  for (const path of [`/shared/${first.token}`, `/shared/${first.token}/record`]) {
    const answer = await stranger.get(path);
    assert.equal(answer.status, 404);
    const plain = (one: Answered) => wordsOf(one).replace(/reference: \S+/, '');
    assert.equal(plain(answer), plain(guessed));
  }
  const away = product.browser();
  assert.equal((await away.get(`/shared/${brief.token}`)).status, 200);
  product.pass(61 * 60_000);
  assert.equal((await away.get(`/shared/${brief.token}`)).status, 404);
  assert.equal((await away.post(`/shared/${brief.token}`, { code: brief.code })).status, 404);
  await iris.become('Mrs Iris Okafor');
});

test('taking a record out, and sharing it, ask for a fresh sign-in', async () => {
  product.pass(11 * 60_000);
  await iris.get(own);
  for (const path of ['download', 'download/file?section=results&format=pdf', 'share/new'])
    assert.match(locationOf(await iris.get(`${own}/${path}`)), /^\/sign-in\?.*again=yes/, path);
});
