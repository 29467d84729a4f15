/** A day at a place, clinician by clinician: what is booked, what is free. */
import type { Appointment, Patient, Slot } from '@medplum/fhirtypes';
import { contactModeNames } from '../../fhir/primary-care.ts';
import type { Actor } from '../../record/actor.ts';
import { addressLines, mainIdentifier } from '../../web/contacts.ts';
import { addDays, formatDate, localMoment, startOfDay } from '../../web/dates.ts';
import { bannerName, chooseName } from '../../web/names.ts';
import { clockWords } from './choose-time.ts';
import { bookableFromOf, bookableModesOf, kindsOf, type Read, readAppointment } from './diary-resources.ts';
import { kindOf } from './kinds.ts';
import type { Parts } from './needs.ts';
import { scheduleId } from './session-template.ts';
import { searchVersioned } from './stored-search.ts';

export interface DayRow {
  readonly start: number;
  readonly time: string;
  /** Of an appointment; undefined: a free slot. */
  readonly id: string | undefined;
  readonly slot: string | undefined;
  readonly person: string;
  readonly name: string;
  readonly born: string;
  readonly number: string;
  readonly phone: string;
  readonly address: string;
  readonly how: string;
  readonly what: string;
  readonly tag: string;
  readonly tagColour: string;
  readonly notes: readonly string[];
  readonly status: string;
  /** A free slot that patients may not book yet: until when. */
  readonly held: string;
}

export interface DayColumn {
  readonly practitioner: string;
  readonly name: string;
  readonly rows: readonly DayRow[];
  readonly free: number;
  readonly booked: number;
}

const states: Readonly<Record<string, readonly [string, string]>> = {
  arrived: ['Here', 'green'],
  'checked-in': ['With clinician', 'blue'],
  fulfilled: ['Seen', 'grey'],
  noshow: ['Did not attend', 'red'],
  pending: ['Offered', 'yellow'],
};

/** Names and contacts of people, as whoever asks may see them. */
export async function peopleOf(
  { record }: Pick<Parts, 'record'>,
  actor: Actor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Patient>> {
  const found = new Map<string, Patient>();
  const wanted = [...new Set(ids.filter(Boolean))];
  for (let n = 0; n < wanted.length; n += 100) {
    const some = wanted.slice(n, n + 100);
    for (const { resource } of await searchVersioned<Patient>(
      record,
      actor,
      'Patient',
      `_id=${some.join(',')}`,
    ))
      found.set(resource.id ?? '', resource);
  }
  return found;
}

export const hiddenName = 'Someone whose details you may not see';

/** What the desk knows someone by. */
export function contactOf(patient: Patient | undefined, now: number) {
  const telecom = patient?.telecom ?? [];
  const phone =
    telecom.find(({ system, use }) => system === 'phone' && use === 'mobile') ??
    telecom.find(({ system }) => system === 'phone');
  return {
    name: patient ? bannerName(chooseName(patient.name, localMoment(now).key)) : hiddenName,
    born: formatDate(patient?.birthDate),
    number: mainIdentifier(patient?.identifier)?.value ?? '',
    phone: phone?.value ?? '',
    address: addressLines(patient?.address?.[0]).join(', '),
  };
}

export const notesOf = (own: Read): readonly string[] => [
  ...(own.interpreter
    ? [
        `${own.interpreter.text}${own.interpreter.status === 'accepted' ? ` (${own.interpreter.who})` : ', to be booked'}`,
      ]
    : []),
  ...(own.chaperone ? [`Chaperone: ${own.chaperone.display ?? ''}`] : []),
  ...(own.chaperoneWanted ? ['Chaperone wanted'] : []),
  ...(own.confirmed ? ['Said they will come'] : []),
];

/** `day` as `2026-11-23`; of one clinician (id) where given. */
export async function dayList(
  parts: Pick<Parts, 'record' | 'settings' | 'clock'>,
  {
    actor,
    trusted,
    organisation,
  }: { readonly actor: Actor; readonly trusted: Actor; readonly organisation: string },
  asked: { readonly day: string; readonly site: string; readonly practitioner?: string | undefined },
): Promise<readonly DayColumn[]> {
  const { record, settings, clock } = parts;
  const { day, site, practitioner } = asked;
  const now = clock.now();
  const templates = (await settings.templates(organisation)).filter((one) => one.site === site);
  const names = new Map(templates.map((one) => [one.practitioner, one.practitionerName]));
  const diaries = new Map(
    templates.map((one) => [`Schedule/${scheduleId(one.practitioner, one.site)}`, one.practitioner]),
  );
  const range = (name: string): string =>
    `${name}=ge${new Date(startOfDay(day)).toISOString()}&${name}=lt${new Date(startOfDay(addDays(day, 1))).toISOString()}`;
  const [slots, appointments] = await Promise.all([
    diaries.size === 0
      ? []
      : searchVersioned<Slot>(
          record,
          trusted,
          'Slot',
          `schedule=${[...diaries.keys()].join(',')}&status=free&${range('start')}&_sort=start`,
        ),
    searchVersioned<Appointment>(
      record,
      trusted,
      'Appointment',
      `location=Location/${site}&status=booked,arrived,checked-in,fulfilled,noshow,pending&${range('date')}&_sort=date`,
    ),
  ]);
  const read = appointments.map(({ resource }) => ({ one: resource, own: readAppointment(resource) }));
  const people = await peopleOf(
    parts,
    actor,
    read.map(({ own }) => own.person),
  );
  const columns = new Map<string, DayRow[]>();
  const put = (who: string, name: string, row: DayRow): void => {
    if (practitioner !== undefined && who !== practitioner) return;
    if (!names.has(who)) names.set(who, name);
    columns.set(who, [...(columns.get(who) ?? []), row]);
  };
  for (const { one, own } of read) {
    const [tag, tagColour] = states[own.status] ?? ['', 'grey'];
    put(
      (own.practitioner?.reference ?? '').replace('Practitioner/', ''),
      own.practitioner?.display ?? 'Others',
      {
        ...{ start: own.start, time: clockWords(own.start), id: own.id, slot: undefined, person: own.person },
        ...contactOf(people.get(own.person), now),
        ...{
          how: own.mode ? contactModeNames[own.mode] : (one.appointmentType?.text ?? ''),
          what: own.title,
        },
        ...{ tag, tagColour, notes: notesOf(own), status: own.status, held: '' },
      },
    );
  }
  for (const { resource } of slots) {
    const start = Date.parse(resource.start ?? '');
    const from = bookableFromOf(resource);
    const who = diaries.get(resource.schedule.reference ?? '') ?? '';
    put(who, '', {
      ...{ start, time: clockWords(start), id: undefined, slot: resource.id, person: '' },
      ...{ name: '', born: '', number: '', phone: '', address: '', tag: '', tagColour: 'grey', notes: [] },
      how: bookableModesOf(resource)
        .map((mode) => contactModeNames[mode])
        .join(', '),
      what: kindsOf(resource)
        .map((kind) => kindOf(kind).name)
        .join(', '),
      status: start > now ? 'free' : 'unused',
      held: from > now ? `${formatDate(localMoment(from).key)} at ${clockWords(from)}` : '',
    });
  }
  return [...columns]
    .map(([id, rows]) => ({
      practitioner: id,
      name: names.get(id) ?? 'Others',
      rows: rows.sort((a, b) => a.start - b.start || a.name.localeCompare(b.name)),
      free: rows.filter(({ status }) => status === 'free').length,
      booked: rows.filter(({ id: appointment }) => appointment !== undefined).length,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
