/** Where the OpenID provider keeps what it issues: in PostgreSQL, under the hash of what opens it. */
import type { Adapter, AdapterPayload, AllClientMetadata } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { ApiClient, ClientRegister } from './clients.ts';
import { hashed } from './hashed.ts';

export interface ProviderStoreParts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly clients: ClientRegister;
}

export function providerStore(parts: ProviderStoreParts): (kind: string) => Adapter {
  return (kind) => {
    if (kind === 'Client') return clientAdapter(parts.clients);
    // Who is signed in is known to sign-in alone; a second session beside it could be somebody else's.
    if (kind === 'Session') return nothingKept;
    return itemAdapter(parts, kind);
  };
}

const nothingKept: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

function clientAdapter(clients: ClientRegister): Adapter {
  return {
    ...nothingKept,
    async find(id) {
      const client = await clients.find(id);
      return client && client.disabled === undefined ? metadataOf(client) : undefined;
    },
  };
}

const methods = { none: 'none', secret: 'client_secret_basic', key: 'private_key_jwt' } as const;

function metadataOf(client: ApiClient): AdapterPayload {
  const isApp = client.kind === 'app';
  const metadata: AllClientMetadata = {
    client_id: client.id,
    client_name: client.name,
    application_type: 'web',
    token_endpoint_auth_method: methods[client.proof],
    grant_types: isApp ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
    response_types: isApp ? ['code'] : [],
    redirect_uris: isApp ? [...client.redirects] : [],
    ...(client.jwks ? { jwks: { keys: [...client.jwks.keys] as never } } : {}), // public keys, checked on entry
    ...(client.jwksUri === undefined ? {} : { jwks_uri: client.jwksUri }),
    // Compared by hash: see compareClientSecret in provider.ts.
    ...(client.secretHash === undefined ? {} : { client_secret: client.secretHash }),
  };
  return metadata as AdapterPayload;
}

function itemAdapter({ database, clock }: ProviderStoreParts, kind: string): Adapter {
  const { pool: sql } = database;
  return {
    ...nothingKept,
    async upsert(id, payload, expiresIn) {
      // The id of a token is the token.
      const { jti: _, ...kept } = payload;
      const expires = clock.now() + (expiresIn ?? 3600) * 1000;
      await sql`insert into smart_item (id, kind, payload, grant_id, client, account, expires)
        values (${hashed(id)}, ${kind}, ${sql.json(JSON.parse(JSON.stringify(kept)))}, ${payload.grantId ?? null},
          ${payload.clientId ?? null}, ${payload.accountId ?? null}, ${expires})
        on conflict (id, kind) do update set payload = excluded.payload, grant_id = excluded.grant_id,
          client = excluded.client, account = excluded.account, expires = excluded.expires`;
    },
    async find(id) {
      const [row] = await sql<{ payload: AdapterPayload; consumed: string | null }[]>`
        select payload, consumed from smart_item
        where id = ${hashed(id)} and kind = ${kind} and expires > ${clock.now()}`;
      if (!row) return undefined;
      return {
        ...row.payload,
        jti: id,
        ...(row.consumed === null ? {} : { consumed: Math.floor(Number(row.consumed) / 1000) }),
      };
    },
    async consume(id) {
      const used = await sql`update smart_item set consumed = ${clock.now()}
        where id = ${hashed(id)} and kind = ${kind} and consumed is null returning grant_id`;
      // Two requests with one code or token: the provider looked before either had used it. The second ends the grant.
      if (used.length === 0) {
        await sql`with gone as (
            select grant_id from smart_item where id = ${hashed(id)} and kind = ${kind}
          ), ended as (
            update smart_approval a set ended = ${clock.now()} from gone where a.grant_id = gone.grant_id and a.ended is null
          )
          delete from smart_item i using gone where i.grant_id = gone.grant_id`;
        throw new errors.InvalidGrant('already used');
      }
    },
    async destroy(id) {
      await sql`delete from smart_item where id = ${hashed(id)} and kind = ${kind}`;
      if (kind === 'Grant')
        await sql`update smart_approval set ended = ${clock.now()} where grant_id = ${id} and ended is null`;
    },
    async revokeByGrantId(grantId) {
      await sql`delete from smart_item where grant_id = ${grantId} and kind = ${kind}`;
    },
  };
}
