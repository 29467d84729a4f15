/** Emergency access (“breaking the glass”): for one person's record, with a reason, for a short time, told to the patient and checked. */
import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import type { StaffIdentity } from '../identity.ts';
import { mayDo } from '../roles.ts';
import type { SecurityLog } from '../security-log.ts';
import { emergencyNotice } from './emergency-notice.ts';
import { emergencyReason } from './reasons.ts';

/** How long it lasts, stated where it is asked for. */
export const emergencyMinutes = 30;
/** Fewest and most characters of the reason in words. */
export const wordsLength = { least: 10, most: 1000 } as const;
/** Searches within an hour that find nobody, before no more are made. */
const mostMisses = 10;

export type ReviewOutcome = 'appropriate' | 'concern';

export interface EmergencyAccess {
  readonly id: string;
  readonly account: string;
  /** `Practitioner/…` */
  readonly practitioner: string;
  readonly name: string;
  readonly role: string;
  /** `Organization/…` */
  readonly organisation: string;
  /** Patient id. */
  readonly patient: string;
  /** Code of `emergencyReasons`. */
  readonly reason: string;
  readonly words: string;
  /** ms since 1970 UTC. */
  readonly since: number;
  readonly until: number;
  readonly review?: {
    readonly at: number;
    /** Account, and name, of the reviewer. */
    readonly by: string;
    readonly name: string;
    readonly outcome: ReviewOutcome;
    readonly note: string;
  };
}

/** What it opens, for the sight of the one who asked. */
export interface EmergencyGrant {
  readonly id: string;
  /** Patient id. */
  readonly patient: string;
  /** ms since 1970 UTC. */
  readonly until: number;
}

export interface EmergencyAsk {
  /** Made with the form: the same form sent twice asks once. */
  readonly form: string;
  readonly nhsNumber: string;
  /** `1985-03-15` */
  readonly birthDate: string;
  readonly reason: string;
  readonly words: string;
}

export interface Emergencies {
  /**
   * Opens one person's record to the one who asks; it is in the audit log and the patient's record when the promise
   * keeps. Undefined: nobody has this NHS number and birth date. Throws 403 for roles that may not, 422 without a
   * reason, 409 where the form was used for something else, 429 after too many that found nobody.
   */
  begin(asker: StaffIdentity, ask: EmergencyAsk, system: Actor): Promise<EmergencyAccess | undefined>;
  /** What the account may open now. */
  emergenciesOf(account: string, now: number): Promise<readonly EmergencyGrant[]>;
  /** The account's own, newest first. */
  recentOf(account: string): Promise<readonly EmergencyAccess[]>;
  /** For governance: those not yet reviewed, oldest first. */
  toReview(): Promise<readonly EmergencyAccess[]>;
  /** For governance: the newest, reviewed or not. */
  latest(): Promise<readonly EmergencyAccess[]>;
  /** Throws 403 for roles that do not review and for one's own, 404, and 409 where it has been reviewed. */
  review(
    reviewer: StaffIdentity,
    id: string,
    review: { readonly outcome: ReviewOutcome; readonly note: string },
    system: Actor,
  ): Promise<EmergencyAccess>;
}

export interface EmergencyParts {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly securityLog: SecurityLog;
}

