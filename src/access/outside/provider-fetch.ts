import { type FetchInit, isPublicAddress, publicFetch } from '../../platform/public-fetch.ts';
import { isHere, type OutsideProvider } from './outside-provider.ts';

export type ProviderFetch = (address: string | URL, init?: Sent) => Promise<Response>;

/** What the libraries send: of fetch's own settings, the time limit and redirects are always ours. */
export interface Sent {
  readonly method?: string;
  readonly headers?: FetchInit['headers'];
  readonly body?: unknown;
}

/** A certificate's worth of keys and claims with room to spare, in bytes. */
const mostBytes = 512 * 1024;

/**
 * Requests to a provider. Their addresses come from its own discovery document, so they go to the public internet by https
 * alone, or to this very machine where the provider is allowed to be there.
 */
export function providerFetch(provider: OutsideProvider): ProviderFetch {
  const here = isHere(provider);
  const send = publicFetch({
    seconds: provider.timeoutSeconds ?? 5,
    mostBytes,
    schemes: here ? ['http:', 'https:'] : ['https:'],
    allows: here ? (address) => /^(127\.|::1$)/.test(address) : isPublicAddress,
  });
  return (address, { method, headers, body } = {}) =>
    send(address, {
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
      // A form, or nothing.
      ...(body === undefined || body === null ? {} : { body: String(body) }),
    });
}
