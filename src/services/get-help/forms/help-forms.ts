/** Forms for a health problem: in plain words, or guided for each common problem. FHIR Questionnaires, with a version each. */
import type { Questionnaire, QuestionnaireItem } from '@medplum/fhirtypes';
import { problems } from '../problems/all-problems.ts';
import type { AskedOne, Problem } from '../problems/problem.ts';
import {
  choice,
  codeOfText,
  known,
  line,
  lines,
  number,
  page,
  urls,
  whenIs,
  words,
  yesNo,
} from '../questionnaire/build-items.ts';
import { pharmacyPathway } from '../safety/pharmacy-first.ts';

const base = 'https://throughline.example/Questionnaire';

export const formUrl = (name: string): string => `${base}/help-${name}`;

/** `help-cough`, version 1. Source of `launchContext`: SDC. */
export const questionnaire = (
  name: string,
  version: number,
  title: string,
  item: QuestionnaireItem[],
  copyright?: string,
): Questionnaire => ({
  resourceType: 'Questionnaire',
  id: `help-${name}`,
  url: formUrl(name),
  version: String(version),
  name: `Help${name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
  title,
  status: 'active',
  subjectType: ['Patient'],
  ...(copyright === undefined ? {} : { copyright }),
  extension: [
    {
      url: urls.launchContext,
      extension: [
        { url: 'name', valueCoding: { code: 'patient' } },
        { url: 'type', valueCode: 'Patient' },
      ],
    },
  ],
  item,
});

/** Used by questions and never asked. */
const aboutPerson: QuestionnaireItem = page('known', 'Known', [
  known('known-years', 'integer', '%years'),
  known('known-sex', 'string', '%patient.gender'),
]);

const howLong = [
  { code: 'today', text: 'Today' },
  { code: 'days', text: 'A few days' },
  { code: 'weeks', text: 'Weeks' },
  { code: 'months', text: 'Months or more' },
] as const;
const course = [
  { code: 'fast', text: 'Getting worse fast' },
  { code: 'worse', text: 'Getting worse slowly' },
  { code: 'same', text: 'About the same' },
  { code: 'better', text: 'Getting better' },
] as const;

const since = choice('since', 'When did it start?', 'one', howLong);
const worse = choice('worse', 'How is it going?', 'one', course);
const tried = words('tried', 'What have you tried? (optional)', { most: 1000 });
const want = words('want', 'What would help you most? (optional)', {
  most: 500,
  help: 'Like an answer, a check, a medicine or a letter',
});
const medicines = lines('medicines', 'Medicines you take (optional)', {
  help: 'From your record, where we have it. Change what is not right. One on each line',
  initial: '%medicines',
});

/** The words themselves stand on the first page of all; see `start-pages.ts`. */
export const wordsForm = questionnaire('words', 1, 'Ask in your own words', [
  page('problem', 'What do you need help with?', [
    words('words', 'What do you need help with?', {
      required: true,
      help: 'Say what is wrong, or what you need. A few words are enough',
    }),
  ]),
  page('more', 'A little more', [since, worse, want, medicines]),
  aboutPerson,
]);

function askedItem(
  { id, text, kind, options = [], unit, least, most, help, when }: AskedOne,
  asks: readonly AskedOne[],
) {
  const linkId = `q-${id}`;
  const before = when && asks.find((one) => one.id === when[0]);
  const more = {
    ...(help === undefined ? {} : { help }),
    ...(when && before
      ? { when: [whenIs(`q-${when[0]}`, before.kind === 'yes-no' ? when[1] === 'yes' : codeOfText(when[1]))] }
      : {}),
  };
  switch (kind) {
    case 'yes-no':
      return yesNo(linkId, text, more);
    case 'line':
      return line(linkId, text, more);
    case 'number':
      return number(
        linkId,
        text,
        {
          ...(unit === undefined ? {} : { unit }),
          ...(least === undefined ? {} : { least }),
          ...(most === undefined ? {} : { most }),
        },
        more,
      );
    default:
      return choice(
        linkId,
        text,
        kind,
        options.map((option) => ({ code: codeOfText(option), text: option })),
        more,
      );
  }
}

export function problemForm(problem: Problem): Questionnaire {
  const { key, version, title, flags, worries, asks, pharmacy, sources } = problem;
  const pathway = pharmacyPathway(pharmacy);
  return questionnaire(
    key,
    version,
    title,
    [
      page('safety', 'First, check that you are safe', [
        choice(
          'signs',
          'Do you have any of these now?',
          'some',
          [
            ...flags.map(([text, redFlag], index) => ({ code: `${redFlag}.${index + 1}`, text, redFlag })),
            { code: 'none', text: 'None of these', alone: true },
          ],
          { required: true, help: 'Select all that you have', short: 'whether you have any of these' },
        ),
      ]),
      page('about', 'About it', [
        words('words', 'What is it like?', {
          required: true,
          help: 'In your own words: where, how, and what worries you',
        }),
        since,
        worse,
        ...asks.map((one) => askedItem(one, asks)),
        ...(worries.length === 0
          ? []
          : [
              choice(
                'worries',
                'Is any of this true for you? (optional)',
                'some',
                worries.map((text) => ({ code: codeOfText(text), text, worry: true })),
              ),
            ]),
        ...(pathway
          ? [
              choice('pharmacy', 'Is any of this true for you? (optional)', 'some', pathway.exclusions, {
                help: `If none is, a pharmacist may be able to treat ${pathway.name.toLowerCase()} today`,
                short: 'what a pharmacist must know',
              }),
            ]
          : []),
        tried,
        medicines,
      ]),
      aboutPerson,
    ],
    `Questions by Throughline. Facts from ${sources.map(({ name, url }) => `${name} (${url})`).join('; ')}.`,
  );
}

export const problemForms: ReadonlyMap<string, Questionnaire> = new Map(
  problems.map((problem) => [problem.key, problemForm(problem)]),
);
