import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './log.ts';
import { Problem, problem } from './problem.ts';
import { asProblem } from './sql-error.ts';

/** How one part of the address space tells of a Problem: as an OperationOutcome, as a page. */
export interface ErrorRenderer {
  /** `/fhir`; the longest that fits decides, and `/` fits all. */
  readonly prefix: string;
  /** Sends the answer. The status and the Problem's own headers are set already. */
  readonly render: (problem: Problem, request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** What Fastify itself refuses, as a Problem. Its codes: https://fastify.dev/docs/latest/Reference/Errors */
function fromFastify(code: string, status: number, limit: number): Problem | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem(
        'too-long',
        `The body is larger than the ${megabytes(limit)} MB that this server takes. Send it in parts.`,
        { where: 'http.body' },
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('not-supported', 'The Content-Type of the body is not one that this address takes.', {
        status: 415,
        where: 'http.header.Content-Type',
      });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return problem('required', 'The body is empty, and this address needs one.', {
        status: 400,
        where: 'http.body',
      });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return problem('structure', 'The body is not valid JSON.', { where: 'http.body' });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return problem('structure', 'The Content-Length does not match the body that came.', {
        where: 'http.header.Content-Length',
      });
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return problem(
        'structure',
        'The address is malformed: check its percent signs and their two hexadecimal digits.',
        { where: 'http.path' },
      );
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return problem('too-long', 'The address is too long: a part of it has more characters than any name.', {
        status,
        where: 'http.path',
      });
    default:
      return status >= 400 && status < 500
        ? problem('invalid', 'The request is not one that this server understands.', { status })
        : undefined;
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

/** The Problem that an error is. Undefined: a fault of ours. */
export function problemOf(error: unknown, bodyLimit: number): Problem | undefined {
  const known = asProblem(error);
  if (known instanceof Problem) return known;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  return fromFastify(code, typeof statusCode === 'number' ? statusCode : 500, bodyLimit);
}

export interface ErrorMapping {
  readonly renderers: readonly ErrorRenderer[];
  readonly log: Log;
  readonly bodyLimit: number;
}

/** The one place where an error becomes an answer. */
export function answerError(
  mapping: ErrorMapping,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  const { log, bodyLimit } = mapping;
  let found = problemOf(error, bodyLimit);
  if (!found)
    found = problem(
      'exception',
      `Something went wrong on our side. It is in our log as ${request.id}; quote that when you report it.`,
    );
  if (found.status >= 500)
    log.error(
      { request: request.id, method: request.method, route: request.routeOptions?.url, err: error },
      'request failed',
    );
  return answerProblem(mapping, found, request, reply);
}

/** Sends a Problem through the renderer of its address, and plainly when that one fails itself. */
export function answerProblem(
  { renderers, log }: ErrorMapping,
  found: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  reply.code(found.status).headers(found.headers);
  const renderer = rendererOf(renderers, request.url);
  if (!renderer) return plain(found, request, reply);
  try {
    const sent = renderer.render(found, request, reply);
    if (!(sent instanceof Promise)) return sent;
    return sent.catch((error: unknown) => {
      log.error({ request: request.id, error }, 'an error could not be rendered');
      return plain(found, request, reply);
    });
  } catch (error) {
    log.error({ request: request.id, error }, 'an error could not be rendered');
    return plain(found, request, reply);
  }
}

function rendererOf(renderers: readonly ErrorRenderer[], url: string): ErrorRenderer | undefined {
  let best: ErrorRenderer | undefined;
  for (const renderer of renderers) {
    const { prefix } = renderer;
    const next = url[prefix.length];
    const fits =
      prefix === '/' ||
      (url.startsWith(prefix) && (next === undefined || next === '/' || next === '?' || next === '#'));
    if (fits && (!best || prefix.length > best.prefix.length)) best = renderer;
  }
  return best;
}

/** RFC 9457. */
function plain(found: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.type('application/problem+json').send(
    JSON.stringify({
      status: found.status,
      title: found.message,
      faults: found.faults,
      request: request.id,
    }),
  );
}
