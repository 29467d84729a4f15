import { isIP } from 'node:net';
import type { JWK } from 'jose';
import { problem } from '../../platform/problem.ts';

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

/** Addresses that lead inside: RFC 1918, 4193, 6598, link-local and this machine. Names are the operator's own to choose. */
const inside =
  /^(0|10|127)\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.168\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^(::|::1|f[cd][\da-f]{2}:.*|fe[89ab][\da-f]:.*|::ffff:.*)$/i;

/**
 * Throws a Problem unless requests may go to the address: https and not an address inside, or this very machine where the
 * provider is allowed to be there. Kept for every request, as addresses come from the provider's own discovery document.
 */
export function checkAddress(address: string | URL, { key, issuer, allowLoopback }: OutsideProvider): void {
  const url = URL.parse(address);
  const here = URL.parse(issuer);
  const own = allowLoopback === true && here !== null && loopback.test(here.hostname);
  if (own && url && loopback.test(url.hostname) && /^https?:$/.test(url.protocol)) return;
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (url?.protocol !== 'https:' || loopback.test(url.hostname) || (isIP(host) !== 0 && inside.test(host)))
    throw problem(
      'exception',
      `${providerNames[key]} must be reached by https at an outside address. Check the issuer in the configuration.`,
    );
}
