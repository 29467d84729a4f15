/** The records of all the named people, those that others point at first. */
import type { Patient, Resource } from '@medplum/fhirtypes';
import { identifier, profiled, reference, systems } from '../build.ts';
import type { Region } from '../model.ts';
import { bornOf, type DemoPatient, patients } from '../people.ts';
import { anita } from './anita.ts';
import { daniel } from './daniel.ts';
import { ashworths, linds } from './families.ts';
import { fatima } from './fatima.ts';
import { iris } from './iris.ts';
import { kai, marion } from './kai.ts';
import { sam } from './sam.ts';
import { tomasz } from './tomasz.ts';
import { carol, walter } from './walter.ts';

const stories = [
  iris,
  tomasz,
  anita,
  fatima,
  daniel,
  sam,
  walter,
  carol,
  ashworths,
  linds,
  marion,
  kai,
] as const;

export function castResources(region: Region): Resource[] {
  return [
    ...patients.map((one) => patientOf(one, region)),
    ...stories.flatMap((story) => story(region).toSorted((a, b) => rank(a) - rank(b))),
  ];
}

/** What others of a story point at comes before them. */
const first = ['RelatedPerson', 'Condition', 'Goal', 'CareTeam', 'Observation', 'ImagingStudy', 'Binary'];
const rank = ({ resourceType }: Resource): number => {
  const place = first.indexOf(resourceType);
  return place < 0 ? first.length : place;
};

const extension = (name: string) => `https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-${name}`;

/** In the words that the record shows; codes: NHS data dictionary, ethnic category. */
const ethnicities: Readonly<Record<string, string>> = {
  A: 'British, Mixed British',
  C: 'Any other White background',
  D: 'White and Black Caribbean',
  F: 'White and Asian',
  G: 'Any other mixed background',
  H: 'Indian or British Indian',
  J: 'Pakistani or British Pakistani',
  M: 'Caribbean',
  N: 'African',
};
const languages: Readonly<Record<string, string>> = {
  en: 'English',
  pl: 'Polish',
  ur: 'Urdu',
  cy: 'Welsh',
  bfi: 'British Sign Language',
};

function patientOf(one: DemoPatient, region: Region): Patient {
  const { id, prefix, given, family, gender, nhsNumber, line, city, postcode, telephone, practice } = one;
  const { ethnicity, language, interpreter = false } = one;
  return {
    ...{ resourceType: 'Patient', id, active: true, gender, birthDate: bornOf(one, region.now) },
    meta: profiled('UKCore-Patient'),
    extension: [
      {
        url: extension('EthnicCategory'),
        valueCodeableConcept: {
          coding: [
            {
              ...{
                system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland',
                code: ethnicity,
              },
              display: ethnicities[ethnicity] ?? ethnicity,
            },
          ],
        },
      },
      ...(interpreter
        ? [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired', valueBoolean: true }]
        : []),
    ],
    identifier: [
      {
        ...identifier(systems.nhsNumber, nhsNumber),
        extension: [
          {
            url: extension('NHSNumberVerificationStatus'),
            valueCodeableConcept: {
              coding: [
                {
                  system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
                  ...{ code: '01', display: 'Number present and verified' },
                },
              ],
            },
          },
        ],
      },
    ],
    name: [{ use: 'official', family, given: [given], ...(prefix ? { prefix: [prefix] } : {}) }],
    telecom: [{ system: 'phone', value: telephone, use: 'home' }],
    address: [{ use: 'home', line: [line], city, postalCode: postcode }],
    communication: [
      {
        language: {
          coding: [
            {
              ...{ system: 'urn:ietf:bcp:47', code: language },
              display: languages[language] ?? language,
            },
          ],
          text: languages[language] ?? language,
        },
        preferred: true,
      },
    ],
    generalPractitioner: [reference('Organization', practice.id, practice.name)],
  } as Patient;
}
