/** Any resource of any type as labelled fields that a person can read: the general view, where no better one exists. */
import type {
  Coding,
  ContactPoint,
  Dosage,
  HumanName,
  Identifier,
  Money,
  Quantity,
  Range,
  Ratio,
} from '@medplum/fhirtypes';
import { codingText, humanise, systemName } from '../../web/coded.ts';
import { addressLines, contactText, shownIdentifier } from '../../web/contacts.ts';
import { formatDateTime, formatPeriod, parseDate } from '../../web/dates.ts';
import { dosageText, type Loose, shorten } from '../../web/entry.ts';
import { plainName } from '../../web/names.ts';
import { formatMoney, formatNumber, formatRange, formatRatio, unitText } from '../../web/quantities.ts';

/** A value as it is read: words, perhaps a link, perhaps fields of its own. */
export interface ShownValue {
  readonly text: string;
  readonly href?: string;
  /** Small print beside it: the code and its system, who wrote a note. */
  readonly note?: string;
  readonly fields?: readonly ShownField[];
}

export interface ShownField {
  readonly label: string;
  readonly values: readonly ShownValue[];
}

/** Where a reference leads, and the words for it. */
export type Refer = (reference: string) => { readonly href?: string; readonly text?: string };

type Shape = Record<string, unknown>;

const isShape = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const has = (shape: Shape, ...keys: string[]): boolean => keys.some((key) => shape[key] !== undefined);
const only = (shape: Shape, ...keys: string[]): boolean =>
  Object.keys(shape).every((key) => keys.includes(key) || key === 'id' || key === 'extension');

const mostDepth = 8;
const mostItems = 60;
const mostText = 4000;

/** Not for reading, or shown elsewhere on the page. */
const hidden = new Set(['resourceType', 'id', 'meta', 'text', 'contained', 'implicitRules', 'fhir_comments']);

const choice =
  /^(value|onset|abatement|effective|performed|occurrence|medication|deceased|multipleBirth|asNeeded|dose|rate|born|age|identified|product|serviced|location|timing|scheduled|collected|content|allowed|used|reported|start|due|detail|item|created|statusReason|additive|defaultValue|answer)(Boolean|Integer|Decimal|String|Uri|Url|Code|Date|DateTime|Instant|Time|CodeableConcept|Coding|Quantity|SimpleQuantity|Age|Period|Range|Ratio|Reference|Attachment|Identifier|Address|Timing|SampledData|Money|Duration|Canonical|Markdown|PositiveInt|UnsignedInt|HumanName|ContactPoint|Annotation|Meta|Expression)$/;

/** `onsetDateTime` → `Onset`, `referenceRange` → `Reference range`. */
export function labelOf(key: string): string {
  return humanise(choice.exec(key)?.[1] ?? key);
}

/** Elements whose value is one of FHIR's own codes, for reading as words. */
const codes = new Set(
  'status intent priority lifecycleStatus gender use criticality mode type category severity purpose class publicationStatus outcome relationship rank'.split(
    ' ',
  ),
);

const exactQuantity = (quantity: Quantity): string => {
  const comparator = quantity.comparator ? `${quantity.comparator} ` : '';
  const unit = unitText(quantity);
  return `${comparator}${quantity.value ?? ''}${unit && unit !== '%' ? ` ${unit}` : unit}`.trim();
};

const codingNote = (codings: readonly Coding[]): string =>
  codings
    .filter((coding) => text(coding?.code) || text(coding?.system))
    .map((coding) => [systemName(coding.system), text(coding.code)].filter(Boolean).join(' '))
    .join('; ');

const noted = (words: string, note: string): ShownValue =>
  note && note !== words ? { text: words, note } : { text: words };

/** Shapes of the data types that read as one value; undefined for an element with fields of its own. */
const oneValue = (key: string, shape: Shape, refer: Refer): ShownValue | undefined => {
  if (only(shape, 'coding', 'text') && has(shape, 'coding', 'text')) {
    const codings = (Array.isArray(shape['coding']) ? shape['coding'] : []).filter(isShape) as Coding[]; // R4 CodeableConcept
    const words = text(shape['text']) || codings.map(codingText).find(Boolean) || '';
    return noted(words, codingNote(codings));
  }
  if (
    has(shape, 'reference') ||
    (only(shape, 'display', 'type', 'identifier') && has(shape, 'display', 'identifier') && key !== 'coding')
  ) {
    const reference = text(shape['reference']);
    const target = reference ? refer(reference) : {};
    const identifier = isShape(shape['identifier'])
      ? shownIdentifier(shape['identifier'] as Identifier)
      : undefined;
    const words =
      text(shape['display']) ||
      target.text ||
      (identifier && `${identifier.label} ${identifier.value}`) ||
      reference;
    return target.href ? { text: words, href: target.href } : { text: words };
  }
  if (only(shape, 'start', 'end') && has(shape, 'start', 'end')) return { text: formatPeriod(shape) };
  if (typeof shape['value'] === 'number' && only(shape, 'value', 'currency')) {
    return { text: has(shape, 'currency') ? formatMoney(shape as Money) : formatNumber(shape['value']) };
  }
  if (typeof shape['value'] === 'number' && only(shape, 'value', 'comparator', 'unit', 'system', 'code')) {
    return { text: exactQuantity(shape as Quantity) };
  }
  if (only(shape, 'low', 'high') && has(shape, 'low', 'high')) return { text: formatRange(shape as Range) };
  if (only(shape, 'numerator', 'denominator') && has(shape, 'numerator'))
    return { text: formatRatio(shape as Ratio) };
  if (key === 'telecom' || (has(shape, 'rank') && has(shape, 'value')))
    return { text: contactText(shape as unknown as ContactPoint) };
  if (only(shape, 'use', 'type', 'system', 'value', 'period', 'assigner') && text(shape['value'])) {
    const identifier = shownIdentifier(shape as Identifier);
    return identifier && { text: `${identifier.label}: ${identifier.value}` };
  }
  if (only(shape, 'system', 'version', 'code', 'display', 'userSelected') && has(shape, 'code', 'display')) {
    return noted(codingText(shape as Coding), codingNote([shape as Coding]));
  }
  if (has(shape, 'family', 'given') || (key === 'name' && has(shape, 'text')))
    return { text: plainName(shape as HumanName) };
  if (
    key.toLowerCase().endsWith('address') &&
    has(shape, 'line', 'city', 'postalCode', 'text', 'country', 'state')
  ) {
    return { text: addressLines(shape).join('\n') };
  }
  if (typeof shape['text'] === 'string' && only(shape, 'text', 'time', 'authorReference', 'authorString')) {
    const author = isShape(shape['authorReference']) ? shape['authorReference'] : {};
    const who =
      text(shape['authorString']) || text(author['display']) || refer(text(author['reference'])).text || '';
    return noted(shape['text'], [who, formatDateTime(shape['time'])].filter(Boolean).join(', '));
  }
  if (has(shape, 'contentType', 'data') && has(shape, 'data', 'url')) {
    return { text: `${text(shape['title']) || 'Attachment'} (see Documents on this page)` };
  }
  if ((key === 'dosageInstruction' || key === 'dosage') && text(shape['text']))
    return { text: dosageText([shape as Dosage]) };
  return undefined;
};

