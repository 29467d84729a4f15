import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Identity } from '../identity.ts';
import type { ClientReach } from './client-details.ts';
import { hashed } from './hashed.ts';
import { type DataScope, parseScopes, splitScopes } from './scopes.ts';

/** For whom and for what an access token stands. */
export interface TokenIdentity {
  readonly client: { readonly id: string; readonly name: string };
  /** `person`: an app in a person's name. `system`: a system in its own. */
  readonly as: 'person' | 'system';
  /** Who approved, as they were at that moment: what they may see now is for their account to say. */
  readonly identity?: Identity;
  /** Scopes on data. */
  readonly scopes: readonly DataScope[];
  /** All scopes, as given. */
  readonly scopeTexts: readonly string[];
  /** Id of the Patient in context. */
  readonly patient?: string;
  /** Id of the Encounter in context. */
  readonly encounter?: string;
  /** ms since 1970 UTC. */
  readonly expires: number;
  /** Of a system: whose records it may see, as the administrator approved; see `sightOfReach`. */
  readonly reach?: ClientReach;
}

interface TokenRow {
  readonly kind: 'AccessToken' | 'ClientCredentials';
  readonly scope: string | null;
  readonly expires: string;
  readonly client: string;
  readonly name: string;
  readonly reach: ClientReach | null;
  readonly identity: Identity | null;
  readonly patient: string | null;
  readonly encounter: string | null;
}

/** Opaque tokens are 256 bits as base64url (formats.bitsOfOpaqueRandomness). */
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

/**
 * Who holds the access token; undefined where it is unknown, has ended, or its client is switched off. One statement on
 * primary keys, each time: a memory of it in one process would outlive a revocation in another.
 */
export function tokenReader(
  { lane: sql }: Pick<Database, 'lane'>,
  clock: Clock,
): (bearer: string) => Promise<TokenIdentity | undefined> {
  return async (bearer) => {
    if (!tokenForm.test(bearer)) return undefined;
    const now = clock.now();
    const [row] = await sql<TokenRow[]>`
      select i.kind, i.payload->>'scope' as scope, i.expires, c.id as client, c.name, c.reach, a.identity, a.patient, a.encounter
      from smart_item i
      join smart_client c on c.id = i.client and c.disabled is null
      left join smart_approval a on a.grant_id = i.grant_id and a.ended is null and a.expires > ${now}
      where i.id = ${hashed(bearer)} and i.kind in ('AccessToken', 'ClientCredentials') and i.expires > ${now}
        and (i.kind = 'ClientCredentials' or a.grant_id is not null)`;
    if (!row) return undefined;
    const scope = row.scope ?? '';
    return {
      client: { id: row.client, name: row.name },
      as: row.kind === 'ClientCredentials' ? 'system' : 'person',
      scopes: parseScopes(scope),
      scopeTexts: splitScopes(scope),
      expires: Number(row.expires),
      ...(row.identity ? { identity: row.identity } : {}),
      ...(row.patient === null ? {} : { patient: row.patient }),
      ...(row.encounter === null ? {} : { encounter: row.encounter }),
      ...(row.reach ? { reach: row.reach } : {}),
    };
  };
}
