/** Each choice as a question, with what the answers mean for the person's care, in plain words. */
import { organisationKind, withoutOrganisation } from '../../access/consents/organisation-kinds.ts';
import { sensitiveCategory } from '../../access/consents/sensitive-categories.ts';
import type { ConsentParty, SharingChoice, SharingSubject } from '../../access/consents/sharing-consent.ts';
import type { StandingChoice } from './choices.ts';
import type { Item, ItemKind } from './items.ts';
import type { KnownOrganisation } from './organisations.ts';

export interface Answer {
  readonly value: 'share' | 'keep' | 'practice';
  readonly text: string;
  readonly hint?: string;
  /** What the record keeps for it; undefined: nothing is kept back. */
  readonly choice?: SharingChoice;
  /** For the audit log: what changed, as the person reads it later. */
  readonly note: string;
}

export interface Question {
  /** The h1: a question. */
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly subject: SharingSubject;
  readonly answers: readonly Answer[];
  readonly back: { readonly href: string; readonly text: string };
  /** Shown when no answer was chosen. */
  readonly error: string;
}

const overview = { href: '/sharing', text: 'Who can see my record' } as const;
/** Holds for every choice about care. */
const emergencies =
  'In an emergency, or to keep someone safe, staff may still need to open it. They must say why, you are told, and it is checked.';

export function kindQuestion(code: string): Question | undefined {
  const kind = organisationKind(code);
  if (!kind) return undefined;
  const party: ConsentParty = { kind: 'organisation-kind', code, name: kind.name };
  // “hospitals” within a sentence; “GP surgeries” stays.
  const within = kind.name.startsWith('GP')
    ? kind.name
    : kind.name.charAt(0).toLowerCase() + kind.name.slice(1);
  return partyQuestion(party, within, kind.without);
}

export function organisationQuestion({ id, name }: KnownOrganisation, isPractice: boolean): Question {
  const party: ConsentParty = { kind: 'organisation', reference: `Organization/${id}`, name };
  const own = isPractice
    ? ' This is your own GP surgery: it could not look after you as it does now, and not send your prescriptions.'
    : '';
  return partyQuestion(party, name, withoutOrganisation + own);
}

function partyQuestion(party: ConsentParty, name: string, without: string): Question {
  const subject: SharingSubject = { kind: 'party', party };
  return {
    title: `Do you want to share your record with ${name}?`,
    paragraphs: [
      'Staff who care for you see your record so that they can do it safely. They see no more than their work needs.',
      emergencies,
    ],
    subject,
    answers: [
      { value: 'share', text: 'Yes, share it', note: `Sharing turned on: ${name}` },
      {
        value: 'keep',
        text: 'No, do not share it',
        hint: without,
        choice: { subject, except: [] },
        note: `Sharing turned off: ${name}`,
      },
    ],
    back: overview,
    error: 'Select yes if you want to share your record with them',
  };
}

/** Three answers: share, share with the practice alone, keep back. */
function keepingBack(
  subject: SharingSubject,
  what: string,
  practices: readonly KnownOrganisation[],
): readonly Answer[] {
  const except = practices.map(
    ({ id, name }): ConsentParty => ({ kind: 'organisation', reference: `Organization/${id}`, name }),
  );
  const names = practices.map(({ name }) => name).join(' and ');
  return [
    { value: 'share', text: 'Everyone who cares for me', note: `No longer kept back: ${what}` },
    ...(except.length > 0
      ? [
          {
            value: 'practice' as const,
            text: `Only my GP surgery: ${names}`,
            choice: { subject, except },
            note: `Kept back from all but the GP surgery: ${what}`,
          },
        ]
      : []),
    {
      value: 'keep',
      text: 'Only me',
      hint: 'No one who cares for you will know about it unless you tell them.',
      choice: { subject, except: [] },
      note: `Kept back from everyone: ${what}`,
    },
  ];
}

export function categoryQuestion(
  code: string,
  practices: readonly KnownOrganisation[],
): Question | undefined {
  const category = sensitiveCategory(code);
  if (!category) return undefined;
  const subject: SharingSubject = { kind: 'category', label: category.label };
  return {
    title: `Who can see information marked “${category.name}”?`,
    paragraphs: [
      'This covers what the person who wrote it marked as being about this. What is not marked is still shared: you can keep single entries back too.',
      'If people who care for you do not know about it, they may miss something that matters, or give you a treatment that does not fit.',
      emergencies,
    ],
    subject,
    answers: keepingBack(subject, category.name, practices),
    back: overview,
    error: 'Select who can see this information',
  };
}

export function itemQuestion(item: Item, kind: ItemKind, practices: readonly KnownOrganisation[]): Question {
  const subject: SharingSubject = { kind: 'item', reference: item.reference, name: item.name };
  return {
    title: `Who can see “${item.name}”?`,
    paragraphs: [
      `${kind.name}${item.date ? `, ${item.date}` : ''}. Only this entry is kept back. The same thing may be told in other entries, such as letters.`,
      ...(kind.warning ? [kind.warning] : []),
      emergencies,
    ],
    subject,
    answers: keepingBack(subject, item.name, practices),
    back: { href: `/sharing/items?type=${kind.type}`, text: kind.name },
    error: 'Select who can see this entry',
  };
}

/** Source: NHS England, national data opt-out: what it covers and what it does not. */
export function researchQuestion(): Question {
  const subject: SharingSubject = { kind: 'research' };
  return {
    title: 'Can your record be used for research and planning?',
    paragraphs: [
      'Health records help to find better treatments and to plan services. Your name and address are taken out wherever that can be done.',
      'Your choice does not change your own care. It does not cover information that the law requires, or that is needed to stop diseases from spreading.',
    ],
    subject,
    answers: [
      { value: 'share', text: 'Yes, it can be used', note: 'National data opt-out taken back' },
      {
        value: 'keep',
        text: 'No, it cannot be used',
        hint: 'This is the national data opt-out.',
        choice: { subject, except: [] },
        note: 'National data opt-out made',
      },
    ],
    back: overview,
    error: 'Select yes if your record can be used for research and planning',
  };
}

/** The answer that stands. */
export function standingAnswer({ answers }: Question, standing: StandingChoice | undefined): Answer['value'] {
  if (!standing) return 'share';
  const exempt = standing.except.length > 0 && answers.some(({ value }) => value === 'practice');
  return exempt ? 'practice' : 'keep';
}
