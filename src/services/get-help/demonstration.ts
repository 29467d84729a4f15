/**
 * Requests of the demonstration’s people: some sixty open ones, and those of the last eight weeks that were closed, so that expected
 * times come from a history. Made by a job after the start; the same ones each time, told from the hour they are made.
 */
import type { Patient, QuestionnaireResponse, Resource, Task } from '@medplum/fhirtypes';
import { z } from 'zod';
import { atStage, type ContactMode } from '../../fhir/primary-care.ts';
import { type Random, seededRandom } from '../../platform/random.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { readNow, searchUpTo } from '../../web/record-reading.ts';
import { demoPhoto } from './demonstration-photo.ts';
import { type DemoAsk, demoAsks } from './demonstration-texts.ts';
import { type Draft, findingsOf, pageOf, stepsOf, withStops } from './draft.ts';
import { formByKey, type HelpForm } from './forms/all-forms.ts';
import type { HelpNeeds } from './needs.ts';
import type { Answers } from './questionnaire/enable-when.ts';
import { isWorry, redFlagOf } from './questionnaire/extensions.ts';
import { type Asker, requestResources } from './request.ts';
import { urgencyOf } from './urgency.ts';
import { yearsOf } from './visitors.ts';

const kind = 'get-help-demonstration';
const practices = [
  { id: 'demo-harbour', name: 'Harbour Surgery', open: 38, closed: 240 },
  { id: 'demo-hilltop', name: 'Hilltop Surgery', open: 22, closed: 160 },
] as const;
const chunk = 120;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Half of such requests had a first answer within these, ms. */
const usual = { stat: 15 * minute, asap: 90 * minute, urgent: 6 * hour, routine: 20 * hour } as const;
const ways: readonly ContactMode[] = ['message', 'telephone', 'video', 'in-person', 'home-visit'];

interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly patient: Patient;
}

export function defineDemonstration(needs: HelpNeeds): void {
  const { jobs, log, isDemonstration, clock } = needs;
  jobs.define(kind, z.object({}), async ({ cancelled, progress }) => {
    const made = await makeRequests(needs, (done, total) => {
      progress(done, total);
      return !cancelled.aborted;
    });
    await jobs.clear(kind, clock.now() - day);
    return { made };
  });
  if (isDemonstration)
    jobs
      .start(kind, {})
      .catch((err: unknown) => log.warn({ err }, 'the demonstration’s requests for help could not be begun'));
}

/** Answers how many resources were written; none where they are there already. */
export async function makeRequests(
  { record, ownActor, clock }: Pick<HelpNeeds, 'record' | 'ownActor' | 'clock'>,
  told: (done: number, total: number) => boolean,
): Promise<number> {
  const own = { record, actor: ownActor };
  // Written last, so that what was cut short is made whole by the next start.
  if (await readNow(own, 'Task', 'demo-help-last')) return 0;
  const begun = await readNow<Task>(own, 'Task', 'demo-help-demo-harbour-1');
  const now = begun?.authoredOn === undefined ? clock.now() : Date.parse(begun.authoredOn) + hour;
  const resources: Resource[] = [];
  for (const practice of practices) {
    const query = `general-practitioner=Organization/${practice.id}&active=true&_sort=_id`;
    // Those who have a name of their own ask for themselves: their story is told elsewhere, and they are told of what changes.
    const found = (await searchUpTo<Patient>(own, 'Patient', query, 400)).resources.filter(
      ({ id = '' }) => !id.startsWith('demo-'),
    );
    if (found.length === 0) continue;
    const people = found.map(
      (patient): DemoPerson => ({
        ...{ id: patient.id ?? '', patient },
        name: plainName(chooseName(patient.name, localMoment(now).key)),
      }),
    );
    resources.push(...requestsOf(practice, people, now));
  }
  const last = resources.find(({ resourceType }) => resourceType === 'Task') as Task | undefined; // looked at
  if (!last) return 0;
  for (let at = 0; at < resources.length; at += chunk) {
    if (!told(at, resources.length)) return at;
    const part = resources.slice(at, at + chunk);
    await record.commit(
      ownActor,
      part.map((one) => ({
        kind: 'update',
        type: one.resourceType,
        id: one.id ?? '',
        text: JSON.stringify(one),
      })),
    );
  }
  const end: Task = {
    ...{ resourceType: 'Task', id: 'demo-help-last', intent: 'order', status: 'entered-in-error' },
    description: 'The demonstration’s requests for help are all there.',
  };
  await record.commit(ownActor, [
    { kind: 'update', type: 'Task', id: 'demo-help-last', text: JSON.stringify(end) },
  ]);
  return resources.length;
}

