/** Diaries for two practices of the demonstration, partly booked by people who have no account: nobody is told of it. */
import type { Appointment, Patient, Schedule, Slot } from '@medplum/fhirtypes';
import { seededRandom } from '../../platform/random.ts';
import type { Actor } from '../../record/actor.ts';
import { addDays, localMoment } from '../../web/dates.ts';
import { appointmentOf, bookableModesOf, kindsOf } from './diary-resources.ts';
import { type GenerateNeeds, generateSlots } from './generate-slots.ts';
import type { BookableMode, Kind } from './kinds.ts';
import { idInSeries } from './series.ts';
import { type SessionTemplate, scheduleId } from './session-template.ts';
import { isConflict, put, searchVersioned } from './stored-search.ts';

const days = 15;
const anyMode: readonly BookableMode[] = ['telephone', 'video', 'in-person'];
const weekdays = [1, 2, 3, 4, 5];

interface Place {
  readonly organisation: string;
  readonly siteName: string;
}
const harbour: Place = { organisation: 'demo-harbour', siteName: 'Harbour Surgery' };
const hilltop: Place = { organisation: 'demo-hilltop', siteName: 'Hilltop Surgery' };
const asha = { practitioner: 'demo-asha', practitionerName: 'Dr Asha Patel' };
const noor = { practitioner: 'demo-noor', practitionerName: 'Noor Haddad' };
const huw = { practitioner: 'demo-huw', practitionerName: 'Dr Huw Evans' };

const session = (
  id: string,
  place: Place,
  who: Pick<SessionTemplate, 'practitioner' | 'practitionerName'>,
  of: Pick<SessionTemplate, 'name' | 'from' | 'until' | 'minutes'> & {
    readonly kinds: readonly Kind[];
    readonly more?: Partial<SessionTemplate>;
  },
): Omit<SessionTemplate, 'starts'> => ({
  ...{ id: `demo-${id}`, ...place, site: place.organisation, ...who, weekdays, everyWeeks: 1 },
  ...{ name: of.name, from: of.from, until: of.until, minutes: of.minutes, kinds: of.kinds },
  ...{ gap: 0, places: 1, modes: anyMode, release: { days: 14, at: '08:00' }, selfBook: false },
  ...{ atHolidays: false, ...of.more },
});

const sessions: readonly Omit<SessionTemplate, 'starts'>[] = [
  session('asha-morning', harbour, asha, {
    ...{ name: 'Morning surgery', from: '08:30', until: '11:30', minutes: 15, kinds: ['gp-routine'] },
    more: { selfBook: true },
  }),
  session('asha-today', harbour, asha, {
    ...{ name: 'On the day', from: '14:00', until: '16:30', minutes: 10, kinds: ['gp-today', 'gp-routine'] },
    more: { release: { days: 0, at: '08:00' } },
  }),
  session('asha-fee', harbour, asha, {
    ...{ name: 'Medicals', from: '17:00', until: '18:00', minutes: 30, kinds: ['fee'] },
    more: { weekdays: [3], modes: ['in-person'], fee: 9500 },
  }),
  session('noor-clinic', harbour, noor, {
    ...{ name: 'Nurse clinic', from: '09:00', until: '12:00', minutes: 20 },
    kinds: ['blood-test', 'vaccination', 'nurse'],
    more: { modes: ['in-person'], selfBook: true },
  }),
  session('noor-reviews', harbour, noor, {
    ...{ name: 'Reviews', from: '13:30', until: '16:30', minutes: 30, kinds: ['review'] },
    more: { weekdays: [1, 2, 4, 5], selfBook: true },
  }),
  session('noor-group', harbour, noor, {
    ...{ name: 'Living with diabetes', from: '17:30', until: '18:30', minutes: 60, kinds: ['group'] },
    more: { weekdays: [4], places: 10, modes: ['in-person', 'video'], selfBook: true },
  }),
  session('huw-morning', hilltop, huw, {
    ...{ name: 'Morning surgery', from: '09:00', until: '11:30', minutes: 15, kinds: ['gp-routine'] },
    more: { selfBook: true },
  }),
  session('huw-visits', hilltop, huw, {
    ...{ name: 'Home visits', from: '12:00', until: '14:00', minutes: 20, kinds: ['home-visit'] },
    more: { modes: ['home-visit'], gap: 20 },
  }),
  session('huw-today', hilltop, huw, {
    ...{ name: 'On the day', from: '15:00', until: '17:00', minutes: 10, kinds: ['gp-today'] },
    more: { release: { days: 0, at: '08:00' } },
  }),
];

