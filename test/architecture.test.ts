import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'node:test';

const src = resolve(import.meta.dirname, '../src');

/** From the ground up. A folder imports from floors below its own, and from itself. */
const floors: readonly (readonly string[])[] = [
  ['platform'],
  ['fhir', 'dicom'],
  ['record'],
  ['imaging'],
  ['access'],
  ['web'],
  ['demo'],
  ['services', 'region', 'exchange'],
  ['app'],
  ['commands'],
  ['main'],
];

/** Folders whose own folders are rooms: none imports from another. */
const rooms = ['services', 'region', 'exchange'];

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/g;

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(ts|mts|js|mjs)$/.test(file) && !file.startsWith('fhir/r4/'));

/** `src/app.ts` counts as the folder `app`. */
const folderOf = (file: string): string => (file.split('/')[0] ?? '').replace(/\.ts$/, '');

const floorOf = (folder: string): number => floors.findIndex((names) => names.includes(folder));

const isTest = (file: string): boolean => file.endsWith('.test.ts');

function importsOf(text: string): string[] {
  return [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '');
}

/** What is wrong with an import, or undefined. `to` as a path below src. */
function faultOf(from: string, to: string): string | undefined {
  const [here, there] = [folderOf(from), folderOf(to)];
  if (here === there) {
    if (!rooms.includes(here)) return undefined;
    const [mine, its] = [from.split('/')[1], to.split('/')[1]];
    return mine === its ? undefined : 'rooms beside each other';
  }
  if (floorOf(there) < 0) return 'a folder that is on no floor';
  return floorOf(there) < floorOf(here) ? undefined : 'upward or sideways';
}

test('every folder of src stands on a floor', () => {
  const unknown = [...new Set(files.map(folderOf))].filter((folder) => floorOf(folder) < 0);
  assert.deepEqual(unknown, []);
});

test('folders import only from floors below their own', () => {
  const broken: string[] = [];
  for (const file of files) {
    for (const specifier of importsOf(readFileSync(join(src, file), 'utf8'))) {
      if (!specifier.startsWith('.')) continue;
      const to = relative(src, resolve(src, dirname(file), specifier)).replaceAll('\\', '/');
      if (to.startsWith('..')) {
        // Tests may use what stands in test/; sources use nothing outside src.
        if (!(isTest(file) && to.startsWith('../test/'))) broken.push(`${file} -> ${specifier}: outside src`);
        continue;
      }
      const fault = faultOf(file, to);
      if (fault) broken.push(`${file} -> ${specifier}: ${fault}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('the rule finds upward and sideways imports', () => {
  assert.equal(faultOf('record/store.ts', 'platform/ids.ts'), undefined);
  assert.equal(faultOf('app.ts', 'services/video/index.ts'), undefined);
  assert.ok(faultOf('platform/ids.ts', 'record/store.ts'));
  assert.ok(faultOf('fhir/parse.ts', 'dicom/parse.ts'));
  assert.ok(faultOf('services/video/index.ts', 'services/clinics/index.ts'));
  assert.ok(faultOf('record/store.ts', 'cellar/store.ts'));
  assert.deepEqual(
    importsOf(`import a from './a.ts';\nimport type { B } from './b.ts';\nexport { c } from './c.ts';`),
    ['./a.ts', './b.ts', './c.ts'],
  );
});

/** The text without comments, so that prose may name what code may not use. */
const codeOf = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

test('only the platform talks to the database driver', () => {
  const broken = files.filter(
    (file) =>
      folderOf(file) !== 'platform' &&
      !isTest(file) &&
      importsOf(readFileSync(join(src, file), 'utf8')).some((name) => /^(postgres|pg)(\/|$)/.test(name)),
  );
  assert.deepEqual(broken, []);
});

test('time, randomness and ids come from the platform', () => {
  const forbidden = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/;
  const broken = files.filter(
    (file) =>
      folderOf(file) !== 'platform' &&
      // The browser's own code runs where no part of the server does.
      !file.includes('/browser/') &&
      !isTest(file) &&
      forbidden.test(codeOf(readFileSync(join(src, file), 'utf8'))),
  );
  assert.deepEqual(broken, []);
});
