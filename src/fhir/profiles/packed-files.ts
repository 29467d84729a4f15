/** Files within a package as npm and the FHIR registries hand it out: a tar archive, compressed by gzip. Source: POSIX.1-2001 pax, ustar. */
import { gunzipSync } from 'node:zlib';
import { problem } from '../../platform/problem.ts';

const block = 512;

/** The most that a package may unpack to, in bytes. */
const mostBytes = 1 << 30;

/** The files of the archive, in their order. */
export function* packedFiles(archive: Buffer): Generator<{ readonly path: string; readonly bytes: Buffer }> {
  const tar = gunzipSync(archive, { maxOutputLength: mostBytes });
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block);
    if (header[0] === 0) break;
    const size = Number.parseInt(textAt(header, 124, 12), 8);
    const bytes = tar.subarray(at + block, at + block + size);
    if (!Number.isSafeInteger(size) || size < 0 || bytes.length < size)
      throw problem('structure', 'The package is damaged: a file in it is cut off.');
    at += block + Math.ceil(size / block) * block;
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'L') longName = bytes.toString('utf8').replace(/\0+$/, '');
    else if (kind === 'x') longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes.toString('utf8'))?.[1];
    else {
      const prefix = textAt(header, 345, 155);
      const name = textAt(header, 0, 100);
      const path = longName ?? (prefix === '' ? name : `${prefix}/${name}`);
      longName = undefined;
      if (kind === '0' || kind === '\0') yield { path, bytes };
    }
  }
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end).trim();
}
