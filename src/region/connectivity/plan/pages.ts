/** Pages of plans: scenarios made, run, shown, compared and agreed. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../../platform/problem.ts';
import { firstText } from '../../../web/addresses.ts';
import { formatMoment, localMoment } from '../../../web/dates.ts';
import { type FieldError, formBody, formText } from '../../../web/form-fields.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { requiredText } from '../../../web/forms/fields.ts';
import { sendCsv } from '../../../web/tables/csv.ts';
import { relief } from './benefit.ts';
import { askedOtherwise } from './compare-plans.ts';
import { paretoCurve, planMap, tornado } from './draw-plan.ts';
import { type PlanPageNeeds, percent, plannerOf, pounds, readerOf, stateTags, whole } from './page-parts.ts';
import { type SiteRow, siteFile, siteTable } from './plan-table.ts';
import { priceBook } from './price-book.ts';
import { programmes } from './programmes.ts';
import { roadPages } from './road-pages.ts';
import { startScenario, studyJob } from './runs.ts';
import { type ScenarioParameters, scenarioOf } from './scenario.ts';
import { formParts, parametersFrom, scenarioForm, typedFrom } from './scenario-form.ts';
import type { Scenario } from './scenario-store.ts';
import { asksOf, changesOf, differences, resultOf } from './shown-plan.ts';

type IdRequest = FastifyRequest<{ Params: { id: string } }>;
const address = (id: string, after = ''): string => `/lines/plans/${id}${after}`;
const rowsShown = 25;

export function planPages(app: FastifyInstance, needs: PlanPageNeeds): void {
  const { shell, forms, store, register, clock, jobs, isDemonstration, roads } = needs;

  const scenarioOfRequest = async (request: FastifyRequest): Promise<Scenario> => {
    const scenario = await store.find((request as IdRequest).params.id);
    if (!scenario) throw problem('not-found', 'There is no such scenario.');
    return scenario;
  };

  /** How its run stands: a job that failed or was cancelled before it began is told here. */
  const runOf = async (scenario: Scenario) => {
    if (scenario.state !== 'waiting' && scenario.state !== 'running') return { scenario, job: undefined };
    const job = scenario.job === undefined ? undefined : await jobs.status(scenario.job);
    if (job?.state === 'cancelled') {
      await store.setState(scenario.id, 'stopped', 'It was stopped before it began.');
      return { scenario: { ...scenario, state: 'stopped' as const }, job: undefined };
    }
    if (job?.state === 'failed') {
      await store.setState(scenario.id, 'failed', job.reason ?? null);
      return { scenario: { ...scenario, state: 'failed' as const, fault: job.reason }, job: undefined };
    }
    return { scenario, job };
  };

  const listed = (scenario: Scenario) => ({
    ...{ id: scenario.id, name: scenario.name, href: address(scenario.id), state: stateTags[scenario.state] },
    ...{ made: formatMoment(scenario.made), by: scenario.madeBy },
    agreed: scenario.agreed && formatMoment(scenario.agreed.at),
    ...(scenario.summary
      ? {
          benefit: whole(scenario.summary.benefit),
          gap: scenario.summary.status === 'unmet' ? undefined : percent(scenario.summary.gap),
          sites: whole(scenario.summary.planned),
          cost: pounds(scenario.summary.years.reduce((sum, { spend }) => sum + spend, 0)),
          unmet: scenario.summary.status === 'unmet',
        }
      : {}),
  });

  app.get('/lines/plans', async (request, reply) => {
    const viewer = readerOf(needs, request);
    const all = await store.list();
    return shell.renderPage(reply, 'line-plan/list.njk', {
      title: 'Plans to full fibre',
      ...{ manages: viewer.manages, scenarios: all.map(listed) },
      agreed: all
        .filter(({ agreed }) => agreed)
        .toSorted((x, y) => (y.agreed?.at ?? 0) - (x.agreed?.at ?? 0))[0]?.id,
      done: all.filter(({ summary }) => summary).map(({ id, name }) => ({ value: id, text: name })),
    });
  });

  app.get('/lines/plans/sources', async (request, reply) => {
    readerOf(needs, request);
    return shell.renderPage(reply, 'line-plan/sources.njk', {
      title: 'What plans rest on',
      prices: priceBook.map((price) => ({ ...price, amount: pounds(price.pounds) })),
      programmes,
      relief: { mobile: 100 * relief.mobile, satellite: 100 * relief.satellite },
    });
  });

  // --- Make one

  const usual = (): ScenarioParameters => {
    const year = localMoment(clock.now()).year + 1;
    return scenarioOf({
      ...{ firstYear: year, budgets: [250_000, 250_000, 250_000], ruralFloor: 0 },
      roads: isDemonstration ? 'demonstration' : 'none',
    });
  };

  const roadChoices = async () => [
    { value: 'none', text: 'Straight lines, times a detour', hint: { text: 'Where no roads are known' } },
    ...(isDemonstration ? [{ value: 'demonstration', text: 'Roads of the demonstration region' }] : []),
    ...(await roads.list()).map(({ id, name, kilometres }) => ({
      ...{ value: id, text: name, hint: { text: `${whole(kilometres)} km of roads` } },
    })),
  ];

  forms.add(app, '/lines/plans/new', {
    about: async (request) => {
      const viewer = plannerOf(needs, request);
      const query = formBody(request.query);
      const from = formText(query, 'from');
      const base = from === '' ? undefined : await store.find(from);
      if (from !== '' && !base) throw problem('not-found', 'There is no such scenario to begin from.');
      const [sites, choices] = await Promise.all([register.sites(), roadChoices()]);
      return { viewer, base, sites, choices, lock: formText(query, 'lock'), bar: formText(query, 'bar') };
    },
    form: ({ choices }) => scenarioForm(choices.map(({ value }) => value)),
    initial: ({ base, sites, lock, bar, choices }) => {
      const start = base?.parameters ?? usual();
      const parameters: ScenarioParameters = {
        ...start,
        roads: choices.some(({ value }) => value === start.roads) ? start.roads : 'none',
        lock: [
          ...start.lock.filter(({ site }) => site !== lock && site !== bar),
          ...(lock === '' ? [] : [{ site: lock }]),
        ],
        bar: [...start.bar.filter((site) => site !== bar && site !== lock), ...(bar === '' ? [] : [bar])],
      };
      return typedFrom(parameters, base ? `${base.name}: what if`.slice(0, 120) : '', sites);
    },
    show: (reply, { errorPrefix, ...shown }, { base, choices }) =>
      shell.renderPage(reply, 'line-plan/new.njk', {
        ...{ ...shown, parts: formParts, roads: choices, base: base && listed(base) },
        title: `${errorPrefix}${base ? 'What if' : 'New scenario'}`,
        heading: base ? 'What if: change this scenario' : 'New scenario',
      }),
    act: async (values, { viewer, base, sites }, { key }) => {
      const parameters = parametersFrom(values, sites, base?.parameters);
      if (isErrors(parameters)) return parameters;
      await startScenario(needs, {
        ...{ id: key, name: values.name, parameters, base: base?.id },
        ...{ made: clock.now(), madeBy: viewer.name },
      });
      return address(key);
    },
  });

  // --- One scenario

  app.get('/lines/plans/:id', async (request, reply) => {
    const viewer = readerOf(needs, request);
    const { scenario, job } = await runOf(await scenarioOfRequest(request));
    const { id, summary, parameters } = scenario;
    const asked = siteTable.asked(request);
    const rows: SiteRow[] = summary
      ? (await store.sites(id)).map((row) => ({ ...row, scenario: id, manages: viewer.manages }))
      : [];
    const base = scenario.base === undefined ? undefined : await store.find(scenario.base);
    const study = scenario.study === undefined ? undefined : await jobs.status(scenario.study);
    return shell.renderPage(reply, 'line-plan/scenario.njk', {
      title: scenario.name,
      ...{ ...listed(scenario), manages: viewer.manages, fault: scenario.fault },
      runs: scenario.state === 'waiting' || scenario.state === 'running',
      job: job && { done: job.done, total: job.total ?? 100, note: job.note },
      base: base && { ...listed(base), compare: `/lines/plans/compare?before=${base.id}&after=${id}` },
      agreedBy: scenario.agreed && { ...scenario.agreed, on: formatMoment(scenario.agreed.at) },
      asks: asksOf(parameters, new Map(rows.map(({ site, name }) => [site, name]))),
      ...(summary
        ? {
            result: resultOf(scenario),
            table: siteTable.view(
              asked,
              siteTable.pageOf(rows, asked, shell.lowData(request) ? 10 : rowsShown),
              {
                csvPath: address(id, '/sites.csv'),
              },
            ),
            curve: scenario.curve && paretoCurve(scenario.curve),
            tornado: scenario.sensitivity && tornado(scenario.sensitivity, summary.benefit),
            study: study && {
              runs: study.state === 'waiting' || study.state === 'running',
              failed: study.state === 'failed',
            },
          }
        : {}),
    });
  });

  app.get('/lines/plans/:id/sites.csv', async (request, reply) => {
    const viewer = readerOf(needs, request);
    const { id, name } = await scenarioOfRequest(request);
    const rows = (await store.sites(id)).map((row) => ({ ...row, scenario: id, manages: viewer.manages }));
    const asked = siteTable.asked(request);
    const kept = siteTable.pageOf(rows, { ...asked, page: undefined }, Number.MAX_SAFE_INTEGER).rows;
    return sendCsv(reply, { name, lines: siteFile.csv(kept) });
  });

  app.get('/lines/plans/:id/map', async (request, reply) => {
    readerOf(needs, request);
    const { id, name, parameters } = await scenarioOfRequest(request);
    const [rows, trenches, sites] = await Promise.all([
      store.sites(id),
      store.trenches(id),
      register.sites(),
    ]);
    const shown = shell.lowData(request) ? rows.filter(({ plan }) => plan) : rows;
    return shell.renderPage(reply, 'line-plan/map.njk', {
      title: `Map: ${name}`,
      ...{ name, href: address(id), trenches: trenches.length },
      map: planMap(shown, trenches, new Map(sites.map((site) => [site.id, site])), parameters.firstYear),
    });
  });

  const confirmation = defineForm({ fields: {} });

  forms.add(app, '/lines/plans/:id/stop', {
    about: async (request) => {
      plannerOf(needs, request);
      return scenarioOfRequest(request);
    },
    form: () => confirmation,
    show: (reply, { errorPrefix, ...shown }, scenario) =>
      shell.renderPage(reply, 'line-plan/confirm.njk', {
        ...{ ...shown, title: `${errorPrefix}Stop this run`, heading: 'Stop this run' },
        ...{
          text: 'It ends soon, and keeps the best plan that it has found so far, with how far that may be from the best.',
        },
        ...{ deed: 'Stop the run', name: scenario.name, href: address(scenario.id) },
      }),
    act: async (_values, { id, job, state }) => {
      if (job !== undefined && (state === 'waiting' || state === 'running')) await jobs.cancel(job);
      return address(id);
    },
  });

  forms.add(app, '/lines/plans/:id/study', {
    about: async (request) => {
      plannerOf(needs, request);
      return scenarioOfRequest(request);
    },
    form: () => confirmation,
    show: (reply, { errorPrefix, ...shown }, scenario) =>
      shell.renderPage(reply, 'line-plan/confirm.njk', {
        ...{ ...shown, title: `${errorPrefix}Look further`, heading: 'Look further at this plan' },
        text: 'This plans again with budgets from a quarter to twice as much, and with each price and weight a fifth lower and a fifth higher. It takes some minutes, and you can go on meanwhile.',
        ...{ deed: 'Look further', name: scenario.name, href: address(scenario.id) },
      }),
    act: async (_values, scenario) => {
      if (!scenario.summary)
        return [{ field: 'form', text: 'Wait until the scenario has a result, then look further' }];
      const running = scenario.study === undefined ? undefined : await jobs.status(scenario.study);
      if (running?.state !== 'waiting' && running?.state !== 'running')
        await needs.database.pool.begin(async (sql) => {
          await store.startStudy(
            scenario.id,
            await jobs.start(studyJob, { scenario: scenario.id }, sql),
            sql,
          );
        });
      return address(scenario.id);
    },
  });

  const agreeForm = defineForm({
    fields: {
      by: requiredText('by', {
        missing: 'Enter who agreed, like “Board meeting”',
        what: 'Who agreed',
        most: 200,
      }),
      note: requiredText('note', {
        missing: 'Enter what was agreed, or the minute’s number',
        what: 'What was agreed',
        most: 1000,
      }),
    },
  });

  forms.add(app, '/lines/plans/:id/agree', {
    about: async (request) => {
      plannerOf(needs, request);
      return scenarioOfRequest(request);
    },
    form: () => agreeForm,
    show: async (reply, { errorPrefix, ...shown }, scenario) => {
      const before = await store.agreed();
      return shell.renderPage(reply, 'line-plan/agree.njk', {
        ...{ ...shown, title: `${errorPrefix}The board agreed to this plan`, name: scenario.name },
        ...{ href: address(scenario.id), ready: scenario.summary !== undefined },
        before: before && before.id !== scenario.id ? listed(before) : undefined,
      });
    },
    act: async ({ by, note }, { id }) => {
      await store.agree(id, { at: clock.now(), by, note });
      return address(id);
    },
  });

  // --- Two side by side

  app.get('/lines/plans/compare', async (request, reply) => {
    readerOf(needs, request);
    const query = formBody(request.query);
    const all = await store.list();
    const done = all.filter(({ summary }) => summary);
    const [before, after] = ['before', 'after'].map((key) =>
      done.find(({ id }) => id === firstText(query[key])),
    );
    return shell.renderPage(reply, 'line-plan/compare.njk', {
      title: 'Compare two plans',
      choices: done.map(({ id, name }) => ({ value: id, text: name })),
      ...{ before: before?.id, after: after?.id },
      ...(before && after
        ? {
            pair: [listed(before), listed(after)],
            asked: askedOtherwise(before, after),
            figures: differences(before, after),
            ...changesOf(await store.sites(before.id), await store.sites(after.id)),
          }
        : {}),
    });
  });

  roadPages(app, needs);
}

const isErrors = (found: ScenarioParameters | readonly FieldError[]): found is readonly FieldError[] =>
  Array.isArray(found);
