import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import { type ClientDetails, faultsOf } from './client-details.ts';
import { hashedText } from './hashed.ts';
import { randomText } from './keys.ts';

export interface ApiClient extends ClientDetails {
  readonly id: string;
  /** SHA-256 of its secret, hexadecimal. */
  readonly secretHash?: string;
  /** ms since 1970 UTC, where it is switched off. */
  readonly disabled?: number;
  readonly made: number;
  readonly changed: number;
}

/** The secret is known at this moment alone. */
export interface Registered {
  readonly client: ApiClient;
  readonly secret?: string;
}

/** Programs that may ask for tokens. What is given must be free of faults (`faultsOf`), else a Problem (422). */
export interface ClientRegister {
  readonly list: () => Promise<readonly ApiClient[]>;
  readonly find: (id: string) => Promise<ApiClient | undefined>;
  readonly add: (details: ClientDetails) => Promise<Registered>;
  /** Kind and proof stay as they are: another kind is another client. */
  readonly edit: (id: string, details: ClientDetails) => Promise<ApiClient>;
  /** Ends its tokens at once, and gives no more. */
  readonly disable: (id: string) => Promise<void>;
  readonly enable: (id: string) => Promise<void>;
  /** A new secret; the one before it stops at once. */
  readonly rotateSecret: (id: string) => Promise<string>;
}

interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly kind: ApiClient['kind'];
  readonly proof: ApiClient['proof'];
  readonly secret: string | null;
  readonly redirects: string[];
  readonly launch: string | null;
  readonly jwks: ApiClient['jwks'] | null;
  readonly jwks_uri: string | null;
  readonly scopes: string[];
  readonly reach: ApiClient['reach'] | null;
  readonly inspects: boolean;
  readonly disabled: string | null;
  readonly made: string;
  readonly changed: string;
}

const clientOf = (row: ClientRow): ApiClient => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  proof: row.proof,
  redirects: row.redirects,
  scopes: row.scopes,
  inspects: row.inspects,
  made: Number(row.made),
  changed: Number(row.changed),
  ...(row.secret === null ? {} : { secretHash: row.secret }),
  ...(row.launch === null ? {} : { launch: row.launch }),
  ...(row.jwks ? { jwks: row.jwks } : {}),
  ...(row.jwks_uri === null ? {} : { jwksUri: row.jwks_uri }),
  ...(row.reach ? { reach: row.reach } : {}),
  ...(row.disabled === null ? {} : { disabled: Number(row.disabled) }),
});

export function openClientRegister(database: Pick<Database, 'pool'>, clock: Clock): ClientRegister {
  const { pool: sql } = database;

  const check = (details: ClientDetails): ClientDetails => {
    const [fault] = faultsOf(details);
    if (fault) throw problem('value', `${fault.text}.`, { where: fault.field });
    return { ...details, name: details.name.trim() };
  };
  const find = async (id: string): Promise<ApiClient | undefined> => {
    const [row] = await sql<ClientRow[]>`select * from smart_client where id = ${id}`;
    return row && clientOf(row);
  };
  const known = async (id: string): Promise<ApiClient> => {
    const client = await find(id);
    if (!client) throw problem('not-found', 'There is no API client with this id.');
    return client;
  };
  // Columns that edit and add share; `sql.json` keeps arrays from becoming PostgreSQL arrays.
  const columns = (details: ClientDetails) => ({
    name: details.name,
    redirects: sql.json([...details.redirects]),
    launch: details.launch ?? null,
    jwks: details.jwks ? sql.json(JSON.parse(JSON.stringify(details.jwks))) : null,
    jwks_uri: details.jwksUri ?? null,
    scopes: sql.json([...details.scopes]),
    reach: details.reach ? sql.json({ ...details.reach, parties: [...details.reach.parties] }) : null,
    inspects: details.inspects,
    changed: clock.now(),
  });

  return {
    find,
    async list() {
      const rows = await sql<ClientRow[]>`select * from smart_client order by lower(name), id`;
      return rows.map(clientOf);
    },
    async add(given) {
      const details = check(given);
      const id = randomText(16);
      const secret = details.proof === 'secret' ? randomText(32) : undefined;
      await sql`insert into smart_client ${sql({
        ...columns(details),
        id,
        kind: details.kind,
        proof: details.proof,
        secret: secret === undefined ? null : hashedText(secret),
        made: clock.now(),
      })}`;
      return { client: await known(id), ...(secret === undefined ? {} : { secret }) };
    },
    async edit(id, given) {
      const before = await known(id);
      const details = check({ ...given, kind: before.kind, proof: before.proof });
      await sql`update smart_client set ${sql(columns(details))} where id = ${id}`;
      return known(id);
    },
    async disable(id) {
      await known(id);
      await inTransaction(database, async (tx) => {
        const now = clock.now();
        await tx`update smart_client set disabled = ${now}, changed = ${now} where id = ${id} and disabled is null`;
        await tx`update smart_approval set ended = ${now} where client = ${id} and ended is null`;
        await tx`delete from smart_item where client = ${id}`;
      });
    },
    async enable(id) {
      await known(id);
      await sql`update smart_client set disabled = null, changed = ${clock.now()} where id = ${id}`;
    },
    async rotateSecret(id) {
      const client = await known(id);
      if (client.proof !== 'secret')
        throw problem('business-rule', 'This API client proves who it is without a secret.');
      const secret = randomText(32);
      await sql`update smart_client set secret = ${hashedText(secret)}, changed = ${clock.now()} where id = ${id}`;
      return secret;
    },
  };
}
