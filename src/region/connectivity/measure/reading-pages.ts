/** The readings of a site: a page, a chart, and files that programs read. */
import type { FastifyInstance } from 'fastify';
import { type ChartSeries, drawChart } from '../../../web/chart-svg.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import { sendCsv } from '../../../web/tables/csv.ts';
import type { Reading, Register } from '../model.ts';
import type { LineLife } from './life.ts';
import { readingFile, readingTable, uptimeWords } from './reading-words.ts';
import type { ReadingStore } from './readings.ts';
import { uptime } from './silences.ts';
import { siteFor } from './who-measures.ts';

export interface ReadingPagesNeeds extends Pick<RoomNeeds, 'shell' | 'clock' | 'actorOf' | 'identityOf'> {
  readonly register: Pick<Register, 'site' | 'sitesOf'>;
  readonly readings: ReadingStore;
  readonly life: LineLife;
}

interface ById {
  readonly Params: { readonly id: string };
  readonly Querystring: Readonly<Record<string, unknown>>;
}

const day = 24 * 3_600_000;
const charted = 14 * day;
const counted = 28 * day;
const pageRows = 25;

export function readingPages(app: FastifyInstance, needs: ReadingPagesNeeds): void {
  const { shell, readings, life, clock } = needs;

  app.get<ById>('/lines/sites/:id/readings', async (request, reply) => {
    const { site } = await siteFor(needs, request, request.params.id, 'see');
    const asked = readingTable.asked(request);
    const number = /^[1-9]\d{0,3}$/.test(asked.page ?? '') ? Number(asked.page) : 1;
    const rows = await readings.of(site.id, { most: number * pageRows + 1 });
    const shown = rows.slice((number - 1) * pageRows, number * pageRows);
    const now = clock.now();
    const recent = rows.length > 0 ? await readings.of(site.id, { from: now - charted, most: 2000 }) : [];
    const spans = await life.of(site.id, now - counted, now);
    const share = uptime(spans, now - counted, now, await life.away(now - counted, now));
    const path = `/lines/sites/${encodeURIComponent(site.id)}`;
    return shell.renderPage(reply, 'line-measure/readings.njk', {
      title: `Tests of the line: ${site.name}`,
      ...{ site, path, uptime: share === undefined ? undefined : uptimeWords(share) },
      speeds: recent.length > 1 ? chartOf(recent, ['down', 'up']) : undefined,
      delays: recent.some(({ loaded }) => loaded !== undefined)
        ? chartOf(recent, ['idle', 'loaded'])
        : undefined,
      table: readingTable.view(asked, {
        rows: shown,
        next: rows.length > number * pageRows ? String(number + 1) : undefined,
      }),
      added: countIn(request.query['added']),
      known: countIn(request.query['known']),
    });
  });

  app.get<ById>('/lines/sites/:id/readings.csv', async (request, reply) => {
    const { site } = await siteFor(needs, request, request.params.id, 'see');
    return sendCsv(reply, {
      name: `readings-${site.id}`,
      lines: readingFile.csv(await asked(request, site.id)),
    });
  });
  app.get<ById>('/lines/sites/:id/readings.json', async (request) => {
    const { site } = await siteFor(needs, request, request.params.id, 'see');
    const week = (await readings.weeks(clock.now(), [site.id])).get(site.id);
    return { site: site.id, week, readings: await asked(request, site.id) };
  });

  const asked = async (
    request: { query: ById['Querystring'] },
    site: string,
  ): Promise<readonly Reading[]> => {
    const { from, until } = request.query;
    return readings.of(site, {
      ...{ from: momentOf(from) ?? 0, most: 50_000 },
      ...(momentOf(until) === undefined ? {} : { until: momentOf(until) ?? 0 }),
    });
  };
}

const momentOf = (value: unknown): number | undefined => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
};
const countIn = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : undefined;

const names = { down: 'Download', up: 'Upload', idle: 'Line free', loaded: 'Line busy' } as const;

function chartOf(readings: readonly Reading[], measures: readonly (keyof typeof names)[]): string {
  const isSpeed = measures[0] === 'down';
  const series = measures.map(
    (measure): ChartSeries => ({
      name: names[measure],
      points: readings
        .flatMap(({ started, flags, [measure]: value }) =>
          value === undefined ? [] : [{ at: started, value, abnormal: flags.includes('outlier') }],
        )
        .reverse(),
    }),
  );
  return drawChart({
    id: isSpeed ? 'speeds' : 'delays',
    title: isSpeed ? 'Speed in the last two weeks' : 'Delay in the last two weeks',
    description: isSpeed
      ? 'Download and upload of each test.'
      : 'Round trips of each test, while the line was free and busy.',
    unit: isSpeed ? 'Mbit/s' : 'ms',
    series: series.filter(({ points }) => points.length > 0),
  });
}
