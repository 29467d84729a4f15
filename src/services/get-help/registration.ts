/** Who asks twice to join a practice is told so kindly. */
import type { Task } from '@medplum/fhirtypes';
import { inputsOf, taskKindOf } from '../../fhir/primary-care.ts';
import { formatDate } from '../../web/dates.ts';
import { readNow } from '../../web/record-reading.ts';
import type { Asked } from './asking.ts';
import type { HelpNeeds } from './needs.ts';

const open = new Set(['requested', 'in-progress', 'on-hold', 'accepted']);

/**
 * Why this registration is not needed; empty where it is. Only what whoever asks has sent themself is looked at: strangers who type
 * someone's name and birth date learn nothing of whether that person is with a practice, or is about to be.
 */
export async function registeredAlready(
  { drafts, visitors, record, ownActor }: Pick<HelpNeeds, 'drafts' | 'visitors' | 'record' | 'ownActor'>,
  { draft, person, visitor }: Asked,
  practice: string,
): Promise<string> {
  const text = (linkId: string): string => draft.answers[linkId]?.[0]?.valueString ?? '';
  const born = draft.answers['reg-born']?.[0]?.valueDate ?? '';
  const name = `${text('reg-given')} ${text('reg-family')}`.trim().toLowerCase();
  const practiceName =
    (await visitors.practices()).find(({ id }) => id === practice)?.name ?? 'that practice';
  const forThemself = person?.patient.birthDate === born;
  if (forThemself && person.practice?.id === practice)
    return `Good news: you are registered with ${practiceName} already. You can ask it for help now`;
  for (const id of await drafts.followed(visitor.holder)) {
    const task = await readNow<Task>({ record, actor: ownActor }, 'Task', id);
    if (!task || taskKindOf(task) !== 'registration' || !open.has(task.status ?? '')) continue;
    const said = inputsOf(task, 'said-name')[0]?.valueString?.toLowerCase();
    const saidBorn = inputsOf(task, 'said-birth-date')[0]?.valueString;
    if (task.owner?.reference === `Organization/${practice}` && said === name && saidBorn === born)
      return `You asked ${practiceName} for this on ${formatDate(task.authoredOn)}. It has it, and will answer: you need not ask again`;
  }
  return '';
}
