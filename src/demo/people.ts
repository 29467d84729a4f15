/** The named people of the demonstration: whom its sign-in page lists to become, and what is worth trying as each. */
import type { Post } from '../access/identity.ts';
import { dayMs } from './build.ts';
import type { AccessNeed } from './model.ts';

export interface DemoPlace {
  readonly id: string;
  readonly name: string;
  /** Shaped like an ODS code, of a range that is not given out. */
  readonly ods: string;
  /** Kind of organisation, as consents name it. */
  readonly kind: string;
}

export const places = {
  harbour: { id: 'demo-harbour', name: 'Harbour Surgery', ods: 'ZZ901', kind: 'general-practice' },
  hilltop: { id: 'demo-hilltop', name: 'Hilltop Surgery', ods: 'ZZ902', kind: 'general-practice' },
  infirmary: { id: 'demo-infirmary', name: 'Sandmouth Infirmary', ods: 'ZZH01', kind: 'hospital' },
  community: {
    ...{ id: 'demo-community', name: 'Sandmouth Community Health', ods: 'ZZM01', kind: 'community' },
  },
  pharmacy: { id: 'demo-pharmacy', name: 'Quay Pharmacy', ods: 'ZZP01', kind: 'pharmacy' },
  council: { id: 'demo-council', name: 'Sandmouth Council', ods: 'ZZC01', kind: 'social-care' },
  region: { id: 'demo-region', name: 'Sandmouth Health and Care', ods: 'ZZR01', kind: 'region' },
  supplier: { id: 'demo-supplier', name: 'Nordale Software', ods: 'ZZS01', kind: 'supplier' },
  fibre: { id: 'demo-fibre', name: 'Brightfen Fibre', ods: 'ZZS02', kind: 'supplier' },
  coastal: { id: 'demo-coastal', name: 'Coastal Networks', ods: 'ZZS03', kind: 'supplier' },
} as const satisfies Record<string, DemoPlace>;

/** Headings of the sign-in page, in its order. */
export const groups = {
  people: 'Patients and carers',
  practice: 'GP practices and pharmacy',
  care: 'Hospital, community and social care',
  region: 'Those who run the region',
} as const;
export type DemoGroup = keyof typeof groups;

/** Someone who works in the region. */
export interface DemoStaff {
  readonly id: string;
  readonly prefix?: string;
  readonly given: string;
  readonly family: string;
  /** Key of the table of roles. */
  readonly role: string;
  /** In plain words, as the sign-in page says it. */
  readonly job: string;
  /** Field of hospital doctors and teams, as `Worker.specialty` of model.ts. */
  readonly specialty?: string;
  readonly place: DemoPlace;
  readonly group: DemoGroup;
  readonly try: string;
}

