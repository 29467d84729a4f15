import { buildEndSessionUrl } from 'openid-client';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { CareRecord } from '../../record/care-record.ts';
import type { Account } from '../accounts/people.ts';
import type { SessionOptions, SignedIn } from '../accounts/sessions.ts';
import type { Visit } from '../accounts/visit.ts';
import type { Identity, Post } from '../identity.ts';
import type { Linking, LinkOutcome } from '../linking/linking.ts';
import type { SecurityLog } from '../security-log.ts';
import { accountOfSubject } from './account-of-subject.ts';
import type { AccountsForOutside } from './accounts-for-outside.ts';
import { browserCookie } from './browser-cookie.ts';
import { careIdentityParameters, careIdentityPerson, careIdentityScope } from './care-identity.ts';
import { connections } from './discovery.ts';
import { openFlows } from './flows.ts';
import { openLogoutTokens } from './logout-token.ts';
import { type NhsLoginPerson, nhsLoginPerson, nhsLoginScope } from './nhs-login.ts';
import { checkAddress, type OutsideKey, type OutsideProvider, providerNames } from './outside-provider.ts';
import { openOutsideSessions } from './outside-sessions.ts';
import { Refusal } from './refusal.ts';
import { type OutsideAnswer, openRoundTrip } from './round-trip.ts';
import { staffMember } from './staff-posts.ts';
import { type Proofing, vectorsAsked } from './vectors-of-trust.ts';

/** Sign-in with other providers: what the pages call. */
export interface OutsideSignIn {
  /** The providers that are configured. */
  readonly providers: readonly OutsideKey[];
  /** Sends someone to a provider. Throws a Refusal (`unavailable`). */
  readonly begin: (key: OutsideKey, visit: Visit, wish?: Wish) => Promise<Leave>;
  /** Signs someone in who comes back with `query` (`?code=…`). Throws a Refusal; a failure is in the audit log by then. */
  readonly finish: (key: OutsideKey, visit: Visit, query: string) => Promise<Finished>;
  /** Where the browser must go to end the provider's session too, once ours has ended; undefined where it offers none. */
  readonly endElsewhere: (identity: Identity) => Promise<URL | undefined>;
  /** Obeys a logout token of a provider, once. Throws a Problem (400, 503). */
  readonly logOut: (key: OutsideKey, token: string, visit: Visit) => Promise<void>;
}

export interface Wish {
  /** A path of ours to go on to, checked to be one. Default: the start page. */
  readonly returnTo?: string;
  /** The least proofing to ask NHS login for. Default P5. */
  readonly proofing?: Proofing;
  /** They are signed in and must show again who they are: a session that they have at the provider is not enough. */
  readonly again?: boolean;
}

export interface Leave {
  readonly url: URL;
  readonly setCookies: readonly string[];
}

export interface Finished extends SignedIn {
  /** A person who sees no record yet: they are not linked to a Patient. */
  readonly notLinked?: true;
  /** Why linking by their verified NHS number came to nothing. */
  readonly linkFailed?: Exclude<LinkOutcome['outcome'], 'linked'>;
  /** Signed in by less than their linked record asks for: begin again with this proofing. No session was started. */
  readonly again?: Proofing;
}

export interface OutsideNeeds {
  readonly providers: readonly OutsideProvider[];
  /** Of this server, without a slash at its end. */
  readonly baseUrl: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly record: CareRecord;
  readonly accounts: AccountsForOutside;
  readonly linking: Linking;
  readonly log: SecurityLog;
}

