/** From a node of a FHIR type to the values of a search type: FHIR R4 §3.1.1.4. */
import type { Source } from '../search-parameter-table.ts';
import type { SearchParameterType, SearchValue } from '../search-values.ts';
import { dateOf, period, timing } from './date-values.ts';
import { money, numberOf, numberOfRange, quantityOf, quantityOfRange, sampledData } from './number-values.ts';
import { referenceValue } from './reference-values.ts';
import { address, familyName, humanName, stringOf } from './string-values.ts';
import {
  identifierOf,
  tokenOfCoding,
  tokenOfContactPoint,
  tokenOfPrimitive,
  tokensOfConcept,
} from './token-values.ts';

/** Adds the values of a node to `out`; none when the node is not of the shape it should have. */
export type Convert = (node: unknown, out: SearchValue[]) => void;

const tokens: Readonly<Record<string, Convert>> = {
  Coding: (node, out) => tokenOfCoding(node, out),
  CodeableConcept: tokensOfConcept,
  Identifier: identifierOf,
  ContactPoint: tokenOfContactPoint,
};
const strings: Readonly<Record<string, Convert>> = { HumanName: humanName, Address: address };
const dates: Readonly<Record<string, Convert>> = { Period: period, Timing: timing };
const quantities: Readonly<Record<string, Convert>> = {
  Money: money,
  Range: quantityOfRange,
  SampledData: sampledData,
};

const reference: Convert = (node, out) => {
  const value = referenceValue(node);
  if (value) out.push(value);
};

const uri: Convert = (node, out) => {
  if (typeof node === 'string' && node !== '') out.push({ kind: 'uri', value: node });
};

/** How to convert what a source yields for a parameter of the type. */
export function conversionOf(type: SearchParameterType, [expression, fhirType, system]: Source): Convert {
  switch (type) {
    case 'token':
      return tokens[fhirType] ?? ((node, out) => tokenOfPrimitive(node, out, system));
    case 'string':
      return strings[fhirType] ?? (expression.endsWith('.family') ? familyName : stringOf);
    case 'date':
      return dates[fhirType] ?? dateOf;
    case 'number':
      return fhirType === 'Range' ? numberOfRange : numberOf;
    case 'quantity':
      return quantities[fhirType] ?? quantityOf;
    case 'reference':
      return reference;
    case 'uri':
      return uri;
    case 'composite':
    case 'special':
      throw new Error(`${expression} cannot be read as ${type}`);
  }
}
