/** Vaccinations by the UK schedule: of childhood, of age and illness, of pregnancy, and against COVID-19. */
import type { Immunization, Patient } from '@medplum/fhirtypes';
import type { Random } from '../../platform/random.ts';
import { profiled, reference } from '../build.ts';
import {
  diseaseCode,
  type Vaccine,
  type VaccineKey,
  vaccineRoutes,
  vaccineSites,
  vaccines,
} from '../codes/vaccines.ts';
import type { HistoryPart, Life } from '../model.ts';
import { ageOn, dateOf, dayOf, weekday, year } from './calendar.ts';
import { lastDay } from './measurements.ts';
import { practiceNurse, workerReference } from './staff.ts';

interface Due {
  readonly key: VaccineKey;
  readonly day: number;
  readonly dose?: number;
  readonly series?: string;
  /** 0 to 1, of those invited. */
  readonly taken: number;
  readonly at?: 'school';
}

/** Weeks or years of age. */
const childhood: readonly (readonly [
  age: number,
  taken: number,
  ...doses: (readonly [VaccineKey, number])[],
])[] = [
  [8 / 52, 0.95, ['six-in-one', 1], ['rotavirus', 1], ['men-b', 1]],
  [12 / 52, 0.94, ['six-in-one', 2], ['pcv', 1], ['rotavirus', 2]],
  [16 / 52, 0.93, ['six-in-one', 3], ['men-b', 2]],
  [1.02, 0.9, ['hib-men-c', 1], ['mmr', 1], ['pcv', 2], ['men-b', 3]],
  [3.36, 0.86, ['four-in-one', 1], ['mmr', 2]],
];

/** Illnesses for which flu vaccination is offered before 65. Source: the Green Book, chapter 19. */
const atRisk: ReadonlySet<string> = new Set([
  ...[
    'asthma',
    'copd',
    'type-1-diabetes',
    'type-2-diabetes',
    'chronic-kidney-disease',
    'coronary-heart-disease',
  ],
  ...['heart-failure', 'stroke', 'atrial-fibrillation', 'rheumatoid-arthritis', 'multiple-sclerosis'],
  ...['sickle-cell-disease', 'learning-disability', 'breast-cancer', 'bowel-cancer', 'lung-cancer'],
]);

export const immunisations: HistoryPart = (life, region, random) => {
  const r = random.fork('immunisations');
  const until = lastDay(life, region);
  const born = dayOf(life.person.born);
  // Childhood vaccinations are in the record of all who grew up with it; the rest only within the history told.
  const from = life.person.born >= '2000' ? born : dayOf(life.from);
  const due = [
    ...ofChildhood(life, born),
    ...ofSeasons(life, until, r),
    ...ofAge(life, born),
    ...ofPandemic(life, r),
    ...ofPregnancy(life),
  ]
    .map((one) => ({ ...one, day: weekday(one.day + r.whole(0, 10)) }))
    .filter(({ day }) => day >= from && day <= until && day > born)
    .toSorted((a, b) => a.day - b.day);
  // A family that refuses one refuses most.
  const willing = r.chance(0.96);
  const written: Immunization[] = [];
  for (const one of due) {
    const given = r.chance(willing ? one.taken : one.taken * 0.25);
    if (!given && !r.chance(0.25)) continue;
    const id = `${life.person.id}-vaccine-${String(written.length + 1).padStart(2, '0')}`;
    written.push(immunisation(life, region, one, id, given, r));
  }
  return written;
};

function ofChildhood({ person }: Life, born: number): Due[] {
  if (person.born < '2000') return [];
  const doses = childhood.flatMap(([age, taken, ...all]) =>
    all.map(
      ([key, dose]): Due => ({
        ...{ key, dose, taken },
        day: Math.round(born + age * year),
        series: 'Childhood',
      }),
    ),
  );
  const teens: Due[] = [
    {
      key: 'hpv',
      dose: 1,
      day: Math.round(born + 12.6 * year),
      taken: person.sex === 'male' && person.born < '2006' ? 0 : 0.76,
      at: 'school',
    },
    { key: 'three-in-one', dose: 1, day: Math.round(born + 14.3 * year), taken: 0.75, at: 'school' },
    { key: 'men-acwy', dose: 1, day: Math.round(born + 14.3 * year), taken: 0.75, at: 'school' },
  ];
  return [...doses, ...teens].filter(({ taken }) => taken > 0);
}

/** Each autumn, to children, those over 65, and those at risk. */
function ofSeasons({ person, problems, pregnancies }: Life, until: number, r: Random): Due[] {
  const last = Number(dateOf(until).slice(0, 4));
  const due: Due[] = [];
  for (let autumn = last - 10; autumn <= last; autumn++) {
    const day = dayOf(`${autumn}-09-20`) + r.whole(0, 60);
    const age = ageOn(person.born, day);
    const ill = problems.some(
      ({ key, onset, ended }) =>
        atRisk.has(key) && dayOf(onset) <= day && (ended === undefined || dayOf(ended) > day),
    );
    const expecting = pregnancies.some(
      ({ began, ended }) => dayOf(began) + 30 <= day && (ended === undefined || dayOf(ended) > day),
    );
    if (age >= 2 && age < 4) due.push({ key: 'child-flu', day, taken: 0.44 });
    else if (age >= 4 && age < 11) due.push({ key: 'child-flu', day, taken: 0.54, at: 'school' });
    else if (age >= 65) due.push({ key: 'flu', day, taken: 0.78 });
    else if (age >= 18 && (ill || expecting)) due.push({ key: 'flu', day, taken: ill ? 0.46 : 0.38 });
  }
  return due;
}

