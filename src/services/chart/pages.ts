/** The chart's addresses: parse at the door, read the record as the one who asks, answer with a page. */
import type { Observation, Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf, type Stored } from '../../record/care-record.ts';
import { drawChart } from '../../web/chart-svg.ts';
import { formatMoment, localMoment } from '../../web/dates.ts';
import { indentJson } from '../../web/json-text.ts';
import type { Shell } from '../../web/shell.ts';
import { attachmentsOf, contentDisposition, contentOf, downloadOf } from './documents.ts';
import { loose, titleOf } from './entry.ts';
import { historyForm } from './history-form.ts';
import { checkOwner, itemOf, readStored } from './item.ts';
import { kinds, typeName } from './kinds.ts';
import { bannerOf, detailsOf } from './person.ts';
import { findPeople, parseTyped, typedFields } from './person-search.ts';
import { type Reading, searchUpTo } from './record-reading.ts';
import { latestResults, summaryOf } from './summary.ts';
import { timelinePage } from './timeline.ts';
import { readTrend } from './trend.ts';

export interface ChartNeeds {
  readonly record: CareRecord;
  readonly shell: Shell;
  readonly clock: Clock;
  /** Who asks: made by the access floor before a page is reached. */
  readonly actorOf: (request: FastifyRequest) => Actor;
}

type Query = Readonly<Record<string, unknown>>;
interface PersonParams {
  id: string;
}
interface ItemParams extends PersonParams {
  type: string;
  rid: string;
}

const idPattern = /^[A-Za-z0-9.-]{1,64}$/;
const typePattern = /^[A-Z][A-Za-z]{1,40}$/;

const text = (value: unknown): string => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
};

/** The address with these query parameters changed; an undefined one is taken out. */
const withQuery = (
  request: FastifyRequest,
  changes: Readonly<Record<string, string | undefined>>,
): string => {
  const [path = '/', query] = request.url.split('?');
  const pairs = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) pairs.delete(name);
    else pairs.set(name, value);
  }
  const rest = pairs.toString();
  return rest ? `${path}?${rest}` : path;
};

/** More rows than this of a trend are a page further on. */
const trendRows = 50;
const mostObservations = 2000;
const mostJson = 300_000;