export const staff: readonly DemoStaff[] = [
  {
    ...{ id: 'demo-asha', prefix: 'Dr', given: 'Asha', family: 'Patel', role: 'gp', job: 'GP' },
    ...{ place: places.harbour, group: 'practice' },
    try: 'Open Iris Okafor, who is registered here. Walter Price is not: only emergency access opens his record.',
  },
  {
    ...{ id: 'demo-huw', prefix: 'Dr', given: 'Huw', family: 'Evans', role: 'gp', job: 'GP, rural practice' },
    ...{ place: places.hilltop, group: 'practice' },
    try: 'Open Walter Price: three carers, seven medicines, one plan. Then the Ashworths, at the end of a long copper line.',
  },
  {
    ...{ id: 'demo-noor', given: 'Noor', family: 'Haddad', role: 'nurse', job: 'Practice nurse' },
    ...{ place: places.harbour, group: 'practice' },
    try: 'Look at the blood pressures of Tomasz Nowak: treated, and still too high.',
  },
  {
    ...{ id: 'demo-ben', given: 'Ben', family: 'Carter', role: 'receptionist', job: 'Receptionist' },
    ...{ place: places.harbour, group: 'practice' },
    try: 'Find a person: you see who they are and their appointments, not their notes. Daniel Wright needs an interpreter.',
  },
  {
    ...{ id: 'demo-sue', given: 'Sue', family: 'Tanner', role: 'practice-manager', job: 'Practice manager' },
    ...{ place: places.harbour, group: 'practice' },
    try: 'When Jo Lind has asked to act for her daughter, decide it.',
  },
  {
    ...{ id: 'demo-mo', given: 'Mo', family: 'Rahman', role: 'pharmacist', job: 'Pharmacist' },
    ...{ place: places.pharmacy, group: 'practice' },
    try: 'Iris Okafor’s prescription was sent to your pharmacy.',
  },
  {
    ...{ id: 'demo-lena', prefix: 'Dr', given: 'Lena', family: 'Fischer', role: 'consultant' },
    ...{ job: 'Consultant, diabetes', specialty: 'diabetes' },
    ...{ place: places.infirmary, group: 'care' },
    try: 'Iris Okafor has been referred to you with a foot ulcer. Sam Reyes has not: his record stays closed.',
  },
  {
    ...{ id: 'demo-ruth', prefix: 'Dr', given: 'Ruth', family: 'Osei', role: 'consultant' },
    ...{ job: 'Consultant, breast cancer', specialty: 'breast' },
    ...{ place: places.infirmary, group: 'care' },
    try: 'Open Anita Desai, in the middle of chemotherapy: her bloods before the next cycle.',
  },
  {
    ...{ id: 'demo-yusuf', prefix: 'Dr', given: 'Yusuf', family: 'Demir', role: 'radiologist' },
    ...{ job: 'Radiologist', specialty: 'radiology' },
    ...{ place: places.infirmary, group: 'care' },
    try: 'Read the request and the earlier reports of Iris Okafor’s foot.',
  },
  {
    ...{ id: 'demo-chloe', given: 'Chloe', family: 'Bennett', role: 'midwife', job: 'Midwife' },
    ...{ place: places.infirmary, group: 'care' },
    try: 'Open Fatima Khan: her second pregnancy, and a blood pressure that is rising.',
  },
  {
    ...{ id: 'demo-elin', given: 'Elin', family: 'Morgan', role: 'community-nurse', job: 'Community nurse' },
    ...{ place: places.community, group: 'care' },
    try: 'Visit Walter Price: his leg, his pressures, and what matters to him.',
  },
  {
    ...{ id: 'demo-grace', given: 'Grace', family: 'Adeyemi', role: 'social-worker', job: 'Social worker' },
    ...{ place: places.council, group: 'care' },
    try: 'Walter Price’s care package is your task.',
  },
  {
    ...{ id: 'demo-leon', given: 'Leon', family: 'Baptiste', role: 'social-worker' },
    ...{ job: 'Social worker, children', place: places.council, group: 'care' },
    try: 'Open Kai Turner, a looked-after child with a protection plan.',
  },
  {
    ...{ id: 'demo-priya', given: 'Priya', family: 'Shah', role: 'information-governance' },
    ...{ job: 'Information governance and security lead', place: places.region, group: 'region' },
    try: 'Review emergency access and unusual access.',
  },
  {
    ...{ id: 'demo-alex', given: 'Alex', family: 'Moore', role: 'administrator' },
    ...{ job: 'System administrator', place: places.region, group: 'region' },
    try: 'Register an app or a system. You see no one’s record.',
  },
  {
    ...{ id: 'demo-dev', given: 'Dev', family: 'Malhotra', role: 'connectivity-lead' },
    ...{ job: 'Connectivity lead', place: places.region, group: 'region' },
    try: 'Open Lines: see what Hilltop Surgery’s copper line holds back, and what the plan would change.',
  },
  {
    ...{ id: 'demo-hana', given: 'Hana', family: 'Sato', role: 'analyst' },
    ...{ job: 'Population health analyst', place: places.region, group: 'region' },
    try: 'You plan from counts: no record that names someone opens.',
  },
  {
    ...{ id: 'demo-oscar', given: 'Oscar', family: 'Lindqvist', role: 'researcher', job: 'Researcher' },
    ...{ place: places.region, group: 'region' },
    try: 'You work on de-identified data: no one’s record opens.',
  },
  {
    ...{ id: 'demo-kim', given: 'Kim', family: 'Nordahl', role: 'supplier', job: 'Supplier of software' },
    ...{ place: places.supplier, group: 'region' },
    try: 'You see the region’s organisations and nothing of any patient.',
  },
  {
    ...{ id: 'demo-robin', given: 'Robin', family: 'Hale', role: 'supplier', job: 'System integrator' },
    ...{ place: places.supplier, group: 'region' },
    try: 'You see no patient: your system has a key of its own. Ask Alex Moore to register it under “Apps and systems”.',
  },
  {
    ...{ id: 'demo-ines', given: 'Ines', family: 'Duarte', role: 'supplier' },
    ...{ job: 'Delivery manager, full fibre', place: places.fibre, group: 'region' },
    try: 'See the orders placed with Brightfen Fibre, and no one else’s.',
  },
  {
    ...{ id: 'demo-edith', given: 'Edith', family: 'Crane', role: 'board-member', job: 'Board member' },
    ...{ place: places.region, group: 'region' },
    try: 'Read the board’s report on full fibre: progress, spending, forecast.',
  },
];

