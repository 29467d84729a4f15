import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../../platform/database.ts';
import { pathOf } from './import-units.ts';

/** One entry or line that was set aside. */
export interface Refusal {
  readonly path: string;
  /** Line, counted from 1; undefined: the file is one document. */
  readonly line: number | undefined;
  /** Index in the Bundle; undefined: the whole of it. */
  readonly entry: number | undefined;
  /** OperationOutcome, as JSON. */
  readonly outcome: string;
  /** As it was sent. */
  readonly text: string;
}

/** Where a refusal stands, for people: `people.ndjson, line 3, entry 0`. */
export function placeText(file: string, { place, entry }: { place: number; entry: number }): string {
  return [file, ...(place > 0 ? [`line ${place}`] : []), ...(entry >= 0 ? [`entry ${entry}`] : [])].join(
    ', ',
  );
}

/**
 * What was set aside, in the order of files and lines: of the sources given, or of the latest import of every file at or below the
 * paths given (none: all).
 */
export async function* refusals(
  database: Pick<Database, 'pool'>,
  which: { readonly sources: readonly string[] } | { readonly paths: readonly string[] },
): AsyncGenerator<Refusal> {
  const sources = 'sources' in which ? which.sources : await latestSources(database, which.paths);
  for (const source of [...sources].sort()) {
    let after = { place: -1, entry: -2 };
    for (;;) {
      const rows = await database.pool`
        select place, entry, outcome, content from import_refusal
        where source = ${source} and (place, entry) > (${after.place}, ${after.entry})
        order by place, entry limit 50`;
      for (const row of rows) {
        const place = Number(row['place']);
        const entry = Number(row['entry']);
        after = { place, entry };
        yield {
          path: pathOf(source),
          line: place > 0 ? place : undefined,
          entry: entry >= 0 ? entry : undefined,
          outcome: row['outcome'],
          text: row['content'],
        };
      }
      if (rows.length < 50) break;
    }
  }
}

async function latestSources(
  database: Pick<Database, 'pool'>,
  paths: readonly string[],
): Promise<readonly string[]> {
  const rows = await database.pool`select source, changed, refused from import_source order by changed`;
  const latest = new Map<string, string | undefined>();
  for (const row of rows) {
    const source = row['source'] as string; // a text column
    const path = pathOf(source);
    if (paths.length > 0 && !paths.some((given) => path === given || path.startsWith(`${given}/`))) continue;
    latest.set(path, source);
  }
  return [...latest.values()].filter((source) => source !== undefined);
}

/** A refusal as a line of NDJSON. */
export function refusalLine({ path, line, entry, outcome, text }: Refusal): string {
  const start = JSON.stringify({ file: path, line, entry }).slice(0, -1);
  return `${start},"outcome":${outcome},"text":${JSON.stringify(text)}}\n`;
}

/** Writes the refusals of these sources to a new file in the folder. Answers its path. */
export async function writeReport(
  database: Pick<Database, 'pool'>,
  sources: readonly string[],
  folder: string,
  now: number,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = new Date(now).toISOString().replace(/[:.]/g, '-');
  const path = join(folder, `refusals-${name}.ndjson`);
  async function* lines(): AsyncGenerator<string> {
    for await (const refusal of refusals(database, { sources })) yield refusalLine(refusal);
  }
  // What was sent is about people: for the owner's eyes.
  await pipeline(Readable.from(lines()), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  return path;
}