export function chartPages(app: FastifyInstance, needs: ChartNeeds): void {
  const { shell, record, clock } = needs;
  const readingOf = (request: FastifyRequest): Reading => ({ record, actor: needs.actorOf(request) });

  /** The person of the address, and what the layout of their pages needs. */
  const personOf = async (reading: Reading, id: string, page: string) => {
    const stored = idPattern.test(id) ? await record.read(reading.actor, 'Patient', id) : undefined;
    if (!stored) throw problem('not-found', 'There is no person with this web address in the record.');
    if (!stored.body) throw problem('deleted', 'This person’s entry was deleted from the record.');
    const patient = resourceOf<Patient>(stored);
    const banner = bannerOf(patient, clock.now());
    return { patient, context: { person: banner, titleOf: banner.name, page } };
  };

  const itemStored = async (
    request: FastifyRequest<{ Params: ItemParams }>,
    reading: Reading,
  ): Promise<Stored> => {
    const { type, rid } = request.params;
    if (!typePattern.test(type) || !idPattern.test(rid))
      throw problem('not-found', 'This entry is not in the record.');
    return readStored(reading, type, rid);
  };

  app.get('/', (_request, reply) =>
    shell.renderPage(reply, 'chart/home.njk', { title: 'One record for health and care' }),
  );

  app.get<{ Querystring: Query }>('/people', async (request, reply) => {
    const typed = typedFields(request.query);
    const submitted = Object.keys(request.query).length > 0;
    const parsed = parseTyped(typed, localMoment(clock.now()).year, submitted);
    const cursor = text(request.query['page']);
    const found =
      parsed.state === 'ready'
        ? await findPeople(readingOf(request), parsed.query, cursor || undefined, clock.now())
        : undefined;
    const errors = parsed.state === 'wrong' ? parsed.errors : [];
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'chart/find-person.njk', {
      title: errors.length > 0 ? 'Error: Find a person' : 'Find a person',
      typed,
      errors,
      error: Object.fromEntries([...errors].reverse().map((error) => [error.field, error.text])),
      found,
      next: found?.next && withQuery(request, { page: found.next }),
      first: cursor ? withQuery(request, { page: undefined }) : undefined,
    });
  });

  app.get<{ Params: PersonParams }>('/people/:id', async (request, reply) => {
    const reading = readingOf(request);
    const { patient, context } = await personOf(reading, request.params.id, 'summary');
    const summary = await summaryOf(reading, context.person.id, clock.now());
    const details = detailsOf(patient, clock.now());
    return shell.renderPage(reply, 'chart/summary.njk', { ...context, title: 'Summary', summary, details });
  });

  app.get<{ Params: PersonParams; Querystring: Query }>('/people/:id/history', async (request, reply) => {
    const reading = readingOf(request);
    const { context } = await personOf(reading, request.params.id, 'history');
    const form = historyForm(request.query);
    const wrong = form.errors.length > 0;
    const timeline = wrong ? undefined : await timelinePage(reading, { person: context.person.id, ...form });
    return shell.renderPage(reply.code(wrong ? 422 : 200), 'chart/history.njk', {
      ...context,
      title: wrong ? 'Error: History' : 'History',
      form,
      error: Object.fromEntries([...form.errors].reverse().map((error) => [error.field, error.text])),
      kinds: kinds.map((kind) => ({
        value: kind.id,
        text: kind.label,
        checked: form.kinds.includes(kind.id),
      })),
      timeline,
      older: timeline?.older && withQuery(request, { before: timeline.older }),
      newest: form.before && withQuery(request, { before: undefined }),
    });
  });

  app.get<{ Params: PersonParams }>('/people/:id/results', async (request, reply) => {
    const reading = readingOf(request);
    const { context } = await personOf(reading, request.params.id, 'results');
    const query = `patient=Patient/${context.person.id}&_sort=-date`;
    const found = await searchUpTo<Observation>(reading, 'Observation', query, mostObservations);
    const results = latestResults(context.person.id, found.resources);
    return shell.renderPage(reply, 'chart/results.njk', {
      ...context,
      title: 'Results and measurements',
      results,
      cut: found.next !== undefined ? mostObservations : 0,
    });
  });

  const trendPage = async (
    request: FastifyRequest<{ Params: PersonParams & { '*': string }; Querystring: Query }>,
    reply: FastifyReply,
  ) => {
    const reading = readingOf(request);
    const { context } = await personOf(reading, request.params.id, 'results');
    const trend = await readTrend(reading, context.person.id, request.params['*']);
    if (trend.rows.length === 0)
      throw problem('not-found', 'No result with this code is in this person’s record.');
    const after = text(request.query['after']);
    const start = trend.rows.findIndex((row) => row.id === after) + 1;
    const rows = trend.rows.slice(start, start + trendRows);
    return shell.renderPage(reply, 'chart/trend.njk', {
      ...context,
      title: trend.title,
      trend,
      rows,
      drawing: trend.chart ? drawChart(trend.chart) : '',
      next:
        start + trendRows < trend.rows.length ? withQuery(request, { after: rows.at(-1)?.id }) : undefined,
      first: start > 0 ? withQuery(request, { after: undefined }) : undefined,
    });
  };
  app.get('/people/:id/results/*', trendPage);

  app.get<{ Params: ItemParams }>('/people/:id/items/:type/:rid', async (request, reply) => {
    const reading = readingOf(request);
    if (
      request.params.type === 'Patient' &&
      idPattern.test(request.params.rid) &&
      request.params.rid !== request.params.id
    ) {
      return reply.redirect(`/people/${request.params.rid}`, 302);
    }
    const { context } = await personOf(reading, request.params.id, 'item');
    const item = await itemOf(reading, await itemStored(request, reading), context.person.id);
    const address = `/people/${context.person.id}/items/${request.params.type}/${request.params.rid}`;
    return shell.renderPage(reply, 'chart/item.njk', { ...context, title: item.heading, item, address });
  });

  app.get<{ Params: ItemParams; Querystring: Query }>(
    '/people/:id/items/:type/:rid/raw',
    async (request, reply) => {
      const reading = readingOf(request);
      const { context } = await personOf(reading, request.params.id, 'item');
      const { type, rid } = request.params;
      const { shown, versions } = await versionsOf(reading, request);
      const body = shown.body?.toString('utf8') ?? '';
      const address = `/people/${context.person.id}/items/${type}/${rid}`;
      return shell.renderPage(reply, 'chart/raw.njk', {
        ...context,
        title: `${type} as FHIR`,
        heading: body ? titleOf(resourceOf(shown)) : typeName(type),
        address,
        version: shown.version,
        deleted: !shown.body,
        json: body.length > mostJson ? `${indentJson(body.slice(0, mostJson))}…` : indentJson(body),
        cut: body.length > mostJson,
        versions: versions.map((one) => ({
          number: one.version,
          href: one.version === shown.version ? '' : `${address}/raw?version=${one.version}`,
          when: formatMoment(one.updated),
          deleted: !one.body,
        })),
      });
    },
  );

  /** All versions, newest first, and the one that is asked for. A resource about somebody else is refused. */
  const versionsOf = async (
    reading: Reading,
    request: FastifyRequest<{ Params: ItemParams; Querystring: Query }>,
  ) => {
    const { id, type, rid } = request.params;
    if (!typePattern.test(type) || !idPattern.test(rid))
      throw problem('not-found', 'This entry is not in the record.');
    const versions = [...(await record.history(reading.actor, type, rid))].sort(
      (a, b) => b.version - a.version,
    );
    const current = versions.find((one) => one.body);
    if (!current) throw problem('not-found', 'This entry is not in the record.');
    for (const one of versions) if (one.body) checkOwner(loose(resourceOf(one)), id);
    const asked = text(request.query['version']);
    const shown = asked ? versions.find((one) => String(one.version) === asked) : versions[0];
    if (!shown) throw problem('not-found', `This entry has no version ${asked.slice(0, 20)}.`);
    return { shown, versions };
  };

  app.get<{ Params: ItemParams; Querystring: Query }>(
    '/people/:id/items/:type/:rid/json',
    async (request, reply) => {
      const reading = readingOf(request);
      await personOf(reading, request.params.id, 'item');
      const { shown } = await versionsOf(reading, request);
      if (!shown.body) throw problem('deleted', 'This version is a deletion: it has no content.');
      return reply
        .header('cache-control', 'private, no-store')
        .header('x-content-type-options', 'nosniff')
        .header('content-disposition', contentDisposition(`${shown.type}-${shown.id}-v${shown.version}.json`))
        .type('application/fhir+json; charset=utf-8')
        .send(shown.body);
    },
  );

  app.get<{ Params: ItemParams & { index: string } }>(
    '/people/:id/items/:type/:rid/attachments/:index',
    async (request, reply) => {
      const reading = readingOf(request);
      await personOf(reading, request.params.id, 'item');
      const resource = loose(resourceOf(await itemStored(request, reading)));
      checkOwner(resource, request.params.id);
      const attachment = /^\d{1,4}$/.test(request.params.index)
        ? attachmentsOf(resource)[Number(request.params.index)]
        : undefined;
      const content = attachment && (await contentOf(reading, attachment));
      if (!attachment || !content) throw problem('not-found', 'This document is not held here.');
      const { type, fileName } = downloadOf(text(attachment.title) || titleOf(resource), content.contentType);
      return reply
        .header('cache-control', 'private, no-store')
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('content-disposition', contentDisposition(fileName))
        .type(type)
        .send(content.bytes);
    },
  );
}
