/** The queue as a page: whose turn it is, and what must not be missed about each. */
import type { Flag, Patient, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import type { FastifyInstance } from 'fastify';
import {
  contactModeNames,
  inputsOf,
  stageOf,
  stages,
  taskKindOf,
  type Urgency,
  urgencies,
  urgencyNames,
} from '../../fhir/primary-care.ts';
import { resourceOf } from '../../record/care-record.ts';
import { showsType } from '../../record/sight.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { conceptText } from '../../web/coded.ts';
import { formatMoment } from '../../web/dates.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Locks } from './locks.ts';
import { elsewhere, type Queue, type QueueRow, queueKinds } from './queue.ts';
import { gistOf, interpreterOf } from './request-parts.ts';
import { sessionAt } from './team-settings.ts';
import { nameOf, type Visit, type Visits, yearsOf } from './visit.ts';

export interface QueuePageNeeds extends Pick<RoomNeeds, 'shell' | 'record'> {
  readonly queue: Queue;
  readonly locks: Locks;
  readonly visits: Visits;
}

const pageSize = 25;
const lowDataSize = 10;
const kindNames = { help: 'Health problem', admin: 'Other request', registration: 'Registration' } as const;
const urgencyColours = ['red', 'orange', 'yellow', 'grey'] as const;

/** `25 minutes`, `3 hours`, `2 days`. */
export function waitedWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [n, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / 1440), 'day'];
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

const named = (values: readonly string[], from: readonly string[]): readonly string[] =>
  values.map((value) => from.find((one) => one === value)).filter((one) => one !== undefined);

