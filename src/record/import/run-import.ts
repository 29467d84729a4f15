import { availableParallelism } from 'node:os';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { codeOf } from '../../platform/sql-error.ts';
import type { Actor } from '../actor.ts';
import type { GuideSources } from '../guides.ts';
import { textKey } from '../keys.ts';
import { fileBytes, fingerprint, unreadable } from './file-bytes.ts';
import { cutOff, type Example, type Outcome, sourceOf, type Task } from './import-units.ts';
import type { InputFile } from './input-files.ts';
import { lineChunks } from './line-chunks.ts';
import type { Failure } from './run-thread.ts';
import { againSince, beginLines, foldParts, keepPart } from './source-rows.ts';
import { openWorkers, type WorkerPool } from './worker-pool.ts';

export interface ImportOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Public address of the FHIR API. */
  readonly baseUrl: string;
  readonly actor: Actor;
  readonly files: readonly InputFile[];
  /** Import files that were imported before once more. */
  readonly again: boolean;
  /** The profiles that resources are held to. */
  readonly guides?: GuideSources;
  /** Threads. Default: one for each core. */
  readonly processes?: number;
  /** Most resources in one statement, and lines in one transaction. Default 400. */
  readonly chunk?: number;
  /** Aborted: what has begun is finished, nothing new is begun. */
  readonly signal: AbortSignal;
  readonly watch?: (state: ImportState) => void;
}

export interface ImportState {
  /** Resources finished. */
  readonly done: number;
  /** Of the files' bytes, how many are behind us: 0 to 1. */
  readonly share: number;
  readonly file: string;
}

export interface ImportResult {
  readonly stopped: boolean;
  readonly entries: number;
  readonly written: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly files: number;
  /** Files that were imported before. */
  readonly already: number;
  /** The sources of this run, by which refusals are kept. */
  readonly sources: readonly string[];
  readonly examples: readonly (Example & { readonly path: string })[];
  /** Files that could not be read at all, and why. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
}

const defaultChunk = 400;
const chunkBytes = 4 << 20;
const tasksPerThread = 2;
const mostExamples = 10;
/** Parts are folded after so many, so that their table stays small. */
const foldEvery = 100;

/** Imports the files on all cores. Throws where the run itself cannot go on; the same call then goes on where it stood. */
export async function runImport(options: ImportOptions): Promise<ImportResult> {
  const { database, clock, files, again, signal } = options;
  const slice = options.chunk ?? defaultChunk;
  const workers = openWorkers<Task>(
    options.processes ?? availableParallelism(),
    {
      ...{ url: database.url, baseUrl: options.baseUrl, actor: options.actor },
      ...{ slice, tasks: tasksPerThread },
      ...(options.guides?.check === 'refuse' ? { guides: options.guides } : {}),
    },
    new URL('./import-worker.ts', import.meta.url),
    (task) => (task.kind === 'lines' ? [task.bytes.buffer] : []),
  );
  const key = textKey(files.map(({ path }) => path).join('\n'));
  const { since, forget } = again
    ? await againSince(database, key, clock.now())
    : { since: 0, forget: async () => {} };
  const run = new Run(options, workers, { slice, since });
  try {
    let waiting = await run.pass(files, false);
    // What waited for something in another file goes again, as long as that helps; then it is set aside.
    while (waiting.units > 0 && !signal.aborted) {
      const left = await run.pass(waiting.files, false);
      waiting = left.units < waiting.units ? left : await run.pass(left.files, true);
    }
    if (!signal.aborted) await forget();
    return run.result(signal.aborted);
  } finally {
    await run.close();
    await workers.close();
  }
}

/** One run: what it has done so far, and how it hands out the work. */
class Run {
  readonly #options: ImportOptions;
  readonly #workers: WorkerPool<Task>;
  readonly #slice: number;
  readonly #since: number;
  readonly #total: number;
  #locks: Awaited<ReturnType<Database['pool']['reserve']>> | undefined;
  #counts = { entries: 0, written: 0, unchanged: 0, refused: 0 };
  #passed = 0; // bytes of the files
  readonly #finished = new Set<string>();
  readonly #already = new Set<string>();
  readonly #sources = new Set<string>();
  readonly #examples: ImportResult['examples'][number][] = [];
  readonly #unread: ImportResult['unread'][number][] = [];

