import type { ResourceType } from '@medplum/fhirtypes';
import type { Stored } from './care-record.ts';
import type { Key } from './keys.ts';
import { typeName } from './type-numbers.ts';

/** A stored version with the place it lives in. */
export interface Hit extends Stored {
  readonly person: Key;
  readonly pk: string;
}

/**
 * SQL of one column that holds a row of `resource` or `history`: the short columns, a line break, the body. One value a row in
 * place of seven: taking a row apart in this process is a good part of what a search costs.
 */
export const packed = (alias: string): string =>
  `concat_ws(' ', ${alias}.person, ${alias}.pk, ${alias}.type, ${alias}.id, ${alias}.version, ${alias}.updated) || E'\\n' || ${alias}.body`;

const lineBreak = 10;

/** The row back from that column's bytes. */
export function unpack(bytes: Buffer): Hit {
  const end = bytes.indexOf(lineBreak);
  const [person = '', pk = '', type, id = '', version, updated] = bytes.toString('latin1', 0, end).split(' ');
  return {
    person,
    pk,
    type: typeName(Number(type)) as ResourceType, // a number that came from a type
    id,
    version: Number(version),
    updated: Number(updated),
    body: bytes.subarray(end + 1),
  };
}