/** Someone whose record is here. */
export interface DemoPatient {
  readonly id: string;
  readonly prefix?: string;
  readonly given: string;
  readonly family: string;
  readonly gender: 'female' | 'male';
  /** Years on the day the region is made, so that stories stay true, and the birthday: `02-11`. */
  readonly age: number;
  readonly birthday: string;
  readonly nhsNumber: string;
  readonly line: string;
  readonly city: string;
  readonly postcode: string;
  readonly telephone: string;
  readonly email?: string;
  readonly practice: DemoPlace;
  /** Code of the NHS data dictionary's ethnic category. */
  readonly ethnicity: string;
  /** ISO 639-1, of the language they read best. */
  readonly language: string;
  readonly interpreter?: boolean;
  readonly needs?: readonly AccessNeed[];
  /** Who they are, in plain words, as the sign-in page says it. Default: “Patient”. */
  readonly what?: string;
  /** On the sign-in page; who has none is not there. `{demo-maya}` stands for the day that she was born. */
  readonly try?: string;
}

const harbourside = { city: 'Sandmouth', practice: places.harbour } as const;
const hillside = { city: 'Hill End', practice: places.hilltop } as const;

export const patients: readonly DemoPatient[] = [
  {
    ...{ id: 'demo-iris', prefix: 'Mrs', given: 'Iris', family: 'Okafor', gender: 'female' },
    ...{ age: 58, birthday: '02-11', nhsNumber: '9990001006', line: '4 Net Loft Lane', postcode: 'ZZ1 3AA' },
    ...{ ...harbourside, telephone: '01632 960101', ethnicity: 'N', language: 'en' },
    try: 'Type 2 diabetes with a foot ulcer. See who has looked at your record, and stop sharing with someone.',
  },
  {
    ...{ id: 'demo-tomasz', prefix: 'Mr', given: 'Tomasz', family: 'Nowak', gender: 'male' },
    ...{ age: 54, birthday: '06-03', nhsNumber: '9990003114', line: '21 Rope Walk', postcode: 'ZZ1 3AD' },
    ...{ ...harbourside, telephone: '01632 960102', ethnicity: 'C', language: 'pl', interpreter: true },
    try: 'High blood pressure that three medicines do not hold. See your readings from home beside the nurse’s.',
  },
  {
    ...{ id: 'demo-anita', prefix: 'Ms', given: 'Anita', family: 'Desai', gender: 'female' },
    ...{ age: 47, birthday: '09-19', nhsNumber: '9990003122', line: '8 Lantern Court', postcode: 'ZZ1 3AE' },
    ...{ ...harbourside, telephone: '01632 960103', ethnicity: 'H', language: 'en' },
    try: 'Breast cancer, after the third of six cycles. See your plan, your bloods and whom to ring in a fever.',
  },
  {
    ...{ id: 'demo-fatima', prefix: 'Mrs', given: 'Fatima', family: 'Khan', gender: 'female' },
    ...{ age: 31, birthday: '04-27', nhsNumber: '9990003130', line: '15 Capstan Road', postcode: 'ZZ1 3AF' },
    ...{ ...harbourside, telephone: '01632 960104', ethnicity: 'J', language: 'ur' },
    try: 'Your second pregnancy, 32 weeks, with raised blood pressure. See your due date, visits and plan.',
  },
  {
    ...{ id: 'demo-daniel', prefix: 'Mr', given: 'Daniel', family: 'Wright', gender: 'male' },
    ...{ age: 41, birthday: '12-08', nhsNumber: '9990003149', line: '3 Bell Yard', postcode: 'ZZ1 3AG' },
    ...{ ...harbourside, telephone: '01632 960105', ethnicity: 'A', language: 'en', interpreter: true },
    needs: ['british-sign-language', 'longer-appointments'],
    try: 'You are deaf and sign. See what your record tells staff about how to reach and meet you.',
  },
  {
    ...{ id: 'demo-sam', prefix: 'Mr', given: 'Sam', family: 'Reyes', gender: 'male' },
    ...{ age: 24, birthday: '10-05', nhsNumber: '9990002487' },
    ...{ line: 'Flat 2, 30 Mill Street', postcode: 'ZZ1 3AC' },
    ...{ ...harbourside, telephone: '01632 960106', ethnicity: 'G', language: 'en' },
    try: 'One entry in your record is sensitive. Decide who sees it.',
  },
  {
    ...{ id: 'demo-walter', prefix: 'Mr', given: 'Walter', family: 'Price', gender: 'male' },
    ...{ age: 88, birthday: '01-22', nhsNumber: '9990002851' },
    ...{ line: 'Rose Cottage, Hill Road', postcode: 'ZZ6 4AA' },
    ...{ ...hillside, telephone: '01632 960107', ethnicity: 'A', language: 'en' },
    needs: ['hearing-aid', 'large-print'],
    try: 'You are 88. Three people care for you: see your plan, who does what, and who looked at your record.',
  },
  {
    ...{ id: 'demo-carol', prefix: 'Mrs', given: 'Carol', family: 'Whitlock', gender: 'female' },
    ...{ age: 59, birthday: '05-16', nhsNumber: '9990003157', line: '2 Forge Lane', postcode: 'ZZ6 4AB' },
    ...{ ...hillside, telephone: '01632 960108', ethnicity: 'A', language: 'en' },
    what: 'Daughter and carer',
    try: 'You act for your father, Walter Price. Switch between your record and his.',
  },
  {
    ...{ id: 'demo-megan', prefix: 'Mrs', given: 'Megan', family: 'Ashworth', gender: 'female' },
    ...{ age: 39, birthday: '08-01', nhsNumber: '9990003165', line: 'Fell End Farm', postcode: 'ZZ6 4AC' },
    ...{ ...hillside, telephone: '01632 960109', ethnicity: 'A', language: 'en' },
    what: 'Parent on a farm with a 2 Mbit/s line',
    try: 'You act for Ella, who has asthma. Every page must come down a 2 Mbit/s line.',
  },
  {
    ...{ id: 'demo-rhys', prefix: 'Mr', given: 'Rhys', family: 'Ashworth', gender: 'male' },
    ...{ age: 42, birthday: '03-02', nhsNumber: '9990003173', line: 'Fell End Farm', postcode: 'ZZ6 4AC' },
    ...{ ...hillside, telephone: '01632 960109', ethnicity: 'A', language: 'cy' },
  },
  {
    ...{ id: 'demo-ella', given: 'Ella', family: 'Ashworth', gender: 'female' },
    ...{ age: 7, birthday: '07-20', nhsNumber: '9990003181', line: 'Fell End Farm', postcode: 'ZZ6 4AC' },
    ...{ ...hillside, telephone: '01632 960109', ethnicity: 'A', language: 'en' },
  },
  {
    ...{ id: 'demo-jo', prefix: 'Ms', given: 'Jo', family: 'Lind', gender: 'female' },
    ...{ age: 36, birthday: '07-30', nhsNumber: '9990001375', line: '12 Chandler Row', postcode: 'ZZ1 3AB' },
    ...{ ...harbourside, telephone: '01632 960110', ethnicity: 'A', language: 'en' },
    what: 'Parent',
    try: 'You act for your son Theo. Ask to act for your daughter Maya too: NHS number 999 000 2118, born {demo-maya}.',
  },
  {
    ...{ id: 'demo-maya', given: 'Maya', family: 'Lind', gender: 'female' },
    ...{ age: 9, birthday: '03-14', nhsNumber: '9990002118', line: '12 Chandler Row', postcode: 'ZZ1 3AB' },
    ...{ ...harbourside, telephone: '01632 960110', ethnicity: 'F', language: 'en' },
  },
  {
    ...{ id: 'demo-theo', given: 'Theo', family: 'Lind', gender: 'male' },
    ...{ age: 5, birthday: '11-02', nhsNumber: '9990003203', line: '12 Chandler Row', postcode: 'ZZ1 3AB' },
    ...{ ...harbourside, telephone: '01632 960110', ethnicity: 'F', language: 'en' },
  },
  {
    ...{ id: 'demo-marion', prefix: 'Mrs', given: 'Marion', family: 'Ellis', gender: 'female' },
    ...{
      age: 52,
      birthday: '01-09',
      nhsNumber: '9990003211',
      line: '27 Sailmaker Way',
      postcode: 'ZZ1 3AH',
    },
    ...{ ...harbourside, telephone: '01632 960111', ethnicity: 'M', language: 'en' },
    what: 'Foster carer',
    try: 'You act for Kai Turner, who lives with you. His flags are for those who protect him, not shown to you.',
  },
  {
    ...{ id: 'demo-kai', given: 'Kai', family: 'Turner', gender: 'male' },
    ...{ age: 8, birthday: '02-25', nhsNumber: '9990003238', line: '27 Sailmaker Way', postcode: 'ZZ1 3AH' },
    ...{ ...harbourside, telephone: '01632 960111', ethnicity: 'D', language: 'en' },
  },
];

