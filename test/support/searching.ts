/** Shorthand for tables of searches of the record. */
import assert from 'node:assert/strict';
import type { CareRecord } from '../../src/record/care-record.ts';
import { tester } from './record.ts';

/** Stores resources written out, each with its type and id. */
export async function put(record: CareRecord, ...resources: readonly object[]): Promise<void> {
  await record.commit(
    tester,
    resources.map((one) => {
      const { resourceType: type, id } = one as { resourceType: string; id: string }; // the tests see to it
      return { kind: 'update', type, id, text: JSON.stringify(one) };
    }),
  );
}

/** Ids found by `Type?query`, in order; `?query` searches all types. */
export async function found(record: CareRecord, search: string): Promise<string> {
  const mark = search.indexOf('?');
  const page = await record.search(tester, search.slice(0, mark) || undefined, search.slice(mark + 1));
  return page.matches.map((match) => match.id).join(' ');
}

/** Each search must find these ids, in alphabetical order. */
export async function finds(
  record: CareRecord,
  table: readonly (readonly [search: string, ids: string])[],
): Promise<void> {
  for (const [search, ids] of table)
    assert.equal((await found(record, search)).split(' ').sort().join(' '), ids, search);
}
