/** The region’s organisations, buildings, services and endpoints as FHIR resources. */
import type {
  Address,
  CodeableConcept,
  ContactPoint,
  Endpoint,
  HealthcareService,
  Location,
  LocationHoursOfOperation,
  Organization,
  Resource,
} from '@medplum/fhirtypes';
import { organisationKindSystem } from '../record/consent-rules.ts';
import { hl7, identifier, profiled, reference, systems, ukCore } from './build.ts';
import { longitudeLatitude } from './geography.ts';
import type { Organisation, OrganisationKind, Region, Site } from './model.ts';
import { acuteSpecialties } from './workers.ts';

const siteCodes = 'https://fhir.nhs.uk/Id/ods-site-code';
const dicomweb = 'https://images.sandmouth.example/dicomweb';

/** In plain words, and the class that FHIR knows: a provider of care, government or another business. */
const kinds: Record<OrganisationKind, { readonly name: string; readonly type: 'prov' | 'govt' | 'bus' }> = {
  'acute-trust': { name: 'Hospital trust', type: 'prov' },
  'community-trust': { name: 'Community health trust', type: 'prov' },
  'mental-health-trust': { name: 'Mental health trust', type: 'prov' },
  'general-practice': { name: 'GP practice', type: 'prov' },
  pharmacy: { name: 'Pharmacy', type: 'prov' },
  'local-authority': { name: 'Local authority', type: 'govt' },
  'care-home': { name: 'Care home', type: 'prov' },
  'ambulance-service': { name: 'Ambulance service', type: 'prov' },
  'diagnostic-centre': { name: 'Diagnostic centre', type: 'prov' },
  region: { name: 'Health and care region', type: 'govt' },
  supplier: { name: 'Supplier', type: 'bus' },
};

/** Kinds of building. Source of codes: HL7 v3 RoleCode, ServiceDeliveryLocationRoleType. */
const buildingCodes: Partial<Record<OrganisationKind, string>> = {
  'acute-trust': 'HOSP',
  'community-trust': 'COMM',
  'mental-health-trust': 'PSYCHF',
  'general-practice': 'PC',
  pharmacy: 'PHARM',
  'care-home': 'NCCF',
  'ambulance-service': 'AMB',
  'diagnostic-centre': 'RADDX',
};

const always: readonly OrganisationKind[] = ['care-home', 'ambulance-service'];

/** Organisations first, then what points at them. */
export function organisationResources(region: Region): Resource[] {
  const { organisations, sites } = region;
  return [
    ...organisations.map((one) => organizationOf(one, region)),
    ...organisations.flatMap(endpointsOf),
    ...sites.map((site) => locationOf(site, region)),
    ...organisations.flatMap((one) => servicesOf(one, region)),
  ];
}

const sitesOf = (region: Region, { id }: Organisation): readonly Site[] =>
  region.sites.filter(({ organisation }) => organisation === id);

function addressOf({ line, postcode, settlement }: Site, { settlements }: Region): Address {
  const city = settlements.find(({ id }) => id === settlement)?.name;
  return {
    ...{ use: 'work', type: 'both', line: [line], postalCode: postcode, country: 'GBR' },
    ...(city === undefined ? {} : { city }),
  };
}

const phone = (value: string): ContactPoint => ({ system: 'phone', value, use: 'work' });

function organizationOf(organisation: Organisation, region: Region): Organization {
  const { id, name, ods, kind, consentKind } = organisation;
  const [main] = sitesOf(region, organisation);
  const { name: text, type } = kinds[kind];
  const known = hl7('organization-type', type).coding ?? [];
  return {
    ...{ resourceType: 'Organization', id, meta: profiled('UKCore-Organization'), active: true, name },
    identifier: [identifier(systems.ods, ods)],
    type: [{ coding: [...known, { system: organisationKindSystem, code: consentKind }], text }],
    ...(main ? { telecom: [phone(main.telephone)], address: [addressOf(main, region)] } : {}),
  };
}

