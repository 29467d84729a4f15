/**
 * How a person's body stands on any day of their history: what measurements are taken of. Each value follows age, weight,
 * problems and treatment, wanders slowly, and says nothing of the error of a single reading.
 */
import { type Random, seededRandom } from '../../platform/random.ts';
import { medicines } from '../codes/medicines.ts';
import type { Life, Region } from '../model.ts';
import { ageOn, dayOf, ramp, year } from './calendar.ts';

/** Value on a day (days since 1970). */
export type Course = (day: number) => number;

export interface Body {
  /** mmHg. */
  readonly systolic: Course;
  readonly diastolic: Course;
  /** kg, cm, kg/m². */
  readonly weight: Course;
  readonly height: Course;
  readonly bmi: Course;
  /** mmol/mol. */
  readonly hba1c: Course;
  /** mmol/L. */
  readonly ldl: Course;
  readonly hdl: Course;
  readonly triglycerides: Course;
  /** mL/min/1.73 m². */
  readonly egfr: Course;
  /** mg/mmol. */
  readonly acr: Course;
  /** g/L, fL, µg/L. */
  readonly haemoglobin: Course;
  readonly mcv: Course;
  readonly ferritin: Course;
  /** mIU/L. */
  readonly tsh: Course;
  /** µg/L. */
  readonly psa: Course;
  /** mg/L. */
  readonly crp: Course;
  /** L/min. */
  readonly peakFlow: Course;
  /** L, and % of the forced vital capacity. */
  readonly fev1: Course;
  readonly fev1Share: Course;
  readonly oxygen: Course;
}

/** Days over which a medicine comes to its whole effect. */
const fullEffect = 56;

/** mmHg that a medicine of the kind takes from a raised pressure. Source: the order of size of Law and others, BMJ 2009;338:b1665. */
const pressureEffect: Readonly<Record<string, number>> = {
  ...{ 'ace-inhibitor': 9, 'angiotensin-blocker': 9, 'calcium-blocker': 9, thiazide: 9 },
  ...{ 'beta-blocker': 6, 'loop-diuretic': 4, 'potassium-sparing': 7 },
};
/** mmol/mol that a medicine of the kind takes from a raised HbA1c. Source: the order of size that NICE NG28 states. */
const sugarEffect: Readonly<Record<string, number>> = {
  ...{ metformin: 11, sulfonylurea: 10, gliptin: 7, gliflozin: 8, 'glp-1': 14, insulin: 18 },
};

/** Median length (cm) and weight (kg) of children by age in years. Source: WHO growth standards and reference, rounded. */
const growth: readonly (readonly [age: number, height: number, weight: number])[] = [
  ...([
    [0, 50, 3.4],
    [0.16, 58, 5.2],
    [0.5, 67, 7.6],
    [1, 75, 9.3],
    [2, 87, 12],
    [3, 95, 14.2],
    [4.5, 106, 17.2],
    [7, 121, 23],
    [10.5, 141, 34],
    [13, 156, 46],
    [15, 165, 56],
    [18, 170, 64],
  ] as const),
];

function grown(age: number, column: 1 | 2): number {
  const next = growth.findIndex(([years]) => years >= age);
  if (next <= 0) return growth[next < 0 ? growth.length - 1 : 0]![column];
  const [before, after] = [growth[next - 1]!, growth[next]!];
  return before[column] + ramp(age, before[0], after[0]) * (after[column] - before[column]);
}

/** Slow ups and downs about nothing, at most `size`. */
function wander(random: Random, size: number): Course {
  const waves = [random.between(1.5, 3), random.between(3, 7)].map(
    (years) => [(2 * Math.PI) / (years * year), random.between(0, 2 * Math.PI)] as const,
  );
  return (day) => waves.reduce((sum, [speed, phase]) => sum + Math.sin(day * speed + phase), 0) * (size / 2);
}