/** Throws a Problem where a provider is not one that may be spoken with. */
export function openOutsideSignIn(needs: OutsideNeeds): OutsideSignIn {
  const { providers, baseUrl, database, clock, accounts, linking, log } = needs;
  for (const provider of providers) checkAddress(provider.issuer, provider);
  const connect = connections(clock);
  const trip = openRoundTrip(connect, openFlows(database, clock), baseUrl);
  const sessions = openOutsideSessions(database, clock);
  const readLogout = openLogoutTokens(connect, clock);
  const cookie = browserCookie(baseUrl);
  const providerOf = (key: OutsideKey): OutsideProvider => {
    const found = providers.find((provider) => provider.key === key);
    if (!found) throw problem('not-found', 'There is nothing at this address.');
    return found;
  };

  const keepSession = (provider: OutsideKey, account: Account, answer: OutsideAnswer) => {
    const { issuer, subject, sid, idToken } = answer;
    const known = { account: account.id, provider, issuer, subject, idToken };
    return sessions.keep(sid === undefined ? known : { ...known, sid });
  };

  const person = async (answer: OutsideAnswer, visit: Visit): Promise<Finished> => {
    const known = nhsLoginPerson(answer);
    const { issuer, subject, returnTo } = answer;
    const name = nameOf(known);
    const account = await accountOfSubject(accounts, issuer, subject, {
      kind: 'person',
      name: name ?? 'Someone with NHS login',
    });
    if (name !== undefined && name !== account.name) await accounts.rename(account.id, name);
    let result: Pick<Finished, 'notLinked' | 'linkFailed'> = {};
    if (account.patient === undefined) {
      result = { notLinked: true };
      await accounts.setProofing(account.id, known.proofing);
      await linking.remember(account.id, known);
      const { nhsNumber, familyName, birthDate } = known;
      if (known.proofing === 'P9' && nhsNumber && familyName && birthDate) {
        const claims = { nhsNumber, familyName, birthDate };
        const { outcome } = await linking.linkByNumber(account.id, claims, visit.requestId);
        result = outcome === 'linked' ? {} : { notLinked: true, linkFailed: outcome };
      }
    } else if (known.proofing === 'P0') {
      // A password alone shows nobody's record, however the account was linked before.
      return { setCookies: [], location: returnTo, again: 'P5' };
    }
    await keepSession('nhs-login', account, answer);
    const started = await accounts.startSession(account.id, 'nhs-login', visit, optionsOf(answer));
    return { ...started, ...result };
  };

  const staff = async (answer: OutsideAnswer, visit: Visit): Promise<Finished> => {
    const known = careIdentityPerson(answer);
    const { issuer, subject } = answer;
    const { user, posts } = await staffMember(needs.record, known, visit.requestId);
    const account = await accountOfSubject(accounts, issuer, subject, {
      kind: 'staff',
      name: known.name,
      user,
    });
    if (account.user !== user)
      throw new Refusal('not-valid', 'The account stands for another practitioner of the record');
    if (account.name !== known.name) await accounts.rename(account.id, known.name);
    await replacePosts(accounts, account.id, posts);
    await keepSession('care-identity', account, answer);
    // With several posts the accounts ask for one.
    return accounts.startSession(account.id, 'care-identity', visit, optionsOf(answer));
  };

  const tellRefusal = (key: OutsideKey, reason: Refusal, visit: Visit) =>
    log.record({
      kind: 'sign-in-failed',
      who: { id: 'Person/unknown', name: 'Someone not known', role: 'unknown' },
      outcome: 'failure',
      note: `${providerNames[key]}: ${reason.message}`,
      requestId: visit.requestId,
      via: 'page',
    });

  return {
    providers: providers.map((provider) => provider.key),

    async begin(key, visit, { returnTo = '/', proofing = 'P5', again = false } = {}) {
      const provider = providerOf(key);
      const { value, setCookie } = cookie.give(visit.cookie);
      const how =
        key === 'nhs-login'
          ? { vtr: vectorsAsked[proofing], scope: nhsLoginScope, extra: again ? { prompt: 'login' } : {} }
          : { vtr: [], scope: careIdentityScope, extra: careIdentityParameters };
      const url = await trip.leave(provider, { browser: value, returnTo, ...how });
      return { url, setCookies: [setCookie] };
    },

    async finish(key, visit, query) {
      const provider = providerOf(key);
      try {
        const answer = await trip.comeBack(provider, query, cookie.read(visit.cookie) ?? '');
        return await (key === 'nhs-login' ? person(answer, visit) : staff(answer, visit));
      } catch (error) {
        if (error instanceof Refusal) await tellRefusal(key, error, visit);
        throw error;
      }
    },

    async endElsewhere(identity) {
      const { account, method } = identity;
      if (method !== 'nhs-login' && method !== 'care-identity') return undefined;
      const provider = providers.find(({ key }) => key === method);
      const ended = await sessions.takeLatest(account, method);
      if (!provider || !ended) return undefined;
      const configuration = await connect(provider).catch(() => undefined);
      if (!configuration?.serverMetadata().end_session_endpoint) return undefined;
      const url = buildEndSessionUrl(configuration, {
        id_token_hint: ended.idToken,
        post_logout_redirect_uri: `${baseUrl}/`,
      });
      checkAddress(url, provider);
      return url;
    },

    async logOut(key, token, visit) {
      const { issuer, jti, expires, ...about } = await readLogout(providerOf(key), token);
      if (!(await sessions.obey(issuer, jti, expires)))
        throw problem('invalid', 'This logout token has been used already.');
      try {
        for (const account of new Set((await sessions.takeAll(issuer, about)).map((one) => one.account)))
          await endSessions(accounts, account, key, visit);
      } catch (error) {
        await sessions.forget(issuer, jti);
        throw error;
      }
    },
  };
}

/** Someone may come with a session that they have had at the provider for a while: sensitive acts must know. */
const optionsOf = ({ returnTo, authenticatedAt }: OutsideAnswer): SessionOptions =>
  authenticatedAt === undefined ? { returnTo } : { returnTo, authenticatedAt };

const nameOf = ({ givenName, familyName, email }: NhsLoginPerson): string | undefined =>
  familyName === undefined ? email : [givenName, familyName].filter(Boolean).join(' ');

/** Ends every session that the account has by this provider: which of them began with which of its is not known. */
async function endSessions(
  accounts: AccountsForOutside,
  account: string,
  method: OutsideKey,
  visit: Visit,
): Promise<void> {
  // Of the identity, ending a session reads the account alone.
  for (const session of await accounts.sessionsOf(account))
    if (session.method === method) await accounts.endSession({ account } as Identity, session.id, visit);
}

/** Makes the posts of an account those that Care Identity tells of now; a post that stays as it is is left alone. */
async function replacePosts(
  accounts: AccountsForOutside,
  account: string,
  posts: readonly Post[],
): Promise<void> {
  const held = await accounts.postsOf(account);
  const keyOf = ({ role, organisation, organisationKinds, parties }: Post) =>
    JSON.stringify([role, organisation, [...organisationKinds].sort(), [...parties].sort()]);
  const wanted = new Map(posts.map((post) => [keyOf(post), post]));
  for (const post of held) if (!wanted.delete(keyOf(post))) await accounts.endPost(post.id);
  for (const { role, organisation, organisationKinds, parties } of wanted.values())
    await accounts.addPost(account, { role, organisation, organisationKinds, parties });
}
