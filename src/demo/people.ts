/** The people of the demonstration: whom its sign-in page lists to become, and what is worth trying as each. */
import type { Post } from '../access/identity.ts';

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
  pharmacy: { id: 'demo-pharmacy', name: 'Quay Pharmacy', ods: 'ZZP01', kind: 'pharmacy' },
  council: { id: 'demo-council', name: 'Sandmouth Council', ods: 'ZZC01', kind: 'social-care' },
  region: { id: 'demo-region', name: 'Sandmouth Health and Care', ods: 'ZZR01', kind: 'region' },
} as const satisfies Record<string, DemoPlace>;

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
  readonly place: DemoPlace;
  readonly try: string;
}

export const staff: readonly DemoStaff[] = [
  {
    ...{ id: 'demo-asha', prefix: 'Dr', given: 'Asha', family: 'Patel', role: 'gp', job: 'GP' },
    place: places.harbour,
    try: 'Open Iris Okafor, who is registered here. Walter Price is not: only emergency access opens his record.',
  },
  {
    ...{ id: 'demo-noor', given: 'Noor', family: 'Haddad', role: 'nurse', job: 'Practice nurse' },
    place: places.harbour,
    try: 'Look at the blood pressures of Iris Okafor.',
  },
  {
    ...{ id: 'demo-ben', given: 'Ben', family: 'Carter', role: 'receptionist', job: 'Receptionist' },
    place: places.harbour,
    try: 'Find a person: you see who they are and their appointments, not their notes.',
  },
  {
    ...{ id: 'demo-sue', given: 'Sue', family: 'Tanner', role: 'practice-manager', job: 'Practice manager' },
    place: places.harbour,
    try: 'When Jo Lind has asked to act for her daughter, decide it.',
  },
  {
    ...{
      id: 'demo-lena',
      prefix: 'Dr',
      given: 'Lena',
      family: 'Fischer',
      role: 'consultant',
      job: 'Consultant, diabetes',
    },
    place: places.infirmary,
    try: 'Iris Okafor has been referred to you. Nobody else has.',
  },
  {
    ...{ id: 'demo-mo', given: 'Mo', family: 'Rahman', role: 'pharmacist', job: 'Pharmacist' },
    place: places.pharmacy,
    try: 'Iris Okafor’s prescription was sent to your pharmacy.',
  },
  {
    ...{ id: 'demo-grace', given: 'Grace', family: 'Adeyemi', role: 'social-worker', job: 'Social worker' },
    place: places.council,
    try: 'Walter Price’s care package is your task.',
  },
  {
    ...{
      id: 'demo-priya',
      given: 'Priya',
      family: 'Shah',
      role: 'information-governance',
      job: 'Information governance lead',
    },
    place: places.region,
    try: 'Review emergency access and unusual access.',
  },
  {
    ...{
      id: 'demo-alex',
      given: 'Alex',
      family: 'Moore',
      role: 'administrator',
      job: 'System administrator',
    },
    place: places.region,
    try: 'Register an app. You see no one’s record.',
  },
];

/** Someone whose record is here. */
export interface DemoPatient {
  readonly id: string;
  readonly prefix?: string;
  readonly given: string;
  readonly family: string;
  readonly gender: 'female' | 'male';
  readonly born: string;
  readonly nhsNumber: string;
  readonly line: string;
  readonly postcode: string;
  readonly practice: DemoPlace;
  /** On the sign-in page; children are not. */
  readonly try?: string;
}

export const patients: readonly DemoPatient[] = [
  {
    ...{
      id: 'demo-iris',
      prefix: 'Mrs',
      given: 'Iris',
      family: 'Okafor',
      gender: 'female',
      born: '1968-02-11',
    },
    ...{ nhsNumber: '9990001006', line: '4 Net Loft Lane', postcode: 'ZZ99 3AA', practice: places.harbour },
    try: 'Type 2 diabetes and high blood pressure. See who has looked at your record, and stop sharing with someone.',
  },
  {
    ...{ id: 'demo-jo', prefix: 'Ms', given: 'Jo', family: 'Lind', gender: 'female', born: '1990-07-30' },
    ...{ nhsNumber: '9990001375', line: '12 Chandler Row', postcode: 'ZZ99 3AB', practice: places.harbour },
    try: 'Ask to act for your daughter Maya, who is 9.',
  },
  {
    ...{ id: 'demo-maya', given: 'Maya', family: 'Lind', gender: 'female', born: '2017-03-14' },
    ...{ nhsNumber: '9990002118', line: '12 Chandler Row', postcode: 'ZZ99 3AB', practice: places.harbour },
  },
  {
    ...{ id: 'demo-sam', prefix: 'Mr', given: 'Sam', family: 'Reyes', gender: 'male', born: '2002-10-05' },
    ...{
      nhsNumber: '9990002487',
      line: 'Flat 2, 30 Mill Street',
      postcode: 'ZZ99 3AC',
      practice: places.harbour,
    },
    try: 'One entry in your record is sensitive. Decide who sees it.',
  },
  {
    ...{
      id: 'demo-walter',
      prefix: 'Mr',
      given: 'Walter',
      family: 'Price',
      gender: 'male',
      born: '1938-01-22',
    },
    ...{
      nhsNumber: '9990002851',
      line: 'Rose Cottage, Hill Road',
      postcode: 'ZZ99 4AA',
      practice: places.hilltop,
    },
    try: 'Three people care for you. You see each of them in your record’s log.',
  },
];

/** All references by which a relationship may name a member of staff. */
export const postOf = ({ id, role, place }: DemoStaff): Post => ({
  role,
  organisation: `Organization/${place.id}`,
  organisationKinds: [place.kind],
  parties: [`Organization/${place.id}`, `Practitioner/${id}`, `PractitionerRole/${id}`],
});
