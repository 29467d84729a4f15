/** Forms for what is no health problem: fit notes, letters, results, changes of details, and registering with a practice. */
import type { Questionnaire } from '@medplum/fhirtypes';
import type { TaskKind } from '../../../fhir/primary-care.ts';
import { choice, day, line, lines, note, page, whenIs, words, yesNo } from '../questionnaire/build-items.ts';
import { questionnaire } from './help-forms.ts';

export interface AdminForm {
  readonly key: string;
  readonly title: string;
  readonly about: string;
  readonly kind: Extract<TaskKind, 'admin' | 'registration'>;
  readonly form: Questionnaire;
}

const admin = (key: string, title: string, about: string, items: Parameters<typeof page>[2]): AdminForm => ({
  ...{ key, title, about, kind: 'admin' },
  form: questionnaire(key, 1, title, [page('about', title, items)]),
});

/**
 * What the form GMS1 asks. Source: NHS England, Family doctor services registration (GMS1), and its online successor, Register
 * with a GP surgery service. The ethnic categories are those of the NHS Data Dictionary.
 */
const registration: AdminForm = {
  ...{ key: 'registration', title: 'Register with a practice', kind: 'registration' },
  about: 'Join a GP practice. You do not need proof of address, immigration status or an NHS number.',
  form: questionnaire('registration', 1, 'Register with a practice', [
    page('you', 'About you', [
      line('reg-title', 'Title (optional)', { initial: "%patient.name.where(use='official').prefix" }),
      line('reg-given', 'First names', { required: true }),
      line('reg-family', 'Last name', {
        required: true,
        initial: "%patient.name.where(use='official').family",
      }),
      line('reg-former', 'Any earlier last names (optional)'),
      day('reg-born', 'Date of birth', {
        required: true,
        initial: '%patient.birthDate',
        help: 'For example 15 3 1985',
      }),
      choice(
        'reg-sex',
        'Sex',
        'one',
        [
          { code: 'female', text: 'Female' },
          { code: 'male', text: 'Male' },
          { code: 'other', text: 'Another, or I prefer not to say' },
        ],
        { required: true },
      ),
      line('reg-nhs-number', 'NHS number, if you know it (optional)', {
        help: '10 digits, like 943 476 5919',
      }),
      line('reg-birthplace', 'Town and country where you were born', { required: true }),
    ]),
    page('contact', 'Where you live', [
      line('reg-line', 'Address', { required: true, initial: '%patient.address.line.first()' }),
      line('reg-city', 'Town or city', { required: true, initial: '%patient.address.city.first()' }),
      line('reg-postcode', 'Postcode (optional)', {
        help: 'Leave it empty if you have no fixed address',
        initial: '%patient.address.postalCode.first()',
      }),
      line('reg-phone', 'Phone number', {
        required: true,
        initial: "%patient.telecom.where(system='phone').value.first()",
      }),
      line('reg-email', 'Email (optional)', {
        initial: "%patient.telecom.where(system='email').value.first()",
      }),
    ]),
    page('before', 'Your last practice', [
      choice(
        'reg-from',
        'Where were you registered before?',
        'one',
        [
          { code: 'uk', text: 'With a GP in the UK' },
          { code: 'abroad', text: 'I come from abroad' },
          { code: 'forces', text: 'I was in the armed forces' },
          { code: 'never', text: 'Never, or I do not know' },
        ],
        { required: true },
      ),
      line('reg-last-address', 'Your last address in the UK', { when: [whenIs('reg-from', 'uk')] }),
      line('reg-last-practice', 'Name and town of your last GP practice', {
        when: [whenIs('reg-from', 'uk')],
      }),
      line('reg-first-address', 'First UK address where you had a GP, if you had one', {
        when: [whenIs('reg-from', 'abroad')],
      }),
      day('reg-came', 'When did you come to live in the UK?', { when: [whenIs('reg-from', 'abroad')] }),
      day('reg-left', 'If you lived here before, when did you leave?', {
        when: [whenIs('reg-from', 'abroad')],
      }),
      line('reg-forces-address', 'Address before you enlisted', { when: [whenIs('reg-from', 'forces')] }),
      line('reg-forces-number', 'Service number', { when: [whenIs('reg-from', 'forces')] }),
      day('reg-forces-from', 'When did you enlist?', { when: [whenIs('reg-from', 'forces')] }),
      day('reg-forces-to', 'When did you leave the forces?', { when: [whenIs('reg-from', 'forces')] }),
    ]),
    page('care', 'So that we can look after you', [
      lines('reg-medicines', 'Medicines you take (optional)', { help: 'One on each line' }),
      lines('reg-allergies', 'Allergies (optional)', { help: 'One on each line' }),
      words('reg-conditions', 'Conditions or disabilities we should know of (optional)', { most: 1000 }),
      yesNo('reg-carer', 'Do you look after someone who could not manage without you?'),
      line('reg-language', 'Which language do you speak best? (optional)'),
      yesNo('reg-interpreter', 'Do you need an interpreter?'),
      choice('reg-ethnic', 'Ethnic group (optional)', 'open', [
        { code: 'white', text: 'White' },
        { code: 'mixed', text: 'Mixed' },
        { code: 'asian', text: 'Asian or Asian British' },
        { code: 'black', text: 'Black or Black British' },
        { code: 'other', text: 'Chinese or another group' },
        { code: 'not-stated', text: 'I prefer not to say' },
      ]),
      choice(
        'reg-dispense',
        'Getting medicines (optional)',
        'some',
        [
          {
            code: 'far',
            text: 'I live more than 1.6 km (1 mile) in a straight line from the nearest pharmacy',
          },
          { code: 'hard', text: 'I would have serious trouble getting medicines from a pharmacy' },
        ],
        { help: 'Some practices may then give medicines out themselves' },
      ),
      yesNo('reg-child', 'Is this for a child under 5, to join the child health checks?'),
      line(
        'reg-signed-by',
        'If you fill this in for someone else: your name, and what you are to them (optional)',
      ),
    ]),
    page('charges', 'Hospital care', [
      note(
        'reg-charges-note',
        'GP care is free for everyone. Some visitors pay for hospital care. Your answer does not change whether you can register.',
      ),
      choice('reg-resident', 'Which fits you? (optional)', 'one', [
        { code: 'resident', text: 'I live in the UK for now and have the right to' },
        { code: 'exempt', text: 'I visit, and have a document that covers me (EHIC, PRC, S1, surcharge)' },
        { code: 'visitor', text: 'I visit, and have none' },
        { code: 'unsure', text: 'I do not know' },
      ]),
    ]),
  ]),
};

