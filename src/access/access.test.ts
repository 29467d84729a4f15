import assert from 'node:assert/strict';
import test from 'node:test';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../platform/problem.ts';
import { openAccess } from './access.ts';

const asking = (authorization?: string) =>
  ({ id: 'r1', headers: authorization === undefined ? {} : { authorization } }) as FastifyRequest; // all that is read of it
const secret = 'kQ3vN8sW2xZ7rT1yU5bM9cD4fG6hJ0aL';
const refused = (error: unknown) => error instanceof Problem && error.status === 401;

test('without a token everyone is the local user', () => {
  const access = openAccess(undefined);
  assert.equal(access.apiActor(asking()).id, 'Practitioner/local-demo');
  assert.equal(access.pageActor(asking()).via, 'page');
});

test('the API takes the token as a bearer token only', () => {
  const access = openAccess(secret);
  assert.equal(access.apiActor(asking(`Bearer ${secret}`)).id, 'Device/access-token');
  for (const wrong of [undefined, 'Bearer', 'Bearer x', `Bearer ${secret}x`, `Basic ${btoa(`a:${secret}`)}`])
    assert.throws(() => access.apiActor(asking(wrong)), refused);
});

test('a browser gives the token as the password', () => {
  const access = openAccess(secret);
  assert.equal(access.pageActor(asking(`Basic ${btoa(`anyone:${secret}`)}`)).role, 'system');
  assert.throws(() => access.pageActor(asking(`Basic ${btoa('anyone:wrong')}`)), refused);
  assert.throws(() => access.pageActor(asking()), refused);
});
