import assert from 'node:assert/strict';
import test from 'node:test';
import fastify, { type FastifyRequest, type InjectOptions } from 'fastify';
import { Problem } from '../platform/problem.ts';
import type { Actor } from '../record/actor.ts';
import { type AccessParts, openAccess } from './access.ts';
import type { Identity } from './identity.ts';

const secret = 'kQ3vN8sW2xZ7rT1yU5bM9cD4fG6hJ0aL';
const nothing = { grants: [] };
const nurse: Identity = {
  ...{ kind: 'staff', account: 'n', name: 'Nurse Noor', session: 's', method: 'passkey', authenticatedAt: 0 },
  user: 'Practitioner/noor',
  post: { role: 'nurse', organisation: 'Organization/harbour', organisationKinds: [], parties: [] },
};
const parts: AccessParts = {
  accessToken: secret,
  identityOf: async (cookies) => (cookies === 'session=noor' ? nurse : undefined),
  sightOf: async () => nothing,
  clientOf: async (token) =>
    token === 'given'
      ? { id: 'Device/app', name: 'App', role: 'system', purpose: 'TREAT', sight: nothing }
      : undefined,
};

/** The actor that a request is taken for, or the status of the refusal. */
async function asked(
  which: 'apiActor' | 'pageActor',
  headers: InjectOptions['headers'],
  more: Partial<AccessParts> = {},
): Promise<Actor | number> {
  const access = openAccess({ ...parts, ...more });
  const app = fastify();
  access.register(app);
  let answer: Actor | number = 0;
  app.get('/', async (request: FastifyRequest) => {
    try {
      answer = access[which](request);
    } catch (error) {
      assert.ok(error instanceof Problem);
      answer = error.status;
    }
    return '';
  });
  await app.inject({ url: '/', headers: headers ?? {} });
  await app.close();
  return answer;
}
const idOf = (answer: Actor | number) => (typeof answer === 'number' ? answer : answer.id);

test('without a token everyone who has not signed in is the local user', async () => {
  const open = { accessToken: undefined };
  assert.equal(idOf(await asked('apiActor', {}, open)), 'Practitioner/local-demo');
  assert.equal(idOf(await asked('pageActor', {}, open)), 'Practitioner/local-demo');
  assert.equal(idOf(await asked('pageActor', { cookie: 'session=noor' }, open)), 'Practitioner/noor');
  assert.equal(await asked('apiActor', { authorization: 'Bearer withdrawn' }, open), 401);
});

test('the API takes the configured token and those given to clients, and no session', async () => {
  assert.equal(idOf(await asked('apiActor', { authorization: `Bearer ${secret}` })), 'Device/access-token');
  assert.equal(idOf(await asked('apiActor', { authorization: 'Bearer given' })), 'Device/app');
  for (const wrong of ['Bearer', 'Bearer x', `Bearer ${secret}x`, `Basic ${btoa('a:wrong')}`])
    assert.equal(await asked('apiActor', { authorization: wrong }), 401);
  assert.equal(await asked('apiActor', { cookie: 'session=noor' }), 401);
  assert.equal(await asked('apiActor', {}), 401);
});

test('a page is for whoever has signed in, with the sight that is theirs', async () => {
  const actor = await asked('pageActor', { cookie: 'session=noor' });
  assert.ok(typeof actor === 'object');
  assert.deepEqual(
    [actor.id, actor.role, actor.organisation, actor.sight],
    ['Practitioner/noor', 'nurse', 'Organization/harbour', nothing],
  );
  assert.equal(await asked('pageActor', { cookie: 'session=other' }), 401);
  assert.equal(
    idOf(await asked('pageActor', { authorization: `Basic ${btoa(`anyone:${secret}`)}` })),
    'Device/access-token',
  );
});
