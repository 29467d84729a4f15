/** Finds who is on a list, and sends to them: a job that can be stopped, killed and gone on with, and sends to nobody twice. */
import type { Condition, Consent, Patient } from '@medplum/fhirtypes';
import { z } from 'zod';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { idMadeOf } from '../../platform/ids.ts';
import type { Actor } from '../../record/actor.ts';
import { resourceOf } from '../../record/care-record.ts';
import { addDays, localMoment } from '../../web/dates.ts';
import { type Reading, readNow, searchUpTo } from '../../web/record-reading.ts';
import {
  type Asked,
  type Batches,
  type BatchRow,
  batchJob,
  isOptOut,
  type Known,
  mostInBatch,
  nhsNumberOf,
  type Verdict,
  verdictOf,
} from './batch.ts';
import { answered, messageIdOf } from './deeds.ts';
import type { MessageRoom } from './needs.ts';

const atOnce = 50;
const checkpointEvery = 20;

type Needs = Pick<MessageRoom, 'record' | 'ownActor' | 'settings' | 'reachOf' | 'clock' | 'jobs' | 'inbox'>;

/** What decides whether someone is sent it, besides what their Patient says. */
async function knownOf(
  { record, ownActor, settings, reachOf }: Needs,
  patients: readonly Patient[],
): Promise<readonly Known[]> {
  const people = patients.map(({ id = '' }) => id);
  if (people.length === 0) return [];
  const declined = await settings.declined(people);
  const { resources } = await searchUpTo<Consent>(
    { record, actor: ownActor },
    'Consent',
    `patient=${people.map((id) => `Patient/${id}`).join(',')}&status=active`,
    20 * atOnce,
  );
  const optedOut = new Set(resources.filter(isOptOut).map(({ patient }) => patient?.reference));
  return Promise.all(
    patients.map(async (patient) => ({
      ...{
        patient,
        declined: declined.has(patient.id ?? ''),
        optedOut: optedOut.has(`Patient/${patient.id}`),
      },
      reach: await reachOf(patient.id ?? ''),
    })),
  );
}

/** Everyone on a list of numbers, looked up as whoever asks: whom their role is not shown is not found. */
export async function judgeNumbers(
  needs: Needs,
  actor: Actor,
  asked: readonly Asked[],
  of: { readonly team: string; readonly isCare: boolean },
): Promise<readonly BatchRow[]> {
  const numbers = [...new Set(asked.flatMap(({ number }) => number ?? []))];
  const found = new Map<string, Known>();
  for (let i = 0; i < numbers.length; i += atOnce) {
    const some = numbers.slice(i, i + atOnce).map((number) => `${nhsNumberSystem}|${number}`);
    const { resources } = await searchUpTo<Patient>(
      { record: needs.record, actor },
      'Patient',
      `identifier=${encodeURIComponent(some.join(','))}`,
      4 * atOnce,
    );
    for (const known of await knownOf(needs, resources)) {
      const number = known.patient ? nhsNumberOf(known.patient) : '';
      // Of two records with one number the one that stands counts.
      if (!found.has(number) || known.patient?.active !== false) found.set(number, known);
    }
  }
  const seen = new Set<string>();
  return asked.map(({ number, said }, n) => {
    const known = number === undefined ? undefined : found.get(number);
    const id = known?.patient?.id;
    const verdict: Verdict =
      number === undefined
        ? 'invalid'
        : seen.has(id ?? number)
          ? 'duplicate'
          : known
            ? verdictOf(known, of.team, of.isCare)
            : 'unknown';
    if (number !== undefined) seen.add(id ?? number);
    return { n, said: id === undefined ? said : '', person: id, verdict };
  });
}

export interface Cohort {
  /** SNOMED CT code on the problem list. */
  readonly code: string;
  readonly youngest: number | undefined;
  readonly oldest: number | undefined;
}

