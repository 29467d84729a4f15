/** The practice's queue over the whole product, by pages without script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Communication, Task } from '@medplum/fhirtypes';
import { atStage, input, stageOf, taskCode } from '../src/fhir/primary-care.ts';
import { openDatabase } from '../src/platform/database.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let asha: BrowserOf;
let noor: BrowserOf;
let ben: BrowserOf;

const harbour = { reference: 'Organization/demo-harbour', display: 'Harbour Surgery' };
const put = async (resource: { readonly resourceType: string; readonly id: string }): Promise<void> => {
  const answer = await product.ask(`/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { ...product.operator, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  assert.ok(answer.status < 300, answer.text);
};
const read = async <T>(path: string): Promise<T> =>
  JSON.parse((await product.ask(`/fhir/${path}`, { headers: product.operator })).text) as T;

/** A request as the room where people ask writes it. */
async function asked(id: string, more: Partial<Task> = {}, words = 'It hurts when I swallow'): Promise<void> {
  const now = product.clock.now();
  const isMatched = !('for' in more);
  const subject = more.for ?? { reference: 'Patient/demo-iris' };
  await put({
    ...{ resourceType: 'QuestionnaireResponse', id: `${id}-words`, status: 'completed' },
    ...(isMatched || more.for ? { subject } : {}),
    item: [{ linkId: 'words', text: 'What is the matter?', answer: [{ valueString: words }] }],
  } as never); // a whole resource
  const { for: _, ...rest } = more;
  await put({
    ...{ resourceType: 'Task', id, ...atStage('waiting'), intent: 'order', priority: 'routine' },
    ...{ code: taskCode('help', 'Sore throat'), description: 'Sore throat', owner: harbour },
    focus: { reference: `QuestionnaireResponse/${id}-words` },
    ...(isMatched || more.for ? { for: subject } : {}),
    requester: { reference: 'Patient/demo-iris', display: 'Mrs Iris Okafor' },
    authoredOn: new Date(now - 3_600_000).toISOString(),
    restriction: { period: { end: new Date(now + 86_400_000).toISOString() } },
    ...rest,
  } as never); // a whole resource
}

const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const hiddenOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
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
  return { ...(await browser.post(path, form)), form };
}
const done = (answer: Answered): void => assert.equal(answer.status, 303, wordsOf(answer));

/** Staff are signed out after 15 minutes without a request. */
async function signIn(): Promise<void> {
  await asha.become('Dr Asha Patel');
  await noor.become('Noor Haddad');
  await ben.become('Ben Carter');
}
/** Longer than anyone holds a request without a sign of life. */
async function passHold(): Promise<void> {
  product.pass(11 * 60_000);
  await signIn();
}

