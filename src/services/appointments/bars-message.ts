/** A booking that another system sends. Source: NHS England, Booking and Referral Standard (BaRS) FHIR API 1.4.0, $process-message. */
import type { Appointment, Bundle, MessageHeader, Patient, Resource } from '@medplum/fhirtypes';
import { isNhsNumber, nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { deliveryChannelUrl } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { bookableModesOf } from './diary-resources.ts';
import { type BookableMode, bookableModes, channelOf } from './kinds.ts';

export interface BookingMessage {
  readonly action: 'book' | 'move' | 'cancel';
  /** Of the message: sent twice, it is done once. */
  readonly message: string;
  /** Id of ours, where it changes an appointment. */
  readonly appointment: string | undefined;
  readonly nhsNumber: string | undefined;
  readonly slots: readonly string[];
  /** Ways that the sender allows. */
  readonly modes: readonly BookableMode[];
  readonly description: string;
  readonly reason: string;
  readonly header: MessageHeader;
}

export const eventSystem = 'https://fhir.nhs.uk/CodeSystem/message-events-bars';

const refuse = (text: string, where: string) => problem('required', text, { where });

/** Reads it, or says what is missing and where. */
export function readBookingMessage(input: unknown): BookingMessage {
  const bundle = input as Bundle; // looked at element by element
  if (bundle?.resourceType !== 'Bundle' || bundle.type !== 'message')
    throw problem('value', 'Send a Bundle of type “message”.', { where: 'Bundle.type' });
  const resources = (Array.isArray(bundle.entry) ? bundle.entry : []).map((entry) => ({
    url: entry?.fullUrl ?? '',
    resource: entry?.resource as Resource | undefined,
  }));
  const header = resources[0]?.resource;
  if (header?.resourceType !== 'MessageHeader')
    throw refuse('The first entry of a message is its MessageHeader.', 'Bundle.entry[0].resource');
  const event = header.eventCoding?.code;
  if (event !== 'booking-request')
    throw problem(
      'not-supported',
      `This address takes messages of the event “booking-request”, not “${String(event)}”.`,
      { status: 422, where: 'MessageHeader.eventCoding.code' },
    );
  const focus = header.focus?.[0]?.reference ?? '';
  const found = resources.find(
    ({ url, resource }) =>
      resource?.resourceType === 'Appointment' &&
      (url === focus || focus.endsWith(`Appointment/${resource.id}`)),
  )?.resource as Appointment | undefined;
  if (!found)
    throw refuse(
      'The focus of the message must be an Appointment that is in it.',
      'MessageHeader.focus[0].reference',
    );
  const reason = header.reason?.coding?.[0]?.code;
  const action = actionOf(reason, found);
  const patient = resources.find(({ resource }) => resource?.resourceType === 'Patient')?.resource as
    | Patient
    | undefined;
  const number = patient?.identifier?.find(({ system }) => system === nhsNumberSystem)?.value;
  if (action === 'book' && (number === undefined || !isNhsNumber(number)))
    throw refuse(
      'The message needs a Patient with an NHS number that is right, so that the booking is for the right person.',
      'Patient.identifier',
    );
  const slots = (found.slot ?? []).flatMap(
    ({ reference = '' }) => /(?:^|\/)Slot\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1] ?? [],
  );
  if (action !== 'cancel' && slots.length === 0)
    throw refuse('Name the Slot that is booked, as GET /bars/Slot answered it.', 'Appointment.slot');
  if (action !== 'book' && found.id === undefined)
    throw refuse('Name the Appointment to change by the id that it was booked under.', 'Appointment.id');
  const message = bundle.identifier?.value ?? bundle.id ?? header.id;
  if (message === undefined)
    throw refuse('A message has an id, so that sent twice it is done once.', 'Bundle.id');
  const channel = found.extension?.find(({ url }) => url === deliveryChannelUrl)?.valueCode;
  const own = bookableModesOf(found);
  return {
    ...{ action, message, appointment: found.id, nhsNumber: number, slots, header },
    modes: own.length > 0 ? own : bookableModes.filter((mode) => channelOf[mode] === channel),
    description: found.description ?? '',
    reason: found.cancelationReason?.text ?? 'Cancelled by the system that booked it',
  };
}

function actionOf(reason: string | undefined, { status }: Appointment): BookingMessage['action'] {
  if (reason === 'new' && status === 'booked') return 'book';
  if (reason === 'update' && status === 'booked') return 'move';
  if ((reason === 'update' || reason === 'delete') && status === 'cancelled') return 'cancel';
  throw problem(
    'value',
    `Of a booking-request we know “new” with an Appointment that is booked, “update” with one that is booked or cancelled, and “delete” with one that is cancelled; not “${String(reason)}” with “${String(status)}”.`,
    { where: 'MessageHeader.reason' },
  );
}

/** What answers it: who sent it knows by it what is booked now. */
export function answerMessage(
  { header, message }: BookingMessage,
  appointment: Appointment,
  of: { readonly id: string; readonly now: number; readonly endpoint: string },
): Bundle {
  const { reason } = header;
  const answer: MessageHeader = {
    ...{ resourceType: 'MessageHeader', id: of.id },
    eventCoding: { system: header.eventCoding?.system ?? eventSystem, code: 'booking-response' },
    ...(header.source?.endpoint ? { destination: [{ endpoint: header.source.endpoint }] } : {}),
    source: { name: 'Throughline', endpoint: of.endpoint },
    ...(reason ? { reason } : {}),
    response: { identifier: header.id ?? message, code: 'ok' },
    focus: [{ reference: `Appointment/${appointment.id}` }],
  };
  return {
    ...{ resourceType: 'Bundle', id: of.id, type: 'message', timestamp: new Date(of.now).toISOString() },
    entry: [
      { fullUrl: `urn:uuid:${of.id}`, resource: answer },
      { fullUrl: `${of.endpoint}/Appointment/${appointment.id}`, resource: appointment },
    ],
  };
}