function requestsOf(
  practice: (typeof practices)[number],
  people: readonly DemoPerson[],
  now: number,
): readonly Resource[] {
  const random = seededRandom(`requests for help of ${practice.id}`);
  const made: Resource[] = [];
  // Of few people few requests: nobody asks a dozen times in two months.
  const open = Math.min(practice.open, people.length * 3);
  for (let n = 1; n <= open; n++) {
    const one = random.fork(`open ${n}`);
    const ask = demoAsks[(n * 7) % demoAsks.length]!; // in range
    const age = n === 1 ? hour : Math.min(6 * day, -Math.log(1 - one.next()) * 14 * hour + 5 * minute);
    const sent = now - age;
    const how = n % 11 === 0 ? 'unmatched' : n % 13 === 0 ? 'registration' : n % 5 === 0 ? 'phone' : 'page';
    made.push(
      ...requestOf(
        one,
        `demo-help-${practice.id}-${n}`,
        ask,
        one.pick(people),
        practice,
        sent,
        how,
        n % 8 === 0,
      ),
    );
  }
  const closed = Math.min(practice.closed, people.length * 4);
  for (let n = 1; n <= closed; n++) {
    const one = random.fork(`closed ${n}`);
    const ask = one.pick(demoAsks.filter(({ flags, form }) => !flags && form !== 'details'));
    const sent = workingTime(one, now);
    const id = `demo-help-${practice.id}-closed-${n}`;
    const [response, task] = requestOf(
      one,
      id,
      ask,
      one.pick(people),
      practice,
      sent,
      one.chance(0.2) ? 'phone' : 'page',
      false,
    ) as [QuestionnaireResponse, Task]; // as requestResources answers them without photos
    const first =
      sent + usual[(task.priority ?? 'routine') as keyof typeof usual] * Math.exp(one.normal(0, 0.7));
    const end = Math.min(now - minute, first + Math.exp(one.normal(0, 1)) * 4 * hour);
    const instant = (ms: number) => new Date(Math.min(ms, now - minute)).toISOString();
    made.push(response, {
      ...task,
      ...atStage('closed'),
      executionPeriod: { start: instant(first), end: instant(Math.max(first, end)) },
      lastModified: instant(Math.max(first, end)),
    });
  }
  return made;
}

/** A moment of the last eight weeks: most on Mondays and in the mornings, as practices know it. */
function workingTime(random: Random, now: number): number {
  const daysAgo = random.whole(3, 55);
  const midnight = Math.floor((now - daysAgo * day) / day) * day;
  const weekday = new Date(midnight).getUTCDay();
  const moved = weekday === 0 ? midnight + day : weekday === 6 ? midnight - day : midnight;
  const at = random.chance(0.25) && weekday > 2 ? moved - (weekday - 1) * day : moved;
  return at + 8 * hour + Math.min(11 * hour, -Math.log(1 - random.next()) * 3 * hour);
}

const names = [
  'Gwen Marsh',
  'Oliver Tate',
  'Precious Dube',
  'Hugo Lang',
  'Marta Kowal',
  'Ines Roy',
  'Ted Birch',
  'Lucy Frost',
];

