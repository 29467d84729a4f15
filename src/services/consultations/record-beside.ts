/** What stands beside a consultation while it is written: the record, the request, and whom one may refer to. */
import type {
  Encounter,
  MedicationRequest,
  MedicationStatement,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from '@medplum/fhirtypes';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { organisationKindSystem } from '../../record/consent-rules.ts';
import { conceptText } from '../../web/coded.ts';
import { formatShortDate } from '../../web/dates.ts';
import { dosageText } from '../../web/entry.ts';
import { type Reading, readNow, searchUpTo } from '../../web/record-reading.ts';
import type { Party } from './consultation.ts';
import type { About } from './visit.ts';

/** The record beside the form: what must be known while writing. */
const mostSaid = 8;

/** What they wrote themselves, in the order of the questions. */
export const saidIn = (items: readonly QuestionnaireResponseItem[] | undefined): readonly string[] =>
  (items ?? [])
    .flatMap(({ answer, item }): readonly string[] => [
      ...(answer ?? []).flatMap(({ valueString }) => valueString ?? []),
      ...saidIn(item),
    ])
    .slice(0, mostSaid);

export const besideOf = async (
  record: Pick<CareRecord, 'search'>,
  { reading, draft, problems, task }: Pick<About, 'reading' | 'draft' | 'problems' | 'task'>,
) => {
  const who = `patient=Patient/${draft.person}`;
  const [medicines, own, contacts, words] = await Promise.all([
    searchUpTo<MedicationRequest>(reading, 'MedicationRequest', `${who}&status=active,draft`, 50),
    searchUpTo<MedicationStatement>(reading, 'MedicationStatement', `${who}&status=active`, 20),
    record.search(reading.actor, 'Encounter', `${who}&_sort=-date&_count=6`),
    task?.task.focus?.reference
      ? readNow<QuestionnaireResponse>(
          reading,
          'QuestionnaireResponse',
          task.task.focus.reference.replace(/^\w+\//, ''),
        )
      : undefined,
  ]);
  return {
    problems: problems.map(({ id, code }) => ({
      text: conceptText(code),
      href: `/people/${draft.person}/items/Condition/${id}`,
    })),
    medicines: [
      ...medicines.resources.map((one) => ({
        text: conceptText(one.medicationCodeableConcept) || (one.medicationReference?.display ?? 'Medicine'),
        note: [one.status === 'draft' ? 'draft' : '', dosageText(one.dosageInstruction)]
          .filter(Boolean)
          .join(', '),
      })),
      ...own.resources.map((one) => ({
        text: conceptText(one.medicationCodeableConcept) || 'Medicine',
        note: 'as they told',
      })),
    ],
    contacts: contacts.matches.flatMap((one) => {
      if (!one.body) return [];
      const visit = resourceOf<Encounter>(one);
      return [
        {
          text: conceptText(visit.reasonCode?.[0]) || conceptText(visit.type?.[0]) || 'Visit',
          note: formatShortDate(visit.period?.start),
          href: `/people/${draft.person}/items/Encounter/${one.id}`,
        },
      ];
    }),
    asked: task ? (task.task.description ?? task.task.code?.text ?? '') : '',
    words: words ? saidIn(words.item) : [],
  };
};

/** Where one may be referred to, by name. */
export const organisationsOf = async ({ record, actor }: Reading): Promise<readonly Party[]> => {
  const kinds = ['hospital', 'community', 'mental-health', 'social-care'].map(
    (kind) => `${organisationKindSystem}|${kind}`,
  );
  const { matches } = await record.search(
    actor,
    'Organization',
    `type=${encodeURIComponent(kinds.join(','))}&_sort=name&_count=200`,
  );
  return matches.flatMap((one) =>
    one.body
      ? [
          {
            reference: `Organization/${one.id}`,
            name: resourceOf<{ name?: string } & never>(one)['name'] ?? one.id,
          },
        ]
      : [],
  );
};
