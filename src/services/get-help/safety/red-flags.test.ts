import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { problems } from '../problems/all-problems.ts';
import { assess, findInWords, redFlagRules, ruleById, urgentWords } from './assess.ts';
import { isMeant } from './match-words.ts';
import { pharmacistMay, pharmacyPathways } from './pharmacy-first.ts';
import { type Advice, weightOf } from './rule.ts';

/** What someone may type, the rule that must fire, and its advice. Sources: those of the rules. */
const cases: readonly (readonly [text: string, rule: string])[] = [
  ['I have chest pain', 'chest-pain'],
  ['my chest hurts when i walk', 'chest-pain'],
  ['chset pian since last nite', 'chest-pain'],
  ['crushing feeling in my chest and arm', 'chest-pain'],
  ['tightness across the chest', 'chest-pain'],
  ['I think its a heart attack', 'chest-pain'],
  ['like an elephant sitting on my chest', 'chest-pain'],
  ['mums face is drooping on one side', 'stroke'],
  ['his speech is slurred', 'stroke'],
  ['slured speach this morning', 'stroke'],
  ['cannot lift my left arm', 'stroke'],
  ['I cant breathe', 'breathing'],
  ['can not breath properly', 'breathing'],
  ['struggling to breathe', 'breathing'],
  ['he is choking', 'breathing'],
  ['lips have gone blue', 'blue-lips'],
  ['my tongue is swelling after nuts', 'anaphylaxis'],
  ['used my epipen', 'anaphylaxis'],
  ['anaphalaxis last time', 'anaphylaxis'],
  ['she is unconcious', 'unconscious'],
  ['grandad collapsed in the kitchen', 'unconscious'],
  ['cant wake him up', 'unconscious'],
  ['my son had a seizure', 'seizure'],
  ['having fits again', 'seizure'],
  ['bleeding that wont stop', 'heavy-bleeding'],
  ['pouring with blood', 'heavy-bleeding'],
  ['vomiting blood', 'vomiting-blood'],
  ['sick like coffee grounds', 'vomiting-blood'],
  ['worst headache of my life', 'worst-headache'],
  ['thunderclap headache', 'worst-headache'],
  ['rash that doesnt fade with a glass', 'meningitis'],
  ['stiff neck and fever', 'meningitis'],
  ['could it be menengitis', 'meningitis'],
  ['worried about sepsis', 'sepsis'],
  ['baby is floppy', 'sepsis'],
  ['I want to kill myself', 'suicide-now'],
  ['thinking of ending my life', 'suicide-now'],
  ['feeling sucidal', 'suicide-now'],
  ['I took too many tablets', 'suicide-now'],
  ['i dont want to live any more', 'suicide-now'],
  ['voices telling me to hurt people', 'harm-others'],
  ['my husband hits me', 'harm-others'],
  ['toddler swallowed a button battery', 'poison'],
  ['drank bleach', 'poison'],
  ['six weeks pregnant with severe tummy pain', 'ectopic'],
  ['tearing pain in my back', 'aorta'],
  ['asthma attack now', 'asthma-attack'],
  ['inhaler is not helping', 'asthma-attack'],
  ['fell off a ladder', 'major-injury'],
  ['diabetic and vomiting', 'diabetic-emergency'],
  ['ketones are high', 'diabetic-emergency'],
  ['numb between my legs and back pain', 'cauda-equina'],
  ['lost control of my bladder', 'cauda-equina'],
  ['sudden pain in my testicle', 'testicle-pain'],
  ['suddenly lost vision in one eye', 'sight-loss'],
  ['flashing lights and floaters in my eye', 'sight-loss'],
  ['banged my head and feel drowsy', 'head-injury'],
  ['calf is swollen and painful', 'leg-clot'],
  ['coughing up blood', 'coughing-blood'],
  ['my poo is black', 'bowel-bleed'],
  ['severe stomach pain', 'severe-tummy'],
  ['cant pee at all', 'cannot-wee'],
  ['I have been cutting myself', 'self-harm-wound'],
  ['my newborn has a temperature', 'young-baby-fever'],
  ['5 weeks old and 38.4', 'young-baby-fever'],
  ['baby wont feed', 'baby-not-feeding'],
  ['on chemo and feverish', 'chemo-fever'],
  ['baby is not moving as much', 'baby-moves-less'],
  ['pregnant and bleeding', 'pregnancy-warning'],
  ['hearing voices', 'low-mood-risk'],
  ['I cant go on', 'low-mood-risk'],
  ['cant keep any water down', 'dehydrated'],
  ['short of breath on the stairs', 'breathless'],
  ['blood in my wee', 'uti-kidney'],
  ['bp was 190 over 110', 'blood-pressure-very-high'],
  ['ran out of insulin', 'run-out'],
  ['his eyes are yellow', 'new-jaundice'],
];

