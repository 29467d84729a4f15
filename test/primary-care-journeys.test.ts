/**
 * Whole journeys through the pages, without script: by message, by phone, by video and face to face; as patient, daughter,
 * receptionist, GP and nurse; and after each what everyone sees, and what they do not.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Appointment, Bundle, Encounter, Task } from '@medplum/fhirtypes';
import { contactModeUrl, stageOf } from '../src/fhir/primary-care.ts';
import { addDays, localMoment } from '../src/web/dates.ts';
import type { Ending } from './support/ending.ts';
import { on, sent, timesIn, wordsOf } from './support/form-walk.ts';
import { type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
before(async () => {
  product = await wholeProduct(ending);
  // Times are made by a job after the start.
  for (let n = 0; n < 300; n += 1) {
    const found = await read<Bundle>('Slot?status=free&schedule.actor=Practitioner/demo-huw&_summary=count');
    if ((found.total ?? 0) > 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail('no slots were made');
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const read = async <T>(path: string): Promise<T> =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text) as T;
const as = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};
const idOf = (href: string): string => /[^/?]+(?=$|\?)/.exec(href)?.[0] ?? '';

/** Asks in their own words, and answers the id of the request. */
async function ask(
  browser: BrowserOf,
  { words, mode, whom }: { readonly words: string; readonly mode: string; readonly whom?: string },
): Promise<string> {
  const at = await on(browser, '/get-help', { words, ...(whom ? { for: whom } : {}) });
  return toTheEnd(browser, at, mode);
}
/** Goes through the steps that are left, whichever they are, and answers the id of what was sent. */
async function toTheEnd(browser: BrowserOf, from: string, mode: string): Promise<string> {
  let at = from;
  for (let step = 0; !at.startsWith('/get-help/requests/'); step += 1) {
    assert.ok(step < 8, at);
    if (at.endsWith('/stop')) at = await on(browser, at, { answer: 'on', sure: 'yes' });
    else if (at.endsWith('/how')) at = await on(browser, at, { modes: mode, interpreter: '', clinician: '' });
    else at = await on(browser, at);
  }
  return idOf(at);
}
/** The queue, to its last page. */
async function queueOf(browser: BrowserOf, query = ''): Promise<string> {
  let words = '';
  for (let next: string | undefined = `/triage${query}`; next !== undefined; ) {
    const page: { readonly text: string } & Parameters<typeof wordsOf>[0] = await browser.get(next);
    words += wordsOf(page);
    const after_ = /href="(\/triage\?[^"]*after=[^"]+)"/.exec(page.text)?.[1];
    next = after_ === undefined || after_ === next ? undefined : after_.replaceAll('&amp;', '&');
  }
  return words;
}

interface Written {
  readonly mode: string;
  readonly problem: string;
  readonly more?: Readonly<Record<string, string>>;
}
/** Writes a consultation down, and answers the id of its Encounter. */
async function consult(browser: BrowserOf, query: string, { mode, problem, more }: Written): Promise<string> {
  const begun = await browser.get(`/consultations/new?${query}`);
  assert.equal(begun.status, 303, wordsOf(begun));
  const to = await on(browser, String(begun.headers.get('location')), {
    ...{ mode, problem, history: `Told: ${problem}`, plan: `Agreed: ${problem}`, next: 'close' },
    ...{ safety: `Come back if ${problem}`, summary: `In plain words: ${problem}`, ...more },
  });
  return /encounter=([^&]+)/.exec(to)?.[1] ?? '';
}

