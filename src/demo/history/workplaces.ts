/** Who sees a person where: of the practice that they had on the day, of hospitals and of those who visit. */
import type { Random } from '../../platform/random.ts';
import type { Person, Region, Site, Worker } from '../model.ts';

/** Undefined: they lived elsewhere, and nothing of the region has seen them. `day`: `2024-05-14`. */
export function practiceOn(person: Person, day: string): string | undefined {
  if (day >= person.registered) return person.practice;
  return person.earlierPractices.findLast(({ from }) => day >= from)?.practice;
}

/** The usual doctor more often than not; undefined where the practice has none. */
export function doctorOn(person: Person, region: Region, day: string, random: Random): Worker | undefined {
  const practice = practiceOn(person, day);
  if (practice === undefined) return undefined;
  const doctors = region.workersOf(practice, 'gp');
  const usual = doctors.find(({ id }) => id === person.usualDoctor);
  return usual && random.chance(0.6) ? usual : oneOf(doctors, random);
}

export function nurseOn(person: Person, region: Region, day: string, random: Random): Worker | undefined {
  const practice = practiceOn(person, day);
  if (practice === undefined) return undefined;
  const nurses = region.workersOf(practice, 'nurse');
  return oneOf(nurses.length > 0 ? nurses : region.workersOf(practice, 'gp'), random);
}

const oneOf = (workers: readonly Worker[], random: Random): Worker | undefined =>
  workers.length === 0 ? undefined : random.pick(workers);

/** Specialties of the mental-health trust. */
const ofMind = new Set(['mental-health', 'old-age-psychiatry']);

export function consultantFor(region: Region, specialty: string, random: Random): Worker | undefined {
  const kind = ofMind.has(specialty) ? 'mental-health-trust' : 'acute-trust';
  return oneOf(ofKind(region, kind, 'consultant', specialty), random);
}

/** Doctors and nurses of the emergency department. */
export const emergencyFor = (region: Region, random: Random): Worker | undefined =>
  oneOf(
    [
      ...ofKind(region, 'acute-trust', 'junior-doctor', 'emergency'),
      ...ofKind(region, 'acute-trust', 'consultant', 'emergency'),
      ...ofKind(region, 'acute-trust', 'nurse', 'emergency'),
    ],
    random,
  );

export const mindNurseFor = (region: Region, random: Random): Worker | undefined =>
  oneOf(ofKind(region, 'mental-health-trust', 'mental-health-nurse'), random);

export const midwifeFor = (region: Region, random: Random): Worker | undefined =>
  oneOf(ofKind(region, 'acute-trust', 'midwife'), random);

/** Of the community trust's clinic that is nearest as the crow flies. */
export function visitorFor(
  person: Person,
  region: Region,
  role: 'community-nurse' | 'health-visitor' | 'physiotherapist',
  random: Random,
): Worker | undefined {
  const workers = ofKind(region, 'community-trust', role);
  const far = ({ site }: Worker): number => {
    const { at } = region.site(site);
    return Math.hypot(at.east - person.at.east, at.north - person.at.north);
  };
  const nearest = Math.min(...workers.map(far));
  return oneOf(
    workers.filter((one) => far(one) === nearest),
    random,
  );
}

/** Every worker of a role in organisations of a kind. */
function ofKind(region: Region, kind: string, role: string, specialty?: string): readonly Worker[] {
  let known = found.get(region);
  if (!known) {
    known = new Map();
    found.set(region, known);
  }
  const key = `${kind} ${role} ${specialty ?? ''}`;
  let workers = known.get(key);
  if (!workers) {
    workers = region.organisations
      .filter((one) => one.kind === kind)
      .flatMap(({ id }) => region.workersOf(id, role, specialty));
    known.set(key, workers);
  }
  return workers;
}
const found = new WeakMap<Region, Map<string, readonly Worker[]>>();

/** Where they work; a branch where the practice has one takes none of them. */
export const siteOf = (region: Region, worker: Worker): Site => region.site(worker.site);
