import assert from 'node:assert/strict';
import test from 'node:test';
import { validate } from '../../fhir/validate.ts';
import { consentRulesOf } from '../../record/consent-rules.ts';
import { organisationKind, organisationKinds } from './organisation-kinds.ts';
import { sensitiveCategories, sensitiveCategory } from './sensitive-categories.ts';
import {
  type ConsentParty,
  choiceOf,
  consentOf,
  endedConsent,
  type SharingChoice,
  type SharingSubject,
  subjectKey,
} from './sharing-consent.ts';

const at = Date.parse('2026-11-22T12:00:00.250Z');
const made = { patient: 'margaret', at };
const surgery: ConsentParty = {
  kind: 'organisation',
  reference: 'Organization/surgery',
  name: 'The Surgery',
};

const subjects: readonly SharingSubject[] = [
  { kind: 'party', party: surgery },
  ...organisationKinds.map(
    ({ code, name }): SharingSubject => ({ kind: 'party', party: { kind: 'organisation-kind', code, name } }),
  ),
  { kind: 'item', reference: 'Condition/ckd', name: 'Chronic kidney disease' },
  ...sensitiveCategories.map(({ label }): SharingSubject => ({ kind: 'category', label })),
  { kind: 'research' },
];
const choices: readonly SharingChoice[] = subjects.flatMap((subject) => [
  { subject, except: [] },
  { subject, except: [surgery, { kind: 'organisation-kind', code: 'hospital' }] },
]);

test('every choice is a valid Consent, in force and ended', () => {
  for (const choice of choices) {
    const consent = consentOf(choice, { ...made, until: at + 86_400_000 });
    for (const one of [consent, endedConsent(consent, at + 1000)])
      assert.deepEqual(validate({ ...one, id: 'x' }), [], subjectKey(choice.subject));
  }
});

test('a choice reads back as it was made', () => {
  for (const choice of choices) assert.deepEqual(choiceOf(consentOf(choice, made)), choice);
});

test('the record takes each as a rule that forbids from now on, its exceptions as permits', () => {
  for (const choice of choices) {
    const [rule, ...exceptions] = consentRulesOf(consentOf(choice, made));
    assert.equal(rule?.permit, false);
    assert.equal(rule?.low, at);
    assert.equal(rule?.secondary, choice.subject.kind === 'research');
    assert.equal(rule?.parties.length, choice.subject.kind === 'party' ? 1 : 0);
    assert.equal(rule?.labels.length, choice.subject.kind === 'category' ? 1 : 0);
    assert.equal(rule?.items.length, choice.subject.kind === 'item' ? 1 : 0);
    assert.deepEqual(
      exceptions.map(({ permit, exceptionTo, parties }) => [permit, exceptionTo, parties.length]),
      choice.except.length > 0 ? [[true, 0, 2]] : [],
    );
  }
});

test('an ended choice is no rule and no choice', () => {
  const ended = endedConsent(consentOf({ subject: { kind: 'research' }, except: [] }, made), at + 1000);
  assert.deepEqual(consentRulesOf(ended), []);
  assert.equal(choiceOf(ended), undefined);
  assert.equal(ended.provision?.period?.end, new Date(at + 1000).toISOString());
});

test('Consents from elsewhere, and ones whose key and content differ, are no choices of ours', () => {
  const consent = consentOf({ subject: { kind: 'item', reference: 'Condition/ckd' }, except: [] }, made);
  const { identifier: _, ...other } = consent;
  assert.equal(choiceOf(other), undefined);
  const data = [{ meaning: 'instance', reference: { reference: 'Condition/other' } }] as const;
  assert.equal(choiceOf({ ...consent, provision: { ...consent.provision, data: [...data] } }), undefined);
});

test('kinds and categories are found by their codes', () => {
  assert.equal(organisationKind('pharmacy')?.name, 'Pharmacies');
  assert.equal(organisationKind('constructor'), undefined);
  assert.equal(sensitiveCategory('HIV')?.label.code, 'HIV');
});
