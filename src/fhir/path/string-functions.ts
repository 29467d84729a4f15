/** FHIRPath's functions on strings. Source: FHIRPath 2.0.0 §5.6. */
import { isDateLiteral } from './compare.ts';
import { type Nodes, nothing, rawValue } from './nodes.ts';

type StringFunction = {
  readonly least: number;
  readonly most: number;
  readonly run: (input: Nodes, args: readonly Nodes[]) => Nodes;
};

function textOf(nodes: Nodes | undefined): string | undefined {
  if (nodes?.length !== 1) return undefined;
  const value = rawValue(nodes[0]);
  if (typeof value === 'string') return value;
  return isDateLiteral(value) ? value.text : undefined;
}

function numberOf(nodes: Nodes | undefined): number | undefined {
  const value = nodes?.length === 1 ? rawValue(nodes[0]) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** A function of a string and of strings: empty as soon as one of them is. */
function onText(count: number, apply: (text: string, args: readonly string[]) => unknown): StringFunction {
  return {
    least: count,
    most: count,
    run: (input, args) => {
      const text = textOf(input);
      const texts = args.map(textOf);
      if (text === undefined || texts.some((arg) => arg === undefined)) return nothing;
      const result = apply(text, texts as string[]); // none is undefined
      return result === undefined ? nothing : [result];
    },
  };
}

const expressions = new Map<string, RegExp | undefined>();

/**
 * FHIRPath's expressions are Unicode and single-line; some of R4's own escape characters that the Unicode
 * mode refuses.
 */
function expressionOf(source: string, flags: string): RegExp | undefined {
  const key = `${flags}/${source}`;
  if (expressions.has(key)) return expressions.get(key);
  let expression: RegExp | undefined;
  for (const mode of [`${flags}u`, flags]) {
    try {
      expression = new RegExp(source, mode);
      break;
    } catch {
      expression = undefined;
    }
  }
  if (expressions.size >= 1000) expressions.clear();
  expressions.set(key, expression);
  return expression;
}

function toText(input: Nodes): string | undefined {
  const text = textOf(input);
  if (text !== undefined || input.length !== 1) return text;
  const value = rawValue(input[0]);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export const stringFunctions: Readonly<Record<string, StringFunction>> = {
  startsWith: onText(1, (text, [start = '']) => text.startsWith(start)),
  endsWith: onText(1, (text, [end = '']) => text.endsWith(end)),
  contains: onText(1, (text, [part = '']) => text.includes(part)),
  indexOf: onText(1, (text, [part = '']) => text.indexOf(part)),
  matches: onText(1, (text, [source = '']) => expressionOf(source, 's')?.test(text)),
  matchesFull: onText(1, (text, [source = '']) => expressionOf(`^(?:${source})$`, 's')?.test(text)),
  replace: onText(2, (text, [from = '', to = '']) => text.replaceAll(from, () => to)),
  replaceMatches: onText(2, (text, [source = '', to = '']) => {
    const expression = expressionOf(source, 'g');
    return expression && text.replace(expression, to);
  }),
  length: onText(0, (text) => text.length),
  upper: onText(0, (text) => text.toUpperCase()),
  lower: onText(0, (text) => text.toLowerCase()),
  trim: onText(0, (text) => text.trim()),
  toString: {
    least: 0,
    most: 0,
    run: (input: Nodes) => {
      const text = toText(input);
      return text === undefined ? nothing : [text];
    },
  },
  toChars: { least: 0, most: 0, run: (input: Nodes) => [...(textOf(input) ?? '')] },
  split: { least: 1, most: 1, run: (input, [by]) => textOf(input)?.split(textOf(by) ?? '') ?? nothing },
  join: {
    least: 0,
    most: 1,
    run: (input, [by]) => [
      input
        .map(rawValue)
        .filter((item) => typeof item === 'string')
        .join(textOf(by) ?? ''),
    ],
  },
  substring: {
    least: 1,
    most: 2,
    run: (input, [from, count]) => {
      const text = textOf(input);
      const start = numberOf(from);
      if (text === undefined || start === undefined || start < 0 || start >= text.length) return nothing;
      const length = numberOf(count);
      return [length === undefined ? text.slice(start) : text.slice(start, start + Math.max(0, length))];
    },
  },
};
