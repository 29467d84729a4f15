import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { OutsideKey } from './outside-provider.ts';

/** A session of a provider that someone has signed in here from. */
export interface OutsideSession {
  readonly account: string;
  readonly provider: OutsideKey;
  readonly issuer: string;
  readonly subject: string;
  readonly sid?: string;
  readonly idToken: string;
}

export interface OutsideSessions {
  readonly keep: (session: OutsideSession) => Promise<void>;
  /** Takes out the latest that an account has with a provider, when it signs out here. */
  readonly takeLatest: (account: string, provider: OutsideKey) => Promise<OutsideSession | undefined>;
  /** Takes out all that a logout token is about: of one session of the provider, or of a subject altogether. */
  readonly takeAll: (issuer: string, about: LoggedOut) => Promise<readonly OutsideSession[]>;
  /** Writes down that a logout token is obeyed. False: it has been before. */
  readonly obey: (issuer: string, jti: string, expires: number) => Promise<boolean>;
  /** It could not be obeyed: it may be sent again. */
  readonly forget: (issuer: string, jti: string) => Promise<void>;
}

export interface LoggedOut {
  readonly subject?: string;
  readonly sid?: string;
}

/** Longer than any session of ours lasts. */
const longest = 2 * 86_400_000;

export function openOutsideSessions(database: Pick<Database, 'pool'>, clock: Clock): OutsideSessions {
  const sql = database.pool;
  return {
    async keep({ account, provider, issuer, subject, sid, idToken }) {
      const now = clock.now();
      await sql`delete from outside_session where started < ${now - longest}`;
      await sql`
        insert into outside_session (account, provider, issuer, subject, sid, id_token, started)
        values (${account}, ${provider}, ${issuer}, ${subject}, ${sid ?? null}, ${idToken}, ${now})`;
    },
    async takeLatest(account, provider) {
      const [row] = await sql`
        delete from outside_session where id = (
          select id from outside_session where account = ${account} and provider = ${provider}
          order by id desc limit 1
        ) returning *`;
      return row && sessionOf(row);
    },
    async takeAll(issuer, { subject, sid }) {
      // With both, both must fit (Back-Channel Logout 1.0 §2.4); with neither there is nothing to end.
      if (subject === undefined && sid === undefined) return [];
      const rows = await sql`
        delete from outside_session
        where issuer = ${issuer}
          and (${subject ?? null}::text is null or subject = ${subject ?? null}::text)
          and (${sid ?? null}::text is null or sid = ${sid ?? null}::text)
        returning *`;
      return rows.map(sessionOf);
    },
    async obey(issuer, jti, expires) {
      await sql`delete from outside_logout where expires < ${clock.now()}`;
      const rows = await sql`
        insert into outside_logout (issuer, jti, expires) values (${issuer}, ${jti}, ${expires})
        on conflict do nothing returning jti`;
      return rows.length === 1;
    },
    async forget(issuer, jti) {
      await sql`delete from outside_logout where issuer = ${issuer} and jti = ${jti}`;
    },
  };
}

function sessionOf(row: Readonly<Record<string, unknown>>): OutsideSession {
  const text = (name: string) => String(row[name]);
  return {
    account: text('account'),
    provider: text('provider') as OutsideKey, // as `keep` wrote it
    issuer: text('issuer'),
    subject: text('subject'),
    idToken: text('id_token'),
    ...(row['sid'] === null ? {} : { sid: text('sid') }),
  };
}
