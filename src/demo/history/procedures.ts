/** What was done at visits, as Procedures. */
import type { Procedure } from '@medplum/fhirtypes';
import type { Random } from '../../platform/random.ts';
import { patientReference, profiled, reference, said, snomed } from '../build.ts';
import { procedureKind } from '../codes/procedures.ts';
import type { Contact, HistoryPart, Life } from '../model.ts';
import { doneAt } from './operations.ts';

export const proceduresPart: HistoryPart = (life, _region, random) => {
  // Once each, unless it is for screening: nobody has an appendix twice.
  const done = new Set<string>();
  return life.contacts.flatMap((contact) => proceduresAt(life, contact, done, random.fork(contact.id)));
};

function proceduresAt(life: Life, contact: Contact, done: Set<string>, random: Random): Procedure[] {
  const keys = doneAt(contact, random).filter((key) => key === 'cervical-screening' || !done.has(key));
  return keys.map((key) => {
    done.add(key);
    return procedureOf(life, contact, key);
  });
}

function procedureOf({ person, problems }: Life, contact: Contact, key: string): Procedure {
  const { code, term } = procedureKind(key);
  const about = problems.findLast((one) => one.key === contact.problem && one.onset <= contact.start);
  return {
    ...{ resourceType: 'Procedure', id: `${contact.id}-${key}`, meta: profiled('UKCore-Procedure') },
    ...{ status: 'completed', code: code ? snomed(code, term) : said(term) },
    ...{ subject: patientReference(person.id), encounter: reference('Encounter', contact.id) },
    performedDateTime: contact.start,
    performer: [
      {
        actor: reference('Practitioner', contact.worker.id),
        onBehalfOf: reference('Organization', contact.worker.organisation),
      },
    ],
    location: reference('Location', contact.site.id, contact.site.name),
    ...(about ? { reasonReference: [reference('Condition', about.id)] } : {}),
  } as Procedure;
}
