import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { atEnd } from '../../../test/support/ending.ts';
import { noSenders, notified, send } from '../../../test/support/notified.ts';
import { notifyServer } from '../../../test/support/notify-server.ts';
import { createServer } from '../../platform/http.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import { openNotify } from '../../platform/notify/notify-client.ts';
import { callbackPath, callbackRoute } from './callback-route.ts';

test('a text goes by NHS Notify with the person’s number, and its callbacks say what became of it', async (t) => {
  const world = await notified(t);
  const server = await notifyServer(t, world.now);
  const { settings } = server;
  const { callback } = settings;
  assert.ok(callback);
  const notify = openNotify({ settings, clock: { now: world.now }, newId: uuidv7({ now: world.now }) });
  const notifications = await world.process({ ...noSenders, text: notify.text, askNumber: ['text'] });
  const { parts } = notifications;
  await parts.contacts.put(world.people.nia, 'text', '+447700900982');
  await notifications.notify({ person: 'nia', kind: 'medicine-ready', about: 'x' });
  await send(notifications);
  const [message] = server.messages;
  assert.deepEqual(message?.['recipient'], {
    nhsNumber: '9990000018',
    contactDetails: { sms: '447700900982' },
  });
  const [entry] = await world.entries();
  assert.equal(message?.['messageReference'], entry?.id);

  const http = await createServer({
    ...{ log: createLog({ level: 'silent' }), newId: () => 'request', bodyLimit: 100_000 },
    ready: async () => [],
  });
  atEnd(t, http.close);
  callbackRoute(http.app, { outbox: parts.outbox, callback });
  const say = (
    messageStatus: string,
    timestamp: string,
    secret = `${callback.applicationId}.${callback.apiKey}`,
  ) => {
    const attributes = { messageReference: entry?.id, messageStatus, timestamp };
    const payload = JSON.stringify({ data: [{ type: 'MessageStatus', attributes }] });
    return http.app.inject({
      ...{ method: 'POST', url: callbackPath, payload },
      headers: {
        'content-type': 'application/vnd.api+json',
        'x-api-key': callback.apiKey,
        'x-hmac-sha256-signature': createHmac('sha256', secret).update(payload).digest('hex'),
      },
    });
  };
  const state = async () => (await world.entries())[0]?.state;
  assert.equal((await say('failed', '2026-11-22T12:00:05Z', 'guess')).statusCode, 403);
  assert.equal(await state(), 'sent');
  assert.equal((await say('delivered', '2026-11-22T12:00:09Z')).statusCode, 202);
  assert.equal(await state(), 'delivered');
  // They come in any order, and more than once.
  assert.equal((await say('failed', '2026-11-22T12:00:05Z')).statusCode, 202);
  assert.equal((await say('delivered', '2026-11-22T12:00:09Z')).statusCode, 202);
  assert.equal(await state(), 'delivered');
});
