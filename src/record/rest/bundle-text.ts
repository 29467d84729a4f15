/** Bundles put together from stored bytes: each resource is copied once, and none is parsed. Source: FHIR R4 Bundle. */
import type { OperationOutcome } from '@medplum/fhirtypes';
import { type HistoryPage, jsonOf } from '../care-record.ts';

export interface Link {
  readonly relation: 'self' | 'first' | 'next';
  readonly url: string;
}

/** One resource in a searchset. */
export interface Found {
  readonly type: string;
  readonly id: string;
  /** Its JSON, a text or UTF-8. */
  readonly body: string | Buffer;
}

/**
 * The pieces as one: a text as long as it is not very long, for the collector finds dead texts sooner than dead buffers;
 * else bytes.
 */
function join(pieces: readonly (string | Buffer)[]): string | Buffer {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  if (length <= longestText) {
    let text = '';
    for (const piece of pieces) text += piece; // bytes as UTF-8
    return text;
  }
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

/** In characters. */
const longestText = 1 << 20;

/** JSON in which every character beyond ASCII is written as an escape. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const linksText = (links: readonly Link[]): string => `"link":${asciiJson(links)}`;
const time = (ms: number): string => new Date(ms).toISOString();

/** The JSON string of a base address without its closing quotation mark, for addresses below it. */
const openUrl = (baseUrl: string): string => asciiJson(baseUrl).slice(0, -1);

export interface Searchset {
  readonly baseUrl: string;
  readonly links: readonly Link[];
  /** When it was put together, ms since 1970 UTC. */
  readonly at: number;
  readonly total?: number;
  readonly matches: readonly Found[];
  readonly included: readonly Found[];
  /** What the reader of the results must know. */
  readonly outcome?: OperationOutcome;
}

/** A Bundle of type searchset: matches, what they include, then what there is to say about the search. */
export function searchsetText(set: Searchset): string | Buffer {
  const open = `{"fullUrl":${openUrl(set.baseUrl)}/`;
  const total = set.total === undefined ? '' : `,"total":${set.total}`;
  const pieces: (string | Buffer)[] = [
    `{"resourceType":"Bundle","type":"searchset","timestamp":"${time(set.at)}"${total},${linksText(set.links)}`,
  ];
  let before = ',"entry":[';
  const add = (found: readonly Found[], mode: 'match' | 'include'): void => {
    const close = `,"search":{"mode":"${mode}"}}`;
    for (const { type, id, body } of found) {
      pieces.push(`${before}${open}${type}/${id}","resource":`, body, close);
      before = ',';
    }
  };
  add(set.matches, 'match');
  add(set.included, 'include');
  if (set.outcome) {
    pieces.push(`${before}{"resource":${asciiJson(set.outcome)},"search":{"mode":"outcome"}}`);
    before = ',';
  }
  pieces.push(before === ',' ? ']}' : '}');
  return join(pieces);
}

export interface HistoryBundle {
  readonly baseUrl: string;
  readonly links: readonly Link[];
  readonly at: number;
  readonly total?: number;
  readonly versions: HistoryPage['versions'];
  /** The text of a version that is sent; by default as it is stored. */
  readonly bodyOf?: (json: string | Buffer, type: string) => string | Buffer;
}

/** A Bundle of type history: each entry tells the request that made the version, and what that was answered. */
export function historyText(set: HistoryBundle): string | Buffer {
  const open = `{"fullUrl":${openUrl(set.baseUrl)}/`;
  const total = set.total === undefined ? '' : `,"total":${set.total}`;
  const pieces: (string | Buffer)[] = [
    `{"resourceType":"Bundle","type":"history","timestamp":"${time(set.at)}"${total},${linksText(set.links)}`,
  ];
  let before = ',"entry":[';
  for (const version of set.versions) {
    const { type, id, method, version: number, updated } = version;
    const json = jsonOf(version);
    pieces.push(`${before}${open}${type}/${id}"`);
    if (json !== undefined) pieces.push(',"resource":', set.bodyOf ? set.bodyOf(json, type) : json);
    const url = method === 'POST' ? type : `${type}/${id}`;
    const status = method === 'DELETE' ? '204 No Content' : number === 1 ? '201 Created' : '200 OK';
    pieces.push(
      `,"request":{"method":"${method}","url":"${url}"},"response":{"status":"${status}","etag":"W/\\"${number}\\"","lastModified":"${time(updated)}"}}`,
    );
    before = ',';
  }
  pieces.push(before === ',' ? ']}' : '}');
  return join(pieces);
}
