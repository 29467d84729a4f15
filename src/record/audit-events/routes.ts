/** The audit log through the API: GET AuditEvent and AuditEvent/[id]. It is read, never written. */
import type { AuditEvent } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../actor.ts';
import { type Key, shardKey } from '../keys.ts';
import { idOf } from '../rest/address.ts';
import { sendJson, shaped, warn } from '../rest/answer.ts';
import { searchsetText } from '../rest/bundle-text.ts';
import { refuseOtherType } from '../rest/media-types.ts';
import { pageLinks } from '../rest/paging.ts';
import { bytesOf, decoded } from '../rest/request-body.ts';
import { queryOf, requestForm, searchForm } from '../rest/request-form.ts';
import { pathOf } from '../rest/rest-parts.ts';
import type { AuditRow } from '../statement.ts';
import { typeNumber } from '../type-numbers.ts';
import { auditEvent, placeOf } from './audit-event.ts';
import { type AuditEntry, auditEntries, auditEntry, peopleOf } from './entries.ts';
import { patientIds } from './people.ts';
import { auditSearch } from './search-form.ts';

/** Whose entries someone may read; `patients`: ids. */
export type AuditReach = 'all' | { readonly patients: readonly string[] } | 'none';

export interface AuditEventParts {
  readonly database: Pick<Database, 'pool'>;
  /** Keeps the entries of those who read the log. Durable when it keeps. */
  readonly audit: (rows: readonly AuditRow[]) => Promise<unknown>;
  readonly actorOf: (request: FastifyRequest) => Actor | Promise<Actor>;
  readonly mayReadAudit: (actor: Actor, request: FastifyRequest) => AuditReach | Promise<AuditReach>;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly limits: { readonly body: number };
}

const type = typeNumber('AuditEvent');

/**
 * To be registered under the API's path beside the ordinary types, whose routes these take the place of:
 * `app.register(auditEventRoutes(parts), { prefix: '/fhir' })`.
 */
export function auditEventRoutes(parts: AuditEventParts): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    const limits = { parseAs: 'buffer', bodyLimit: parts.limits.body } as const;
    app.addContentTypeParser('*', limits, (_request, body, done) => done(null, body));
    for (const url of ['/AuditEvent', '/AuditEvent/'])
      app.get(url, (request, reply) => search(parts, request, reply, queryOf(request)));
    app.post('/AuditEvent/_search', (request, reply) => {
      const bytes = bytesOf(request);
      if (bytes.length > 0)
        refuseOtherType(request.headers['content-type'], new Set(['application/x-www-form-urlencoded']));
      const query = [queryOf(request), decoded(bytes).trim()].filter((part) => part !== '').join('&');
      return search(parts, request, reply, query);
    });
    app.get('/AuditEvent/:id', (request, reply) => read(parts, request, reply));
    const refuse = (): never => {
      throw problem('not-supported', 'The audit log is written by the server alone. Possible: GET.', {
        status: 405,
        where: 'http.method',
        headers: { Allow: 'GET, HEAD' },
      });
    };
    app.route({ method: ['POST', 'PUT', 'PATCH', 'DELETE'], url: '/AuditEvent', handler: refuse });
    app.route({ method: ['PUT', 'PATCH', 'DELETE'], url: '/AuditEvent/:id', handler: refuse });
  };
}

async function reachOf(
  parts: AuditEventParts,
  request: FastifyRequest,
  actor: Actor,
): Promise<Exclude<AuditReach, 'none'>> {
  const reach = await parts.mayReadAudit(actor, request);
  if (reach !== 'none') return reach;
  await parts.audit([{ at: parts.clock.now(), actor, action: 'S', outcome: 403, person: '0', type }]);
  throw problem('forbidden', 'You may not read the audit log.', { where: 'http.path.type' });
}

/** Keys of those of whom the reader is told; undefined: of all. */
const shownTo = (reach: Exclude<AuditReach, 'none'>): ReadonlySet<Key> | undefined =>
  reach === 'all' ? undefined : new Set(reach.patients.map((id) => shardKey('Patient', id)));

async function eventsOf(
  { database, baseUrl }: AuditEventParts,
  entries: readonly AuditEntry[],
  shown: ReadonlySet<Key> | undefined,
): Promise<readonly AuditEvent[]> {
  const keys = (entry: AuditEntry): readonly Key[] =>
    peopleOf(entry).filter((key) => shown === undefined || shown.has(key));
  const ids = await patientIds(database.pool, entries.flatMap(keys));
  return entries.map((entry) => {
    const patients = keys(entry).flatMap((key) => ids.get(key) ?? []);
    return auditEvent(entry, { baseUrl, patients, whole: shown === undefined });
  });
}

async function search(
  parts: AuditEventParts,
  request: FastifyRequest,
  reply: FastifyReply,
  query: string,
): Promise<FastifyReply> {
  const { baseUrl, clock } = parts;
  const actor = await parts.actorOf(request);
  const reach = await reachOf(parts, request, actor);
  const form = searchForm(request, query);
  const { patients, ...asked } = auditSearch(query, baseUrl);
  const of =
    reach === 'all' ? patients : (patients ?? reach.patients).filter((id) => reach.patients.includes(id));
  const persons = of && [...new Set(of.map((id) => shardKey('Patient', id)))];
  const page = await auditEntries(parts.database.pool, { ...asked, ...(persons ? { persons } : {}) });
  const shown = shownTo(reach);
  const events = await eventsOf(parts, page.entries, shown);
  const told = [...new Set(persons ?? page.entries.flatMap(peopleOf))];
  await parts.audit([
    {
      ...{ at: clock.now(), actor, action: 'S', outcome: 200, type, query: query.slice(0, 4000) },
      person: told.length === 1 ? told[0]! : '0',
      ...(told.length > 1 ? { persons: told } : {}),
    },
  ]);
  const matches = events.map((event) => ({
    type: 'AuditEvent',
    id: event.id ?? '',
    body: shaped(Buffer.from(JSON.stringify(event)), 'AuditEvent', form),
  }));
  const total = page.next === undefined && !/(?:^|&)_page=/.test(query) ? { total: matches.length } : {};
  const links = pageLinks(`${baseUrl}/AuditEvent`, query, page.next);
  return sendJson(
    reply,
    form,
    searchsetText({ baseUrl, links, at: clock.now(), matches, included: [], ...total }),
  );
}

async function read(
  parts: AuditEventParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const actor = await parts.actorOf(request);
  const id = idOf(pathOf(request)['id']);
  const reach = await reachOf(parts, request, actor);
  const form = requestForm(request);
  const shown = shownTo(reach);
  const place = placeOf(id);
  const found = place && (await auditEntry(parts.database.pool, place.at, place.seq));
  // What concerns others is as if it were not there.
  const entry =
    found && (shown === undefined || peopleOf(found).some((key) => shown.has(key))) ? found : undefined;
  const told = entry ? peopleOf(entry).filter((key) => shown === undefined || shown.has(key)) : [];
  await parts.audit([
    {
      ...{ at: parts.clock.now(), actor, action: 'R', outcome: entry ? 200 : 404, type, id },
      person: told.length === 1 ? told[0]! : '0',
      ...(told.length > 1 ? { persons: told } : {}),
    },
  ]);
  if (!entry) throw problem('not-found', `There is no AuditEvent/${id}.`, { where: 'http.path.id' });
  const [event] = await eventsOf(parts, [entry], shown);
  warn(reply, form);
  return sendJson(reply, form, shaped(Buffer.from(JSON.stringify(event)), 'AuditEvent', form));
}
