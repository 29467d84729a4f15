/** The parameters of a statement while its text is being written. */
export interface Parameters {
  readonly values: string[];
  /** A value, with the type it has in the statement: `$3::int8`. */
  add(value: string | number, type: string): string;
  /** An array of numbers or keys: `$3::int8[]`. */
  list(values: readonly (string | number)[], type: string): string;
  /** An array of texts. */
  texts(values: readonly string[]): string;
}

export function parameters(): Parameters {
  const values: string[] = [];
  const add = (value: string | number, type: string): string => {
    values.push(String(value));
    return `$${values.length}::${type}`;
  };
  return {
    values,
    add,
    list: (items, type) => add(`{${items.join(',')}}`, `${type}[]`),
    texts: (items) =>
      add(`{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`, 'text[]'),
  };
}
