import type { Organization, Patient } from '@medplum/fhirtypes';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import type { People } from '../accounts/people.ts';
import type { PersonIdentity } from '../identity.ts';
import type { SecurityLog } from '../security-log.ts';
import { agrees, isLinkable, type PersonClaims } from './agreement.ts';
import { odsCodeSystem } from './linkage-key.ts';
import { type IssuedLinkage, type LinkageDetails, openLinkageKeys } from './linkage-keys.ts';
import { linkingActor, patientById, patientByNumber } from './patient-by-number.ts';

export type LinkOutcome =
  | { readonly outcome: 'linked'; readonly patient: string }
  /** The account or the Patient is linked already, not to each other. */
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'none' | 'several' | 'disagree' }
  /** Linkage details that were not right. */
  | { readonly outcome: 'wrong'; readonly triesLeft: number }
  /** Too many that were not right today. */
  | { readonly outcome: 'exhausted' };

export interface TypedLinkage extends LinkageDetails {
  /** As typed on the form: `1962-07-03`. Must be the Patient's. */
  readonly birthDate: string;
}

export interface IssuedOnPaper extends IssuedLinkage {
  /** Whom it is for, and from whom, as the letter names them. */
  readonly patient: Patient;
  readonly practice: string;
}

export interface Linking {
  /**
   * Links an account to the Patient of a verified NHS number (P9), where exactly one has it, and its name and birth date
   * agree.
   */
  readonly linkByNumber: (
    account: string,
    claims: Required<PersonClaims>,
    requestId: string,
  ) => Promise<LinkOutcome>;
  /**
   * Links an account by what a practice gave on paper, having compared the person with a photo document: their identity is
   * then proved as by P9, which NHS login too gives for such details. Tries are counted, by account and by key. Someone who
   * signed in by NHS login with a password alone must sign in with a second factor first: throws a Problem (403).
   */
  readonly linkByDetails: (
    identity: PersonIdentity,
    typed: TypedLinkage,
    requestId: string,
  ) => Promise<LinkOutcome>;
  readonly triesLeft: (account: string) => Promise<number>;
  /** Keeps what a provider says of someone who is not linked: linkage details must agree with it. */
  readonly remember: (account: string, claims: PersonClaims) => Promise<void>;
  /** The patient to whom the actor may give linkage details, as far as can be told before. Throws as `issue` does. */
  readonly patientFor: (actor: Actor, patient: string) => Promise<Patient>;
  /**
   * Issues linkage details for a patient of the practice that the actor works for. Throws a Problem: 404 where the actor
   * sees no such Patient, 422 where it cannot be linked or is not registered there.
   */
  readonly issue: (actor: Actor, patient: string) => Promise<IssuedOnPaper>;
}

export interface LinkingNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly record: CareRecord;
  readonly accounts: Pick<People, 'linkPatient' | 'findAccount'>;
  readonly log: SecurityLog;
}

const Kept = z.object({
  nhsNumber: z.string().optional(),
  familyName: z.string().optional(),
  birthDate: z.string().optional(),
});

