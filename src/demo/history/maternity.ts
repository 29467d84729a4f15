/** Pregnancies: booking, antenatal contacts and scans with what was measured, birth or loss, and appointments to come. */
import type {
  Appointment,
  CodeableConcept,
  Coding,
  Condition,
  DiagnosticReport,
  Encounter,
  EpisodeOfCare,
  Location,
  Observation,
  Organization,
  Patient,
  Procedure,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import type { Random } from '../../platform/random.ts';
import { hl7, profiled, reference, said } from '../build.ts';
import {
  type AntenatalContact,
  antenatalContacts,
  maternityCodes,
  proteinStates,
} from '../codes/maternity.ts';
import { amount } from '../codes/measurements.ts';
import type { HistoryPart, Life, Pregnancy, Region } from '../model.ts';
import { pressureReading } from './blood-pressure.ts';
import { type Body, bodyOf } from './body.ts';
import { dateOf, dayMs, dayOf, momentOf, weekday } from './calendar.ts';
import { lastDay } from './measurements.ts';
import { workerReference } from './staff.ts';

/** What the parts of one pregnancy are written with. */
interface Telling {
  readonly life: Life;
  readonly region: Region;
  readonly pregnancy: Pregnancy;
  readonly random: Random;
  readonly body: Body;
  /** Last day that is told: of the history, or of the pregnancy. */
  readonly until: number;
  readonly subject: Reference<Patient>;
  readonly unit: Reference<Organization>;
  readonly place: Reference<Location>;
  readonly episode: Reference<EpisodeOfCare>;
}

export const maternity: HistoryPart = (life, region, random) => {
  const r = random.fork('maternity');
  const body = bodyOf(life, region);
  return life.pregnancies.flatMap((pregnancy) => {
    const end = pregnancy.ended === undefined ? Number.POSITIVE_INFINITY : dayOf(pregnancy.ended) - 1;
    const { midwife, unit } = pregnancy;
    const organisation = region.organisation(midwife.organisation);
    return told({
      ...{ life, region, pregnancy, random: r, body, until: Math.min(end, lastDay(life, region)) },
      subject: reference<Patient>('Patient', life.person.id),
      unit: reference<Organization>('Organization', organisation.id, organisation.name),
      place: reference<Location>('Location', unit.id, unit.name),
      episode: reference<EpisodeOfCare>('EpisodeOfCare', pregnancy.id),
    });
  });
};

const dayOfWeek = ({ began }: Pregnancy, week: number): number => dayOf(began) + week * 7;

function told(telling: Telling): Resource[] {
  const { pregnancy, until, random } = telling;
  if (pregnancy.outcome === 'miscarriage') return loss(telling);
  const booked = dayOfWeek(pregnancy, 9);
  if (booked > until) return [];
  const visits = antenatalContacts
    .map((one) => ({ ...one, day: weekday(dayOfWeek(pregnancy, one.week) + random.whole(-3, 3)) }))
    .filter(({ day }) => day <= until);
  return [
    ...conditions(telling),
    episode(telling, booked),
    ...dates(telling, booked),
    ...visits.flatMap((one, i) => antenatal(telling, one, i + 1)),
    ...(pregnancy.outcome === 'live-birth' ? birth(telling) : toCome(telling)),
  ];
}

/** Source: UK Core; a pregnancy is a problem of its own while it lasts. */
function pregnant(
  { subject, pregnancy }: Telling,
  suffix: string,
  code: CodeableConcept,
  from: number,
  security?: readonly Coding[],
): Condition {
  return {
    ...{ resourceType: 'Condition', id: `${pregnancy.id}-${suffix}`, code, subject },
    meta: profiled('UKCore-Condition', security),
    clinicalStatus: hl7('condition-clinical', pregnancy.ended === undefined ? 'active' : 'resolved'),
    verificationStatus: hl7('condition-ver-status', 'confirmed'),
    category: [hl7('condition-category', 'problem-list-item')],
    ...{ onsetDateTime: dateOf(from), recordedDate: dateOf(from) },
    ...(pregnancy.ended === undefined ? {} : { abatementDateTime: pregnancy.ended }),
    recorder: workerReference(pregnancy.midwife),
  };
}

function conditions(telling: Telling): Condition[] {
  const { pregnancy, until } = telling;
  const raisedFrom = dayOfWeek(pregnancy, 31);
  return [
    pregnant(telling, 'condition', maternityCodes.pregnancy, dayOfWeek(pregnancy, 9)),
    ...(pregnancy.raisedPressure && raisedFrom <= until
      ? [pregnant(telling, 'pressure', maternityCodes['raised-pressure'], raisedFrom)]
      : []),
  ];
}

function episode({ pregnancy, subject, unit }: Telling, booked: number): EpisodeOfCare {
  const { ended, midwife } = pregnancy;
  return {
    ...{ resourceType: 'EpisodeOfCare', id: pregnancy.id, meta: profiled('UKCore-EpisodeOfCare') },
    status: ended === undefined ? 'active' : 'finished',
    type: [said('Maternity care')],
    diagnosis: [{ condition: reference<Condition>('Condition', `${pregnancy.id}-condition`) }],
    ...{ patient: subject, managingOrganization: unit, careManager: workerReference(midwife) },
    period: { start: dateOf(booked), ...(ended === undefined ? {} : { end: ended }) },
  };
}

function observed(
  { pregnancy, subject }: Telling,
  suffix: string,
  code: CodeableConcept,
  at: string,
  value: Partial<Observation>,
  encounter?: string,
): Observation {
  return {
    ...{ resourceType: 'Observation', id: `${pregnancy.id}-${suffix}`, status: 'final' },
    meta: profiled('UKCore-Observation'),
    category: [hl7('observation-category', 'exam')],
    ...{ code, subject, effectiveDateTime: at, performer: [workerReference(pregnancy.midwife)] },
    ...(encounter === undefined ? {} : { encounter: reference<Encounter>('Encounter', encounter) }),
    ...value,
  };
}

const dates = (telling: Telling, booked: number): Observation[] => [
  observed(telling, 'last-period', maternityCodes['last-period'], dateOf(booked), {
    valueDateTime: telling.pregnancy.began,
  }),
  observed(telling, 'due', maternityCodes.due, dateOf(booked), { valueDateTime: telling.pregnancy.due }),
];

function visited(
  { pregnancy, subject, unit, place, episode }: Telling,
  id: string,
  what: string,
  start: string,
  minutes: number,
  isStay = false,
): Encounter {
  const end = new Date(Date.parse(start) + minutes * 60_000).toISOString().replace('.000Z', 'Z');
  return {
    ...{ resourceType: 'Encounter', id, meta: profiled('UKCore-Encounter'), status: 'finished' },
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      ...(isStay ? { code: 'IMP', display: 'inpatient encounter' } : { code: 'AMB', display: 'ambulatory' }),
    },
    ...{ type: [said(what)], subject, episodeOfCare: [episode] },
    participant: [{ individual: workerReference(pregnancy.midwife) }],
    ...{ period: { start, end }, reasonCode: [said(what)], serviceProvider: unit },
    location: [{ location: place }],
  };
}