for (const [text, rule] of cases)
  test(`“${text}” fires ${rule}`, () => {
    const found = findInWords(text).map((one) => one.rule.id);
    assert.ok(found.includes(rule), `found ${found.join(', ') || 'nothing'}`);
    assert.ok(weightOf(urgentWords(text)?.advice) >= weightOf(ruleById(rule).advice));
  });

/** What people ask every day: a stop here would teach them to ignore stops. */
const calm: readonly string[] = [
  'I need a repeat of my blood pressure tablets',
  'cough for a week with a runny nose',
  'my knee is sore after football',
  'itchy rash on both arms since I changed washing powder',
  'please can I have a fit note for two weeks',
  'what were my blood test results',
  'I feel tired all the time and want a check',
  'my arm has been sore for a week',
  'sore throat and blocked nose',
  'headache for two days, paracetamol helps',
  'hay fever is bad this year',
  'I would like to change my contraceptive pill',
  'can someone look at a mole on my shoulder',
  'my back aches after gardening',
  'toenail is thick and yellow',
  'trouble sleeping since I changed jobs',
  'heartburn after spicy food',
  'letter for my landlord about damp',
  'ear wax again, I need them cleaned',
  'moved house, my new address is on the form',
];
for (const text of calm)
  test(`“${text}” stops nobody`, () =>
    assert.deepEqual(
      findInWords(text).map(({ rule }) => rule.id),
      [],
    ));

test('a “no” before it never takes a stop away: it is only told', () => {
  for (const [text, rule] of cases) {
    const denied = findInWords(`I have no ${text}`).map((one) => one.rule.id);
    assert.ok(denied.includes(rule), text);
  }
  assert.equal(findInWords('a cough and no chest pain')[0]?.denied, true);
  assert.equal(findInWords('a cough and chest pain')[0]?.denied, false);
});

const vocabulary = [
  ...new Set(cases.flatMap(([text]) => text.split(' '))),
  'no',
  'not',
  'can',
  'knee',
  'the',
  'since',
  '…',
  '\n',
];
const someText = fc.oneof(
  fc.array(fc.constantFrom(...vocabulary), { maxLength: 12 }).map((list) => list.join(' ')),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(...cases.map(([text]) => text)),
);

test('more words never lower the urgency, before or after', () => {
  fc.assert(
    fc.property(someText, someText, (one, other) => {
      const joined = weightOf(urgentWords(`${one} ${other}`)?.advice);
      const before = new Set(findInWords(one).map(({ rule }) => rule.id));
      const after = new Set(findInWords(`${one} ${other}`).map(({ rule }) => rule.id));
      for (const id of before) assert.ok(after.has(id), id);
      assert.ok(joined >= weightOf(urgentWords(one)?.advice));
      assert.ok(joined >= weightOf(urgentWords(other)?.advice));
    }),
    { numRuns: 300 },
  );
});

test('a tick more never lowers the urgency, whatever is typed', () => {
  const ids = redFlagRules.map(({ id }) => id);
  fc.assert(
    fc.property(
      fc.subarray(ids, { maxLength: 4 }),
      fc.constantFrom(...ids),
      someText,
      (ticked, one, text) => {
        const top = (list: readonly string[]) => weightOf(assess(list, text)[0]?.rule.advice);
        assert.ok(top([...ticked, one]) >= top(ticked));
        assert.ok(top([...ticked, one]) >= weightOf(ruleById(one).advice));
      },
    ),
    { numRuns: 100 },
  );
});

