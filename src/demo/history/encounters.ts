/** Visits as Encounters; those of the last months, and those to come, as Appointments too. */
import type { Appointment, CodeableConcept, Encounter, Reference } from '@medplum/fhirtypes';
import type { Random } from '../../platform/random.ts';
import { dayMs, hl7, patientReference, period, profiled, reference, snomed, ukCore } from '../build.ts';
import type { Booking, Contact, ContactKind, HistoryPart, Life, Region, Worker } from '../model.ts';

export const encountersPart: HistoryPart = (life, region, random) => {
  const visits = life.contacts.map((contact) => encounterOf(life, contact));
  return [...visits, ...appointmentsOf(life, region, random)];
};

interface Manner {
  /** Of HL7 v3 ActEncounterCode. */
  readonly act: readonly [code: string, display: string];
  readonly type: CodeableConcept;
  readonly service: string;
  readonly channel: 'In-person' | 'Telephone' | 'Video';
}

const ambulatory = ['AMB', 'ambulatory'] as const;
const virtual = ['VR', 'virtual'] as const;

const manners: Readonly<Record<ContactKind, Manner>> = {
  'gp-face-to-face': {
    ...{ act: ambulatory, type: snomed('11429006', 'Consultation', 'Face to face consultation') },
    ...{ service: 'General practice', channel: 'In-person' },
  },
  'gp-telephone': {
    ...{ act: virtual, type: snomed('185317003', 'Telephone encounter', 'Telephone consultation') },
    ...{ service: 'General practice', channel: 'Telephone' },
  },
  'gp-video': {
    ...{
      act: virtual,
      type: snomed('448337001', 'Telemedicine consultation with patient', 'Video consultation'),
    },
    ...{ service: 'General practice', channel: 'Video' },
  },
  'gp-online': {
    ...{ act: virtual, type: { text: 'Online consultation' } },
    ...{ service: 'General practice', channel: 'Video' },
  },
  nurse: {
    ...{ act: ambulatory, type: snomed('11429006', 'Consultation', 'Nurse appointment') },
    ...{ service: 'General practice nursing', channel: 'In-person' },
  },
  outpatient: {
    ...{ act: ambulatory, type: { text: 'Outpatient clinic' } },
    ...{ service: 'Hospital outpatients', channel: 'In-person' },
  },
  emergency: {
    act: ['EMER', 'emergency'],
    type: snomed('4525004', 'Emergency department patient visit', 'Emergency department'),
    ...{ service: 'Emergency department', channel: 'In-person' },
  },
  admission: {
    act: ['IMP', 'inpatient encounter'],
    type: snomed('32485007', 'Hospital admission', 'Stay in hospital'),
    ...{ service: 'Hospital ward', channel: 'In-person' },
  },
  maternity: {
    ...{ act: ambulatory, type: { text: 'Maternity appointment' } },
    ...{ service: 'Maternity', channel: 'In-person' },
  },
  community: {
    act: ['HH', 'home health'],
    type: snomed('439708006', 'Home visit'),
    ...{ service: 'Community health', channel: 'In-person' },
  },
  'mental-health': {
    ...{ act: ambulatory, type: { text: 'Mental health appointment' } },
    ...{ service: 'Mental health', channel: 'In-person' },
  },
};

const practitioner = ({ id, prefix, given, family }: Worker): Reference =>
  reference('Practitioner', id, [prefix, given, family].filter(Boolean).join(' '));

const conditionFor = ({ problems }: Life, key: string | undefined, day: string): Reference[] => {
  const about = problems.findLast((one) => one.key === key && one.onset <= day);
  return about ? [reference('Condition', about.id)] : [];
};

