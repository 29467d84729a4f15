import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Connection } from './discovery.ts';
import { type OutsideProvider, providerNames } from './outside-provider.ts';
import { providerFetch } from './provider-fetch.ts';

/** What a provider says has ended. */
export interface Logout {
  readonly issuer: string;
  readonly jti: string;
  readonly subject?: string;
  readonly sid?: string;
  /** Until when it could be sent again, ms since 1970 UTC. */
  readonly expires: number;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';

const Claims = z.object({
  iss: z.string(),
  jti: z.string().min(1).max(300),
  iat: z.number(),
  exp: z.number().optional(),
  sub: z.string().min(1).max(300).optional(),
  sid: z.string().min(1).max(300).optional(),
  events: z.object({ [event]: z.object({}) }),
  // An ID token has one: it is no logout token.
  nonce: z.never().optional(),
});

/** A logout token is believed this long after it was made, in seconds. */
const longest = 300;

export type LogoutTokens = (provider: OutsideProvider, token: string) => Promise<Logout>;

/** Checks logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6). Throws a Problem (400, or 503 without the keys). */
export function openLogoutTokens(connect: Connection, clock: Clock): LogoutTokens {
  const keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  const keysAt = (provider: OutsideProvider, address: string) => {
    const known = keys.get(address);
    if (known) return known;
    const made = createRemoteJWKSet(new URL(address), {
      timeoutDuration: (provider.timeoutSeconds ?? 5) * 1000,
      [customFetch]: providerFetch(provider),
    });
    keys.set(address, made);
    return made;
  };

  return async (provider, token) => {
    const name = providerNames[provider.key];
    const refused = (cause?: unknown) =>
      problem('invalid', `This is no logout token of ${name} for this service.`, { cause });
    const configuration = await connect(provider).catch((cause: unknown) => {
      throw problem('transient', `${name} does not answer. Send the logout token again.`, { cause });
    });
    const server = configuration.serverMetadata();
    const algorithm = configuration.clientMetadata().id_token_signed_response_alg;
    if (!server.jwks_uri || !algorithm) throw refused();
    const { payload } = await jwtVerify(token, keysAt(provider, server.jwks_uri), {
      issuer: server.issuer,
      audience: provider.clientId,
      algorithms: [algorithm],
      maxTokenAge: longest,
      clockTolerance: 30,
      currentDate: new Date(clock.now()),
      requiredClaims: ['jti', 'iat'],
    }).catch((cause: unknown) => {
      if (cause instanceof errors.JWKSTimeout || cause instanceof Problem)
        throw problem('transient', `${name} does not answer. Send the logout token again.`, { cause });
      throw refused(cause);
    });
    const parsed = Claims.safeParse(payload);
    if (!parsed.success || (parsed.data.sub === undefined && parsed.data.sid === undefined)) throw refused();
    const { iss, jti, sub, sid, iat, exp } = parsed.data;
    return {
      issuer: iss,
      jti,
      ...(sub === undefined ? {} : { subject: sub }),
      ...(sid === undefined ? {} : { sid }),
      expires: (Math.max(exp ?? 0, iat + longest) + 60) * 1000,
    };
  };
}
