/** Consecutive lines of a file. */
export interface LineChunk {
  /** Number of the first and the last line, counted from 1. */
  readonly first: number;
  readonly last: number;
  /** The lines with their ends; in a buffer of its own, so that it can be handed to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `Type/id` of the resources, as far as the beginnings of the lines tell. */
  readonly names: readonly string[];
}

export interface ChunkLimits {
  readonly lines: number;
  /** A chunk ends with the line that goes beyond. */
  readonly bytes: number;
  /** True for lines that are finished already: they are left out. */
  readonly skip: (line: number) => boolean;
}

const newline = 10;
const head = /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"\s*,\s*"id"\s*:\s*"([A-Za-z0-9\-.]{1,64})"/;

/** Longer lines are parsed once only, where they are imported. */
const longestParsed = 64 << 10;

/** `Type/id`, read from the line's beginning where it stands there, as most exports write it. */
function nameOf(line: Buffer): string | undefined {
  const found = head.exec(line.toString('latin1', 0, 300));
  if (found) return `${found[1]}/${found[2]}`;
  if (line.length > longestParsed) return undefined;
  try {
    const { resourceType, id } = JSON.parse(line.toString('utf8')) as {
      resourceType?: unknown;
      id?: unknown;
    };
    return typeof id === 'string' ? `${String(resourceType)}/${id}` : undefined;
  } catch {
    return undefined; // blank, or broken: said where it is imported
  }
}

/** Cuts a stream of bytes into chunks of whole lines; lines of white space alone belong to the chunk around them. */
export async function* lineChunks(
  source: AsyncIterable<Buffer>,
  limits: ChunkLimits,
): AsyncGenerator<LineChunk> {
  let line = 1; // number of the line that is being read
  let first = 0; // of the chunk; 0: none is open
  let lines: Buffer[] = [];
  let size = 0;
  let names: string[] = [];
  let begun: Buffer[] = []; // pieces of the line that is being read

  const close = (): LineChunk => {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const one of lines) {
      bytes.set(one, at);
      at += one.length;
    }
    const chunk = { first, last: first + lines.length - 1, bytes, names };
    [first, lines, size, names] = [0, [], 0, []];
    return chunk;
  };
  /** Takes one whole line; answers a chunk when one is complete. */
  const take = (whole: Buffer): LineChunk | undefined => {
    const number = line;
    line += 1;
    if (limits.skip(number)) return first > 0 ? close() : undefined;
    if (first === 0) first = number;
    lines.push(whole);
    size += whole.length;
    const name = nameOf(whole);
    if (name !== undefined) names.push(name);
    return lines.length >= limits.lines || size >= limits.bytes ? close() : undefined;
  };

  try {
    for await (const piece of source) {
      let from = 0;
      for (;;) {
        const end = piece.indexOf(newline, from);
        if (end < 0) break;
        const rest = piece.subarray(from, end + 1);
        const chunk = take(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
        begun = [];
        from = end + 1;
        if (chunk) yield chunk;
      }
      if (from < piece.length) begun.push(piece.subarray(from));
    }
  } catch (error) {
    // What came whole before the source broke counts.
    if (first > 0) yield close();
    throw error;
  }
  if (begun.length > 0) {
    const chunk = take(Buffer.concat(begun));
    if (chunk) yield chunk;
  }
  if (first > 0) yield close();
}
