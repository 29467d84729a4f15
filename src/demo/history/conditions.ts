/** Problems as Conditions: those that last on the problem list, those that passed as diagnoses of a visit. */
import type { Condition } from '@medplum/fhirtypes';
import { condition, said, snomed, ukCore } from '../build.ts';
import { conditionKind } from '../codes/conditions.ts';
import type { HistoryPart, Life, Problem } from '../model.ts';
import { practiceOn } from './workplaces.ts';

export const conditionsPart: HistoryPart = (life) =>
  life.problems.map((problem) => conditionOf(life, problem));

function conditionOf({ person, contacts }: Life, problem: Problem): Condition {
  const { code, term, course, major } = conditionKind(problem.key);
  const visit = contacts.find(
    (one) => one.problem === problem.key && one.start >= problem.onset && one.worker.role !== 'paramedic',
  );
  // Noted when it was first seen about, where that was soon after; else when it began.
  const soon = visit !== undefined && Date.parse(visit.start) - Date.parse(problem.onset) < 30 * 86_400_000;
  const recorder = soon
    ? visit.worker.id
    : practiceOn(person, problem.onset) === person.practice
      ? person.usualDoctor
      : undefined;
  const made = condition(problem.id, person.id, code ? snomed(code, term) : said(term), {
    ...{ onset: problem.onset, recorded: soon ? visit.start.slice(0, 10) : problem.onset },
    ...(problem.ended === undefined ? {} : { ended: problem.ended }),
    ...(recorder ? { recorder } : {}),
    kind: course === 'long' ? 'problem-list-item' : 'encounter-diagnosis',
  });
  if (course === 'short') return made;
  return {
    ...made,
    extension: [
      { url: ukCore('Extension-UKCore-ProblemSignificance'), valueCode: major ? 'major' : 'minor' },
    ],
  };
}