export function openLinking({ database, clock, newId, record, accounts, log }: LinkingNeeds): Linking {
  const keys = openLinkageKeys(database, clock, newId);
  const sql = database.pool;

  const claimsOf = async (account: string): Promise<PersonClaims> => {
    const [row] = await sql`select claims from linkage_claims where account = ${account}`;
    const { nhsNumber, familyName, birthDate } = Kept.parse(row?.['claims'] ?? {});
    return {
      ...(nhsNumber === undefined ? {} : { nhsNumber }),
      ...(familyName === undefined ? {} : { familyName }),
      ...(birthDate === undefined ? {} : { birthDate }),
    };
  };

  /** Links, unless either is linked already. */
  const link = async (id: string, patient: string): Promise<LinkOutcome> => {
    const account = await accounts.findAccount(id);
    if (account?.kind !== 'person' || (account.patient !== undefined && account.patient !== patient))
      return { outcome: 'taken' };
    try {
      await accounts.linkPatient(id, patient, 'P9');
    } catch (error) {
      if (error instanceof Problem && error.status === 409) return { outcome: 'taken' };
      throw error;
    }
    await sql`delete from linkage_claims where account = ${id}`;
    return { outcome: 'linked', patient };
  };

  const tell = (id: string, name: string, result: LinkOutcome, how: string, requestId: string) => {
    const linked = result.outcome === 'linked' ? result.patient : undefined;
    return log.record({
      kind: 'account-changed',
      who: { id: linked === undefined ? `Person/${id}` : `Patient/${linked}`, name, role: 'patient' },
      outcome: linked === undefined ? 'failure' : 'success',
      note:
        linked === undefined
          ? `Not linked ${how}: ${words[result.outcome]}`
          : `Linked to their record ${how}`,
      requestId,
      via: 'page',
      ...(linked === undefined ? {} : { patient: linked }),
    });
  };

  return {
    triesLeft: keys.triesLeft,

    async remember(account, { nhsNumber, familyName, birthDate }) {
      const claims = JSON.stringify({ nhsNumber, familyName, birthDate });
      await sql`
        insert into linkage_claims (account, claims, known) values (${account}, ${claims}::text::jsonb, ${clock.now()})
        on conflict (account) do update set claims = excluded.claims, known = excluded.known`;
    },

    async linkByNumber(id, claims, requestId) {
      const match = await patientByNumber(record, claims, { requestId, now: clock.now() });
      const result = match.outcome === 'one' ? await link(id, match.patient) : match;
      const account = await accounts.findAccount(id);
      await tell(id, account?.name ?? 'Someone not known', result, 'by verified NHS number', requestId);
      return result;
    },

    async linkByDetails(identity, typed, requestId) {
      const { account } = identity;
      if (needsSecondFactor(identity))
        throw problem('forbidden', 'Sign in with a security code first, then connect to your record.');
      const how = 'by linkage details';
      const triesLeft = await keys.countTry(account);
      if (triesLeft === undefined) {
        await tell(account, identity.name, { outcome: 'exhausted' }, how, requestId);
        return { outcome: 'exhausted' };
      }
      const found = await keys.find(typed);
      const patient = found && (await patientById(record, found.patient, requestId));
      const claims = await claimsOf(account);
      // One answer for all that may be wrong: which part was right is nobody's business but the practice's.
      const right =
        patient !== undefined &&
        isLinkable(patient) &&
        patient.birthDate === typed.birthDate &&
        agrees(patient, claims, clock.now());
      let result: LinkOutcome = { outcome: 'wrong', triesLeft };
      if (found && right) {
        result = await link(account, found.patient);
        if (result.outcome === 'linked') {
          await keys.markUsed(found.id, account);
          await keys.forgiveTries(account);
        }
      }
      await tell(account, identity.name, result, how, requestId);
      return result;
    },

    patientFor: async (actor, id) => (await candidate(record, actor, id)).patient,

    async issue(actor, id) {
      const { patient, organisation, odsCode, practice } = await candidate(record, actor, id);
      const issued = await keys.issue(id, odsCode, actor.id);
      await log.record({
        kind: 'account-changed',
        who: { id: actor.id, name: actor.name, role: actor.role, organisation },
        patient: id,
        outcome: 'success',
        note: 'Gave linkage details on paper, to be used to see the record online',
        requestId: actor.requestId,
        via: 'page',
      });
      return { ...issued, patient, practice };
    },
  };
}

/** A patient of the practice that an actor works for, who may be given linkage details. Throws a Problem. */
async function candidate(record: CareRecord, actor: Actor, id: string) {
  const { organisation } = actor;
  if (organisation === undefined) throw problem('forbidden', 'Linkage details are given by a practice.');
  const stored = /^[A-Za-z0-9.-]{1,64}$/.test(id) ? await record.read(actor, 'Patient', id) : undefined;
  if (!stored?.body) throw problem('not-found', 'There is no person with this web address in the record.');
  const patient = resourceOf<Patient>(stored);
  const system = linkingActor(actor.requestId);
  const found = await record.read(system, 'Organization', organisation.replace(/^Organization\//, ''));
  const place = found?.body ? resourceOf<Organization>(found) : undefined;
  const odsCode = place?.identifier?.find((one) => one.system === odsCodeSystem)?.value?.toUpperCase();
  if (!place || odsCode === undefined)
    throw problem('business-rule', 'The record has no ODS code for where you work. Ask for it to be added.');
  if (!(await isRegistered(record, patient, organisation, actor.requestId)))
    throw problem(
      'business-rule',
      'Only the practice where a person is registered can give them linkage details.',
    );
  if (!isLinkable(patient))
    throw problem('business-rule', 'This record is not in use, so it cannot be linked to anyone.');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(patient.birthDate ?? ''))
    throw problem(
      'business-rule',
      'Add the person’s date of birth to their record first: they are asked for it.',
    );
  return { patient, organisation, odsCode, practice: place.name ?? odsCode };
}

/** Whether someone has signed in by a password alone, which only NHS login allows (P0). */
export const needsSecondFactor = ({ method, proofing }: PersonIdentity): boolean =>
  method === 'nhs-login' && proofing === 'P0';

const words: Record<LinkOutcome['outcome'], string> = {
  linked: 'linked',
  taken: 'the record or the account is linked already',
  none: 'the record has nobody with the NHS number',
  several: 'the record has several people with the NHS number',
  disagree: 'name or date of birth differ',
  wrong: 'the details were not right',
  exhausted: 'too many tries',
};

/** Whether the practice is the person's: named by their record, itself or by one of its doctors. */
async function isRegistered(
  record: CareRecord,
  patient: Patient,
  practice: string,
  requestId: string,
): Promise<boolean> {
  const named = [...(patient.generalPractitioner ?? []), patient.managingOrganization].flatMap((one) =>
    one?.reference === undefined ? [] : [one.reference],
  );
  if (named.includes(practice)) return true;
  const doctors = named.filter((reference) => reference.startsWith('PractitionerRole/'));
  if (doctors.length === 0) return false;
  const query = new URLSearchParams({
    _id: doctors.map((reference) => reference.slice('PractitionerRole/'.length)).join(','),
    organization: practice,
    _count: '1',
  });
  const page = await record.search(linkingActor(requestId), 'PractitionerRole', query.toString());
  return page.matches.length > 0;
}