function antenatal(
  telling: Telling,
  one: AntenatalContact & { readonly day: number },
  n: number,
): Resource[] {
  const { pregnancy, random, body } = telling;
  const id = `${pregnancy.id}-visit-${String(n).padStart(2, '0')}`;
  const start = momentOf(one.day, 9 * 60 + random.whole(0, 28) * 15);
  const encounter = visited(telling, id, one.name, start, one.scan ? 30 : 20);
  if (one.scan) return [encounter, scanned(telling, one, id, start)];
  const { week, day } = one;
  const raised = pregnancy.raisedPressure && week >= 31 ? 24 + (week - 31) * 1.5 : 0;
  const usual = Math.min(126, body.systolic(day)) - (week > 12 && week < 30 ? 6 : 2);
  const systolic = Math.round(usual + raised + random.normal(0, 5));
  const diastolic = Math.round(Math.min(systolic - 25, 62 + (systolic - 105) * 0.55 + random.normal(0, 3)));
  const midwife = workerReference(pregnancy.midwife);
  const protein =
    proteinStates[raised > 0 && week >= 36 ? random.whole(1, 2) : random.chance(0.07) ? 1 : 0] ??
    proteinStates[0];
  return [
    encounter,
    pressureReading(`${id}-bp`, telling.life.person.id, start, systolic, diastolic, midwife, id),
    observed(
      telling,
      `visit-${n}-protein`,
      maternityCodes['urine-protein'],
      start,
      { valueCodeableConcept: protein },
      id,
    ),
    ...(week >= 16
      ? [
          observed(
            telling,
            `visit-${n}-heart`,
            maternityCodes['fetal-heart'],
            start,
            {
              valueQuantity: amount({ unit: 'per minute', ucum: '/min' }, Math.round(random.normal(142, 7))),
              referenceRange: [
                {
                  low: amount({ unit: 'per minute', ucum: '/min' }, 110),
                  high: amount({ unit: 'per minute', ucum: '/min' }, 160),
                },
              ],
            },
            id,
          ),
        ]
      : []),
    ...(week >= 25
      ? [
          observed(
            telling,
            `visit-${n}-fundus`,
            maternityCodes['fundal-height'],
            start,
            {
              valueQuantity: amount({ unit: 'cm', ucum: 'cm' }, Math.round(week + random.normal(0, 1))),
            },
            id,
          ),
        ]
      : []),
  ];
}

