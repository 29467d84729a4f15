import type { Communication } from '@medplum/fhirtypes';
import type { EmergencyAccess } from './emergencies.ts';
import { emergencyReason } from './reasons.ts';

const hl7 = 'http://terminology.hl7.org/CodeSystem';

/** By which such a notice is known among other messages. */
export const emergencyTopic = 'Your record was opened in an emergency';

/** What tells the patient that their record was opened in an emergency. Holds the reason chosen, not the words, which may name others. */
export function emergencyNotice(access: EmergencyAccess): Communication {
  const { id, name, patient, organisation, reason, since, until } = access;
  const person = { reference: `Patient/${patient}` };
  const minutes = Math.round((until - since) / 60_000);
  const because = emergencyReason(reason)?.told ?? 'it was an emergency';
  return {
    resourceType: 'Communication',
    id,
    // Someone who acts for the person may be the one they need to be kept safe from: proxies are not shown what is restricted.
    ...(reason === 'safeguarding'
      ? { meta: { security: [{ system: `${hl7}/v3-Confidentiality`, code: 'R' }] } }
      : {}),
    status: 'completed',
    category: [
      {
        coding: [{ system: `${hl7}/communication-category`, code: 'notification' }],
      },
    ],
    topic: { text: emergencyTopic },
    subject: person,
    recipient: [person],
    sender: { reference: organisation },
    sent: new Date(since).toISOString(),
    payload: [
      {
        contentString: `${name} opened your record in an emergency. The reason given is that ${because}. They could see it for ${minutes} minutes. Every emergency access is checked. If you did not expect this, you can ask about it.`,
      },
    ],
  };
}
