import type { GroupName } from './resource-groups.ts';
import {
  abuse,
  confidential,
  intimate,
  notForPatients,
  restricted,
  veryRestricted,
} from './security-labels.ts';

/** What a role may do besides seeing and writing. */
export type RoleAction =
  /** Open the record of someone without a relationship, with a reason, for a short time. */
  | 'emergency-access'
  /** Look through emergency accesses and unusual ones. */
  | 'review-access'
  /** Read the audit log of everyone. */
  | 'see-audit'
  /** See flags despite what was withheld, for safeguarding. */
  | 'safeguarding'
  /** Agree to or refuse that someone acts for a patient of the practice. */
  | 'decide-proxies'
  | 'manage-accounts'
  | 'manage-clients'
  /** Keep the register of lines, plan and order: of the whole region. */
  | 'manage-lines'
  /** Read the state of every line, plans and progress. */
  | 'see-lines'
  /** See and test the lines of the organisation they work for, and what is ordered for it. */
  | 'see-own-lines'
  /** Quote for, and carry out, orders that were placed with their organisation. */
  | 'supply-lines';

/** Purposes of use. Source: HL7 v3 ActReason, PurposeOfUse. */
export const purposes = {
  /** Care of the person. */
  TREAT: 'care',
  /** Care in an emergency. */
  ETREAT: 'care',
  /** Care put together across organisations. */
  COC: 'care',
  /** Running the service: bookings, contact details. */
  HOPERAT: 'care',
  /** Keeping someone from harm by others: safeguarding. */
  THREAT: 'care',
  /** At the person's own request, or their family's. */
  PATRQT: 'care',
  FAMRQT: 'care',
  HSYSADMIN: 'secondary',
  PUBHLTH: 'secondary',
  HRESCH: 'secondary',
} as const satisfies Record<string, 'care' | 'secondary'>;
export type Purpose = keyof typeof purposes;

/** The purpose for which safeguarding comes before a person's choices. */
export const safeguardingPurpose: Purpose = 'THREAT';

export interface Role {
  /** As it is shown. */
  readonly name: string;
  /** A post held by staff, a person for themself or another, or a system. */
  readonly holder: 'staff' | 'person' | 'system';
  /** Why it sees what it sees, and no more. */
  readonly why: string;
  /** Of people with whom its holder has a relationship. */
  readonly sees: readonly GroupName[];
  /** Always among what it sees. */
  readonly writes: readonly GroupName[];
  /** Of everyone, without a relationship. */
  readonly seesOfAll?: readonly GroupName[];
  /** Labels of items that it is not shown. */
  readonly withheld: readonly string[];
  readonly actions: readonly RoleAction[];
  /** The first is what it does where it says nothing else. */
  readonly purposes: readonly Purpose[];
  /** Minutes without a request after which it must sign in again. */
  readonly idleMinutes: number;
}

const staffIdle = 15;
const personIdle = 30;

type Staff = Omit<Role, 'holder' | 'idleMinutes' | 'actions' | 'purposes'> & Partial<Role>;

const staff = (role: Staff): Role => ({
  holder: 'staff',
  idleMinutes: staffIdle,
  actions: [],
  purposes: ['TREAT', 'COC'],
  ...role,
});

const person = (role: Omit<Role, 'holder' | 'idleMinutes' | 'actions'>): Role => ({
  holder: 'person',
  idleMinutes: personIdle,
  actions: [],
  ...role,
});

/** What every member of staff finds people and places by; it says nothing of any patient. */
const shared: readonly GroupName[] = ['directory', 'dictionary', 'definitions'];
const desk: readonly GroupName[] = [...shared, 'demographics', 'booking', 'diaries'];
/** What anyone who treats someone must know so as not to harm them. */
const safety: readonly GroupName[] = [
  ...desk,
  ...(['visits', 'alerts', 'problems', 'medicines', 'vaccinations', 'results'] as const),
  ...(['plans', 'safeguarding', 'tasks', 'devices'] as const),
];
const whole: readonly GroupName[] = [
  ...safety,
  ...(['imaging', 'notes', 'documents', 'requests', 'aids', 'messages'] as const),
];
/** Notes of one's own work with someone. */
const caring: readonly GroupName[] = [
  ...(['booking', 'visits', 'results', 'notes', 'documents', 'plans', 'messages', 'tasks'] as const),
];
const treating: readonly GroupName[] = [...caring, 'alerts', 'problems', 'vaccinations', 'requests', 'aids'];
const prescribing: readonly GroupName[] = [...treating, 'medicines', 'safeguarding'];