function requestOf(
  random: Random,
  id: string,
  ask: DemoAsk,
  person: DemoPerson,
  practice: { readonly id: string; readonly name: string },
  sent: number,
  how: 'page' | 'phone' | 'unmatched' | 'registration',
  withPhoto: boolean,
): readonly Resource[] {
  const form = formByKey(how === 'registration' ? 'registration' : ask.form)!; // the test of these texts looks
  const strange = how === 'unmatched' || how === 'registration';
  const said = {
    ...{
      name: random.pick(names),
      born: `19${random.whole(40, 99)}-0${random.whole(1, 9)}-1${random.whole(0, 9)}`,
    },
    ...{ nhsNumber: '', telephone: `01632 960${random.whole(200, 899)}` },
  };
  const years = yearsOf(person.patient.birthDate, sent);
  const known: Answers = strange || years === undefined ? {} : { 'known-years': [{ valueInteger: years }] };
  const draft: Draft = {
    ...{
      id,
      form: form.key,
      cameBy: how === 'phone' ? 'telephone' : 'page',
      photos: [],
      stops: [],
      begun: sent,
    },
    ...{ typed: {}, practice: practice.id, ...(strange ? { said } : { person: person.id }) },
    answers: {
      ...known,
      ...(how === 'registration' ? registrationAnswers(said, random) : answersOf(form, ask, random)),
    },
    how: {
      modes: random.chance(0.7) ? [random.pick(ways)] : [],
      times: random.chance(0.3) ? random.pick(['Mornings', 'After 4pm', 'Not Wednesday', 'Any time']) : '',
      ...{ clinician: '', interpreter: random.chance(0.06) ? random.pick(['pl', 'ur', 'bfi']) : '' },
      ...{ chaperone: random.chance(0.05), contact: random.chance(0.1) ? 'Do not leave a message' : '' },
      access: random.chance(0.08) ? random.pick(['Large print', 'Step-free access', 'I need more time']) : '',
    },
  };
  const steps = stepsOf(draft, form).filter((step) => pageOf(form, draft, step));
  const stopped = withStops(draft, findingsOf(draft, form, steps), sent);
  const answered: Draft = {
    ...stopped,
    stops: stopped.stops.map((stop) => ({ ...stop, answer: ask.answer ?? 'on', answered: sent })),
  };
  const subject = { reference: `Patient/${person.id}`, display: person.name };
  const asker: Asker = strange
    ? { requester: { display: said.name } }
    : how === 'phone'
      ? { author: { display: 'Receptionist' }, requester: subject }
      : { author: subject, requester: subject };
  return requestResources({
    ...{ draft: answered, form, practice, asker, now: sent },
    ...(strange ? {} : { person: { id: person.id, name: person.name } }),
    photos:
      withPhoto && !strange && urgencyOf(answered, form).urgency !== 'stat'
        ? [{ id: `${id}-photo`, type: 'image/png', title: 'Photo', data: demoPhoto(random) }]
        : [],
  });
}

/** What they ticked and wrote; each question that must be answered has an answer. */
function answersOf(form: HelpForm, { words, flags = [], worse, worry }: DemoAsk, random: Random): Answers {
  const answers: Record<string, Answers[string]> = {};
  for (const page of form.form.item ?? []) {
    for (const { linkId = '', answerOption = [], type, required } of page.item ?? []) {
      const options = answerOption.flatMap((option) =>
        option.valueCoding ? [{ option, coding: option.valueCoding }] : [],
      );
      const pick = (code: string) => options.filter(({ coding }) => coding.code === code);
      const chosen =
        linkId === 'signs'
          ? flags.length > 0
            ? options.filter(({ option }) => flags.includes(redFlagOf(option) ?? '')).slice(0, 1)
            : pick('none')
          : linkId === 'worse'
            ? pick(worse ?? 'same')
            : linkId === 'since'
              ? pick(random.pick(['days', 'weeks', 'months']))
              : linkId === 'worries' && worry
                ? options.filter(({ option }) => isWorry(option)).slice(0, 1)
                : required && options.length > 0
                  ? options.slice(0, 1)
                  : [];
      if (chosen.length > 0) answers[linkId] = chosen.map(({ coding }) => ({ valueCoding: coding }));
      else if (linkId === 'words') answers[linkId] = [{ valueString: words }];
      else if (required && type === 'string') answers[linkId] = [{ valueString: words.slice(0, 80) }];
      else if (required && type === 'date') answers[linkId] = [{ valueDate: '2026-11-16' }];
    }
  }
  return answers;
}

function registrationAnswers(
  said: { name: string; born: string; telephone: string },
  random: Random,
): Answers {
  const [given = '', family = ''] = said.name.split(' ');
  const text = (valueString: string) => [{ valueString }];
  return {
    ...{ 'reg-given': text(given), 'reg-family': text(family), 'reg-born': [{ valueDate: said.born }] },
    ...{
      'reg-birthplace': text(
        random.pick(['Leeds, England', 'Lagos, Nigeria', 'Gdansk, Poland', 'Cork, Ireland']),
      ),
    },
    ...{
      'reg-line': text(`${random.whole(1, 90)} Quay Street`),
      'reg-city': text('Sandmouth'),
      'reg-phone': text(said.telephone),
    },
  };
}
