import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { parseJson } from '../../fhir/json.ts';
import { problem } from '../../platform/problem.ts';
import { refuseOtherType } from './media-types.ts';

/** The bytes that came, none where there is no body. */
export function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The body's text. Throws 415 for another type than JSON (or those given), 400 for no body or one that is not UTF-8. */
export function textOf(request: FastifyRequest, types?: ReadonlySet<string>): string {
  const bytes = bytesOf(request);
  if (bytes.length === 0) {
    throw problem('required', 'The body is empty, and this address needs one.', {
      status: 400,
      where: 'http.body',
    });
  }
  refuseOtherType(request.headers['content-type'], types);
  return decoded(bytes);
}

/** Bytes as text. Throws a Problem that says which byte is not UTF-8. */
export function decoded(bytes: Buffer): string {
  if (!isUtf8(bytes)) parseJson(bytes); // throws, and says where
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text; // a byte order mark is passed over
}
