/**
 * The people of the region, home by home. Homes are made in blocks of so many people, each block from numbers of its own, so
 * that person number n depends on the region's seed and on n alone.
 */
import { type Random, seededRandom } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import type { AccessNeed, Organisation, Person, Region, Settlement } from '../model.ts';
import { mixedEthnicity, type Origin, originOf, speechOf } from './heritages.ts';
import { homeOf, type Place } from './homes.ts';
import { aloneHousehold, type HouseholdShape, householdOf, type Member } from './households.ts';
import { familyName, givenNames, type Heritage } from './names.ts';
import { testNhsNumber } from './nhs-numbers.ts';

/** People of a block. */
const blockSize = 40;
const yearMs = 365.2425 * dayMs;

export interface PeopleOptions {
  readonly count: number;
  /** Number of the first: those before it are not made. */
  readonly from?: number;
}

/** `p000123`. */
const personId = (n: number): string => `p${String(n).padStart(6, '0')}`;

/** People number `from` to `count`, in order. Relatives beyond the last are there by name alone. */
export function* peopleOf(region: Region, { count, from = 0 }: PeopleOptions): Generator<Person> {
  const known = (id: string | undefined): boolean => id !== undefined && Number(id.slice(1)) < count;
  for (let block = Math.floor(from / blockSize); block * blockSize < count; block++) {
    const people = blockOf(region, block);
    const cut = (block + 1) * blockSize > count;
    for (const [i, person] of people.entries()) {
      const n = block * blockSize + i;
      if (n < from || n >= count) continue;
      const relatives = cut
        ? person.relatives.map((one) => {
            const { person: id, ...rest } = one;
            return known(id) ? one : rest;
          })
        : person.relatives;
      yield { ...person, relatives };
    }
  }
}

/** Person number `n`, as `peopleOf` gives them among all. */
export function personAt(region: Region, n: number): Person {
  return blockOf(region, Math.floor(n / blockSize))[n % blockSize] as Person; // a block is always full
}

/** Numbers of their own for the life of a person. */
export const randomOf = (region: Region, person: Pick<Person, 'id'>): Random =>
  seededRandom(`${region.seed}/life/${person.id}`);

function blockOf(region: Region, block: number): Person[] {
  const random = seededRandom(`${region.seed}/people/${block}`);
  const people: Person[] = [];
  for (let home = 0; people.length < blockSize; home++) {
    const room = blockSize - people.length;
    let shape = householdOf(random);
    for (let tries = 0; shape.members.length > room && tries < 8; tries++) shape = householdOf(random);
    if (shape.members.length > room) shape = aloneHousehold(random);
    people.push(...household(region, `h${block}-${home}`, block * blockSize + people.length, shape, random));
  }
  return people.slice(0, blockSize);
}

interface Identity extends Origin {
  readonly family: string;
}

function household(
  region: Region,
  id: string,
  first: number,
  { kind, members }: HouseholdShape,
  random: Random,
): Person[] {
  const settlement = random.weighted(region.settlements.map((one) => [one, one.share] as const));
  const place = homeOf(region, settlement, kind === 'care-home', random);
  const identities = identitiesOf(kind, members, settlement, random);
  const move = moveOf(region, place, members, random);
  const drafts = members.map((member, i) =>
    personOf({
      ...{ region, id, place, member, move, n: first + i, random: random.fork(`${id}-${i}`) },
      identity: identities[i] as Identity,
    }),
  );
  return drafts.map((person, i) => ({ ...person, relatives: relativesOf(members, drafts, i, random) }));
}

/** Who comes from where: couples mostly alike, children after their parents, those who share a home each for themself. */
function identitiesOf(
  kind: HouseholdShape['kind'],
  members: readonly Member[],
  settlement: Settlement,
  random: Random,
): Identity[] {
  const old = kind === 'alone-old' || kind === 'couple-old' || kind === 'care-home';
  const young = old ? 0.35 : kind === 'generations' ? 2.6 : kind === 'grown-family' ? 0.9 : 1.3;
  const found: Identity[] = [];
  const own = (): Identity => {
    const origin = originOf(settlement, young, random);
    const mixed = origin.ethnicity === 'A' && !old && random.chance(0.018 * young);
    const ethnicity = mixed ? random.pick(['D', 'E', 'F', 'G']) : origin.ethnicity;
    return { ...origin, ethnicity, family: familyName(origin.heritage, random) };
  };
  const home = own();
  for (const [i, member] of members.entries()) {
    const parents = (member.parents ?? []).map((at) => found[at]).filter((one) => one !== undefined);
    const [one, other] = parents;
    if (one) {
      const ethnicity = other ? mixedEthnicity(one.ethnicity, other.ethnicity) : one.ethnicity;
      const after = other && random.chance(0.85) ? other : one;
      found.push({ ethnicity, heritage: after.heritage, family: after.family });
      continue;
    }
    if (kind === 'shared') {
      found.push(own());
      continue;
    }
    const elsewhere = i > 0 && member.partner !== undefined && random.chance(old ? 0.03 : 0.09);
    const origin = elsewhere ? originOf(settlement, 2, random) : home;
    const shares = i === 0 || member.marital === 'M' || kind === 'generations';
    const family = shares ? home.family : familyName(origin.heritage, random);
    found.push({ ethnicity: origin.ethnicity, heritage: origin.heritage, family });
  }
  return found;
}

