/** Binary resources as what they hold. Source: FHIR R4, Binary (Binary: how it is served, security). */
import type { Binary } from '@medplum/fhirtypes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { resourceOf, type Stored } from '../care-record.ts';
import { describeVersion } from './answer.ts';
import { isUnchanged } from './etags.ts';
import { isJson, namesJson } from './media-types.ts';
import { bytesOf } from './request-body.ts';
import { queryOf } from './request-form.ts';

/** Whether a read of a Binary is for its content: it is, unless FHIR is asked for by name or nothing is said. */
export function wantsContent(request: FastifyRequest): boolean {
  const { accept } = request.headers;
  return accept !== undefined && !namesJson(accept) && !/(?:^|&)_format=/.test(queryOf(request));
}

/** The content under its own type. What others sent must not run as a page of ours. */
export function sendContent(request: FastifyRequest, reply: FastifyReply, stored: Stored): FastifyReply {
  const binary = resourceOf<Binary>(stored);
  const type = binary.contentType ?? 'application/octet-stream';
  describeVersion(reply, stored);
  reply.header('content-security-policy', "sandbox; default-src 'none'");
  reply.header('content-type', /^[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream');
  if (isUnchanged(request.headers, stored.version, stored.updated)) return reply.code(304).send();
  return reply.send(Buffer.from(binary.data ?? '', 'base64'));
}

/** The text of a Binary for content that was sent as itself; undefined where a resource was sent, or to another type. */
export function binaryText(request: FastifyRequest, type: string, id?: string): string | undefined {
  const contentType = request.headers['content-type'];
  if (type !== 'Binary' || contentType === undefined || isJson(contentType)) return undefined;
  const bytes = bytesOf(request);
  if (bytes.length === 0)
    throw problem('required', 'The body is empty, and this address needs one.', {
      status: 400,
      where: 'http.body',
    });
  const context = request.headers['x-security-context'];
  const binary: Binary = {
    resourceType: 'Binary',
    ...(id === undefined ? {} : { id }),
    contentType,
    ...(typeof context === 'string' ? { securityContext: { reference: context } } : {}),
    data: bytes.toString('base64'),
  };
  return JSON.stringify(binary);
}
