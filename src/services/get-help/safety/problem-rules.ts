/** Red flags that only an answer to a problem's own questions can fire. */
import { from, type RedFlagRule } from './rule.ts';

const { nhs, cks, nice } = from;

export const problemRules: readonly RedFlagRule[] = [
  {
    ...{ id: 'throat-closing', version: 1, advice: 'emergency', phrases: [] },
    source: nhs('Sore throat', 'symptoms/sore-throat'),
    words:
      'If you cannot swallow your own saliva, or your breathing is noisy and high-pitched, your throat may be closing.',
  },
  {
    ...{ id: 'ear-bone', version: 1, advice: '111', phrases: [] },
    source: nhs('Earache', 'symptoms/earache'),
    words: 'Swelling or redness behind the ear, or an ear that sticks out, must be seen today.',
  },
  {
    ...{ id: 'sinus-eye', version: 1, advice: 'department', phrases: [] },
    source: cks('Sinusitis', 'sinusitis'),
    words:
      'Sinusitis with a swollen or bulging eye, seeing double, or a bad headache can spread and must be seen today.',
  },
  {
    ...{ id: 'red-painful-eye', version: 1, advice: '111', phrases: [] },
    source: nhs('Red eye', 'symptoms/red-eye'),
    words: 'A red eye with pain, changed sight or dislike of light must be seen today.',
  },
  {
    ...{ id: 'hot-joint', version: 1, advice: '111', phrases: [] },
    source: cks('Knee pain: assessment', 'knee-pain-assessment'),
    words:
      'A joint that is hot, red and swollen, with a fever or feeling ill, can be infected and must be seen today.',
  },
  {
    ...{ id: 'cannot-stand', version: 1, advice: 'department', phrases: [] },
    source: nhs('When to go to A&E', 'nhs-services/urgent-and-emergency-care-services/when-to-go-to-ae'),
    words: 'If you cannot put weight on it, or it has an odd shape after an injury, it may be broken.',
  },
  {
    ...{ id: 'cold-limb', version: 1, advice: 'department', phrases: [] },
    source: cks('Acute limb ischaemia', 'peripheral-arterial-disease'),
    words:
      'A foot or leg that is suddenly cold, pale and painful may have lost its blood flow. It must be treated now.',
  },
  {
    ...{ id: 'shingles-eye', version: 1, advice: '111', phrases: [] },
    source: nhs('Shingles', 'conditions/shingles'),
    words: 'Shingles near the eye or nose can harm your sight and must be treated today.',
  },
  {
    ...{ id: 'weak-immune', version: 1, advice: '111', phrases: [] },
    source: nice('Neutropenic sepsis', 'cg151'),
    words: 'An infection with a very weak immune system can get worse fast, so talk to someone today.',
  },
  {
    ...{ id: 'late-period-pain', version: 1, advice: '111', phrases: [] },
    source: nhs('Ectopic pregnancy', 'conditions/ectopic-pregnancy'),
    words: 'If you may be pregnant and have pain low down or bleeding, you must be checked today.',
  },
  {
    ...{ id: 'heavy-period', version: 1, advice: '111', phrases: [] },
    source: nhs('Heavy periods', 'conditions/heavy-periods'),
    words: 'Bleeding that soaks a pad each hour, or makes you faint, needs help today.',
  },
  {
    ...{ id: 'priapism', version: 1, advice: 'department', phrases: [] },
    source: nhs('Priapism (painful erections)', 'conditions/priapism-painful-erections'),
    words: 'An erection that lasts more than 2 hours must be treated now.',
  },
  {
    ...{ id: 'postnatal-mind', version: 1, advice: 'emergency', phrases: [] },
    source: nhs('Postpartum psychosis', 'mental-health/conditions/post-partum-psychosis'),
    words:
      'Strange beliefs, voices or great confusion after a birth need help at once, for you and your baby.',
  },
  {
    ...{
      id: 'emergency-contraception',
      version: 1,
      advice: 'pharmacist',
      phrases: ['morning after pill', 'emergency contraception|contraceptive', 'condom split|broke|burst'],
    },
    source: nhs('Emergency contraception', 'contraception/emergency-contraception'),
    heading: 'A pharmacist can help today',
    words:
      'Emergency contraception works best as soon as you can, within 3 to 5 days of sex. Many pharmacies give it free.',
  },
  {
    ...{ id: 'migraine-new', version: 1, advice: '111', phrases: [] },
    source: nhs('Migraine', 'conditions/migraine'),
    words: 'A migraine that lasts over 72 hours, or with new numbness, must be looked at today.',
  },
  {
    ...{
      id: 'high-sugar',
      version: 1,
      advice: '111',
      phrases: ['blood sugar|sugars|glucose 20|21|22|23|24|25|26|27|28|29|30|high|hi'],
    },
    source: nhs('High blood sugar (hyperglycaemia)', 'conditions/high-blood-sugar-hyperglycaemia'),
    words:
      'Blood sugar that stays very high needs advice today. Call 999 if you are being sick, drowsy or breathing fast.',
  },
  {
    ...{ id: 'bite-spreading', version: 1, advice: '111', phrases: [] },
    source: nhs('Insect bites and stings', 'conditions/insect-bites-and-stings'),
    words:
      'A bite with redness that spreads fast, a fever, or near the eye or in the mouth, must be seen today.',
  },
  {
    ...{ id: 'burn-bad', version: 1, advice: 'department', phrases: [] },
    source: nhs('Burns and scalds', 'conditions/burns-and-scalds'),
    words:
      'A burn larger than your hand, that is deep, or from chemicals or electricity must be treated now. Cool it under running water for 20 minutes.',
  },
  {
    ...{ id: 'medicine-reaction', version: 1, advice: '111', phrases: [] },
    source: nhs('Medicines A to Z: side effects', 'medicines'),
    words:
      'A bad reaction to a medicine needs advice now. Call 999 for swelling of the face or trouble breathing.',
  },
];