test('any text at all is taken, and quickly looked through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      findInWords(text);
    }),
    { numRuns: 100 },
  );
  findInWords('chest '.repeat(4000));
});

test('one slip of a letter, a swap or a doubled letter is forgiven; common words are what they are', () => {
  for (const [typed, word] of [
    ['chset', 'chest'],
    ['pian', 'pain'],
    ['breeath', 'breath'],
    ['kil', 'kill'],
    ['siezure', 'seizure'],
    ['unconcious', 'unconscious'],
  ] as const)
    assert.ok(isMeant(typed, word), `${typed} for ${word}`);
  for (const [typed, word] of [
    ['main', 'pain'],
    ['week', 'weak'],
    ['cheat', 'chest'],
    ['bad', 'dad'],
    ['heard', 'heart'],
  ] as const)
    assert.ok(!isMeant(typed, word), `${typed} is no ${word}`);
});

test('every rule has a public source, words, a version, and an id of its own; every problem asks first for what is urgent', () => {
  assert.equal(new Set(redFlagRules.map(({ id }) => id)).size, redFlagRules.length);
  for (const rule of redFlagRules) {
    assert.ok(rule.version >= 1 && rule.words.length > 20, rule.id);
    assert.match(
      rule.source.url,
      /^https:\/\/(www\.nhs\.uk|cks\.nice\.org\.uk|www\.nice\.org\.uk)\//,
      rule.id,
    );
  }
  assert.ok(problems.length >= 30);
  for (const { key, flags, sources, care } of problems) {
    assert.ok(flags.length > 0 && sources.length === 2 && care.length > 0, key);
    for (const [, rule] of flags) ruleById(rule);
  }
});

/** Age, sex and exclusions by pathway. Source: NHS England, Pharmacy First service specification. */
const whoMay: readonly (readonly [string, number, string, readonly string[], boolean])[] = [
  ['sinusitis', 11, 'male', [], false],
  ['sinusitis', 12, 'female', [], true],
  ['sinusitis', 40, 'male', ['over-12-weeks'], false],
  ['sore-throat', 4, 'female', [], false],
  ['sore-throat', 5, 'male', [], true],
  ['earache', 0, 'male', [], false],
  ['earache', 1, 'male', [], true],
  ['earache', 17, 'female', [], true],
  ['earache', 18, 'female', [], false],
  ['insect-bite', 1, 'female', [], true],
  ['insect-bite', 30, 'female', ['near-eye'], false],
  ['impetigo', 1, 'male', [], true],
  ['impetigo', 9, 'male', ['recurrent'], false],
  ['shingles', 17, 'male', [], false],
  ['shingles', 18, 'female', [], true],
  ['shingles', 50, 'female', ['pregnant'], false],
  ['urinary-infection', 15, 'female', [], false],
  ['urinary-infection', 16, 'female', [], true],
  ['urinary-infection', 64, 'female', [], true],
  ['urinary-infection', 65, 'female', [], false],
  ['urinary-infection', 30, 'male', [], false],
  ['urinary-infection', 30, 'female', ['catheter'], false],
];
test('a pharmacist is named to those whom Pharmacy First is for, and to no others', () => {
  assert.equal(pharmacyPathways.length, 7);
  for (const [id, years, sex, ticked, expected] of whoMay) {
    const pathway = pharmacyPathways.find((one) => one.id === id);
    assert.ok(pathway, id);
    assert.equal(
      pharmacistMay(pathway, { years, sex }, ticked),
      expected,
      `${id} ${years} ${sex} ${ticked.join()}`,
    );
  }
  assert.equal(pharmacistMay(pharmacyPathways[0]!, {}, []), true); // what is not known is asked there
});

const levels: readonly Advice[] = ['pharmacist', '111', 'department', 'emergency'];
test('999 outweighs A&E, A&E outweighs 111, 111 the pharmacist', () => {
  assert.deepEqual(levels.map(weightOf), [1, 2, 3, 4]);
  assert.equal(urgentWords('short of breath and chest pain')?.advice, 'emergency');
  assert.equal(urgentWords('condom split')?.advice, 'pharmacist');
  assert.equal(urgentWords(''), undefined);
});
