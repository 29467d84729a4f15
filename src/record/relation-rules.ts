import type { Resource } from '@medplum/fhirtypes';
import { type DateRange, dateRange } from '../fhir/dates.ts';
import { type Key, textKey } from './keys.ts';
import { type Moment, type Part, type RelationRule, relationRules } from './relation-table.ts';
import type { Relation } from './sight.ts';

/** Bounds of a relationship that has none, in ms; safe integers. */
export const openLow = Number.MIN_SAFE_INTEGER + 1;
export const openHigh = Number.MAX_SAFE_INTEGER;

const day = 86_400_000;

type Json = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** A rule with its paths taken apart once. */
interface Plan {
  readonly rule: RelationRule;
  readonly parties: readonly (Path | PartPlan)[];
  readonly when: readonly Condition[];
  readonly without: readonly Path[];
  readonly from: readonly MomentPlan[];
  readonly until: readonly MomentPlan[];
}
interface PartPlan extends Part {
  readonly path: Path;
}
interface Condition {
  readonly path: Path;
  readonly values: ReadonlySet<string>;
  readonly wanted: boolean;
}
interface MomentPlan {
  readonly path: Path | undefined;
  readonly later: number;
}

const pathOf = (element: string): Path => element.split('.');
const momentOf = ({ element, days }: Moment): MomentPlan => ({
  path: element === undefined ? undefined : pathOf(element),
  later: days * day,
});

function conditionsOf(values: RelationRule['when'], wanted: boolean): Condition[] {
  return Object.entries(values ?? {}).map(([element, among]) => ({
    path: pathOf(element),
    values: new Set(among),
    wanted,
  }));
}

const plans: ReadonlyMap<string, readonly Plan[]> = new Map(
  Object.entries(relationRules).map(([type, rules]) => [
    type,
    rules.map((rule) => ({
      rule,
      parties: rule.parties.map((party) =>
        typeof party === 'string' ? pathOf(party) : { ...party, path: pathOf(party.each) },
      ),
      when: [...conditionsOf(rule.when, true), ...conditionsOf(rule.unless, false)],
      without: (rule.without ?? []).map(pathOf),
      from: rule.from.map(momentOf),
      until: rule.until.map(momentOf),
    })),
  ]),
);

const none: readonly Relation[] = [];

/**
 * Who gets a relationship with the person whose record the resource is in, and for how long. A resource entered in error
 * makes none; nor does a time that ends before it starts, or that nothing states where the table wants it stated. Parties
 * of another server, or known only by an identifier, are nobody here.
 */
export function relationsOf(resource: Resource): readonly Relation[] {
  const rules = plans.get(resource.resourceType);
  if (rules === undefined) return none;
  const json = resource as unknown as Json; // any resource may be read by name
  if (json['status'] === 'entered-in-error') return none;
  let found: Relation[] | undefined;
  for (const plan of rules) {
    if (!applies(plan, json)) continue;
    const span = spanOf(plan, json);
    if (span === undefined) continue;
    found ??= [];
    for (const party of plan.parties) {
      if (isPart(party)) addPart(found, plan, party, span, json);
      else for (const node of valuesAt(json, party)) add(found, plan, node, span, json);
    }
  }
  return found ?? none;
}

const isPart = (party: Path | PartPlan): party is PartPlan => 'each' in party;

function addPart(found: Relation[], plan: Plan, part: PartPlan, span: DateRange, json: Json): void {
  for (const node of valuesAt(json, part.path)) {
    if (!isObject(node) || node['status'] === 'declined') continue;
    let { low, high } = span;
    if (part.own !== undefined) {
      const { period, before, after } = part.own;
      const own = periodOf(node[period]);
      if (own === undefined) continue;
      if (own.low !== openLow) low = Math.max(low, own.low - before * day);
      if (own.high !== openHigh) high = Math.min(high, own.high + after * day);
    }
    if (low < high) add(found, plan, node[part.reference], { low, high }, json);
  }
}

