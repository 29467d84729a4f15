/** Start and end of a JSON value in a text. */
export type Span = readonly [start: number, end: number];

export interface SplitEntry {
  readonly span: Span;
  /** Members by name; undefined where the entry is no object. */
  readonly parts: ReadonlyMap<string, Span> | undefined;
}

export interface SplitBundle {
  readonly parts: ReadonlyMap<string, Span>;
  /** Undefined where `entry` is missing or no list. */
  readonly entries: readonly SplitEntry[] | undefined;
}

const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** Thrown where the outer structure is no JSON. */
class Broken extends Error {}

/**
 * Finds the entries of a Bundle, and the members of each, in one pass over the text, without making objects: a Bundle of some
 * hundred MB is then read entry by entry. Undefined where the outer structure is no JSON; what lies within the members' values is
 * matched by brackets alone, to be parsed by who uses it.
 */
export function splitBundle(text: string): SplitBundle | undefined {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let entries: SplitEntry[] | undefined;

  const space = (): number => {
    while (isSpace(text.charCodeAt(at))) at += 1;
    return text.charCodeAt(at);
  };
  const string = (): Span => {
    const start = at;
    for (at += 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        at += 1;
        return [start, at];
      }
      if (code === backslash) at += 1;
    }
    throw new Broken();
  };
  const value = (): Span => {
    const first = space();
    const start = at;
    if (first === quote) return string();
    if (first !== openBrace && first !== openBracket) {
      for (; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (code === comma || code === closeBrace || code === closeBracket || isSpace(code)) break;
      }
      if (at === start) throw new Broken();
      return [start, at];
    }
    // Square and curly brackets differ by one bit; which kind closes which is for the parser of the value.
    let depth = 0;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code <= 32) continue;
      if (code === quote) {
        for (at += 1; at < text.length; at += 1) {
          const inside = text.charCodeAt(at);
          if (inside === quote) break;
          if (inside === backslash) at += 1;
        }
      } else {
        const bracket = code | 32;
        if (bracket === openBrace) depth += 1;
        else if (bracket === closeBrace) {
          depth -= 1;
          if (depth === 0) {
            at += 1;
            return [start, at];
          }
        }
      }
    }
    throw new Broken();
  };
  /** The items between the brackets, each read by `item`. */
  const list = (end: number, item: () => void): void => {
    at += 1;
    if (space() === end) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      const code = space();
      at += 1;
      if (code === end) return;
      if (code !== comma) throw new Broken();
    }
  };
  const members = (read: (key: string) => Span): Map<string, Span> => {
    const parts = new Map<string, Span>();
    list(closeBrace, () => {
      if (space() !== quote) throw new Broken();
      const [start, end] = string();
      const key = text.slice(start + 1, end - 1);
      if (space() !== colon) throw new Broken();
      at += 1;
      // Of two members with one name none can be meant.
      if (parts.has(key)) throw new Broken();
      parts.set(key, read(key));
    });
    return parts;
  };
  const entryList = (): Span => {
    if (space() !== openBracket) return value();
    const start = at;
    const found: SplitEntry[] = [];
    list(closeBracket, () => {
      const isObject = space() === openBrace;
      const from = at;
      const parts = isObject ? members(value) : undefined;
      if (!isObject) value();
      found.push({ span: [from, at], parts });
    });
    entries = found;
    return [start, at];
  };

  try {
    if (space() !== openBrace) return undefined;
    const parts = members((key) => (key === 'entry' ? entryList() : value()));
    space();
    return at === text.length ? { parts, entries } : undefined;
  } catch (error) {
    if (error instanceof Broken) return undefined;
    throw error;
  }
}
