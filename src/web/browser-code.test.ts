import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { loadAssets } from './assets.ts';
import { loadBrand } from './brand.ts';
import { bundleIslands, islandsIn } from './browser-code.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'throughline-islands-'));

test('each island becomes one module of its own, with what it shares inside', async (t) => {
  const home = folder();
  t.after(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, 'parts'));
  writeFileSync(join(home, 'parts/shout.ts'), "export const shout = (text: string): string => text + '!';");
  const island = "import { shout } from './parts/shout.ts';\ndocument.title = shout('hello');";
  writeFileSync(join(home, 'greet.ts'), island);
  writeFileSync(join(home, 'greet.test.ts'), 'throw new Error();');
  const made = await bundleIslands(islandsIn(home));
  assert.deepEqual([...made.keys()], ['greet.js']);
  const code = made.get('greet.js')?.toString() ?? '';
  assert.match(code, /document\.title/);
  assert.doesNotMatch(code, /import|: string/);
});

test('two islands of one name are refused, and a folder that is not there has none', async () => {
  await assert.rejects(bundleIslands(['/a/trend.ts', '/b/trend.ts']), /Two islands are called trend/);
  assert.deepEqual(islandsIn('/nowhere/at/all'), []);
  assert.equal((await bundleIslands([])).size, 0);
});

test('an island with a fault of syntax stops the start and says where', async (t) => {
  const home = folder();
  t.after(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, 'broken.ts'), 'const = 1;');
  await assert.rejects(bundleIslands(islandsIn(home)), /broken\.ts/);
});

test('the shell’s own islands are small', async () => {
  const made = await bundleIslands(islandsIn(join(import.meta.dirname, 'browser')));
  for (const [name, code] of made) {
    const size = brotliCompressSync(code).length;
    // The worker comes after a page, once.
    assert.ok(size <= (name === 'service-worker.js' ? 6000 : 3000), `${name} is ${size} bytes compressed`);
  }
});

test('a brand comes from the deployer’s folder, which must hold a logo', (t) => {
  const home = folder();
  t.after(() => rmSync(home, { recursive: true }));
  assert.throws(() => loadBrand(home, loadAssets()), /holds neither logo\.svg nor logo\.png/);
  writeFileSync(join(home, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  assert.equal(loadBrand(home, loadAssets()).styles, undefined, 'system fonts stay without a typeface');
  writeFileSync(join(home, 'regular.woff2'), 'wOF2');
  const assets = loadAssets();
  const brand = loadBrand(home, assets);
  assert.equal(brand.styles, 'brand.css');
  assert.match(assets.url('brand.css'), /^\/assets\/brand-[0-9a-f]{10}\.css$/);
  assert.match(assets.url(brand.logo), /^\/assets\/brand-logo-/);
  writeFileSync(join(home, 'logo.svg'), ' '.repeat(30_000));
  assert.throws(() => loadBrand(home, loadAssets()), /at most 20000/);
});
