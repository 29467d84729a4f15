/** One message to many: who is on the list and may be sent it, and each told why where not. Plain functions, and what they are kept in. */
import type { Consent, Patient } from '@medplum/fhirtypes';
import { z } from 'zod';
import { isNhsNumber, nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { Actor } from '../../record/actor.ts';
import type { Reach } from './needs.ts';
import type { Named } from './thread.ts';

export const mostInBatch = 5000;
export const batchJob = 'messages-to-many';

/** What becomes of someone on the list, in the order in which it is asked. */
export const verdicts = {
  send: 'Will be sent it',
  invalid: 'Not a valid NHS number',
  duplicate: 'On the list more than once',
  unknown: 'Not found, or not a patient of yours',
  died: 'Has died',
  left: 'Not registered with you any more',
  declined: 'Wants no messages that go to many',
  'opted-out': 'National data opt-out',
  letter: 'Asked to be written to by letter',
  'not-told': 'Has turned off being told of messages',
  unreachable: 'Cannot be reached digitally: no account',
} as const;
export type Verdict = keyof typeof verdicts;

export interface Asked {
  /** The number, or undefined where it is none. */
  readonly number: string | undefined;
  /** As the list has it. */
  readonly said: string;
}

/** NHS numbers of a list: pasted in any way, or a CSV whose cells may hold other things. One a line, the first that looks like one. */
export function numbersOf(text: string): readonly Asked[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((line): Asked[] => {
      const cells = line.split(/[,;\t]/).map((cell) =>
        cell
          .trim()
          .replaceAll(/^["']|["']$/g, '')
          .trim(),
      );
      const compact = cells.map((cell) => cell.replaceAll(/[\s-]/g, ''));
      // A line of numbers alone holds several people; one of other things one.
      const numbers = compact.filter((cell) => /^\d{10}$/.test(cell));
      if (numbers.length > 1 && numbers.length === compact.filter((cell) => cell !== '').length)
        return numbers.map((number) => ({ said: number, number: isNhsNumber(number) ? number : undefined }));
      const found = numbers.find(isNhsNumber) ?? numbers[0];
      if (found !== undefined) return [{ said: found, number: isNhsNumber(found) ? found : undefined }];
      const digits = compact.find((cell) => /\d{5,}/.test(cell));
      // A heading, or an empty line, is nobody; what has digits was meant as someone.
      return digits === undefined ? [] : [{ said: digits.slice(0, 20), number: undefined }];
    });
}

export interface Known {
  readonly patient: Patient | undefined;
  readonly declined: boolean;
  readonly optedOut: boolean;
  readonly reach: Reach;
}

/** UK Core, PreferredContactMethod: 1 letter, 2 visit. */
const notDigital = new Set(['1', '2']);
const wantsLetters = ({ extension }: Patient): boolean =>
  (extension ?? [])
    .filter(({ url }) => url.endsWith('Extension-UKCore-ContactPreference'))
    .flatMap(({ extension: parts }) => parts ?? [])
    .some(
      ({ url, valueCodeableConcept }) =>
        url === 'PreferredContactMethod' &&
        valueCodeableConcept?.coding?.some(({ code }) => code !== undefined && notDigital.has(code)),
    );

/** What becomes of someone who was found. `isCare`: the message is for their own care, for which the national opt-out does not count. */
export function verdictOf(
  { patient, declined, optedOut, reach }: Known,
  team: string,
  isCare: boolean,
): Verdict {
  if (!patient) return 'unknown';
  if (patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined) return 'died';
  const isReplaced = patient.link?.some(({ type }) => type === 'replaced-by') ?? false;
  const isTheirs = patient.generalPractitioner?.some(({ reference }) => reference === team) ?? false;
  if (patient.active === false || isReplaced || !isTheirs) return 'left';
  if (declined) return 'declined';
  if (optedOut && !isCare) return 'opted-out';
  if (wantsLetters(patient)) return 'letter';
  if (reach === 'nobody') return 'unreachable';
  return reach === 'not-told' ? 'not-told' : 'send';
}

export const nhsNumberOf = ({ identifier }: Patient): string =>
  identifier?.find(({ system }) => system === nhsNumberSystem)?.value ?? '';

/** The national data opt-out, as this record keeps it. */
export const isOptOut = ({ status, scope, provision }: Consent): boolean =>
  status === 'active' &&
  provision?.type === 'deny' &&
  (scope.coding?.some(({ code }) => code === 'research') ?? false);

const contentSchema = z.object({
  topic: z.string(),
  words: z.string(),
  noReply: z.boolean(),
  isCare: z.boolean(),
  /** How the list came about, in words. */
  from: z.string(),
});
export type BatchContent = z.output<typeof contentSchema>;
const authorSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  purpose: z.string(),
  team: z.object({ reference: z.string(), name: z.string() }),
});
export type BatchAuthor = z.output<typeof authorSchema>;

export interface Batch {
  readonly id: string;
  readonly team: string;
  /** ms since 1970 UTC. */
  readonly made: number;
  readonly author: BatchAuthor;
  readonly content: BatchContent;
  readonly job: string | undefined;
  readonly sent: number | undefined;
}
export interface BatchRow {
  readonly n: number;
  readonly said: string;
  readonly person: string | undefined;
  readonly verdict: Verdict;
}

export interface Batches {
  /** Harmless twice. */
  readonly add: (batch: Omit<Batch, 'job' | 'sent'>, rows: readonly BatchRow[]) => Promise<void>;
  readonly find: (id: string) => Promise<Batch | undefined>;
  readonly of: (team: string) => Promise<readonly Batch[]>;
  readonly counts: (id: string) => Promise<ReadonlyMap<Verdict, number>>;
  readonly rows: (
    id: string,
    verdict: Verdict | undefined,
    skip: number,
    most: number,
  ) => Promise<readonly BatchRow[]>;
  /** Changes what becomes of someone: when they are looked at again before it is sent. */
  readonly judge: (id: string, n: number, verdict: Verdict) => Promise<void>;
  /** Begins, or goes on with, sending. Nothing where it is being sent. */
  readonly start: (id: string, now: number) => Promise<void>;
}

export const asAuthor = ({ id, name, role, purpose }: Actor, team: Named): BatchAuthor => ({
  ...{ id, name, role, purpose, team: { reference: team.reference, name: team.name } },
});

export function openBatches({
  database,
  jobs,
}: {
  readonly database: Database;
  readonly jobs: Jobs;
}): Batches {
  const { pool } = database;
  const batchOf = (row: Readonly<Record<string, unknown>>): Batch => ({
    ...{ id: String(row['id']), team: String(row['team']), made: Number(row['made']) },
    author: authorSchema.parse(row['author']),
    content: contentSchema.parse(row['content']),
    job: typeof row['job'] === 'string' ? row['job'] : undefined,
    sent: row['sent'] === null ? undefined : Number(row['sent']),
  });
  const rowOf = (row: Readonly<Record<string, unknown>>): BatchRow => ({
    ...{ n: Number(row['n']), said: String(row['said'] ?? '') },
    person: typeof row['person'] === 'string' ? row['person'] : undefined,
    verdict: String(row['verdict']) as Verdict, // written by this room alone
  });
  return {
    add: ({ id, team, made, author, content }, rows) =>
      inTransaction(database, async (sql) => {
        const added = await sql`
          insert into message_batch (id, team, made, author, content)
          values (${id}, ${team}, ${made}, ${JSON.stringify(author)}::text::jsonb, ${JSON.stringify(content)}::text::jsonb)
          on conflict do nothing returning id`;
        if (added.length === 0) return;
        for (let i = 0; i < rows.length; i += 500) {
          const some = rows.slice(i, i + 500);
          await sql`
            insert into message_batch_row (batch, n, said, person, verdict)
            select ${id}, * from unnest(${some.map(({ n }) => n)}::int4[], ${some.map(({ said }) => said)}::text[],
              ${some.map(({ person }) => person ?? null)}::text[], ${some.map(({ verdict }) => verdict)}::text[])`;
        }
      }),
    async find(id) {
      const [row] = await pool`select * from message_batch where id = ${id}`;
      return row ? batchOf(row) : undefined;
    },
    async of(team) {
      return (await pool`select * from message_batch where team = ${team} order by made desc limit 20`).map(
        batchOf,
      );
    },
    async counts(id) {
      const rows =
        await pool`select verdict, count(*)::int as n from message_batch_row where batch = ${id} group by verdict`;
      return new Map(rows.map((row) => [String(row['verdict']) as Verdict, Number(row['n'])])); // as above
    },
    async rows(id, verdict, skip, most) {
      const rows = await pool`
        select * from message_batch_row where batch = ${id} ${verdict === undefined ? pool`` : pool`and verdict = ${verdict}`}
        order by n limit ${most} offset ${skip}`;
      return rows.map(rowOf);
    },
    async judge(id, n, verdict) {
      await pool`update message_batch_row set verdict = ${verdict} where batch = ${id} and n = ${n}`;
    },
    start: (id, now) =>
      inTransaction(database, async (sql) => {
        const [row] = await sql`select job, sent from message_batch where id = ${id} for update`;
        if (!row) return;
        const last = typeof row['job'] === 'string' ? await jobs.status(row['job']) : undefined;
        if (last && ['waiting', 'running', 'done'].includes(last.state)) return;
        const job = await jobs.start(batchJob, { batch: id }, sql);
        await sql`update message_batch set job = ${job}, sent = coalesce(sent, ${now}) where id = ${id}`;
      }),
  };
}
