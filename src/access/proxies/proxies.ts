/** Who may act for whom: asked by the one who wants to, decided by the practice where the person is registered. */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import type { Identity, PersonIdentity, StaffIdentity } from '../identity.ts';
import { mayDo } from '../roles.ts';
import type { SecurityLog } from '../security-log.ts';
import { ageRule, nextReview } from '../sight/age-rules.ts';
import { type ProxyGrant, proxyScopes } from '../sight/proxy-grant.ts';
import { keptFromProxy } from './kept-from-proxies.ts';
import { findPerson, personNow } from './person-lookup.ts';
import {
  type Approval,
  type Change,
  type OwnRequest,
  type ProxyAsk,
  type ProxyRequest,
  type ProxyRow,
  proxyOf,
  whoOf,
} from './proxy.ts';
import { proxyResources } from './proxy-resources.ts';
import { proxyRelationship } from './relationships.ts';

/** Most requests of one account that wait at the same time. */
const mostWaiting = 5;
/** Longest time that a practice agrees to before it looks again. */
export const longestYears = 5;
export const longestText = 1000;

export interface Proxies {
  /**
   * Asks to act for someone. The answer is the same whether or not the record knows such a person. Throws 403 for
   * someone whose identity is not proved (P9), 422 for what is not filled in and for oneself, 429 where too many wait.
   */
  ask(asker: PersonIdentity, ask: ProxyAsk, system: Actor): Promise<OwnRequest>;
  /** Takes back a request that waits. Throws 404 for another's, 409 once decided. */
  withdraw(asker: PersonIdentity, id: string, system: Actor): Promise<OwnRequest>;
  /** Throws 403 for roles that do not decide and for one's own request, 404 for another practice's patient, 409 once decided, 422 for what the rules do not allow. */
  approve(decider: StaffIdentity, id: string, approval: Approval, system: Actor): Promise<ProxyRequest>;
  /** Throws as `approve` does. */
  refuse(decider: StaffIdentity, id: string, reason: string, system: Actor): Promise<ProxyRequest>;
  /** Ends one that stands: by the person, the proxy, or the practice. Throws 404 for all others, 409 where it has ended. */
  end(by: Identity, id: string, reason: string, system: Actor): Promise<ProxyRequest>;
  /** One request to a practice, as registration is now. Throws 403 and 404 as `approve` does. */
  read(decider: StaffIdentity, id: string, system: Actor): Promise<ProxyRequest>;
  /** Those of the practice's patients that wait or stand, oldest first. Throws 403 for roles that do not decide. */
  ofPractice(decider: StaffIdentity, system: Actor): Promise<readonly ProxyRequest[]>;
  /** People who act for a patient now. */
  ofPatient(patient: string, now: number): Promise<readonly ProxyRequest[]>;
  /** Requests of an account, newest first. */
  ofAsker(asker: PersonIdentity): Promise<readonly OwnRequest[]>;
  /** What stands now for an account, or for the one whose own Patient id this is. */
  proxiesOf(accountOrPatient: string, now: number): Promise<readonly ProxyGrant[]>;
  /** Tells the record and the audit log of changes that were cut short. At start, and at every list of a practice. */
  tellUntold(system: Actor): Promise<void>;
  /** Has each new request told to the person whom it is about, where the record knows them. It may come twice. */
  whenAsked(tellPerson: (asked: { readonly id: string; readonly patient: string }) => Promise<unknown>): void;
}