function encounterOf(life: Life, contact: Contact): Encounter {
  const { act, type, service } = manners[contact.kind];
  const end = new Date(Date.parse(contact.start) + contact.minutes * 60_000).toISOString();
  const answers = (life.referrals ?? []).filter(({ seen }) => seen === contact.id);
  const about = conditionFor(life, contact.problem, contact.start);
  return {
    ...{ resourceType: 'Encounter', id: contact.id, meta: profiled('UKCore-Encounter'), status: 'finished' },
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: act[0], display: act[1] },
    ...{ type: [type], serviceType: { text: service }, subject: patientReference(life.person.id) },
    ...(answers.length > 0 ? { basedOn: answers.map(({ id }) => reference('ServiceRequest', id)) } : {}),
    participant: [
      {
        type: [hl7('v3-ParticipationType', 'ATND', 'attender')],
        individual: practitioner(contact.worker),
      },
    ],
    ...{ period: period(contact.start, end), reasonCode: [{ text: contact.reason }] },
    ...(about.length > 0 ? { reasonReference: about } : {}),
    ...(contact.kind === 'admission'
      ? { hospitalization: { dischargeDisposition: { text: 'Usual place of residence' } } }
      : {}),
    location: [{ location: reference('Location', contact.site.id, contact.site.name) }],
    serviceProvider: reference('Organization', contact.worker.organisation),
  } as Encounter;
}

/** Of visits since then there is an appointment as well: who was to come, and came. */
const told = 90 * dayMs;

function appointmentsOf(life: Life, region: Region, random: Random): Appointment[] {
  const since = new Date(region.now - told).toISOString();
  const kept = life.contacts
    .filter(({ kind, start }) => start > since && kind !== 'emergency' && kind !== 'admission')
    .map((contact) =>
      appointmentOf(
        life,
        { ...contact, id: `${contact.id}-booking`, booked: bookedBefore(contact.start, random) },
        'fulfilled',
      ),
    );
  return [
    ...kept,
    ...missed(life, region, random.fork('missed')),
    ...(life.bookings ?? []).map((booking) => appointmentOf(life, booking, 'booked')),
  ];
}

const bookedBefore = (start: string, random: Random): string =>
  new Date(Date.parse(start) - random.whole(1, 20) * dayMs).toISOString().slice(0, 10);

/** Some did not come, or called off. Source: NHS England, Appointments in General Practice 2023/24 (4.4 % not attended). */
function missed(life: Life, region: Region, random: Random): Appointment[] {
  const like = life.contacts.findLast(({ kind }) => kind === 'nurse' || kind === 'gp-face-to-face');
  if (!like || life.person.died !== undefined || !random.chance(0.14)) return [];
  const days = random.whole(5, 300);
  const start = new Date(
    region.now - days * dayMs + (9 * 60 + 10 * random.whole(0, 40)) * 60_000,
  ).toISOString();
  // They were with the practice where they went the last time.
  if (start <= like.start) return [];
  const booking = { ...like, id: `${life.person.id}-missed`, start, booked: bookedBefore(start, random) };
  return [appointmentOf(life, booking, random.chance(0.55) ? 'noshow' : 'cancelled')];
}

function appointmentOf(
  life: Life,
  booking: Booking,
  status: 'booked' | 'fulfilled' | 'noshow' | 'cancelled',
): Appointment {
  const { kind, start, minutes, worker, site } = booking;
  const { service, channel } = manners[kind];
  const about = conditionFor(life, booking.problem, start);
  const took = status === 'cancelled' ? 'declined' : 'accepted';
  return {
    ...{ resourceType: 'Appointment', id: booking.id, meta: profiled('UKCore-Appointment'), status },
    ...(kind === 'gp-online'
      ? {}
      : {
          extension: [
            {
              url: ukCore('Extension-UKCore-DeliveryChannel'),
              valueCodeableConcept: {
                coding: [
                  {
                    system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DeliveryChannel',
                    ...{ code: channel, display: channel },
                  },
                ],
              },
            },
          ],
        }),
    ...(status === 'cancelled' ? { cancelationReason: hl7('appointment-cancellation-reason', 'pat') } : {}),
    ...{ serviceType: [{ text: service }], description: booking.reason },
    ...(about.length > 0 ? { reasonReference: about } : {}),
    ...{ start, end: new Date(Date.parse(start) + minutes * 60_000).toISOString(), created: booking.booked },
    ...(booking.referral ? { basedOn: [reference('ServiceRequest', booking.referral)] } : {}),
    participant: [
      { actor: patientReference(life.person.id), status: took },
      { actor: practitioner(worker), status: 'accepted' },
      { actor: reference('Location', site.id, site.name), status: 'accepted' },
    ],
  } as Appointment;
}
