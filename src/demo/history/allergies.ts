/** What must not be given, and where nothing is known that one has been asked. */
import type { AllergyIntolerance, Patient, Reference } from '@medplum/fhirtypes';
import { hl7, patientReference, profiled, said, snomed } from '../build.ts';
import type { Allergy, HistoryPart, Person } from '../model.ts';
import { allergyKind } from './allergy-kinds.ts';

export const allergiesPart: HistoryPart = ({ person, allergies = [] }, _region, random) => {
  if (allergies.length > 0)
    return allergies.map((allergy) => allergyOf(person, allergy, random.fork(allergy.key).next()));
  return random.chance(0.75) ? [nothingKnown(person)] : [];
};

const about = (person: Person, id: string, recorded: string) =>
  ({
    ...{ resourceType: 'AllergyIntolerance', id, meta: profiled('UKCore-AllergyIntolerance') },
    clinicalStatus: hl7('allergyintolerance-clinical', 'active', 'Active'),
    verificationStatus: hl7('allergyintolerance-verification', 'confirmed', 'Confirmed'),
    ...{ patient: patientReference(person.id) as Reference<Patient>, recordedDate: recorded },
  }) satisfies Partial<AllergyIntolerance>;

function allergyOf(
  person: Person,
  { id, key, recorded, severe }: Allergy,
  which: number,
): AllergyIntolerance {
  const { code, term, category, type, reactions } = allergyKind(key);
  const [reactionCode, reaction] = reactions[Math.floor(which * reactions.length)] ?? [
    '39579001',
    'Anaphylaxis',
  ];
  const serious = severe || reaction === 'Anaphylaxis';
  return {
    ...about(person, id, recorded),
    ...{ type, category: [category], criticality: serious ? 'high' : 'low' },
    code: code ? snomed(code, term) : said(term),
    reaction: [{ manifestation: [snomed(reactionCode, reaction)], severity: serious ? 'severe' : 'mild' }],
  };
}

const nothingKnown = (person: Person): AllergyIntolerance => ({
  ...about(person, `${person.id}-allergy-none`, person.registered),
  code: snomed('716186003', 'No known allergy', 'No known allergies'),
});
