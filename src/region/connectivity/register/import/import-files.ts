/** Several files at once, each whole or not at all, in the order in which they need each other. */
import type { Clock } from '../../../../platform/clock.ts';
import type { Database } from '../../../../platform/database.ts';
import { Problem } from '../../../../platform/problem.ts';
import type { Actor } from '../../../../record/actor.ts';
import type { CareRecord } from '../../../../record/care-record.ts';
import { openAreas } from '../areas.ts';
import { judgeOf } from '../land.ts';
import { openStore } from '../store.ts';
import { countsOf, type ImportCounts, type PlannedRow, planImport } from './plan-import.ts';
import type { Source } from './read-csv.ts';
import { type AreaNames, type FileContent, readFile } from './read-file.ts';

export interface GivenFile {
  /** No other has it. */
  readonly name: string;
  readonly open: Source;
  /** By whoever gave the command; others of a folder are passed over where they are nothing that we know. */
  readonly isNamed: boolean;
}

export interface ImportedFile {
  readonly name: string;
  /** “GP practices” */
  readonly what: string;
  readonly counts: ImportCounts;
  readonly refused: readonly PlannedRow[];
  readonly isLoaded: boolean;
  /** Of a folder, and nothing that we know: why it was passed over. */
  readonly unread?: string;
}

export interface ImportOptions {
  readonly database: Database;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly ownActor: Actor;
  readonly files: readonly GivenFile[];
  readonly names: AreaNames;
  /** Load the rows that are right even where others are refused. */
  readonly leaveOut: boolean;
  readonly signal: AbortSignal;
  /** Rows read so far. */
  readonly progress: (done: number, note: string) => void;
}

export interface ImportedAll {
  readonly files: readonly ImportedFile[];
  readonly sites: number;
  readonly circuits: number;
  readonly areas: number;
}

const nothing: ImportCounts = { added: 0, changed: 0, unchanged: 0, leftOut: 0, refused: 0 };

/** Of a file that is rows: what it is, by its first row. */
async function orderOf(content: FileContent): Promise<{ order: number; what: string }> {
  if (content.form === 'areas') return { order: -1, what: 'areas' };
  for await (const { layout } of content.rows) return { order: layout.order, what: layout.name };
  return { order: 9, what: 'no rows' };
}

export async function importFiles(options: ImportOptions): Promise<ImportedAll> {
  const { database, record, clock, ownActor, leaveOut, signal, progress, names } = options;
  const areas = openAreas(database);
  const judge = async () => judgeOf((await areas.shapes()).map(({ shape }) => shape));
  const store = openStore({ database, record, clock, ownActor, judge });
  const results = new Map<string, ImportedFile>();
  const ready: { file: GivenFile; order: number; what: string }[] = [];
  for (const file of options.files)
    try {
      ready.push({ file, ...(await orderOf(await readFile(file.open, names))) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (file.isNamed)
        throw new Problem(
          error.faults.map((fault) => ({ ...fault, where: file.name })),
          { cause: error },
        );
      const unread = `passed over. ${error.message}`;
      results.set(file.name, {
        name: file.name,
        what: '',
        counts: nothing,
        refused: [],
        isLoaded: false,
        unread,
      });
    }
  ready.sort((a, b) => a.order - b.order);
  let before = 0;
  for (const { file, what } of ready) {
    const { name } = file;
    const content = await readFile(file.open, names);
    signal.throwIfAborted();
    if (content.form === 'areas') {
      const known = new Set((await areas.all()).map(({ code }) => code));
      const added = content.areas.filter(({ area }) => !known.has(area.code)).length;
      const { changed } = await areas.save(content.areas.map(({ area }) => area));
      const unchanged = content.areas.length - changed;
      const counts = { ...nothing, added, changed: changed - added, unchanged };
      results.set(name, { name, what, counts, refused: [], isLoaded: true });
      continue;
    }
    const context = { whole: await store.whole(), judge: await judge(), shapes: await areas.shapes() };
    const start = before;
    const planned = await planImport(content.rows, context, (read) => {
      before = start + read;
      if (read % 500 === 0) progress(before, `reading ${name}`);
      signal.throwIfAborted();
    });
    const refused = planned.filter(({ result }) => result === 'refused');
    const isLoaded = refused.length === 0 || leaveOut;
    if (isLoaded) {
      const changes = planned.flatMap(({ change }) => (change ? [change] : []));
      const by = { id: ownActor.id, name: ownActor.name, via: `import ${name}` };
      progress(before, `storing ${name}`);
      await store.saveWatched(changes, by, { signal });
    }
    results.set(name, { name, what, counts: countsOf(planned), refused, isLoaded });
  }
  const { sites, circuits } = await store.whole();
  return {
    files: options.files.flatMap(({ name }) => results.get(name) ?? []),
    ...{ sites: sites.size, circuits: circuits.size, areas: (await areas.all()).length },
  };
}
