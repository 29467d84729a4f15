/** Test results: the latest of each test, and one test over time with what clinicians said of it. */
import type { DiagnosticReport, Observation } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { drawChart } from '../../web/chart-svg.ts';
import { searchUpTo } from '../../web/record-reading.ts';
import { readTrend } from '../../web/trend.ts';
import { ofPerson } from './home-pages.ts';
import { readNames } from './names-of.ts';
import { ownTold } from './own-told.ts';
import { type MyRecordNeeds, type Pages, type PersonParams, paged, type Query } from './page-parts.ts';
import {
  commentsOf,
  explainedTest,
  inGroups,
  latestOf,
  plainFlag,
  reportsOf,
  resultHref,
} from './results.ts';

const mostObservations = 2000;
const readingsShown = 30;
const reportsShown = 10;
const testsShown = 60;
/** Of the person’s own measurements, the latest; all are on a page of their own. */
const addedShown = 10;
/** Readings whose reports are asked for: those that the page shows. */
const mostCommented = 30;

type PersonRequest = FastifyRequest<{ Params: PersonParams; Querystring: Query }>;

export function resultPages(app: FastifyInstance, needs: MyRecordNeeds, pages: Pages): void {
  const { shell } = needs;

  app.get('/my-record/:person/results', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.results');
    if (!visit.shows('Observation')) return pages.notGiven(reply, visit, title);
    const [observations, reports] = await Promise.all([
      searchUpTo<Observation>(
        visit.reading,
        'Observation',
        `patient=Patient/${visit.id}&_sort=-date`,
        mostObservations,
      ),
      ofPerson(visit)<DiagnosticReport>('DiagnosticReport', '&_sort=-date&_count=100'),
    ]);
    const tests = paged(
      latestOf(
        visit.id,
        observations.resources.filter((one) => !isPatientReported(one)),
      ),
      firstText(request.query['page']),
      testsShown,
    );
    const names = await readNames(visit.reading, reports);
    const told = paged(reportsOf(reports, names), firstText(request.query['reports']), reportsShown);
    return pages.show(reply, visit, 'results', {
      ...{ title, groups: inGroups(tests.rows), reports: told.rows },
      added: ownTold(observations.resources.filter(isPatientReported))
        .flatMap(({ told: own }) => own)
        .slice(0, addedShown),
      cut: observations.next !== undefined ? mostObservations : 0,
      next: tests.next && withQuery(request, { page: String(tests.next) }),
      first: tests.page > 1 && withQuery(request, { page: undefined }),
      nextReports: told.next && `${withQuery(request, { reports: String(told.next) })}#reports`,
      firstReports: told.page > 1 && `${withQuery(request, { reports: undefined })}#reports`,
    });
  });

  app.get(
    '/my-record/:person/results/*',
    async (
      request: FastifyRequest<{ Params: PersonParams & { '*': string }; Querystring: Query }>,
      reply,
    ) => {
      const visit = await pages.visitOf(request);
      const token = request.params['*'];
      if (!visit.shows('Observation'))
        return pages.notGiven(reply, visit, shell.say(request, 'record.results'));
      const trend = await readTrend(visit.reading, visit.id, token, {
        item: (id) => `#reading-${id}`,
        trend: (of) => resultHref(visit.id, of),
      });
      if (trend.rows.length === 0)
        throw problem('not-found', 'There is no result of this test in the record.');
      const { rows, next, page } = paged(trend.rows, firstText(request.query['page']), readingsShown);
      const shown = rows.slice(0, mostCommented).map(({ id }) => `Observation/${id}`);
      const reports = await ofPerson(visit)<DiagnosticReport>(
        'DiagnosticReport',
        `&result=${shown.join(',')}&_sort=-date&_count=${mostCommented}`,
      );
      const names = await readNames(visit.reading, reports);
      const explained = explainedTest(token, trend.title);
      return pages.show(reply, visit, 'trend', {
        title: explained?.name ?? trend.title,
        written: explained && explained.name !== trend.title ? trend.title : '',
        ...{ trend, explained, code: token },
        rows: rows.map((row) => ({ ...row, flag: plainFlag(row.flag) })),
        comments: commentsOf(reports, new Set(shown), names),
        drawing: trend.chart ? drawChart(trend.chart) : '',
        next: next && withQuery(request, { page: String(next) }),
        first: page > 1 && withQuery(request, { page: undefined }),
      });
    },
  );
}