/** `1968-02-11`: the birthday on which they became their age, for a region made at `now` (ms since 1970 UTC). */
export function bornOf({ age, birthday }: Pick<DemoPatient, 'age' | 'birthday'>, now: number): string {
  const year = new Date(now).getUTCFullYear();
  const hadIt = Date.parse(`${year}-${birthday}T00:00:00Z`) <= Math.floor(now / dayMs) * dayMs;
  return `${year - age - (hadIt ? 0 : 1)}-${birthday}`;
}

const longDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** What is worth trying as them, with the dates of a region made at `now`. */
export const worthTrying = (text: string, now: number): string =>
  text.replace(/\{([\w-]+)\}/g, (_, id: string) => {
    const one = patients.find((other) => other.id === id);
    return one ? longDate.format(new Date(`${bornOf(one, now)}T12:00:00Z`)) : '';
  });

/** Who may act for whom as the demonstration begins, as the practice agreed to it. */
export interface DemoProxy {
  /** Whose account. */
  readonly asker: string;
  readonly patient: string;
  /** Code of `proxyRelationships`. */
  readonly relationship: string;
  readonly basis: 'parental-responsibility' | 'own-consent' | 'best-interests';
  readonly evidence: string;
  readonly checked: string;
  /** Of the staff: who agreed to it. */
  readonly decider: string;
}

