/** Addresses, telephone numbers and identifiers, as they are written in the United Kingdom. */
import type { Address, Coding, ContactPoint, Identifier } from '@medplum/fhirtypes';
import { formatNhsNumber, nhsNumberSystem } from '../fhir/nhs-number.ts';
import { conceptText, systemName } from './coded.ts';

const filled = (values: readonly unknown[]): string[] =>
  values
    .filter((value) => typeof value === 'string' && value.trim() !== '')
    .map((value) => String(value).trim());

/** Left out of addresses: whoever reads them is there. */
const homeCountry = /^(?:GBR?|UK|United Kingdom|Great Britain)$/i;

/** The lines of an address, top to bottom; its text where it has no parts. */
export function addressLines(address: Address | undefined): string[] {
  if (!address) return [];
  const { line, city, district, state, postalCode, country } = address;
  const abroad = homeCountry.test(country ?? '') ? undefined : country;
  const built = filled([...(Array.isArray(line) ? line : []), city, district, state, postalCode, abroad]);
  return built.length > 0 ? built : filled((address.text ?? '').split('\n'));
}

/** `020 7946 0000 (home phone)`. */
export function contactText(contact: ContactPoint): string {
  if (typeof contact.value !== 'string' || contact.value === '') return '';
  const kind = [contact.use, contact.system === 'other' ? undefined : contact.system]
    .filter(Boolean)
    .join(' ');
  return kind ? `${contact.value} (${kind})` : contact.value;
}

export interface ShownIdentifier {
  readonly label: string;
  readonly value: string;
}

const short: Record<string, string> = {
  MR: 'Medical record number',
  SS: 'US social security number',
  DL: 'Driving licence',
  PPN: 'Passport number',
};

/** An identifier with the name that people know it by; an NHS number is spaced 3 3 4. */
export function shownIdentifier(identifier: Identifier): ShownIdentifier | undefined {
  const value = typeof identifier.value === 'string' ? identifier.value.trim() : '';
  if (value === '') return undefined;
  if (identifier.system === nhsNumberSystem)
    return { label: 'NHS number', value: formatNhsNumber(value.replaceAll(/[\s-]/g, '')) };
  const type = short[identifier.type?.coding?.[0]?.code ?? ''] ?? conceptText(identifier.type);
  return { label: type || systemName(identifier.system) || 'Identifier', value };
}

/** The identifier to know a person by: the NHS number, else a medical record number, else the first. */
export function mainIdentifier(identifiers: readonly Identifier[] | undefined): ShownIdentifier | undefined {
  const all = (Array.isArray(identifiers) ? identifiers : []).filter((one) => one && one.use !== 'old');
  const nhs = all.find((one) => one.system === nhsNumberSystem && one.value);
  const medical = all.find((one) => one.type?.coding?.some(({ code }: Coding) => code === 'MR') && one.value);
  const chosen = nhs ?? medical ?? all.find((one) => one.value);
  return chosen && shownIdentifier(chosen);
}