export interface ProxyParts {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly securityLog: SecurityLog;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const notFound = () => problem('not-found', 'There is no such request.');
const decidedAlready = () =>
  problem('conflict', 'This has been decided or ended already. Open it again to see how it stands.');

export function openProxies(parts: ProxyParts): Proxies {
  const { database, record, clock, newId, securityLog } = parts;
  const sql = database.pool;

  const denied = async (by: Identity, system: Actor, note: string, patient?: string) =>
    securityLog.record({
      kind: 'proxy-changed',
      who: whoOf(by),
      outcome: 'failure',
      note,
      requestId: system.requestId,
      via: 'page',
      ...(patient === undefined ? {} : { patient }),
    });

  const changed = (by: Identity, system: Actor, note: string): Change => ({
    who: whoOf(by),
    note,
    requestId: system.requestId,
  });

  let tellPerson: Parameters<Proxies['whenAsked']>[0] | undefined;

  /** Tells the record, the audit log and the person what changed last. Harmless twice. */
  const tell = async (row: ProxyRow, system: Actor) => {
    if (!row.untold) return;
    const proxy = proxyOf(row);
    const { who, note, requestId } = row.untold;
    if (proxy.patient !== undefined && (proxy.state === 'approved' || proxy.state === 'ended'))
      await record.commit(
        system,
        proxyResources(proxy).map((resource) => ({
          kind: 'update',
          type: resource.resourceType,
          id: proxy.id,
          text: JSON.stringify(resource),
        })),
      );
    await securityLog.record({
      kind: 'proxy-changed',
      who,
      outcome: 'success',
      note,
      requestId,
      via: 'page',
      ...(proxy.patient === undefined ? {} : { patient: proxy.patient }),
    });
    if (proxy.patient !== undefined && proxy.state === 'waiting')
      await tellPerson?.({ id: proxy.id, patient: proxy.patient });
    await sql`update proxy set untold = null where id = ${row.id} and state = ${row.state}`;
  };

  const tellUntold = async (system: Actor) => {
    const rows = await sql<ProxyRow[]>`
      select * from proxy where untold is not null order by asked limit 100`;
    for (const row of rows) await tell(row, system);
  };

  const told = async (row: ProxyRow | undefined, system: Actor): Promise<ProxyRequest> => {
    if (!row) throw decidedAlready();
    await tell(row, system);
    return proxyOf(row);
  };

  const rowOf = async (id: string): Promise<ProxyRow | undefined> => {
    if (!uuid.test(id)) return undefined;
    const [row] = await sql<ProxyRow[]>`select * from proxy where id = ${id}`;
    return row;
  };

  /** The row with what the record says of the person now: registration, birth date, death. */
  const refreshed = async (row: ProxyRow, system: Actor): Promise<ProxyRow> => {
    if (row.patient === null) return row;
    const now = await personNow(record, system, row.patient);
    const [fresh] = await sql<ProxyRow[]>`
      update proxy set registered = ${[...now.registered]}, birth_date = ${now.birthDate ?? null}, died = ${now.died}
      where id = ${row.id} returning *`;
    return fresh ?? row;
  };

  const isOurs = ({ post }: StaffIdentity, { registered }: ProxyRow): boolean =>
    registered.some((reference) => reference === post.organisation || post.parties.includes(reference));

  const mustDecide = async (decider: StaffIdentity, system: Actor) => {
    if (mayDo(decider.post.role, 'decide-proxies')) return;
    await denied(decider, system, 'Tried to see or decide who acts for others, which this role may not');
    throw problem('forbidden', 'Your role does not decide who acts for others.');
  };

  const toDecide = async (decider: StaffIdentity, id: string, system: Actor): Promise<ProxyRow> => {
    await mustDecide(decider, system);
    const found = await rowOf(id);
    const row = found && (await refreshed(found, system));
    if (row && row.patient !== null && isOurs(decider, row)) return row;
    if (row?.patient)
      await denied(decider, system, 'Tried to decide for another practice’s patient', row.patient);
    throw notFound();
  };

  /** The asker decides nothing for themself, with whichever account. */
  const mustBeAnother = async (decider: StaffIdentity, row: ProxyRow, system: Actor) => {
    if (decider.account !== row.asker_account && plainOf(decider.name) !== plainOf(row.asker_name)) return;
    await denied(decider, system, 'Tried to decide their own request', row.patient ?? undefined);
    throw problem(
      'forbidden',
      'You cannot decide a request of your own, or of someone with your name. Ask a colleague.',
    );
  };

  return {
    async ask(asker, ask, system) {
      if (asker.proofing !== 'P9')
        throw problem('forbidden', 'Prove who you are before you ask to act for someone else.');
      checkAsk(ask);
      const [before] = await sql<ProxyRow[]>`
        select * from proxy where asker_account = ${asker.account} and form = ${ask.form}`;
      if (before) {
        await tell(before, system);
        return ownRequest(proxyOf(before), clock.now());
      }
      const [{ waiting } = { waiting: 0 }] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from proxy
        where asker_account = ${asker.account} and state = 'waiting'`;
      if (waiting >= mostWaiting)
        throw problem(
          'throttled',
          `You have ${mostWaiting} requests that wait for an answer. Take one back, or wait until one is decided.`,
        );
      const person = await findPerson(record, system, ask.nhsNumber, ask.birthDate);
      if (person !== undefined && person.id === asker.patient)
        throw problem('value', 'These details are your own. Enter those of the person you want to act for.', {
          where: 'nhs-number',
        });
      const [row] = await sql<ProxyRow[]>`
        insert into proxy (id, form, asker_account, asker_name, asker_patient, person_name, relationship, scopes,
          evidence, asked, patient, birth_date, died, registered, state, untold)
        values (${newId()}, ${ask.form}, ${asker.account}, ${asker.name}, ${asker.patient ?? null},
          ${ask.personName.trim()}, ${ask.relationship}, ${scopesOf(ask.scopes)}, ${ask.evidence.trim()},
          ${clock.now()}, ${person?.id ?? null}, ${person?.birthDate ?? null}, ${person?.died ?? false},
          ${[...(person?.registered ?? [])]}, 'waiting',
          ${sql.json({ ...changed(asker, system, 'Asked to act for this person') })})
        on conflict (asker_account, form) do update set form = excluded.form returning *`;
      return ownRequest(await told(row, system), clock.now());
    },

    async withdraw(asker, id, system) {
      const found = await rowOf(id);
      if (found?.asker_account !== asker.account) throw notFound();
      await tell(found, system); // an earlier change first, so that none is lost
      const [row] = await sql<ProxyRow[]>`
        update proxy set state = 'withdrawn', ended = ${clock.now()}, ended_by = ${asker.name},
          untold = ${sql.json({ ...changed(asker, system, 'Took back the request to act for this person') })}
        where id = ${id} and state = 'waiting' returning *`;
      return ownRequest(await told(row, system), clock.now());
    },

    async approve(decider, id, approval, system) {
      const asked = await toDecide(decider, id, system);
      await mustBeAnother(decider, asked, system);
      const now = clock.now();
      checkApproval(asked, approval, now);
      const [row] = await sql<ProxyRow[]>`
        update proxy set state = 'approved', scopes = ${scopesOf(approval.scopes)}, basis = ${approval.basis},
          checked = ${approval.checked.trim()}, until = ${approval.until}, decided = ${now},
          decider = ${decider.account}, decider_name = ${decider.name}, organisation = ${decider.post.organisation},
          untold = ${sql.json({ ...changed(decider, system, `Agreed that ${asked.asker_name} acts for this person`) })}
        where id = ${id} and state = 'waiting' and registered = ${asked.registered} returning *`;
      return told(row, system);
    },

    async refuse(decider, id, reason, system) {
      const asked = await toDecide(decider, id, system);
      await mustBeAnother(decider, asked, system);
      checkText(reason, 'reason', 'Say why, so that the person who asked can understand it');
      const [row] = await sql<ProxyRow[]>`
        update proxy set state = 'refused', reason = ${reason.trim()}, decided = ${clock.now()},
          decider = ${decider.account}, decider_name = ${decider.name}, organisation = ${decider.post.organisation},
          untold = ${sql.json({ ...changed(decider, system, `Refused that ${asked.asker_name} acts for this person`) })}
        where id = ${id} and state = 'waiting' returning *`;
      return told(row, system);
    },

    async end(by, id, reason, system) {
      const found = by.kind === 'staff' ? await toDecide(by, id, system) : await rowOf(id);
      if (!found || (by.kind === 'person' && !isParty(by, found))) throw notFound();
      if (by.kind === 'staff') checkText(reason, 'reason', 'Say why it ends');
      await tell(found, system); // an earlier change first, so that none is lost
      const [row] = await sql<ProxyRow[]>`
        update proxy set state = 'ended', reason = ${reason.trim().slice(0, longestText)}, ended = ${clock.now()},
          ended_by = ${by.name},
          untold = ${sql.json({ ...changed(by, system, `Ended that ${found.asker_name} acts for this person`) })}
        where id = ${id} and state = 'approved' returning *`;
      return told(row, system);
    },

    async read(decider, id, system) {
      return proxyOf(await toDecide(decider, id, system));
    },

    async ofPractice(decider, system) {
      await mustDecide(decider, system);
      await tellUntold(system);
      const { organisation, parties } = decider.post;
      const rows = await sql<ProxyRow[]>`
        select * from proxy where registered && ${[organisation, ...parties]} and state in ('waiting', 'approved')
        order by asked, id limit 200`;
      const fresh: ProxyRow[] = [];
      for (const row of rows) fresh.push(await refreshed(row, system));
      return fresh.filter((row) => row.patient !== null && isOurs(decider, row)).map(proxyOf);
    },

    async ofPatient(patient, now) {
      const rows = await sql<ProxyRow[]>`
        select * from proxy where patient = ${patient} and state = 'approved' order by decided, id`;
      return rows.map(proxyOf).filter((proxy) => stands(proxy, now));
    },

    async ofAsker(asker) {
      const rows = await sql<ProxyRow[]>`
        select * from proxy where asker_account = ${asker.account} order by asked desc, id desc limit 50`;
      return rows.map((row) => ownRequest(proxyOf(row), clock.now()));
    },

    async proxiesOf(accountOrPatient, now) {
      // Not before the record and the audit log have it.
      const rows = await sql<ProxyRow[]>`
        select * from proxy where (asker_account = ${accountOrPatient} or asker_patient = ${accountOrPatient})
          and state = 'approved' and untold is null and not died`;
      return rows.map(proxyOf).flatMap((proxy) => grantOf(proxy, now));
    },

    tellUntold,
    whenAsked(tell) {
      tellPerson = tell;
    },
  };
}

/** The person themself, or the one who acts for them. */
const isParty = (by: PersonIdentity, row: ProxyRow): boolean =>
  row.asker_account === by.account ||
  (by.patient !== undefined && (row.patient === by.patient || row.asker_patient === by.patient));

/** A name without its title and case: “Dr Ruth  Ashworth” is “ruth ashworth”. */
const plainOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(dr|mr|mrs|ms|miss|mx|prof|professor|sister|nurse)\.?\s+/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/**
 * When a decision stands no more, whatever its end date: at the 11th and the 16th birthday it is looked at again, and so
 * what was decided before such a birthday ends there. Source: the rules of age-rules.ts.
 */
export function endOfGrant({ birthDate, decided, until }: ProxyRequest): number | undefined {
  const review = decided === undefined ? undefined : nextReview(birthDate, decided);
  if (review === undefined) return until;
  return until === undefined ? review : Math.min(until, review);
}

const stands = (proxy: ProxyRequest, now: number): boolean => grantOf(proxy, now).length > 0;

function grantOf(proxy: ProxyRequest, now: number): ProxyGrant[] {
  const { patient, basis, birthDate, scopes, state } = proxy;
  const until = endOfGrant(proxy);
  if (patient === undefined || basis === undefined || state !== 'approved') return [];
  if ((until !== undefined && until <= now) || !ageRule(birthDate, now).bases.includes(basis)) return [];
  return [{ patient, birthDate, basis, scopes, withheld: keptFromProxy(basis), until }];
}

function ownRequest(proxy: ProxyRequest, now: number): OwnRequest {
  const { patient, birthDate: _, checked: __, organisation: ___, askerAccount: ____, ...own } = proxy;
  const until = endOfGrant(proxy);
  if (proxy.state !== 'approved') return own;
  if (patient !== undefined && stands(proxy, now))
    return { ...own, patient, ...(until === undefined ? {} : { until }) };
  return { ...own, state: 'ended', ...(until === undefined ? {} : { ended: until }) };
}

const scopesOf = (scopes: readonly string[]) => proxyScopes.filter((scope) => scopes.includes(scope));

function checkText(text: string, where: string, message: string): void {
  const { length } = text.trim();
  if (length === 0 || length > longestText)
    throw problem('value', `${message}, in 1 to ${longestText} characters.`, { where });
}

function checkAsk(ask: ProxyAsk): void {
  if (!uuid.test(ask.form))
    throw problem('value', 'The form is not whole. Open the page again.', { where: 'form' });
  if (!/^\d{10}$/.test(ask.nhsNumber) || !/^\d{4}-\d{2}-\d{2}$/.test(ask.birthDate))
    throw problem('value', 'Give their NHS number and whole date of birth.', { where: 'nhs-number' });
  if (!proxyRelationship(ask.relationship))
    throw problem('value', 'Select what you are to them.', { where: 'relationship' });
  if (scopesOf(ask.scopes).length === 0)
    throw problem('value', 'Select what you want to do for them.', { where: 'scope' });
  checkText(ask.personName, 'person-name', 'Enter their full name');
  checkText(ask.evidence, 'evidence', 'Say what shows that you may act for them');
}

function checkApproval(row: ProxyRow, { scopes, until, basis, checked }: Approval, now: number): void {
  if (row.died) throw problem('business-rule', 'The record says that this person has died.');
  if (row.birth_date === null || !/^\d{4}-\d{2}-\d{2}$/.test(row.birth_date))
    throw problem('business-rule', 'The record has no whole date of birth: put that right first.');
  const rule = ageRule(row.birth_date, now);
  if (!rule.bases.includes(basis))
    throw problem('business-rule', `This ground does not fit the person’s age. ${rule.text}`, {
      where: 'basis',
    });
  if (scopesOf(scopes).length === 0 || scopes.some((scope) => !row.scopes.includes(scope)))
    throw problem('value', 'Select one or more of the things that were asked for.', { where: 'scope' });
  const last = new Date(now);
  if (until <= now || until > last.setUTCFullYear(last.getUTCFullYear() + longestYears) + 86_400_000)
    throw problem('value', `The end date must be in the future, at most ${longestYears} years from now.`, {
      where: 'until',
    });
  checkText(checked, 'checked', 'Say what you saw or heard that shows it');
}
