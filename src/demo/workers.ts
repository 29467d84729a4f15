/** Who works in the region: those with a story, and enough others of every role that each place could open its doors. */
import { type Random, seededRandom } from '../platform/random.ts';
import { settlements } from './geography.ts';
import type { Organisation, Site, Worker } from './model.ts';
import { organisations, sites } from './organisations.ts';
import { staff } from './people.ts';
import { workerName } from './worker-names.ts';

/** How many of a post an organisation has, and where. */
interface Posts {
  readonly role: string;
  readonly job: string;
  readonly count: number;
  readonly specialty?: string;
  /** Id of their site; its main one where there is none. */
  readonly site?: string;
  readonly prefix?: 'Dr' | 'surgeon';
  /** Of a hundred, how many are women. Default 72, as in the NHS as a whole. */
  readonly women?: number;
}

interface Specialty {
  readonly key: string;
  /** As a doctor’s title says it: “Consultant in …”. */
  readonly field: string;
  /** The clinic’s name. */
  readonly clinic: string;
  readonly consultants: number;
  readonly surgeon?: true;
  readonly site?: string;
}

/** Specialties of the acute trust, by which its doctors and its clinics are known. */
export const acuteSpecialties: readonly Specialty[] = [
  { key: 'diabetes', field: 'diabetes and endocrinology', clinic: 'Diabetes clinic', consultants: 2 },
  { key: 'cardiology', field: 'cardiology', clinic: 'Heart clinic', consultants: 3 },
  { key: 'respiratory', field: 'respiratory medicine', clinic: 'Chest clinic', consultants: 2 },
  { key: 'breast', field: 'breast surgery', clinic: 'Breast clinic', consultants: 1, surgeon: true },
  { key: 'oncology', field: 'medical oncology', clinic: 'Cancer clinic', consultants: 2 },
  {
    ...{ key: 'obstetrics', field: 'obstetrics', clinic: 'Antenatal clinic', consultants: 2 },
    site: 'demo-maternity',
  },
  { key: 'gynaecology', field: 'gynaecology', clinic: 'Gynaecology clinic', consultants: 1, surgeon: true },
  {
    ...{
      key: 'older-people',
      field: 'older people’s medicine',
      clinic: 'Older people’s clinic',
      consultants: 2,
    },
    site: 'demo-aldermere-general',
  },
  { key: 'paediatrics', field: 'paediatrics', clinic: 'Children’s clinic', consultants: 2 },
  { key: 'renal', field: 'renal medicine', clinic: 'Kidney clinic', consultants: 1 },
  {
    ...{
      key: 'orthopaedics',
      field: 'trauma and orthopaedics',
      clinic: 'Bone and joint clinic',
      consultants: 2,
    },
    ...{ surgeon: true, site: 'demo-aldermere-general' },
  },
  { key: 'neurology', field: 'neurology', clinic: 'Neurology clinic', consultants: 1 },
  { key: 'gastroenterology', field: 'gastroenterology', clinic: 'Digestive clinic', consultants: 1 },
  {
    ...{ key: 'dermatology', field: 'dermatology', clinic: 'Skin clinic', consultants: 1 },
    site: 'demo-aldermere-general',
  },
  { key: 'ophthalmology', field: 'ophthalmology', clinic: 'Eye clinic', consultants: 1, surgeon: true },
  { key: 'urology', field: 'urology', clinic: 'Urology clinic', consultants: 1, surgeon: true },
  {
    ...{ key: 'rheumatology', field: 'rheumatology', clinic: 'Rheumatology clinic', consultants: 1 },
    site: 'demo-aldermere-general',
  },
  { key: 'surgery', field: 'general surgery', clinic: 'Surgical clinic', consultants: 2, surgeon: true },
  { key: 'emergency', field: 'emergency medicine', clinic: 'Emergency department', consultants: 2 },
];

const practicePosts = (gps: number): readonly Posts[] => [
  { role: 'gp', job: 'GP', count: gps, prefix: 'Dr', women: 57 },
  { role: 'nurse', job: 'Practice nurse', count: gps > 3 ? 2 : 1, women: 96 },
  { role: 'healthcare-assistant', job: 'Healthcare assistant', count: gps > 3 ? 1 : 0, women: 88 },
  { role: 'receptionist', job: 'Receptionist', count: gps > 3 ? 2 : 1, women: 92 },
  { role: 'practice-manager', job: 'Practice manager', count: 1, women: 80 },
  { role: 'pharmacist', job: 'Clinical pharmacist', count: gps > 4 ? 1 : 0 },
];