/** Harmless twice: sessions are there once, and a time that was booked, or called off, is not booked again. */
export async function makeDemonstration(
  needs: GenerateNeeds & { readonly ownActor: Actor },
): Promise<{ readonly slots: number; readonly booked: number }> {
  const { settings, clock, ownActor } = needs;
  const starts = addDays(localMoment(clock.now()).key, -7);
  for (const one of sessions) await settings.saveTemplate({ ...one, starts });
  let [slots, booked] = [0, 0];
  for (const place of [harbour, hilltop]) {
    const made = await generateSlots(needs, ownActor, { organisation: place.organisation, days });
    slots += made?.created ?? 0;
    booked += await bookSome(needs, place);
  }
  return { slots, booked };
}

async function bookSome(
  { record, clock, ownActor }: GenerateNeeds & { readonly ownActor: Actor },
  { organisation, siteName }: Place,
): Promise<number> {
  const people = (
    await searchVersioned<Patient>(
      record,
      ownActor,
      'Patient',
      `general-practitioner=Organization/${organisation}&active=true&_sort=_id`,
      120,
    )
  )
    .map(({ resource }) => resource)
    // Those who have a name of their own are told of what is booked.
    .filter(({ id = '', deceasedDateTime }) => !id.startsWith('demo-') && deceasedDateTime === undefined);
  if (people.length === 0) return 0;
  const now = clock.now();
  const own = sessions.filter((one) => one.organisation === organisation);
  const diaries = [...new Set(own.map((one) => scheduleId(one.practitioner, one.site)))];
  const until = new Date(now + days * 86_400_000).toISOString();
  const free = await searchVersioned<Slot>(
    record,
    ownActor,
    'Slot',
    `schedule=${diaries.map((id) => `Schedule/${id}`).join(',')}&status=free&start=gt${new Date(now).toISOString()}&start=lt${until}&_sort=start`,
  );
  const schedules = await searchVersioned<Schedule>(record, ownActor, 'Schedule', `_id=${diaries.join(',')}`);
  const known = new Set(
    (
      await searchVersioned<Appointment>(
        record,
        ownActor,
        'Appointment',
        `location=Location/${organisation}&date=ge${new Date(now).toISOString()}`,
      )
    ).map(({ resource }) => resource.id),
  );
  const chosen = free.flatMap((slot) => {
    const random = seededRandom(`appointments ${slot.resource.id}`);
    const soon = (Date.parse(slot.resource.start ?? '') - now) / 86_400_000;
    const id = idInSeries(`demonstration ${slot.resource.id}`, 0);
    if (known.has(id) || !random.chance(Math.max(0.15, 0.6 - 0.05 * soon))) return [];
    const actors = schedules.find(({ resource }) =>
      slot.resource.schedule.reference?.endsWith(resource.id ?? ''),
    );
    const all = actors?.resource.actor ?? [];
    const appointment = appointmentOf({
      ...{ id, person: random.pick(people).id ?? '', slots: [slot.resource], made: now },
      // One video call at once is what a line that nobody measured carries: they take few.
      mode: random.pick(
        bookableModesOf(slot.resource)
          .filter((mode) => mode !== 'video' || random.chance(0.1))
          .concat(bookableModesOf(slot.resource)[0] ?? 'in-person'),
      ),
      kind: random.pick(kindsOf(slot.resource)),
      practitioner: all.find(({ reference }) => reference?.startsWith('Practitioner/')),
      place: { reference: `Location/${organisation}`, display: siteName },
    });
    return [[put<Slot>({ ...slot.resource, status: 'busy' }, slot.version), put(appointment)]];
  });
  let booked = 0;
  for (let n = 0; n < chosen.length; n += 40) {
    const slice = chosen.slice(n, n + 40);
    try {
      await record.commit(ownActor, slice.flat());
      booked += slice.length;
    } catch (error) {
      if (!isConflict(error)) throw error; // someone has booked meanwhile: these stay free
    }
  }
  return booked;
}
