// Makes src/web/assets/*.css from src/web/styles: `npm run styles`. The result is committed, so that the server has no build.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { compile } from 'sass';
import { themeStyles } from './theme-colours.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The style sheet of all pages, minified. */
export async function makeStyles(): Promise<string> {
  const { css } = compile(join(root, 'src/web/styles/throughline.scss'), {
    loadPaths: ['nhsuk-frontend/dist', 'nhsapp-frontend/dist', ''].map((path) =>
      join(root, 'node_modules', path),
    ),
    quietDeps: true,
    silenceDeprecations: ['if-function', 'import'],
  });
  const { code } = await transform(css, {
    loader: 'css',
    minify: true,
    target: ['chrome109', 'firefox102', 'safari15'],
  });
  return themeStyles(code);
}

export const stylesFile = join(root, 'src/web/assets/throughline.css');

if (import.meta.main) writeFileSync(stylesFile, await makeStyles());
