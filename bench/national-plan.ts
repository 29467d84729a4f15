// Plans all real practices and hospitals of England, their lines drawn by the stated model, and shows time, gap and memory:
//   npm run bench national-plan <folder of the site files> [million pounds a year]
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { systemClock } from '../src/platform/clock.ts';
import { openProgress } from '../src/platform/progress.ts';
import type { LineSite } from '../src/region/connectivity/model.ts';
import { planSites } from '../src/region/connectivity/plan/plan-sites.ts';
import { middleMeridian, projectionAbout } from '../src/region/connectivity/plan/projection.ts';
import { planInThread } from '../src/region/connectivity/plan/run-in-thread.ts';
import { scenarioOf } from '../src/region/connectivity/plan/scenario.ts';

const [folder, millions = '3'] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Which folder? npm run bench national-plan <folder> [million pounds a year]\n');
  process.exit(2);
}

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  const parser = createReadStream(join(folder ?? '', file)).pipe(
    parse({ columns: true, bom: true, relax_quotes: true, relax_column_count: true }),
  );
  for await (const row of parser) rows.push(row as Record<string, string>);
  return rows;
}

const place = (latitude: string | undefined, longitude: string | undefined): Pick<LineSite, 'at'> => {
  const at = { latitude: Number(latitude), longitude: Number(longitude) };
  const known = latitude !== '' && Number.isFinite(at.latitude) && Number.isFinite(at.longitude);
  return known && at.latitude > 49 && at.latitude < 61 ? { at } : {};
};
const common = { open: [], services: [], activity: {}, closed: false } as const;

const practices = await rowsOf('sites_gp_joined.csv');
const scores = practices
  .map((row) => Number(row['imd2019']))
  .filter((score) => score > 0)
  .sort((x, y) => y - x);
const decile = (score: number): number =>
  1 + Math.min(9, Math.floor((10 * scores.findIndex((other) => other <= score)) / scores.length));
const sites: LineSite[] = [
  ...practices.map((row): LineSite => {
    const [score, list] = [Number(row['imd2019']), Number(row['list_size_2021_01'])];
    return {
      ...common,
      ...{ id: row['ods_code'] ?? '', ods: row['ods_code'] ?? '', name: row['name'] ?? '' },
      ...{ kind: 'general-practice', ...place(row['lat'], row['lon']) },
      ...(score > 0 ? { deprivation: decile(score) } : {}),
      ...(list > 0 ? { listSize: list } : {}),
    };
  }),
  ...(await rowsOf('nhschoices_2018_Hospital.csv')).map(
    (row): LineSite => ({
      ...common,
      ...{ id: `hospital ${row['OrganisationID']}`, name: row['OrganisationName'] ?? '', kind: 'hospital' },
      ...place(row['Latitude'], row['Longitude']),
    }),
  ),
];

// No rurality is in the files: a site counts as rural where the fifth nearest other is more than 5 km away.
const placed = sites.flatMap(({ at }) => (at ? [at] : []));
const spots = placed.map(projectionAbout(middleMeridian(placed)));
let next = 0;
const withRurality = sites.map((site): LineSite => {
  if (!site.at) return site;
  const here = spots[next++]!;
  let near = 0;
  for (const other of spots)
    if (Math.hypot(other.east - here.east, other.north - here.north) < 5_000) near += 1;
  return { ...site, rural: near < 6 };
});

const year = Number(millions) * 1e6;
const parameters = scenarioOf({
  ...{ firstYear: 2027, budgets: [year, year, year, year, year], gap: 1, seconds: 540 },
  ...{ ruralFloor: 15, fibreTarget: { percent: 70, by: 2029 } },
});
const input = {
  parameters,
  sites: planSites(
    withRurality,
    { circuits: new Map(), heldBack: new Map() },
    { linesOn: '2026-11-22', assumeLines: true, past: false },
  ),
  network: [],
};
let most = 0;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 250);
const progress = openProgress({
  unit: '% of groups',
  total: 100,
  clock: systemClock,
  screen: process.stderr,
});
const begun = performance.now();
const { summary } = await planInThread(input, {
  progress: ({ stage, done, benefit, bound }) =>
    progress.update(Math.round(100 * done), {
      note:
        stage === 'groups'
          ? 'ways to serve each group'
          : `benefit ${Math.round(benefit)} of at most ${Math.round(bound)}`,
    }),
});
const seconds = (performance.now() - begun) / 1000;
clearInterval(watch);
progress.finish();
const figures = {
  sites: summary.sites,
  leftOut: summary.leftOut,
  groups: summary.groups,
  planned: summary.planned,
  rural: summary.rural,
  status: summary.status,
  gap: `${(100 * summary.gap).toFixed(3)} %`,
  rules: summary.rules,
  years: summary.years,
  seconds: seconds.toFixed(1),
  memory: `${Math.round(most / 2 ** 20)} MiB`,
};
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
process.exitCode = summary.gap <= 0.05 && seconds < 600 ? 0 : 1;
