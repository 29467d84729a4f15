/** The FHIR API over a record on a database of its own, behind the product's own HTTP server. */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { createServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import type { Guides } from '../../src/record/guides.ts';
import { openRecord } from '../../src/record/record.ts';
import { fhirErrors } from '../../src/record/rest/errors.ts';
import { fhirRoutes } from '../../src/record/rest/routes.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { testDatabase } from './database.ts';
import { atEnd, type Ending } from './ending.ts';
import { testBaseUrl, tester } from './record.ts';

/** Small, so that bodies that are too large need not be large. */
export const bodyLimit = 2 * 1024 * 1024;

export interface RestApp {
  readonly app: FastifyInstance;
  readonly record: CareRecord;
  /** Sends a request below `/fhir`. A body that is no text or bytes is sent as FHIR JSON. */
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<LightMyRequestResponse>;
  /** Listens on a port of this machine (0: a free one); answers the address of the API. */
  readonly listen: (port?: number) => Promise<string>;
}

export async function restApp(
  t: Ending,
  {
    clock = systemClock,
    baseUrl = testBaseUrl,
    guides,
  }: { clock?: Clock; baseUrl?: string; guides?: Guides | undefined } = {},
): Promise<RestApp> {
  const database = await testDatabase(t, { migrations: recordMigrations });
  const newId = uuidv7(clock);
  const record = openRecord({ database, clock, newId, baseUrl, guides });
  const server = await createServer({
    log: createLog({ level: 'error' }),
    newId,
    bodyLimit,
    ready: async () => [],
    renderers: [fhirErrors('/fhir')],
    shutdownSeconds: 1,
  });
  const { app } = server;
  const limits = { body: bodyLimit };
  const parts = { record, actorOf: () => tester, baseUrl, clock, limits, guides };
  await app.register(fhirRoutes(parts), { prefix: '/fhir' });
  await app.ready();
  atEnd(t, () => server.close());
  const send: RestApp['send'] = (method, path, body, headers = {}) => {
    const isPlain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const options: InjectOptions = {
      method: method as 'GET', // any; the types name a few
      url: `/fhir${path}`,
      headers: body === undefined ? headers : { 'content-type': 'application/fhir+json', ...headers },
    };
    if (body !== undefined) options.payload = isPlain ? (body as string) : JSON.stringify(body);
    return app.inject(options);
  };
  return { app, record, send, listen: async (port = 0) => `${await server.listen('127.0.0.1', port)}/fhir` };
}
