/**
 * Access tokens of the NHS API platform for an application without a user: a signed JWT shows who we are.
 * Source: NHS England, “Application-restricted RESTful API: signed JWT authentication”.
 */

import { createPrivateKey } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { problem } from '../problem.ts';
import type { NotifySettings } from './read-settings.ts';

export interface TokenNeeds {
  readonly settings: Pick<NotifySettings, 'baseUrl' | 'apiKey' | 'keyId' | 'privateKey'>;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface AccessTokens {
  /** One that is good for half a minute at least. */
  readonly token: () => Promise<string>;
  /** Asks for another next time: the service did not take this one. */
  readonly forget: () => void;
}

const answerShape = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
});
const assertionSeconds = 300; // the longest that is taken
const spareMs = 30_000;

export function openAccessTokens({ settings, clock, newId }: TokenNeeds): AccessTokens {
  const address = `${settings.baseUrl}/oauth2/token`;
  let known: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  const ask = async (): Promise<string> => {
    const now = clock.now();
    const pem = createPrivateKey(settings.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
    const seconds = Math.floor(now / 1000);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS512', typ: 'JWT', kid: settings.keyId })
      .setIssuer(settings.apiKey)
      .setSubject(settings.apiKey)
      .setAudience(address)
      .setJti(newId())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + assertionSeconds)
      .sign(await importPKCS8(pem, 'RS512'));
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
    }).catch((cause: unknown) => {
      throw problem('transient', 'NHS Notify did not answer when asked for an access token.', { cause });
    });
    // A refused key is ours to mend: messages wait for that.
    const parsed = answerShape.safeParse(await answer.json().catch(() => undefined));
    if (!answer.ok || !parsed.success)
      throw problem('transient', `NHS Notify gave no access token (${answer.status}).`);
    known = { token: parsed.data.access_token, until: now + parsed.data.expires_in * 1000 };
    return known.token;
  };

  return {
    async token() {
      if (known && clock.now() < known.until - spareMs) return known.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    forget() {
      known = undefined;
    },
  };
}
