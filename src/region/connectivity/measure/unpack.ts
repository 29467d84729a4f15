/** Bytes as text, unpacked where they are gzip: results of M-Lab are archived so. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { problem } from '../../../platform/problem.ts';

const unzip = promisify(gunzip);

/** `most`: bytes that it may unpack to. */
export async function unpacked(body: Uint8Array, most: number): Promise<string> {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  if (!isGzip) return Buffer.from(body).toString('utf8');
  try {
    return (await unzip(body, { maxOutputLength: most })).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw problem('too-long', `The file unpacks to more than ${most / 1024 / 1024} MB. Send it in parts.`);
    throw problem('structure', 'The file begins like gzip, but cannot be unpacked: it may be cut off.', {
      cause: error,
    });
  }
}
