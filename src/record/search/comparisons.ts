/** SQL for R4's prefixes on ranges. Source: FHIR R4 §3.1.1.4.4 to §3.1.1.4.6, and docs/clarifications.md. */
import type { DateOperand, Prefix } from '../../fhir/search-query.ts';
import { noDate, openEnd, openStart } from '../index-rows.ts';
import type { Parameters } from './parameters.ts';

const finite = (ms: number): number =>
  ms === Infinity ? openEnd : ms === -Infinity ? openStart : Math.min(Math.max(ms, openStart), openEnd);

/** `low` and `high` are the columns of a half-open range; rows without a date never pass. */
export function dateTest(
  operand: DateOperand,
  low: string,
  high: string,
  now: number,
  to: Parameters,
): string {
  const from = (): string => to.add(finite(operand.low), 'int8');
  const until = (): string => to.add(finite(operand.high), 'int8');
  const contained = (): string => `(${low} >= ${from()} and ${high} <= ${until()})`;
  const known = `${low} > ${noDate}`;
  switch (operand.prefix) {
    case 'eq':
      return contained();
    case 'ne':
      return `(not ${contained()} and ${known})`;
    case 'gt':
      return `(${high} > ${until()} and ${known})`;
    case 'lt':
      return `(${low} < ${from()} and ${known})`;
    case 'ge':
      return `((${high} > ${until()} or ${contained()}) and ${known})`;
    case 'le':
      return `((${low} < ${from()} or ${contained()}) and ${known})`;
    case 'sa':
      return `${low} >= ${until()}`;
    case 'eb':
      return `(${high} <= ${from()} and ${known})`;
    case 'ap': {
      const leeway = Math.floor(Math.abs(now - operand.low) / 10);
      return `(${low} < ${to.add(finite(operand.high + leeway), 'int8')} and ${high} > ${to.add(finite(operand.low - leeway), 'int8')} and ${known})`;
    }
  }
}

/** A moment in whole milliseconds, so that an index can seek on it: the same as the range [moment, moment + 1). */
export function momentTest(operand: DateOperand, moment: string, now: number, to: Parameters): string {
  const from = (ms: number): string => `${moment} >= ${to.add(finite(ms), 'int8')}`;
  const before = (ms: number): string => `${moment} < ${to.add(finite(ms), 'int8')}`;
  const { prefix, low, high } = operand;
  switch (prefix) {
    case 'eq':
      return `(${from(low)} and ${before(high)})`;
    case 'ne':
      return `not (${from(low)} and ${before(high)})`;
    case 'gt':
    case 'sa':
      return from(high);
    case 'ge':
      return from(low);
    case 'lt':
    case 'eb':
      return before(low);
    case 'le':
      return before(high);
    case 'ap': {
      const leeway = Math.floor(Math.abs(now - low) / 10);
      return `(${from(low - leeway)} and ${before(high + leeway)})`;
    }
  }
}

/** Bounds on the beginning of a range, which may stand for bounds on its end. */
export interface BeginningBounds {
  readonly from?: number;
  readonly to?: number;
  /** `from` holds for ranges of at most `longest` only. */
  readonly shortOnly?: boolean;
  /** Every range that begins here or later passes, however long it is. */
  readonly sureFrom?: number;
}

/** Bounds on the beginning of ranges that pass the comparison, those of at most `longest` milliseconds where told. */
export function dateBounds(operand: DateOperand, longest: number, now: number): BeginningBounds {
  const { prefix, low, high } = operand;
  switch (prefix) {
    case 'eq':
      return { from: low, to: high };
    case 'gt':
      return { from: high - longest, shortOnly: true };
    case 'ge':
      return { from: low - longest, shortOnly: true, sureFrom: low };
    case 'sa':
      return { from: high, sureFrom: high };
    case 'lt':
    case 'eb':
      return { to: low };
    case 'le':
      return { to: high };
    case 'ap': {
      const leeway = Math.floor(Math.abs(now - low) / 10);
      return { from: low - leeway - longest, to: high + leeway, shortOnly: true };
    }
    case 'ne':
      return {};
  }
}

interface Amount {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A stored number is a point (`low` = `high`), a stored Range has width. */
export function numberTest(
  prefix: Prefix,
  operand: Amount,
  low: string,
  high: string,
  to: Parameters,
): string {
  const value = (): string => to.add(operand.value, 'float8');
  const contained = (): string => {
    const until = to.add(operand.high, 'float8');
    return `(${low} >= ${to.add(operand.low, 'float8')} and ${low} < ${until} and ${high} <= ${until})`;
  };
  switch (prefix) {
    case 'eq':
      return contained();
    case 'ne':
      return `not ${contained()}`;
    case 'gt':
      return `${high} > ${value()}`;
    case 'lt':
      return `${low} < ${value()}`;
    case 'ge':
      return `${high} >= ${value()}`;
    case 'le':
      return `${low} <= ${value()}`;
    case 'sa':
      return `${low} > ${value()}`;
    case 'eb':
      return `${high} < ${value()}`;
    case 'ap': {
      const leeway = Math.abs(operand.value) / 10;
      return `(${high} >= ${to.add(Math.min(operand.low, operand.value - leeway), 'float8')} and ${low} <= ${to.add(Math.max(operand.high, operand.value + leeway), 'float8')})`;
    }
  }
}
