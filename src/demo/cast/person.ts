/** The named people as the parts of the demonstration that know nobody by name need them. */
import type { Resource } from '@medplum/fhirtypes';
import { seededRandom } from '../../platform/random.ts';
import { patientPart } from '../history/patient.ts';
import type { Person, Region } from '../model.ts';
import { bornOf, type DemoPatient, patients, places } from '../people.ts';

export function personOf(one: DemoPatient, region: Region): Person {
  const { id, nhsNumber, prefix, given, family, gender, line, city, postcode, telephone, practice } = one;
  const rural = practice.id === places.hilltop.id;
  const born = bornOf(one, region.now);
  return {
    ...{ id, nhsNumber, family, given: [given], sex: gender, born, household: line },
    ...(prefix === undefined ? {} : { prefix }),
    ...{ line, city, postcode, at: region.site(practice.id).at, deprivation: rural ? 6 : 4 },
    ...{ ethnicity: one.ethnicity, language: one.language, interpreter: one.interpreter ?? false },
    ...{ needs: one.needs ?? [], telephone, practice: practice.id, registered: born, earlierPractices: [] },
    ...{ usualDoctor: rural ? 'demo-huw' : 'demo-asha', pharmacy: places.pharmacy.id, relatives: [] },
    ...{ smoker: 'never', bmi: 25 },
  };
}

export function personById(id: string, region: Region): Person {
  const one = patients.find((other) => other.id === id);
  if (!one) throw new RangeError(`No one of the named people has the id ${id}.`);
  return personOf(one, region);
}

/** Who they are and what they need to be met. Their registration is what the Patient says: a move ends it at once. */
export function identityResources(one: DemoPatient, region: Region): Resource[] {
  const person = personOf(one, region);
  const life = {
    ...{ person, problems: [], treatments: [], contacts: [], pregnancies: [] },
    ...{ allergies: [], referrals: [], bookings: [], from: person.born },
  };
  return patientPart(life, region, seededRandom(region.seed)).filter(
    ({ resourceType }) => resourceType !== 'EpisodeOfCare',
  );
}
