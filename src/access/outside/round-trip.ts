import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type IDToken,
  ResponseBodyError,
  randomPKCECodeVerifier,
} from 'openid-client';
import { Problem } from '../../platform/problem.ts';
import { newToken } from '../accounts/secret-tokens.ts';
import type { Connection } from './discovery.ts';
import type { Flows } from './flows.ts';
import { checkAddress, type OutsideProvider, providerNames } from './outside-provider.ts';
import { Refusal } from './refusal.ts';

/** What another provider says of someone, with its signature, issuer, audience, times and nonce found to be right. */
export interface OutsideAnswer {
  readonly issuer: string;
  readonly subject: string;
  /** The provider's own session, where it names it. */
  readonly sid?: string;
  /** When they last showed the provider who they are, ms since 1970 UTC; undefined where it does not say. */
  readonly authenticatedAt?: number;
  readonly idToken: string;
  /** Claims of the ID token. */
  readonly claims: IDToken;
  /** Claims of the userinfo endpoint, about the same subject. */
  readonly userInfo: Readonly<Record<string, unknown>>;
  readonly vtr: readonly string[];
  readonly returnTo: string;
}

export interface RoundTrip {
  /** Keeps what must be found again, and answers where to send the browser. Throws a Refusal. */
  readonly leave: (provider: OutsideProvider, how: Leaving) => Promise<URL>;
  /** Checks the answer that came back at `query` (`?code=…&state=…`). Throws a Refusal. */
  readonly comeBack: (provider: OutsideProvider, query: string, browser: string) => Promise<OutsideAnswer>;
}

export interface Leaving {
  /** Cookie of the browser: the answer must come back to the same one. */
  readonly browser: string;
  readonly returnTo: string;
  /** Vectors of trust to ask for; none for a provider that has no such thing. */
  readonly vtr: readonly string[];
  readonly scope: string;
  /** Further parameters of the authorisation request. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Where the provider sends people back to. */
const callbackPath = (provider: OutsideProvider): string => `/sign-in/${provider.key}/callback`;

/** OpenID Connect Core 1.0 §3.1 with PKCE (RFC 7636), state and nonce; addresses are ours, never the request's own. */
export function openRoundTrip(connect: Connection, flows: Flows, baseUrl: string): RoundTrip {
  return {
    async leave(provider, { browser, returnTo, vtr, scope, extra = {} }) {
      const configuration = await connecting(connect, provider);
      const [state, nonce, verifier] = [newToken(), newToken(), randomPKCECodeVerifier()];
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: baseUrl + callbackPath(provider),
        scope,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(vtr.length > 0 ? { vtr: JSON.stringify(vtr) } : {}),
        ...extra,
      });
      checkAddress(url, provider);
      await flows.keep(state, browser, { provider: provider.key, nonce, verifier, vtr, returnTo });
      return url;
    },

    async comeBack(provider, query, browser) {
      const url = new URL(callbackPath(provider) + query, baseUrl);
      const state = url.searchParams.get('state') ?? '';
      const flow = await flows.take(state, browser, provider.key);
      if (!flow) throw new Refusal('expired', 'The answer fits no sign-in that this browser has begun');
      const configuration = await connecting(connect, provider);
      const name = providerNames[provider.key];
      try {
        const tokens = await authorizationCodeGrant(configuration, url, {
          expectedState: state,
          expectedNonce: flow.nonce,
          pkceCodeVerifier: flow.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims || !tokens.id_token) throw new Refusal('not-valid', `${name} gave no ID token`);
        const userInfo = await fetchUserInfo(configuration, tokens.access_token, claims.sub);
        const sid = claims['sid'];
        return {
          issuer: claims.iss,
          subject: claims.sub,
          ...(typeof sid === 'string' ? { sid } : {}),
          ...(claims.auth_time === undefined ? {} : { authenticatedAt: claims.auth_time * 1000 }),
          idToken: tokens.id_token,
          claims,
          userInfo,
          vtr: flow.vtr,
          returnTo: flow.returnTo,
        };
      } catch (error) {
        throw refusalOf(error, name);
      }
    },
  };
}

async function connecting(connect: Connection, provider: OutsideProvider) {
  try {
    return await connect(provider);
  } catch (error) {
    const known = problemWithin(error);
    if (known && known.status !== 503) throw known; // the configuration is wrong: for whoever runs the server
    throw new Refusal('unavailable', `${providerNames[provider.key]} does not answer`, error);
  }
}

function refusalOf(error: unknown, name: string): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return new Refusal('not-shared', `${name}: access_denied`, error);
    if (error.error === 'temporarily_unavailable' || error.error === 'server_error')
      return new Refusal('unavailable', `${name}: ${error.error}`, error);
    return new Refusal('not-valid', `${name} refused the request`, error);
  }
  if (isAway(error)) return new Refusal('unavailable', `${name} does not answer`, error);
  return new Refusal('not-valid', `The answer of ${name} does not hold`, error);
}

/** A time limit, a connection that failed, or an answer of 5xx. */
function isAway(error: unknown): boolean {
  if (problemWithin(error)?.status === 503) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Response && cause.status >= 500) return true;
  return error instanceof ResponseBodyError && error.status >= 500;
}

/** The Problem of a request that was not sent or not answered, however deep the library wraps it. */
function problemWithin(error: unknown): Problem | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof Problem) return at;
  return undefined;
}
