import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { notifyServer } from '../../../test/support/notify-server.ts';
import { uuidv7 } from '../ids.ts';
import { readCallback } from './callback.ts';
import { openNotify } from './notify-client.ts';
import { readNotifySettings } from './read-settings.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const text = {
  to: '+44 7700 900982',
  text: 'You have a new message.',
  reference: 'da0b1495-c7cb-468c-9d81-07dee089d728',
};

test('a text goes by the routing plan, to the number that was confirmed, under our reference', async (t) => {
  const clock = { now: () => start };
  const server = await notifyServer(t, clock.now);
  const notify = openNotify({ settings: server.settings, clock, newId: uuidv7(clock) });
  assert.deepEqual(await notify.text.send({ ...text, nhsNumber: '9990548609' }), { id: 'ksuid-1' });
  assert.deepEqual(server.messages, [
    {
      routingPlanId: server.settings.text?.routingPlanId,
      messageReference: text.reference,
      recipient: { nhsNumber: '9990548609', contactDetails: { sms: '447700900982' } },
      personalisation: { sms_body: text.text },
    },
  ]);
});

test('the same message sent again is sent once', async (t) => {
  const clock = { now: () => start };
  const server = await notifyServer(t, clock.now);
  const notify = openNotify({ settings: server.settings, clock, newId: uuidv7(clock) });
  await notify.text.send(text);
  await notify.text.send(text);
  assert.equal(server.messages.length, 1);
  assert.equal(server.asked.messages, 2);
});

test('one access token serves until shortly before its end, and is asked for anew where it is refused', async (t) => {
  let now = start;
  const clock = { now: () => now };
  const server = await notifyServer(t, clock.now);
  const notify = openNotify({ settings: server.settings, clock, newId: uuidv7(clock) });
  const newId = uuidv7(clock);
  const send = () => notify.sendEmail({ to: 'n@example.org', subject: 's', text: 't', reference: newId() });
  await Promise.all([send(), send(), send()]);
  assert.equal(server.asked.tokens, 1);
  now += 580_000;
  await send();
  assert.equal(server.asked.tokens, 2);
  server.endTokens();
  await send();
  assert.equal(server.asked.tokens, 3);
  assert.equal(server.messages.length, 5);
});

test('what may be tried again is told from what never will be sent', async (t) => {
  const clock = { now: () => start };
  const server = await notifyServer(t, clock.now);
  const notify = openNotify({ settings: server.settings, clock, newId: uuidv7(clock) });
  const cases: readonly (readonly [number, number])[] = [
    [400, 422],
    [404, 503],
    [425, 503],
    [429, 503],
    [500, 503],
    [503, 503],
  ];
  for (const [answer, status] of cases) {
    server.next = { status: answer, body: { errors: [{ code: 'CM_INVALID_VALUE' }] } };
    await assert.rejects(notify.text.send(text), { status }, String(answer));
  }
});

const callback = { applicationId: 'app-1', apiKey: '0bb04a0e-d005-42dd-8993-dacf37410a12' };
const bodyOf = (data: unknown) => Buffer.from(JSON.stringify({ data }));
const status = (messageStatus: string) => ({
  type: 'MessageStatus',
  attributes: {
    ...{ messageId: 'k', messageReference: text.reference, messageStatus, routingPlan: {} },
    timestamp: '2026-11-22T12:00:00.000Z',
  },
});
const signed = (body: Buffer, secret = `${callback.applicationId}.${callback.apiKey}`) => ({
  'x-api-key': callback.apiKey,
  'x-hmac-sha256-signature': createHmac('sha256', secret).update(body).digest('hex'),
});

test('a callback says what became of a message', () => {
  const channel = { type: 'ChannelStatus', attributes: { channelStatus: 'delivered' } };
  const body = bodyOf([status('delivered'), channel, status('sending')]);
  assert.deepEqual(readCallback(callback, signed(body), body), [
    { reference: text.reference, state: 'delivered', at: start, reason: undefined },
    { reference: text.reference, state: 'on its way', at: start, reason: undefined },
  ]);
});

test('a callback without our key, or signed otherwise, or changed on its way, is refused', () => {
  const body = bodyOf([status('delivered')]);
  const other = bodyOf([status('failed')]);
  const { 'x-hmac-sha256-signature': signature } = signed(body);
  assert.throws(() => readCallback(callback, {}, body), { status: 401 });
  assert.throws(() => readCallback(callback, { ...signed(body), 'x-api-key': 'x' }, body), { status: 401 });
  assert.throws(() => readCallback(callback, { 'x-api-key': callback.apiKey }, body), { status: 403 });
  assert.throws(() => readCallback(callback, signed(body, 'x'), body), { status: 403 });
  assert.throws(
    () => readCallback(callback, { ...signed(other), 'x-hmac-sha256-signature': signature }, other),
    { status: 403 },
  );
  const nonsense = Buffer.from('{"data":[]}');
  assert.throws(() => readCallback(callback, signed(nonsense), nonsense), { status: 400 });
});

test('settings that are wrong are named without being quoted', async (t) => {
  const { settings } = await notifyServer(t, () => start);
  assert.equal(readNotifySettings(undefined), undefined);
  assert.deepEqual(readNotifySettings(settings), settings);
  assert.throws(
    () => readNotifySettings({ ...settings, privateKey: 'hunter2' }),
    (error: Error) => {
      assert.match(error.message, /NHS_NOTIFY\.privateKey: must be an RSA private key/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    },
  );
});
