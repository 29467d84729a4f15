/** Entries of a person's record that they may keep back one by one. */
import type { CodeableConcept, Resource } from '@medplum/fhirtypes';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { conceptsText, conceptText } from '../../web/coded.ts';
import { formatShortDate } from '../../web/dates.ts';

export interface ItemKind {
  readonly type: string;
  /** “Conditions”. */
  readonly name: string;
  readonly sort: string;
  /** What keeping it back may lead to, beyond what holds for all. */
  readonly warning?: string;
}

export const itemKinds: readonly ItemKind[] = [
  { type: 'Condition', name: 'Conditions', sort: '-recorded-date' },
  {
    type: 'AllergyIntolerance',
    name: 'Allergies',
    sort: '-date',
    warning: 'If you keep an allergy back, someone may give you a medicine that harms you.',
  },
  {
    type: 'MedicationRequest',
    name: 'Medicines',
    sort: '-authoredon',
    warning: 'If you keep a medicine back, someone may give you another that does not go together with it.',
  },
  { type: 'Observation', name: 'Measurements and results', sort: '-date' },
  { type: 'DiagnosticReport', name: 'Reports', sort: '-date' },
  { type: 'Procedure', name: 'Procedures', sort: '-date' },
  { type: 'Encounter', name: 'Visits', sort: '-date' },
  { type: 'Immunization', name: 'Vaccinations', sort: '-date' },
  { type: 'DocumentReference', name: 'Letters and documents', sort: '-date' },
];

export const itemKind = (type: string): ItemKind | undefined => itemKinds.find((kind) => kind.type === type);

export interface Item {
  /** `Condition/1` */
  readonly reference: string;
  readonly name: string;
  readonly date: string;
}

/** The members that name and date an entry, whatever its type. */
interface Nameable {
  readonly code?: CodeableConcept;
  readonly medicationCodeableConcept?: CodeableConcept;
  readonly vaccineCode?: CodeableConcept;
  readonly type?: CodeableConcept | CodeableConcept[];
  readonly description?: string;
}
const dates = [
  'onsetDateTime',
  'effectiveDateTime',
  'performedDateTime',
  'occurrenceDateTime',
  'authoredOn',
  'recordedDate',
  'date',
] as const;

function itemOf(resource: Resource): Item {
  // Each type has some of these; what it lacks is undefined.
  const it = resource as Resource & Nameable & Record<(typeof dates)[number], unknown>;
  const period = (it as { period?: { start?: unknown }; effectivePeriod?: { start?: unknown } }).period;
  const type = Array.isArray(it.type) ? conceptsText(it.type) : conceptText(it.type);
  const name =
    conceptText(it.code) ||
    conceptText(it.medicationCodeableConcept) ||
    conceptText(it.vaccineCode) ||
    (typeof it.description === 'string' ? it.description : '') ||
    type;
  const date = dates.map((key) => it[key]).find((value) => typeof value === 'string') ?? period?.start;
  return {
    reference: `${resource.resourceType}/${resource.id}`,
    name: name || 'Entry without a name',
    date: formatShortDate(date),
  };
}

/** A page of one kind, newest first, of this person alone. */
export async function itemsOf(
  record: CareRecord,
  actor: Actor,
  patient: string,
  kind: ItemKind,
  cursor: string | undefined,
): Promise<{ readonly items: readonly Item[]; readonly next?: string }> {
  const from = cursor ? `&_page=${encodeURIComponent(cursor)}` : '';
  const page = await record.search(actor, kind.type, `_sort=${kind.sort}&_count=25${from}`, {
    compartment: { type: 'Patient', id: patient },
  });
  const items = page.matches.map((stored) => itemOf(resourceOf(stored)));
  return page.next === undefined ? { items } : { items, next: page.next };
}

/** One entry of this person; undefined where it is another's or not there. */
export async function oneItem(
  record: CareRecord,
  actor: Actor,
  patient: string,
  type: string,
  id: string,
): Promise<Item | undefined> {
  if (!itemKind(type) || !/^[A-Za-z0-9.-]{1,64}$/.test(id)) return undefined;
  const page = await record.search(actor, type, `_id=${id}`, {
    compartment: { type: 'Patient', id: patient },
  });
  const stored = page.matches[0];
  return stored && itemOf(resourceOf(stored));
}
