/** Why someone without a relationship to a person may need their record now. */
export interface EmergencyReason {
  readonly code: string;
  /** As the member of staff chooses it. */
  readonly text: string;
  /** As the patient is told it: “… because …”. */
  readonly told: string;
}

export const emergencyReasons: readonly EmergencyReason[] = [
  {
    code: 'cannot-say',
    text: 'The person needs care now and cannot tell me about their health',
    told: 'you needed care and could not tell them about your health',
  },
  {
    code: 'life-at-risk',
    text: 'Someone’s life or health is at serious risk',
    told: 'someone’s life or health was at serious risk',
  },
  {
    code: 'safeguarding',
    text: 'A child or adult may be at risk of abuse or neglect',
    told: 'they were worried about someone’s safety',
  },
  {
    code: 'not-on-list',
    text: 'I am caring for the person now and they are not yet on my list',
    told: 'they were caring for you and you were not yet on their list',
  },
];

export const emergencyReason = (code: string): EmergencyReason | undefined =>
  emergencyReasons.find((reason) => reason.code === code);
