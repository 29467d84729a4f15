import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Appointment, Communication } from '@medplum/fhirtypes';
import type { Ending } from '../../../test/support/ending.ts';
import { mailSink } from '../../../test/support/mail-sink.ts';
import '../../../test/support/own-server.ts';
import { follow, type Notified, noSenders, notified, send } from '../../../test/support/notified.ts';
import { pushReceiver } from '../../../test/support/push-receiver.ts';
import { tester } from '../../../test/support/record.ts';
import type { PersonIdentity } from '../../access/identity.ts';
import { inTransaction } from '../../platform/database.ts';
import { smtpMailer } from '../../platform/mail.ts';
import { publicFetch } from '../../platform/public-fetch.ts';
import { openWebPush } from '../../platform/web-push.ts';
import { usualChoices } from './kinds.ts';
import type { Notifications } from './notifications.ts';
import { waits } from './send.ts';
import type { Senders } from './senders.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let world: Notified;
/** One without any way out: what would go stays in the outbox. */
let notifications: Notifications;
let round = 0;
before(async () => {
  world = await notified(ending);
  notifications = await world.process();
});
beforeEach(async () => {
  round += 1;
  await world.begin();
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const days = (count: number): string => new Date(world.now() + count * 86_400_000).toISOString();
const messageTo = (person: string, id: string, more: Partial<Communication> = {}): Communication => ({
  ...{ resourceType: 'Communication', id: `${id}-${round}`, status: 'completed', sent: days(0) },
  ...{ subject: { reference: `Patient/${person}` }, recipient: [{ reference: `Patient/${person}` }] },
  payload: [{ contentString: 'Your HIV test is positive' }],
  ...more,
});
const booking = (start: string, more: Partial<Appointment> = {}): Appointment => ({
  ...{ resourceType: 'Appointment', id: `a-${round}`, status: 'booked', start, end: start },
  participant: [{ actor: { reference: 'Patient/nia' }, status: 'accepted' }],
  ...more,
});

const email = (who: keyof Notified['people'] = 'nia') =>
  notifications.parts.contacts.put(world.people[who], 'email', `${who}@example.org`);
/** In the order of the alphabet: the clock stands, so none is the first. */
const shown = async () =>
  (await world.entries()).map(({ kind, channel, state }) => `${kind} ${channel} ${state}`).sort();

describe('what is new in the record', () => {
  it('is told once to whom it is about, by the ways they have, without a word of what it is', async () => {
    await email();
    await world.put(messageTo('nia', 'c1'), messageTo('bob', 'c2'));
    const others = [await world.process(), await world.process()];
    await Promise.all(others.map(({ parts }) => parts.follower.step()));
    await follow(notifications);
    await follow(notifications);
    const entries = await world.entries();
    assert.deepEqual(await shown(), ['message email waiting']);
    assert.equal(entries[0]?.account, world.people.nia);
    assert.equal(entries[0]?.subject, 'You have a new message');
    assert.doesNotMatch(JSON.stringify(entries), /HIV/);
  });

  it('is not told where it was there before', async () => {
    await email();
    await world.put(messageTo('nia', 'c1'));
    await world.database.pool`delete from notification_position`;
    await notifications.parts.follower.begin();
    await follow(notifications);
    assert.deepEqual(await shown(), []);
    await world.put(messageTo('nia', 'c2'));
    await follow(notifications);
    assert.deepEqual(await shown(), ['message email waiting']);
  });

  it('is told to those who act for someone as far as they may see it, without saying for whom', async () => {
    await email('ruth');
    await email('bob');
    const system = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
    await world.put(
      messageTo('sam', 'c1'),
      messageTo('sam', 'c2', { meta: { security: [{ system, code: 'R' }] } }),
      messageTo('nia', 'c3'),
    );
    await follow(notifications);
    const entries = await world.entries();
    assert.deepEqual(
      entries.map(({ account, about, subject }) => [account, about, subject]),
      [[world.people.ruth, `Communication/c1-${round}`, 'There is something new for someone you act for']],
    );
  });

  it('withdraws the reminder of an appointment that moved or is off', async () => {
    await email();
    await world.put(booking(days(4)));
    await follow(notifications);
    await world.put(booking(days(5)));
    await follow(notifications);
    assert.deepEqual(await shown(), [
      'appointment-booked email waiting',
      'appointment-changed email waiting',
      'appointment-reminder email dropped',
      'appointment-reminder email waiting',
    ]);
    await world.put(booking(days(5), { status: 'cancelled' }));
    await follow(notifications);
    assert.deepEqual(await shown(), [
      'appointment-booked email waiting',
      'appointment-cancelled email waiting',
      'appointment-changed email waiting',
      'appointment-reminder email dropped',
      'appointment-reminder email dropped',
    ]);
  });

  it('speaks the language that someone chose', async () => {
    await email();
    await notifications.parts.preferences.speak(world.people.nia, 'ur');
    await world.put(messageTo('nia', 'c1'));
    await follow(notifications);
    assert.equal((await world.entries())[0]?.subject, 'آپ کے لیے ایک نیا پیغام ہے');
  });
});

describe('what services tell', () => {
  it('is told once for each thing, however often and wherever at once it is told', async () => {
    await email();
    const other = await world.process();
    const news = { person: 'nia', kind: 'acting-asked', about: 'proxy 7' } as const;
    const ways = await Promise.all([
      notifications.notify(news),
      other.notify(news),
      notifications.notify(news),
    ]);
    assert.equal(
      ways.reduce((sum, one) => sum + one, 0),
      1,
    );
  });

  it('is told to the person alone where someone asks to act for them', async () => {
    await email();
    await email('bob');
    const { proxies, people } = world;
    proxies.whenAsked(({ id, patient }) =>
      notifications.notify({ person: patient, kind: 'acting-asked', about: `proxy ${id}` }),
    );
    const bob: PersonIdentity = {
      ...{ kind: 'person', account: people.bob, name: 'Bob Ash', patient: 'bob', proofing: 'P9' },
      ...{ session: 's', method: 'passkey', authenticatedAt: world.now() },
    };
    const ask = (nhsNumber: string, form: string) => ({
      ...{ form, nhsNumber, birthDate: '1980-03-08', personName: 'Nia Ash', relationship: 'carer' },
      ...{ scopes: ['record'] as const, evidence: 'She is my aunt' },
    });
    const form = '0190a0b0-0000-7000-8000-00000000000';
    for (let i = 0; i < 2; i += 1) await proxies.ask(bob, ask('9990000018', `${form}1`), tester);
    await proxies.ask(bob, ask('9000000017', `${form}2`), tester); // nobody's
    const entries = await world.entries();
    assert.deepEqual(
      entries.map(({ account, kind, subject }) => [account, kind, subject]),
      [[people.nia, 'acting-asked', 'Someone has asked to act for you']],
    );
  });

  it('is not told when what it was part of is not committed', async () => {
    await email();
    const news = { person: 'nia', kind: 'form', about: 'x' } as const;
    await assert.rejects(
      inTransaction(world.database, async (sql) => {
        assert.equal(await notifications.notify(news, sql), 1);
        throw new Error('no');
      }),
    );
    assert.deepEqual(await shown(), []);
  });

  it('waits for the end of quiet hours, unless someone waits for it', async () => {
    await email();
    world.pass(11 * 3_600_000); // 11pm
    await notifications.notify({ person: 'nia', kind: 'form', about: 'one' });
    await notifications.notify({ person: 'nia', kind: 'form', about: 'two', urgency: 'now' });
    await send(notifications);
    const states = async () => (await world.entries()).map(({ about, state }) => `${about} ${state}`).sort();
    assert.deepEqual(await states(), ['one waiting', 'two kept']);
    world.pass(8 * 3_600_000 - 1);
    await send(notifications);
    assert.deepEqual(await states(), ['one waiting', 'two kept']);
    world.pass(1);
    await send(notifications);
    assert.deepEqual(await states(), ['one kept', 'two kept']);
  });

  it('goes by no way that is not wanted or not safe, also where that was said after it was put there', async () => {
    await email();
    const { preferences } = notifications.parts;
    const chosen = await preferences.of(world.people.nia);
    const news = (about: string) => notifications.notify({ person: 'nia', kind: 'letter', about });
    assert.equal(await news('one'), 1);
    await preferences.save(world.people.nia, { ...chosen, choices: { ...usualChoices, letters: ['push'] } });
    assert.equal(await news('two'), 0);
    await preferences.save(world.people.nia, { ...chosen, never: ['email'] });
    assert.equal(await news('three'), 0);
    await send(notifications);
    assert.deepEqual(await shown(), ['letter email dropped']);
  });

  it('goes nowhere without a way, nor to an address that was not confirmed', async () => {
    const { contacts } = notifications.parts;
    await inTransaction(world.database, (sql) =>
      contacts.ask(sql, world.people.nia, 'email', 'someone@else.example'),
    );
    assert.equal(await notifications.notify({ person: 'nia', kind: 'form', about: 'x' }), 0);
    assert.equal(await notifications.notify({ person: 'nobody', kind: 'form', about: 'x' }), 0);
  });
});

const mailing = async (t: Parameters<typeof mailSink>[0] & { after(work: () => void): void }) => {
  const sink = await mailSink(t);
  const mailer = smtpMailer({ url: sink.url, from: 'no-reply@care.example' });
  t.after(mailer.close);
  const senders: Senders = { ...noSenders, email: mailer.send };
  return { sink, senders };
};
const form = { person: 'nia', kind: 'form', about: 'x' } as const;

describe('sending', () => {
  it('hands an email over, with the way to stop more of them', async (t) => {
    const { sink, senders } = await mailing(t);
    const notifications = await world.process(senders);
    await email();
    await notifications.notify(form);
    await send(notifications);
    await send(notifications);
    const [mail, ...more] = sink.mails;
    assert.equal(more.length, 0);
    assert.equal(mail?.to, 'nia@example.org');
    assert.match(mail?.text ?? '', /^There is something for you to do\.\n\nOpen Throughline to see it\./);
    const [, token = ''] =
      /\/notifications\/stop\/([\w-]+)>/.exec(mail?.headers['list-unsubscribe'] ?? '') ?? [];
    const { stopTokens, contacts } = notifications.parts;
    const addressOf = async (account: string) => (await contacts.of(account))[0]?.address;
    assert.equal(await stopTokens.accountOf(token, addressOf), world.people.nia);
    assert.deepEqual(await shown(), ['form email sent']);
  });

  it('tries again after longer and longer, and then gives up', async (t) => {
    const { sink, senders } = await mailing(t);
    const notifications = await world.process(senders);
    await email();
    await notifications.notify({ ...form, urgency: 'now' });
    sink.answer = () => 451;
    for (const wait of waits) {
      await send(notifications);
      const [entry] = await world.entries();
      assert.deepEqual([entry?.state, entry?.due], ['waiting', world.now() + wait]);
      world.pass(wait);
    }
    await send(notifications);
    assert.deepEqual(await shown(), ['form email failed']);
    assert.equal(sink.mails.length, 0);
  });

  it('comes through when the mail server is back', async (t) => {
    const { sink, senders } = await mailing(t);
    const notifications = await world.process(senders);
    await email();
    await notifications.notify(form);
    sink.answer = () => 451;
    await send(notifications);
    sink.answer = () => 250;
    await send(notifications);
    assert.equal(sink.mails.length, 0, 'not before its time');
    world.pass(waits[0]);
    await send(notifications);
    assert.equal(sink.mails.length, 1);
    assert.deepEqual(await shown(), ['form email sent']);
  });

  it('gives up at once where the address is refused for good', async (t) => {
    const { sink, senders } = await mailing(t);
    const notifications = await world.process(senders);
    await email();
    await notifications.notify(form);
    sink.answer = () => 550;
    await send(notifications);
    assert.deepEqual(await shown(), ['form email failed']);
  });

  it('is done by one of several processes that try at once', async (t) => {
    const { sink, senders } = await mailing(t);
    const notifications = await world.process(senders);
    await email();
    await notifications.notify(form);
    const [entry] = await world.entries();
    const others = [await world.process(senders), await world.process(senders), notifications];
    await Promise.all(others.map(({ parts }) => parts.send(entry?.id ?? '')));
    assert.equal(sink.mails.length, 1);
  });

  it('drops what waits for an address or browser that was removed', async (t) => {
    const { sink, senders } = await mailing(t);
    const notifications = await world.process(senders);
    await email();
    await notifications.notify(form);
    await notifications.parts.contacts.remove(world.people.nia, 'email');
    await send(notifications);
    assert.deepEqual(await shown(), ['form email dropped']);
    assert.equal(sink.mails.length, 0);
  });

  it('begins again with what got stuck, and forgets what is old', async () => {
    await email();
    await notifications.notify(form);
    world.pass(3_600_000);
    assert.equal(await notifications.parts.outbox.revive(), 1);
    await send(notifications);
    world.pass(91 * 86_400_000);
    await notifications.tidy();
    assert.deepEqual(await shown(), []);
  });
});

describe('notifications to browsers', () => {
  const here = publicFetch({ schemes: ['http:'], allows: (address) => address === '127.0.0.1' });
  const push = openWebPush({
    ...{ key: new Uint8Array(32).fill(5), subject: 'https://care.example', fetch: here },
  });

  it('arrive in each browser once, lead to the page, and hold no name', async (t) => {
    const notifications = await world.process({ ...noSenders, push });
    const [phone, desk] = [await pushReceiver(t, push.publicKey), await pushReceiver(t, push.publicKey)];
    const { browsers } = notifications.parts;
    for (const { target } of [phone, desk]) await browsers.add(world.people.nia, target, 'Firefox');
    await world.put(messageTo('nia', 'c1'));
    await follow(notifications);
    await send(notifications);
    await send(notifications);
    for (const { received } of [phone, desk]) {
      assert.equal(received.length, 1);
      const { tag, ...rest } = JSON.parse(received[0]?.payload ?? '{}');
      assert.equal(received[0]?.headers['topic'], tag.replaceAll('-', ''));
      assert.deepEqual(rest, {
        ...{ title: 'You have a new message', body: 'Open Throughline to see it.' },
        ...{ url: '/my-record/nia/messages', lang: 'en' },
      });
    }
  });

  it('end for a browser whose subscription is over', async (t) => {
    const notifications = await world.process({ ...noSenders, push });
    const phone = await pushReceiver(t, push.publicKey);
    const { browsers } = notifications.parts;
    await browsers.add(world.people.nia, phone.target, 'Firefox');
    await notifications.notify(form);
    phone.status = 410;
    await send(notifications);
    assert.deepEqual(await shown(), ['form push dropped']);
    assert.deepEqual(await browsers.of(world.people.nia), []);
  });

  it('go to whoever asked last in a browser, and to nobody who uses it no more', async (t) => {
    const notifications = await world.process({ ...noSenders, push });
    const shared = await pushReceiver(t, push.publicKey);
    const { browsers } = notifications.parts;
    const id = await browsers.add(world.people.nia, shared.target, 'Firefox');
    await notifications.notify(form);
    assert.equal(await browsers.add(world.people.bob, shared.target, 'Firefox'), id);
    await send(notifications);
    assert.deepEqual(await shown(), ['form push dropped']);
    assert.equal(shared.received.length, 0);
    assert.equal(await browsers.remove(world.people.nia, id), false, 'it is another’s now');
    assert.equal((await browsers.of(world.people.bob)).length, 1);
  });
});

describe('an address', () => {
  it('is theirs when the code comes back, and five wrong ones end it', async () => {
    const { database, people, pass } = world;
    const { contacts } = notifications.parts;
    const ask = (address: string) =>
      inTransaction(database, (sql) => contacts.ask(sql, people.nia, 'email', address));
    const code = await ask('nia@home.example');
    assert.match(code, /^\d{6}$/);
    const wrong = code === '000000' ? '000001' : '000000';
    assert.equal(await contacts.confirm(people.bob, 'email', code), 'over');
    assert.equal(await contacts.confirm(people.nia, 'email', wrong), 'wrong');
    assert.equal(await contacts.confirm(people.nia, 'email', code), 'confirmed');
    assert.equal(await contacts.confirm(people.nia, 'email', code), 'over');
    const second = await ask('nia@work.example');
    assert.deepEqual((await contacts.of(people.nia))[0], {
      ...{ channel: 'email', address: 'nia@work.example', confirmed: false },
    });
    const tries = Array.from({ length: 5 }, () => contacts.confirm(people.nia, 'email', 'x'));
    assert.deepEqual(new Set(await Promise.all(tries)), new Set(['wrong']));
    assert.equal(await contacts.confirm(people.nia, 'email', second), 'over');
    const third = await ask('nia@work.example');
    pass(31 * 60_000);
    assert.equal(await contacts.confirm(people.nia, 'email', third), 'over');
  });

  it('is sent five codes in an hour at most, removed and added again or not', async () => {
    const { database, people, pass } = world;
    const { contacts } = notifications.parts;
    const ask = () =>
      inTransaction(database, (sql) => contacts.ask(sql, people.nia, 'text', '+447700900001'));
    for (let i = 0; i < 5; i += 1) {
      await ask();
      await contacts.remove(people.nia, 'text');
    }
    await assert.rejects(ask(), { status: 429 });
    pass(3_600_001);
    await ask();
  });
});
