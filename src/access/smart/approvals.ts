import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import type { Identity } from '../identity.ts';

/** What a person approved for an app, and the context that goes with its tokens. */
export interface Approval {
  /** Id of the provider's grant. */
  readonly grant: string;
  readonly client: string;
  /** As whom they approved: their account, session and post at that moment. */
  readonly identity: Identity;
  /** Parted by spaces. */
  readonly scopes: string;
  /** Id of the Patient in context. */
  readonly patient?: string;
  /** Id of the Encounter in context. */
  readonly encounter?: string;
  /** Further members of the token response. */
  readonly extras: Readonly<Record<string, unknown>>;
  readonly made: number;
  readonly expires: number;
}

/** An app that has access in a person's name, for them to see and end. */
export interface AppWithAccess extends Approval {
  readonly clientName: string;
}

export interface Approvals {
  readonly add: (approval: Approval) => Promise<void>;
  /** Undefined where there is none, or it has ended; `ended`: those too. */
  readonly find: (grant: string, also?: { readonly ended: boolean }) => Promise<Approval | undefined>;
  readonly ofAccount: (account: string) => Promise<readonly AppWithAccess[]>;
  /** Ends it and its tokens at once. False where the account has no such approval. */
  readonly end: (account: string, grant: string) => Promise<boolean>;
  /** Ends all of an account's, as when it is closed. */
  readonly endAll: (account: string) => Promise<void>;
  /** Ends what lives only as long as a session (no `offline_access`), as when the person signs out. */
  readonly endSession: (session: string) => Promise<void>;
}

interface ApprovalRow {
  readonly grant_id: string;
  readonly client: string;
  readonly identity: Identity;
  readonly scopes: string;
  readonly patient: string | null;
  readonly encounter: string | null;
  readonly extras: Readonly<Record<string, unknown>>;
  readonly made: string;
  readonly expires: string;
}

const approvalOf = (row: ApprovalRow): Approval => ({
  grant: row.grant_id,
  client: row.client,
  identity: row.identity,
  scopes: row.scopes,
  extras: row.extras,
  made: Number(row.made),
  expires: Number(row.expires),
  ...(row.patient === null ? {} : { patient: row.patient }),
  ...(row.encounter === null ? {} : { encounter: row.encounter }),
});

export function openApprovals(database: Pick<Database, 'pool'>, clock: Clock): Approvals {
  const { pool: sql } = database;
  /** Marks the approvals ended and takes away what was issued on them, together. */
  const end = (where: 'account' | 'session' | 'one', value: string, account = ''): Promise<number> =>
    inTransaction(database, async (tx) => {
      const matches =
        where === 'account'
          ? tx`account = ${value}`
          : where === 'session'
            ? tx`session = ${value} and not ('offline_access' = any(string_to_array(scopes, ' ')))`
            : tx`grant_id = ${value} and account = ${account}`;
      const ended = await tx<{ grant_id: string }[]>`
        update smart_approval set ended = ${clock.now()} where ended is null and ${matches} returning grant_id`;
      const grants = ended.map((row) => row.grant_id);
      if (grants.length > 0) await tx`delete from smart_item where grant_id in ${tx(grants)}`;
      return grants.length;
    });

  return {
    async add(approval) {
      const { identity } = approval;
      await sql`insert into smart_approval ${sql({
        grant_id: approval.grant,
        client: approval.client,
        account: identity.account,
        session: identity.session,
        identity: sql.json(JSON.parse(JSON.stringify(identity))),
        scopes: approval.scopes,
        patient: approval.patient ?? null,
        encounter: approval.encounter ?? null,
        extras: sql.json(JSON.parse(JSON.stringify(approval.extras))),
        made: approval.made,
        expires: approval.expires,
      })}`;
    },
    async find(grant, { ended } = { ended: false }) {
      const [row] = await sql<ApprovalRow[]>`select * from smart_approval
        where grant_id = ${grant} and (${ended} or ended is null and expires > ${clock.now()})`;
      return row && approvalOf(row);
    },
    async ofAccount(account) {
      const rows = await sql<(ApprovalRow & { name: string })[]>`
        select a.*, c.name from smart_approval a join smart_client c on c.id = a.client
        where a.account = ${account} and a.ended is null and a.expires > ${clock.now()}
          and exists (select from smart_item i where i.grant_id = a.grant_id and i.expires > ${clock.now()}
            and i.consumed is null and i.kind in ('AccessToken', 'RefreshToken'))
        order by a.made desc`;
      return rows.map((row) => ({ ...approvalOf(row), clientName: row.name }));
    },
    end: async (account, grant) => (await end('one', grant, account)) > 0,
    endAll: async (account) => {
      await end('account', account);
    },
    endSession: async (session) => {
      await end('session', session);
    },
  };
}
