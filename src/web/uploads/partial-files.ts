/** The bytes of uploads on their way, in the folder where the store of files keeps what is unfinished. */
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface PartialFiles {
  /** Bytes so far; undefined where there is no such file. */
  readonly size: (id: string) => Promise<number | undefined>;
  readonly create: (id: string) => Promise<void>;
  /**
   * Writes from this offset on, and answers the new size when what was written is on disk. Where the source breaks off,
   * what came before stays.
   */
  readonly write: (id: string, offset: number, source: AsyncIterable<Uint8Array>) => Promise<number>;
  readonly read: (id: string, bytes?: number) => Readable;
  readonly remove: (id: string) => Promise<void>;
}

export function partialFiles(folder: string): PartialFiles {
  const incoming = join(folder, 'incoming');
  // Ids are UUIDs that the server made; anything else has no file.
  const pathOf = (id: string): string => join(incoming, `upload-${id.replaceAll(/[^0-9a-f-]/g, '')}`);
  return {
    async size(id) {
      try {
        return (await stat(pathOf(id))).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async create(id) {
      await mkdir(incoming, { recursive: true });
      await (await open(pathOf(id), 'wx', 0o600)).close();
    },
    async write(id, offset, source) {
      const file = await open(pathOf(id), 'r+');
      let at = offset;
      try {
        for await (const chunk of source) {
          let done = 0;
          while (done < chunk.length)
            done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
          at += chunk.length;
        }
      } finally {
        await file.sync();
        await file.close();
      }
      return at;
    },
    read: (id, bytes) => createReadStream(pathOf(id), bytes === undefined ? {} : { end: bytes - 1 }),
    remove: (id) => rm(pathOf(id), { force: true }),
  };
}
