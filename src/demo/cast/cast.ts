/** The records of all the named people, those that others point at first. */
import type { Resource } from '@medplum/fhirtypes';
import type { Region } from '../model.ts';
import { patients } from '../people.ts';
import { anita } from './anita.ts';
import { daniel } from './daniel.ts';
import { ashworths, linds } from './families.ts';
import { fatima } from './fatima.ts';
import { iris } from './iris.ts';
import { kai, marion } from './kai.ts';
import { identityResources } from './person.ts';
import { sam } from './sam.ts';
import { tomasz } from './tomasz.ts';
import { carol, walter } from './walter.ts';

const stories = [
  iris,
  tomasz,
  anita,
  fatima,
  daniel,
  sam,
  walter,
  carol,
  ashworths,
  linds,
  marion,
  kai,
] as const;

export function castResources(region: Region): Resource[] {
  return [
    ...patients.flatMap((one) => identityResources(one, region)),
    ...stories.flatMap((story) => story(region).toSorted((a, b) => rank(a) - rank(b))),
  ];
}

/** What others of a story point at comes before them. */
const first = ['RelatedPerson', 'Condition', 'Goal', 'CareTeam', 'Observation', 'ImagingStudy', 'Binary'];
const rank = ({ resourceType }: Resource): number => {
  const place = first.indexOf(resourceType);
  return place < 0 ? first.length : place;
};
