/**
 * bzip2 as a stream: each block (at most 900 kB before compression) is cut out of the bits and unpacked by itself, so that
 * memory stays small whatever the size of the file. Source: the format as bzip2 1.0.8 writes it; the C library itself,
 * as WebAssembly, does the unpacking and checks each block's sum.
 */
import Bzip2 from '@foxglove/wasm-bz2';
import { problem } from '../../platform/problem.ts';

/** The 48 bits that begin a block, and those that end a stream: the digits of π and of its square root. */
const blockMagic = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const endMagic = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
const magicBits = 48;

type Unpack = (packed: Uint8Array, largest: number) => Uint8Array;
let loaded: Promise<Unpack> | undefined;

/** The library, loaded once. Its build takes over the process's handlers of errors, which are given back here. */
function load(): Promise<Unpack> {
  loaded ??= (async () => {
    const events = ['uncaughtException', 'unhandledRejection'] as const;
    const before = events.map((event) => new Set(process.rawListeners(event)));
    const bzip2 = await Bzip2.init();
    events.forEach((event, i) => {
      for (const listener of process.rawListeners(event))
        if (!before[i]?.has(listener))
          process.removeListener(event, listener as (...args: unknown[]) => void); // it was added as one
    });
    return (packed, largest) => bzip2.decompress(packed, largest);
  })();
  return loaded;
}

/** For each value of a byte, the shifts at which it may be the second whole byte of a magic. */
function shiftsOf(magic: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (let shift = 0; shift < 8; shift += 1) {
    const pair = ((magic[1] ?? 0) << 8) | (magic[2] ?? 0);
    const byte = (pair >> (8 - shift)) & 0xff;
    table[byte] = (table[byte] ?? 0) | (1 << shift);
  }
  return table;
}
const blockShifts = shiftsOf(blockMagic);
const endShifts = shiftsOf(endMagic);

/** True when the magic stands at this bit. */
function standsAt(bytes: Uint8Array, bit: number, magic: readonly number[]): boolean {
  for (let i = 0; i < magic.length; i += 1) if (byteAt(bytes, bit + 8 * i) !== magic[i]) return false;
  return true;
}

/** The eight bits from this bit on. */
function byteAt(bytes: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const shift = bit & 7;
  const two = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return (two >> (8 - shift)) & 0xff;
}

/** The next bit, from `from` on, where a block or an end may stand; undefined where the bytes so far have none. */
function nextMagic(bytes: Uint8Array, from: number): { at: number; end: boolean } | undefined {
  // With the magic at bit b = 8k - shift, byte k + 1 is whole and told by the table.
  const last = bytes.length - 7;
  for (let k = (from + 7) >> 3; k <= last; k += 1) {
    const probe = bytes[k + 1] ?? 0;
    const candidates = (blockShifts[probe] ?? 0) | (endShifts[probe] ?? 0);
    if (candidates === 0) continue;
    for (let shift = 7; shift >= 0; shift -= 1) {
      if ((candidates & (1 << shift)) === 0) continue;
      const at = 8 * k - shift;
      if (at < from) continue;
      if (standsAt(bytes, at, blockMagic)) return { at, end: false };
      if (standsAt(bytes, at, endMagic)) return { at, end: true };
    }
  }
  return undefined;
}

/** A stream of one block: the header, the block's bits, the end with the block's own sum. */
function alone(level: number, bytes: Uint8Array, from: number, until: number): Uint8Array {
  const bits = until - from;
  const out = new Uint8Array(4 + Math.ceil((bits + magicBits + 32) / 8) + 1);
  out.set([0x42, 0x5a, 0x68, level]);
  const whole = bits >> 3;
  const shift = from & 7;
  const start = from >> 3;
  if (shift === 0) out.set(bytes.subarray(start, start + whole), 4);
  else
    for (let i = 0; i < whole; i += 1)
      out[4 + i] = (((bytes[start + i] ?? 0) << shift) | ((bytes[start + i + 1] ?? 0) >> (8 - shift))) & 0xff;
  let at = 8 * (4 + whole);
  const put = (byte: number, count: number) => {
    for (let i = count - 1; i >= 0; i -= 1) {
      if ((byte >> i) & 1) out[at >> 3] = (out[at >> 3] ?? 0) | (0x80 >> (at & 7));
      at += 1;
    }
  };
  const left = bits & 7;
  if (left > 0) put(byteAt(bytes, from + 8 * whole) >> (8 - left), left);
  for (const byte of endMagic) put(byte, 8);
  for (let i = 0; i < 4; i += 1) put(byteAt(bytes, from + magicBits + 8 * i), 8);
  return out.subarray(0, Math.ceil(at / 8));
}

