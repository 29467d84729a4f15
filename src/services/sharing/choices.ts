/** A person's choices in the record: read, made and taken back. */
import type { Consent } from '@medplum/fhirtypes';
import {
  choiceOf,
  choiceSystem,
  consentOf,
  endedConsent,
  type SharingChoice,
  type SharingSubject,
  subjectKey,
} from '../../access/consents/sharing-consent.ts';
import type { PersonIdentity } from '../../access/identity.ts';
import type { SecurityLog } from '../../access/security-log.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, type Change, resourceOf } from '../../record/care-record.ts';

export interface StandingChoice extends SharingChoice {
  readonly id: string;
  readonly version: number;
  readonly consent: Consent;
}

export interface ChoiceParts {
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly securityLog: SecurityLog;
}

/** All choices of the person that stand. */
export async function readChoices(
  record: CareRecord,
  system: Actor,
  patient: string,
): Promise<readonly StandingChoice[]> {
  const found: StandingChoice[] = [];
  let next: string | undefined;
  do {
    const cursor = next === undefined ? '' : `&_page=${encodeURIComponent(next)}`;
    const query = `patient=Patient/${encodeURIComponent(patient)}&status=active&_count=200${cursor}`;
    const page = await record.search(system, 'Consent', query);
    for (const stored of page.matches) {
      const consent = resourceOf<Consent>(stored);
      const choice = choiceOf(consent);
      if (choice) found.push({ ...choice, id: stored.id, version: stored.version, consent });
    }
    next = page.next;
  } while (next !== undefined);
  return found;
}

/** The parties of a choice that are let through, to compare. */
const exceptKeys = ({ except }: SharingChoice): string =>
  JSON.stringify(except.map((party) => subjectKey({ kind: 'party', party })).sort());

/**
 * Makes a choice, or with `undefined` takes back the one about the subject: at once, and once however often it is sent.
 * `note` says for the audit log what changed.
 */
export async function changeChoice(
  { record, clock, securityLog }: ChoiceParts,
  who: PersonIdentity & { readonly patient: string },
  system: Actor,
  subject: SharingSubject,
  choice: SharingChoice | undefined,
  note: string,
): Promise<void> {
  const key = subjectKey(subject);
  const attempt = async (): Promise<boolean> => {
    const all = await readChoices(record, system, who.patient);
    const standing = all.filter((one) => subjectKey(one.subject) === key);
    const at = clock.now();
    const kept = choice ? standing[0] : undefined;
    const others = standing.filter((one) => one !== kept);
    const changes: Change[] = others.map(({ id, version, consent }) => ({
      kind: 'update',
      type: 'Consent',
      id,
      ifMatch: version,
      text: JSON.stringify(endedConsent(consent, at)),
    }));
    if (choice && kept && exceptKeys(kept) !== exceptKeys(choice)) {
      const text = JSON.stringify({ ...consentOf(choice, { patient: who.patient, at }), id: kept.id });
      changes.push({ kind: 'update', type: 'Consent', id: kept.id, ifMatch: kept.version, text });
    }
    if (choice && !kept) {
      // Conditional: of two that come at once the second finds the first.
      const same = `${choiceSystem}|${key}`;
      changes.push({
        kind: 'create',
        text: JSON.stringify(consentOf(choice, { patient: who.patient, at })),
        ifNoneExist: `patient=Patient/${encodeURIComponent(who.patient)}&status=active&identifier=${encodeURIComponent(same)}`,
      });
    }
    if (changes.length === 0) return false;
    const { results } = await record.commit(system, changes);
    return results.some(({ outcome }) => outcome === 'created' || outcome === 'updated');
  };
  if (!(await again(attempt))) return;
  await securityLog.record({
    kind: 'consent-changed',
    who: { id: `Patient/${who.patient}`, name: who.name, role: 'patient' },
    patient: who.patient,
    outcome: 'success',
    note,
    requestId: system.requestId,
    via: 'page',
  });
}

/** Once more where another form of the same person came between. */
async function again(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Problem && (error.status === 409 || error.status === 412)) return attempt();
    throw error;
  }
}