const acutePosts: readonly Posts[] = [
  ...acuteSpecialties.flatMap(({ key, field, consultants, surgeon, site }): Posts[] => [
    {
      ...{ role: 'consultant', job: `Consultant in ${field}`, count: consultants, specialty: key, women: 40 },
      ...{ prefix: surgeon ? 'surgeon' : 'Dr', ...(site ? { site } : {}) },
    },
  ]),
  ...['diabetes', 'cardiology', 'respiratory', 'oncology', 'renal'].map(
    (specialty): Posts => ({
      ...{ role: 'nurse', job: `Specialist nurse, ${specialty}`, count: 1, specialty, women: 90 },
    }),
  ),
  { role: 'nurse', job: 'Ward nurse', count: 5, women: 88 },
  { role: 'nurse', job: 'Ward nurse', count: 2, women: 88, site: 'demo-aldermere-general' },
  { role: 'nurse', job: 'Emergency nurse', count: 2, specialty: 'emergency', women: 82 },
  { role: 'junior-doctor', job: 'Foundation doctor', count: 5, prefix: 'Dr', women: 55 },
  { role: 'junior-doctor', job: 'Specialty registrar', count: 4, prefix: 'Dr', women: 50 },
  {
    ...{ role: 'junior-doctor', job: 'Registrar in emergency medicine', count: 2, specialty: 'emergency' },
    ...{ prefix: 'Dr', women: 50 },
  },
  {
    ...{ role: 'radiologist', job: 'Consultant radiologist', count: 2, specialty: 'radiology', prefix: 'Dr' },
    women: 40,
  },
  { role: 'radiographer', job: 'Radiographer', count: 4, specialty: 'radiology' },
  { role: 'pharmacist', job: 'Hospital pharmacist', count: 2 },
  { role: 'pharmacy-technician', job: 'Pharmacy technician', count: 2 },
  { role: 'physiotherapist', job: 'Physiotherapist', count: 2 },
  { role: 'midwife', job: 'Midwife', count: 7, specialty: 'obstetrics', site: 'demo-maternity', women: 99 },
  { role: 'healthcare-assistant', job: 'Healthcare assistant', count: 3 },
  { role: 'receptionist', job: 'Outpatient receptionist', count: 2, women: 90 },
  { role: 'safeguarding-lead', job: 'Named doctor for safeguarding', count: 1, prefix: 'Dr' },
];

const communityClinics = ['demo-community', 'demo-aldermere-clinic', 'demo-port-marrin-clinic'] as const;

const communityPosts: readonly Posts[] = communityClinics.flatMap((site): Posts[] => [
  { role: 'community-nurse', job: 'Community nurse', count: 3, site, women: 90 },
  { role: 'health-visitor', job: 'Health visitor', count: 2, site, women: 98 },
  { role: 'physiotherapist', job: 'Community physiotherapist', count: 1, site },
  { role: 'healthcare-assistant', job: 'Community support worker', count: 1, site },
]);

const mentalHealthPosts: readonly Posts[] = [
  {
    ...{ role: 'consultant', job: 'Consultant psychiatrist', count: 2, specialty: 'mental-health' },
    ...{ prefix: 'Dr', women: 48 },
  },
  {
    ...{ role: 'consultant', job: 'Consultant in old age psychiatry', count: 1, prefix: 'Dr' },
    ...{ specialty: 'old-age-psychiatry', women: 48, site: 'demo-larkfield-skelness' },
  },
  { role: 'mental-health-nurse', job: 'Community mental health nurse', count: 3, specialty: 'mental-health' },
  {
    ...{ role: 'mental-health-nurse', job: 'Community mental health nurse', count: 2 },
    ...{ specialty: 'mental-health', site: 'demo-larkfield-skelness' },
  },
];

const councilPosts = (id: string): readonly Posts[] => [
  { role: 'social-worker', job: 'Social worker, adults', count: 3, specialty: 'adults', women: 80 },
  {
    ...{ role: 'social-worker', job: 'Social worker, children', count: 3, specialty: 'children' },
    ...{ site: `${id}-children`, women: 85 },
  },
  {
    ...{ role: 'safeguarding-lead', job: 'Safeguarding lead, children', count: 1 },
    site: `${id}-children`,
  },
];

const ruralPlaces = new Set(settlements.filter(({ rural }) => rural).map(({ id }) => id));
const isRural = ({ id }: Organisation): boolean =>
  sites.some(({ organisation, settlement }) => organisation === id && ruralPlaces.has(settlement));