function add(found: Relation[], { rule }: Plan, reference: unknown, span: DateRange, json: Json): void {
  for (const party of partiesOf(reference, json, true)) {
    const before = found.findIndex(
      (other) =>
        other.party === party && other.kind === rule.kind && other.low <= span.high && span.low <= other.high,
    );
    const other = found[before];
    if (other === undefined) found.push({ party, kind: rule.kind, low: span.low, high: span.high });
    else
      found[before] = {
        ...other,
        low: Math.min(other.low, span.low),
        high: Math.max(other.high, span.high),
      };
  }
}

function applies({ when, without }: Plan, json: Json): boolean {
  for (const { path, values, wanted } of when) {
    const present = valuesAt(json, path);
    const has = present.length === 0 ? values.has('') : present.some((value) => values.has(textOf(value)));
    if (has !== wanted) return false;
  }
  return without.every((path) => valuesAt(json, path).length === 0);
}

/** From the first stated start to the first stated end; undefined where either is missing or they are reversed. */
function spanOf(plan: Plan, json: Json): DateRange | undefined {
  const from = firstOf(plan.from, json);
  const until = firstOf(plan.until, json);
  if (from === undefined || until === undefined || until.time.high <= from.time.low) return undefined;
  const low = from.time.low === openLow ? openLow : from.time.low + from.later;
  const high = until.time.high === openHigh ? openHigh : until.time.high + until.later;
  return low < high ? { low, high } : undefined;
}

function firstOf(
  moments: readonly MomentPlan[],
  json: Json,
): { readonly time: DateRange; readonly later: number } | undefined {
  for (const { path, later } of moments) {
    if (path === undefined) return { time: { low: openLow, high: openHigh }, later };
    for (const value of valuesAt(json, path)) {
      const time = typeof value === 'string' ? dateRange(value) : undefined;
      if (time !== undefined) return { time, later };
    }
  }
  return undefined;
}

/** The time of a Period, open where it says nothing; undefined where it ends before it starts. */
function periodOf(value: unknown): DateRange | undefined {
  const period = isObject(value) ? value : {};
  const start = typeof period['start'] === 'string' ? dateRange(period['start']) : undefined;
  const end = typeof period['end'] === 'string' ? dateRange(period['end']) : undefined;
  const low = start?.low ?? openLow;
  const high = end?.high ?? openHigh;
  return low < high ? { low, high } : undefined;
}

const local =
  /^((?:Organization|Practitioner|PractitionerRole|Location|HealthcareService|CareTeam)\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** What a contained resource stands for: it has no identity of its own. */
const standsFor: ReadonlyMap<unknown, readonly Path[]> = new Map([
  ['PractitionerRole', [['practitioner'], ['organization'], ['location'], ['healthcareService']]],
  ['CareTeam', [['participant', 'member'], ['managingOrganization']]],
]);

function partiesOf(node: unknown, json: Json, follow: boolean): readonly Key[] {
  const reference = isObject(node) ? node['reference'] : undefined;
  if (typeof reference !== 'string') return [];
  if (!reference.startsWith('#')) {
    const whole = local.exec(reference)?.[1];
    return whole === undefined ? [] : [textKey(whole)];
  }
  if (!follow) return [];
  const contained = valuesAt(json, ['contained']).find(
    (item): item is Json => isObject(item) && item['id'] === reference.slice(1),
  );
  const paths = standsFor.get(contained?.['resourceType']) ?? [];
  return paths.flatMap((path) => valuesAt(contained, path).flatMap((inner) => partiesOf(inner, json, false)));
}

/** Codes and booleans as text; what is neither matches nothing. */
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'boolean' ? String(value) : '\u0000';

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All values at a path, through arrays. */
function valuesAt(node: unknown, path: Path, from = 0): readonly unknown[] {
  if (node === undefined || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((item) => valuesAt(item, path, from));
  if (from === path.length) return [node];
  return isObject(node) ? valuesAt(node[path[from] ?? ''], path, from + 1) : [];
}
