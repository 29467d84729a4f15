/** Messages over the whole product, by pages without script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Communication, Patient, Task } from '@medplum/fhirtypes';
import { atStage, communicationOf, stageOf, taskCode } from '../src/fhir/primary-care.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let iris: BrowserOf;
let carol: BrowserOf;
let asha: BrowserOf;
let noor: BrowserOf;

const harbour = { reference: 'Organization/demo-harbour', display: 'Harbour Surgery' } as const;
const notForPatients = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'NOPAT' };
const day = 86_400_000;

type Some = {
  readonly resourceType: string;
  readonly id?: string;
  readonly [element: string]: unknown;
};
const put = async (resource: Communication | Some): Promise<void> => {
  const answer = await product.ask(`/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { ...product.operator, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  assert.ok(answer.status < 300, answer.text);
};
const read = async <T>(path: string): Promise<T> =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text) as T;
const found = async (query: string): Promise<readonly Communication[]> => {
  const bundle = await read<{ readonly entry?: readonly { readonly resource: Communication }[] }>(
    `Communication?${query}&_count=100`,
  );
  return (bundle.entry ?? []).map(({ resource }) => resource);
};

const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const hiddenOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [
        name,
        value.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
      ],
    ),
  );
/** Opens a form and sends it; answers where it goes on to, or the page with errors. */
async function sent(
  browser: BrowserOf,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answered & { readonly form: Record<string, string> }> {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${wordsOf(page)}`);
  const form = { ...hiddenOf(page.text), ...fields };
  return { ...(await browser.post(path.split('?')[0] ?? '', form)), form };
}
const goesTo = (answer: Answered): string => {
  assert.equal(answer.status, 303, wordsOf(answer));
  return answer.headers.get('location') ?? '';
};
const threadIn = (address: string): string =>
  /\/messages\/(?:team\/)?([0-9a-f-]{36})/.exec(address)?.[1] ?? '';

/** Staff are signed out after 15 minutes without a request. */
async function signIn(): Promise<void> {
  await iris.become('Mrs Iris Okafor');
  await carol.become('Mrs Carol Whitlock');
  await asha.become('Dr Asha Patel');
  await noor.become('Noor Haddad');
}

const written = async (topic: string, words: string, browser = iris): Promise<string> =>
  threadIn(goesTo(await sent(browser, '/messages/new', { topic, words })));

before(async () => {
  product = await wholeProduct(ending);
  [iris, carol, asha, noor] = [product.browser(), product.browser(), product.browser(), product.browser()];
  await signIn();
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

describe('a message of a patient', () => {
  let thread = '';

  it('is in the record before they are told that it was sent, and the promise stands before they send', async () => {
    const page = wordsOf(await iris.get('/messages/new'));
    assert.match(page, /Harbour Surgery aims to answer within 2 working days: by \d+ \w+ 20\d\d, 6:30pm/);
    thread = await written('Side effects', 'The new tablets make my ankles swell');
    const stored = await read<Communication>(`Communication/${thread}`);
    assert.equal(stored.payload?.[0]?.contentString, 'The new tablets make my ankles swell');
    assert.equal(stored.recipient?.[0]?.reference, harbour.reference);
    assert.match(wordsOf(await iris.get(`/messages/${thread}?sent=yes`)), /Sent\. It is in your record/);
  });

  it('comes to the inbox of their team alone, and a receptionist sees none', async () => {
    assert.match(wordsOf(await asha.get('/messages/team')), /Side effects.*Mrs Iris Okafor|Iris Okafor/);
    const huw = product.browser();
    await huw.become('Dr Huw Evans');
    assert.doesNotMatch(wordsOf(await huw.get('/messages/team')), /Side effects/);
    assert.equal((await huw.get(`/messages/team/${thread}`)).status, 404);
    const ben = product.browser();
    await ben.become('Ben Carter');
    assert.equal((await ben.get('/messages/team')).status, 403);
    assert.equal((await ben.get(`/messages/team/${thread}`)).status, 403);
    assert.equal((await product.browser().get('/messages/team')).status, 303, 'a stranger signs in first');
  });

  it('is read by whoever opens it, is answered, and the answer is new until the patient opens it', async () => {
    assert.equal((await read<Communication>(`Communication/${thread}`)).received, undefined);
    await asha.get(`/messages/team/${thread}`, { 'sec-purpose': 'prefetch' });
    assert.equal(
      (await read<Communication>(`Communication/${thread}`)).received,
      undefined,
      'nobody opened it',
    );
    const answer = await sent(asha, `/messages/team/${thread}`, {
      to: 'patient',
      words: 'Stop them, and come in',
    });
    goesTo(answer);
    assert.ok((await read<Communication>(`Communication/${thread}`)).received);
    assert.doesNotMatch(wordsOf(await asha.get('/messages/team')), /Side effects/, 'nobody waits any more');
    assert.match(wordsOf(await iris.get('/messages')), /Side effects New/);
    const page = wordsOf(await iris.get(`/messages/${thread}`));
    assert.match(page, /Stop them, and come in/);
    assert.match(page, /Opened by the practice/);
    assert.doesNotMatch(wordsOf(await iris.get('/messages')), /Side effects New/);
    assert.match(
      wordsOf(await asha.get(`/messages/team/${thread}`)),
      /Dr Asha Patel, Harbour Surgery .*Read \d/,
    );
  });

  it('has notes of the team in it that the patient is not shown', async () => {
    goesTo(
      await sent(noor, `/messages/team/${thread}`, { to: 'team', words: 'Blood pressure was 150 last week' }),
    );
    assert.match(wordsOf(await asha.get(`/messages/team/${thread}`)), /Note of the team.*150 last week/);
    assert.doesNotMatch(wordsOf(await iris.get(`/messages/${thread}`)), /150 last week/);
    assert.doesNotMatch(wordsOf(await iris.get('/my-record/demo-iris/messages')), /150 last week/);
  });

  it('is closed with a reason, opens by itself when they write again, and by hand', async () => {
    goesTo(await sent(asha, `/messages/team/${thread}/close`, { reason: 'answered', note: '' }));
    assert.match(wordsOf(await iris.get(`/messages/${thread}`)), /Closed Answered\./);
    goesTo(await sent(iris, `/messages/${thread}`, { words: 'They still swell' }));
    assert.match(wordsOf(await asha.get('/messages/team')), /Side effects/);
    goesTo(await sent(asha, `/messages/team/${thread}/close`, { reason: 'phoned', note: 'Called her' }));
    assert.doesNotMatch(wordsOf(await asha.get('/messages/team')), /Side effects/);
    goesTo(await asha.post(`/messages/team/${thread}/reopen`, {}));
    assert.match(wordsOf(await asha.get('/messages/team')), /Side effects/);
  });

  it('is not answered, nor closed, over what the patient wrote meanwhile', async () => {
    const page = await asha.get(`/messages/team/${thread}`);
    goesTo(await sent(iris, `/messages/${thread}`, { words: 'And now a rash' }));
    const form = { ...hiddenOf(page.text), to: 'patient', words: 'All is well then' };
    const answer = await asha.post(`/messages/team/${thread}`, form);
    assert.equal(answer.status, 422);
    assert.match(wordsOf(answer), /The patient wrote again meanwhile/);
    assert.match(answer.text, /All is well then/, 'nothing is typed again');
    assert.match(wordsOf(answer), /And now a rash/);
  });

  it('is handed over, and goes to the deputy of someone who is away', async () => {
    goesTo(
      await sent(asha, `/messages/team/${thread}/hand-over`, {
        to: 'Practitioner/demo-noor',
        note: 'You know her',
      }),
    );
    assert.match(wordsOf(await asha.get(`/messages/team/${thread}`)), /With Noor Haddad/);
    assert.match(wordsOf(await noor.get('/messages/team?view=mine')), /Side effects/);
    const from = new Date(product.clock.now() - day).toISOString().slice(0, 10).split('-');
    const until = new Date(product.clock.now() + 9 * day).toISOString().slice(0, 10).split('-');
    const absence = {
      ...{ member: 'Practitioner/demo-noor', deputy: 'Practitioner/demo-asha' },
      ...{ 'from-year': from[0]!, 'from-month': from[1]!, 'from-day': from[2]! },
      ...{ 'until-year': until[0]!, 'until-month': until[1]!, 'until-day': until[2]! },
    };
    goesTo(await sent(asha, '/messages/team/away', absence));
    assert.match(
      wordsOf(await iris.get(`/messages/${thread}`)),
      /Noor Haddad is away until .* Dr Asha Patel answers/,
    );
    const settings = await asha.get('/messages/team/settings');
    const id = /name="absence" value="([^"]+)"/.exec(settings.text)?.[1] ?? '';
    goesTo(await asha.post('/messages/team/away/remove', { absence: id }));
    assert.doesNotMatch(wordsOf(await asha.get('/messages/team/settings')), /Remove/);
  });
});

describe('words that are urgent', () => {
  it('stop the message for advice, lose nothing, and are sent all the same, first and marked', async () => {
    const words = "I have had crushing chest pain since breakfast, and it's worse";
    const stop = await sent(iris, '/messages/new', { topic: 'Question', words });
    assert.equal(stop.status, 422);
    assert.match(wordsOf(stop), /999/);
    assert.match(wordsOf(stop), /has not been sent yet/);
    const form = hiddenOf(stop.text);
    assert.equal(form['words'], words);
    const told = wordsOf(await asha.get('/messages/team'));
    assert.match(told, /Told to get help at once/, 'the team learns of it, whether they go on or not');
    assert.doesNotMatch(wordsOf(await iris.get('/my-record/demo-iris/messages')), /Told to get help/);
    const going = goesTo(await iris.post('/messages/new', form));
    assert.match(going, /sent=urgent/);
    assert.match(wordsOf(await iris.get(going)), /999/);
    const stored = await read<Communication>(`Communication/${threadIn(going)}`);
    assert.equal(stored.priority, 'urgent');
    assert.equal(stored.payload?.[0]?.contentString, words);
    const inbox = wordsOf(await asha.get('/messages/team'));
    assert.ok(inbox.indexOf('Question') < inbox.indexOf('Side effects'), 'it stands first');
    assert.match(inbox, /1 urgent/);
    goesTo(
      await sent(asha, `/messages/team/${threadIn(going)}`, { to: 'patient', words: 'I am calling you now' }),
    );
  });

  it('cannot be gone past by naming another rule', async () => {
    const page = hiddenOf((await iris.get('/messages/new')).text);
    const form = { ...page, topic: 'Help', words: 'crushing chest pain', 'went-on': 'cough@1' };
    assert.equal((await iris.post('/messages/new', form)).status, 422);
  });
});

describe('a message that is sent twice, or badly', () => {
  it('is one message however often the form is sent, at once too', async () => {
    const form = { ...hiddenOf((await iris.get('/messages/new')).text), topic: 'Twice', words: 'Once only' };
    const answers = await Promise.all([1, 2, 3].map(() => iris.post('/messages/new', form)));
    assert.equal(new Set(answers.map(goesTo)).size, 1);
    const all = await found('patient=Patient/demo-iris');
    assert.equal(all.filter(({ topic }) => topic?.text === 'Twice').length, 1);
  });

  it('says what is wrong and keeps what was typed', async () => {
    const long = 'a'.repeat(4001);
    const tooLong = await sent(iris, '/messages/new', { topic: 'Long', words: long });
    assert.equal(tooLong.status, 422);
    assert.match(wordsOf(tooLong), /Message must be 4,000 characters or fewer/);
    assert.ok(tooLong.text.includes(long));
    assert.match(
      wordsOf(await sent(iris, '/messages/new', { topic: '', words: ' \u0001 ' })),
      /Write your message/,
    );
    const odd = await written('<b>\u202e"\'', 'zero \u0000 width \ud800 and <script>alert(1)</script> 𝒳');
    const page = await iris.get(`/messages/${odd}`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /<script>alert/);
    assert.match(page.text, /𝒳/);
  });

  it('is found by nobody else, whatever the address', async () => {
    const thread = await written('Private', 'Between us');
    const walter = product.browser();
    await walter.become('Mr Walter Price');
    for (const path of [
      `/messages/${thread}`,
      `/messages/${thread}/files/x`,
      '/messages/none',
      '/messages/%00',
      '/messages/../x',
    ])
      assert.ok([400, 404].includes((await walter.get(path)).status), path);
    assert.equal((await asha.get('/messages')).status, 403, 'staff have a page of their own');
    assert.equal((await iris.get('/messages/team')).status, 403);
    const nonsense = { form: 'x', words: 'y', topic: 'z', for: 'demo-walter' };
    goesTo(await iris.post('/messages/new', nonsense));
    assert.deepEqual(
      (await found('patient=Patient/demo-walter')).filter(({ topic }) => topic?.text === 'z'),
      [],
    );
  });
});

describe('threads that others began', () => {
  const reply = (id: string, more: Partial<Parameters<typeof communicationOf>[0]> = {}) =>
    communicationOf(
      {
        ...{ id, kind: 'patient', person: 'demo-iris', topic: 'Sore throat', text: 'How long has it hurt?' },
        from: { ...harbour, display: 'Dr Asha Patel, Harbour Surgery' },
        to: [{ reference: 'Patient/demo-iris' }],
        ...{ sent: product.clock.now(), about: ['Task/m-request'] },
        ...more,
      },
      notForPatients,
    );

  it('bring a request back to the queue as urgent as it was, and what was asked is done', async () => {
    const asked = new Date(product.clock.now()).toISOString();
    const subject = { reference: 'Patient/demo-iris' };
    await put({
      ...{
        resourceType: 'Task',
        id: 'm-request',
        ...atStage('with-patient'),
        intent: 'order',
        priority: 'urgent',
      },
      ...{
        code: taskCode('help', 'Sore throat'),
        for: subject,
        owner: harbour,
        authoredOn: asked,
        lastModified: asked,
      },
    });
    await put({
      ...{
        resourceType: 'Task',
        id: 'm-ask',
        status: 'requested',
        intent: 'order',
        code: taskCode('answer', 'Tell more'),
      },
      ...{ for: subject, owner: subject, authoredOn: asked, basedOn: [{ reference: 'Task/m-request' }] },
    });
    await put(reply('m-thread'));
    goesTo(await sent(iris, '/messages/m-thread', { words: 'Since Friday' }));
    const task = await read<Task>('Task/m-request');
    assert.equal(stageOf(task), 'waiting');
    assert.equal(task.priority, 'urgent');
    assert.equal(task.output?.length, 1);
    assert.equal((await read<Task>('Task/m-ask')).status, 'completed');
    const inbox = await asha.get('/messages/team');
    assert.match(wordsOf(inbox), /Sore throat/);
    assert.match((await asha.get('/messages/team/m-thread')).text, /href="\/triage\/m-request"/);
  });

  it('make it more urgent by urgent words, and never less', async () => {
    const stop = await sent(iris, '/messages/m-thread', {
      words: 'I cannot breathe and have crushing chest pain',
    });
    assert.equal(stop.status, 422);
    goesTo(await iris.post('/messages/m-thread', hiddenOf(stop.text)));
    assert.equal((await read<Task>('Task/m-request')).priority, 'stat');
    goesTo(await sent(iris, '/messages/m-thread', { words: 'I feel better' }));
    assert.equal((await read<Task>('Task/m-request')).priority, 'stat');
  });

  it('hide what is withheld, what is among the team, and what says that it needs no answer', async () => {
    await put({ ...reply('m-hidden'), meta: { security: [notForPatients] } });
    assert.equal((await iris.get('/messages/m-hidden')).status, 404);
    await put(
      reply('m-team', { kind: 'team', from: { reference: 'Practitioner/demo-asha' }, to: [harbour] }),
    );
    assert.equal((await iris.get('/messages/m-team')).status, 404);
    assert.match(wordsOf(await asha.get('/messages/team/m-team')), /Among the team/);
    await put(reply('m-read-only', { noReply: true }));
    const page = await iris.get('/messages/m-read-only');
    assert.match(wordsOf(page), /only to be read/);
    const form = { ...hiddenOf((await iris.get('/messages/m-thread')).text), words: 'But' };
    assert.equal((await iris.post('/messages/m-read-only', form)).status, 422);
  });

  it('show a document of someone else by no name that a message gives it', async () => {
    await put({
      ...{ resourceType: 'Binary', id: 'm-binary', contentType: 'application/pdf', data: 'JVBERi0=' },
      securityContext: { reference: 'Patient/demo-walter' },
    });
    await put({
      ...{
        resourceType: 'DocumentReference',
        id: 'm-document',
        status: 'current',
        subject: { reference: 'Patient/demo-walter' },
      },
      content: [{ attachment: { contentType: 'application/pdf', url: 'Binary/m-binary' } }],
    });
    await put(
      reply('m-thief', { attachments: [{ reference: 'DocumentReference/m-document', title: 'A letter' }] }),
    );
    assert.equal((await iris.get('/messages/m-thief')).status, 200);
    assert.equal((await iris.get('/messages/m-thief/files/m-document')).status, 404);
    assert.equal((await asha.get('/messages/team/m-thief/files/m-document')).status, 404);
  });
});

describe('files', () => {
  it('come with a message, and are the person’s and the team’s to open', async () => {
    const page = hiddenOf((await iris.get('/messages/new')).text);
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...page, topic: 'A photo', words: 'My ankle' }))
      if (!name.startsWith('file')) body.set(name, value);
    body.set('file-file', new File([Buffer.from('%PDF-1.4\n%%EOF\n')], 'ankle.pdf'));
    const cookie = [...iris.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await product.ask('/messages/new', {
      method: 'POST',
      body,
      headers: {
        accept: 'text/html',
        cookie,
        'sec-fetch-site': 'same-origin',
        origin: 'https://care.example',
      },
    });
    const thread = threadIn(goesTo(answer));
    const [, file = ''] =
      /href="(\/messages\/[^"]+\/files\/[^"]+)"/.exec((await iris.get(`/messages/${thread}`)).text) ?? [];
    const opened = await iris.get(file);
    assert.equal(opened.status, 200);
    assert.equal(opened.headers.get('content-type'), 'application/pdf');
    assert.equal((await asha.get(file.replace('/messages/', '/messages/team/'))).status, 200);
    assert.equal((await carol.get(file)).status, 404);
  });
});

describe('someone who acts for another', () => {
  it('writes for them where the practice agreed, in their own name, and not otherwise', async () => {
    const list = await carol.get('/messages?for=demo-walter');
    assert.equal(list.status, 200);
    const scoped = /value="demo-walter"/.test((await carol.get('/messages/new')).text);
    const answer = await sent(carol, '/messages/new', {
      for: 'demo-walter',
      topic: 'For Dad',
      words: 'He is confused today',
    });
    if (!scoped) return assert.notEqual(answer.status, 303);
    const thread = await read<Communication>(`Communication/${threadIn(goesTo(answer))}`);
    assert.equal(thread.subject?.reference, 'Patient/demo-walter');
    assert.match(thread.sender?.display ?? '', /Carol Whitlock, for/);
  });
});

describe('what is late or not read', () => {
  it('is first, and given to the duty person; what a patient does not read is for a call', async () => {
    const late = await written('Late one', 'When is my review?');
    const unread = threadIn(
      goesTo(
        await sent(asha, '/messages/team/to/demo-iris', {
          to: 'patient',
          topic: 'Not read',
          words: 'Call us',
        }),
      ),
    );
    goesTo(
      await sent(asha, '/messages/team/settings', { days: '1', unread: '5', duty: 'Practitioner/demo-noor' }),
    );
    product.pass(10 * day);
    await signIn();
    const inbox = await asha.get('/messages/team');
    assert.match(wordsOf(inbox), /Late one , Mrs Iris Okafor Late/);
    assert.match(wordsOf(await asha.get('/messages/team?view=unread')), /Not read/);
    for (let tries = 0; tries < 100; tries += 1) {
      const { extension } = await read<Communication>(`Communication/${late}`);
      if (extension?.some(({ valueReference }) => valueReference?.reference === 'Practitioner/demo-noor'))
        break;
      assert.ok(tries < 99, 'nobody was given it');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.match(wordsOf(await noor.get('/messages/team?view=mine')), /Late one/);
    goesTo(await sent(asha, `/messages/team/${unread}/called`, { note: 'Spoke to her' }));
    assert.doesNotMatch(wordsOf(await asha.get('/messages/team?view=unread')), /Not read ,/);
    assert.match(wordsOf(await iris.get('/messages/new')), /They are behind at the moment/);
  });
});

describe('a message to many', () => {
  const number = async (id: string): Promise<string> =>
    (await read<Patient>(`Patient/${id}`)).identifier?.find(
      ({ system }) => system === 'https://fhir.nhs.uk/Id/nhs-number',
    )?.value ?? '';

  it('is previewed with why each is left out, is sent once to each, and takes choices into account', async () => {
    const [own, other] = [await number('demo-iris'), await number('demo-walter')];
    const list = `NHS number,Name\n${own},Iris\n${own}\n${other},Walter\n9999999999\n123456\n`;
    const fields = {
      by: 'numbers',
      use: 'care',
      numbers: list,
      topic: 'Flu clinic',
      words: 'Come on Saturday',
    };
    const address = goesTo(await sent(asha, '/messages/team/batch', fields));
    const preview = wordsOf(await asha.get(address));
    assert.match(preview, /Nothing has been sent\. 1 of 5 would be sent it/);
    assert.match(preview, /On the list more than once: 1/);
    assert.match(preview, /Not found, or not a patient of yours: [12]/);
    assert.match(preview, /Not a valid NHS number: [12]/);
    const flu = async () =>
      (await found('patient=Patient/demo-iris')).filter(({ topic }) => topic?.text === 'Flu clinic');
    assert.equal((await flu()).length, 0);
    const huw = product.browser();
    await huw.become('Dr Huw Evans');
    assert.equal((await huw.get(address)).status, 404);
    await Promise.all([1, 2].map(() => asha.post(`${address}/send`, {})));
    for (let tries = 0; !/Sent to 1\./.test(wordsOf(await asha.get(address))); tries += 1) {
      assert.ok(tries < 100, wordsOf(await asha.get(address)));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.equal((await flu()).length, 1);
    await asha.post(`${address}/send`, {});
    assert.equal((await flu()).length, 1);

    goesTo(
      await iris.post('/messages/choice?for=demo-iris', {
        ...hiddenOf((await iris.get('/messages/choice')).text),
        many: 'no',
      }),
    );
    const second = goesTo(await sent(asha, '/messages/team/batch', { ...fields, numbers: own }));
    assert.match(wordsOf(await asha.get(second)), /Wants no messages that go to many: 1/);
  });

  it('is chosen by a problem and an age, and refuses nonsense with words', async () => {
    const fields = { by: 'problem', use: 'care', topic: 'Review', words: 'Time for a review' };
    const wrong = await sent(asha, '/messages/team/batch', {
      ...fields,
      code: 'x',
      youngest: '90',
      oldest: 'y',
    });
    assert.match(wordsOf(wrong), /Code must be a SNOMED CT code/);
    assert.match(wordsOf(wrong), /Oldest must be a whole number/);
    const none = goesTo(
      await sent(asha, '/messages/team/batch', { ...fields, condition: '38341003', youngest: '119' }),
    );
    assert.match(wordsOf(await asha.get(none)), /Nobody fits/);
    const some = goesTo(await sent(asha, '/messages/team/batch', { ...fields, condition: '38341003' }));
    assert.equal((await asha.get(some)).status, 200);
  });
});
