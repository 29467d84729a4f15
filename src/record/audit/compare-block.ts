import { hash } from 'node:crypto';

/** A row as the log holds it now. */
export interface PresentRow {
  readonly xid: string;
  readonly seq: string;
  readonly at: number;
  readonly month: number;
  /** SHA-256 of its canonical text. */
  readonly digest: Buffer;
}

/** What a block says of the rows of one month. */
export interface SealedPart {
  readonly month: number;
  readonly count: number;
  readonly content: Buffer;
  /** 16 bytes a row: seq, and the start of its digest. */
  readonly members: Buffer;
}

export interface RowFault {
  readonly kind: 'changed' | 'missing' | 'added' | 'moved';
  readonly seq: string;
  /** Where the log has a row of this number. */
  readonly row?: PresentRow;
}

export interface Comparison {
  readonly rows: readonly RowFault[];
  /** True where the rows' order or content is not what was sealed, though no single row can be named. */
  readonly unnamed: boolean;
  /** True where the rows are what was sealed and only the list that helps to name them is not. */
  readonly listChanged: boolean;
}

const width = 16;
const sound: Comparison = { rows: [], unnamed: false, listChanged: false };

/** Holds the rows of one month, in the order of (xid, seq), against what was sealed of them. */
export function comparePart(part: SealedPart, present: readonly PresentRow[]): Comparison {
  const content = hash('sha256', Buffer.concat(present.map(({ digest }) => digest)), 'buffer');
  const asSealed = present.length === part.count && content.equals(part.content);
  const now = Buffer.concat(present.flatMap(({ seq, digest }) => [seqBytes(seq), digest.subarray(0, 8)]));
  if (asSealed) return now.equals(part.members) ? sound : { ...sound, listChanged: true };
  const rows = differences(part.members, present);
  return { rows, unnamed: rows.length === 0, listChanged: false };
}

function differences(members: Buffer, present: readonly PresentRow[]): RowFault[] {
  const sealed = new Map<string, Buffer>();
  for (let i = 0; i + width <= members.length; i += width)
    sealed.set(members.readBigInt64BE(i).toString(), members.subarray(i + 8, i + width));
  const here = new Set(present.map(({ seq }) => seq));
  const faults: RowFault[] = [];
  for (const seq of sealed.keys()) if (!here.has(seq)) faults.push({ kind: 'missing', seq });
  const order = [...sealed.keys()].filter((seq) => here.has(seq));
  let place = 0;
  for (const row of present) {
    const digest = sealed.get(row.seq);
    if (!digest) {
      faults.push({ kind: 'added', seq: row.seq, row });
      continue;
    }
    const inPlace = order[place] === row.seq;
    place += 1;
    if (!digest.equals(row.digest.subarray(0, 8)))
      faults.push({ kind: inPlace ? 'changed' : 'moved', seq: row.seq, row });
  }
  return faults;
}

function seqBytes(seq: string): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(BigInt(seq));
  return buffer;
}
