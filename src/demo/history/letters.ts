/** Letters about a person: referrals, clinic letters and discharge letters, each a document with its PDF. */
import { createHash } from 'node:crypto';
import type {
  Binary,
  Coding,
  DocumentReference,
  Encounter,
  Organization,
  Patient,
  Practitioner,
  Resource,
} from '@medplum/fhirtypes';
import { type LetterPart, letterPdf } from '../../web/letter-pdf.ts';
import { profiled, reference } from '../build.ts';
import { conditionKinds } from '../codes/conditions.ts';
import { type DocumentKind, documentKinds } from '../codes/documents.ts';
import { medicines } from '../codes/medicines.ts';
import type { Contact, HistoryPart, Life, Person, Region, Worker } from '../model.ts';
import { type Body, bodyOf } from './body.ts';
import { dateOf, dayOf, momentOf, weekday } from './calendar.ts';
import { type LetterWords, letterWords } from './letter-words.ts';
import { lastDay } from './measurements.ts';
import { usualDoctor, workerName } from './staff.ts';

/** What makes a letter a document of someone's record. */
export interface LetterAbout {
  readonly id: string;
  readonly person: Pick<
    Person,
    'id' | 'given' | 'family' | 'born' | 'nhsNumber' | 'line' | 'city' | 'postcode'
  >;
  readonly kind: DocumentKind;
  /** As lists of letters name it. */
  readonly title: string;
  readonly author: Worker;
  readonly region: Region;
  /** ISO 8601 in UTC: when it was written. */
  readonly written: string;
  readonly to: readonly string[];
  readonly parts: readonly LetterPart[];
  /** Id of the visit it is about. */
  readonly encounter?: string;
  readonly security?: readonly Coding[];
}

/** The file first, then the document that points at it. Both bear the same labels. */
export function letter(about: LetterAbout): [Binary, DocumentReference] {
  const { id, person, kind, title, author, region, written, encounter, security } = about;
  const bytes = letterPdf({ title, author: workerName(author), written, parts: partsOf(about) });
  const organisation = region.organisation(author.organisation);
  return [
    {
      ...{ resourceType: 'Binary', id: `${id}-file`, contentType: 'application/pdf' },
      ...(security === undefined ? {} : { meta: { security: [...security] } }),
      securityContext: reference<Patient>('Patient', person.id),
      data: bytes.toString('base64'),
    },
    {
      ...{ resourceType: 'DocumentReference', id, status: 'current', docStatus: 'final' },
      meta: profiled('UKCore-DocumentReference', security),
      ...{ type: documentKinds[kind], subject: reference<Patient>('Patient', person.id) },
      ...{ date: written, description: title },
      author: [reference<Practitioner>('Practitioner', author.id, workerName(author))],
      custodian: reference<Organization>('Organization', organisation.id, organisation.name),
      content: [
        {
          attachment: {
            ...{ contentType: 'application/pdf', language: 'en-GB', url: `Binary/${id}-file`, title },
            ...{ size: bytes.length, creation: written },
            hash: createHash('sha1').update(bytes).digest('base64'),
          },
        },
      ],
      ...(encounter === undefined
        ? {}
        : { context: { encounter: [reference<Encounter>('Encounter', encounter)] } }),
    },
  ];
}

const longDates = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' },
});
const longDate = (date: string): string => longDates.format(new Date(date));

function partsOf({ person, title, author, region, written, to, parts }: LetterAbout): LetterPart[] {
  const organisation = region.organisation(author.organisation);
  const site = region.site(author.site);
  return [
    { kind: 'small', text: [organisation.name, site.line, site.postcode, site.telephone].join('\n') },
    { kind: 'title', text: title },
    { kind: 'small', text: `${longDate(written)}\nTo: ${to.join(', ')}` },
    {
      kind: 'text',
      text: `About: ${person.given.join(' ')} ${person.family}, born ${longDate(person.born)}, NHS number ${person.nhsNumber.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3')}\n${person.line}, ${person.city}, ${person.postcode}`,
    },
    ...parts,
    { kind: 'text', text: `Yours sincerely\n${workerName(author)}\n${author.job}` },
    { kind: 'small', text: 'This letter is made up. Nobody in it is real.' },
  ];
}

/** What letters about mental health are kept under. Source: HL7 v3 ActCode, PSY. */
const mentalHealth: readonly Coding[] = [
  {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code: 'PSY',
    display: 'psychiatry disorder information sensitivity',
  },
];

/** At most so many of a kind, the newest. */
const most = { clinic: 10, discharge: 8 };

