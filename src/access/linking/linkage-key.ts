import { randomInt } from 'node:crypto';

/** No vowels, and nothing that looks like something else: 28 signs, so that 16 of them are 76 bits. */
const signs = '23456789BCDFGHJKMNPQRSTVWXYZ';
const keyLength = 16;

/** `H7KM-2WQX-9TRB-C4DF`: what a practice gives a patient on paper. */
export function newLinkageKey(): string {
  const text = Array.from({ length: keyLength }, () => signs[randomInt(signs.length)]).join('');
  return text.match(/.{4}/g)!.join('-'); // sixteen signs always split
}

/** Ten digits that name a linkage key; not secret, but not to be guessed from another. */
export const newAccountId = (): string =>
  String(randomInt(1_000_000_000))
    .padStart(9, '0')
    .replace(/^/, String(randomInt(1, 10)));

/** As typed, in whatever case and with whatever between: the 16 signs, or undefined. */
export function parseLinkageKey(typed: string): string | undefined {
  const text = typed.toUpperCase().replaceAll(/[\s‐-―-]/g, '');
  return text.length === keyLength && [...text].every((sign) => signs.includes(sign)) ? text : undefined;
}

/** The ten digits of an account id as typed, or undefined. */
export function parseAccountId(typed: string): string | undefined {
  const text = typed.replaceAll(/[\s‐-―-]/g, '');
  return /^[1-9]\d{9}$/.test(text) ? text : undefined;
}

/** Where Organisation Data Service codes are assigned: Identifier.system. Source: FHIR UK Core, UKCore-Organization. */
export const odsCodeSystem = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** `A81001` as typed, or undefined. Source: NHS Organisation Data Service, code formats. */
export function parseOdsCode(typed: string): string | undefined {
  const text = typed.toUpperCase().replaceAll(/\s/g, '');
  return /^[A-Z0-9]{3,10}$/.test(text) ? text : undefined;
}