const absent = (shape: unknown): string => {
  const extensions = isShape(shape) && Array.isArray(shape['extension']) ? shape['extension'] : [];
  const reason = extensions.find((one) => isShape(one) && text(one['url']).endsWith('/data-absent-reason'));
  return isShape(reason) ? `Not given: ${humanise(text(reason['valueCode']) || 'unknown')}` : '';
};

const primitive = (key: string, value: string | number | boolean): ShownValue => {
  if (typeof value === 'boolean') return { text: value ? 'Yes' : 'No' };
  if (typeof value === 'number') return { text: String(value) };
  if (key === 'data' && value.length > 100) return { text: `${value.length} characters of data` };
  if (codes.has(key) && /^[a-z][a-z-]*$/.test(value)) return { text: humanise(value) };
  const date = parseDate(value);
  return { text: date && date.precision !== 'year' ? formatDateTime(value) : shorten(value, mostText) };
};

const extensionField = (shape: Shape, refer: Refer, depth: number): ShownField | undefined => {
  const name =
    humanise(
      (text(shape['url']).split(/[/#]/).at(-1) ?? '').replace(
        /^(?:Extension-)?(?:UKCore|us-core|patient)-/,
        '',
      ),
    ) || 'Extension';
  const inner = Array.isArray(shape['extension']) ? shape['extension'].filter(isShape) : [];
  const value = Object.entries(shape).find(([key]) => key.startsWith('value'));
  if (value) return { label: name, values: valuesOf(value[0], value[1], refer, depth + 1) };
  const fields = inner.map((one) => extensionField(one, refer, depth + 1)).filter((one) => one !== undefined);
  return fields.length > 0 ? { label: name, values: [{ text: '', fields }] } : undefined;
};

const valuesOf = (key: string, value: unknown, refer: Refer, depth: number): ShownValue[] => {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const shown = value.slice(0, mostItems).flatMap((one) => valuesOf(key, one, refer, depth));
    const rest = value.length - mostItems;
    return rest > 0 ? [...shown, { text: `and ${rest} more: see the JSON` }] : shown;
  }
  if (isShape(value)) {
    const one = oneValue(key, value, refer);
    if (one) return one.text ? [one] : [];
    if (depth >= mostDepth) return [{ text: 'More detail: see the JSON' }];
    const fields = fieldsOf(value, refer, depth + 1);
    return fields.length > 0 ? [{ text: '', fields }] : [];
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const shown = primitive(key, value);
    return shown.text === '' ? [] : [shown];
  }
  return [];
};

/** Extensions after what the standard itself has. */
const extensionsLast = (a: [string, unknown], b: [string, unknown]): number =>
  Number(/xtension$/.test(a[0])) - Number(/xtension$/.test(b[0]));

const fieldsOf = (shape: Shape, refer: Refer, depth: number): ShownField[] =>
  Object.entries(shape)
    .sort(extensionsLast)
    .flatMap(([key, value]): ShownField[] => {
      if (depth === 0 ? hidden.has(key) : key === 'id') return [];
      if (key === 'extension' || key === 'modifierExtension') {
        const extensions = (Array.isArray(value) ? value : []).filter(isShape).slice(0, mostItems);
        return extensions.map((one) => extensionField(one, refer, depth)).filter((one) => one !== undefined);
      }
      if (key.startsWith('_')) {
        const reason = shape[key.slice(1)] === undefined ? absent(value) : '';
        return reason ? [{ label: labelOf(key.slice(1)), values: [{ text: reason }] }] : [];
      }
      const values = valuesOf(key, value, refer, depth);
      return values.length > 0 ? [{ label: labelOf(key), values }] : [];
    });

/** The fields of a resource that a reader needs, in the order of its JSON. */
export function readableFields(resource: Loose, refer: Refer): ShownField[] {
  return fieldsOf(resource as Shape, refer, 0);
}

/** Every literal reference within a resource, each once. */
export function referencesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const one of value) referencesOf(one, found);
  else if (isShape(value)) {
    if (typeof value['reference'] === 'string') found.add(value['reference']);
    for (const [key, one] of Object.entries(value)) if (key !== 'contained') referencesOf(one, found);
  }
  return found;
}