/** The same body for every part of a history. */
export function bodyOf({ person, problems, treatments }: Life, { seed }: Pick<Region, 'seed'>): Body {
  const r = seededRandom(`${seed}/${person.id}/body`);
  const female = person.sex === 'female';
  const age = (day: number): number => ageOn(person.born, day);
  const taken = treatments.map((one) => ({
    key: one.key,
    kind: medicines.get(one.key)?.kind ?? '',
    start: dayOf(one.start),
    end: one.end === undefined ? Number.POSITIVE_INFINITY : dayOf(one.end),
  }));
  const effectOf = (effects: Readonly<Record<string, number>>, day: number): number => {
    let sum = 0;
    for (const { kind, start, end } of taken)
      if (kind in effects && day > start && day < end + 30)
        sum += (effects[kind] ?? 0) * ramp(day, start, start + fullEffect);
    return sum;
  };
  /** How far a problem has come: from `before` years ahead of its onset to all of it, then gone over `after` years of its end. */
  const has = (keys: readonly string[], before = 0, after = 0.5) => {
    const found = problems
      .filter(({ key }) => keys.includes(key))
      .map(({ onset, ended, severity }) => ({
        severity,
        onset: dayOf(onset),
        ended: ended === undefined ? Number.POSITIVE_INFINITY : dayOf(ended),
      }));
    return (day: number): { readonly share: number; readonly severity: number; readonly years: number } => {
      let best = { share: 0, severity: 0, years: 0 };
      for (const { onset, ended, severity } of found) {
        const share =
          ramp(day, onset - before * year - 1, onset) * (1 - ramp(day, ended, ended + after * year + 1));
        if (share > best.share) best = { share, severity, years: Math.max(0, (day - onset) / year) };
      }
      return best;
    };
  };

  const [heightTrait, weightTrait] = [r.normal(0, 1), r.normal(0, 1)];
  const adultHeight = (female ? 163 : 176) + heightTrait * 6.5;
  const height: Course = (day) => {
    const years = age(day);
    if (years < 18) return grown(years, 1) + heightTrait * (1.5 + years * 0.25);
    return adultHeight - Math.max(0, years - 60) * 0.08;
  };
  const weightDrift = wander(r, 1.2);
  const cancer = has(['bowel-cancer', 'lung-cancer', 'breast-cancer']);
  const bmi: Course = (day) => {
    const years = age(day);
    if (years < 18) return weight(day) / (height(day) / 100) ** 2;
    const lost = effectOf({ 'glp-1': 3.5 }, day) + cancer(day).share * cancer(day).severity * 3;
    return Math.max(15.5, person.bmi + weightDrift(day) - lost - Math.max(0, years - 80) * 0.12);
  };
  const weight: Course = (day) =>
    age(day) < 18
      ? Math.max(2, grown(age(day), 2) * (1 + weightTrait * 0.1))
      : bmi(day) * (height(day) / 100) ** 2;

  const [pressureTrait, pulseTrait] = [r.normal(0, 7), r.normal(0, 4)];
  const raised = has(['hypertension'], 3);
  const pressureDrift = wander(r, 5);
  const failing = has(['heart-failure']);
  const unpressed: Course = (day) => {
    const years = Math.max(0, age(day));
    const young = 88 + Math.min(years, 18) * 1.3;
    const grownUp = young + Math.max(0, Math.min(years, 80) - 18) * 0.28 + (person.bmi - 25) * 0.5;
    const problem = raised(day);
    return (
      grownUp +
      pressureTrait +
      pressureDrift(day) +
      problem.share * (14 + 28 * problem.severity) -
      failing(day).share * 10
    );
  };
  const systolic: Course = (day) => {
    const free = unpressed(day);
    // The higher the pressure, the more a medicine takes from it; it does not go far below what is wanted.
    const room = Math.max(0.25, Math.min(1.3, (free - 110) / 40));
    return Math.max(92, free - Math.min(effectOf(pressureEffect, day) * room, Math.max(6, free - 112)));
  };
  const diastolic: Course = (day) =>
    Math.max(
      48,
      56 +
        (systolic(day) - 90) * 0.42 +
        pulseTrait -
        Math.max(0, age(day) - 55) * 0.28 -
        (age(day) < 16 ? 4 : 0),
    );

  const sugarTrait = r.normal(0, 1.8);
  const sugarDrift = wander(r, 2.5);
  const [type2, type1, near] = [
    has(['type-2-diabetes'], 4),
    has(['type-1-diabetes'], 0.2),
    has(['prediabetes'], 2),
  ];
  const hba1c: Course = (day) => {
    const healthy =
      33.5 + Math.max(0, age(day) - 35) * 0.07 + Math.max(0, person.bmi - 25) * 0.18 + sugarTrait;
    const one = type1(day);
    if (one.share > 0)
      return (
        healthy + one.share * (20 + 24 * one.severity + (one.years < 0.3 ? 30 : 0)) + sugarDrift(day) * 1.5
      );
    const two = type2(day);
    if (two.share > 0) {
      const untreated =
        healthy +
        two.share * (16 + 30 * two.severity + Math.min(two.years, 15) * 0.9) +
        sugarDrift(day) * 1.4;
      const taken = effectOf(sugarEffect, day) * Math.max(0.3, Math.min(1.2, (untreated - 40) / 30));
      return Math.max(41, untreated - Math.min(taken, Math.max(4, untreated - 44)));
    }
    const close = near(day);
    return Math.min(47.4, healthy + close.share * Math.max(0, 44.5 - healthy)) + sugarDrift(day) * 0.5;
  };

  const [fatTrait, goodTrait, triTrait] = [r.normal(0, 0.55), r.normal(0, 0.22), r.normal(0, 0.3)];
  const fatDrift = wander(r, 0.25);
  const highFat = has(['high-cholesterol', 'coronary-heart-disease', 'myocardial-infarction'], 5, 90);
  const statins = (day: number): number => {
    let most = 0;
    for (const { kind, key, start, end } of taken)
      if (kind === 'statin' && day > start && day < end + 30)
        most = Math.max(most, (key.endsWith('80') ? 0.48 : 0.38) * ramp(day, start, start + fullEffect));
    return most;
  };
  const ldl: Course = (day) => {
    const free =
      2.2 +
      Math.min(1.1, Math.max(0, age(day) - 20) * 0.024) +
      fatTrait +
      fatDrift(day) +
      highFat(day).share * 1.1;
    const absorbed = 1 - Math.min(0.2, effectOf({ 'cholesterol-absorption': 0.2 }, day));
    return Math.max(0.9, free * (1 - statins(day)) * absorbed);
  };
  const hdl: Course = (day) =>
    Math.max(
      0.7,
      (female ? 1.6 : 1.35) - Math.max(0, person.bmi - 25) * 0.018 + goodTrait + fatDrift(day) * 0.2,
    );
  const triglycerides: Course = (day) =>
    Math.max(
      0.5,
      1.1 + (person.bmi - 25) * 0.05 + triTrait + Math.max(0, hba1c(day) - 48) * 0.015 - statins(day) * 0.4,
    );

  const kidneyTrait = r.normal(0, 7);
  const kidneyDrift = wander(r, 4);
  const kidneys = has(['chronic-kidney-disease'], 3, 90);
  const egfr: Course = (day) => {
    const healthy = Math.min(118, 116 - Math.max(0, age(day) - 25) * 0.78 + kidneyTrait);
    const ill = kidneys(day);
    if (ill.share === 0) return Math.max(63, healthy + kidneyDrift(day));
    const slope = 1 + 3.2 * ill.severity;
    const atOnset = 57 - 20 * ill.severity;
    const worn = Math.min(healthy, atOnset) - ill.years * slope + kidneyDrift(day) * 0.4;
    return Math.max(7, healthy + ill.share * (worn - healthy));
  };
  const acrTrait = Math.exp(r.normal(0, 0.45));
  const acr: Course = (day) => {
    const [ill, two] = [kidneys(day), type2(day)];
    const leak =
      0.8 + ill.share * (2 + 45 * ill.severity ** 2 + ill.years * 1.2) + two.share * two.severity * 2.5;
    const spared = Math.min(
      0.45,
      effectOf({ 'ace-inhibitor': 0.35, 'angiotensin-blocker': 0.35, gliflozin: 0.2 }, day),
    );
    return Math.max(0.3, leak * acrTrait * (1 - spared));
  };

  const bloodTrait = r.normal(0, 5);
  const anaemia = has(['iron-deficiency-anaemia'], 0.5);
  const sickle = has(['sickle-cell-disease']);
  const ironed = (day: number): number => effectOf({ iron: 1 }, day);
  const haemoglobin: Course = (day) => {
    const short = anaemia(day);
    const lost = short.share * (18 + 22 * short.severity) * (1 - 0.8 * Math.min(1, ironed(day)));
    const worn = Math.max(0, 55 - egfr(day)) * 0.45;
    return (
      (age(day) < 12 ? 122 : female ? 134 : 149) +
      bloodTrait -
      lost -
      worn -
      sickle(day).share * 42 -
      cancer(day).share * cancer(day).severity * 18 -
      Math.max(0, age(day) - 75) * 0.4
    );
  };
  const cellTrait = r.normal(0, 3);
  const mcv: Course = (day) =>
    89 +
    cellTrait -
    anaemia(day).share * 13 * (1 - 0.7 * Math.min(1, ironed(day))) +
    effectOf({ immune: 3 }, day);
  const ironTrait = Math.exp(r.normal(0, 0.4));
  const ferritin: Course = (day) =>
    Math.max(
      3,
      (female ? 60 : 120) * ironTrait * (1 - anaemia(day).share * 0.9 * (1 - 0.6 * Math.min(1, ironed(day)))),
    );
  const thyroidTrait = Math.exp(r.normal(0, 0.3));
  const slow = has(['hypothyroidism'], 1);
  const tsh: Course = (day) => {
    const problem = slow(day);
    const untreated = 1.8 * thyroidTrait + problem.share * (6 + 14 * problem.severity);
    return untreated - (untreated - 2.1 * thyroidTrait) * Math.min(0.97, effectOf({ thyroid: 0.97 }, day));
  };
  const [prostate, bigger] = [has(['prostate-cancer'], 2), has(['prostate-enlargement'], 3)];
  const psa: Course = (day) => {
    const treated = effectOf({ 'prostate-cancer': 0.97 }, day);
    const ill = prostate(day);
    const own = 0.6 + Math.max(0, age(day) - 50) * 0.06 + bigger(day).share * 1.6;
    return Math.max(0.1, (own + ill.share * (6 + 22 * ill.severity)) * (1 - Math.min(0.96, treated)));
  };
  const flamed = has(['rheumatoid-arthritis', 'crohns-disease', 'ulcerative-colitis'], 0.3);
  const flares = wander(r, 1);
  const crp: Course = (day) => {
    const problem = flamed(day);
    const fire = problem.share * (6 + 24 * problem.severity) * Math.max(0.1, 0.6 + 0.6 * flares(day));
    return Math.max(1, 2 + fire * (1 - Math.min(0.7, effectOf({ immune: 0.6, bowel: 0.4 }, day))));
  };

  const breathTrait = r.normal(1, 0.08);
  const [asthma, copd] = [has(['asthma'], 0.5), has(['copd'], 5)];
  const breathDrift = wander(r, 0.05);
  /** Source of the shape: Gregg and Nunn's and GLI's curves, simplified. */
  const whole = (day: number): number => {
    const years = Math.min(90, Math.max(5, age(day)));
    const size = height(day) / 100;
    return years < 18
      ? ((size - 0.7) / 1.05) ** 1.6
      : Math.max(0.3, (size / 1.7) ** 2 * (1 - Math.max(0, years - 30) * 0.0085));
  };
  const narrowed = (day: number): number => {
    const [ill, worn] = [asthma(day), copd(day)];
    const helped = Math.min(0.7, effectOf({ preventer: 0.6, 'long-acting-reliever': 0.2 }, day));
    return (
      (1 - ill.share * 0.35 * ill.severity * (1 - helped)) *
      (1 - worn.share * Math.min(0.65, 0.25 + 0.3 * worn.severity + worn.years * 0.006)) *
      (1 + breathDrift(day))
    );
  };
  const peakFlow: Course = (day) =>
    Math.max(70, (female ? 440 : 590) * whole(day) * narrowed(day) * breathTrait);
  const fev1: Course = (day) =>
    Math.max(0.4, (female ? 3.1 : 4.1) * whole(day) * narrowed(day) * breathTrait);
  const fev1Share: Course = (day) => Math.max(32, 81 - copd(day).share * (16 + 22 * copd(day).severity));
  const oxygen: Course = (day) =>
    97.4 -
    copd(day).share * (1.5 + 4 * copd(day).severity) -
    failing(day).share * failing(day).severity * 1.5;

  return {
    ...{ systolic, diastolic, weight, height, bmi, hba1c, ldl, hdl, triglycerides, egfr, acr },
    ...{ haemoglobin, mcv, ferritin, tsh, psa, crp, peakFlow, fev1, fev1Share, oxygen },
  };
}

/**
 * Creatinine (µmol/L) that gives the estimated kidney function at the age. Source: CKD-EPI 2009 without the factor of
 * ethnicity, as NICE NG203 1.1 has it.
 */
export function creatinineOf(egfr: number, age: number, sex: 'female' | 'male'): number {
  const { kappa, alpha, top } = kidneyTerms(sex);
  const share = egfr / (top * 0.993 ** age);
  const ratio = share < 1 ? share ** (-1 / 1.209) : share ** (1 / alpha);
  return ratio * kappa * 88.4;
}

/** mL/min/1.73 m² from creatinine in µmol/L. The same source. */
export function egfrOf(creatinine: number, age: number, sex: 'female' | 'male'): number {
  const { kappa, alpha, top } = kidneyTerms(sex);
  const ratio = creatinine / 88.4 / kappa;
  return top * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** -1.209 * 0.993 ** age;
}

const kidneyTerms = (sex: 'female' | 'male') =>
  sex === 'female'
    ? { kappa: 0.7, alpha: -0.329, top: 141 * 1.018 }
    : { kappa: 0.9, alpha: -0.411, top: 141 };