/** The table of roles: what each sees of those in its care, what it may write, and why no more. */
export const roles = {
  receptionist: staff({
    name: 'Receptionist',
    why: 'Books, greets, keeps contact details right and passes requests on; need not know why someone comes.',
    sees: [...desk, 'tasks'],
    writes: ['demographics', 'booking', 'diaries', 'tasks'],
    withheld: confidential,
    purposes: ['HOPERAT', 'TREAT'],
  }),
  'practice-manager': staff({
    name: 'Practice manager',
    why: 'Runs the practice: its diaries, tasks and who acts for whom; not its patients’ care.',
    sees: [...desk, 'tasks'],
    writes: ['demographics', 'booking', 'diaries', 'tasks'],
    withheld: confidential,
    actions: ['decide-proxies', 'see-own-lines'],
    purposes: ['HOPERAT', 'TREAT'],
  }),
  'healthcare-assistant': staff({
    name: 'Healthcare assistant',
    why: 'Measures, takes samples and helps with care as planned; others’ notes and letters are not needed.',
    sees: safety,
    writes: ['booking', 'results', 'tasks'],
    withheld: confidential,
  }),
  nurse: staff({
    name: 'Nurse',
    why: 'Treats the whole person, in the practice, the clinic or on the ward.',
    sees: whole,
    writes: [...treating, 'safeguarding'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  'community-nurse': staff({
    name: 'Community nurse',
    why: 'Treats people at home, often alone, and so needs the whole record.',
    sees: whole,
    writes: [...treating, 'safeguarding'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  'mental-health-nurse': staff({
    name: 'Mental health nurse',
    why: 'Treats mind and body together: medicines and physical illness bear on each other.',
    sees: whole,
    writes: [...treating, 'safeguarding'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  'care-home-nurse': staff({
    name: 'Care home nurse',
    why: 'Nurses residents day and night, gives their medicines, and is who they are discharged to.',
    sees: whole,
    writes: [...caring, 'aids'],
    withheld: [...restricted, ...intimate, ...abuse],
  }),
  gp: staff({
    name: 'GP',
    why: 'Answers for a registered person’s whole care and record.',
    sees: whole,
    writes: [...prescribing, 'demographics'],
    withheld: [],
    actions: ['emergency-access', 'decide-proxies'],
  }),
  consultant: staff({
    name: 'Consultant',
    why: 'Answers for the care of those referred to or under them.',
    sees: whole,
    writes: [...prescribing, 'imaging'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  'junior-doctor': staff({
    name: 'Junior doctor',
    why: 'Treats under a consultant, often the first to see someone at night.',
    sees: whole,
    writes: prescribing,
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  radiologist: staff({
    name: 'Radiologist',
    why: 'Reads images against history, results and earlier reports; does not run the care.',
    sees: [...safety, 'imaging', 'notes', 'documents', 'requests'],
    writes: ['imaging', 'results', 'documents', 'requests', 'tasks'],
    withheld: [...veryRestricted, ...abuse],
    actions: ['emergency-access'],
  }),
  radiographer: staff({
    name: 'Radiographer',
    why: 'Takes images safely: the request, allergies, implants, pregnancy and earlier images.',
    sees: [...safety, 'imaging', 'requests'],
    writes: ['booking', 'imaging', 'results', 'tasks'],
    withheld: confidential,
  }),
  pharmacist: staff({
    name: 'Pharmacist',
    why: 'Checks that medicines are safe: conditions, allergies, results and what others gave; not notes or letters.',
    sees: [...safety, 'messages'],
    writes: ['booking', 'medicines', 'vaccinations', 'alerts', 'messages', 'tasks'],
    withheld: [...veryRestricted, ...abuse],
    actions: ['emergency-access'],
  }),
  'pharmacy-technician': staff({
    name: 'Pharmacy technician',
    why: 'Prepares what was prescribed: medicines and allergies.',
    sees: [...shared, 'demographics', 'alerts', 'medicines', 'tasks'],
    writes: ['tasks'],
    withheld: confidential,
  }),
  midwife: staff({
    name: 'Midwife',
    why: 'Cares for parent and baby from booking to weeks after birth, and may be the first told of violence at home.',
    sees: whole,
    writes: [...treating, 'safeguarding'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  'health-visitor': staff({
    name: 'Health visitor',
    why: 'Follows children under five and their parents at home; safeguarding is part of it.',
    sees: whole,
    writes: [...treating, 'safeguarding'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
  }),
  physiotherapist: staff({
    name: 'Physiotherapist',
    why: 'Treats movement: history, images, results and letters, not what is sensitive and does not bear on it.',
    sees: [...safety, 'imaging', 'notes', 'documents', 'requests', 'aids', 'messages'],
    writes: [...caring, 'aids'],
    withheld: confidential,
  }),
  paramedic: staff({
    name: 'Paramedic',
    why: 'Treats people never met before, at once: what keeps them safe and what they have planned.',
    sees: [...safety, 'notes', 'documents'],
    writes: ['visits', 'results', 'notes', 'documents', 'alerts', 'tasks'],
    withheld: veryRestricted,
    actions: ['emergency-access'],
    purposes: ['TREAT', 'COC', 'ETREAT'],
  }),
  'social-worker': staff({
    name: 'Social worker',
    why: 'Plans care and protects people: plans, conditions that bear on daily life and flags, not clinical notes or results.',
    sees: [
      ...desk,
      ...(['visits', 'alerts', 'problems', 'plans', 'aids', 'messages', 'safeguarding', 'tasks'] as const),
    ],
    writes: ['plans', 'aids', 'messages', 'safeguarding', 'tasks'],
    withheld: [...restricted, ...intimate],
    actions: ['safeguarding'],
    purposes: ['TREAT', 'COC', 'THREAT'],
  }),
  'safeguarding-lead': staff({
    name: 'Safeguarding lead',
    why: 'Answers for children and adults at risk in an organisation; must see what points to harm.',
    sees: whole,
    writes: ['notes', 'documents', 'plans', 'requests', 'messages', 'safeguarding', 'tasks'],
    withheld: [],
    actions: ['emergency-access', 'safeguarding'],
    purposes: ['TREAT', 'COC', 'THREAT'],
  }),
  analyst: staff({
    name: 'Population health analyst',
    why: 'Plans services from counts; never from a record that names someone.',
    sees: [...shared, 'evidence'],
    writes: [],
    withheld: confidential,
    purposes: ['PUBHLTH'],
  }),
  researcher: staff({
    name: 'Researcher',
    why: 'Works on de-identified data of approved studies; never on the record itself.',
    sees: [...shared, 'evidence'],
    writes: [],
    withheld: confidential,
    purposes: ['HRESCH'],
  }),
  administrator: staff({
    name: 'Administrator of the system',
    why: 'Runs accounts, clients and directories; needs no one’s health for it.',
    sees: [...shared, 'evidence'],
    writes: [...shared, 'evidence'],
    withheld: confidential,
    actions: ['manage-accounts', 'manage-clients'],
    purposes: ['HSYSADMIN'],
  }),
  'information-governance': staff({
    name: 'Information governance lead',
    why: 'Reviews who looked at whom and why: the audit log, choices and names, nothing of anyone’s health.',
    sees: shared,
    writes: [],
    seesOfAll: ['demographics', 'choices', 'audit'],
    withheld: [],
    actions: ['review-access', 'see-audit'],
    purposes: ['HOPERAT'],
  }),
  'connectivity-lead': staff({
    name: 'Connectivity lead',
    why: 'Plans lines and equipment of sites; patients have no part in it.',
    sees: ['directory', 'definitions'],
    writes: [],
    withheld: confidential,
    actions: ['manage-lines', 'see-lines'],
    purposes: ['HSYSADMIN'],
  }),
  supplier: staff({
    name: 'Supplier of software or lines',
    why: 'Sells to the region: sees its organisations and places, and has no business with anyone’s health.',
    sees: ['directory', 'definitions'],
    writes: [],
    withheld: confidential,
    actions: ['supply-lines'],
    purposes: ['HSYSADMIN'],
  }),
  'board-member': staff({
    name: 'Board member',
    why: 'Answers for the region’s programmes: their plans, progress and spending, nothing of any patient.',
    sees: ['directory', 'definitions'],
    writes: [],
    withheld: confidential,
    actions: ['see-lines'],
    purposes: ['HSYSADMIN'],
  }),
  patient: person({
    name: 'Patient',
    why: 'It is their record: all of it, save flags about others and what someone should first tell them in person.',
    sees: [
      ...shared,
      ...(['demographics', 'booking', 'visits', 'alerts', 'problems', 'medicines', 'vaccinations'] as const),
      ...(['results', 'imaging', 'notes', 'documents', 'plans', 'requests', 'aids', 'messages'] as const),
      ...(['choices', 'audit', 'studies', 'payments', 'tasks', 'devices'] as const),
    ],
    writes: ['booking', 'messages', 'choices'],
    withheld: notForPatients,
    purposes: ['PATRQT'],
  }),
  proxy: person({
    name: 'Proxy',
    why: 'Acts for someone in what their practice agreed to (proxyScopeGroups); a child’s confidences stay theirs.',
    sees: [
      ...shared,
      ...(['demographics', 'booking', 'visits', 'alerts', 'problems', 'medicines', 'vaccinations'] as const),
      ...(['results', 'imaging', 'notes', 'documents', 'plans', 'requests', 'aids', 'messages'] as const),
    ],
    writes: ['booking', 'messages'],
    withheld: [...restricted, ...abuse, ...notForPatients],
    purposes: ['FAMRQT'],
  }),
  system: {
    name: 'The system itself',
    holder: 'system',
    why: 'Imports, jobs and the holder of the configured token: no one signs in as it, and all it does is in the audit log.',
    sees: [],
    writes: [],
    withheld: [],
    actions: [],
    purposes: ['HOPERAT'],
    idleMinutes: staffIdle,
  },
} satisfies Readonly<Record<string, Role>>;

const byKey: ReadonlyMap<string, Role> = new Map(Object.entries(roles));

/** Undefined where there is no such role: it sees nothing and may do nothing. */
export const roleOf = (key: string): Role | undefined => byKey.get(key);

/** Whether a role may do something. */
export const mayDo = (key: string, action: RoleAction): boolean =>
  roleOf(key)?.actions.includes(action) ?? false;

/** For what a role does its work where it does not say; undefined where the role is unknown. */
export const usualPurpose = (key: string): Purpose | undefined => roleOf(key)?.purposes[0];

export const rolesThatMay = (action: RoleAction): readonly string[] =>
  [...byKey.keys()].filter((key) => mayDo(key, action));
