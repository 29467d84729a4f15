/** Nunjucks over the design system's templates and our own; each room's views live under its own name. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { formatDate, formatDateTime, formatPeriod, formatShortDate } from './dates.ts';

const { resolve } = createRequire(import.meta.url);
const designSystem = join(dirname(resolve('nhsuk-frontend/package.json')), 'dist/nhsuk');
const patientsApp = join(dirname(resolve('nhsapp-frontend/package.json')), 'dist/nhsapp');

export interface Templates {
  /** Makes a folder of views known as `name/…`. */
  readonly addFolder: (name: string, folder: string) => void;
  readonly render: (template: string, context: Readonly<Record<string, unknown>>) => string;
  /** Compiles every view of our own and the components they use, so that no person waits for it. */
  readonly warm: () => void;
}

/** `{% from "nhsuk/components/input/macro.njk" import input %}` and the like. */
const uses = /\{%-?\s*(?:from|extends|include|import)\s+"([^"]+)"/g;

export function setUpTemplates(globals: Readonly<Record<string, unknown>>): Templates {
  const folders = new Map<string, string>([
    ['nhsuk', designSystem],
    ['nhsapp', patientsApp],
    ['web', fileURLToPath(new URL('./views', import.meta.url))],
  ]);
  const pathOf = (name: string): string => {
    const slash = name.indexOf('/');
    const folder = folders.get(name.slice(0, slash));
    if (!folder || name.includes('..')) throw new Error(`No template is called ${name}`);
    return join(folder, name.slice(slash + 1));
  };
  const loader = {
    // The design systems write some paths from the template's own folder.
    isRelative: (name: string) => name.startsWith('.'),
    resolve: (from: string, to: string) => posix.join(posix.dirname(from), to),
    getSource: (name: string) => {
      // Its name stands for its path: what it names relative to itself is resolved from there.
      return { src: readFileSync(pathOf(name), 'utf8'), path: name, noCache: false };
    },
  };
  const environment = new nunjucks.Environment([loader], {
    autoescape: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const [name, value] of Object.entries(globals)) environment.addGlobal(name, value);
  environment.addFilter('date', formatDate);
  environment.addFilter('shortDate', formatShortDate);
  environment.addFilter('dateTime', formatDateTime);
  environment.addFilter('period', formatPeriod);
  environment.addFilter('encode', (text: unknown) => encodeURIComponent(String(text ?? '')));

  const seen = new Set<string>();
  const compile = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    environment.getTemplate(name, true);
    for (const [, used] of readFileSync(pathOf(name), 'utf8').matchAll(uses)) {
      const full = used?.startsWith('.') ? posix.join(posix.dirname(name), used) : used;
      if (full) compile(full);
    }
  };
  return {
    addFolder: (name, folder) => {
      folders.set(name, folder);
    },
    render: (template, context) => environment.render(template, context),
    warm: () => {
      for (const [name, folder] of folders) {
        if (name === 'nhsuk' || name === 'nhsapp') continue;
        for (const file of readdirSync(folder)) if (file.endsWith('.njk')) compile(`${name}/${file}`);
      }
    },
  };
}
