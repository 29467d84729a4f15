/** The form of an API client: what was typed, as details to register, and the other way round. */
import type { ClientDetails, ClientFault, ClientReach } from '../../access/smart/client-details.ts';
import type { ApiClient } from '../../access/smart/clients.ts';
import { type FormBody, formText } from '../../web/form-fields.ts';

/** As typed, so that nothing is lost when something is wrong. */
export interface TypedClient {
  readonly name: string;
  /** `browser` and `server`: apps without and with a secret; `keyed`: an app with a key; `system`. */
  readonly type: string;
  readonly redirects: string;
  readonly launch: string;
  readonly keys: string;
  readonly scopes: string;
  readonly whose: string;
  readonly parties: string;
  readonly use: string;
  readonly restricted: string;
  readonly inspects: string;
}

const types: Readonly<Record<string, Pick<ClientDetails, 'kind' | 'proof'>>> = {
  browser: { kind: 'app', proof: 'none' },
  server: { kind: 'app', proof: 'secret' },
  keyed: { kind: 'app', proof: 'key' },
  system: { kind: 'system', proof: 'key' },
};

export const emptyClient: TypedClient = {
  name: '',
  type: '',
  redirects: '',
  launch: '',
  keys: '',
  scopes: '',
  whose: '',
  parties: '',
  use: 'care',
  restricted: '',
  inspects: '',
};

export function typedOf(body: FormBody): TypedClient {
  const entries = Object.keys(emptyClient).map((name) => [name, formText(body, name).slice(0, 60_000)]);
  return Object.fromEntries(entries) as unknown as TypedClient; // the very keys of emptyClient
}

const words = (text: string): string[] => text.split(/\s+/).filter((one) => one !== '');

/** The details that were typed, or what cannot be read; the rest is for `faultsOf`. */
export function detailsOf(typed: TypedClient): ClientDetails | ClientFault {
  const chosen = Object.hasOwn(types, typed.type) ? types[typed.type] : undefined;
  if (!chosen) return { field: 'kind', text: 'Select what kind of app or system it is' };
  const isApp = chosen.kind === 'app';
  const keys = chosen.proof === 'key' ? keysOf(typed.keys) : {};
  if (isFault(keys)) return keys;
  const reach = reachOf(typed);
  return {
    ...chosen,
    name: typed.name,
    redirects: isApp ? words(typed.redirects) : [],
    ...(isApp && typed.launch !== '' ? { launch: typed.launch } : {}),
    ...keys,
    scopes: [...new Set(words(typed.scopes))],
    ...(isApp || !reach ? {} : { reach }),
    inspects: typed.inspects === 'yes' && chosen.proof !== 'none',
  };
}

function reachOf({ whose, parties, use, restricted }: TypedClient): ClientReach | undefined {
  if (whose !== 'everyone' && whose !== 'related' && whose !== 'nobody') return undefined;
  return {
    whose,
    parties: words(parties),
    use: use === 'secondary' ? 'secondary' : 'care',
    restricted: restricted === 'yes',
  };
}

type Keys = Pick<ClientDetails, 'jwks' | 'jwksUri'>;

const isFault = (keys: Keys | ClientFault): keys is ClientFault => 'field' in keys;

function keysOf(text: string): Keys | ClientFault {
  if (text === '') return {};
  if (!text.startsWith('{')) return { jwksUri: text };
  try {
    const jwks = JSON.parse(text) as ClientDetails['jwks']; // its members are looked at by faultsOf
    return jwks ? { jwks } : {};
  } catch {
    return { field: 'keys', text: 'The public keys are not valid JSON. Paste them again, from { to }' };
  }
}

export function typedFromClient(client: ApiClient): TypedClient {
  const found = Object.entries(types).find(
    ([, { kind, proof }]) => kind === client.kind && proof === client.proof,
  );
  return {
    name: client.name,
    type: found?.[0] ?? '',
    redirects: client.redirects.join('\n'),
    launch: client.launch ?? '',
    keys: client.jwksUri ?? (client.jwks ? JSON.stringify(client.jwks, undefined, 2) : ''),
    scopes: client.scopes.join('\n'),
    whose: client.reach?.whose ?? '',
    parties: client.reach?.parties.join('\n') ?? '',
    use: client.reach?.use ?? 'care',
    restricted: client.reach?.restricted ? 'yes' : '',
    inspects: client.inspects ? 'yes' : '',
  };
}
