/** How a visit gets into a history: at a time when people work, with someone who was there for the person that day. */
import type { Random } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import type { ContactKind, Person, Referral, Region, Worker } from '../model.ts';
import { dayText, type Span, workingDay, yearMs } from './span.ts';
import * as places from './workplaces.ts';

export interface Draft {
  readonly at: number;
  readonly kind: ContactKind;
  readonly minutes: number;
  readonly problem?: string;
  readonly reason: string;
  readonly worker: Worker;
}

export interface ReferralDraft extends Omit<Referral, 'id' | 'seen'> {
  readonly visit?: Draft;
}

/** A history as it is being told. */
export interface LifeTold {
  readonly person: Person;
  readonly region: Region;
  readonly span: Span;
  readonly random: Random;
  readonly drafts: Draft[];
  readonly referrals: ReferralDraft[];
}

/** A working day's time near it, from half past eight until five. */
export const officeTime = (at: number, random: Random): number =>
  workingDay(at) + (8 * 60 + 30 + 10 * random.whole(0, 50)) * 60_000;

export const anyTime = (at: number, random: Random): number =>
  Math.floor(at / dayMs) * dayMs + random.whole(1, 1400) * 60_000;

/** Source: NHS England, Appointments in General Practice; before March 2020 four in five were face to face. */
function practiceManner(at: number, random: Random): ContactKind {
  const before = at < Date.UTC(2020, 2, 15);
  return random.weighted<ContactKind>([
    ['gp-face-to-face', before ? 82 : 66],
    ['gp-telephone', before ? 16 : 26],
    ['gp-video', before ? 0 : 3],
    ['gp-online', before ? 2 : 5],
  ]);
}

export function withDoctor(life: LifeTold, at: number, reason: string, problem?: string): Draft | undefined {
  const { person, region, random, drafts } = life;
  const time = officeTime(at, random);
  const worker = places.doctorOn(person, region, dayText(time), random);
  if (!worker) return undefined;
  const kind = practiceManner(time, random);
  const minutes = kind === 'gp-online' ? 5 : random.pick([10, 10, 10, 12, 15, 20]);
  const draft: Draft = { at: time, kind, minutes, reason, worker, ...(problem ? { problem } : {}) };
  drafts.push(draft);
  return draft;
}

export function withNurse(life: LifeTold, at: number, reason: string, problem?: string): void {
  const { person, region, random, drafts } = life;
  const time = officeTime(at, random);
  const worker = places.nurseOn(person, region, dayText(time), random);
  if (!worker) return;
  const minutes = random.pick([10, 15, 20, 30]);
  drafts.push({ at: time, kind: 'nurse', minutes, reason, worker, ...(problem ? { problem } : {}) });
}

export function elsewhere(
  life: LifeTold,
  about: Omit<Draft, 'worker' | 'at'> & { readonly at: number; readonly worker: Worker | undefined },
): Draft | undefined {
  const { person, drafts } = life;
  const { worker, ...rest } = about;
  // Who was not yet of the region was seen by others.
  if (!worker || places.practiceOn(person, dayText(about.at)) === undefined) return undefined;
  const draft = { ...rest, worker };
  drafts.push(draft);
  return draft;
}

/** How many of the visits of that time the record still tells. */
export const told = (at: number, { end }: Span): number => (end - at < 3 * yearMs ? 1 : 0.5);
