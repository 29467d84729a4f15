import { UnsupportedPath } from './syntax.ts';

export interface Token {
  readonly kind:
    | 'name'
    | 'quoted-name'
    | 'string'
    | 'number'
    | 'date'
    | 'variable'
    | 'special'
    | 'symbol'
    | 'end';
  readonly text: string;
  /** Offset in the expression. */
  readonly at: number;
}

const pattern = new RegExp(
  [
    String.raw`(?<space>\s+|//[^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`(?<string>'(?:[^'\\]|\\.)*')`,
    String.raw`(?<quoted>${'`'}(?:[^${'`'}\\]|\\.)*${'`'})`,
    String.raw`(?<date>@(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?|\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?))`,
    String.raw`(?<number>\d+(?:\.\d+)?)`,
    String.raw`(?<variable>%(?:[A-Za-z_][\w-]*|'(?:[^'\\]|\\.)*'|"[^"]*"|${'`'}[^${'`'}]*${'`'}))`,
    String.raw`(?<special>\$[a-z]+)`,
    String.raw`(?<name>[A-Za-z_]\w*)`,
    String.raw`(?<symbol><=|>=|!=|!~|[-+*/&|<>=~.,()[\]{}])`,
  ].join('|'),
  'suy',
);

const kinds = ['string', 'date', 'number', 'variable', 'special', 'name', 'symbol'] as const;

/** Splits an expression into its words. Throws UnsupportedPath where a character fits none. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < expression.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(expression)?.groups;
    if (!groups) throw new UnsupportedPath(expression, `unexpected character at offset ${at}`);
    if (groups['space'] !== undefined) continue;
    if (groups['quoted'] !== undefined) {
      tokens.push({ kind: 'quoted-name', text: unescapeText(groups['quoted'].slice(1, -1)), at });
      continue;
    }
    for (const kind of kinds) {
      const text = groups[kind];
      if (text === undefined) continue;
      tokens.push({ kind, text: kind === 'string' ? unescapeText(text.slice(1, -1)) : text, at });
    }
  }
  tokens.push({ kind: 'end', text: '', at: expression.length });
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/**
 * FHIRPath 2.0.0 §4.1.1: the escapes of strings and delimited names; any other escaped character stands for
 * itself.
 */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, code: string | undefined, char: string) =>
    code === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
