/** What someone may write of a record besides bookings and messages: what they know themself, and nothing of anyone else's. */
import { patientReportedSearch } from '../../fhir/patient-reported.ts';
import type { Grant, Limits, Sight } from '../../record/sight.ts';

/** Types that hold what people tell of themselves. */
export const ownFactTypes = [
  'Observation',
  'AllergyIntolerance',
  'MedicationStatement',
  'QuestionnaireResponse',
  'RelatedPerson',
] as const;
export type OwnFactType = (typeof ownFactTypes)[number];

const shows = (grant: Grant, person: string, type: string): boolean =>
  grant.types.includes(type) && grant.of.kind === 'persons' && grant.of.ids.includes(person);

/**
 * The sight in which a person's own entries are written: of the types that they are shown of this one record, and of these
 * only what bears the mark of patients. A clinician's entry can be neither changed nor removed in it. Undefined: they are
 * shown none. Staff, and the system, write no one's own entries.
 */
export function ownFactsSight(sight: Sight, person: string): Limits | undefined {
  if (sight === 'everything') return undefined;
  const types = ownFactTypes.filter((type) => sight.grants.some((grant) => shows(grant, person, type)));
  if (types.length === 0) return undefined;
  return {
    grants: [
      {
        ...{ types, writes: types, of: { kind: 'persons', ids: [person] }, withheld: [] },
        only: Object.fromEntries(types.map((type) => [type, [patientReportedSearch]])),
      },
    ],
  };
}