function ofAge(_: Life, born: number): Due[] {
  const at = (key: VaccineKey, age: number, taken: number): Due => ({
    key,
    day: Math.round(born + age * year),
    taken,
    dose: 1,
  });
  const shinglesAge = born < dayOf('1958-09-01') ? 70.2 : 65.2;
  const rsv = Math.max(Math.round(born + 75.1 * year), dayOf('2024-09-10'));
  return [
    at('pneumococcal', 65.3, 0.7),
    at('shingles', shinglesAge, 0.5),
    ...(born + 80 * year > dayOf('2024-09-01')
      ? [{ key: 'rsv', day: rsv, taken: 0.6, dose: 1 } as const]
      : []),
  ];
}

/** The first doses of 2021 by age, the boosters, and those of later autumns to the oldest. */
function ofPandemic({ person }: Life, r: Random): Due[] {
  const age = ageOn(person.born, dayOf('2021-01-01'));
  if (age < 12) return [];
  const first =
    age >= 80
      ? '2021-01-10'
      : age >= 65
        ? '2021-02-15'
        : age >= 50
          ? '2021-03-20'
          : age >= 30
            ? '2021-05-20'
            : age >= 18
              ? '2021-06-25'
              : '2021-10-10';
  const start = dayOf(first) + r.whole(0, 25);
  const dose = (number: number, day: number, taken: number): Due => ({
    key: 'covid',
    day,
    dose: number,
    taken,
  });
  const reach = age >= 50 ? 0.95 : age >= 18 ? 0.82 : 0.5;
  const later: readonly (readonly [string, number, number])[] = [
    ['2022-09-20', 50, 0.65],
    ['2023-09-25', 65, 0.68],
    ['2024-10-05', 65, 0.6],
    ['2025-10-03', 75, 0.6],
  ];
  return [
    dose(1, start, reach),
    dose(2, start + r.whole(65, 84), reach * 0.96),
    dose(3, dayOf('2021-11-01') + Math.round(Math.max(0, 80 - age) * 0.7) + r.whole(0, 20), reach * 0.82),
    ...later
      .filter(([day, from]) => ageOn(person.born, dayOf(day)) >= from)
      .map(([day, , taken], i) => dose(4 + i, dayOf(day) + r.whole(0, 40), taken)),
  ];
}

const ofPregnancy = ({ pregnancies }: Life): Due[] =>
  pregnancies
    .filter(
      ({ outcome, began, ended }) =>
        outcome !== 'miscarriage' && dayOf(ended ?? '2999-01-01') > dayOf(began) + 190,
    )
    .map(({ began }) => ({ key: 'pregnancy-pertussis', day: dayOf(began) + 155, taken: 0.62 }) as const);

const refusals = [
  ['PATOBJ', 'Declined when offered'],
  ['MEDPREC', 'Unwell on the day'],
  ['OSTOCK', 'No vaccine in stock'],
] as const;

function immunisation(
  life: Life,
  region: Parameters<HistoryPart>[1],
  { key, day, dose, series, at }: Due,
  id: string,
  given: boolean,
  r: Random,
): Immunization {
  const { person } = life;
  const vaccine: Vaccine = vaccines[key];
  const age = ageOn(person.born, day);
  const here = dateOf(day) >= person.registered && at !== 'school';
  const [reason, words] = r.weighted(refusals.map((one, i) => [one, [7, 2, 1][i] ?? 1] as const));
  const batch = `${'ABCDEFGHJK'[r.whole(0, 9)]}${'LMNPRSTVWX'[r.whole(0, 9)]}${r.whole(1000, 9999)}`;
  const site = age < 1 ? 'thigh' : r.chance(0.8) ? 'left-arm' : 'right-arm';
  return {
    ...{ resourceType: 'Immunization', id, meta: profiled('UKCore-Immunization') },
    status: given ? 'completed' : 'not-done',
    ...(given
      ? {}
      : {
          statusReason: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: reason }],
            text: reason === 'PATOBJ' && age < 16 ? 'Declined by a parent' : words,
          },
        }),
    ...{ vaccineCode: { text: vaccine.name }, patient: reference<Patient>('Patient', person.id) },
    ...{ occurrenceDateTime: dateOf(day), primarySource: here },
    ...(at === 'school' ? { reportOrigin: { text: 'School vaccination service' } } : {}),
    ...(given
      ? {
          lotNumber: batch,
          expirationDate: dateOf(day + 120 + (batch.charCodeAt(3) % 9) * 20),
          ...(vaccine.way === 'muscle' ? { site: vaccineSites[site] } : {}),
          route: vaccineRoutes[vaccine.way],
        }
      : {}),
    ...(here
      ? {
          performer: [{ actor: workerReference(practiceNurse(life, region)) }],
        }
      : {}),
    protocolApplied: [
      {
        ...(series ? { series } : {}),
        targetDisease: vaccine.against.map(diseaseCode),
        ...(dose === undefined
          ? { doseNumberString: key === 'pregnancy-pertussis' ? 'One in each pregnancy' : 'Yearly' }
          : { doseNumberPositiveInt: dose }),
      },
    ],
  };
}
