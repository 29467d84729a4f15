/** Those who work in the region as FHIR resources. */
import type { Identifier, Practitioner, PractitionerRole, Resource } from '@medplum/fhirtypes';
import { identifier, profiled, reference } from './build.ts';
import type { Region, Worker } from './model.ts';
import { specialtyConcept } from './organisation-resources.ts';

/**
 * Job roles of the National RBAC Database, one for each role of ours that has one (access/outside/national-roles.ts reads
 * them back).
 */
const jobRoles: Readonly<Record<string, readonly [string, string]>> = {
  gp: ['R0260', 'General Medical Practitioner'],
  consultant: ['R0050', 'Consultant'],
  'junior-doctor': ['R0110', 'Specialist Registrar'],
  radiologist: ['R0014', 'Radiologist'],
  radiographer: ['R0012', 'Radiographer'],
  nurse: ['R0620', 'Staff Nurse'],
  'community-nurse': ['R0700', 'Community Nurse'],
  'mental-health-nurse': ['R1975', 'Community Mental Health Nurse'],
  midwife: ['R0680', 'Midwife'],
  pharmacist: ['R1290', 'Pharmacist'],
  physiotherapist: ['R1110', 'Physiotherapist'],
  paramedic: ['R1070', 'Paramedic'],
  'healthcare-assistant': ['R1480', 'Healthcare Assistant'],
  'social-worker': ['R1330', 'Social Worker'],
  receptionist: ['R1730', 'Receptionist'],
};

/** Registers of the professions. Each number lies outside what its register gives out. */
const registers: Readonly<Record<string, readonly [string, (number: string) => string]>> = {
  doctor: ['https://fhir.hl7.org.uk/Id/gmc-number', (number) => `C999${number}`],
  nurse: ['https://fhir.hl7.org.uk/Id/nmc-number', (number) => `99Z${number}Z`],
  pharmacist: ['https://fhir.hl7.org.uk/Id/gphc-number', (number) => `999${number}`],
};

const registerOf = (role: string): string | undefined => {
  if (['gp', 'consultant', 'junior-doctor', 'radiologist'].includes(role)) return 'doctor';
  if (role === 'nurse' || role.endsWith('-nurse') || role === 'midwife' || role === 'health-visitor') {
    return 'nurse';
  }
  return role === 'pharmacist' ? 'pharmacist' : undefined;
};

/** A practitioner and their role, for each. */
export const staffResources = (region: Region): Resource[] =>
  region.workers.flatMap((worker, index) => {
    const number = String(index + 1).padStart(4, '0');
    return [practitionerOf(worker, number), roleOf(worker, number, region)];
  });

function practitionerOf({ id, prefix, given, family, sex, role }: Worker, number: string): Practitioner {
  const register = registers[registerOf(role) ?? ''];
  const identifiers: Identifier[] = [
    identifier('https://fhir.nhs.uk/Id/sds-user-id', `99999999${number}`),
    ...(register ? [identifier(register[0], register[1](number))] : []),
  ];
  return {
    ...{ resourceType: 'Practitioner', id, meta: profiled('UKCore-Practitioner'), active: true },
    identifier: identifiers,
    name: [
      { use: 'official', family, given: [given], ...(prefix === undefined ? {} : { prefix: [prefix] }) },
    ],
    ...(sex === undefined ? {} : { gender: sex }),
  };
}

function roleOf(worker: Worker, number: string, region: Region): PractitionerRole {
  const { id, post, prefix, given, family, role, job, specialty } = worker;
  const organisation = region.organisation(worker.organisation);
  const site = region.site(worker.site);
  const name = [prefix, given, family].filter(Boolean).join(' ');
  const national = jobRoles[role];
  const coding = national && {
    system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName',
    ...{ code: national[0], display: national[1] },
  };
  const setting = specialtyConcept(role === 'gp' ? 'general-practice' : specialty);
  return {
    ...{
      resourceType: 'PractitionerRole',
      id: post,
      meta: profiled('UKCore-PractitionerRole'),
      active: true,
    },
    identifier: [identifier('https://fhir.nhs.uk/Id/sds-role-profile-id', `88888888${number}`)],
    practitioner: reference('Practitioner', id, name),
    organization: reference('Organization', organisation.id, organisation.name),
    code: [{ ...(coding ? { coding: [coding] } : {}), text: job }],
    ...(setting ? { specialty: [setting] } : {}),
    location: [reference('Location', site.id, site.name)],
    telecom: [{ system: 'phone', value: site.telephone, use: 'work' }],
  };
}
