/** When a test that runs by itself may use a site's line, and what it may move. Pure, but for the diary, which is asked. */
import { localMoment } from '../../../web/dates.ts';
import type { Circuit, OpenHours } from '../model.ts';
import { hourOfWeek } from './hour-of-week.ts';

/** `quiet`: while nobody is on the line. `closed`: only outside opening hours. `any`: whenever it comes. */
export type TestRule = 'quiet' | 'closed' | 'any';
export const testRules: Readonly<Record<TestRule, string>> = {
  quiet: 'When nobody has an appointment, and outside opening hours',
  closed: 'Only outside opening hours',
  any: 'At any time, also while a clinic is on the line',
};

/** Where a site's own are not known: those that general practice is contracted for (NHS England, GP contract: core hours). */
const coreHours: readonly OpenHours[] = [0, 1, 2, 3, 4].map((day) => ({
  day,
  from: 8 * 60,
  until: 18 * 60 + 30,
}));

export function isOpen(open: readonly OpenHours[], at: number): boolean {
  const { hour, minute } = localMoment(at);
  const day = Math.floor(hourOfWeek(at) / 24);
  const now = hour * 60 + minute;
  return (open.length > 0 ? open : coreHours).some(
    (hours) => hours.day === day && now >= hours.from && now < hours.until,
  );
}

/** What the record says of a site now. `unknown`: its diary is not in the record. */
export type Diary = 'busy' | 'free' | 'unknown';

export interface Question {
  readonly rule: TestRule;
  readonly open: boolean;
  readonly diary: () => Promise<Diary>;
  /** Bytes that tests moved this month, and may; undefined: not metered. */
  readonly month?: { readonly moved: number; readonly most: number } | undefined;
  /** This server has room for one more test. */
  readonly capacity: boolean;
}

export type Answer =
  | { readonly go: true }
  | { readonly go: false; readonly why: string; readonly againMinutes: number };

const no = (why: string, againMinutes: number): Answer => ({ go: false, why, againMinutes });

export async function mayTest({ rule, open, diary, month, capacity }: Question): Promise<Answer> {
  if (!capacity) return no('Other sites are being measured now.', 2);
  if (month && month.moved >= month.most)
    return no('Tests have moved what they may on this metered line this month.', 24 * 60);
  if (rule === 'any' || !open) return { go: true };
  if (rule === 'closed') return no('The site is open, and is measured only when it is closed.', 30);
  const now = await diary();
  if (now === 'busy') return no('A clinic is on the line.', 10);
  // Nobody knows who is on the line: it counts as used.
  if (now === 'unknown') return no('The site is open, and its diary is not known here.', 30);
  return { go: true };
}

/** Bytes each way that one test may move on a metered line, and all tests in a month: one in fifty of what is paid for. */
export interface Meter {
  readonly each: number;
  readonly month: number;
}

export function meterOf(circuits: readonly Pick<Circuit, 'metered' | 'role' | 'state'>[]): Meter | undefined {
  const gigabytes = circuits.flatMap(({ metered, role, state }) =>
    state === 'live' && role === 'main' && metered !== undefined ? [metered] : [],
  );
  if (gigabytes.length === 0) return undefined;
  const month = (Math.min(...gigabytes) * 1e9) / 50;
  return { month, each: Math.round(Math.min(25e6, Math.max(1e6, month / 60))) };
}

/** Bytes that a test of ten seconds each way is likely to move. Speeds in Mbit/s. */
export const likelyBytes = (down: number, up: number, seconds: number): number =>
  ((down + up) * 1e6 * seconds) / 8;

/** The first moment of the month in the United Kingdom, near enough for a share of bytes. */
export const monthStart = (at: number): number =>
  Date.parse(`${localMoment(at).key.slice(0, 7)}-01T00:00:00Z`);
