/** Referrals as ServiceRequests. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import { patientReference, profiled, reference, snomed } from '../build.ts';
import { conditionKind } from '../codes/conditions.ts';
import type { HistoryPart, Life, Referral } from '../model.ts';

const yearMs = 365 * 86_400_000;

export const referralsPart: HistoryPart = (life, region) =>
  (life.referrals ?? []).map((one) => referralOf(life, one, region.now));

/** `cardiology` as `Cardiology`, `older-people` as `Older people`. */
const specialtyName = (key: string): string =>
  (key.charAt(0).toUpperCase() + key.slice(1)).replaceAll('-', ' ');

function referralOf({ person, problems }: Life, referral: Referral, now: number): ServiceRequest {
  const { id, problem, specialty, asked, urgent, from, to, seen } = referral;
  const about = problems.find(({ key }) => key === problem);
  // What nobody answered within a year and a half has been called off; so has all that was asked for those who died.
  const open = person.died === undefined && now - Date.parse(asked) < 1.5 * yearMs;
  const [code, display] = ['3457005', 'Patient referral'] as const;
  return {
    ...{ resourceType: 'ServiceRequest', id, meta: profiled('UKCore-ServiceRequest') },
    ...{ status: seen !== undefined ? 'completed' : open ? 'active' : 'revoked', intent: 'order' },
    ...{ priority: urgent ? 'urgent' : 'routine' },
    code: snomed(code, display, `Referral to ${specialtyName(specialty).toLowerCase()}`),
    ...{ subject: patientReference(person.id), authoredOn: asked },
    requester: reference('Practitioner', from.id),
    performer: [reference('Organization', to.organisation), reference('Practitioner', to.id)],
    reasonCode: [{ text: conditionKind(problem).term }],
    ...(about ? { reasonReference: [reference('Condition', about.id)] } : {}),
  } as ServiceRequest;
}
