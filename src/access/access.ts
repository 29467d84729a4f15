import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { problem } from '../platform/problem.ts';
import type { Actor } from '../record/actor.ts';

export interface Access {
  /** Who asks, by the API. Throws a Problem (401) where the request does not say. */
  readonly apiActor: (request: FastifyRequest) => Actor;
  /** Who asks, in a browser. Throws a Problem (401) that makes the browser ask for a name and the token. */
  readonly pageActor: (request: FastifyRequest) => Actor;
}

const token = /^Bearer +(\S+)$/i;
const basic = /^Basic +([A-Za-z0-9+/=]+)$/i;

/**
 * Who may, for now: whoever holds the configured token may do all. Without a token, which only a demonstration on the
 * loopback address may lack, everyone who reaches the server is its one local user.
 */
export function openAccess(accessToken: string | undefined): Access {
  const wanted = accessToken === undefined ? undefined : hash('sha256', accessToken, 'buffer');
  const known = (given: string | undefined): boolean =>
    wanted !== undefined && given !== undefined && timingSafeEqual(hash('sha256', given, 'buffer'), wanted);

  const refusal = (message: string, challenge: string) =>
    problem('login', message, { headers: { 'www-authenticate': challenge } });

  return {
    apiActor(request) {
      if (wanted !== undefined && !known(token.exec(request.headers.authorization ?? '')?.[1]))
        throw refusal(
          'Send the header “Authorization: Bearer” with the access token of this server.',
          'Bearer realm="Throughline"',
        );
      return actor(wanted === undefined ? local : system, request.id, 'api');
    },
    pageActor(request) {
      if (wanted === undefined) return actor(local, request.id, 'page');
      const header = request.headers.authorization ?? '';
      const given = basic.exec(header)?.[1];
      const password =
        given &&
        Buffer.from(given, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '');
      if (!known(password) && !known(token.exec(header)?.[1]))
        throw refusal(
          'Sign in with any name and the access token.',
          'Basic realm="Throughline", charset="UTF-8"',
        );
      return actor(system, request.id, 'page');
    },
  };
}

const local = { id: 'Practitioner/local-demo', name: 'Local demonstration user', role: 'demonstration' };
const system = { id: 'Device/access-token', name: 'Holder of the access token', role: 'system' };

function actor(who: typeof local, requestId: string, via: Actor['via']): Actor {
  return { ...who, purpose: 'TREAT', sight: 'everything', requestId, via };
}