/** What the person finds at once, each where it stands in their own pages. */
async function findsAll(browser: BrowserOf, person: string, problem: string): Promise<void> {
  const messages = wordsOf(await browser.get(`/my-record/${person}/messages`));
  assert.match(messages, new RegExp(`In plain words: ${problem}`));
  assert.match(wordsOf(await browser.get(`/my-record/${person}/appointments`)), new RegExp(problem));
  assert.match(wordsOf(await browser.get(`/my-record/${person}/conditions`)), new RegExp(problem));
  const letters = await browser.get(`/my-record/${person}/documents`);
  const note = /href="(\/my-record\/[^"]+\/documents\/composition-[^"]+)"/.exec(letters.text)?.[1] ?? '';
  const words = wordsOf(await browser.get(note));
  assert.match(words, new RegExp(`Agreed: ${problem}.*Come back if ${problem}`));
}
/** None of these pages may say it to this person. */
async function neverSees(browser: BrowserOf, paths: readonly string[], words: RegExp): Promise<void> {
  for (const path of paths) {
    const page = await browser.get(path);
    assert.ok([200, 303, 403, 404].includes(page.status), `${path}: ${page.status}`);
    assert.doesNotMatch(page.text, words, path);
  }
}
const modeOf = ({ extension }: Encounter): string | undefined =>
  extension?.find(({ url }) => url === contactModeUrl)?.valueCode;

test('by message: asked, answered, and nobody else reads it', async () => {
  const [iris, asha, ben, huw, tomasz] = await Promise.all(
    ['Mrs Iris Okafor', 'Dr Asha Patel', 'Ben Carter', 'Dr Huw Evans', 'Mr Tomasz Nowak'].map(as),
  );
  assert.ok(iris && asha && ben && huw && tomasz);
  const id = await ask(iris, { words: 'My elbowache will not settle', mode: 'message' });
  assert.match(await queueOf(asha), /elbowache.*Would like: By message/);
  await neverSees(ben, ['/triage', `/triage/${id}`], /elbowache/);
  assert.match((await asha.get(`/triage/${id}`)).text, /<h1[^>]*><bdi>My elbowache will not settle/);
  assert.match(wordsOf(await asha.get(`/triage/${id}`)), /Ben Carter has this request open/);
  await asha.post(`/triage/${id}/take-over`, {});
  const to = await on(asha, `/triage/${id}/reply`, {
    words: 'Rest the elbowache for a week.',
    after: 'close',
  });
  assert.match(wordsOf(await asha.get(to)), /Done/);
  assert.match(wordsOf(await iris.get('/my-record/demo-iris/messages')), /Rest the elbowache/);
  assert.match(wordsOf(await iris.get(`/get-help/requests/${id}`)), /[Cc]losed|[Aa]nswered/);
  await neverSees(ben, ['/triage', `/triage/${id}`], /elbowache/);
  for (const other of [huw, tomasz])
    await neverSees(
      other,
      ['/triage', `/triage/${id}`, `/get-help/requests/${id}`, '/my-record/demo-iris/messages'],
      /elbowache/,
    );
});

