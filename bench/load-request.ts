import type { HttpResponse } from './http-response.ts';

/** One request of a case, and what its answer must be. A requests file holds one to a line, as JSON. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly expect: Expectation;
}

/** What an answer must be to count. The status is checked each time, the rest for a part of the answers. */
export interface Expectation {
  readonly status: number;
  /** A piece of text that the body must hold. */
  readonly contains?: string;
  /** Entries of the Bundle, or members of the array, at least. */
  readonly entries?: number;
}

/** The request as it goes on the wire. */
export function wireForm(request: LoadRequest, host: string, authorization: string | undefined): Buffer {
  const body = request.body ?? '';
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `Host: ${host}`,
    'Accept: application/fhir+json',
  ];
  if (authorization !== undefined) lines.push(`Authorization: ${authorization}`);
  if (body !== '')
    lines.push('Content-Type: application/fhir+json', `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** What is wrong with an answer, or undefined. `thorough` looks into the body, which must then have been kept. */
export function faultOf(response: HttpResponse, expect: Expectation, thorough: boolean): string | undefined {
  const text = (): string => response.body?.toString('utf8') ?? '';
  if (response.status !== expect.status)
    return `status ${response.status} instead of ${expect.status} ${text().slice(0, 400)}`;
  if (response.bytes === 0 && expect.status !== 204) return 'the answer is empty';
  if (!thorough) return undefined;
  if (expect.contains !== undefined && !text().includes(expect.contains))
    return `the answer does not hold ${expect.contains}: ${text().slice(0, 200)}`;
  if (expect.entries === undefined) return undefined;
  const found = entriesIn(text());
  return found < expect.entries ? `${found} entries, at least ${expect.entries} expected` : undefined;
}

/** The resources in a Bundle (outcomes left out) or in an array of resources. */
export function resourcesIn(text: string): readonly { readonly resourceType: string; readonly id: string }[] {
  const parsed: unknown = JSON.parse(text);
  if (Array.isArray(parsed)) return parsed as { resourceType: string; id: string }[]; // the bare server's answer
  const { entry = [] } = parsed as BundleShape; // a Bundle has no `entry` when it is empty
  return entry.flatMap((each) => (each.resource && each.search?.mode !== 'outcome' ? [each.resource] : []));
}

/** Entries of a Bundle (outcomes left out; transaction answers may have no resource), or members of an array. */
function entriesIn(text: string): number {
  const parsed: unknown = JSON.parse(text);
  if (Array.isArray(parsed)) return parsed.length;
  const { entry = [] } = parsed as BundleShape; // as above
  return entry.filter((each) => each.search?.mode !== 'outcome').length;
}

interface BundleShape {
  readonly entry?: readonly {
    readonly resource?: { resourceType: string; id: string };
    readonly search?: { mode?: string };
  }[];
}
