/** What a doctor writes under a result, to be read by the person too. */
import type { MeasureKey } from '../codes/measurements.ts';
import type { Life } from '../model.ts';
import { dayOf } from './calendar.ts';

type FindValue = (key: MeasureKey) => number | undefined;
type Has = (...problems: string[]) => boolean;

const normal = 'Normal. No action needed.';

const comments: Readonly<Record<string, (value: FindValue, has: Has) => string>> = {
  hba1c: (value, has) => {
    const it = value('hba1c') ?? 0;
    if (has('type-2-diabetes', 'type-1-diabetes')) {
      if (it >= 75)
        return 'Well above target. Please make an appointment with the diabetes nurse within two weeks.';
      if (it > 58) return 'Above target. We will talk about your treatment at your diabetes review.';
      return it <= 48
        ? 'At target. Well done, carry on as you are.'
        : 'Close to target. Carry on, repeat in six months.';
    }
    if (it >= 48) return 'In the range of diabetes. Please make an appointment to talk about this.';
    if (it >= 42)
      return 'Higher than normal: a risk of diabetes. Please ask about the diabetes prevention programme.';
    return normal;
  },
  lipids: (value, has) => {
    const bad = (value('cholesterol') ?? 0) - (value('hdl') ?? 0);
    if (has('coronary-heart-disease', 'myocardial-infarction', 'stroke', 'peripheral-arterial-disease'))
      return bad > 2.6
        ? 'Above target after heart disease. Let us talk about a stronger treatment.'
        : 'At target.';
    if ((value('cholesterol') ?? 0) >= 7.5)
      return 'Very high. Please make an appointment to talk about treatment.';
    return bad > 4
      ? 'Raised. Diet and exercise help; your risk of heart disease decides about medicine.'
      : normal;
  },
  kidney: (value, has) => {
    const it = value('egfr') ?? 100;
    if ((value('potassium') ?? 4) > 5.5) return 'Potassium is high. Please repeat the test this week.';
    if (it < 30) return 'Kidney function is much reduced. The kidney clinic has been told.';
    if (it < 60)
      return has('chronic-kidney-disease')
        ? 'Reduced, as known. Repeat as planned.'
        : 'Lower than normal. Please repeat in three months.';
    return normal;
  },
  acr: (value) =>
    (value('acr') ?? 0) >= 30
      ? 'Much protein in the urine. Please see the doctor about treatment that protects the kidneys.'
      : (value('acr') ?? 0) >= 3
        ? 'Some protein in the urine. Please send another morning sample.'
        : normal,
  'blood-count': (value) => {
    const it = value('haemoglobin') ?? 140;
    if (it < 100) return 'Anaemia. Please make an appointment this week.';
    return it < 120
      ? (value('mcv') ?? 90) < 80
        ? 'Mild anaemia with small cells, most often from low iron. Iron levels next.'
        : 'Slightly anaemic. Repeat in three months.'
      : normal;
  },
  ferritin: (value) => ((value('ferritin') ?? 50) < 15 ? 'Iron stores are low. Iron tablets help.' : normal),
  tsh: (value, has) => {
    const it = value('tsh') ?? 2;
    if (it > 4.5)
      return has('hypothyroidism')
        ? 'Dose may be too low. Please make an appointment.'
        : 'Thyroid slightly underactive. Repeat in three months.';
    return it < 0.4
      ? 'Thyroid slightly overactive, or the dose too high. Please make an appointment.'
      : normal;
  },
  psa: (value, has) =>
    (value('psa') ?? 0) > 4
      ? has('prostate-cancer')
        ? 'The hospital team has this result and will talk with you.'
        : 'Raised. Please make an appointment to talk about what this means.'
      : 'Not raised.',
  crp: (value) =>
    (value('crp') ?? 0) > 10 ? 'Raised: a sign of inflammation. As expected with your condition.' : normal,
};

/** `key`: of the panel or of the single test. */
export function commentOn(key: string, value: FindValue, { problems }: Life, day: number): string {
  const has: Has = (...keys) =>
    problems.some(
      ({ key: problem, onset, ended }) =>
        keys.includes(problem) && dayOf(onset) <= day && (ended === undefined || dayOf(ended) > day),
    );
  return comments[key]?.(value, has) ?? normal;
}
