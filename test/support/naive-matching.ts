/**
 * One searched value against one value of a resource, written to be read beside the standard rather than to be fast.
 * Open points of the standard are decided in docs/clarifications.md.
 */
import { foldCode, normaliseString } from '../../src/fhir/normalise.ts';
import type {
  DateOperand,
  Modifier,
  NumberOperand,
  Operand,
  QuantityOperand,
  ReferenceOperand,
  TokenOperand,
} from '../../src/fhir/search-query.ts';
import type {
  DateValue,
  IdentifierValue,
  QuantityValue,
  ReferenceValue,
  SearchValue,
} from '../../src/fhir/search-values.ts';

/** Whether the value is what the operand asks for. `:not`, `:in` and hierarchies of codes are the caller's. */
export function matches(
  operand: Operand,
  modifier: Modifier | undefined,
  value: SearchValue,
  now: number,
): boolean {
  switch (operand.kind) {
    case 'token':
      if (value.kind === 'token') return matchesToken(operand, value.system, value.code);
      if (value.kind === 'identifier') return matchesToken(operand, value.system, value.value);
      if (value.kind === 'reference' && value.identifier) {
        return matchesToken(operand, value.identifier.system, value.identifier.value);
      }
      return false;
    case 'of-type':
      return (
        value.kind === 'identifier' &&
        sameCode(operand.value, value.value) &&
        value.types.some((type) => type.system === operand.system && sameCode(type.code, operand.type))
      );
    case 'string':
      if (modifier === 'text') return textOf(value).includes(normaliseString(operand.value));
      if (value.kind !== 'string' || (modifier === 'exact' && value.part)) return false;
      return matchesString(operand.value, modifier, value.value);
    case 'date':
      return value.kind === 'date' && matchesDate(operand, value, now);
    case 'number':
      return value.kind === 'number' && matchesNumber(operand, value);
    case 'quantity':
      return value.kind === 'quantity' && matchesQuantity(operand, value);
    case 'reference':
      return value.kind === 'reference' && matchesReference(operand, value);
    case 'uri':
      return value.kind === 'uri' && matchesUri(operand.value, modifier, value.value);
    case 'composite':
      // Every part must hold for the same element (R4 §3.1.1.4.13).
      return (
        value.kind === 'composite' &&
        operand.parts.every((part, i) =>
          value.parts[i]?.some((component) => matches(part, undefined, component, now)),
        )
      );
  }
}

function sameCode(a: string, b: string): boolean {
  return foldCode(a) === foldCode(b);
}

/** `code`: any system. `|code`: no system. `system|`: any code of it. */
function matchesToken(
  operand: TokenOperand,
  system: string | undefined,
  code: string | IdentifierValue['value'] | undefined,
): boolean {
  if (operand.system === null && system !== undefined) return false;
  if (typeof operand.system === 'string' && operand.system !== system) return false;
  if (operand.code === undefined) return true;
  return code !== undefined && sameCode(operand.code, code);
}

function textOf(value: SearchValue): string {
  return value.kind === 'token' || value.kind === 'identifier' ? normaliseString(value.text ?? '') : '';
}

function matchesString(wanted: string, modifier: Modifier | undefined, value: string): boolean {
  if (modifier === 'exact') return value === wanted;
  if (modifier === 'contains') return normaliseString(value).includes(normaliseString(wanted));
  return normaliseString(value).startsWith(normaliseString(wanted));
}

function matchesDate(operand: DateOperand, value: DateValue, now: number): boolean {
  const contained = operand.low <= value.low && value.high <= operand.high;
  switch (operand.prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return value.high > operand.high;
    case 'lt':
      return value.low < operand.low;
    case 'ge':
      return value.high > operand.high || contained;
    case 'le':
      return value.low < operand.low || contained;
    case 'sa':
      return value.low >= operand.high;
    case 'eb':
      return value.high <= operand.low;
    case 'ap': {
      const leeway = Math.floor(Math.abs(now - operand.low) / 10);
      return value.low < operand.high + leeway && value.high > operand.low - leeway;
    }
  }
}

interface Amount {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * `eq`, `ne` and `ap` take the precision of the searched number into account, the others do not (R4 §3.1.1.4.6). A stored number is a
 * point, a stored Range has width; -Infinity and Infinity where it is open.
 */
function matchesNumber(
  operand: NumberOperand | QuantityOperand | (Amount & Pick<NumberOperand, 'prefix'>),
  value: Amount,
): boolean {
  const contained = operand.low <= value.low && value.low < operand.high && value.high <= operand.high;
  switch (operand.prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return value.high > operand.value;
    case 'lt':
      return value.low < operand.value;
    case 'ge':
      return value.high >= operand.value;
    case 'le':
      return value.low <= operand.value;
    case 'sa':
      return value.low > operand.value;
    case 'eb':
      return value.high < operand.value;
    case 'ap': {
      const leeway = Math.abs(operand.value) / 10;
      const low = Math.min(operand.low, operand.value - leeway);
      const high = Math.max(operand.high, operand.value + leeway);
      return value.high >= low && value.low <= high;
    }
  }
}

function matchesQuantity(operand: QuantityOperand, value: QuantityValue): boolean {
  if (operand.canonical && value.canonical) {
    return (
      operand.canonical.unit === value.canonical.unit &&
      matchesNumber({ ...operand.canonical, prefix: operand.prefix }, value.canonical)
    );
  }
  return sameUnit(operand, value) && matchesNumber(operand, value);
}

/** With a system the code must be the one written; without, it may be the code or the unit as people read it. */
function sameUnit(operand: QuantityOperand, value: QuantityValue): boolean {
  if (typeof operand.system === 'string') {
    return operand.system === value.system && (operand.code === undefined || operand.code === value.code);
  }
  return operand.code === undefined || operand.code === value.code || operand.code === value.unit;
}

function matchesReference(operand: ReferenceOperand, value: ReferenceValue): boolean {
  if (operand.version !== undefined && operand.version !== value.version) return false;
  if (operand.url !== undefined) return operand.url === value.url;
  return operand.id === value.id && (operand.type === undefined || operand.type === value.type);
}

/** Above and below go by whole steps of the path: /fhir is above /fhir/ValueSet, not above /fhirs. */
function matchesUri(wanted: string, modifier: Modifier | undefined, value: string): boolean {
  const within = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
  if (modifier === 'below') return within(value, wanted);
  if (modifier === 'above') return within(wanted, value);
  return value === wanted;
}
