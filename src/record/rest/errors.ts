import type { FastifyReply, FastifyRequest } from 'fastify';
import { indentJson } from '../../fhir/indent-json.ts';
import { outcomeOf } from '../../fhir/outcome.ts';
import type { ErrorRenderer } from '../../platform/map-errors.ts';
import type { Problem } from '../../platform/problem.ts';
import { fhirJson } from './media-types.ts';

/** Tells of every Problem below the API's path as an OperationOutcome. Source: FHIR R4, RESTful API. */
export function fhirErrors(prefix: string): ErrorRenderer {
  return { prefix, render };
}

function render(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const text = JSON.stringify(outcomeOf(problem));
  const pretty = /[?&]_pretty=true(?:&|$)/.test(request.url);
  return reply.header('content-type', fhirJson).send(Buffer.from(pretty ? indentJson(text) : text));
}
