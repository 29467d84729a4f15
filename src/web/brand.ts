/**
 * The marks of a brand that a deployer is entitled to, from a folder of theirs. We ship none: the NHS logo belongs to the Department
 * of Health and Social Care, and Frutiger needs a licence. Source: NHS identity guidelines; NHS service manual, typography.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../platform/problem.ts';
import type { Assets } from './assets.ts';

export interface Brand {
  /** For screen readers, before the service’s name. */
  readonly name: string;
  /** Name of the asset. */
  readonly logo: string;
  /** Name of the style sheet that loads the typeface; undefined: system fonts stay. */
  readonly styles: string | undefined;
}

const logos = ['logo.svg', 'logo.png'] as const;
const faces = [
  { file: 'regular.woff2', weight: 400 },
  { file: 'bold.woff2', weight: 600 },
] as const;
const largestLogo = 20_000;

/** Reads the folder and adds its files to those that pages use. Throws a Problem where the logo is not there or too large. */
export function loadBrand(folder: string, assets: Assets): Brand {
  const logo = logos.find((file) => existsSync(join(folder, file)));
  if (!logo) throw problem('not-found', `BRAND_DIR ${folder} holds neither ${logos.join(' nor ')}.`);
  const drawing = readFileSync(join(folder, logo));
  if (drawing.length > largestLogo)
    throw problem(
      'too-long',
      `${join(folder, logo)} has ${drawing.length} bytes; pages on slow lines need at most ${largestLogo}.`,
    );
  const name = `brand-${logo}`;
  assets.add(name, drawing);
  const found = faces.filter(({ file }) => existsSync(join(folder, file)));
  for (const { file } of found) assets.add(`brand-${file}`, readFileSync(join(folder, file)));
  if (found.length === 0) return { name: 'NHS', logo: name, styles: undefined };
  const rules = found.map(
    ({ file, weight }) =>
      `@font-face{font-display:swap;font-family:Frutiger W01;font-style:normal;font-weight:${weight};` +
      `src:url("${assets.url(`brand-${file}`)}") format("woff2")}`,
  );
  const styles = 'brand.css';
  const family = 'html,body{font-family:Frutiger W01,Arial,sans-serif}';
  assets.add(styles, Buffer.from(rules.join('') + family));
  return { name: 'NHS', logo: name, styles };
}