test('by phone: someone who calls is written down, matched, booked by the desk, seen, and has a fit note at once', async () => {
  const [ben, asha, tomasz, iris] = await Promise.all(
    ['Ben Carter', 'Dr Asha Patel', 'Mr Tomasz Nowak', 'Mrs Iris Okafor'].map(as),
  );
  assert.ok(ben && asha && tomasz && iris);
  let at = await on(ben, '/get-help/ask/words?for=unmatched', { words: 'Calls about a kneewobble' });
  at = await on(ben, at);
  at = await on(ben, at, { modes: 'telephone', interpreter: '', clinician: '' });
  at = await on(ben, at, {
    ...{ name: 'Tom Nowak', 'born-day': '1', 'born-month': '1', 'born-year': '1972' },
    ...{ telephone: '01632 960444', practice: 'demo-harbour' },
  });
  const id = idOf(await on(ben, at));
  const unmatched = await asha.get(`/triage/${id}`);
  assert.match(wordsOf(unmatched), /Not matched to a record.*kneewobble/);
  assert.doesNotMatch(unmatched.text, /\/people\/demo-/, 'no record is opened from it');
  assert.equal((await asha.get(`/consultations/new?request=${id}`)).status, 422);
  await neverSees(tomasz, [`/get-help/requests/${id}`, '/get-help/requests'], /kneewobble/);
  await asha.post(`/triage/${id}/take-over`, {});
  await ben.post(`/triage/${id}/take-over`, {});
  const { identifier = [] } = await read<{ identifier?: { value: string }[] }>('Patient/demo-tomasz');
  await on(ben, `/triage/${id}/match`, {
    ...{ 'nhs-number': identifier[0]?.value ?? '', note: 'Asked for birth date and address by phone' },
  });
  assert.match(wordsOf(await tomasz.get(`/get-help/requests/${id}`)), /Place \d+|team|opened/);
  const booked = await on(
    ben,
    `/appointments/staff/book/demo-tomasz?mode=telephone&kind=gp-routine&clinician=demo-asha&request=${id}`,
    (text) => ({
      ...{
        slot: timesIn(text)[0] ?? '',
        interpreter: '',
        chaperone: '',
        instruction: '',
        weeks: '',
        times: '',
      },
    }),
  );
  assert.equal(stageOf(await read<Task>(`Task/${id}`)), 'booked');
  const appointment = idOf(booked);
  assert.match(wordsOf(await tomasz.get('/appointments/for/demo-tomasz')), /By phone/);
  const encounter = await consult(asha, `request=${id}&appointment=${appointment}`, {
    ...{ mode: 'telephone', problem: 'Kneewobble' },
    more: {
      ...{ fit: 'may-be-fit', 'fit-reason': 'Kneewobble', 'fit-adjust': 'No ladders' },
      ...{ 'fit-from-day': '4', 'fit-from-month': '1', 'fit-from-year': '2027' },
      ...{ 'fit-until-day': '11', 'fit-until-month': '1', 'fit-until-year': '2027' },
    },
  });
  assert.equal(modeOf(await read<Encounter>(`Encounter/${encounter}`)), 'telephone');
  assert.equal((await read<Appointment>(`Appointment/${appointment}`)).status, 'fulfilled');
  assert.equal(stageOf(await read<Task>(`Task/${id}`)), 'closed');
  await findsAll(tomasz, 'demo-tomasz', 'Kneewobble');
  const letters = await tomasz.get('/my-record/demo-tomasz/documents');
  assert.match(wordsOf(letters), /Fit note: 4 January 2027 to 11 January 2027/);
  await neverSees(ben, [`/triage/${id}`, '/people/demo-tomasz'], /Agreed: Kneewobble|No ladders/);
  await neverSees(
    iris,
    [`/my-record/demo-tomasz/appointments`, `/appointments/${appointment}`, `/get-help/requests/${id}`],
    /[Kk]neewobble/,
  );
});

test('by video: an invitation to choose a time, handed over from GP to nurse, in one queue', async () => {
  const [iris, asha, noor, tomasz] = await Promise.all(
    ['Mrs Iris Okafor', 'Dr Asha Patel', 'Noor Haddad', 'Mr Tomasz Nowak'].map(as),
  );
  assert.ok(iris && asha && noor && tomasz);
  const id = await ask(iris, { words: 'My footdressing slips off', mode: 'video' });
  assert.match(await queueOf(noor), /footdressing/);
  assert.match(await queueOf(asha), /footdressing/);
  await on(asha, `/triage/${id}/assign`, { to: 'Practitioner/demo-noor', note: 'Dressings are yours' });
  assert.match(await queueOf(noor, '?whose=mine'), /footdressing/);
  assert.equal(
    (await noor.get(`/triage/${id}/book`)).status,
    409,
    'open at the GP: nobody works on it unknowingly',
  );
  await noor.post(`/triage/${id}/take-over`, {});
  const day = addDays(localMoment(product.clock.now()).key, 20).split('-');
  await on(noor, `/triage/${id}/book`, {
    ...{
      mode: ['video', 'telephone'],
      minutes: '10',
      clinician: '',
      words: 'Choose a time for your dressing',
    },
    ...{ 'until-day': day[2] ?? '', 'until-month': day[1] ?? '', 'until-year': day[0] ?? '' },
  });
  const home = wordsOf(await iris.get('/my-record/demo-iris'));
  assert.match(home, /Choose a time for your appointment/);
  const task = await read<Task>(`Task/${id}`);
  const invitation = idOf(
    task.output
      ?.map(({ valueReference }) => valueReference?.reference ?? '')
      .find((to) => to.startsWith('Task/')) ?? '',
  );
  assert.equal((await tomasz.get(`/appointments/book/${invitation}`)).status, 404);
  const ways = await iris.get(`/appointments/book/${invitation}`);
  assert.match(wordsOf(ways), /By phone.*By video/);
  assert.doesNotMatch(wordsOf(ways), /Face to face|At home/);
  const booked = await on(iris, `/appointments/book/${invitation}?mode=video`, (text) => ({
    ...{ slot: timesIn(text)[0] ?? '', interpreter: '', chaperone: '' },
  }));
  const appointment = idOf(booked);
  assert.equal(stageOf(await read<Task>(`Task/${id}`)), 'booked');
  assert.match(wordsOf(await noor.get(`/triage/${id}`)), /Appointment booked/);
  const encounter = await consult(noor, `request=${id}&appointment=${appointment}`, {
    ...{ mode: 'video', problem: 'Footdressing' },
  });
  assert.equal(modeOf(await read<Encounter>(`Encounter/${encounter}`)), 'video');
  await findsAll(iris, 'demo-iris', 'Footdressing');
  await neverSees(tomasz, ['/my-record/demo-iris', '/my-record/demo-iris/documents'], /[Ff]ootdressing/);
});

