/** The chart's addresses: parse at the door, read the record as the one who asks, answer with a page. */
import type { Observation } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { drawChart } from '../../web/chart-svg.ts';
import { localMoment } from '../../web/dates.ts';
import { type Reading, searchUpTo } from '../../web/record-reading.ts';
import { readTrend } from '../../web/trend.ts';
import { historyForm } from './history-form.ts';
import { itemPages } from './item-pages.ts';
import { isShown, kinds } from './kinds.ts';
import { type ChartNeeds, personReader, trailOf } from './page-parts.ts';
import { detailsOf } from './person.ts';
import { findPeople, parseTyped, typedFields } from './person-search.ts';
import { latestResults, summaryOf, trendLinks } from './summary.ts';
import { timelinePage } from './timeline.ts';

type Query = Readonly<Record<string, unknown>>;
interface PersonParams {
  id: string;
}
/** More rows than this of a trend are a page further on. */
const trendRows = { usual: 50, lowData: 20 };
const mostObservations = 2000;

export function chartPages(app: FastifyInstance, needs: ChartNeeds): void {
  const { shell, record, clock } = needs;
  const readingOf = (request: FastifyRequest): Reading => ({ record, actor: needs.actorOf(request) });

  const personOf = personReader(record, clock);

  app.get<{ Querystring: Query }>('/people', async (request, reply) => {
    const typed = typedFields(request.query);
    const submitted = Object.keys(request.query).length > 0;
    const parsed = parseTyped(typed, localMoment(clock.now()).year, submitted);
    const cursor = firstText(request.query['page']);
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
      kinds: kinds
        .filter((kind) => isShown(kind, reading.actor.sight))
        .map((kind) => ({
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
    const trend = await readTrend(
      reading,
      context.person.id,
      request.params['*'],
      trendLinks(context.person.id),
    );
    if (trend.rows.length === 0)
      throw problem('not-found', 'No result with this code is in this person’s record.');
    const after = firstText(request.query['after']);
    const start = trend.rows.findIndex((row) => row.id === after) + 1;
    const most = shell.lowData(request) ? trendRows.lowData : trendRows.usual;
    const rows = trend.rows.slice(start, start + most);
    return shell.renderPage(reply, 'chart/trend.njk', {
      ...context,
      title: trend.title,
      trail: trailOf(context.person.id, 'Results', `/people/${context.person.id}/results`),
      trend,
      rows,
      drawing: trend.chart ? drawChart(trend.chart) : '',
      next: start + most < trend.rows.length ? withQuery(request, { after: rows.at(-1)?.id }) : undefined,
      first: start > 0 ? withQuery(request, { after: undefined }) : undefined,
    });
  };
  app.get('/people/:id/results/*', trendPage);

  itemPages(app, needs, personOf);
}
