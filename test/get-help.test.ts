/** Asking the practice for help, over the whole product and without script: by patients, who acts for them, callers and strangers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bundle, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { validate } from '../src/fhir/validate.ts';
import { openDatabase } from '../src/platform/database.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
before(async () => {
  product = await wholeProduct(ending, { people: 60 });
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

type Fields = readonly (readonly [string, string])[];

const hiddenOf = (text: string): Fields =>
  [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const locationOf = (answer: Answered): string => String(answer.headers.get('location'));

async function sent(browser: BrowserOf, path: string, fields: Fields): Promise<Answered> {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${wordsOf(page)}`);
  return browser.post(path, new URLSearchParams([...hiddenOf(page.text), ...fields].map(([a, b]) => [a, b])));
}
/** Sends a page and answers where it went on to. */
async function on(browser: BrowserOf, path: string, fields: Fields): Promise<string> {
  const answer = await sent(browser, path, fields);
  assert.equal(answer.status, 303, `${path}: ${wordsOf(answer)}`);
  return locationOf(answer);
}
const person = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};
const operator = async <T>(path: string): Promise<T> =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text) as T;
const taskOf = (href: string): Promise<Task> => operator<Task>(`Task/${href.split('/').at(-1)}`);
const responseOf = (href: string): Promise<QuestionnaireResponse> =>
  operator<QuestionnaireResponse>(`QuestionnaireResponse/${href.split('/').at(-1)}`);
const inputsOf = ({ input }: Task, code: string) =>
  (input ?? []).filter(({ type }) => type?.coding?.[0]?.code === code);
const isValid = (one: Task | QuestionnaireResponse): void =>
  assert.deepEqual(
    validate(one).filter(({ severity }) => severity === 'error' || severity === 'fatal'),
    [],
  );