/** People of a team with a problem, by age; as whoever asks. */
export async function judgeCohort(
  needs: Needs,
  actor: Actor,
  { code, youngest, oldest }: Cohort,
  of: { readonly team: string; readonly isCare: boolean },
): Promise<readonly BatchRow[]> {
  const reading: Reading = { record: needs.record, actor };
  const { resources: conditions } = await searchUpTo<Condition>(
    reading,
    'Condition',
    `code=${code}&clinical-status=active,recurrence,relapse`,
    4 * mostInBatch,
  );
  const people = [
    ...new Set(conditions.map(({ subject }) => subject.reference?.replace(/^Patient\//, '') ?? '')),
  ];
  const today = localMoment(needs.clock.now()).key;
  const yearsAgo = (years: number): string => `${Number(today.slice(0, 4)) - years}${today.slice(4)}`;
  const rows: BatchRow[] = [];
  for (let i = 0; i < people.length; i += atOnce) {
    const { resources } = await searchUpTo<Patient>(
      reading,
      'Patient',
      `_id=${people.slice(i, i + atOnce).join(',')}`,
      atOnce,
    );
    const right = resources.filter(
      ({ birthDate = '', generalPractitioner }) =>
        (youngest === undefined || (birthDate !== '' && birthDate <= yearsAgo(youngest))) &&
        (oldest === undefined || (birthDate !== '' && birthDate > addDays(yearsAgo(oldest + 1), 0))) &&
        generalPractitioner?.some(({ reference }) => reference === of.team),
    );
    for (const known of await knownOf(needs, right))
      rows.push({
        n: rows.length,
        said: '',
        person: known.patient?.id,
        verdict: verdictOf(known, of.team, of.isCare),
      });
  }
  return rows.slice(0, mostInBatch);
}

/** Key of one person's copy: the same however often the job runs. */
export const copyKey = (batch: string, person: string): string => idMadeOf(batch, person);

/** Says how lists are sent. Before `jobs.run`. */
export function defineSending(needs: Needs, batches: Batches): void {
  const { record, ownActor, jobs, inbox } = needs;
  const own: Reading = { record, actor: ownActor };

  jobs.define(
    batchJob,
    z.object({ batch: z.uuid() }),
    async ({ payload, state, cancelled, progress, checkpoint }) => {
      const batch = await batches.find(payload.batch);
      if (!batch?.sent) return { sent: 0 };
      const { author, content, sent } = batch;
      // As who sends it: the audit log and the patient see their name.
      const actor: Actor = {
        ...ownActor,
        ...{ id: author.id, name: author.name, role: author.role, purpose: author.purpose },
        organisation: author.team.reference,
      };
      const rows = await batches.rows(batch.id, 'send', 0, mostInBatch);
      const from = z.object({ after: z.number(), written: z.number() }).safeParse(state);
      let { after, written } = from.success ? from.data : { after: -1, written: 0 };
      for (const [index, { n, person = '' }] of rows.entries()) {
        cancelled.throwIfAborted();
        if (n <= after) continue;
        const key = copyKey(batch.id, person);
        const isThere = (await readNow(own, 'Communication', messageIdOf(key))) !== undefined;
        if (!isThere) {
          // Between the preview and now someone may have died, left, or said that they want none.
          const stored = await record.read(ownActor, 'Patient', person).catch(() => undefined);
          const [known] = stored?.body ? await knownOf(needs, [resourceOf<Patient>(stored)]) : [];
          const verdict = known ? verdictOf(known, batch.team, content.isCare) : 'unknown';
          if (verdict !== 'send') await batches.judge(batch.id, n, verdict);
          else {
            const message = {
              ...{
                key,
                person,
                topic: content.topic,
                text: content.words,
                now: sent,
                team: author.team,
                files: [],
              },
            };
            const by = { reference: author.id, name: author.name };
            await record.commit(
              actor,
              answered(message, by, '', content.noReply).map((one) => ({
                ...{ kind: 'update', type: one.resourceType, id: one.id ?? '', text: JSON.stringify(one) },
              })),
            );
            written += 1;
          }
        }
        after = n;
        progress(index + 1, rows.length);
        if ((index + 1) % checkpointEvery === 0) await checkpoint({ after, written });
      }
      await inbox.catchUp();
      return { sent: written };
    },
  );
}
