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
  if (problem.status === 413) passOverBody(request, reply);
  const text = JSON.stringify(outcomeOf(problem));
  const pretty = /[?&]_pretty=true(?:&|$)/.test(request.url);
  return reply.header('content-type', fhirJson).send(Buffer.from(pretty ? indentJson(text) : text));
}

const longestWait = 30_000;

/**
 * Lets the sender of a body that was refused finish, and throws the rest away. Were the connection closed at once, as
 * Fastify does, many a client would meet a broken connection in place of the reason (RFC 9112 §9.6).
 */
function passOverBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete) return;
  reply.removeHeader('connection');
  raw.resume();
  const cut = setTimeout(() => raw.destroy(), longestWait).unref();
  for (const end of ['end', 'close']) raw.once(end, () => clearTimeout(cut));
}
