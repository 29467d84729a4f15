/** What entries of the audit log say to the person whom they concern. */
import { emergencyMinutes } from '../../access/emergency/emergencies.ts';
import { mayDo, roleOf } from '../../access/roles.ts';
import type { AuditEntry } from '../../record/audit-events/entries.ts';

/** Types of resources in a patient's words. A test sees that each word stands for what a patient would look under. */
const nouns: readonly (readonly [words: string, types: readonly string[]])[] = [
  ['personal details', ['Patient', 'RelatedPerson', 'Person', 'Coverage']],
  ['results and measurements', ['Observation', 'DiagnosticReport', 'Specimen', 'MolecularSequence']],
  ['scans and pictures', ['ImagingStudy', 'Media']],
  [
    'medicines',
    [
      'MedicationRequest',
      'MedicationStatement',
      'MedicationDispense',
      'MedicationAdministration',
      'Medication',
    ],
  ],
  ['allergies', ['AllergyIntolerance', 'AdverseEvent']],
  ['conditions', ['Condition', 'FamilyMemberHistory', 'ClinicalImpression', 'RiskAssessment']],
  ['vaccinations', ['Immunization', 'ImmunizationEvaluation', 'ImmunizationRecommendation']],
  ['procedures', ['Procedure']],
  ['letters and documents', ['DocumentReference', 'Composition', 'Binary', 'DocumentManifest']],
  ['visits and hospital stays', ['Encounter', 'EpisodeOfCare']],
  ['appointments', ['Appointment', 'AppointmentResponse', 'Schedule', 'Slot']],
  ['care plan', ['CarePlan', 'CareTeam', 'Goal', 'NutritionOrder']],
  ['referrals and requests', ['ServiceRequest', 'Task', 'RequestGroup', 'DeviceRequest']],
  ['messages', ['Communication', 'CommunicationRequest']],
  ['sharing choices', ['Consent']],
  ['forms', ['QuestionnaireResponse']],
  ['alerts', ['Flag', 'DetectedIssue']],
  ['list of who looked at your record', ['AuditEvent']],
];
const nounOf = new Map(nouns.flatMap(([words, types]) => types.map((type) => [type, words] as const)));

/** Which part of the record an entry is about: `results and measurements`. */
export const partOf = ({ type, action }: Pick<AuditEntry, 'type' | 'action'>): string => {
  if (action === 'E') return 'whole record';
  return (type === undefined ? undefined : nounOf.get(type)) ?? 'record';
};

export type Deed = 'looked' | 'searched' | 'changed' | 'removed' | 'refused' | 'event';

export function deedOf({ action, outcome, persons }: AuditEntry): Deed {
  if (action === 'X') return 'event';
  if (outcome === 401 || outcome === 403) return 'refused';
  if (action === 'C' || action === 'U') return 'changed';
  if (action === 'D') return 'removed';
  return persons.length > 0 ? 'searched' : 'looked';
}

const events: Readonly<Record<string, string>> = {
  denied: 'tried to open your record and was not allowed',
  'consent-changed': 'changed your sharing choices',
  'emergency-access': 'used emergency access to open your record',
  'proxy-changed': 'changed who may act for you',
  'token-issued': 'let an app or system use your record',
  'token-revoked': 'stopped an app or system from using your record',
  'sign-in': 'signed in',
  'sign-in-failed': 'could not sign in',
  'sign-out': 'signed out',
  'session-ended': 'was signed out',
  'account-changed': 'changed how they sign in',
  'client-changed': 'changed the settings of an app or system',
  'record-copied': 'downloaded a copy of your record',
  'share-changed': 'changed who may open a part of your record by a link',
  'share-opened': 'was used to open a part of your record',
  'share-refused': 'was tried with a wrong code, and opened nothing',
};

/** `a, b and c`. */
export const listing = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** What was done, after a name: `looked at your results and medicines`. */
export function deedText(deed: Deed, parts: readonly string[], entry: AuditEntry): string {
  const yours = `your ${listing(parts)}`;
  switch (deed) {
    case 'looked':
      return `looked at ${yours}`;
    case 'searched':
      return `searched many people’s records and was shown ${yours}`;
    case 'changed':
      return `added to or changed ${yours}`;
    case 'removed':
      return `removed something from ${yours}`;
    case 'refused':
      return `tried to open ${yours} and was not allowed`;
    case 'event':
      if (entry.event === 'emergency-access' && !isOpening(entry))
        return 'checked an emergency access to your record';
      return events[entry.event ?? ''] ?? 'changed a setting of your record';
  }
}

/** A role within a sentence: `GP`, `community nurse`. */
export const roleText = (role: string): string => {
  if (role === 'proxy') return 'acting for you';
  if (role === 'system') return 'computer system';
  if (role === 'share-link') return 'whoever has the link and its code';
  const name = roleOf(role)?.name ?? role.replaceAll('-', ' ');
  return /^.\p{Lu}/u.test(name) ? name : name.slice(0, 1).toLowerCase() + name.slice(1);
};

/** Whether an event of emergency access is the access itself: those who may not have it only check it afterwards. */
export const isOpening = ({ event, role, outcome }: AuditEntry): boolean =>
  event === 'emergency-access' && outcome < 400 && mayDo(role, 'emergency-access');

/** The purpose of use that says that the usual rules were set aside. Source: HL7 v3 PurposeOfUse (break the glass). */
const breakGlass = 'BTG';

/** The entries that emergency access was used for: it, and what the same person did in the time that it lasts. */
export function emergencyEntries(entries: readonly AuditEntry[]): ReadonlySet<AuditEntry> {
  const openings = entries.filter(isOpening);
  const within = ({ actor, at }: AuditEntry): boolean =>
    openings.some((one) => one.actor === actor && at >= one.at && at < one.at + emergencyMinutes * 60_000);
  return new Set(
    entries.filter((entry) =>
      entry.action === 'X' ? isOpening(entry) : entry.purpose === breakGlass || within(entry),
    ),
  );
}
