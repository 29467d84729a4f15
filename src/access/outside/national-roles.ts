/**
 * National RBAC job roles, as Care Identity gives them, and what each is here (keys of the table of roles, `roles.ts`).
 * Source of codes and names: NHS England, National RBAC Database, job role codes (the R part of `S8000:G8000:R8001`), also
 * published as the code system CareConnect-SDSJobRoleName-1. Which of our roles each becomes is our choice: the narrower
 * one where a job role is wide. A code that is not here gives no access.
 */
interface NationalRole {
  readonly code: string;
  /** As the national database names it. */
  readonly name: string;
  /** Role here, wherever they work. */
  readonly role?: string;
  /** Role here at an organisation of this kind, where it differs or depends on it. */
  readonly at?: Readonly<Record<string, string>>;
}

const nationalRoles: readonly NationalRole[] = [
  { code: 'R0260', name: 'General Medical Practitioner', role: 'gp' },
  {
    code: 'R8000',
    name: 'Clinical Practitioner Access Role',
    at: {
      'general-practice': 'gp',
      hospital: 'consultant',
      'mental-health': 'consultant',
      pharmacy: 'pharmacist',
    },
  },
  { code: 'R0270', name: 'Salaried General Practitioner', role: 'gp' },
  { code: 'R6200', name: 'GP Registrar', role: 'gp' },
  { code: 'R6300', name: 'Sessional GP', role: 'gp' },
  { code: 'R0050', name: 'Consultant', role: 'consultant' },
  { code: 'R0110', name: 'Specialist Registrar', role: 'junior-doctor' },
  { code: 'R0140', name: 'Senior House Officer', role: 'junior-doctor' },
  { code: 'R0150', name: 'House Officer - Pre Registration', role: 'junior-doctor' },
  { code: 'R0160', name: 'House Officer - Post Registration', role: 'junior-doctor' },
  { code: 'R1270', name: 'Clinical Director', role: 'consultant' },
  { code: 'R0014', name: 'Radiologist', role: 'radiologist' },
  { code: 'R0012', name: 'Radiographer', role: 'radiographer' },
  { code: 'R1190', name: 'Radiographer - Diagnostic', role: 'radiographer' },
  { code: 'R8001', name: 'Nurse Access Role', role: 'nurse' },
  { code: 'R8002', name: 'Nurse Manager Access Role', role: 'nurse' },
  { code: 'R0620', name: 'Staff Nurse', role: 'nurse' },
  { code: 'R0570', name: 'Nurse Consultant', role: 'nurse' },
  { code: 'R0580', name: 'Nurse Manager', role: 'nurse' },
  { code: 'R0600', name: 'Specialist Nurse Practitioner', role: 'nurse' },
  { code: 'R0610', name: 'Sister/Charge Nurse', role: 'nurse' },
  { code: 'R0590', name: 'Modern Matron', role: 'nurse' },
  { code: 'R0700', name: 'Community Nurse', role: 'community-nurse' },
  { code: 'R1974', name: 'Community Learning Disabilities Nurse', role: 'community-nurse' },
  { code: 'R1975', name: 'Community Mental Health Nurse', role: 'mental-health-nurse' },
  { code: 'R0680', name: 'Midwife', role: 'midwife' },
  { code: 'R0640', name: 'Midwife - Consultant', role: 'midwife' },
  { code: 'R0650', name: 'Midwife - Specialist Practitioner', role: 'midwife' },
  { code: 'R0660', name: 'Midwife - Manager', role: 'midwife' },
  { code: 'R0670', name: 'Midwife - Sister/Charge Nurse', role: 'midwife' },
  { code: 'R8016', name: 'Midwife Access Role', role: 'midwife' },
  { code: 'R8017', name: 'Midwife Manager Access Role', role: 'midwife' },
  { code: 'R1290', name: 'Pharmacist', role: 'pharmacist' },
  { code: 'R5260', name: 'Clinical Pharmacy Specialist', role: 'pharmacist' },
  { code: 'R5220', name: 'Pharmacy Technician', role: 'pharmacy-technician' },
  { code: 'R1110', name: 'Physiotherapist', role: 'physiotherapist' },
  { code: 'R1070', name: 'Paramedic', role: 'paramedic' },
  { code: 'R1480', name: 'Healthcare Assistant', role: 'healthcare-assistant' },
  { code: 'R1450', name: 'Health Care Support Worker', role: 'healthcare-assistant' },
  { code: 'R1330', name: 'Social Worker', role: 'social-worker' },
  { code: 'R1340', name: 'Approved Social Worker', role: 'social-worker' },
  { code: 'R8014', name: 'Social Worker Access Role', role: 'social-worker' },
  { code: 'R9520', name: 'Senior social worker (children)', role: 'social-worker' },
  { code: 'R9570', name: 'Senior social worker (adults)', role: 'social-worker' },
  { code: 'R9535', name: 'Child Protection worker', role: 'social-worker' },
  { code: 'R1730', name: 'Receptionist', role: 'receptionist' },
  { code: 'R8009', name: 'Receptionist Access Role', role: 'receptionist' },
  { code: 'R8010', name: 'Clerical Access Role', role: 'receptionist' },
  { code: 'R8006', name: 'Medical Secretary Access Role', role: 'receptionist' },
  { code: 'R6010', name: 'Appointments Clerk', role: 'receptionist' },
  { code: 'R6030', name: 'Ward Clerk', role: 'receptionist' },
  {
    code: 'R1780',
    name: 'Manager',
    role: 'receptionist',
    at: { 'general-practice': 'practice-manager' },
  },
  { code: 'R8012', name: 'Information Officer Access Role', role: 'analyst' },
  { code: 'R1840', name: 'Analyst', role: 'analyst' },
  { code: 'R1860', name: 'Researcher', role: 'researcher' },
  { code: 'R5105', name: 'Caldicott Guardian', role: 'information-governance' },
  { code: 'R0001', name: 'Privacy Officer', role: 'information-governance' },
];

const byCode = new Map(nationalRoles.map((role) => [role.code, role]));

/** What a role code (`S8000:G8000:R8001`, or its last part alone) is here, at an organisation of these kinds. */
export function roleOfNational(code: string, kinds: readonly string[]): string | undefined {
  const found = byCode.get(code.split(':').at(-1) ?? '');
  if (!found) return undefined;
  const { at = {} } = found;
  const kind = kinds.find((one) => Object.hasOwn(at, one));
  return (kind === undefined ? undefined : at[kind]) ?? found.role;
}

/** Every role here that a national one may become: for the test that the table of roles knows them. */
export const rolesFromNational: ReadonlySet<string> = new Set(
  nationalRoles.flatMap(({ role, at = {} }) => [...(role === undefined ? [] : [role]), ...Object.values(at)]),
);
