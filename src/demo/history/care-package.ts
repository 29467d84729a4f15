/** Care that a local authority arranges for someone who is frail: what was ordered, who reviews it, and who comes. */
import type { CareTeam, Organization, Reference, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { profiled, reference, said } from '../build.ts';
import type { Organisation } from '../model.ts';
import { dateOf, dayOf, momentOf, weekday } from './calendar.ts';
import type { Telling } from './care.ts';
import { organisationReference, workerAt, workerReference } from './staff.ts';

/** From which frailty or dementia is too much to live with alone. */
const severe = 0.45;

export function carePackage({ life, region, random, subject, today }: Telling): Resource[] {
  const { person } = life;
  const need = life.problems.find(
    ({ key, severity, ended, onset }) =>
      (key === 'frailty' || key === 'dementia') && severity >= severe && !ended && dayOf(onset) < today - 120,
  );
  const calls = random.whole(1, 4);
  const since = random.whole(60, 700);
  const councils = region.organisations.filter(({ kind }) => kind === 'local-authority');
  const council = councils[random.whole(0, Math.max(0, councils.length - 1))];
  if (!need || !council) return [];
  const worker = workerAt(region, council.id, 'social-worker', life, 'adults');
  if (!worker) return [];
  const from = weekday(Math.max(today - since, dayOf(need.onset) + 60));
  if (from >= today - 3) return [];
  const home = person.careHome === undefined ? undefined : region.organisation(person.careHome);
  const times = ['one visit', 'two visits', 'three visits', 'four visits'][calls - 1] ?? 'one visit';
  const what = home ? `Place in a care home: ${home.name}` : `Home care, ${times} a day`;
  const id = (suffix: string): string => `${person.id}-care-package${suffix}`;
  const given: Organisation[] = home ? [council, home] : [council];
  const order: ServiceRequest = {
    ...{ resourceType: 'ServiceRequest', id: id(''), meta: profiled('UKCore-ServiceRequest') },
    ...{ status: 'active', intent: 'order', category: [said('Social care')], code: said(what), subject },
    ...{
      occurrencePeriod: { start: dateOf(from) },
      authoredOn: dateOf(from),
      requester: workerReference(worker),
    },
    performer: given.map(organisationReference),
    reasonCode: [
      said(
        need.key === 'dementia' ? 'Dementia: not safe alone' : 'Frailty: needs help to wash, dress and eat',
      ),
    ],
    patientInstruction: home
      ? 'Someone is there day and night.'
      : 'If nobody has come half an hour after the time, ring the council.',
  };
  const review: Task = {
    ...{
      resourceType: 'Task',
      id: id('-review'),
      meta: profiled('UKCore-Task'),
      status: 'in-progress',
      intent: 'order',
    },
    ...{
      code: said('Review'),
      description: 'Review the care package',
      for: subject,
      authoredOn: momentOf(from, 15 * 60),
    },
    focus: reference<ServiceRequest>('ServiceRequest', id('')),
    requester: organisationReference(region.organisation(person.practice)),
    owner: workerReference(worker),
    restriction: { period: { end: dateOf(weekday(Math.max(from + 365, today + 21))) } },
  };
  const team: CareTeam = {
    ...{ resourceType: 'CareTeam', id: id('-team'), meta: profiled('UKCore-CareTeam') },
    ...{
      status: 'active',
      name: home ? 'Care home team' : 'Home care team',
      subject,
      period: { start: dateOf(from) },
    },
    participant: [
      { role: [said('Social worker')], member: workerReference(worker), period: { start: dateOf(from) } },
      ...given.map((one) => ({
        role: [said(one.kind === 'care-home' ? 'Care home' : 'Carers from the council')],
        member: organisationReference(one),
        period: { start: dateOf(from) },
      })),
    ],
    managingOrganization: [organisationReference(council) as Reference<Organization>],
  };
  return [order, review, team];
}