export const proxies: readonly DemoProxy[] = [
  {
    ...{ asker: 'demo-jo', patient: 'demo-theo', relationship: 'parent', basis: 'parental-responsibility' },
    evidence: 'I am his mother, and hold his birth certificate.',
    checked: 'His birth certificate and her passport.',
    decider: 'demo-sue',
  },
  {
    ...{
      asker: 'demo-megan',
      patient: 'demo-ella',
      relationship: 'parent',
      basis: 'parental-responsibility',
    },
    evidence: 'I am her mother, and hold her birth certificate.',
    checked: 'Her birth certificate; the family is known to the practice.',
    decider: 'demo-huw',
  },
  {
    ...{ asker: 'demo-carol', patient: 'demo-walter', relationship: 'carer', basis: 'own-consent' },
    evidence: 'I am his daughter and look after his medicines. He agrees.',
    checked: 'He told me himself, at home, that he wants it.',
    decider: 'demo-huw',
  },
  {
    ...{ asker: 'demo-marion', patient: 'demo-kai', relationship: 'guardian', basis: 'best-interests' },
    evidence: 'I am his foster carer; the council has delegated day-to-day decisions to me.',
    checked: 'The council’s letter of delegated authority, confirmed by his social worker.',
    decider: 'demo-sue',
  },
];

/** All references by which a relationship may name a member of staff. */
export const postOf = ({ id, role, place }: DemoStaff): Post => ({
  role,
  organisation: `Organization/${place.id}`,
  organisationKinds: [place.kind],
  parties: [`Organization/${place.id}`, `Practitioner/${id}`, `PractitionerRole/${id}`],
});
