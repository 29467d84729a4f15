/** Medicines as the person who takes them reads them: how to take each, who prescribed it, what is left of a repeat. */
import type {
  Dosage,
  Extension,
  MedicationRequest,
  MedicationStatement,
  Reference,
} from '@medplum/fhirtypes';
import { codeOf, conceptText, humanise } from '../../web/coded.ts';
import { addDays, formatDate, localMoment, parseDate } from '../../web/dates.ts';
import { dosageText, titleOf } from '../../web/entry.ts';
import { formatQuantity } from '../../web/quantities.ts';
import { meaningOf, plainCondition } from './glossary/lookup.ts';
import type { NameOf } from './names-of.ts';
import { clinicianLines, explainedBy, isWrong, linesOf, newestFirst, onceEach, type Told } from './told.ts';

export type Medicine = MedicationRequest | MedicationStatement;

export interface Medicines {
  readonly now: readonly Told[];
  readonly past: readonly Told[];
}

const standing = new Set(['active', 'on-hold', 'intended', 'unknown', 'recorded']);

const isCurrent = (one: Medicine): boolean => standing.has(one.status ?? 'unknown');

const extensionOf = (extensions: readonly Extension[] | undefined, end: RegExp): Extension | undefined =>
  (Array.isArray(extensions) ? extensions : []).find(({ url }) => end.test(url ?? ''));

/** What a repeat prescription still allows. Source: UK Core, Extension-UKCore-MedicationRepeatInformation. */
export interface Repeat {
  /** Issues that are left; undefined where the record does not count them. */
  readonly left: number | undefined;
  /** Last day of the authority: `2027-01-31`. */
  readonly until: string | undefined;
  /** Day from which the next can be asked for. */
  readonly due: string | undefined;
}

const isRepeat = (one: MedicationRequest): boolean =>
  codeOf(one.courseOfTherapyType) === 'continuous' ||
  (one.dispenseRequest?.numberOfRepeatsAllowed ?? 0) > 0 ||
  extensionOf(one.extension, /MedicationRepeatInformation$/) !== undefined;

/** Days that one supply lasts; undefined where it is not said. */
const supplyDays = (one: MedicationRequest): number | undefined => {
  const { value, code, unit } = one.dispenseRequest?.expectedSupplyDuration ?? {};
  if (typeof value !== 'number') return undefined;
  const perUnit: Record<string, number> = {
    d: 1,
    day: 1,
    days: 1,
    wk: 7,
    week: 7,
    weeks: 7,
    mo: 28,
    month: 28,
  };
  const days = perUnit[code ?? ''] ?? perUnit[(unit ?? '').toLowerCase()];
  return days === undefined ? undefined : value * days;
};

/** Days after which a repeat that nobody asked for is one that nobody takes. */
const forgotten = 180;
/** A week before the supply runs out is when to ask for the next. */
const askAhead = 7;

/** How a repeat stands; undefined for what is not repeated. */
export function repeatOf(one: MedicationRequest): Repeat | undefined {
  if (!isCurrent(one) || !isRepeat(one)) return undefined;
  const inner = extensionOf(one.extension, /MedicationRepeatInformation$/)?.extension;
  const issued = extensionOf(inner, /numberOfPrescriptionsIssued$/);
  const expiry = extensionOf(inner, /authorisationExpiryDate$/)?.valueDateTime;
  const allowed = one.dispenseRequest?.numberOfRepeatsAllowed;
  const given = issued?.valueUnsignedInt ?? issued?.valuePositiveInt ?? issued?.valueInteger;
  // The first issue is not a repeat (R4, MedicationRequest.dispenseRequest.numberOfRepeatsAllowed).
  const left =
    allowed === undefined ? undefined : given === undefined ? allowed : Math.max(0, allowed + 1 - given);
  const start = parseDate(one.dispenseRequest?.validityPeriod?.start ?? one.authoredOn)?.key;
  const days = supplyDays(one);
  const until = parseDate(expiry ?? one.dispenseRequest?.validityPeriod?.end)?.key;
  // What was issued so far lasts this long from the start of the authority.
  const covered = days === undefined ? undefined : days * Math.max(1, given ?? 1);
  return {
    left,
    until,
    due:
      start !== undefined && covered !== undefined
        ? addDays(start, Math.max(0, covered - askAhead))
        : undefined,
  };
}

const repeatText = (repeat: Repeat | undefined): string => {
  if (!repeat) return '';
  const count =
    repeat.left === undefined
      ? 'Repeat prescription'
      : repeat.left === 0
        ? 'No repeats left'
        : `${repeat.left} ${repeat.left === 1 ? 'repeat' : 'repeats'} left`;
  return repeat.until ? `${count}, until ${formatDate(repeat.until)}` : count;
};

