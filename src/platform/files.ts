import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { systemRandom } from './ids.ts';
import { problem } from './problem.ts';
import { asProblem } from './sql-error.ts';

export interface StoredFile {
  /** SHA-256 of the content, 64 lower-case hexadecimal digits: the file's name. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

/** Part of a file: first and last byte, both included and counted from 0, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Files by the hash of their content: written once, never changed. A folder here; an object store fits behind it. */
export interface FileStore {
  /** Stores the content and answers when it is on disk. The same content twice is stored once. */
  put(content: Readable | AsyncIterable<Uint8Array> | Uint8Array): Promise<StoredFile>;
  /** Reads it, or a part. Throws `not-found`, or `value` (416) for a range outside the file. */
  open(hash: string, range?: ByteRange): Promise<Readable>;
  stat(hash: string): Promise<StoredFile | undefined>;
  /** Reads it all: true when the content still has its hash. Throws `not-found`. */
  verify(hash: string): Promise<boolean>;
}

const hashForm = /^[0-9a-f]{64}$/;

/**
 * A folder of files: `ab/cd/abcd…`, so that no folder grows large. Content is written to `incoming/`, flushed,
 * renamed, and its folder flushed: after `put` it survives the loss of power, and no half-written file has a name.
 */
export async function folderStore(folder: string): Promise<FileStore> {
  const incoming = join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });

  const folderOf = (hash: string) => join(folder, hash.slice(0, 2), hash.slice(2, 4));
  const pathOf = (hash: string) => {
    if (!hashForm.test(hash)) throw missing();
    return join(folderOf(hash), hash);
  };
  const sizeOf = async (hash: string): Promise<number | undefined> => {
    try {
      return (await stat(pathOf(hash))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };

  return {
    async put(content) {
      const temporary = join(incoming, `${process.pid}-${randomName()}`);
      const file = await open(temporary, 'wx');
      try {
        const stored = await write(file, content instanceof Uint8Array ? [content] : content);
        if ((await sizeOf(stored.hash)) === stored.size) return stored;
        await file.sync();
        const target = folderOf(stored.hash);
        await mkdir(target, { recursive: true });
        await rename(temporary, join(target, stored.hash));
        for (const path of [target, join(target, '..'), folder]) await flushFolder(path);
        return stored;
      } catch (error) {
        throw asProblem(error);
      } finally {
        await file.close();
        await rm(temporary, { force: true });
      }
    },

    async open(hash, range) {
      const size = await sizeOf(hash);
      if (size === undefined) throw missing();
      if (range && !(range.start >= 0 && range.start <= range.end && range.start < size))
        throw problem('value', `The file has ${size} bytes; the part asked for is outside.`, {
          status: 416,
          headers: { 'Content-Range': `bytes */${size}` },
        });
      return createReadStream(
        pathOf(hash),
        range && { start: range.start, end: Math.min(range.end, size - 1) },
      );
    },

    async stat(hash) {
      if (!hashForm.test(hash)) return undefined;
      const size = await sizeOf(hash);
      return size === undefined ? undefined : { hash, size };
    },

    async verify(hash) {
      if ((await sizeOf(hash)) === undefined) throw missing();
      const sum = createHash('sha256');
      for await (const chunk of createReadStream(pathOf(hash))) sum.update(chunk);
      return sum.digest('hex') === hash;
    },
  };
}

/** Removes what writers that were killed left behind: unfinished files older than a day. */
export async function clearUnfinished(folder: string, now: number): Promise<number> {
  const incoming = join(folder, 'incoming');
  let cleared = 0;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs < 86_400_000) continue;
    await rm(path, { force: true });
    cleared += 1;
  }
  return cleared;
}

async function write(
  file: FileHandle,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StoredFile> {
  const sum = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    sum.update(chunk);
    let written = 0;
    while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
    size += chunk.length;
  }
  return { hash: sum.digest('hex'), size };
}

/** A rename is durable when its folder is flushed; Windows neither needs nor allows it. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function randomName(): string {
  const bytes = new Uint8Array(12);
  systemRandom(bytes);
  return Buffer.from(bytes).toString('hex');
}

const missing = () => problem('not-found', 'There is no such file.');
