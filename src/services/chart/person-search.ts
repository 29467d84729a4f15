/** Finding a person: what was typed, checked and turned into a search of Patient. */
import type { Patient } from '@medplum/fhirtypes';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { addressLines } from '../../web/contacts.ts';
import { type Banner, bannerOf } from '../../web/patient-banner.ts';
import { nhsNumberIn } from '../../web/person-fields.ts';
import { type Reading, searchPage, searchText, searchValue } from '../../web/record-reading.ts';

const fields = ['name', 'nhs-number', 'identifier', 'day', 'month', 'year', 'postcode'] as const;
export type Field = (typeof fields)[number];

/** The form as it was typed, so that it can be shown again as it was. */
export type Typed = Readonly<Record<Field, string>>;

export interface FieldError {
  /** Field to mend, also the id of its input. */
  readonly field: Field;
  readonly text: string;
}

export type Parsed =
  /** Nothing has been asked yet. */
  | { readonly state: 'empty' }
  | { readonly state: 'wrong'; readonly errors: readonly FieldError[] }
  | { readonly state: 'ready'; readonly query: readonly (readonly [name: string, value: string])[] };

const longest = 100;

/** One box for all, `q`: an NHS number, a date of birth and a postcode are taken out of it, and the rest is a name. */
function fieldsOfOneBox(text: string): Partial<Record<Field, string>> {
  const found: Partial<Record<Field, string>> = {};
  const take = (pattern: RegExp, put: (...parts: string[]) => void) => {
    rest = rest.replace(pattern, (...parts: string[]) => {
      put(...parts);
      return ' ';
    });
  };
  let rest = text;
  take(/(?<!\S)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\S)/, (number = '') => {
    found['nhs-number'] = number;
  });
  take(/(?<!\S)(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})(?!\S)/, (_whole, day = '', month = '', year = '') => {
    Object.assign(found, { day, month, year });
  });
  take(/(?<!\S)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\S)/i, (postcode = '') => {
    found.postcode = postcode;
  });
  found.name = rest.trim().replaceAll(/\s+/g, ' ');
  return found;
}

/** The fields of a query string; a field that was sent twice counts once. */
export function typedFields(query: Readonly<Record<string, unknown>>): Typed {
  const oneBox = Array.isArray(query['q']) ? query['q'][0] : query['q'];
  if (typeof oneBox === 'string') return typedFields(fieldsOfOneBox(oneBox.slice(0, 2 * longest)));
  const typed = (field: Field): string => {
    const value = Array.isArray(query[field]) ? query[field][0] : query[field];
    return typeof value === 'string' ? value.trim() : '';
  };
  return Object.fromEntries(fields.map((field) => [field, typed(field)])) as Record<Field, string>; // every field is there
}

const birthDate = (typed: Typed, thisYear: number): string | FieldError | undefined => {
  const { day, month, year } = typed;
  if (!day && !month && !year) return undefined;
  if (!/^\d{4}$/.test(year)) return { field: 'year', text: 'Date of birth must include a year, like 1985' };
  if (Number(year) > thisYear) return { field: 'year', text: 'Year of birth must not be in the future' };
  if (!month && !day) return year;
  if (!/^(0?[1-9]|1[0-2])$/.test(month)) {
    return { field: 'month', text: 'Date of birth must include a month from 1 to 12' };
  }
  const yearMonth = `${year}-${month.padStart(2, '0')}`;
  if (!day) return yearMonth;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (!/^\d{1,2}$/.test(day) || Number(day) < 1 || Number(day) > days) {
    return { field: 'day', text: `Day of birth must be from 1 to ${days} in that month` };
  }
  return `${yearMonth}-${day.padStart(2, '0')}`;
};

/** `sw1a1aa` as `SW1A 1AA`; undefined for what is not a whole UK postcode. */
const ukPostcode = (text: string): string | undefined => {
  const found = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/.exec(text.toUpperCase().replaceAll(/\s/g, ''));
  return found ? `${found[1]} ${found[2]}` : undefined;
};

/** Checks what was typed and says what is wrong with each field, or how to search. */
export function parseTyped(typed: Typed, thisYear: number, submitted: boolean): Parsed {
  if (fields.every((field) => typed[field] === '')) {
    if (!submitted) return { state: 'empty' };
    return {
      state: 'wrong',
      errors: [{ field: 'name', text: 'Enter a name, NHS number, other number, date of birth or postcode' }],
    };
  }
  const errors: FieldError[] = [];
  const query: [string, string][] = [];
  for (const field of fields) {
    if (typed[field].length > longest)
      errors.push({ field, text: `This must be ${longest} characters or fewer` });
  }
  for (const part of typed.name.split(/[\s,]+/).filter((word) => word !== '')) {
    query.push(['name', searchValue(part)]);
  }
  if (typed.name !== '' && query.length === 0)
    errors.push({ field: 'name', text: 'Name must have at least one letter' });
  if (query.length > 8) errors.push({ field: 'name', text: 'Name must be 8 words or fewer' });
  const number = nhsNumberIn(typed['nhs-number']);
  if (typeof number !== 'string') errors.push({ field: 'nhs-number', text: number.text });
  else if (number !== '') query.push(['identifier', `${nhsNumberSystem}|${number}`]);
  if (typed.identifier !== '') query.push(['identifier', searchValue(typed.identifier)]);
  const born = birthDate(typed, thisYear);
  if (typeof born === 'string') query.push(['birthdate', born]);
  else if (born) errors.push(born);
  if (typed.postcode !== '') {
    const uk = ukPostcode(typed.postcode);
    const forms = uk ? [uk, uk.replace(' ', '')] : [searchValue(typed.postcode)];
    query.push(['address-postalcode', forms.join(',')]);
  }
  return errors.length > 0 ? { state: 'wrong', errors } : { state: 'ready', query };
}

export interface FoundPerson extends Banner {
  readonly address: string;
}

export interface FoundPeople {
  readonly people: readonly FoundPerson[];
  readonly next?: string;
}

const pageSize = 20;

/** A page of the people found, by family name. */
export async function findPeople(
  reading: Reading,
  query: readonly (readonly [string, string])[],
  cursor: string | undefined,
  now: number,
): Promise<FoundPeople> {
  const all = [...query, ['_sort', 'family,given'], ['_count', String(pageSize)]] as const;
  const page = await searchPage<Patient>(
    reading,
    'Patient',
    searchText(cursor ? [...all, ['_page', cursor]] : all),
  );
  const people = page.resources.map((patient) => {
    const address = (Array.isArray(patient.address) ? patient.address : []).find(
      (one) => one && one.use !== 'old',
    );
    return { ...bannerOf(patient, now), address: addressLines(address).join(', ') };
  });
  return page.next === undefined ? { people } : { people, next: page.next };
}
