/** Lives as the demonstration makes them, put together by hand: for tests of what is written from them. */
import type { Resource } from '@medplum/fhirtypes';
import type { Contact, Life, Person, Problem, Region, Treatment } from '../../src/demo/model.ts';
import { makeRegion } from '../../src/demo/region.ts';
import { seededRandom } from '../../src/platform/random.ts';

export const demoNow = Date.parse('2026-11-22T12:00:00Z');
const day = 86_400_000;

let made: Region | undefined;
export const demoRegion = (): Region => {
  made ??= makeRegion({ seed: 'test', now: demoNow });
  return made;
};

/** Days back from the region's own as `2019-05-20`. */
export const daysAgo = (days: number): string => new Date(demoNow - days * day).toISOString().slice(0, 10);

type Given = Partial<Omit<Life, 'person'>> & { readonly person?: Partial<Person> };

export function demoLife({ person, ...rest }: Given = {}): Life {
  const region = demoRegion();
  const practice = 'demo-harbour';
  const base: Person = {
    ...{ id: 'p000001', nhsNumber: '9990000018', given: ['Ada'], family: 'Marsh', sex: 'female' },
    ...{ born: '1961-04-09', household: 'h000001', line: '1 Quay Road', city: 'Sandmouth' },
    ...{ postcode: 'ZZ1 1AA', at: { east: 10, north: 10 }, deprivation: 5, ethnicity: 'A' },
    ...{ language: 'en', interpreter: false, needs: [], telephone: '01632 960001', practice },
    ...{ registered: '2001-01-01', earlierPractices: [], pharmacy: 'demo-pharmacy', relatives: [] },
    ...{ usualDoctor: region.workersOf(practice, 'gp')[0]?.id ?? '', smoker: 'never', bmi: 27 },
  };
  const whole = { ...base, ...person };
  return {
    ...{ person: whole, problems: [], treatments: [], contacts: [], pregnancies: [] },
    from: whole.born > daysAgo(3652) ? whole.born : daysAgo(3652),
    ...rest,
  };
}

export const demoProblem = (key: string, onset: string, severity = 0.5, ended?: string): Problem => ({
  ...{ id: `p000001-${key}`, key, onset, severity },
  ...(ended === undefined ? {} : { ended }),
});

export const demoTreatment = (key: string, start: string, problem?: string): Treatment => ({
  ...{ id: `p000001-${key}`, key, start },
  ...(problem === undefined ? {} : { problem }),
});

export function demoContact(
  n: number,
  kind: Contact['kind'],
  start: string,
  more: Partial<Contact> = {},
): Contact {
  const region = demoRegion();
  const hospital = kind === 'outpatient' || kind === 'emergency' || kind === 'admission';
  const organisation = hospital ? 'demo-infirmary' : 'demo-harbour';
  const worker = region.workersOf(
    organisation,
    hospital ? 'consultant' : kind === 'nurse' ? 'nurse' : 'gp',
  )[0];
  if (!worker) throw new RangeError(`Nobody works at ${organisation}.`);
  return {
    ...{ id: `p000001-visit-${n}`, kind, start, minutes: kind === 'admission' ? 4_320 : 15 },
    ...{ reason: 'Review', worker, site: region.site(worker.site) },
    ...more,
  };
}

/** Yearly visits to the nurse and the doctor, for ten years. */
export const yearlyContacts = (): Contact[] =>
  Array.from({ length: 20 }, (_, i) =>
    demoContact(i, i % 2 === 0 ? 'nurse' : 'gp-face-to-face', `${daysAgo(3600 - i * 180)}T09:30:00Z`),
  );

export const demoRandom = (seed = 'life') => seededRandom(seed);

/** Every day or moment that a resource says something happened, as written. */
export function datesIn(resource: Resource): string[] {
  const found: string[] = [];
  JSON.stringify(resource, (_, value: unknown) => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value))
      found.push(value);
    return value;
  });
  return found;
}

/** What the resources point at, as `Type/id`. */
export const targetsIn = (resources: readonly Resource[]): Set<string> =>
  new Set(
    [...JSON.stringify(resources).matchAll(/"(?:reference|url)":"([A-Z][A-Za-z]+\/[^"]+)"/g)].map(
      ([, target = '']) => target,
    ),
  );