const gistOfTask = (task: Task | undefined, answers: ReadonlyMap<string, QuestionnaireResponse>): string => {
  const found = answers.get(task?.focus?.reference?.replace(/^QuestionnaireResponse\//, '') ?? '');
  return found ? gistOf(found) : '';
};

export function queuePages(app: FastifyInstance, needs: QueuePageNeeds): void {
  const { shell, record, queue, locks, visits } = needs;

  /** Those of a page read at once, as the one who looks. */
  const readAll = async <T extends Task | Patient | QuestionnaireResponse>(
    visit: Visit,
    type: T['resourceType'],
    ids: readonly string[],
  ) => {
    if (ids.length === 0) return new Map<string, T>();
    const actor = type === 'Task' ? visit.trusted : visit.actor;
    const page = await record.search(actor, type, `_id=${ids.join(',')}&_count=${ids.length}`);
    return new Map(page.matches.flatMap((one) => (one.body ? [[one.id, resourceOf<T>(one)] as const] : [])));
  };
  /** Alerts of these people that the role shows: safeguarding and others. */
  const alertsOf = async ({ actor }: Visit, people: readonly string[]) => {
    const alerts = new Map<string, string[]>();
    if (people.length === 0 || !showsType(actor.sight, 'Flag')) return alerts;
    const who = people.map((id) => `Patient/${id}`).join(',');
    const { matches } = await record.search(actor, 'Flag', `patient=${who}&_count=200`);
    for (const stored of matches) {
      if (!stored.body) continue;
      const flag = resourceOf<Flag>(stored);
      if (flag.status !== 'active') continue;
      const person = flag.subject?.reference?.replace(/^Patient\//, '') ?? '';
      alerts.set(person, [...(alerts.get(person) ?? []), conceptText(flag.code) || 'Alert']);
    }
    return alerts;
  };

  const shownRow = (
    visit: Visit,
    row: QueueRow,
    known: {
      readonly task: Task | undefined;
      readonly patient: Patient | undefined;
      readonly gist: string;
      readonly alerts: readonly string[];
      readonly holder: string | undefined;
    },
  ) => {
    const { task, patient, gist, alerts, holder } = known;
    const { now } = visit;
    const years = yearsOf(patient, now);
    const stage = task ? stageOf(task) : undefined;
    const isOurs = !elsewhere.includes(row.stage);
    const modes = task ? inputsOf(task, 'mode').map(({ valueCode = '' }) => valueCode) : [];
    return {
      href: `/triage/${row.task}`,
      topic: gist || task?.description || task?.code?.text || kindNames[row.kind as keyof typeof kindNames],
      kind: kindNames[row.kind as keyof typeof kindNames] ?? row.kind,
      name:
        nameOf(patient, now) ||
        (row.person === undefined ? 'Not matched to a record' : 'Name not shown to you'),
      isUnmatched: row.person === undefined,
      years: years === undefined ? '' : `${years} years`,
      urgency: urgencyNames[urgencies[row.urgency] ?? 'routine'],
      colour: urgencyColours[row.urgency] ?? 'grey',
      waited: waitedWords(now - row.asked),
      asked: formatMoment(row.asked),
      due: formatMoment(row.due),
      isLate: isOurs && row.due < now,
      stage: stage ? stages[stage].text : '',
      isWaiting: row.stage === 'waiting',
      red: row.red,
      overridden: task
        ? inputsOf(task, 'overridden').some(({ valueBoolean }) => valueBoolean === true)
        : false,
      interpreter: task ? interpreterOf(task) : undefined,
      vulnerable: [
        ...(years !== undefined && years < 2 ? ['Under 2'] : []),
        ...(years !== undefined && years >= 80 ? ['80 or over'] : []),
      ],
      alerts,
      modes: modes.map((mode) => contactModeNames[mode as keyof typeof contactModeNames] ?? mode),
      assigned: task ? (inputsOf(task, 'assigned')[0]?.valueReference?.display ?? '') : '',
      holder,
    };
  };

  app.get<{ Querystring: Record<string, unknown> }>('/triage', async (request, reply) => {
    const visit = await visits.of(request);
    await queue.catchUp();
    const asked = {
      kind: named([firstText(request.query['kind'])], queueKinds)[0],
      stage: named([firstText(request.query['stage'])], Object.keys(stages))[0],
      urgency: named([firstText(request.query['urgency'])], urgencies)[0],
      assigned: named([firstText(request.query['whose'])], ['mine', 'none'])[0],
      late: named([firstText(request.query['late'])], ['yes'])[0],
    };
    const { rows, next } = await queue.page({
      teams: visit.teams,
      ...(asked.kind ? { kind: asked.kind } : {}),
      ...(asked.stage ? { stage: asked.stage } : {}),
      ...(asked.urgency ? { urgency: urgencies.indexOf(asked.urgency as Urgency) } : {}),
      ...(asked.assigned ? { assigned: asked.assigned === 'mine' ? visit.by.reference : 'none' } : {}),
      ...(asked.late ? { lateAt: visit.now } : {}),
      ...(firstText(request.query['after']) ? { after: firstText(request.query['after']) } : {}),
      most: shell.lowData(request) ? lowDataSize : pageSize,
    });
    const people = [...new Set(rows.flatMap(({ person }) => (person === undefined ? [] : [person])))];
    const ids = rows.map(({ task }) => task);
    const session = sessionAt(visit.now);
    const [tasks, patients, alerts, held, counts, mark, today] = await Promise.all([
      readAll<Task>(visit, 'Task', ids),
      readAll<Patient>(visit, 'Patient', people),
      alertsOf(visit, people),
      locks.holders(ids),
      queue.counts(visit.teams, visit.now),
      queue.mark(visit.teams),
      queue.cameIn(visit.team.reference, session.from, session.until),
    ]);
    const capacity = visit.settings.capacity?.[session.index];
    // What it is about stands in the answers, which a role may not be shown.
    const answerIds = [...tasks.values()].flatMap(({ focus }) => {
      const [, id] = /^QuestionnaireResponse\/([A-Za-z0-9.-]{1,64})$/.exec(focus?.reference ?? '') ?? [];
      return id === undefined ? [] : [id];
    });
    const answers = showsType(visit.actor.sight, 'QuestionnaireResponse')
      ? await readAll<QuestionnaireResponse>(visit, 'QuestionnaireResponse', answerIds)
      : new Map<string, QuestionnaireResponse>();
    return shell.renderPage(reply, 'triage/queue.njk', {
      title: 'Requests for help',
      team: visit.team.name,
      hub: visit.teams.length > 1,
      counts,
      urgencies: urgencies.map((key, i) => ({
        ...{ key, text: urgencyNames[key], open: counts.byUrgency[i] ?? 0, colour: urgencyColours[i] },
      })),
      today,
      capacity,
      session: session.name,
      isFull: capacity !== undefined && today >= capacity,
      overflow: visit.settings.overflow,
      mark,
      rows: rows.map((row) => {
        const holder = held.get(row.task);
        const task = tasks.get(row.task);
        return shownRow(visit, row, {
          task: task && taskKindOf(task) !== undefined ? task : undefined,
          gist: gistOfTask(task, answers),
          patient: row.person === undefined ? undefined : patients.get(row.person),
          alerts: row.person === undefined ? [] : (alerts.get(row.person) ?? []),
          holder: holder && holder.account !== visit.identity.account ? holder.name : undefined,
        });
      }),
      filters: {
        kind: queueKinds.map((key) => ({
          ...{ value: key, text: kindNames[key as keyof typeof kindNames], selected: asked.kind === key },
        })),
        stage: Object.entries(stages)
          .filter(([key]) => key !== 'closed' && key !== 'withdrawn')
          .map(([key, { text }]) => ({ value: key, text, selected: asked.stage === key })),
        urgency: urgencies.map((key) => ({
          ...{ value: key, text: urgencyNames[key], selected: asked.urgency === key },
        })),
        whose: [
          { value: 'mine', text: 'Mine', selected: asked.assigned === 'mine' },
          { value: 'none', text: 'Nobody’s yet', selected: asked.assigned === 'none' },
        ],
      },
      onlyLate: asked.late === 'yes',
      isFiltered: Object.values(asked).some((one) => one !== undefined),
      next: next && withQuery(request, { after: next }),
      first: firstText(request.query['after']) ? withQuery(request, { after: undefined }) : undefined,
      manages: visit.identity.post.role === 'practice-manager' || visit.isClinician,
    });
  });

  // What a waiting page asks every few seconds: no one's data, and nothing to audit.
  app.get('/triage/mark', async (request, reply) => {
    const visit = await visits.of(request);
    await queue.catchUp();
    return reply
      .type('text/plain')
      .header('cache-control', 'no-store')
      .send(await queue.mark(visit.teams));
  });
}