interface Move {
  /** ms: when the home's grown people came to its practice. */
  readonly at: number;
  readonly practice: string;
  /** Practice of this region they were with before, and since when; none: they came from elsewhere. */
  readonly before?: { readonly practice: string; readonly at: number };
}

function moveOf(region: Region, place: Place, members: readonly Member[], random: Random): Move {
  const oldest = Math.max(...members.map(({ age }) => age));
  const mean = place.careHome ? 2.2 : oldest < 30 ? 2.5 : oldest < 50 ? 7 : 16;
  const years = Math.min(45, -Math.log(1 - random.next()) * mean) + 0.05;
  const practice = random.weighted(
    place.practices.slice(0, 3).map((id, i) => [id, [7, 2, 1][i] ?? 0] as const),
  );
  const others = region.organisations.filter(
    ({ kind, id }) => kind === 'general-practice' && id !== practice,
  );
  const at = region.now - years * yearMs;
  if (!random.chance(0.6) || others.length === 0) return { at, practice };
  const near = random.chance(0.6) ? place.practices.find((id) => id !== practice) : undefined;
  const before = near ?? (random.pick(others) as Organisation).id;
  return { at, practice, before: { practice: before, at: at - random.between(1, 15) * yearMs } };
}

interface Draft {
  readonly region: Region;
  readonly id: string;
  readonly n: number;
  readonly place: Place;
  readonly member: Member;
  readonly identity: Identity;
  readonly move: Move;
  readonly random: Random;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function personOf({ region, id, n, place, member, identity, move, random }: Draft): Person {
  const { age, sex } = member;
  const bornAt = Math.min(region.now - age * yearMs, region.now - 2 * dayMs);
  const born = dayOf(bornAt);
  const diedAt = member.diedAgo === undefined ? undefined : region.now - member.diedAgo * yearMs;
  const given = givenNames(identity.heritage, sex, Number(born.slice(0, 4)), random);
  const firstDay = bornAt + random.between(7, 40) * dayMs;
  // Those who were born later than the home moved were registered where they live.
  const latest = Math.min(region.now, diedAt ?? region.now) - dayMs;
  const registeredAt = Math.max(bornAt, Math.min(Math.max(move.at, firstDay), latest));
  const { before } = move;
  const earlier = before && registeredAt === move.at ? Math.max(before.at, firstDay) : undefined;
  const deprived = (5.5 - place.deprivation) / 4.5;
  return {
    ...{ id: personId(n), nhsNumber: testNhsNumber(n), given, family: identity.family, sex, born },
    ...prefixOf(member, random),
    ...(diedAt === undefined ? {} : { died: dayOf(diedAt) }),
    ...{ household: place.careHome ? `h-${place.careHome}` : id },
    ...{ line: place.line, city: place.city, postcode: place.postcode, at: place.at },
    ...{ deprivation: place.deprivation, ethnicity: random.chance(0.015) ? 'Z' : identity.ethnicity },
    ...speechOf(identity.heritage, age, random),
    needs: needsOf(age, random),
    telephone: place.careHome || (age > 75 && random.chance(0.5)) ? landline(random) : mobile(random),
    ...(age > 13 && age < 88 && random.chance(age > 70 ? 0.55 : 0.85)
      ? { email: emailOf(given[0] ?? '', identity.family, n) }
      : {}),
    ...{ practice: move.practice, registered: dayOf(registeredAt) },
    earlierPractices:
      before && earlier !== undefined && earlier < registeredAt
        ? [{ practice: before.practice, from: dayOf(earlier) }]
        : [],
    usualDoctor: doctorOf(region, move.practice, random),
    pharmacy: random.chance(0.75) ? (place.pharmacies[0] ?? '') : random.pick(place.pharmacies.slice(0, 3)),
    relatives: [],
    ...(age >= 16 && member.marital ? { marital: member.marital } : {}),
    ...(place.careHome ? { careHome: place.careHome } : {}),
    smoker: smokingOf(age, deprived, random),
    bmi: bodyOf(age, deprived, identity.heritage, random),
  };
}

function prefixOf({ sex, age, marital }: Member, random: Random): { readonly prefix?: string } {
  if (age < 16) return {};
  if (random.chance(0.012)) return { prefix: 'Dr' };
  if (sex === 'male') return { prefix: 'Mr' };
  if (marital === 'M' || marital === 'W') return { prefix: random.chance(0.8) ? 'Mrs' : 'Ms' };
  return { prefix: random.chance(age < 40 ? 0.6 : 0.3) ? 'Miss' : 'Ms' };
}

// Numbers that no one has. Source: Ofcom, telephone numbers for use in drama.
const mobile = (random: Random): string => `07700 900${String(random.whole(0, 999)).padStart(3, '0')}`;
const landline = (random: Random): string => `01632 960${String(random.whole(0, 999)).padStart(3, '0')}`;

const emailOf = (given: string, family: string, n: number): string =>
  `${given}.${family}${n}@example.com`.toLowerCase().replaceAll(/[^a-z0-9.@-]/g, '');

function doctorOf(region: Region, practice: string, random: Random): string {
  const doctors = region.workersOf(practice, 'gp');
  return doctors.length === 0 ? '' : random.pick(doctors).id;
}

/**
 * Sources: RNID, hearing aids (about 2 million of 12 million with hearing loss); British Deaf Association (sign language);
 * RNIB (large print, braille); NHS Digital, learning disabilities; NHS England, wheelchair services (1.2 million).
 */
function needsOf(age: number, random: Random): readonly AccessNeed[] {
  const old = age >= 65;
  const rates: readonly (readonly [AccessNeed, number])[] = [
    ['british-sign-language', 0.0014],
    ['hearing-aid', old ? 0.16 : 0.008],
    ['large-print', old ? 0.045 : 0.004],
    ['braille', 0.0003],
    ['easy-read', 0.004],
    ['wheelchair', old ? 0.05 : 0.008],
    ['advocate', 0.002],
    ['longer-appointments', old ? 0.03 : 0.008],
  ];
  return rates.filter(([, rate]) => random.chance(rate)).map(([need]) => need);
}

/** `deprived`: 1 the most, -1 the least. Source: ONS, Adult smoking habits 2023 (11.9 % of adults; by deprivation). */
function smokingOf(age: number, deprived: number, random: Random): Person['smoker'] {
  if (age < 16) return 'never';
  const current = (age < 25 ? 0.1 : age < 55 ? 0.14 : age < 70 ? 0.12 : 0.07) * (1 + 0.6 * deprived);
  const ex = age < 30 ? 0.08 : age < 50 ? 0.24 : age < 70 ? 0.33 : 0.42;
  return random.weighted([
    ['current', current],
    ['ex', ex],
    ['never', 1 - current - ex],
  ]);
}

/** Source: Health Survey for England 2022: mean 27.8, 29 % of adults 30 or more. */
function bodyOf(age: number, deprived: number, heritage: Heritage, random: Random): number {
  const middle = age < 30 ? 24.9 : age < 75 ? 27.3 : 26.4;
  const light = heritage === 'chinese' ? -2.5 : 0;
  const value = random.normal(middle + 0.9 * deprived + light, 4.6) + Math.max(0, random.normal(-2, 3));
  return Math.round(Math.min(52, Math.max(16.5, value)) * 10) / 10;
}

const fullName = ({ prefix, given, family }: Person): string =>
  [prefix, given[0], family].filter(Boolean).join(' ');

function relativesOf(
  members: readonly Member[],
  people: readonly Person[],
  at: number,
  random: Random,
): Person['relatives'] {
  const self = members[at] as Member;
  const found: Person['relatives'][number][] = [];
  const add = (relation: Person['relatives'][number]['relation'], index: number) => {
    const other = people[index];
    if (!other || other.died !== undefined) return;
    found.push({
      ...{ relation, person: other.id, name: fullName(other), telephone: other.telephone },
      ...(relation === 'child' ? { born: other.born } : {}),
    });
  };
  for (const parent of self.parents ?? [])
    add(members[parent]?.sex === 'female' ? 'mother' : 'father', parent);
  if (self.partner !== undefined) add('partner', self.partner);
  members.forEach((other, i) => {
    if (other.parents?.includes(at)) add('child', i);
    const parent = self.parents?.[0];
    if (i !== at && parent !== undefined && other.parents?.[0] === parent) add('sibling', i);
  });
  if (self.age > 74 && found.length === 0 && random.chance(0.75)) {
    const heritage: Heritage = 'british';
    const sex = random.chance(0.6) ? 'female' : 'male';
    const born = 2026 - self.age + random.whole(22, 36);
    const [name = ''] = givenNames(heritage, sex, born, random);
    const family =
      sex === 'male' || random.chance(0.4) ? (people[at]?.family ?? '') : familyName(heritage, random);
    const carer = random.chance(0.35);
    found.push({ relation: carer ? 'carer' : 'child', name: `${name} ${family}`, telephone: mobile(random) });
  }
  return found;
}
