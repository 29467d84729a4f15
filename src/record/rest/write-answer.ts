/** Answers to create, update and patch, as the client prefers them. Source: FHIR R4, RESTful API, , . */
import type { FastifyReply } from 'fastify';
import { problem } from '../../platform/problem.ts';
import type { Committed } from '../care-record.ts';
import { describeVersion, sendJson, sendOutcome, shaped, told, warn } from './answer.ts';
import type { RequestForm } from './request-form.ts';

export type Result = Committed['results'][number];

const words = {
  created: 'was created',
  updated: 'was updated',
  unchanged: 'is as it was: what was sent says the same',
  found: 'meets the condition already, so nothing was created',
} as const;

/** 201 with Location where a resource was created, else 200; then the resource, an outcome or nothing. */
export function sendWritten(
  reply: FastifyReply,
  form: RequestForm,
  { outcome, stored }: Result,
  baseUrl: string,
): FastifyReply {
  if (!stored?.body || outcome === 'deleted' || outcome === 'absent')
    throw problem('exception', 'The change was stored, but there is no version to show.');
  const place = `${stored.type}/${stored.id}`;
  const url = `${baseUrl}/${place}/_history/${stored.version}`;
  reply.code(outcome === 'created' ? 201 : 200);
  // Content-Location for a version that did not come about now: Location would say that it did.
  reply.header(outcome === 'created' ? 'location' : 'content-location', url);
  describeVersion(reply, stored);
  warn(reply, form);
  switch (form.prefer.return) {
    case 'minimal':
      return reply.send();
    case 'OperationOutcome':
      return sendOutcome(reply, form, told(`${place} ${words[outcome]} (version ${stored.version}).`));
    case 'representation':
      return sendJson(reply, form, shaped(stored.body, stored.type, form));
  }
}
