/** Whether a page should move less: fewer rows, images on request. */
import type { FastifyRequest } from 'fastify';
import { type DataUse, preferencesOf } from './preferences.ts';

/** What is known of the line that a request comes over, measured at its site. Rates in Mbit/s, delay in ms. */
export interface Line {
  readonly down?: number;
  readonly up?: number;
  readonly roundTrip?: number;
}

export type LineOf = (request: FastifyRequest) => Line | undefined;

/** A line on which a page of 60 KB takes about as long as people wait: 2 Mbit/s down, or half a second there and back. */
const slow = { down: 2, roundTrip: 500 };

/** Lower than what browsers say where they know nothing: Chromium's own guess is 1.5 Mbit/s. */
const slowHint = 1;

/** The kinds of connection that browsers tell of (Network Information API) that are slow. */
const slowKinds = new Set(['slow-2g', '2g', '3g']);

/**
 * What someone chose comes first. Else what their browser asks for (Save-Data), then what it knows of its connection (client
 * hints ECT, Downlink in Mbit/s), then the measured line of the site.
 */
export function isLowData(choice: DataUse, headers: FastifyRequest['headers'], line?: Line): boolean {
  if (choice !== 'auto') return choice === 'less';
  const header = (name: string) => String(headers[name] ?? '').trim();
  if (header('save-data').toLowerCase() === 'on') return true;
  if (slowKinds.has(header('ect'))) return true;
  const hint = header('downlink');
  if (/^\d+(\.\d+)?$/.test(hint) && Number(hint) < slowHint) return true;
  return (
    (line?.down !== undefined && line.down < slow.down) ||
    (line?.roundTrip !== undefined && line.roundTrip >= slow.roundTrip)
  );
}

/** Headers by which a browser is asked for hints, and caches are told what the answer depended on. */
export const lowDataHeaders = {
  'accept-ch': 'ECT, Downlink, Save-Data',
  vary: 'cookie, save-data, ect, downlink',
} as const;

/** Tells of a request whether its answer should be small. */
export const lowDataOf =
  (lineOf: LineOf) =>
  (request: FastifyRequest): boolean =>
    isLowData(preferencesOf(request).data, request.headers, lineOf(request));
