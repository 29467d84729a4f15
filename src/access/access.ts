import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../platform/problem.ts';
import type { Actor } from '../record/actor.ts';
import type { Sight } from '../record/sight.ts';
import type { Identity } from './identity.ts';

/** An API client that shows a token it was given, with what the token lets it see and change. */
export interface ApiClient {
  /** Who acts: the person who agreed, or the client itself. */
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly organisation?: string;
  readonly purpose: string;
  readonly sight: Sight;
}

export interface AccessParts {
  /** Whoever holds it may do all. Undefined, which only a demonstration may: whoever reaches the server unsigned is its local user. */
  readonly accessToken: string | undefined;
  /** Who is signed in, by the request's Cookie header. `unseen`: no person asks, so an idle session stays idle. */
  readonly identityOf: (
    cookies: string | undefined,
    options?: { readonly unseen?: boolean },
  ) => Promise<Identity | undefined>;
  /** What they may see and change now. */
  readonly sightOf: (identity: Identity) => Promise<Sight>;
  /** The client that a bearer token was given to; undefined where the token is unknown, spent or withdrawn. */
  readonly clientOf: (token: string, request: FastifyRequest) => Promise<ApiClient | undefined>;
}

export interface Access {
  /** Finds out once for each request who asks, before any route runs. */
  readonly register: (app: FastifyInstance) => void;
  /** Who asks, by the API. Throws a Problem (401) where the request does not say. */
  readonly apiActor: (request: FastifyRequest) => Actor;
  /** Who asks, in a browser. Throws a Problem (401) where no one is signed in. */
  readonly pageActor: (request: FastifyRequest) => Actor;
  /** Who is signed in. */
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** The server's own work in answer to a request. */
  readonly serverActor: (request: FastifyRequest) => Actor;
  /** Who asks, seeing and writing everything: for what a room has itself checked that they may. */
  readonly trustedActor: (request: FastifyRequest) => Actor;
}

type Shown = Omit<Actor, 'requestId' | 'via'>;

/** What a request shows of who asks, by each way. */
interface Asker {
  readonly identity: Identity | undefined;
  readonly signedIn: Shown | undefined;
  readonly bearer: Shown | undefined;
}

const bearerToken = /^Bearer +(\S+)$/i;
const basicToken = /^Basic +([A-Za-z0-9+/=]+)$/i;

const system: Shown = {
  ...{ id: 'Device/access-token', name: 'Holder of the access token', role: 'system' },
  ...{ purpose: 'TREAT', sight: 'everything' },
};
const local: Shown = {
  ...{ id: 'Practitioner/local-demo', name: 'Local demonstration user', role: 'demonstration' },
  ...{ purpose: 'TREAT', sight: 'everything' },
};
const server: Shown = {
  ...{
    id: 'Device/throughline',
    name: 'Throughline',
    role: 'system',
    purpose: 'HOPERAT',
    sight: 'everything',
  },
};

/**
 * Who asks. A browser shows a session; a program shows a token that it was given, or the configured one. The configured token
 * is taken as a password too, for those who run the server.
 */
export function openAccess(parts: AccessParts): Access {
  const { accessToken, identityOf, sightOf, clientOf } = parts;
  const wanted = accessToken === undefined ? undefined : hash('sha256', accessToken, 'buffer');
  const isConfigured = (given: string | undefined): boolean =>
    given !== undefined && wanted !== undefined && timingSafeEqual(hash('sha256', given, 'buffer'), wanted);
  const askers = new WeakMap<FastifyRequest, Asker>();

  const bearerOf = async (header: string, request: FastifyRequest): Promise<Shown | undefined> => {
    const given = givenIn(header);
    if (given === undefined) return undefined;
    return isConfigured(given) ? system : clientOf(given, request);
  };
  const findOut = async (request: FastifyRequest): Promise<void> => {
    const { authorization, cookie } = request.headers;
    // A page that keeps itself up to date says so; who says it falsely only ends their own session sooner.
    const unseen = request.headers['x-live'] !== undefined;
    const identity = cookie === undefined ? undefined : await identityOf(cookie, { unseen });
    askers.set(request, {
      identity,
      signedIn: identity && (await personOf(identity, sightOf)),
      bearer: authorization === undefined ? undefined : await bearerOf(authorization, request),
    });
  };

  const askerOf = (request: FastifyRequest): Asker => {
    const asker = askers.get(request);
    if (!asker) throw new Error('Nothing has found out who asks: a route runs before access is registered');
    return asker;
  };

  const access: Access = {
    register(app) {
      app.addHook('onRequest', (request, _reply, done) => {
        const { authorization, cookie } = request.headers;
        // Who shows nothing, or the configured token, is known without asking anybody.
        if (cookie === undefined && (authorization === undefined || isConfigured(givenIn(authorization)))) {
          const bearer = authorization === undefined ? undefined : system;
          askers.set(request, { identity: undefined, signedIn: undefined, bearer });
          done();
        } else findOut(request).then(() => done(), done);
      });
    },
    apiActor(request) {
      const { bearer } = askerOf(request);
      const shown = bearer ?? (wanted === undefined && !request.headers.authorization ? local : undefined);
      if (!shown)
        throw problem(
          'login',
          'Send the header “Authorization: Bearer” with an access token of this server. It may have ended, or been withdrawn.',
          { headers: { 'www-authenticate': 'Bearer realm="Throughline"' } },
        );
      return actor(shown, request, 'api');
    },
    pageActor(request) {
      const { signedIn, bearer } = askerOf(request);
      const shown = signedIn ?? bearer ?? (wanted === undefined ? local : undefined);
      if (!shown) throw problem('login', 'This page is for people who have signed in.');
      return actor(shown, request, 'page');
    },
    // Nobody, where a request is refused before anyone asked: its address cannot be read.
    identityOf: (request) => askers.get(request)?.identity,
    serverActor: (request) => actor(server, request, 'page'),
    trustedActor: (request) => ({ ...access.pageActor(request), sight: 'everything' }),
  };
  return access;
}

/** The token of an Authorization header. */
const givenIn = (header: string): string | undefined => bearerToken.exec(header)?.[1] ?? passwordOf(header);

/** The password of a Basic header, whatever the name. */
function passwordOf(header: string): string | undefined {
  const given = basicToken.exec(header)?.[1];
  return given === undefined
    ? undefined
    : Buffer.from(given, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '');
}

async function personOf(identity: Identity, sightOf: AccessParts['sightOf']): Promise<Shown> {
  const sight = await sightOf(identity);
  const { name } = identity;
  if (identity.kind === 'staff')
    return {
      ...{ id: identity.user, name, role: identity.post.role },
      ...{ organisation: identity.post.organisation, purpose: 'TREAT', sight },
    };
  const id = identity.patient === undefined ? `Person/${identity.account}` : `Patient/${identity.patient}`;
  return { id, name, role: 'patient', purpose: 'PATRQT', sight };
}

const actor = (shown: Shown, request: FastifyRequest, via: Actor['via']): Actor => ({
  ...shown,
  requestId: request.id,
  via,
});
