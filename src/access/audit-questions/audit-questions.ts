/** Questions that people ask about who looked at a record, and the answers of information governance. */
import type { Communication } from '@medplum/fhirtypes';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';

export interface AuditQuestion {
  readonly id: string;
  /** Patient id. */
  readonly patient: string;
  /** AuditEvent id of the entry that it is about. */
  readonly entry: string;
  /** Ms since 1970 UTC. */
  readonly asked: number;
  /** Name of the one who asked, as it was written then. */
  readonly asker: string;
  /** `Patient/1`; undefined where they are no one whom the record knows. */
  readonly askerId?: string;
  readonly text: string;
  /** What the entry said, in words. */
  readonly about: string;
  readonly answer?: { readonly text: string; readonly at: number; readonly by: string };
}

export interface AskedQuestion {
  /** Made with the form (UUID): the same form sent twice asks once. */
  readonly form: string;
  readonly patient: string;
  readonly entry: string;
  readonly about: string;
  readonly text: string;
  readonly asker: { readonly id: string; readonly name: string };
}

/**
 * `system` is the actor that reads and writes the Communications: what people write is theirs to write whatever their role
 * may do to the rest of the record.
 */
export interface AuditQuestions {
  /** In the record when it keeps. Throws 409 where the form was used for another question. */
  ask(question: AskedQuestion, system: Actor): Promise<void>;
  /** Of one patient, newest first, at most 100. */
  of(patient: string, system: Actor): Promise<readonly AuditQuestion[]>;
  /** Without an answer, oldest first, at most 100. */
  waiting(system: Actor): Promise<readonly AuditQuestion[]>;
  /** How many are without an answer. */
  count(): Promise<number>;
  get(id: string, system: Actor): Promise<AuditQuestion | undefined>;
  /** Throws 404 where there is no such question, 409 where it has been answered. */
  answer(id: string, text: string, by: { readonly name: string }, system: Actor): Promise<void>;
}

export const longestText = 2000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const category = [{ text: 'Question about who looked at a record' }];
/**
 * Restricted: between the one who asks and information governance, not for those who act for them, nor for all who treat them.
 * Source: HL7 v3 Confidentiality.
 */
const meta = {
  security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
};
const formSystem = 'urn:ietf:rfc:3986';
const sender = (id: string, display: string) =>
  /^(?:Patient|RelatedPerson|Practitioner|PractitionerRole)\/[A-Za-z0-9.-]{1,64}$/.test(id)
    ? { reference: id, display }
    : { display };

interface Row {
  id: string;
  patient: string;
  entry: string;
  question: string;
  asked: string;
  answer: string | null;
  answered: string | null;
  answerer: string | null;
}

export function openAuditQuestions(parts: {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly clock: Clock;
}): AuditQuestions {
  const { record, clock } = parts;
  const sql = parts.database.pool;

  /** Stores it once, whoever sends it how often. Answers its id. */
  const store = async (system: Actor, form: string, communication: Communication): Promise<string> => {
    const identifier = [{ system: formSystem, value: `urn:uuid:${form}` }];
    const { results } = await record.commit(system, [
      {
        kind: 'create',
        text: JSON.stringify({ ...communication, identifier }),
        ifNoneExist: `identifier=${formSystem}|urn:uuid:${form}`,
      },
    ]);
    const id = results[0]?.stored?.id;
    if (id === undefined) throw new Error('A question was stored without an id');
    return id;
  };

  const read = async (system: Actor, id: string | null): Promise<Communication | undefined> => {
    const stored = id === null ? undefined : await record.read(system, 'Communication', id);
    return stored && resourceOf<Communication>(stored);
  };
  const textOf = (written: Communication | undefined): string => written?.payload?.[0]?.contentString ?? '';

  const questionOf = async (row: Row, system: Actor): Promise<AuditQuestion> => {
    const [question, answer] = await Promise.all([read(system, row.question), read(system, row.answer)]);
    return {
      id: row.id,
      patient: row.patient,
      entry: row.entry,
      asked: Number(row.asked),
      asker: question?.sender?.display ?? '',
      ...(question?.sender?.reference === undefined ? {} : { askerId: question.sender.reference }),
      text: textOf(question),
      about: question?.topic?.text ?? '',
      ...(row.answered === null
        ? {}
        : { answer: { text: textOf(answer), at: Number(row.answered), by: row.answerer ?? '' } }),
    };
  };
  const all = (rows: readonly Row[], system: Actor) =>
    Promise.all(rows.map((row) => questionOf(row, system)));

  return {
    async ask({ form, patient, entry, about, text, asker }, system) {
      if (!uuid.test(form)) throw problem('invalid', 'This form is not one of ours. Open it again.');
      const now = clock.now();
      const question = await store(system, form, {
        resourceType: 'Communication',
        meta,
        status: 'completed',
        category,
        subject: { reference: `Patient/${patient}` },
        topic: { text: about },
        sent: new Date(now).toISOString(),
        sender: sender(asker.id, asker.name),
        payload: [{ contentString: text }],
      });
      const [row] = await sql<Row[]>`
        insert into audit_question (id, patient, entry, question, asked)
        values (${form}, ${patient}, ${entry}, ${question}, ${now})
        on conflict (id) do update set id = excluded.id returning *`;
      if (row?.patient !== patient || row.entry !== entry)
        throw problem('conflict', 'This form was used for another question. Open it again.');
    },

    async of(patient, system) {
      return all(
        await sql<
          Row[]
        >`select * from audit_question where patient = ${patient} order by asked desc limit 100`,
        system,
      );
    },

    async waiting(system) {
      return all(
        await sql<Row[]>`select * from audit_question where answered is null order by asked limit 100`,
        system,
      );
    },

    async count() {
      const [row] = await sql<{ n: number }[]>`
        select count(*)::int as n from audit_question where answered is null`;
      return row?.n ?? 0;
    },

    async get(id, system) {
      if (!uuid.test(id)) return undefined;
      const [row] = await sql<Row[]>`select * from audit_question where id = ${id}`;
      return row && questionOf(row, system);
    },

    async answer(id, text, by, system) {
      const [row] = uuid.test(id) ? await sql<Row[]>`select * from audit_question where id = ${id}` : [];
      if (!row) throw problem('not-found', 'There is no such question.');
      if (row.answered !== null) throw problem('conflict', 'This question has been answered already.');
      const now = clock.now();
      const { results } = await record.commit(system, [
        {
          kind: 'create',
          text: JSON.stringify({
            resourceType: 'Communication',
            meta,
            status: 'completed',
            category,
            inResponseTo: [{ reference: `Communication/${row.question}` }],
            subject: { reference: `Patient/${row.patient}` },
            sent: new Date(now).toISOString(),
            sender: { display: by.name },
            payload: [{ contentString: text }],
          } satisfies Communication),
        },
      ]);
      const taken = await sql`
        update audit_question set answer = ${results[0]?.stored?.id ?? null}, answered = ${now}, answerer = ${by.name}
        where id = ${id} and answered is null`;
      if (taken.count === 0) throw problem('conflict', 'This question has been answered already.');
    },
  };
}
