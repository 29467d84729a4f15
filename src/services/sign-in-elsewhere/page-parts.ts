/** What these pages share. */
import type { FastifyRequest } from 'fastify';
import type { Sessions } from '../../access/accounts/sessions.ts';
import type { Visit } from '../../access/accounts/visit.ts';
import type { Identity } from '../../access/identity.ts';
import type { Linking } from '../../access/linking/linking.ts';
import type { OutsideSignIn } from '../../access/outside/outside-sign-in.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Actor } from '../../record/actor.ts';
import type { Shell } from '../../web/shell.ts';

export interface ElsewhereNeeds {
  readonly shell: Shell;
  readonly clock: Clock;
  readonly outside: OutsideSignIn;
  readonly linking: Linking;
  readonly accounts: Pick<Sessions, 'signOut'>;
  readonly actorOf: (request: FastifyRequest) => Actor;
  /** Who is signed in, found by the access floor before a page is reached. */
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
}

/** The page that lists the ways to sign in. */
export const signInPath = '/sign-in';

export const visitOf = (request: FastifyRequest): Visit => ({
  requestId: request.id,
  address: request.ip,
  userAgent: request.headers['user-agent'],
  cookie: request.headers.cookie,
});
