/** The FHIR API, the OpenID provider and the consent pages in one server, with people and API clients. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../src/access/identity.ts';
import type { SecurityEvent } from '../../src/access/security-log.ts';
import { sightOfReach } from '../../src/access/smart/client-details.ts';
import { grantsOf, interactionOf } from '../../src/access/smart/narrow-sight.ts';
import { smartMigrations } from '../../src/access/smart/schema.ts';
import { openSmart, type Smart, type SmartNeeds } from '../../src/access/smart/smart.ts';
import type { TokenIdentity } from '../../src/access/smart/token-identity.ts';
import { resourceTypes } from '../../src/fhir/resource-types.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { createServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { problem } from '../../src/platform/problem.ts';
import type { Actor } from '../../src/record/actor.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { openRecord } from '../../src/record/record.ts';
import { fhirErrors } from '../../src/record/rest/errors.ts';
import { fhirRoutes } from '../../src/record/rest/routes.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import type { Sight } from '../../src/record/sight.ts';
import { apiClients } from '../../src/region/api-clients/index.ts';
import { appConsent } from '../../src/services/app-consent/index.ts';
import { setUpShell } from '../../src/web/shell.ts';
import { testDatabase } from './database.ts';
import { atEnd, type Ending } from './ending.ts';
import { freePort } from './free-port.ts';
import { tester } from './record.ts';

export const margaret: Identity = {
  kind: 'person',
  account: 'account-margaret',
  name: 'Margaret Ashworth',
  session: 'session-margaret',
  method: 'passkey',
  authenticatedAt: 0,
  patient: 'margaret',
  proofing: 'P9',
};

export const drPatel: Identity = {
  kind: 'staff',
  account: 'account-patel',
  name: 'Dr Asha Patel',
  session: 'session-patel',
  method: 'passkey',
  authenticatedAt: 0,
  user: 'Practitioner/patel',
  post: {
    role: 'gp',
    organisation: 'Organization/practice',
    organisationKinds: ['general-practice'],
    parties: ['Organization/practice', 'Practitioner/patel'],
  },
};

export const administrator: Identity = {
  ...drPatel,
  account: 'account-admin',
  name: 'Sam Jones',
  session: 'session-admin',
  user: 'Practitioner/jones',
  post: { ...drPatel.post, role: 'administrator' },
};

const people: Readonly<Record<string, Identity>> = { margaret, patel: drPatel, admin: administrator };

export interface SmartApp {
  readonly baseUrl: string;
  readonly smart: Smart;
  readonly record: CareRecord;
  readonly database: Database;
  readonly events: readonly SecurityEvent[];
}

/** What people may see before an app's scopes narrow it. */
function sightOf(identity: Identity): Sight {
  if (identity.kind === 'staff')
    return {
      grants: [
        {
          types: resourceTypes,
          writes: ['Observation'],
          of: { kind: 'related', parties: identity.post.parties },
          withheld: [],
        },
        { types: ['Organization', 'Practitioner'], writes: [], of: { kind: 'nobody' }, withheld: [] },
      ],
    };
  const ids = identity.patient === undefined ? [] : [identity.patient];
  return grantsOfPerson(ids);
}

const grantsOfPerson = (ids: readonly string[]): Sight => ({
  grants: [
    {
      types: ['Patient', 'Observation', 'Condition'],
      writes: ['Observation'],
      of: { kind: 'persons', ids },
      withheld: [],
    },
  ],
});

function actorOfToken(token: TokenIdentity, request: FastifyRequest): Actor {
  const base =
    token.as === 'system'
      ? token.reach
        ? sightOfReach(token.reach)
        : { grants: [] }
      : token.identity
        ? sightOf(token.identity)
        : { grants: [] };
  const interaction = interactionOf(request.method, request.url.replace(/^\/fhir/, ''), request.headers);
  const { patient } = token;
  return {
    ...tester,
    id: token.identity?.kind === 'staff' ? token.identity.user : `Device/${token.client.id}`,
    name: token.identity?.name ?? token.client.name,
    sight: grantsOf(token.scopes, base, {
      as: token.as,
      interaction,
      ...(patient === undefined ? {} : { patient }),
    }),
  };
}

/**
 * Listens on a free port. Browsers and requests say who is signed in by the cookie `who`: one of the people above; its
 * absence: nobody.
 */
