import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { problem } from '../../platform/problem.ts';

export interface InputFile {
  /** Absolute, links resolved: one file is one source, however it was named. */
  readonly path: string;
  /** Bytes on disk. */
  readonly size: number;
  /** Its name says that each line is a resource. Otherwise the content shows it. */
  readonly lines: boolean;
}

const known = /\.(?:json|ndjson|jsonl)(?:\.(?:gz|bz2))?$/i;
const byLine = /\.(?:ndjson|jsonl)(?:\.(?:gz|bz2))?$/i;

/**
 * The files that the paths name, each once: files as they are, folders with all below them, in the order of their names.
 * `passedOver` counts what in folders is no FHIR JSON by its name. Throws a Problem for a path that is not there.
 */
export function inputFiles(paths: readonly string[]): { files: InputFile[]; passedOver: number } {
  const files = new Map<string, InputFile>();
  let passedOver = 0;
  const add = (path: string) => {
    const real = realpathSync(path);
    if (!files.has(real))
      files.set(real, { path: real, size: statSync(real).size, lines: byLine.test(basename(real)) });
  };
  const walk = (folder: string) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const isFolder = entry.isSymbolicLink() ? statSync(path).isDirectory() : entry.isDirectory();
      if (isFolder) {
        // A link to a folder may lead in a circle.
        if (!entry.isSymbolicLink()) walk(path);
        else passedOver += 1;
      } else if (known.test(entry.name)) add(path);
      else passedOver += 1;
    }
  };
  for (const given of paths) {
    const path = resolve(given);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) throw problem('not-found', `There is no file or folder ${path}.`, { where: given });
    if (found.isDirectory()) walk(path);
    else add(path);
  }
  return { files: [...files.values()], passedOver };
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
