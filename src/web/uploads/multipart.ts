/** Forms with files as browsers send them without script: multipart/form-data (RFC 7578), read as it comes, never held whole. */
import { problem } from '../../platform/problem.ts';

export interface Part {
  /** The input's name. */
  readonly name: string;
  /** Only of file inputs; empty where no file was chosen. */
  readonly filename: string | undefined;
  /** Must be read before the next part is asked for; what is left is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

const mostParts = 200;
const longestHead = 8_192;

/** The boundary that a Content-Type names, or undefined. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const found = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? '',
  );
  return found?.[1] ?? found?.[2];
}

const broken = () =>
  problem('structure', 'The form did not come whole. Send it again.', { where: 'http.body' });

/** Parts in the order sent. Throws a Problem (400) where the body is cut off or is none. */
export async function* multipartParts(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Part> {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const next = await chunks.next();
    if (next.done) throw broken();
    held = Buffer.concat([held, next.value]);
  };
  /** All up to the mark, which is taken off too; the mark must come within the limit. */
  const upTo = async (mark: Buffer, limit: number): Promise<Buffer> => {
    for (;;) {
      const at = held.indexOf(mark);
      if (at >= 0) {
        const found = held.subarray(0, at);
        held = held.subarray(at + mark.length);
        return found;
      }
      if (held.length > limit) throw broken();
      await more();
    }
  };
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // As if the body began on a new line, so that the first boundary is like the others.
  held = Buffer.from('\r\n');
  await upTo(delimiter, longestHead);
  for (let count = 0; ; count += 1) {
    while (held.length < 2) await more();
    if (held.subarray(0, 2).equals(Buffer.from('--'))) return;
    if (count >= mostParts) throw problem('too-long', `A form has at most ${mostParts} fields.`);
    await upTo(Buffer.from('\r\n'), 100);
    const head = (await upTo(Buffer.from('\r\n\r\n'), longestHead)).toString('utf8');
    let ended = false;
    const content = (async function* () {
      while (!ended) {
        const at = held.indexOf(delimiter);
        if (at >= 0) {
          const last = held.subarray(0, at);
          held = held.subarray(at + delimiter.length);
          ended = true;
          if (last.length > 0) yield last;
          return;
        }
        // What may be the beginning of a boundary stays.
        const sure = Math.max(0, held.length - delimiter.length + 1);
        const piece = held.subarray(0, sure);
        held = held.subarray(sure);
        if (piece.length > 0) yield piece;
        await more();
      }
    })();
    yield { ...namesIn(head), content };
    // A consumer that broke off ended the generator: the rest is skipped here.
    while (!ended) {
      const at = held.indexOf(delimiter);
      if (at >= 0) {
        held = held.subarray(at + delimiter.length);
        ended = true;
      } else {
        held = held.subarray(Math.max(0, held.length - delimiter.length + 1));
        await more();
      }
    }
  }
}

/** Names as WHATWG HTML §4.10.21.8 writes them: quotation marks and line breaks as %22, %0D, %0A. */
function namesIn(head: string): { name: string; filename: string | undefined } {
  const line = /^content-disposition:\s*form-data\s*;([^\r\n]*)/im.exec(head)?.[1] ?? '';
  const of = (key: string): string | undefined => {
    const value = new RegExp(`(?:^|;)\\s*${key}="([^"]*)"`, 'i').exec(line)?.[1];
    return value?.replaceAll('%22', '"').replaceAll(/%0d/gi, '\r').replaceAll(/%0a/gi, '\n');
  };
  return { name: of('name') ?? '', filename: of('filename') };
}