before(async () => {
  product = await wholeProduct(ending);
  [asha, noor, ben] = [product.browser(), product.browser(), product.browser()];
  await signIn();
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

describe('the queue of a practice', () => {
  it('stands in order of urgency, then of when an answer is due, with red flags shown', async () => {
    await asked('q-routine');
    await asked('q-soon', { priority: 'stat' }, 'A rash since today');
    const due = new Date(product.clock.now() - 30 * 86_400_000).toISOString();
    await asked(
      'q-now',
      {
        ...{ priority: 'stat', restriction: { period: { end: due } } },
        input: [
          input('red-flag', { valueString: 'chest-pain@1' }),
          input('overridden', { valueBoolean: true }),
          input('mode', { valueCode: 'telephone' }),
        ],
      },
      'Chest pain',
    );
    const page = await asha.get('/triage');
    const text = wordsOf(page);
    assert.equal(page.status, 200);
    const order = ['Chest pain', 'A rash since today'].map((topic) => text.indexOf(topic));
    assert.ok(
      order.every((at, i) => at > 0 && (i === 0 || at > order[i - 1]!)),
      String(order),
    );
    assert.match(text, /Red flag, went on/);
    assert.match(text, /Mrs Iris Okafor/);
    assert.match(text, /Would like: By phone/);
  });

  it('comes first in the header of who works on it, before diaries and people', async () => {
    for (const browser of [asha, noor, ben]) {
      const header = /<header[\s\S]*<\/header>/.exec((await browser.get('/triage')).text)?.[0] ?? '';
      const at = ['>\\s*Requests', 'Appointments', 'Find a person'].map((name) =>
        header.search(new RegExp(name)),
      );
      assert.ok(
        at.every((place, i) => place > 0 && (i === 0 || place > at[i - 1]!)),
        String(at),
      );
    }
    const desk = /<header[\s\S]*<\/header>/.exec((await ben.get('/triage')).text)?.[0] ?? '';
    assert.match(desk, /Ask for someone/);
  });

  it('shows one team’s requests to that team alone', async () => {
    const huw = product.browser();
    await huw.become('Dr Huw Evans');
    assert.doesNotMatch(wordsOf(await huw.get('/triage')), /Chest pain/);
    assert.equal((await huw.get('/triage/q-now')).status, 404);
    assert.equal((await huw.get('/triage/q-now/reply')).status, 404);
    const iris = product.browser();
    await iris.become('Mrs Iris Okafor');
    assert.equal((await iris.get('/triage')).status, 403);
    assert.equal((await product.browser().get('/triage')).status, 303, 'a stranger signs in first');
  });

  it('narrows by what is asked, and takes nonsense for nothing', async () => {
    assert.doesNotMatch(wordsOf(await asha.get('/triage?urgency=routine')), /A rash since today/);
    assert.match(
      wordsOf(await asha.get('/triage?urgency=nonsense&after=1_2_3&whose=%00')),
      /A rash since today/,
    );
  });
});

describe('late requests', () => {
  it('are those that the team was to have answered, and have a view of their own', async () => {
    const due = new Date(product.clock.now() - 1000).toISOString();
    await asked('q-late', { restriction: { period: { end: due } } }, 'Waits since last week');
    await asked(
      'q-not-ours',
      { ...atStage('with-patient'), restriction: { period: { end: due } } },
      'Has a question',
    );
    const late = wordsOf(await asha.get('/triage?late=yes'));
    assert.match(late, /Waits since last week/);
    assert.doesNotMatch(late, /Has a question|A rash since today/);
    assert.match(wordsOf(await asha.get('/triage')), /\d+ late/);
  });
});

describe('one request', () => {
  it('shows a clinician the words beside the record, and a receptionist that a clinician answers', async () => {
    await asked('q-words');
    const page = wordsOf(await asha.get('/triage/q-words'));
    assert.match(page, /It hurts when I swallow/);
    assert.match(page, /Pharmacist: Sore throat from 5 years/);
    await asha.post('/triage/q-words/hold?release=', {});
    const desk = wordsOf(await ben.get('/triage/q-words'));
    assert.doesNotMatch(desk, /It hurts when I swallow/);
    assert.equal((await ben.get('/triage/q-words/reply')).status, 403);
  });

  it('is held by who opened it first; another reads it, and answers after taking it over', async () => {
    await asked('q-held', { priority: 'stat' });
    await asha.get('/triage/q-held');
    assert.match(wordsOf(await noor.get('/triage/q-held')), /Dr Asha Patel has this request open/);
    assert.match(wordsOf(await noor.get('/triage?urgency=stat')), /Open now: Dr Asha Patel/);
    assert.equal((await noor.get('/triage/q-held/reply')).status, 409);
    done(await noor.post('/triage/q-held/take-over', {}));
    assert.equal((await noor.get('/triage/q-held/reply')).status, 200);
    assert.equal((await asha.get('/triage/q-held/reply')).status, 409);
    await passHold();
    assert.equal((await asha.get('/triage/q-held/reply')).status, 200, 'nobody holds for ever');
  });

  it('is answered by a message that the patient reads at once, once however often it is sent', async () => {
    await asked('q-reply');
    const path = '/triage/q-reply/reply';
    const fields = { words: 'Rest and drink enough.', after: 'close' };
    const first = await sent(asha, path, fields);
    done(first);
    done(await asha.post(path, first.form));
    const task = await read<Task>('Task/q-reply');
    assert.equal(stageOf(task), 'closed');
    assert.equal(task.output?.length, 1);
    const message = await read<Communication>(task.output?.[0]?.valueReference?.reference ?? '');
    assert.equal(message.payload?.[0]?.contentString, 'Rest and drink enough.');
    const iris = product.browser();
    await iris.become('Mrs Iris Okafor');
    assert.match(wordsOf(await iris.get('/my-record/demo-iris/messages')), /Rest and drink enough/);
  });

  it('says what is wrong, keeps what was typed, and sends no template with a gap', async () => {
    await asked('q-wrong');
    const empty = await sent(asha, '/triage/q-wrong/reply', { words: '', after: '' });
    assert.equal(empty.status, 422);
    assert.match(wordsOf(empty), /Write your message/);
    const gap = await sent(asha, '/triage/q-wrong/reply', { words: 'Call [telephone]', after: 'keep' });
    assert.match(wordsOf(gap), /Fill in or take out “telephone”/);
    assert.match(gap.text, /Call \[telephone\]/);
    const filled = await asha.get('/triage/q-wrong/reply?template=could-not-reach');
    assert.match(filled.text, /Hello Mrs Iris Okafor/);
  });

  it('is not written over where someone changed it meanwhile', async () => {
    await asked('q-race');
    const page = await asha.get('/triage/q-race/close');
    const task = await read<Task>('Task/q-race');
    await put({ ...task, description: 'Changed' } as never);
    const answer = await asha.post('/triage/q-race/close', { ...hiddenOf(page.text), reason: 'answered' });
    assert.equal(answer.status, 409, wordsOf(answer));
    assert.equal(stageOf(await read<Task>('Task/q-race')), 'waiting');
  });

  it('asks for more, and lets the person choose a time, as tasks of theirs', async () => {
    await asked('q-more');
    done(await sent(asha, '/triage/q-more/ask', { words: 'Since when?' }));
    done(
      await sent(asha, '/triage/q-more/book', {
        ...{ mode: 'telephone', minutes: '10', clinician: 'Practitioner/demo-asha', words: 'Choose a time' },
        ...{ 'until-day': '31', 'until-month': '12', 'until-year': '2099' },
      }),
    );
    const task = await read<Task>('Task/q-more');
    assert.equal(stageOf(task), 'with-patient');
    const iris = product.browser();
    await iris.become('Mrs Iris Okafor');
    const home = wordsOf(await iris.get('/my-record/demo-iris'));
    assert.match(home, /Tell your practice more/);
    assert.match(home, /Choose a time for your appointment/);
  });

  it('is given to a colleague, passed on to a pharmacy, referred, made urgent, closed and opened again', async () => {
    await asked('q-deeds');
    done(await sent(ben, '/triage/q-deeds/assign', { to: 'Practitioner/demo-noor', note: 'For you' }));
    assert.match(wordsOf(await noor.get('/triage?whose=mine')), /It hurts when I swallow/);
    await passHold();
    const lower = await sent(ben, '/triage/q-deeds/urgency', { urgency: 'stat', note: '' });
    done(lower);
    assert.equal((await read<Task>('Task/q-deeds')).priority, 'stat');
    const back = await sent(ben, '/triage/q-deeds/urgency', { urgency: 'routine', note: 'No' });
    assert.match(wordsOf(back), /Only a clinician can make it less urgent/);
    await passHold();
    done(
      await sent(asha, '/triage/q-deeds/refer', {
        ...{ to: 'Organization/demo-infirmary', service: 'ENT', urgency: 'routine', note: 'Third time' },
      }),
    );
    done(
      await sent(asha, '/triage/q-deeds/send', { to: 'Organization/demo-pharmacy', note: 'See and treat' }),
    );
    const task = await read<Task>('Task/q-deeds');
    assert.equal(stageOf(task), 'passed-on');
    done(await sent(asha, '/triage/q-deeds/close', { reason: 'elsewhere', note: '' }));
    assert.equal((await asha.get('/triage/q-deeds/reply')).status, 409);
    done(await sent(asha, '/triage/q-deeds/reopen', { note: 'Called again' }));
    assert.equal(stageOf(await read<Task>('Task/q-deeds')), 'opened');
    const elsewhere = await sent(asha, '/triage/q-deeds/send', { to: 'Organization/nowhere', note: 'x' });
    assert.match(wordsOf(elsewhere), /Select one of the list/);
  });

  it('takes back the last thing done, unless the patient has read it', async () => {
    await asked('q-undo');
    done(await sent(asha, '/triage/q-undo/reply', { words: 'Wrong person', after: 'close' }));
    const page = await asha.get('/triage/q-undo');
    const deed = /name="deed" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    done(await asha.post('/triage/q-undo/undo', { deed }));
    done(await asha.post('/triage/q-undo/undo', { deed }));
    const task = await read<Task>('Task/q-undo');
    assert.equal(stageOf(task), 'waiting');
    const iris = product.browser();
    await iris.become('Mrs Iris Okafor');
    assert.doesNotMatch(wordsOf(await iris.get('/my-record/demo-iris/messages')), /Wrong person/);
    done(await sent(asha, '/triage/q-undo/reply', { words: 'Right person', after: 'keep' }));
    const after_ = await read<Task>('Task/q-undo');
    const message = await read<Communication>(after_.output?.[0]?.valueReference?.reference ?? '');
    await put({ ...message, received: new Date(product.clock.now()).toISOString() } as never);
    const again = await asha.get('/triage/q-undo');
    const late = /name="deed" value="([^"]+)"/.exec(again.text)?.[1] ?? '';
    const refused = await asha.post('/triage/q-undo/undo', { deed: late });
    assert.match(wordsOf(refused), /The patient read the message/);
    assert.equal((await asha.post('/triage/q-undo/undo', { deed: "' or 1=1" })).status, 400);
  });

  it('that nobody is matched to opens no record, until someone made sure who it is', async () => {
    await asked('q-nobody', {
      for: undefined as never, // nobody's
      input: [
        input('said-name', { valueString: 'Iris O' }),
        input('said-birth-date', { valueString: '1950-01-01' }),
      ],
    });
    const page = wordsOf(await asha.get('/triage/q-nobody'));
    assert.match(page, /Not matched to a record/);
    assert.match(page, /It hurts when I swallow/);
    assert.equal((await asha.get('/triage/q-nobody/reply')).status, 422);
    const wrong = await sent(asha, '/triage/q-nobody/match', {
      'nhs-number': '943 476 5919',
      note: 'Phoned',
    });
    assert.match(wordsOf(wrong), /No patient of yours has this NHS number/);
    const iris = await read<{ identifier: { value: string }[] }>('Patient/demo-iris');
    done(
      await sent(asha, '/triage/q-nobody/match', {
        'nhs-number': iris.identifier[0]?.value ?? '',
        note: 'Phoned',
      }),
    );
    const task = await read<Task>('Task/q-nobody');
    assert.equal(task.for?.reference, 'Patient/demo-iris');
    assert.equal((await asha.get('/triage/q-nobody/reply')).status, 200);
    const words = await read<{ subject?: { reference: string } }>('QuestionnaireResponse/q-nobody-words');
    assert.equal(words.subject?.reference, 'Patient/demo-iris');
  });
});

