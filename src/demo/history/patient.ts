/** Who a person is, as resources: Patient, those who stand by them, where they are registered, what they need to be met. */
import type {
  CodeableConcept,
  EpisodeOfCare,
  Extension,
  Flag,
  Organization,
  Patient,
  PatientCommunication,
  Reference,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import { hl7, identifier, patientReference, period, profiled, reference, systems, ukCore } from '../build.ts';
import type { AccessNeed, HistoryPart, Person, Region } from '../model.ts';

type Relative = Person['relatives'][number];

export const patientPart: HistoryPart = ({ person }, region): Resource[] => [
  patientOf(person, region),
  ...person.relatives.map((one, i) => relatedOf(person, one, i)),
  ...registrationsOf(person, region),
  ...adjustmentsOf(person),
];

const ukCodes = (system: string): string => `https://fhir.hl7.org.uk/CodeSystem/UKCore-${system}`;
const coded = (system: string, code: string, display: string): CodeableConcept => ({
  coding: [{ system: ukCodes(system), code, display }],
});
const extension = (name: string, valueCodeableConcept: CodeableConcept): Extension => ({
  ...{ url: ukCore(`Extension-UKCore-${name}`), valueCodeableConcept },
});

/** Source: NHS data dictionary, Ethnic Category. */
const ethnicCategories: Readonly<Record<string, string>> = {
  A: 'White - British',
  B: 'White - Irish',
  C: 'White - Any other White background',
  D: 'Mixed - White and Black Caribbean',
  E: 'Mixed - White and Black African',
  F: 'Mixed - White and Asian',
  G: 'Mixed - Any other mixed background',
  H: 'Asian or Asian British - Indian',
  J: 'Asian or Asian British - Pakistani',
  K: 'Asian or Asian British - Bangladeshi',
  L: 'Asian or Asian British - Any other Asian background',
  M: 'Black or Black British - Caribbean',
  N: 'Black or Black British - African',
  P: 'Black or Black British - Any other Black background',
  R: 'Other Ethnic Groups - Chinese',
  S: 'Other Ethnic Groups - Any other ethnic group',
  Z: 'Not stated',
};

const languageNames = new Intl.DisplayNames(['en-GB'], { type: 'language' });
const names = new Map<string, string>();
function languageName(code: string): string {
  const known = names.get(code) ?? languageNames.of(code) ?? code;
  names.set(code, known);
  return known;
}

const marital = { S: 'Never Married', M: 'Married', D: 'Divorced', W: 'Widowed' } as const;

/** The Patient alone, as UK Core has it. */
function patientOf(person: Person, region: Region): Patient {
  const practice = region.organisation(person.practice);
  const kin = person.relatives.find(({ relation }) => relation !== 'sibling');
  return {
    ...{ resourceType: 'Patient', id: person.id, meta: profiled('UKCore-Patient') },
    extension: extensionsOf(person),
    identifier: [
      {
        ...identifier(systems.nhsNumber, person.nhsNumber),
        extension: [
          extension(
            'NHSNumberVerificationStatus',
            coded('NHSNumberVerificationStatusEngland', '01', 'Number present and verified'),
          ),
        ],
      },
    ],
    active: true,
    name: [
      {
        ...{ use: 'official', family: person.family, given: [...person.given] },
        ...(person.prefix ? { prefix: [person.prefix] } : {}),
      },
    ],
    telecom: [
      {
        ...{ system: 'phone', value: person.telephone },
        use: person.telephone.startsWith('07') ? 'mobile' : 'home',
      },
      ...(person.email ? [{ system: 'email', value: person.email } as const] : []),
    ],
    ...{ gender: person.sex, birthDate: person.born },
    ...(person.died ? { deceasedDateTime: person.died } : {}),
    address: [{ use: 'home', line: [person.line], city: person.city, postalCode: person.postcode }],
    ...(person.marital
      ? { maritalStatus: hl7('v3-MaritalStatus', person.marital, marital[person.marital]) }
      : {}),
    ...(kin
      ? {
          contact: [
            {
              relationship: [hl7('v2-0131', 'N', 'Next-of-Kin')],
              name: { text: kin.name },
              ...(kin.telephone ? { telecom: [{ system: 'phone', value: kin.telephone }] } : {}),
            },
          ],
        }
      : {}),
    communication: communicationOf(person),
    generalPractitioner: [reference<Organization>('Organization', practice.id, practice.name)],
  };
}

function extensionsOf(person: Person): Extension[] {
  const display = ethnicCategories[person.ethnicity];
  const format = person.needs.includes('braille')
    ? coded('PreferredWrittenCommunicationFormat', '12', 'Braille')
    : person.needs.includes('large-print')
      ? coded('PreferredWrittenCommunicationFormat', '11', 'Large print')
      : undefined;
  const signs = person.needs.includes('british-sign-language');
  return [
    ...(display
      ? [extension('EthnicCategory', coded('EthnicCategoryEngland', person.ethnicity, display))]
      : []),
    ...(format || signs
      ? [
          {
            url: ukCore('Extension-UKCore-ContactPreference'),
            extension: [
              {
                url: 'PreferredContactMethod',
                valueCodeableConcept: signs
                  ? coded('PreferredContactMethod', '9', 'SMS')
                  : coded('PreferredContactMethod', '1', 'Letter'),
              },
              ...(format
                ? [{ url: 'PreferredWrittenCommunicationFormat', valueCodeableConcept: format }]
                : []),
            ],
          },
        ]
      : []),
    ...(person.died
      ? [
          {
            url: ukCore('Extension-UKCore-DeathNotificationStatus'),
            extension: [
              {
                url: 'deathNotificationStatus',
                valueCodeableConcept: coded(
                  'DeathNotificationStatus',
                  '2',
                  'Formal - death notice received from Registrar of Deaths',
                ),
              },
              { url: 'systemEffectiveDate', valueDateTime: person.died },
            ],
          },
        ]
      : []),
    ...(person.interpreter || signs
      ? [
          {
            url: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired',
            valueBoolean: true,
          },
        ]
      : []),
  ];
}

function communicationOf(person: Person): PatientCommunication[] {
  const spoken = (code: string, display: string, preferred: boolean): PatientCommunication => ({
    language: { coding: [{ system: 'urn:ietf:bcp:47', code, display }] },
    preferred,
  });
  const signs = person.needs.includes('british-sign-language');
  return [
    ...(signs ? [spoken('bfi', 'British Sign Language', true)] : []),
    spoken(person.language, languageName(person.language), !signs),
  ];
}

const relationCodes: Readonly<Record<Relative['relation'], readonly [code: string, display: string]>> = {
  mother: ['MTH', 'mother'],
  father: ['FTH', 'father'],
  child: ['CHILD', 'child'],
  partner: ['SIGOTHR', 'significant other'],
  sibling: ['SIB', 'sibling'],
  carer: ['CHILD', 'child'],
};

function relatedOf(person: Person, relative: Relative, i: number): RelatedPerson {
  const married = relative.relation === 'partner' && person.marital === 'M';
  const [code, display] = married ? (['SPS', 'spouse'] as const) : relationCodes[relative.relation];
  return {
    ...{ resourceType: 'RelatedPerson', id: `${person.id}-relative-${i + 1}`, active: true },
    ...{ meta: profiled('UKCore-RelatedPerson'), patient: patientReference(person.id) as Reference<Patient> },
    relationship: [
      hl7('v3-RoleCode', code, display),
      ...(relative.relation === 'carer'
        ? [coded('AdditionalPersonRelationshipRole', 'Carer', 'Carer of patient')]
        : []),
    ],
    name: [{ text: relative.name }],
    ...(relative.telephone ? { telecom: [{ system: 'phone', value: relative.telephone }] } : {}),
    ...(relative.born ? { birthDate: relative.born } : {}),
  };
}

/** With each practice, oldest first; and in the care home where they live. */
function registrationsOf(person: Person, region: Region): EpisodeOfCare[] {
  const all = [...person.earlierPractices, { practice: person.practice, from: person.registered }];
  const episode = (id: string, what: string, organisation: string, from: string, until?: string) => {
    const { name } = region.organisation(organisation);
    return {
      ...{ resourceType: 'EpisodeOfCare', id: `${person.id}-${id}`, meta: profiled('UKCore-EpisodeOfCare') },
      ...{ status: until === undefined ? 'active' : 'finished', type: [{ text: what }] },
      patient: patientReference(person.id) as Reference<Patient>,
      managingOrganization: reference<Organization>('Organization', organisation, name),
      period: period(from, until),
    } satisfies EpisodeOfCare;
  };
  return [
    ...all.map(({ practice, from }, i) =>
      episode(
        `registration-${i + 1}`,
        'Registration with a GP practice',
        practice,
        from,
        all[i + 1]?.from ?? person.died,
      ),
    ),
    ...(person.careHome
      ? [episode('residence', 'Residence in a care home', person.careHome, person.registered, person.died)]
      : []),
  ];
}

/** What those who meet them must do. Source: NHS England, Reasonable Adjustment Digital Flag; DCB1605. */
const adjustments: Readonly<Record<AccessNeed, string>> = {
  'british-sign-language': 'Needs a British Sign Language interpreter',
  'hearing-aid': 'Wears hearing aids: face them when you speak',
  'large-print': 'Needs letters in large print',
  braille: 'Needs letters in braille',
  'easy-read': 'Needs information in easy read',
  wheelchair: 'Uses a wheelchair: needs step-free access',
  advocate: 'Has an advocate who must be told of appointments',
  'longer-appointments': 'Needs longer appointments',
};

const adjustmentsOf = (person: Person): Flag[] =>
  person.needs.map((need) => ({
    ...{ resourceType: 'Flag', id: `${person.id}-need-${need}`, meta: profiled('UKCore-Flag') },
    ...{ status: person.died === undefined ? 'active' : 'inactive' },
    category: [{ text: 'Reasonable adjustment' }],
    code: { text: adjustments[need] },
    subject: patientReference(person.id) as Reference<Patient>,
    period: period(person.registered, person.died),
  }));
