/**
 * The words of a PDF, for those who cannot see its pages or whose line is slow. It reads text in the standard fonts, which letters
 * of our own have; of any other PDF it says nothing rather than something wrong. Source: ISO 32000-1 §9.4 (text objects), §9.6.2.2
 * (standard fonts), Annex D (WinAnsiEncoding).
 */
import { inflateSync } from 'node:zlib';

const mostBytes = 1_000_000;
const mostInflated = 1_000_000;
/** Characters before a stream within which its dictionary stands. */
const mostAbout = 600;

/** What WinAnsi has where Latin-1 has control characters. */
const windows = new TextDecoder('windows-1252');

const decode = (bytes: Buffer): string => windows.decode(bytes);

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** `(text)` with its escapes, or `<hex>`. */
function stringOf(token: string): string {
  if (token.startsWith('<')) {
    const hex = token.slice(1, -1).replaceAll(/\s/g, '');
    return decode(Buffer.from(hex.length % 2 ? `${hex}0` : hex, 'hex'));
  }
  const plain = token
    .slice(1, -1)
    .replaceAll(/\\(?:([0-7]{1,3})|\r?\n|(.))/gs, (_, octal?: string, sign?: string) =>
      octal ? String.fromCharCode(Number.parseInt(octal, 8) & 255) : sign ? (escapes[sign] ?? sign) : '',
    );
  return decode(Buffer.from(plain, 'latin1'));
}

const blank = /[\s\0]+|%[^\r\n]*/y;
const word = /[^\s\0()<>[\]{}/%]+/y;

/** Where the string that begins here ends. Throws where it does not: what follows would be read wrongly. */
function endOfString(content: string, from: number): number {
  if (content[from] === '<') {
    const end = content.indexOf('>', from);
    if (end < 0) throw new Error('a string without an end');
    return end + 1;
  }
  let depth = 0;
  for (let at = from; at < content.length; at += 1) {
    const sign = content[at];
    if (sign === '\\') at += 1;
    else if (sign === '(') depth += 1;
    else if (sign === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new Error('a string without an end');
}

/**
 * The lines of one content stream, from top to bottom as they are drawn. Each sign is looked at once: a file of a few
 * kilobytes may hold a megabyte made to be slow to read.
 */
function linesOf(content: string): string[] {
  const lines: string[] = [];
  let line = '';
  let height: string | undefined;
  const end = () => {
    if (line.trim()) lines.push(line.trimEnd());
    line = '';
  };
  /** What an operator that came with these operands does. */
  const draw = (operator: string, last: string, shown: readonly string[]) => {
    const moved =
      operator === 'Td' || operator === 'TD' ? Number(last) !== 0 : operator === 'Tm' && last !== height;
    if (moved || operator === 'T*' || operator === "'") end();
    if (operator === 'Tm') height = last;
    if (operator === 'Tj' || operator === 'TJ' || operator === "'") line += shown.map(stringOf).join('');
  };
  const begin = /\bBT\b/g;
  while (begin.exec(content)) {
    let at = begin.lastIndex;
    let last = '';
    let shown: string[] = [];
    for (let open = true; open && at < content.length; ) {
      blank.lastIndex = at;
      word.lastIndex = at;
      const sign = content[at];
      const [found] = blank.exec(content) ?? word.exec(content) ?? [];
      if (sign === '(' || (sign === '<' && content[at + 1] !== '<')) {
        const after = endOfString(content, at);
        shown.push(content.slice(at, after));
        at = after;
        continue;
      }
      at += found?.length ?? (content.startsWith('<<', at) ? 2 : 1);
      if (found === undefined || blank.lastIndex === at) continue;
      if (/^[-+.\d]/.test(found)) last = found;
      else if (content[at - found.length - 1] !== '/') {
        draw(found, last, shown);
        shown = [];
        open = found !== 'ET';
      }
    }
    begin.lastIndex = at;
  }
  end();
  return lines;
}

/** The words; empty where they cannot be had for certain. */
export function textOfPdf(bytes: Buffer): string {
  if (bytes.length > mostBytes || bytes.subarray(0, 5).toString('latin1') !== '%PDF-') return '';
  const file = bytes.toString('latin1');
  // Glyphs of embedded fonts have numbers of their own; what is sealed cannot be read.
  if (/\/Identity-H|\/Encrypt\b|\/ObjStm\b/.test(file)) return '';
  const lines: string[] = [];
  let left = mostInflated;
  for (let at = file.indexOf('stream'); at >= 0; ) {
    const start = at + 'stream'.length + (file.startsWith('\r\n', at + 'stream'.length) ? 2 : 1);
    const end = file.indexOf('endstream', start);
    if (end < 0) break;
    const about = file.slice(Math.max(0, at - mostAbout), at);
    const own = about.slice(about.lastIndexOf(' obj') + 1);
    at = file.indexOf('stream', end + 'endstream'.length);
    // Pictures and fonts hold no words.
    if (/\/Subtype\s{0,4}\/Image|\/Length1\b|\/Type\s{0,4}\/XRef/.test(own)) continue;
    try {
      const raw = bytes.subarray(start, end);
      const packed = own.includes('/FlateDecode');
      const content = packed ? inflateSync(raw, { maxOutputLength: left, finishFlush: 2 }) : raw;
      left -= content.length;
      if (left <= 0) return '';
      lines.push(...linesOf(content.toString('latin1')));
    } catch {
      return ''; // a stream that is broken may hold words that would be missed
    }
  }
  const text = lines.join('\n');
  // Letters and signs of a language; anything else is not text.
  return /^[\p{L}\p{N}\p{P}\p{S}\p{Z}\n]*$/u.test(text) ? text : '';
}