const sumAt = (bytes: Uint8Array, bit: number): number =>
  ((byteAt(bytes, bit) << 24) |
    (byteAt(bytes, bit + 8) << 16) |
    (byteAt(bytes, bit + 16) << 8) |
    byteAt(bytes, bit + 24)) >>>
  0;

const broken = (): Error =>
  problem('structure', 'The file is not whole: its bzip2 data is broken or cut off. Fetch it again.');

/** Runs of one byte pack best: a block of 900 kB may unpack to fifty times that. */
const sizes = [4 << 20, 64 << 20];

function unpackBlock(unpack: Unpack, packed: Uint8Array): Uint8Array | undefined {
  for (const size of sizes) {
    try {
      return unpack(packed, size);
    } catch (error) {
      // -8: the room was too small. All else: no block.
      if (!/failed: -8 /.test(error instanceof Error ? error.message : '')) return undefined;
    }
  }
  return undefined;
}

/** Unpacks one stream or several, one after the other as `pbzip2` writes them. Throws a Problem where the data is broken. */
export async function* bunzip(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const unpack = await load();
  let bytes: Uint8Array = new Uint8Array(0);
  let level = 0; // of the stream that is open; 0: between streams
  let start = 0; // bit at which its next block or end stands
  let looked = 0; // bit from which to look for what ends that block
  let sum = 0;
  let last = false; // all bytes are there, zeros added so that looking ahead finds bytes
  let whole = 0; // bytes without those zeros

  /** Unpacks what is whole; true when more is needed. */
  function* step(): Generator<Buffer> {
    for (;;) {
      if (level === 0) {
        const at = start >> 3;
        if (last && at >= whole) return;
        if (bytes.length - at < 4) return;
        const [b, z, h, digit = 0] = bytes.subarray(at, at + 4);
        if (b !== 0x42 || z !== 0x5a || h !== 0x68 || digit < 0x31 || digit > 0x39) throw broken();
        level = digit;
        start += 32;
        looked = start;
        sum = 0;
      }
      if (bytes.length * 8 - start < magicBits + 40) return;
      if (standsAt(bytes, start, endMagic)) {
        if (sumAt(bytes, start + magicBits) !== sum) throw broken();
        start = Math.ceil((start + magicBits + 32) / 8) * 8;
        level = 0;
        continue;
      }
      if (!standsAt(bytes, start, blockMagic)) throw broken();
      const next = nextMagic(bytes, Math.max(looked, start + magicBits + 32));
      if (!next) {
        looked = Math.max(start, 8 * (bytes.length - 8));
        return;
      }
      const unpacked = unpackBlock(unpack, alone(level, bytes, start, next.at));
      looked = next.at + 1;
      if (!unpacked) continue; // the magic stood there by chance, within the block
      sum = (((sum << 1) | (sum >>> 31)) ^ sumAt(bytes, start + magicBits)) >>> 0;
      start = next.at;
      yield Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
    }
  }

  for await (const piece of source) {
    const kept = bytes.subarray(start >> 3);
    looked -= (start >> 3) * 8;
    start &= 7;
    bytes = kept.length === 0 ? piece : Buffer.concat([kept, piece]);
    yield* step();
  }
  last = true;
  whole = bytes.length;
  bytes = Buffer.concat([bytes, Buffer.alloc(16)]);
  yield* step();
  if (level !== 0 || start > 8 * whole) throw broken();
}