test('face to face: a daughter asks for her father, goes on after a red flag, and the visit is in his record', async () => {
  const [carol, huw, asha, walter, iris] = await Promise.all(
    ['Mrs Carol Whitlock', 'Dr Huw Evans', 'Dr Asha Patel', 'Mr Walter Price', 'Mrs Iris Okafor'].map(as),
  );
  assert.ok(carol && huw && asha && walter && iris);
  const stop = await on(carol, '/get-help', {
    for: 'demo-walter',
    words: 'Dad has chest pain and a wheezycough',
  });
  assert.match(stop, /\/stop$/);
  assert.match(wordsOf(await carol.get(stop)), /Call 999 now/);
  const id = await toTheEnd(carol, stop, 'in-person');
  const queue = await queueOf(huw);
  assert.match(queue, /wheezycough.*Now.*Red flag, went on/);
  assert.match(queue, /80 or over/);
  await neverSees(asha, ['/triage', `/triage/${id}`], /wheezycough/);
  await neverSees(iris, [`/get-help/requests/${id}`], /wheezycough/);
  const request = wordsOf(await huw.get(`/triage/${id}`));
  assert.match(request, /Red flag.*told to get help at once, and sent the request all the same/);
  assert.match(request, /by Mrs Carol Whitlock/);
  const to = await huw.get(`/triage/${id}/visit`);
  assert.match(String(to.headers.get('location')), /mode=home-visit/);
  const booked = await on(
    huw,
    `/appointments/staff/book/demo-walter?mode=in-person&kind=gp-routine&clinician=demo-huw&request=${id}`,
    (text) => ({
      ...{
        slot: timesIn(text)[0] ?? '',
        interpreter: '',
        chaperone: '',
        instruction: '',
        weeks: '',
        times: '',
      },
    }),
  );
  assert.match(wordsOf(await carol.get('/appointments/for/demo-walter')), /Face to face/);
  const encounter = await consult(huw, `request=${id}&appointment=${idOf(booked)}`, {
    ...{ mode: 'in-person', problem: 'Wheezycough' },
    more: { systolic: '134', diastolic: '80', oxygen: '96', care: 'Look again in a week' },
  });
  assert.equal(modeOf(await read<Encounter>(`Encounter/${encounter}`)), 'in-person');
  await findsAll(walter, 'demo-walter', 'Wheezycough');
  assert.match(wordsOf(await carol.get('/my-record/demo-walter/messages')), /In plain words: Wheezycough/);
  const out = await read<Bundle>(`Provenance?target=Encounter/${encounter}`);
  assert.equal(out.entry?.length, 1);
  await neverSees(asha, [`/people/demo-walter`, `/consultations/new?request=${id}`], /[Ww]heezycough/);
  await neverSees(iris, ['/my-record/demo-walter', '/my-record/demo-walter/messages'], /[Ww]heezycough/);
  const again = await sent(huw, `/triage/${id}/reopen`, { note: 'Called again' });
  assert.equal(again.status, 303);
});
