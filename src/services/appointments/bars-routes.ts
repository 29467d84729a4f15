/**
 * `/bars`: the shapes of the Booking and Referral Standard, over the same diaries and by the same rule as the pages, which the record's own
 * REST API does not know (decision 0035). Whoever calls acts as themself: the token must allow to read diaries and to write bookings.
 */
import { createHash } from 'node:crypto';
import type { Appointment, Patient, Slot } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { outcomeOf } from '../../fhir/outcome.ts';
import { problemOf } from '../../platform/map-errors.ts';
import { problem } from '../../platform/problem.ts';
import { resourceOf } from '../../record/care-record.ts';
import { idPattern } from '../../web/addresses.ts';
import { answerMessage, type BookingMessage, readBookingMessage } from './bars-message.ts';
import { type Outcome, refusalWords } from './booking.ts';
import { bookableFromOf, bookableModesOf, kindsOf, readAppointment } from './diary-resources.ts';
import type { Parts } from './needs.ts';
import { readVersioned, searchVersioned } from './stored-search.ts';

const fhirJson = 'application/fhir+json; charset=utf-8';
const mostSlots = 1000;
const mostBytes = 2_000_000;

/** Codes of BaRS for what a receiver answers. Source: CodeSystem http-error-codes. */
const errorCodes: Readonly<Record<number, string>> = {
  400: 'REC_BAD_REQUEST',
  401: 'REC_UNAUTHORIZED',
  403: 'REC_FORBIDDEN',
  404: 'REC_NOT_FOUND',
  409: 'REC_CONFLICT',
  422: 'REC_UNPROCESSABLE_ENTITY',
  500: 'REC_SERVER_ERROR',
};

