/**
 * A person's choices about who sees their record, as FHIR Consent: written here, and read back. A choice forbids; what it
 * leaves open stands inside it as a permitting provision. Source: FHIR R4 Consent, Consent.provision.
 */
import type { Coding, Consent, ConsentProvision, ConsentProvisionActor } from '@medplum/fhirtypes';
import { organisationKindSystem } from '../../record/consent-rules.ts';

/** Consent.identifier by which a choice about one thing is found again: one choice in force for each. */
export const choiceSystem = 'https://throughline.example/sharing-choice';

export type ConsentParty =
  | { readonly kind: 'organisation'; readonly reference: string; readonly name?: string }
  | { readonly kind: 'organisation-kind'; readonly code: string; readonly name?: string };

/** What a choice keeps back, and from whom. Everyone where no party is named. */
export type SharingSubject =
  /** The whole record from one organisation or kind. */
  | { readonly kind: 'party'; readonly party: ConsentParty }
  /** One entry of the record: `Condition/1`. */
  | { readonly kind: 'item'; readonly reference: string; readonly name?: string }
  /** Everything that bears a security label. */
  | { readonly kind: 'category'; readonly label: Coding }
  /** Any use but the person's own care: the national data opt-out. */
  | { readonly kind: 'research' };

export interface SharingChoice {
  readonly subject: SharingSubject;
  /** Who sees it all the same. */
  readonly except: readonly ConsentParty[];
}

export interface ChoiceMade {
  /** `Patient/…` id. */
  readonly patient: string;
  /** From when it holds, ms since 1970 UTC. */
  readonly at: number;
  /** Until when, ms since 1970 UTC; undefined: until it is ended. */
  readonly until?: number;
}

const hl7 = 'http://terminology.hl7.org/CodeSystem';
const instant = (ms: number): string => new Date(ms).toISOString();

/** What a choice is about, as text: the value of its identifier. */
export function subjectKey(subject: SharingSubject): string {
  switch (subject.kind) {
    case 'party':
      return subject.party.kind === 'organisation'
        ? `organisation:${subject.party.reference}`
        : `organisation-kind:${subject.party.code}`;
    case 'item':
      return `item:${subject.reference}`;
    case 'category':
      return `category:${subject.label.code ?? ''}`;
    case 'research':
      return 'research';
  }
}

/** The Consent of a choice, without an id. */
export function consentOf({ subject, except }: SharingChoice, { patient, at, until }: ChoiceMade): Consent {
  const research = subject.kind === 'research';
  const period = { start: instant(at), ...(until === undefined ? {} : { end: instant(until) }) };
  return {
    resourceType: 'Consent',
    identifier: [{ system: choiceSystem, value: subjectKey(subject) }],
    status: 'active',
    scope: { coding: [{ system: `${hl7}/consentscope`, code: research ? 'research' : 'patient-privacy' }] },
    category: [{ coding: [{ system: `${hl7}/v3-ActCode`, code: research ? 'RESEARCH' : 'INFA' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: instant(at),
    performer: [{ reference: `Patient/${patient}` }],
    policyRule: { coding: [{ system: `${hl7}/v3-ActCode`, code: 'OPTOUT' }] },
    provision: {
      type: 'deny',
      period,
      ...boundsOf(subject),
      ...(except.length > 0
        ? { provision: [{ type: 'permit', actor: except.map(actorOf), ...dataOf(subject) }] }
        : {}),
    },
  };
}

const boundsOf = (subject: SharingSubject): ConsentProvision =>
  subject.kind === 'party' ? { actor: [actorOf(subject.party)] } : dataOf(subject);

function dataOf(subject: SharingSubject): ConsentProvision {
  if (subject.kind === 'category') return { securityLabel: [subject.label] };
  if (subject.kind !== 'item') return {};
  const display = subject.name === undefined ? {} : { display: subject.name };
  return { data: [{ meaning: 'instance', reference: { reference: subject.reference, ...display } }] };
}

function actorOf(party: ConsentParty): ConsentProvisionActor {
  const display = party.name === undefined ? {} : { display: party.name };
  return {
    // Information recipient: who would see it.
    role: { coding: [{ system: `${hl7}/v3-ParticipationType`, code: 'IRCP' }] },
    reference:
      party.kind === 'organisation'
        ? { reference: party.reference, ...display }
        : { identifier: { system: organisationKindSystem, value: party.code }, ...display },
  };
}

/** The Consent as it stands once ended: kept, no longer in force. */
export function endedConsent(consent: Consent, at: number): Consent {
  const { provision, ...rest } = consent;
  const end = instant(at);
  return {
    ...rest,
    status: 'inactive',
    ...(provision ? { provision: { ...provision, period: { ...provision.period, end } } } : {}),
  };
}

/** The choice that a Consent in force says; undefined for Consents that were not made here, or that say more than a choice can. */
export function choiceOf(consent: Consent): SharingChoice | undefined {
  const key = consent.identifier?.find((one) => one.system === choiceSystem)?.value;
  const { provision } = consent;
  if (key === undefined || consent.status !== 'active' || provision?.type !== 'deny') return undefined;
  const subject = subjectOf(key, provision);
  if (!subject || subjectKey(subject) !== key) return undefined;
  const except = (provision.provision ?? []).flatMap(({ actor }) => actor ?? []).map(partyOf);
  return except.every((party) => party !== undefined) ? { subject, except } : undefined;
}

function subjectOf(
  key: string,
  { actor, data, securityLabel }: ConsentProvision,
): SharingSubject | undefined {
  if (key === 'research') return { kind: 'research' };
  if (actor?.[0]) {
    const party = partyOf(actor[0]);
    return party && { kind: 'party', party };
  }
  const reference = data?.[0]?.reference;
  if (reference?.reference)
    return {
      kind: 'item',
      reference: reference.reference,
      ...(reference.display === undefined ? {} : { name: reference.display }),
    };
  const label = securityLabel?.[0];
  return label && { kind: 'category', label };
}

function partyOf({ reference }: ConsentProvisionActor): ConsentParty | undefined {
  const { identifier, display } = reference ?? {};
  const name = display === undefined ? {} : { name: display };
  if (identifier?.system === organisationKindSystem && identifier.value)
    return { kind: 'organisation-kind', code: identifier.value, ...name };
  return reference?.reference ? { kind: 'organisation', reference: reference.reference, ...name } : undefined;
}