const dosages = (one: Medicine): readonly Dosage[] | undefined =>
  one.resourceType === 'MedicationRequest' ? one.dosageInstruction : one.dosage;

const extra = (one: Medicine): string =>
  (Array.isArray(dosages(one)) ? (dosages(one) ?? []) : [])
    .map((dosage) => (dosage?.text ? (dosage.patientInstruction ?? '') : ''))
    .filter(Boolean)
    .join('. ');

const reason = (one: Medicine, nameOf: NameOf): string =>
  (one.reasonCode ?? []).map(conceptText).filter(Boolean).map(plainCondition).join(', ') ||
  ((one.reasonReference ?? []) as Reference[]).map(nameOf).filter(Boolean).map(plainCondition).join(', ');

const statusTag = (one: Medicine): readonly [string, string] => {
  const status = one.status ?? '';
  if (status === 'on-hold') return ['Paused', 'yellow'];
  if (status === 'stopped') return ['Stopped', 'grey'];
  return isCurrent(one) || status === 'completed' ? ['', 'grey'] : [humanise(status), 'grey'];
};

/** When it began: the first of the requests for it. */
const since = (all: readonly Medicine[]): string => {
  const oldest = [...all].sort(newestFirst).at(-1);
  const start =
    oldest?.resourceType === 'MedicationRequest' ? oldest.authoredOn : oldest?.effectivePeriod?.start;
  return formatDate(start ?? (oldest as MedicationStatement | undefined)?.effectiveDateTime);
};

const conceptOf = (one: Medicine) => one.medicationCodeableConcept;

const told = (one: Medicine, all: readonly Medicine[], nameOf: NameOf): Told => {
  const request = one.resourceType === 'MedicationRequest' ? one : undefined;
  const title =
    titleOf(one) === 'Medicine prescribed' ? nameOf(one.medicationReference) || titleOf(one) : titleOf(one);
  const [tag, tagColour] = statusTag(one);
  const explained = explainedBy(meaningOf(conceptOf(one) ?? { text: title }, ['medicine']));
  const supplied = formatQuantity(request?.dispenseRequest?.quantity);
  return {
    ...{ id: one.id ?? '', title, written: '', tag, tagColour },
    lines: linesOf(
      [
        'How to take it',
        dosageText(dosages(one)) || (isCurrent(one) ? 'Not recorded. Ask your pharmacist' : ''),
      ],
      ['Also', extra(one)],
      ['For', reason(one, nameOf)],
      ['Repeat', repeatText(request && repeatOf(request))],
      ['Pharmacy', nameOf(request?.dispenseRequest?.performer)],
      [
        request ? 'Prescribed by' : 'Recorded by',
        nameOf(request?.requester) || nameOf((one as MedicationStatement).informationSource),
      ],
      ['First recorded', since(all)],
      ['Last prescribed', request && all.length > 1 ? formatDate(request.authoredOn) : ''],
    ),
    ...(explained ? { explained } : {}),
    clinician: clinicianLines(one, conceptOf(one), nameOf, ...linesOf(['Supply', supplied])),
  };
};

/** Medicines that are taken now and that are over, by name; each once, its newest prescription standing for it. */
export function medicinesOf(all: readonly Medicine[], nameOf: NameOf): Medicines {
  const right = all.filter((one) => !isWrong(one) && one.status !== 'draft').sort(newestFirst);
  const groups = onceEach(right, (one) => titleOf(one)).map(({ all: same }) => ({
    one: same.find(isCurrent) ?? same[0]!,
    same,
  }));
  const make = (current: boolean): Told[] =>
    groups.filter(({ one }) => isCurrent(one) === current).map(({ one, same }) => told(one, same, nameOf));
  return { now: make(true).sort((a, b) => a.title.localeCompare(b.title, 'en-GB')), past: make(false) };
}

/** Medicines that are due to be asked for again by a day, soonest first. */
export function repeatsDue(
  requests: readonly MedicationRequest[],
  now: number,
): readonly { readonly title: string; readonly due: string; readonly overdue: boolean }[] {
  const today = localMoment(now).key;
  const newest = onceEach([...requests].filter((one) => !isWrong(one)).sort(newestFirst), titleOf);
  return newest
    .flatMap(({ one }) => {
      const repeat = repeatOf(one);
      if (!repeat?.due || repeat.due > today || repeat.left === 0) return [];
      if (repeat.until !== undefined && repeat.until < today) return [];
      if (addDays(repeat.due, forgotten) < today) return [];
      return [{ title: titleOf(one), due: repeat.due, overdue: addDays(repeat.due, askAhead) < today }];
    })
    .sort((a, b) => a.due.localeCompare(b.due));
}