export const letters: HistoryPart = (life, region, random) => {
  const r = random.fork('letters');
  const until = lastDay(life, region);
  const body = bodyOf(life, region);
  const doctor = usualDoctor(life, region);
  const telling = { life, region, body, doctor };
  const past = life.contacts
    .filter(({ start }) => dayOf(start) <= until - 10 && start >= life.from)
    .toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const clinics = past.filter(({ kind }) => kind === 'outpatient' || kind === 'mental-health');
  const stays = past.filter(({ kind }) => kind === 'admission' || kind === 'emergency');
  const firsts = new Map<string, Contact>();
  for (const one of clinics) if (one.problem && !firsts.has(one.problem)) firsts.set(one.problem, one);
  const found: { readonly written: string; readonly make: (id: string) => Resource[] }[] = [];
  for (const first of firsts.values()) {
    const written = momentOf(weekday(dayOf(first.start) - r.whole(25, 60)), 10 * 60 + r.whole(0, 360));
    if (written > life.from) found.push({ written, make: (id) => referral(telling, first, written, id) });
  }
  for (const one of clinics.slice(-most.clinic)) {
    const written = momentOf(weekday(dayOf(one.start) + r.whole(1, 6)), 9 * 60 + r.whole(0, 420));
    found.push({ written, make: (id) => clinicLetter(telling, one, written, id) });
  }
  for (const one of stays.slice(-most.discharge)) {
    const end = Date.parse(one.start) + one.minutes * 60_000;
    const written = new Date(end).toISOString().replace(/\.\d+Z$/, 'Z');
    if (dayOf(written) <= until) found.push({ written, make: (id) => discharge(telling, one, written, id) });
  }
  return found
    .toSorted((a, b) => (a.written < b.written ? -1 : a.written > b.written ? 1 : 0))
    .flatMap(({ make }, i) => make(`${life.person.id}-letter-${String(i + 1).padStart(2, '0')}`));
};

interface Telling {
  readonly life: Life;
  readonly region: Region;
  readonly body: Body;
  /** The doctor at the practice. */
  readonly doctor: Worker;
}

const nameOf = (problem: string | undefined): string =>
  conditionKinds.get(problem ?? '')?.term.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase()) ??
  'this problem';

const labelsOf = ({ kind }: Contact): { security?: readonly Coding[] } =>
  kind === 'mental-health' ? { security: mentalHealth } : {};

/** What the person takes on a day, as a letter lists it. */
function medicinesOn({ treatments }: Life, day: number): string {
  const taken = treatments.filter(
    ({ start, end }) => dayOf(start) <= day && (end === undefined || dayOf(end) > day),
  );
  const names = [...new Set(taken.map(({ key }) => medicines.get(key)?.name ?? key))];
  return names.length > 0 ? names.join('\n') : 'None';
}

function problemsOn({ problems }: Life, day: number): string {
  const there = problems.filter(
    ({ onset, ended, key }) =>
      dayOf(onset) <= day &&
      (ended === undefined || dayOf(ended) > day) &&
      conditionKinds.get(key)?.course !== 'short',
  );
  return there.length > 0
    ? there
        .map(({ key, onset }) => `${conditionKinds.get(key)?.term ?? key} (since ${onset.slice(0, 4)})`)
        .join('\n')
    : 'None of note';
}

const list = (heading: string, text: string): LetterPart[] => [
  { kind: 'heading', text: heading },
  { kind: 'text', text },
];

const steps = ({ plan }: LetterWords): string => plan.map((one, i) => `${i + 1}. ${one}`).join('\n');

function referral(
  { life, region, doctor }: Telling,
  first: Contact,
  written: string,
  id: string,
): Resource[] {
  const { person } = life;
  const day = dayOf(written);
  return letter({
    ...{ id, person, region, written, author: doctor, kind: 'referral-letter', ...labelsOf(first) },
    title: `Referral: ${nameOf(first.problem)}`,
    to: [first.worker.job, region.organisation(first.worker.organisation).name],
    parts: [
      { kind: 'text', text: `Dear colleague,\n${letterWords(first.problem).asked}` },
      ...list('Problems', problemsOn(life, day)),
      ...list('Medicines', medicinesOn(life, day)),
    ],
  });
}

function clinicLetter(
  { life, region, body, doctor }: Telling,
  one: Contact,
  written: string,
  id: string,
): Resource[] {
  const { person } = life;
  const words = letterWords(one.problem);
  const day = dayOf(one.start);
  return letter({
    ...{ id, person, region, written, author: one.worker, kind: 'clinic-letter', encounter: one.id },
    ...labelsOf(one),
    title: `Clinic letter: ${nameOf(one.problem)}`,
    to: [workerName(doctor), region.organisation(person.practice).name],
    parts: [
      { kind: 'text', text: `Seen on ${longDate(dateOf(day))}. Copy to the patient.` },
      ...list('What we found', words.found(body, day)),
      ...list('Medicines', medicinesOn(life, day)),
      ...list('What happens next', steps(words)),
    ],
  });
}

function discharge(
  { life, region, body, doctor }: Telling,
  one: Contact,
  written: string,
  id: string,
): Resource[] {
  const { person } = life;
  const words = letterWords(one.problem);
  const day = dayOf(one.start);
  const stayed = one.kind === 'admission';
  return letter({
    ...{ id, person, region, written, author: one.worker, kind: 'discharge-letter', encounter: one.id },
    title: stayed ? `Discharge from hospital: ${nameOf(one.problem)}` : 'Visit to the emergency department',
    to: [workerName(doctor), region.organisation(person.practice).name],
    parts: [
      {
        kind: 'text',
        text: stayed
          ? `In hospital from ${longDate(dateOf(day))} to ${longDate(written)}.`
          : `Came to the emergency department on ${longDate(dateOf(day))}.`,
      },
      ...list('Reason', one.reason),
      ...list('What we found', words.found(body, day)),
      ...list('Medicines to take', medicinesOn(life, dayOf(written))),
      ...list('For the practice', steps(words)),
    ],
  });
}