test('a patient asks in their own words in four pages: one task without clinical words, and the words beside it', async () => {
  const iris = await person('Mrs Iris Okafor');
  let at = await on(iris, '/get-help', [['words', 'My heel is sore in the mornings and I limp.']]);
  assert.match(at, /\/more$/);
  at = await on(iris, at, [
    ['since', 'weeks'],
    ['worse', 'worse'],
    ['want', 'Some advice'],
  ]);
  assert.match(at, /\/how$/);
  at = await on(iris, at, [
    ['modes', 'telephone'],
    ['modes', 'message'],
    ['times', 'Mornings'],
    ['interpreter', ''],
    ['clinician', ''],
    ['chaperone', 'yes'],
    ['remember', 'yes'],
  ]);
  assert.match(at, /\/check$/);
  const check = await iris.get(at);
  assert.match(wordsOf(check), /sore in the mornings.*By message, By phone.*Mornings.*With a chaperone/);
  const request = await on(iris, at, []);
  assert.match(request, /^\/get-help\/requests\//);
  const [task, response] = [await taskOf(request), await responseOf(request)];
  isValid(task);
  isValid(response);
  assert.equal(task.for?.reference, 'Patient/demo-iris');
  assert.equal(task.owner?.reference, 'Organization/demo-harbour');
  assert.equal(task.priority, 'urgent'); // it is getting worse
  assert.deepEqual(
    inputsOf(task, 'mode')
      .map(({ valueCode }) => valueCode)
      .sort(),
    ['message', 'telephone'],
  );
  assert.doesNotMatch(JSON.stringify(task), /heel|limp/);
  assert.match(JSON.stringify(response), /heel/);
  assert.equal(response.status, 'completed');
  assert.match(wordsOf(await iris.get(request)), /Nobody has opened it yet.*Place \d+ in the queue/);
  assert.match(wordsOf(await iris.get('/get-help/requests')), /Help with a health problem/);
  // What they asked us to remember stands there the next time.
  at = await on(iris, '/get-help', [['words', 'Another thing']]);
  at = await on(iris, at, []);
  assert.match((await iris.get(at)).text, /value="Mornings"/);
});

test('chest pain in the words stops the request at once; it is in the record, and going on raises the priority', async () => {
  const sam = await person('Mr Sam Reyes');
  let at = await on(sam, '/get-help', [['words', 'I have had chets pain since this morning']]);
  assert.match(at, /\/stop$/);
  const stop = await sam.get(at);
  assert.match(wordsOf(stop), /Call 999 now.*heart attack.*chets pain/);
  const id = at.split('/')[3] ?? '';
  const stopped = await operator<QuestionnaireResponse>(`QuestionnaireResponse/${id}`);
  assert.equal(stopped.status, 'stopped');
  assert.match(JSON.stringify(stopped), /chest-pain@1/);
  const unread = await sent(sam, at, [['answer', 'on']]);
  assert.equal(unread.status, 422);
  assert.match(wordsOf(unread), /Tick to show that you have read this/);
  // Skipping the stop by its address leads back to it.
  assert.match(await on(sam, `/get-help/drafts/${id}/check`, []), /\/stop$/);
  const went = await on(sam, at, [['answer', 'go']]);
  assert.match(wordsOf(await sam.get(went)), /Nothing has been sent/);
  at = await on(sam, at, [
    ['answer', 'on'],
    ['sure', 'yes'],
  ]);
  at = await on(sam, at, []);
  if (/\/how$/.test(at)) at = await on(sam, at, []);
  const request = await on(sam, at, []);
  const task = await taskOf(request);
  assert.equal(task.priority, 'stat');
  assert.deepEqual(
    inputsOf(task, 'red-flag').map(({ valueString }) => valueString),
    ['chest-pain@1'],
  );
  assert.equal(inputsOf(task, 'overridden')[0]?.valueBoolean, true);
  assert.equal((await responseOf(request)).status, 'completed');
});

test('guided questions: what must be answered is asked for, conditions open questions, a pharmacist is named where one may treat', async () => {
  const anita = await person('Ms Anita Desai');
  const path = '/get-help/ask/urinary';
  const empty = await sent(anita, path, []);
  assert.equal(empty.status, 422);
  assert.match(wordsOf(empty), /There is a problem/);
  let at = await on(anita, path, [['signs', 'none']]);
  assert.match(at, /\/about$/);
  const both = await sent(anita, path, [
    ['signs', 'none'],
    ['signs', 'uti-kidney.1'],
  ]);
  assert.match(wordsOf(both), /not both/);
  at = await on(anita, at, [
    ['words', 'It stings'],
    ['since', 'days'],
    ['q-feel', 'it-burns'],
  ]);
  assert.match(at, /\/stop$/);
  assert.match(wordsOf(await anita.get(at)), /A pharmacist can help you today/);
  at = await on(anita, at, [['answer', 'on']]);
  at = await on(anita, at, []);
  const task = await taskOf(await on(anita, at, []));
  assert.deepEqual(inputsOf(task, 'red-flag'), []);
  assert.equal(task.priority, 'routine');
  const earache = await on(anita, '/get-help/ask/earache', [['signs', 'none']]);
  assert.match(
    await on(anita, earache, [
      ['words', 'Left ear'],
      ['q-side', 'left'],
    ]),
    /\/how$/,
  ); // 47 is too old for that pathway
});

test('a form sent twice, at once and later, is one request', async () => {
  const tomasz = await person('Mr Tomasz Nowak');
  let at = await on(tomasz, '/get-help', [['words', 'I need to talk about my tablets']]);
  at = await on(tomasz, at, []);
  at = await on(tomasz, at, []);
  const page = await tomasz.get(at);
  const other = await tomasz.get(at); // the same page in a second tab
  const bodies = [page, page, other].map(
    ({ text }) => new URLSearchParams(hiddenOf(text).map(([a, b]) => [a, b])),
  );
  const answers = await Promise.all(bodies.map((body) => tomasz.post(at, body)));
  const places = new Set(answers.map(locationOf));
  assert.equal(places.size, 1, JSON.stringify(answers.map(({ status }) => status)));
  const found = await operator<Bundle<Task>>('Task?patient=Patient/demo-tomasz&code=help&_count=50');
  const mine = (found.entry ?? []).filter(({ resource }) => !resource?.id?.startsWith('demo-'));
  assert.equal(mine.length, 1);
});

test('a process killed at any step of sending leaves one request, whichever page is sent again', async () => {
  const database = await openDatabase({ url: product.databaseUrl });
  try {
    const iris = await person('Mrs Iris Okafor');
    let at = await on(iris, '/get-help', [['words', 'Please check my foot dressing']]);
    const id = at.split('/')[3] ?? '';
    at = await on(iris, at, []);
    at = await on(iris, at, []);
    // Killed after it had begun to send, before anything was written: another try waits its turn, then sends.
    await database.pool`update help_draft set claimed = ${product.clock.now()} where id = ${id}`;
    assert.equal((await sent(iris, at, [])).status, 409);
    product.pass(15_000);
    const [row] = await database.pool`select * from help_draft where id = ${id}`;
    const request = await on(iris, at, []);
    const first = await taskOf(request);
    // Killed after it was written, before the draft was tidied away: it stands there still.
    await database.pool`insert into help_draft ${database.pool(row as Record<string, unknown>)}`;
    await database.pool`delete from help_follow where request = ${id}`;
    await database.pool`update help_draft set claimed = ${product.clock.now() - 60_000} where id = ${id}`;
    assert.equal(await on(iris, at, []), request);
    assert.equal((await taskOf(request)).meta?.versionId, first.meta?.versionId);
    // The same, found by the page where one begins: it is shown as sent, not to be carried on with.
    await database.pool`insert into help_draft ${database.pool({ ...(row as Record<string, unknown>), claimed: 1 })}`;
    assert.doesNotMatch((await iris.get('/get-help')).text, new RegExp(`drafts/${id}"`));
    assert.equal((await iris.get(request)).status, 200);
  } finally {
    await database.close();
  }
});

test('someone who acts for another asks for them; whoever may not, cannot', async () => {
  const carol = await person('Mrs Carol Whitlock');
  const unsaid = await sent(carol, '/get-help', [['words', 'Dad has a sore leg']]);
  assert.match(wordsOf(unsaid), /Select who this is for/);
  let at = await on(carol, '/get-help', [
    ['for', 'demo-walter'],
    ['words', 'Dad has a sore toe'],
  ]);
  at = await on(carol, at, []);
  at = await on(carol, at, []);
  const request = await on(carol, at, []);
  const task = await taskOf(request);
  assert.equal(task.for?.reference, 'Patient/demo-walter');
  assert.equal(task.owner?.reference, 'Organization/demo-hilltop');
  assert.match(task.requester?.reference ?? '', /^RelatedPerson\//);
  const walter = await person('Mr Walter Price');
  assert.equal((await walter.get(request)).status, 200);
  const iris = await person('Mrs Iris Okafor');
  for (const path of ['', '/add', '/withdraw', '/told', '/live'])
    assert.equal((await iris.get(`${request}${path}`)).status, 404, path);
  const tried = await sent(iris, '/get-help', [
    ['for', 'demo-walter'],
    ['words', 'For my neighbour'],
  ]);
  assert.doesNotMatch(
    JSON.stringify(await operator(`QuestionnaireResponse?patient=Patient/demo-walter`)),
    /neighbour/,
  );
  assert.ok([303, 422].includes(tried.status));
});

test('a stranger is kept safe and may send: identity unmatched, no record read; their browser alone follows it', async () => {
  const stranger = product.browser();
  await stranger.get('/get-help');
  assert.ok([...stranger.cookies.keys()].some((name) => name.endsWith('help')));
  assert.match(await on(stranger, '/get-help', [['words', 'I want to kil myself']]), /\/stop$/);
  let at = await on(stranger, '/get-help', [
    ['words', 'I am staying with my aunt and have run low on eye drops'],
  ]);
  at = await on(stranger, at, []);
  at = await on(stranger, at, []);
  assert.match(at, /\/who$/);
  const wrong = await sent(stranger, at, [
    ['name', ''],
    ['nhs-number', '123'],
  ]);
  assert.match(
    wordsOf(wrong),
    /Enter a full name.*Enter a date of birth.*Enter a phone number.*NHS number must be.*Select the GP practice/,
  );
  at = await on(stranger, at, [
    ['name', 'Mrs Iris Okafor'],
    ['born-day', '11'],
    ['born-month', '2'],
    ['born-year', '1968'],
    ['telephone', '07700 900 982'],
    ['nhs-number', '999 000 1006'],
    ['practice', 'demo-harbour'],
  ]);
  const request = await on(stranger, at, []);
  const task = await taskOf(request);
  assert.equal(task.for, undefined);
  assert.equal(inputsOf(task, 'said-name')[0]?.valueString, 'Mrs Iris Okafor');
  assert.match(wordsOf(await stranger.get(request)), /could not match this to a record/);
  assert.ok([303, 401].includes((await product.browser().get(request)).status)); // to sign in
  const iris = await person('Mrs Iris Okafor');
  assert.equal((await iris.get(request)).status, 404);
});

test('what was begun before sign-in goes on after it, and on another device', async () => {
  const browser = product.browser();
  await browser.get('/get-help');
  let at = await on(browser, '/get-help', [['words', 'My elbow clicks']]);
  await browser.become('Mr Daniel Wright');
  at = await on(browser, at, [['since', 'weeks']]);
  const elsewhere = await person('Mr Daniel Wright');
  assert.match(wordsOf(await elsewhere.get('/get-help')), /Carry on with what you began/);
  at = await on(elsewhere, at, []);
  const task = await taskOf(await on(elsewhere, at, []));
  assert.equal(task.for?.reference, 'Patient/demo-daniel');
});

test('what a stranger began is not shown to whoever signs in at that browser later', async () => {
  const browser = product.browser();
  await browser.get('/get-help');
  const at = await on(browser, '/get-help', [['words', 'Something of my own']]);
  product.pass(2 * 3_600_000);
  await browser.become('Mr Rhys Ashworth').catch(() => browser.become('Mr Daniel Wright'));
  assert.equal((await browser.get(at)).status, 404);
  assert.doesNotMatch((await browser.get('/get-help')).text, new RegExp(at.split('/')[3] ?? 'none'));
});

test('what is typed is kept as it is typed, for its writer alone', async () => {
  const fatima = await person('Mrs Fatima Khan');
  const page = await fatima.get('/get-help');
  const fields = Object.fromEntries(hiddenOf(page.text));
  const kept = await fatima.post('/get-help/keep', { ...fields, words: 'Half a sent' });
  assert.equal(kept.status, 204);
  const begun = /\/get-help\/drafts\/([0-9a-f-]{36})"/.exec((await fatima.get('/get-help')).text)?.[1];
  assert.ok(begun);
  const went = await fatima.get(`/get-help/drafts/${begun}`);
  assert.match((await fatima.get(locationOf(went))).text, /Half a sent/);
  const iris = await person('Mrs Iris Okafor');
  assert.equal((await iris.get(`/get-help/drafts/${begun}/problem`)).status, 404);
  assert.equal(await on(fatima, `/get-help/drafts/${begun}/remove`, []), '/get-help');
  assert.equal((await fatima.get(`/get-help/drafts/${begun}/problem`)).status, 404);
});

test('a receptionist asks for a caller, matched or not, into the same queue; others of staff may not', async () => {
  const ben = await person('Ben Carter');
  const found = await ben.get('/get-help/for-someone?q=okafor+11%2F2%2F1968');
  assert.match(wordsOf(found), /OKAFOR/);
  let at = await on(ben, '/get-help/ask/words?for=demo-iris', [['words', 'She rings about swollen ankles']]);
  at = await on(ben, at, []);
  at = await on(ben, at, []);
  const task = await taskOf(await on(ben, at, []));
  assert.equal(task.for?.reference, 'Patient/demo-iris');
  assert.equal(inputsOf(task, 'came-by')[0]?.valueCode, 'telephone');
  at = await on(ben, '/get-help/ask/words?for=unmatched', [['words', 'A visitor with a rash that itches']]);
  at = await on(ben, at, []);
  at = await on(ben, at, []);
  assert.match(at, /\/who$/);
  at = await on(ben, at, [
    ['name', 'Jan Novak'],
    ['born-day', '1'],
    ['born-month', '1'],
    ['born-year', '1980'],
    ['telephone', '01632 960444'],
    ['practice', 'demo-harbour'],
  ]);
  assert.equal((await taskOf(await on(ben, at, []))).for, undefined);
  assert.equal((await ben.get('/get-help/ask/words?for=demo-walter')).status, 404); // of another practice
  const lena = await person('Dr Lena Fischer');
  assert.equal((await lena.get('/get-help')).status, 403);
  assert.equal((await lena.get('/get-help/for-someone')).status, 403);
});

test('to a sent request one adds, urgent words raise it, and it can be taken back', async () => {
  const megan = await person('Mrs Megan Ashworth');
  let at = await on(megan, '/get-help', [
    ['for', 'demo-megan'],
    ['words', 'A letter came that I do not understand'],
  ]);
  at = await on(megan, at, []);
  at = await on(megan, at, []);
  const request = await on(megan, at, []);
  assert.equal((await taskOf(request)).priority, 'routine');
  assert.equal(await on(megan, `${request}/add`, [['words', 'It is about my knee']]), request);
  const told = await on(megan, `${request}/add`, [['words', 'Now my face is drooping']]);
  assert.match(wordsOf(await megan.get(told)), /Call 999 now/);
  assert.equal((await taskOf(request)).priority, 'stat');
  assert.match(JSON.stringify(await responseOf(request)), /about my knee.*face is drooping/);
  assert.equal(await on(megan, `${request}/withdraw`, []), request);
  assert.equal((await taskOf(request)).status, 'cancelled');
  assert.equal((await megan.get(`${request}/add`)).status, 422);
});

test('someone registers with a practice, and is told kindly when they have already', async () => {
  const jo = await person('Ms Jo Lind');
  const go = async (practice: string): Promise<Answered> => {
    let at = await on(jo, '/get-help/ask/registration', [
      ['reg-given', 'Ada'],
      ['reg-family', 'Lind'],
      ['reg-born-day', '3'],
      ['reg-born-month', '4'],
      ['reg-born-year', '2024'],
      ['reg-sex', 'female'],
      ['reg-birthplace', 'Leeds, England'],
    ]);
    at = await on(jo, at, [
      ['reg-line', '12 Chandler Row'],
      ['reg-city', 'Sandmouth'],
      ['reg-phone', '01632 960110'],
    ]);
    at = await on(jo, at, [['reg-from', 'never']]);
    at = await on(jo, at, [['reg-child', 'yes']]);
    at = await on(jo, at, []);
    return sent(jo, at, [['practice', practice]]);
  };
  const first = await go('demo-hilltop');
  assert.equal(first.status, 303);
  const task = await taskOf(await on(jo, locationOf(first), []));
  assert.equal(task.code?.coding?.[0]?.code, 'registration');
  assert.equal(inputsOf(task, 'said-name')[0]?.valueString, 'Ada Lind');
  const again = await go('demo-hilltop');
  assert.equal(again.status, 422);
  assert.match(wordsOf(again), /You asked Hilltop Surgery for this on/);
});

test('every problem, form and rule can be opened, also by strangers, and odd addresses are refused', async () => {
  const stranger = product.browser();
  const list = await stranger.get('/get-help/problems');
  const links = [...list.text.matchAll(/href="(\/get-help\/ask\/[^"]+)"/g)].map(([, href = '']) => href);
  assert.ok(links.length >= 30, `${links.length} problems`);
  for (const href of links) assert.equal((await stranger.get(href)).status, 200, href);
  assert.match(wordsOf(await stranger.get('/get-help/rules')), /chest-pain@1.*NHS website: Chest pain/);
  assert.equal((await stranger.get('/get-help/questionnaires/cough')).status, 200);
  for (const odd of [
    '/get-help/ask/none',
    '/get-help/drafts/none/check',
    '/get-help/drafts/..%2f/x',
    '/get-help/questionnaires/__proto__',
  ])
    assert.equal((await stranger.get(odd)).status, 404, odd);
});

test('the demonstration has open requests of each kind and a history, valid, without clinical words in any task', async () => {
  while ((await product.ask('/fhir/Task/demo-help-last', { headers: product.operator })).status !== 200)
    await pause(200);
  const tasks = async (query: string) =>
    (
      (
        await operator<Bundle<Task>>(
          `Task?owner=Organization/demo-harbour,Organization/demo-hilltop&_count=500&${query}`,
        )
      ).entry ?? []
    )
      .flatMap(({ resource }) => (resource ? [resource] : []))
      .filter(({ id }) => id?.startsWith('demo-help-'));
  const open = await tasks('status=requested');
  const closed = await tasks('status=completed');
  assert.ok(open.length >= 20 && closed.length >= 30, `${open.length} open, ${closed.length} closed`);
  const kinds = new Set(open.map(({ code }) => code?.coding?.[0]?.code));
  assert.deepEqual([...kinds].sort(), ['admin', 'help', 'registration']);
  assert.ok(open.some((task) => inputsOf(task, 'overridden').length > 0));
  assert.ok(open.some((task) => inputsOf(task, 'came-by')[0]?.valueCode === 'telephone'));
  assert.ok(open.some((task) => task.for === undefined && inputsOf(task, 'said-name').length > 0));
  for (const task of [...open, ...closed]) {
    isValid(task);
    // The names of rules alone, which the queue needs.
    assert.doesNotMatch(JSON.stringify(task).replaceAll(/[a-z0-9-]+@\d+/g, ''), /cough|pain|itchy|hurts/i);
  }
  for (const task of open.slice(0, 20)) isValid(await responseOf(`x/${task.id}`));
  for (const { authoredOn = '', executionPeriod } of closed)
    assert.ok(
      authoredOn <= (executionPeriod?.start ?? '') &&
        (executionPeriod?.start ?? '') <= (executionPeriod?.end ?? ''),
    );
});

test('who asks when their practice has more than it can answer is told so before they send, and may send', async () => {
  const sue = await person('Sue Tanner');
  const parts = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].flatMap(
    (day) => [`${day}-morning`, `${day}-afternoon`],
  );
  const set = (count: string) =>
    sent(sue, '/triage/settings', [
      ...parts.map((part) => [part, count] as [string, string]),
      ...([
        ['overflow', 'wait'],
        ['hub', ''],
        ['urgent', '2'],
        ['routine', '5'],
      ] as [string, string][]),
    ]);
  const iris = await person('Mrs Iris Okafor');
  const check = async (): Promise<string> => {
    let at = await on(iris, '/get-help', [['words', 'My heel is sore in the mornings and I limp.']]);
    at = await on(iris, at, [
      ['since', 'weeks'],
      ['worse', 'worse'],
      ['want', 'Some advice'],
    ]);
    return on(iris, at, [['modes', 'message']]);
  };
  const full = /More people have asked than the practice can answer today\. You can still send this/;
  assert.equal((await set('0')).status, 303);
  const at = await check();
  assert.match(wordsOf(await iris.get(at)), full);
  assert.match(await on(iris, at, []), /^\/get-help\/requests\//);
  assert.equal((await set('')).status, 303);
  assert.doesNotMatch(wordsOf(await iris.get(await check())), full);
});
