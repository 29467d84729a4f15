/** What is looked for in the audit log, and why: each rule lists accesses for a person to judge, and judges nothing itself. */

export type RuleId =
  | 'own-record'
  | 'colleague'
  | 'same-address'
  | 'same-family-name'
  | 'emergency-alone'
  | 'volume'
  | 'out-of-hours';

export interface AccessRule {
  readonly id: RuleId;
  readonly title: string;
  /** What it finds, as the reviewer reads it. */
  readonly finds: string;
  /** Why it is worth a look, and what may explain it. */
  readonly reason: string;
  readonly source: string;
}

const ig =
  'NHS England, Information governance: audit trails and inappropriate access; UK GDPR Article 5(1)(f)';

/** In the order in which they deserve a look. */
export const accessRules: readonly AccessRule[] = [
  {
    id: 'own-record',
    title: 'Their own record',
    finds: 'A member of staff opened their own record with their staff account.',
    reason:
      'Staff see their own record as patients do. With a staff account they may see, or change, what is withheld.',
    source: ig,
  },
  {
    id: 'colleague',
    title: 'A colleague’s record',
    finds: 'A member of staff opened the record of someone who works at the same organisation.',
    reason:
      'Colleagues are also patients, and the likeliest to be looked up out of curiosity. Treating them explains it.',
    source: ig,
  },
  {
    id: 'same-address',
    title: 'Someone at the same address',
    finds: 'A member of staff opened the record of someone who lives, or lived, at their own address.',
    reason:
      'Family and housemates have a right to privacy from each other. A home visit to neighbours does not match.',
    source: ig,
  },
  {
    id: 'emergency-alone',
    title: 'Emergency access that no care followed',
    finds:
      'A record was opened by emergency access, and a week later nothing in it ties the person to whoever opened it.',
    reason: 'After a real emergency there is nearly always a visit, a referral or a task.',
    source: ig,
  },
  {
    id: 'same-family-name',
    title: 'The same family name',
    finds: 'A member of staff opened the record of someone with their own family name.',
    reason:
      'It may be a relative. Common names match by chance, above all where the person is in their care.',
    source: ig,
  },
  {
    id: 'volume',
    title: 'Many more people than usual',
    finds:
      'A member of staff opened the records of at least 30 people in a day, and more than 3 times their own usual number.',
    reason:
      'It may be browsing, copying, or an account in other hands. A clinic, an audit or cover for others explains it.',
    source: ig,
  },
  {
    id: 'out-of-hours',
    title: 'At night',
    finds: 'Someone whose work is done by day opened records between 10pm and 6am.',
    reason: 'Nobody sees a screen at night. Extended hours or urgent care explain it.',
    source: ig,
  },
];

export const accessRule = (id: string): AccessRule | undefined => accessRules.find((rule) => rule.id === id);

export const thresholds = {
  /** People in a day, and times the usual, from which a volume is listed. */
  people: 30,
  times: 3,
  /** Days looked back on for the usual, and fewest with any work among them. */
  usualDays: 28,
  leastDays: 5,
  /** Hours of the night, UK time. */
  night: { from: 22, until: 6 },
  /** Days after which care should have followed an emergency. */
  careDays: 7,
} as const;

/** Roles whose work is done by day. */
export const dayRoles: readonly string[] = [
  ...['receptionist', 'practice-manager', 'gp', 'health-visitor', 'physiotherapist', 'pharmacy-technician'],
  ...['analyst', 'researcher', 'administrator', 'connectivity-lead', 'supplier'],
  'information-governance',
];
