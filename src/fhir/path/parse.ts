import { type BinaryOperator, type Expression, UnsupportedPath } from './syntax.ts';
import { type Token, tokensOf, unescapeText } from './tokens.ts';

/** Binary operators by how tightly they bind, loosest first (FHIRPath 2.0.0 §6.8). */
const levels: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!=', '~', '!~'],
  ['<', '<=', '>', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
  ['*', '/', 'div', 'mod'],
];

/** A bound on nesting, so that an expression from outside cannot exhaust the stack. */
const deepest = 100;

const calendarUnits = /^(year|month|week|day|hour|minute|second|millisecond)s?$/;

/** Reads a FHIRPath expression. Throws UnsupportedPath when it is malformed or uses syntax not known here. */
export function parsePath(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;

  // tokensOf ends every list with `end`, and nothing reads past it.
  const peek = (): Token => tokens[at] as Token;
  const fail = (reason: string): never => {
    throw new UnsupportedPath(text, `${reason} at offset ${peek().at}`);
  };
  const next = (): Token => {
    const token = peek();
    if (token.kind !== 'end') at++;
    return token;
  };
  const isSymbol = (symbol: string): boolean => peek().kind === 'symbol' && peek().text === symbol;
  const expect = (symbol: string): void => {
    if (!isSymbol(symbol)) fail(`expected ${symbol}`);
    at++;
  };

  function binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (;;) {
      const { kind, text: operator } = peek();
      if ((kind !== 'symbol' && kind !== 'name') || !operators.includes(operator)) return left;
      at++;
      if (operator === 'is' || operator === 'as') {
        left = { kind: 'type', test: operator, on: left, type: typeName() };
      } else {
        // `operators` holds nothing but binary operators here.
        left = { kind: 'binary', operator: operator as BinaryOperator, left, right: binary(level + 1) };
      }
    }
  }

  function unary(): Expression {
    if (isSymbol('-')) {
      at++;
      return { kind: 'negative', of: nested(unary) };
    }
    if (isSymbol('+')) {
      at++;
      return nested(unary);
    }
    return invocations();
  }

  function nested<T>(read: () => T): T {
    if (++depth > deepest) fail(`nested deeper than ${deepest}`);
    const result = read();
    depth--;
    return result;
  }

  function invocations(): Expression {
    let on = term();
    for (;;) {
      if (isSymbol('.')) {
        at++;
        on = named(on);
      } else if (isSymbol('[')) {
        at++;
        const position = nested(() => binary(0));
        expect(']');
        on = { kind: 'item', on, at: position };
      } else return on;
    }
  }

  /** A member or a function, `on` undefined at the start of an expression. */
  function named(on: Expression | undefined): Expression {
    const token = peek();
    const isThis = token.kind === 'special' && token.text === '$this' && on === undefined;
    if (!isThis && token.kind !== 'name' && token.kind !== 'quoted-name') return fail('expected a name');
    at++;
    if (isThis) return { kind: 'this' };
    if (token.kind === 'quoted-name' || !isSymbol('(')) return { kind: 'member', on, name: token.text };
    at++;
    if (token.text === 'is' || token.text === 'as' || token.text === 'ofType') {
      const type = typeName();
      expect(')');
      return { kind: 'type', test: token.text, on, type };
    }
    const args: Expression[] = [];
    if (!isSymbol(')')) {
      args.push(nested(() => binary(0)));
      while (isSymbol(',')) {
        at++;
        args.push(nested(() => binary(0)));
      }
    }
    expect(')');
    return { kind: 'call', on, name: token.text, args };
  }

  /** `Patient`, `FHIR.Patient`, `System.Boolean`: the namespace FHIR is dropped, System kept. */
  function typeName(): string {
    const first = next();
    if (first.kind !== 'name' && first.kind !== 'quoted-name') return fail('expected a type');
    if (!isSymbol('.') || (first.text !== 'FHIR' && first.text !== 'System')) return first.text;
    at++;
    const second = next();
    if (second.kind !== 'name' && second.kind !== 'quoted-name') return fail('expected a type');
    return first.text === 'System' ? `System.${second.text}` : second.text;
  }

  function term(): Expression {
    const token = peek();
    switch (token.kind) {
      case 'string':
        at++;
        return { kind: 'literal', value: token.text };
      case 'number':
        at++;
        return number(Number(token.text));
      case 'date':
        at++;
        return { kind: 'literal', value: { kind: 'date-literal', text: token.text.slice(1) } };
      case 'variable':
        at++;
        return { kind: 'variable', name: variableName(token.text) };
      case 'special':
        if (token.text === '$index') {
          at++;
          return { kind: 'position' };
        }
        return token.text === '$this' ? named(undefined) : fail(`${token.text} is not supported`);
      case 'symbol':
        return bracketed(token.text);
      case 'name':
        if ((token.text === 'true' || token.text === 'false') && !callFollows()) {
          at++;
          return { kind: 'literal', value: token.text === 'true' };
        }
        return named(undefined);
      default:
        return named(undefined);
    }
  }

  function callFollows(): boolean {
    const following = tokens[at + 1];
    return following?.kind === 'symbol' && following.text === '(';
  }

  function number(value: number): Expression {
    const unit = peek();
    if (unit.kind === 'string') {
      at++;
      return { kind: 'literal', value: { kind: 'quantity-literal', value, unit: unit.text } };
    }
    const calendar = unit.kind === 'name' ? calendarUnits.exec(unit.text) : null;
    if (!calendar) return { kind: 'literal', value };
    at++;
    return { kind: 'literal', value: { kind: 'quantity-literal', value, unit: calendar[1] as string } };
  }

  function bracketed(symbol: string): Expression {
    if (symbol === '(') {
      at++;
      const inner = nested(() => binary(0));
      expect(')');
      return inner;
    }
    if (symbol === '{') {
      at++;
      expect('}');
      return { kind: 'empty' };
    }
    return fail(`unexpected ${symbol}`);
  }

  const expression = nested(() => binary(0));
  if (peek().kind !== 'end') fail(`unexpected ${peek().text}`);
  return expression;
}

function variableName(text: string): string {
  const name = text.slice(1);
  return /^['"`]/.test(name) ? unescapeText(name.slice(1, -1)) : name;
}
