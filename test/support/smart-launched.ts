/** An app launched on a server with Margaret's record: what tests of launches and of tokens begin with. */
import assert from 'node:assert/strict';
import type { ClientDetails } from '../../src/access/smart/client-details.ts';
import { putAll } from './pages-app.ts';
import { people } from './people.ts';
import { agree, authorizeUrl, post, redirect, type SmartApp, smartApp, verifier } from './smart-app.ts';

export const appDetails: ClientDetails = {
  name: 'Growth charts',
  kind: 'app',
  proof: 'none',
  redirects: [redirect],
  scopes: [
    'launch',
    'launch/patient',
    'patient/*.cruds',
    'user/*.rs',
    'openid',
    'fhirUser',
    'profile',
    'offline_access',
    'online_access',
  ],
  inspects: false,
};

export const get = (app: SmartApp, path: string, token: string) =>
  fetch(`${app.baseUrl}/fhir/${path}`, { headers: { authorization: `Bearer ${token}` } });

export async function exchange(
  app: SmartApp,
  client: string,
  code: string,
  changes: Record<string, string> = {},
) {
  return post(app.baseUrl, 'token', {
    grant_type: 'authorization_code',
    code,
    client_id: client,
    redirect_uri: redirect,
    code_verifier: verifier,
    ...changes,
  });
}

/** A server with Margaret's record and one app without a secret. */
export async function launched(
  t: Parameters<typeof smartApp>[0],
  options: Parameters<typeof smartApp>[1] = {},
) {
  const app = await smartApp(t, options);
  await putAll(app.record, people);
  const { client } = await app.smart.clients.add(appDetails);
  return { app, client: client.id };
}

export async function tokens(
  app: SmartApp,
  client: string,
  changes: Record<string, string | undefined> = {},
) {
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client, changes));
  const answer = await exchange(app, client, end.searchParams.get('code') ?? '');
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