export async function smartApp(
  t: Ending,
  options: { clock?: Clock; needs?: Partial<SmartNeeds> } = {},
): Promise<SmartApp> {
  const { clock = systemClock } = options;
  const database = await testDatabase(t, { migrations: [...recordMigrations, ...smartMigrations] });
  const newId = uuidv7(clock);
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const record = openRecord({ database, clock, newId, baseUrl: `${baseUrl}/fhir` });
  const shell = setUpShell();
  const log = createLog({ level: 'error' });
  const server = await createServer({
    log,
    newId,
    bodyLimit: 1_000_000,
    ready: async () => [],
    renderers: [fhirErrors('/fhir'), shell.errorRenderer],
    shutdownSeconds: 1,
  });
  const { app } = server;
  const events: SecurityEvent[] = [];
  const securityLog = {
    record: async (event: SecurityEvent) => {
      events.push(event);
    },
  };
  const smart = openSmart({ database, clock, log, securityLog, baseUrl, ...options.needs });

  const tokens = new WeakMap<FastifyRequest, TokenIdentity>();
  app.addHook('onRequest', async (request) => {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const token = bearer === undefined ? undefined : await smart.whoOf(bearer);
    if (token) tokens.set(request, token);
  });
  smart.register(app);
  const actorOf = (request: FastifyRequest): Actor => {
    const token = tokens.get(request);
    if (!token) throw problem('login', 'A token is needed.');
    return actorOfToken(token, request);
  };
  const limits = { body: 1_000_000 };
  await app.register(fhirRoutes({ record, actorOf, baseUrl: `${baseUrl}/fhir`, clock, limits }), {
    prefix: '/fhir',
  });
  const identityOf = (request: FastifyRequest) =>
    people[/(?:^|; )who=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''];
  const pageActor = (request: FastifyRequest): Actor => {
    const identity = identityOf(request);
    return { ...tester, via: 'page', sight: identity ? sightOf(identity) : { grants: [] } };
  };
  shell.register(app);
  const needs = { shell, smart, record, clock, securityLog, identityOf, actorOf: pageActor };
  for (const room of [appConsent(needs), apiClients(needs)]) room.register(app);
  await server.listen('127.0.0.1', port);
  atEnd(t, () => server.close());
  return { baseUrl, smart, record, database, events };
}

/** A browser without pages: follows nothing, keeps cookies. */
export function browserOf(who: string | undefined) {
  const jar = new Map<string, { value: string; path: string }>();
  if (who !== undefined) jar.set('who', { value: who, path: '/' });
  return async (url: string, init: { method?: string; form?: Record<string, string> } = {}) => {
    const { pathname } = new URL(url);
    const cookie = [...jar]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const answer = await fetch(url, {
      method: init.method ?? 'GET',
      redirect: 'manual',
      headers: { cookie, accept: 'text/html' },
      ...(init.form ? { body: new URLSearchParams(init.form) } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const found = /^([^=]+)=([^;]*)/.exec(line);
      if (found) jar.set(found[1]!, { value: found[2]!, path: /path=([^;]+)/i.exec(line)?.[1] ?? '/' });
    }
    const location = answer.headers.get('location');
    return {
      status: answer.status,
      headers: answer.headers,
      location: location === null ? undefined : new URL(location, url).href,
      text: await answer.text(),
    };
  };
}

export const verifier = 'a-verifier-of-the-test-that-is-long-enough-0123456789';
export const challengeOf = (text: string) => createHash('sha256').update(text).digest('base64url');

export const redirect = 'https://app.example/callback';

/** An authorisation request with nothing wrong in it; `changes` set or, where undefined, take out parameters. */
export function authorizeUrl(
  baseUrl: string,
  client: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: client,
    redirect_uri: redirect,
    scope: 'launch/patient patient/Observation.rs patient/Patient.rs openid fhirUser offline_access',
    state: 'state-1',
    aud: `${baseUrl}/fhir`,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...changes,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value);
  return `${baseUrl}/oauth/authorize?${query}`;
}

/** Goes the way of a person who agrees; answers where the browser ends. */
export async function agree(
  baseUrl: string,
  who: string,
  url: string,
  form: Readonly<Record<string, string>> = {},
): Promise<URL> {
  const go = browserOf(who);
  const asked = await go(url);
  const page = asked.location ?? '';
  if (!page.startsWith(`${baseUrl}/app-consent/`)) return new URL(page || 'about:blank');
  const shown = await go(page);
  const patient = /name="patient"[^>]*value="([^"]+)"/.exec(shown.text)?.[1];
  const answered = await go(page, {
    method: 'POST',
    form: { answer: 'allow', ...(patient === undefined ? {} : { patient }), ...form },
  });
  const main = answered.text.slice(answered.text.indexOf('<main'));
  if (answered.status !== 303) throw new Error(`${answered.status}: ${main.slice(0, 2000)}`);
  const resumed = await go(answered.location ?? '');
  return new URL(resumed.location ?? 'about:blank');
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** Posts a form to an address of the provider. */
export async function post(
  baseUrl: string,
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const answer = await fetch(`${baseUrl}/oauth/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}
