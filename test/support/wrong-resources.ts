/** Resources with one wrong thing each, and the fault that each must get. */
import type { ProblemKind } from '../../src/platform/problem.ts';

export type Json = Record<string, unknown>;

export const patient = (members: Json): Json => ({ resourceType: 'Patient', ...members });
export const observation = (members: Json): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  ...members,
});
export const narrative = (div: string): Json => patient({ text: { status: 'generated', div } });
export const xhtml = (inside: string): Json =>
  narrative(`<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`);
export const bundle = (members: Json): Json => ({ resourceType: 'Bundle', type: 'collection', ...members });

/** One wrong thing each: what, where, of which kind, and a piece of the message. */
export const wrongResources: readonly [what: unknown, where: string, kind: ProblemKind, message: RegExp][] = [
  // The resource itself
  [null, 'Resource', 'structure', /Expected a resource/],
  ['Patient', 'Resource', 'structure', /Expected a resource/],
  [[], 'Resource', 'structure', /found an array/],
  [{}, 'Resource.resourceType', 'required', /must say its resourceType/],
  [{ resourceType: 'Pateint' }, 'Resource.resourceType', 'structure', /Did you mean Patient\?/],
  [{ resourceType: 'DomainResource' }, 'Resource.resourceType', 'structure', /not a resource type of R4/],
  [{ resourceType: 'Bot' }, 'Resource.resourceType', 'structure', /not a resource type of R4/],
  [{ resourceType: 7 }, 'Resource.resourceType', 'structure', /7 is not a resource type/],

  // Names
  [patient({ brithDate: '1980-01-01' }), 'Patient.brithDate', 'structure', /Did you mean birthDate\?/],
  [
    patient({ name: [{ familyName: 'A' }] }),
    'Patient.name[0].familyName',
    'structure',
    /HumanName has no property/,
  ],
  [patient({ 'a b': 1 }), 'Patient.`a b`', 'structure', /has no property 'a b'/],
  [
    JSON.parse('{"resourceType":"Patient","__proto__":{"a":1}}'),
    'Patient.__proto__',
    'structure',
    /__proto__/,
  ],
  [patient({ constructor: 1 }), 'Patient.constructor', 'structure', /has no property/],
  [observation({ value: 'x' }), 'Observation.value', 'structure', /Write its type too: valueQuantity/],
  [observation({ valueAddress: {} }), 'Observation.valueAddress', 'structure', /has no property/],
  [patient({ meta: { project: 'x' } }), 'Patient.meta.project', 'structure', /Meta has no property/],

  // Cardinality and shape
  [
    { resourceType: 'Observation', code: { text: 'x' } },
    'Observation.status',
    'required',
    /status is required/,
  ],
  [
    patient({ communication: [{ preferred: true }] }),
    'Patient.communication[0].language',
    'required',
    /language/,
  ],
  [patient({ name: { family: 'A' } }), 'Patient.name', 'structure', /written as an array/],
  [patient({ gender: ['male'] }), 'Patient.gender', 'structure', /given once only/],
  [patient({ name: [] }), 'Patient.name', 'structure', /may not be empty/],
  [patient({ name: [{}] }), 'Patient.name[0]', 'structure', /ele-1/],
  [patient({ name: [{ id: 'a' }] }), 'Patient.name[0]', 'structure', /ele-1/],
  [patient({ name: ['A'] }), 'Patient.name[0]', 'structure', /Expected an object \(HumanName\), found 'A'/],
  [patient({ name: [null] }), 'Patient.name[0]', 'structure', /null is not allowed in an array of objects/],
  [
    patient({ name: [{ given: ['A', null] }] }),
    'Patient.name[0].given[1]',
    'structure',
    /_given\[1\] has none/,
  ],
  [patient({ birthDate: null }), 'Patient.birthDate', 'structure', /null is not allowed/],
  [patient({ maritalStatus: null }), 'Patient.maritalStatus', 'structure', /null is not allowed/],
  [
    patient({ name: [{ _given: { id: 'a' } }] }),
    'Patient.name[0].given',
    'structure',
    /_given is written as an array/,
  ],
  [
    patient({ name: [{ _given: [null] }] }),
    'Patient.name[0].given[0]',
    'structure',
    /has no value there either/,
  ],
  [patient({ _birthDate: [{ id: 'a' }] }), 'Patient.birthDate', 'structure', /not written as an array/],
  [patient({ _birthDate: 'x' }), 'Patient.birthDate', 'structure', /object with id or extension/],
  [patient({ _birthDate: { id: 'a' } }), 'Patient.birthDate', 'structure', /ele-1/],
  [patient({ _birthDate: { value: 'a' } }), 'Patient.birthDate.value', 'structure', /has no property/],
  [patient({ _maritalStatus: { id: 'x' } }), 'Patient._maritalStatus', 'structure', /has no property/],
  [
    patient({ deceasedBoolean: true, deceasedDateTime: '2020' }),
    'Patient.deceased',
    'structure',
    /Only one of/,
  ],
  [
    patient({
      deceasedBoolean: true,
      _deceasedDateTime: { extension: [{ url: 'http://a', valueCode: 'a' }] },
    }),
    'Patient.deceased',
    'structure',
    /Only one of deceasedBoolean, deceasedDateTime/,
  ],

  // Primitive types
  [patient({ active: 'true' }), 'Patient.active', 'value', /without quotes/],
  [patient({ birthDate: '1980-02-30' }), 'Patient.birthDate', 'value', /real date/],
  [patient({ birthDate: '1900-02-29' }), 'Patient.birthDate', 'value', /real date/],
  [patient({ birthDate: '0000' }), 'Patient.birthDate', 'value', /real date/],
  [patient({ birthDate: '31/05/1980' }), 'Patient.birthDate', 'value', /real date/],
  [patient({ birthDate: '1980-5-3' }), 'Patient.birthDate', 'value', /real date/],
  [patient({ birthDate: '1980-05-31T10:00:00Z' }), 'Patient.birthDate', 'value', /real date/],
  [patient({ birthDate: 1980 }), 'Patient.birthDate', 'value', /JSON string/],
  [patient({ birthDate: {} }), 'Patient.birthDate', 'structure', /found an object/],
  [patient({ deceasedDateTime: '2020-01-01T10:00:00' }), 'Patient.deceased', 'value', /needs its zone/],
  [patient({ deceasedDateTime: '2020-01-01T10:00Z' }), 'Patient.deceased', 'value', /seconds and zone/],
  [patient({ deceasedDateTime: '2020-01-01T24:00:00Z' }), 'Patient.deceased', 'value', /seconds and zone/],
  [
    patient({ deceasedDateTime: '2020-01-01T10:00:00+15:00' }),
    'Patient.deceased',
    'value',
    /seconds and zone/,
  ],
  [patient({ deceasedDateTime: '2020-01-01 10:00:00Z' }), 'Patient.deceased', 'value', /seconds and zone/],
  [patient({ meta: { lastUpdated: '2020-01-01' } }), 'Patient.meta.lastUpdated', 'value', /instant/],
  [observation({ valueTime: '10:00' }), 'Observation.value', 'value', /time such as 09:30:00/],
  [observation({ valueTime: '10:00:00Z' }), 'Observation.value', 'value', /without a zone/],
  [observation({ valueInteger: 1.5 }), 'Observation.value', 'value', /whole number/],
  [observation({ valueInteger: 2147483648 }), 'Observation.value', 'value', /32 bits/],
  [
    observation({ valueQuantity: { value: '5' } }),
    'Observation.value.value',
    'value',
    /number \(without quotes\)/,
  ],
  [
    observation({ valueQuantity: { value: Number.POSITIVE_INFINITY } }),
    'Observation.value.value',
    'value',
    /number/,
  ],
  [
    patient({ telecom: [{ system: 'phone', value: '1', rank: 0 }] }),
    'Patient.telecom[0].rank',
    'value',
    /1 or more/,
  ],
  [patient({ id: 'a/b' }), 'Patient.id', 'value', /1 to 64/],
  [patient({ id: 'a'.repeat(65) }), 'Patient.id', 'value', /1 to 64/],
  [patient({ language: 'en ' }), 'Patient.language', 'value', /no spaces at its ends/],
  [patient({ implicitRules: 'http://a ' }), 'Patient.implicitRules', 'value', /begin or end with a space/],
  [patient({ implicitRules: '' }), 'Patient.implicitRules', 'value', /may not be empty/],
  [patient({ implicitRules: 'urn:uuid:12' }), 'Patient.implicitRules', 'value', /UUID/],
  [patient({ implicitRules: 'urn:oid:3.1' }), 'Patient.implicitRules', 'value', /OID/],
  [patient({ name: [{ family: '' }] }), 'Patient.name[0].family', 'value', /may not be empty/],
  [
    patient({ name: [{ given: ['A', 'b\u0001'] }] }),
    'Patient.name[0].given[1]',
    'value',
    /control character U\+0001/,
  ],
  [
    patient({ name: [{ family: 'x'.repeat(1024 * 1024 + 1) }] }),
    'Patient.name[0].family',
    'value',
    /at most 1048576/,
  ],
  [
    patient({ photo: [{ contentType: 'image/png', data: 'abc' }] }),
    'Patient.photo[0].data',
    'value',
    /base64/,
  ],
  [
    patient({ photo: [{ contentType: 'image/png', data: 'ab=c' }] }),
    'Patient.photo[0].data',
    'value',
    /base64/,
  ],
  [
    patient({ photo: [{ contentType: 'image/png', data: 'AAAA', size: 4 }] }),
    'Patient.photo[0].size',
    'value',
    /the data has 3/,
  ],

  // Codes
  [patient({ gender: 'M' }), 'Patient.gender', 'code-invalid', /male, female, other, unknown/],
  [patient({ gender: 'constructor' }), 'Patient.gender', 'code-invalid', /Expected one of/],
  [observation({ status: 'done' }), 'Observation.status', 'code-invalid', /registered, preliminary, final/],
  [
    patient({ photo: [{ contentType: 'picture' }] }),
    'Patient.photo[0].contentType',
    'code-invalid',
    /mimetypes/,
  ],
  [
    {
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      clinicalStatus: { coding: [{ system: 'http://example.org', code: 'active' }] },
    },
    'Condition.clinicalStatus',
    'code-invalid',
    /found 'active' of 'http:\/\/example.org'/,
  ],
  [
    { resourceType: 'Condition', subject: { reference: 'Patient/1' }, clinicalStatus: { text: 'active' } },
    'Condition.clinicalStatus',
    'code-invalid',
    /A coding is needed here/,
  ],
  [
    patient({ maritalStatus: { coding: [{ system: 'marital', code: 'M' }] } }),
    'Patient.maritalStatus.coding[0].system',
    'value',
    /absolute URI/,
  ],

  // References
  [
    observation({ subject: { reference: 'Patient/' } }),
    'Observation.subject.reference',
    'value',
    /Expected Type\/id/,
  ],
  [
    observation({ subject: { reference: '123' } }),
    'Observation.subject.reference',
    'value',
    /Expected Type\/id/,
  ],
  [
    observation({ subject: { reference: 'patient/1' } }),
    'Observation.subject.reference',
    'value',
    /Expected Type\/id/,
  ],
  [
    observation({ subject: { reference: 'Patent/1' } }),
    'Observation.subject.reference',
    'value',
    /no resource type of R4/,
  ],
  [
    observation({ subject: { reference: 'Organization/1' } }),
    'Observation.subject.reference',
    'structure',
    /of type Organization/,
  ],
  [
    observation({ subject: { reference: 'https://example.org/fhir/Organization/1/_history/2' } }),
    'Observation.subject.reference',
    'structure',
    /of type Organization/,
  ],
  [
    observation({ subject: { reference: 'Patient/1', type: 'Group' } }),
    'Observation.subject.type',
    'value',
    /says Group/,
  ],
  [
    observation({ subject: { type: 'Organization', display: 'x' } }),
    'Observation.subject.type',
    'structure',
    /not at Organization/,
  ],
  [
    observation({ subject: { reference: 'Patient?identifier=a|1' } }),
    'Observation.subject.reference',
    'value',
    /only in a transaction or batch/,
  ],
  [observation({ subject: { reference: '#p' } }), 'Observation.subject.reference', 'not-found', /ref-1/],
  [observation({ subject: {} }), 'Observation.subject', 'structure', /ele-1/],

  // Contained resources
  [
    patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'A' }] }),
    'Patient.contained[0]',
    'invariant',
    /dom-3/,
  ],
  [
    patient({
      contained: [
        {
          resourceType: 'Organization',
          id: 'o',
          name: 'A',
          contained: [{ resourceType: 'Location', id: 'l' }],
        },
      ],
      managingOrganization: { reference: '#o' },
    }),
    'Patient.contained[0].contained',
    'invariant',
    /dom-2/,
  ],
  [
    patient({
      contained: [{ resourceType: 'Organization', id: 'o', name: 'A', meta: { versionId: '1' } }],
      managingOrganization: { reference: '#o' },
    }),
    'Patient.contained[0].meta',
    'invariant',
    /dom-4/,
  ],
  [
    patient({
      contained: [
        {
          resourceType: 'Organization',
          id: 'o',
          name: 'A',
          meta: { security: [{ system: 'http://a', code: 'R' }] },
        },
      ],
      managingOrganization: { reference: '#o' },
    }),
    'Patient.contained[0].meta',
    'invariant',
    /dom-5/,
  ],
  [
    patient({
      contained: [{ resourceType: 'Location', id: 'o' }],
      managingOrganization: { reference: '#o' },
    }),
    'Patient.managingOrganization.reference',
    'structure',
    /of type Location/,
  ],
  [
    patient({ contained: [{ resourceType: 'Organization', name: 'A' }] }),
    'Patient.contained[0].id',
    'required',
    /needs an id/,
  ],

  // Extensions
  [patient({ extension: [{ valueString: 'a' }] }), 'Patient.extension[0].url', 'required', /url is required/],
  [patient({ extension: [{ url: 'http://a' }] }), 'Patient.extension[0]', 'invariant', /ext-1/],
  [
    patient({
      extension: [{ url: 'http://a', valueString: 'a', extension: [{ url: 'b', valueString: 'c' }] }],
    }),
    'Patient.extension[0]',
    'invariant',
    /not both \(ext-1\)/,
  ],
  [
    patient({ extension: [{ url: 'http://a', valueString: 'a', valueCode: 'a' }] }),
    'Patient.extension[0].value',
    'structure',
    /Only one of/,
  ],
  [
    patient({ extension: [{ url: 'a', valueString: 'a' }] }),
    'Patient.extension[0].url',
    'value',
    /absolute URI/,
  ],
  [
    patient({ _birthDate: { extension: [{ url: 'http://a' }] } }),
    'Patient.birthDate.extension[0]',
    'invariant',
    /ext-1/,
  ],

  // Rules
  [patient({ contact: [{ gender: 'male' }] }), 'Patient.contact[0]', 'invariant', /pat-1/],
  [
    patient({ name: [{ period: { start: '2021-01-02', end: '2021-01-01' } }] }),
    'Patient.name[0].period',
    'invariant',
    /per-1/,
  ],
  [patient({ telecom: [{ value: '01234' }] }), 'Patient.telecom[0]', 'invariant', /cpt-2/],
  [patient({ photo: [{ data: 'AAAA' }] }), 'Patient.photo[0]', 'invariant', /att-1/],
  [observation({ valueQuantity: { value: 1, code: 'kg' } }), 'Observation.value', 'invariant', /qty-3/],
  [
    observation({ valueString: 'x', dataAbsentReason: { text: 'none' } }),
    'Observation',
    'invariant',
    /obs-6/,
  ],
  [
    observation({ referenceRange: [{ age: { low: { value: 1 } } }] }),
    'Observation.referenceRange[0]',
    'invariant',
    /obs-3/,
  ],
  [{ resourceType: 'Organization', active: true }, 'Organization', 'invariant', /org-1/],
  [
    { resourceType: 'Organization', name: 'A', telecom: [{ system: 'phone', use: 'home', value: '1' }] },
    'Organization.telecom[0]',
    'invariant',
    /org-3/,
  ],
  [
    {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      referenceRange: [{ low: { value: 1, comparator: '<' } }],
    },
    'Observation.referenceRange[0].low',
    'invariant',
    /sqty-1/,
  ],
  [
    {
      resourceType: 'Encounter',
      status: 'finished',
      class: { system: 'http://a', code: 'AMB' },
      length: { value: 1, system: 'http://example.org', code: 'h' },
    },
    'Encounter.length',
    'invariant',
    /drt-1/,
  ],

  // Bundles
  [
    bundle({ entry: [{ resource: patient({ gender: 'M' }) }] }),
    'Bundle.entry[0].resource.gender',
    'code-invalid',
    /male/,
  ],
  [
    bundle({ entry: [{ fullUrl: 'Patient/1', resource: patient({}) }] }),
    'Bundle.entry[0].fullUrl',
    'value',
    /absolute/,
  ],
  [bundle({ total: 1 }), 'Bundle', 'invariant', /bdl-1/],
  [
    bundle({ entry: [{ link: [{ relation: 'self', url: 'http://a' }] }] }),
    'Bundle.entry[0]',
    'invariant',
    /bdl-5/,
  ],
  [
    bundle({
      type: 'document',
      identifier: { system: 'http://a', value: '1' },
      timestamp: '2020-01-01T00:00:00Z',
      entry: [{ resource: patient({}) }],
    }),
    'Bundle',
    'invariant',
    /bdl-11/,
  ],
  [
    bundle({
      entry: [
        {
          resource: patient({
            contained: [{ resourceType: 'Organization', id: 'o', name: 'A' }],
            managingOrganization: { reference: '#o' },
          }),
        },
        { resource: patient({ managingOrganization: { reference: '#o' } }) },
      ],
    }),
    'Bundle.entry[1].resource.managingOrganization.reference',
    'not-found',
    /ref-1/,
  ],

  // NHS numbers
  [
    patient({ identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765918' }] }),
    'Patient.identifier[0].value',
    'value',
    /modulus 11/,
  ],
  [
    patient({ identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '943 476 5919' }] }),
    'Patient.identifier[0].value',
    'value',
    /without spaces/,
  ],
  [
    patient({ identifier: [{ system: 'hospital', value: '1' }] }),
    'Patient.identifier[0].system',
    'value',
    /absolute/,
  ],
];