/** Where an organisation’s systems are reached. `.example` is nobody’s (RFC 2606). */
function endpointsOf({ id, name, ods, kind }: Organisation): Endpoint[] {
  const endpoint = (suffix: string, code: string, address: string, what: string): Endpoint => ({
    ...{ resourceType: 'Endpoint', id: `${id}-${suffix}`, status: 'active', name: `${name}: ${what}` },
    connectionType: {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code,
    },
    ...{ managingOrganization: reference('Organization', id, name), payloadType: [{ text: what }], address },
  });
  const letters = endpoint(
    'messages',
    'hl7-fhir-msg',
    `https://messages.sandmouth.example/${ods}`,
    'letters, referrals and results',
  );
  if (kind === 'supplier') return [];
  if (kind === 'region') {
    return [endpoint('fhir', 'hl7-fhir-rest', 'https://record.sandmouth.example/fhir', 'shared record')];
  }
  if (kind !== 'acute-trust' && kind !== 'diagnostic-centre') return [letters];
  return [letters, endpoint('images', 'dicom-wado-rs', `${dicomweb}/${ods}`, 'images')];
}

type Days = NonNullable<LocationHoursOfOperation['daysOfWeek']>;

/** When a building is open, and what that means for the services in it. */
function hoursOf({ id, kind }: Organisation, site: string): LocationHoursOfOperation[] {
  const week: Days = ['mon', 'tue', 'wed', 'thu', 'fri'];
  if (always.includes(kind) || kind === 'acute-trust') {
    return [{ daysOfWeek: [...week, 'sat', 'sun'], allDay: true }];
  }
  const [openingTime, closingTime] =
    kind === 'general-practice'
      ? // A branch surgery opens in the mornings.
        ['08:00:00', site === id ? '18:30:00' : '12:30:00']
      : ['09:00:00', kind === 'pharmacy' ? '18:00:00' : '17:00:00'];
  const weekdays = { daysOfWeek: week, openingTime, closingTime };
  return kind === 'pharmacy'
    ? [weekdays, { daysOfWeek: ['sat'], openingTime, closingTime: '13:00:00' }]
    : [weekdays];
}

function locationOf(site: Site, region: Region): Location {
  const organisation = region.organisation(site.organisation);
  const number = sitesOf(region, organisation).findIndex(({ id }) => id === site.id) + 1;
  const code = buildingCodes[organisation.kind];
  const text = kinds[organisation.kind].name;
  const endpoint = endpointsOf(organisation).map(({ id = '' }) => reference<Endpoint>('Endpoint', id));
  return {
    ...{ resourceType: 'Location', id: site.id, meta: profiled('UKCore-Location') },
    // As real ones are: the organisation's own code and two digits.
    identifier: [identifier(siteCodes, `${organisation.ods}${String(number).padStart(2, '0')}`)],
    ...{ status: 'active', name: site.name, mode: 'instance' },
    type: [{ ...(code === undefined ? {} : hl7('v3-RoleCode', code)), text }],
    ...{ telecom: [phone(site.telephone)], address: addressOf(site, region) },
    physicalType: hl7('location-physical-type', 'bu', 'Building'),
    position: longitudeLatitude(site.at),
    managingOrganization: reference('Organization', organisation.id, organisation.name),
    hoursOfOperation: hoursOf(organisation, site.id),
    ...(endpoint.length > 0 ? { endpoint } : {}),
  };
}

/** Practice settings of specialties. Source: UK Core, CodeSystem UKCore-PracticeSettingCode. */
const settings: Readonly<Record<string, readonly [string, string]>> = {
  diabetes: ['302', 'Endocrinology and Diabetes'],
  cardiology: ['320', 'Cardiology'],
  respiratory: ['340', 'Respiratory Medicine'],
  breast: ['100', 'General Surgery'],
  oncology: ['370', 'Medical Oncology'],
  obstetrics: ['501', 'Obstetrics'],
  gynaecology: ['502', 'Gynaecology'],
  'older-people': ['430', 'Geriatric Medicine'],
  paediatrics: ['420', 'Paediatrics'],
  renal: ['361', 'Renal Medicine'],
  orthopaedics: ['110', 'Trauma and Orthopaedics'],
  neurology: ['400', 'Neurology'],
  gastroenterology: ['301', 'Gastroenterology'],
  dermatology: ['330', 'Dermatology'],
  ophthalmology: ['130', 'Ophthalmology'],
  urology: ['101', 'Urology'],
  rheumatology: ['410', 'Rheumatology'],
  surgery: ['100', 'General Surgery'],
  emergency: ['180', 'Emergency Medicine'],
  radiology: ['810', 'Radiology'],
  midwifery: ['560', 'Midwifery'],
  'mental-health': ['710', 'Adult Mental Illness'],
  'old-age-psychiatry': ['715', 'Old Age Psychiatry'],
  'general-practice': ['600', 'General Medical Practice'],
};