describe('a deed', () => {
  it('of a process that was killed is found done, or is done, and is never done twice', async () => {
    const database = await openDatabase({ url: product.databaseUrl });
    try {
      await asked('q-killed');
      const path = '/triage/q-killed/reply';
      const first = await sent(asha, path, { words: 'Drink enough, and rest.', after: 'close' });
      done(first);
      const before = await read<Task>('Task/q-killed');
      // Killed after it was written, before it was noted.
      await database.pool`delete from form_receipt where form = ${path}`;
      await database.pool`update triage_deed set after = 0 where task = 'q-killed'`;
      const again = await asha.post(path, first.form);
      done(again);
      const task = await read<Task>('Task/q-killed');
      assert.equal(task.meta?.versionId, before.meta?.versionId);
      const page = await asha.get('/triage/q-killed');
      assert.match(wordsOf(page), /Dr Asha Patel replied and closed it/);
      const deed = /name="deed" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      // Killed after it was taken back, before that was noted.
      done(await asha.post('/triage/q-killed/undo', { deed }));
      await database.pool`update triage_deed set undone = null where id = ${deed}`;
      done(await asha.post('/triage/q-killed/undo', { deed }));
      assert.equal(stageOf(await read<Task>('Task/q-killed')), 'waiting');
      // Killed before anything was written: what is noted was not done, and is not shown as done.
      const next = await asha.get('/triage/q-killed/close');
      const key = hiddenOf(next.text)['form'] ?? '';
      await database.pool`
        insert into triage_deed (id, task, at, account, name, told, before, after, made)
        values (${key}, 'q-killed', 1, 'x', 'Nobody', 'closed it', 1, 0, '[]'::jsonb)`;
      assert.doesNotMatch(wordsOf(await asha.get('/triage/q-killed')), /Nobody closed it/);
    } finally {
      await database.close();
    }
  });

  it('with the key of another form, or an older version, changes nothing of the other', async () => {
    await asked('q-key-1');
    await asked('q-key-2');
    const first = await sent(asha, '/triage/q-key-1/reply', { words: 'For the first', after: 'keep' });
    done(first);
    const second = await asha.get('/triage/q-key-2/reply');
    done(
      await asha.post('/triage/q-key-2/reply', {
        ...{
          ...hiddenOf(second.text),
          form: first.form['form'] ?? '',
          words: 'For the second',
          after: 'keep',
        },
      }),
    );
    const one = await read<Task>('Task/q-key-1');
    const message = await read<Communication>(one.output?.[0]?.valueReference?.reference ?? '');
    assert.equal(message.payload?.[0]?.contentString, 'For the first');
    for (const version of ['0', '1', '-1', '999999999', "1' or '1'='1"]) {
      const form = { ...hiddenOf((await asha.get('/triage/q-key-1/reply')).text), version };
      const answer = await asha.post('/triage/q-key-1/reply', { ...form, words: 'Again', after: 'keep' });
      assert.ok([409, 422].includes(answer.status), `${version}: ${answer.status}`);
    }
    assert.equal((await read<Task>('Task/q-key-1')).output?.length, 1);
  });

  it('that closes a request ends what the patient was still asked, and taking it back asks again', async () => {
    await asked('q-asked');
    done(await sent(asha, '/triage/q-asked/ask', { words: 'Which side?' }));
    const ask = (await read<Task>('Task/q-asked')).output?.at(-1)?.valueReference?.reference ?? '';
    done(await sent(asha, '/triage/q-asked/close', { reason: 'answered', note: '' }));
    assert.equal((await read<Task>(ask)).status, 'cancelled');
    const page = await asha.get('/triage/q-asked');
    const deed = /name="deed" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    done(await asha.post('/triage/q-asked/undo', { deed }));
    assert.equal((await read<Task>(ask)).status, 'requested');
    assert.equal(stageOf(await read<Task>('Task/q-asked')), 'with-patient');
  });

  it('takes odd words as words, says what is too long, and comes from our own pages alone', async () => {
    await asked('q-odd');
    const words = `<script>alert(1)</script> '; drop table triage_queue; -- ${'\u0000'}\u0007 {{ name }}`;
    const odd = await sent(asha, '/triage/q-odd/reply', { words, after: 'keep' });
    assert.ok([303, 422].includes(odd.status), String(odd.status));
    const page = await asha.get('/triage/q-odd');
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /<script>alert/);
    const long = await sent(asha, '/triage/q-odd/reply', { words: 'x'.repeat(100_000), after: 'keep' });
    assert.equal(long.status, 422);
    assert.match(wordsOf(long), /must be 4000 characters or fewer/);
    const form = hiddenOf((await asha.get('/triage/q-odd/close')).text);
    const elsewhere = await asha.post(
      '/triage/q-odd/close',
      { ...form, reason: 'answered' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    );
    assert.equal(elsewhere.status, 403);
    assert.notEqual(stageOf(await read<Task>('Task/q-odd')), 'closed');
  });
});

const sessionNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].flatMap(
  (day) => [`${day}-morning`, `${day}-afternoon`],
);

describe('how a team works', () => {
  it('is set by its manager, with what is wrong said, and shown in the queue', async () => {
    const sue = product.browser();
    await sue.become('Sue Tanner');
    assert.equal((await ben.get('/triage/settings')).status, 403);
    const none = Object.fromEntries(sessionNames.map((name) => [name, '0']));
    const wrong = await sent(sue, '/triage/settings', {
      ...none,
      'monday-morning': '-1',
      overflow: 'hub',
      hub: '',
      urgent: '2',
      routine: '5',
    });
    assert.match(wordsOf(wrong), /Monday morning must be a whole number/);
    done(
      await sent(sue, '/triage/settings', { ...none, overflow: 'wait', hub: '', urgent: '2', routine: '5' }),
    );
    assert.match(
      wordsOf(await ben.get('/triage')),
      /More came this (?:morning|afternoon) than you can answer/,
    );
  });

  it('lets a hub see the queue, and the record only when it says that it answers', async () => {
    const sue = product.browser();
    await sue.become('Sue Tanner');
    const some = Object.fromEntries(sessionNames.map((name) => [name, '1']));
    await asked('q-hub', { priority: 'stat', description: 'Cough' });
    done(
      await sent(sue, '/triage/settings', {
        ...{ ...some, overflow: 'hub', hub: 'Organization/demo-hilltop', urgent: '2', routine: '5' },
      }),
    );
    const huw = product.browser();
    await huw.become('Dr Huw Evans');
    assert.match(wordsOf(await huw.get('/triage')), /Cough/);
    const hidden = wordsOf(await huw.get('/triage/q-hub'));
    assert.doesNotMatch(hidden, /It hurts when I swallow/);
    done(await huw.post('/triage/q-hub/help-out', {}));
    assert.match(wordsOf(await huw.get('/triage/q-hub')), /It hurts when I swallow/);
    done(
      await sent(sue, '/triage/settings', { ...some, overflow: 'wait', hub: '', urgent: '2', routine: '5' }),
    );
    assert.equal((await huw.get('/triage/q-hub')).status, 404, 'a practice that leaves is seen no more');
  });

  it('keeps templates of its own', async () => {
    done(await sent(asha, '/triage/templates', { name: 'Blood test', words: 'Book at {practice}' }));
    const page = await asha.get('/triage/templates');
    assert.match(wordsOf(page), /Blood test/);
    const again = await sent(asha, '/triage/templates', { name: 'Blood test', words: 'x' });
    assert.match(wordsOf(again), /There is a template with this name/);
    const template = /name="template" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    done(await asha.post('/triage/templates/remove', { template }));
    assert.doesNotMatch(wordsOf(await asha.get('/triage/templates')), /Blood test/);
  });
});
