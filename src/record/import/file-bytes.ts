import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { problem } from '../../platform/problem.ts';
import { bunzip } from './bzip2.ts';

/** Codes of the system that mean: this file cannot be read, others may. */
export const unreadable: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'EIO']);

const pieceSize = 256 * 1024;

/**
 * The bytes of a file, unpacked where it begins as gzip or bzip2 does, whatever its name. `read` is told how many bytes of
 * the file itself have been read so far. Throws a Problem where the packed data is broken.
 */
export async function* fileBytes(
  path: string,
  read: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const packing = await packingOf(path);
  const file = counted(createReadStream(path, { highWaterMark: pieceSize }), read);
  if (packing === 'none') yield* file;
  else if (packing === 'bzip2') yield* bunzip(file);
  else {
    const unzip = createGunzip({ chunkSize: pieceSize });
    // The error comes out of the loop below as well.
    pipeline(file, unzip, () => {});
    try {
      yield* unzip;
    } catch (error) {
      if (!/^(Z_|ERR_ZLIB)/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
      throw problem(
        'structure',
        'The file is not whole: its gzip data is broken or cut off. Fetch it again.',
        {
          cause: error,
        },
      );
    }
  }
}

async function* counted(file: AsyncIterable<Buffer>, read: (bytes: number) => void): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const piece of file) {
    total += piece.length;
    read(total);
    yield piece;
  }
}

async function packingOf(path: string): Promise<'none' | 'gzip' | 'bzip2'> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead);
    if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
    if (/^BZh[1-9]$/.test(start.toString('latin1'))) return 'bzip2';
    if (start.toString('hex') === '504b0304')
      throw problem('not-supported', 'This is a zip archive. Unpack it, and import the folder.');
    return 'none';
  } finally {
    await file.close();
  }
}

/** Files up to this size are told apart by all their bytes, larger ones by samples, their size and time of change. */
const wholeUpTo = 16 << 20;
const samples = 64;
const sampleSize = 64 << 10;

/** What tells the content of a file from another under the same path. */
export async function fingerprint(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const parts: Buffer[] = [Buffer.from(`${size}`)];
    if (size <= wholeUpTo) parts.push(await readAt(file, 0, size));
    else {
      parts.push(Buffer.from(` ${mtimeMs}`));
      const step = (size - sampleSize) / (samples - 1);
      for (let i = 0; i < samples; i += 1) parts.push(await readAt(file, Math.floor(i * step), sampleSize));
    }
    return hash('sha256', Buffer.concat(parts), 'hex').slice(0, 32);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
