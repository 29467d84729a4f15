import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { sendJson, shaped, warn } from './answer.ts';
import { capabilityStatement } from './capability-statement.ts';
import { only, requestForm } from './request-form.ts';
import type { RestParts } from './rest-parts.ts';

/** The statement as it goes to the wire, made at first use. */
interface Prepared {
  readonly plain: Buffer;
  readonly etag: string;
  readonly packed: Readonly<Record<'br' | 'gzip', () => Buffer>>;
}

/** GET metadata, open to all: it holds nothing about anybody. Source: FHIR R4, RESTful API (capabilities). */
export function metadata({
  baseUrl,
  clock,
  security,
  guides,
}: Pick<RestParts, 'baseUrl' | 'clock' | 'security' | 'guides'>) {
  const startedAt = clock.now();
  let made: Prepared | undefined;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const form = requestForm(request, ['mode']);
    const mode = only(form.parameters, 'mode') ?? 'full';
    if (mode === 'terminology')
      throw problem('not-supported', 'There are no terminology capabilities to tell of. Leave mode out.', {
        where: 'http.query.mode',
      });
    if (mode !== 'full' && mode !== 'normative')
      throw problem('invalid', 'mode is one of full, normative and terminology.', {
        where: 'http.query.mode',
      });
    made ??= prepare(baseUrl, startedAt, security, guides);
    warn(reply, form);
    reply.header('vary', 'accept, accept-encoding').header('cache-control', 'public, max-age=300');
    if (form.pretty || form.summary || form.elements)
      return sendJson(reply, form, shaped(made.plain, 'CapabilityStatement', form));
    reply.header('etag', made.etag).header('content-type', form.contentType);
    if (request.headers['if-none-match'] === made.etag) return reply.code(304).send();
    const encoding = packing(request.headers['accept-encoding']);
    if (!encoding) return reply.send(made.plain);
    return reply.header('content-encoding', encoding).send(made.packed[encoding]());
  };
}

function prepare(
  baseUrl: string,
  startedAt: number,
  security: RestParts['security'],
  guides: RestParts['guides'],
): Prepared {
  const profiles = guides?.profiles.profiles ?? [];
  const plain = Buffer.from(JSON.stringify(capabilityStatement(baseUrl, startedAt, security, profiles)));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  return {
    plain,
    etag: `W/"${startedAt}"`,
    packed: {
      br: once(() => brotliCompressSync(plain, { params })),
      gzip: once(() => gzipSync(plain)),
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function packing(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const text = String(accepted ?? '');
  const takes = (name: string): boolean =>
    new RegExp(`(?:^|,)\\s*${name}\\s*(?:;(?!\\s*q=0(?:\\.0*)?\\s*(?:,|$))[^,]*)?(?:,|$)`).test(text);
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : undefined;
}
