/** `throughline import sites` as a person runs it: a process of its own, on files that are right, wrong and of no use. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { testDatabaseUrl } from './support/database.ts';
import { folderOf } from './support/import-run.ts';
import { throughline } from './support/product.ts';

test('files of sites come in whole or not at all, and the command says what each did', async (t) => {
  const url = await testDatabaseUrl(t);
  const run = async (...args: string[]) => {
    const child = throughline(['import', 'sites', ...args], { DATABASE_URL: url });
    const exit = once(child, 'exit');
    const [out, told] = await Promise.all(
      [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')),
    );
    await exit;
    return { code: child.exitCode, out: out ?? '', told: told ?? '' };
  };
  const folder = folderOf(t, {
    'sites.csv':
      'ods,name,kind,latitude,longitude\nZY901,North,clinic,54.6,-1.3\nZY902,South,clinic,-1.3,54.6\n',
    'lines.csv': 'reference,site,provider,technology\nBF-1,ZY901,Brightfen,fttp\n',
    'providers.csv': 'name,telephone\nBrightfen,01632 960000\n',
    'letter.csv': 'Dear all\nNothing to see.\n',
    'areas.geojson': {
      type: 'FeatureCollection',
      features: [
        {
          ...{ type: 'Feature', properties: { ICB23CD: 'E54000050' } },
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [-2, 54],
                [-1, 54],
                [-1, 55],
                [-2, 55],
                [-2, 54],
              ],
            ],
          },
        },
      ],
    },
    'names.json': { icb: { E54000050: 'North East and North Cumbria' } },
  });
  const first = await run(folder);
  assert.equal(first.code, 3, first.told);
  assert.match(
    first.told,
    /sites\.csv row 3, latitude: Latitude -1\.3 and longitude 54\.6 are the wrong way round/,
  );
  assert.match(first.told, /Nothing of sites\.csv was loaded/);
  assert.match(first.told, /lines\.csv row 2, site: There is no site ZY901/);
  assert.match(first.told, /letter\.csv: passed over\./);
  assert.match(first.out, /providers\.csv \(Providers\): 1 added/);
  assert.match(first.out, /In the register: 0 sites, 0 lines, 1 areas/);

  const second = await run('--leave-out', folder);
  assert.match(second.out, /sites\.csv \(Sites\): 1 added, 0 changed, 0 unchanged, 1 refused/);
  assert.match(second.out, /lines\.csv \(Lines\): 1 added/);
  assert.match(second.out, /In the register: 1 sites, 1 lines, 1 areas/);

  const named = await run(`${folder}/letter.csv`);
  assert.equal(named.code, 1);
  assert.match(named.told, /letter\.csv: Its headings are of no table that we know/);
});