interface Row {
  id: string;
  account: string;
  practitioner: string;
  name: string;
  role: string;
  organisation: string;
  patient: string;
  reason: string;
  words: string;
  since: string;
  until: string;
  told: boolean;
  reviewed: string | null;
  reviewer: string | null;
  reviewer_name: string | null;
  outcome: ReviewOutcome | null;
  review_note: string | null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function openEmergencies(parts: EmergencyParts): Emergencies {
  const { database, record, clock, newId, securityLog } = parts;
  const sql = database.pool;

  const logged = (
    { account: _, ...who }: { account: string; id: string; name: string; role: string; organisation: string },
    system: Actor,
    outcome: 'success' | 'failure',
    note: string,
    patient?: string,
  ) =>
    securityLog.record({
      kind: 'emergency-access',
      who,
      outcome,
      note,
      requestId: system.requestId,
      via: system.via === 'api' ? 'api' : 'page',
      ...(patient === undefined ? {} : { patient }),
    });
  const staff = ({ account, user, name, post }: StaffIdentity) => ({
    account,
    id: user,
    name,
    role: post.role,
    organisation: post.organisation,
  });

  const find = async (ask: EmergencyAsk, system: Actor): Promise<string | undefined> => {
    const query = `identifier=${encodeURIComponent(`${nhsNumberSystem}|${ask.nhsNumber}`)}&birthdate=${ask.birthDate}&_count=5`;
    const { matches } = await record.search(system, 'Patient', query);
    const people = matches
      .map((stored) => resourceOf<Patient>(stored))
      .filter(
        (one) =>
          one.birthDate === ask.birthDate &&
          !one.link?.some(({ type }) => type === 'replaced-by') &&
          one.identifier?.some(
            ({ system, value, use }) =>
              system === nhsNumberSystem && value === ask.nhsNumber && use !== 'old',
          ),
      );
    // Two people with one number: neither may be shown by guess.
    return people.length === 1 ? people[0]?.id : undefined;
  };

  const checkMisses = async (account: string, now: number) => {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from emergency_miss where account = ${account} and at > ${now - 3_600_000}`;
    if ((row?.n ?? 0) >= mostMisses)
      throw problem(
        'throttled',
        'You have searched for too many people that were not found. Wait an hour, or phone the person’s GP surgery.',
        { headers: { 'Retry-After': '3600' } },
      );
  };

  /** Tells the audit log and the patient. Harmless twice; nothing is shown before it is done. */
  const tell = async (access: EmergencyAccess, system: Actor) => {
    const who = { ...access, id: access.practitioner };
    const { account, id, name, role, organisation } = who;
    await logged(
      { account, id, name, role, organisation },
      system,
      'success',
      `Emergency access for ${emergencyMinutes} minutes: ${emergencyReason(access.reason)?.text ?? access.reason}`,
      access.patient,
    );
    const text = JSON.stringify(emergencyNotice(access));
    await record.commit(system, [{ kind: 'update', type: 'Communication', id: access.id, text }]);
    await sql`update emergency_access set told = true where id = ${access.id}`;
  };

  return {
    async begin(asker, ask, system) {
      const who = staff(asker);
      const { account } = who;
      if (!mayDo(who.role, 'emergency-access')) {
        await logged(who, system, 'failure', 'Asked for emergency access, which this role may not have');
        throw problem('forbidden', 'Your role does not have emergency access.');
      }
      checkAsk(ask);
      const now = clock.now();
      await checkMisses(account, now);
      const patient = await find(ask, system);
      if (patient === undefined) {
        await sql`insert into emergency_miss (account, at) values (${account}, ${now})`;
        await sql`delete from emergency_miss where account = ${account} and at <= ${now - 3_600_000}`;
        await logged(who, system, 'failure', 'Asked for emergency access to someone who was not found');
        return undefined;
      }
      await sql`
        insert into emergency_access
          (id, account, form, practitioner, name, role, organisation, patient, reason, words, since, until)
        values (${newId()}, ${account}, ${ask.form}, ${who.id}, ${who.name}, ${who.role}, ${who.organisation}, ${patient},
          ${ask.reason}, ${ask.words.trim()}, ${now}, ${now + emergencyMinutes * 60_000})
        on conflict (account, form) do nothing`;
      const [row] = await sql<
        Row[]
      >`select * from emergency_access where account = ${account} and form = ${ask.form}`;
      if (row?.patient !== patient)
        throw problem('conflict', 'This form was used already. Open the page again and fill it in anew.');
      const access = accessOf(row);
      if (!row.told) await tell(access, system);
      return access;
    },

    async emergenciesOf(account, now) {
      const rows = await sql<Pick<Row, 'id' | 'patient' | 'until'>[]>`
        select id, patient, until from emergency_access
        where account = ${account} and until > ${now} and since <= ${now} and told`;
      return rows.map(({ id, patient, until }) => ({ id, patient, until: Number(until) }));
    },

    async recentOf(account) {
      const rows = await sql<Row[]>`
        select * from emergency_access where account = ${account} and told order by since desc, id desc limit 20`;
      return rows.map(accessOf);
    },

    async toReview() {
      const rows = await sql<Row[]>`
        select * from emergency_access where reviewed is null order by since, id limit 500`;
      return rows.map(accessOf);
    },

    async latest() {
      const rows = await sql<Row[]>`select * from emergency_access order by since desc, id desc limit 100`;
      return rows.map(accessOf);
    },

    async review(reviewer, id, { outcome, note }, system) {
      const who = staff(reviewer);
      const refuse = async (message: string) => {
        await logged(who, system, 'failure', 'Tried to review an emergency access and may not');
        throw problem('forbidden', message);
      };
      if (!mayDo(who.role, 'review-access')) await refuse('Your role does not review emergency access.');
      if (note.trim() === '' || note.length > wordsLength.most)
        throw problem('value', `Say what you found, in 1 to ${wordsLength.most} characters.`, {
          where: 'note',
        });
      const [found] = uuid.test(id) ? await sql<Row[]>`select * from emergency_access where id = ${id}` : [];
      if (!found) throw problem('not-found', 'There is no such emergency access.');
      if (found.account === who.account || found.practitioner === who.id)
        await refuse('This emergency access was your own. Someone else must review it.');
      const [row] = await sql<Row[]>`
        update emergency_access set reviewed = ${clock.now()}, reviewer = ${who.account},
          reviewer_name = ${who.name}, outcome = ${outcome}, review_note = ${note.trim()}
        where id = ${id} and reviewed is null returning *`;
      if (!row) throw problem('conflict', 'Someone has reviewed this already.');
      await logged(
        who,
        system,
        'success',
        outcome === 'appropriate'
          ? 'Reviewed an emergency access: it was appropriate'
          : 'Reviewed an emergency access: there is a concern',
        row.patient,
      );
      return accessOf(row);
    },
  };
}

function checkAsk(ask: EmergencyAsk): void {
  const words = ask.words.trim().length;
  if (!uuid.test(ask.form))
    throw problem('value', 'The form is not whole. Open the page again.', { where: 'form' });
  if (!emergencyReason(ask.reason))
    throw problem('value', 'Select why you need this record now.', { where: 'reason' });
  if (words < wordsLength.least || words > wordsLength.most)
    throw problem(
      'value',
      `Say what is happening, in ${wordsLength.least} to ${wordsLength.most} characters.`,
      { where: 'words' },
    );
  if (!/^\d{10}$/.test(ask.nhsNumber) || !/^\d{4}-\d{2}-\d{2}$/.test(ask.birthDate))
    throw problem('value', 'Give the NHS number and the whole date of birth.', { where: 'nhs-number' });
}

function accessOf(row: Row): EmergencyAccess {
  const { id, account, practitioner, name, role, organisation, patient, reason, words } = row;
  return {
    ...{ id, account, practitioner, name, role, organisation, patient, reason, words },
    since: Number(row.since),
    until: Number(row.until),
    ...(row.reviewed !== null && row.outcome !== null
      ? {
          review: {
            at: Number(row.reviewed),
            by: row.reviewer ?? '',
            name: row.reviewer_name ?? '',
            outcome: row.outcome,
            note: row.review_note ?? '',
          },
        }
      : {}),
  };
}
