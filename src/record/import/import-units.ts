import { isUtf8 } from 'node:buffer';
import { parseJson } from '../../fhir/json.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { fileBytes, fingerprint } from './file-bytes.ts';
import { type Plan, planOf } from './planned-entries.ts';
import { finishDocument, holdSource, keepPart, refusalRow, standingOf } from './source-rows.ts';
import { type PlacedPlan, Waits, type Writing, type Written, writePlans, writeWhole } from './write-plans.ts';

/** A whole file that may be one document. */
export interface DocumentTask {
  readonly kind: 'document';
  readonly path: string;
  /** Imports older than this, ms since 1970 UTC, do not count. */
  readonly since: number;
  /** No other file can bring what an entry waits for. */
  readonly final: boolean;
}

/** Some lines of a file, each a resource or a Bundle. */
export interface LinesTask {
  readonly kind: 'lines';
  readonly source: string;
  readonly first: number;
  readonly last: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly final: boolean;
}

export type Task = DocumentTask | LinesTask;

export type Outcome =
  /** Every line of the file is a document of its own. */
  | { readonly kind: 'is-lines' }
  /** Imported before. */
  | { readonly kind: 'already' }
  /** Nothing was stored: a reference by condition finds nothing yet. */
  | { readonly kind: 'waits' }
  | {
      readonly kind: 'done';
      readonly source: string;
      readonly entries: number;
      readonly written: number;
      readonly unchanged: number;
      readonly refused: number;
      /** The first few refusals, for people to read. */
      readonly examples: readonly Example[];
    };

export interface Example {
  readonly place: number;
  readonly entry: number;
  readonly outcome: string;
}

export const sourceOf = (path: string, print: string): string => `${path}#${print}`;
export const pathOf = (source: string): string => source.slice(0, source.lastIndexOf('#'));

/** Longest text that the JavaScript engine holds, with some room. */
const longestText = 500 << 20;

export async function importUnit(writing: Writing, clock: Clock, task: Task): Promise<Outcome> {
  try {
    return task.kind === 'document'
      ? await importDocument(writing, clock, task)
      : await importLines(writing, task);
  } catch (error) {
    if (error instanceof Waits) return { kind: 'waits' };
    throw error;
  }
}

async function importDocument(writing: Writing, clock: Clock, task: DocumentTask): Promise<Outcome> {
  const { path, since, final } = task;
  const source = sourceOf(path, await fingerprint(path));
  const before = await standingOf(writing.database, source);
  if (before?.finished && before.changed >= since) return { kind: 'already' };

  let plan: Plan;
  let text: string | undefined = '';
  try {
    text = await readDocument(path);
    if (text === undefined) return { kind: 'is-lines' };
    plan = planOf(text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    plan = { planned: [], refused: [{ entry: -1, why: error, sent: text ?? '' }], links: 'none' };
  }
  const done = plan.planned.length + plan.refused.length;
  const result = await writeWhole(writing.database, async (sql, careful) => {
    const now = clock.now();
    const held = await holdSource(sql, source, now);
    if (held.finished && held.changed >= since) return undefined;
    const written = await writePlans(writing, sql, [{ place: 0, plan }], { final, careful });
    await finishDocument(sql, source, { ...written, done }, now);
    return written;
  });
  return result ? outcomeOf(source, done, result) : { kind: 'already' };
}

/** The text of a file that is one document; undefined where each of its lines is one. */
async function readDocument(path: string): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  let firstLine: Buffer[] | undefined = []; // until its end has been seen
  let isDocument = false;
  for await (const piece of fileBytes(path)) {
    pieces.push(piece);
    size += piece.length;
    if (size > longestText)
      throw problem(
        'too-costly',
        'One JSON document of more than 500 MB cannot be read. Write it as NDJSON: one resource on each line.',
      );
    if (isDocument) continue;
    const end = firstLine ? piece.indexOf(10) : 0;
    if (firstLine && end < 0) firstLine.push(piece);
    else if (firstLine) {
      const line = Buffer.concat([...firstLine, piece.subarray(0, end)]).toString('utf8');
      firstLine = undefined;
      isDocument = !isWholeObject(line);
      if (!isDocument && /[^\s]/.test(piece.toString('latin1', end))) return undefined;
    } else if (/[^\s]/.test(piece.toString('latin1'))) return undefined;
  }
  return decoded(Buffer.concat(pieces));
}

function isWholeObject(line: string): boolean {
  try {
    return typeof JSON.parse(line.replace(/^\ufeff/, '')) === 'object';
  } catch {
    return false;
  }
}

function decoded(bytes: Buffer): string {
  if (!isUtf8(bytes)) parseJson(bytes); // throws, and says at which byte
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

async function importLines(writing: Writing, task: LinesTask): Promise<Outcome> {
  const { source, first, last, final } = task;
  const plans: PlacedPlan[] = [];
  let entries = 0;
  for (const [i, line] of linesOf(task.bytes).entries()) {
    const place = first + i;
    let plan: Plan;
    let sent = '';
    try {
      sent = decoded(line);
      if (sent.trim() === '') continue;
      plan = planOf(sent);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      plan = {
        planned: [],
        refused: [{ entry: -1, why: error, sent: sent || line.toString('latin1') }],
        links: 'none',
      };
    }
    entries += plan.planned.length + plan.refused.length;
    plans.push({ place, plan });
  }
  const result = await writeWhole(writing.database, async (sql, careful) => {
    const written = await writePlans(writing, sql, plans, { final, careful });
    await keepPart(sql, source, { first, last, ...written });
    return written;
  });
  return outcomeOf(source, entries, result);
}

function linesOf(bytes: Uint8Array<ArrayBuffer>): Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Buffer[] = [];
  for (let from = 0; from < buffer.length; ) {
    const end = buffer.indexOf(10, from);
    lines.push(buffer.subarray(from, end < 0 ? buffer.length : end));
    from = end < 0 ? buffer.length : end + 1;
  }
  return lines;
}

const mostExamples = 5;

function outcomeOf(source: string, entries: number, { written, unchanged, refusals }: Written): Outcome {
  return {
    kind: 'done',
    source,
    entries,
    written,
    unchanged,
    refused: refusals.length,
    examples: refusals.slice(0, mostExamples).map(({ place, entry, outcome }) => ({ place, entry, outcome })),
  };
}

/** What a file that could not be read to its end is refused with, after the lines that could. */
export const cutOff = (place: number, why: Problem) => refusalRow({ place, entry: -1 }, why, '');
