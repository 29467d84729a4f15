/** Bundles put together from stored bytes: each resource is copied once, and none is parsed. Source: FHIR R4 Bundle. */
import { isAscii } from 'node:buffer';
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { HistoryPage, Stored } from '../care-record.ts';

export interface Link {
  readonly relation: 'self' | 'first' | 'next';
  readonly url: string;
}

/** One resource in a searchset. */
export interface Found {
  readonly type: string;
  readonly id: string;
  /** Its JSON in UTF-8. */
  readonly body: Buffer;
}

/** A piece of a JSON text: bytes in UTF-8, or text in ASCII. */
type Piece = Buffer | string;

/**
 * The pieces as one: text where all of them are ASCII and it is not long, for the collector finds dead text sooner than dead
 * buffers; else bytes.
 */
function join(pieces: readonly Piece[]): string | Buffer {
  let length = 0;
  let ascii = true;
  for (const piece of pieces) {
    length += piece.length;
    ascii &&= typeof piece === 'string' || isAscii(piece);
  }
  if (ascii && length <= longestText)
    return pieces.reduce<string>(
      (text, piece) => text + (typeof piece === 'string' ? piece : piece.toString('latin1')),
      '',
    );
  const whole = Buffer.allocUnsafe(length);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') at += whole.write(piece, at, 'latin1');
    else at += piece.copy(whole, at);
  }
  return whole;
}

/** In bytes. */
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
  const pieces: Piece[] = [
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
  readonly bodyOf?: (stored: Stored & { readonly body: Buffer }) => Buffer;
}

/** A Bundle of type history: each entry tells the request that made the version, and what that was answered. */
export function historyText(set: HistoryBundle): string | Buffer {
  const open = `{"fullUrl":${openUrl(set.baseUrl)}/`;
  const total = set.total === undefined ? '' : `,"total":${set.total}`;
  const pieces: Piece[] = [
    `{"resourceType":"Bundle","type":"history","timestamp":"${time(set.at)}"${total},${linksText(set.links)}`,
  ];
  let before = ',"entry":[';
  for (const version of set.versions) {
    const { type, id, method, body, version: number, updated } = version;
    pieces.push(`${before}${open}${type}/${id}"`);
    if (body) {
      pieces.push(',"resource":', set.bodyOf ? set.bodyOf({ ...version, body }) : body);
    }
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
