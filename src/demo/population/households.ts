/**
 * Who lives together: the people of one home by age, sex and how they are related.
 * Source of the shares: Office for National Statistics, Census 2021, England, household composition (TS003) and size (TS017);
 * of ages within a home: Births in England and Wales 2022 (age of mothers, children of a family), Care home residents 2022.
 */
import type { Random } from '../../platform/random.ts';

export interface Member {
  /** Years and parts of a year, of those who died as though they lived. */
  readonly age: number;
  readonly sex: 'female' | 'male';
  /** Places in the home's list of its partner and parents. */
  readonly partner?: number;
  readonly parents?: readonly number[];
  readonly marital?: 'S' | 'M' | 'D' | 'W';
  /** Years ago they died. */
  readonly diedAgo?: number;
}

export type HouseholdKind =
  | 'alone'
  | 'alone-old'
  | 'couple-old'
  | 'couple'
  | 'family'
  | 'grown-family'
  | 'lone-parent'
  | 'lone-parent-grown'
  | 'shared'
  | 'generations'
  | 'care-home';

export interface HouseholdShape {
  readonly kind: HouseholdKind;
  readonly members: readonly Member[];
}

/** Of a hundred homes. */
const shares: readonly (readonly [HouseholdKind, number])[] = [
  ['alone', 16.5],
  ['alone-old', 14],
  ['couple-old', 11],
  ['couple', 16],
  ['family', 19],
  ['grown-family', 6.2],
  ['lone-parent', 7],
  ['lone-parent-grown', 4.2],
  ['shared', 3.6],
  ['generations', 2.6],
  ['care-home', 1.5],
];

type Band = readonly [low: number, high: number];
type Bands = readonly (readonly [Band, number])[];

const within = (bands: Bands, random: Random): number => random.between(...random.weighted(bands));

// biome-ignore format: a table is read by its rows
const ages: Readonly<Record<'alone' | 'alone-old' | 'couple-old' | 'couple' | 'care-home', Bands>> = {
  alone: [[[20, 30], 16], [[30, 40], 20], [[40, 50], 19], [[50, 60], 27], [[60, 66], 18]],
  'alone-old': [[[66, 71], 21], [[71, 76], 24], [[76, 81], 22], [[81, 86], 17], [[86, 91], 11], [[91, 99], 5]],
  'couple-old': [[[66, 71], 31], [[71, 76], 30], [[76, 81], 21], [[81, 86], 12], [[86, 92], 6]],
  couple: [[[22, 30], 22], [[30, 37], 23], [[37, 48], 13], [[48, 58], 24], [[58, 66], 18]],
  'care-home': [[[70, 80], 15], [[80, 86], 27], [[86, 92], 35], [[92, 101], 23]],
};

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export function householdOf(random: Random): HouseholdShape {
  const kind = random.weighted(shares);
  return { kind, members: membersOf(kind, random) };
}

/** One person, where there is room for no more. */
export function aloneHousehold(random: Random): HouseholdShape {
  const kind = random.chance(0.58) ? 'alone' : 'care-home';
  return { kind, members: membersOf(kind, random) };
}

function membersOf(kind: HouseholdKind, random: Random): readonly Member[] {
  switch (kind) {
    case 'alone':
      return [
        {
          age: within(ages.alone, random),
          sex: random.chance(0.58) ? 'male' : 'female',
          marital: random.chance(0.35) ? 'D' : 'S',
        },
      ];
    case 'alone-old':
      return oldAlone(random);
    case 'care-home': {
      const dead = random.chance(0.3) ? { diedAgo: random.between(0.1, 3) } : {};
      return [
        {
          age: within(ages['care-home'], random),
          sex: random.chance(0.7) ? 'female' : 'male',
          marital: 'W',
          ...dead,
        },
      ];
    }
    case 'couple-old':
      return couple(within(ages['couple-old'], random), 0.95, random);
    case 'couple':
      return couple(within(ages.couple, random), 0.6, random);
    case 'family':
      return family(random, { parents: 2, grown: false });
    case 'grown-family':
      return family(random, { parents: 2, grown: true });
    case 'lone-parent':
      return family(random, { parents: 1, grown: false });
    case 'lone-parent-grown':
      return family(random, { parents: 1, grown: true });
    case 'shared':
      return Array.from({ length: random.whole(2, 5) }, () => ({
        ...{ age: 18.5 + random.next() ** 1.6 * 16, sex: random.chance(0.5) ? 'female' : 'male' },
        marital: 'S',
      }));
    case 'generations':
      return generations(random);
  }
}

