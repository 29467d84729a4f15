/** What the record itself remembers of its demonstration: the seed and the day it was made for. */
import type { Basic } from '@medplum/fhirtypes';
import { Problem } from '../platform/problem.ts';
import type { Actor } from '../record/actor.ts';
import { type CareRecord, resourceOf } from '../record/care-record.ts';

export interface Demonstration {
  readonly seed: string;
  /** ms since 1970 UTC: noon of the day that histories end on. */
  readonly now: number;
}

export const usualSeed = 'sandmouth';

/** Who writes the demonstration. */
export const seeder: Actor = {
  ...{ id: 'Device/demonstration', name: 'Demonstration', role: 'system', purpose: 'HOPERAT' },
  ...{ sight: 'everything', requestId: 'demonstration', via: 'job' },
};

const noteId = 'demonstration';
const seedUrl = 'https://throughline.example/demonstration-seed';

/** Noon of the day of a time, so that all of one day make the same region. */
export const noonOf = (time: number): number => Math.floor(time / 86_400_000) * 86_400_000 + 43_200_000;

export const noteOf = ({ seed, now }: Demonstration): Basic => ({
  ...{ resourceType: 'Basic', id: noteId },
  extension: [{ url: seedUrl, valueString: seed }],
  code: { text: 'Demonstration region: none of its people are real' },
  created: new Date(now).toISOString().slice(0, 10),
});

/** The demonstration that the record holds; undefined where it holds none. */
export async function readDemonstration(
  record: Pick<CareRecord, 'read'>,
): Promise<Demonstration | undefined> {
  const stored = await record.read(seeder, 'Basic', noteId).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 410) return undefined; // someone deleted it
    throw error;
  });
  if (!stored?.body) return undefined;
  const { created, extension } = resourceOf<Basic>(stored);
  const seed = extension?.find(({ url }) => url === seedUrl)?.valueString;
  return seed === undefined || created === undefined
    ? undefined
    : { seed, now: noonOf(Date.parse(`${created}T12:00:00Z`)) };
}
