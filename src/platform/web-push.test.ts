import assert from 'node:assert/strict';
import test from 'node:test';
import { pushReceiver } from '../../test/support/push-receiver.ts';
import { publicFetch } from './public-fetch.ts';
import { openWebPush } from './web-push.ts';

const here = publicFetch({ schemes: ['http:'], allows: (address) => address === '127.0.0.1' });
const key = new Uint8Array(32).fill(5);
const message = { payload: '{"title":"پیغام"}', ttlSeconds: 60, urgency: 'normal', topic: 'abc' } as const;

test('what is sent is for the browser alone, and signed as ours', async (t) => {
  const push = openWebPush({ key, subject: 'https://care.example', fetch: here });
  const receiver = await pushReceiver(t, push.publicKey);
  await push.send(receiver.target, message);
  const [got] = receiver.received;
  assert.equal(got?.payload, message.payload);
  assert.deepEqual(
    [got?.headers['ttl'], got?.headers['urgency'], got?.headers['topic'], got?.headers['content-encoding']],
    ['60', 'normal', 'abc', 'aes128gcm'],
  );
  assert.equal(got?.claims['sub'], 'https://care.example');
});

test('a subscription that is over is told from a service that is busy and one that refuses', async (t) => {
  const push = openWebPush({ key, subject: 'https://care.example', fetch: here });
  const receiver = await pushReceiver(t, push.publicKey);
  for (const [answer, status] of [
    [404, 410],
    [410, 410],
    [429, 503],
    [500, 503],
    [413, 422],
  ] as const) {
    receiver.status = answer;
    await assert.rejects(push.send(receiver.target, message), { status }, String(answer));
  }
  assert.equal(receiver.received.length, 0);
});

test('whoever subscribes cannot make us call an address within our own network', async () => {
  const push = openWebPush({ key, subject: 'https://care.example' });
  const p256dh = push.publicKey;
  const auth = Buffer.alloc(16).toString('base64url');
  for (const endpoint of [
    'https://127.0.0.1/push',
    'https://10.0.0.1/',
    'http://push.example/',
    'https://[::1]/',
  ])
    await assert.rejects(push.send({ endpoint, p256dh, auth }, message), { status: 422 }, endpoint);
});

test('keys that are none are refused before anything is sent', async (t) => {
  const push = openWebPush({ key, subject: 'https://care.example', fetch: here });
  const { target } = await pushReceiver(t, push.publicKey);
  await assert.rejects(push.send({ ...target, p256dh: 'AAAA' }, message), { status: 422 });
});