  constructor(
    options: ImportOptions,
    workers: WorkerPool<Task>,
    { slice, since }: { slice: number; since: number },
  ) {
    this.#options = options;
    this.#workers = workers;
    this.#slice = slice;
    this.#since = since;
    this.#total = options.files.reduce((sum, { size }) => sum + size, 0);
  }

  result(stopped: boolean): ImportResult {
    return {
      stopped,
      ...this.#counts,
      files: this.#finished.size,
      already: this.#already.size,
      sources: [...this.#sources],
      examples: this.#examples,
      unread: this.#unread,
    };
  }

  async close(): Promise<void> {
    if (!this.#locks) return;
    await this.#locks`select pg_advisory_unlock_all()`;
    this.#locks.release();
  }

  /** Goes through the files once. Answers those that wait for something that is not there yet. */
  async pass(files: readonly InputFile[], final: boolean): Promise<Waiting> {
    const { signal } = this.#options;
    const waiting: Waiting = { files: [], units: 0 };
    const running = new Set<Promise<void>>();
    let failure: unknown;
    const track = (work: Promise<void>) => {
      const tracked = work
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => running.delete(tracked));
      running.add(tracked);
    };
    const passing: Passing = { final, waiting, track };
    for (const file of files) {
      if (signal.aborted || failure !== undefined) break;
      if (file.lines) await this.#lines(file, passing);
      else {
        const { outcome } = await this.#workers.start({
          kind: 'document',
          path: file.path,
          since: this.#since,
          final,
        });
        track(this.#settleDocument(file, outcome, passing));
      }
    }
    while (running.size > 0) await Promise.race(running);
    if (failure !== undefined) throw failure;
    return waiting;
  }

  async #settleDocument(file: InputFile, started: Promise<Outcome | Failure>, pass: Passing): Promise<void> {
    const outcome = await this.#whenDone(started, file);
    if (outcome === undefined) return;
    if (outcome.kind === 'is-lines') {
      await this.#lines(file, pass);
      return;
    }
    if (outcome.kind === 'waits') {
      pass.waiting.files.push(file);
      pass.waiting.units += 1;
    } else if (outcome.kind === 'already') this.#already.add(file.path);
    else this.#count(outcome, file);
    if (outcome.kind !== 'waits') {
      if (outcome.kind === 'done') this.#finished.add(file.path);
      this.#passed += file.size;
      this.#show(file);
    }
  }

