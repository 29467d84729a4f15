/** Answers to create, update and patch, as the client prefers them. Source: FHIR R4, RESTful API, , . */
import type { FastifyReply } from 'fastify';
import { operationOutcome } from '../../fhir/outcome.ts';
import { type Fault, problem } from '../../platform/problem.ts';
import { type Committed, jsonOf } from '../care-record.ts';
import { adviceOn } from '../guides.ts';
import { describeVersion, sendJson, sendOutcome, shaped, toldFault, warn } from './answer.ts';
import type { RequestForm } from './request-form.ts';
import type { RestParts } from './rest-parts.ts';

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
  { baseUrl, guides }: Pick<RestParts, 'baseUrl' | 'guides'>,
): FastifyReply {
  const json = stored && jsonOf(stored);
  if (!stored || json === undefined || outcome === 'deleted' || outcome === 'absent')
    throw problem('exception', 'The change was stored, but there is no version to show.');
  const place = `${stored.type}/${stored.id}`;
  const url = `${baseUrl}/${place}/_history/${stored.version}`;
  reply.code(outcome === 'created' ? 201 : 200);
  // Content-Location for a version that did not come about now: Location would say that it did.
  reply.header(outcome === 'created' ? 'location' : 'content-location', url);
  describeVersion(reply, stored);
  warn(reply, form);
  const advice = adviceOn(stored, outcome, guides);
  if (advice.length > 0 && form.prefer.return !== 'OperationOutcome')
    warn(reply, { warnings: [inShort(advice)] });
  switch (form.prefer.return) {
    case 'minimal':
      return reply.send();
    case 'OperationOutcome':
      return sendOutcome(
        reply,
        form,
        operationOutcome([toldFault(`${place} ${words[outcome]} (version ${stored.version}).`), ...advice]),
      );
    case 'representation':
      return sendJson(reply, form, shaped(json, stored.type, form));
  }
}

/** Where the answer has no room for an outcome. */
function inShort(advice: readonly Fault[]): Fault {
  const errors = advice.filter(({ severity }) => severity === 'error').length;
  const found = `${errors} errors and ${advice.length - errors} warnings`;
  return {
    ...{ kind: 'business-rule', severity: 'warning' },
    message: `Stored, but it does not fulfil the profiles it claims: ${found}. Prefer: return=OperationOutcome tells them.`,
  };
}
