// Appointments over the whole product, by pages without script: patient, proxy, desk, door, another system.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Appointment, Bundle, OperationOutcome, Slot, Task } from '@medplum/fhirtypes';
import postgres from 'postgres';
import { input, taskCode } from '../src/fhir/primary-care.ts';
import { validate } from '../src/fhir/validate.ts';
import { addDays, localMoment } from '../src/web/dates.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let iris: BrowserOf;
let ben: BrowserOf;
before(async () => {
  product = await wholeProduct(ending);
  iris = product.browser();
  await iris.become('Mrs Iris Okafor');
  ben = product.browser();
  await ben.become('Ben Carter');
  // Slots are made by a job after the start.
  for (let n = 0; n < 200; n += 1) {
    const found = await fhir<Bundle>('Slot?status=free&schedule.actor=Practitioner/demo-huw&_summary=count');
    if ((found.total ?? 0) > 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail('no slots were made');
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const fhir = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
  JSON.parse(
    (
      await product.ask(`/fhir/${path}`, {
        ...init,
        headers: { ...product.operator, 'content-type': 'application/fhir+json' },
      })
    ).text,
  ) as T;
const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const locationOf = (answer: Answered): string => String(answer.headers.get('location'));
const hiddenOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
const timesIn = (text: string): readonly string[] =>
  [...text.matchAll(/name="slot" type="radio" value="([^"]+)"/g)].map(([, value = '']) => value);

/** Opens a form and sends it with these fields. */
async function sent(
  browser: BrowserOf,
  path: string,
  fields: Readonly<Record<string, string>> | ((text: string) => Readonly<Record<string, string>>),
): Promise<Answered> {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${wordsOf(page)}`);
  const own = typeof fields === 'function' ? fields(page.text) : fields;
  return browser.post(path.split('?')[0] ?? '', { ...hiddenOf(page.text), ...own });
}
const idIn = (answer: Answered): string =>
  /\/appointments\/(?:staff\/one\/)?([A-Za-z0-9-]+)/.exec(locationOf(answer))?.[1] ?? '';
const appointment = (id: string) => fhir<Appointment>(`Appointment/${id}`);

test('a patient books by a way of their choice, finds it in their record at once, moves it and calls it off', async () => {
  const path = '/appointments/for/demo-iris/new/gp-routine';
  const ways = wordsOf(await iris.get(path));
  assert.match(ways, /How do you want to meet\?.*By phone.*By video.*Face to face/);
  const form = await iris.get(`${path}?mode=telephone`);
  assert.doesNotMatch(form.text, / checked/, 'no time is chosen before');
  const [first = '', second = ''] = timesIn(form.text);
  const typed = { ...hiddenOf(form.text), slot: first, interpreter: 'Igbo', chaperone: '' };
  const twice = await Promise.all([iris.post(path, typed), iris.post(path, typed)]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    [303, 303],
  );
  const [one] = twice;
  assert.ok(one);
  const id = idIn(one);
  const stored = await appointment(id);
  assert.equal(stored.status, 'booked');
  assert.deepEqual(
    validate(stored).filter(({ severity }) => severity === 'error'),
    [],
  );
  const slot = await fhir<Slot>(stored.slot?.[0]?.reference ?? '');
  assert.equal(slot.status, 'busy');
  assert.deepEqual(
    validate(slot).filter(({ severity }) => severity === 'error'),
    [],
  );
  const shown = wordsOf(await iris.get(`/appointments/${id}?done=booked`));
  assert.match(shown, /Your appointment is booked.*By phone.*Dr Asha Patel.*Igbo\. Asked for.*We call you/);
  assert.match(
    wordsOf(await iris.get('/my-record/demo-iris/appointments')),
    /GP appointment.*By phone.*Dr Asha Patel/,
  );
  const calendar = await iris.get(`/appointments/${id}/calendar.ics`);
  assert.match(calendar.text, /BEGIN:VEVENT[\s\S]*SUMMARY:GP appointment/);

  const moved = await sent(iris, `/appointments/${id}/move?mode=in-person`, { slot: second });
  assert.equal(moved.status, 303, wordsOf(moved));
  assert.match(wordsOf(await iris.get(locationOf(moved))), /is moved.*Face to face.*Harbour Surgery/);
  assert.equal((await fhir<Slot>(stored.slot?.[0]?.reference ?? '')).status, 'free');

  const off = await sent(iris, `/appointments/${id}/cancel`, { reason: 'better' });
  assert.equal(off.status, 303);
  assert.equal((await appointment(id)).status, 'cancelled');
  const late = await sent(iris, `/appointments/${id}/cancel`, { reason: 'better' });
  assert.equal(late.status, 303, 'cancelled twice is cancelled');
});

test('a time that went meanwhile is told, and the other times are shown with it', async () => {
  const path = '/appointments/for/demo-iris/new/blood-test';
  const form = await iris.get(path);
  const [slot = ''] = timesIn(form.text);
  const desk = await sent(
    ben,
    '/appointments/staff/book/demo-daniel?mode=in-person&kind=blood-test',
    (text) => {
      assert.ok(timesIn(text).includes(slot));
      return { slot, interpreter: '', chaperone: '', instruction: '', weeks: '', times: '' };
    },
  );
  assert.equal(desk.status, 303, wordsOf(desk));
  const beaten = await iris.post(path, { ...hiddenOf(form.text), slot, interpreter: '', chaperone: '' });
  assert.equal(beaten.status, 422);
  assert.match(wordsOf(beaten), /Someone else has just taken that time/);
  assert.ok(timesIn(beaten.text).length > 5 && !timesIn(beaten.text).includes(slot));
});

test('nobody sees or changes the appointments of others: patients, those without the scope, staff of another practice', async () => {
  const made = await sent(
    ben,
    '/appointments/staff/book/demo-iris?mode=in-person&kind=vaccination',
    (text) => ({
      ...{
        slot: timesIn(text)[3] ?? '',
        interpreter: '',
        chaperone: 'demo-sue',
        instruction: 'Bring your card',
      },
      ...{ weeks: '', times: '' },
    }),
  );
  const id = idIn(made);
  assert.match(
    wordsOf(await ben.get(`/appointments/staff/one/${id}`)),
    /OKAFOR, Iris.*Vaccination.*Chaperone: Sue Tanner/,
  );
  const walter = product.browser();
  await walter.become('Mr Walter Price');
  const huw = product.browser();
  await huw.become('Dr Huw Evans');
  const mo = product.browser();
  await mo.become('Mo Rahman');
  for (const [browser, path, status] of [
    [walter, `/appointments/${id}`, 404],
    [walter, `/appointments/${id}/cancel`, 404],
    [walter, '/appointments/for/demo-iris', 404],
    [huw, `/appointments/staff/one/${id}`, 404],
    [huw, `/appointments/staff/one/${id}/move`, 404],
    [huw, '/appointments/staff/book/demo-iris', 404],
    [mo, '/appointments/staff', 403],
    [iris, `/appointments/staff/one/${id}`, 403],
    [ben, `/appointments/${id}/cancel`, 403],
    [product.browser(), `/appointments/${id}`, 303],
    [product.browser(), '/appointments/staff', 303],
  ] as const) {
    const answer = await browser.get(path);
    assert.equal(answer.status, status, path);
    assert.doesNotMatch(wordsOf(answer), /Okafor|OKAFOR/i);
  }
  const marked = await huw.post(`/appointments/staff/one/${id}/mark`, { status: 'arrived' });
  assert.equal(marked.status, 404);
});

test('someone who acts for another books for them, and only with that scope', async () => {
  const carol = product.browser();
  await carol.become('Mrs Carol Whitlock');
  const page = await carol.get('/appointments');
  assert.ok(page.status === 303 || /Walter Price/.test(page.text), wordsOf(page));
  const made = await sent(carol, '/appointments/for/demo-walter/new/gp-routine?mode=telephone', (text) => ({
    ...{ slot: timesIn(text)[0] ?? '', interpreter: '', chaperone: '' },
  }));
  assert.equal(made.status, 303, wordsOf(made));
  const huw = product.browser();
  await huw.become('Dr Huw Evans');
  assert.match(wordsOf(await huw.get(`/appointments/staff/one/${idIn(made)}`)), /PRICE, Walter/);
});

test('an invitation books within what triage allowed, once, and the request is booked', async () => {
  const ids = { help: 'try-help', invite: 'try-invite' };
  const day = localMoment(product.clock.now()).key;
  const tasks: readonly Task[] = [
    {
      ...{
        resourceType: 'Task',
        id: ids.help,
        intent: 'order',
        status: 'on-hold',
        code: taskCode('help', 'Help'),
      },
      ...{ for: { reference: 'Patient/demo-iris' }, owner: { reference: 'Organization/demo-harbour' } },
      input: [input('interpreter', { valueCode: 'pl' })],
    },
    {
      ...{ resourceType: 'Task', id: ids.invite, intent: 'order', status: 'requested' },
      ...{ code: taskCode('book', 'Book'), for: { reference: 'Patient/demo-iris' } },
      ...{ owner: { reference: 'Patient/demo-iris' }, requester: { reference: 'Organization/demo-harbour' } },
      ...{ basedOn: [{ reference: `Task/${ids.help}` }], authoredOn: `${day}T08:00:00Z` },
      restriction: { period: { end: addDays(day, 6) } },
      input: [
        input('mode', { valueCode: 'video' }),
        input('clinician', { valueReference: { reference: 'Practitioner/demo-asha' } }),
        input('minutes', { valueInteger: 30 }),
      ],
    },
  ];
  for (const task of tasks) await fhir(`Task/${task.id}`, { method: 'PUT', body: JSON.stringify(task) });
  const path = `/appointments/book/${ids.invite}`;
  assert.match(
    wordsOf(await iris.get('/appointments/for/demo-iris')),
    /For you to answer.*Choose a time.*Book by/,
  );
  const form = await iris.get(path);
  assert.match(form.text, /value="Polish"/);
  const other = await iris.post(path, {
    ...hiddenOf(form.text),
    mode: 'telephone',
    slot: timesIn(form.text)[0] ?? '',
  });
  assert.equal(other.status, 422, 'only by video');
  const made = await sent(iris, path, (text) => ({
    slot: timesIn(text)[1] ?? '',
    interpreter: 'Polish',
    chaperone: '',
  }));
  assert.equal(made.status, 303, wordsOf(made));
  const stored = await appointment(idIn(made));
  assert.deepEqual([stored.minutesDuration, stored.slot?.length], [30, 2]);
  const [help, invite] = await Promise.all([
    fhir<Task>(`Task/${ids.help}`),
    fhir<Task>(`Task/${ids.invite}`),
  ]);
  assert.equal(help.businessStatus?.coding?.[0]?.code, 'booked');
  assert.equal(invite.status, 'completed');
  assert.equal(help.output?.[0]?.valueReference?.reference, `Appointment/${stored.id}`);
  assert.match(wordsOf(await iris.get(path)), /This invitation is over.*booked with it already/);
  const walter = product.browser();
  await walter.become('Mr Walter Price');
  assert.equal((await walter.get(path)).status, 404);
});

test('the desk books a series, and the record holds it as one', async () => {
  const made = await sent(ben, '/appointments/staff/book/demo-tomasz?mode=in-person&kind=review', (text) => ({
    ...{
      slot: timesIn(text)[2] ?? '',
      interpreter: '',
      chaperone: '',
      instruction: '',
      weeks: '1',
      times: '2',
    },
  }));
  assert.equal(made.status, 303, wordsOf(made));
  const words = wordsOf(await ben.get(locationOf(made)));
  assert.match(words, /A series of appointments.*NOWAK, Tomasz/);
});

test('another system finds times and books, moves and calls off by BaRS; beaten, it is told so, and the same message is one booking', async () => {
  const headers = { ...product.operator, 'content-type': 'application/fhir+json; version=1.4.0' };
  const day = addDays(localMoment(product.clock.now()).key, 1);
  const query = `schedule.actor:HealthcareService=demo-harbour-practice&status=free&start=ge${day}&start=le${addDays(day, 10)}&_include=Slot:schedule&_include:recurse=Schedule:actor:Practitioner&_include:recurse=Schedule:actor:HealthcareService`;
  const found = JSON.parse((await product.ask(`/bars/Slot?${query}`, { headers })).text) as Bundle;
  const types = new Set(found.entry?.map(({ resource }) => resource?.resourceType));
  for (const type of ['Slot', 'Schedule', 'Practitioner', 'HealthcareService'] as const)
    assert.ok(types.has(type), type);
  const slots = (found.entry ?? [])
    .map(({ resource }) => resource)
    .filter((one) => one?.resourceType === 'Slot');
  const [slot, next] = slots.filter(({ comment }) => comment === 'Nurse clinic');
  assert.ok(slot?.id && next?.id);
  assert.ok(!slots.some(({ comment }) => comment === 'On the day'), 'what is held is not shown');
  const message = (id: string, reason: string, one: Partial<Appointment>, nhsNumber = '9990001006') => ({
    ...{ resourceType: 'Bundle', id, type: 'message', timestamp: '2026-11-22T12:00:00Z' },
    entry: [
      {
        fullUrl: 'urn:uuid:1',
        resource: {
          ...{ resourceType: 'MessageHeader', id: `h${id}` },
          eventCoding: {
            system: 'https://fhir.nhs.uk/CodeSystem/message-events-bars',
            code: 'booking-request',
          },
          ...{ source: { endpoint: 'https://111.example' }, focus: [{ reference: 'urn:uuid:2' }] },
          reason: {
            coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/message-reason-bars', code: reason }],
          },
        },
      },
      {
        fullUrl: 'urn:uuid:2',
        resource: { resourceType: 'Appointment', status: 'booked', participant: [], ...one },
      },
      {
        fullUrl: 'urn:uuid:3',
        resource: {
          resourceType: 'Patient',
          identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
        },
      },
    ],
  });
  const send = async (body: unknown, more: Record<string, string> = headers) => {
    const answer = await product.ask('/bars/$process-message', {
      method: 'POST',
      headers: more,
      body: JSON.stringify(body),
    });
    return {
      status: answer.status,
      body: JSON.parse(answer.text) as Pick<Bundle, 'entry'> & Pick<OperationOutcome, 'issue'>,
    };
  };
  const wanted = { slot: [{ reference: `Slot/${slot.id}` }], description: 'From 111' };
  const [one, again] = await Promise.all([
    send(message('m1', 'new', wanted)),
    send(message('m1', 'new', wanted)),
  ]);
  assert.deepEqual([one?.status, again?.status], [200, 200], JSON.stringify(one?.body));
  const booked = one?.body.entry?.[1]?.resource as Appointment;
  assert.equal(booked.id, again?.body.entry?.[1]?.resource?.id);
  assert.equal(booked.participant[0]?.actor?.reference, 'Patient/demo-iris');
  const beaten = await send(message('m2', 'new', wanted));
  assert.equal(beaten.status, 409);
  assert.equal(beaten.body.issue?.[0]?.details?.coding?.[0]?.code, 'REC_CONFLICT');
  const moved = await send(
    message('m3', 'update', { id: booked.id ?? '', slot: [{ reference: `Slot/${next.id}` }] }),
  );
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  const off = await send(message('m4', 'update', { id: booked.id ?? '', status: 'cancelled' }));
  assert.equal(off.status, 200);
  assert.equal((await appointment(booked.id ?? '')).status, 'cancelled');
  assert.equal((await fhir<Slot>(`Slot/${next.id}`)).status, 'free');
  for (const [body, status] of [
    [message('m5', 'new', wanted, '9990001007'), 422],
    [message('m6', 'new', {}), 422],
    [{ resourceType: 'Patient' }, 422],
    [message('m7', 'new', { slot: [{ reference: 'Slot/none' }] }), 404],
  ] as const)
    assert.equal((await send(body)).status, status);
  const stranger = await send(message('m8', 'new', wanted), { 'content-type': 'application/fhir+json' });
  assert.equal(stranger.status, 401);
});

test('a screen by the door knows people by birth and letters, says no names, and sends to the desk after wrong tries', async () => {
  const arrivals = await ben.get('/appointments/staff/arrivals');
  const kiosk = /\/appointments\/kiosk\/[^"<\s]+/.exec(arrivals.text)?.[0] ?? '';
  const now = product.clock.now();
  const soon = {
    start: new Date(now + 20 * 60_000).toISOString(),
    end: new Date(now + 35 * 60_000).toISOString(),
  };
  const one: Appointment = {
    ...{ resourceType: 'Appointment', id: 'try-door', status: 'booked', ...soon },
    extension: [
      { url: 'https://throughline.example/StructureDefinition/contact-mode', valueCode: 'in-person' },
    ],
    participant: [
      { actor: { reference: 'Patient/demo-iris' }, status: 'accepted' },
      { actor: { reference: 'Location/demo-harbour' }, status: 'accepted' },
      { actor: { reference: 'Practitioner/demo-asha', display: 'Dr Asha Patel' }, status: 'accepted' },
    ],
  };
  await fhir('Appointment/try-door', { method: 'PUT', body: JSON.stringify(one) });
  const stranger = product.browser();
  const born = { 'born-day': '11', 'born-month': '2', 'born-year': '1968' };
  assert.equal((await stranger.get(`${kiosk}x`)).status, 404);
  const wrong = await stranger.post(kiosk, { ...born, initials: 'XO' });
  assert.match(wordsOf(wrong), /Go to the desk/);
  const right = await stranger.post(kiosk, { ...born, initials: 'io' });
  assert.match(wordsOf(right), /Thank you.*knows that you are here/);
  assert.doesNotMatch(right.text, /Iris|Okafor|Patel/);
  assert.equal((await appointment('try-door')).status, 'arrived');
  assert.match(wordsOf(await ben.get('/appointments/staff/arrivals')), /Here.*OKAFOR, Iris/);
  for (let n = 0; n < 5; n += 1) await stranger.post(kiosk, { ...born, initials: 'ZZ' });
  assert.match(wordsOf(await stranger.post(kiosk, { ...born, initials: 'IO' })), /Go to the desk/);
});

test('the link of a reminder answers in one tap, and of a time that is over or moved it says nothing', async () => {
  const now = product.clock.now();
  const start = new Date(now + 40 * 3_600_000).toISOString();
  const one: Appointment = {
    ...{ resourceType: 'Appointment', id: 'try-tap', status: 'booked', start },
    end: new Date(now + 41 * 3_600_000).toISOString(),
    participant: [
      { actor: { reference: 'Patient/demo-iris' }, status: 'accepted' },
      { actor: { reference: 'Location/demo-harbour' }, status: 'accepted' },
    ],
  };
  await fhir('Appointment/try-tap', { method: 'PUT', body: JSON.stringify(one) });
  // As the message has it: one waits to be sent, a day before.
  const sql = postgres(product.databaseUrl, { max: 1 });
  let link = '';
  for (let n = 0; n < 150 && link === ''; n += 1) {
    const rows = await sql`
      select body from notification_outbox where kind = 'appointment-reminder' and about like 'Appointment/try-tap@%'
        and channel in ('email', 'text')`;
    link = /\/appointments\/answer\/\S+/.exec(String(rows[0]?.['body'] ?? ''))?.[0] ?? '';
    if (link === '') await new Promise((done) => setTimeout(done, 100));
  }
  await sql.end();
  assert.notEqual(link, '', 'the reminder has no link');
  const stranger = product.browser();
  const asked = await stranger.get(link);
  assert.match(wordsOf(asked), /Will you come\?/);
  assert.doesNotMatch(asked.text, /Iris|Okafor|Harbour/);
  assert.equal((await appointment('try-tap')).status, 'booked', 'looking at it answers nothing');
  assert.match(wordsOf(await stranger.post(link, { answer: 'yes' })), /knows that you will come/);
  assert.match(wordsOf(await stranger.post(link, { answer: 'yes' })), /knows that you will come/);
  const answers = await fhir<Bundle>('AppointmentResponse?appointment=Appointment/try-tap');
  assert.equal(answers.entry?.length, 1);
  assert.match(wordsOf(await stranger.post(link, { answer: 'no' })), /It is cancelled/);
  assert.equal((await appointment('try-tap')).status, 'cancelled');
  assert.match(wordsOf(await stranger.get(link)), /over, or was cancelled/);
  assert.equal((await stranger.get(link.replace(/~.{3}/, '~AAA'))).status, 404);
});

test('practice managers make sessions and leave, and are told what is booked in it; nurses do not', async () => {
  const sue = product.browser();
  await sue.become('Sue Tanner');
  const day = addDays(localMoment(product.clock.now()).key, 2);
  const [year = '', month = '', date = ''] = day.split('-');
  const session = {
    ...{ name: 'Evening', practitioner: 'demo-noor', site: 'demo-harbour', everyWeeks: '1', from: '19:00' },
    ...{ until: '20:00', minutes: '20', gap: '0', places: '1', modes: 'telephone', kinds: 'nurse' },
    ...{ releaseDays: '14', releaseAt: '08:00', selfBook: 'yes', fee: '', ends: '' },
    ...{ 'starts-day': date, 'starts-month': month, 'starts-year': year },
    weekdays: String(new Date(`${day}T00:00:00Z`).getUTCDay() || 7),
  };
  const path = '/appointments/staff/sessions/new';
  const clash = await sent(sue, path, { ...session, from: '09:30', until: '10:30' });
  const isWeekday = Number(session.weekdays) < 6;
  if (isWeekday) assert.match(wordsOf(clash), /has the session .Nurse clinic. at that time/);
  const backwards = await sent(sue, path, { ...session, from: '20:00', until: '19:00' });
  assert.match(wordsOf(backwards), /End must be after the beginning/);
  const made = await sent(sue, path, session);
  assert.equal(made.status, 303, wordsOf(made));
  assert.match(wordsOf(await sue.get(`/appointments/staff?day=${day}`)), /7pm Free/);
  const booked = await sent(
    ben,
    '/appointments/staff/book/demo-iris?mode=telephone&kind=nurse&clinician=demo-noor',
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
  assert.equal(booked.status, 303, wordsOf(booked));
  const leave = await sent(sue, '/appointments/staff/leave/new', {
    ...{ reason: 'Leave', who: 'demo-noor', site: '', fromTime: '', untilTime: '' },
    ...{ 'from-day': date, 'from-month': month, 'from-year': year },
    ...{ 'until-day': date, 'until-month': month, 'until-year': year },
  });
  assert.equal(leave.status, 303, wordsOf(leave));
  assert.match(wordsOf(await sue.get(locationOf(leave))), /Booked in it.*OKAFOR, Iris/);
  assert.doesNotMatch(wordsOf(await sue.get(`/appointments/staff?day=${day}&clinician=demo-noor`)), /Free/);
  const noor = product.browser();
  await noor.become('Noor Haddad');
  assert.equal((await noor.get(path)).status, 403);
  assert.equal((await noor.get('/appointments/staff')).status, 200);
});
