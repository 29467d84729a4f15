/**
 * Reads a JSON text slowly, to say where it goes wrong: the line and column, what was expected, and the path of the
 * property. Used only once a text was found to be faulty (json.ts). Source: RFC 8259; FHIR R4 §2.6.2.
 */
import type { Fault } from '../platform/problem.ts';

class Stop extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** The first fault of a JSON text, or undefined when there is none. Nesting beyond `deepest` levels is a fault. */
export function findJsonFault(text: string, deepest: number): Fault | undefined {
  const path: (string | number)[] = [];
  try {
    read(text, deepest, path);
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, error.at);
    const line = before.split('\n').length;
    const column = error.at - (before.lastIndexOf('\n') + 1) + 1;
    const where = pathText(path);
    return {
      kind: 'structure',
      severity: 'fatal',
      message: `${error.message} (line ${line}, column ${column})`,
      ...(where === '' ? {} : { where }),
      line,
      column,
    };
  }
}

function pathText(path: readonly (string | number)[]): string {
  let out = '';
  for (const step of path)
    out += typeof step === 'number' ? `[${step}]` : `${out === '' ? '' : '.'}${shown(step)}`;
  return out;
}
const shown = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);

function read(text: string, deepest: number, path: (string | number)[]): void {
  let at = 0;
  let depth = 0;

  const found = (): string => {
    if (at >= text.length) return 'the end of the text';
    const c = text.codePointAt(at) ?? 0;
    return c < 0x20 || (c >= 0xd800 && c <= 0xdfff)
      ? `the character U+${c.toString(16).toUpperCase().padStart(4, '0')}`
      : `'${String.fromCodePoint(c)}'`;
  };
  const expected = (what: string): Stop => new Stop(at, `Expected ${what}, found ${found()}.`);
  const blank = (): void => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  };

  const readString = (): string => {
    const start = at;
    at += 1;
    for (;;) {
      const c = text.charCodeAt(at);
      if (Number.isNaN(c)) throw new Stop(start, 'This string has no closing quotation mark.');
      if (c === 0x22) break;
      if (c < 0x20)
        throw new Stop(
          at,
          `A string may not hold ${found()}: write it as an escape, such as \\n for a new line.`,
        );
      if (c === 0x5c) readEscape();
      else if (c >= 0xd800 && c <= 0xdfff) {
        const low = text.charCodeAt(at + 1);
        if (c > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff))
          throw new Stop(at, 'Half of a surrogate pair stands alone: this is not a character.');
        at += 2;
      } else at += 1;
    }
    at += 1;
    return JSON.parse(text.slice(start, at)) as string; // one string was just read
  };
  const readEscape = (): void => {
    const next = text.charAt(at + 1);
    if (next !== 'u') {
      if (next === '' || !'"\\/bfnrt'.includes(next))
        throw new Stop(at, 'This escape is not JSON: \\ is followed by one of " \\ / b f n r t u.');
      at += 2;
      return;
    }
    const hex = /^[0-9a-fA-F]{4}$/;
    const code = text.slice(at + 2, at + 6);
    if (!hex.test(code)) throw new Stop(at, 'Expected four hexadecimal digits after \\u.');
    const unit = Number.parseInt(code, 16);
    if (unit === 0) throw new Stop(at, 'The character U+0000 is not allowed in FHIR strings: leave it out.');
    if (unit < 0xd800 || unit > 0xdfff) {
      at += 6;
      return;
    }
    const low = Number.parseInt(/^\\u([0-9a-fA-F]{4})$/.exec(text.slice(at + 6, at + 12))?.[1] ?? '', 16);
    if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff))
      throw new Stop(at, 'Half of a surrogate pair stands alone: this is not a character.');
    at += 12;
  };

  const readValue = (): void => {
    blank();
    const c = text.charAt(at);
    if (c === '{') readObject();
    else if (c === '[') readArray();
    else if (c === '"') readString();
    else if (c === '-' || (c >= '0' && c <= '9')) readNumber();
    else {
      const word = ['true', 'false', 'null'].find((w) => text.startsWith(w, at));
      if (!word) throw expected('a JSON value');
      at += word.length;
    }
  };
  const readNumber = (): void => {
    const match = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    match.lastIndex = at;
    const number = match.exec(text)?.[0];
    if (number === undefined) throw new Stop(at, 'Expected digits after the minus sign.');
    at += number.length;
    if (/[\d.eE+-]/.test(text.charAt(at)))
      throw new Stop(
        at,
        number === '0' || number === '-0'
          ? 'A number may not begin with 0 unless a decimal point follows.'
          : 'This number is not written as JSON asks.',
      );
  };
  const enter = (): void => {
    depth += 1;
    if (depth > deepest)
      throw new Stop(at, `More than ${deepest} levels of objects and arrays inside each other.`);
  };
  const readObject = (): void => {
    enter();
    at += 1;
    const seen = new Set<string>();
    blank();
    if (text.charAt(at) === '}') at += 1;
    else
      for (;;) {
        blank();
        if (text.charAt(at) !== '"')
          throw expected(
            seen.size === 0 ? "a property name in double quotes or '}'" : 'a property name in double quotes',
          );
        const nameAt = at;
        const name = readString();
        path.push(name);
        if (seen.has(name))
          throw new Stop(nameAt, `The property '${shown(name)}' is given twice; each may be given once.`);
        seen.add(name);
        blank();
        if (text.charAt(at) !== ':') throw expected("':' after the property name");
        at += 1;
        readValue();
        path.pop();
        blank();
        const next = text.charAt(at);
        if (next !== ',' && next !== '}') throw expected("',' or '}'");
        at += 1;
        if (next === '}') break;
      }
    depth -= 1;
  };
  const readArray = (): void => {
    enter();
    at += 1;
    blank();
    if (text.charAt(at) === ']') at += 1;
    else
      for (let index = 0; ; index += 1) {
        path.push(index);
        readValue();
        path.pop();
        blank();
        const next = text.charAt(at);
        if (next !== ',' && next !== ']') throw expected("',' or ']'");
        at += 1;
        if (next === ']') break;
      }
    depth -= 1;
  };

  readValue();
  blank();
  if (at < text.length) throw expected('nothing more after the JSON value');
}
