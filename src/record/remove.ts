import type { IndexRows } from './index-rows.ts';
import type { Key } from './keys.ts';
import type { Statement } from './statement.ts';

/** A current version that is about to give way, with the search rows it has. */
export interface OldVersion {
  readonly person: Key;
  readonly pk: number;
  readonly rows: IndexRows;
}

const owned = [
  'search_exact',
  'search_string',
  'search_date',
  'search_number',
  'search_composite',
  'search_words',
  'search_long',
] as const;

/** Moves current versions to history and takes their search rows away, in one statement. */
export function removeStatement(versions: readonly OldVersion[]): Statement {
  const owners: string[][] = [[], [], []];
  const tokens: string[][] = [[], [], [], []];
  for (const { person, pk, rows } of versions) {
    owners[0]!.push(person);
    owners[1]!.push(String(pk));
    owners[2]!.push(`"{${rows.labels.join(',')}}"`);
    for (const hash of rows.tokens) {
      [hash, String(rows.low), person, String(pk)].forEach((value, i) => {
        tokens[i]!.push(value);
      });
    }
  }
  const values = [...owners, ...tokens].map((column) => `{${column.join(',')}}`);
  // Few resources have any of these.
  const rare = [
    ...(versions.some(({ rows }) => rows.relations.length > 0) ? ['relation'] : []),
    ...(versions.some(({ rows }) => rows.consents.length > 0) ? ['consent_rule'] : []),
  ];
  const mine = '(select * from unnest($1::int8[],$2::int8[]))';
  const text = `with moved as (
    delete from resource where (person,pk) in ${mine} returning person,pk,updated,version,type,id,body
  ), kept as (
    insert into history (person,pk,updated,version,type,id,body,lived,labels)
    select m.person,m.pk,updated,version,type,id,body,m.person,o.labels::int8[]
    from moved m join unnest($1::int8[],$2::int8[],$3::text[]) o(person,pk,labels) on o.person = m.person and o.pk = m.pk
  ), ${[...owned, ...rare].map((table) => `gone_${table} as (delete from ${table} where (person,pk) in ${mine})`).join(', ')}
  delete from search_token where (hash,low,person,pk) in (select * from unnest($4::int8[],$5::int8[],$6::int8[],$7::int8[]))`;
  return { text, values };
}
