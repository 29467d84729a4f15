/** That someone was told to get help at once while they wrote: kept for their team, whether they send the message or not. */
import { idMadeOf } from '../../platform/ids.ts';
import { closed, messageIdOf, noted } from './deeds.ts';
import type { PatientVisit, Person } from './patient-visits.ts';
import type { Named } from './thread.ts';
import type { Writing } from './writing.ts';

export interface Stopped {
  /** `chest-pain@3` */
  readonly rule: string;
  readonly advice: string;
  readonly heading: string;
  readonly words: string;
}

const stopKeyOf = (key: string): string => idMadeOf(key, 'stop');

/** The team learns that they were stopped, though not of their words. Once for each form. */
export async function keepStop(
  writing: Writing,
  visit: PatientVisit,
  person: Person,
  team: Named,
  stop: Stopped,
  key: string,
): Promise<void> {
  const stopKey = stopKeyOf(key);
  if (await writing.isWritten(stopKey)) return;
  const text = `${person.name} was told “${stop.heading}” while writing a message, and has not sent it. What they wrote is not kept. Rule: ${stop.rule}.`;
  const topic = 'Told to get help at once';
  const written = { key: stopKey, person: person.id, topic, text, now: visit.now, team, files: [] };
  await writing.write(visit.trusted, noted(written, team, { urgent: true }), messageIdOf(stopKey));
}

/** They sent it after all: the message itself stands in the inbox. */
export async function endStop(writing: Writing, visit: PatientVisit, key: string): Promise<void> {
  const stopKey = stopKeyOf(key);
  if (await writing.isWritten(stopKey))
    await writing.change(visit.trusted, messageIdOf(stopKey), (head) => closed(head, 'sent', ''));
}
