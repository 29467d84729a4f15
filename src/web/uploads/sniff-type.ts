/** What kind of file bytes are, by the bytes alone: a name says what its sender wants it to be. */

interface Signature {
  readonly type: string;
  readonly at: number;
  readonly bytes: readonly number[];
}

const ascii = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];

/** Source: the formats' own specifications; WHATWG MIME Sniffing §6 for pictures, sound and video. */
const signatures: readonly Signature[] = [
  { type: 'application/pdf', at: 0, bytes: ascii('%PDF-') },
  { type: 'image/png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', at: 0, bytes: ascii('GIF8') },
  { type: 'image/webp', at: 8, bytes: ascii('WEBPVP') },
  { type: 'image/tiff', at: 0, bytes: [0x49, 0x49, 0x2a, 0x00] },
  { type: 'image/tiff', at: 0, bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { type: 'image/heic', at: 4, bytes: ascii('ftypheic') },
  { type: 'image/heic', at: 4, bytes: ascii('ftypmif1') },
  { type: 'application/dicom', at: 128, bytes: ascii('DICM') },
  { type: 'video/mp4', at: 4, bytes: ascii('ftyp') },
  { type: 'video/webm', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { type: 'audio/wav', at: 8, bytes: ascii('WAVE') },
  { type: 'audio/ogg', at: 0, bytes: ascii('OggS\0') },
  { type: 'application/zip', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
];

/** So many of the first bytes tell. */
export const sniffLength = 4_096;

/** The media type by the first bytes; `text/plain` for UTF-8 without control characters; undefined for all else. */
export function sniffType(head: Uint8Array): string | undefined {
  const found = signatures.find(({ at, bytes }) => bytes.every((byte, i) => head[at + i] === byte));
  return found?.type ?? (isText(head.subarray(0, sniffLength)) ? 'text/plain' : undefined);
}

function isText(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  // A letter may be cut in two at the end of what we have.
  const whole = head.length < sniffLength;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !whole });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what tells a binary file
    return !/[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}
