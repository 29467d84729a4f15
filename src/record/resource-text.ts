/**
 * Work on the text of a resource without parsing it, so that what a client sent is what comes back: order of keys,
 * and the digits of a decimal (`1.00` is not `1.0`, R4 §2.24.0.1), which JSON.parse would lose.
 */

const insignificant = /("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g;
const maybeSpaced = /[\n\r\t]|[:,{[] |[ ][}\],:]/;

/** The same JSON without white space between its tokens. The text must be valid JSON. */
export function compact(text: string): string {
  return maybeSpaced.test(text) || text.startsWith(' ') || text.endsWith(' ')
    ? text.replace(insignificant, '$1')
    : text;
}

export interface Member {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

const quote = 34;
const backslash = 92;

/** Index just after the string that starts at `at` (a quotation mark). */
function stringEnd(text: string, at: number): number {
  let i = at + 1;
  for (;;) {
    i = text.indexOf('"', i);
    if (i < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(i - 1 - slashes) === backslash) slashes += 1;
    i += 1;
    if (slashes % 2 === 0) return i;
  }
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

function skipSpace(text: string, at: number): number {
  let i = at;
  while (isSpace(text.charCodeAt(i))) i += 1;
  return i;
}

/** Index just after the JSON value that starts at `at`. */
export function valueEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === quote) return stringEnd(text, at);
  if (first !== 123 && first !== 91) {
    let i = at;
    for (; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code === 44 || code === 125 || code === 93 || isSpace(code)) break;
    }
    return i;
  }
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === quote) i = stringEnd(text, i) - 1;
    else if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return text.length;
}

/** The members of the object whose `{` is at `at` (white space allowed). The text must be valid JSON. */
export function members(text: string, at = 0): Member[] {
  const found: Member[] = [];
  let i = skipSpace(text, at) + 1;
  for (;;) {
    i = skipSpace(text, i);
    if (i >= text.length || text.charCodeAt(i) === 125) return found;
    const keyEnd = stringEnd(text, i);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, valueStart);
    const raw = text.slice(i + 1, keyEnd - 1);
    const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw; // a JSON string by construction
    found.push({ key, start: i, valueStart, end });
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === 44) i += 1;
  }
}

/** Start and end of each element of the array whose `[` is at `at`. */
export function elements(text: string, at: number): (readonly [start: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  let i = skipSpace(text, at) + 1;
  for (;;) {
    i = skipSpace(text, i);
    if (i >= text.length || text.charCodeAt(i) === 93) return found;
    const end = valueEnd(text, i);
    found.push([i, end]);
    i = skipSpace(text, end);
    if (text.charCodeAt(i) === 44) i += 1;
  }
}

/** A resource's text with a gap where the server's own metadata goes. */
export interface ResourceText {
  /** `{"resourceType":"Patient","id":"1","meta":{` */
  readonly head: string;
  /** What follows versionId and lastUpdated: the client's own meta members and the rest of the resource. */
  readonly tail: string;
}

/** Takes out id, meta.versionId and meta.lastUpdated, and puts the type, the given id and the gap for meta first. */
export function splitText(sent: string, type: string, id: string): ResourceText {
  const text = compact(sent);
  let meta = '';
  let rest = '';
  for (const member of members(text)) {
    if (member.key === 'resourceType' || member.key === 'id') continue;
    if (member.key === 'meta') {
      for (const inner of members(text, member.valueStart)) {
        if (inner.key !== 'versionId' && inner.key !== 'lastUpdated')
          meta += `,${text.slice(inner.start, inner.end)}`;
      }
      continue;
    }
    rest += `,${text.slice(member.start, member.end)}`;
  }
  return { head: `{"resourceType":"${type}","id":"${id}","meta":{`, tail: `${meta}}${rest}}` };
}

/** The text as stored and sent, with version and time (ms since 1970 UTC) filled in. */
export function fillText(text: ResourceText, version: number, updated: number): string {
  return `${text.head}"versionId":"${version}","lastUpdated":"${new Date(updated).toISOString()}"${text.tail}`;
}

const filled =
  /^(\{"resourceType":"[A-Za-z]+","id":"[^"]+","meta":\{)"versionId":"\d+","lastUpdated":"[^"]+"/;

/** True when a stored text says the same as one about to be written, version and time aside. */
export function sameContent(stored: string, text: ResourceText): boolean {
  const found = filled.exec(stored);
  return found !== null && found[1] === text.head && stored.slice(found[0].length) === text.tail;
}

const reference = /("reference"\s*:\s*")([^"\\]*)"/g;

/** References to this server by its own address, made relative: they are the same, and are found as such. */
export function localReferences(text: string, baseUrl: string): string {
  if (!text.includes(baseUrl)) return text;
  const inside = `${baseUrl}/`;
  return text.replace(reference, (whole, start: string, target: string) =>
    target.startsWith(inside) ? `${start}${target.slice(inside.length)}"` : whole,
  );
}
