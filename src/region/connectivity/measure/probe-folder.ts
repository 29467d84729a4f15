/** What a probe has measured and not yet handed over: a file each, whole or not there, so that `kill -9` at any moment loses nothing. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../../platform/clock.ts';
import { uuidv7 } from '../../../platform/ids.ts';
import { sentCut, sentReading } from './arrivals.ts';

/** When something was, by the clock on the wall and by one that nobody sets, as far as it reaches. */
export const moment = z.object({
  wall: z.number(),
  /** Of the machine's run: two moments of one run are `ticks` ms apart, whatever became of the clock. */
  run: z.string(),
  ticks: z.number(),
});
export type Moment = z.infer<typeof moment>;

const keptReading = z.object({ kind: z.literal('reading'), at: moment, reading: sentReading });
const keptCut = z.object({ kind: z.literal('cut'), at: moment, cut: sentCut });
const kept = z.union([keptReading, keptCut]);
export type Kept = z.infer<typeof kept>;

const newId = uuidv7(systemClock);

export interface ProbeFolder {
  readonly put: (entry: Kept) => void;
  /** Oldest first, at most so many. */
  readonly waiting: (most: number) => readonly { readonly file: string; readonly entry: Kept }[];
  readonly drop: (files: readonly string[]) => void;
  /** Out of the way, for a person to look at. */
  readonly setAside: (files: readonly string[]) => void;
  /** Since when the server could not be reached, of this run or one that was cut short. */
  readonly cutSince: () => Moment | undefined;
  readonly setCut: (since: Moment | undefined) => void;
}

export function openProbeFolder(folder: string): ProbeFolder {
  const outbox = join(folder, 'outbox');
  const broken = join(folder, 'broken');
  const cutFile = join(folder, 'cut.json');
  mkdirSync(outbox, { recursive: true });
  mkdirSync(broken, { recursive: true });

  /** Written beside, forced to the disk, then put in place in one step. */
  const write = (file: string, value: unknown) => {
    const draft = join(folder, `.${newId()}.draft`);
    const handle = openSync(draft, 'w');
    writeFileSync(handle, JSON.stringify(value));
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
    syncFolder(join(file, '..'));
  };
  for (const name of readdirSync(folder))
    if (name.endsWith('.draft')) rmSync(join(folder, name), { force: true });

  return {
    put: (entry) => {
      // Names sort by time; the id makes them one each.
      const id = entry.kind === 'reading' ? entry.reading.id : newId();
      write(
        join(outbox, `${String(entry.at.wall).padStart(15, '0')}-${id.replaceAll(/[^\w.-]/g, '_')}.json`),
        entry,
      );
    },
    waiting(most) {
      const found: { file: string; entry: Kept }[] = [];
      for (const file of readdirSync(outbox).sort().slice(0, most)) {
        const entry = readJson(join(outbox, file), kept);
        if (entry) found.push({ file, entry });
        // It cannot be ours as it is. It is set aside, not thrown away, and keeps no other from going.
        else renameSync(join(outbox, file), join(broken, file));
      }
      return found;
    },
    drop: (files) => {
      for (const file of files) rmSync(join(outbox, file), { force: true });
    },
    setAside: (files) => {
      for (const file of files) renameSync(join(outbox, file), join(broken, file));
    },
    cutSince: () => readJson(cutFile, moment),
    setCut: (since) => {
      if (since) write(cutFile, since);
      else rmSync(cutFile, { force: true });
    },
  };
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
