import { isIP } from 'node:net';
import type { JWK } from 'jose';
import { problem } from '../../platform/problem.ts';
import { isPublicAddress } from '../../platform/public-fetch.ts';

export type OutsideKey = 'nhs-login' | 'care-identity';

/** Another provider that people may sign in with. From the configuration; one that is not configured does not exist. */
export interface OutsideProvider {
  readonly key: OutsideKey;
  /** As in its discovery document: `https://auth.login.nhs.uk`. */
  readonly issuer: string;
  readonly clientId: string;
  /** RSA private key with which we show who we are (private_key_jwt), with its `kid`. */
  readonly privateKeyJwk: JWK;
  /** How it signs its tokens. Default RS512 for NHS login, RS256 for Care Identity. */
  readonly idTokenAlgorithm?: string;
  /** Seconds until a request to it is given up. Default 5. */
  readonly timeoutSeconds?: number;
  /** Allows an issuer of this machine without TLS: the demonstration and tests only. */
  readonly allowLoopback?: boolean;
}

export const providerNames: Record<OutsideKey, string> = {
  'nhs-login': 'NHS login',
  'care-identity': 'Care Identity',
};

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the provider is on this very machine, and allowed to be. */
export const isHere = ({ issuer, allowLoopback }: OutsideProvider): boolean =>
  allowLoopback === true && loopback.test(URL.parse(issuer)?.hostname ?? '');

/**
 * Throws a Problem unless an address is one that browsers and requests may be sent to: https, and no address of a private
 * network; or this machine where the provider is allowed to be there.
 */
export function checkAddress(address: string | URL, provider: OutsideProvider): void {
  const url = URL.parse(address);
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (isHere(provider) && url && loopback.test(url.hostname) && /^https?:$/.test(url.protocol)) return;
  if (
    url?.protocol !== 'https:' ||
    loopback.test(url.hostname) ||
    (isIP(host) !== 0 && !isPublicAddress(host))
  )
    throw problem(
      'exception',
      `${providerNames[provider.key]} must be reached by https at a public address. Check the issuer in the configuration.`,
    );
}
