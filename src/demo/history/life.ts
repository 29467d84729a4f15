/** A person's ten years: problems, what was done about them, and whom they saw. */
import type { Random } from '../../platform/random.ts';
import type { Life, Person, Region } from '../model.ts';
import { allergiesOf } from './allergy-kinds.ts';
import { bookingsOf } from './bookings.ts';
import { contactsOf } from './contacts.ts';
import { pregnanciesOf } from './pregnancies.ts';
import { problemsOf } from './problems.ts';
import { dayText, spanOf } from './span.ts';
import { treatmentsOf } from './treatments.ts';

/** The same for the same person, region and seed of `random`; each part draws from a fork of its own. */
export function lifeOf(person: Person, region: Region, random: Random): Life {
  const span = spanOf(person, region);
  const problems = problemsOf(person, span, random.fork('problems'));
  const allergies = allergiesOf(person, span, random.fork('allergies'));
  const pregnancies = pregnanciesOf(person, span, region, random.fork('pregnancies'));
  const { contacts, referrals } = contactsOf(person, problems, span, region, random.fork('contacts'));
  return {
    ...{ person, problems, contacts, allergies, referrals, from: dayText(span.start) },
    pregnancies,
    treatments: treatmentsOf(person, { problems, allergies, pregnancies }, span, random.fork('treatments')),
    bookings: bookingsOf({ person, problems, referrals }, region, random.fork('bookings')),
  };
}