export function barsRoutes(app: FastifyInstance, parts: Parts): void {
  const { record, clock, bookings, newId, baseUrl } = parts;
  const send = (reply: FastifyReply, body: unknown): FastifyReply =>
    reply.header('content-type', fhirJson).send(Buffer.from(JSON.stringify(body)));

  void app.register(async (scope) => {
    scope.addContentTypeParser(
      /^application\/(?:fhir\+)?json/,
      { parseAs: 'string', bodyLimit: mostBytes },
      (_request, body, done) => {
        try {
          done(null, JSON.parse(String(body)));
        } catch {
          done(problem('structure', 'The body is not JSON that can be read.'));
        }
      },
    );
    scope.setErrorHandler((error, _request, reply) => {
      const told = problemOf(error, mostBytes);
      if (!told) parts.log.error({ err: error }, 'a booking by the API failed');
      const known = told ?? problem('exception', 'Something went wrong on our side; the log tells where.');
      const outcome = outcomeOf(known);
      const code = errorCodes[known.status] ?? errorCodes[known.status >= 500 ? 500 : 400];
      const coding = [{ system: 'https://fhir.nhs.uk/CodeSystem/http-error-codes', code }];
      return send(reply.code(known.status).headers(known.headers), {
        ...outcome,
        issue: outcome.issue?.map((issue) => ({ ...issue, details: { ...issue.details, coding } })),
      });
    });

    scope.get('/bars/metadata', async (_request, reply) =>
      send(reply, {
        ...{ resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', fhirVersion: '4.0.1' },
        ...{ date: '2026-11-22', format: ['application/fhir+json'] },
        software: { name: 'Throughline' },
        implementation: { description: 'Booking into the diaries of practices', url: `${baseUrl}/bars` },
        rest: [
          {
            mode: 'server',
            resource: [
              { type: 'Slot', interaction: [{ code: 'search-type' }] },
              { type: 'Appointment', interaction: [{ code: 'read' }] },
            ],
            operation: [
              {
                name: 'process-message',
                definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message',
              },
            ],
          },
        ],
      }),
    );

    /** Free times: the search of the record, less what may not be booked yet. */
    scope.get('/bars/Slot', async (request: FastifyRequest, reply) => {
      const actor = parts.actorOf(request);
      // The standard writes `Schedule.actor` and `_include:recurse`; R4 `schedule.actor` and `_include:iterate`.
      const pairs = [...new URLSearchParams(request.url.split('?')[1] ?? '')].map(
        ([name, value]): [string, string] => [
          name.replace(/^Schedule\./, 'schedule.').replace(/^_include:recurse$/, '_include:iterate'),
          value,
        ],
      );
      if (!pairs.some(([name]) => name === 'status')) pairs.push(['status', 'free']);
      if (!pairs.some(([name]) => name === '_count')) pairs.push(['_count', String(mostSlots)]);
      if (!pairs.some(([name]) => name === 'start'))
        throw problem('required', 'Say from when to when: start=ge… and start=le….', {
          ...{ status: 400, where: 'http.start' },
        });
      const page = await record.search(actor, 'Slot', new URLSearchParams(pairs).toString());
      const now = clock.now();
      const matches = page.matches
        .map((stored) => resourceOf<Slot>(stored))
        .filter((slot) => bookableFromOf(slot) <= now && Date.parse(slot.start ?? '') > now);
      const entry = (mode: 'match' | 'include') => (resource: { resourceType: string; id?: string }) => ({
        fullUrl: `${baseUrl}/fhir/${resource.resourceType}/${resource.id}`,
        ...{ resource, search: { mode } },
      });
      return send(reply, {
        ...{ resourceType: 'Bundle', type: 'searchset', timestamp: new Date(now).toISOString() },
        link: [{ relation: 'self', url: `${baseUrl}${request.url}` }],
        total: matches.length,
        entry: [
          ...matches.map(entry('match')),
          ...page.included.map((stored) => entry('include')(resourceOf(stored))),
        ],
      });
    });

    scope.get<{ Params: { id: string } }>('/bars/Appointment/:id', async (request, reply) => {
      const { id } = request.params;
      const found = idPattern.test(id)
        ? await readVersioned<Appointment>(record, parts.actorOf(request), 'Appointment', id)
        : undefined;
      if (!found) throw problem('not-found', 'There is no such appointment that you may see.');
      return send(reply, found.resource);
    });

    scope.post('/bars/$process-message', async (request, reply) => {
      const message = readBookingMessage(request.body);
      const outcome = await process(request, message);
      if (!outcome.done)
        throw problem('conflict', `${refusalWords[outcome.why]}.`, { where: 'Appointment.slot' });
      return send(
        reply,
        answerMessage(message, outcome.appointment, {
          ...{ id: newId(), now: clock.now(), endpoint: `${baseUrl}/bars` },
        }),
      );
    });
  });

  async function process(request: FastifyRequest, message: BookingMessage): Promise<Outcome> {
    const actor = parts.actorOf(request);
    const { action, appointment = '', slots } = message;
    if (action === 'cancel') {
      await needed(actor, appointment);
      return bookings.cancel(actor, appointment, { by: 'patient', reason: message.reason });
    }
    const slot = await readVersioned<Slot>(record, actor, 'Slot', slots[0] ?? '');
    if (!slot) throw problem('not-found', 'There is no such Slot.', { where: 'Appointment.slot' });
    const allowed = bookableModesOf(slot.resource);
    const modes = allowed.filter((mode) => message.modes.length === 0 || message.modes.includes(mode));
    const [mode] = modes;
    if (mode === undefined || (modes.length > 1 && message.modes.length === 0))
      throw problem(
        'required',
        `This slot can be met by ${allowed.join(', ')}. Say which, by the extension DeliveryChannel of UK Core on the Appointment.`,
        { where: 'Appointment.extension' },
      );
    if (action === 'move') {
      await needed(actor, appointment);
      return bookings.move(actor, appointment, { slots, mode, by: 'patient' });
    }
    const people = await searchVersioned<Patient>(
      record,
      actor,
      'Patient',
      `identifier=${encodeURIComponent(`${nhsNumberSystem}|${message.nhsNumber ?? ''}`)}`,
      2,
    );
    const [person] = people;
    if (!person || people.length > 1)
      throw problem(
        'business-rule',
        'Nobody with this NHS number is known here, or the token may not see them.',
        {
          where: 'Patient.identifier',
        },
      );
    const id = createHash('sha256').update(`bars ${actor.id} ${message.message}`).digest('hex').slice(0, 32);
    return bookings.book(actor, {
      ...{ id, person: person.resource.id ?? '', slots, mode, by: 'patient' },
      kind: kindsOf(slot.resource)[0] ?? 'gp-routine',
      ...(message.description ? { comment: message.description } : {}),
    });
  }

  const needed = async (actor: Parameters<typeof bookings.cancel>[0], id: string): Promise<void> => {
    const found = await readVersioned<Appointment>(record, actor, 'Appointment', id);
    if (!found || readAppointment(found.resource).slots.length === 0)
      throw problem('not-found', 'There is no such appointment that you may change.', {
        where: 'Appointment.id',
      });
  };
}