/** What an organisation has besides those with a story. `size`: a whole number from 0 to 4, of its own. */
function postsOf({ id, kind }: Organisation, size: number): readonly Posts[] {
  if (kind === 'general-practice') return practicePosts(2 + size);
  if (kind === 'acute-trust') return acutePosts;
  if (kind === 'community-trust') return communityPosts;
  if (kind === 'mental-health-trust') return mentalHealthPosts;
  if (kind === 'local-authority') return councilPosts(id);
  if (kind === 'pharmacy') {
    return [
      { role: 'pharmacist', job: 'Pharmacist', count: 1, women: 62 },
      { role: 'pharmacy-technician', job: 'Pharmacy technician', count: size > 2 ? 1 : 0 },
    ];
  }
  if (kind === 'care-home') return [{ role: 'care-home-nurse', job: 'Care home nurse', count: 1, women: 88 }];
  if (kind === 'ambulance-service') {
    return ['demo-ambulance', 'demo-ambulance-aldermere', 'demo-ambulance-brackenford'].map((site) => ({
      ...{ role: 'paramedic', job: 'Paramedic', count: 2, site, women: 45 },
    }));
  }
  if (kind === 'diagnostic-centre') {
    return [
      { role: 'radiographer', job: 'Radiographer', count: 2, specialty: 'radiology' },
      { role: 'radiologist', job: 'Consultant radiologist', count: 1, specialty: 'radiology', prefix: 'Dr' },
      { role: 'receptionist', job: 'Receptionist', count: 1 },
    ];
  }
  if (kind === 'region') return [{ role: 'analyst', job: 'Population health analyst', count: 1 }];
  return [];
}

/** Midwives work at the maternity unit, children’s social workers in their own team. */
function siteOf(organisation: string, role: string, job: string): Site {
  const all = sites.filter((site) => site.organisation === organisation);
  const wanted =
    role === 'midwife' ? 'demo-maternity' : /children/i.test(job) ? `${organisation}-children` : organisation;
  const site = all.find(({ id }) => id === wanted) ?? all[0];
  if (!site) throw new RangeError(`${organisation} has no site.`);
  return site;
}

const storied = (): Worker[] =>
  staff.map(({ id, prefix, given, family, role, job, specialty, place }): Worker => {
    const field = specialty ?? fieldOf(role, job);
    return {
      ...{ id, post: id, given, family, role, job, organisation: place.id },
      ...{ site: siteOf(place.id, role, job).id },
      ...(prefix === undefined ? {} : { prefix }),
      ...(field === undefined ? {} : { specialty: field }),
    };
  });

function fieldOf(role: string, job: string): string | undefined {
  if (role === 'midwife') return 'obstetrics';
  if (role === 'social-worker') return /children/i.test(job) ? 'children' : 'adults';
  return undefined;
}

/** Those with a story first, then by organisation. */
function makeWorkers(random: Random): readonly Worker[] {
  const named = storied();
  const workers = [...named];
  const taken = new Set(workers.map(({ given, family }) => `${given} ${family}`));
  for (const organisation of organisations) {
    const own = random.fork(organisation.id);
    const numbers = new Map<string, number>();
    const left = new Set(named.filter((one) => one.organisation === organisation.id));
    for (const posts of postsOf(organisation, isRural(organisation) ? own.whole(0, 1) : own.whole(1, 4))) {
      const fits = (one: Worker) => one.role === posts.role && one.specialty === posts.specialty;
      const filled = [...left].filter(fits).slice(0, posts.count);
      for (const one of filled) left.delete(one);
      for (let i = filled.length; i < posts.count; i++) {
        const number = (numbers.get(posts.role) ?? 0) + 1;
        numbers.set(posts.role, number);
        workers.push(workerOf(organisation, posts, { number, random: own, taken }));
      }
    }
  }
  return workers;
}

function workerOf(
  organisation: Organisation,
  { role, job, specialty, site, prefix, women = 72 }: Posts,
  { number, random, taken }: { number: number; random: Random; taken: Set<string> },
): Worker {
  let name = workerName(random, women);
  while (taken.has(`${name.given} ${name.family}`)) name = workerName(random, women);
  taken.add(`${name.given} ${name.family}`);
  const title = prefix === 'surgeon' ? (name.sex === 'female' ? 'Miss' : 'Mr') : prefix;
  const id = `${organisation.id}-${role}-${number}`;
  return {
    ...{ id, post: id, ...name, role, job, organisation: organisation.id },
    ...{ site: site ?? siteOf(organisation.id, role, job).id },
    ...(title ? { prefix: title } : {}),
    ...(specialty ? { specialty } : {}),
  };
}

export const workersFor = (seed: string): readonly Worker[] => makeWorkers(seededRandom(`${seed}/workers`));