function scanned(
  { pregnancy, subject, unit }: Telling,
  { scan, found = '' }: AntenatalContact,
  encounter: string,
  at: string,
): DiagnosticReport {
  return {
    ...{ resourceType: 'DiagnosticReport', id: `${encounter}-report`, status: 'final' },
    meta: profiled('UKCore-DiagnosticReport'),
    category: [hl7('v2-0074', 'RAD', 'Radiology')],
    ...{
      code: maternityCodes[scan ?? 'early-scan'],
      subject,
      encounter: reference<Encounter>('Encounter', encounter),
    },
    ...{
      effectiveDateTime: at,
      issued: at,
      performer: [unit],
      resultsInterpreter: [workerReference(pregnancy.midwife)],
    },
    conclusion: found,
  };
}

/** Source of the shares: NHS Maternity Statistics, England 2022-23. */
const births: readonly (readonly ['birth' | 'caesarean' | 'instrumental', number])[] = [
  ['birth', 49],
  ['caesarean', 39],
  ['instrumental', 12],
];

function birth(telling: Telling): Resource[] {
  const { pregnancy, random, subject, life } = telling;
  const born = pregnancy.ended;
  if (born === undefined) return [];
  const way = random.weighted(births);
  const id = `${pregnancy.id}-birth`;
  const start = momentOf(dayOf(born) - 1, 20 * 60 + random.whole(0, 180));
  const baby = life.person.relatives.find((one) => one.relation === 'child' && one.born === born);
  const weight = Math.round(random.normal(3_380, 420) / 10) * 10;
  const stay = visited(telling, id, 'Birth', start, (way === 'caesarean' ? 3 : 2) * 1_440, true);
  const done: Procedure = {
    ...{ resourceType: 'Procedure', id: `${id}-procedure`, meta: profiled('UKCore-Procedure') },
    ...{ status: 'completed', code: maternityCodes[way], subject },
    ...{ encounter: reference<Encounter>('Encounter', id), performedDateTime: born },
    performer: [{ actor: workerReference(pregnancy.midwife) }],
    outcome: { text: 'Live birth' },
    note: [
      {
        text: `${baby ? `${baby.name} was born` : 'A baby was born'} in good condition and weighed ${weight.toLocaleString('en-GB')} g.`,
      },
    ],
  };
  // The stay may end after the day that is told: then the mother is still in hospital.
  const { now } = telling.region;
  if (Date.parse(stay.period?.end ?? '') <= now) return [stay, done];
  return [{ ...stay, status: 'in-progress', period: { start } }, done];
}

/** What is kept under reproductive health. Source: HL7 v3 ActCode, SEX. */
const reproductive: readonly Coding[] = [
  {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code: 'SEX',
    display: 'sexuality and reproductive health information sensitivity',
  },
];

/** Only what a person would want those who treat them to know, under its label. */
function loss(telling: Telling): Resource[] {
  const { pregnancy } = telling;
  const day = dayOf(pregnancy.ended ?? pregnancy.due);
  if (day > telling.until + 1) return [];
  return [
    {
      ...pregnant(telling, 'loss', maternityCodes.miscarriage, day, reproductive),
      abatementDateTime: dateOf(day),
    },
  ];
}

/** The next two appointments of a pregnancy that lasts. */
function toCome(telling: Telling): Appointment[] {
  const { pregnancy, region, subject, place } = telling;
  const today = Math.floor(region.now / dayMs);
  return antenatalContacts
    .map((one) => ({ ...one, day: weekday(dayOfWeek(pregnancy, one.week)) }))
    .filter(({ day }) => day > today)
    .slice(0, 2)
    .map(({ name, day, week, scan }): Appointment => {
      const start = momentOf(day, 10 * 60 + (week % 6) * 30);
      const actors = [subject, workerReference(pregnancy.midwife), place];
      return {
        ...{ resourceType: 'Appointment', id: `${pregnancy.id}-appointment-${week}`, status: 'booked' },
        ...{ meta: profiled('UKCore-Appointment'), description: name, appointmentType: said('In person') },
        ...{ start, end: momentOf(day, 10 * 60 + (week % 6) * 30 + (scan ? 30 : 20)) },
        ...{ minutesDuration: scan ? 30 : 20, created: momentOf(today - 12, 11 * 60) },
        ...(scan ? { patientInstruction: 'Please come with a full bladder.' } : {}),
        participant: actors.map((actor) => ({ actor, status: 'accepted' })),
      };
    });
}