  /** The outcome of a task. Undefined: the file itself cannot be read, which is told at the end. */
  async #whenDone(started: Promise<Outcome | Failure>, file: InputFile): Promise<Outcome | undefined> {
    const answer = await started;
    if ('kind' in answer) return answer;
    if (answer.code !== undefined) {
      this.#cannotRead(file, answer.code);
      return undefined;
    }
    throw problem(
      'exception',
      `The import stopped at ${file.path}: ${answer.failure} What was imported is kept; the same command goes on from there.`,
    );
  }

  #cannotRead(file: InputFile, code: string): void {
    this.#unread.push({ path: file.path, why: code });
    this.#passed += file.size;
  }

  /** A file of lines: read here, its lines handed out. Comes back when the last are handed out. */
  async #lines(file: InputFile, pass: Passing): Promise<void> {
    try {
      await this.#handOut(file, pass);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined || !unreadable.has(code)) throw error;
      this.#cannotRead(file, code);
    }
  }

  async #handOut(file: InputFile, pass: Passing): Promise<void> {
    const { database, clock, signal } = this.#options;
    const source = sourceOf(file.path, await fingerprint(file.path));
    await this.#lock(source);
    const begun = await beginLines(database, source, { since: this.#since, now: clock.now() });
    if (!begun) {
      this.#already.add(file.path);
      this.#passed += file.size;
      return;
    }
    this.#sources.add(source);
    const inFlight = new Map<string, Promise<void>>();
    const running = new Set<Promise<void>>();
    let failure: unknown;
    let waits = false;
    let last = begun.done;
    let sinceFold = 0;
    let folding: Promise<void> = Promise.resolve();
    const before = this.#passed;
    const read = (bytes: number): void => {
      this.#passed = Math.min(before + bytes, this.#total);
    };
    const whole = async (): Promise<void> => {
      try {
        const chunks = lineChunks(fileBytes(file.path, read), {
          lines: this.#slice,
          bytes: chunkBytes,
          skip: skipper(begun),
        });
        for await (const { first, last: until, bytes, names } of chunks) {
          if (signal.aborted || failure !== undefined) break;
          // A resource that comes twice is written in the order of the file.
          await Promise.all(names.flatMap((name) => inFlight.get(name) ?? []));
          const task: Task = { kind: 'lines', source, first, last: until, bytes, final: pass.final };
          const { outcome } = await this.#workers.start(task);
          last = until;
          const work = this.#whenDone(outcome, file)
            .then((answer) => {
              if (answer?.kind === 'waits') {
                waits = true;
                pass.waiting.units += 1;
              } else if (answer?.kind === 'done') this.#count(answer, file);
              this.#show(file);
              sinceFold += 1;
              if (sinceFold >= foldEvery) {
                sinceFold = 0;
                folding = folding.then(() =>
                  foldParts(database, source, { finished: false, now: clock.now() }),
                );
              }
            })
            .catch((error: unknown) => {
              failure ??= error;
            })
            .finally(() => {
              running.delete(work);
              for (const name of names) if (inFlight.get(name) === work) inFlight.delete(name);
            });
          running.add(work);
          for (const name of names) inFlight.set(name, work);
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        await Promise.all(running);
        const place = Math.max(last, begun.ranges.at(-1)?.[1] ?? 0) + 1;
        const refusals = [cutOff(place, error)];
        await inTransaction(database, (sql) =>
          keepPart(sql, source, { first: place, last: place, written: 0, refusals }),
        );
        this.#count(
          {
            kind: 'done',
            source,
            entries: 1,
            written: 0,
            unchanged: 0,
            refused: 1,
            examples: refusals,
          },
          file,
        );
      }
    };
    await whole();
    const ending = async () => {
      await Promise.all(running);
      await folding;
      if (failure !== undefined) throw failure;
      const finished = !signal.aborted && !waits;
      await foldParts(database, source, { finished, now: clock.now() });
      if (finished) this.#finished.add(file.path);
      if (waits) {
        this.#passed -= file.size;
        pass.waiting.files.push(file);
      }
    };
    pass.track(ending());
  }

  /** One import at a time writes a file of lines. The lock ends with this program, however it ends. */
  async #lock(source: string): Promise<void> {
    this.#locks ??= await this.#options.database.pool.reserve();
    const [row] = await this.#locks`
      select pg_try_advisory_lock(${textKey(`import ${source}`)}::int8) as held`;
    if (row?.['held'] !== true)
      throw problem('conflict', `Another import is at work on ${source.slice(0, source.lastIndexOf('#'))}.`);
  }

  #count(outcome: Outcome & { kind: 'done' }, { path }: InputFile): void {
    this.#sources.add(outcome.source);
    this.#counts.entries += outcome.entries;
    this.#counts.written += outcome.written;
    this.#counts.unchanged += outcome.unchanged;
    this.#counts.refused += outcome.refused;
    for (const example of outcome.examples)
      if (this.#examples.length < mostExamples) this.#examples.push({ ...example, path });
  }

  #show({ path }: InputFile): void {
    const share = this.#total === 0 ? 1 : this.#passed / this.#total;
    this.#options.watch?.({ done: this.#counts.entries, share, file: path });
  }
}

/** What waits for something that is not there yet. */
interface Waiting {
  readonly files: InputFile[];
  /** Documents, and groups of lines. */
  units: number;
}

interface Passing {
  readonly final: boolean;
  readonly waiting: Waiting;
  /** Work that the pass is to wait for. */
  readonly track: (work: Promise<void>) => void;
}

/** Whether a line is done. To be asked for each line in turn. */
function skipper({
  done,
  ranges,
}: {
  readonly done: number;
  readonly ranges: readonly (readonly [number, number])[];
}): (line: number) => boolean {
  let at = 0;
  return (line) => {
    if (line <= done) return true;
    while (at < ranges.length && ranges[at]![1] < line) at += 1;
    const range = ranges[at];
    return range !== undefined && range[0] <= line;
  };
}
