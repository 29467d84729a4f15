/** Versions in HTTP headers. Source: FHIR R4, RESTful API (weak ETags), ; RFC 9110 §8.8.3, §13.1. */
import { problem } from '../../platform/problem.ts';

export const etagOf = (version: number): string => `W/"${version}"`;

/** No version has this number: it stands for a tag that is well written and can match nothing. */
export const noVersion = -1;

/**
 * The version that a change must find, from If-Match: `W/"3"` or `"3"`. `*`: any, but there must be one.
 * Throws 400 where the header is not one such tag.
 */
export function readIfMatch(header: string | undefined): number | '*' | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (text === '*') return '*';
  const tag = /^(?:W\/)?"([^"]*)"$/.exec(text)?.[1];
  if (tag === undefined) {
    throw problem('invalid', 'If-Match has the form W/"3": the ETag of the one version that you read.', {
      where: 'http.header.If-Match',
    });
  }
  return /^[1-9]\d{0,8}$/.test(tag) ? Number(tag) : noVersion;
}

/** Whether If-None-Match names this version, so that the client has it already. Compared weakly (RFC 9110 §13.1.2). */
function isNamed(header: string, version: number): boolean {
  if (header === `W/"${version}"`) return true;
  return header.split(',').some((part) => {
    const tag = part.trim();
    return tag === '*' || tag === `W/"${version}"` || tag === `"${version}"`;
  });
}

/** True where the answer is 304: If-None-Match decides, and If-Modified-Since only where there is none. */
export function isUnchanged(
  headers: {
    readonly 'if-none-match'?: string | undefined;
    readonly 'if-modified-since'?: string | undefined;
  },
  version: number,
  updated: number,
): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return isNamed(tags, version);
  const since = headers['if-modified-since'];
  if (since === undefined) return false;
  const time = Date.parse(since);
  // HTTP dates have whole seconds.
  return !Number.isNaN(time) && Math.floor(updated / 1000) * 1000 <= time;
}
