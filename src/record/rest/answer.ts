/** How resources, outcomes and empty answers are sent. */
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { FastifyReply } from 'fastify';
import { indentJson } from '../../fhir/indent-json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Fault } from '../../platform/problem.ts';
import type { Stored } from '../care-record.ts';
import { etagOf } from './etags.ts';
import type { Form, RequestForm } from './request-form.ts';
import { subsetText } from './subset-text.ts';

/** A resource's JSON, or the part of it that was asked for. */
export function shaped(json: string | Buffer, type: string, { summary, elements }: Form): string | Buffer {
  if (summary === undefined && elements === undefined) return json;
  const part = {
    ...(summary === undefined ? {} : { summary }),
    ...(elements === undefined ? {} : { elements }),
  };
  return subsetText(json.toString(), type, part);
}

/** Sends JSON as it is, or over several lines where people read it. */
export function sendJson(reply: FastifyReply, form: Form, body: string | Buffer): FastifyReply {
  reply.header('content-type', form.contentType);
  if (form.pretty) return reply.send(Buffer.from(indentJson(body.toString())));
  return reply.send(body);
}

/** ETag and Last-Modified of a version. Source: FHIR R4, RESTful API. */
export function describeVersion(reply: FastifyReply, { version, updated }: Stored): void {
  reply.header('etag', etagOf(version)).header('last-modified', new Date(updated).toUTCString());
}

export function sendOutcome(reply: FastifyReply, form: Form, outcome: OperationOutcome): FastifyReply {
  return sendJson(reply, form, JSON.stringify(outcome));
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
