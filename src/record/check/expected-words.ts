import type { Transaction } from '../../platform/database.ts';
import type { Coding, IndexRows } from '../index-rows.ts';

interface Indexed {
  readonly current: { readonly person: string; readonly pk: number; readonly type: number };
  readonly rows: IndexRows;
}

/** Indexes of those whose row of words is missing, or is not what the database makes of their words. */
export async function wrongWords(sql: Transaction, compared: readonly Indexed[]): Promise<number[]> {
  const all = compared.flatMap(({ current, rows }, i) =>
    rows.words ? [{ i, current, words: rows.words }] : [],
  );
  if (all.length === 0) return [];
  const rows = await sql`
    select e.i from unnest(
      ${all.map(({ i }) => i)}::int4[], ${all.map(({ current }) => current.person)}::int8[],
      ${all.map(({ current }) => current.pk)}::int8[], ${all.map(({ current }) => current.type)}::int2[],
      ${all.map(({ words }) => words.story)}::text[], ${all.map(({ words }) => words.content)}::text[]
    ) as e(i, person, pk, type, story, content)
    left join search_words s on s.person = e.person and s.pk = e.pk
    where s.pk is null or s.type <> e.type
      or s.story <> to_tsvector('simple', e.story) or s.content <> to_tsvector('simple', e.content)`;
  return rows.map((row) => Number(row['i']));
}

/** Indexes of those that have a coding which the directory lacks. */
export async function missingCodings(
  sql: Transaction,
  codings: readonly (readonly [index: number, coding: Coding])[],
): Promise<number[]> {
  if (codings.length === 0) return [];
  const owners = new Map<string, { coding: Coding; indexes: number[] }>();
  for (const [i, coding] of codings) {
    const key = `${coding.path} ${coding.hash} ${coding.code} ${coding.display}`;
    const known = owners.get(key);
    if (known) known.indexes.push(i);
    else owners.set(key, { coding, indexes: [i] });
  }
  const all = [...owners.values()];
  const rows = await sql`
    select e.n from unnest(
      ${all.map((_, n) => n)}::int4[], ${all.map(({ coding }) => coding.path)}::int4[],
      ${all.map(({ coding }) => coding.hash)}::int8[], ${all.map(({ coding }) => coding.code)}::text[],
      ${all.map(({ coding }) => coding.display)}::text[]
    ) as e(n, path, hash, code, display)
    where not exists (
      select from coding c where c.path = e.path and c.code = e.code and c.hash = e.hash and c.display = e.display)`;
  return rows.flatMap((row) => all[Number(row['n'])]?.indexes ?? []);
}