export const adminForms: readonly AdminForm[] = [
  admin(
    'fit-note',
    'Fit note (sick note)',
    'If you are off work for more than 7 days. For 7 days or fewer you can say so yourself.',
    [
      choice(
        'fit-why',
        'Is it your first for this?',
        'one',
        [
          { code: 'first', text: 'Yes, my first' },
          { code: 'again', text: 'No, to carry on' },
        ],
        { required: true },
      ),
      words('words', 'What keeps you from work?', { required: true, most: 1000 }),
      day('fit-from', 'From which day?', { required: true, help: 'For example 5 1 2026' }),
      line('fit-until', 'How long do you think you need it? (optional)'),
      words('fit-could', 'What work could you do, if anything changed? (optional)', { most: 500 }),
    ],
  ),
  admin(
    'letter',
    'Letter or form',
    'A letter, a report or a form that someone must fill in. Some cost money: we tell you first.',
    [
      words('words', 'What do you need, and who is it for?', { required: true, most: 1000 }),
      line('letter-by', 'By when? (optional)'),
    ],
  ),
  admin('results', 'Test results', 'Ask about a test. You can see most results in your record.', [
    line('results-which', 'Which test?', { required: true }),
    line('results-when', 'When was it? (optional)'),
    words('words', 'What would you like to know? (optional)', { most: 1000 }),
  ]),
  admin('details', 'Change of details', 'A new name, address, phone number or next of kin.', [
    choice(
      'details-what',
      'What has changed?',
      'some',
      [
        { code: 'name', text: 'Name' },
        { code: 'address', text: 'Address' },
        { code: 'phone', text: 'Phone number or email' },
        { code: 'contact', text: 'Whom to ring in an emergency' },
        { code: 'other', text: 'Something else' },
      ],
      { required: true },
    ),
    line('details-name', 'New name', { when: [whenIs('details-what', 'name')] }),
    line('details-address', 'New address, with postcode', { when: [whenIs('details-what', 'address')] }),
    line('details-phone', 'New phone number or email', { when: [whenIs('details-what', 'phone')] }),
    words('words', 'Anything else? (optional)', { most: 500 }),
  ]),
  admin(
    'other',
    'Something else',
    'A referral, a repeat prescription that is not on your list, a complaint or thanks.',
    [words('words', 'What do you need?', { required: true, most: 2000 })],
  ),
  registration,
];