/** A specialty as UK Core codes it, where it does. */
export function specialtyConcept(key: string | undefined): CodeableConcept | undefined {
  const setting = key === undefined ? undefined : settings[key];
  if (!setting) return undefined;
  const [code, display] = setting;
  return {
    coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-PracticeSettingCode', code, display }],
    text: display,
  };
}

interface ServicePlan {
  readonly suffix: string;
  readonly name: string;
  readonly specialty?: string;
  /** Ids of sites; all of the organisation's where there are none. */
  readonly sites?: readonly string[];
  /** Whether a professional must refer. */
  readonly referral?: boolean;
}

function servicePlans({ kind, id }: Organisation): readonly ServicePlan[] {
  switch (kind) {
    case 'acute-trust':
      return [
        ...acuteSpecialties.map(({ key, clinic, site = id }) => ({
          ...{ suffix: key, name: clinic, specialty: key, sites: [site] },
          referral: key !== 'emergency' && key !== 'obstetrics',
        })),
        { suffix: 'radiology', name: 'X-ray and scans', specialty: 'radiology', sites: [id], referral: true },
        { suffix: 'midwifery', name: 'Midwives', specialty: 'midwifery', sites: ['demo-maternity'] },
      ];
    case 'community-trust':
      return [
        { suffix: 'nursing', name: 'Community nursing', referral: true },
        { suffix: 'health-visiting', name: 'Health visiting' },
        { suffix: 'physiotherapy', name: 'Community physiotherapy' },
      ];
    case 'mental-health-trust':
      return [
        { suffix: 'adults', name: 'Adult mental health', specialty: 'mental-health', referral: true },
        {
          ...{ suffix: 'older', name: 'Older people’s mental health', specialty: 'old-age-psychiatry' },
          ...{ sites: ['demo-larkfield-skelness'], referral: true },
        },
      ];
    case 'general-practice':
      return [{ suffix: 'practice', name: 'General practice', specialty: 'general-practice' }];
    case 'pharmacy':
      return [{ suffix: 'dispensing', name: 'Prescriptions and advice' }];
    case 'local-authority':
      return [
        { suffix: 'adults', name: 'Adult social care', sites: [id] },
        { suffix: 'children', name: 'Children’s social care', sites: [`${id}-children`] },
      ];
    case 'ambulance-service':
      return [{ suffix: 'emergency', name: 'Emergency ambulance' }];
    case 'diagnostic-centre':
      return [{ suffix: 'imaging', name: 'Scans and tests', specialty: 'radiology', referral: true }];
    case 'care-home':
      return [{ suffix: 'residence', name: 'Residential and nursing care' }];
    case 'region':
    case 'supplier':
      return [];
  }
}

function servicesOf(organisation: Organisation, region: Region): HealthcareService[] {
  const own = sitesOf(region, organisation);
  return servicePlans(organisation).map(({ suffix, name, specialty, sites, referral }): HealthcareService => {
    const at = own.filter(({ id }) => !sites || sites.includes(id));
    const concept = specialtyConcept(specialty);
    return {
      ...{ resourceType: 'HealthcareService', id: `${organisation.id}-${suffix}`, active: true, name },
      meta: { profile: [ukCore('UKCore-HealthcareService')] },
      providedBy: reference('Organization', organisation.id, organisation.name),
      type: [{ text: name }],
      ...(concept ? { specialty: [concept] } : {}),
      location: at.map((site) => reference('Location', site.id, site.name)),
      ...(at[0] ? { telecom: [phone(at[0].telephone)] } : {}),
      ...(referral ? { referralMethod: [hl7('service-referral-method', 'elec', 'Secure Messaging')] } : {}),
      appointmentRequired: !always.includes(organisation.kind) && specialty !== 'emergency',
    };
  });
}
