/** How resources, outcomes and empty answers are sent. */
import { isAscii } from 'node:buffer';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { FastifyReply } from 'fastify';
import { indentJson } from '../../fhir/indent-json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Fault } from '../../platform/problem.ts';
import type { Stored } from '../care-record.ts';
import { etagOf } from './etags.ts';
import type { Form, RequestForm } from './request-form.ts';
import { subsetText } from './subset-text.ts';

/** A resource's bytes, or the part of it that was asked for. */
export function shaped(body: Buffer, type: string, { summary, elements }: Form): Buffer {
  if (summary === undefined && elements === undefined) return body;
  const part = {
    ...(summary === undefined ? {} : { summary }),
    ...(elements === undefined ? {} : { elements }),
  };
  return Buffer.from(subsetText(body.toString('utf8'), type, part));
}

/** Sends JSON as it is, or over several lines where people read it. */
export function sendJson(reply: FastifyReply, form: Form, body: string | Buffer): FastifyReply {
  reply.header('content-type', form.contentType);
  if (form.pretty) return reply.send(Buffer.from(indentJson(body.toString('utf8'))));
  if (typeof body === 'string') return reply.send(body);
  return reply.send(body.length <= shortest && isAscii(body) ? body.toString('latin1') : body);
}

/**
 * Up to this many bytes a text goes out in one piece with its headers, which saves a good part of a short answer's cost;
 * bytes would go behind them as a second piece. Only ASCII is the same in both.
 */
const shortest = 16_384;

/** ETag and Last-Modified of a version. Source: FHIR R4, RESTful API. */
export function describeVersion(reply: FastifyReply, { version, updated }: Stored): void {
  reply.header('etag', etagOf(version)).header('last-modified', new Date(updated).toUTCString());
}

export function sendOutcome(reply: FastifyReply, form: Form, outcome: OperationOutcome): FastifyReply {
  return sendJson(reply, form, Buffer.from(JSON.stringify(outcome)));
}

/** An OperationOutcome that says what was done. */
export function told(message: string): OperationOutcome {
  return operationOutcome([toldFault(message)]);
}

export const toldFault = (message: string): Fault => ({
  kind: 'informational',
  severity: 'information',
  message,
});

/** Tells of parameters that were passed over, where the answer has no room for an outcome. Source: RFC 7234 §5.5. */
export function warn(reply: FastifyReply, { warnings }: Pick<RequestForm, 'warnings'>): void {
  for (const { message } of warnings) reply.header('warning', `299 - "${headerText(message)}"`);
}

const headerText = (fault: Fault['message']): string =>
  fault
    .replace(/[“”"\\]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 300);
