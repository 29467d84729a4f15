/** Parts of a page's address: what came in it, and the address of a page beside it. */
import type { FastifyRequest } from 'fastify';

/** A FHIR id, and a resource type, as they may stand in an address. */
export const idPattern = /^[A-Za-z0-9.-]{1,64}$/;
export const typePattern = /^[A-Z][A-Za-z]{1,40}$/;

/** The text of a query parameter; the first where it was given several times. */
export const firstText = (value: unknown): string => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
};

/** The address with these query parameters changed; an undefined one is taken out. */
export function withQuery(
  request: Pick<FastifyRequest, 'url'>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const [path = '/', query] = request.url.split('?');
  const pairs = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) pairs.delete(name);
    else pairs.set(name, value);
  }
  const rest = pairs.toString();
  return rest ? `${path}?${rest}` : path;
}
