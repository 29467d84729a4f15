import type { CodeableConcept, Coding, ConsentProvision, Resource } from '@medplum/fhirtypes';
import { dateRange } from '../fhir/dates.ts';
import { foldCode } from '../fhir/normalise.ts';
import { isResourceType } from '../fhir/resource-types.ts';
import { searchParameter } from '../fhir/search-parameters.ts';
import { type Key, textKey, tokenKey } from './keys.ts';
import { typeNumber } from './type-numbers.ts';

/** System of `provision.actor.reference.identifier` where a consent names a kind of organisation and no one organisation. */
export const organisationKindSystem = 'https://throughline.example/organisation-kind';

/** What one provision of a person's Consent says, as the record keeps it beside the person's data. Empty lists bound nothing. */
export interface ConsentRule {
  /** Place among the Consent's rules; an exception names the rule that it is an exception to. */
  readonly n: number;
  readonly exceptionTo?: number;
  readonly permit: boolean;
  /** Only for other uses than care: the national data opt-out. */
  readonly secondary: boolean;
  /** ms since 1970 UTC, up to and without `high`. */
  readonly low: number;
  readonly high: number;
  readonly parties: readonly Key[];
  readonly labels: readonly Key[];
  readonly types: readonly number[];
  readonly items: readonly { readonly type: number; readonly id: string }[];
}

const [securityPath] = searchParameter('Patient', '_security')?.paths ?? [];

/** Key of a security label, as the slice of each resource that bears it holds it. */
const labelKey = (system: string | undefined, code: string): Key =>
  tokenKey(securityPath!.key, system, foldCode(code));

/** Key of a label written `system|code`. */
export function labelOf(text: string): Key {
  const bar = text.lastIndexOf('|');
  return labelKey(bar > 0 ? text.slice(0, bar) : undefined, text.slice(bar + 1));
}

/** Keys of a resource's security labels. */
export const labelsOf = ({ meta }: Resource): readonly Key[] =>
  (meta?.security ?? []).flatMap(({ system, code }) => (code ? [labelKey(system, code)] : []));

/** Key of a party: a reference, or `kind:<code>` for all organisations of a kind. */
export const partyKey = (party: string): Key => textKey(party);

/**
 * The rules of a Consent in force: its own provision where that forbids, and the provisions inside it that permit, as
 * exceptions. Source: FHIR R4 Consent; what is forbidden in general and permitted in particular is permitted.
 */
export function consentRulesOf(resource: Resource): readonly ConsentRule[] {
  if (resource.resourceType !== 'Consent' || resource.status !== 'active' || !resource.provision) return [];
  const scope = codesOf(resource.scope);
  const secondary = scope.includes('research');
  if (!secondary && !scope.includes('patient-privacy')) return [];
  if (resource.provision.type !== 'deny') return [];
  const rules = [ruleOf(resource.provision, 0, secondary)];
  for (const inner of resource.provision.provision ?? [])
    if (inner.type === 'permit')
      rules.push({ ...ruleOf(inner, rules.length, secondary), permit: true, exceptionTo: 0 });
  return rules;
}

const codesOf = (concept: CodeableConcept | undefined): string[] =>
  (concept?.coding ?? []).flatMap(({ code }) => (code ? [code] : []));

function ruleOf(provision: ConsentProvision, n: number, secondary: boolean): ConsentRule {
  const { start, end } = provision.period ?? {};
  return {
    n,
    permit: false,
    secondary,
    low: (start && dateRange(start)?.low) || Number.MIN_SAFE_INTEGER,
    high: (end && dateRange(end)?.high) || Number.MAX_SAFE_INTEGER,
    parties: (provision.actor ?? []).flatMap(partiesOf),
    labels: (provision.securityLabel ?? []).flatMap(namedLabels),
    types: (provision.class ?? []).flatMap(typesOf),
    items: (provision.data ?? []).flatMap(itemsOf),
  };
}

/** What names nothing that we know still bounds the rule: to nobody, and so on. */
const nothingKnown: Key = textKey('\u0001unknown');

function partiesOf({ reference }: NonNullable<ConsentProvision['actor']>[number]): Key[] {
  const { identifier } = reference ?? {};
  if (identifier?.system === organisationKindSystem && identifier.value)
    return [partyKey(`kind:${identifier.value}`)];
  return [reference?.reference ? partyKey(reference.reference) : nothingKnown];
}

const namedLabels = ({ system, code }: Coding): Key[] => [code ? labelKey(system, code) : nothingKnown];

const typesOf = ({ code }: Coding): number[] => [code && isResourceType(code) ? typeNumber(code) : 0];

function itemsOf({ reference }: NonNullable<ConsentProvision['data']>[number]): ConsentRule['items'] {
  const [type = '', id = ''] = reference?.reference?.split('/') ?? [];
  return [isResourceType(type) ? { type: typeNumber(type), id } : { type: 0, id: '' }];
}