function oldAlone(random: Random): readonly Member[] {
  const age = within(ages['alone-old'], random);
  const sex = random.chance(0.67) ? 'female' : 'male';
  if (!random.chance(0.62)) return [{ age, sex, marital: random.chance(0.6) ? 'D' : 'S' }];
  const widowed: Member = { age, sex, marital: 'W' };
  // Some of those who died lived, and had their record, here.
  if (!random.chance(0.5)) return [widowed];
  const partner: Member = {
    ...{ age: clamp(age + random.normal(sex === 'female' ? 2.5 : -1, 3), 60, 102) },
    ...{ sex: sex === 'female' ? 'male' : 'female', marital: 'M', diedAgo: random.between(0.1, 8) },
  };
  return [widowed, partner];
}

/** `older`: age of one of them; `married`: how many have. */
function couple(older: number, married: number, random: Random): Member[] {
  const marital = random.chance(married) ? 'M' : 'S';
  const first = random.chance(0.5) ? 'female' : 'male';
  const same = random.chance(0.025);
  const other = first === 'female' ? 'male' : 'female';
  const gap = random.normal(first === 'male' ? 2 : -2, 3.2);
  return [
    { age: older, sex: first, partner: 1, marital },
    { age: clamp(older - gap, 18, 100), sex: same ? first : other, partner: 0, marital },
  ];
}

/** Ages of children, eldest first; those of one home are a year and a half to five years apart. */
function childAges(eldest: number, youngest: number, random: Random): number[] {
  const wanted = random.weighted([
    [1, 32],
    [2, 44],
    [3, 17],
    [4, 6],
    [5, 1],
  ]);
  const found = [eldest];
  for (let last = eldest; found.length < wanted; ) {
    last -= random.between(1.5, 4.5);
    if (last < youngest) break;
    found.push(last);
  }
  return found;
}

function family(
  random: Random,
  { parents, grown }: { readonly parents: 1 | 2; readonly grown: boolean },
): Member[] {
  const eldest = grown ? random.between(18, 31) : random.between(0.02, 19);
  const children = childAges(eldest, grown ? 17 : 0.02, random);
  const mother = clamp(eldest + clamp(random.normal(29.5, 5.2), 17, 43), 17, 75);
  const adults: Member[] =
    parents === 2
      ? [
          { age: mother, sex: 'female', partner: 1, marital: random.chance(0.72) ? 'M' : 'S' },
          {
            ...{ age: clamp(mother + random.normal(2, 3.5), eldest + 16, 85), partner: 0 },
            sex: random.chance(0.008) ? 'female' : 'male',
          },
        ]
      : [
          {
            age: mother,
            sex: random.chance(0.86) ? 'female' : 'male',
            marital: random.chance(0.4) ? 'D' : 'S',
          },
        ];
  const [first, second] = adults as [Member, Member?];
  const both: Member[] = second && first.marital ? [first, { ...second, marital: first.marital }] : adults;
  return [...both, ...childrenOf(children, parents === 2 ? [0, 1] : [0], random)];
}

const childrenOf = (children: readonly number[], parents: readonly number[], random: Random): Member[] =>
  children.map((age) => ({
    ...{ age, sex: random.chance(0.512) ? 'male' : 'female', parents, marital: 'S' },
  }));

function generations(random: Random): readonly Member[] {
  const young = family(random, { parents: 2, grown: false });
  const parent = random.whole(0, 1);
  const child = young[parent] as Member; // a family of two parents begins with them
  const grandmother = clamp(child.age + random.between(19, 36), 45, 99);
  const place = young.length;
  const both = random.chance(0.45);
  const elders: Member[] = [
    {
      ...{ age: grandmother, sex: 'female', marital: both ? 'M' : 'W' },
      ...(both ? { partner: place + 1 } : {}),
    },
    ...(both
      ? [
          {
            ...({ sex: 'male', marital: 'M', partner: place } as const),
            age: clamp(grandmother + random.normal(2, 3), child.age + 16, 101),
          },
        ]
      : []),
  ];
  const parents = both ? [place, place + 1] : [place];
  return [...young.map((one, i) => (i === parent ? { ...one, parents } : one)), ...elders];
}
