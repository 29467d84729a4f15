import { type CryptoKey, importJWK } from 'jose';
import {
  allowInsecureRequests,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  modifyAssertion,
  PrivateKeyJwt,
} from 'openid-client';
import { checkAddress, type OutsideProvider } from './outside-provider.ts';
import { providerFetch } from './provider-fetch.ts';

/** How a provider is spoken with, once its discovery document has been read. */
export type Connection = (provider: OutsideProvider) => Promise<Configuration>;

/** NHS login: the client shows who it is by a JWT signed with RS512 (private_key_jwt). */
const clientAlgorithm = 'RS512';

/** How long a discovery document is believed, in ms: providers change keys by jwks, and endpoints seldom. */
const believed = 3_600_000;

/**
 * Reads a provider's discovery document at first use and again every hour. A failure is not remembered: the next person
 * who signs in tries again.
 */
export function connections(clock: { now: () => number }): Connection {
  const known = new Map<OutsideProvider, { at: number; found: Promise<Configuration> }>();
  return (provider) => {
    const before = known.get(provider);
    if (before && clock.now() - before.at < believed) return before.found;
    const found = discover(provider);
    known.set(provider, { at: clock.now(), found });
    found.catch(() => {
      if (known.get(provider)?.found === found) known.delete(provider);
    });
    return found;
  };
}

async function discover(provider: OutsideProvider): Promise<Configuration> {
  checkAddress(provider.issuer, provider);
  const { privateKeyJwk, clientId, issuer, key } = provider;
  const imported = (await importJWK(privateKeyJwk, clientAlgorithm)) as CryptoKey; // RSA keys never come as bytes
  const signing =
    typeof privateKeyJwk.kid === 'string' ? { key: imported, kid: privateKeyJwk.kid } : { key: imported };
  let tokenEndpoint = '';
  const authenticate = PrivateKeyJwt(signing, {
    [modifyAssertion]: (_header, payload) => {
      payload['aud'] = tokenEndpoint; // NHS login, “Token endpoint”: aud is the address of the endpoint
    },
  });
  const configuration = await discovery(
    new URL(issuer),
    clientId,
    { id_token_signed_response_alg: provider.idTokenAlgorithm ?? (key === 'nhs-login' ? 'RS512' : 'RS256') },
    authenticate,
    {
      timeout: provider.timeoutSeconds ?? 5,
      // Signatures of ID tokens are checked too, though they come straight from the provider.
      execute: [enableNonRepudiationChecks, ...(provider.allowLoopback ? [allowInsecureRequests] : [])],
      [customFetch]: providerFetch(provider),
    },
  );
  tokenEndpoint = configuration.serverMetadata().token_endpoint ?? '';
  return configuration;
}
