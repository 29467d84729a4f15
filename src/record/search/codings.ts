import { asProblem } from '../../platform/sql-error.ts';
import { textOnly } from '../index-rows.ts';
import type { Key } from '../keys.ts';
import type { Connection } from '../store.ts';
import type { Codings } from './value-conditions.ts';

/** The directory of codings as it stands in the database now. */
export function storedCodings(sql: Connection): Codings {
  const keys = async (text: string, values: readonly string[]): Promise<readonly Key[]> => {
    try {
      const rows = await sql.unsafe(text, [...values], { prepare: true });
      return rows.map((row) => row['hash'] as Key); // int8 comes as text
    } catch (error) {
      throw asProblem(error);
    }
  };
  const list = (paths: readonly number[]): string => `{${paths.join(',')}}`;
  return {
    byCode: (paths, code) =>
      keys(
        'select distinct hash from coding where path = any($1::int4[]) and code = $2::text and system <> $3::text',
        [list(paths), code, textOnly],
      ),
    bySystem: (paths, system) =>
      keys('select distinct hash from coding where path = any($1::int4[]) and system = $2::text', [
        list(paths),
        system,
      ]),
    byText: (paths, text) =>
      keys('select distinct hash from coding where path = any($1::int4[]) and display like $2::text', [
        list(paths),
        `%${text.replace(/[\\%_]/g, '\\$&')}%`,
      ]),
  };
}
