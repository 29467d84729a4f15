/** The browser's own code: each island is one ES module, bundled in memory when the server starts. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** The files of a folder that are islands; what they share stands in folders below it. */
export function islandsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
    .map((file) => join(folder, file));
}

/**
 * Bundles and minifies islands: `browser/search-keys.ts` becomes `search-keys.js`. Each stands alone, so that a page loads only
 * what it names. Throws where two have one name.
 */
export async function bundleIslands(files: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const names = files.map((file) => basename(file, '.ts'));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(`Two islands are called ${twice}: files of the browser share one folder`);
  if (files.length === 0) return new Map();
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(names.map((name, index) => [name, files[index] ?? ''])),
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // The oldest browsers that the style sheet is made for.
    target: ['chrome109', 'firefox102', 'safari15'],
    charset: 'utf8',
    legalComments: 'none',
    outdir: '/',
    // The server's own settings for its types say nothing of the browser's.
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
}
