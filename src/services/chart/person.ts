/** Who a record is about: their details. */
import type { Patient } from '@medplum/fhirtypes';
import { conceptText, humanise } from '../../web/coded.ts';
import { addressLines, contactText, shownIdentifier } from '../../web/contacts.ts';
import { formatDateTime, localMoment } from '../../web/dates.ts';
import { chooseName, noName, plainName } from '../../web/names.ts';

export interface Detail {
  readonly label: string;
  readonly lines: readonly string[];
}

const language = (patient: Patient): string[] =>
  (Array.isArray(patient.communication) ? patient.communication : [])
    .map((one) => conceptText(one?.language) + (one?.preferred ? ' (preferred)' : ''))
    .filter((words) => words !== '');

const contactPerson = (patient: Patient): string[] =>
  (Array.isArray(patient.contact) ? patient.contact : []).flatMap((contact) => {
    const who = contact?.name ? plainName(contact.name) : '';
    const relation = conceptText(contact?.relationship?.[0]);
    const telephone = contact?.telecom?.map(contactText).find(Boolean) ?? '';
    const line = [who, relation, telephone].filter(Boolean).join(', ');
    return line ? [line] : [];
  });

const references = (patient: Patient): string[] =>
  [
    ...(patient.generalPractitioner ?? []),
    ...(patient.managingOrganization ? [patient.managingOrganization] : []),
  ]
    .map((reference) => reference.display ?? '')
    .filter(Boolean);

/** The person's details that have something to say, in the order in which people look for them. */
export function detailsOf(patient: Patient, now: number): Detail[] {
  const today = localMoment(now).key;
  const names = Array.isArray(patient.name) ? patient.name : [];
  const chosen = chooseName(names, today);
  const others = names
    .filter((name) => name && name !== chosen && plainName(name) !== noName)
    .map((name) => plainName(name) + (name.use ? ` (${name.use})` : ''));
  const addresses = (Array.isArray(patient.address) ? patient.address : []).filter(
    (one) => one && one.use !== 'old',
  );
  const identifiers = (Array.isArray(patient.identifier) ? patient.identifier : [])
    .map((one) => one && shownIdentifier(one))
    .filter((one) => one !== undefined);
  const death = formatDateTime(patient.deceasedDateTime);
  const all: Detail[] = [
    { label: 'Died', lines: death ? [death] : [] },
    { label: 'Also known as', lines: others },
    ...addresses.map((address) => ({
      label: address.use ? `${humanise(address.use)} address` : 'Address',
      lines: addressLines(address),
    })),
    {
      label: 'Contact',
      lines: (Array.isArray(patient.telecom) ? patient.telecom : []).map(contactText).filter(Boolean),
    },
    { label: 'Language', lines: language(patient) },
    { label: 'Next of kin and contacts', lines: contactPerson(patient) },
    { label: 'Registered with', lines: references(patient) },
    { label: 'Numbers', lines: identifiers.map(({ label, value }) => `${label}: ${value}`) },
  ];
  return all.filter((detail) => detail.lines.length > 0);
}
