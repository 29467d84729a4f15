/** People's names from FHIR HumanName (R4 §2.24.0.12). */
import type { HumanName } from '@medplum/fhirtypes';
import { parseDate } from './dates.ts';

export const noName = 'Name not recorded';

const texts = (values: unknown): string[] =>
  (Array.isArray(values) ? values : [values])
    .filter((value) => typeof value === 'string')
    .map((value) => value.trim())
    .filter((value) => value !== '');

const hasWords = (name: HumanName): boolean =>
  texts(name.text).length + texts(name.family).length + texts(name.given).length > 0;

const order = ['usual', 'official', undefined, 'nickname', 'temp', 'anonymous', 'maiden', 'old'];

/** The name to call someone by on the given day (`2024-01-05`): a current usual or official name first. */
export function chooseName(names: readonly HumanName[] | undefined, today: string): HumanName | undefined {
  const rank = (name: HumanName): number => {
    const start = parseDate(name.period?.start)?.key ?? '';
    const end = parseDate(name.period?.end)?.key ?? '9999';
    const current = start <= today && end >= today;
    const place = order.indexOf(name.use);
    return (current ? 0 : order.length) + (place < 0 ? order.length - 1 : place);
  };
  return (Array.isArray(names) ? names : [])
    .filter((name) => name && hasWords(name))
    .sort((a, b) => rank(a) - rank(b))[0];
}

const title = (name: HumanName): string => texts(name.prefix).join(' ').replaceAll('.', '');

/** `Mr Adán Portillo`. */
export function plainName(name: HumanName | undefined): string {
  if (!name) return noName;
  const parts = [title(name), ...texts(name.given), ...texts(name.family), ...texts(name.suffix)];
  const built = parts.filter((part) => part !== '').join(' ');
  const whole = texts(name.text).join(' ');
  return texts(name.family).length + texts(name.given).length > 0 ? built : whole || noName;
}

/**
 * `PORTILLO, Adán (Mr)`: the form that tells family from given names at a glance.
 * Source: NHS Common User Interface, patient name display.
 */
export function bannerName(name: HumanName | undefined): string {
  if (!name) return noName;
  const family = texts(name.family).join(' ').toUpperCase();
  const given = texts(name.given).join(' ');
  if (!family && !given) return texts(name.text).join(' ') || noName;
  const called = title(name);
  return [family, given].filter((part) => part !== '').join(', ') + (called ? ` (${called})` : '');
}
